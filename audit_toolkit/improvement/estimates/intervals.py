"""Confidence intervals for a share and for the difference of two shares, on plain numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import scipy.special

from audit_toolkit.errors import ChangeError, Problem, did_you_mean
from audit_toolkit.improvement.estimates.design import FloatArray

KORN_GRAUBARD: Final = "korn-graubard"
EXACT: Final = "exact"
# What a person may ask for -> the interval it names. "mean" is R's word for wald.
METHODS: Final = {
    KORN_GRAUBARD: KORN_GRAUBARD,
    "beta": "beta",
    "logit": "logit",
    "wilson": "wilson",
    "wald": "wald",
    "mean": "wald",
    "asin": "asin",
    EXACT: EXACT,
}
# The normal quantile past which a tail is smaller than any double.
FAR = 38.0
# A p below this is not told more exactly.
SMALLEST_P = 1e-4

Number = TypeVar("Number", float, FloatArray)


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval: its two limits."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def json_number(number: float) -> float | int | None:
    """Give a number as JSON can hold it: None where it is undefined or without end."""
    return number if math.isfinite(number) else None


def p_words(p: float) -> str:
    """Say a p value as a sentence has it: p = 0.0123, p < 0.0001, p undefined."""
    return "p undefined" if math.isnan(p) else f"p = {p:.4f}" if p >= SMALLEST_P else "p < 0.0001"


NOWHERE = Interval(float("nan"), float("nan"))


def normal_quantile(confidence: float) -> float:
    """Give z for a two-sided interval."""
    return float(-scipy.special.ndtri((1 - confidence) / 2))


def t_quantile(confidence: float, df: int) -> float:
    """Give t for a two-sided interval; nan without a degree of freedom."""
    return float(-scipy.special.stdtrit(df, (1 - confidence) / 2)) if df > 0 else float("nan")


def t_quantiles(confidence: float, df: FloatArray) -> FloatArray:
    """Give t for many degrees of freedom, whole numbers: worked out once for each; nan without one."""
    each, place = np.unique(df, return_inverse=True)
    found = np.array([t_quantile(confidence, int(one)) for one in each.tolist()])
    return np.asarray(found[place.reshape(np.shape(df))])


def check_method(method: str) -> str:
    """Give the interval a method names, or refuse it."""
    if method not in METHODS:
        raise ChangeError(Problem(f'"{method}" is not a method for a share', "method", did_you_mean(method, METHODS)))
    return METHODS[method]


def effective_n(share: float, variance: float, cap: float) -> float:
    """Give the size of the simple random sample as good as this design, at most `cap`; `cap` where variance is 0."""
    if math.isnan(variance):
        return float("nan")
    return min(share * (1 - share) / variance, cap) if variance > 0 else cap


def degrees_adjustment(n: int, df: int, confidence: float) -> float:
    """Give [t_(n-1) / t_df]^2, by which Korn and Graubard shrink the effective size; 0 without a degree of freedom.

    Source: Korn & Graubard (1998), Survey Methodology 24:193-201, as R survey's svyciprop(method="beta") has it.
    """
    return (t_quantile(confidence, n - 1) / t_quantile(confidence, df)) ** 2 if df > 0 else 0.0


def beta_interval(share: float, size: float, confidence: float) -> Interval:
    """Give Clopper and Pearson's interval for `size` cases, which need not be a whole number."""
    tail = (1 - confidence) / 2
    good, bad = size * share, size * (1 - share)
    low = float(scipy.special.betaincinv(good, bad + 1, tail)) if good > 0 else 0.0
    high = float(scipy.special.betaincinv(good + 1, bad, 1 - tail)) if bad > 0 else 1.0
    return Interval(low, high)


def logit_interval(share: float, standard_error: float, t: float) -> Interval:
    """Give the t interval on the logit scale."""
    middle = math.log(share / (1 - share))
    reach = t * standard_error / (share * (1 - share))
    return Interval(float(scipy.special.expit(middle - reach)), float(scipy.special.expit(middle + reach)))


def asin_interval(share: float, standard_error: float, t: float) -> Interval:
    """Give the t interval on the arc sine scale, which ends at 0 and 1."""
    middle = math.asin(math.sqrt(share))
    reach = t * standard_error / (2 * math.sqrt(share * (1 - share)))
    low, high = max(middle - reach, 0.0), min(middle + reach, math.pi / 2)
    return Interval(math.sin(low) ** 2, math.sin(high) ** 2)


