"""This toolkit as it is measured: its tests and its interval for thousands of rounds at once, held to its own verbs.

Everything measured of the toolkit is taken from here, so that another engine is put to the test by changing this file.
`check_*` call the public verbs on single rounds; a run that finds one difference ends.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import scipy.special

from audit_toolkit.improvement import compare_grades, compare_means, compare_shares, estimate_share
from audit_toolkit.improvement.changes.clusters import Side, cluster_form
from audit_toolkit.improvement.changes.crews import FEWEST_OTHER_AUDITORS
from audit_toolkit.improvement.estimates.design import BoolArray, FloatArray, IntArray
from audit_toolkit.improvement.estimates.intervals import (
    degrees_adjustment,
    hypergeometric_interval,
    mover_interval,
)
from audit_toolkit.improvement.estimates.variance import Groups, variance_groups
from audit_toolkit.improvement.planning.power import TINY, grades_shown, share_limits, shares_shown
from benchmarks.calibration_nulls import Scenario
from benchmarks.calibration_rounds import Crewed, by_stratum

CONFIDENCE = 0.95
POINTS = np.array([0.0, 1.0, 2.0, 3.0])

Sides = tuple[BoolArray, BoolArray]


def groups_of(n: IntArray) -> Groups:
    """Every stratum a group of its own."""
    return variance_groups(range(len(n)), n, None, None)


def shares(true: Scenario, good1: FloatArray, good2: FloatArray) -> Sides:
    """Say where `compare_shares` finds better, and where worse."""
    groups = groups_of(true.n1), groups_of(true.n2)
    return shares_shown(good1, good2, true.n1, true.n2, true.population2, *groups, CONFIDENCE)


def limits(true: Scenario, good1: FloatArray, good2: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the limits of `compare_shares`."""
    groups = groups_of(true.n1), groups_of(true.n2)
    return share_limits(good1, good2, true.n1, true.n2, true.population2, *groups, CONFIDENCE)


def grades(true: Scenario, counts1: FloatArray, counts2: FloatArray) -> Sides:
    """Say where `compare_grades` finds better, and where worse: the same with the grades turned round."""
    groups = groups_of(true.n1), groups_of(true.n2)
    up = grades_shown(counts1, counts2, true.population2, *groups, CONFIDENCE)
    down = grades_shown(counts1[..., ::-1], counts2[..., ::-1], true.population2, *groups, CONFIDENCE)
    return up, down


def means(true: Scenario, counts1: FloatArray, counts2: FloatArray) -> Sides:
    """Say where `compare_means` of the grades' points finds better or worse; rounds without spread count as neither."""
    w = true.population2 / true.population2.sum()
    change, variance, uncertain = (np.zeros(len(counts1)) for _ in range(3))
    for sign, counts, n in ((-1, counts1, true.n1), (1, counts2, true.n2)):
        mean = counts @ POINTS / n
        parts = np.maximum((counts @ POINTS**2 - n * mean**2) / (n - 1), 0) * w**2 / n
        change += sign * (mean @ w)
        variance += parts.sum(axis=1)
        uncertain += (2 * parts**2 / (n - 1)).sum(axis=1)
    most, spread_out = float(true.n1.sum() + true.n2.sum()) - 2 * len(w), variance > TINY
    df = np.clip(np.floor(2 * variance**2 / np.where(spread_out, uncertain, 1) + 1e-9), 1, most)
    reach = -scipy.special.stdtrit(df, (1 - CONFIDENCE) / 2) * np.sqrt(variance)
    return (change > reach) & spread_out, (change < -reach) & spread_out


