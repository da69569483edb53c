"""Bethel's problem in shares that need not be whole: the least cost at which every measure meets its target.

    least  sum c_h n_h   with   sum_h need_jh / n_h <= 1 for every measure j,   low_h <= n_h <= high_h

For given prices lambda_j on the measures the best share is n_h = sqrt(sum_j lambda_j need_jh / c_h), clipped to
its limits. What is left is a smooth concave problem in the prices, as few as there are measures, which scipy solves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS = 60


@dataclass(frozen=True, slots=True)
class Task:
    """Bethel's problem made plain: limits, costs and, for each measure, what each stratum needs of its target.

    `needs[j][h]` over the cases of stratum h, summed over the strata, is at most 1 where measure j meets its target.
    """

    labels: tuple[str, ...]
    lows: tuple[int, ...]
    highs: tuple[int, ...]
    costs: tuple[Fraction, ...]
    needs: Mapping[str, tuple[Fraction, ...]]

    def excess(self, measure: str, counts: Sequence[int]) -> Fraction:
        """Say exactly by how much of itself a measure's target is missed; 0 or less where it is met."""
        parts = (need / count for need, count in zip(self.needs[measure], counts, strict=True))
        return sum(parts, Fraction(-1))

    def cost_of(self, counts: Sequence[int]) -> Fraction:
        """Give the cost of an allocation."""
        return sum((price * count for price, count in zip(self.costs, counts, strict=True)), Fraction(0))


@dataclass(frozen=True, slots=True)
class Continuous:
    """The continuous optimum: a share for each stratum and a price for each measure, 0 where it does not bind."""

    shares: tuple[float, ...]
    prices: tuple[float, ...]


def continuous_optimum(task: Task) -> Continuous:
    """Solve Bethel's problem in shares that need not be whole, to the accuracy of floats.

    Source: Bethel (1989), Survey Methodology 15:47-57; the dual problem in the measures' prices.
    Checked against: tests/sampling/test_multivariate.py (the primal problem by another solver, PyPI bethel).
    """
    import numpy as np
    from scipy.optimize import minimize

    needs = np.array([[float(need) for need in row] for row in task.needs.values()])
    costs = np.array([float(price) for price in task.costs])
    lows, highs = np.array(task.lows, dtype=float), np.array(task.highs, dtype=float)
    # Without limits a measure alone costs (sum of sqrt(need x cost))^2, and its price is that cost.
    scale = max(float((np.sqrt(needs * costs).sum(axis=1) ** 2).max()), float(costs @ lows))

    def dual(prices: Floats) -> tuple[float, Floats]:
        shares = _shares(prices * scale, needs, costs, lows, highs)
        pull = prices * scale @ needs
        value = costs @ shares + (pull / shares).sum() - prices.sum() * scale
        return -float(value) / scale, 1 - (needs / shares).sum(axis=1)

    measures = len(task.needs)
    found = minimize(
        dual,
        np.full(measures, 1 / measures),
        jac=True,
        bounds=[(0, None)] * measures,
        method="TNC",
        options={"maxfun": 4000, "ftol": 1e-16, "gtol": 1e-14, "xtol": 1e-15},
    )
    prices = _polished(found.x * scale, needs, costs, lows, highs)
    return Continuous(
        tuple(float(each) for each in _shares(prices, needs, costs, lows, highs)), tuple(float(each) for each in prices)
    )


def _shares(prices: Floats, needs: Floats, costs: Floats, lows: Floats, highs: Floats) -> Floats:
    import numpy as np

    return np.clip(np.sqrt(prices @ needs / costs), lows, highs)


def _polished(prices: Floats, needs: Floats, costs: Floats, lows: Floats, highs: Floats) -> Floats:
    """Take Newton's steps on the measures that bind, as far as they bring the targets nearer."""
    import numpy as np

    def missed(each: Floats) -> tuple[float, Floats, Floats]:
        shares = _shares(each, needs, costs, lows, highs)
        excess = (needs / shares).sum(axis=1) - 1
        return float(np.abs(np.where(each > 0, excess, np.maximum(excess, 0))).max()), excess, shares

    worst, excess, shares = missed(prices)
    for _ in range(STEPS):
        binds = (prices > 0) | (excess > 0)
        free = (shares > lows) & (shares < highs)
        if not binds.any() or not free.any():
            break
        rows = needs[binds][:, free]
        slope = rows / (2 * costs[free] * shares[free] ** 3) @ rows.T
        step = np.zeros_like(prices)
        step[binds] = np.linalg.lstsq(slope, excess[binds], rcond=1e-12)[0]
        nearer = np.maximum(prices + step, 0)
        left, excess_there, shares_there = missed(nearer)
        if not left < worst:
            break
        prices, worst, excess, shares = nearer, left, excess_there, shares_there
    return prices