def hypergeometric_interval(good: int, n: int, population: int, confidence: float) -> tuple[int, int]:
    """Give the exact limits for how many of the population are good, `good` of `n` drawn being so.

    The counts that neither tail, each of (1 - confidence) / 2, rules out.
    Source: Wright (1991), Exact Confidence Bounds when Sampling from Small Finite Universes.
    """
    tail = (1 - confidence) / 2
    ceiling = population - (n - good)

    def at_most(count: int, drawn: int) -> float:
        return _hypergeometric_sum(count, n, population, 0, drawn)

    low, top = good, ceiling
    while low < top:
        middle = (low + top) // 2
        if _hypergeometric_sum(middle, n, population, good, n) > tail:
            top = middle
        else:
            low = middle + 1
    bottom, high = good, ceiling
    while bottom < high:
        middle = (bottom + high + 1) // 2
        if at_most(middle, good) > tail:
            bottom = middle
        else:
            high = middle - 1
    return low, high


def _hypergeometric_sum(count: int, n: int, population: int, first: int, last: int) -> float:
    """P(first <= good drawn <= last) when `count` of the population are good."""
    drawn = np.arange(max(first, n - (population - count)), min(last, count, n) + 1, dtype=float)
    logs = log_choose(count, drawn) + log_choose(population - count, n - drawn) - log_choose(population, float(n))
    return float(np.exp(logs).sum())


def log_choose(total: int, chosen: Number) -> Number:
    """Give the log of how many ways there are to choose so many of a total."""
    log = scipy.special.gammaln
    parts: Number = log(total + 1.0) - log(chosen + 1.0) - log(total - chosen + 1.0)
    return parts


def wilson(share: Number, n: Number, z: float) -> tuple[Number, Number]:
    """Give Wilson's score limits for a share of n cases, n need not be whole. Source: Newcombe (1998a), method 3."""
    half = z * z / (2 * n)
    reach = z * (share * (1 - share) / n + half / (2 * n)) ** 0.5
    # As ratios, since the two roots multiply to share^2: exactly 0 and 1 at the ends, and no digits lost near them.
    return share * share / (share + half + reach), 1 - (1 - share) * (1 - share) / (1 - share + half + reach)


def mover_interval(
    earlier: Number, earlier_n: Number, later: Number, later_n: Number, z: float, r: float = 0.0
) -> tuple[Number, Number]:
    """Give the limits of later minus earlier from Wilson's limits of each (the method of variance estimates recovery).

    `r` is the correlation of the two estimates: 0 where no case is in both rounds. Works on arrays of replicates.
    Source: Newcombe (1998b), Statistics in Medicine 17:873-890, method 10 (r = 0);
    Zou & Donner (2008), Statistics in Medicine 27:1693-1702, for r.
    """
    low1, high1 = wilson(earlier, earlier_n, z)
    low2, high2 = wilson(later, later_n, z)
    down = _joined(later - low2, high1 - earlier, r)
    up = _joined(high2 - later, earlier - low1, r)
    return later - earlier - down, later - earlier + up


def _joined(one: Number, other: Number, r: float) -> Number:
    # abs: rounding may leave -1e-18 where the two are equal and r is 1.
    length: Number = abs(one * one + other * other - 2 * r * one * other) ** 0.5
    return length


def mover_p(earlier: float, earlier_n: float, later: float, later_n: float, z: float, r: float = 0.0) -> float:
    """Give the one-sided p for a rise by inverting `mover_interval`.

    The z at which a limit meets 0 is bracketed from the interval's own z, so that p and interval agree at that level.
    """
    change = later - earlier
    if change == 0:
        return 0.5
    side = 0 if change > 0 else 1

    def excludes(at: float) -> bool:
        limit = mover_interval(earlier, earlier_n, later, later_n, at, r)[side]
        return limit > 0 if side == 0 else limit < 0

    low, high = (z, FAR) if excludes(z) else (0.0, z)
    for _ in range(60):
        middle = (low + high) / 2
        if excludes(middle):
            low = middle
        else:
            high = middle
    return float(scipy.special.ndtr(-low if side == 0 else low))
