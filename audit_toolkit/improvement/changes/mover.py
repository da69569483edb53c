"""A change in a share by MOVER on Wilson limits: Newcombe's method in one stratum. For comparison, and for clusters."""

from __future__ import annotations

import math
from typing import Final

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
CHANGE_METHODS: Final = (SCORE_METHOD, MOVER)


def check_change_method(method: str) -> None:
    """Refuse what is no interval for a change in a share."""
    if method not in CHANGE_METHODS:
        what = f'"{method}" is not a method for a change in a share'
        raise ChangeError(Problem(what, "method", did_you_mean(method, CHANGE_METHODS)))


def mover_finding(pair: Pair, first: Moments, second: Moments, confidence: float) -> Finding:
    """Find a change from Wilson's limits of both rounds on their effective numbers of cases, at most n0 of the design.

    Re-audited cases come in by the correlation of the two estimates. False alarms reach 3.8 % where the rounds are of
    unequal size (nominal 2.5 %), which is why it is not what gives the verdict.

    Source: Newcombe (1998), Statistics in Medicine 17:873-890, method 10; Zou & Donner (2008), 27:1693-1702.
    """
    one = len(pair.earlier.labels) == 1
    size1, size2 = (each.cap if one else effective_n(each.value, each.variance, each.cap) for each in (first, second))
    if math.isnan(size1) or math.isnan(size2):
        return UNTESTED
    product = first.variance * second.variance
    r = 0.0
    if len(pair.first) and product > 0:
        r = max(-1.0, min(1.0, covariance(pair, first.influence, second.influence) / math.sqrt(product)))
    z = normal_quantile(confidence)
    low, high = mover_interval(first.value, size1, second.value, size2, z, r)
    rise = mover_p(first.value, size1, second.value, size2, z, r)
    error = max(first.variance + second.variance - 2 * r * math.sqrt(max(product, 0.0)), 0.0) ** 0.5
    return Finding(Interval(low, high), error, first.df + second.df, rise, 1 - rise, "MOVER on Wilson limits")
