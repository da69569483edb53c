"""How often grades are said to have changed when they have not, and how often a change is found. Fixed seeds.

Nominal 2.5 % a side. A bound is what is promised plus four standard errors of the simulation.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import scipy.optimize

from audit_toolkit.improvement import compare_grades, compare_means
from audit_toolkit.improvement.changes.van_elteren import van_elteren_z
from audit_toolkit.improvement.estimates.variance import variance_groups
from audit_toolkit.improvement.planning.odds import shifted, theta_of
from audit_toolkit.improvement.planning.power import grades_shown

ROUNDS = 10_000
SIZES = [300, 200, 120, 60, 20]
# Allocations of 60 and 150 cases in proportion and equally; 8 of 20 where the smallest stratum is short.
PROPORTIONAL, EQUAL = {60: [25, 17, 10, 5, 3], 150: [64, 43, 26, 13, 4]}, {60: [12] * 5, 150: [33, 33, 32, 32, 20]}
MIXES = {
    "even": [0.25] * 4,
    "mid": [0.15, 0.35, 0.35, 0.15],
    "most good": [0.05, 0.1, 0.25, 0.6],
    "nearly all": [0.02, 0.03, 0.05, 0.9],
}


def bound(promised: float, rounds: int = ROUNDS) -> float:
    return promised + 4 * math.sqrt(promised * (1 - promised) / rounds)


def by_odds(shares, by: float):
    return shifted(np.array(shares), np.array([by]))[0]


def drawn(rng, n, shares, rounds=ROUNDS):
    return np.stack([rng.multinomial(each, p, rounds) for each, p in zip(n, shares, strict=True)], axis=1).astype(float)


def alarms(sizes, counts1, counts2) -> float:
    """The larger of the two sides' false alarms."""
    groups = [variance_groups(range(len(sizes)), counts[0].sum(axis=-1), None, None) for counts in (counts1, counts2)]
    weights = np.array(sizes, dtype=float)
    better = grades_shown(counts1, counts2, weights, *groups, 0.95).mean()
    worse = grades_shown(counts1[..., ::-1], counts2[..., ::-1], weights, *groups, 0.95).mean()
    return max(better, worse)


@pytest.fixture(params=list(MIXES))
def mix(request):
    return MIXES[request.param]


@pytest.mark.parametrize("n", [60, 150])
def test_same_population(mix, n) -> None:
    """Both rounds drawn from one register that nothing happened to."""
    rng = np.random.default_rng(1)
    counts = []
    for _ in range(2):
        strata = []
        for size, cases in zip(SIZES, PROPORTIONAL[n], strict=True):
            held = np.floor(size * np.array(mix)).astype(int)
            held[-1] += size - held.sum()
            strata.append(rng.multivariate_hypergeometric(held, cases, ROUNDS, method="marginals"))
        counts.append(np.stack(strata, axis=1).astype(float))
    assert alarms(SIZES, *counts) < bound(0.025)


@pytest.mark.parametrize(
    ("sizes", "n1", "n2"),
    [
        (SIZES, PROPORTIONAL[60], PROPORTIONAL[60]),
        (SIZES, EQUAL[150], EQUAL[150]),
        (SIZES, PROPORTIONAL[60], PROPORTIONAL[150]),
        ([50] * 20, [2] * 20, [2] * 20),
        ([500], [60], [60]),
        ([500], [100], [10]),
    ],
    ids=["proportional", "equal", "unequal rounds", "twenty of two", "one stratum", "100 and 10"],
)
def test_same_process(mix, sizes, n1, n2) -> None:
    rng = np.random.default_rng(2)
    shares = [mix] * len(sizes)
    assert alarms(sizes, drawn(rng, n1, shares), drawn(rng, n2, shares)) < bound(0.027)


@pytest.mark.parametrize("n", [60, 150])
def test_changed_allocation(mix, n) -> None:
    """Strata differ, and are drawn from in proportion first and equally later."""
    rng = np.random.default_rng(3)
    shares = [by_odds(mix, by) for by in np.linspace(-1, 1, 5)]
    assert alarms(SIZES, drawn(rng, PROPORTIONAL[n], shares), drawn(rng, EQUAL[n], shares)) < bound(0.027)


