"""The power curve of the samples' two rounds."""

from __future__ import annotations

import dataclasses

import pytest

import audit_toolkit as at
from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import round_power


def rated_by(round_: at.Round, people: list[str]) -> at.Round:
    """Give the round as if `people` had rated it, each a case in turn."""
    table = round_.ratings.table.copy()
    place = {case: turn for turn, case in enumerate(dict.fromkeys(table["case_id"]))}
    table["auditor"] = [people[place[case] % len(people)] for case in table["case_id"]]
    return dataclasses.replace(round_, ratings=dataclasses.replace(round_.ratings, table=table))


def test_its_smallest_changes_are_those_of_the_comparison(earlier, later, comparison) -> None:
    curve = round_power(earlier, later)
    grades = comparison.grades()[0].change
    assert (curve.grades.true_change, curve.grades.observed_change) == pytest.approx(
        (grades.detectable_true, grades.detectable_observed)
    )
    assert (curve.n_earlier, curve.n_later, curve.strata, curve.notes) == (60, 60, 12, ())
    assert curve.from_share == pytest.approx(comparison.share("assessment_quality").change.earlier)
    rises = [each for each in curve.points if each.verdict == "improved"]
    enough = next(each for each in rises if each.grades_power >= 0.8)
    assert enough.change - 0.025 < curve.grades_as_share <= enough.change


def test_a_framework_of_neither_is_refused(earlier, later) -> None:
    with pytest.raises(ChangeError) as refused:
        round_power(earlier, later, "record_keepin")
    assert str(refused.value) == (
        f'{later.name}: "record_keepin" is not a framework of both rounds. Did you mean "record_keeping"?'
    )


@pytest.mark.parametrize(
    ("people", "note"),
    [
        (
            ["a", "b", "c"],
            "Other auditors rated the two rounds (3 only in the earlier, 12 only in the later, 0 in both); with fewer "
            "than 8 a round their severity cannot be told from the work, so no verdict is reached. "
            "The figures here are those of the draw alone.",
        ),
        pytest.param(
            ["", *"abcdefghij"],
            "Some ratings do not say who made them, so it cannot be known that the same auditors rated both. The "
            "figures here are those of the draw alone.",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            list("abcdefghij"),
            "Other auditors rated the two rounds: the comparison counts each auditor as a cluster and is wider. The "
            "figures here are those of the draw alone: they show too often, and the smallest changes are too small.",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_what_the_draw_alone_does_not_know_is_said(earlier, later, people, note) -> None:
    assert round_power(rated_by(earlier, people), later).notes == (note,)


@pytest.mark.slow
def test_the_same_auditors_in_other_shares_are_said_to_as_well(earlier, later) -> None:
    people = list(later.auditors)
    swapped = rated_by(earlier, [*people, *people[:1] * 12])
    assert round_power(swapped, later).notes[0].startswith("The same auditors rated the two rounds in other shares:")


def test_rounds_the_wrong_way_round_are_refused(earlier, later) -> None:
    with pytest.raises(ChangeError, match="the round given as the earlier has the later register"):
        round_power(later, earlier)
