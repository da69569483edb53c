"""Several measures, each with the precision it must reach: the fewest cases that give every one of them its own.

This is Bethel's problem (1989, Survey Methodology 15:47-57). It is solved in shares that need not be whole, then in
whole cases that meet every target in exact arithmetic, with a bound that says how near the fewest possible they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.sampling.allocation import ExactShare, limits
from audit_toolkit.sampling.convex import Continuous, Task, continuous_optimum
from audit_toolkit.sampling.stratum_values import (
    WHERE,
    Number,
    by_label,
    counts_by_label,
    exact_by_label,
    exact_number,
    limit_problems,
    taken_whole,
)
from audit_toolkit.sampling.whole_cases import WholeCases, whole_cases

if TYPE_CHECKING:
    import pandas as pd

# The normal quantile of a 95 % interval, as a fraction, so that a target is met or missed on every machine alike.
Z95 = Fraction("1.959963984540054")
# A measure with a smaller part of all prices than this does not decide the size; floats leave such crumbs.
CRUMB = 1e-9


@dataclass(frozen=True, slots=True)
class MultivariateAllocation:
    """The cases each stratum gives so that every measure meets its target, and what is expected of each.

    `counts` are the whole cases, `continuous` the best shares that need not be whole. `targets` and `achieved` are
    half-widths of the 95 % interval by measure, asked for and expected. `binding` names the measures that decide
    the size. `cost` is the total; `lowest_cost` a total below which no allocation meets the targets.
    """

    population: Mapping[str, int]
    counts: Mapping[str, int]
    continuous: Mapping[str, float]
    targets: Mapping[str, float]
    achieved: Mapping[str, float]
    binding: tuple[str, ...]
    cost: float
    lowest_cost: float
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The cases in all."""
        return sum(self.counts.values())

    def shares(self) -> list[ExactShare]:
        """Give each stratum's exact share beside its cases, as `exact_shares` does for the other methods."""
        return [
            ExactShare(label, count, self.counts[label], self.continuous[label], self.continuous[label])
            for label, count in self.population.items()
        ]

    def to_dict(self) -> dict[str, object]:
        """Give everything in JSON-safe values."""
        return {
            "size": self.size,
            "counts": dict(self.counts),
            "population": dict(self.population),
            "continuous": dict(self.continuous),
            "targets": dict(self.targets),
            "achieved": dict(self.achieved),
            "binding": list(self.binding),
            "cost": self.cost,
            "lowest_cost": self.lowest_cost,
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row a stratum: eligible cases, exact share and cases."""
        import pandas as pd

        rows = [(each.stratum, each.population, each.share, each.cases) for each in self.shares()]
        return pd.DataFrame(rows, columns=["stratum", "eligible", "exact_share", "cases"])

    def measures_to_frame(self) -> pd.DataFrame:
        """Give one row a measure: the half-width asked for, the one expected, and whether it decides the size."""
        import pandas as pd

        rows = [(name, asked, self.achieved[name], name in self.binding) for name, asked in self.targets.items()]
        return pd.DataFrame(rows, columns=["measure", "target", "expected", "decides"])

    def __str__(self) -> str:
        strata = f"{len(self.counts)} {'stratum' if len(self.counts) == 1 else 'strata'}"
        lines = [f"{self.size:,} of {sum(self.population.values()):,} cases from {strata}"]
        for name, asked in list(self.targets.items())[:8]:
            decides = ", decides the size" if name in self.binding else ""
            lines.append(f"{name}: +/- {asked:.4g} asked, +/- {self.achieved[name]:.4g} expected{decides}")
        return "\n".join([*lines, *self.notes[:3]])


def allocate_multivariate(
    population: Mapping[str, int],
    targets: Mapping[str, tuple[Number, Mapping[str, Number]]],
    *,
    minimum: int = 2,
    maximum: int | None = None,
    cost: Mapping[str, Number] | None = None,
    take_all: Iterable[str] = (),
    fpc: bool = True,
) -> MultivariateAllocation:
    """Find the fewest cases, and where they come from, that give every measure the precision asked of it.

    Parameters
    ----------
    population : mapping stratum -> N_h, its eligible cases.
    targets : mapping measure -> (half_width, spread): the half-width of the 95 % interval of the stratified mean
        or share, 1.96 standard errors (0.08 for plus or minus 8 points), and a mapping stratum -> S_h, the
        standard deviation expected (for a share p: sqrt(p (1 - p)), at most 0.5).
    minimum, maximum, take_all : limits of each stratum, as for `allocate`.
    cost : mapping stratum -> cost of one case, any unit; default 1 each, so that cases are counted.
    fpc : with the finite population correction (default), for a statement about these very cases; False for a
        statement about the way of working, as a comparison of rounds makes it.

    Returns
    -------
    MultivariateAllocation. Every target is met in exact arithmetic; no case can be spared, none be moved to a
    cheaper stratum, and no two be spared for one.

    Raises
    ------
    DesignError if an argument does not fit, or a target cannot be met within the limits, naming every such
    measure and the best it can reach.

    Source: Bethel (1989), Survey Methodology 15:47-57; variances: Cochran (1977), equation 5.6 with n_h/N_h.
    Checked against: tests/sampling/test_multivariate.py (brute force, another solver, PyPI bethel).
    """
    known = by_label(population, "population")
    counts, problems = counts_by_label(population)
    problems += limit_problems(minimum, maximum)
    raise_if(problems, DesignError)
    whole, problems = taken_whole(take_all, counts, known, maximum)
    wanted, found = _targets(targets, counts, known)
    problems += found
    costs = dict.fromkeys(counts, Fraction(1))
    if cost is not None:
        costs, found = exact_by_label("cost", cost, counts, known, zero_allowed=False)
        problems += found
    raise_if(problems, DesignError)
    bounds = limits(counts, int(minimum), maximum, whole)
    task = _task(counts, bounds, costs, wanted, fpc)
    raise_if(_unreachable(task, counts, wanted, maximum, fpc), DesignError)
    continuous = continuous_optimum(task)
    return _result(task, counts, wanted, continuous, whole_cases(task, continuous), fpc)


Wanted = Mapping[str, tuple[Fraction, Mapping[str, Fraction]]]


def _targets(targets: object, population: Mapping[str, int], known: Iterable[str]) -> tuple[Wanted, list[Problem]]:
    """Read the targets exactly, and say what is wrong with each."""
    wanted: dict[str, tuple[Fraction, Mapping[str, Fraction]]] = {}
    problems: list[Problem] = []
    for measure, target in by_label(targets, "targets").items():
        if not isinstance(target, tuple) or len(target) != 2:
            mend = "Give its half-width and its spread by stratum, such as (0.08, {'North': 0.5, 'South': 0.4})."
            problems.append(Problem(f"the target of {measure} is {target!r}", WHERE, mend))
            continue
        half_width = exact_number(target[0])
        if half_width is None or half_width <= 0:
            what = f"the half-width of {measure} is {target[0]}"
            problems.append(Problem(what, WHERE, "Give a number above 0, such as 0.08 for plus or minus 8 points."))
        spread, found = exact_by_label(f"spread for {measure}", target[1], population, known, zero_allowed=True)
        if not found and not any(spread.values()):
            what = f"the spread for {measure} is 0 in every stratum"
            found = [Problem(what, WHERE, "Give the spread expected; for a share p it is the root of p (1 - p).")]
        problems += found
        wanted[measure] = (half_width or Fraction(1), spread)
    if not wanted and not problems:
        problems.append(Problem("no measure has a target", WHERE, "Give at least one."))
    return wanted, problems


def _task(
    population: Mapping[str, int],
    bounds: Mapping[str, tuple[int, int]],
    costs: Mapping[str, Fraction],
    wanted: Wanted,
    fpc: bool,
) -> Task:
    """Divide each measure's condition, sum N_h^2 S_h^2 / n_h <= V N^2 + sum N_h S_h^2, by its right-hand side."""
    total = sum(population.values())
    needs = {}
    for measure, (half_width, spread) in wanted.items():
        allowed = (half_width / Z95 * total) ** 2
        allowed += sum(count * spread[label] ** 2 for label, count in population.items()) if fpc else 0
        needs[measure] = tuple((count * spread[label]) ** 2 / allowed for label, count in population.items())
    return Task(
        labels=tuple(population),
        lows=tuple(bounds[label][0] for label in population),
        highs=tuple(bounds[label][1] for label in population),
        costs=tuple(costs[label] for label in population),
        needs=needs,
    )


def _half_width(
    counts: Mapping[str, int], population: Mapping[str, int], spread: Mapping[str, Fraction], fpc: bool
) -> float:
    """Give the half-width an allocation is expected to reach."""
    total = sum(population.values())
    variance = sum(
        (Fraction(population[label]) / total * spread[label]) ** 2
        * (Fraction(1, cases) - (Fraction(1, population[label]) if fpc else 0))
        for label, cases in counts.items()
    )
    return float(Z95) * math.sqrt(variance)


def _unreachable(
    task: Task, population: Mapping[str, int], wanted: Wanted, maximum: int | None, fpc: bool
) -> list[Problem]:
    """Name each measure whose target the most cases allowed would still miss, with the best they reach."""
    most = dict(zip(task.labels, task.highs, strict=True))
    limit = "every case" if maximum is None else f"at most {maximum} cases from each stratum"
    problems = []
    for measure, (half_width, spread) in wanted.items():
        if task.excess(measure, task.highs) > 0:
            best = _half_width(most, population, spread, fpc)
            wider = Context(prec=4, rounding=ROUND_CEILING).create_decimal(Decimal(best))
            what = f"{measure} cannot come within +/- {float(half_width):.4g}: with {limit} it comes within +/- {wider}"
            mend = f"Aim for {wider} or wider{', or raise the maximum' if maximum is not None else ''}."
            problems.append(Problem(what, WHERE, mend))
    return problems


def _result(
    task: Task, population: Mapping[str, int], wanted: Wanted, continuous: Continuous, whole: WholeCases, fpc: bool
) -> MultivariateAllocation:
    counts = dict(zip(task.labels, whole.counts, strict=True))
    prices = dict(zip(wanted, continuous.prices, strict=True))
    spent = sum(prices.values())
    return MultivariateAllocation(
        population=population,
        counts=counts,
        continuous=dict(zip(task.labels, continuous.shares, strict=True)),
        targets={measure: float(half_width) for measure, (half_width, _) in wanted.items()},
        achieved={measure: _half_width(counts, population, spread, fpc) for measure, (_, spread) in wanted.items()},
        binding=tuple(measure for measure, price in prices.items() if price > CRUMB * spent),
        cost=float(task.cost_of(whole.counts)),
        lowest_cost=float(whole.lowest_cost),
        notes=_notes(task, whole, fpc),
    )


def _notes(task: Task, whole: WholeCases, fpc: bool) -> tuple[str, ...]:
    cases = set(task.costs) == {Fraction(1)}
    over = task.cost_of(whole.counts) - whole.lowest_cost
    if whole.counts == task.lows:
        first = "The fewest cases each stratum must give meet every target."
    elif over == 0:
        first = (
            f"Nothing {'smaller' if cases else 'cheaper'} meets every target: this is proved, not only searched for."
        )
    else:
        unit = "cases" if cases else "in cost"
        first = f"At most {float(over):g} {unit} above the least that could meet every target."
    correction = "with" if fpc else "without"
    return (
        first,
        f"Half-widths are 1.96 standard errors {correction} the finite population correction, at the spread declared.",
    )
