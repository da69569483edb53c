"""The likeliest shares by stratum and round whose weighted change is a given size."""

from __future__ import annotations

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray

# Steps of the root search; twelve reach rounding from the first guess in every case tried.
STEPS = 12
CLOSE = 1e-10


def constrained_shares(
    good: tuple[FloatArray, FloatArray],
    cases: tuple[FloatArray, FloatArray],
    guess: tuple[FloatArray, FloatArray],
    weights: FloatArray,
    delta: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Give the shares (earlier, later; R x H) that maximise the binomial likelihood with sum w (p2 - p1) = delta.

    `good` and `cases` need not be whole. `guess` are shares near the answer, from which the search starts. With a
    multiplier m each share solves good - cases p = +-m w p (1 - p), a quadratic; m is found by the Illinois rule.
    Source: Aitchison & Silvey (1958), Annals of Mathematical Statistics 29:813-828; Dahlquist & Bjoerck (1974), 6.4.
    """
    h = len(weights)
    some, size = np.concatenate(good, axis=-1), np.concatenate(cases)
    sides = np.concatenate([-weights, weights])

    def at(multiplier: FloatArray) -> tuple[FloatArray, FloatArray]:
        share = _shares(some, size, multiplier[:, None] * sides)
        return share, share @ sides - delta

    near = np.concatenate(guess, axis=-1)
    slope = (near * (1 - near) / size) @ sides**2
    one = np.zeros(len(some))
    _, miss_one = at(one)
    other = np.where(slope > 0, miss_one / np.where(slope > 0, slope, 1.0), 0.0)
    share, miss = at(other)
    for _ in range(STEPS):
        if (np.abs(miss) < CLOSE).all():
            break
        same = miss_one * miss > 0
        run = miss - miss_one
        secant = other - miss * (other - one) / np.where(run == 0, 1.0, run)
        following = np.where(same, 2 * other, secant)
        share, found = at(following)
        kept = ~same & (found * miss > 0)
        one, miss_one = np.where(kept, one, other), np.where(kept, miss_one / 2, miss)
        other, miss = following, found
    return share[:, :h], share[:, h:]


def _shares(good: FloatArray, cases: FloatArray, pull: FloatArray) -> FloatArray:
    """Solve good - cases p = pull p (1 - p) for p in 0..1, without loss of digits on either branch."""
    middle = cases + pull
    root = np.sqrt(np.maximum(middle**2 - 4 * pull * good, 0.0))
    below = 2 * good / np.maximum(middle + root, 1e-300)
    above = (middle - root) / np.where(middle > 0, 1.0, 2 * pull)
    share: FloatArray = np.clip(np.where(middle > 0, below, above), 0.0, 1.0)
    return share
