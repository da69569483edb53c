"""Verdicts rest on first ratings unless both rounds were moderated whole by one declared rule, and say which."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit.improvement import by_moderation, rests_on
from audit_toolkit.sampling import ModerationRule
from audit_toolkit.scoring import Panel
from audit_toolkit.terms import SETTLED_COLUMNS

RULE = ModerationRule(True, True, Fraction(1, 10))
NAMES = ("Retrospective review, June to August 2009", "February 2010 review")


def moderated(round_: at.Round, *, rule: ModerationRule = RULE, left: int = 0) -> at.Round:
    """Give a round as if a panel had settled it, all grades of the primary framework but the worst one up."""
    name = next(iter(round_.scores))
    scores = round_.scores[name]
    better = {"Good": "Outstanding", "Adequate": "Good", "Inadequate": "Inadequate", "Outstanding": "Outstanding"}
    table = scores.table.assign(band=scores.table["band"].map(lambda band: better.get(band, band)).astype(object))
    panel = Panel(round_.name, rule, (), (), {})
    nothing = pd.DataFrame(columns=list(SETTLED_COLUMNS), dtype=object)
    state = at.Moderation(rule, panel, nothing, nothing, tuple((f"{n}", "AQ01") for n in range(left)))
    return dataclasses.replace(
        round_,
        plan=dataclasses.replace(round_.plan, moderation=rule),
        moderation=state,
        moderated={**round_.scores, name: dataclasses.replace(scores, table=table)},
    )


def test_rounds_that_nobody_moderated_say_nothing_of_it(earlier, later) -> None:
    first, second, notes = by_moderation(earlier, later)
    assert (first, second, notes) == (earlier, later, [])
    assert rests_on((first, second)) == "first, unmoderated ratings"


@pytest.mark.slow
def test_two_rounds_moderated_whole_by_one_rule_rest_on_settled_ratings(earlier, later) -> None:
    first, second, notes = by_moderation(moderated(earlier), moderated(later))
    assert notes == [
        "The figures rest on settled ratings: both rounds were moderated whole by one rule (double ratings that "
        "differ, every case of the worst grade, a random 10 % of the rest)."
    ]
    assert rests_on((first, second)) == "settled ratings"
    plain = at.compare_rounds(earlier, later).share("assessment_quality").change
    comparison = at.compare_rounds(moderated(earlier), moderated(later))
    assert comparison.share("assessment_quality").change.later > plain.later
    assert comparison.notes[0] == notes[0]
    assert "rated the earlier round and 12 the later. Verdicts rest on settled ratings." in at_report(comparison)


def at_report(comparison: at.Comparison) -> str:
    from audit_toolkit.reporting import report_html

    return report_html(comparison)


def test_agreement_stays_that_of_first_and_second_ratings(earlier, later) -> None:
    first, second, _ = by_moderation(moderated(earlier), moderated(later))
    assert first.agreement("assessment_quality") == earlier.agreement("assessment_quality")
    assert second.agreement("assessment_quality").raw == later.agreement("assessment_quality").raw


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            lambda first, second: (first, moderated(second)),
            f"the rounds are moderated by different rules ({NAMES[0]} by no declared rule; {NAMES[1]} by {RULE})",
        ),
        (
            lambda first, second: (
                moderated(first),
                moderated(second, rule=ModerationRule(True, False, Fraction(1, 5))),
            ),
            f"the rounds are moderated by different rules ({NAMES[0]} by {RULE}; {NAMES[1]} by double ratings that "
            "differ, a random 20 % of the rest)",
        ),
        (
            lambda first, second: (moderated(first, left=2), moderated(second, left=1)),
            f"{NAMES[0]} is settled only in part (2 of 0 to go); {NAMES[1]} is settled only in part (1 of 0 to go)",
        ),
    ],
)
def test_otherwise_first_ratings_count_and_it_is_said_why(earlier, later, change, why) -> None:
    rounds = change(earlier, later)
    first, second, notes = by_moderation(*rounds)
    assert (first, second) == rounds
    assert notes == [f"The figures rest on first, unmoderated ratings: {why}."]
    comparison = at.compare_rounds(*rounds)
    plain = at.compare_rounds(earlier, later)
    assert [row.verdict for row in comparison.rows] == [row.verdict for row in plain.rows]
    assert "Verdicts rest on first, unmoderated ratings." in at_report(comparison)


def test_overrides_are_left_aside_and_counted(earlier, later) -> None:
    one, two = (dataclasses.replace(each, overridden=count) for each, count in ((earlier, 1), (later, 2)))
    assert by_moderation(one, two)[2] == [
        f"{NAMES[0]}: 1 grade set by override is left aside; the grade by rule counts.",
        f"{NAMES[1]}: 2 grades set by override are left aside; the grade by rule counts.",
    ]
