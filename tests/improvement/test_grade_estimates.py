"""Shares of grades with their intervals, and the middle grade: R survey, by hand, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import estimate_grades, estimate_share, grade_distribution

REFERENCE = Path(__file__).parents[1] / "reference"
API = {case["id"]: case["expected"] for case in json.loads((REFERENCE / "survey_api.json").read_text())["cases"]}
RATINGS = ["Outstanding", "Good", "Adequate", "Inadequate"]
UNADJUSTED = "Each grade's interval stands by itself: they are not adjusted for being several."


def test_grades_of_schools_as_svymean_of_a_factor() -> None:
    schools = pd.read_csv(REFERENCE / "apistrat.csv")
    weights = schools.groupby("stype")["pw"].sum().to_dict()
    grade = pd.cut(schools["api00"], [0, 550, 650, 750, 1000], labels=[1, 2, 3, 4]).astype(int)
    found = list(reversed(estimate_grades(grade, schools["stype"], weights).shares.values()))
    expected = API["grade_distribution"]
    assert [each.value for each in found] == pytest.approx(expected["est"], rel=1e-7)
    assert [each.standard_error for each in found] == pytest.approx(expected["se"], rel=1e-7)


def test_each_grade_is_a_share_and_they_come_to_one() -> None:
    grades = ["Good", "Adequate", "Good", "N/A", "Outstanding", "Adequate", "Good", ""]
    strata, population = list("aaaabbbb"), {"a": 60, "b": 20}
    found = estimate_grades(grades, strata, population, ratings=RATINGS, method="wilson", fpc=False)
    assert list(found.shares) == RATINGS
    good = [None if each in ("N/A", "") else float(each == "Good") for each in grades]
    assert found.shares["Good"] == estimate_share(good, strata, population, method="wilson", fpc=False)
    assert sum(each.value for each in found.shares.values()) == pytest.approx(1, rel=1e-12)
    assert found.shares["Inadequate"].value == 0
    assert found.shares["Inadequate"].ci.high > 0.2
    assert {label: each.value for label, each in found.shares.items()} == pytest.approx(
        grade_distribution(grades, strata, population, ratings=RATINGS)
    )
    assert found.notes == (
        "2 of the 8 cases drawn have no answer (not applicable or missing) and do not count.",
        UNADJUSTED,
    )


@pytest.mark.parametrize(
    ("grades", "middle", "note"),
    [
        (["Good", "Adequate"], "Adequate", "The middle lies between Adequate and Good: the lower grade is given."),
        (
            ["Good", "Inadequate"],
            "Inadequate",
            "The middle lies between Inadequate and Good: the lower grade is given.",
        ),
        (["Good", "Good", "Inadequate"], "Good", None),
        (["Outstanding"] * 3, "Outstanding", None),
        (["Inadequate"] * 3, "Inadequate", None),
    ],
)
def test_the_middle_grade_is_the_lower_where_between_two(grades, middle, note) -> None:
    found = estimate_grades(grades, ["a"] * len(grades), {"a": 30}, ratings=RATINGS)
    assert found.median == middle
    assert [each for each in found.notes if each.startswith("The middle")] == ([note] if note else [])


def test_a_half_that_is_a_half_but_for_rounding() -> None:
    # Three strata of a tenth, a fifth and a fifth: 0.1 + 0.2 + 0.2 is a half however it is added up.
    strata = list("abcd")
    found = estimate_grades([1, 1, 1, 2], strata, {"a": 1, "b": 2, "c": 2, "d": 5}, fpc=False)
    assert found.median == 1
    assert "The middle lies between 1 and 2: the lower grade is given." in found.notes


def test_weights_move_the_middle_and_numbers_run_upwards() -> None:
    found = estimate_grades([4, 4, 1, 1], list("aabb"), {"a": 90, "b": 10})
    assert (list(found.shares), found.median) == ([4, 1], 4)


def test_subgroup_and_nobody_in_it() -> None:
    grades, strata = ["Good", "Adequate", "Good", "Inadequate"], list("aabb")
    part = estimate_grades(grades, strata, {"a": 9, "b": 9}, ratings=RATINGS, domain=[True, False, True, False])
    assert (part.n, part.median, part.shares["Good"].value) == (2, "Good", 1)
    none = estimate_grades(grades, strata, {"a": 9, "b": 9}, ratings=RATINGS, domain=[False] * 4)
    assert (none.n, none.median, none.notes) == (0, None, ("n = 0, not applicable.",))
    json.dumps(none.to_dict(), allow_nan=False)


def test_what_it_tells() -> None:
    found = estimate_grades([1, 2, 2], ["a"] * 3, {"a": 30})
    assert str(found) == (
        "n = 3 graded of 3 drawn, N = 30; 95 % intervals, unadjusted\n2: 66.7 % (13.3 to 96.7 %)\n"
        f"1: 33.3 % (3.3 to 86.7 %)\nMiddle grade: 2\n- {UNADJUSTED}"
    )
    told = found.to_dict()
    assert list(told) == ["quantity", "grades", "median", "n", "cases", "population", "confidence", "notes"]
    assert [each["grade"] for each in told["grades"]] == [2, 1]
    frame = found.to_frame()
    assert frame["grade"].tolist() == [2, 1]
    assert frame.columns[0] == "grade"
    assert estimate_grades([None], ["a"], {"a": 3}).to_frame().empty


@pytest.mark.parametrize(
    ("ratings", "text"),
    [
        (["Good", "Good"], "ratings: Good stands twice. Give every grade once, best first."),
        ([], "ratings: no grade is given. Give every grade once, best first."),
        (["Good", "Poor"], "case 1: Adequate is not a grade. Use Good, Poor or N/A."),
    ],
)
def test_refusals(ratings, text) -> None:
    with pytest.raises(ChangeError) as refused:
        estimate_grades(["Good", "Adequate"], ["a", "a"], {"a": 9}, ratings=ratings)
    assert str(refused.value) == text
