"""How many cases: agreement with what a round of that size is told it can show, with real tests, and in words."""

from __future__ import annotations

import json
import math
import time

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError, DesignError
from audit_toolkit.improvement import (
    compare_grades,
    compare_shares,
    detectable_grades,
    detectable_share,
    estimate_share,
    expected_half_width,
    size_to_detect,
    size_to_hold,
    size_to_know,
)
from audit_toolkit.improvement.planning.odds import raised, theta_of
from audit_toolkit.improvement.planning.simulated import draws
from audit_toolkit.improvement.planning.size_search import Search
from audit_toolkit.sampling import AllocationInputs, allocate, size_for_change

# Every answer is simulated on the real strata.
pytestmark = pytest.mark.slow

POPULATION = {f"s{h:02d}": 40 + 25 * h for h in range(12)}


@pytest.mark.parametrize(("change", "start"), [(0.20, 0.5), (0.15, 0.5), (0.15, 0.8)])
def test_a_round_of_the_size_found_is_told_that_it_can_show_the_change(change, start) -> None:
    found = size_to_detect(POPULATION, change, from_share=start)
    assert found.n is not None
    enough, short = (
        detectable_share(start, allocate(POPULATION, n), allocate(POPULATION, n), POPULATION).true_change
        for n in (found.n, found.n - 1)
    )
    assert enough <= change + 1e-9 < short
    assert found.reached >= 0.8
    assert found.allocation == allocate(POPULATION, found.n)
    assert found.first_guess.n == pytest.approx(found.n, rel=0.1)


def test_grades_are_told_the_same() -> None:
    found = size_to_detect(POPULATION, 0.20, measure="grades")
    start = np.full(4, 0.25)
    size = float(theta_of(start, raised(start, 2, 0.7))) - 0.5
    enough, short = (
        detectable_grades([0.25] * 4, allocate(POPULATION, n), allocate(POPULATION, n), POPULATION).true_change
        for n in (found.n, found.n - 1)
    )
    # Changes of theta are tried in half points, and this one lies between two of them.
    assert enough <= size + 0.005
    assert size < short


def test_one_stratum_is_counted_out_and_every_larger_size_keeps_the_power() -> None:
    found = size_to_detect(696, 0.20)
    assert found.n == size_to_detect({"everybody": 696}, 0.20).n
    for n in range(found.n, found.n + 5):
        assert detectable_share(0.5, {"a": n}, {"a": n}, {"a": 696}).true_change <= 0.2 + 1e-9
    n = found.n - 1
    assert detectable_share(0.5, {"a": n}, {"a": n}, {"a": 696}).true_change > 0.2
    assert {point.error for point in found.curve} == {0.0}


def series(values, strata, tag):
    index = [f"{tag}{number}" for number in range(len(values))]
    return pd.Series(values, index=index, dtype=float), pd.Series(strata, index=index, dtype=object)


@pytest.mark.parametrize("measure", ["share", "grades"])
def test_the_real_test_shows_the_change_that_often(measure) -> None:
    """Four hundred pairs of rounds drawn anew, compared by the verbs themselves: 80 %, less four standard errors."""
    population = {"a": 500, "b": 200, "c": 60}
    found = size_to_detect(population, 0.2, measure=measure)
    start = np.full(4, 0.25)
    later = raised(start, 2, 0.7)
    strata = [label for label, n in found.allocation.items() for _ in range(n)]
    rng, shown = np.random.default_rng(5), 0
    for _ in range(400):
        grades = [rng.choice(4, found.n, p=shares).astype(float) for shares in (start, later)]
        if measure == "share":
            grades = [(each >= 2).astype(float) for each in grades]
        sides = [(*series(each, strata, tag), population) for each, tag in zip(grades, "el", strict=True)]
        verb = compare_shares if measure == "share" else compare_grades
        shown += verb(*sides).verdict == "improved"
    assert abs(shown / 400 - 0.8) < 4 * math.sqrt(0.16 / 400)


