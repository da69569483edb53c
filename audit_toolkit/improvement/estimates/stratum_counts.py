"""What a stratified sample found as counts by stratum: good cases, cases drawn, cases there are. Checked once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.improvement.estimates.design import IntArray


@dataclass(frozen=True, slots=True)
class StratumCounts:
    """Counts of H strata, in the order of `population`: `good` of `n` drawn from `population` (H each)."""

    labels: tuple[Hashable, ...]
    good: IntArray
    n: IntArray
    population: IntArray

    @property
    def bad(self) -> IntArray:
        """How many of those drawn are not good."""
        return self.n - self.good

    @property
    def value(self) -> float:
        """The stratified estimate of the share."""
        if (self.good == self.n).all():
            return 1.0
        return float((self.population / self.n * self.good).sum() / self.population.sum())


def read_counts(good: Any, n: Any, population: Any, *, counted: str = "good") -> StratumCounts:
    """Check counts by stratum, given as mappings on the same labels or as sequences of one length.

    A stratum without cases is left out. `counted` names the first count in messages. Raises DesignError with every
    fault at once.
    """
    given = {
        counted: _labelled(good, counted),
        "n": _labelled(n, "n"),
        "population": _labelled(population, "population"),
    }
    problems = _label_problems(given)
    if problems:
        raise DesignError(problems)
    labels = tuple(given["population"])
    for name, counts in given.items():
        problems += [_not_a_count(name, label, counts[label]) for label in labels if not _is_count(counts[label])]
    if not problems:
        for label in labels:
            problems += _stratum_problems(counted, label, *(int(counts[label]) for counts in given.values()))
    if not problems and not any(given["population"].values()):
        problems.append(Problem("no stratum has a case", "population", "Give how many cases each stratum has."))
    if problems:
        raise DesignError(problems)
    kept = tuple(label for label in labels if given["population"][label])
    arrays = (np.array([int(counts[label]) for label in kept], dtype=np.int64) for counts in given.values())
    return StratumCounts(kept, *arrays)


def _labelled(counts: Any, name: str) -> dict[Hashable, Any]:
    if isinstance(counts, Mapping | pd.Series):
        return dict(counts.items())
    if isinstance(counts, list | tuple | np.ndarray) and np.ndim(counts) == 1:
        return {str(place): count for place, count in enumerate(counts, start=1)}
    what = f"{type(counts).__name__} is not counts by stratum"
    raise DesignError(Problem(what, name, "Give {stratum: count}, or a list with one count a stratum."))


def _label_problems(given: dict[str, dict[Hashable, Any]]) -> list[Problem]:
    known = given["population"]
    problems = []
    for name, counts in given.items():
        for label in counts:
            if label not in known:
                what = f'stratum "{label}" is not in the population'
                problems.append(Problem(what, name, "Add it there with its number of cases."))
        for label in known:
            if label not in counts:
                problems.append(Problem(f'stratum "{label}" has no count', name, "Give its count, 0 where none."))
    if not known:
        problems.append(Problem("no stratum is given", "population", "Give how many cases each stratum has."))
    return problems


def _is_count(count: Any) -> bool:
    if isinstance(count, bool | np.bool_) or not isinstance(count, Real):
        return False
    return bool(float(count) >= 0 and float(count).is_integer())


def _not_a_count(name: str, label: Hashable, count: Any) -> Problem:
    return Problem(f'stratum "{label}" has {count}, not a whole number of cases', name, "Give a count, 0 or more.")


def _stratum_problems(counted: str, label: Hashable, good: int, n: int, population: int) -> list[Problem]:
    problems = []
    if n > population:
        what = f'stratum "{label}" has {n} cases drawn, more than the {population} in the population'
        problems.append(Problem(what, "n", "Check the count, or whether a case stands in two strata."))
    if good > n:
        what = f'stratum "{label}" has {good}, more than the {n} drawn'
        problems.append(Problem(what, counted, "Check both counts."))
    if population and not n:
        what = f'stratum "{label}" has {population} cases and none was drawn'
        problems.append(Problem(what, "n", "Draw from it, or leave it out of the population and say so."))
    return problems
