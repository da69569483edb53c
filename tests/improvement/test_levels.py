"""Where casework stands in one round: estimates for its register, and counts where it cannot carry them."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.improvement import GRADE, LIMIT, SHARE, Levels, round_levels


@pytest.fixture(scope="module")
def levels(later: at.Round) -> Levels:
    return round_levels(later)


def by_purpose(round_: at.Round, purpose: str) -> at.Round:
    return dataclasses.replace(round_, plan=dataclasses.replace(round_.plan, purpose=purpose))


def test_every_framework_has_its_share_grades_limits_and_criteria(levels: Levels, later: at.Round) -> None:
    assert [row.framework for row in levels.of(SHARE)] == list(later.frameworks)
    for name, framework in later.frameworks.items():
        assert [row.label for row in levels.of(GRADE, name)] == list(framework.ratings)
        assert [row.id for row in levels.of("criterion", name)] == list(framework.criterion_ids)
        assert [row.id for row in levels.of(LIMIT, name)] == [limit.criterion for limit in framework.limits]
    assert len(levels.to_frame()) == len(levels.rows)
    assert not any(isinstance(value, float) and math.isnan(value) for value in levels.to_dict()["levels"][0].values())


def test_a_share_is_the_weighted_share_of_its_register(levels: Levels, later: at.Round) -> None:
    """Worked out from sample.csv's weights and scores.csv's bands alone."""
    for share in levels.of(SHARE):
        bands = later.scores[share.framework].table.set_index(terms.CASE_ID)["band"]
        weights = later.cases[terms.DESIGN_WEIGHT].astype(float)
        scored = bands[bands != ""].index.intersection(weights.index)
        good = bands[scored].isin(["Outstanding", "Good"])
        expected = weights[scored][good].sum() / weights[scored].sum()
        assert share.share == pytest.approx(expected, abs=1e-12)
        assert (share.n, share.count) == (len(scored), int(good.sum()))
        assert 0 < share.ci.low < share.share < share.ci.high < 1
        grades = levels.of(GRADE, share.framework)
        assert sum(each.share for each in grades) == pytest.approx(1, abs=1e-12)
        assert grades[0].share + grades[1].share == pytest.approx(share.share, abs=1e-12)
        assert sum(each.count for each in grades) == share.n


def test_the_claim_is_about_the_register(levels: Levels, later: at.Round) -> None:
    values = pd.Series(later.bands("assessment_quality") >= 3, dtype=float)
    found = at.estimate_share(values, later.strata, later.population)
    without = at.estimate_share(values, later.strata, later.population, fpc=False)
    assert levels.of(SHARE)[0].ci == found.ci != without.ci


def test_limits_are_counted_case_by_case(later: at.Round) -> None:
    name = "assessment_quality"
    table = later.scores[name].table.copy()
    first, second = (f"{limit.criterion}: {limit.why}" for limit in later.frameworks[name].limits[:2])
    table["limits_fired"] = ["", first, f"{first}; {second}", second, second, *[""] * (len(table) - 5)]
    scores = {**later.scores, name: dataclasses.replace(later.scores[name], table=table)}
    counted = round_levels(dataclasses.replace(later, scores=scores)).of(LIMIT, name)
    assert [each.count for each in counted[:2]] == [2, 3]
    assert {each.count for each in counted[2:]} == {0}
    assert all(math.isnan(each.share) for each in counted)


@pytest.mark.parametrize("purpose", ["dip", "thematic", "multi-agency"])
def test_another_purpose_gives_counts_and_no_interval(later: at.Round, purpose: str) -> None:
    found = round_levels(by_purpose(later, purpose))
    frame = found.to_frame()
    assert frame[["share", "ci_low", "ci_high"]].isna().all(axis=None)
    assert frame["count"].sum() > 0
    assert "%" not in str(found)
    assert "Quality of assessment, Good or better: 45 of 60; 60 cases scored" in found.summary()
    assert "not drawn at random to stand for the register" in found.summary()


def test_the_summary_says_that_one_round_shows_no_change(levels: Levels) -> None:
    lines = levels.summary().splitlines()
    assert lines[0] == "February 2010 review: where casework stands"
    assert lines[2].startswith("Quality of assessment, Good or better: 75 % (95 % interval 62 to 85); 60 cases")
    assert lines[3] == "    Outstanding 18 %, Good 57 %, Adequate 15 %, Inadequate 10 %"
    assert lines[-1] == (
        "One round shows where casework stands. It cannot show whether that has changed: that takes a second round."
    )
    assert str(levels).count("\n") < 12


def test_a_framework_nobody_was_scored_on_is_undefined(later: at.Round) -> None:
    name = "record_keeping"
    table = later.scores[name].table.assign(band="", limits_fired="")
    scores = {**later.scores, name: dataclasses.replace(later.scores[name], table=table)}
    found = round_levels(dataclasses.replace(later, scores=scores))
    (share,) = found.of(SHARE, name)
    assert (share.n, share.count) == (0, 0)
    assert math.isnan(share.share)
    assert math.isnan(share.detectable)
    assert found.to_dict()["levels"][found.rows.index(share)]["share"] is None
