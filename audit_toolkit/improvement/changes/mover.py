"""A change in a share by MOVER on Wilson limits: Newcombe's method in one stratum. For comparison, and for clusters."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from audit_toolkit.errors import ChangeError, Problem, did_you_mean
from audit_toolkit.improvement.changes.finding import UNTESTED, Finding
from audit_toolkit.improvement.changes.overlap import Pair, covariance
from audit_toolkit.improvement.estimates.intervals import (
    Interval,
    effective_n,
    mover_interval,
    mover_p,
    normal_quantile,
)
from audit_toolkit.improvement.estimates.variance import Moments

SCORE_METHOD: Final = "score"
MOVER: Final = "mover"
# Cases taken off what pairs have in common: found by simulation, see tests/improvement/test_paired_limits.py.
CAUTION: Final = 1.5
CHANGE_METHODS: Final = (SCORE_METHOD, MOVER)


def check_change_method(method: str) -> None:
    """Refuse what is no interval for a change in a share."""
    if method not in CHANGE_METHODS:
        what = f'"{method}" is not a method for a change in a share'
        raise ChangeError(Problem(what, "method", did_you_mean(method, CHANGE_METHODS)))


def mover_finding(pair: Pair, first: Moments, second: Moments, confidence: float, *, cautious: bool = False) -> Finding:
    """Find a change from Wilson's limits of both rounds on their effective numbers of cases, at most n0 of the design.

    Re-audited cases come in by the correlation of the two estimates. False alarms reach 3.8 % where the rounds are of
    unequal size (nominal 2.5 %), which is why it is not what gives the verdict.

    `cautious` takes CAUTION cases off what pairs have in common, as Newcombe takes half a case off for paired shares
    (Statistics in Medicine 17:2635-2650): with half, limits left out the truth in up to 4.8 % a side.

    Source: Newcombe (1998), Statistics in Medicine 17:873-890, method 10; Zou & Donner (2008), 27:1693-1702.
    """
    one = len(pair.earlier.labels) == 1
    size1, size2 = (each.cap if one else effective_n(each.value, each.variance, each.cap) for each in (first, second))
    if math.isnan(size1) or math.isnan(size2):
        return UNTESTED
    product = first.variance * second.variance
    r = 0.0
    if len(pair.first) and product > 0:
        shared = covariance(pair, first.influence, second.influence)
        if cautious:
            shared = math.copysign(max(abs(shared) - CAUTION * _one_case(pair), 0.0), shared)
        r = max(-1.0, min(1.0, shared / math.sqrt(product)))
    z = normal_quantile(confidence)
    low, high = mover_interval(first.value, size1, second.value, size2, z, r)
    rise = mover_p(first.value, size1, second.value, size2, z, r)
    error = max(first.variance + second.variance - 2 * r * math.sqrt(max(product, 0.0)), 0.0) ** 0.5
    return Finding(Interval(low, high), error, first.df + second.df, rise, 1 - rise, "MOVER on Wilson limits")


def _one_case(pair: Pair) -> float:
    """Give what one case alike in both rounds adds to the covariance, on average over the strata with shared cases."""
    held = np.unique(pair.earlier.code[pair.first])
    applying = pair.weights * pair.later.answers / pair.later.cases
    shares = applying / applying.sum()
    each = shares**2 / (pair.earlier.answers * pair.later.answers)
    return float(each[held].mean())
