"""Bethel's problem in whole cases: from the continuous optimum to integers that meet every target exactly.

Rounded down, then a case at a time where it helps most; then any case, and any swap, that can be spared is spared.
A lower bound, exact whatever prices it is worked out from, says how far from the fewest possible the result can be;
where a gap remains, the strata's near neighbours are searched, in a fixed order, until it is closed or the search
has taken its number of steps.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from audit_toolkit.sampling.convex import Continuous, Task

# Shares are rounded to this many decimals before they are used, so that machines whose floats differ agree.
DECIMALS = 6
# Further from 1 than this a sum in floats decides as the exact sum would; nearer, the exact sum is worked out.
DOUBT = 1e-9
MOST_STEPS, MOST_STRATA = 30_000, 200


@dataclass(frozen=True, slots=True)
class WholeCases:
    """An integer allocation, and a cost below which no allocation meets the targets."""

    counts: tuple[int, ...]
    lowest_cost: Fraction


class Sums:
    """Answers whether an allocation meets every target: by floats where they are certain, exactly where not."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.needs = [[float(need) for need in row] for row in task.needs.values()]
        self.costs = [float(price) for price in task.costs]

    def excesses(self, counts: Sequence[int]) -> list[float]:
        """Give, for each measure, by how much of itself its target is missed."""
        return [math.fsum(need / count for need, count in zip(row, counts, strict=True)) - 1 for row in self.needs]

    def met(self, counts: Sequence[int]) -> bool:
        """Say whether every target is met, exactly."""
        for measure, excess in zip(self.task.needs, self.excesses(counts), strict=True):
            if excess > DOUBT or (excess > -DOUBT and self.task.excess(measure, counts) > 0):
                return False
        return True


def whole_cases(task: Task, continuous: Continuous) -> WholeCases:
    """Find an integer allocation that meets every target at the least cost found, and a bound on the least cost.

    No single case can be spared from it, no case be moved to a cheaper stratum, and no two be spared for one.
    """
    sums = Sums(task)
    shares = [round(share, DECIMALS) for share in continuous.shares]
    bound = _lower_bound(task, continuous.prices)
    step = _step(task.costs)
    lowest = max(math.ceil(bound / step) * step, task.cost_of(task.lows))
    counts = _filled(sums, [_clip(math.floor(share), task, h) for h, share in enumerate(shares)])
    counts = _spared(sums, counts, lowest)
    search = _Search(task, sums, [Fraction(price) for price in continuous.prices], bound, shares)
    while lowest < task.cost_of(counts) and len(counts) <= MOST_STRATA:
        better = search.below(task.cost_of(counts) - step)
        if better is None:
            lowest = task.cost_of(counts) if search.finished else lowest
            break
        counts = _spared(sums, better, lowest)
    return WholeCases(tuple(counts), lowest)


def _clip(count: int, task: Task, h: int) -> int:
    return max(task.lows[h], min(task.highs[h], count))


def _filled(sums: Sums, counts: list[int]) -> list[int]:
    """Add a case at a time, where it takes most off the targets still missed for what it costs."""
    counts = list(counts)
    while not sums.met(counts):
        excesses = sums.excesses(counts)
        best, gain = -1, -1.0
        for h, count in enumerate(counts):
            if count == sums.task.highs[h]:
                continue
            taken = (
                min(row[h] / (count * (count + 1)), max(excess, 0.0))
                for row, excess in zip(sums.needs, excesses, strict=True)
            )
            worth = math.fsum(taken) / sums.costs[h]
            if worth > gain:
                best, gain = h, worth
        counts[best] += 1
    return counts


def _spared(sums: Sums, counts: list[int], lowest: Fraction) -> list[int]:
    """Spare cases while that is possible: alone, for a cheaper one elsewhere, or two for one."""
    while sums.task.cost_of(counts) > lowest:
        better = next(_cheaper(sums, counts), None)
        if better is None:
            break
        counts = better
    return counts


def _cheaper(sums: Sums, counts: list[int]) -> Iterator[list[int]]:
    """Give the allocations that meet the targets, cost less and differ by a case or a swap, dearest case first."""
    task = sums.task
    dearest = sorted(range(len(counts)), key=lambda h: (-task.costs[h], h))
    # What each measure loses when a stratum gives a case, or two, fewer.
    lost = {(h,): _lost(sums, counts, h, 1) for h in dearest if counts[h] > task.lows[h]}
    twice = {(h, h): _lost(sums, counts, h, 2) for h in dearest if counts[h] - 1 > task.lows[h]}
    for added in [None, *(h for h in range(len(counts)) if counts[h] < task.highs[h])]:
        more = (added,) if added is not None else ()
        price = task.costs[added] if added is not None else Fraction(0)
        room = [DOUBT - excess for excess in sums.excesses(_moved(counts, (), more))]
        light = {fewer: each for fewer, each in lost.items() if added not in fewer and _fits(each, room)}
        light_twice = {fewer: each for fewer, each in twice.items() if added not in fewer and _fits(each, room)}
        pairs = (
            one + other
            for (one, lost_one), (other, lost_other) in itertools.combinations(light.items(), 2)
            if _fits([a + b for a, b in zip(lost_one, lost_other, strict=True)], room)
        )
        for fewer in itertools.chain(light, light_twice, pairs):
            if sum((task.costs[h] for h in fewer), Fraction(0)) > price:
                moved = _moved(counts, fewer, more)
                if sums.met(moved):
                    yield moved


