"""Did grades change: how often a later case is graded higher than an earlier one, by stratum, without scores."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.changes.crews import placements_of, t_by_crews
from audit_toolkit.improvement.changes.finding import (
    UNDEFINED,
    UNTESTED,
    Change,
    Finding,
    Options,
    check_options,
    group_notes,
    make_change,
    t_finding,
)
from audit_toolkit.improvement.changes.flat import flat_finding
from audit_toolkit.improvement.changes.grade_statistic import GradeStatistic, grade_statistic
from audit_toolkit.improvement.changes.overlap import Pair, covariance, pair_rounds, paired_share
from audit_toolkit.improvement.estimates.design import (
    Convert,
    FloatArray,
    as_numbers,
    as_ratings,
)
from audit_toolkit.improvement.estimates.grades import count_grades, distribution
from audit_toolkit.improvement.estimates.quantities import GRADES
from audit_toolkit.improvement.estimates.variance import Collapse, Groups, variance_groups


def compare_grades(
    earlier: Any,
    later: Any,
    *,
    ratings: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    margin: float | None = None,
    higher_is_better: bool = True,
    collapse: Collapse | None = None,
    auditors: Any = None,
) -> Change:
    """Say whether grades have changed, using their order alone, like for like, and how sure that is.

    Parameters
    ----------
    earlier, later : (grades, strata, population) or a scored round, as `compare_shares`. Grades are labels of `ratings`
        (best first), or numbers, larger better, where `ratings` is not given.
    confidence : float in (0, 1). margin : how much worse still counts as no worse, in units of theta: 0.05 is 45 of 100
        pairs. higher_is_better : False for numbers of which fewer is better.
    collapse : mapping stratum -> neighbour, as `estimate_share`. auditors : as `compare_shares`.

    Returns
    -------
    Change. `earlier` is 0.5, the point of no change, `later` and `theta` how often a later case is graded higher than
    an earlier one of its stratum, ties split; `change` and `ci` are theta - 0.5.

    Raises
    ------
    DesignError, ChangeError as `compare_shares`; ChangeError where a grade is not one of `ratings`.

    Source: Brunner & Munzel (2000); DeLong et al. (1988); see `grade_statistic`. Cases in both rounds: the covariance
    of their placements, Munzel (1999), Biometrical Journal 41:955-966. A t interval, its degrees of freedom by Welch
    (1947), no finite population correction; without any spread the exact stratified permutation test.
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
        if auditors is not None:
            finding = t_by_crews(pair, placements_of(pair), theta - 0.5, finding, auditors, confidence)
    options = Options(confidence, margin, higher_is_better)
    return make_change(pair, GRADES, (0.5, theta), overall, finding, group_notes(*groups), options)


def grade_reader(ratings: Sequence[Hashable] | None, higher_is_better: bool) -> Convert:
    """Give the reader of grades: numbers, or the labels of `ratings`, best first."""
    if ratings is None:
        return as_numbers
    if not higher_is_better:
        raise ChangeError(Problem("ratings run best first", "higher_is_better", "Leave higher_is_better out."))
    return as_ratings(ratings)


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
        return theta, flat_finding(pair, counts1, counts2, pair.exact_weights)
    most = int(counts1.sum() + counts2.sum()) - groups1.count - groups2.count
    df = math.floor(float(statistic.df) * (1 - paired_share(pair, most)) + 1e-9)
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
    then, now = (distribution(each, levels) for each in (pair.whole_earlier, pair.whole_later))
    return float((now * (np.cumsum(then) - then / 2)).sum() - 0.5)
