"""Chance: over 2,000 seeds every case is drawn as often as its inclusion probability says, first and last too."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from scipy import stats

from audit_toolkit.sampling import draw_sample, tickets

SEEDS = [f"inclusion {number}" for number in range(2000)]
POPULATION = {"North": 7, "South": 40, "West": 150, "all": 3}
ALLOCATION = {"North": 2, "South": 10, "West": 20, "all": 3}
CASES = [f"{label[0]}{number:04}" for label, count in POPULATION.items() for number in range(count)]
STRATA = np.repeat(list(POPULATION), list(POPULATION.values()))


def drawn_by_tickets(seed: str) -> np.ndarray:
    """Mark the n_h smallest tickets of each stratum: the whole of the draw, in four lines."""
    order = np.argsort(np.array(tickets(seed, CASES)), kind="stable")
    drawn = np.zeros(len(CASES), dtype=bool)
    for label, count in ALLOCATION.items():
        drawn[order[STRATA[order] == label][:count]] = True
    return drawn


DRAWN = np.array([drawn_by_tickets(seed) for seed in SEEDS])


def test_the_marks_are_the_cases_that_draw_sample_gives() -> None:
    units = pd.DataFrame({"case_id": CASES, "stratum": STRATA}, dtype=object)
    for number in range(0, 2000, 100):
        sample = draw_sample(units, allocation=ALLOCATION, seed=SEEDS[number])
        assert set(sample.cases["case_id"]) == set(np.array(CASES)[DRAWN[number]])


def test_every_case_is_drawn_as_often_as_it_should() -> None:
    probability = np.array([ALLOCATION[label] / POPULATION[label] for label in STRATA])
    rates = DRAWN.mean(axis=0)
    chance = probability < 1
    z = (rates - probability)[chance] / np.sqrt(probability * (1 - probability) / len(SEEDS))[chance]
    bound = stats.norm.isf(0.001 / 2 / chance.sum())
    assert np.abs(z).max() < bound
    assert CASES[0] == "N0000"
    assert abs(z[0]) < bound, "the first case"
    assert CASES[np.flatnonzero(chance)[-1]] == "W0149"
    assert abs(z[-1]) < bound, "the last case that chance draws"
    assert rates[~chance].tolist() == [1.0, 1.0, 1.0]
    # Neither too far from even nor too near: the z are as wide as chance makes them.
    assert 0.85 < z.std() < 1.15


def test_pairs_come_together_as_often_as_without_replacement() -> None:
    south = np.flatnonzero(STRATA == "South")
    first, last = DRAWN[:, south[0]], DRAWN[:, south[-1]]
    together = 10 * 9 / (40 * 39)
    z = ((first & last).mean() - together) / np.sqrt(together * (1 - together) / len(SEEDS))
    assert abs(z) < stats.norm.isf(0.0005)


def test_strata_are_drawn_independently() -> None:
    south, west = np.flatnonzero(STRATA == "South"), np.flatnonzero(STRATA == "West")
    table = np.array(
        [
            [np.sum((DRAWN[:, s] == a) & (DRAWN[:, w] == b)) for b in (0, 1)]
            for a, s, w in [(0, south[0], west[0]), (1, south[0], west[0])]
        ]
    )
    assert stats.chi2_contingency(table).pvalue > 0.001
    correlations = np.corrcoef(DRAWN[:, south].T, DRAWN[:, west].T)[: len(south), len(south) :]
    bound = stats.norm.isf(0.001 / 2 / correlations.size) / np.sqrt(len(SEEDS))
    assert np.abs(correlations).max() < bound


def test_a_ticket_is_one_hash_and_nothing_else() -> None:
    assert tickets(SEEDS[0], CASES[:1]) == [hashlib.sha256(f"{SEEDS[0]},{CASES[0]}".encode()).hexdigest()]
