"""The edge cases of an estimate: exact counts, no spread, no answers, what it tells and what it refuses."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError, DesignError
from audit_toolkit.improvement import estimate_domain, estimate_mean, estimate_share, estimate_total

REFERENCE = Path(__file__).parents[1] / "reference"
MADE_UP = json.loads((REFERENCE / "improvement_survey.json").read_text())


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    return pd.DataFrame(MADE_UP["earlier"]).set_index("case_id")


def answered_only(cases: pd.DataFrame, column: str) -> pd.Series:
    return cases[column].where(cases["answered"] == 1)


@pytest.mark.parametrize("case", json.loads((REFERENCE / "hypergeometric_ci.json").read_text())["cases"])
def test_one_stratum_is_exact(case) -> None:
    size, n, good = (case["inputs"][key] for key in ("N", "n", "x"))
    outcomes = [1] * good + [0] * (n - good)
    found = estimate_share(outcomes, ["all"] * n, {"all": size})
    assert found.method == "exact hypergeometric"
    assert [found.ci.low * size, found.ci.high * size] == pytest.approx(
        [case["expected"]["lower"], case["expected"]["upper"]], abs=1e-9
    )


def test_none_of_ten_has_a_proper_interval() -> None:
    found = estimate_share([0] * 10, ["all"] * 10, {"all": 500}, fpc=False)
    assert (found.ci.low, round(found.ci.high, 3), found.method) == (0.0, 0.308, "exact binomial")


@pytest.mark.parametrize("method", ["beta", "logit", "wald", "asin"])
def test_classical_methods_say_when_they_have_no_interval(method) -> None:
    found = estimate_share([1] * 10, list("aaaaabbbbb"), {"a": 50, "b": 50}, method=method)
    assert math.isnan(found.ci.low)
    assert found.notes == (f'"{method}" gives no interval here: the answers show no spread. Use "korn-graubard".',)


def test_every_case_alike_never_has_zero_width() -> None:
    for method in ("korn-graubard", "wilson"):
        found = estimate_share([1] * 10, list("aaaaabbbbb"), {"a": 50, "b": 50}, method=method)
        assert found.ci.low < found.value == found.ci.high == 1
    mean = estimate_mean([4] * 10, list("aaaaabbbbb"), {"a": 50, "b": 50})
    assert mean.value == 4
    assert math.isnan(mean.ci.low)
    assert mean.notes == (
        "The answers show no spread within strata, which proves nothing: no t interval can be given.",
    )


def test_criterion_not_applicable_anywhere() -> None:
    found = estimate_share([None] * 4, list("aabb"), {"a": 9, "b": 9})
    assert math.isnan(found.value)
    assert math.isnan(found.ci.high)
    assert (found.n, found.cases, found.notes) == (0, 4, ("n = 0, not applicable.",))
    nobody = estimate_domain([1, 0, 1, 0], list("aabb"), {"a": 9, "b": 9}, [False] * 4)
    assert nobody.notes == ("n = 0, not applicable.",)


def test_missing_answers_are_counted_in_the_notes(cases) -> None:
    found = estimate_share(answered_only(cases, "outcome"), cases["stratum"], MADE_UP["N"])
    missing = int((cases["answered"] == 0).sum())
    assert found.n + missing == found.cases == 60
    assert found.notes == (
        f"{missing} of the 60 cases drawn have no answer (not applicable or missing) and do not count.",
    )


def test_census_stratum_is_exactly_nothing_of_the_variance() -> None:
    """All of b drawn: the variance is a's alone, whatever b holds; all of both drawn, it is a complete count."""
    a, strata = [1, 0, 1, 0], list("aaaabbb")
    population = {"a": 40, "b": 3}
    alike, apart = (estimate_share([*a, *b], strata, population) for b in ([1, 1, 1], [1, 0, 1]))
    alone = estimate_mean(a, ["a"] * 4, {"a": 40})
    assert estimate_mean([*a, 7, 8, 90], strata, population).standard_error == pytest.approx(
        alone.standard_error * 40 / 43, rel=1e-12
    )
    assert alike.standard_error == pytest.approx(alone.standard_error * 40 / 43, rel=0.01)
    assert apart.standard_error == pytest.approx(alike.standard_error, rel=1e-12)
    whole = estimate_share([*a, 1, 0, 1], strata, {"a": 4, "b": 3})
    assert (whole.standard_error, whole.method) == (0, "complete count")
    assert whole.ci.low == whole.ci.high == whole.value


def test_order_labels_and_scale_do_not_matter(cases) -> None:
    design = (cases["stratum"], MADE_UP["N"])
    found = estimate_mean(cases["score"], *design)
    shuffled = cases["score"].sample(frac=1, random_state=1)
    assert estimate_mean(shuffled, *design).standard_error == pytest.approx(found.standard_error, rel=1e-12)
    renamed = dict(zip("ABCD", ["z", "y", "x", "w"], strict=True))
    population = {renamed[label]: size for label, size in MADE_UP["N"].items()}
    again = estimate_mean(cases["score"], cases["stratum"].map(renamed), population)
    assert again.standard_error == pytest.approx(found.standard_error, rel=1e-12)
    scaled = estimate_mean(3 * cases["score"] - 7, *design)
    assert [scaled.value, scaled.ci.low] == pytest.approx([3 * found.value - 7, 3 * found.ci.low - 7], rel=1e-12)
    total = estimate_total(cases["score"], *design)
    assert total.value == pytest.approx(found.value * 580, rel=1e-12)


