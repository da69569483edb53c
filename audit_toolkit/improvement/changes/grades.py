"""Did grades change: how often a later case is graded higher than an earlier one, by stratum, without scores."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.changes.finding import (
    UNDEFINED,
    UNTESTED,
    Change,
    Finding,
    Options,
    check_options,
    make_change,
    permutation_finding,
    t_finding,
)
from audit_toolkit.improvement.changes.overlap import Pair, covariance, pair_rounds, paired_degrees
from audit_toolkit.improvement.estimates.design import (
    Convert,
    FloatArray,
    IntArray,
    Sample,
    as_numbers,
    as_ratings,
    read_sample,
    whole,
)
from audit_toolkit.improvement.estimates.quantities import GRADES
from audit_toolkit.improvement.estimates.variance import Collapse, Groups, thin_note, variance_groups

# Squares about a mean below this share of the squares themselves are rounding: placements are whole halves of n.
NO_SPREAD = 1e-12


@dataclass(frozen=True, slots=True)
class GradeStatistic:
    """Theta and its variance, for one pair of rounds or an array of replicates of them.

    `placements1`, `placements2` (... x H x K): for a case at grade k, how often the other round's case falls on the
    better side of the comparison, ties split. `shares` (... x H): the weight W_h of each stratum.
    """

    theta: FloatArray
    variance: FloatArray
    shares: FloatArray
    placements1: FloatArray
    placements2: FloatArray


def grade_statistic(
    earlier: FloatArray, later: FloatArray, drawn: FloatArray, weights: FloatArray, groups1: Groups, groups2: Groups
) -> GradeStatistic:
    """Give theta and its variance from counts of answers, ... x H x K, grades worst first.

    theta = sum W_h theta_h, theta_h = P(later > earlier) + P(equal) / 2; W_h in proportion to N_h (`weights`, H) times
    the share answered of the `drawn` (H) later cases. V = max(separate, pooled, chance): the placement variances of
    each stratum, their degrees-of-freedom-weighted pool over strata, or the variance were both rounds alike, without
    which a small round that happens to show no spread would pass for certain. V = 0 where the first two are.
    Every stratum has an answer in both rounds.

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
    separate = _separate(earlier, above - centre, shares / n1, n1, groups1)
    separate = separate + _separate(later, below - centre, shares / n2, drawn, groups2)
    pooled = _pooled(earlier, above, n1, groups1) * (shares**2 / n1).sum(axis=-1)
    pooled = pooled + _pooled(later, below, n2, groups2) * (shares**2 / n2).sum(axis=-1)
    found = np.maximum(separate, pooled)
    chance = (shares**2 * _chance_variance(earlier, later)).sum(axis=-1)
    return GradeStatistic(theta, np.where(found > 0, np.maximum(found, chance), 0.0), shares, above, below)


def _chance_variance(earlier: FloatArray, later: FloatArray) -> FloatArray:
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
    counts: FloatArray, placements: FloatArray, weight: FloatArray, drawn: FloatArray, groups: Groups
) -> FloatArray:
    """sum over groups n / (n - 1) sum (z - mean z)^2, z = weight x placement; cases without an answer have z = 0."""
    first, second = _powers(counts, placements)
    total, square = _together(first * weight, groups), _together(second * weight**2, groups)
    sizes = _together(np.broadcast_to(drawn, weight.shape), groups)
    spread = square - total**2 / sizes
    spread = np.where(spread <= NO_SPREAD * square, 0.0, spread)
    result: FloatArray = (sizes / np.maximum(sizes - 1, 1) * spread).sum(axis=-1)
    return result


def _pooled(counts: FloatArray, placements: FloatArray, n: FloatArray, groups: Groups) -> FloatArray:
    """Pool the placement variances of the groups, weighted by their degrees of freedom."""
    first, second = _powers(counts, placements)
    total, square = _together(first, groups), _together(second, groups)
    sizes = _together(n, groups)
    spread = square - total**2 / sizes
    spread = np.where(spread <= NO_SPREAD * square, 0.0, spread)
    free = np.maximum((sizes - 1).sum(axis=-1), 1)
    result: FloatArray = spread.sum(axis=-1) / free
    return result


def compare_grades(
    earlier: Any,
    later: Any,
    *,
    ratings: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    margin: float | None = None,
    higher_is_better: bool = True,
    collapse: Collapse | None = None,
) -> Change:
    """Say whether grades have changed, using their order alone, like for like, and how sure that is.

    Parameters
    ----------
    earlier, later : (grades, strata, population) or a scored round, as `compare_shares`. Grades are labels of `ratings`
        (best first), or numbers, larger better, where `ratings` is not given.
    confidence : float in (0, 1). margin : how much worse still counts as no worse, in units of theta: 0.05 is 45 of 100
        pairs. higher_is_better : False for numbers of which fewer is better.
    collapse : mapping stratum -> neighbour, as `estimate_share`.

    Returns
    -------
    Change. `earlier` is 0.5, the point of no change, `later` and `theta` how often a later case is graded higher than
    an earlier one of its stratum, ties split; `change` and `ci` are theta - 0.5.

    Raises
    ------
    DesignError, ChangeError as `compare_shares`; ChangeError where a grade is not one of `ratings`.

    Source: Brunner & Munzel (2000); DeLong et al. (1988); see `grade_statistic`. Cases in both rounds: the covariance
    of their placements, Munzel (1999), Biometrical Journal 41:955-966. A t interval with n1 + n2 - 2H degrees of
    freedom, no finite population correction; without any spread the exact stratified permutation test.
    Checked against: R pROC (DeLong) in tests/improvement/test_grades.py, false alarms by simulation there.
    """
    check_options(confidence, margin, limit=0.5)
    pair = pair_rounds(earlier, later, grade_reader(ratings, higher_is_better), collapse)
    groups = [variance_groups(sample.labels, sample.cases, None, collapse) for sample in (pair.earlier, pair.later)]
    theta, overall, finding = UNDEFINED, UNDEFINED, UNTESTED
    if pair.earlier.labels:
        levels = np.unique(np.concatenate([pair.whole_earlier.values, pair.whole_later.values]))
        levels = levels[~np.isnan(levels)]
        overall = _overall(pair, levels)
        theta, finding = _finding(pair, levels, groups[0], groups[1], confidence)
    options = Options(confidence, margin, higher_is_better)
    return make_change(pair, GRADES, (0.5, theta), overall, finding, _group_notes(groups), options)


