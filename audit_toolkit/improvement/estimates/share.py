"""Which interval a share gets, by the method asked for and what the sample allows."""

from __future__ import annotations

import math

import numpy as np

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.design import Sample, quoted, whole
from audit_toolkit.improvement.estimates.exact_share import exact_stratified_interval
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

    One stratum with every case answered is exact under the default method; more are under "exact".
    """
    asked = check_method(method)
    one = len(sample.labels) == 1
    if asked == EXACT:
        _check_exact(sample, fpc, all_answered)
        return _exact_interval(sample, moments, confidence, fpc) if one else _exact_over_strata(sample, confidence)
    if asked == KORN_GRAUBARD and one and all_answered and isinstance(whole(sample.total), int):
        return _exact_interval(sample, moments, confidence, fpc)
    if math.isnan(moments.variance):
        return NOWHERE, asked, []
    if asked == KORN_GRAUBARD:
        return _capped_interval(moments, confidence)
    if asked == "wilson":
        size = effective_n(moments.value, moments.variance, moments.cap)
        return Interval(*wilson(moments.value, size, normal_quantile(confidence))), asked, []
    return _classical_interval(moments, asked, confidence)


def _check_exact(sample: Sample, fpc: bool, all_answered: bool) -> None:
    """Refuse an exact interval where it would not be: every reason at once."""
    mend = 'Use "korn-graubard".'
    problems = []
    if not all_answered:
        silent = len(sample.code) - int(sample.answered.sum())
        what = f"an exact interval needs an answer for every case drawn; {silent} of {len(sample.code)} have none"
        problems.append(Problem(what if silent else "an exact interval is not of a subgroup", "method", mend))
    counts = zip(sample.labels, sample.population.tolist(), strict=True)
    broken = [label for label, count in counts if not isinstance(whole(count), int)]
    if broken:
        what = f"an exact interval needs whole counts of cases; {quoted(broken)} has none"
        problems.append(Problem(what, "method", mend))
    if not fpc and len(sample.labels) > 1:
        what = "an exact interval over strata speaks of this register, so fpc=False cannot be had with it"
        problems.append(Problem(what, "method", 'Use fpc=True, or "korn-graubard".'))
    if problems:
        raise ChangeError(problems)


def _exact_over_strata(sample: Sample, confidence: float) -> tuple[Interval, str, list[str]]:
    good = np.bincount(sample.code, weights=sample.values, minlength=len(sample.labels))
    population = [whole(count) for count in sample.population.tolist()]
    found = exact_stratified_interval(good.tolist(), sample.cases.tolist(), population, confidence=confidence)
    return found.ci, "exact over strata", list(found.notes)


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
