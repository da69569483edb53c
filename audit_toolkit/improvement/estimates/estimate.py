"""How good is this register: a share, mean, total or subgroup from a stratified sample, with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.design import (
    BoolArray,
    Sample,
    as_numbers,
    as_outcomes,
    check_confidence,
    read_sample,
)
from audit_toolkit.improvement.estimates.domain import members
from audit_toolkit.improvement.estimates.estimated import STUDENT, Asked, Estimate, make_estimate
from audit_toolkit.improvement.estimates.intervals import KORN_GRAUBARD, check_method
from audit_toolkit.improvement.estimates.quantities import MEAN, SHARE, TOTAL
from audit_toolkit.improvement.estimates.variance import Collapse, ratio_moments, total_moments


def estimate_share(
    outcomes: Any,
    strata: Any,
    population: Any,
    *,
    confidence: float = 0.95,
    method: str = KORN_GRAUBARD,
    fpc: bool = True,
    collapse: Collapse | None = None,
    domain: Any = None,
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
    domain : Series of True and False on the same index, True for the members of a subgroup; None for every case.

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
    counted = sample.answered & members(domain, sample)
    return estimate_counted(sample, counted, SHARE, Asked(confidence, method, fpc, collapse))


def estimate_mean(
    values: Any,
    strata: Any,
    population: Any,
    *,
    confidence: float = 0.95,
    fpc: bool = True,
    collapse: Collapse | None = None,
    domain: Any = None,
) -> Estimate:
    """Estimate the mean of a number over the register, with a t interval.

    Parameters as `estimate_share`, `values` a Series of numbers or no answer. Degrees of freedom: n - H.
    Source: Cochran (1977), ch. 5-6. Checked against: R survey 4.1 in tests/improvement/test_estimate.py.
    """
    check_confidence(confidence)
    sample = read_sample(values, strata, population, as_numbers)
    counted = sample.answered & members(domain, sample)
    return estimate_counted(sample, counted, MEAN, Asked(confidence, STUDENT, fpc, collapse))


def estimate_total(
    values: Any,
    strata: Any,
    population: Any,
    *,
    confidence: float = 0.95,
    fpc: bool = True,
    collapse: Collapse | None = None,
    domain: Any = None,
) -> Estimate:
    """Estimate the total of a number over the register, with a t interval; a case without an answer adds nothing.

    Parameters as `estimate_mean`. Of a `domain`, its members' total: a case outside adds nothing, and how many there
    are of it is part of what is not known.
    Source: Cochran (1977), sections 5.9 and 5A.14. Checked against: R survey 4.1 in tests/improvement/test_estimate.py.
    """
    check_confidence(confidence)
    sample = read_sample(values, strata, population, as_numbers)
    counted = sample.answered & members(domain, sample)
    return estimate_counted(sample, counted, TOTAL, Asked(confidence, STUDENT, fpc, collapse))


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
    counted = sample.answered & members(domain, sample)
    zero_one = bool(np.isin(sample.values[counted], (0.0, 1.0)).all())
    method = method if method is not None else (KORN_GRAUBARD if zero_one else STUDENT)
    if method == STUDENT:
        return estimate_counted(sample, counted, MEAN, Asked(confidence, STUDENT, fpc, collapse))
    check_method(method)
    if not zero_one:
        raise ChangeError(Problem(f'"{method}" is for values of 0 and 1', "method", 'Use "t" for a mean.'))
    return estimate_counted(sample, counted, SHARE, Asked(confidence, method, fpc, collapse))


def estimate_counted(sample: Sample, counted: BoolArray, quantity: str, asked: Asked) -> Estimate:
    """Estimate a share, mean or total of the `counted` cases (n) of a sample that was checked."""
    groups = asked.groups(sample)
    moments_of = total_moments if quantity == TOTAL else ratio_moments
    moments = moments_of(sample.values, counted, sample.code, sample.cases, sample.population, groups, fpc=asked.fpc)
    return make_estimate(sample, counted, quantity, moments, groups, asked)