def grade_reader(ratings: Sequence[Hashable] | None, higher_is_better: bool) -> Convert:
    """Give the reader of grades: labels best first, or numbers where no labels are given."""
    if ratings is None:
        return as_numbers
    if not higher_is_better:
        raise ChangeError(Problem("ratings run best first", "higher_is_better", "Leave higher_is_better out."))
    return as_ratings(ratings)


def _group_notes(groups: Sequence[Groups]) -> list[str]:
    notes: list[str] = []
    for each, name in zip(groups, ("Earlier round", "Later round"), strict=True):
        notes.extend(f"{name}: {note}" for note in each.notes)
        if each.thin:
            notes.append(f"{name}: {thin_note(each.thin)}")
    return notes


def count_grades(sample: Sample, levels: FloatArray) -> IntArray:
    """Count the answers of each stratum at each level, H x K."""
    answered = sample.answered
    grade = np.searchsorted(levels, sample.values[answered])
    cells = sample.code[answered] * len(levels) + grade
    counts = np.bincount(cells, minlength=len(sample.labels) * len(levels))
    return np.asarray(counts.reshape(len(sample.labels), len(levels)), dtype=np.int64)


def _finding(
    pair: Pair, levels: FloatArray, groups1: Groups, groups2: Groups, confidence: float
) -> tuple[float, Finding]:
    counts1, counts2 = count_grades(pair.earlier, levels), count_grades(pair.later, levels)
    drawn = pair.later.cases.astype(float)
    statistic = grade_statistic(counts1.astype(float), counts2.astype(float), drawn, pair.weights, groups1, groups2)
    theta, variance = float(statistic.theta), float(statistic.variance)
    if groups1.thin or groups2.thin:
        return theta, UNTESTED
    if variance == 0:
        scale = (pair.weights * (pair.later.answers / pair.later.cases)).tolist()
        return theta, permutation_finding(counts1, counts2, scale)
    df = int(counts1.sum() + counts2.sum()) - groups1.count - groups2.count - paired_degrees(pair)
    return theta, t_finding(theta - 0.5, variance, _shared(pair, levels, statistic), df, confidence)


def _shared(pair: Pair, levels: FloatArray, statistic: GradeStatistic) -> float:
    """Give the covariance that cases in both rounds bring: of their placements, signed so that alike is positive."""
    if not len(pair.first):
        return 0.0
    parts = []
    for sample, placements, sign in (
        (pair.earlier, statistic.placements1, -1.0),
        (pair.later, statistic.placements2, 1.0),
    ):
        weight = statistic.shares / sample.answers
        grade = np.searchsorted(levels, np.where(sample.answered, sample.values, levels[0]))
        placed = weight[sample.code] * (placements[sample.code, grade] - statistic.theta)
        parts.append(np.where(sample.answered, sign * placed, 0.0))
    return covariance(pair, parts[0], parts[1])


def _overall(pair: Pair, levels: FloatArray) -> float:
    """Give theta - 0.5 of the two registers as they were, each round with its own weights."""
    then, now = (_distribution(each, levels) for each in (pair.whole_earlier, pair.whole_later))
    return float((now * (np.cumsum(then) - then / 2)).sum() - 0.5)


def _distribution(sample: Sample, levels: FloatArray) -> FloatArray:
    counts = count_grades(sample, levels)
    weighted: FloatArray = (counts * (sample.population / sample.cases)[:, None]).sum(axis=0)
    return np.asarray(weighted / weighted.sum())


def grade_distribution(
    values: Any, strata: Any, population: Any, *, ratings: Sequence[Hashable] | None = None
) -> dict[Hashable, float]:
    """Estimate the share of the register at each grade, best first, every one of `ratings` included.

    Parameters as `compare_grades`; strata none was drawn from are left out. Without answers every share is nan.
    """
    sample = read_sample(
        values, strata, population, as_numbers if ratings is None else as_ratings(ratings), complete=False
    )
    if ratings is None:
        levels = np.unique(sample.values[sample.answered])
        names: list[Hashable] = [whole(level) for level in levels.tolist()]
    else:
        levels = np.arange(len(ratings), dtype=float)
        names = list(reversed(ratings))
    if not sample.answered.any():
        return dict.fromkeys(reversed(names), math.nan)
    shares = _distribution(sample, levels).tolist()
    return dict(zip(reversed(names), reversed(shares), strict=True))
