"""The exact stratified interval: how often it holds, counted out over every vector and sample of small designs."""

from __future__ import annotations

import itertools
import json
from math import comb, prod

import numpy as np
import pytest
from scipy.stats import hypergeom

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import (
    estimate_share,
    exact_stratified_interval,
    hypergeometric_interval,
    most_there_may_be,
)
from audit_toolkit.improvement.estimates import exact_tails
from audit_toolkit.sampling import most_exceptions


def all_limits(n, population, confidence):
    """Every sample of a design (samples x strata) with its two limits in cases."""
    samples = np.array(list(itertools.product(*[range(drawn + 1) for drawn in n])))
    found = [exact_stratified_interval(good, n, population, confidence=confidence) for good in samples.tolist()]
    return samples, np.array([each.low_count for each in found]), np.array([each.high_count for each in found])


def misses(samples, low, high, n, population, held):
    """The chance that each limit errs where the strata hold these counts, exactly."""
    chance = np.ones(len(samples))
    for h, (drawn, size) in enumerate(zip(n, population, strict=True)):
        chance *= hypergeom.pmf(np.arange(drawn + 1), size, held[h], drawn)[samples[:, h]]
    return chance[low > sum(held)].sum(), chance[high < sum(held)].sum()


def worst_misses(n, population, confidence):
    limits = all_limits(n, population, confidence)
    vectors = itertools.product(*[range(size + 1) for size in population])
    found = np.array([misses(*limits, n, population, held) for held in vectors])
    return found.max(axis=0)


@pytest.mark.parametrize("confidence", [0.95, 0.6])
@pytest.mark.parametrize(("n", "population"), [([3, 2, 2], [6, 5, 4]), ([2, 1, 2], [7, 5, 3]), ([4, 3], [15, 8])])
def test_each_limit_errs_at_most_as_often_as_it_says_whatever_the_strata_hold(n, population, confidence) -> None:
    worst = worst_misses(n, population, confidence)
    assert (worst <= (1 - confidence) / 2 + 1e-12).all()
    assert (worst > 0.5 * (1 - confidence) / 2).all()


def test_also_where_counts_are_taken_in_steps(monkeypatch) -> None:
    monkeypatch.setattr(exact_tails, "WORK", 3000)
    assert exact_tails._search(np.array([2, 1, 1]), np.array([3, 2, 2]), np.array([12, 9, 8])).step > 1
    assert (worst_misses([3, 2, 2], [12, 9, 8], 0.8) <= 0.1 + 1e-12).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "population"),
    [
        ([9, 6, 4], [150, 90, 30]),
        ([5, 5, 5], [200, 60, 15]),
        ([7, 5, 3, 2], [70, 50, 30, 8]),
        ([2, 9, 4], [90, 40, 12]),
    ],
)
def test_worst_vector_of_a_larger_design_is_just_held(n, population) -> None:
    """The search climbs from many vectors, up to sixteen cases at a time in any of the strata."""
    limits = all_limits(n, population, 0.95)
    rng = np.random.default_rng(1991)
    steps = [each for each in itertools.product((-1, 0, 1), repeat=len(n)) if any(each)]
    highest = 0.0
    for _ in range(8):
        held = [int(rng.integers(size + 1)) for size in population]
        value, size = max(misses(*limits, n, population, held)), 16
        while size:
            near = [[m + size * s for m, s in zip(held, step, strict=True)] for step in steps]
            near = [each for each in near if all(0 <= m <= top for m, top in zip(each, population, strict=True))]
            scored = [(max(misses(*limits, n, population, each)), each) for each in near]
            best = max(scored)
            if best[0] > value:
                value, held = best
            else:
                size //= 2
        highest = max(highest, value)
    assert 0.02 < highest <= 0.025 + 1e-12


def test_one_stratum_is_the_exact_hypergeometric_interval() -> None:
    for good, n, size, confidence in ((3, 10, 30, 0.95), (0, 10, 30, 0.9), (60, 60, 20_000, 0.95), (7, 13, 13, 0.5)):
        found = exact_stratified_interval([good], [n], [size], confidence=confidence)
        assert (found.low_count, found.high_count) == hypergeometric_interval(good, n, size, confidence)
        assert (found.ci.low, found.ci.high) == (found.low_count / size, found.high_count / size)


