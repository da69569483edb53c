"""How often a pair of rounds shows a change: the real tests on simulated rounds; one stratum's share is counted out.

A simulated case is a number between 0 and 1 that belongs to its round, its stratum and its place there. So the cases
are the same at every call and every size of change, and a larger round holds the cases of the smaller one: neighbouring
answers can be compared, and none hangs on the luck of a new throw.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.special

from audit_toolkit.errors import ChangeError, DesignError, Problem
from audit_toolkit.improvement.changes.one_stratum import one_stratum
from audit_toolkit.improvement.changes.share_limits import change_shown
from audit_toolkit.improvement.estimates.design import FloatArray, IntArray, check_confidence
from audit_toolkit.improvement.estimates.variance import Collapse, Groups, check_collapse, variance_groups
from audit_toolkit.improvement.planning.power import count_by_stratum, grades_by_stratum, grades_shown, shares_shown

# Rounds simulated at each size of change: the power then has a standard error of 0.6 points.
REPLICATES = 4000
SEED = 20100215
# Numbers held at a time while grades are compared, so that hundreds of strata fit into memory.
AT_A_TIME = 4_000_000
# Counts rarer than this, in both tails together, are left out of what is counted out.
NEVER = 1e-12


@dataclass(frozen=True, slots=True)
class PlannedPair:
    """The strata two rounds have cases in: answers of each round (H), later N_h (H), groups for the variance."""

    first: IntArray
    second: IntArray
    weights: FloatArray
    groups1: Groups
    groups2: Groups
    confidence: float

    @property
    def thin(self) -> tuple[Hashable, ...]:
        """Strata whose variance cannot be estimated."""
        return tuple(dict.fromkeys((*self.groups1.thin, *self.groups2.thin)))

    @property
    def one(self) -> bool:
        """Whether there is one stratum, whose share needs no variance."""
        return len(self.weights) == 1


def planned_pair(
    n_earlier: Mapping[Any, int],
    n_later: Mapping[Any, int],
    population: Mapping[Any, float],
    confidence: float,
    collapse: Collapse | None,
) -> PlannedPair:
    """Check two rounds as planned and give them as arrays, in the order of the strata's text."""
    check_confidence(confidence)
    check_collapse(collapse, [*population, *n_earlier, *n_later])
    common = [label for label in population if n_earlier.get(label, 0) > 0 and n_later.get(label, 0) > 0]
    labels = sorted((label for label in common if population[label] > 0), key=str)
    if not labels:
        raise DesignError(Problem("no stratum has cases in both rounds", "", "Give the cases of each by stratum."))
    first, second = (np.array([n[label] for label in labels], dtype=np.int64) for n in (n_earlier, n_later))
    groups1, groups2 = (variance_groups(labels, n, None, collapse) for n in (first, second))
    weights = np.array([population[label] for label in labels], dtype=float)
    return PlannedPair(first, second, weights, groups1, groups2, confidence)


def check_power(power: float) -> None:
    """Refuse a power that is not strictly between 0 and 1."""
    if not 0 < power < 1:
        raise ChangeError(Problem(f"power {power} is not between 0 and 1", "", "Use 0.8 for 80 %."))


def draws(n: IntArray, which: int) -> npt.NDArray[np.float32]:
    """Throw the cases of a round (`which`: 0 the earlier, 1 the later), a row each, for every replicate."""
    return np.concatenate(
        [
            np.random.default_rng([SEED, which, place]).random((size, REPLICATES), dtype=np.float32)
            for place, size in enumerate(n.tolist())
        ]
    )


class SharePower:
    """How often a rise of a share from `start` is shown by `compare_shares`."""

    def __init__(self, pair: PlannedPair, start: float) -> None:
        self.pair, self.start = pair, start
        self.exact = pair.one
        if not self.exact:
            self.good1 = count_by_stratum(draws(pair.first, 0) < start, pair.first)
            self.later = draws(pair.second, 1)

    def at(self, share: float) -> float:
        """Give the power when the later share is `share`."""
        pair = self.pair
        if self.exact:
            return _counted_out(int(pair.first[0]), int(pair.second[0]), self.start, share, pair.confidence)
        good2 = count_by_stratum(self.later < share, pair.second)
        shown, _ = shares_shown(
            self.good1, good2, pair.first, pair.second, pair.weights, pair.groups1, pair.groups2, pair.confidence
        )
        return float(shown.mean())


class GradePower:
    """How often better grades than `start` (shares, worst first) are shown by `compare_grades`."""

    def __init__(self, pair: PlannedPair, start: FloatArray) -> None:
        self.pair = pair
        self.counts1 = grades_by_stratum(draws(pair.first, 0), start, pair.first)
        self.later = draws(pair.second, 1)

    def at(self, shares: FloatArray, *, margin: float = 0.0) -> float:
        """Give the power when the later grades have these shares; with a margin, how often they are shown no worse."""
        pair = self.pair
        step = max(1, AT_A_TIME // (len(pair.second) * len(shares)))
        found = 0
        for first in range(0, REPLICATES, step):
            part = slice(first, first + step)
            counts2 = grades_by_stratum(self.later[:, part], shares, pair.second)
            shown = grades_shown(
                self.counts1[part],
                counts2,
                pair.weights,
                pair.groups1,
                pair.groups2,
                pair.confidence,
                margin=margin,
            )
            found += int(shown.sum())
        return found / REPLICATES


def simulation_error(power: float, *, exact: bool) -> float:
    """Give the standard error of a simulated power; 0 where it was counted out."""
    return 0.0 if exact else math.sqrt(power * (1 - power) / REPLICATES)


def _counted_out(n1: int, n2: int, before: float, after: float, confidence: float) -> float:
    """Add up the chances of every pair of counts that shows a rise, in one stratum."""
    one, other = _likely(n1, before), _likely(n2, after)
    count1, count2 = (each.reshape(-1, 1) for each in np.meshgrid(one, other, indexing="ij"))
    shown, _ = change_shown(one_stratum(count1, count2, n1, n2), confidence)
    return float(binomial(n1, before, one) @ shown.reshape(len(one), len(other)) @ binomial(n2, after, other))


def _likely(n: int, share: float) -> FloatArray:
    """Give the counts of n cases that are not next to impossible."""
    low, high = (float(scipy.special.bdtrik(tail, n, share)) for tail in (NEVER / 2, 1 - NEVER / 2))
    if not 0 < share < 1 or math.isnan(low) or math.isnan(high):
        return np.arange(n + 1.0)
    return np.arange(max(0.0, math.floor(low)), min(float(n), math.ceil(high) + 1.0) + 1.0)


def binomial(n: int, share: float, count: FloatArray) -> FloatArray:
    """Give the chance of each count of n cases."""
    log = scipy.special.gammaln
    ways = log(n + 1) - log(count + 1) - log(n - count + 1)
    chances: FloatArray = np.exp(ways + scipy.special.xlogy(count, share) + scipy.special.xlogy(n - count, 1 - share))
    return chances