@pytest.mark.parametrize("n", [60, 150])
def test_strata_that_move_in_opposite_directions(mix, n) -> None:
    """The smaller strata get better by one log odds, the largest worse, so that theta stays a half."""
    rng = np.random.default_rng(4)
    share, weight = np.array(mix), np.array(SIZES) / sum(SIZES)

    def total(by):
        up = float(theta_of(share, by_odds(mix, 0.7)[None])[0])
        down = float(theta_of(share, by_odds(mix, by)[None])[0])
        return weight[0] * (down - 0.5) + weight[1:].sum() * (up - 0.5)

    down = by_odds(mix, scipy.optimize.brentq(total, -30, 0))
    later = [down] + [by_odds(mix, 0.7)] * 4
    for cases in (PROPORTIONAL[n], EQUAL[n]):
        assert alarms(SIZES, drawn(rng, cases, [share] * 5), drawn(rng, cases, later)) < bound(0.027)


@pytest.mark.parametrize("n", [60, 150])
def test_changed_case_mix(mix, n) -> None:
    """The same strata, of which others are large now; each works as before."""
    rng = np.random.default_rng(5)
    shares = [by_odds(mix, by) for by in np.linspace(-1, 1, 5)]
    now = {60: [7, 13, 21, 13, 6], 150: [17, 32, 54, 32, 15]}[n]
    assert alarms([80, 150, 250, 150, 70], drawn(rng, PROPORTIONAL[n], shares), drawn(rng, now, shares)) < bound(0.027)


@pytest.mark.parametrize("n", [8, 12, 30])
def test_one_large_stratum_under_equal_allocation(mix, n) -> None:
    rng = np.random.default_rng(6)
    counts = [drawn(rng, [n] * 5, [mix] * 5) for _ in range(2)]
    assert alarms([1000, 50, 50, 50, 50], *counts) < bound(0.027)


@pytest.mark.parametrize(("n1", "n2"), [(60, 60), (20, 60), (60, 20)])
def test_grades_that_only_spread_out(n1, n2) -> None:
    """From nearly all in the middle to nearly all at the ends; n1 + n2 - 2 degrees of freedom gave 3.2 %."""
    rng = np.random.default_rng(7)
    counts = drawn(rng, [n1], [[0.05, 0.45, 0.45, 0.05]], 20_000), drawn(rng, [n2], [[0.4, 0.1, 0.1, 0.4]], 20_000)
    assert alarms([500], *counts) < bound(0.027, 20_000)


@pytest.mark.parametrize(("by", "about"), [(0.67, 0.513), (0.96, 0.805)])
def test_power_is_within_three_points_of_van_elteren(by, about) -> None:
    """Where van Elteren's test is valid: drawn in proportion, every stratum better by the same odds, n = 60."""
    rng = np.random.default_rng(8)
    mix, rounds = MIXES["mid"], 20_000
    counts = (
        drawn(rng, PROPORTIONAL[60], [mix] * 5, rounds),
        drawn(rng, PROPORTIONAL[60], [by_odds(mix, by)] * 5, rounds),
    )
    groups = variance_groups(range(5), np.array(PROPORTIONAL[60]), None, None)
    theirs = (van_elteren_z(*counts) > 1.959964).mean()
    ours = grades_shown(*counts, np.array(SIZES, dtype=float), groups, groups, 0.95).mean()
    assert theirs == pytest.approx(about, abs=0.02)
    assert ours > theirs - 0.02


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0.5, 1.0])
@pytest.mark.parametrize("cases", [[20], [8, 6, 5, 4, 4]], ids=["one stratum", "five"])
def test_re_audited_cases(shared, cases) -> None:
    """By the verbs themselves, with correlation 0.7; the figures of the page on the statistics are simulated apart."""
    rng = np.random.default_rng(9)
    rounds, sizes = 600, dict(zip("abcde", SIZES, strict=False))
    found = dict.fromkeys((compare_means, compare_grades), 0)
    labels = [label for label, n in zip("abcde", cases, strict=False) for _ in range(n)]
    kept = [i < round(shared * n) for n in cases for i in range(n)]
    ids = [f"c{i}" for i in range(len(labels))], [f"c{i}" if same else f"d{i}" for i, same in enumerate(kept)]
    strata = [pd.Series(labels, index=each) for each in ids]
    population = {label: sizes[label] for label in labels}
    for _ in range(rounds):
        first, fresh = rng.normal(size=(2, len(labels)))
        second = np.where(kept, 0.7 * first + math.sqrt(0.51) * fresh, fresh)
        grades = [np.searchsorted([-0.8, 0.1, 1.0], each).astype(float) for each in (first, second)]
        both = [(pd.Series(g, index=i), s, population) for g, i, s in zip(grades, ids, strata, strict=True)]
        for verb in found:
            found[verb] += verb(*both).verdict in ("improved", "worsened")
    for verb, times in found.items():
        assert times / rounds < bound(2 * 0.028, rounds), verb.__name__
