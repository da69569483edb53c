"""The fewest good cases a stratified sample leaves possible, whatever each stratum holds.

A sample of n_h from N_h cases, x_h of them good; the truth is counts M_h of good cases, adding up to T. The statistic
is the stratified estimate, each stratum's part of it rounded to a fixed lattice: S = sum of s_h(x_h), where s_h never
falls. A total T is ruled out where the largest chance of an S as large as the one seen, over every M with that total,
is at most the tail. Why a limit errs no more often than the tail says:

1. Were the truth M, with total T, P_M(S >= S seen) is at or below the tail at most that often, by chance alone. So a
   bound at or above P_M(S >= S seen) for every M that the sample allows (x_h <= M_h <= N_h - n_h + x_h) rules out the
   truth at most that often.
2. The bound lets somebody choose the counts to spoil us, stratum after stratum, seeing what was drawn in those before.
   He may ignore what he sees, so he does at least as well as with any fixed M. His best is found backwards, one stratum
   at a time: V_h(r, T) = max over M_h of the sum over x of P(x | M_h) V_(h+1)(r - s_h(x), T - M_h).
3. Where N is large, counts are taken in cells of `step` cases. A cell costs him its lowest count and gives him its
   highest: P(x_h >= k) grows with M_h, and V falls as r grows. So he is only flattered.
4. V grows with T, so all totals below the first that is not ruled out are ruled out.

With two strata step 2 is no relaxation, since the second count is what the first one leaves.
Source: the test and its inversion are Wendell & Schmee (1996), Journal of the American Statistical Association
91:825-830; the bound by an opponent who watches is ours. Checked against: every vector and sample of small designs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray, IntArray
from audit_toolkit.improvement.estimates.intervals import hypergeometric_interval, log_choose

# The lattice has this many points from a share of 0 to a share of 1: fewer where many strata make the search long.
# It may depend on the design alone, never on what was found. Rounding also breaks ties between samples of one estimate,
# which narrows: under a proportional allocation the estimate itself takes n + 1 values and no more.
LATTICE: Final = 1000
COARSE_LATTICE: Final = 500
MANY_STRATA: Final = 15
# The points that an average case spans, at the least: rounding then moves a part by an eighth of a case at most.
LEAST_SPAN: Final = 4
# What one limit may cost, in multiplications: a fifth of a second or so.
WORK: Final = 2.2e9
# What one entry of a table costs beside its multiplications.
HANDLING: Final = 25
# Chances are computed to 1e-7 of themselves or better, up to ten million cases. They are taken this much larger, so
# that no rounding rules a total out.
ROUNDED: Final = 1 + 1e-6


@dataclass(frozen=True, slots=True)
class Fewest:
    """The fewest good cases that are not ruled out, and the `step` in which counts were taken (1 = one by one)."""

    count: int
    step: int


def fewest_good(good: IntArray, n: IntArray, population: IntArray, tail: float) -> Fewest:
    """Give the fewest good cases that chance, in at most `tail` of samples, does not rule out.

    `good`, `n`, `population` (H) by stratum, 0 <= good <= n <= population and n at least 1.
    """
    open_ = n < population
    counted = int(good[~open_].sum())
    if not open_.any():
        return Fewest(counted, 1)
    good, n, population = good[open_], n[open_], population[open_]
    if len(n) == 1:
        low, _ = hypergeometric_interval(int(good[0]), int(n[0]), int(population[0]), 1 - 2 * tail)
        return Fewest(counted + low, 1)
    search = _search(good, n, population)
    kept = np.flatnonzero(_largest_chances(search) * ROUNDED > tail)
    first = int(kept[0]) if len(kept) else search.cells
    ruled_out = int(good.sum()) + (first - 1) * search.step if first else int(good.sum()) - 1
    return Fewest(counted + min(ruled_out + 1, search.estimated), search.step)


@dataclass(frozen=True, slots=True)
class _Search:
    """Strata in order of their size (H), and what the search over their counts goes through.

    `parts` (H arrays) is each stratum's part of the statistic by cases drawn good; `needs` (H arrays) what may still be
    needed of strata h and later when h comes; `step` the cases of a cell; `cells` how many totals are looked at.
    """

    good: IntArray
    n: IntArray
    population: IntArray
    parts: tuple[IntArray, ...]
    needs: tuple[IntArray, ...]
    step: int
    cells: int
    estimated: int

    def after(self, h: int) -> IntArray:
        """Give, by what is needed before stratum h and cases drawn good in it, the place in what is needed after."""
        return np.asarray(np.searchsorted(self.needs[h + 1], _left(self.needs[h], self.parts, h)))


def _search(good: IntArray, n: IntArray, population: IntArray) -> _Search:
    order = np.lexsort((n, population))
    good, n, population = good[order], n[order], population[order]
    parts = _parts(n, population)
    needs = [np.array([sum(int(part[x]) for part, x in zip(parts, good.tolist(), strict=True))], dtype=np.int64)]
    for h in range(len(n) - 1):
        needs.append(np.unique(_left(needs[h], parts, h)))
    estimated = _floored_estimate(good, n, population)
    beyond = estimated - int(good.sum())
    lengths = [len(each) for each in needs]
    step = 1
    while _work(lengths, n, (population - n) // step, beyond // step + 1) > WORK:
        step += max(1, step // 20)
    return _Search(good, n, population, parts, tuple(needs), step, beyond // step + 1, estimated)


def _floored_estimate(good: IntArray, n: IntArray, population: IntArray) -> int:
    """Give the estimated number of good cases, rounded down, so that a limit never passes the estimate."""
    return int(np.floor((population / n * good).sum() * (1 + 1e-12)))


def _parts(n: IntArray, population: IntArray) -> tuple[IntArray, ...]:
    """Round each stratum's part of the estimate to the lattice, from its middle, so that good and bad are alike."""
    points = LATTICE if len(n) <= MANY_STRATA else COARSE_LATTICE
    unit = population.sum() / max(points, LEAST_SPAN * n.sum())
    parts = []
    for drawn, size in zip(n.tolist(), population.tolist(), strict=True):
        middle = (np.arange(drawn + 1) - drawn / 2) * (size / drawn / unit)
        parts.append((np.sign(middle) * np.floor(np.abs(middle) + 0.5)).astype(np.int64))
    return tuple(parts)


