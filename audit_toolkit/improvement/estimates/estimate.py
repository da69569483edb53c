"""How good is this register: a share, mean, total or subgroup from a stratified sample, with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from audit_toolkit.errors import ChangeError, DesignError, Place, Problem
from audit_toolkit.improvement.estimates.design import (
    BoolArray,
    Sample,
    as_numbers,
    as_outcomes,
    check_confidence,
    read_sample,
    whole,
)
from audit_toolkit.improvement.estimates.intervals import (
    KORN_GRAUBARD,
    NOWHERE,
    Interval,
    check_method,
    json_number,
    t_quantile,
)
from audit_toolkit.improvement.estimates.quantities import MEAN, SHARE, TOTAL
from audit_toolkit.improvement.estimates.share import share_interval
from audit_toolkit.improvement.estimates.variance import (
    Collapse,
    Moments,
    check_collapse,
    complete_strata,
    ratio_moments,
    thin_note,
    total_moments,
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


def estimate_share(
    outcomes: Any,
    strata: Any,
    population: Any,
    *,
    confidence: float = 0.95,
    method: str = KORN_GRAUBARD,
    fpc: bool = True,
    collapse: Collapse | None = None,
) -> Estimate:
    """Estimate the share of cases that meet something, with an interval fit for audit samples.

    Parameters
    ----------
    outcomes : Series of 0, 1 or no answer (nan, None), indexed by case_id; n cases. No answer leaves the share.
    strata : Series of labels on the same index. population : mapping stratum -> N_h (cases).
    confidence : float in (0, 1). method : korn-graubard (with the design cap n0), beta (R's, uncapped), logit, wilson,
        wald (R's mean), asin or exact (`exact_stratified_interval`: every case answered). One stratum fully answered is
        exact under the default: hypergeometric with the finite population correction, Clopper and Pearson's without.
    fpc : whether the claim is about this register (True) or the way of working that produced it.
    collapse : mapping stratum -> neighbour, declared beforehand, for strata of which one case was drawn.

    Returns
    -------
    Estimate. `value`, `standard_error` and `ci` are shares (0-1).

    Raises
    ------
    DesignError if a sampled stratum is absent from `population` or has more cases than N_h, if a stratum with cases
    has none drawn, or if values and strata name different cases. ChangeError if an outcome is not 0 or 1.

    Source: Korn & Graubard (1998), Survey Methodology 24:193-201; Cochran (1977), Sampling Techniques, ch. 5-6;
    Wright (1991) for one stratum. Checked against: R survey 4.1 in tests/improvement/test_estimate.py.
    """
    check_confidence(confidence)
    check_method(method)
    sample = read_sample(outcomes, strata, population, as_outcomes)
    return _estimate(sample, sample.answered, SHARE, confidence, method, fpc, collapse)


def estimate_mean(
    values: Any,
    strata: Any,
    population: Any,
    *,
    confidence: float = 0.95,
    fpc: bool = True,
    collapse: Collapse | None = None,
) -> Estimate:
    """Estimate the mean of a number over the register, with a t interval.

    Parameters as `estimate_share`, `values` a Series of numbers or no answer. Degrees of freedom: n - H.
    Source: Cochran (1977), ch. 5-6. Checked against: R survey 4.1 in tests/improvement/test_estimate.py.
    """
    check_confidence(confidence)
    sample = read_sample(values, strata, population, as_numbers)
    return _estimate(sample, sample.answered, MEAN, confidence, STUDENT, fpc, collapse)


def estimate_total(
    values: Any,
    strata: Any,
    population: Any,
    *,
    confidence: float = 0.95,
    fpc: bool = True,
    collapse: Collapse | None = None,
) -> Estimate:
    """Estimate the total of a number over the register, with a t interval; a case without an answer adds nothing.

    Parameters as `estimate_mean`.
    Source: Cochran (1977), section 5.9. Checked against: R survey 4.1 in tests/improvement/test_estimate.py.
    """
    check_confidence(confidence)
    sample = read_sample(values, strata, population, as_numbers)
    return _estimate(sample, sample.answered, TOTAL, confidence, STUDENT, fpc, collapse)


def estimate_domain(
    values: Any,
    strata: Any,
    population: Any,
    domain: Any,
    *,
    confidence: float = 0.95,
    method: str | None = None,
    fpc: bool = True,
    collapse: Collapse | None = None,
) -> Estimate:
    """Estimate the share or mean of a subgroup that was not drawn by, whose number of cases is itself chance.

    Parameters as `estimate_mean`; `domain` : Series of True and False on the same index, True for members. Values that
    are all 0 or 1 are a share with `estimate_share`'s interval; `method` names another, "t" a mean's. Every case drawn
    counts in the variance: a subgroup is never a smaller sample.

    Source: Cochran (1977), section 5A.14. Checked against: R survey 4.1 (subset) in tests/improvement/test_estimate.py.
    """
    check_confidence(confidence)
    sample = read_sample(values, strata, population, as_numbers)
    member = _members(domain, sample)
    counted = member & sample.answered
    zero_one = bool(np.isin(sample.values[counted], (0.0, 1.0)).all())
    method = method if method is not None else (KORN_GRAUBARD if zero_one else STUDENT)
    if method == STUDENT:
        return _estimate(sample, counted, MEAN, confidence, STUDENT, fpc, collapse)
    check_method(method)
    if not zero_one:
        raise ChangeError(Problem(f'"{method}" is for values of 0 and 1', "method", 'Use "t" for a mean.'))
    return _estimate(sample, counted, SHARE, confidence, method, fpc, collapse)


def _members(domain: Any, sample: Sample) -> BoolArray:
    series = domain if isinstance(domain, pd.Series) else pd.Series(domain, index=sample.index)
    if not series.index.equals(sample.index):
        if series.index.has_duplicates or len(sample.index.symmetric_difference(series.index)):
            raise DesignError(Problem("the domain names other cases than the values", "domain", "Use the same index."))
        series = series.reindex(sample.index)
    wrong = [at for at, value in enumerate(series.tolist()) if not isinstance(value, bool | np.bool_)]
    if wrong:
        mend = "Use True for members and False for the rest."
        problems = [
            Problem(f"{series.iloc[at]} is not True or False", Place("domain", case=str(series.index[at])), mend)
            for at in wrong
        ]
        raise DesignError(problems)
    return np.asarray(series.to_numpy(dtype=bool))


def _estimate(
    sample: Sample,
    counted: BoolArray,
    quantity: str,
    confidence: float,
    method: str,
    fpc: bool,
    collapse: Collapse | None,
) -> Estimate:
    check_collapse(collapse, sample.labels)
    groups = variance_groups(sample.labels, sample.cases, sample.population if fpc else None, collapse)
    moments_of = total_moments if quantity == TOTAL else ratio_moments
    moments = moments_of(sample.values, counted, sample.code, sample.cases, sample.population, groups, fpc=fpc)
    complete = fpc and bool(complete_strata(sample.cases, sample.population).all())
    notes = [*_answer_notes(sample, counted), *groups.notes]
    if moments.n and groups.thin:
        notes.append(thin_note(groups.thin))
    if moments.n == 0:
        ci, used = NOWHERE, method
    elif complete:
        ci, used = Interval(moments.value, moments.value), COUNTED
        notes.append("Complete count: every case of the register was drawn, nothing is left to chance.")
    elif quantity == SHARE:
        ci, used, more = share_interval(sample, moments, method, confidence, fpc, bool(counted.all()))
        notes.extend(more)
    else:
        used = STUDENT
        ci, more = _t_interval(moments, confidence)
        notes.extend(more)
    return Estimate(
        quantity=quantity,
        value=moments.value,
        standard_error=moments.standard_error,
        ci=ci,
        n=moments.n,
        cases=len(sample.code),
        population=whole(sample.total),
        df=moments.df,
        confidence=confidence,
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


def _t_interval(moments: Moments, confidence: float) -> tuple[Interval, list[str]]:
    if moments.variance == 0:
        return NOWHERE, ["The answers show no spread within strata, which proves nothing: no t interval can be given."]
    if moments.df <= 0:
        return NOWHERE, ["Too few answers for an interval: no degree of freedom is left."]
    reach = t_quantile(confidence, moments.df) * moments.standard_error
    return Interval(moments.value - reach, moments.value + reach), []
