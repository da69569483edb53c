"""What a plan could show, by the tests that will be used."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import audit_toolkit as at
from audit_toolkit.improvement import planned_power

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="module")
def review() -> at.PlannedReview:
    return at.plan_review(SAMPLES / "february-2010")


def test_the_february_plan(review) -> None:
    power = planned_power(review)
    assert power.width == pytest.approx(0.27, abs=0.02)
    # The unstratified table of the statistics page has 25 points at 60 cases a round.
    assert power.detectable.true_change == pytest.approx(0.25, abs=0.015)
    assert power.detectable.observed_change < power.detectable.true_change
    assert power.sentences() == [
        "A share near 50 % would be known to within 14 points either way (95 % interval).",
        "Two such rounds would show a true rise from 50 % of 25 points with 80 % power; "
        "an observed rise of 20 points would count.",
    ]


def test_a_larger_sample_shows_smaller_changes(review) -> None:
    larger = dataclasses.replace(review, allocation=at.allocate(review.frame.population, 150))
    assert planned_power(larger).detectable.true_change < planned_power(review).detectable.true_change


def test_a_plan_that_cannot_answer_is_warned_of(review) -> None:
    one_each = dataclasses.replace(review, allocation=dict.fromkeys(review.allocation, 1))
    said = planned_power(one_each).sentences()
    assert said[-1].startswith("WARNING: two rounds like this could not show any change for the better.")
    assert said[-1].endswith(" Draw two or more from every stratum.")
    assert planned_power(one_each).to_dict()["expected_width"] is None
    small = dataclasses.replace(review, allocation=dict.fromkeys(review.allocation, 2))
    assert planned_power(small).sentences()[-1].startswith("WARNING: only a very large change could be shown.")


def test_a_thematic_round_is_told_that_it_gives_findings(review) -> None:
    thematic = dataclasses.replace(review, plan=dataclasses.replace(review.plan, purpose="thematic"))
    assert planned_power(thematic).sentences()[-1] == (
        "The purpose is not improvement: this round gives findings, never a verdict."
    )
