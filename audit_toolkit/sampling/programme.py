"""An integer programme over case x auditor: which pairs are chosen, at the least cost, within bounds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(slots=True)
class Programme:
    """Rows of an integer programme over case x auditor, each with bounds, and a price where it may be broken."""

    rows: list[NDArray[np.intp]] = dataclasses.field(default_factory=list)
    lows: list[float] = dataclasses.field(default_factory=list)
    highs: list[float] = dataclasses.field(default_factory=list)
    soft: list[bool] = dataclasses.field(default_factory=list)

    def add(self, mask: NDArray[np.bool_], low: float, high: float, *, soft: bool = False) -> None:
        """Bound the number of chosen pairs under the mask."""
        self.rows.append(np.flatnonzero(mask))
        self.lows.append(low)
        self.highs.append(high)
        self.soft.append(soft)

    def solve(self, costs: NDArray[np.float64], allowed: NDArray[np.bool_]) -> dict[int, int] | None:
        """Give the cheapest choice as case -> auditor, or None where the hard rows cannot be met."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        pairs, broken = costs.size, sum(self.soft)
        upper = np.concatenate([allowed.astype(float).ravel(), np.full(2 * broken, float(pairs))])
        # Costs are below 1 a case, so that no saving in all of them is worth one case of imbalance.
        price = float(costs.shape[0] + 1)
        found = milp(
            np.concatenate([costs.ravel(), np.full(2 * broken, price)]),
            constraints=LinearConstraint(self._matrix(pairs), np.array(self.lows), np.array(self.highs)),
            integrality=np.concatenate([np.ones(pairs), np.zeros(2 * broken)]),
            bounds=Bounds(np.zeros(pairs + 2 * broken), upper),
            options={"mip_rel_gap": 0.0},
        )
        if found.x is None:
            return None
        chosen = np.rint(found.x[:pairs]).reshape(costs.shape).astype(bool)
        return {int(case): int(person) for case, person in np.argwhere(chosen)}

    def _matrix(self, pairs: int) -> csr_array:
        """Give the rows as a matrix, with a column for too many and one for too few of each soft row."""
        from scipy.sparse import coo_array

        soft = np.flatnonzero(self.soft)
        slack = pairs + np.arange(2 * len(soft))
        columns = np.concatenate([*self.rows, slack])
        rows = np.concatenate(
            [np.repeat(np.arange(len(self.rows)), [len(row) for row in self.rows]), np.repeat(soft, 2)]
        )
        values = np.concatenate([np.ones(len(columns) - len(slack)), np.tile([1.0, -1.0], len(soft))])
        return coo_array((values, (rows, columns)), shape=(len(self.rows), pairs + len(slack))).tocsr()
