"""Grades over a register: the share at each, every one with its interval, and the middle grade."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.design import (
    BoolArray,
    FloatArray,
    IntArray,
    Sample,
    as_numbers,
    as_ratings,
    check_confidence,
    read_sample,
    whole,
)
from audit_toolkit.improvement.estimates.domain import members
from audit_toolkit.improvement.estimates.estimate import estimate_counted
from audit_toolkit.improvement.estimates.estimated import Asked, Estimate
from audit_toolkit.improvement.estimates.intervals import KORN_GRAUBARD, check_method
from audit_toolkit.improvement.estimates.quantities import GRADES, SHARE
from audit_toolkit.improvement.estimates.variance import Collapse

UNADJUSTED: Final = "Each grade's interval stands by itself: they are not adjusted for being several."
# Cumulative shares that are this near a half are a half: the rest is rounding.
HALF = 1e-12


@dataclass(frozen=True, slots=True)
class GradeEstimates:
    """The share of the register at each grade, best first, each with its interval, and the middle grade.

    `shares` maps grade -> Estimate of its share; `median` is the grade of the middle case, the lower of two where it
    lies between them, None without an answer. `n` counts the cases with a grade.
    """

    shares: Mapping[Hashable, Estimate]
    median: Hashable | None
    n: int
    cases: int
    population: int | float
    confidence: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        shown = ("value", "standard_error", "ci_low", "ci_high", "method")
        told = [(grade, each.to_dict()) for grade, each in self.shares.items()]
        return {
            "quantity": GRADES,
            "grades": [{"grade": grade} | {key: each[key] for key in shown} for grade, each in told],
            "median": self.median,
            "n": self.n,
            "cases": self.cases,
            "population": self.population,
            "confidence": self.confidence,
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row a grade, best first; undefined figures are nan."""
        frames = [each.to_frame().drop(columns="notes").assign(grade=grade) for grade, each in self.shares.items()]
        frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"grade": []})
        return frame[["grade", *(name for name in frame.columns if name != "grade")]]

    def __str__(self) -> str:
        level = f"{100 * self.confidence:g} %"
        lines = [f"n = {self.n} graded of {self.cases} drawn, N = {self.population:g}; {level} intervals, unadjusted"]
        for grade, each in self.shares.items():
            span = (
                "no interval" if math.isnan(each.ci.low) else f"{100 * each.ci.low:.1f} to {100 * each.ci.high:.1f} %"
            )
            share = "undefined" if math.isnan(each.value) else f"{100 * each.value:.1f} %"
            lines.append(f"{grade}: {share} ({span})")
        lines.append(f"Middle grade: {'undefined' if self.median is None else self.median}")
        return "\n".join([*lines[:9], *(f"- {note}" for note in self.notes)][:12])


def estimate_grades(
    values: Any,
    strata: Any,
    population: Any,
    *,
    ratings: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    method: str = KORN_GRAUBARD,
    fpc: bool = True,
    collapse: Collapse | None = None,
    domain: Any = None,
) -> GradeEstimates:
    """Estimate what share of the register has each grade, with an interval each, and the grade of the middle case.

    Parameters
    ----------
    values : Series of grades or no answer, indexed by case_id; n cases: labels of `ratings` (best first), or numbers,
        larger better, where `ratings` is not given. N/A and blank are no answer.
    strata, population, confidence, method, fpc, collapse, domain : as `estimate_share`.

    Returns
    -------
    GradeEstimates, best grade first, every one of `ratings` included. The intervals are those of `estimate_share`, each
    by itself, not adjusted for being several. `median` is ordinal: the lower grade where it lies between two.

    Raises
    ------
    DesignError, ChangeError as `estimate_share`; ChangeError where a value is not one of `ratings`.

    Source: as `estimate_share`. Checked against: R survey 4.1 (svymean of a factor) in
    tests/improvement/test_grade_estimates.py.
    """
    check_confidence(confidence)
    check_method(method)
    if ratings is not None:
        _check_ratings(ratings)
    sample = read_sample(values, strata, population, as_numbers if ratings is None else as_ratings(ratings))
    counted = sample.answered & members(domain, sample)
    levels, names = grade_levels(sample, ratings)
    asked = Asked(confidence, method, fpc, collapse)
    shares = {
        name: estimate_counted(_at(sample, level), counted, SHARE, asked)
        for level, name in reversed(list(zip(levels.tolist(), names, strict=True)))
    }
    middle, notes = _middle(sample, counted, levels, names)
    told = dict.fromkeys(note for each in shares.values() for note in each.notes)
    return GradeEstimates(
        shares=shares,
        median=middle,
        n=int(counted.sum()),
        cases=len(sample.code),
        population=whole(sample.total),
        confidence=confidence,
        notes=(*told, *notes, *((UNADJUSTED,) if len(shares) > 1 and counted.any() else ())),
    )


