"""audit-toolkit plan: hours, warnings and the JSON, on a copy of the February plan."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command import SAMPLES, run


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, tmp_path)
    (tmp_path / "round").mkdir()
    shutil.copy(SAMPLES / "february-2010" / "plan.yaml", tmp_path / "round")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "round" / "plan.yaml"


def rewritten(plan: Path, old: str, new: str) -> None:
    text = plan.read_text(encoding="utf-8")
    assert old in text
    plan.write_text(text.replace(old, new), encoding="utf-8")


def test_hours_a_case_beside_the_hours_given(plan: Path) -> None:
    rewritten(plan, "double_rated: 20%", "double_rated: 20%\nhours_a_case: 1.5")
    done = run("plan", "round")
    assert done.status == 0, done.messages
    lines = done.data.splitlines()
    at = lines.index("auditor     team     readings  hours needed  hours given")
    assert lines[at + 2] == "Auditor 01  East 1        6.0           9.0           12"
    assert not any("fewer hours" in line for line in lines)


def test_hours_that_are_short_are_warned_of(plan: Path) -> None:
    rewritten(plan, "double_rated: 20%", "double_rated: 20%\nhours_a_case: 2.5")
    assert (
        "WARNING: 12 of 12 auditors have fewer hours than the reading takes, 36.0 hours short in all. "
        "Draw fewer cases, find auditors, or rate fewer cases twice."
    ) in run("plan", "round").data.splitlines()
    (plan.parent.parent / "auditors.csv").write_text("auditor,hours\nAnn,100\n", encoding="utf-8")
    rewritten(plan, "double_rated: 20%", "double_rated: 0%")
    assert (
        "WARNING: Ann has fewer hours than the reading takes, 50.0 hours short in all. "
        "Draw fewer cases, find auditors, or rate fewer cases twice."
    ) in run("plan", "round", "--force").data.splitlines()


def test_json_holds_what_the_tables_hold(plan: Path) -> None:
    rewritten(plan, "double_rated: 20%", "double_rated: 20%\nhours_a_case: 1.5")
    told = json.loads(run("plan", "round", "--json").data)
    assert sum(told["allocation"].values()) == 60
    assert sum(told["exact_shares"].values()) == pytest.approx(60)
    assert told["exclusions"]["no initial assessment"] == 46
    assert told["measure"] == "Quality of assessment"
    assert told["detectable_true"] == pytest.approx(0.25)
    assert 0.1 < told["grades_true"] < 0.2
    assert told["auditors"][0] == {
        "auditor": "Auditor 01",
        "team": "East 1",
        "readings": 6.0,
        "hours_needed": 9.0,
        "hours_given": 12.0,
    }
    assert [each[:35] for each in told["warnings"]] == ["WARNING: 60 cases are few for a mar"]
    assert told["notes"] == []


def test_cases_chosen_by_hand_promise_nothing(plan: Path) -> None:
    rewritten(
        plan, "round: February 2010 review\npurpose: improvement", "round: Dip\npurpose: dip\ncases: ../chosen.csv"
    )
    text = plan.read_text(encoding="utf-8")
    left = ("size:", "allocation:", "minimum:", "reserves:", "seed:", "margin:", "compare_with:", "improvement_plan:")
    kept = [line for line in text.splitlines() if not line.startswith((*left, "clock:"))]
    plan.write_text("\n".join([*kept, "hours_a_case: 1", ""]), encoding="utf-8")
    (plan.parent.parent / "chosen.csv").write_text("case_id\n0142787\n1709871\n", encoding="utf-8")
    done = run("plan", "round")
    assert done.status == 0, done.messages
    assert (
        "The cases are chosen by hand: this round gives findings of them, never an estimate or a verdict."
        in done.data.splitlines()
    )
    assert "WARNING" not in done.data
    told = json.loads(run("plan", "round", "--json", "--force").data)
    assert [told[key] for key in ("expected_width", "detectable_true", "grades_true", "no_worse")] == [None] * 4
    assert sum(each["hours_needed"] for each in told["auditors"]) == pytest.approx(2.4)
    refused = run("size", "round", "--margin", "5%")
    assert (refused.status, refused.data) == (1, "")
    assert refused.messages == (
        "plan.yaml: the cases are chosen by hand, and of those a round can show nothing but themselves. "
        "Plan a random sample, or read as many as you like.\n"
    )
