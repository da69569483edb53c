"""The exact stratified permutation test: over every way to deal each stratum's cases to the two rounds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from audit_toolkit.improvement.changes.dealing import Deals, Spread, deal_out, pairs_won
from audit_toolkit.improvement.changes.summing import chances_of_reaching, side_of, size_of, work_of
from audit_toolkit.improvement.estimates.design import IntArray

# Cells of the table that is made, and sums that are looked up in it, past which weights are rounded.
TABLE, LOOKED_UP = 8_000_000, 3_000_000
# Steps to try for the whole range of the sum once weights have to be rounded, the finest first.
COARSER = (1_000_000, 300_000, 100_000, 30_000, 10_000)
# The largest share by which a weight may be rounded.
ROUNDING = 0.2
# Filling a cell is the unit of work; looking a sum up and adding one to a side take so many. MOST is about two seconds.
LOOKING_UP, ADDING, MOST = 25, 1, 1_000_000_000
# Strata that are split in every way between the two sides; of more only the splits in order of size are tried.
SPLIT = 9


@dataclass(frozen=True, slots=True)
class Permuted:
    """The one-sided p for a rise and for a fall; nan where there are too many ways to deal.

    `rounding` is the largest share by which a stratum's weight was rounded to make the sums fit: 0 where none was. The
    test then is exact for the rounded weights.
    """

    rise: float
    fall: float
    rounding: float

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what was rounded, or why there is no p."""
        if math.isnan(self.rise):
            return ("There are more ways to deal the cases than can be gone through: no exact p can be given.",)
        if not self.rounding:
            return ()
        most = f"{100 * self.rounding:.2g} %"
        return (f"The strata's weights were rounded, by at most {most}: the test is exact for the rounded weights.",)


def permutation_p(earlier: IntArray, later: IntArray, weights: Sequence[float | Fraction]) -> Permuted:
    """Give the p for a rise and for a fall, over all ways of dealing the cases to the rounds by stratum.

    `earlier`, `later` (H x K): cases of each stratum at each of K grades, worst first. The sum tested is
    sum weight_h (theta_h - 1/2). Keys are integers over a common denominator, so ties are ties; ways are counted in
    whole numbers and every sum of chances has positive terms only, so that the result is within 1e-12 of all-integer
    arithmetic. Source: Lehmann (1975), Nonparametrics, chapters 1 and 3 (stratified rank sums, conditional on ties).
    """
    pairs = list(zip(earlier.tolist(), later.tolist(), strict=True))
    found = [pairs_won(one, other) for one, other in pairs]
    reach = [sum(one) * sum(other) for one, other in pairs]
    apart = [h for h, (one, other) in enumerate(pairs) if sum(a + b > 0 for a, b in zip(one, other, strict=True)) > 1]
    if apart and len({found[h] > 0 for h in apart}) == 1 and all(abs(found[h]) == reach[h] for h in apart):
        return _all_apart([pairs[h] for h in apart], rise=found[apart[0]] > 0)
    scales = whole_scales([Fraction(weights[h]) / reach[h] for h in apart])
    kept = [(scale, deals, found[h]) for h, scale in zip(apart, scales, strict=True) if (deals := _of(pairs[h], scale))]
    if len(kept) < sum(scale > 0 for scale in scales):
        return Permuted(math.nan, math.nan, 0.0)
    return _tails([each[1] for each in kept], [each[0] for each in kept], [each[2] for each in kept])


def lead(earlier: IntArray, later: IntArray, weights: Sequence[float | Fraction]) -> float:
    """Give what is tested: sum W_h (theta_h - 1/2), W_h in proportion to the weights."""
    total = Fraction(0)
    for one, other, weight in zip(earlier.tolist(), later.tolist(), weights, strict=True):
        total += Fraction(weight) * Fraction(pairs_won(one, other), 2 * sum(one) * sum(other))
    return float(total / sum(Fraction(weight) for weight in weights))


def _of(pair: tuple[list[int], list[int]], scale: int) -> Deals | None:
    return deal_out(*pair) if scale else None


def _all_apart(pairs: Sequence[tuple[list[int], list[int]]], *, rise: bool) -> Permuted:
    """Give the p where every stratum lies wholly to one side: one deal in comb(n1 + n2, n2) of each reaches it."""
    p = Fraction(1)
    for one, other in pairs:
        p /= math.comb(sum(one) + sum(other), sum(other))
    return Permuted(float(p), 1.0, 0.0) if rise else Permuted(1.0, float(p), 0.0)


