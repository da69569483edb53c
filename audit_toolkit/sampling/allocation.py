"""How many cases each stratum gives: exact in integers, total exactly n, and never fewer when n grows.

Each stratum starts from its minimum. Every further case goes to the stratum whose priority
numerator / sqrt(k (k + 1)) is highest, k being the cases it has (Wright 2012, The American Statistician
66:217-224). With the numerator N_h S_h this is the optimal integer allocation; with N_h the proportional one.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import SupportsIndex

from audit_toolkit.errors import DesignError, Problem, did_you_mean, raise_if

METHODS = ("proportional", "equal", "neyman", "optimal")
Number = int | float | Decimal | Fraction


def allocate(
    population: Mapping[str, int],
    size: int,
    *,
    method: str = "proportional",
    minimum: int = 2,
    maximum: int | None = None,
    spread: Mapping[str, Number] | None = None,
    cost: Mapping[str, Number] | None = None,
) -> dict[str, int]:
    """Share a sample of `size` cases out over the strata.

    Parameters
    ----------
    population : mapping stratum -> N_h, its eligible cases. size : n, the cases in all.
    method : "proportional" (N_h), "equal", "neyman" (N_h S_h), "optimal" (N_h S_h / sqrt(cost)).
    minimum : fewest cases of a stratum, at least 1; a stratum with fewer cases than that gives them all.
    maximum : most cases of a stratum, default no limit.
    spread : mapping stratum -> S_h, the standard deviation expected (neyman and optimal).
    cost : mapping stratum -> cost of one case, any unit (optimal).

    Returns
    -------
    dict stratum -> n_h in label order. The sum is exactly `size`; a larger size never takes a case away.

    Raises
    ------
    DesignError if the total cannot be met, naming the strata, or an argument does not fit the method.

    Source: Wright (2012), The American Statistician 66:217-224, algorithm III with bounds.
    Checked against: tests/sampling/test_allocation.py (brute force, reference examples).
    """
    population = _mapping(population)
    raise_if(_argument_problems(population, size, minimum, maximum), DesignError)
    population = {str(label): int(count) for label, count in population.items() if count > 0}
    bounds = _bounds(population, size, minimum, maximum)
    numerators = _numerators(population, method, spread, cost)
    counts = {label: low for label, (low, _) in bounds.items()}
    queue = [
        (-_priority(numerators[label], counts[label]), label)
        for label in counts
        if counts[label] < bounds[label][1] and numerators[label] > 0
    ]
    heapq.heapify(queue)
    left = int(size) - sum(counts.values())
    while left > 0 and queue:
        _, label = heapq.heappop(queue)
        counts[label] += 1
        left -= 1
        if counts[label] < bounds[label][1]:
            heapq.heappush(queue, (-_priority(numerators[label], counts[label]), label))
    if left > 0:
        flat = ", ".join(label for label in sorted(counts) if numerators[label] == 0)
        what = f"{left} of {size} cases find no stratum, because the spread of {flat} is 0"
        raise DesignError(Problem(what, "allocation", "Give those strata a spread above 0, or ask for fewer cases."))
    return counts


def _mapping(population: Mapping[str, int]) -> dict[str, int]:
    """Take a mapping, or a pandas Series of counts by stratum."""
    if not hasattr(population, "items"):
        mend = "Give the eligible cases by stratum, such as {'North': 120, 'South': 80}."
        raise DesignError(Problem("the population is not a mapping", "allocation", mend))
    return dict(population.items())


def _priority(squared_numerator: Fraction, cases: int) -> Fraction:
    """Give the square of numerator / sqrt(k (k + 1)): squares order as the roots do, and stay exact."""
    return squared_numerator / (cases * (cases + 1))


def _bounds(population: Mapping[str, int], size: int, minimum: int, maximum: int | None) -> dict[str, tuple[int, int]]:
    top = maximum if maximum is not None else max(population.values(), default=0)
    bounds = {
        label: (min(minimum, population[label], top), min(population[label], top)) for label in sorted(population)
    }
    lowest = sum(low for low, _ in bounds.values())
    highest = sum(high for _, high in bounds.values())
    listed = ", ".join(f"{label} ({population[label]})" for label in bounds)
    if size < lowest:
        what = f"{size} cases cannot give each of {len(bounds)} strata {minimum}: they need {lowest}"
        mend = f"Ask for {lowest} or more, lower the minimum, or join strata: {listed}."
        raise DesignError(Problem(what, "allocation", mend))
    if size > highest:
        what = f"{size} cases are asked for and the strata hold {highest}"
        limit = f" with at most {maximum} from each" if maximum is not None else ""
        raise DesignError(Problem(f"{what}{limit}", "allocation", f"Ask for {highest} or fewer: {listed}."))
    return bounds


def _argument_problems(population: Mapping[str, int], size: int, minimum: int, maximum: int | None) -> list[Problem]:
    problems = [
        Problem(
            f"the population of stratum {label} is {count!r}", "allocation", "Give whole numbers of cases, 0 or more."
        )
        for label, count in population.items()
        if not is_whole(count) or count < 0
    ]
    if not any(is_whole(count) and count > 0 for count in population.values()):
        problems.append(Problem("no stratum has a case", "allocation", "Look at the rules that make the frame."))
    for name, value, lowest in (("size", size, 1), ("minimum", minimum, 1), ("maximum", maximum, 1)):
        if value is not None and (not is_whole(value) or value < lowest):
            what = f"{name} is {value!r}"
            problems.append(Problem(what, "allocation", f"Give a whole number of at least {lowest}."))
    if maximum is not None and is_whole(maximum) and is_whole(minimum) and maximum < minimum:
        what = f"the maximum {maximum} is below the minimum {minimum}"
        problems.append(Problem(what, "allocation", "Raise one or lower the other."))
    return problems


def is_whole(value: object) -> bool:
    """Say whether a value is a whole number: an int, of Python's or of numpy's, and not a truth value."""
    return isinstance(value, SupportsIndex) and type(value).__name__ not in ("bool", "bool_")


def _numerators(
    population: Mapping[str, int],
    method: str,
    spread: Mapping[str, Number] | None,
    cost: Mapping[str, Number] | None,
) -> dict[str, Fraction]:
    """Give the square of each stratum's numerator, exactly."""
    if method not in METHODS:
        raise DesignError(Problem(f'there is no allocation "{method}"', "allocation", did_you_mean(method, METHODS)))
    needs_spread = method in ("neyman", "optimal")
    problems = _values_problems("spread", spread, population, needed=needs_spread, method=method, zero_allowed=True)
    problems += _values_problems(
        "cost", cost, population, needed=method == "optimal", method=method, zero_allowed=False
    )
    raise_if(problems, DesignError)
    numerators = {}
    for label, count in population.items():
        value = Fraction(1) if method == "equal" else Fraction(count) ** 2
        if needs_spread and spread is not None:
            value *= (_exact(spread[label]) or Fraction(0)) ** 2
        if method == "optimal" and cost is not None:
            value /= _exact(cost[label]) or Fraction(1)
        numerators[label] = value
    return numerators


