"""What a plan could show, by the tests that will be used, and where it cannot answer its own question."""

from __future__ import annotations

import dataclasses
import json
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import audit_toolkit as at
from audit_toolkit.improvement import could_show, planned_grades, planned_power
from audit_toolkit.improvement.planning.planned import Losses

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="module")
def review() -> at.PlannedReview:
    return at.plan_review(SAMPLES / "february-2010")


def changed(review: at.PlannedReview, **keys: object) -> at.PlannedReview:
    return dataclasses.replace(review, plan=dataclasses.replace(review.plan, **keys))


def test_the_february_plan(review) -> None:
    power = planned_power(review)
    assert power.width == pytest.approx(0.26, abs=0.01)
    # The unstratified table of the statistics page has 25 points at 60 cases a round.
    assert power.detectable.true_change == pytest.approx(0.25, abs=0.015)
    assert power.detectable.observed_change < power.detectable.true_change
    assert power.showing == could_show(review.frame.population, dict(review.allocation), margin=0.1)
    assert power.sentences() == [
        "The share Good or better of Quality of assessment, near 50 %, would be known to within 13 points either way "
        "(95 % interval).",
        "The verdict comes from the grades. With 80 % power two such rounds would show a true change to the later case "
        "graded higher in 64 of 100 pairs (50 would be neither), as when Good or better goes from 50 % to 72 %; "
        "62 of 100 pairs observed would count.",
        "Of the share they would show a true rise from 50 % of 25 points; an observed rise of 19 points would count.",
        "Were nothing to change, 45 of 100 such pairs of rounds would be called no worse, or better, "
        "by the margin of 10 points.",
    ]
    assert power.warnings() == [
        "WARNING: 60 cases are few for a margin of 10 points: of rounds that did not change, many cannot be told. "
        "About 123 a round would do (80 % power, by formula)."
    ]


def test_a_margin_that_can_be_met_or_none_is_not_warned_of(review) -> None:
    assert planned_power(changed(review, margin=Fraction(1, 5))).warnings() == []
    none = planned_power(changed(review, margin=None))
    assert none.warnings() == []
    assert len(none.sentences()) == 3
    assert none.to_dict()["no_worse"] is None


def test_a_larger_sample_shows_smaller_changes(review) -> None:
    larger = dataclasses.replace(review, allocation=at.allocate(review.frame.population, 150))
    assert planned_power(larger).detectable.true_change < planned_power(review).detectable.true_change
    assert planned_power(larger).warnings() == []


def test_a_plan_that_cannot_answer_is_warned_of(review) -> None:
    one_each = dataclasses.replace(review, allocation=dict.fromkeys(review.allocation, 1))
    assert planned_power(one_each).warnings() == [
        "WARNING: two rounds like this could not show any change for the better. Draw two or more from every stratum."
    ]
    assert planned_power(one_each).sentences() == [
        "How well a share would be known cannot be told: one case stands for a stratum."
    ]
    assert planned_power(one_each).to_dict()["expected_width"] is None
    small = dataclasses.replace(review, allocation=dict.fromkeys(review.allocation, 2))
    assert planned_power(small).warnings()[0] == (
        "WARNING: only a very large change could be shown. Draw more cases, or fewer strata."
    )
    north = {"North / closed": 124}
    frame = dataclasses.replace(review.frame, population=north)
    tiny = dataclasses.replace(review, frame=frame, allocation={"North / closed": 4})
    assert planned_power(tiny).warnings() == [
        "WARNING: two rounds like this could not show any change for the better. Draw more cases."
    ]


def test_a_thematic_round_is_told_that_it_gives_findings(review) -> None:
    thematic = planned_power(changed(review, purpose="thematic"))
    said = "The purpose is not improvement: this round gives findings, never an interval or a verdict."
    assert thematic.sentences() == [said]
    assert thematic.warnings() == []


def test_no_reserves_after_a_round_that_lost_cases(review, tmp_path) -> None:
    earlier = tmp_path / "retrospective-2009"
    shutil.copytree(SAMPLES / "retrospective-2009", earlier)
    text = (earlier / "sample.csv").read_text(encoding="utf-8-sig")
    for status in ("missing file", "not returned", "not returned"):
        text = text.replace(",sampled,", f",{status},", 1)
    (earlier / "sample.csv").write_text(text, encoding="utf-8-sig")
    bare = planned_power(changed(review, compare_with=earlier, reserves=0, margin=None))
    assert bare.warnings() == [
        "WARNING: there are no reserves, and 3 of the 60 cases opened in retrospective-2009 could not be rated "
        "(1 missing file, 2 not returned). Set reserves: 2, two a stratum."
    ]
    assert bare.losses == (Losses("retrospective-2009", 60, (("missing file", 1), ("not returned", 2))),)
    assert dataclasses.replace(bare, reserves=1).warnings() == []
    gone = planned_power(changed(review, compare_with=tmp_path / "not there", reserves=0, margin=None))
    assert gone.warnings() == []


def test_the_figures_as_json(review) -> None:
    told = json.loads(json.dumps(planned_power(review).to_dict(), allow_nan=False))
    assert list(told) == [
        *("measure", "good", "expected_width", "detectable_true", "detectable_observed"),
        *("grades_true", "grades_observed", "grades_as_share"),
        *("from_share", "margin", "no_worse", "power", "confidence"),
    ]
    assert (told["measure"], told["good"], told["margin"]) == ("Quality of assessment", "Good", 0.1)


def test_a_plan_without_frameworks_is_judged_by_four_grades(review) -> None:
    bare = changed(review, frameworks=(), primary=None)
    assert planned_grades(bare.plan) == (4, 2)
    assert planned_power(bare).sentences()[0].startswith("The share Good or better of the primary framework, near")
    assert planned_power(bare).showing == planned_power(review).showing
