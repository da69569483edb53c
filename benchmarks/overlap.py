"""False alarms and power where cases of the earlier round are audited again: none of them, some, all.

Pairs of rounds without any change, in which a case that is read twice keeps its answer with the chance that makes the
two answers correlate so, and is otherwise answered anew. A false alarm is a word in one direction, 2.5 % promised; the
worse of the two directions is given, with its Monte Carlo error. Two rounds of every cell are put to the public verbs,
and a run that finds one difference ends; so does one with more than 2.8 % and four Monte Carlo errors.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.special

from audit_toolkit.improvement import compare_grades, compare_means, compare_shares
from audit_toolkit.improvement.changes.degrees import paired_satterthwaite
from audit_toolkit.improvement.changes.grade_statistic import grade_statistic
from audit_toolkit.improvement.changes.share_limits import change_p
from audit_toolkit.improvement.changes.share_test import SharedCases, ShareRounds
from audit_toolkit.improvement.estimates.variance import variance_groups

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
# Cases drawn from each stratum in both rounds, and how many the stratum has.
DESIGNS = {
    "one stratum of 20": ((20,), (300,)),
    "one stratum of 60": ((60,), (300,)),
    "one stratum of 100": ((100,), (700,)),
    "five strata, in proportion": ((26, 17, 10, 5, 2), (300, 200, 120, 60, 20)),
    "five strata, equal": ((12, 12, 12, 12, 12), (300, 200, 120, 60, 20)),
    "one large stratum, equal": ((12, 12, 12, 12, 12), (1000, 40, 40, 40, 40)),
}
OVERLAPS, CORRELATIONS = (0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 0.3, 0.7)
SHARES = (0.3, 0.5, 0.7, 0.85)
# Shares of four grades, worst first.
MIXES = ((0.25, 0.25, 0.25, 0.25), (0.05, 0.15, 0.35, 0.45), (0.02, 0.08, 0.2, 0.7), (0.4, 0.1, 0.1, 0.4))
TAIL, TINY = 0.025, 1e-9
CHECKED = 2


@dataclass(frozen=True, slots=True)
class Rounds:
    """Answers of two rounds (R x n), their strata in order (n), and how many first cases of each stratum are shared."""

    earlier: Floats
    later: Floats
    drawn: Ints
    population: Floats
    shared: Ints

    @property
    def stratum(self) -> Ints:
        """The stratum of each case."""
        return np.repeat(np.arange(len(self.drawn), dtype=np.int64), self.drawn)

    @property
    def again(self) -> npt.NDArray[np.bool_]:
        """Which cases are read in both rounds: the first of each stratum."""
        return np.concatenate([np.arange(n) < m for n, m in zip(self.drawn, self.shared, strict=True)])

    @property
    def weight(self) -> Floats:
        """What each case weighs."""
        found: Floats = (self.population / self.population.sum() / self.drawn)[self.stratum]
        return found

    def by_stratum(self, values: Floats) -> Floats:
        """Sum cases by stratum, R x H."""
        starts = np.concatenate([[0], np.cumsum(self.drawn)[:-1]])
        found: Floats = np.add.reduceat(values, starts, axis=-1)
        return found


def throw(
    rng: np.random.Generator, design: str, overlap: float, correlation: float, mix: tuple[float, ...], times: int
) -> Rounds:
    """Throw pairs of rounds whose answers, 0 for the worst upwards, come from one mix in both."""
    drawn, population = np.array(DESIGNS[design][0]), np.array(DESIGNS[design][1], dtype=float)
    n = int(drawn.sum())
    cuts = np.cumsum(mix)[:-1]
    earlier, later = (np.searchsorted(cuts, rng.random((times, n)), side="right").astype(np.float64) for _ in range(2))
    rounds = Rounds(earlier, later, drawn, population, np.rint(drawn * overlap).astype(np.int64))
    kept = rounds.again & (rng.random((times, n)) < correlation)
    return Rounds(earlier, np.where(kept, earlier, later), drawn, population, rounds.shared)


def shares(rounds: Rounds) -> tuple[Floats, Floats]:
    """Give p of a rise and of a fall in the share of ones."""
    shared = None
    if rounds.shared.any():
        counted = rounds.again * 1.0
        both, first, second = (
            rounds.by_stratum(each * counted) for each in (rounds.earlier * rounds.later, rounds.earlier, rounds.later)
        )
        shared = SharedCases(rounds.shared.astype(float), both, first, second)
    weights = rounds.population / rounds.population.sum()
    good = [rounds.by_stratum(each) for each in (rounds.earlier, rounds.later)]
    n = rounds.drawn.astype(float)
    group = np.arange(len(n), dtype=np.int64)
    return change_p(ShareRounds(good[0], n, good[1], n, weights, group, shared=shared))


def means(rounds: Rounds) -> tuple[Floats, Floats]:
    """Give p of a rise and of a fall in the mean."""
    parts = [each * rounds.weight for each in (rounds.earlier, rounds.later)]
    spread = [_squares(rounds, each, each, np.ones(len(rounds.stratum), bool), rounds.drawn) for each in parts]
    between = _squares(rounds, parts[0], parts[1], rounds.again, rounds.shared)
    most = 2 * int(rounds.drawn.sum()) - 2 * len(rounds.drawn) - int(np.maximum(rounds.shared - 1, 0).sum())
    n = rounds.drawn.astype(float)
    df = paired_satterthwaite(spread[0], spread[1], between, n, n, rounds.shared, most)
    return _t(parts[1].sum(axis=1) - parts[0].sum(axis=1), (spread[0] + spread[1]).sum(axis=1), between.sum(axis=1), df)


def grades(rounds: Rounds) -> tuple[Floats, Floats]:
    """Give p of a rise and of a fall in grades."""
    counts = [
        np.stack([rounds.by_stratum((each == k) * 1.0) for k in range(4)], axis=-1)
        for each in (rounds.earlier, rounds.later)
    ]
    groups = variance_groups(range(len(rounds.drawn)), rounds.drawn, None, None)
    found = grade_statistic(counts[0], counts[1], rounds.drawn.astype(float), rounds.population, groups, groups)
    at = np.arange(len(rounds.earlier))[:, None]
    centre = found.theta[:, None]
    first = -rounds.weight * (found.placements1[at, rounds.stratum, rounds.earlier.astype(int)] - centre)
    second = rounds.weight * (found.placements2[at, rounds.stratum, rounds.later.astype(int)] - centre)
    between = _squares(rounds, first, second, rounds.again, rounds.shared).sum(axis=1)
    most = 2 * int(rounds.drawn.sum()) - 2 * len(rounds.drawn)
    lost = int(np.maximum(rounds.shared - 1, 0).sum()) / most
    df = np.floor(found.df * (1 - lost) + 1e-9)
    return _t(found.theta - 0.5, found.variance, between, df)


def _squares(rounds: Rounds, one: Floats, other: Floats, which: npt.NDArray[np.bool_], size: Ints) -> Floats:
    """Give m / (m - 1) times the sum of products about the means of the m cases of each stratum that count."""
    m = np.maximum(size, 1)
    totals = [rounds.by_stratum(each * which) for each in (one, other)]
    about = rounds.by_stratum(one * other * which) - totals[0] * totals[1] / m
    found: Floats = np.where(size > 1, size / np.maximum(size - 1, 1) * about, 0.0)
    return found


def _t(change: Floats, apart: Floats, between: Floats, df: Floats) -> tuple[Floats, Floats]:
    """Give p by t; 1 where nothing varies, which the verbs leave to the permutation test."""
    net = apart - 2 * between
    variance = np.where(net <= TINY * apart, apart, net)
    known = variance > TINY
    t = change / np.sqrt(np.where(known, variance, 1.0))
    rise, fall = (np.where(known, scipy.special.stdtr(df, side * t), 1.0) for side in (-1, 1))
    return rise, fall


def check(verb: Callable[..., Any], rounds: Rounds, p: tuple[Floats, Floats]) -> None:
    """Hold the first rounds to the public verb."""
    again = rounds.again
    ids = [[f"{'b' if twice else side}{at}" for at, twice in enumerate(again)] for side in "el"]
    held = dict(enumerate(rounds.population.tolist()))
    for at in range(CHECKED):
        sides = [
            (pd.Series(values[at], index=names), pd.Series(rounds.stratum, index=names), held)
            for values, names in zip((rounds.earlier, rounds.later), ids, strict=True)
        ]
        found = verb(*sides)
        rise, fall = float(p[0][at]), float(p[1][at])
        said, twin = (found.p_value, found.p_two_sided), (rise, min(1.0, 2 * min(rise, fall)))
        # Without any spread the verbs count the ways answers could have fallen; the twins call that no alarm.
        if found.standard_error > 0 and not np.allclose(said, twin, rtol=0, atol=1e-9):
            raise RuntimeError(f"{verb} gives p {said}, its twin {twin}")


KINDS: dict[str, tuple[Callable[[Rounds], tuple[Floats, Floats]], Callable[..., Any], Any]] = {
    "shares": (shares, compare_shares, tuple((1 - p, p) for p in SHARES)),
    "means": (means, compare_means, MIXES),
    "grades": (grades, compare_grades, MIXES),
}


def power(rng: np.random.Generator, overlap: float, times: int) -> float:
    """Give how often a rise from 70 to 85 % of 60 cases is shown, correlated as far as these shares allow."""
    before, after = 0.7, 0.85
    earlier = (rng.random((times, 60)) < before).astype(np.float64)
    # Who was good stays so; of the rest half get better: the largest correlation there can be, .64.
    better = (rng.random((times, 60)) < (after - before) / (1 - before)).astype(np.float64)
    m = round(60 * overlap)
    fresh = (rng.random((times, 60)) < after).astype(np.float64)
    later = np.where(np.arange(60) < m, np.maximum(earlier, better), fresh)
    rounds = Rounds(earlier, later, np.array([60]), np.array([300.0]), np.array([m]))
    return float((shares(rounds)[0] < TAIL).mean())


def measure(*, quick: bool) -> dict[str, object]:
    """Give the worst false alarm (%) by what is compared, overlap and correlation; and the power of shares."""
    times = 2_000 if quick else 40_000
    rng = np.random.default_rng(2010)
    error = math.sqrt(TAIL * (1 - TAIL) / times)
    figures: dict[str, object] = {"Monte Carlo error of a cell at 2.5 %": round(100 * error, 2)}
    for kind, (twin, verb, mixes) in KINDS.items():
        whole = 0.0
        for overlap, correlation in itertools.product(OVERLAPS, CORRELATIONS):
            if overlap == 0 and correlation:
                continue
            worst, where = 0.0, ""
            for design, mix in itertools.product(DESIGNS, mixes):
                rounds = throw(rng, design, overlap, correlation, mix, times)
                p = twin(rounds)
                check(verb, rounds, p)
                found = max(float((each < TAIL).mean()) for each in p)
                if found > worst:
                    worst, where = found, f"{design}, {' / '.join(f'{100 * each:.0f}' for each in mix)}"
            figures[f"{kind}, {overlap:.0%} shared, correlation {correlation:g}"] = f"{100 * worst:.2f} in {where}"
            whole = max(whole, worst)
        figures[f"{kind}: the worst"] = round(100 * whole, 2)
        if whole > 0.028 + 4 * error:
            raise RuntimeError(f"{kind}: {100 * whole:.2f} % false alarms, where 2.8 are promised")
    for overlap in OVERLAPS:
        figures[f"power, 70 to 85 % of 60, {overlap:.0%} shared"] = round(100 * power(rng, overlap, 5 * times), 1)
    return figures
