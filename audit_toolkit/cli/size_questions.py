"""The questions of audit-toolkit size: the strata they are asked of, and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypedDict

import click

from audit_toolkit import terms
from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.improvement import (
    MEASURES,
    Showing,
    Sizes,
    even_grades,
    planned_grades,
    size_table,
    size_to_detect,
    size_to_hold,
    size_to_know,
)
from audit_toolkit.sampling import (
    AllocationInputs,
    SampleSize,
    plan_review,
    read_sample,
    read_share,
    size_for_exceptions,
)


def as_share(_context: click.Context, _option: click.Parameter, typed: str | None) -> Fraction | None:
    """Read a share of 0 to 1, typed as 15% or 0.15."""
    if typed is None:
        return None
    share = read_share(typed)
    if not 0 <= share <= 1:
        meant = share if 1 < share <= 100 else Fraction(15)
        raise click.BadParameter(f"{typed} is not a share. Write {float(meant):g}% or {float(meant / 100):g}.")
    return share


class Sharing(TypedDict):
    """How cases are shared out over strata."""

    method: str
    minimum: int
    maximum: int | None
    inputs: AllocationInputs | None
    collapse: dict[str, str] | None


class Asked(Sharing):
    """What every question about two rounds is asked with."""

    from_share: float
    power: float
    grades: list[float]
    good: int


@dataclass(frozen=True, slots=True)
class Strata:
    """The strata a question is asked of; the primary framework has so many grades, `good` of them good or better."""

    population: dict[str, int] | int
    sharing: Sharing
    headline: str
    grades: int = 4
    good: int = 2
    margin: float | None = None
    planned: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """The eligible cases."""
        return self.population if isinstance(self.population, int) else sum(self.population.values())


def one_stratum(population: int) -> Strata:
    """Take a number of cases as one stratum."""
    sharing = Sharing(method="proportional", minimum=1, maximum=None, inputs=None, collapse=None)
    return Strata(population, sharing, f"{population:,} cases in one stratum.")


def planned_strata(folder: Path, register: Path | None) -> Strata:
    """Take the strata and the allocation of a plan."""
    review = plan_review(folder, register=register)
    if not review.allocation:
        what = "the cases are chosen by hand, and of those a round can show nothing but themselves"
        raise DesignError(Problem(what, terms.PLAN_FILE, "Plan a random sample, or read as many as you like."))
    plan, population = review.plan, dict(review.frame.population)
    grades, good = planned_grades(plan)
    sharing = Sharing(
        method=plan.allocation,
        minimum=plan.minimum,
        maximum=plan.maximum,
        inputs=plan.inputs,
        collapse=dict(plan.collapse) or None,
    )
    words = f"{plan.round}: {sum(population.values()):,} eligible cases in {len(population)} strata, {plan.allocation} "
    words += f"allocation, {plan.minimum} or more from each."
    margin = None if plan.margin is None else float(plan.margin)
    return Strata(population, sharing, words, grades, good, margin, (sum(review.allocation.values()),))


def earlier_cases(folder: Path) -> dict[str, int]:
    """Count the cases of an earlier round by stratum: those that are not reserves nor lost."""
    cases = read_sample(folder / terms.SAMPLE_FILE)
    counts = cases[cases[terms.DRAW_STATUS] == terms.SAMPLED][terms.STRATUM].value_counts()
    return {str(label): int(count) for label, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Questions:
    """What was asked, as it was typed; None where it was not."""

    margin: Fraction | None
    change: Fraction | None
    start: Fraction | None
    power: Fraction | None
    measure: str | None
    no_worse: Fraction | None
    exceptions: int | None
    found: int | None
    earlier: dict[str, int] | None

    @property
    def any(self) -> bool:
        """Whether there is a question; without one a table is asked for."""
        return any(each is not None for each in (self.margin, self.change, self.no_worse, self.exceptions))

    def idle(self) -> list[str]:
        """Name the options that no question asked has a use for."""
        rounds = self.change is not None or self.no_worse is not None
        used = {
            "--from": (self.start, rounds or self.margin is not None or not self.any),
            "--power": (self.power, rounds or not self.any),
            "--measure": (self.measure, self.change is not None),
            "--earlier": (self.earlier, rounds),
            "--found": (self.found, self.exceptions is not None),
        }
        needs = {"--measure": "--change", "--found": "--exceptions", "--from": "--change, --no-worse or --margin"}
        return [
            f"{name} needs {needs.get(name, '--change or --no-worse')}."
            for name, (value, useful) in used.items()
            if value is not None and not useful
        ]

    def answers(self, strata: Strata) -> tuple[list[Sizes], list[SampleSize]]:
        """Find the answers: those worked out on the strata, and those that one formula gives exactly."""
        found: list[Sizes] = []
        asked = self._asked(strata)
        if self.change is not None:
            found += [
                size_to_detect(strata.population, float(self.change), measure=measure, earlier=self.earlier, **asked)
                for measure in (MEASURES if self.measure is None else (self.measure,))
            ]
        if self.no_worse is not None:
            found.append(size_to_hold(strata.population, float(self.no_worse), earlier=self.earlier, **asked))
        if self.margin is not None:
            found.append(
                size_to_know(strata.population, float(self.margin), share=asked["from_share"], **strata.sharing)
            )
        if self.exceptions is None:
            return found, []
        return found, [size_for_exceptions(self.exceptions, strata.total, found=self.found or 0)]

    def table(self, strata: Strata) -> tuple[Showing, ...]:
        """Say for a range of sizes, and the planned one, what such rounds could show."""
        return size_table(strata.population, also=strata.planned, margin=strata.margin, **self._asked(strata))

    def _asked(self, strata: Strata) -> Asked:
        start = 0.5 if self.start is None else float(self.start)
        return Asked(
            from_share=start,
            power=0.8 if self.power is None else float(self.power),
            grades=even_grades(start, strata.grades, strata.good),
            good=strata.good,
            **strata.sharing,
        )


def asked_strata(questions: Questions, folder: Path | None, population: int | None, register: Path | None) -> Strata:
    """Take the strata of a round or one stratum; refuse options that do not go together."""
    misuse = questions.idle()
    if (folder is None) == (population is None):
        misuse.append("Give a round folder, or --population with a number of cases.")
    if register is not None and folder is None:
        misuse.append("--register goes with a round folder.")
    if misuse:
        raise click.UsageError(" ".join(misuse))
    return planned_strata(folder, register) if folder is not None else one_stratum(population or 0)
