"""Intervals for one share, thousands at a time: the toolkit's, svyciprop's and statsmodels'.

svyciprop's are closed forms on svymean's figures, held to R itself in each run; statsmodels' are its own function, on
the plain count. An interval that cannot be had (no spread) is nan and counted as undefined, and as not covering.
"""

from __future__ import annotations

import numpy as np
import scipy.special
from statsmodels.stats.proportion import proportion_confint

from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.intervals import degrees_adjustment, t_quantile
from benchmarks import calibration_toolkit as toolkit
from benchmarks.calibration_nulls import Scenario
from benchmarks.calibration_stratified import survey_share

Limits = tuple[FloatArray, FloatArray]
TOOLKIT = "toolkit"
SVYCIPROP = ("logit", "beta", "mean", "asin")
STATSMODELS = ("normal", "wilson", "beta", "agresti_coull", "jeffreys")


def every_interval(true: Scenario, good: FloatArray) -> dict[str, Limits]:
    """Give each method's limits for the earlier round's share."""
    found = {TOOLKIT: toolkit.interval(true, good)}
    for method in SVYCIPROP:
        found[f"svyciprop {method}"] = svyciprop(true, good, method)
    total, n = good.sum(axis=1), int(true.n1.sum())
    for method in STATSMODELS:
        counts = np.arange(n + 1)
        low, high = proportion_confint(counts, n, alpha=1 - toolkit.CONFIDENCE, method=method)
        at = total.astype(int)
        found[f"statsmodels {method}"] = (np.asarray(low)[at], np.asarray(high)[at])
    return found


def svyciprop(true: Scenario, good: FloatArray, method: str) -> Limits:
    """Give svyciprop's limits (with fpc); nan where it has none."""
    share, error = survey_share(good, true.n1, true.population1, True)
    n, df = int(true.n1.sum()), int(true.n1.sum()) - len(true.n1)
    t = t_quantile(toolkit.CONFIDENCE, df)
    some = (error > 1e-12) & (share > 1e-12) & (share < 1 - 1e-12)
    p, se = np.where(some, share, 0.5), np.where(some, error, 0.1)
    if method == "mean":
        return share - t * error, share + t * error
    if method == "beta":
        size = p * (1 - p) / se**2 * degrees_adjustment(n, df, toolkit.CONFIDENCE)
        tail = (1 - toolkit.CONFIDENCE) / 2
        low = scipy.special.betaincinv(size * p, size * (1 - p) + 1, tail)
        high = scipy.special.betaincinv(size * p + 1, size * (1 - p), 1 - tail)
    elif method == "logit":
        middle, reach = scipy.special.logit(p), t * se / (p * (1 - p))
        low, high = scipy.special.expit(middle - reach), scipy.special.expit(middle + reach)
    else:
        middle, reach = np.arcsin(np.sqrt(p)), t * se / (2 * np.sqrt(p * (1 - p)))
        low, high = np.sin(middle - reach) ** 2, np.sin(middle + reach) ** 2
    return np.where(some, low, np.nan), np.where(some, high, np.nan)


def sums(found: dict[str, Limits], truth: float) -> dict[str, list[float]]:
    """Give, by method: how many hold the truth, how many are undefined or of no width, sum and squares of widths."""
    result = {}
    for name, (low, high) in found.items():
        width = high - low
        defined = np.isfinite(width)
        held = (low <= truth + 1e-12) & (truth <= high + 1e-12) & defined
        useless = ~defined | (width <= 1e-12)
        wide = np.where(defined, width, 0.0)
        result[name] = [float(held.sum()), float(useless.sum()), float(wide.sum()), float((wide**2).sum())]
    return result
