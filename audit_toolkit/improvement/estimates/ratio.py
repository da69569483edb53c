"""The ratio of two totals of a register, such as visits made to visits due."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from audit_toolkit.errors import DesignError
from audit_toolkit.improvement.estimates.design import (
    BoolArray,
    Findings,
    FloatArray,
    Sample,
    as_numbers,
    check_confidence,
    collect_sample,
)
from audit_toolkit.improvement.estimates.domain import members
from audit_toolkit.improvement.estimates.estimated import STUDENT, Asked, Estimate, make_estimate
from audit_toolkit.improvement.estimates.quantities import RATIO
from audit_toolkit.improvement.estimates.variance import Collapse, Groups, Moments, ratio_moments, spread_of

# A case that differs from the ratio by less than this share of its own size lies on it: the rest is rounding.
ON_THE_LINE = 1e-13
NO_DENOMINATOR = "The denominators come to 0, so there is no ratio."


def estimate_ratio(
    numerator: Any,
    denominator: Any,
    strata: Any,
    population: Any,
    *,
    confidence: float = 0.95,
    fpc: bool = True,
    collapse: Collapse | None = None,
    domain: Any = None,
) -> Estimate:
    """Estimate the ratio of two totals over the register, such as visits made to visits due, with a t interval.

    Parameters
    ----------
    numerator, denominator : Series of numbers or no answer, indexed by case_id; n cases. A case without both is left
        out of both. strata : Series of labels on the same index. population : mapping stratum -> N_h (cases).
    confidence, fpc, collapse, domain : as `estimate_share`.

    Returns
    -------
    Estimate. `value` is sum of w y over sum of w x, in the unit of y for one of x; nan where the denominators come to
    0. It is the register's ratio, not the mean of the cases' own ratios. Degrees of freedom: n - H.

    Raises
    ------
    DesignError, ChangeError as `estimate_share`; ChangeError where a value is not a number.

    Source: Cochran (1977), Sampling Techniques, sections 6.11 (combined ratio) and 5A.14.
    Checked against: R survey 4.1 (svyratio) in tests/improvement/test_ratio.py.
    """
    check_confidence(confidence)
    sample, below = _both(numerator, denominator, strata, population)
    sample = replace(sample, values=np.where(np.isnan(below), np.nan, sample.values))
    counted = sample.answered & members(domain, sample)
    asked = Asked(confidence, STUDENT, fpc, collapse)
    groups = asked.groups(sample)
    moments = quotient_moments(sample, below, counted, groups, fpc=fpc)
    found = make_estimate(sample, counted, RATIO, moments, groups, asked)
    return replace(found, notes=(*found.notes, NO_DENOMINATOR)) if moments.n and np.isnan(moments.value) else found


def _both(numerator: Any, denominator: Any, strata: Any, population: Any) -> tuple[Sample, FloatArray]:
    """Give the sample of the numerators and, in its order, the denominators; what is wrong of both is told at once."""
    findings, more = Findings(), Findings()
    above = collect_sample(numerator, strata, population, as_numbers, findings, where="numerator", complete=True)
    below = collect_sample(denominator, strata, population, as_numbers, more, where="denominator", complete=True)
    findings.answers.extend(more.answers)
    findings.design = findings.design or more.design
    findings.tell()
    if above is None or below is None:
        raise DesignError("the cases, strata and population do not fit together")
    return above, below.values[below.index.get_indexer(above.index)]


def quotient_moments(
    sample: Sample, denominator: FloatArray, counted: BoolArray, groups: Groups, *, fpc: bool
) -> Moments:
    """Estimate R = sum w a y / sum w a x, linearised with u = a (y - R x) / sum w a x.

    With x = 1 it is `ratio_moments`. Source: Cochran (1977), section 6.11.
    """
    mean = ratio_moments(sample.values, counted, sample.code, sample.cases, sample.population, groups, fpc=fpc)
    weight = (sample.population / sample.cases)[sample.code]
    y, x = (np.where(counted, each, 0.0) for each in (sample.values, denominator))
    size = float((weight * x).sum())
    if mean.n == 0 or size == 0:
        nowhere = np.full(len(sample.code), np.nan)
        return replace(mean, value=float("nan"), variance=float("nan"), influence=nowhere)
    value = float((weight * y).sum() / size)
    residual = y - value * x
    residual[np.abs(residual) <= ON_THE_LINE * (np.abs(y) + np.abs(value * x))] = 0.0
    influence = weight * residual / size
    variance = spread_of(influence, sample.code, sample.cases, groups, sample.population if fpc else None)
    return replace(mean, value=value, variance=variance, influence=influence)
