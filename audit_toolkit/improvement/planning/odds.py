"""Grades made better by the same odds at every grade, to ask how much better would be noticed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.special

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.design import FloatArray

# The largest log odds by which grades are moved: past it only the best grade is left.
FARTHEST = 50.0


def smoothed(earlier: Sequence[float] | Mapping[Any, float], n: int) -> FloatArray:
    """Read shares of grades, best first, and give them worst first with half a case added over all."""
    shares = np.array(list(earlier.values() if isinstance(earlier, Mapping) else earlier), dtype=float)[::-1]
    if len(shares) < 2 or not (shares >= 0).all() or abs(shares.sum() - 1) > 1e-6:
        mend = "Give the share of cases at each grade, best first, adding to 1."
        raise ChangeError(
            Problem(
                f"{', '.join(f'{each:g}' for each in shares[::-1])} are not the shares of two grades or more", "", mend
            )
        )
    return np.asarray((n * shares + 0.5 / len(shares)) / (n + 0.5))


def even_grades(share: float, count: int, good: int) -> list[float]:
    """Give the shares of `count` grades, best first: `share` spread evenly over the `good` ones, the rest over others.

    What is planned with where nobody knows the grades yet.
    """
    if not 0 <= share <= 1:
        raise ChangeError(Problem(f"the earlier share {share} is not between 0 and 1", "", "Use 0.5 for 50 %."))
    if not 1 <= good < count:
        what = f"{good} of {count} grades cannot be the good ones"
        raise ChangeError(Problem(what, "good", f"Use 1 to {count - 1}."))
    return [share / good] * good + [(1 - share) / (count - good)] * (count - good)


def shifted(shares: FloatArray, by: FloatArray) -> FloatArray:
    """Make every grade likelier to be passed by the same log odds: a row of shares (K) for each of `by`."""
    below = scipy.special.logit(np.cumsum(shares)[:-1])
    moved = scipy.special.expit(below - by[:, None])
    ends = np.zeros((len(by), 1)), np.ones((len(by), 1))
    return np.diff(np.concatenate([ends[0], moved, ends[1]], axis=1), axis=1)


def theta_of(earlier: FloatArray, later: FloatArray) -> FloatArray:
    """Give how often a case of each row of `later` is graded higher than one of `earlier`, ties split."""
    return np.asarray(later @ (np.cumsum(earlier) - earlier / 2))


def better_by(start: FloatArray, sizes: FloatArray) -> FloatArray:
    """Give the later shares (a row each) at which theta is 0.5 + size."""
    low, high = np.zeros(len(sizes)), np.full(len(sizes), FARTHEST)
    for _ in range(50):
        middle = (low + high) / 2
        short = theta_of(start, shifted(start, middle)) < 0.5 + sizes
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return shifted(start, high)


def largest_theta(start: FloatArray) -> float:
    """Give theta when every later case has the best grade."""
    return float(theta_of(start, shifted(start, np.array([FARTHEST])))[0])


def raised(shares: FloatArray, good: int, to: float) -> FloatArray:
    """Make all grades better by the odds that bring the best `good` of them to the share `to`; grades worst first."""
    rest = float(shares[:-good].sum())
    by = scipy.special.logit(rest) - scipy.special.logit(1 - to)
    return np.asarray(shifted(shares, np.array([min(float(by), FARTHEST)]))[0])
