"""Which ratings a verdict rests on: first ones, unless both rounds were moderated whole by the same declared rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from audit_toolkit.improvement.rounds.round import Round

FIRST_RATINGS = "first, unmoderated ratings"
SETTLED_RATINGS = "settled ratings"


def by_moderation(earlier: Round, later: Round) -> tuple[Round, Round, list[str]]:
    """Give both rounds with the scores a verdict rests on, and why where moderation has a say.

    Parameters
    ----------
    earlier, later : scored rounds, by first ratings.

    Returns
    -------
    Both rounds and the notes. Scores are those of settled ratings where both plans declare the same rule and both
    rounds are settled whole; otherwise those of first ratings, and a note says why if either was moderated.

    Checked against: tests/improvement/test_moderated_rounds.py.
    """
    rounds = (earlier, later)
    why = first_ratings_because(earlier, later)
    ignored = [_overrides_aside(each) for each in rounds if each.overridden]
    if not why and earlier.moderation is not None and later.moderation is not None:
        rule = later.plan.moderation
        note = f"The figures rest on settled ratings: both rounds were moderated whole by one rule ({rule})."
        first, second = (dataclasses.replace(each, scores=each.moderated) for each in rounds)
        return first, second, [note, *ignored]
    if not any(each.moderation is not None for each in rounds):
        return earlier, later, ignored
    return earlier, later, [f"The figures rest on {FIRST_RATINGS}: {'; '.join(why)}.", *ignored]


def first_ratings_because(earlier: Round, later: Round) -> list[str]:
    """Give the reasons why settled ratings may not be used; none where they may, or where neither was moderated."""
    if earlier.plan.moderation != later.plan.moderation:
        rules = [f"{each.name} by {each.plan.moderation or 'no declared rule'}" for each in (earlier, later)]
        return [f"the rounds are moderated by different rules ({'; '.join(rules)})"]
    reasons = []
    for each in (earlier, later):
        state = each.moderation
        if state is not None and not state.whole:
            reasons.append(f"{each.name} is settled only in part ({len(state.outstanding):,} of {state.asked:,} to go)")
    return reasons


def _overrides_aside(round_: Round) -> str:
    count = round_.overridden
    many = "1 grade set by override is" if count == 1 else f"{count} grades set by override are"
    return f"{round_.name}: {many} left aside; the grade by rule counts."


def rests_on(rounds: Sequence[Round]) -> str:
    """Say in words which ratings the figures of some rounds rest on."""
    moderated = all(each.moderation is not None and each.scores is each.moderated for each in rounds)
    return SETTLED_RATINGS if moderated else FIRST_RATINGS
