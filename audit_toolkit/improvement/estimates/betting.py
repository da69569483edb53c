"""Bets against a share, in one fixed order of cases: how small it can be without the bets having won too much.

A stratum's cases lie in the order of their tickets, a random order. Against every table of counts K_h each case i is
a fair bet: (1 + a c_h x_i) / (1 + a c_h mu_i), mu_i the share good among the cases of its stratum not seen before.
Products of fair bets in an order fixed beforehand are a martingale, whatever the strata. The product of the
denominators is at most that of their mean (Jensen), and the mean is linear in K_h: the worst table with a given total
is found exactly. docs/watching.md has the proof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
# Sizes of the bets, as log odds ratios, in steps of the one best for a share of a half at the planned size; with the
# weight of each. Larger ones serve shares far from a half and early looks.
STEPS = np.array([0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 6.0])
WEIGHTS = np.array([0.12, 0.30, 0.24, 0.16, 0.10, 0.05, 0.03])
HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Path:
    """The one order in which cases are looked at, fixed by the design: `code` the stratum, `place` 1, 2, ... within it.

    `population` is N_h and `planned` n_h, both (H,).
    """

    code: IntArray
    place: IntArray
    population: IntArray
    planned: IntArray

    @property
    def length(self) -> int:
        """How many cases the path has."""
        return len(self.code)

    @property
    def stakes(self) -> FloatArray:
        """How much a case of each stratum counts beside the average case: (N_h / N) / (n_h / n)."""
        share = self.planned / self.planned.sum()
        return np.asarray(self.population / self.population.sum() / share, dtype=float)

    @property
    def left(self) -> FloatArray:
        """How many cases of its stratum are unseen when each case is opened, itself among them; (n,)."""
        return np.asarray(self.population[self.code] - self.place + 1, dtype=float)

    @property
    def seen(self) -> FloatArray:
        """Which stratum each case is of, as zeros and a one; (n, H)."""
        return np.asarray(self.code[:, None] == np.arange(len(self.population)), dtype=float)


def fixed_path(population: IntArray, planned: IntArray, reach: float = 1.0) -> Path:
    """Interleave the strata in step with their planned sizes: by (place - 1/2) / n_h, then by stratum.

    `reach` goes on beyond the planned sizes, in the same step. Nothing that a case shows can change the order.
    """
    each = [
        ((place - 0.5) / size, h, place)
        for h, (size, held) in enumerate(zip(planned.tolist(), population.tolist(), strict=True))
        for place in range(1, held + 1)
        if (place - 0.5) / size <= reach + 1e-12
    ]
    ordered = sorted(each)
    code = np.array([h for _, h, _ in ordered], dtype=np.int64)
    place = np.array([i for _, _, i in ordered], dtype=np.int64)
    return Path(code, place, population, planned)


def bet_sizes(path: Path, alpha: float) -> FloatArray:
    """Give the bets a, best when a share near a half is to be bounded at the planned size."""
    best = np.sqrt(8 * np.log(1 / alpha) / path.planned.sum())
    return np.asarray(np.expm1(best * STEPS), dtype=float)


def log_wealth(path: Path, ones: FloatArray, mean: FloatArray, bets: FloatArray) -> FloatArray:
    """Give the log of what the bets have made after each case, where the mean denominators are `mean`; (..., n)."""
    stakes = path.stakes[path.code]
    won = np.cumsum(ones[..., None] * np.log1p(stakes[:, None] * bets), axis=-2)
    count = np.arange(1, path.length + 1)[:, None]
    lost = count * np.log1p(np.maximum(mean, 0.0)[..., None] * bets)
    return np.asarray(logsumexp(won - lost + np.log(WEIGHTS), axis=-1), dtype=float)


def highest_mean_allowed(path: Path, ones: FloatArray, alpha: float) -> FloatArray:
    """Give, after each case, the mean denominator at which the bets have made just 1 / alpha; 0 where never. (n,)."""
    bets = bet_sizes(path, alpha)
    low, high = np.zeros(path.length), np.full(path.length, float(path.stakes.max()))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rejected = log_wealth(path, ones, middle, bets) >= np.log(1 / alpha)
        low, high = np.where(rejected, middle, low), np.where(rejected, high, middle)
    return low


def lower_counts(path: Path, ones: FloatArray, zeros: FloatArray, alpha: float) -> IntArray:
    """Give, after each case, the smallest total of good cases in the register that the bets do not rule out.

    Parameters
    ----------
    path : n cases. ones, zeros : (n,), 1 where the case is known to be good, or known not to be; neither where it is
        not known, and then it counts as not good.
    alpha : how often, at most, the limit may ever be wrong.

    Returns
    -------
    Counts (n,). With probability at least 1 - alpha none of them ever exceeds the true count, whatever decides when
    cases come back.
    """
    allowed = highest_mean_allowed(path, ones, alpha)
    slopes, spent, least, most = tables(path, ones, zeros)
    found = np.empty(path.length, dtype=np.int64)
    for k in range(path.length):
        order = np.argsort(-slopes[k], kind="stable")
        steps = (most[k] - least[k])[order]
        start = float(slopes[k] @ least[k])
        totals = least[k].sum() + np.concatenate([[0.0], np.cumsum(steps)])
        values = start + np.concatenate([[0.0], np.cumsum(steps * slopes[k][order])])
        target = allowed[k] * (k + 1) + spent[k]
        found[k] = _smallest_total(totals, values, target)
    return found


def tables(path: Path, ones: FloatArray, zeros: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Give what the sum of denominators is made of after each case: slopes (n, H), what is taken off (..., n).

    Then the least and the most good cases each stratum can hold, (..., n, H).
    """
    stakes, seen = path.stakes[path.code], path.seen
    slopes = np.cumsum(seen * (stakes / path.left)[:, None], axis=0)
    good = np.cumsum(ones[..., None] * seen, axis=-2)
    bad = np.cumsum(zeros[..., None] * seen, axis=-2)
    before = np.sum(good * seen, axis=-1) - ones
    spent = np.cumsum(before * stakes / path.left, axis=-1)
    return slopes, spent, good, path.population - bad


def highest_mean(path: Path, ones: FloatArray, zeros: FloatArray, total: int) -> FloatArray:
    """Give the greatest mean denominator after each case over all tables with so many good cases; (..., n)."""
    slopes, spent, least, most = tables(path, ones, zeros)
    order = np.argsort(-slopes, axis=-1, kind="stable")
    wanted = np.broadcast_to(order, least.shape)
    ranked = np.take_along_axis(slopes, order, axis=-1)
    room = np.take_along_axis(most - least, wanted, axis=-1)
    before = np.cumsum(room, axis=-1) - room
    taken = np.clip((total - least.sum(axis=-1))[..., None] - before, 0.0, room)
    value = np.sum(slopes * least, axis=-1) + np.sum(ranked * taken, axis=-1)
    return np.asarray((value - spent) / np.arange(1, path.length + 1), dtype=float)


def _smallest_total(totals: FloatArray, values: FloatArray, target: float) -> int:
    """Give the smallest whole total at which the value exceeds the target, within what is possible."""
    if values[0] > target:
        return int(totals[0])
    if values[-1] <= target:
        return int(totals[-1])
    at = int(np.searchsorted(values, target, side="right"))
    run = totals[at] - totals[at - 1]
    total = totals[at - 1] + run * (target - values[at - 1]) / (values[at] - values[at - 1])
    # A hair below, so that rounding can only make the limit weaker.
    return int(np.ceil(total - 1e-6))