def test_one_stratum_is_a_simple_random_sample() -> None:
    values = np.array([3.0, 5.0, 4.0, 8.0, 1.0])
    found = estimate_mean(values, ["all"] * 5, {"all": 20})
    assert found.standard_error == pytest.approx(math.sqrt((1 - 5 / 20) * values.var(ddof=1) / 5), rel=1e-12)


def test_empty_stratum_of_the_population_is_no_obstacle() -> None:
    assert estimate_share([1, 0], ["a", "a"], {"a": 9, "gone": 0}).population == 9


def test_what_it_tells() -> None:
    found = estimate_share([1, 1, 0, None], list("aabb"), {"a": 6, "b": 4.5})
    assert found.to_dict() | {"ci_low": 0, "ci_high": 0, "standard_error": 0, "value": 0} == {
        "quantity": "share",
        "value": 0,
        "standard_error": 0,
        "ci_low": 0,
        "ci_high": 0,
        "n": 3,
        "cases": 4,
        "population": 10.5,
        "df": 1,
        "confidence": 0.95,
        "method": "korn-graubard",
        "notes": ["1 of the 4 cases drawn have no answer (not applicable or missing) and do not count."],
    }
    assert list(found.to_frame().columns) == list(found.to_dict())
    none = estimate_share([None, None], ["a", "a"], {"a": 9})
    assert none.to_dict()["value"] is None
    json.dumps(none.to_dict(), allow_nan=False)
    assert str(none) == (
        "Share undefined, 95 % interval undefined to undefined (korn-graubard)\n"
        "n = 0 answered of 2 drawn, N = 9; standard error undefined\n- n = 0, not applicable."
    )
    whole = estimate_share([1, 0], ["a", "a"], {"a": 9})
    assert str(whole) == (
        "Share 50.0 %, 95 % interval 11.1 % to 88.9 % (exact hypergeometric)\n"
        "n = 2 answered of 2 drawn, N = 9; standard error 44.1 %"
    )


@pytest.mark.parametrize(
    ("call", "family", "text"),
    [
        (
            lambda: estimate_share([1, 0], ["a", "a"], {"a": 9}, confidence=95),
            ChangeError,
            "confidence 95 is not between 0 and 1. Use 0.95 for a 95 % interval.",
        ),
        (
            lambda: estimate_share([1, 0], ["a", "a"], {"a": 9}, method="wilsn"),
            ChangeError,
            'method: "wilsn" is not a method for a share. Did you mean "wilson"?',
        ),
        (
            lambda: estimate_share([1, None], ["a", "a"], {"a": 9}, method="exact"),
            ChangeError,
            'method: an exact interval needs an answer for every case drawn; 1 of 2 have none. Use "korn-graubard".',
        ),
        (
            lambda: estimate_domain([1, 2], ["a", "a"], {"a": 9}, [True, True], method="wilson"),
            ChangeError,
            'method: "wilson" is for values of 0 and 1. Use "t" for a mean.',
        ),
        (
            lambda: estimate_domain([1, 0], ["a", "b"], {"a": 9, "b": 9}, [True, False], method="exact"),
            ChangeError,
            'method: an exact interval is not of a subgroup. Use "korn-graubard".',
        ),
        (
            lambda: estimate_domain([1, 2], ["a", "a"], {"a": 9}, [True, 1]),
            DesignError,
            "domain, case 1: 1 is not True or False. Use True for members and False for the rest.",
        ),
        (
            lambda: estimate_domain([1, 2], ["a", "a"], {"a": 9}, pd.Series([True], index=["x"])),
            DesignError,
            "domain: the domain names other cases than the values. Use the same index.",
        ),
        (
            lambda: estimate_mean([1, 2], ["a", "a"], {"a": 9}, collapse={"a": "a", "c": "a"}),
            DesignError,
            'collapse: "a" is collapsed with itself. Name a neighbour.\ncollapse: "c" is not a stratum. Use one of: a.',
        ),
    ],
)
def test_refusals(call, family, text) -> None:
    with pytest.raises(family) as refused:
        call()
    assert str(refused.value) == text


def test_a_stratum_without_any_answer_is_named_and_a_total_said_to_be_too_low() -> None:
    values = pd.Series([1, 0, None, None], index=list("wxyz"), dtype=float)
    strata = pd.Series(["a", "a", "b", "b"], index=values.index)
    silent = 'No case of "b" has an answer: the figure says nothing of it and speaks of 10 of 40 cases.'
    low = "A case without an answer counts as 0 in a total: where answers are missing it is too near 0."
    share = estimate_share(values, strata, {"a": 10, "b": 30})
    assert silent in share.notes
    assert low not in share.notes
    assert {silent, low} <= set(estimate_total(values, strata, {"a": 10, "b": 30}).notes)
    whole = estimate_total(values.fillna(0), strata, {"a": 10, "b": 30}).notes
    assert not {silent, low} & set(whole)


def test_a_subgroup_says_nothing_of_strata_it_may_not_be_in_and_one_answer_has_no_standard_error() -> None:
    values = pd.Series([1, 0, 1, None, None], index=list("vwxyz"), dtype=float)
    strata = pd.Series(["a", "a", "a", "b", "b"], index=values.index)
    population = {"a": 10, "b": 30}
    inside = pd.Series([True, True, False, False, False], index=values.index)
    assert not any(note.startswith("No case of") for note in estimate_domain(values, strata, population, inside).notes)
    alone = estimate_domain(values, strata, population, pd.Series(values.index == "v", index=values.index))
    assert math.isnan(alone.standard_error)
    assert "One answer does not say how answers vary: no standard error can be given." in alone.notes
    counted = estimate_share(pd.Series([1.0], index=["v"]), pd.Series(["a"], index=["v"]), {"a": 1})
    assert counted.standard_error == 0
