"""What is true while nothing changed: six nulls, and the rises at which power is measured.

A level is a share p in every stratum, or "mixed": shares from .1 to .95 over the strata. Where grades are simulated the
same figure says how far a stratum's grades stand between a poor and a good distribution; a mean of their points and
theta are linear in it, so that one null serves shares, means and grades alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.special

from audit_toolkit.improvement.estimates.design import FloatArray, IntArray
from benchmarks.calibration_designs import DESIGNS, in_proportion, other_allocation

LEVELS = ("0.05", "0.2", "0.5", "0.8", "0.95", "1", "mixed", "mixed, turned round")
MIXED = (0.10, 0.95)
# How far strata stray from a level where they must differ for the null to mean anything: on the logit scale.
STRAY = 1.5
# How far a stratum moves where strata move in opposite directions, at most.
MOVE = 0.25
SAME_POPULATION, SAME_PROCESS, ALLOCATION = "same population", "same process", "changed allocation"
OPPOSITE, CASE_MIX, AUDITORS = "strata in opposite directions", "changed case mix", "auditors"
NULLS = (SAME_POPULATION, SAME_PROCESS, ALLOCATION, OPPOSITE, CASE_MIX)
RISES = {"rise of 15 points": 0.15, "rise of 20 points": 0.20}
# Auditors: their intraclass correlation (on the linear scale of a share), how many rate a round, whether others later.
CORRELATION = 0.13
CREWS = {
    f"{AUDITORS}, {'the same' if same else 'others'}, {count}": (count, same)
    for same in (False, True)
    for count in (4, 6, 8, 12)
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Both rounds by stratum (H): cases there are, cases drawn, true shares; `good` where one finite register is drawn.

    `crew` is (auditors a round, whether the same people), or None where auditors do not differ.
    """

    population1: FloatArray
    population2: FloatArray
    n1: IntArray
    n2: IntArray
    shares1: FloatArray
    shares2: FloatArray
    good: IntArray | None = None
    crew: tuple[int, bool] | None = None

    @property
    def true_change(self) -> float:
        """Later minus earlier, like for like with the later weights."""
        return float((self.shares2 - self.shares1) @ (self.population2 / self.population2.sum()))


def scenario(design: str, null: str, level: str) -> Scenario | None:
    """Give what is true in a cell; None where the null cannot be had there (one stratum, or no room to move)."""
    given = DESIGNS[design]
    population = np.array(given.population, dtype=float)
    n1, n2 = (np.array(each, dtype=np.int64) for each in (given.first, given.second))
    p = shares_at(level, len(population))
    if null == SAME_POPULATION:
        good = np.round(p * population).astype(np.int64)
        return Scenario(population, population, n1, n2, good / population, good / population, good)
    if null == SAME_PROCESS:
        return Scenario(population, population, n1, n2, p, p)
    if null in RISES:
        return Scenario(population, population, n1, n2, p, p + RISES[null])
    if null in CREWS:
        return Scenario(population, population, n1, n2, p, p, None, CREWS[null])
    if len(population) == 1:
        return None
    if null == ALLOCATION:
        return Scenario(population, population, n1, other_allocation(population, n2), p, p)
    if null == OPPOSITE:
        move = opposite_moves(p, population)
        return None if move is None else Scenario(population, population, n1, n2, p - move, p + move)
    return _case_mix(population, n1, n2, p, level)


def shares_at(level: str, strata: int) -> FloatArray:
    """Give the share of each stratum at a level."""
    if level.startswith("mixed"):
        rising = np.linspace(*MIXED, strata) if strata > 1 else np.full(1, sum(MIXED) / 2)
        return rising[::-1].copy() if level != "mixed" else rising
    return np.full(strata, float(level))


def opposite_moves(p: FloatArray, population: FloatArray) -> FloatArray | None:
    """Give moves by stratum that cancel exactly in the weighted total; None where there is no room for them."""
    room = np.minimum(p, 1 - p).min()
    if room <= 0:
        return None
    half = len(p) // 2
    weight = population / population.sum()
    move = np.concatenate([np.full(half, 1 / weight[:half].sum()), np.full(len(p) - half, -1 / weight[half:].sum())])
    scaled: FloatArray = move * min(MOVE, 0.9 * float(room)) / abs(move).max()
    return scaled


def _case_mix(population: FloatArray, n1: IntArray, n2: IntArray, p: FloatArray, level: str) -> Scenario | None:
    if level == "1":
        return None
    later = np.maximum(np.round(population * np.linspace(0.4, 1.6, len(p))), 4)
    stray = 0.0 if level.startswith("mixed") else np.linspace(-STRAY, STRAY, len(p))
    shares = np.asarray(scipy.special.expit(scipy.special.logit(p) + stray))
    return Scenario(population, later, n1, in_proportion(int(n2.sum()), later), shares, shares)
