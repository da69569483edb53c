"""Rounds that other people rated: whose severity counts, the words that go with it, and where it does not count."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from test_auditor_mix import rated_by

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.improvement.rounds.comparable import no_verdict
from audit_toolkit.improvement.rounds.measures import CRITERION, Measure, measures_of
from audit_toolkit.improvement.rounds.measuring import measured
from audit_toolkit.improvement.rounds.other_auditors import NOBODY, counted_auditors, widened

OTHERS = (
    "Other auditors rated the two rounds (12 and 12): the variance counts each auditor as a cluster, which is wider."
)


def renamed(round_: at.Round) -> at.Round:
    return rated_by(round_, lambda _, __, who: who.replace("Auditor", "Reader"))


def test_the_same_people_in_like_shares_are_not_counted(earlier, later) -> None:
    assert [counted_auditors(earlier, later, each) for each in measures_of(later)] == [None] * len(measures_of(later))


def a_criterion(round_: at.Round) -> Measure:
    """Give a criterion: no detectable change is worked out for it."""
    return next(each for each in measures_of(round_) if each.id == "AQ04")


@pytest.mark.slow
def test_other_people_reach_a_verdict_that_counts_them(earlier, later, comparison) -> None:
    others = at.compare_rounds(earlier, renamed(later))
    assert others.reasons == ()
    assert OTHERS in others.notes
    primary, alone = others.grades()[0], comparison.grades()[0]
    assert primary.verdict == "improved"
    assert primary.change.change == alone.change.change
    for counted, drawn in zip(others.rows, comparison.rows, strict=True):
        if not math.isnan(counted.change.ci.low):
            assert counted.change.ci.low <= drawn.change.ci.low
            assert counted.change.ci.high >= drawn.change.ci.high
    assert len(others.summary().splitlines()) < 20


def test_detectable_changes_are_as_much_larger_as_the_interval_is_wider() -> None:
    rng = np.random.default_rng(4)
    ids = [[f"{name}{i}" for i in range(48)] for name in "xy"]
    sides = [
        (pd.Series((rng.random(48) < share) * 1.0, index=each), pd.Series("all", index=each), {"all": 900})
        for share, each in zip((0.4, 0.5), ids, strict=True)
    ]
    who = tuple(pd.Series([f"{each[0][0]}{i % 8}" for i in range(48)], index=each) for each in ids)
    drawn = at.compare_shares(*sides).with_detectable(0.3, 0.2, ["Simulated."])
    counted = at.compare_shares(*sides, auditors=who)
    ratio = (counted.ci.high - counted.ci.low) / (drawn.ci.high - drawn.ci.low)
    assert ratio > 1
    found = widened(counted, drawn)
    assert (found.detectable_true, found.detectable_observed) == pytest.approx((0.3 * ratio, 0.2 * ratio))
    assert found.notes[-2:] == (
        "Simulated.",
        f"The detectable changes are those of the draw, times {ratio:.2f}, by how much the auditors widen the "
        "interval.",
    )
    far = widened(counted, drawn.with_detectable(0.9, 0.2))
    assert math.isnan(far.detectable_true)
    without = widened(counted, at.compare_shares(*sides))
    assert without.notes == counted.notes


def test_what_is_worked_out_from_dates_has_no_auditor(earlier, later) -> None:
    new = renamed(later)
    criteria = [each for each in measures_of(later) if each.kind == CRITERION]
    by_dates = {
        each.id
        for each in criteria
        if later.frameworks[each.framework].criterion(each.criterion).response in (terms.TIMELINESS, terms.REPEATED)
    }
    assert by_dates
    assert {each.id for each in criteria if counted_auditors(earlier, new, each) is None} == by_dates


def test_the_same_people_in_other_shares_are_counted(earlier, later) -> None:
    """Two of twelve keep one case each; another has the rest of theirs."""
    table = later.ratings.table.drop_duplicates("auditor").set_index("auditor")["case_id"]
    kept = table[["Auditor 02", "Auditor 03"]].to_dict()
    moved = rated_by(later, lambda case, _, who: who if case == kept.get(who) or who not in kept else "Auditor 01")
    assert set(moved.auditors) == set(earlier.auditors)
    assert no_verdict(earlier, moved) == []
    found = measured(earlier, moved, a_criterion(later), False)
    assert (
        "The same 12 auditors rated both rounds: the variance counts each auditor as a cluster, so that unequal shares "
        "of the work are allowed for."
    ) in found.change.notes


def test_fewer_than_eight_keep_their_wider_interval_and_no_word(earlier, later) -> None:
    few = rated_by(later, lambda _, __, who: f"Reader {int(who[-2:]) % 6}")
    assert len(no_verdict(earlier, few)) == 1
    found, drawn = (measured(earlier, each, a_criterion(later), False) for each in (few, later))
    assert found.verdict == terms.CANNOT_TELL
    assert found.change.ci.low < drawn.change.ci.low
    assert found.change.notes[0].startswith("Other auditors rated the two rounds (12 and 6); with fewer than 8 a round")


def test_a_case_that_nobody_was_asked_to_rate_is_nobodys(earlier, later) -> None:
    case = str(later.findings.index[0])
    new = renamed(later)
    table = new.ratings.table
    blank = dataclasses.replace(new, ratings=dataclasses.replace(new.ratings, table=table[table["case_id"] != case]))
    found = counted_auditors(earlier, blank, measures_of(later)[0])
    assert found is not None
    assert found[1][case] == NOBODY
