"""How exactly a round would know a share: half the width of the interval it will get, on average over the draw."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from audit_toolkit.errors import ChangeError, DesignError, Problem
from audit_toolkit.improvement.estimates.design import FloatArray, IntArray, check_confidence
from audit_toolkit.improvement.estimates.intervals import hypergeometric_interval, log_choose
from audit_toolkit.improvement.estimates.variance import Collapse, check_collapse, variance_groups
from audit_toolkit.improvement.planning.power import share_half_widths
from audit_toolkit.improvement.planning.simulated import REPLICATES, SEED

# Counts rarer than this are left out of what is counted out.
NEVER = 1e-9


def expected_half_width(
    population: Mapping[Any, int],
    allocation: Mapping[Any, int],
    *,
    share: float = 0.5,
    confidence: float = 0.95,
    collapse: Collapse | None = None,
) -> float:
    """Say how far either way a share will be known, on average, by the interval that `estimate_share` gives.

    Parameters
    ----------
    population, allocation : mapping stratum -> N_h and n_h. share : the share of good cases (0-1) in every stratum.
    confidence : in (0, 1). collapse : as `estimate_share`.

    Returns
    -------
    float, half the width of the interval in shares (0-1): the mean over every sample that may be drawn, counted out
    where there is one stratum, over 4,000 simulated ones otherwise. nan where a variance cannot be estimated, 0 where
    every case is drawn.

    Raises
    ------
    ChangeError if the share or confidence is not between 0 and 1; DesignError if the allocation does not fit.

    Source: docs/statistics-for-statisticians.md. Checked against: `estimate_share` itself in
    tests/improvement/test_widths.py.
    """
    check_confidence(confidence)
    if not 0 <= share <= 1:
        raise ChangeError(Problem(f"the share {share} is not between 0 and 1", "", "Use 0.5 for 50 %."))
    labels = sorted((label for label in population if population[label] > 0), key=str)
    check_collapse(collapse, labels)
    wrong = [label for label in labels if not 1 <= allocation.get(label, 0) <= population[label]]
    if wrong:
        raise DesignError(
            [
                Problem(
                    f'{allocation.get(label, 0)} of {population[label]} cases of "{label}" cannot be drawn',
                    mend=f"Draw 1 to {population[label]}.",
                )
                for label in wrong
            ]
        )
    n, held = (np.array([each[label] for label in labels], dtype=np.int64) for each in (allocation, population))
    if len(labels) == 1:
        return _counted_out(int(n[0]), int(held[0]), share, confidence)
    groups = variance_groups(labels, n, held.astype(float), collapse)
    good = _good_drawn(n, held, share)
    return float(share_half_widths(good, n, held.astype(float), groups, confidence).mean())


def _good_drawn(n: IntArray, held: IntArray, share: float) -> FloatArray:
    """Draw rounds without replacement (R x H) from strata whose good cases are `share` of them, to the nearest one."""
    chance = np.random.default_rng([SEED, 2])
    exact = share * held
    above = chance.random((REPLICATES, len(held))) < exact - np.floor(exact)
    good = np.floor(exact).astype(np.int64) + above
    return np.asarray(chance.hypergeometric(good, held - good, n), dtype=float)


def _counted_out(n: int, held: int, share: float, confidence: float) -> float:
    """Take the mean of the exact interval's half width over every count there may be, in one stratum."""
    exact = share * held
    below = math.floor(exact)
    total = 0.0
    for good, weight in ((below, 1 - (exact - below)), (below + 1, exact - below)):
        if weight > 0:
            total += weight * _mean_half_width(n, held, good, confidence)
    return total


def _mean_half_width(n: int, held: int, good: int, confidence: float) -> float:
    drawn = np.arange(max(0, n - (held - good)), min(good, n) + 1, dtype=float)
    logs = log_choose(good, drawn) + log_choose(held - good, n - drawn) - log_choose(held, float(n))
    chances = np.exp(logs)
    likely = np.flatnonzero(chances > NEVER)
    widths = []
    for place in likely.tolist():
        low, high = hypergeometric_interval(int(drawn[place]), n, held, confidence)
        widths.append((high - low) / (2 * held))
    return float(np.average(widths, weights=chances[likely]))
