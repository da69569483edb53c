"""The test of a change in a stratified share: a score test under the null that the weighted totals are equal.

For thousands of pairs of rounds at once (R) or for one. Strata may move in opposite directions under the null: only
the weighted sum of their changes is held at `delta`. Each round's share in each stratum is estimated under that
constraint, leaning a little on what the stratum was in both rounds together; the variance and the skewness of the
change come from these estimates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from audit_toolkit.improvement.changes.constrained import constrained_shares
from audit_toolkit.improvement.estimates.design import FloatArray, IntArray

# How many cases each stratum of a round leans on both rounds together, and both together on all strata. Chosen by
# simulation (python -m benchmarks shares): less gives false alarms in thin strata, more in strata that move apart.
LEAN_ON_STRATUM = 2.0
LEAN_ON_ALL = 1.0
# The part of a step between neighbouring changes that is taken off, where every stratum has the same step.
STEP_TAKEN_OFF = 0.2
# A typical p (1 - p), to say how blurred the steps of unlike strata are.
TYPICAL_SPREAD = 0.16
# What re-audited cases leave of the variance, at least.
LEAST_LEFT = 0.02


@dataclass(frozen=True, slots=True)
class SharedCases:
    """Cases answered in both rounds by stratum: how many (H); good in both, in the earlier, in the later (R x H)."""

    count: FloatArray
    both: FloatArray
    first: FloatArray
    second: FloatArray


@dataclass(frozen=True, slots=True)
class ShareRounds:
    """Pairs of rounds: good cases by stratum (R x H), answers of each round (H), weights that add to 1 (H).

    `group` (H) numbers strata that are taken together where one case stands alone. `extra` is variance that comes on
    top: of the weights, where it is chance how many cases a question applies to.
    """

    good1: FloatArray
    n1: FloatArray
    good2: FloatArray
    n2: FloatArray
    weights: FloatArray
    group: IntArray
    extra: float = 0.0
    shared: SharedCases | None = None

    @property
    def change(self) -> FloatArray:
        """Later minus earlier (R)."""
        change: FloatArray = (self.good2 / self.n2 - self.good1 / self.n1) @ self.weights
        return change

    def take(self, places: IntArray) -> ShareRounds:
        """Give the pairs of rounds at these places, which may repeat."""
        shared = self.shared
        if shared is not None:
            shared = SharedCases(shared.count, shared.both[places], shared.first[places], shared.second[places])
        return replace(self, good1=self.good1[places], good2=self.good2[places], shared=shared)


def share_z(rounds: ShareRounds, delta: FloatArray, *, stepped: bool) -> tuple[FloatArray, FloatArray]:
    """Give the normal deviates of a true change of `delta` (R): for a rise beyond it, and for a fall beyond it.

    Both are positive where the change seen lies above `delta`; they differ by the step taken off where `stepped`.
    """
    variance, third = _moments(rounds, delta)
    above = rounds.change - delta
    # What is rounding is no change: equal counts give exactly nothing to tell.
    above = np.where(np.abs(above) < 1e-12, 0.0, above)
    some = variance > 0
    error = np.sqrt(np.where(some, variance, 1.0))
    skewness = np.where(some, third / error**3, 0.0)
    step = step_taken_off(rounds) if stepped else 0.0
    rise = np.where(some, without_skewness((above - step) / error, skewness), np.copysign(np.inf, above))
    fall = np.where(some, without_skewness((above + step) / error, skewness), np.copysign(np.inf, above))
    return np.where(~some & (above == 0), 0.0, rise), np.where(~some & (above == 0), 0.0, fall)


def _moments(rounds: ShareRounds, delta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the variance and the third cumulant of the change (R) were the true one `delta`."""
    n1, n2, w = rounds.n1, rounds.n2, rounds.weights
    prior1, prior2 = _leaned_on(rounds, delta)
    k = LEAN_ON_STRATUM
    share1, share2 = constrained_shares(
        (rounds.good1 + k * prior1, rounds.good2 + k * prior2), (n1 + k, n2 + k), (prior1, prior2), w, delta
    )
    factor1, factor2 = _unbiased(n1, n2), _unbiased(n2, n1)
    spread1, spread2 = factor1 * share1 * (1 - share1), factor2 * share2 * (1 - share2)
    variance = (w**2 * (spread1 / n1 + spread2 / n2)).sum(axis=-1)
    third = (w**3 * (spread2 * (1 - 2 * share2) / n2**2 - spread1 * (1 - 2 * share1) / n1**2)).sum(axis=-1)
    if rounds.shared is not None:
        both = rounds.shared
        together = both.both - share2 * both.first - share1 * both.second + both.count * share1 * share2
        left = variance - 2 * (w**2 / (n1 * n2) * np.sqrt(factor1 * factor2) * together).sum(axis=-1)
        variance = np.maximum(left, LEAST_LEFT * variance)
    return variance + rounds.extra, third


