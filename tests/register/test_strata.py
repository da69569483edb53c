"""Strata: columns as they are, groups of codes, bands of numbers and of ages."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import RegisterError
from audit_toolkit.register import StratumColumn, build_frame, parse_strata, read_register

BAD_INPUT = Path(__file__).resolve().parent.parent / "bad_input"
AGES = {"name": "age", "column": "born", "bands": {"under 5": 0, "5 and over": 5}, "age_on": datetime.date(2010, 2, 28)}


def frame_of(**columns: list[str]) -> pd.DataFrame:
    some = next(iter(columns.values()))
    return pd.DataFrame({"case_id": [str(number) for number in range(len(some))], **columns}, dtype=object)


def refusal(cases: pd.DataFrame, strata: object) -> str:
    with pytest.raises(RegisterError) as refused:
        build_frame(cases, strata=strata)
    return str(refused.value)


def test_text_that_other_programs_take_for_missing_is_a_stratum() -> None:
    frame = build_frame(read_register(BAD_INPUT / "r35_stratum_na_text.csv"), strata=["team"])
    assert dict(frame.population) == {"NA": 2, "None": 1, "South": 2}


def test_names_that_would_be_paths_are_only_names() -> None:
    frame = build_frame(read_register(BAD_INPUT / "r42_path_strata.csv"), strata=["team"])
    assert len(frame.population) == 8
    assert {"../../etc/cron.d/x", "CON", "..", "x" * 300} <= set(frame.population)


def test_spellings_that_look_the_same_are_refused_with_their_counts() -> None:
    with pytest.raises(RegisterError) as refused:
        build_frame(read_register(BAD_INPUT / "r33_stratum_variants.csv"), strata=["team"])
    assert str(refused.value) == (
        'r33_stratum_variants.csv, row 3 (case A2), column B "team": team is spelt in several ways that look the '
        'same: "NORTH" (1), "North" (1), "North\\xa0" (1), "north " (1). Correct the register, or map them: '
        "strata: [{column: team, groups: {label: [...]}}]."
    )


def test_the_mapping_that_message_asks_for_is_taken() -> None:
    strata = [{"column": "team", "groups": {"North": ["North", "north ", "NORTH", "North\xa0"], "South": ["South"]}}]
    frame = build_frame(read_register(BAD_INPUT / "r33_stratum_variants.csv"), strata=strata)
    assert dict(frame.population) == {"North": 4, "South": 1}


def test_several_columns_make_strata_together() -> None:
    frame = build_frame(frame_of(area=["N", "S", "N"], outcome=["a", "a", "b"]), strata=["area", "outcome"])
    assert dict(frame.population) == {"N / a": 1, "N / b": 1, "S / a": 1}
    assert list(frame.units.columns) == ["case_id", "area", "outcome", "stratum"]
    assert frame.stratum_columns == ("area", "outcome")


def test_two_strata_of_one_label_are_refused() -> None:
    cases = frame_of(area=["N / a", "N"], outcome=["b", "a / b"])
    assert refusal(cases, ["area", "outcome"]) == (
        'DataFrame: two strata would have the same label. Take " / " out of the values that strata are made from.'
    )


def test_ages_are_completed_years_on_the_day() -> None:
    born = ["2005-02-28", "2005-03-01", "28/02/2010", "1999-12-31"]
    frame = build_frame(frame_of(born=born), strata=[AGES])
    assert frame.units["age"].tolist() == ["5 and over", "under 5", "under 5", "5 and over"]
    assert frame.cases["born"].tolist() == born


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("0", "low"),
        ("4.99", "low"),
        ("5", "high"),
        ("5.0", "high"),
        ("-1", None),
        ("1_0", None),
        ("５", None),
        ("inf", None),
    ],
)
def test_a_band_takes_numbers_from_its_lowest_on(cell: str, label: str | None) -> None:
    assert StratumColumn("n", "n", bands={"low": Decimal(0), "high": Decimal(5)}).label(cell) == label


def test_values_without_a_group_are_counted() -> None:
    cases = frame_of(code=["A", "B", "X", "X", ""])
    assert refusal(cases, [{"column": "code", "groups": {"one": ["A"], "two": "B"}}]).splitlines() == [
        'DataFrame, row 4 (case 2), column B "code": no group of code takes the values "X" (2). '
        "Add them to a group of code in the plan, or exclude such cases by a rule.",
        'DataFrame, row 6 (case 4), column B "code": the cell is empty, and strata are made from it. '
        "Fill it in, or exclude such cases by a rule.",
    ]
    assert refusal(frame_of(born=["2011-01-01"]), [AGES]) == (
        'DataFrame, row 2 (case 0), column B "born": no band of age takes the values "2011-01-01" (1). '
        "Add them to a band of age in the plan, or exclude such cases by a rule."
    )


def test_half_a_character_makes_no_stratum() -> None:
    assert refusal(frame_of(area=["\ud800"]), ["area"]) == (
        'DataFrame, row 2 (case 0), column B "area": the cell holds half a character, and strata are made from it. '
        "Export the register again."
    )


def test_a_register_column_called_stratum_serves_alone_and_no_other_name_is_taken() -> None:
    cases = frame_of(stratum=["N", "S"], area=["a", "b"], auditor=["x", "y"])
    frame = build_frame(cases, strata="stratum")
    assert list(frame.units.columns) == ["case_id", "stratum", "area", "auditor"]
    assert refusal(cases, ["area", "stratum", "auditor"]).splitlines() == [
        'DataFrame: strata are made from "stratum" under the name "stratum", which is taken. '
        "Give it another: {name: stratum_group, column: stratum}.",
        'DataFrame: strata are made from "auditor" under the name "auditor", which is taken. '
        "Give it another: {name: auditor_group, column: auditor}.",
    ]
    assert 'under the name "area", which is taken' in refusal(cases, [{"name": "area", "column": "auditor"}])
    renamed = build_frame(cases, strata=["area", {"name": "stratum_group", "column": "stratum"}])
    assert renamed.units["stratum"].tolist() == ["a / N", "b / S"]


def test_groups_do_not_hide_the_cells_they_group() -> None:
    frame = build_frame(frame_of(team=["N1", "N2"]), strata=[{"column": "team", "groups": {"North": ["N1", "N2"]}}])
    assert frame.units["team"].tolist() == ["North", "North"]
    assert frame.cases["team"].tolist() == ["N1", "N2"]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (None, "plan: strata names no column. Write it as strata: [area, outcome]."),
        (5, "plan: strata names no column. Write it as strata: [area, outcome]."),
        (["a", "a"], 'plan: strata names "a" 2 times. Name each once.'),
        ([["a"]], "plan: an entry of strata names no column. Write it as {name: age, column: age_years, bands: "),
        ([{"column": "a", "band": {}}], 'plan: "band" is not part of a stratum column. Did you mean "bands"?'),
        ([{"column": "a", "name": ["b"]}], "plan: name: ['b'] is not text. Put it in quotation marks: name: \"age\"."),
        (
            [{"column": "a", "groups": {"x": ["1"]}, "bands": {"y": 1}}],
            'plan: "a" has both groups and bands. Keep one of them.',
        ),
        ([{"column": "a", "groups": ["x"]}], "plan: groups is not a mapping of labels to codes. Write groups as "),
        ([{"column": "a", "groups": {"x": [1]}}], 'plan: the codes of the group "x" are not all text. Write groups '),
        (
            [{"column": "a", "groups": {"x": ["1"], "y": ["1"]}}],
            'plan: the code "1" stands in 2 groups. Keep it in one group.',
        ),
        ([{"column": "a", "groups": {"x\ty": ["1"]}}], 'plan: the label "x\\ty" is empty or holds a line break or a '),
        ([{"column": "a", "bands": [1]}], "plan: bands is not a mapping of labels to lowest numbers. Write bands as "),
        ([{"column": "a", "bands": {"x": "1"}}], 'plan: the lowest number of the band "x" is 1. Write bands as '),
        ([{"column": "a", "bands": {"x": 5, "y": 5}}], "plan: the bands are not in order, lowest first. Write bands "),
        ([{"column": "a", "age_on": "now"}], "plan: age_on: now is not a date for bands of age. Write age_on: 2010-"),
    ],
)
def test_what_is_wrong_with_strata_is_said(entries: object, said: str) -> None:
    _, problems = parse_strata(entries, "plan")
    assert [str(problem)[: len(said)] for problem in problems] == [said]


def test_the_rule_of_strata_leaves_the_day_of_ages_out() -> None:
    (column,), _ = parse_strata([AGES], "plan")
    (moved,), _ = parse_strata([{**AGES, "age_on": datetime.date(2011, 1, 1)}], "plan")
    assert column.rule() == moved.rule()
    assert column.rule()["bands"] == {"under 5": "0", "5 and over": "5"}
