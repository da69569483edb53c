"""The exact stratified permutation test against dealing out every way."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pytest

from audit_toolkit.improvement.changes import permutation
from audit_toolkit.improvement.changes.permutation import permutation_p


def dealt_out(earlier, later, weights) -> tuple[float, float]:
    sums = []
    observed = Fraction(0)
    for one, other, weight in zip(earlier.tolist(), later.tolist(), weights, strict=True):
        grades = [k for k, n in enumerate(one) for _ in range(n)] + [k for k, n in enumerate(other) for _ in range(n)]
        n1, n2 = sum(one), sum(other)

        def wins(chosen, grades=grades, n1=n1, n2=n2, weight=weight):
            left = [grades[i] for i in range(len(grades)) if i not in chosen]
            won = sum((grades[i] > each) - (grades[i] < each) for i in chosen for each in left)
            return Fraction(weight) * won / (n1 * n2)

        observed += wins(range(n1, n1 + n2))
        sums.append([wins(chosen) for chosen in combinations(range(n1 + n2), n2)])
    totals = [sum(deal) for deal in product(*sums)]
    return sum(t >= observed for t in totals) / len(totals), sum(t <= observed for t in totals) / len(totals)


def test_small_rounds_are_dealt_out() -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        strata = rng.integers(1, 4)
        earlier, later = rng.multinomial(3, [0.25] * 4, strata), rng.multinomial(2, [0.25] * 4, strata)
        weights = rng.integers(1, 300, strata).tolist()
        assert permutation_p(earlier, later, weights) == pytest.approx(dealt_out(earlier, later, weights), abs=1e-12)


def test_ties_between_strata_of_unlike_weights_are_settled_exactly() -> None:
    """0.1 + 0.2 is not 0.3 in floating point: sums are kept as whole numbers over a common denominator."""
    earlier, later = np.array([[1, 0], [1, 0], [0, 1]]), np.array([[0, 1], [0, 1], [1, 0]])
    weights = [0.1, 0.2, Fraction(1, 10) + Fraction(1, 5)]
    weights = [Fraction(1, 10), Fraction(1, 5), weights[2]]
    assert permutation_p(earlier, later, weights) == (5 / 8, 5 / 8)


def test_all_on_one_side_is_one_deal_of_all() -> None:
    earlier, later = np.array([[60, 0], [4, 0]]), np.array([[0, 70], [0, 3]])
    assert permutation_p(earlier, later, [200, 10]) == (pytest.approx(1 / (comb(130, 70) * comb(7, 3))), 1.0)
    assert permutation_p(later, earlier, [200, 10])[1] == pytest.approx(1 / (comb(130, 70) * comb(7, 3)))


def test_all_alike_is_1() -> None:
    assert permutation_p(np.array([[0, 9]]), np.array([[0, 7]]), [100]) == (1.0, 1.0)


def test_large_strata_on_opposite_sides_are_dealt_as_two_grades() -> None:
    """Exact for any size: two strata of 300 + 300, the heavier one up."""
    earlier = np.array([[150, 150, 0, 0], [0, 0, 100, 200]])
    rise, fall = permutation_p(earlier, earlier[::-1].copy(), [200, 100])
    chance = [comb(300, k) ** 2 / comb(600, 300) for k in range(301)]
    reached = sum(
        chance[up] * chance[down]
        for up in range(301)
        for down in range(301)
        if 2 * (2 * up - 300) + 2 * down - 300 >= 300
    )
    assert rise == pytest.approx(reached, rel=1e-9)
    assert fall == pytest.approx(1)


def test_a_coarser_grid_never_makes_p_smaller(monkeypatch) -> None:
    earlier = np.array([[2, 3, 0, 0], [0, 0, 2, 3], [1, 2, 0, 0], [0, 0, 2, 2]])
    later = np.array([[0, 0, 2, 3], [2, 3, 0, 0], [0, 0, 2, 1], [1, 3, 0, 0]])
    weights = [211, 97, 130, 151]
    exact = permutation_p(earlier, later, weights)
    monkeypatch.setattr(permutation, "GRID", 200)
    coarse = permutation_p(earlier, later, weights)
    assert exact[0] <= coarse[0] <= exact[0] + 0.05
    assert exact[1] <= coarse[1] <= exact[1] + 0.05
