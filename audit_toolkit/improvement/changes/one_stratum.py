"""One stratum counted out: how often a pair of rounds gives such a deviate or a larger one, at the worst share."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.special

from audit_toolkit.improvement.changes.share_test import ShareRounds, share_z
from audit_toolkit.improvement.estimates.design import FloatArray

# Pairs of counts past which nothing is counted out: the normal approximation is as good by then.
MOST_PAIRS = 100_000
# Shares at which the chances are added up, closer together towards 0 and 1.
SHARES = np.sin(np.pi / 2 * (np.arange(200) + 0.5) / 200) ** 2
# Deviates closer than this are one deviate.
TIE = 1e-9


@lru_cache(maxsize=64)
def counted_out(n1: int, n2: int) -> tuple[FloatArray, FloatArray]:
    """Give for every pair of counts ((n1 + 1) x (n2 + 1)) its deviate for a rise and that deviate's exact p.

    The p is the largest chance, over every share both rounds may have, of a deviate as large.
    Source: Suissa & Shuster (1985), Journal of the Royal Statistical Society A 148:317-327, on another deviate.
    """
    first, second = np.meshgrid(np.arange(n1 + 1.0), np.arange(n2 + 1.0), indexing="ij")
    rounds = one_stratum(first.reshape(-1, 1), second.reshape(-1, 1), n1, n2)
    deviate = share_z(rounds, np.zeros(first.size), stepped=False)[0]
    order = np.argsort(-deviate, kind="stable")
    falling = -deviate[order]
    last = np.searchsorted(falling, falling + TIE, side="right") - 1
    worst = np.zeros(first.size)
    for share in SHARES.tolist():
        chances = np.outer(_binomial(n1, share), _binomial(n2, share)).reshape(-1)[order]
        worst = np.maximum(worst, np.cumsum(chances)[last])
    p = np.empty(first.size)
    p[order] = np.minimum(worst, 1.0)
    return deviate.reshape(first.shape), p.reshape(first.shape)


def one_stratum(good1: FloatArray, good2: FloatArray, n1: int, n2: int) -> ShareRounds:
    """Give pairs of rounds in one stratum (R x 1)."""
    sizes = np.array([float(n1)]), np.array([float(n2)])
    return ShareRounds(good1, sizes[0], good2, sizes[1], np.ones(1), np.zeros(1, dtype=np.int64))


def critical_deviate(n1: int, n2: int, tail: float) -> float:
    """Give the smallest deviate whose exact p is below `tail`; infinite where no pair of counts has one."""
    deviate, p = counted_out(n1, n2)
    below = deviate[p < tail]
    return float(below.min()) - TIE if below.size else float("inf")


def _binomial(n: int, share: float) -> FloatArray:
    log = scipy.special.gammaln
    count = np.arange(n + 1.0)
    ways = log(n + 1) - log(count + 1) - log(n - count + 1)
    chances: FloatArray = np.exp(ways + count * np.log(share) + (n - count) * np.log1p(-share))
    return chances
