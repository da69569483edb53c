"""What is refused before anything is counted, and how it is said."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError, DesignError
from audit_toolkit.improvement.estimates.design import as_numbers, as_outcomes, as_ratings, read_sample, whole


def cases(values, ids="abcd") -> pd.Series:
    return pd.Series(values, index=list(ids)[: len(values)])


STRATA = cases(["north", "north", "south", "south"])
POPULATION = {"north": 10, "south": 20}


def test_arrays_follow_the_cases_and_strata_by_label() -> None:
    sample = read_sample(cases([1, None, 0, 1]), STRATA[::-1], {"south": 20, "north": 10}, as_outcomes)
    assert sample.labels == ("north", "south")
    assert sample.code.tolist() == [0, 0, 1, 1]
    assert sample.cases.tolist() == [2, 2]
    assert sample.population.tolist() == [10, 20]
    assert sample.answers.tolist() == [1, 2]
    assert sample.named


def test_a_plain_index_holds_no_case_ids() -> None:
    assert not read_sample([1, 0], ["a", "a"], {"a": 4}, as_outcomes).named
    named = pd.Series([1, 0], index=pd.RangeIndex(2, name="case_id"))
    assert read_sample(named, ["a", "a"], {"a": 4}, as_outcomes).named


@pytest.mark.parametrize(
    "values",
    [
        [True, None, False],
        np.array([1.0, np.nan, 0.0]),
        [Fraction(1), pd.NA, Decimal(0)],
        pd.array([1, None, 0], dtype="Int64"),
        pd.array([True, None, False], dtype="boolean"),
        [np.True_, None, np.int8(0)],
    ],
)
def test_every_kind_of_number_and_blank_is_read(values) -> None:
    numbers, faults = as_outcomes(pd.Series(values))
    assert faults == []
    np.testing.assert_array_equal(numbers, [1, np.nan, 0])


def test_grades_are_read_worst_first() -> None:
    numbers, faults = as_ratings(["Good", "Fair", "Poor"])(pd.Series(["Good", "N/A", "", None, "Poor"], dtype=object))
    assert faults == []
    np.testing.assert_array_equal(numbers, [2, np.nan, np.nan, np.nan, 0])


def test_whole_counts_are_whole_to_single_precision() -> None:
    assert (whole(4420.99990844727), whole(12.5), whole(0.0)) == (4421, 12.5, 0)


def refusal(values, strata, population, convert=as_outcomes) -> str:
    with pytest.raises((DesignError, ChangeError)) as refused:
        read_sample(values, strata, population, convert)
    return f"{type(refused.value).__name__}: {refused.value}"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            (cases([1, 0, 1, 1]), STRATA, {"north": 10}),
            'DesignError: stratum "south" has 2 cases drawn and is not in the population. '
            "Add it there with its number of cases.",
        ),
        (
            (cases([1, 0, 1, 1]), STRATA, {"north": 1, "south": 20}),
            'DesignError: stratum "north" has 2 cases drawn, more than the 1 in the population. '
            "Check the count, or whether a case stands in two strata.",
        ),
        (
            (cases([1, 0, 1, 1]), STRATA, {**POPULATION, "west": 3}),
            'DesignError: stratum "west" has 3 cases and none was drawn. '
            "Draw from it, or leave it out of the population and say so.",
        ),
        (
            (cases([1, 0, 1, 1]), STRATA, {"north": -1, "south": float("nan")}),
            'DesignError: the population of stratum "north" is -1, not a count. Give how many cases it has.\n'
            'the population of stratum "south" is nan, not a count. Give how many cases it has.',
        ),
        (
            (cases([1, 0, 1, 1]), STRATA, [10, 20]),
            "DesignError: the population is a list, not a mapping. Give {stratum: number of cases}.",
        ),
        (
            (cases([1, 0, 1]), STRATA, POPULATION),
            "DesignError: case d: the case has a stratum but no value. Values and strata must name the same cases.",
        ),
        (
            (cases([1, 0, 1, 1]), STRATA[:3], POPULATION),
            "DesignError: case d: the case has a value but no stratum. Values and strata must name the same cases.",
        ),
        (
            (cases([1, 0, 1, 1], "abca"), STRATA, POPULATION),
            "DesignError: case a: the case has more than one value. Keep one row a case.",
        ),
        (
            (cases([1, 0, 1, 1]), cases(["north", None, "south", ""]), POPULATION),
            "DesignError: case b: the stratum is empty. Give the case its stratum.\n"
            "case d: the stratum is empty. Give the case its stratum.",
        ),
        (
            (cases([1, 2, 1, 1]), STRATA, POPULATION),
            "ChangeError: case b: 2 is not 0 or 1. Use 1 where it is met, 0 where not, empty for no answer.",
        ),
        (
            (cases([1, "yes", 1, 1]), STRATA, POPULATION),
            "ChangeError: case b: yes is not a number. Give a number, or leave it empty for no answer.",
        ),
        (
            (cases([1, np.inf, 1, 1]), STRATA, POPULATION, as_numbers),
            "ChangeError: case b: inf is not finite. Give a finite number, or leave it empty for no answer.",
        ),
        (
            (cases(["Good", "Goood", "", "N/A"]), STRATA, POPULATION, as_ratings(["Good", "Poor"])),
            "ChangeError: case b: Goood is not a grade. Use Good, Poor or N/A.",
        ),
        (
            (7, STRATA, POPULATION),
            "ChangeError: the values are a int, not a Series. Give a Series with one value a case, indexed by case_id.",
        ),
        (
            (cases([1, 0, 1, 1]), ["north"], POPULATION),
            "DesignError: strata for 4 cases are needed. Give a Series on the index of the values.",
        ),
    ],
)
def test_refusals(found, text) -> None:
    assert refusal(*found) == text


def test_every_problem_is_told_at_once() -> None:
    told = refusal(cases([1, 7, np.inf, 1]), STRATA, {"north": 1, "south": 20})
    assert told.count("\n") == 2


def test_nothing_given_is_changed() -> None:
    values, strata, population = cases([1, None, 0, 1]), STRATA[::-1].copy(), dict(POPULATION)
    before = values.copy(), strata.copy(), dict(population)
    read_sample(values, strata, population, as_outcomes)
    pd.testing.assert_series_equal(values, before[0])
    pd.testing.assert_series_equal(strata, before[1])
    assert population == before[2]