def interval(true: Scenario, good: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the limits of `estimate_share`'s default for the earlier round."""
    population, n = true.population1, true.n1
    if len(n) == 1:
        table = _exact_table(int(n[0]), int(population[0]))
        found = table[good[:, 0].astype(int)]
        return found[:, 0], found[:, 1]
    w, cases = population / population.sum(), n.astype(float)
    share = good @ (w / cases)
    variance = (good * (cases - good)) @ (w**2 * (1 - cases / population) / cases**2 / (cases - 1))
    cap = 1 / float((w**2 * (1 - cases / population) / cases).sum())
    adjustment = degrees_adjustment(int(n.sum()), int(n.sum()) - len(n), CONFIDENCE)
    size = np.minimum(share * (1 - share) / np.where(variance > 0, variance, 1) * adjustment, cap)
    size = np.where(variance > 0, size, cap)
    tail = (1 - CONFIDENCE) / 2
    some, rest = size * share, size * (1 - share)
    none, every = (good == 0).all(axis=1), (good == cases).all(axis=1)
    low = np.where(none, 0.0, scipy.special.betaincinv(np.maximum(some, TINY), np.maximum(rest, 0) + 1, tail))
    high = np.where(every, 1.0, scipy.special.betaincinv(some + 1, np.maximum(rest, TINY), 1 - tail))
    return low, high


@functools.cache
def _exact_table(n: int, population: int) -> FloatArray:
    found = [hypergeometric_interval(good, n, population, CONFIDENCE) for good in range(n + 1)]
    return np.array(found, dtype=float) / population


def clustered(true: Scenario, thrown: Crewed) -> Sides | None:
    """Say where `compare_shares` told who the auditors are finds better or worse; None where there are no crews.

    The twin of `share_by_crews`: MOVER on effective sizes divided by how much wider the auditors make the variance.
    """
    if true.crew is None:
        return None
    none = np.zeros(len(thrown.answers1), dtype=bool)
    if not true.crew[1] and true.crew[0] < FEWEST_OTHER_AUDITORS:
        return none, none
    w = true.population2 / true.population2.sum()
    sides, parts = [], []
    for n, answers, who in ((true.n1, thrown.answers1, thrown.auditor1), (true.n2, thrown.answers2, thrown.auditor2)):
        stratum = np.repeat(np.arange(len(n), dtype=np.int64), n)
        sides.append(Side((w / n)[stratum], stratum, who))
        good = by_stratum(answers, n)
        variance = (good * (n - good)) @ (w**2 / n**2 / np.maximum(n - 1, 1))
        parts.append((good @ (w / n), variance, 1 / float((w**2 / n).sum())))
    form = cluster_form(sides[0], sides[1], int(max(thrown.auditor1.max(), thrown.auditor2.max())) + 1)
    drawn = parts[0][1] + parts[1][1]
    wider = np.maximum(form.variance(thrown.answers1, thrown.answers2) / np.where(drawn > TINY, drawn, 1), 1)
    wider = np.where(drawn > TINY, wider, 1)
    sizes = [
        np.where(v > TINY, np.minimum(p * (1 - p) / np.where(v > TINY, v, 1), cap), cap) / wider for p, v, cap in parts
    ]
    t = -float(scipy.special.stdtrit(form.df, (1 - CONFIDENCE) / 2))
    low, high = mover_interval(parts[0][0], sizes[0], parts[1][0], sizes[1], t)
    up, down = shares(true, by_stratum(thrown.answers1, true.n1), by_stratum(thrown.answers2, true.n2))
    return up & (low > 0), down & (high < 0)


def check_shares(true: Scenario, good1: FloatArray, good2: FloatArray, times: int) -> None:
    """Hold the first rounds to `compare_shares` and `estimate_share`: the word, and limits to 1e-9."""
    many = limits(true, good1[:times], good2[:times])
    inside, called = interval(true, good1[:times]), shares(true, good1[:times], good2[:times])
    for i in range(min(times, len(good1))):
        rounds = _cases(good1[i], true.n1, true.population1, "e"), _cases(good2[i], true.n2, true.population2, "l")
        found, share = compare_shares(*rounds), estimate_share(*rounds[0])
        _word("compare_shares", found.verdict, bool(called[0][i]), bool(called[1][i]))
        _same("compare_shares", (found.ci.low, found.ci.high), (many[0][i], many[1][i]))
        _same("estimate_share", (share.ci.low, share.ci.high), (inside[0][i], inside[1][i]))


def check_grades(true: Scenario, counts1: FloatArray, counts2: FloatArray, times: int) -> None:
    """Hold the first rounds to `compare_grades` and `compare_means`: the word."""
    called = grades(true, counts1[:times], counts2[:times]), means(true, counts1[:times], counts2[:times])
    for i in range(min(times, len(counts1))):
        rounds = _graded(counts1[i], true.population1, "e"), _graded(counts2[i], true.population2, "l")
        for verb, (up, down) in zip((compare_grades, compare_means), called, strict=True):
            _word(verb.__name__, verb(*rounds).verdict, bool(up[i]), bool(down[i]))


def check_clustered(true: Scenario, thrown: Crewed, called: Sides, times: int) -> None:
    """Hold the first rounds to `compare_shares` told who the auditors are: the word."""
    verb: Any = compare_shares
    sides = (
        (thrown.answers1, true.n1, true.population1, thrown.auditor1, "e"),
        (thrown.answers2, true.n2, true.population2, thrown.auditor2, "l"),
    )
    for i in range(min(times, len(thrown.answers1))):
        rounds = [_round(answers[i], n, population, tag) for answers, n, population, _, tag in sides]
        who = [
            pd.Series(each[3], index=given[0].index).map("a{}".format)
            for each, given in zip(sides, rounds, strict=True)
        ]
        found = verb(*rounds, auditors=tuple(who)).verdict
        _word("compare_shares with auditors", found, bool(called[0][i]), bool(called[1][i]))


def _word(verb: str, found: str, up: bool, down: bool) -> None:
    word = "improved" if up else "worsened" if down else "cannot_tell"
    if found != word:
        raise RuntimeError(f"{verb} says {found}, its twin says {word}")


def _same(verb: str, found: tuple[float, float], twin: tuple[float, float]) -> None:
    if not np.allclose(found, twin, rtol=0, atol=1e-9):
        raise RuntimeError(f"{verb} gives {found}, its twin gives {twin}")


def _cases(good: FloatArray, n: IntArray, population: FloatArray, tag: str) -> tuple[Any, Any, dict[int, float]]:
    answers = [i < k for k, size in zip(good.tolist(), n.tolist(), strict=True) for i in range(size)]
    return _round(np.array(answers, dtype=float), n, population, tag)


def _graded(counts: FloatArray, population: FloatArray, tag: str) -> tuple[Any, Any, dict[int, float]]:
    answers = np.concatenate([np.repeat(POINTS, row.astype(int)) for row in counts])
    return _round(answers, counts.sum(axis=1).astype(np.int64), population, tag)


def _round(answers: FloatArray, n: IntArray, population: FloatArray, tag: str) -> tuple[Any, Any, dict[int, float]]:
    ids = [f"{tag}{i}" for i in range(len(answers))]
    strata = pd.Series(np.repeat(np.arange(len(n)), n), index=ids)
    return pd.Series(answers, index=ids), strata, dict(enumerate(population.tolist()))
