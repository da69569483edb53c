"""Limits of a share whose cases were audited twice: wide enough away from no change, and never of no width."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.improvement import compare_shares


def pair(first, second):
    ids = [f"c{i}" for i in range(len(first))]
    strata = pd.Series("a", index=ids)
    return tuple((pd.Series(each, index=ids, dtype=float), strata, {"a": 500}) for each in (first, second))


def test_twenty_cases_answered_alike_in_both_rounds_say_little_and_not_nothing() -> None:
    """Tango's paired score interval is 16 points either way."""
    alike = [1.0] * 10 + [0.0] * 10
    change = compare_shares(*pair(alike, alike))
    assert (change.change, change.verdict) == (0, "cannot_tell")
    assert -change.ci.low == pytest.approx(change.ci.high)
    assert 0.1 < change.ci.high < 0.2


def test_verdict_p_and_limits_tell_one_story() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        first = (rng.random(30) < 0.6).astype(float)
        second = np.where(rng.random(30) < 0.7, first, (rng.random(30) < 0.8).astype(float))
        change = compare_shares(*pair(first, second))
        assert (change.ci.low > 0) == (change.p_value < 0.025) == (change.verdict == "improved")
        assert change.ci.low <= change.change <= change.ci.high


@pytest.mark.slow
@pytest.mark.parametrize(("n", "before", "after", "correlation"), [(20, 0.8, 0.7, 0.75), (60, 0.7, 0.5, 0.6)])
def test_limits_hold_the_truth_away_from_no_change(n, before, after, correlation) -> None:
    rng = np.random.default_rng(4)
    both = before * after + correlation * math.sqrt(before * (1 - before) * after * (1 - after))
    cells = [both, before - both, after - both, 1 - before - after + both]
    rounds, low, high = 1200, 0, 0
    for _ in range(rounds):
        case = rng.choice(4, n, p=cells)
        change = compare_shares(*pair((case < 2).astype(float), np.isin(case, (0, 2)).astype(float)))
        low += change.ci.low > after - before + 1e-12
        high += change.ci.high < after - before - 1e-12
    bound = 0.028 + 4 * math.sqrt(0.028 * 0.972 / rounds)
    assert low / rounds < bound
    assert high / rounds < bound
