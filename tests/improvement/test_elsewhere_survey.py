"""Every estimate against R survey on forty designs made for it: strata, N/A, subgroups, census and lonely strata."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

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
DESIGNS: dict[str, dict[str, Any]] = json.loads((REFERENCE / "elsewhere_survey.json").read_text())["designs"]
CLOSED = 1e-8
# Below this a figure is nothing but rounding, in R as here: strata that vary by less than a billionth of the estimate.
NOTHING = 1e-12


def close(found: list[float], expected: list[float]) -> bool:
    return found == pytest.approx(expected, rel=CLOSED, abs=NOTHING)


def stopped(method: str, limit: float) -> bool:
    return method == "asin" and limit in (0.0, 1.0)


@pytest.fixture(params=list(DESIGNS))
def design(request: pytest.FixtureRequest) -> dict[str, Any]:
    return DESIGNS[request.param]


def test_every_figure_is_what_r_survey_says(design) -> None:
    cases = pd.DataFrame(design["cases"])
    answered = cases["answered"] == 1
    outcome, score, visits, grade = (
        cases[name].astype(float).where(answered) for name in ("outcome", "score", "visits", "grade")
    )
    where = (cases["stratum"], design["N"])
    for whose, domain in (("answered", None), ("member", cases["member"] == 1)):
        wanted = design[whose]
        asked = {"fpc": design["fpc"], "collapse": design["collapse"], "domain": domain}
        share = estimate_share(outcome, *where, method="wilson", **asked)
        expected = wanted["share"]
        assert close([share.value, share.standard_error], [expected["value"], expected["standard_error"]])
        assert (share.n, share.df) == (wanted["n"], expected["df"])
        for method, limits in expected.get("ci", {}).items():
            ci = estimate_share(outcome, *where, method="logit" if method == "xlogit" else method, **asked).ci
            # Past 0 or 1 on the arc sine scale R's limits turn back; ours stop there.
            pairs = [each for each in zip((ci.low, ci.high), limits, strict=True) if not stopped(method, each[0])]
            assert close([ours for ours, _ in pairs], [r for _, r in pairs]), method
        if design["strata"] > 1:
            ci = estimate_share(outcome, *where, **asked).ci
            assert close([ci.low, ci.high], expected["capped"])
        for name, found in (
            ("mean", estimate_mean(score, *where, **asked)),
            ("total", estimate_total(score, *where, **asked)),
            ("ratio", estimate_ratio(score, visits, *where, **asked)),
        ):
            assert close([found.value, found.standard_error], [wanted[name][k] for k in ("value", "standard_error")])
            assert found.df == wanted[name]["df"], name
            assert close([found.ci.low, found.ci.high], wanted[name]["ci"]), name
        grades = estimate_grades(grade, *where, ratings=[4.0, 3.0, 2.0, 1.0], method="wilson", **asked)
        told = list(reversed(grades.shares.values()))
        assert close([each.value for each in told], wanted["grades"]["value"])
        assert close([each.standard_error for each in told], wanted["grades"]["standard_error"])


def test_a_subgroup_is_one_verb_or_the_other(design) -> None:
    cases = pd.DataFrame(design["cases"])
    member = (cases["member"] == 1) & (cases["answered"] == 1)
    where, asked = (cases["stratum"], design["N"]), {"fpc": design["fpc"], "collapse": design["collapse"]}
    assert estimate_domain(cases["score"], *where, member, method="t", **asked) == estimate_mean(
        cases["score"], *where, domain=member, **asked
    )
    assert estimate_domain(cases["outcome"], *where, member, **asked) == estimate_share(
        cases["outcome"], *where, domain=member, **asked
    )


def test_lonely_strata_are_refused_by_r_and_not_estimable_here() -> None:
    lonely = [each for each in DESIGNS.values() if each["collapse"]]
    assert len(lonely) >= 20
    for each in lonely:
        assert each["lonely_refused"]
        cases = pd.DataFrame(each["cases"])
        found = estimate_mean(cases["score"], cases["stratum"], each["N"], fpc=each["fpc"])
        assert math.isfinite(found.value)
        assert math.isnan(found.standard_error)
        assert np.isnan([found.ci.low, found.ci.high]).all()
        assert any(note.startswith("Variance not estimable: one case stands for ") for note in found.notes)


def test_the_designs_are_what_they_say() -> None:
    cases = {name: pd.DataFrame(each["cases"])["stratum"].value_counts() for name, each in DESIGNS.items()}
    census = [
        name for name, each in DESIGNS.items() if any(cases[name].get(h) == size for h, size in each["N"].items())
    ]
    assert len(DESIGNS) >= 60
    assert {each["strata"] for each in DESIGNS.values()} >= {1, 2, 3, 5, 8, 12, 16, 20}
    assert len(census) >= 15
    assert {each["fpc"] for each in DESIGNS.values()} == {True, False}
    assert any(1 in each["N"].values() for each in DESIGNS.values())
