"""Reading somebody else's sample: ids as text, strata as they are, and every problem with its row."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from audit_toolkit.errors import AuditError, ChangeError
from audit_toolkit.improvement import read_loose_sample

ROWS = "id,team,good,N,born\n00123,North,yes,40,2001\n00124,North,no,40,2003\nX9,South,N/A,12,2003\n7,South,,12,2001\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "sample.csv"
    made.write_text(ROWS, encoding="utf-8")
    return made


def test_a_sample_is_read_with_its_ids_as_text(path) -> None:
    found = read_loose_sample(path, value="good", strata=["team"], population="N", case="id", domain="born")
    assert list(found.values.index) == ["00123", "00124", "X9", "7"]
    assert found.values.iloc[:2].tolist() == [1, 0]
    assert found.values.isna().tolist() == [False, False, True, True]
    assert dict(found.population) == {"North": 40, "South": 12}
    assert found.levels == ("2001", "2003")
    assert found.notes == (
        "Counted as good: yes (1). Counted as not good: no (1).",
        "No answer: 1 empty, 1 N/A. They do not count.",
        'Strata: by team. Cases they stand for: column "N".',
    )
    assert str(found).splitlines()[0] == "sample.csv: 4 cases in 2 strata, standing for 52"
    told = found.to_dict()
    assert told["strata"] == [
        {"stratum": "North", "population": 40.0, "drawn": 2, "answered": 2},
        {"stratum": "South", "population": 12.0, "drawn": 2, "answered": 0},
    ]
    json.dumps(told, allow_nan=False)


def test_without_strata_and_case_ids_that_is_said(path) -> None:
    found = read_loose_sample(path, value="good", population=100)
    assert found.strata.unique().tolist() == ["all cases"]
    assert found.notes[-2:] == (
        "Strata: none named, so one simple random sample (all cases). Cases they stand for: 100, as given.",
        "No column of case ids was named: a case that stands twice cannot be told.",
    )
    assert isinstance(found.values.index, pd.RangeIndex)


def test_a_workbook_a_cp1252_file_and_a_frame_are_read_alike(tmp_path, path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["nothing", "here"])
    book.active.append(["a", "b"])
    sheet = book.create_sheet("Cases")
    for row in ROWS.splitlines():
        sheet.append([int(each) if each in ("40", "12") else each or None for each in row.split(",")])
    book.save(tmp_path / "sample.xlsx")
    windows = tmp_path / "windows.csv"
    windows.write_bytes(ROWS.replace("North", "Øst").encode("cp1252"))
    asked = {"value": "good", "strata": ["team"], "population": "N", "case": "id"}
    first = read_loose_sample(path, **asked)
    second = read_loose_sample(tmp_path / "sample.xlsx", sheet="Cases", **asked)
    pd.testing.assert_series_equal(first.values, second.values)
    assert first.population == second.population
    third = read_loose_sample(windows, **asked)
    assert set(third.population) == {"Øst", "South"}
    assert "Read as cp1252 (Windows)" in " ".join(third.notes)
    frame = read_loose_sample(pd.read_csv(path, dtype=str, keep_default_na=False), **asked)
    pd.testing.assert_series_equal(first.values, frame.values)


def test_every_problem_of_a_file_is_told_at_once(tmp_path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "id,team,good,N\n1,North,yes,40\n1,north,maybe,40\n,South,no,x\n4,,no,12\nTotal,,,52\n", encoding="utf-8"
    )
    with pytest.raises(ChangeError) as refused:
        read_loose_sample(path, value="good", strata=["team"], population="N", case="id")
    assert str(refused.value).splitlines() == [
        'bad.csv, row 2, column A "id": the case id "1" stands 2 times (rows 2 and 3). Keep one row a case.',
        'bad.csv, row 3, column B "team": "North", "north" look the same and would be counted apart. Write them alike.',
        'bad.csv, row 3 (case 1), column C "good": maybe is not 0 or 1, yes or no, true or false. Mend it, or say '
        "what counts with --good and --not-good. Leave the cell empty where there is no answer, N/A where it does not "
        "apply.",
        'bad.csv, row 4, column A "id": the case id is empty. Give the case its id, or take the row out.',
        'bad.csv, row 4, column D "N": x is not a whole number of cases. Give every row the number of its stratum.',
        'bad.csv, row 5, column B "team": the stratum is empty. Give the case its stratum.',
        'bad.csv, row 6, column A "id": "Total" with empty cells beside it does not look like a case. '
        "Take the row out.",
        'bad.csv, row 6, column B "team": the stratum is empty. Give the case its stratum.',
        'bad.csv, row 6, column D "N": stratum "" has 12 in row 5 and 52 here. '
        "Within a stratum it must be one and the same.",
    ]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"value": "god", "population": 9}, 'sample.csv, row 1: there is no column "god". Did you mean "good"?'),
        (
            {"value": "good", "strata": ["teem"], "population": "N", "case": "case"},
            'sample.csv, row 1: there is no column "teem". Did you mean "team"?\n'
            'sample.csv, row 1: there is no column "case". Use one of: id, team, good, N, born.',
        ),
        (
            {"value": "good", "population": "N", "weight": "N"},
            "both a population and a column of weights are given. "
            "Keep one: the weights come to a population of their own.",
        ),
        (
            {"value": "good", "population": 9, "population_count": "a", "population_sheet": "b"},
            "--population-count is about a file of counts, and none is given. Leave it out.\n"
            "--population-sheet is about a file of counts, and none is given. Leave it out.",
        ),
        ({"value": "good", "population": 9, "sheet": "a"}, "sample.csv: a text file has no sheets. Leave out --sheet."),
    ],
)
def test_refusals(path, asked, text) -> None:
    with pytest.raises(AuditError) as refused:
        read_loose_sample(path, **asked)
    assert str(refused.value) == text
