"""How much each auditor reads, and whether the hours are enough."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest

from audit_toolkit.sampling import Plan, read_plan, workload


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "plan.yaml").write_text(
        "round: Small\nregister: {file: register.csv}\nstrata: [area]\nsize: 20\n"
        "auditors: auditors.csv\ndouble_rated: 20%\nhours_a_case: 1.5\n",
        encoding="utf-8",
    )
    (tmp_path / "auditors.csv").write_text("auditor,team,hours\nAnn,T1,20\nBen,T2,10\nCem,,6\n", encoding="utf-8")
    return read_plan(tmp_path)


def test_readings_follow_the_hours_and_take_hours_a_case(plan) -> None:
    loads = workload(plan, 20)
    assert [each.auditor for each in loads] == ["Ann", "Ben", "Cem"]
    assert sum(each.readings for each in loads) == 24
    assert [each.readings for each in loads] == [Fraction(40, 3), Fraction(20, 3), 4]
    assert [each.hours_needed for each in loads] == [20, 10, 6]
    assert [each.short for each in loads] == [False] * 3
    assert loads[0].to_dict() == {
        "auditor": "Ann",
        "team": "T1",
        "readings": pytest.approx(13.333, abs=0.001),
        "hours_needed": 20.0,
        "hours_given": 20.0,
    }


def test_one_case_more_is_too_much(plan) -> None:
    assert [each.short for each in workload(plan, 21)] == [True] * 3


def test_without_hours_a_case_only_readings_are_known(plan) -> None:
    loads = workload(dataclasses.replace(plan, hours_a_case=None), 20)
    assert [each.hours_needed for each in loads] == [None] * 3
    assert not any(each.short for each in loads)


def test_a_list_without_hours_gives_none(plan) -> None:
    plan.auditors.write_text("auditor\nAnn\nBen\n", encoding="utf-8")
    loads = workload(plan, 20)
    assert [each.readings for each in loads] == [12, 12]
    assert [each.hours_given for each in loads] == [None, None]
    assert not any(each.short for each in loads)
    assert loads[0].to_dict()["hours_given"] is None


def test_without_auditors_there_is_nobody_to_load(plan) -> None:
    assert workload(dataclasses.replace(plan, auditors=None), 20) == ()
