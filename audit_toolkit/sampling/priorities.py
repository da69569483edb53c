"""Who gives the next case: the exact order of the strata's claims, and the shares they would have unrounded.

A stratum with k cases claims the next one with the priority numerator / sqrt(k (k + 1)). Priorities are compared
through a whole power of theirs, which is a fraction, so the order is exact and the same on every machine.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

# The highest denominator of Bankier's power: priorities are compared through their 2b-th powers.
MOST_PARTS = 20
Bounds = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Numerators:
    """The numerators of the strata: `weights` in proportion to them, the largest 1, `keys` their exact powers.

    A key is the numerator to the power 2 x `root`, so that a priority's power is key / (k (k + 1)) ** root.
    """

    weights: Mapping[str, Fraction]
    keys: Mapping[str, Fraction]
    root: int = 1

    def priority(self, label: str, cases: int) -> Fraction:
        """Give the power of a stratum's priority that orders as the priority does."""
        return self.keys[label] / Fraction((cases * (cases + 1)) ** self.root)


def numerators(
    population: Mapping[str, int],
    method: str,
    *,
    spread: Mapping[str, Fraction],
    cost: Mapping[str, Fraction],
    power: Fraction,
) -> Numerators:
    """Give the numerators of a method: N_h, 1, N_h S_h, N_h S_h / sqrt(c_h) or N_h^q CV_h."""
    root = power.denominator if method == "bankier" else 1
    keys = {}
    for label, count in population.items():
        size = Fraction(count)
        if method == "equal":
            keys[label] = Fraction(1)
        elif method == "bankier":
            keys[label] = size ** (2 * power.numerator) * spread[label] ** (2 * root)
        else:
            keys[label] = (size * spread.get(label, Fraction(1))) ** 2 / cost.get(label, Fraction(1))
    return Numerators(_weights(keys, root), keys, root)


def _weights(keys: Mapping[str, Fraction], root: int) -> dict[str, Fraction]:
    largest = max(keys.values())
    return {label: _root(key / largest, 2 * root) if largest else key for label, key in keys.items()}


def _root(value: Fraction, degree: int) -> Fraction:
    """Give a root exactly where it is a fraction, otherwise to 40 decimals: no float differs between machines."""
    if value == 0:
        return value
    top, bottom = _whole_root(value.numerator, degree), _whole_root(value.denominator, degree)
    if top**degree == value.numerator and bottom**degree == value.denominator:
        return Fraction(top, bottom)
    scale = 10**40
    return Fraction(_whole_root(value.numerator * scale**degree // value.denominator, degree), scale)


def _whole_root(value: int, degree: int) -> int:
    """Give the largest whole number whose power is at most `value` (above 0), by Newton's steps from above."""
    root = 1 << -(-value.bit_length() // degree)
    while True:
        lower = ((degree - 1) * root + value // root ** (degree - 1)) // degree
        if lower >= root:
            return root
        root = lower


def share_out(claims: Numerators, size: int, bounds: Bounds) -> dict[str, int]:
    """Give the strata their cases, one after another by priority, ties to the first label.

    The sum is `size`, or less where every stratum with a numerator above 0 is full.
    """
    counts = _start(claims, size, bounds)
    queue = [
        (-claims.priority(label, counts[label]), label)
        for label in counts
        if counts[label] < bounds[label][1] and claims.keys[label] > 0
    ]
    heapq.heapify(queue)
    left = size - sum(counts.values())
    while left > 0 and queue:
        _, label = queue[0]
        counts[label] += 1
        left -= 1
        if counts[label] < bounds[label][1]:
            heapq.heapreplace(queue, (-claims.priority(label, counts[label]), label))
        else:
            heapq.heappop(queue)
    return counts


def _start(claims: Numerators, size: int, bounds: Bounds) -> dict[str, int]:
    """Give each stratum the cases it is certain to get, so that few are left to queue for.

    At a priority x / sqrt(k (k + 1)) >= 1 a stratum has more than x - 1/2 cases and at most x + 1. With the x of
    a sample smaller by one case a stratum no one gets more than the whole sample gives; one case is left over
    for what floats round.
    """
    weights = {label: float(weight) for label, weight in claims.weights.items()}
    smaller = within_bounds(weights, size - len(bounds) - 1, bounds)
    return {label: max(low, min(high, math.floor(smaller[label]) - 1)) for label, (low, high) in bounds.items()}


def within_bounds(
    weights: Mapping[str, float], size: float, bounds: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """Give the best shares that need not be whole: proportional to the weights but for the limits met.

    Source: the conditions of Kuhn and Tucker for the least sum of weight^2 / share; for given limits the
    answer is the clipped shares whose sum is `size`.
    """
    lows = {label: float(low) for label, (low, _) in bounds.items()}
    highs = {label: float(high) if weights[label] > 0 else lows[label] for label, (_, high) in bounds.items()}
    if size <= math.fsum(lows.values()):
        return lows
    if size >= math.fsum(highs.values()):
        return highs
    edges = sorted({edge / weights[label] for each in (lows, highs) for label, edge in each.items() if weights[label]})
    scale = _scale(weights, size, lows, highs, edges)
    return {label: max(lows[label], min(highs[label], scale * weights[label])) for label in lows}


def _scale(
    weights: Mapping[str, float],
    size: float,
    lows: Mapping[str, float],
    highs: Mapping[str, float],
    edges: Sequence[float],
) -> float:
    """Find the factor at which the clipped shares sum to `size`: between two edges the sum is a straight line."""

    def total(scale: float) -> float:
        return math.fsum(max(lows[label], min(highs[label], scale * weights[label])) for label in lows)

    first, last = 0, len(edges) - 1
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (middle, last) if total(edges[middle]) <= size else (first, middle)
    below, above = edges[first], edges[last]
    if below == above:
        return below
    slope = math.fsum(
        weight
        for label, weight in weights.items()
        if weight and lows[label] / weight <= below and highs[label] / weight >= above
    )
    return below + (size - total(below)) / slope if slope > 0 else below
