"""Answers, strata and population, checked once and turned into arrays."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit_toolkit.errors import ChangeError, DesignError, Place, Problem
from audit_toolkit.terms import MISSING, NA_RATING

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# One thing wrong with the value at a position: the position, what is wrong, how to mend it.
Fault = tuple[int, str, str]
Convert = Callable[[Any], tuple[FloatArray, list[Fault]]]

# A population known to single precision (a sum of published weights) may miss a whole count by this share of it.
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Sample:
    """One round as arrays: n cases in H strata; a stratum is a position in `labels`, which run by their text.

    `values` (n) is nan where a case has no answer; `code` (n) gives each case's stratum; `cases` (H) counts the cases
    drawn, `population` (H) those there were. `unsampled` names strata with cases and none drawn; `total` counts every
    case of the register; `register` those of each stratum where `population` is weighted for response. `named` is
    False where the index is a plain 0..n-1 and so holds no case ids.
    """

    index: Any
    named: bool
    values: FloatArray
    code: IntArray
    labels: tuple[Hashable, ...]
    cases: IntArray
    population: FloatArray
    unsampled: tuple[Hashable, ...]
    total: float
    register: Mapping[Any, float] | None = None

    @property
    def answered(self) -> BoolArray:
        """Whether each case has an answer."""
        return ~np.isnan(self.values)

    @property
    def answers(self) -> IntArray:
        """How many cases of each stratum have an answer."""
        return np.bincount(self.code[self.answered], minlength=len(self.labels))


@dataclass(slots=True)
class Findings:
    """Problems met so far, so that all of them are told at once."""

    design: list[Problem] = field(default_factory=list)
    answers: list[Problem] = field(default_factory=list)

    def tell(self) -> None:
        """Raise every problem together: DesignError where the design is at fault, else ChangeError."""
        if self.design:
            raise DesignError([*self.design, *self.answers])
        if self.answers:
            raise ChangeError(self.answers)


def quoted(labels: Sequence[Hashable]) -> str:
    """Name strata in a message, each in quotes."""
    return ", ".join(f'"{label}"' for label in labels)


def whole(count: float) -> int | float:
    """Give a population count as an integer where it is one, to single precision."""
    nearest_whole = round(count)
    return nearest_whole if abs(count - nearest_whole) <= ROUNDING * max(count, 1.0) else count


def read_sample(values: Any, strata: Any, population: Any, convert: Convert, *, complete: bool = True) -> Sample:
    """Check one round's answers, strata and population, and give them as arrays.

    `complete` refuses a stratum with cases of which none was drawn. Raises DesignError or ChangeError.
    """
    findings = Findings()
    sample = collect_sample(values, strata, population, convert, findings, where="", complete=complete)
    findings.tell()
    if sample is None:
        raise DesignError("the cases, strata and population do not fit together")
    return sample


def collect_sample(
    values: Any, strata: Any, population: Any, convert: Convert, findings: Findings, *, where: str, complete: bool
) -> Sample | None:
    """Do as `read_sample` does, leaving what is wrong in `findings`; None where no arrays can be made."""
    before = len(findings.design)
    series = _series(values, where)
    labels = _strata_like(series, strata, where)
    _check_index(series.index, labels.index, findings, where)
    if len(findings.design) == before and not series.index.equals(labels.index):
        labels = labels.reindex(series.index)
    numbers, faults = convert(series)
    for position, what, mend in faults:
        findings.answers.append(Problem(what, Place(where, case=str(series.index[position])), mend))
    counts = _population_counts(population, findings, where)
    each = labels.tolist()
    for case, label, empty in zip(labels.index, each, labels.isna().to_numpy(), strict=True):
        if empty or label == MISSING:
            place = Place(where, case=str(case))
            findings.design.append(Problem("the stratum is empty", place, "Give the case its stratum."))
    if len(findings.design) > before:
        return None
    return _arrays(series.index, numbers, each, counts, findings, where, complete)


def _arrays(
    index: Any,
    numbers: FloatArray,
    each: list[Hashable],
    counts: dict[Hashable, float],
    findings: Findings,
    where: str,
    complete: bool,
) -> Sample:
    labels = tuple(sorted(dict.fromkeys(each), key=str))
    position = {label: h for h, label in enumerate(labels)}
    code = np.fromiter((position[label] for label in each), dtype=np.int64, count=len(each))
    cases = np.bincount(code, minlength=len(labels)).astype(np.int64)
    _check_counts(labels, cases, counts, findings, where)
    unsampled = tuple(label for label, count in counts.items() if count > 0 and label not in position)
    if complete:
        for label in unsampled:
            mend = "Draw from it, or leave it out of the population and say so."
            what = f'stratum "{label}" has {counts[label]:g} cases and none was drawn'
            findings.design.append(Problem(what, where, mend))
    return Sample(
        index=index,
        named=not (isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1 and index.name is None),
        values=numbers,
        code=code,
        labels=labels,
        cases=cases,
        population=np.array([counts.get(label, np.nan) for label in labels], dtype=float),
        unsampled=unsampled,
        total=float(sum(counts.values())),
    )


def _check_counts(
    labels: Sequence[Hashable], cases: IntArray, counts: dict[Hashable, float], findings: Findings, where: str
) -> None:
    for label, drawn in zip(labels, cases.tolist(), strict=True):
        if label not in counts:
            what = f'stratum "{label}" has {drawn} cases drawn and is not in the population'
            findings.design.append(Problem(what, where, "Add it there with its number of cases."))
        elif drawn > counts[label] * (1 + ROUNDING):
            what = f'stratum "{label}" has {drawn} cases drawn, more than the {counts[label]:g} in the population'
            findings.design.append(Problem(what, where, "Check the count, or whether a case stands in two strata."))


def _series(values: Any, where: str) -> Any:
    if isinstance(values, pd.Series):
        return values
    if isinstance(values, Mapping | list | tuple | np.ndarray):
        return pd.Series(values)
    what = f"the values are a {type(values).__name__}, not a Series"
    raise ChangeError(Problem(what, where, "Give a Series with one value a case, indexed by case_id."))


def _strata_like(series: Any, strata: Any, where: str) -> Any:
    if isinstance(strata, pd.Series):
        return strata
    if isinstance(strata, Mapping):
        return pd.Series(strata)
    if isinstance(strata, list | tuple | np.ndarray) and len(strata) == len(series):
        return pd.Series(strata, index=series.index)
    mend = "Give a Series on the index of the values."
    raise DesignError(Problem(f"strata for {len(series)} cases are needed", where, mend))


def _check_index(cases: Any, others: Any, findings: Findings, where: str) -> None:
    for index, noun in ((cases, "value"), (others, "stratum")):
        if index.has_duplicates:
            for case in dict.fromkeys(index[index.duplicated()].tolist()):
                what = f"the case has more than one {noun}"
                findings.design.append(Problem(what, Place(where, case=str(case)), "Keep one row a case."))
    if findings.design or cases.equals(others):
        return
    for missing, what in (
        (cases.difference(others, sort=False), "a value but no stratum"),
        (others.difference(cases, sort=False), "a stratum but no value"),
    ):
        for case in missing.tolist():
            mend = "Values and strata must name the same cases."
            findings.design.append(Problem(f"the case has {what}", Place(where, case=str(case)), mend))


def _population_counts(population: Any, findings: Findings, where: str) -> dict[Hashable, float]:
    if not isinstance(population, Mapping | pd.Series):
        mend = "Give {stratum: number of cases}."
        raise DesignError(Problem(f"the population is a {type(population).__name__}, not a mapping", where, mend))
    counts: dict[Hashable, float] = {}
    for label, count in population.items():
        number = isinstance(count, Real) and not isinstance(count, bool | np.bool_)
        if number and np.isfinite(float(count)) and count >= 0:
            counts[label] = float(count)
        else:
            what = f'the population of stratum "{label}" is {count}, not a count'
            findings.design.append(Problem(what, where, "Give how many cases it has."))
    return counts


def as_numbers(series: Any) -> tuple[FloatArray, list[Fault]]:
    """Read answers as numbers; nan, None and NA are cases without an answer. Other things are faults."""
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_numeric_dtype(series.dtype):
        return _finite(series.to_numpy(dtype=float, na_value=np.nan))
    numbers = np.full(len(series), np.nan)
    faults: list[Fault] = []
    for position, value in enumerate(series.tolist()):
        if isinstance(value, Real | Decimal | np.bool_):
            numbers[position] = float(value)
        elif value is not None and value is not pd.NA and value is not pd.NaT:
            faults.append((position, f"{value} is not a number", "Give a number, or leave it empty for no answer."))
    finite, more = _finite(numbers)
    return finite, [*faults, *more]


def _finite(numbers: FloatArray) -> tuple[FloatArray, list[Fault]]:
    mend = "Give a finite number, or leave it empty for no answer."
    return numbers, [(int(at), f"{numbers[at]} is not finite", mend) for at in np.flatnonzero(np.isinf(numbers))]


def as_outcomes(series: Any) -> tuple[FloatArray, list[Fault]]:
    """Read answers that are 0 or 1 (or False and True); anything else is a fault."""
    numbers, faults = as_numbers(series)
    wrong = np.flatnonzero(~(np.isnan(numbers) | (numbers == 0) | (numbers == 1) | np.isinf(numbers)))
    mend = "Use 1 where it is met, 0 where not, empty for no answer."
    return numbers, [*faults, *((int(at), f"{numbers[at]:g} is not 0 or 1", mend) for at in wrong)]


def as_ratings(ratings: Sequence[Hashable]) -> Convert:
    """Give the reader of labelled grades, `ratings` best first: the worst is 0. N/A and blank are no answer."""
    codes = {label: float(len(ratings) - 1 - place) for place, label in enumerate(ratings)}

    def convert(series: Any) -> tuple[FloatArray, list[Fault]]:
        grades = np.full(len(series), np.nan)
        faults: list[Fault] = []
        blank = series.isna().to_numpy()
        for position, label in enumerate(series.tolist()):
            if blank[position] or label in (MISSING, NA_RATING):
                continue
            if label in codes:
                grades[position] = codes[label]
            else:
                mend = f"Use {', '.join(str(each) for each in ratings)} or {NA_RATING}."
                faults.append((position, f"{label} is not a grade", mend))
        return grades, faults

    return convert


def check_confidence(confidence: float) -> None:
    """Refuse a confidence that is not strictly between 0 and 1."""
    if not (isinstance(confidence, Real) and 0 < confidence < 1):
        what = f"confidence {confidence} is not between 0 and 1"
        raise ChangeError(Problem(what, "", "Use 0.95 for a 95 % interval."))
