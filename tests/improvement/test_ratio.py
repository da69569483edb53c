"""Ratios of two totals: R survey, identities, what cannot be divided, and what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError, DesignError
from audit_toolkit.improvement import estimate_mean, estimate_ratio

REFERENCE = Path(__file__).parents[1] / "reference"
API = {case["id"]: case["expected"] for case in json.loads((REFERENCE / "survey_api.json").read_text())["cases"]}
STRATA, POPULATION = list("aaaabbb"), {"a": 40, "b": 12}


def test_ratio_of_schools_as_svyratio() -> None:
    schools = pd.read_csv(REFERENCE / "apistrat.csv")
    weights = schools.groupby("stype")["pw"].sum().to_dict()
    found = estimate_ratio(schools["api.stu"], schools["enroll"], schools["stype"], weights)
    # The weights are in single precision in the source.
    assert [found.value, found.standard_error] == pytest.approx(list(API["svyratio_api.stu_enroll"].values()), rel=1e-7)
    assert (found.quantity, found.method, found.df) == ("ratio", "t", 197)


def test_a_denominator_of_ones_is_the_mean_and_the_unit_does_not_matter() -> None:
    y, x = [3.0, 5, 4, 8, 1, 2, 6], [2.0, 4, 4, 5, 1, 3, 3]
    ones, mean = estimate_ratio(y, [1] * 7, STRATA, POPULATION), estimate_mean(y, STRATA, POPULATION)
    assert [ones.value, ones.standard_error, ones.ci.low] == pytest.approx(
        [mean.value, mean.standard_error, mean.ci.low], rel=1e-12
    )
    plain = estimate_ratio(y, x, STRATA, POPULATION)
    scaled = estimate_ratio(10 * np.array(y), 4 * np.array(x), STRATA, POPULATION)
    assert scaled.standard_error == pytest.approx(2.5 * plain.standard_error, rel=1e-12)


def test_a_ratio_that_every_case_has_shows_no_spread() -> None:
    x = np.array([2.3, 4.1, 4.7, 5.9, 1.1, 3.3, 3.7])
    found = estimate_ratio(0.3 * x, x, STRATA, POPULATION)
    assert found.value == pytest.approx(0.3, rel=1e-12)
    assert found.standard_error == 0
    assert math.isnan(found.ci.low)
    assert found.notes == (
        "The answers show no spread within strata, which proves nothing: no t interval can be given.",
    )


def test_a_case_without_both_is_left_out_of_both() -> None:
    y, x = [3.0, None, 4, 8, 1, 2, 6], [2.0, 4, None, 5, 1, 3, 3]
    found = estimate_ratio(y, x, STRATA, POPULATION)
    a, b = (3 + 8) * 10, (1 + 2 + 6) * 4
    assert found.value == pytest.approx((a + b) / ((2 + 5) * 10 + (1 + 3 + 3) * 4), rel=1e-12)
    assert found.n == 5
    assert found.notes == ("2 of the 7 cases drawn have no answer (not applicable or missing) and do not count.",)


def test_the_order_of_the_denominators_does_not_matter() -> None:
    y = pd.Series([3.0, 5, 4, 8, 1, 2, 6], index=list("ghijklm"))
    x = pd.Series([2.0, 4, 4, 5, 1, 3, 3], index=y.index)
    strata = pd.Series(STRATA, index=y.index)
    again = estimate_ratio(y, x.iloc[::-1], strata, POPULATION)
    assert again == estimate_ratio(y, x, strata, POPULATION)


def test_complete_count_and_nothing_to_divide_by() -> None:
    whole = estimate_ratio([1, 2], [2, 2], ["a", "a"], {"a": 2})
    assert (whole.value, whole.standard_error, whole.method) == (0.75, 0, "complete count")
    nothing = estimate_ratio([1, 2, 3], [0, 0, 0], ["a"] * 3, {"a": 9})
    assert math.isnan(nothing.value)
    assert math.isnan(nothing.ci.high)
    assert nothing.notes == ("The denominators come to 0, so there is no ratio.",)
    assert estimate_ratio([None], [1], ["a"], {"a": 9}).notes == ("n = 0, not applicable.",)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ChangeError) as refused:
        estimate_ratio(["x", 2], [1, "y"], ["a", "a"], {"a": 9})
    assert str(refused.value) == (
        "denominator, case 1: y is not a number. Give a number, or leave it empty for no answer.\n"
        "numerator, case 0: x is not a number. Give a number, or leave it empty for no answer."
    )
    with pytest.raises(DesignError) as refused:
        estimate_ratio([1, 2], [1, 2], ["a", "b"], {"a": 9})
    assert str(refused.value) == (
        'numerator: stratum "b" has 1 cases drawn and is not in the population. Add it there with its number of cases.'
    )
