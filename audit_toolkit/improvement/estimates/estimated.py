"""An estimate: its figures, what the reader must be told, and how it is made of an estimate's moments."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from audit_toolkit.improvement.estimates.design import BoolArray, Sample, quoted, whole
from audit_toolkit.improvement.estimates.intervals import NOWHERE, Interval, json_number, t_quantile
from audit_toolkit.improvement.estimates.quantities import SHARE, TOTAL
from audit_toolkit.improvement.estimates.share import share_interval
from audit_toolkit.improvement.estimates.variance import (
    Collapse,
    Groups,
    Moments,
    check_collapse,
    complete_strata,
    thin_note,
    variance_groups,
)

STUDENT: Final = "t"
COUNTED: Final = "complete count"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure for the whole register, from the cases drawn: shares run from 0 to 1.

    `n` counts the cases with an answer, `cases` those drawn, `population` those of the register.
    """

    quantity: str
    value: float
    standard_error: float
    ci: Interval
    n: int
    cases: int
    population: int | float
    df: int
    confidence: float
    method: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "quantity": self.quantity,
            "value": json_number(self.value),
            "standard_error": json_number(self.standard_error),
            "ci_low": json_number(self.ci.low),
            "ci_high": json_number(self.ci.high),
            "n": self.n,
            "cases": self.cases,
            "population": self.population,
            "df": self.df,
            "confidence": self.confidence,
            "method": self.method,
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row; undefined figures are nan."""
        row = {**self.to_dict(), "value": self.value, "standard_error": self.standard_error}
        row |= {"ci_low": self.ci.low, "ci_high": self.ci.high, "notes": " ".join(self.notes)}
        return pd.DataFrame([row])

    def __str__(self) -> str:
        def show(number: float) -> str:
            if math.isnan(number):
                return "undefined"
            return f"{100 * number:.1f} %" if self.quantity == SHARE else f"{number:.6g}"

        level = f"{100 * self.confidence:g} %"
        lines = [
            f"{self.quantity.capitalize()} {show(self.value)}, {level} interval {show(self.ci.low)} "
            f"to {show(self.ci.high)} ({self.method})",
            f"n = {self.n} answered of {self.cases} drawn, N = {self.population:g}; "
            f"standard error {show(self.standard_error)}",
        ]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes[:9])])


@dataclass(frozen=True, slots=True)
class Asked:
    """How an estimate is wanted: its confidence, the interval of a share, whether of this register, what is collapsed.

    `fpc` True makes it a claim about this register, False about the way of working that produced it.
    """

    confidence: float
    method: str
    fpc: bool
    collapse: Collapse | None

    def groups(self, sample: Sample) -> Groups:
        """Say which strata are taken together for the variance."""
        check_collapse(self.collapse, sample.labels)
        return variance_groups(sample.labels, sample.cases, sample.population if self.fpc else None, self.collapse)


def make_estimate(
    sample: Sample, counted: BoolArray, quantity: str, moments: Moments, groups: Groups, asked: Asked
) -> Estimate:
    """Give the estimate of the `counted` cases (n) from its moments, with the interval its quantity has."""
    complete = asked.fpc and bool(complete_strata(sample.cases, sample.population).all())
    notes = [*_answer_notes(sample, counted), *_silent_strata(sample, counted, quantity), *groups.notes]
    if moments.n and groups.thin:
        notes.append(thin_note(groups.thin))
    if moments.n == 0:
        ci, used = NOWHERE, asked.method
    elif complete:
        ci, used = Interval(moments.value, moments.value), COUNTED
        notes.append("Complete count: every case of the register was drawn, nothing is left to chance.")
    elif quantity == SHARE:
        ci, used, more = share_interval(sample, moments, asked.method, asked.confidence, asked.fpc, bool(counted.all()))
        notes.extend(more)
    else:
        used = STUDENT
        ci, more = _t_interval(moments, asked.confidence)
        notes.extend(more)
    alone = moments.n == 1 and not complete and moments.standard_error == 0
    if alone:
        notes.append("One answer does not say how answers vary: no standard error can be given.")
    return Estimate(
        quantity=quantity,
        value=moments.value,
        standard_error=math.nan if alone else moments.standard_error,
        ci=ci,
        n=moments.n,
        cases=len(sample.code),
        population=whole(sample.total),
        df=moments.df,
        confidence=asked.confidence,
        method=used,
        notes=tuple(notes),
    )


def _answer_notes(sample: Sample, counted: BoolArray) -> list[str]:
    drawn, members = len(sample.code), int(counted.sum())
    silent = int(drawn - sample.answered.sum())
    if members == 0:
        return ["n = 0, not applicable."]
    notes = []
    if silent:
        notes.append(
            f"{silent} of the {drawn} cases drawn have no answer (not applicable or missing) and do not count."
        )
    if members < drawn - silent:
        notes.append(f"{members} of the {drawn} cases drawn are answered and in the subgroup.")
    return notes


def _silent_strata(sample: Sample, counted: BoolArray, quantity: str) -> list[str]:
    """Name the strata without any answer, of which a figure of all says nothing; and what that does to a total."""
    notes = []
    silent = sample.answers == 0
    every = counted.sum() == sample.answered.sum()
    if every and silent.any() and not silent.all():
        named = quoted([label for label, none in zip(sample.labels, silent.tolist(), strict=True) if none])
        held = whole(float(sample.population[~silent].sum()))
        notes.append(
            f"No case of {named} has an answer: the figure says nothing of it and speaks of {held:,} of "
            f"{whole(sample.total):,} cases."
        )
    if quantity == TOTAL and not sample.answered.all():
        notes.append("A case without an answer counts as 0 in a total: where answers are missing it is too near 0.")
    return notes


def _t_interval(moments: Moments, confidence: float) -> tuple[Interval, list[str]]:
    if moments.variance == 0:
        return NOWHERE, ["The answers show no spread within strata, which proves nothing: no t interval can be given."]
    if moments.df <= 0:
        return NOWHERE, ["Too few answers for an interval: no degree of freedom is left."]
    reach = t_quantile(confidence, moments.df) * moments.standard_error
    return Interval(moments.value - reach, moments.value + reach), []
