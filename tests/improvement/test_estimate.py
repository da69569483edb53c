"""Shares, means, totals and subgroups against R survey and the textbook's closed forms."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.improvement import estimate_domain, estimate_mean, estimate_share, estimate_total

REFERENCE = Path(__file__).parents[1] / "reference"
API = {case["id"]: case["expected"] for case in json.loads((REFERENCE / "survey_api.json").read_text())["cases"]}
MADE_UP = json.loads((REFERENCE / "improvement_survey.json").read_text())
EXPECTED = MADE_UP["expected"]
# R holds the weights of apistrat in single precision.
SINGLE = 1e-7
CLOSED = 1e-8


@pytest.fixture(scope="module")
def schools() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "apistrat.csv", dtype={"cds": str}).set_index("cds")


@pytest.fixture(scope="module")
def school_weights(schools: pd.DataFrame) -> dict[str, float]:
    return schools.groupby("stype")["pw"].sum().to_dict()


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    return pd.DataFrame(MADE_UP["earlier"]).set_index("case_id")


def answered_only(cases: pd.DataFrame, column: str) -> pd.Series:
    return cases[column].where(cases["answered"] == 1)


def same(found, expected: dict[str, float], tolerance: float = CLOSED) -> None:
    assert found.value == pytest.approx(expected["value"], rel=tolerance)
    assert found.standard_error == pytest.approx(expected["standard_error"], rel=tolerance)


@pytest.mark.parametrize(
    ("verb", "column", "case"),
    [
        (estimate_mean, "api00", "apistrat_mean_api00_fpc"),
        (estimate_mean, "api.stu", "apistrat_mean_api.stu_fpc"),
        (estimate_total, "api.stu", "apistrat_total_api.stu"),
        (estimate_total, "enroll", "apistrat_total_enroll"),
    ],
)
def test_schools_as_r_survey(schools, school_weights, verb, column, case) -> None:
    found = verb(schools[column], schools["stype"], school_weights)
    assert found.value == pytest.approx(API[case]["est"], rel=SINGLE)
    assert found.standard_error == pytest.approx(API[case]["se"], rel=SINGLE)


def test_mean_of_schools_has_r_interval_and_no_fpc(schools, school_weights) -> None:
    found = estimate_mean(schools["api00"], schools["stype"], school_weights)
    assert [found.ci.low, found.ci.high] == pytest.approx(API["apistrat_mean_api00_fpc"]["ci95_t"], rel=SINGLE)
    assert found.df == API["apistrat_mean_api00_fpc"]["df"]
    free = estimate_mean(schools["api00"], schools["stype"], school_weights, fpc=False)
    assert free.standard_error == pytest.approx(API["apistrat_mean_api00_nofpc"]["se"], rel=SINGLE)


@pytest.mark.parametrize("method", ["logit", "beta", "mean", "asin"])
@pytest.mark.parametrize("name", ["hi", "vhi", "sw"])
def test_share_of_schools_as_svyciprop(schools, school_weights, name, method) -> None:
    outcome = {"hi": schools["api00"] >= 700, "vhi": schools["api00"] >= 880, "sw": schools["sch.wide"] == "Yes"}[name]
    found = estimate_share(outcome, schools["stype"], school_weights, method=method)
    expected = API[f"svyciprop_{name}_{method}"]
    assert [found.value, found.standard_error, found.ci.low, found.ci.high] == pytest.approx(
        [expected[key] for key in ("est", "se", "lower", "upper")], rel=SINGLE
    )


def test_subgroup_of_schools_as_subset(schools, school_weights) -> None:
    awarded = schools["awards"] == "Yes"
    mean = estimate_domain(schools["api00"], schools["stype"], school_weights, awarded)
    assert [mean.value, mean.standard_error, mean.df] == pytest.approx(
        list(API["domain_api00_awardsYes"].values()), rel=SINGLE
    )
    share = estimate_domain(schools["api00"] >= 700, schools["stype"], school_weights, awarded, method="beta")
    expected = API["domain_hi_awardsYes_beta"]
    assert [share.ci.low, share.ci.high] == pytest.approx([expected["lower"], expected["upper"]], rel=SINGLE)
    assert (share.n, share.df) == (expected["n"], expected["degf"])


@pytest.mark.parametrize("fpc", [True, False])
def test_made_up_round_as_r_survey(cases, fpc) -> None:
    tag = "fpc" if fpc else "no_fpc"
    design = (cases["stratum"], MADE_UP["N"])
    member = cases["member"] == 1
    for whose, outcome, score in (
        ("all", cases["outcome"], cases["score"]),
        ("answered", answered_only(cases, "outcome"), answered_only(cases, "score")),
    ):
        for method, limits in EXPECTED[f"share_{whose}_{tag}"]["ci"].items():
            share = estimate_share(outcome, *design, method=method, fpc=fpc)
            same(share, EXPECTED[f"share_{whose}_{tag}"])
            # R stops fitting the logit once it moves by less than 1e-8.
            tolerance = 1e-6 if method == "logit" else CLOSED
            assert [share.ci.low, share.ci.high] == pytest.approx(limits, rel=tolerance)
        for verb, name in ((estimate_mean, "mean"), (estimate_total, "total")):
            found = verb(score, *design, fpc=fpc)
            same(found, EXPECTED[f"{name}_{whose}_{tag}"])
            assert found.df == EXPECTED[f"{name}_{whose}_{tag}"]["df"]
            assert [found.ci.low, found.ci.high] == pytest.approx(EXPECTED[f"{name}_{whose}_{tag}"]["ci"], rel=CLOSED)
    same(estimate_domain(answered_only(cases, "score"), *design, member, fpc=fpc), EXPECTED[f"mean_member_{tag}"])
    share = estimate_domain(answered_only(cases, "outcome"), *design, member, fpc=fpc, method="beta")
    same(share, EXPECTED[f"share_member_{tag}"])
    assert [share.ci.low, share.ci.high] == pytest.approx(EXPECTED[f"share_member_{tag}"]["ci"]["beta"], rel=CLOSED)


def test_thin_stratum_is_collapsed_as_r_does(cases) -> None:
    thin = cases.loc[EXPECTED["thin_cases"]]
    found = estimate_mean(thin["score"], thin["stratum"], MADE_UP["N"], collapse={"D": "C"})
    same(found, EXPECTED["mean_collapsed"])
    assert found.df == EXPECTED["mean_collapsed"]["df"]
    assert found.notes == ('"D" (one case) was taken with "C" for the variance only.',)


def test_thin_stratum_without_neighbour_is_not_estimable(cases) -> None:
    thin = cases.loc[EXPECTED["thin_cases"]]
    for verb, column in ((estimate_mean, "score"), (estimate_share, "outcome"), (estimate_total, "score")):
        found = verb(thin[column], thin["stratum"], MADE_UP["N"])
        assert math.isfinite(found.value)
        assert math.isnan(found.standard_error)
        assert math.isnan(found.ci.low)
        assert found.notes == (
            'Variance not estimable: one case stands for stratum "D". '
            "Draw two, or declare under collapse the neighbour to take it with.",
        )


def test_stratum_of_one_case_in_all_adds_nothing_to_the_register_and_is_thin_for_the_process(cases) -> None:
    thin = cases.loc[EXPECTED["thin_cases"]]
    population = {**MADE_UP["N"], "D": 1}
    assert estimate_mean(thin["score"], thin["stratum"], population).standard_error > 0
    assert math.isnan(estimate_mean(thin["score"], thin["stratum"], population, fpc=False).standard_error)


def test_census_stratum_adds_nothing(cases) -> None:
    same(estimate_mean(cases["score"], cases["stratum"], {**MADE_UP["N"], "D": 8}), EXPECTED["mean_census_stratum"])


def test_complete_count(cases) -> None:
    population = cases["stratum"].value_counts().to_dict()
    for verb, column, value in (
        (estimate_share, "outcome", cases["outcome"].mean()),
        (estimate_mean, "score", cases["score"].mean()),
        (estimate_total, "score", cases["score"].sum()),
    ):
        found = verb(cases[column], cases["stratum"], population)
        assert found.value == pytest.approx(value, rel=1e-12)
        assert found.standard_error == 0
        assert (found.ci.low, found.ci.high, found.method) == (found.value, found.value, "complete count")


def test_all_answered_is_the_textbook_share(cases) -> None:
    n = cases["stratum"].value_counts()
    share = cases.groupby("stratum")["outcome"].mean()
    weight = pd.Series(MADE_UP["N"]) / sum(MADE_UP["N"].values())
    spread = weight**2 * (1 - n / pd.Series(MADE_UP["N"])) * share * (1 - share) / (n - 1)
    found = estimate_share(cases["outcome"], cases["stratum"], MADE_UP["N"])
    assert found.value == pytest.approx((weight * share).sum(), rel=1e-12)
    assert found.standard_error == pytest.approx(math.sqrt(spread.sum()), rel=1e-12)


def test_design_cap_holds_the_effective_size_where_strata_differ() -> None:
    """Strata wholly good and wholly bad have V = 0: n* is n0 = 1 / sum W_h^2 (1 - f_h) / n_h, here 20 / 0.8."""
    outcomes = pd.Series([1] * 10 + [0] * 10, index=[f"c{i}" for i in range(20)])
    strata = pd.Series(["a"] * 10 + ["b"] * 10, index=outcomes.index)
    found = estimate_share(outcomes, strata, {"a": 50, "b": 50})
    from scipy.stats import beta

    assert found.standard_error == 0
    assert found.ci.low == pytest.approx(beta.ppf(0.025, 12.5, 13.5), rel=1e-9)
    assert found.ci.high == pytest.approx(beta.ppf(0.975, 13.5, 12.5), rel=1e-9)


@pytest.mark.parametrize(("good", "capped"), [([7, 5, 4], False), ([11, 6, 1], True)])
def test_korn_graubard_as_written_with_its_cap(good, capped) -> None:
    """n* = min(p (1 - p) / V [t_(n-1) / t_(n-H)]^2, n0), each side of the min reached."""
    from scipy.stats import beta, t

    sizes, n = np.array([200, 100, 50]), np.array([12, 8, 6])
    weight, share = sizes / 350, np.array(good) / n
    p = (weight * share).sum()
    variance = (weight**2 * (1 - n / sizes) * share * (1 - share) / (n - 1)).sum()
    by_spread = p * (1 - p) / variance * (t.ppf(0.975, 25) / t.ppf(0.975, 23)) ** 2
    cap = 1 / (weight**2 * (1 - n / sizes) / n).sum()
    assert (by_spread > cap) == capped
    size = min(by_spread, cap)
    outcomes = [i < k for k, cases in zip(good, n, strict=True) for i in range(cases)]
    found = estimate_share(outcomes, np.repeat(list("abc"), n), dict(zip("abc", sizes.tolist(), strict=True)))
    assert found.method == "korn-graubard"
    assert [found.ci.low, found.ci.high] == pytest.approx(
        [
            beta.ppf(0.025, size * p, size * (1 - p) + 1),
            beta.ppf(0.975, size * p + 1, size * (1 - p)),
        ],
        rel=1e-10,
    )
