"""The bound on the worst chance against every vector of counts, and against base R."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import hypergeom

from audit_toolkit.improvement.estimates import exact_tails
from audit_toolkit.improvement.estimates.exact_tails import Fewest, fewest_good

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "exact_stratified.json").read_text())["cases"]


def arrays(*counts):
    return tuple(np.array(each, dtype=np.int64) for each in counts)


def tables(n, population):
    return [
        hypergeom.pmf(np.arange(drawn + 1)[None, :], size, np.arange(size + 1)[:, None], drawn)
        for drawn, size in zip(n, population, strict=True)
    ]


def worst_chances(search) -> np.ndarray:
    """Count out every vector: the largest chance of the statistic seen or more, by cases beyond the good ones drawn."""
    outcomes = np.array(list(itertools.product(*[range(drawn + 1) for drawn in search.n])))
    reached = sum(part[outcomes[:, h]] for h, part in enumerate(search.parts)) >= search.needs[0][0]
    chance = tables(search.n, search.population)
    worst = np.zeros(search.population.sum() + 1)
    spare = search.population - search.n
    for held in itertools.product(*[range(x, x + more + 1) for x, more in zip(search.good, spare, strict=True)]):
        each = np.prod([chance[h][m][outcomes[:, h]] for h, m in enumerate(held)], axis=0)
        worst[sum(held)] = max(worst[sum(held)], each[reached].sum())
    return worst[search.good.sum() :][: search.cells]


@pytest.mark.parametrize("good", [[2, 3, 2], [4, 1, 2], [1, 0, 1]])
def test_the_bound_lies_at_or_a_little_above_the_worst_vector(good) -> None:
    search = exact_tails._search(*arrays(good, [6, 4, 3], [22, 15, 8]))
    worst, bound = worst_chances(search), exact_tails._largest_chances(search)
    assert search.step == 1
    assert (bound >= worst - 1e-12).all()
    assert (bound <= worst * 1.25 + 1e-12).all()
    assert (np.diff(bound) >= 0).all()


def test_two_strata_are_the_worst_vector_itself() -> None:
    search = exact_tails._search(*arrays([3, 2], [7, 5], [40, 23]))
    assert exact_tails._largest_chances(search) == pytest.approx(worst_chances(search), abs=1e-12)


@pytest.mark.parametrize("case", REFERENCE)
def test_two_strata_against_r(case) -> None:
    good, n, population = arrays(case["good"], case["n"], case["population"])
    assert fewest_good(good, n, population, case["tail"]).count == case["low"]
    assert population.sum() - fewest_good(n - good, n, population, case["tail"]).count == case["high"]


@pytest.mark.parametrize(
    ("good", "n", "population"), [([3, 2, 2], [6, 4, 3], [60, 41, 23]), ([5, 3], [9, 6], [90, 71])]
)
def test_cells_bound_what_they_hold(monkeypatch, good, n, population) -> None:
    exact = exact_tails._search(*arrays(good, n, population))
    chances = exact_tails._largest_chances(exact)
    one_by_one = fewest_good(*arrays(good, n, population), 0.025)
    steps = set()
    for work in (3e5, 1e5, 3e4):
        monkeypatch.setattr(exact_tails, "WORK", work)
        coarse = exact_tails._search(*arrays(good, n, population))
        steps.add(coarse.step)
        assert (exact_tails._largest_chances(coarse) >= chances[:: coarse.step] - 1e-12).all()
        limit = fewest_good(*arrays(good, n, population), 0.025)
        assert limit.step == coarse.step
        assert one_by_one.count - len(n) * (coarse.step - 1) <= limit.count <= one_by_one.count
    assert max(steps) > 2


def test_complete_strata_are_counted_apart() -> None:
    good, n, population = arrays([3, 2, 2], [6, 4, 3], [60, 4, 23])
    rest = fewest_good(good[[0, 2]], n[[0, 2]], population[[0, 2]], 0.025)
    assert fewest_good(good, n, population, 0.025) == Fewest(rest.count + 2, 1)
    assert fewest_good(good, n, n, 0.025) == Fewest(7, 1)


def test_parts_mirror_and_never_fall() -> None:
    for n, population in (([5, 3, 12], [300, 7, 61]), ([1] * 20, list(range(3, 23)))):
        for part in exact_tails._parts(*arrays(n, population)):
            assert (np.diff(part) >= 0).all()
            assert (part == -part[::-1]).all()
