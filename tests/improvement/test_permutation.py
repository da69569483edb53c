"""The exact stratified permutation test against dealing out every way, whole-number arithmetic and scipy."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from math import comb

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import compare_grades, permutation_test
from audit_toolkit.improvement.changes import dealing, permutation, summing
from audit_toolkit.improvement.changes.dealing import deal_out, pairs_won
from audit_toolkit.improvement.changes.permutation import permutation_p


def both(found) -> tuple[float, float]:
    return found.rise, found.fall


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


def in_whole_numbers(earlier, later, weights) -> tuple[float, float]:
    """Every stratum's deals by grade, and every sum over strata, counted in Python's integers."""
    sums, observed, every = Counter({Fraction(0): 1}), Fraction(0), 1
    for one, other, weight in zip(earlier.tolist(), later.tolist(), weights, strict=True):
        tied, chosen = [a + b for a, b in zip(one, other, strict=True)], sum(other)
        unit = Fraction(weight) / (sum(one) * chosen)
        observed += unit * pairs_won(one, other)
        counts = Counter()
        for dealt in product(*(range(each + 1) for each in tied)):
            if sum(dealt) == chosen:
                left = [each - now for each, now in zip(tied, dealt, strict=True)]
                ways = math.prod(comb(each, now) for each, now in zip(tied, dealt, strict=True))
                counts[unit * pairs_won(left, dealt)] += ways
        every *= comb(sum(tied), chosen)
        following = Counter()
        for key, count in sums.items():
            for more, ways in counts.items():
                following[key + more] += count * ways
        sums = following
    rise = sum(count for key, count in sums.items() if key >= observed)
    fall = sum(count for key, count in sums.items() if key <= observed)
    return rise / every, fall / every


def test_small_rounds_are_dealt_out() -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        strata = rng.integers(1, 4)
        earlier, later = rng.multinomial(3, [0.25] * 4, strata), rng.multinomial(2, [0.25] * 4, strata)
        weights = rng.integers(1, 300, strata).tolist()
        found = permutation_p(earlier, later, weights)
        assert both(found) == pytest.approx(dealt_out(earlier, later, weights), abs=1e-12)
        assert found.rounding == 0


def rounds_of(seed: int, first, second, grades=4):
    rng = np.random.default_rng(seed)
    return tuple(np.stack([rng.multinomial(n, [1 / grades] * grades) for n in sizes]) for sizes in (first, second))


@pytest.mark.parametrize(
    ("first", "second", "weights"),
    [
        ([7, 6, 4], [7, 5, 5], [300, 120, 61]),
        ([6, 6, 4, 3], [5, 6, 4, 3], [3, 2, 1, 1]),
        ([12], [11], [40]),
        ([8, 8], [8, 8], [Fraction(1, 3), Fraction(10**15 + 37, 7)]),
        ([6, 5, 4], [7, 4, 5], [0.1, 10**19 + 1.0, 10**19 / 3]),
    ],
)
def test_as_whole_number_arithmetic(first, second, weights) -> None:
    """Few strata and many, weights in small proportion and in none, keys past int64."""
    for seed in range(2):
        earlier, later = rounds_of(seed, first, second)
        found = permutation_p(earlier, later, weights)
        assert both(found) == pytest.approx(in_whole_numbers(earlier, later, weights), abs=1e-12)
        assert found.rounding == 0


@pytest.mark.parametrize(("grades", "n"), [(2, 40), (3, 25), (4, 14), (9, 5)])
def test_every_way_of_counting_gives_the_same(grades, n, monkeypatch) -> None:
    """int64 or remainders, listed chances, a table of chances: the same distribution."""
    (one,), (other,) = (each.tolist() for each in rounds_of(3, [n], [n + 2], grades))
    levels = [a + b for a, b in zip(one, other, strict=True)]
    counted = dealing._counted(levels, n, n + 2)
    assert len(counted.moduli) == (1 if comb(2 * n + 2, n) < 2**63 - 1 else 3)
    for found in (dealing._listed(levels, n, n + 2), dealing._added_up(levels, n, n + 2)):
        if found is None:
            assert grades > dealing.FEW_GRADES
            continue
        for won in range(-n * (n + 2), n * (n + 2) + 1, 7):
            assert found.tails(won) == pytest.approx(counted.tails(won), rel=1e-12, abs=1e-300)
    monkeypatch.setattr(dealing, "LARGEST", 1)
    monkeypatch.setattr(dealing, "FACTOR", 255)
    again = dealing._counted(levels, n, n + 2)
    assert len(again.moduli) > 1
    assert again.tails(5) == counted.tails(5)


def test_one_stratum_without_ties_is_scipys_exact_mann_whitney() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=9), rng.normal(0.5, size=7)
    order = np.argsort(np.concatenate([first, second]))
    which = np.repeat([0, 1], [9, 7])[order]
    earlier, later = (1 - which)[None, :], which[None, :]
    expected = scipy.stats.mannwhitneyu(second, first, alternative="greater", method="exact").pvalue
    assert permutation_p(earlier, later, [1]).rise == pytest.approx(expected, rel=1e-12)


def test_two_grades_are_fishers_exact_test() -> None:
    found = permutation_p(np.array([[60, 40]]), np.array([[45, 55]]), [1])
    table = [[55, 45], [40, 60]]
    assert found.rise == pytest.approx(scipy.stats.fisher_exact(table, alternative="greater").pvalue, rel=1e-10)
    assert found.fall == pytest.approx(scipy.stats.fisher_exact(table, alternative="less").pvalue, rel=1e-10)


def test_ties_between_strata_of_unlike_weights_are_settled_exactly() -> None:
    """0.1 + 0.2 is not 0.3 in floating point: sums are kept as whole numbers over a common denominator."""
    earlier, later = np.array([[1, 0], [1, 0], [0, 1]]), np.array([[0, 1], [0, 1], [1, 0]])
    weights = [0.1, 0.2, Fraction(1, 10) + Fraction(1, 5)]
    weights = [Fraction(1, 10), Fraction(1, 5), weights[2]]
    assert both(permutation_p(earlier, later, weights)) == (5 / 8, 5 / 8)


def test_all_on_one_side_is_one_deal_of_all() -> None:
    earlier, later = np.array([[60, 0], [4, 0]]), np.array([[0, 70], [0, 3]])
    assert both(permutation_p(earlier, later, [200, 10])) == (pytest.approx(1 / (comb(130, 70) * comb(7, 3))), 1.0)
    assert permutation_p(later, earlier, [200, 10]).fall == pytest.approx(1 / (comb(130, 70) * comb(7, 3)))


def test_all_alike_is_1() -> None:
    assert both(permutation_p(np.array([[0, 9]]), np.array([[0, 7]]), [100])) == (1.0, 1.0)


def test_strata_past_counting_that_lie_to_opposite_sides_are_dealt_as_two_grades(monkeypatch) -> None:
    """Exact for any size: two strata of 300 + 300, the heavier one up."""
    for limit in ("LISTED", "CELLS"):
        monkeypatch.setattr(dealing, limit, 1000)
    earlier = np.array([[150, 150, 0, 0], [0, 0, 100, 200]])
    rise, fall = both(permutation_p(earlier, earlier[::-1].copy(), [200, 100]))
    chance = [comb(300, k) ** 2 / comb(600, 300) for k in range(301)]
    reached = sum(
        chance[up] * chance[down]
        for up in range(301)
        for down in range(301)
        if 2 * (2 * up - 300) + 2 * down - 300 >= 300
    )
    assert rise == pytest.approx(reached, rel=1e-9)
    assert fall == pytest.approx(1)


def test_weights_are_rounded_where_all_sums_are_too_many_and_it_is_said(monkeypatch) -> None:
    earlier, later = rounds_of(6, [9, 7, 5], [8, 7, 6])
    weights = [211, 97, 131]
    exact = permutation_p(earlier, later, weights)
    monkeypatch.setattr(permutation, "LOOKED_UP", 300)
    monkeypatch.setattr(permutation, "TABLE", 2000)
    monkeypatch.setattr(permutation, "COARSER", (10_000, 1000, 300))
    found = permutation_p(earlier, later, weights)
    assert 0 < found.rounding < 0.1
    assert both(found) == pytest.approx(both(exact), abs=0.02)
    assert found.notes == (
        f"The strata's weights were rounded, by at most {100 * found.rounding:.2g} %: "
        "the test is exact for the rounded weights.",
    )
    monkeypatch.setattr(permutation, "ROUNDING", found.rounding / 2)
    silent = permutation_p(earlier, later, weights)
    assert math.isnan(silent.rise)
    assert silent.notes == ("There are more ways to deal the cases than can be gone through: no exact p can be given.",)


def test_the_rounded_test_is_exact_for_its_weights(monkeypatch) -> None:
    """Over all deals of one set of cases, p at most a happens at most a of the time, whatever was rounded."""
    monkeypatch.setattr(permutation, "LOOKED_UP", 1)
    monkeypatch.setattr(permutation, "TABLE", 740)
    monkeypatch.setattr(permutation, "COARSER", (120, 60, 30, 15))
    strata = [(np.array([2, 1, 2]), 3), (np.array([1, 2, 2]), 2), (np.array([1, 1, 1]), 1)]
    chances, found, rounded = [], [], set()
    for pair in product(
        *([deal for deal in product(*(range(n + 1) for n in tied)) if sum(deal) == chosen] for tied, chosen in strata)
    ):
        later = np.array(pair)
        both_rounds = np.stack([tied for tied, _ in strata])
        ways = math.prod(comb(int(t), int(k)) for t, k in zip(both_rounds.ravel(), later.ravel(), strict=True))
        p = permutation_p(both_rounds - later, later, [213, 101, 57])
        rounded.add(p.rounding > 0)
        chances.append(ways)
        found.append(p.rise)
    whole = sum(chances)
    assert True in rounded
    assert whole == comb(5, 3) * comb(5, 2) * comb(3, 1)
    for level in found:
        reached = sum(ways for ways, p in zip(chances, found, strict=True) if p <= level + 1e-12)
        assert reached / whole == pytest.approx(level, abs=1e-12)


def test_sides_too_long_to_add_up_are_transformed(monkeypatch) -> None:
    earlier, later = rounds_of(8, [9, 9, 9], [9, 9, 9])
    expected = both(permutation_p(earlier, later, [3, 2, 1]))
    monkeypatch.setattr(summing, "TRANSFORM", 0)
    assert both(permutation_p(earlier, later, [3, 2, 1])) == pytest.approx(expected, abs=1e-13)


def side(tag, values, strata, population):
    index = [f"{tag}{i}" for i in range(len(values))]
    return pd.Series(values, index=index), pd.Series(strata, index=index), population


def test_the_verb_gives_p_both_ways() -> None:
    earlier = side("e", [1, 1, 2, 2, 3, 1, 2], list("aaaabbb"), {"a": 40, "b": 60})
    later = side("l", [2, 3, 4, 1, 3, 3, None], list("aaaabbb"), {"a": 40, "b": 60})
    found = permutation_test(earlier, later)
    counts = np.array([[2, 2, 0, 0], [1, 1, 1, 0]]), np.array([[1, 1, 1, 1], [0, 0, 2, 0]])
    expected = dealt_out(*counts, [40, 60 * Fraction(2, 3)])
    assert (found.p_value, found.p_other_way) == pytest.approx(expected, abs=1e-12)
    assert found.p_two_sided == pytest.approx(2 * expected[0])
    assert found.statistic == pytest.approx(compare_grades(earlier, later).change)
    assert (found.n_earlier, found.n_later, found.strata, found.rounding, found.notes) == (7, 6, 2, 0.0, ())
    turned = permutation_test(earlier, later, higher_is_better=False)
    assert (turned.p_value, turned.p_other_way) == (found.p_other_way, found.p_value)
    assert str(found) == (
        "Had each stratum's cases been dealt to the two rounds by chance, whatever their grades: "
        f"so good a later round would come up with p = {found.p_value:.4f}, so bad a one with p = "
        f"{found.p_other_way:.4f}.\nn = 7 earlier, 6 later, in 2 strata."
    )
    assert found.to_dict()["p_value"] == found.to_frame()["p_value"][0] == found.p_value


def test_a_share_is_two_grades() -> None:
    earlier = side("e", [1] * 4 + [0] * 6, ["a"] * 10, {"a": 99})
    later = side("l", [1] * 8 + [0] * 3, ["a"] * 11, {"a": 99})
    found = permutation_test(earlier, later, kind="share")
    expected = scipy.stats.fisher_exact([[8, 3], [4, 6]], alternative="greater").pvalue
    assert found.p_value == pytest.approx(expected, rel=1e-12)
    assert found.statistic == pytest.approx((8 / 11 - 4 / 10) / 2)


def test_nothing_to_deal_is_undefined_and_told() -> None:
    found = permutation_test(side("e", [None], ["a"], {"a": 9}), side("l", [1], ["a"], {"a": 9}))
    assert math.isnan(found.p_value)
    assert found.notes == ("n = 0 in a round, not applicable: there is nothing to compare.",)
    assert str(found).startswith(
        "Had each stratum's cases been dealt to the two rounds by chance, whatever their grades: cannot be told."
    )
    assert found.to_dict()["p_value"] is None


def test_a_case_in_both_rounds_is_told() -> None:
    again = side("c", [1, 2, 3], ["a"] * 3, {"a": 9})
    assert permutation_test(again, again).notes == ("3 cases audited in both rounds are taken as different cases.",)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"kind": "grade"}, 'kind: "grade" is not a kind of answer. Did you mean "grades"?'),
        (
            {"kind": "share", "ratings": ["Good"]},
            "ratings: a share has no ratings. Leave ratings out, or give kind grades.",
        ),
    ],
)
def test_refusals(options, text) -> None:
    earlier, later = side("e", [1], ["a"], {"a": 9}), side("l", [1], ["a"], {"a": 9})
    with pytest.raises(ChangeError) as refused:
        permutation_test(earlier, later, **options)
    assert str(refused.value) == text


def test_too_many_deals_are_none() -> None:
    assert deal_out([1] * 1000, [1] * 1000) is None