def _check_ratings(ratings: Sequence[Hashable]) -> None:
    doubled = [each for each in dict.fromkeys(ratings) if list(ratings).count(each) > 1]
    if doubled or not ratings:
        what = f"{', '.join(map(str, doubled))} stands twice" if doubled else "no grade is given"
        raise ChangeError(Problem(what, "ratings", "Give every grade once, best first."))


def _at(sample: Sample, level: float) -> Sample:
    """Give the same cases with 1 for a grade and 0 for any other."""
    return replace(sample, values=np.where(sample.answered, (sample.values == level).astype(float), np.nan))


def _middle(
    sample: Sample, counted: BoolArray, levels: FloatArray, names: Sequence[Hashable]
) -> tuple[Hashable | None, list[str]]:
    """Give the ordinal median: the lowest grade that half of the register is at or below."""
    if not counted.any():
        return None, []
    reached = np.cumsum(distribution(replace(sample, values=np.where(counted, sample.values, np.nan)), levels))
    at = int(np.argmax(reached >= 0.5 - HALF))
    if abs(reached[at] - 0.5) > HALF:
        return names[at], []
    above = names[at + 1 + int(np.argmax(reached[at + 1 :] > reached[at] + HALF))]
    return names[at], [f"The middle lies between {names[at]} and {above}: the lower grade is given."]


def grade_levels(sample: Sample, ratings: Sequence[Hashable] | None) -> tuple[FloatArray, list[Hashable]]:
    """Give the levels of the grades, worst first, and what each is called."""
    if ratings is None:
        levels = np.unique(sample.values[sample.answered])
        return levels, [whole(level) for level in levels.tolist()]
    return np.arange(len(ratings), dtype=float), list(reversed(ratings))


def count_grades(sample: Sample, levels: FloatArray) -> IntArray:
    """Count the answers of each stratum at each level, H x K."""
    answered = sample.answered
    grade = np.searchsorted(levels, sample.values[answered])
    cells = sample.code[answered] * len(levels) + grade
    counts = np.bincount(cells, minlength=len(sample.labels) * len(levels))
    return np.asarray(counts.reshape(len(sample.labels), len(levels)), dtype=np.int64)


def distribution(sample: Sample, levels: FloatArray) -> FloatArray:
    """Give the weighted share of the answers at each level (K)."""
    counts = count_grades(sample, levels)
    weighted: FloatArray = (counts * (sample.population / sample.cases)[:, None]).sum(axis=0)
    return np.asarray(weighted / weighted.sum())


def grade_distribution(
    values: Any, strata: Any, population: Any, *, ratings: Sequence[Hashable] | None = None
) -> dict[Hashable, float]:
    """Estimate the share of the register at each grade, best first, every one of `ratings` included.

    Parameters as `estimate_grades`; strata none was drawn from are left out. Without answers every share is nan.
    """
    sample = read_sample(
        values, strata, population, as_numbers if ratings is None else as_ratings(ratings), complete=False
    )
    levels, names = grade_levels(sample, ratings)
    if not sample.answered.any():
        return dict.fromkeys(reversed(names), math.nan)
    shares = distribution(sample, levels).tolist()
    return dict(zip(reversed(names), reversed(shares), strict=True))