def whole_scales(parts: Sequence[Fraction]) -> list[int]:
    """Give whole numbers in the proportion of the parts."""
    common = math.lcm(*(part.denominator for part in parts)) if parts else 1
    scales = [int(part * common) for part in parts]
    shared = math.gcd(*scales) or 1
    return [scale // shared for scale in scales]


def _tails(dealt: Sequence[Deals], scales: list[int], found: Sequence[int]) -> Permuted:
    if not dealt:
        return Permuted(1.0, 1.0, 0.0)
    if len(dealt) == 1:
        return Permuted(*dealt[0].tails(found[0]), 0.0)
    strata = [each.spread() for each in dealt]
    used, split = scales, _split(strata, scales)
    for steps in COARSER if split is None else ():
        used = _rounded(strata, scales, steps)
        split = _split(strata, used)
        if split is not None:
            break
    rounding = _rounding(scales, used)
    if split is None or rounding > ROUNDING:
        return Permuted(math.nan, math.nan, 0.0)
    observed = sum(scale * won for scale, won in zip(used, found, strict=True))
    # The side on which the rounds lie has the small p: no digit of it is lost to a subtraction from 1.
    if observed < 0:
        fall, rise = _near_and_far([each.mirrored() for each in strata], used, split, -observed)
    else:
        rise, fall = _near_and_far(strata, used, split, observed)
    return Permuted(rise, fall, rounding)


def _near_and_far(
    strata: Sequence[Spread], scales: Sequence[int], split: tuple[list[int], list[int]], observed: int
) -> tuple[float, float]:
    """Give the chance of `observed` or more, and of `observed` or less."""
    ladder = _longest(strata)
    sides = [side_of([(scales[h], strata[h]) for h in part]) for part in split]
    reached, passed = chances_of_reaching(
        (scales[ladder], strata[ladder]), sides[0], sides[1], (observed, observed + 1)
    )
    return min(reached, 1.0), min(1 - passed, 1.0)


def _longest(strata: Sequence[Spread]) -> int:
    return max(range(len(strata)), key=lambda h: len(strata[h].wins))


def _split(strata: Sequence[Spread], scales: Sequence[int]) -> tuple[list[int], list[int]] | None:
    """Choose which strata make the table with the longest one and which are looked up; None where all are too many."""
    ladder = _longest(strata)
    step = scales[ladder] * strata[ladder].step
    if not step:
        return None
    best, least = None, math.inf
    for table, looked in _splits([h for h in range(len(strata)) if h != ladder], strata):
        parts = [[(scales[h], strata[h]) for h in part] for part in (table, looked)]
        sizes = [size_of(part) for part in parts]
        across = sum(scale * int(deals.wins[-1] - deals.wins[0]) for scale, deals in parts[0]) // step
        cells = (sizes[0] + 1) * (len(strata[ladder].wins) + across + 3)
        cost = cells + LOOKING_UP * (sizes[1] + sizes[0]) + ADDING * sum(work_of(part) for part in parts)
        if cells <= TABLE and sizes[1] <= LOOKED_UP and cost < min(least, MOST):
            best, least = (table, looked), cost
    return best


def _splits(others: list[int], strata: Sequence[Spread]) -> Iterator[tuple[list[int], list[int]]]:
    if len(others) <= SPLIT:
        for chosen in product((True, False), repeat=len(others)):
            yield (
                [h for h, yes in zip(others, chosen, strict=True) if yes],
                [h for h, yes in zip(others, chosen, strict=True) if not yes],
            )
        return
    ordered = sorted(others, key=lambda h: len(strata[h].wins))
    for cut in range(len(ordered) + 1):
        yield ordered[:cut], ordered[cut:]


def _rounded(strata: Sequence[Spread], scales: Sequence[int], steps: int) -> list[int]:
    """Give the scales in whole numbers so small that the sum has about `steps` values."""
    spans = [scale * int(deals.wins[-1] - deals.wins[0]) for scale, deals in zip(scales, strata, strict=True)]
    unit = Fraction(sum(spans), steps)
    return [max(1, round(scale / unit)) if unit > 1 else scale for scale in scales]


def _rounding(scales: Sequence[int], used: Sequence[int]) -> float:
    """Give the largest share by which a weight differs from its proportion, the first being taken as it is."""
    if list(scales) == list(used):
        return 0.0
    whole, kept = sum(scales), sum(used)
    return max(
        float(abs(Fraction(one, kept) * Fraction(whole, scale) - 1)) for one, scale in zip(used, scales, strict=True)
    )
