"""Limits and p of a change in a share, by inverting its test: for many pairs of rounds at once or for one."""

from __future__ import annotations

import math

import numpy as np
import scipy.special

from audit_toolkit.improvement.changes.one_stratum import MOST_PAIRS, counted_out, critical_deviate
from audit_toolkit.improvement.changes.share_test import ShareRounds, share_z
from audit_toolkit.improvement.estimates.design import BoolArray, FloatArray, IntArray
from audit_toolkit.improvement.estimates.intervals import normal_quantile
from audit_toolkit.improvement.estimates.variance import Groups

# A limit is searched to so many digits; for at most FEW pairs of rounds at MANY points at a time.
DIGITS = 10
FEW = 4
MANY = 99


def is_counted_out(rounds: ShareRounds) -> bool:
    """Say whether these rounds are decided by counting out: one stratum, whole counts, no case in both rounds."""
    if len(rounds.weights) > 1 or rounds.shared is not None or rounds.extra:
        return False
    return bool((rounds.n1[0] + 1) * (rounds.n2[0] + 1) <= MOST_PAIRS)


def change_shown(rounds: ShareRounds, confidence: float) -> tuple[BoolArray, BoolArray]:
    """Say for each pair of rounds whether a rise is shown, and whether a fall is."""
    return _rejected(rounds, np.zeros(len(rounds.good1)), _critical(rounds, confidence))


def change_limits(rounds: ShareRounds, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Give the limits of later minus earlier: the true changes that are not rejected at this confidence, either way."""
    critical = _critical(rounds, confidence)
    return _limit(rounds, critical, 0), _limit(rounds, critical, 1)


def _limit(rounds: ShareRounds, critical: float, side: int) -> FloatArray:
    """Search between the end of the scale, which is rejected, and the change seen, which is not.

    0 is tried first where it lies between, so that limits, p and `change_shown` tell one story. A few pairs of rounds
    are searched at many points at once, which takes as long as one.
    """
    count = len(rounds.good1)
    inside = rounds.change
    zero = np.zeros(count)
    refused = _rejected(rounds, zero, critical)[side]
    between = inside > 0 if side == 0 else inside < 0
    out = np.where(between & refused, 0.0, 1.0 if side else -1.0)
    inside = np.where(between & ~refused, 0.0, inside)
    parts = MANY if count <= FEW else 1
    repeated = rounds.take(np.repeat(np.arange(count), parts))
    at = (np.arange(parts) + 1.0) / (parts + 1)
    for _ in range(math.ceil(DIGITS / math.log10(parts + 1))):
        tried = out[:, None] + (inside - out)[:, None] * at
        beyond = _rejected(repeated, tried.reshape(-1), critical)[side].reshape(tried.shape)
        last = np.cumprod(beyond, axis=1).sum(axis=1)
        ladder = np.concatenate([out[:, None], tried, inside[:, None]], axis=1)
        out, inside = (np.take_along_axis(ladder, (last + up)[:, None], axis=1)[:, 0] for up in (0, 1))
    return inside


def change_p(rounds: ShareRounds) -> tuple[FloatArray, FloatArray]:
    """Give the one-sided p for a rise and for a fall: the level at which that limit would reach 0."""
    nothing = np.zeros(len(rounds.good1))
    if is_counted_out(rounds):
        p = counted_out(int(rounds.n1[0]), int(rounds.n2[0]))[1]
        good1, good2 = (np.rint(each[:, 0]).astype(np.int64) for each in (rounds.good1, rounds.good2))
        return p[good1, good2], p[::-1, ::-1][good1, good2]
    rise, fall = share_z(rounds, nothing, stepped=True)
    return scipy.special.ndtr(-rise), scipy.special.ndtr(fall)


def joined_groups(groups1: Groups, groups2: Groups) -> IntArray:
    """Number the strata (H) so that those taken together in either round share a number."""
    joined = np.arange(len(groups1.of), dtype=np.int64)
    for groups in (groups1, groups2, groups1, groups2):
        for group in range(groups.count):
            inside = np.isin(joined, joined[groups.of == group])
            joined[inside] = joined[inside].min() if inside.any() else 0
    return joined


def _critical(rounds: ShareRounds, confidence: float) -> float:
    if is_counted_out(rounds):
        return critical_deviate(int(rounds.n1[0]), int(rounds.n2[0]), (1 - confidence) / 2)
    return normal_quantile(confidence)


def _rejected(rounds: ShareRounds, delta: FloatArray, critical: float) -> tuple[BoolArray, BoolArray]:
    rise, fall = share_z(rounds, delta, stepped=not is_counted_out(rounds))
    return np.asarray(rise > critical), np.asarray(fall < -critical)
