"""A register is read as it is: every id exact, everything wrong with it named at once."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from audit_toolkit.errors import AuditError, FileError, RegisterError
from audit_toolkit.files import parse_date
from audit_toolkit.register import Register, build_frame, read_register

BAD_INPUT = Path(__file__).resolve().parent.parent / "bad_input"
EXPECTED = {row["file"]: row for row in csv.DictReader((BAD_INPUT / "EXPECTED.csv").open(encoding="utf-8"))}
READ_EXACTLY = [
    *("r01_leading_zeros.csv", "r03_na_ids.csv", "r07_homoglyph.csv", "r09_bigint.csv", "r11_decimal_ids.csv"),
    *("r13_bom.csv", "r21_embedded_newline.csv", "r29_blank_rows.csv", "r35_stratum_na_text.csv"),
    *("r37_dates_mixed.csv", "r39_datetime_bst.csv", "r40_formula_ids.csv", "r42_path_strata.csv", "x03_1904.xlsx"),
]


def refusal(call: Callable[[], object], error: type[AuditError] = RegisterError) -> str:
    with pytest.raises(error) as refused:
        call()
    return str(refused.value)


def frame_of(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=object)


@pytest.mark.parametrize("name", READ_EXACTLY)
def test_ids_are_read_exactly(name: str) -> None:
    register = read_register(BAD_INPUT / name)
    assert register.cases["case_id"].tolist() == json.loads(EXPECTED[name]["exact_ids_json"])
    assert len(register) == int(EXPECTED[name]["n_cases"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "r05_dup_case_space.csv",
            'r05_dup_case_space.csv, row 2 (case AB123), column A "case_id": the case ids "AB123", "ab123 ", " AB123" '
            "may be the same case (rows 2, 3 and 4). Keep one spelling and one row a case.",
        ),
        (
            "r27_total_row.csv",
            'r27_total_row.csv, row 5 (case Total), column A "case_id": "Total" with empty cells beside it does not '
            "look like a case. Take the total row out of the register.",
        ),
        (
            "x01_number_format_zeros.xlsx",
            "\n".join(
                f'x01_number_format_zeros.xlsx, sheet Sheet, row {row} (case {case}), column A "case_id": the case id '
                f'{case} is a number shown in the format "0000000", not text. Set the column to Text before the ids '
                "are entered, or export it as CSV, so that every digit is kept."
                for row, case in ((2, 1234), (3, 12345), (4, 1234567))
            ),
        ),
    ],
)
def test_a_register_that_cannot_be_trusted_is_refused(name: str, said: str) -> None:
    assert EXPECTED[name]["expect"] == "reject"
    assert refusal(lambda: read_register(BAD_INPUT / name)) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "x05_merged.xlsx",
            "x05_merged.xlsx, sheet Sheet: merged cells among the data: B2:B4, B5:B7. Unmerge them and fill in every "
            "cell, so that each row says what it belongs to.",
        ),
        (
            "x07_second_sheet.xlsx",
            'x07_second_sheet.xlsx: case_id is not on sheet "Read me"; it is on "Cases". Use --sheet Cases, or '
            "sheet: Cases in a plan.",
        ),
    ],
)
def test_a_workbook_that_hides_its_cases_is_refused(name: str, said: str) -> None:
    assert refusal(lambda: read_register(BAD_INPUT / name), FileError) == said


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("r37_dates_mixed.csv", ["2010-02-03", "2011-05-04", "2010-02-13", "2012-01-31"]),
        ("r39_datetime_bst.csv", ["2025-07-01", "2025-07-01"]),
        ("x03_1904.xlsx", ["2025-03-04", "2025-03-04"]),
    ],
)
def test_dates_are_the_days_they_were(name: str, days: list[str]) -> None:
    register = read_register(BAD_INPUT / name, dates=["opened"])
    assert [parse_date(cell).isoformat() for cell in register.cases["opened"]] == days


def test_another_sheet_is_read_when_named() -> None:
    assert len(read_register(BAD_INPUT / "x07_second_sheet.xlsx", sheet="Cases")) > 0


def test_swallowed_rows_are_refused_where_strata_are_made() -> None:
    register = read_register(BAD_INPUT / "r19_quote_pair_swallow.csv")
    assert refusal(lambda: build_frame(register, strata=["team"])) == (
        'r19_quote_pair_swallow.csv, row 3 (case A2), column B "team": the cell holds a line break or a tab, and '
        'strata are made from it. Look for a stray quotation mark (") in this row or the one before, mend the file '
        "and read it again."
    )


def test_what_is_odd_but_right_is_noted() -> None:
    alike = build_frame(read_register(BAD_INPUT / "r07_homoglyph.csv"), strata=["team"])
    assert alike.notes == (
        "The case ids mix letters of several alphabets that can look alike: Latin in 2 (first on row 2); "
        "Cyrillic in 1 (first on row 3). All are kept.",
    )
    formulas = build_frame(read_register(BAD_INPUT / "r40_formula_ids.csv"), strata=["team"])
    assert formulas.notes == ("9 case ids begin like a formula; they are kept as they are, and as text in workbooks.",)


def test_ids_that_differ_by_case_are_allowed_where_the_plan_says_so(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("case_id\nAB1\nab1\n", encoding="utf-8")
    assert len(read_register(path, fold_case=False)) == 2
    assert 'the case ids "AB1", "ab1" may be the same case (rows 2 and 3)' in refusal(lambda: read_register(path))
    path.write_text("case_id\nAB1\nAB1 \n", encoding="utf-8")
    assert "may be the same case" in refusal(lambda: read_register(path, fold_case=False))


@pytest.mark.parametrize(
    ("first", "second"),
    [("A1", "A1 "), ("A1", "a1"), ("é1", "e\u03011"), ("A 1", "A\u00a01"), ("straße", "STRASSE"), ("A1", "\tA1")],
)
def test_ids_a_person_would_read_as_one_are_refused(first: str, second: str) -> None:
    assert "may be the same case (rows 2 and 3)" in refusal(lambda: read_register(frame_of(case_id=[first, second])))


@pytest.mark.parametrize(("first", "second"), [("12.1", "12.10"), ("01", "1"), ("1E5", "100000"), ("NA", "N/A")])
def test_ids_that_only_a_spreadsheet_would_take_for_one_stand(first: str, second: str) -> None:
    assert read_register(frame_of(case_id=[first, second])).cases["case_id"].tolist() == [first, second]


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    rows = ["Child reference,Area,Received", "1,North,13/14/2010", ",North,01/02/2010", "1,South,2010-02-30", "2,,"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    columns = {"case_id": "Child reference", "area": "Aera", "received": "Received"}

    def read() -> Register:
        return read_register(path, columns=columns, dates=["received"], required=["team"])

    assert refusal(read).splitlines() == [
        'register.csv: there is no column "team". Use one of: case_id, Area, received.',
        'register.csv, row 1: there is no column "Aera". Did you mean "Area"?',
        'register.csv, row 2 (case 1), column A "Child reference": the case id "1" stands 2 times (rows 2 and 4). '
        "Keep one row a case.",
        'register.csv, row 2 (case 1), column C "Received": 13/14/2010 is not a date. '
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
        'register.csv, row 3, column A "Child reference": the case id is empty. '
        "Give the case its id, or take the row out.",
        'register.csv, row 4 (case 1), column C "Received": 2010-02-30 is not a date. '
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
    ]


def test_a_misspelt_id_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("Case ID,team\n1,North\n", encoding="utf-8")
    assert refusal(lambda: read_register(path), FileError) == (
        'register.csv, row 1: there is no column "case_id". Did you mean "Case ID"?'
    )
    frame = frame_of(case_ref=["1"], team=["North"])
    assert refusal(lambda: read_register(frame)) == (
        'DataFrame: there is no column "case_id". Did you mean "case_ref"?'
    )


def test_columns_are_mapped_and_places_keep_the_heading_of_the_file() -> None:
    frame = frame_of(Area=["North", "South"], Ref=["1", "2"], case=["a", "b"])
    register = read_register(frame, columns={"case_id": "Ref", "area": "Area", "Area": "case"})
    assert list(register.cases.columns) == ["case_id", "area", "Area"]
    assert register.cases["Area"].tolist() == ["a", "b"]
    assert str(register.place(1, "area")) == 'DataFrame, row 3 (case 2), column A "Area"'


def test_a_mapping_that_makes_two_columns_one_is_refused() -> None:
    frame = frame_of(Ref=["1"], Region=["North"], area=["X"])
    assert refusal(lambda: read_register(frame, columns={"case_id": "Ref", "area": "Region"})) == (
        'DataFrame: "area" would stand for both "Region" and a column of that name. '
        'Give the column "Region" another name under columns.'
    )
    assert refusal(lambda: read_register(frame, columns={"case_id": "Ref", "team": "Region", "place": "Region"})) == (
        'DataFrame: the column "Region" would have 2 names: team and place. Keep one of them under columns.'
    )


@pytest.mark.parametrize("values", [np.array([1, 2]), [1, 2], pd.array([1, 2], dtype="Int64")])
def test_whole_numbers_are_no_ids_of_a_dataframe(values: object) -> None:
    said = refusal(lambda: read_register(pd.DataFrame({"case_id": values}))).splitlines()
    assert said[0] == (
        'DataFrame, row 2 (case 1), column A "case_id": the case id 1 is of the type int, not text. '
        "Read the ids as text, as in read_csv(path, dtype=str): a number has lost its leading zeros."
    )
    assert len(said) == 2


def test_floats_dates_and_missing_values_are_no_ids_of_a_dataframe() -> None:
    values = [1234.0, float("nan"), None, pd.Timestamp("2010-01-31"), True]
    said = refusal(lambda: read_register(frame_of(case_id=values))).splitlines()
    assert said[0] == (
        'DataFrame, row 2 (case 1234), column A "case_id": the case id 1234 is a number shown in the format '
        '"float64", not text. Set the column to Text before the ids are entered, or export it as CSV, so that every '
        "digit is kept."
    )
    assert [line.split(": ")[1].split(". ")[0] for line in said[1:]] == [
        "the case id is empty",
        "the case id is empty",
        "the case id 2010-01-31 is of the type Timestamp, not text",
        "the case id TRUE is of the type bool, not text",
    ]


def test_broken_ids_are_refused() -> None:
    said = refusal(lambda: read_register(frame_of(case_id=["A\n1", "\ud800B", "  "])))
    assert said.splitlines() == [
        'DataFrame, row 2 (case A\\n1), column A "case_id": the case id runs over a line break, so rows may have been '
        'swallowed. Look for a stray quotation mark (") in this row or the one before, mend the file and read it '
        "again.",
        'DataFrame, row 3 (case \\ud800B), column A "case_id": the case id holds half a character, which no file can '
        "hold. Export it again.",
        'DataFrame, row 4 (case   ), column A "case_id": the case id holds only spaces. '
        "Give the case its id, or take the row out.",
    ]


def test_the_last_row_may_be_a_total_only_where_cells_are_empty() -> None:
    assert len(read_register(frame_of(case_id=["A1", "Total"], team=["North", "South"]))) == 2
    assert "does not look like a case" in refusal(
        lambda: read_register(frame_of(case_id=["A1", "Grand total"], team=["North", ""]))
    )


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    def make(*ids: tuple[object, str]) -> Path:
        book = openpyxl.Workbook()
        book.active.append(["case_id", "team"])
        for row, (value, number_format) in enumerate(ids, 2):
            book.active.append([value, "North"])
            book.active.cell(row, 1).number_format = number_format
        path = tmp_path / "register.xlsx"
        book.save(path)
        return path

    return make


def test_plain_whole_numbers_of_a_workbook_are_their_digits_and_that_is_said(workbook: Callable[..., Path]) -> None:
    register = read_register(workbook(("0012", "@"), (34, "General"), (56, "0")))
    assert register.cases["case_id"].tolist() == ["0012", "34", "56"]
    assert register.notes == (
        "2 case ids are numbers in the workbook, not text, first on row 3; the digits shown are taken. "
        "Look that no leading zero was lost.",
    )
    one = read_register(workbook((7, "General")))
    assert one.notes == (
        "1 case id is a number (row 2) in the workbook, not text; the digits shown are taken. "
        "Look that no leading zero was lost.",
    )
    assert read_register(workbook(("0012", "@"))).notes == ()


@pytest.mark.parametrize(
    ("value", "number_format"),
    [(1234, "0000000"), (1.5, "General"), (1234, "#,##0"), (-5, "General"), (12, "@"), (10**16, "0")],
)
def test_any_other_number_of_a_workbook_is_no_id(
    workbook: Callable[..., Path], value: float, number_format: str
) -> None:
    assert f'is a number shown in the format "{number_format}", not text' in refusal(
        lambda: read_register(workbook((value, number_format)))
    )


def test_a_register_prints_in_a_few_lines() -> None:
    assert str(read_register(BAD_INPUT / "r29_blank_rows.csv")) == (
        "Register of 5 cases from r29_blank_rows.csv (5 rows)\n4 blank rows skipped (rows 3, 5, 7, 8)."
    )
