"""Looking at a register: what was read, everything wrong, everything to look at, and nothing written."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit.register import check_register

TESTS = Path(__file__).resolve().parents[1]
BAD = TESTS / "bad_input"
REGISTER = TESTS.parent / "samples" / "register_2010-01-31.csv"
KINDS = ("register", "register-xlsx", "register-parquet", "register-sql", "injection", "bomb")
ENDINGS = (".csv", ".xlsx", ".parquet", ".sqlite")
with (BAD / "EXPECTED.csv").open(newline="", encoding="utf-8") as _file:
    EXPECTED = [row for row in csv.DictReader(_file) if row["kind"] in KINDS and Path(row["file"]).suffix in ENDINGS]
# What stops a draw only where strata are made from the column, or on the sheet that is asked for.
STRATA = {"r19_quote_pair_swallow.csv": ("team",), "r33_stratum_variants.csv": ("team",)}


def digests(folder: Path) -> dict[str, str]:
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.iterdir() if each.is_file()}


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["file"])
def test_every_bad_file_is_accepted_warned_of_or_refused(row: dict[str, str]) -> None:
    found = check_register(BAD / row["file"], strata=STRATA.get(row["file"], ()))
    if row["expect"] == "reject":
        assert found.problems
    else:
        assert found.problems == ()
        assert found.rows == int(row["n_cases"])
    if row["file"] == "r07_homoglyph.csv":
        assert "mix letters of several alphabets" in found.suspicions[0].what
    elif row["expect"] == "warn":
        assert len(found.read) > 1 or found.suspicions


def test_nothing_is_written() -> None:
    before = digests(BAD)
    for row in EXPECTED:
        check_register(BAD / row["file"])
    assert digests(BAD) == before


def test_it_says_how_the_file_was_read() -> None:
    found = check_register(REGISTER, columns={"case_id": "Child reference"})
    assert found.read == (
        "Read as text, utf-8 with byte-order mark, a comma between the fields, headings on row 1: "
        "776 rows, 16 columns.",
    )
    assert found.ids == ("0600299", "0154712", "1821115")
    holds = {each.name: (each.filled, each.distinct, each.holds) for each in found.columns}
    assert holds["Area"] == (776, 3, "North (318), South (239), East (219)")
    assert holds["Referral date"] == (776, 91, "dates from 2009-10-15 to 2010-01-15")
    assert holds["Worker"] == (776, 60, "60 different, such as Worker 11, Worker 31")
    assert str(found).splitlines()[0] == "register_2010-01-31.csv: 0 wrong, 1 to look at"


def test_a_column_of_ids_that_is_not_named_is_looked_for() -> None:
    assert [str(each) for each in check_register(REGISTER).problems] == [
        "register_2010-01-31.csv, row 1: which column holds the case ids is not said; filled and different in every "
        'row: "Child reference". Say --column case_id="HEADING", or in a plan columns: {case_id: HEADING}.'
    ]


def test_columns_for_strata_must_be_fit_and_empty_cells_are_counted_once() -> None:
    found = check_register(REGISTER, columns={"case_id": "Child reference"}, strata=["Area", "Outcome", "Taem"])
    assert [str(each) for each in found.problems] == [
        'register_2010-01-31.csv: there is no column "Taem". Did you mean "Team"?'
    ]
    assert str(found.suspicions[1]) == (
        'register_2010-01-31.csv, row 42, column F "Outcome": Outcome is empty in 46 of 776 rows, and strata are made '
        "of it. A case that can be drawn needs it: fill it in, or exclude such cases by a rule."
    )


def suspicions(**columns: list[str]) -> list[str]:
    size = max(len(each) for each in columns.values())
    ids = [f"A{number}" for number in range(size)]
    found = check_register(pd.DataFrame({"case_id": ids, **columns}, dtype=object))
    assert found.problems == ()
    return [str(each) for each in found.suspicions]


def test_what_is_suspicious_is_said_with_its_count_and_place() -> None:
    start = "DataFrame, row"
    assert suspicions(team=["North", "north ", "NORTH", "South"]) == [
        f'{start} 3, column B "team": team is spelt in several ways that look the same: "NORTH" (1), "North" (1), '
        '"north " (1). Strata cannot be made from it so. Correct it, or map it: '
        "{column: team, groups: {label: [...]}}."
    ]
    days = ["2010-01-05", "06/01/2010", *["2010-01-07"] * 8, "1810-01-09", "soon"]
    assert suspicions(opened=days) == [
        f'{start} 2, column B "opened": opened has dates written in two ways, 2010-01-31 and 31/01/2010. '
        "Both are read. Look that no month and day changed places.",
        f'{start} 12, column B "opened": opened holds dates, and 2 cells that are none, such as "1810-01-09". '
        "A rule on this column would refuse them: write 2010-01-31 or 31/01/2010.",
    ]
    assert suspicions(worker=["#N/A", "Worker 1", "#N/A"]) == [
        f'{start} 2, column B "worker": worker holds 2 errors of a spreadsheet, such as #N/A, where a lookup found '
        "nothing. They are kept as text. Fill them in at the source."
    ]
    assert suspicions(team=["North", "South,2010\nA4,South", "South"]) == [
        f'{start} 3, column B "team": team holds 1 cells with a line break. Right in a note. Elsewhere a stray '
        'quotation mark (") may have swallowed rows.'
    ]
    assert suspicions(closed=["2010-01-05", *[""] * 11]) == [
        "DataFrame: closed is empty in 11 of 12 rows. Look that it was exported whole."
    ]
    assert suspicions(file=[f"F{max(number, 1)}" for number in range(60)]) == [
        "DataFrame: file differs in nearly every row but not in all: it may be an id of which some stand twice. "
        "Look at the rows that share one."
    ]


def test_a_heading_in_the_middle_is_said(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("case_id,team\n1,a\ncase_id,team\n2,b\n", encoding="utf-8")
    found = check_register(path)
    said = [str(each) for each in (*found.problems, *found.suspicions)]
    assert any(each.startswith("r.csv, row 3") and "headings" in each for each in said)


def test_it_is_json_for_a_program_and_a_verb_for_a_notebook() -> None:
    found = at.check_register(BAD / "r27_total_row.csv").to_dict()
    assert list(found) == ["name", "rows", "first_ids", "read", "columns", "problems", "suspicions"]
    assert found["problems"] == [
        'r27_total_row.csv, row 5 (case Total), column A "case_id": "Total" with empty cells beside it does not look '
        "like a case. Take the total row out of the register."
    ]


def test_an_export_is_checked_by_its_preset() -> None:
    found = check_register(TESTS / "register" / "exports" / "annex_a.xlsx", preset="annex-a-6")
    assert (found.problems, found.rows) == ((), 5)
    assert found.suspicions[0].what.startswith("5 case ids are numbers in the workbook")
    assert [str(each.where) for each in found.suspicions[1:]] == [
        f'annex_a.xlsx, sheet List 6, row 2, column {each}"' for each in ('M "Allocated Team', 'N "Allocated Worker')
    ]
