"""Strata and the rule that shares any number of cases out over them, as a plan declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.improvement.estimates.variance import Collapse, check_collapse
from audit_toolkit.sampling import AllocationInputs, allocate

# What the one stratum is called where a population is given as a number.
EVERYONE = "all cases"
NO_INPUTS = AllocationInputs(spread=None, cost=None, power=None, targets={}, take_all=())


@dataclass(frozen=True, slots=True)
class StrataPlan:
    """A population by stratum and how a sample of any size is shared out over it."""

    population: Mapping[str, int]
    method: str
    minimum: int
    maximum: int | None
    inputs: AllocationInputs
    collapse: Collapse | None

    @classmethod
    def of(
        cls,
        population: Mapping[str, int] | int,
        method: str,
        minimum: int,
        maximum: int | None,
        inputs: AllocationInputs | None,
        collapse: Collapse | None,
    ) -> StrataPlan:
        """Check strata and the rule that shares cases out over them.

        Raises DesignError where the rule does not fit the strata, or sets the size by itself.
        """
        if method == "multivariate":
            what = "a multivariate allocation sets the number of cases by itself"
            raise DesignError(Problem(what, "allocation", "Look at its targets instead, or choose another allocation."))
        strata = {EVERYONE: population} if isinstance(population, int) else dict(population.items())
        strata = {str(label): int(count) for label, count in strata.items() if count > 0}
        plan = cls(strata, method, minimum, maximum, inputs or NO_INPUTS, collapse)
        check_collapse(collapse, list(strata))
        plan.allocation(plan.lowest)
        return plan

    @property
    def total(self) -> int:
        """The eligible cases of all strata."""
        return sum(self.population.values())

    @property
    def lowest(self) -> int:
        """The fewest cases with which every stratum has its minimum."""
        return max(1, sum(self._least(label) for label in self.population))

    @property
    def highest(self) -> int:
        """The most cases that the strata can give."""
        return sum(self._largest(label) for label in self.population)

    def allocation(self, size: int) -> dict[str, int]:
        """Share a sample of `size` cases out."""
        return allocate(
            self.population,
            size,
            method=self.method,
            minimum=self.minimum,
            maximum=self.maximum,
            spread=self.inputs.spread,
            cost=self.inputs.cost,
            power=self.inputs.power,
            take_all=self.inputs.take_all,
        )

    def _least(self, label: str) -> int:
        top = self._top(label)
        return top if label in self.inputs.take_all else min(self.minimum, top)

    def _largest(self, label: str) -> int:
        still = self.inputs.spread is not None and self.inputs.spread.get(label) == 0
        return self._least(label) if still else self._top(label)

    def _top(self, label: str) -> int:
        held = self.population[label]
        return held if self.maximum is None or label in self.inputs.take_all else min(held, self.maximum)
