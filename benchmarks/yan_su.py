"""The peers, without finite correction: Yan and Su's stratified Newcombe interval, MOVER on capped effective sizes."""

from __future__ import annotations

import numpy as np

from audit_toolkit.improvement.changes.share_test import ShareRounds
from audit_toolkit.improvement.estimates.design import BoolArray, FloatArray
from audit_toolkit.improvement.estimates.intervals import mover_interval, normal_quantile, wilson


def yan_su_shown(rounds: ShareRounds, confidence: float = 0.95) -> tuple[BoolArray, BoolArray]:
    """Say whether a rise and whether a fall is shown.

    Each round's limits are sum w (Wilson's limits by stratum) at z sqrt(sum w^2 v) / sum w sqrt(v), v = p (1 - p) / n
    (at n alone where no stratum varies); lower = d - z sqrt(sum w^2/n2 l2 (1 - l2) + sum w^2/n1 u1 (1 - u1)).
    Source: Yan & Su (2010), Statistics in Biopharmaceutical Research 2:329-335.
    """
    z, w = normal_quantile(confidence), rounds.weights
    low1, high1 = _stratified_wilson(rounds.good1, rounds.n1, w, z)
    low2, high2 = _stratified_wilson(rounds.good2, rounds.n2, w, z)
    part1, part2 = float((w**2 / rounds.n1).sum()), float((w**2 / rounds.n2).sum())
    down = z * np.sqrt(part2 * low2 * (1 - low2) + part1 * high1 * (1 - high1))
    up = z * np.sqrt(part2 * high2 * (1 - high2) + part1 * low1 * (1 - low1))
    return np.asarray(rounds.change - down > 0), np.asarray(rounds.change + up < 0)


def _stratified_wilson(good: FloatArray, n: FloatArray, w: FloatArray, z: float) -> tuple[FloatArray, FloatArray]:
    share = good / n
    spread = np.sqrt(share * (1 - share) / n)
    spread = np.where((spread.sum(axis=1) > 0)[:, None], spread, 1 / np.sqrt(n))
    by_stratum = z * np.sqrt(((w * spread) ** 2).sum(axis=1)) / (w * spread).sum(axis=1)
    low, high = wilson(share, np.broadcast_to(n, share.shape), by_stratum[:, None])
    return low @ w, high @ w


def mover_shown(rounds: ShareRounds, confidence: float = 0.95) -> tuple[BoolArray, BoolArray]:
    """Say the same by MOVER on Wilson limits with p (1 - p) / V cases, at most 1 / sum w^2 / n: used before."""
    z = normal_quantile(confidence)
    shares, sizes = [], []
    for good, n in ((rounds.good1, rounds.n1), (rounds.good2, rounds.n2)):
        each = good / n
        share = each @ rounds.weights
        variance = (rounds.weights**2 * each * (1 - each) / np.maximum(n - 1, 1)).sum(axis=1)
        cap = 1 / float((rounds.weights**2 / n).sum())
        none = (variance <= 0) | (len(n) == 1)
        sizes.append(np.where(none, cap, np.minimum(share * (1 - share) / np.where(none, 1.0, variance), cap)))
        shares.append(share)
    low, high = mover_interval(shares[0], sizes[0], shares[1], sizes[1], z)
    return np.asarray(low > 0), np.asarray(high < 0)