def _left(needs: IntArray, parts: tuple[IntArray, ...], h: int) -> IntArray:
    """Give what is needed of the strata after h; needs already met, or out of reach, are each taken as one."""
    least = sum(int(part[0]) for part in parts[h + 1 :])
    most = sum(int(part[-1]) for part in parts[h + 1 :])
    return np.asarray(np.clip(needs[:, None] - parts[h][None, :], least, most + 1))


def _work(lengths: list[int], n: IntArray, cells: IntArray, budget: int) -> float:
    reach = min(int(cells[-1]) + len(n), budget)
    total = 0.0
    for h in range(len(n) - 2, -1, -1):
        choices = min(int(cells[h]) + 1, budget)
        total += lengths[h] * choices * reach * (int(n[h]) + HANDLING)
        reach = min(reach + choices - 1, budget)
    return total


def _largest_chances(search: _Search) -> FloatArray:
    """Give V_1 by cells spent beyond the good cases drawn: 0, 1, ... up to the estimate."""
    later = _last_chances(search)
    for h in range(len(search.n) - 2, -1, -1):
        later = _earlier_chances(search, h, later)
    return np.asarray(later[0])


def _last_chances(search: _Search) -> FloatArray:
    """Give V_H (needs x cells): the last stratum holds all that is left, to the case."""
    spare = int(search.population[-1] - search.n[-1])
    # Cells of the strata before may cost less than they give, so more may be left than the last stratum can hold.
    cells = np.arange(min(ceil(spare / search.step) + len(search.n), search.cells))
    table = _table(search, len(search.n) - 1, np.minimum(cells * search.step, spare))
    reached = np.zeros((len(cells), table.shape[1] + 1))
    reached[:, :-1] = np.cumsum(table[:, ::-1], axis=1)[:, ::-1]
    return np.ascontiguousarray(reached[:, np.searchsorted(search.parts[-1], search.needs[-1])].T)


def _earlier_chances(search: _Search, h: int, later: FloatArray) -> FloatArray:
    """Give V_h (needs x cells) from V_(h+1)."""
    spare = int(search.population[h] - search.n[h])
    cells = np.arange(min(spare // search.step + 1, search.cells))
    table = _table(search, h, np.minimum((cells + 1) * search.step - 1, spare))
    reach = later.shape[1]
    width = reach + len(cells) - 1
    # Row k of `laid` holds what k cells spent here give, shifted by k, so that a column is a total.
    laid = np.zeros((len(cells), width))
    shifted = np.lib.stride_tricks.as_strided(laid, (len(cells), reach), ((width + 1) * laid.itemsize, laid.itemsize))
    found = np.empty((len(search.needs[h]), min(width, search.cells)))
    for at, places in enumerate(search.after(h)):
        np.matmul(table, later[places], out=shifted)
        found[at] = laid.max(axis=0)[: found.shape[1]]
    return found


def _table(search: _Search, h: int, beyond: IntArray) -> FloatArray:
    """Give P(x | M_h) (counts x cases drawn good), M_h the good cases drawn and `beyond` more."""
    drawn, size = int(search.n[h]), int(search.population[h])
    count = (search.good[h] + beyond).astype(float)[:, None]
    x = np.arange(drawn + 1, dtype=float)[None, :]
    possible = (x <= count) & (drawn - x <= size - count)
    ways = log_choose(count, np.where(possible, x, 0)) + log_choose(size - count, np.where(possible, drawn - x, 0))
    return np.where(possible, np.exp(ways - log_choose(size, float(drawn))), 0.0)
