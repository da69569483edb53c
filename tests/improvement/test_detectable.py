"""Smallest detectable changes against the printed table, counting out, and the real tests."""

from __future__ import annotations

import json
import math
import time

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError, DesignError
from audit_toolkit.improvement import compare_grades, compare_shares, detectable_grades, detectable_share
from audit_toolkit.improvement.estimates.variance import variance_groups
from audit_toolkit.improvement.planning.odds import better_by, smoothed, theta_of
from audit_toolkit.improvement.planning.power import grades_shown, share_limits, shares_shown

# Points by cases a round and the share before, each power checked by counting out; None is none. Where 20 from 70 %
# and 40 from 85 % could show nothing by MOVER, 29 and 15 points can be shown now.
TABLE = {
    20: (43, 40, 29, None),
    40: (31, 30, 24, 15),
    60: (25, 25, 20, 14),
    100: (19, 19, 16, 11),
    150: (16, 16, 14, 10),
}
POPULATION = {f"s{h:02d}": 40 + 25 * h for h in range(12)}


@pytest.mark.parametrize("n", list(TABLE))
def test_the_printed_table(n) -> None:
    for start, points in zip((0.3, 0.5, 0.7, 0.85), TABLE[n], strict=True):
        found = detectable_share(start, {"all": n}, {"all": n}, {"all": 999})
        if points is None:
            assert math.isnan(found.true_change)
            assert found.notes[0] == "None: even the largest change would be shown with less than 80 % power."
        else:
            assert 100 * found.true_change == pytest.approx(points, abs=1.5)


def test_eleven_more_of_sixty_already_count() -> None:
    """At 60 from 50 %, an observed rise of 18 points counts (11 cases) and one of ten cases does not."""
    found = detectable_share(0.5, {"all": 60}, {"all": 60}, {"all": 999})
    assert found.observed_change == pytest.approx(11 / 60)


def test_simulated_strata_agree_with_counting_out() -> None:
    """Many cases in two like strata lose next to nothing against one stratum of as many."""
    one = detectable_share(0.5, {"a": 120}, {"a": 120}, {"a": 999})
    two = detectable_share(0.5, {"a": 60, "b": 60}, {"a": 60, "b": 60}, {"a": 500, "b": 500})
    assert two.true_change == pytest.approx(one.true_change, abs=0.0101)
    assert two.observed_change == pytest.approx(one.observed_change, abs=0.0101)


def test_fewer_is_better_is_the_mirror() -> None:
    down = detectable_share(0.7, {"a": 60}, {"a": 60}, {"a": 99}, higher_is_better=False)
    assert down == detectable_share(1 - 0.7, {"a": 60}, {"a": 60}, {"a": 99})


def rounds_of(counts, tag):
    """Cases of one round from counts (H x K), strata by their number."""
    strata = [h for h, row in enumerate(counts) for n in row for _ in range(int(n))]
    grades = [k for row in counts for k, n in enumerate(row) for _ in range(int(n))]
    ids = [f"{tag}{i}" for i in range(len(grades))]
    return pd.Series(grades, index=ids, dtype=float), pd.Series(strata, index=ids)


@pytest.mark.parametrize("collapse", [None, {2: 1}])
def test_the_many_at_once_are_the_real_tests(collapse) -> None:
    rng = np.random.default_rng(6)
    n1, n2 = np.array([9, 6, 1 if collapse else 4]), np.array([7, 8, 3])
    weights = np.array([300.0, 80.0, 40.0])
    population = dict(enumerate(weights.tolist()))
    groups1, groups2 = (variance_groups([0, 1, 2], n, None, collapse) for n in (n1, n2))
    later_share = rng.dirichlet([1, 1, 2, 3], 40)
    counts1 = np.stack([[rng.multinomial(n, [0.4, 0.3, 0.2, 0.1]) for n in n1] for _ in range(40)]).astype(float)
    counts2 = np.stack([[rng.multinomial(n, p) for n in n2] for p in later_share]).astype(float)
    shown = grades_shown(counts1, counts2, weights, groups1, groups2, 0.95)
    good1, good2 = counts1[..., 2:].sum(axis=-1), counts2[..., 2:].sum(axis=-1)
    low, high = share_limits(good1, good2, n1, n2, weights, groups1, groups2, 0.95)
    rise, fall = shares_shown(good1, good2, n1, n2, weights, groups1, groups2, 0.95)
    for i in range(40):
        earlier, later = (*rounds_of(counts1[i], "e"), population), (*rounds_of(counts2[i], "l"), population)
        assert (compare_grades(earlier, later, collapse=collapse).verdict == "improved") == shown[i]
        share = compare_shares(
            ((earlier[0] >= 2).astype(int), *earlier[1:]), ((later[0] >= 2).astype(int), *later[1:]), collapse=collapse
        )
        assert [share.ci.low, share.ci.high] == pytest.approx([low[i], high[i]], abs=1e-10)
        assert [share.verdict == "improved", share.verdict == "worsened"] == [rise[i], fall[i]]
    assert 0 < shown.sum() < 40


