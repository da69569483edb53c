"""The tests of `compare_shares` and `compare_grades` for thousands of pairs of rounds at once, every case answered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.special

from audit_toolkit.improvement.design import BoolArray, FloatArray, IntArray
from audit_toolkit.improvement.grades import grade_statistic
from audit_toolkit.improvement.intervals import mover_interval, normal_quantile, t_quantile
from audit_toolkit.improvement.variance import Groups


def count_by_stratum(found: BoolArray, n: IntArray) -> FloatArray:
    """Count the cases found in each stratum, R x H, from cases in the order of the strata, R x n."""
    starts = np.concatenate([[0], np.cumsum(n)[:-1]])
    return np.add.reduceat(found, starts, axis=1, dtype=np.int32).astype(float)


def grades_by_stratum(draws: npt.NDArray[np.float32], shares: FloatArray, n: IntArray) -> FloatArray:
    """Count the cases of each stratum at each grade, R x H x K, from uniform draws (R x n) and the grades' shares."""
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
    share1, size1 = _effective(good1, first, weights, groups1)
    share2, size2 = _effective(good2, second, weights, groups2)
    return mover_interval(share1, size1, share2, size2, normal_quantile(confidence))


def _effective(good: FloatArray, n: IntArray, weights: FloatArray, groups: Groups) -> tuple[FloatArray, FloatArray]:
    w = weights / weights.sum()
    share = good @ (w / n)
    cap = 1 / float((w**2 / n).sum())
    if len(n) == 1:
        return share, np.full(len(good), cap)
    total = (w / n) * (good - n * share[:, None])
    square = (w / n) ** 2 * (good * (1 - 2 * share[:, None]) + n * share[:, None] ** 2)
    member = (groups.of[:, None] == np.arange(groups.count)).astype(float)
    sizes = n @ member
    spread = square @ member - (total @ member) ** 2 / sizes
    variance = (sizes / np.maximum(sizes - 1, 1) * np.maximum(spread, 0)).sum(axis=1)
    flat = variance <= 1e-14 * square.sum(axis=1)
    size = np.minimum(share * (1 - share) / np.where(flat, 1.0, variance), cap)
    return share, np.where(flat, cap, size)


def grades_shown(
    counts1: FloatArray, counts2: FloatArray, weights: FloatArray, groups1: Groups, groups2: Groups, confidence: float
) -> BoolArray:
    """Say for many pairs of rounds at once (R x H x K) whether `compare_grades` would find an improvement.

    Where there is no spread a rise counts if every stratum that differs lies wholly to its side, as the exact test
    has it; strata wholly to opposite sides, which it might still count, are taken as not shown.
    """
    n1, n2 = counts1.sum(axis=-1), counts2.sum(axis=-1)
    statistic = grade_statistic(counts1, counts2, n2, weights, groups1, groups2)
    df = int(n1[0].sum() + n2[0].sum()) - groups1.count - groups2.count
    rise = statistic.theta - 0.5
    shown = rise > t_quantile(confidence, df) * np.sqrt(statistic.variance)
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
