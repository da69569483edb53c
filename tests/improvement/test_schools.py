"""Every figure of survey_api.json that this toolkit offers, on the schools R's survey package is shown with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.improvement import (
    estimate_domain,
    estimate_grades,
    estimate_mean,
    estimate_ratio,
    estimate_share,
    estimate_total,
)

REFERENCE = Path(__file__).parents[1] / "reference"
CASES = {case["id"]: case["expected"] for case in json.loads((REFERENCE / "survey_api.json").read_text())["cases"]}
SCHOOLS = pd.read_csv(REFERENCE / "apistrat.csv", dtype={"cds": str}).set_index("cds")
# R holds the weights in single precision: their sums are the population, good to a relative 1e-7.
DESIGN = (SCHOOLS["stype"], SCHOOLS.groupby("stype")["pw"].sum().to_dict())
SINGLE = 1e-7
OUTCOMES = {"hi": SCHOOLS["api00"] >= 700, "vhi": SCHOOLS["api00"] >= 880, "sw": SCHOOLS["sch.wide"] == "Yes"}
AWARDED = SCHOOLS["awards"] == "Yes"
# R's name of an interval -> ours. The likelihood interval is not offered, nor the test of two subgroups against
# each other; R's logit stops fitting at 1e-8 of a step, its xlogit is the closed form.
METHODS = {"logit": "logit", "xlogit": "logit", "asin": "asin", "beta": "beta", "mean": "wald"}
NOT_OFFERED = {"svyttest_api00_awards", *(f"svyciprop_{name}_likelihood" for name in OUTCOMES)}


def figures(found) -> list[float]:
    return [found.value, found.standard_error]


def grade() -> pd.Series:
    return pd.cut(SCHOOLS["api00"], [0, 550, 650, 750, 1000], labels=[1, 2, 3, 4]).astype(int)


def by(column: str) -> list[float]:
    found = [
        estimate_domain(SCHOOLS["api00"], *DESIGN, SCHOOLS[column] == level) for level in sorted(set(SCHOOLS[column]))
    ]
    return [*(each.value for each in found), *(each.standard_error for each in found)]


def difference(earlier: pd.Series, later: pd.Series):
    return estimate_mean(later.astype(float) - earlier.astype(float), *DESIGN)


def mean_with_interval() -> list[float]:
    found = estimate_mean(SCHOOLS["api00"], *DESIGN)
    return [*figures(found), found.ci.low, found.ci.high, found.df]


def paired_t() -> list[float]:
    found = difference(SCHOOLS["api99"], SCHOOLS["api00"])
    return [found.value / found.standard_error]


def grades() -> list[float]:
    found = list(reversed(estimate_grades(grade(), *DESIGN).shares.values()))
    return [*(each.value for each in found), *(each.standard_error for each in found)]


def awarded_interval() -> list[float]:
    found = estimate_share(OUTCOMES["hi"], *DESIGN, method="beta", domain=AWARDED)
    return [found.value, found.ci.low, found.ci.high, found.n, found.df]


def awarded_mean() -> list[float]:
    found = estimate_mean(SCHOOLS["api00"], *DESIGN, domain=AWARDED)
    return [*figures(found), found.df]


# Case -> what of it is compared, and ours.
OFFERED = {
    "apistrat_mean_api00_fpc": (("est", "se", "ci95_t", "df"), mean_with_interval),
    "apistrat_mean_api00_nofpc": (("est", "se"), lambda: figures(estimate_mean(SCHOOLS["api00"], *DESIGN, fpc=False))),
    "apistrat_mean_api.stu_fpc": (("est", "se"), lambda: figures(estimate_mean(SCHOOLS["api.stu"], *DESIGN))),
    "apistrat_total_api.stu": (("est", "se"), lambda: figures(estimate_total(SCHOOLS["api.stu"], *DESIGN))),
    "apistrat_total_enroll": (("est", "se"), lambda: figures(estimate_total(SCHOOLS["enroll"], *DESIGN))),
    "grade_distribution": (("est", "se"), grades),
    "domain_api00_awardsYes": (("est", "se", "degf"), awarded_mean),
    "domain_hi_awardsYes": (("est", "se"), lambda: figures(estimate_share(OUTCOMES["hi"], *DESIGN, domain=AWARDED))),
    "domain_hi_awardsYes_beta": (("est", "lower", "upper", "n", "degf"), awarded_interval),
    "svyby_api00_comp.imp": (("est", "se"), lambda: by("comp.imp")),
    "svyby_api00_stype": (("est", "se"), lambda: by("stype")),
    "paired_diff_api00_api99": (("est", "se"), lambda: figures(difference(SCHOOLS["api99"], SCHOOLS["api00"]))),
    "paired_svyttest": (("t",), paired_t),
    "paired_diff_share_hi": (
        ("est", "se"),
        lambda: figures(difference(SCHOOLS["api99"] >= 700, SCHOOLS["api00"] >= 700)),
    ),
    "svyratio_api.stu_enroll": (
        ("est", "se"),
        lambda: figures(estimate_ratio(SCHOOLS["api.stu"], SCHOOLS["enroll"], *DESIGN)),
    ),
    # The stratified jackknife of a mean is the closed form.
    "JKn_api00": (("est", "se"), lambda: figures(estimate_mean(SCHOOLS["api00"], *DESIGN))),
}


@pytest.mark.parametrize("case", OFFERED)
def test_a_figure_of_the_schools_is_what_r_says(case) -> None:
    keys, ours = OFFERED[case]
    assert ours() == pytest.approx(list(np.hstack([CASES[case][key] for key in keys])), rel=SINGLE)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", OUTCOMES)
def test_a_share_of_schools_has_the_interval_r_gives(name, method) -> None:
    found = estimate_share(OUTCOMES[name], *DESIGN, method=METHODS[method])
    expected = [CASES[f"svyciprop_{name}_{method}"][key] for key in ("est", "se", "lower", "upper")]
    assert [*figures(found), found.ci.low, found.ci.high] == pytest.approx(expected, rel=SINGLE)


def test_no_figure_of_the_file_is_left_out() -> None:
    intervals = {f"svyciprop_{name}_{method}" for name in OUTCOMES for method in METHODS}
    assert set(CASES) == set(OFFERED) | intervals | NOT_OFFERED
