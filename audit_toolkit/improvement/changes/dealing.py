"""Every way to deal one stratum's cases to two rounds, and what each way makes of the pairs between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray, IntArray

# Deals by grade that are counted one by one in whole numbers, and those whose chances are, in floating point.
COUNTED, LISTED = 400_000, 4_000_000
# Rows of numbers, over all grades, past which counting is given up.
GONE_THROUGH = 20_000_000
# Grades past which listing gains nothing: states meet again so often that a table of them is smaller.
FEW_GRADES = 7
# Cells of a table of all that can be won, and additions to it, past which a stratum is not dealt out.
CELLS, ADDITIONS = 20_000_000, 4_000_000_000
# Whole numbers from here on need Python's integers. Numbers up to FACTOR can be multiplied and stay below.
LARGEST, FACTOR = 2**63, 2**31 - 1


@dataclass(frozen=True, slots=True)
class Spread:
    """What the pairs of a stratum can come to, `wins` (M), ascending and a `step` apart, and their chances (M)."""

    wins: IntArray
    step: int
    chances: FloatArray

    def mirrored(self) -> Spread:
        """Give the same with better and worse changed over."""
        return Spread(-self.wins[::-1], self.step, self.chances[::-1])


@dataclass(frozen=True, slots=True)
class Deals:
    """How often the pairs of a stratum come to each of `wins` (M, ascending), over all deals.

    `ways` (one row for each of `moduli`, M): what remains of the number of deals when divided by it; `every` counts all
    deals. Where they were too many to count, `ways` holds the chance of each instead and `moduli` is empty; a chance is
    then a sum of products of positive numbers, right to some hundred roundings (1e-13).
    """

    wins: IntArray
    ways: IntArray | FloatArray
    moduli: tuple[int, ...]
    every: int

    def tails(self, won: int) -> tuple[float, float]:
        """Give the chance of `won` or more and of `won` or less, rounded once where the deals are counted."""
        first, last = np.searchsorted(self.wins, [won, won + 1])
        if not self.moduli:
            return float(self.ways[0, first:].sum()), float(self.ways[0, :last].sum())
        sums = np.stack([self.ways[:, first:].sum(axis=1), self.ways[:, :last].sum(axis=1)], axis=1)
        rise, fall = _together(sums, self.moduli).tolist()
        return rise / self.every, fall / self.every

    def spread(self) -> Spread:
        """Lay the values out at equal steps with their chances, 0 for what cannot be."""
        if self.moduli:
            chances = np.array([count / self.every for count in _together(self.ways, self.moduli).tolist()])
        else:
            chances = np.asarray(self.ways[0])
        step = int(np.gcd.reduce(np.diff(self.wins))) if len(self.wins) > 1 else 1
        place = (self.wins - self.wins[0]) // step
        even = np.zeros(int(place[-1]) + 1)
        even[place] = chances
        return Spread(self.wins[0] + step * np.arange(len(even)), step, even)


def pairs_won(earlier: Sequence[int], later: Sequence[int]) -> int:
    """Count pairs in which the later case is higher, less pairs in which it is lower: n1 n2 (2 theta - 1)."""
    below = won = 0
    lower_later = 0
    for one, other in zip(earlier, later, strict=True):
        won += other * below - one * lower_later
        below += one
        lower_later += other
    return won


def deal_out(earlier: Sequence[int], later: Sequence[int]) -> Deals | None:
    """Count, for each value `pairs_won` can take, the ways to deal the stratum's cases that give it.

    `earlier`, `later`: cases at each grade, worst first. None where there are too many ways to go through, unless the
    stratum lies wholly to one side: it is then dealt as two grades, below and above, which are few.
    Source: Lehmann (1975), Nonparametrics, chapter 1: conditional on ties, every deal has the same chance.
    """
    levels = [one + other for one, other in zip(earlier, later, strict=True) if one + other]
    kept, chosen = sum(earlier), sum(later)
    found = _counted(levels, kept, chosen) or _listed(levels, kept, chosen) or _added_up(levels, kept, chosen)
    won = pairs_won(earlier, later)
    if found is None and abs(won) == kept * chosen:
        two = [kept, chosen] if won > 0 else [chosen, kept]
        found = _counted(two, kept, chosen) or _listed(two, kept, chosen)
    return found


def _counted(levels: Sequence[int], kept: int, chosen: int) -> Deals | None:
    """Count the deals in whole numbers.

    In int64 while the number of all deals fits, which no partial count can pass; else by their remainders (a row each)
    of enough numbers without a common factor, to be put together as Python's integers.
    """
    every = math.comb(kept + chosen, chosen)
    moduli = _moduli(every)
    column = np.array(moduli, dtype=np.int64)[:, None]
    factors = [
        np.array([[math.comb(tied, k) % each for k in range(tied + 1)] for each in moduli], dtype=np.int64)
        for tied in levels
    ]
    gone = _gone_through(levels, kept, chosen, factors, lambda ways: ways % column, COUNTED)
    return Deals(*gone, tuple(moduli), every) if gone else None


def _listed(levels: Sequence[int], kept: int, chosen: int) -> Deals | None:
    """Add up the chances of the deals: each grade's is binomial, given that all together deal `chosen`."""
    if len(levels) > FEW_GRADES:
        return None
    total = kept + chosen
    factors = [_binomial(tied, kept, chosen)[None, :] for tied in levels]
    gone = _gone_through(levels, kept, chosen, factors, lambda ways: ways, LISTED)
    if gone is None:
        return None
    whole = _binomial(total, kept, chosen)[chosen]
    return Deals(gone[0], gone[1] / whole, (), math.comb(total, chosen))


