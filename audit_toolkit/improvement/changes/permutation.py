"""The exact stratified permutation test, for rounds so far apart that they show no spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from audit_toolkit.improvement.estimates.design import IntArray

# The finest grid of sums that is convolved. Within it the test is exact; past it sums are rounded against the finding.
GRID = 20_000
# Pairs in a stratum past which a stratum wholly to one side is dealt as two grades, below and above: still exact.
LARGE = 1_600


def permutation_p(earlier: IntArray, later: IntArray, weights: Sequence[float]) -> tuple[float, float]:
    """Give the one-sided p for a rise and for a fall, over all ways of dealing the cases to the rounds by stratum.

    `earlier`, `later` (H x K): cases of each stratum at each of K grades, worst first. The sum tested is
    sum weight_h (theta_h - 1/2). Keys are integers over a common denominator, so ties are ties.
    Source: Lehmann (1975), Nonparametrics, chapters 1 and 3 (stratified rank sums, conditional on ties).
    """
    scales = _integer_scales(earlier, later, weights)
    found = [_wins(one, other) for one, other in zip(earlier.tolist(), later.tolist(), strict=True)]
    reach = (earlier.sum(axis=1) * later.sum(axis=1)).tolist()
    alike = ((earlier + later > 0).sum(axis=1) == 1).tolist()
    apart = [h for h in range(len(found)) if not alike[h]]
    if apart and len({found[h] > 0 for h in apart}) == 1 and all(abs(found[h]) == reach[h] for h in apart):
        return _all_apart(earlier[apart], later[apart], rise=found[apart[0]] > 0)
    strata: list[tuple[list[int], list[float]]] = []
    for one, other, scale in zip(earlier.tolist(), later.tolist(), scales, strict=True):
        wins, chances = _deal(one, other)
        strata.append(([scale * each for each in wins], chances))
    observed = sum(scale * won for scale, won in zip(scales, found, strict=True))
    rise = _tail(strata, observed)
    fall = _tail([([-key for key in keys], chances) for keys, chances in strata], -observed)
    return min(rise, 1.0), min(fall, 1.0)


def _all_apart(earlier: IntArray, later: IntArray, *, rise: bool) -> tuple[float, float]:
    """Give the p where every stratum lies wholly to one side: one deal in comb(n1 + n2, n2) of each reaches it."""
    p = 1.0
    for one, other in zip(earlier.sum(axis=1).tolist(), later.sum(axis=1).tolist(), strict=True):
        p *= float(Fraction(1, math.comb(one + other, other)))
    return (p, 1.0) if rise else (1.0, p)


def _integer_scales(earlier: IntArray, later: IntArray, weights: Sequence[float]) -> list[int]:
    """Give whole numbers in the proportion of weight_h / (n1_h n2_h)."""
    sizes = (earlier.sum(axis=1) * later.sum(axis=1)).tolist()
    parts = [Fraction(weight) / size for weight, size in zip(weights, sizes, strict=True)]
    common = math.lcm(*(part.denominator for part in parts))
    scales = [int(part * common) for part in parts]
    shared = math.gcd(*scales) or 1
    return [scale // shared for scale in scales]


def _wins(earlier: Sequence[int], later: Sequence[int]) -> int:
    """Count pairs in which the later case is higher, less pairs in which it is lower: n1 n2 (2 theta - 1)."""
    below = won = 0
    lower_later = 0
    for one, other in zip(earlier, later, strict=True):
        won += other * below - one * lower_later
        below += one
        lower_later += other
    return won


def _deal(earlier: Sequence[int], later: Sequence[int]) -> tuple[list[int], list[float]]:
    """Give each value `_wins` can take, and its chance, over all ways to deal the cases to the rounds."""
    levels = [one + other for one, other in zip(earlier, later, strict=True) if one + other]
    if abs(_wins(earlier, later)) == sum(earlier) * sum(later) > LARGE:
        levels = [sum(earlier), sum(later)] if _wins(earlier, later) > 0 else [sum(later), sum(earlier)]
    kept, chosen = sum(earlier), sum(later)
    # later cases dealt so far -> wins -> ways, grade by grade from the worst
    ways: dict[int, dict[int, int]] = {0: {0: 1}}
    seen = 0
    for tied in levels:
        dealt: dict[int, dict[int, int]] = {}
        for before, counted in ways.items():
            for now in range(max(0, tied - (kept - seen + before)), min(tied, chosen - before) + 1):
                won = now * (seen - before) - (tied - now) * before
                following = dealt.setdefault(before + now, {})
                for wins, count in counted.items():
                    following[wins + won] = following.get(wins + won, 0) + count * math.comb(tied, now)
        ways, seen = dealt, seen + tied
    every = math.comb(seen, chosen)
    return list(ways[chosen]), [count / every for count in ways[chosen].values()]


def _tail(strata: Sequence[tuple[list[int], list[float]]], observed: int) -> float:
    """Give the chance that the sum over strata reaches what was observed, never too small."""
    span = sum(max(keys) - min(keys) for keys, _ in strata)
    step = max(1, -(-span // GRID))
    rounded = [[-(-key // step) for key in keys] for keys, _ in strata]
    sums = np.ones(1)
    for keys, (_, chances) in zip(rounded, strata, strict=True):
        least = min(keys)
        following = np.zeros(len(sums) + max(keys) - least)
        for key, chance in zip(keys, chances, strict=True):
            following[key - least : key - least + len(sums)] += chance * sums
        sums = following
    first = -(-observed // step) - sum(min(keys) for keys in rounded)
    return float(sums[max(first, 0) :].sum())
