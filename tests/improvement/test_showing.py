"""What a round of so many cases could show: the verbs it joins, and the words."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError, DesignError
from audit_toolkit.improvement import (
    compare_grades,
    could_show,
    detectable_grades,
    detectable_share,
    even_grades,
    expected_half_width,
    size_table,
    size_to_hold,
)
from audit_toolkit.improvement.planning.odds import better_by, smoothed
from audit_toolkit.sampling import allocate

POPULATION = {"North": 300, "South": 180, "West": 60}
N = allocate(POPULATION, 60)


def test_it_joins_the_verbs() -> None:
    found = could_show(POPULATION, N, from_share=0.6, margin=0.1)
    grades = [0.3, 0.3, 0.2, 0.2]
    assert found.half_width == expected_half_width(POPULATION, N, share=0.6)
    assert found.share == detectable_share(0.6, N, N, POPULATION)
    assert found.grades == detectable_grades(grades, N, N, POPULATION)
    start = smoothed(grades, 60)
    later = better_by(start, np.array([found.grades.true_change]))[0]
    assert found.grades_as_share == pytest.approx(later[2:].sum() - start[2:].sum())
    assert found.no_worse == size_to_hold(POPULATION, 0.1, grades=grades, most=60).reached


def test_no_worse_is_said_that_often_by_the_real_test() -> None:
    found = could_show(POPULATION, N, margin=0.1)
    strata = [label for label, n in N.items() for _ in range(n)]
    rng, held = np.random.default_rng(2), 0
    for _ in range(200):
        sides = []
        for tag in ("e", "l"):
            index = [f"{tag}{number}" for number in range(60)]
            values = pd.Series(rng.integers(0, 4, 60), index=index, dtype=float)
            sides.append((values, pd.Series(strata, index=index, dtype=object), POPULATION))
        held += compare_grades(*sides, margin=0.1).verdict in ("no_worse", "improved")
    assert abs(held / 200 - found.no_worse) < 4 * math.sqrt(0.25 / 200)


def test_more_cases_show_more() -> None:
    rows = size_table(POPULATION, [20, 60, 200], margin=0.1)
    assert [each.n for each in size_table({"a": 30, "b": 29})] == [20, 40]
    for name in ("half_width", "grades_as_share"):
        figures = [getattr(each, name) for each in rows]
        assert figures == sorted(figures, reverse=True)
    shown = [each.no_worse for each in rows]
    assert shown == sorted(shown)
    assert [each.n for each in size_table(POPULATION, [90, 30], also=[60, 30])] == [30, 60, 90]
    assert [each.n for each in size_table(15)] == [15]


def test_a_thin_stratum_is_told() -> None:
    found = could_show({"a": 90, "b": 9}, {"a": 20, "b": 1}, margin=0.1)
    assert found.thin
    assert [math.isnan(each) for each in (found.half_width, found.no_worse, found.grades_as_share)] == [True] * 3
    assert found.to_dict()["half_width"] is None
    json.dumps(found.to_dict(), allow_nan=False)
    joined = could_show({"a": 90, "b": 9}, {"a": 20, "b": 1}, margin=0.1, collapse={"b": "a"})
    assert not joined.thin
    assert joined.half_width > 0


def test_what_it_tells() -> None:
    found = could_show({"a": 999}, {"a": 60})
    assert str(found) == (
        "60 cases a round: a share near 50 % known to within 12.7 points either way\n"
        "share good or better: Smallest true change shown with 80 % power: 25.0 points; "
        "smallest observed change that counts: 18.3 points\n"
        "grades, in theta: Smallest true change shown with 80 % power: 14.5 points; "
        "smallest observed change that counts: 10.5 points"
    )
    assert list(found.to_frame().columns) == list(found.to_dict())
    assert found.to_dict()["margin"] is None
    assert math.isnan(found.to_frame()["margin"].iloc[0])


def test_grades_nobody_knows_yet_are_spread_evenly() -> None:
    assert even_grades(0.5, 4, 2) == [0.25] * 4
    assert even_grades(0.6, 5, 2) == pytest.approx([0.3, 0.3] + [0.4 / 3] * 3)


@pytest.mark.parametrize(
    ("call", "family", "text"),
    [
        (lambda: could_show({"a": 9}, {"a": 5}, from_share=2), ChangeError, "the earlier share 2 is not between 0"),
        (lambda: even_grades(0.5, 4, 4), ChangeError, "good: 4 of 4 grades cannot be the good ones. Use 1 to 3."),
        (lambda: size_table(POPULATION, [5]), DesignError, "allocation: 5 cases cannot give each of 3 strata 2"),
    ],
)
def test_refusals(call, family, text) -> None:
    with pytest.raises(family) as refused:
        call()
    assert str(refused.value).startswith(text)
