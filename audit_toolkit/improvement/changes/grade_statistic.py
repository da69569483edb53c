"""How often a later case is graded higher than an earlier one, and how sure that is: for many rounds at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.variance import Groups

# Squares about a mean below this share of the squares themselves are rounding: placements are whole halves of n.
NO_SPREAD = 1e-12


@dataclass(frozen=True, slots=True)
class GradeStatistic:
    """Theta, its variance and degrees of freedom (whole numbers), for one pair of rounds or an array of replicates.

    `placements1`, `placements2` (... x H x K): for a case at grade k, how often the other round's case falls on the
    better side of the comparison, ties split. `shares` (... x H): the weight W_h of each stratum.
    """

    theta: FloatArray
    variance: FloatArray
    df: FloatArray
    shares: FloatArray
    placements1: FloatArray
    placements2: FloatArray


def grade_statistic(
    earlier: FloatArray, later: FloatArray, drawn: FloatArray, weights: FloatArray, groups1: Groups, groups2: Groups
) -> GradeStatistic:
    """Give theta, its variance and degrees of freedom from counts of answers, ... x H x K, grades worst first.

    theta = sum W_h theta_h, theta_h = P(later > earlier) + P(equal) / 2; W_h in proportion to N_h (`weights`, H) times
    the share answered of the `drawn` (H) later cases. V = max(separate, pooled, chance): the placement variances of
    each stratum, their degrees-of-freedom-weighted pool over strata, or the variance were both rounds alike, without
    which a small round that happens to show no spread would pass for certain. V = 0 where the first two are.
    The degrees of freedom are those of the largest: Welch's (1947) for the first two, where much of the variance may
    rest on few cases, n1 + n2 - 2H for the third and at most. Every stratum has an answer in both rounds.

    Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837-845, and Brunner & Munzel (2000), Biometrical
    Journal 42:17-25, for theta_h and its placements; Cochran (1977), ch. 5, for the strata.
    """
    n1, n2 = np.einsum("...k->...", earlier), np.einsum("...k->...", later)
    applying = weights * n2 / drawn
    shares = applying / applying.sum(axis=-1, keepdims=True)
    below = (np.cumsum(earlier, axis=-1) - earlier / 2) / n1[..., None]
    above = 1 - (np.cumsum(later, axis=-1) - later / 2) / n2[..., None]
    theta_h = np.einsum("...k,...k->...", later, below) / n2
    theta = 0.5 + (shares * (theta_h - 0.5)).sum(axis=-1)
    centre = theta[..., None, None]
    separate = _separate(earlier, above - centre, shares / n1, n1, n1, groups1)
    separate = separate.plus(_separate(later, below - centre, shares / n2, drawn, n2, groups2))
    pooled = _pooled(earlier, above, n1, groups1, (shares**2 / n1).sum(axis=-1))
    pooled = pooled.plus(_pooled(later, below, n2, groups2, (shares**2 / n2).sum(axis=-1)))
    chance = (shares**2 * chance_variance(earlier, later)).sum(axis=-1)
    found = np.maximum(separate.variance, pooled.variance)
    most = (n1 + n2).sum(axis=-1) - groups1.count - groups2.count
    # Strata alike in size make the two the same but for rounding: then the strata's own counts.
    own = separate.variance * (1 + NO_SPREAD) >= pooled.variance
    welch = np.where(own, separate.degrees(most), pooled.degrees(most))
    return GradeStatistic(
        theta=theta,
        variance=np.where(found > 0, np.maximum(found, chance), 0.0),
        df=np.where(chance >= found, most, welch),
        shares=shares,
        placements1=above,
        placements2=below,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """A variance that is a sum of independent estimates: their sum, and that of each squared over its df + 2."""

    variance: FloatArray
    uncertain: FloatArray

    def plus(self, other: _Parts) -> _Parts:
        return _Parts(self.variance + other.variance, self.uncertain + other.uncertain)

    def degrees(self, most: FloatArray) -> FloatArray:
        """Give the degrees of freedom of the sum, 1 to `most`. Source: Welch (1947), Biometrika 34:28-35."""
        some = self.uncertain > 0
        found = np.where(some, self.variance**2, 0.0) / np.where(some, self.uncertain, 1.0) - 2
        # A hair above, so that what is a whole number but for rounding stays one.
        return np.minimum(np.maximum(np.floor(found + 1e-9), 1.0), most)


def chance_variance(earlier: FloatArray, later: FloatArray) -> FloatArray:
    """Give the variance of each stratum's theta where both rounds are alike: over all ways to deal the grades out.

    Source: the permutation variance of the Wilcoxon statistic with ties, Lehmann (1975), Nonparametrics, ch. 1.
    """
    n1, n2 = earlier.sum(axis=-1), later.sum(axis=-1)
    both, total = earlier + later, n1 + n2
    ties = (both**3 - both).sum(axis=-1)
    result: FloatArray = ((total + 1) / 12 - ties / (12 * total * (total - 1))) / (n1 * n2)
    return np.maximum(result, 0.0)


def _together(parts: FloatArray, groups: Groups) -> FloatArray:
    """Add up strata (last axis) that are one group for the variance."""
    if groups.count == parts.shape[-1]:
        return parts
    member = groups.of[:, None] == np.arange(groups.count)
    joined: FloatArray = parts @ member.astype(float)
    return joined


def _powers(counts: FloatArray, placements: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the sums of the placements of each stratum and of their squares."""
    placed = counts * placements
    first: FloatArray = np.einsum("...k->...", placed)
    second: FloatArray = np.einsum("...k,...k->...", placed, placements)
    return first, second


def _separate(
    counts: FloatArray, placements: FloatArray, weight: FloatArray, drawn: FloatArray, n: FloatArray, groups: Groups
) -> _Parts:
    """sum over groups n / (n - 1) sum (z - mean z)^2, z = weight x placement; cases without an answer have z = 0."""
    first, second = _powers(counts, placements)
    total, square = _together(first * weight, groups), _together(second * weight**2, groups)
    sizes = _together(np.broadcast_to(drawn, weight.shape), groups)
    parts = sizes / np.maximum(sizes - 1, 1) * _about_mean(square, total, sizes)
    free = np.maximum(_together(n, groups) - 1, 0)
    return _Parts(parts.sum(axis=-1), (parts**2 / (free + 2)).sum(axis=-1))


def _pooled(counts: FloatArray, placements: FloatArray, n: FloatArray, groups: Groups, weight: FloatArray) -> _Parts:
    """Pool the placement variances of the groups, weighted by their degrees of freedom, and multiply by `weight`."""
    first, second = _powers(counts, placements)
    total, square = _together(first, groups), _together(second, groups)
    sizes = _together(n, groups)
    free = np.maximum((sizes - 1).sum(axis=-1), 1)
    variance = _about_mean(square, total, sizes).sum(axis=-1) / free * weight
    return _Parts(variance, variance**2 / (free + 2))


def _about_mean(square: FloatArray, total: FloatArray, sizes: FloatArray) -> FloatArray:
    spread = square - total**2 / sizes
    return np.where(spread <= NO_SPREAD * square, 0.0, spread)