@pytest.mark.parametrize("good", [[13, 9, 5, 3, 1], [26, 17, 9, 5, 2], [0, 0, 0, 0, 1], [2, 15, 1, 5, 0]])
def test_mirrored_nested_and_around_the_estimate(good) -> None:
    n, population = [26, 17, 10, 5, 2], [300, 200, 120, 60, 20]
    bad = [drawn - x for x, drawn in zip(good, n, strict=True)]
    outer = (-1, 701)
    for confidence in (0.999, 0.95, 0.8, 0.5, 0.1):
        found = exact_stratified_interval(good, n, population, confidence=confidence)
        other = exact_stratified_interval(bad, n, population, confidence=confidence)
        assert (other.low_count, other.high_count) == (700 - found.high_count, 700 - found.low_count)
        assert outer[0] <= found.low_count <= found.high_count <= outer[1]
        assert found.ci.low <= found.value <= found.ci.high
        assert sum(good) <= found.low_count
        assert found.high_count <= 700 - sum(bad)
        outer = (found.low_count, found.high_count)


def test_order_of_strata_and_form_of_the_counts_change_nothing() -> None:
    by_list = exact_stratified_interval([3, 5, 1], [6, 9, 2], [40, 80, 7])
    by_name = exact_stratified_interval(
        {"c": 1, "b": 5, "a": 3}, {"a": 6, "b": 9.0, "c": 2}, {"b": 80, "c": np.int64(7), "a": 40}
    )
    assert by_name == by_list
    with_empty = exact_stratified_interval([3, 5, 0, 1], [6, 9, 0, 2], [40, 80, 0, 7])
    assert with_empty == by_list


def test_all_good_none_good_and_a_complete_count() -> None:
    n, population = [26, 17, 10, 5, 2], [300, 200, 120, 60, 20]
    all_good = exact_stratified_interval(n, n, population)
    assert (all_good.value, all_good.high_count) == (1.0, 700)
    assert 0.9 < all_good.ci.low < 0.95
    none = exact_stratified_interval([0] * 5, n, population)
    assert (none.value, none.low_count, none.high_count) == (0.0, 0, 700 - all_good.low_count)
    complete = exact_stratified_interval([3, 1], [5, 4], [5, 4])
    assert (complete.low_count, complete.high_count, complete.value) == (4, 4, pytest.approx(4 / 9))
    assert complete.notes == ("Complete count: every case of the register was drawn, nothing is left to chance.",)
    partly = exact_stratified_interval([3, 4], [5, 10], [5, 30])
    alone = exact_stratified_interval([4], [10], [30])
    assert (partly.low_count, partly.high_count) == (alone.low_count + 3, alone.high_count + 3)


def test_narrower_than_korn_and_graubard_at_equal_shares() -> None:
    """Their interval, at the same samples, is .254 wide; the sum of each stratum's own limits is .57 wide."""
    n, population = [26, 17, 10, 5, 2], [300, 200, 120, 60, 20]
    found = exact_stratified_interval([13, 9, 5, 2, 1], n, population)
    each = [hypergeometric_interval(*c, 0.95**0.2) for c in zip([13, 9, 5, 2, 1], n, population, strict=True)]
    assert found.ci.high - found.ci.low < 0.25
    assert sum(high - low for low, high in each) / 700 > 0.55


def test_a_large_register_is_counted_in_steps_and_says_so() -> None:
    found = exact_stratified_interval([30, 19, 15, 8, 3], [60, 38, 30, 15, 7], [8000, 5000, 4000, 2000, 1000])
    assert found.ci.high - found.ci.low < 0.175
    assert len(found.notes) == 1
    assert found.notes[0].startswith("Counts were taken in steps of ")
    assert found.notes[0].endswith(" points too far out.")


