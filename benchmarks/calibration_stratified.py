"""Peers that look at strata: design-based t as R survey has it, Mantel and Haenszel, Yan and Su, van Elteren.

Closed forms for thousands of rounds at once. The first is held to R itself and the second to statsmodels in each run;
van Elteren in one stratum to scipy's Mann-Whitney test.
"""

from __future__ import annotations

import numpy as np
import scipy.special
import scipy.stats
from statsmodels.stats.contingency_tables import StratifiedTable

from audit_toolkit.improvement.estimates.design import FloatArray, IntArray
from audit_toolkit.improvement.estimates.intervals import normal_quantile, t_quantile
from benchmarks.calibration_nulls import Scenario
from benchmarks.calibration_toolkit import CONFIDENCE, POINTS, Sides

SURVEY, SURVEY_FPC = "R survey, t", "R survey, t with fpc"
MANTEL, YAN_SU, VAN_ELTEREN, RANK = "Mantel-Haenszel", "Yan-Su", "van Elteren", "Mann-Whitney, pooled"
Z = normal_quantile(CONFIDENCE)


def survey_share(good: FloatArray, n: IntArray, population: FloatArray, fpc: bool) -> tuple[FloatArray, FloatArray]:
    """Give svymean's mean and standard error of a 0/1 variable in a stratified design."""
    return survey_mean(good, good, n, population, fpc)


def survey_mean(
    total: FloatArray, squares: FloatArray, n: IntArray, population: FloatArray, fpc: bool
) -> tuple[FloatArray, FloatArray]:
    """Give svymean's mean and standard error from each stratum's sum of values and of their squares, R x H."""
    w = population / population.sum()
    free = 1 - n / population if fpc else np.ones(len(n))
    spread = np.maximum(squares - total**2 / n, 0)
    return total @ (w / n), np.sqrt(spread @ (w**2 * free / n / (n - 1)))


def t_sides(
    earlier: tuple[FloatArray, FloatArray], later: tuple[FloatArray, FloatArray], df: int
) -> tuple[FloatArray, Sides]:
    """Give the change and where t finds better or worse; without a standard error any change counts."""
    change = later[0] - earlier[0]
    reach = t_quantile(CONFIDENCE, df) * np.hypot(earlier[1], later[1])
    return change, (change > reach + 1e-12, change < -reach - 1e-12)


def survey_sides(true: Scenario, good1: FloatArray, good2: FloatArray, fpc: bool) -> Sides:
    """Say where the difference of two svymeans, each with its own register's weights, is significant by t."""
    earlier = survey_share(good1, true.n1, true.population1, fpc)
    later = survey_share(good2, true.n2, true.population2, fpc)
    return t_sides(earlier, later, degrees(true))[1]


def survey_mean_sides(true: Scenario, counts1: FloatArray, counts2: FloatArray, fpc: bool) -> Sides:
    """Do so for the mean of grades' points."""
    sides = [
        survey_mean(counts @ POINTS, counts @ POINTS**2, n, population, fpc)
        for counts, n, population in ((counts1, true.n1, true.population1), (counts2, true.n2, true.population2))
    ]
    return t_sides(sides[0], sides[1], degrees(true))[1]


def degrees(true: Scenario) -> int:
    """Both designs' degrees of freedom together."""
    return int(true.n1.sum() + true.n2.sum()) - 2 * len(true.n1)


def mantel_haenszel(true: Scenario, good1: FloatArray, good2: FloatArray) -> Sides:
    """Say where the Mantel-Haenszel test, without correction, is significant and on which side."""
    statistic = _mantel_z(good1, good2, true.n1, true.n2)
    return statistic > Z, statistic < -Z


def _mantel_z(good1: FloatArray, good2: FloatArray, n1: IntArray, n2: IntArray) -> FloatArray:
    n, good = n1 + n2, good1 + good2
    apart = (good2 - n2 * good / n).sum(axis=1)
    variance = (n1 * n2 * good * (n - good) / (n**2 * (n - 1))).sum(axis=1)
    return np.where(variance > 0, apart / np.sqrt(np.where(variance > 0, variance, 1)), 0.0)


