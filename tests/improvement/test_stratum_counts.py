"""Counts by stratum: what is read, and what is refused, every fault at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import DesignError
from audit_toolkit.improvement import exact_stratified_interval, most_there_may_be
from audit_toolkit.improvement.estimates.stratum_counts import read_counts


def test_mappings_series_and_sequences() -> None:
    by_name = read_counts(
        {"b": 1, "a": 0.0, "none": 0}, pd.Series({"a": 3, "b": 4, "none": 0}), {"a": 9, "none": 0, "b": np.int64(8)}
    )
    assert by_name.labels == ("a", "b")
    assert [by_name.good.tolist(), by_name.n.tolist(), by_name.population.tolist()] == [[0, 1], [3, 4], [9, 8]]
    assert by_name.bad.tolist() == [3, 3]
    assert by_name.value == pytest.approx(8 / 4 / 17)
    by_place = read_counts([0, 1], (3, 4), np.array([9, 8]))
    assert by_place.labels == ("1", "2")
    assert by_place.value == by_name.value


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: exact_stratified_interval([3, 9, 1.5], [5, 4, 2], [4, 9, 9]),
            'good: stratum "3" has 1.5, not a whole number of cases. Give a count, 0 or more.',
        ),
        (
            lambda: exact_stratified_interval({"a": 6, "b": 0}, {"a": 5, "b": 0}, {"a": 4, "b": 3}),
            'good: stratum "a" has 6, more than the 5 drawn. Check both counts.\n'
            'n: stratum "a" has 5 cases drawn, more than the 4 in the population. '
            "Check the count, or whether a case stands in two strata.\n"
            'n: stratum "b" has 3 cases and none was drawn. '
            "Draw from it, or leave it out of the population and say so.",
        ),
        (
            lambda: most_there_may_be({"a": 1}, {"a": 2, "b": 1}, {"a": 4}),
            'n: stratum "b" is not in the population. Add it there with its number of cases.',
        ),
        (
            lambda: most_there_may_be({"a": 1}, {"a": 2}, {"a": 4, "c": True}),
            'found: stratum "c" has no count. Give its count, 0 where none.\n'
            'n: stratum "c" has no count. Give its count, 0 where none.',
        ),
        (
            lambda: most_there_may_be([True], [2], [float("nan")]),
            'found: stratum "1" has True, not a whole number of cases. Give a count, 0 or more.\n'
            'population: stratum "1" has nan, not a whole number of cases. Give a count, 0 or more.',
        ),
        (
            lambda: exact_stratified_interval(3, 4, 5),
            "good: int is not counts by stratum. Give {stratum: count}, or a list with one count a stratum.",
        ),
        (
            lambda: exact_stratified_interval([], [], []),
            "population: no stratum is given. Give how many cases each stratum has.",
        ),
        (
            lambda: exact_stratified_interval([0], [0], [0]),
            "population: no stratum has a case. Give how many cases each stratum has.",
        ),
    ],
)
def test_what_is_refused(call, text) -> None:
    with pytest.raises(DesignError) as refused:
        call()
    assert str(refused.value) == text