def test_what_is_printed_and_written() -> None:
    found = exact_stratified_interval({"a": 13, "b": 9}, {"a": 26, "b": 17}, {"a": 300, "b": 200})
    assert str(found) == (
        "Share 51.2 %, exact 95 % interval 36.6 % to 65.8 %\n183 to 329 of 500 cases; n = 43 drawn in 2 strata, 22 good"
    )
    assert list(found.to_dict()) == [
        "value",
        "ci_low",
        "ci_high",
        "low_count",
        "high_count",
        "good",
        "n",
        "population",
        "strata",
        "confidence",
        "notes",
    ]
    json.dumps(found.to_dict(), allow_nan=False)
    assert list(found.to_frame().columns) == list(found.to_dict())
    most = most_there_may_be([0], [10], [30])
    assert str(most) == ("0 found among 10 cases drawn from 30 in 1 stratum: with 95 % confidence there are at most 6.")
    assert most.to_dict() == {
        "most": 6,
        "found": 0,
        "n": 10,
        "population": 30,
        "strata": 1,
        "confidence": 0.95,
        "notes": [],
    }
    assert list(most.to_frame().columns) == list(most.to_dict())


def test_none_found_leaves_what_the_least_read_strata_could_hide() -> None:
    n, population = [6, 3, 2], [20, 15, 4]
    vectors = list(itertools.product(*[range(size - drawn + 1) for drawn, size in zip(n, population, strict=True)]))

    def chance(held):
        ways = zip(held, n, population, strict=True)
        return prod(comb(size - m, drawn) / comb(size, drawn) for m, drawn, size in ways)

    for confidence in (0.95, 0.8, 0.3):
        most = max(sum(held) for held in vectors if chance(held) > 1 - confidence)
        assert most_there_may_be([0, 0, 0], n, population, confidence=confidence).most == most


def test_one_stratum_is_what_planning_counts_with() -> None:
    for found, n, size, confidence in ((0, 10, 30, 0.95), (1, 60, 700, 0.95), (3, 40, 41, 0.8), (2, 9, 500, 0.4)):
        most = most_there_may_be([found], [n], [size], confidence=confidence).most
        assert most == most_exceptions(found, n, size, confidence=confidence)


def test_most_there_may_be_errs_on_one_side_only() -> None:
    n, population = [3, 2, 2], [6, 5, 4]
    samples = list(itertools.product(*[range(drawn + 1) for drawn in n]))
    most = np.array([most_there_may_be(found, n, population, confidence=0.9).most for found in samples])
    low = np.full(len(samples), -1)
    vectors = itertools.product(*[range(size + 1) for size in population])
    worst = max(misses(np.array(samples), low, most, n, population, held)[1] for held in vectors)
    assert 0.05 < worst <= 0.1 + 1e-12


def test_estimate_share_gives_it_for_a_stratified_sample() -> None:
    answers = [1] * 13 + [0] * 13 + [1] * 9 + [0] * 8
    strata = ["a"] * 26 + ["b"] * 17
    found = estimate_share(answers, strata, {"a": 300, "b": 200}, method="exact")
    same = exact_stratified_interval({"a": 13, "b": 9}, {"a": 26, "b": 17}, {"a": 300, "b": 200})
    assert found.ci == same.ci
    assert found.method == "exact over strata"
    assert found.value == pytest.approx(same.value)
    thin = estimate_share([1, 0, 1], ["a", "a", "b"], {"a": 9, "b": 5}, method="exact")
    assert thin.ci == exact_stratified_interval([1, 1], [2, 1], [9, 5]).ci
    assert thin.notes == (
        'Variance not estimable: one case stands for stratum "b". '
        "Draw two, or declare under collapse the neighbour to take it with.",
    )


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: exact_stratified_interval([1], [2], [3], confidence=1.0),
            "confidence 1.0 is not between 0 and 1. Use 0.95 for a 95 % interval.",
        ),
        (
            lambda: estimate_share([1, None, 0], ["a", "a", "b"], {"a": 9.5, "b": 9}, method="exact", fpc=False),
            'method: an exact interval needs an answer for every case drawn; 1 of 3 have none. Use "korn-graubard".\n'
            'method: an exact interval needs whole counts of cases; "a" has none. Use "korn-graubard".\n'
            "method: an exact interval over strata speaks of this register, so fpc=False cannot be had with it. "
            'Use fpc=True, or "korn-graubard".',
        ),
    ],
)
def test_what_is_refused(call, text) -> None:
    with pytest.raises(ChangeError) as refused:
        call()
    assert str(refused.value) == text
