"""What is said of each stratum (cases, spread, cost, names taken whole), checked and made exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import SupportsIndex

from audit_toolkit.errors import DesignError, Problem, did_you_mean

WHERE = "allocation"
Number = int | float | Decimal | Fraction
# Beyond these a number is a slip of the keyboard, and its exact form would be millions of digits long.
SMALLEST, LARGEST = Fraction(1, 10**30), Fraction(10**30)


def is_whole(value: object) -> bool:
    """Say whether a value is a whole number: an int, of Python's or of numpy's, and not a truth value."""
    return isinstance(value, SupportsIndex) and type(value).__name__ not in ("bool", "bool_")


def exact_number(value: object) -> Fraction | None:
    """Give a number exactly as it is written, so that 0.1 is a tenth; None for what is no number to be used."""
    if isinstance(value, (bool, str)) or value is None:
        return None
    try:
        if isinstance(value, Decimal) and abs(value.adjusted()) > 40:
            return Fraction(0) if value == 0 else None
        exact = value if isinstance(value, Fraction) else Fraction(str(value))
    except ValueError:
        return None
    return exact if exact == 0 or SMALLEST <= abs(exact) <= LARGEST else None


def by_label(values: object, name: str) -> dict[str, object]:
    """Take a mapping, or a pandas Series, and give it by labels that are text.

    Raises
    ------
    DesignError where it is neither, or two labels are the same text.
    """
    items = getattr(values, "items", None)
    if items is None:
        mend = "Give it by stratum, such as {'North': 120, 'South': 80}."
        raise DesignError(Problem(f"the {name} is not a mapping", WHERE, mend))
    found: dict[str, object] = {}
    for label, value in items():
        if str(label) in found:
            mend = "Give each stratum once, its label as text."
            raise DesignError(Problem(f"the {name} names stratum {label} twice", WHERE, mend))
        found[str(label)] = value
    return found


def counts_by_label(population: object) -> tuple[dict[str, int], list[Problem]]:
    """Give N_h by stratum label, in label order, without the strata that have no case, and what is wrong."""
    problems, counts = [], {}
    for label, count in sorted(by_label(population, "population").items()):
        if isinstance(count, SupportsIndex) and is_whole(count) and int(count) >= 0:
            counts[label] = int(count)
        else:
            what = f"the population of stratum {label} is {count!r}"
            problems.append(Problem(what, WHERE, "Give whole numbers of cases, 0 or more."))
    if not any(counts.values()) and not problems:
        problems.append(Problem("no stratum has a case", WHERE, "Look at the rules that make the frame."))
    return {label: count for label, count in counts.items() if count > 0}, problems


def limit_problems(minimum: object, maximum: object) -> list[Problem]:
    """Say what is wrong with the fewest and the most cases of a stratum."""
    problems = [
        Problem(f"{name} is {value!r}", WHERE, "Give a whole number of at least 1.")
        for name, value in (("minimum", minimum), ("maximum", maximum))
        if (value is not None or name == "minimum") and not _is_count(value)
    ]
    if problems or not isinstance(minimum, SupportsIndex) or not isinstance(maximum, SupportsIndex):
        return problems
    if int(maximum) < int(minimum):
        what = f"the maximum {maximum} is below the minimum {minimum}"
        problems.append(Problem(what, WHERE, "Raise one or lower the other."))
    return problems


def _is_count(value: object) -> bool:
    return isinstance(value, SupportsIndex) and is_whole(value) and int(value) >= 1


def exact_by_label(
    name: str, values: object, population: Mapping[str, int], known: Iterable[str], *, zero_allowed: bool
) -> tuple[dict[str, Fraction], list[Problem]]:
    """Give a number for each stratum of the population, exactly, and what is wrong with those given.

    `known` holds the labels of all strata, also of those without a case, which need no number.
    """
    given = by_label(values, name)
    problems = [
        Problem(f"{name} has no value for stratum {label}", WHERE, "Give every stratum one.")
        for label in population
        if label not in given
    ]
    problems += [
        Problem(f'{name} names "{label}", which is not a stratum', WHERE, did_you_mean(label, population))
        for label in sorted(set(given) - set(known))
    ]
    exact = {}
    for label in sorted(set(given) & set(population)):
        value = exact_number(given[label])
        if value is not None and (value > 0 or (value == 0 and zero_allowed)):
            exact[label] = value
        else:
            long = value is None and isinstance(given[label], (int, float, Decimal, Fraction))
            mend = (
                f"Give a number {'0 or more' if zero_allowed else 'above 0'}{', of at most 30 digits' if long else ''}."
            )
            problems.append(Problem(f"{name} of stratum {label} is {given[label]}", WHERE, mend))
    return exact, problems


def taken_whole(
    take_all: object, population: Mapping[str, int], known: Iterable[str], maximum: int | None
) -> tuple[frozenset[str], list[Problem]]:
    """Give the strata that are taken whole, and what is wrong with the names.

    `population` holds the strata that have a case, `known` the labels of all, also of those without one.
    """
    names = [take_all] if isinstance(take_all, str) else take_all
    if not isinstance(names, Iterable):
        mend = "Give a list of strata, such as ['Secure home']."
        return frozenset(), [Problem(f"take_all is {take_all!r}", WHERE, mend)]
    labels = frozenset(str(label) for label in names)
    problems = [
        Problem(f'take_all names "{label}", which is not a stratum', WHERE, did_you_mean(label, sorted(known)))
        for label in sorted(labels - set(known))
    ]
    for label in sorted(labels & set(population)):
        if maximum is not None and population[label] > maximum:
            what = f"take_all asks for all {population[label]} cases of {label}, above the maximum {maximum}"
            problems.append(Problem(what, WHERE, "Raise the maximum, or take the stratum out of take_all."))
    return labels & frozenset(population), problems
