"""Rounds thrown from a scenario, thousands at a time: good cases by stratum, or cases by stratum and grade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.special

from audit_toolkit.improvement.estimates.design import FloatArray, IntArray
from benchmarks.calibration_nulls import CORRELATION, Scenario

# Shares of the four grades, worst first, where practice is poor and where it is good.
POOR = np.array([0.40, 0.30, 0.20, 0.10])
GOOD = np.array([0.01, 0.02, 0.07, 0.90])


@dataclass(frozen=True, slots=True)
class Crewed:
    """Answers by case, R x n, with each case's auditor (n): the two rounds one after the other, strata in order."""

    answers1: FloatArray
    answers2: FloatArray
    auditor1: IntArray
    auditor2: IntArray


def throw_shares(true: Scenario, rng: np.random.Generator, times: int) -> tuple[FloatArray, FloatArray]:
    """Give the good cases by stratum of both rounds, times x H each."""
    shape = (times, len(true.n1))
    if true.good is not None:
        bad = true.population1.astype(np.int64) - true.good
        earlier, later = (rng.hypergeometric(true.good, bad, n, shape) for n in (true.n1, true.n2))
    else:
        earlier = rng.binomial(true.n1, true.shares1, shape)
        later = rng.binomial(true.n2, true.shares2, shape)
    return earlier.astype(float), later.astype(float)


def throw_grades(true: Scenario, rng: np.random.Generator, times: int) -> tuple[FloatArray, FloatArray]:
    """Give the cases by stratum and grade of both rounds, times x H x 4 each."""
    rounds = []
    sides = ((true.n1, true.shares1, true.population1), (true.n2, true.shares2, true.population2))
    for n, shares, population in sides:
        strata = []
        for h, drawn in enumerate(n.tolist()):
            mix = grades_at(float(shares[h]))
            if true.good is None:
                strata.append(rng.multinomial(drawn, mix, times))
            else:
                strata.append(rng.multivariate_hypergeometric(whole_grades(mix, int(population[h])), drawn, times))
        rounds.append(np.stack(strata, axis=1).astype(float))
    return rounds[0], rounds[1]


def grades_at(share: float) -> FloatArray:
    """Give the shares of the four grades that far between poor and good."""
    mix: FloatArray = POOR + share * (GOOD - POOR)
    return mix


def whole_grades(mix: FloatArray, population: int) -> IntArray:
    """Give whole cases of a finite stratum by grade."""
    edges = np.round(np.concatenate([[0.0], np.cumsum(mix)]) * population).astype(np.int64)
    edges[-1] = population
    return np.diff(edges)


def throw_crewed(true: Scenario, rng: np.random.Generator, times: int) -> Crewed:
    """Give answers of two rounds whose auditors differ in severity, every auditor with an equal part of each stratum.

    An auditor's share of good ratings is Beta about the true share, so that two answers of one auditor correlate
    by `CORRELATION` exactly. Auditors are dealt to the cases of a round in turn, from stratum to stratum.
    """
    if true.crew is None:
        raise ValueError("a scenario without auditors")
    count, same = true.crew
    p = float(true.shares1[0])
    spread = (1 - CORRELATION) / CORRELATION
    kinds = rng.beta(p * spread, (1 - p) * spread, (2, times, count))
    later = kinds[0] if same else kinds[1]
    who = [np.arange(int(n.sum()), dtype=np.int64) % count for n in (true.n1, true.n2)]
    answers = [
        (rng.random((times, len(each))) < severity[:, each]).astype(float)
        for severity, each in zip((kinds[0], later), who, strict=True)
    ]
    return Crewed(answers[0], answers[1], who[0], who[1] if same else who[1] + count)


def throw_crewed_grades(true: Scenario, rng: np.random.Generator, times: int) -> tuple[FloatArray, FloatArray]:
    """Give grades by stratum where auditors differ in severity on a latent normal scale, with the same correlation."""
    if true.crew is None:
        raise ValueError("a scenario without auditors")
    count, same = true.crew
    cuts = scipy.special.ndtri(np.cumsum(grades_at(float(true.shares1[0])))[:-1])
    severity = rng.normal(size=(2, times, count)) * CORRELATION**0.5
    rounds = []
    for n, kind in ((true.n1, severity[0]), (true.n2, severity[0 if same else 1])):
        who = np.arange(int(n.sum())) % count
        seen = kind[:, who] + rng.normal(size=(times, len(who))) * (1 - CORRELATION) ** 0.5
        grade = np.searchsorted(cuts, seen)
        rounds.append(np.stack([by_stratum(grade == k, n) for k in range(len(cuts) + 1)], axis=-1))
    return rounds[0], rounds[1]


def by_stratum(found: FloatArray | np.ndarray[tuple[int, ...], np.dtype[np.bool_]], n: IntArray) -> FloatArray:
    """Sum cases (R x n, strata in order) by stratum, R x H."""
    starts = np.concatenate([[0], np.cumsum(n)[:-1]])
    return np.add.reduceat(found.astype(float), starts, axis=1)
