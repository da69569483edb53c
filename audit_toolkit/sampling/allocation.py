"""How many cases each stratum gives: exact in integers, total exactly n, and never fewer when n grows.

Each stratum starts from its minimum. Every further case goes to the stratum whose priority
numerator / sqrt(k (k + 1)) is highest, k being the cases it has (Wright 2012, The American Statistician
66:217-224). With the numerator N_h S_h this is the optimal integer allocation; with N_h the proportional one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from audit_toolkit.errors import DesignError, Problem, did_you_mean, raise_if
from audit_toolkit.sampling.priorities import MOST_PARTS, Numerators, numerators, share_out, within_bounds
from audit_toolkit.sampling.stratum_values import (
    WHERE,
    Number,
    by_label,
    counts_by_label,
    exact_by_label,
    exact_number,
    is_whole,
    limit_problems,
    taken_whole,
)

METHODS = ("proportional", "equal", "neyman", "optimal", "bankier")
NEEDS_SPREAD = ("neyman", "optimal", "bankier")
# Bankier (1988), The American Statistician 42:174-177: q = 1/2, halfway between 0 and Neyman's 1.
USUAL_POWER = Fraction(1, 2)


def allocate(
    population: Mapping[str, int],
    size: int,
    *,
    method: str = "proportional",
    minimum: int = 2,
    maximum: int | None = None,
    spread: Mapping[str, Number] | None = None,
    cost: Mapping[str, Number] | None = None,
    power: Number | None = None,
    take_all: Iterable[str] = (),
) -> dict[str, int]:
    """Share a sample of `size` cases out over the strata.

    Parameters
    ----------
    population : mapping stratum -> N_h, its eligible cases. size : n, the cases in all.
    method : "proportional" (N_h), "equal", "neyman" (N_h S_h), "optimal" (N_h S_h / sqrt(cost)) or
        "bankier" (N_h^q CV_h).
    minimum : fewest cases of a stratum, at least 1; a stratum with fewer cases than that gives them all.
    maximum : most cases of a stratum, default no limit.
    spread : mapping stratum -> S_h, the standard deviation expected (neyman and optimal), or CV_h, the
        standard deviation over the mean (bankier).
    cost : mapping stratum -> cost of one case, any unit (optimal).
    power : q from 0 to 1, default 1/2 (bankier): towards 0 the strata are measured equally well, at 1 the whole.
    take_all : strata that give every case they have.

    Returns
    -------
    dict stratum -> n_h in label order. The sum is exactly `size`; a larger size never takes a case away.

    Raises
    ------
    DesignError if the total cannot be met, naming the strata, or an argument does not fit the method.

    Source: Wright (2012), The American Statistician 66:217-224, algorithm III with bounds; Bankier (1988),
    The American Statistician 42:174-177. Checked against: tests/sampling/test_allocation.py (brute force,
    reference examples).
    """
    known = by_label(population, "population")
    counts, problems = counts_by_label(population)
    problems += limit_problems(minimum, maximum)
    if not is_whole(size) or size < 1:
        problems.append(Problem(f"size is {size!r}", WHERE, "Give a whole number of at least 1."))
    raise_if(problems, DesignError)
    whole, problems = taken_whole(take_all, counts, known, maximum)
    claims = _claims(counts, known, method, spread, cost, power, problems)
    bounds = _bounds(counts, int(size), int(minimum), maximum, whole)
    allocation = share_out(claims, int(size), bounds)
    left = int(size) - sum(allocation.values())
    if left > 0:
        flat = ", ".join(label for label in allocation if claims.keys[label] == 0 and label not in whole)
        what = f"{left} of {size} cases find no stratum, because the spread of {flat} is 0"
        raise DesignError(Problem(what, WHERE, "Give those strata a spread above 0, or ask for fewer cases."))
    return allocation


def _bounds(
    population: Mapping[str, int], size: int, minimum: int, maximum: int | None, whole: frozenset[str]
) -> dict[str, tuple[int, int]]:
    bounds = limits(population, minimum, maximum, whole)
    lowest = sum(low for low, _ in bounds.values())
    highest = sum(high for _, high in bounds.values())
    listed = ", ".join(f"{label} ({population[label]})" for label in bounds)
    if size < lowest:
        taken = ", ".join(f"{label} ({population[label]})" for label in sorted(whole))
        also = f" and all of {taken}" if whole else ""
        what = f"{size} cases cannot give each of {len(bounds)} strata {minimum}{also}: they need {lowest}"
        fewer = "take fewer strata whole, " if whole else ""
        mend = f"Ask for {lowest} or more, lower the minimum, {fewer}or join strata: {listed}."
        raise DesignError(Problem(what, WHERE, mend))
    if size > highest:
        what = f"{size} cases are asked for and the strata hold {highest}"
        limit = f" with at most {maximum} from each" if maximum is not None else ""
        raise DesignError(Problem(f"{what}{limit}", WHERE, f"Ask for {highest} or fewer: {listed}."))
    return bounds


def limits(
    population: Mapping[str, int], minimum: int, maximum: int | None, whole: frozenset[str]
) -> dict[str, tuple[int, int]]:
    """Give the fewest and the most cases of each stratum; the minimum means min(minimum, N_h)."""
    top = int(maximum) if maximum is not None else max(population.values())
    return {
        label: (count, count) if label in whole else (min(minimum, count), min(count, top))
        for label, count in population.items()
    }


def _claims(
    population: Mapping[str, int],
    known: Iterable[str],
    method: str,
    spread: Mapping[str, Number] | None,
    cost: Mapping[str, Number] | None,
    power: Number | None,
    problems: Iterable[Problem],
) -> Numerators:
    """Check what the method needs and give the numerators of the strata, or raise these problems and others."""
    if method == "multivariate":
        mend = "Use allocate_multivariate, which finds the size as well."
        raise DesignError(Problem("a multivariate allocation takes targets, not a size", WHERE, mend))
    if method not in METHODS:
        raise DesignError(Problem(f'there is no allocation "{method}"', WHERE, did_you_mean(method, METHODS)))
    exact: dict[str, dict[str, Fraction]] = {"spread": {}, "cost": {}}
    problems = list(problems)
    for name, values, users in (("spread", spread, NEEDS_SPREAD), ("cost", cost, ("optimal",))):
        if values is None and method in users:
            mend = f"Give {name}, a number for each stratum."
            problems.append(Problem(f"{method} allocation needs {name}", WHERE, mend))
        elif values is not None and method not in users:
            mend = f"Leave it out, or choose {' or '.join(users)}."
            problems.append(Problem(f"{method} allocation does not use {name}", WHERE, mend))
        elif values is not None:
            exact[name], found = exact_by_label(name, values, population, known, zero_allowed=name == "spread")
            problems += found
    q, found = _power(method, power)
    raise_if(problems + found, DesignError)
    return numerators(population, method, spread=exact["spread"], cost=exact["cost"], power=q)


def _power(method: str, power: Number | None) -> tuple[Fraction, list[Problem]]:
    if power is None:
        return USUAL_POWER, []
    if method != "bankier":
        what = f"{method} allocation does not use power"
        return USUAL_POWER, [Problem(what, WHERE, "Leave it out, or choose bankier.")]
    exact = exact_number(power)
    if exact is None or not 0 <= exact <= 1:
        return USUAL_POWER, [Problem(f"power is {power}", WHERE, "Give a number from 0 to 1, such as 1/2.")]
    if exact.denominator > MOST_PARTS:
        near = exact.limit_denominator(MOST_PARTS)
        what = f"power is {power}, and its exact order would need {exact.denominator}ths"
        mend = f"Give a fraction with a denominator of at most {MOST_PARTS}, such as {near}."
        return USUAL_POWER, [Problem(what, WHERE, mend)]
    return exact, []


@dataclass(frozen=True, slots=True)
class ExactShare:
    """A stratum's exact, unrounded share of the sample, printed beside the cases it gives.

    `share` is n x numerator / sum of numerators, whatever limits there are, but for a stratum taken whole.
    `within_bounds` is the best unrounded share that keeps within them and within the stratum's own cases.
    """

    stratum: str
    population: int
    cases: int
    share: float
    within_bounds: float


def exact_shares(
    population: Mapping[str, int],
    allocation: Mapping[str, int],
    method: str,
    *,
    minimum: int | None = None,
    maximum: int | None = None,
    spread: Mapping[str, Number] | None = None,
    cost: Mapping[str, Number] | None = None,
    power: Number | None = None,
    take_all: Iterable[str] = (),
) -> list[ExactShare]:
    """Give each stratum's exact share of a sample, before it is made whole cases.

    Parameters
    ----------
    population : mapping stratum -> N_h. allocation : mapping stratum -> n_h, of which the sum is shared out.
    method, minimum, maximum, spread, cost, power, take_all : as for `allocate`; without a minimum the best
        share within bounds may be nothing.

    Returns
    -------
    list of ExactShare in label order, of the strata that have a case.

    Raises
    ------
    DesignError if an argument does not fit the method.

    Source: Cochran (1977), Sampling Techniques, 3rd edition, equations 5.25 and 5.26; Bankier (1988).
    Checked against: tests/sampling/test_allocation.py.
    """
    known = by_label(population, "population")
    counts, problems = counts_by_label(population)
    raise_if(problems + limit_problems(1 if minimum is None else minimum, maximum), DesignError)
    cases = {label: allocation.get(label, 0) for label in counts}
    whole, problems = taken_whole(take_all, counts, known, maximum)
    claims = _claims(counts, known, method, spread, cost, power, problems)
    size = sum(cases.values())
    left = size - sum(counts[label] for label in whole)
    total = sum(weight for label, weight in claims.weights.items() if label not in whole)
    weights = {label: float(weight) for label, weight in claims.weights.items()}
    best = within_bounds(weights, size, limits(counts, minimum or 0, maximum, whole))
    return [
        ExactShare(
            label,
            count,
            cases[label],
            float(count if label in whole else left * claims.weights[label] / total if total else 0),
            best[label],
        )
        for label, count in counts.items()
    ]
