"""Small strata join by the declared rule only, each named with its units, and nothing else moves."""

from __future__ import annotations

import pytest

from audit_toolkit.errors import RegisterError
from audit_toolkit.register import SmallStrata, join_small

LABELS = ["North"] * 6 + ["East"] * 2 + ["South"] * 5 + ["West"]


def refusal(labels: list[str], rule: SmallStrata) -> str:
    with pytest.raises(RegisterError) as refused:
        join_small(labels, rule)
    return str(refused.value)


def test_strata_with_fewer_units_become_one() -> None:
    joined, notes = join_small(LABELS, SmallStrata(5, "Other"))
    assert joined == ["North"] * 6 + ["Other"] * 2 + ["South"] * 5 + ["Other"]
    assert notes == (
        "2 strata with fewer than 5 units become Other (3): East (2), West (1).",
        "Other still has fewer than 5: 3 units.",
    )
    joined, notes = join_small(LABELS, SmallStrata(6, "Other"))
    assert joined == ["North"] * 6 + ["Other"] * 8
    assert notes == ("3 strata with fewer than 6 units become Other (8): East (2), South (5), West (1).",)


def test_as_many_units_as_the_rule_asks_for_are_enough() -> None:
    joined, notes = join_small(LABELS, SmallStrata(3, "Other"))
    assert joined.count("Other") == 3
    assert notes == ("2 strata with fewer than 3 units become Other (3): East (2), West (1).",)


def test_a_single_small_stratum_takes_the_name() -> None:
    joined, notes = join_small(LABELS, SmallStrata(2, "Other"))
    assert joined == [*LABELS[:-1], "Other"]
    assert notes == (
        "1 stratum with fewer than 2 units becomes Other (1): West (1).",
        "Other still has fewer than 2: 1 unit.",
    )


def test_where_none_is_small_nothing_changes_and_the_note_says_so() -> None:
    joined, notes = join_small(LABELS[:6], SmallStrata(5, "Other"))
    assert joined == LABELS[:6]
    assert joined is not LABELS
    assert notes == ("No stratum has fewer than 5 units: none is joined.",)


def test_the_order_of_units_changes_neither_strata_nor_notes() -> None:
    joined, notes = join_small(LABELS[::-1], SmallStrata(5, "Other"))
    assert (joined[::-1], notes) == join_small(LABELS, SmallStrata(5, "Other"))


@pytest.mark.parametrize("become", ["North", "West"])
def test_a_label_that_stands_already_is_refused(become: str) -> None:
    # Also that of a stratum that would itself be joined: nobody could tell which cases were which.
    assert refusal(LABELS, SmallStrata(5, become)) == (
        f'small_strata: "{become}" is a stratum already, with {LABELS.count(become)} units. '
        "Choose a name under become that no stratum has."
    )


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (SmallStrata(1, "Other"), "small_strata: below is 1. Give a whole number of at least 2."),
        (SmallStrata(True, "Other"), "small_strata: below is True. Give a whole number of at least 2."),
        (
            SmallStrata(5, " "),
            'small_strata: the label " " is empty or holds a line break or a tab. Give it a plain name.',
        ),
        (
            SmallStrata(5, "O\tther"),
            'small_strata: the label "O\\tther" is empty or holds a line break or a tab. Give it a plain name.',
        ),
    ],
)
def test_a_rule_that_cannot_be_applied_is_refused(rule: SmallStrata, said: str) -> None:
    assert refusal(LABELS, rule) == said


def test_the_rule_is_plain_values_for_two_rounds_to_compare() -> None:
    rule = SmallStrata(5, "Other")
    assert rule.rule() == {"below": 5, "become": "Other", "joined": []}
    became = {"": "", "North": "North", "West": "Other", "East": "Other"}
    assert rule.rule(became)["joined"] == ["East", "West"]