def check_mantel(true: Scenario, good1: FloatArray, good2: FloatArray, times: int) -> None:
    """Hold the first rounds to statsmodels' StratifiedTable."""
    mine = _mantel_z(good1[:times], good2[:times], true.n1, true.n2)
    for i in range(min(times, len(good1))):
        if mine[i] != 0:
            cells = np.array([[good2[i], true.n2 - good2[i]], [good1[i], true.n1 - good1[i]]])
            some = (good1[i] + good2[i] > 0) & (good1[i] + good2[i] < true.n1 + true.n2)
            theirs = StratifiedTable(cells[:, :, some]).test_null_odds(correction=False).statistic
            if not np.isclose(theirs, mine[i] ** 2, rtol=1e-8, atol=1e-10):
                raise RuntimeError(f"Mantel-Haenszel: statsmodels gives {theirs}, the closed form {mine[i] ** 2}")


def yan_su(true: Scenario, good1: FloatArray, good2: FloatArray) -> Sides:
    """Say where Yan and Su's stratified Newcombe interval, with the later register's weights, leaves 0 out.

    Source: Yan & Su (2010), Statistics in Biopharmaceutical Research 2:329-335. Where no stratum shows any spread the
    strata's z is scaled as for equal shares, 1 / n_h.
    """
    w = true.population2 / true.population2.sum()
    low1, high1 = _stratified_wilson(good1, true.n1, w)
    low2, high2 = _stratified_wilson(good2, true.n2, w)
    share1, share2 = good1 @ (w / true.n1), good2 @ (w / true.n2)
    change = share2 - share1
    down = np.hypot(share2 - low2, high1 - share1)
    up = np.hypot(high2 - share2, share1 - low1)
    return change - down > 1e-12, change + up < -1e-12


def _stratified_wilson(good: FloatArray, n: IntArray, w: FloatArray) -> tuple[FloatArray, FloatArray]:
    share = good / n
    variance = share * (1 - share) / n
    flat = variance.sum(axis=1) == 0
    variance = np.where(flat[:, None], 1.0 / n, variance)
    z = Z * np.sqrt(variance @ w**2) / (np.sqrt(variance) @ w)
    half = z[:, None] ** 2 / (2 * n)
    reach = z[:, None] * np.sqrt(share * (1 - share) / n + half / (2 * n))
    middle = share + half
    return ((middle - reach) / (1 + 2 * half)) @ w, ((middle + reach) / (1 + 2 * half)) @ w


def van_elteren(counts1: FloatArray, counts2: FloatArray) -> Sides:
    """Say where van Elteren's stratified Wilcoxon test (weights 1 / (n_h + 1), ties allowed for) is significant."""
    statistic = _rank_z(counts1, counts2)
    return statistic > Z, statistic < -Z


def pooled_ranks(counts1: FloatArray, counts2: FloatArray) -> Sides:
    """Say where the Mann-Whitney test of all cases together, strata forgotten, is significant."""
    statistic = _rank_z(counts1.sum(axis=1, keepdims=True), counts2.sum(axis=1, keepdims=True))
    return statistic > Z, statistic < -Z


def _rank_z(counts1: FloatArray, counts2: FloatArray) -> FloatArray:
    n1, n2 = counts1.sum(axis=-1), counts2.sum(axis=-1)
    n, both = n1 + n2, counts1 + counts2
    rank = np.cumsum(both, axis=-1) - (both - 1) / 2
    apart = (counts2 * rank).sum(axis=-1) - n2 * (n + 1) / 2
    ties = (both**3 - both).sum(axis=-1)
    variance = n1 * n2 / 12 * (n + 1 - ties / (n * (n - 1)))
    total = (variance / (n + 1) ** 2).sum(axis=-1)
    some = total > 1e-15
    return np.where(some, (apart / (n + 1)).sum(axis=-1) / np.sqrt(np.where(some, total, 1)), 0.0)


def check_ranks(counts1: FloatArray, counts2: FloatArray, times: int) -> None:
    """Hold the first rounds, strata forgotten, to scipy's Mann-Whitney test."""
    one1, one2 = (counts[:times].sum(axis=1, keepdims=True) for counts in (counts1, counts2))
    mine = _rank_z(one1, one2)
    for i in range(len(mine)):
        if mine[i] != 0:
            rounds = (np.repeat(POINTS, counts[i, 0].astype(int)) for counts in (one2, one1))
            p = scipy.stats.mannwhitneyu(*rounds, method="asymptotic", use_continuity=False).pvalue
            if not np.isclose(p, 2 * scipy.special.ndtr(-abs(mine[i])), rtol=1e-7, atol=1e-12):
                raise RuntimeError(f"van Elteren: scipy gives p = {p} for {mine[i]}")
