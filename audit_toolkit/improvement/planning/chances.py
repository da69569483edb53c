"""How often a round of each size would show what is asked of it: worked out once a size, and remembered."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.variance import thin_note
from audit_toolkit.improvement.planning.odds import better_by, largest_theta, smoothed, theta_of
from audit_toolkit.improvement.planning.simulated import (
    GradePower,
    PlannedPair,
    SharePower,
    planned_pair,
    simulation_error,
)
from audit_toolkit.improvement.planning.strata_plan import StrataPlan

# A chance, and the standard error that simulation leaves it with.
Chance = tuple[float, float]
ChanceOf = Callable[[PlannedPair], Chance]


def share_chance(before: float, after: float) -> ChanceOf:
    """Ask how often a share that rises is shown to have risen."""

    def of(pair: PlannedPair) -> Chance:
        found = SharePower(pair, before).at(after)
        return found, simulation_error(found, exact=pair.one)

    return of


def grade_chance(start: FloatArray, later: FloatArray, *, margin: float = 0.0) -> ChanceOf:
    """Ask how often grades that get better are shown to be; with a margin, no worse. Shares of grades, worst first.

    Half a case is added over the grades before, as `detectable_grades` does, and theta kept as it is.
    """

    def of(pair: PlannedPair) -> Chance:
        smooth = smoothed(start[::-1].tolist(), int(pair.first.sum()))
        size = min(float(theta_of(start, later)), largest_theta(smooth)) - 0.5
        moved = better_by(smooth, np.array([size]))[0] if size > 0 else smooth
        found = GradePower(pair, smooth).at(moved, margin=margin)
        return found, simulation_error(found, exact=False)

    return of


@dataclass(slots=True)
class Chances:
    """The chance at each size, with its simulation error; nan where a variance cannot be estimated.

    `counted` says that one stratum is counted out and needs no variance. `earlier` is the round there is already, None
    where both are of the same size. `notes` says what stood in the way.
    """

    plan: StrataPlan
    confidence: float
    of: ChanceOf
    counted: bool
    earlier: Mapping[str, int] | None = None
    notes: tuple[str, ...] = ()
    known: dict[int, Chance] = field(default_factory=dict)

    def at(self, n: int) -> Chance:
        """Give the chance at a size and its simulation error."""
        if n not in self.known:
            counts = self.plan.allocation(n)
            first = counts if self.earlier is None else self.earlier
            pair = planned_pair(first, counts, self.plan.population, self.confidence, self.plan.collapse)
            if pair.thin and not (pair.one and self.counted):
                self.notes = (thin_note(pair.thin),)
                self.known[n] = math.nan, math.nan
            else:
                self.known[n] = self.of(pair)
        return self.known[n]