def test_rounds_without_spread_are_decided_as_the_exact_test_does() -> None:
    counts1, counts2 = (
        np.array([[[4.0, 0]], [[3, 0]], [[0, 4]], [[4, 0]]]),
        np.array([[[0, 4.0]], [[0, 3]], [[4, 0]], [[4, 0]]]),
    )
    one = variance_groups(["a"], np.array([4]), None, None)
    assert grades_shown(counts1, counts2, np.array([9.0]), one, one, 0.95).tolist() == [True, False, False, False]


def test_a_true_change_of_that_size_is_found_that_often() -> None:
    n = dict.fromkeys(list(POPULATION)[:4], 12)
    size = detectable_share(0.5, n, n, POPULATION).true_change
    rng = np.random.default_rng(99)
    cases = np.full(4, 12)
    good1, good2 = (rng.binomial(12, share, (20_000, 4)).astype(float) for share in (0.5, 0.5 + size))
    groups = variance_groups(range(4), cases, None, None)
    weights = np.array([POPULATION[label] for label in n], dtype=float)
    power = shares_shown(good1, good2, cases, cases, weights, groups, groups, 0.95)[0].mean()
    assert 0.78 < power < 0.84


def test_the_more_cases_the_smaller_a_change_of_grades_is_seen() -> None:
    found = []
    for each in (30, 60, 120):
        n = {"a": each}
        grades = detectable_grades([0.2, 0.3, 0.3, 0.2], n, n, {"a": 999})
        assert 0 < grades.observed_change < grades.true_change
        found.append(grades.true_change)
    assert found[0] > found[1] > found[2]
    assert found[1] == pytest.approx(0.145, abs=0.0051)


def test_odds_are_moved_alike_at_every_grade() -> None:
    start = smoothed([0.1, 0.2, 0.3, 0.4], 60)
    assert start.sum() == pytest.approx(1)
    later = better_by(start, np.array([0.05, 0.2]))
    np.testing.assert_allclose(theta_of(start, later), [0.55, 0.7], atol=1e-9)
    odds = [np.cumsum(each)[:-1] / (1 - np.cumsum(each)[:-1]) for each in (start, later[1])]
    np.testing.assert_allclose(odds[0] / odds[1], (odds[0] / odds[1])[0])


def test_a_grade_nobody_had_can_be_reached() -> None:
    found = detectable_grades({"Good": 0.0, "Fair": 0.0, "Poor": 1.0}, {"a": 40}, {"a": 40}, {"a": 99})
    assert 0 < found.true_change < 0.2


def test_one_case_in_a_stratum_shows_nothing_unless_collapsed() -> None:
    n = {"a": 30, "b": 1}
    for verb, start in ((detectable_share, 0.5), (detectable_grades, [0.5, 0.5])):
        found = verb(start, n, n, {"a": 90, "b": 10})
        assert (math.isnan(found.true_change), math.isnan(found.observed_change)) == (True, True)
        assert found.notes == (
            'Variance not estimable: one case stands for stratum "b". '
            "Draw two, or declare under collapse the neighbour to take it with.",
        )
        assert verb(start, n, n, {"a": 90, "b": 10}, collapse={"b": "a"}).true_change > 0


def test_same_answer_every_time_and_fast_enough_for_fifty_measures() -> None:
    n = dict.fromkeys(POPULATION, 5)
    begun = time.perf_counter()
    found = [detectable_share(0.5, n, n, POPULATION), detectable_share(0.5, n, n, POPULATION)]
    assert found[0] == found[1]
    assert time.perf_counter() - begun < 20


def test_what_it_tells() -> None:
    found = detectable_share(0.85, {"a": 20}, {"a": 20}, {"a": 99})
    assert found.to_dict() == {
        "detectable_true": None,
        "detectable_observed": None,
        "power": 0.8,
        "confidence": 0.95,
        "notes": [
            "None: even the largest change would be shown with less than 80 % power.",
            "None: even the largest observed change would not have counted.",
        ],
    }
    json.dumps(found.to_dict(), allow_nan=False)
    assert str(found) == (
        "Smallest true change shown with 80 % power: none; smallest observed change that counts: none"
    )
    assert str(detectable_share(0.5, {"a": 60}, {"a": 60}, {"a": 99})) == (
        "Smallest true change shown with 80 % power: 25.0 points; smallest observed change that counts: 18.3 points"
    )


@pytest.mark.parametrize(
    ("call", "family", "text"),
    [
        (
            lambda: detectable_share(50, {"a": 9}, {"a": 9}, {"a": 9}),
            ChangeError,
            "the earlier share 50 is not between 0 and 1. Use 0.5 for 50 %.",
        ),
        (
            lambda: detectable_share(0.5, {"a": 9}, {"a": 9}, {"a": 9}, power=80),
            ChangeError,
            "power 80 is not between 0 and 1. Use 0.8 for 80 %.",
        ),
        (
            lambda: detectable_share(0.5, {"a": 9}, {"b": 9}, {"a": 9, "b": 9}),
            DesignError,
            "no stratum has cases in both rounds. Give the cases of each by stratum.",
        ),
        (
            lambda: detectable_grades([0.5, 0.6], {"a": 9}, {"a": 9}, {"a": 9}),
            ChangeError,
            "0.5, 0.6 are not the shares of two grades or more. "
            "Give the share of cases at each grade, best first, adding to 1.",
        ),
    ],
)
def test_refusals(call, family, text) -> None:
    with pytest.raises(family) as refused:
        call()
    assert str(refused.value) == text