def _leaned_on(rounds: ShareRounds, delta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the share of each stratum in both rounds together (R x H), moved apart by `delta`: earlier and later."""
    n1, n2 = rounds.n1, rounds.n2
    member = (rounds.group[:, None] == np.unique(rounds.group)).astype(float)
    cases = member @ (member.T @ (n1 + n2))
    pooled = (rounds.good1 + rounds.good2) @ member @ member.T / cases
    everywhere = ((rounds.good1 + rounds.good2) / (n1 + n2)) @ rounds.weights
    pooled = (cases * pooled + LEAN_ON_ALL * everywhere[:, None]) / (cases + LEAN_ON_ALL)
    apart = delta[:, None]
    first = np.clip(pooled - apart * n2 / (n1 + n2), np.maximum(0.0, -apart), np.minimum(1.0, 1.0 - apart))
    return first, np.clip(first + apart, 0.0, 1.0)


def _unbiased(own: FloatArray, other: FloatArray) -> FloatArray:
    """Give what makes p (1 - p) of a leaning share unbiased where all strata are alike; n / (n - 1) if it leans not."""
    k = LEAN_ON_STRATUM
    leans = k / (own + other + LEAN_ON_ALL)
    factor: FloatArray = 1 / (1 - (own * (1 + leans) ** 2 + other * leans**2) / (own + k) ** 2)
    return factor


def step_taken_off(rounds: ShareRounds) -> float:
    """Give how far a change must go past a limit before it counts: part of a step, where changes come in steps.

    With proportional allocation nearly every case moves the change by the same step, and a smooth test then passes its
    level at some shares. How much the steps of the strata blur is the size of the characteristic function of their
    differences at one turn a step.
    """
    steps = np.concatenate([rounds.weights / rounds.n1, rounds.weights / rounds.n2])
    cases = np.concatenate([rounds.n1, rounds.n2])
    step = float((cases * steps).sum() / cases.sum())
    blur = float(TYPICAL_SPREAD * (cases * (steps - step) ** 2).sum()) / step**2
    return STEP_TAKEN_OFF * step * float(np.exp(-2 * np.pi**2 * blur))


def without_skewness(deviate: FloatArray, skewness: FloatArray) -> FloatArray:
    """Give the normal deviate z of which a deviate is z + skewness (z^2 - 1) / 6, on the branch through its middle.

    Past the turn of that curve the deviate stays at the turn. Source: Cornish & Fisher (1938), first term.
    """
    a = skewness / 6
    small = np.abs(a) < 1e-9
    safe = np.where(small, 1.0, a)
    inside = 1 + 4 * a * (a + deviate)
    # 2 (T + a) / (1 + root) is (root - 1) / 2a without loss of digits.
    bent = 2 * (deviate + a) / (1 + np.sqrt(np.maximum(inside, 0.0)))
    z: FloatArray = np.where(small, deviate, np.where(inside <= 0, -1 / (2 * safe), bent))
    return z
