"""Formulas for how many cases: R, identities, and what they refuse."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist

import pytest

import audit_toolkit as at
from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import SampleSize, size_for_grades, size_for_no_worse

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
R = {case["id"]: case for case in json.loads((REFERENCE / "power_samplesize.json").read_text())["cases"]}
SIZES = json.loads((REFERENCE / "sample_sizes.json").read_text())


@pytest.mark.parametrize(("key", "margin"), [("e05", 0.05), ("e10", 0.10)])
def test_a_margin_in_a_finite_population_as_r_has_it(key, margin) -> None:
    case = R["finite_pop_n"]
    for population, expected in zip(case["inputs"]["N"], case["expected"][key], strict=True):
        found = at.size_for_margin(margin, population=population)
        assert found.unrounded == pytest.approx(expected, abs=case["tolerance"])
        assert found.n == math.ceil(expected)


def test_a_margin_without_a_population_is_the_textbook_s_385() -> None:
    assert (at.size_for_margin(0.05).n, at.size_for_margin(0.10).n, at.size_for_margin(0.03).n) == (385, 97, 1068)
    assert at.size_for_margin(0.05, share=0.2).n < 385
    assert at.size_for_margin(Fraction(1, 20), population=10**9).n == 385


def test_every_case_is_read_for_a_margin_of_next_to_nothing() -> None:
    assert at.size_for_margin(0.001, population=300).n == 300
    assert at.size_for_margin(0.4, population=1).n == 1


def test_a_change_as_r_power_prop_test_has_it() -> None:
    first, second, power, _ = R["power.prop.test"]["expected"]
    assert at.size_for_change(0.15, from_share=0.5).unrounded == pytest.approx(first, abs=1e-4)
    assert at.size_for_change(0.2, from_share=0.55, power=0.9).unrounded == pytest.approx(
        at.size_for_change(-0.2, from_share=0.75, power=0.9).unrounded
    )
    assert at.size_for_change(0.25, from_share=0.5, power=0.9).unrounded == pytest.approx(second, abs=1e-4)
    assert at.size_for_change(0.2, from_share=0.5, power=power).unrounded == pytest.approx(60, abs=1e-3)


def test_changes_as_r_hmisc_has_them() -> None:
    assert len(SIZES["changes"]) == 24
    for case in SIZES["changes"]:
        found = at.size_for_change(case["change"], from_share=case["from"], power=case["power"])
        assert found.unrounded == pytest.approx(case["n"], rel=1e-12)


def test_the_continuity_correction_is_the_root_it_stands_for() -> None:
    """Casagrande, Pike & Smith: sqrt(n) (d - 1 / n) is what sqrt(n) d is without the correction."""
    for start, change in ((0.5, 0.15), (0.1, 0.3), (0.7, 0.2)):
        plain = at.size_for_change(change, from_share=start).unrounded
        n = at.size_for_change(change, from_share=start, continuity=True).unrounded
        assert math.sqrt(n) * (change - 1 / n) == pytest.approx(math.sqrt(plain) * change)
    # Fleiss (1981), Table A.3: 0.50 and 0.65, 5 % two-sided, 80 %.
    assert at.size_for_change(0.15, from_share=0.5, continuity=True).n == 183


def test_grades_are_near_whitehead_s_formula_and_as_noether_has_them() -> None:
    """Noether takes theta, Whitehead log odds: the smaller the shift the nearer (0.4, 1.0 and 2.9 % apart)."""
    apart = []
    for case in SIZES["grades"]:
        found = size_for_grades([0.25] * 4, case["later"]).unrounded
        apart.append(abs(found / case["n"] - 1))
    assert apart == sorted(apart)
    assert apart[0] < 0.005
    assert apart[-1] < 0.03
    # Without ties (very many grades) n is (z_a + z_b)^2 / (6 (theta - 1/2)^2), Noether (1987).
    many = 2000
    earlier = [1 / many] * many
    later = [2 * (many - each - 0.5) / many**2 for each in range(many)]
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
    assert size_for_grades(earlier, later).unrounded == pytest.approx(z**2 / (6 * (2 / 3 - 0.5) ** 2), rel=1e-3)


def test_no_worse_is_a_change_of_the_size_of_the_margin() -> None:
    grades = [0.1, 0.4, 0.3, 0.2]
    found = size_for_no_worse(0.1, grades)
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
    assert found.unrounded == pytest.approx(z**2 * (1 - 0.001 - 0.064 - 0.027 - 0.008) / 0.06)
    assert found.n == 118
    assert size_for_no_worse(0.05, grades).unrounded == pytest.approx(4 * found.unrounded)


def test_what_it_says() -> None:
    found = at.size_for_change(0.15, from_share=0.5, population=100)
    assert found == SampleSize(
        n=170,
        unrounded=found.unrounded,
        population=100,
        question="50 % to 65 %, shown (80 % power)",
        formula="Fleiss 1981",
        notes=(
            "In each of two rounds; strata, and the test that will be made, are left out of account.",
            "There are only 100 cases: not even reading all of them would do.",
        ),
    )
    assert json.loads(json.dumps(found.to_dict()))["n"] == 170
    assert str(at.size_for_margin(0.05, population=696)) == (
        "A share near 50 % known to within 5 points either way: 248 of 696 (Cochran 1977)\n"
        "- 95 % interval; strata, and the exact interval, are left out of account."
    )
    assert str(size_for_no_worse(0.1, [0.25] * 4)) == (
        "Unchanged grades shown no worse by 10 points (80 % power): 123 (Noether 1987)\n"
        "- In each of two rounds; strata, and the test that will be made, are left out of account."
    )


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: at.size_for_margin(5, confidence=95),
            "size: margin 5 is not between 0 and 1. Use 0.5 for 50 %: margin is a share.\n"
            "size: confidence 95 is not between 0 and 1. Use 0.5 for 50 %: confidence is a share.",
        ),
        (
            lambda: at.size_for_margin(0.05, population=0),
            "size: the population is 0. Give a whole number of cases, 1 or more.",
        ),
        (
            lambda: at.size_for_change(0.6, from_share=0.5),
            "change: a change of 60 points from 50 % cannot be. "
            "Use a change above or below 0 that stays between 0 % and 100 %.",
        ),
        (
            lambda: at.size_for_change(0, from_share=0.5),
            "change: a change of 0 points from 50 % cannot be. "
            "Use a change above or below 0 that stays between 0 % and 100 %.",
        ),
        (
            lambda: at.size_for_change(0.1, from_share=0.5, power=1),
            "size: power 1 is not between 0 and 1. Use 0.5 for 50 %: power is a share.",
        ),
        (
            lambda: size_for_grades([0.5, 0.6], [0.5, 0.5]),
            "earlier: 0.5, 0.6 are not the shares of two grades or more. "
            "Give the share of cases at each grade, best first, adding to 1.",
        ),
        (
            lambda: size_for_grades([0.5, 0.5], [0.2, 0.3, 0.5]),
            "later: the two rounds have different numbers of grades. Give the same grades.",
        ),
        (
            lambda: size_for_grades([0.5, 0.5], [0.5, 0.5]),
            "later: the grades of the two rounds do not differ. Give grades that changed.",
        ),
    ],
)
def test_refusals(call, text) -> None:
    with pytest.raises(DesignError) as refused:
        call()
    assert str(refused.value) == text
