"""Which interval a share gets, by the method asked for and what the sample allows."""

from __future__ import annotations

import math

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.design import Sample, whole
from audit_toolkit.improvement.estimates.intervals import (
    EXACT,
    KORN_GRAUBARD,
    NOWHERE,
    Interval,
    asin_interval,
    beta_interval,
    check_method,
    degrees_adjustment,
    effective_n,
    hypergeometric_interval,
    logit_interval,
    normal_quantile,
    t_quantile,
    wilson,
)
from audit_toolkit.improvement.estimates.variance import Moments


def share_interval(
    sample: Sample, moments: Moments, method: str, confidence: float, fpc: bool, all_answered: bool
) -> tuple[Interval, str, list[str]]:
    """Give the interval, the name of what gave it, and what the reader must be told.

    One stratum with every case answered is exact under the default method; "exact" is refused elsewhere.
    """
    asked = check_method(method)
    one = len(sample.labels) == 1 and all_answered and isinstance(whole(sample.total), int)
    if asked == EXACT and not one:
        mend = 'Use "korn-graubard".'
        raise ChangeError(Problem("an exact interval needs one stratum with every case answered", "method", mend))
    if one and asked in (EXACT, KORN_GRAUBARD):
        return _exact_interval(sample, moments, confidence, fpc)
    if math.isnan(moments.variance):
        return NOWHERE, asked, []
    if asked == KORN_GRAUBARD:
        return _capped_interval(moments, confidence)
    if asked == "wilson":
        size = effective_n(moments.value, moments.variance, moments.cap)
        return Interval(*wilson(moments.value, size, normal_quantile(confidence))), asked, []
    return _classical_interval(moments, asked, confidence)


def _exact_interval(sample: Sample, moments: Moments, confidence: float, fpc: bool) -> tuple[Interval, str, list[str]]:
    if not fpc:
        return beta_interval(moments.value, moments.n, confidence), "exact binomial", []
    size = int(whole(sample.total))
    low, high = hypergeometric_interval(round(moments.value * moments.n), moments.n, size, confidence)
    return Interval(low / size, high / size), "exact hypergeometric", []


def _capped_interval(moments: Moments, confidence: float) -> tuple[Interval, str, list[str]]:
    share, notes = moments.value, []
    size = moments.cap
    if moments.variance > 0:
        adjustment = degrees_adjustment(moments.n, moments.df, confidence)
        size = min(share * (1 - share) / moments.variance * adjustment, moments.cap)
        if moments.df <= 0:
            notes.append("Too few answers: no degree of freedom is left, so the interval rules nothing out.")
    return beta_interval(share, size, confidence), KORN_GRAUBARD, notes


def _classical_interval(moments: Moments, method: str, confidence: float) -> tuple[Interval, str, list[str]]:
    share, error, t = moments.value, moments.standard_error, t_quantile(confidence, moments.df)
    if not moments.variance > 0 or math.isnan(t):
        note = f'"{method}" gives no interval here: the answers show no spread. Use "korn-graubard".'
        return NOWHERE, method, [note]
    if method == "beta":
        size = effective_n(share, moments.variance, math.inf) * degrees_adjustment(moments.n, moments.df, confidence)
        return beta_interval(share, size, confidence), method, []
    if method == "logit":
        return logit_interval(share, error, t), method, []
    if method == "asin":
        return asin_interval(share, error, t), method, []
    return Interval(share - t * error, share + t * error), method, []
