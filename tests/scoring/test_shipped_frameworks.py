"""The shipped frameworks, limits and plan against the list of criteria they must hold."""

from __future__ import annotations

import csv
import datetime
import importlib.resources
import itertools
from pathlib import Path
from typing import Any

import pytest

from audit_toolkit.files import read_yaml
from audit_toolkit.scoring import Framework, load_framework, load_timescales

REFERENCE = Path(__file__).parents[1] / "reference"
FRAMEWORKS = ("assessment_quality", "record_keeping", "managerial_oversight")
# Caps of criteria.csv that need a fact beyond the rating, and so an unscored question.
CAPS_BY_ITEM = {
    "RK06": ("RK06_gap", ("Yes",), "Inadequate", ()),
    "RK12": ("RK12", ("No",), "Adequate", (("RK12_gap", ("Yes",)),)),
    "MO01": ("MO01_unallocated", ("Yes",), "Inadequate", ()),
}


def listed() -> list[dict[str, str]]:
    with (REFERENCE / "criteria.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def frameworks() -> dict[str, Framework]:
    return {name: load_framework(name) for name in FRAMEWORKS}


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    with importlib.resources.as_file(importlib.resources.files("audit_frameworks")) as folder:
        return read_yaml(folder / "improvement_plan_2009.yaml").data


def test_the_43_criteria_stand_each_in_its_framework_and_order(frameworks: dict[str, Framework]) -> None:
    expected = {name: tuple(row["id"] for row in listed() if row["framework"] == name) for name in FRAMEWORKS}
    assert {name: framework.criterion_ids for name, framework in frameworks.items()} == expected
    assert sum(map(len, expected.values())) == 43


@pytest.mark.parametrize("row", listed(), ids=lambda row: row["id"])
def test_criterion_is_as_listed(row: dict[str, str], frameworks: dict[str, Framework]) -> None:
    found = frameworks[row["framework"]].criterion(row["id"])
    assert (found.ask, found.response, found.theme) == (row["question"], row["response"], row["theme"])
    assert found.look_back == row["look_back"]
    assert found.evidences == tuple(row["recommendations"].split(";"))
    assert found.look_for.endswith((".", "?"))
    assert found.weight == 1
    assert found.na_allowed is not row["not_applicable"].startswith("never")
    assert all(reason in row["not_applicable"] for reason in found.na_reasons)
    assert bool(found.na_reasons) is found.na_allowed


@pytest.mark.parametrize("row", [row for row in listed() if row["response"] == "timeliness"], ids=lambda row: row["id"])
def test_timeliness_names_its_facts_and_a_limit(row: dict[str, str], frameworks: dict[str, Framework]) -> None:
    found = frameworks[row["framework"]].criterion(row["id"])
    facts, _, limit = row["rule"].partition(";")
    assert f"{found.start} -> {found.end}" == facts
    assert found.limit in load_timescales().names
    named = limit.split("timescales: ")[-1]
    assert found.limit == ("allocation" if "local limit" in limit else named)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_limits_are_the_listed_caps(name: str, frameworks: dict[str, Framework]) -> None:
    expected = []
    for row in (each for each in listed() if each["framework"] == name and each["cap"]):
        answer, _, cap = row["cap"].partition(": ")
        if row["id"] in CAPS_BY_ITEM:
            expected.append(CAPS_BY_ITEM[row["id"]])
        elif cap:
            expected.append((row["id"], (answer,), cap, ()))
        else:
            assert row["id"] == "RK10"  # an alert, not a cap
    limits = frameworks[name].limits
    assert [(each.criterion, each.answers, each.no_better_than, each.also) for each in limits] == expected
    assert all(each.why for each in limits)


def test_items_are_asked_after_their_criterion(frameworks: dict[str, Framework]) -> None:
    items = {item.id: item.after for framework in frameworks.values() for item in framework.items}
    assert items == {"RK06_gap": "RK06", "RK12_gap": "RK12", "MO01_unallocated": "MO01"}


def test_guidance_that_caps_a_grade_is_told_where_the_answer_is_given(frameworks: dict[str, Framework]) -> None:
    def guidance(framework: str, criterion: str) -> str:
        return frameworks[framework].criterion(criterion).look_for

    assert "over 90 days old is at most Adequate" in guidance("record_keeping", "RK03")
    assert "Recorded only is at most Adequate" in guidance("assessment_quality", "AQ09")
    assert "None held when due is Inadequate, not N/A" in guidance("managerial_oversight", "MO06")
    assert "None held when due is No" in guidance("managerial_oversight", "MO07")


def test_the_three_share_grades_earnings_and_bands(frameworks: dict[str, Framework]) -> None:
    first, *others = frameworks.values()
    assert first.ratings == ("Outstanding", "Good", "Adequate", "Inadequate")
    assert first.good_or_better == ("Outstanding", "Good")
    for other in others:
        assert (other.ratings, other.earns, other.bands) == (first.ratings, first.earns, first.bands)
        assert (other.good, other.complete_at, other.version) == (first.good, first.complete_at, "1.1.0")


@pytest.mark.parametrize(
    ("limit", "start", "figure"),
    [
        ("initial_assessment", "2010-01-15", (7, "working days")),
        ("initial_assessment", "2010-03-31", (7, "working days")),
        ("initial_assessment", "2010-04-01", (10, "working days")),
        ("initial_assessment", "2010-05-04", (10, "working days")),
        ("initial_assessment", "2013-04-14", (10, "working days")),
        ("initial_assessment", "2013-04-15", (45, "working days")),
        ("core_assessment", "2010-01-15", (35, "working days")),
        ("single_assessment", "2013-04-15", (45, "working days")),
        ("referral_decision", "2010-01-15", (1, "working days")),
        ("allocation", "2010-01-15", (1, "working days")),
        ("initial_child_protection_conference", "2010-01-15", (15, "working days")),
        ("looked_after_first_review", "2011-03-31", (4, "weeks")),
        ("looked_after_first_review", "2011-04-01", (20, "working days")),
        ("looked_after_second_review", "2010-01-15", (3, "months")),
        ("pathway_plan_review", "2010-01-15", (6, "months")),
        ("supervision", "2010-01-15", (31, "days")),
    ],
)
def test_limit_in_force_at_the_start(limit: str, start: str, figure: tuple[int, str]) -> None:
    row = load_timescales().limit_for(limit, datetime.date.fromisoformat(start))
    assert (row.days, row.unit) == figure


def test_rows_of_a_limit_follow_one_another_each_with_its_source() -> None:
    timescales = load_timescales()
    for name in timescales.names:
        rows = [row for row in timescales.rows if row.limit == name]
        for before, after in itertools.pairwise(rows):
            assert before.end == after.start - datetime.timedelta(days=1)
        assert all(row.source and row.title for row in rows)
    local = {row.limit for row in timescales.rows if row.local}
    assert {"allocation", "supervision", "child_in_need_visit"} <= local
    assert not local & {"initial_assessment", "core_assessment", "referral_decision", "looked_after_first_review"}
    ended = {row.limit for row in timescales.rows} - {row.limit for row in timescales.rows if row.end is None}
    assert ended == {"core_assessment"}


def test_the_plan_holds_the_twelve_recommendations(plan: dict[str, Any]) -> None:
    months = {each["id"]: each["months"] for each in plan["recommendations"]}
    assert months == {
        **dict.fromkeys(("S1", "S2", "S3"), 3),
        **dict.fromkeys(("S4", "S5", "S6", "S7"), 6),
        **dict.fromkeys(("L1", "L2"), 3),
        **dict.fromkeys(("L3", "L4", "L5"), 6),
    }
    assert {each["id"] for each in plan["recommendations"] if each["all"]} == {"S1", "L2"}
    areas = {each["id"][0]: each["area"] for each in plan["recommendations"]}
    assert areas == {"S": "safeguarding", "L": "looked after"}
    assert plan["clocks"]["inspection_end"]["start"] == datetime.date(2009, 9, 26)
    assert plan["clocks"]["report_publication"]["start"] is None


def test_cases_evidence_a_recommendation_exactly_where_a_criterion_names_it(
    plan: dict[str, Any], frameworks: dict[str, Framework]
) -> None:
    named = {each for framework in frameworks.values() for item in framework.criteria for each in item.evidences}
    evidenced = {each["id"] for each in plan["recommendations"] if each["cases_can_evidence"]}
    assert named == evidenced
    assert {each["id"] for each in plan["recommendations"]} - named == {"S7"}
