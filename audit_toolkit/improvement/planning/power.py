"""The tests of `compare_shares` and `compare_grades` for thousands of pairs of rounds at once, every case answered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.special

from audit_toolkit.improvement.changes.grade_statistic import grade_statistic
from audit_toolkit.improvement.changes.share_limits import change_limits, change_shown, joined_groups
from audit_toolkit.improvement.changes.share_test import ShareRounds
from audit_toolkit.improvement.estimates.design import BoolArray, FloatArray, IntArray
from audit_toolkit.improvement.estimates.intervals import (
    degrees_adjustment,
    t_quantiles,
)
from audit_toolkit.improvement.estimates.variance import Groups

# Stands in for a count of 0, at which the limit is 0 or 1 by definition.
TINY = 1e-12


def count_by_stratum(found: BoolArray, n: IntArray) -> FloatArray:
    """Count the cases found in each stratum, R x H, from cases in the order of the strata, n x R."""
    starts = np.concatenate([[0], np.cumsum(n)[:-1]])
    return np.ascontiguousarray(np.add.reduceat(found, starts, axis=0, dtype=np.int32).T.astype(float))


def grades_by_stratum(draws: npt.NDArray[np.float32], shares: FloatArray, n: IntArray) -> FloatArray:
    """Count the cases of each stratum at each grade, R x H x K, from uniform draws (n x R) and the grades' shares."""
    cuts = np.cumsum(shares)[:-1]
    up_to = [count_by_stratum(draws < cut, n) for cut in cuts]
    everyone = np.broadcast_to(n.astype(float), up_to[0].shape)
    return np.diff(np.stack([*up_to, everyone], axis=-1), axis=-1, prepend=0.0)


def share_limits(
    good1: FloatArray,
    good2: FloatArray,
    first: IntArray,
    second: IntArray,
    weights: FloatArray,
    groups1: Groups,
    groups2: Groups,
    confidence: float,
) -> tuple[FloatArray, FloatArray]:
    """Give the limits of `compare_shares` for many pairs of rounds at once, from good cases by stratum (R x H)."""
    return change_limits(planned_rounds(good1, good2, first, second, weights, groups1, groups2), confidence)


def shares_shown(
    good1: FloatArray,
    good2: FloatArray,
    first: IntArray,
    second: IntArray,
    weights: FloatArray,
    groups1: Groups,
    groups2: Groups,
    confidence: float,
) -> tuple[BoolArray, BoolArray]:
    """Say for many pairs of rounds at once whether `compare_shares` would find a rise, and whether a fall."""
    return change_shown(planned_rounds(good1, good2, first, second, weights, groups1, groups2), confidence)


def planned_rounds(
    good1: FloatArray,
    good2: FloatArray,
    first: IntArray,
    second: IntArray,
    weights: FloatArray,
    groups1: Groups,
    groups2: Groups,
) -> ShareRounds:
    """Give pairs of rounds as the test of a share takes them, from good cases by stratum (R x H)."""
    return ShareRounds(
        good1,
        first.astype(float),
        good2,
        second.astype(float),
        weights / weights.sum(),
        joined_groups(groups1, groups2),
    )


def share_half_widths(
    good: FloatArray, n: IntArray, population: FloatArray, groups: Groups, confidence: float
) -> FloatArray:
    """Give half the width of `estimate_share`'s default interval for many rounds at once, from good cases (R x H).

    Two strata or more; one is counted out. nan where a variance cannot be estimated, 0 for a complete count.
    """
    cases = n.astype(float)
    if groups.thin:
        return np.full(len(good), np.nan)
    w = population / population.sum()
    free = 1 - cases / population
    loss = float((free * w**2 / cases).sum())
    if loss <= 0:
        return np.zeros(len(good))
    share = good @ (w / cases)
    held = population @ (groups.of[:, None] == np.arange(groups.count)).astype(float)
    variance, flat = _spread(good, share, cases, w, groups, held)
    adjustment = degrees_adjustment(int(n.sum()), int(n.sum()) - groups.count, confidence)
    size = np.minimum(share * (1 - share) / np.where(flat, 1.0, variance) * adjustment, 1 / loss)
    size = np.where(flat, 1 / loss, size)
    tail = (1 - confidence) / 2
    some, rest = size * share, size * (1 - share)
    low = np.where(some > 0, scipy.special.betaincinv(np.maximum(some, TINY), rest + 1, tail), 0.0)
    high = np.where(rest > 0, scipy.special.betaincinv(some + 1, np.maximum(rest, TINY), 1 - tail), 1.0)
    return np.asarray((high - low) / 2)


def _spread(
    good: FloatArray, share: FloatArray, n: FloatArray, w: FloatArray, groups: Groups, held: FloatArray | None
) -> tuple[FloatArray, BoolArray]:
    """Give the variance of each share, with the finite correction where the cases `held` by each group are given.

    Also whether it is nothing but rounding.
    """
    total = (w / n) * (good - n * share[:, None])
    square = (w / n) ** 2 * (good * (1 - 2 * share[:, None]) + n * share[:, None] ** 2)
    member = (groups.of[:, None] == np.arange(groups.count)).astype(float)
    sizes = n @ member
    spread = np.maximum(square @ member - (total @ member) ** 2 / sizes, 0)
    factor = sizes / np.maximum(sizes - 1, 1)
    if held is not None:
        factor = factor * np.maximum(1 - sizes / held, 0)
    variance = (factor * spread).sum(axis=1)
    return variance, np.asarray(variance <= 1e-14 * square.sum(axis=1))


def grades_shown(
    counts1: FloatArray,
    counts2: FloatArray,
    weights: FloatArray,
    groups1: Groups,
    groups2: Groups,
    confidence: float,
    *,
    margin: float = 0.0,
) -> BoolArray:
    """Say for many pairs of rounds at once (R x H x K) whether `compare_grades` would find an improvement.

    With a margin: whether it would find that or no worse. Where there is no spread a rise counts if every stratum that
    differs lies wholly to its side, as the exact test has it; strata wholly to opposite sides, which it might still
    count, are taken as not shown.
    """
    n1, n2 = counts1.sum(axis=-1), counts2.sum(axis=-1)
    statistic = grade_statistic(counts1, counts2, n2, weights, groups1, groups2)
    rise = statistic.theta - 0.5
    shown = rise > t_quantiles(confidence, statistic.df) * np.sqrt(statistic.variance) - margin
    # Without spread there is no interval, and so nothing that a margin could be held against.
    flat = statistic.variance == 0
    if flat.any():
        shown = shown & ~flat | flat & (_apart_p(counts1, counts2, n1, n2) < (1 - confidence) / 2)
    return np.asarray(shown)


def _apart_p(counts1: FloatArray, counts2: FloatArray, n1: FloatArray, n2: FloatArray) -> FloatArray:
    """Give the exact p of strata that lie wholly above, 1 where a stratum lies wholly below."""
    below = np.cumsum(counts1, axis=-1) - counts1 / 2
    theta = (counts2 * below).sum(axis=-1) / (n1 * n2)
    log = scipy.special.gammaln
    logs = log(n1 + 1) + log(n2 + 1) - log(n1 + n2 + 1)
    p: FloatArray = np.exp(np.where(theta == 1, logs, 0.0).sum(axis=-1))
    return np.where((theta < 0.5).any(axis=-1), 1.0, p)
