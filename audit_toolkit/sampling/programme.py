"""An integer programme over case x auditor: which pairs are chosen, by one wish after another, within bounds.

Wishes are met in the order of their level: what a level has reached, no later level gives up. Every number is a
whole one (the last costs are whole numbers hashed from the seed, of `TIE_BITS` bits), so that the solver's
tolerances cannot take one solution for another, and the best solution is one and only one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# With m pairs two choices are equally cheap with a probability below m / 2^30 (the isolation lemma).
# Source: Mulmuley, Vazirani & Vazirani (1987), Combinatorica 7:105-113, lemma 1.
TIE_BITS: Final = 30
# Hashed costs are handed over in thousandths: steps well above the solver's tolerances, sums well within a double.
TIE_STEP: Final = 2.0**-10
Numbers = NDArray[np.float64]
# Places, their coefficients, and the bounds of the sum.
Rows = list[tuple[NDArray[np.intp], Numbers, float, float]]


@dataclass(frozen=True, slots=True)
class _Soft:
    """A row that may be broken: what its first units over and under cost, each a little more than the last."""

    row: int
    level: int
    steps: int


@dataclass(slots=True)
class Programme:
    """Rows of an integer programme over case x auditor, each with bounds, hard or wished for at a level."""

    allowed: NDArray[np.bool_]
    rows: Rows = dataclasses.field(default_factory=list)
    soft: list[_Soft] = dataclasses.field(default_factory=list)
    wishes: dict[int, Numbers] = dataclasses.field(default_factory=dict)

    def add(
        self, cells: NDArray[np.intp], low: float, high: float, *, level: int | None = None, steps: int = 1
    ) -> None:
        """Bound the number of chosen pairs among some, given by their places in the flattened case x auditor.

        Parameters
        ----------
        level : when given, the bounds may be broken at a price, one a unit, paid at this level.
        steps : with 2 or more, each of that many units costs one more than the unit before, so that what must be
            broken is broken evenly.
        """
        if not len(cells) and low <= 0:
            return
        if level is not None:
            self.soft.append(_Soft(len(self.rows), level, steps))
        self.rows.append((cells, np.ones(len(cells)), low, high))

    def wish(self, level: int, costs: NDArray[np.int64]) -> None:
        """Add whole costs of the pairs, to be kept low at a level."""
        before = self.wishes.get(level, np.zeros(self.allowed.shape))
        self.wishes[level] = before + costs

    def solve(self, ties: NDArray[np.int64]) -> dict[int, int] | None:
        """Give the best choice as case -> auditor, or None where the hard rows cannot be met.

        Parameters
        ----------
        ties : whole costs below 2^TIE_BITS that choose among what all levels leave open.
        """
        pairs = self.allowed.size
        prices, tops = self._slack()
        upper = np.concatenate([self.allowed.astype(float).ravel(), tops])
        kept: Rows = []
        for level in sorted({*self.wishes, *(each.level for each in self.soft)}):
            objective = np.concatenate([np.zeros(pairs), np.where(prices[0] == level, prices[1], 0.0)])
            if level in self.wishes:
                objective[:pairs] = self.wishes[level].ravel()
            used = np.flatnonzero(objective * upper)
            if not len(used):
                continue
            chosen = self._solved(objective, upper, kept)
            if chosen is None:
                return None
            best = float(np.rint(objective @ chosen))
            if best == 0 and objective.min() >= 0:
                upper = np.where(objective > 0, 0.0, upper)
            else:
                kept.append((used, objective[used], -np.inf, best))
        chosen = self._solved(np.concatenate([ties.ravel() * TIE_STEP, np.zeros(len(tops))]), upper, kept)
        if chosen is None:
            return None
        picked = chosen[:pairs].reshape(self.allowed.shape) > 0.5
        return {int(case): int(person) for case, person in np.argwhere(picked)}

    def _slack(self) -> tuple[Numbers, Numbers]:
        """Give level and price of each slack, under and over in turn for each step of each soft row; and its top."""
        levels, prices, tops = [], [], []
        for each in self.soft:
            for step in range(each.steps):
                levels += [each.level] * 2
                prices += [step + 1.0] * 2
                tops += [1.0 if step + 1 < each.steps else float(self.allowed.shape[0])] * 2
        return np.array([levels, prices]).reshape(2, len(tops)), np.array(tops)

    def _solved(
        self, objective: NDArray[np.float64], upper: NDArray[np.float64], kept: Rows
    ) -> NDArray[np.float64] | None:
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows = [*self.rows, *kept]
        lows, highs = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
        pairs = self.allowed.size
        found = milp(
            objective,
            constraints=LinearConstraint(self._matrix(rows, len(objective)), lows, highs),
            integrality=np.concatenate([np.ones(pairs), np.zeros(len(objective) - pairs)]),
            bounds=Bounds(np.zeros(len(objective)), upper),
            options={"mip_rel_gap": 0.0},
        )
        if found.x is None:
            return None
        solution: Numbers = found.x
        return np.concatenate([np.rint(solution[:pairs]), solution[pairs:]])

    def _matrix(self, rows: Rows, width: int) -> csr_array:
        """Give the rows as a matrix, with the columns of what each soft row may lack or have too many."""
        from scipy.sparse import coo_array

        slack_rows = np.repeat([each.row for each in self.soft], [2 * each.steps for each in self.soft]).astype(int)
        slack = self.allowed.size + np.arange(len(slack_rows))
        columns = np.concatenate([*(row[0] for row in rows), slack])
        places = np.concatenate([np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows]), slack_rows])
        values = np.concatenate([*(row[1] for row in rows), np.tile([1.0, -1.0], len(slack_rows) // 2)])
        # scipy before 1.13 hands the indices to the solver as they are, and it takes 32 bits only.
        where = (places.astype(np.int32), columns.astype(np.int32))
        return coo_array((values, where), shape=(len(rows), width)).tocsr()


def cells(shape: tuple[int, int], cases: Sequence[int], people: Sequence[int]) -> NDArray[np.intp]:
    """Give the places of some cases with some people in the flattened case x auditor."""
    grid = np.arange(shape[0] * shape[1]).reshape(shape)
    chosen: NDArray[np.intp] = grid[np.ix_(list(cases), list(people))].ravel()
    return chosen