def test_a_margin_holds_for_samples_drawn_at_the_size_found() -> None:
    population = {"a": 400, "b": 150, "c": 50}
    found = size_to_know(population, 0.08)
    strata = [label for label, n in found.allocation.items() for _ in range(n)]
    rng, widths = np.random.default_rng(8), []
    for _ in range(150):
        good = [
            value
            for label, n in found.allocation.items()
            for value in rng.permutation([1] * (population[label] // 2) + [0] * (population[label] // 2))[:n]
        ]
        ci = estimate_share(*series(good, strata, "x"), population).ci
        widths.append((ci.high - ci.low) / 2)
    assert np.mean(widths) == pytest.approx(0.08, abs=0.0015)
    assert expected_half_width(population, found.allocation) <= 0.08
    assert expected_half_width(population, allocate(population, found.n - 1)) > 0.08
    assert found.first_guess.n == pytest.approx(found.n, rel=0.1)


def test_no_worse_is_found_as_often_when_nothing_changed() -> None:
    found = size_to_hold(POPULATION, 0.1)
    assert found.n == pytest.approx(found.first_guess.n, rel=0.15)
    start = [0.25] * 4
    n = found.allocation
    strata = [label for label, count in n.items() for _ in range(count)]
    rng, held = np.random.default_rng(21), 0
    for _ in range(150):
        sides = [
            (*series(rng.choice(4, found.n, p=start).astype(float), strata, tag), POPULATION) for tag in ("e", "l")
        ]
        held += compare_grades(*sides, margin=0.1).verdict in ("no_worse", "improved")
    assert abs(held / 150 - 0.8) < 4 * math.sqrt(0.16 / 150)


def test_an_earlier_round_that_is_small_can_be_too_small() -> None:
    earlier = allocate(POPULATION, 60)
    enough = size_to_detect(POPULATION, 0.25, earlier=earlier)
    assert enough.n > 55
    assert enough.sentence() == (
        f"Read {enough.n} of 2,130 cases in the later round, so that a true rise from 50 % to 75 % good or better is "
        "shown by the share in 80 of 100 pairs of rounds."
    )
    assert enough.notes == ("The earlier round has 60 cases; the formula takes two rounds of the same size.",)
    never = size_to_detect(POPULATION, 0.15, earlier=earlier)
    assert never.n is None
    assert never.sentence() == (
        "No number of cases up to 2,130 is enough that a true rise from 50 % to 65 % good or better is shown by the "
        "share in 80 of 100 pairs of rounds: with 2,130 the power is 63 %."
    )


def test_where_no_number_will_do_it_is_said_at_once_and_in_words() -> None:
    begun = time.perf_counter()
    few = size_to_detect(100, 0.15)
    assert (few.n, round(few.reached, 2)) == (None, 0.57)
    assert str(few).splitlines() == [
        "No number of cases up to 100 is enough that a true rise from 50 % to 65 % good or better is shown by the "
        "share in 80 of 100 pairs of rounds: with 100 the power is 57 %.",
        "By formula (Fleiss 1981): 170.",
    ]
    thin = size_to_detect({"a": 300, "b": 1}, 0.2)
    assert thin.n is None
    assert thin.sentence().endswith("in 80 of 100 pairs of rounds: with 301 the power cannot be told.")
    assert thin.notes[0].startswith('Variance not estimable: one case stands for stratum "b".')
    assert size_to_detect({"a": 300, "b": 1}, 0.2, collapse={"b": "a"}).n is not None
    capped = size_to_know({"a": 300, "b": 200}, 0.05, maximum=30)
    assert (capped.n, capped.curve[-1].n) == (None, 60)
    assert time.perf_counter() - begun < 30


def test_everything_is_read_where_nothing_less_will_do() -> None:
    found = size_to_know({"a": 12, "b": 8}, 0.001)
    assert (found.n, found.reached) == (20, 0.0)
    assert found.sentence() == (
        "Read all 20 cases, so that a share near 50 % is known to within 0.1 points either way, on average."
    )
    held = size_to_hold(POPULATION, 0.2)
    assert held.sentence() == (
        f"Read {held.n} of 2,130 cases in each of the two rounds, so that grades that did not change are called no "
        "worse, by a margin of 20 points, in 80 of 100 pairs of rounds."
    )


def test_allocation_is_the_plan_s() -> None:
    spread = dict.fromkeys(POPULATION, 1.0) | {"s11": 9.0}
    inputs = AllocationInputs(spread=spread, cost=None, power=None, targets={}, take_all=())
    found = size_to_detect(POPULATION, 0.25, method="neyman", inputs=inputs)
    assert found.allocation == allocate(POPULATION, found.n, method="neyman", spread=spread)
    assert found.n > size_to_detect(POPULATION, 0.25).n
    whole = AllocationInputs(spread=None, cost=None, power=None, targets={}, take_all=("s00",))
    assert size_to_know(POPULATION, 0.1, inputs=whole).allocation["s00"] == 40
    flat = AllocationInputs(spread={"a": 1, "b": 0}, cost=None, power=None, targets={}, take_all=())
    never = size_to_know({"a": 30, "b": 20}, 0.001, method="neyman", inputs=flat)
    assert (never.n, never.curve[-1].n) == (None, 32)


def test_the_curve_rises_and_the_width_falls() -> None:
    found = size_to_detect(POPULATION, 0.2)
    frame = found.to_frame()
    assert list(frame.columns) == ["n", "power", "error", "half_width"]
    assert frame["n"].tolist() == sorted(frame["n"])
    assert found.n in set(frame["n"])
    assert frame["power"].is_monotonic_increasing
    assert frame["half_width"].is_monotonic_decreasing
    assert frame["error"].between(0, 0.008).all()
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["curve"][0]["n"] == int(frame["n"].iloc[0])
    known = size_to_know(POPULATION, 0.1)
    assert known.to_dict()["curve"][0]["power"] is None


def test_a_larger_round_holds_the_cases_of_the_smaller() -> None:
    few, many = (draws(np.array(each), 0) for each in ([3, 5], [7, 6]))
    np.testing.assert_array_equal(few[:3], many[:3])
    np.testing.assert_array_equal(few[3:], many[7:12])
    assert abs(float(few.mean()) - 0.5) < 0.01
    assert not np.array_equal(few, draws(np.array([3, 5]), 1))


def test_fast_enough_to_ask_again() -> None:
    begun = time.perf_counter()
    size_to_detect(POPULATION, 0.15)
    size_to_know(POPULATION, 0.05)
    assert time.perf_counter() - begun < 40


def test_the_search_moves_past_sizes_that_waver() -> None:
    good = {14, 15, 17, 18, 20, *range(22, 101)}
    for guess in (5, 14, 40, 100):
        assert Search(lambda n: n in good, 5, 100).smallest(guess) in (14, 17, 22)
    assert Search(lambda n: n in good, 5, 100).smallest(22) == 22
    assert Search(lambda n: n >= 30, 5, 100).smallest(7) == 30
    assert Search(lambda n: n >= 30, 5, 100).smallest(1000) == 30
    assert Search(lambda n: n >= 2, 5, 100).smallest(60) == 5
    assert Search(lambda _: False, 5, 100).smallest(60) is None
    assert Search(lambda n: 17 <= n < 20, 5, 20).smallest(18) is None


def test_size_for_change_is_the_first_guess() -> None:
    found = size_to_detect(POPULATION, 0.2)
    assert found.first_guess == size_for_change(0.2, from_share=0.5, population=2130)


@pytest.mark.parametrize(
    ("call", "family", "text"),
    [
        (
            lambda: size_to_detect(100, 0.6),
            ChangeError,
            "change: a rise of 60 points from 50 % cannot be. Use more than 0 and at most 50 points.",
        ),
        (
            lambda: size_to_detect(100, 0.2, measure="grade"),
            ChangeError,
            'measure: "grade" is not a measure. Did you mean "grades"?',
        ),
        (
            lambda: size_to_detect(100, 0.2, power=80),
            ChangeError,
            "power 80 is not between 0 and 1. Use 0.8 for 80 %.",
        ),
        (
            lambda: size_to_detect(100, 0.2, from_share=50),
            ChangeError,
            "the earlier share 50 is not between 0 and 1. Use 0.5 for 50 %.",
        ),
        (
            lambda: size_to_detect(100, 0.2, grades=[0.5, 0.5], good=2),
            ChangeError,
            "good: 2 of 2 grades cannot be the good ones. Use 1 to 1.",
        ),
        (
            lambda: size_to_hold(100, 10),
            ChangeError,
            "margin: the margin 10 is not between 0 and 0.5. Use 0.1 for 10 points.",
        ),
        (
            lambda: size_to_know(100, 5),
            ChangeError,
            "margin: the margin 5 is not between 0 and 1. Use 0.05 for 5 points.",
        ),
        (
            lambda: size_to_know(POPULATION, 0.05, most=10),
            DesignError,
            "most: at most 10 cases are to be tried and the strata need 24. Try 24 or more.",
        ),
        (
            lambda: size_to_know(POPULATION, 0.05, method="multivariate"),
            DesignError,
            "allocation: a multivariate allocation sets the number of cases by itself. "
            "Look at its targets instead, or choose another allocation.",
        ),
    ],
)
def test_refusals(call, family, text) -> None:
    with pytest.raises(family) as refused:
        call()
    assert str(refused.value) == text
