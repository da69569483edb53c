"""The evidence by recommendation: due or not by the clock, and what cases cannot say."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pytest

from audit_toolkit.errors import DesignError
from audit_toolkit.improvement import Comparison
from audit_toolkit.reporting import report_html, report_tables
from audit_toolkit.reporting.recommendations import RecommendationEvidence, evidence


def with_plan(comparison: Comparison, **plan: object) -> Comparison:
    later = dataclasses.replace(comparison.later, plan=dataclasses.replace(comparison.later.plan, **plan))
    return dataclasses.replace(comparison, later=later)


def by_id(comparison: Comparison) -> dict[str, RecommendationEvidence]:
    return {each.recommendation.id: each for each in evidence(comparison)}


def test_due_by_the_end_of_the_inspection(comparison: Comparison) -> None:
    found = by_id(comparison)
    assert len(found) == 12
    three = {name for name, each in found.items() if each.status == "was due 2009-12-26"}
    six = {name for name, each in found.items() if each.status == "not yet due (due 2010-03-26)"}
    assert three == {"S1", "S2", "S3", "L1", "L2"}
    assert six == {"S4", "S5", "S6", "S7", "L3", "L4", "L5"}


def test_a_page_shows_the_day_and_keeps_it_for_programs(page: str) -> None:
    assert page.count('3 months: was due <time datetime="2009-12-26">26 December 2009</time>.') == 5
    assert page.count('6 months: not yet due (due <time datetime="2010-03-26">26 March 2010</time>).') == 7


@pytest.mark.parametrize(
    ("review", "status"),
    [("2009-12-25", "not yet due (due 2009-12-26)"), ("2009-12-26", "was due 2009-12-26")],
)
def test_the_day_itself_is_due(comparison: Comparison, review: str, status: str) -> None:
    moved = with_plan(comparison, review_date=datetime.date.fromisoformat(review))
    assert by_id(moved)["S1"].status == status


def test_the_clock_of_publication_needs_its_date(comparison: Comparison) -> None:
    with pytest.raises(DesignError) as refused:
        evidence(with_plan(comparison, clock="report_publication"))
    assert str(refused.value) == (
        "plan.yaml: the date of report_publication is not known."
        " Give it, as in clock: {report_publication: 2009-11-24}."
    )
    given = with_plan(comparison, clock="report_publication", clock_start=datetime.date(2009, 11, 24))
    assert by_id(given)["S1"].status == "not yet due (due 2010-02-24)"
    assert by_id(given)["S4"].status == "not yet due (due 2010-05-24)"
    with pytest.raises(
        DesignError, match=r'^plan\.yaml: there is no clock "inspecton_end"\. Did you mean "inspection_'
    ):
        evidence(with_plan(comparison, clock="inspecton_end"))


@pytest.mark.slow
def test_without_a_clock_or_a_review_date_the_evidence_stays(comparison: Comparison) -> None:
    silent = with_plan(comparison, clock=None)
    assert {each.status for each in evidence(silent)} == {"due date not known, because the plan names no clock"}
    assert "3 months: due date not known, because the plan names no clock." in report_html(silent)
    undated = with_plan(comparison, review_date=None)
    assert by_id(undated)["S1"].status == "due 2009-12-26; the plan gives no review date"
    assert "; the plan gives no review date." in report_html(undated)
    assert evidence(with_plan(comparison, improvement_plan=None)) == []
    assert "by recommendation" not in report_html(with_plan(comparison, improvement_plan=None))


def test_each_criterion_stands_under_what_it_evidences_with_its_own_word(comparison: Comparison) -> None:
    for name, each in by_id(comparison).items():
        expected = [row.measure.id for row in comparison.criteria() if name in row.measure.evidences]
        assert [row["criterion_id"] for row in each.rows] == expected
        assert "verdict" not in each.__slots__


def test_what_cases_cannot_evidence_says_so(comparison: Comparison) -> None:
    found = by_id(comparison)
    assert found["S7"].rows == ()
    assert found["S7"].elsewhere.startswith("Audited cases cannot evidence this. From elsewhere: a scorecard in use;")
    assert found["L2"].elsewhere.startswith("It says all: exceptions are to be listed from the whole register,")
    assert "cannot evidence" not in found["S2"].elsewhere


def test_the_csv_has_every_recommendation(comparison: Comparison) -> None:
    frame = next(table for table in report_tables(comparison) if table.name == "recommendations").to_frame()
    assert list(dict.fromkeys(frame["recommendation"])) == list(by_id(comparison))
    assert frame.loc[frame["recommendation"] == "S7", "criterion_id"].tolist() == [""]
    assert set(frame.loc[frame["recommendation"] == "S1", "status"]) == {"was due 2009-12-26"}


def test_a_plan_of_ones_own_beside_the_round(comparison: Comparison, tmp_path: Path) -> None:
    text = (
        "improvement_plan: ours\nversion: '1.0.0'\ntitle: Ours <b>\n"
        "clocks: {letter: {start: 2009-11-30, basis: The letter came.}}\n"
        "recommendations:\n  - {id: S2, months: 3, recommendation: Do better, measures: {register: NI 59.}}\n"
    )
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    own = with_plan(comparison, folder=tmp_path, improvement_plan="ours.yaml", clock="letter")
    (only,) = evidence(own)
    assert only.status == "not yet due (due 2010-02-28)"
    assert only.elsewhere == "From the register: NI 59."
    assert "Ours &lt;b&gt;. The letter came." in report_html(own)