def _binomial(n: int, kept: int, chosen: int) -> FloatArray:
    """Give the chance of 0 to n, each with the chance chosen / (kept + chosen), rounded once."""
    whole = (kept + chosen) ** n
    return np.array([math.comb(n, k) * chosen**k * kept ** (n - k) / whole for k in range(n + 1)])


def _gone_through(
    levels: Sequence[int],
    kept: int,
    chosen: int,
    factors: Sequence[Any],
    fold: Callable[[Any], Any],
    most: int,
) -> tuple[IntArray, Any] | None:
    """Go through the grades from the worst: how many later cases were dealt so far, what they won, in how many ways."""
    dealt, won = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    ways = np.ones((len(factors[0]), 1), dtype=factors[0].dtype)
    seen, span, gone = 0, 2 * kept * chosen + 1, 0
    for place, tied in enumerate(levels):
        least = np.maximum(0, seen + tied - kept - dealt)
        options = np.minimum(tied, chosen - dealt) - least + 1
        gone += int(options.sum()) * len(ways)
        if options.sum() > most or gone > GONE_THROUGH:
            return None
        one = np.repeat(np.arange(len(dealt)), options)
        now = np.arange(len(one)) - np.repeat(np.cumsum(options) - options - least, options)
        before = dealt[one]
        won = won[one] + now * (seen - before) - (tied - now) * before
        ways = fold(ways[:, one] * factors[place][:, now])
        dealt, seen = before + now, seen + tied
        # Before the last grade nothing is gained by it: each state goes on in one way only.
        if place != len(levels) - 2:
            state, ways = _merged(dealt * span + won + span // 2, ways)
            dealt, won, ways = state // span, state % span - span // 2, fold(ways)
    return won, ways


def _merged(state: IntArray, ways: Any) -> tuple[IntArray, Any]:
    """Add up the ways to the same state: on a grid, where the sums are whole numbers below 2^53, else sorted."""
    low = int(state.min())
    size = int(state.max()) - low + 1
    if (len(ways) > 1 or ways.dtype == np.float64) and size <= len(state):
        found = np.flatnonzero(np.bincount(state - low, minlength=size))
        sums = [np.bincount(state - low, weights=row, minlength=size)[found] for row in ways]
        return found + low, np.array(sums).astype(ways.dtype)
    order = np.argsort(state, kind="stable")
    state, first = np.unique(state[order], return_index=True)
    return state, np.add.reduceat(ways[:, order], first, axis=1)


def _moduli(every: int) -> list[int]:
    """Give numbers without a common factor whose product is above `every`: LARGEST - 1 alone where that is enough."""
    if every < LARGEST - 1:
        return [LARGEST - 1]
    found: list[int] = []
    whole, candidate = 1, FACTOR
    while whole <= every:
        if math.gcd(candidate, whole) == 1:
            found.append(candidate)
            whole *= candidate
        candidate -= 2
    return found


def _together(remainders: Any, moduli: Sequence[int]) -> Any:
    """Give the whole numbers that leave these remainders (the Chinese remainder theorem)."""
    whole = math.prod(moduli)
    counts = np.zeros(remainders.shape[1], dtype=object)
    for row, modulus in zip(remainders, moduli, strict=True):
        others = whole // modulus
        counts += row.astype(object) * (others * pow(others, -1, modulus))
    return counts % whole


def _added_up(levels: Sequence[int], kept: int, chosen: int) -> Deals | None:
    """Do the same in chances, a row of all possible wins for each number of later cases dealt so far."""
    reach = kept * chosen
    width = 2 * reach + 1
    if (chosen + 1) * width > CELLS or (chosen + 1) * width * (kept + chosen + len(levels)) > ADDITIONS:
        return None
    rows = {0: np.zeros(width)}
    rows[0][reach] = 1.0
    seen, rest = 0, kept + chosen
    for tied in levels:
        rest -= tied
        following: dict[int, FloatArray] = {}
        for before, row in rows.items():
            ways = math.comb(tied + rest, chosen - before)
            for now in range(max(0, chosen - before - rest), min(tied, chosen - before) + 1):
                chance = math.comb(tied, now) * math.comb(rest, chosen - before - now) / ways
                moved = now * (seen - before) - (tied - now) * before
                into = following.setdefault(before + now, np.zeros(width))
                into[max(moved, 0) : width + min(moved, 0)] += chance * row[max(-moved, 0) : width - max(moved, 0)]
        rows, seen = following, seen + tied
    return Deals(np.arange(-reach, reach + 1), rows[chosen][None, :], (), math.comb(kept + chosen, chosen))
