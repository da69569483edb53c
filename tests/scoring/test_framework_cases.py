"""The cases worked by hand in tests/scoring/cases, scored by the tool."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from audit_toolkit.files import read_yaml
from audit_toolkit.scoring import load_framework, score_answers, score_cases

CASES = Path(__file__).parent / "cases"
FRAMEWORKS = ("assessment_quality", "record_keeping", "managerial_oversight")


def cases_of(framework: str) -> list[dict[str, Any]]:
    return read_yaml(CASES / f"{framework}.yaml").data["cases"]


EVERY = [pytest.param(name, case, id=f"{name}: {case['case']}") for name in FRAMEWORKS for case in cases_of(name)]


@pytest.mark.parametrize(("name", "case"), EVERY)
def test_hand_worked_case(name: str, case: dict[str, Any]) -> None:
    framework = load_framework(name)
    answers = pd.DataFrame([case["answers"]], index=["001"], dtype=object)
    assert set(answers.columns) == {*framework.criterion_ids, *framework.item_ids}
    found = score_answers(answers, framework).loc["001"]
    why = {limit.criterion: f"{limit.criterion}: {limit.why}" for limit in framework.limits}
    assert found["status"] == case["status"]
    assert (found["band_before_limits"], found["band"]) == (case["band_before_limits"], case["band"])
    assert found["limits_fired"] == "; ".join(why[each] for each in case["limits_fired"])
    if case["score"] is None:
        assert pd.isna(found["score"])
    else:
        assert found["score"] == pytest.approx(float(Fraction(case["score"])), rel=1e-15)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_cases_read_as_ratings_score_the_same(name: str) -> None:
    """The same answers as a long table of ratings; with facts that hold no date, a blank one is a missing date."""
    rows = [
        {
            "case_id": f"{number:03}",
            "criterion_id": question,
            "rating": "" if answer == "missing date" else answer,
            "auditor": "A",
            "comment": "the reason" if answer == "N/A" else "",
        }
        for number, case in enumerate(cases_of(name))
        for question, answer in case["answers"].items()
    ]
    facts = pd.DataFrame([("000", "review_date", "")], columns=["case_id", "fact", "value"])
    table = score_cases(pd.DataFrame(rows), name, facts=facts).to_frame().set_index("case_id")
    for number, case in enumerate(cases_of(name)):
        if case["status"] == "not rated":
            assert f"{number:03}" not in table.index
            continue
        found = table.loc[f"{number:03}"]
        assert (found["status"], found["band"]) == (case["status"], case["band"])
        if case["score"] is not None:
            assert found["score"] == pytest.approx(float(Fraction(case["score"])), rel=1e-15)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_limit_is_seen_to_fire_and_not_to_fire(name: str) -> None:
    scored = [case for case in cases_of(name) if case["score"] is not None]
    fired = {each for case in scored for each in case["limits_fired"]}
    for limit in load_framework(name).limits:
        assert limit.criterion in fired
        assert any(limit.criterion not in case["limits_fired"] for case in scored)