def _lost(sums: Sums, counts: Sequence[int], h: int, cases: int) -> list[float]:
    return [row[h] * (1 / (counts[h] - cases) - 1 / counts[h]) for row in sums.needs]


def _fits(lost: Sequence[float], room: Sequence[float]) -> bool:
    """Say whether every measure can lose so much, as far as floats can tell."""
    return all(each <= most for each, most in zip(lost, room, strict=True))


def _moved(counts: Sequence[int], fewer: Sequence[int], more: Sequence[int]) -> list[int]:
    moved = list(counts)
    for h in fewer:
        moved[h] -= 1
    for h in more:
        moved[h] += 1
    return moved


def _step(costs: Sequence[Fraction]) -> Fraction:
    """Give the largest amount of which every cost is a whole multiple: costs of allocations differ by no less."""
    bottom = math.lcm(*(price.denominator for price in costs))
    return Fraction(math.gcd(*(int(price * bottom) for price in costs)), bottom)


def _lower_bound(task: Task, prices: Sequence[float]) -> Fraction:
    """Give a cost below which no integer allocation meets the targets: the Lagrangian's least value, exactly."""
    exact = [Fraction(price) for price in prices]
    least = [_pull_and_best(task, exact, h) for h in range(len(task.labels))]
    parts = (task.costs[h] * best + pull / best for h, (pull, best) in enumerate(least))
    return sum(parts, Fraction(0)) - sum(exact, Fraction(0))


def _pull_and_best(task: Task, prices: Sequence[Fraction], h: int) -> tuple[Fraction, int]:
    """Give what the measures would pay for a stratum's precision, and the whole number of cases worth it."""
    rows = task.needs.values()
    pull = sum((price * row[h] for price, row in zip(prices, rows, strict=True)), Fraction(0))
    # The least k with k (k + 1) >= pull / cost.
    best = (math.isqrt(4 * math.ceil(pull / task.costs[h]) + 1) + 1) // 2
    while best > 1 and (best - 1) * best * task.costs[h] >= pull:
        best -= 1
    return pull, _clip(best, task, h)


class _Search:
    """A search of allocations below a cost, nearest the continuous optimum first."""

    def __init__(
        self, task: Task, sums: Sums, prices: Sequence[Fraction], bound: Fraction, shares: Sequence[float]
    ) -> None:
        self.task, self.sums, self.bound, self.shares = task, sums, bound, shares
        self.least = [_pull_and_best(task, prices, h) for h in range(len(task.labels))]
        self.steps, self.finished = 0, False

    def below(self, cost: Fraction) -> list[int] | None:
        """Find an allocation that meets the targets and costs no more, or None; `finished` where there is none."""
        budget = float(cost - self.bound) + DOUBT
        choices = [self._near(h, budget) for h in range(len(self.task.labels))]
        order = sorted(range(len(choices)), key=lambda h: (len(choices[h]), h))
        self.choices = [choices[h] for h in order]
        self.order, self.cost, self.steps, self.finished = order, cost, 0, False
        rest = [[0.0] * len(self.sums.needs)]
        for h in reversed(order):
            most = max(count for count, _ in choices[h])
            rest.append([left + row[h] / most for left, row in zip(rest[-1], self.sums.needs, strict=True)])
        self.rest = rest[::-1]
        counts = [0] * len(order)
        found = self._deeper(0, budget, [1.0 + DOUBT] * len(self.sums.needs), counts)
        self.finished = not found and self.steps < MOST_STEPS
        return counts if found else None

    def _near(self, h: int, budget: float) -> list[tuple[int, float]]:
        """Give the cases a stratum may have within the budget, each with what it adds to the bound."""
        pull, best = self.least[h]
        price, base = self.task.costs[h], self.task.costs[h] * best + pull / best

        def extra(count: int) -> float:
            return float(price * count + pull / count - base)

        low = high = best
        while low > self.task.lows[h] and extra(low - 1) <= budget:
            low -= 1
        while high < self.task.highs[h] and extra(high + 1) <= budget:
            high += 1
        near = sorted(range(low, high + 1), key=lambda count: (abs(count - self.shares[h]), count))
        return [(count, extra(count)) for count in near]

    def _deeper(self, depth: int, budget: float, room: Sequence[float], counts: list[int]) -> bool:
        if any(left < rest for left, rest in zip(room, self.rest[depth], strict=True)):
            return False
        if depth == len(self.order):
            return self.task.cost_of(counts) <= self.cost and self.sums.met(counts)
        h = self.order[depth]
        for count, extra in self.choices[depth]:
            if self.steps >= MOST_STEPS:
                return False
            self.steps += 1
            if extra > budget:
                continue
            counts[h] = count
            left = [each - row[h] / count for each, row in zip(room, self.sums.needs, strict=True)]
            if self._deeper(depth + 1, budget - extra, left, counts):
                return True
        return False