def _exact(value: object) -> Fraction | None:
    """Give a number exactly as it is written, so that 0.1 is a tenth; None for what is no finite number."""
    if isinstance(value, (bool, str)) or value is None:
        return None
    try:
        return value if isinstance(value, Fraction) else Fraction(str(value))
    except ValueError:
        return None


def _values_problems(
    name: str,
    values: Mapping[str, Number] | None,
    population: Mapping[str, int],
    *,
    needed: bool,
    method: str,
    zero_allowed: bool,
) -> list[Problem]:
    if values is None:
        mend = f"Give {name}, a number for each stratum."
        return [Problem(f"{method} allocation needs {name}", "allocation", mend)] if needed else []
    if not needed:
        return [Problem(f"{method} allocation does not use {name}", "allocation", "Leave it out, or choose optimal.")]
    problems = [
        Problem(f"{name} has no value for stratum {label}", "allocation", "Give every stratum one.")
        for label in sorted(set(population) - set(values))
    ]
    lowest = "0 or more" if zero_allowed else "above 0"
    for label in sorted(set(values) & set(population)):
        value = _exact(values[label])
        if value is None or value < 0 or (value == 0 and not zero_allowed):
            what = f"{name} of stratum {label} is {values[label]}"
            problems.append(Problem(what, "allocation", f"Give a number {lowest}."))
    return problems


@dataclass(frozen=True, slots=True)
class ExactShare:
    """A stratum's exact, unrounded share of the sample, printed beside the cases it gives."""

    stratum: str
    population: int
    cases: int
    share: float


def exact_shares(population: Mapping[str, int], allocation: Mapping[str, int], method: str) -> list[ExactShare]:
    """Give each stratum's exact share: n N_h / N for a proportional allocation, n / H for an equal one.

    Raises
    ------
    DesignError for another method, whose shares need more than the population.
    """
    if method not in ("proportional", "equal"):
        mend = did_you_mean(method, ("proportional", "equal"))
        raise DesignError(Problem(f'there is no exact share for an allocation "{method}"', "allocation", mend))
    size, total, strata = sum(allocation.values()), sum(population.values()), len(allocation)
    return [
        ExactShare(
            label,
            population[label],
            cases,
            size * population[label] / total if method == "proportional" else size / strata,
        )
        for label, cases in sorted(allocation.items())
    ]
