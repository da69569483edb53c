"""Tables from any file or DataFrame, and writing them back as CSV."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_toolkit.errors import FileError
from audit_toolkit.files import csv_bytes, csv_text, read_bytes, read_table, sheet_names, table_from_frame
from audit_toolkit.files.csv_file import read_csv

BAD = Path(__file__).parents[1] / "bad_input"
KINDS = "Use .csv, .tsv, .txt, .xlsx, .xlsm, .parquet, .pq, .sqlite, .sqlite3 or .db."


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.ods", f"x.ods: .ods files are not read. {KINDS}"),
        ("x", f"x: files without an ending are not read. {KINDS}"),
        ("x.xls", "x.xls: old Excel workbooks (.xls) are not read. Open it and save it as .xlsx."),
    ],
)
def test_other_kinds_are_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(FileError) as refused:
        read_table(tmp_path / name)
    assert str(refused.value) == message


def test_missing_files_folders_and_large_files(tmp_path: Path) -> None:
    (tmp_path / "february.csv").write_text("a\n1\n")
    with pytest.raises(FileError, match=r'there is no such file. Did you mean "february.csv"\?'):
        read_table(tmp_path / "febuary.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileError, match=r"^folder.csv: this is a folder, not a file\.$"):
        read_table(tmp_path / "folder.csv")
    (tmp_path / "large").write_bytes(b"x" * 2_000_000)
    with pytest.raises(FileError, match=r"the file holds 1.9 MiB; at most 1.0 MiB is read"):
        read_bytes(tmp_path / "large", limit=1024 * 1024)


def test_options_that_do_not_apply_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a\n1\n")
    with pytest.raises(FileError, match=r"^x.csv: a text file has no sheets. Leave out --sheet.$"):
        read_table(path, sheet="Cases")
    with pytest.raises(FileError, match="an encoding or delimiter is for text files only"):
        read_table(BAD / "x01_number_format_zeros.xlsx", encoding="utf-8")
    assert sheet_names(path) == ()


def test_a_workbook_named_csv_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes((BAD / "x01_number_format_zeros.xlsx").read_bytes())
    with pytest.raises(FileError) as refused:
        read_table(path)
    assert str(refused.value) == (
        "x.csv: the content is an Excel workbook, not text. Rename it to .xlsx, or export it as CSV."
    )


def test_frames_become_exact_text() -> None:
    frame = pd.DataFrame(
        {
            "id": ["001", "NA", None],
            "whole": pd.array([1, None, 12345678901234567], dtype="Int64"),
            "float": [4.0, np.nan, 12.1],
            "date": pd.Series([pd.Timestamp(2010, 2, 3), pd.NaT, pd.Timestamp(2010, 2, 3, 4, 5)]),
            "exact": [Fraction(3, 4), Decimal("1.10"), datetime.date(2010, 1, 2)],
            "truth": [True, np.bool_(False), None],
        }
    )
    table = table_from_frame(frame)
    assert table.cells.to_dict("list") == {
        "id": ["001", "NA", ""],
        "whole": ["1", "", "12345678901234567"],
        "float": ["4", "", "12.1"],
        "date": ["2010-02-03", "", "2010-02-03T04:05:00"],
        "exact": ["3/4", "1.10", "2010-01-02"],
        "truth": ["TRUE", "FALSE", ""],
    }
    assert table.rows == (2, 3, 4)
    assert table.number_formats == {"whole": {0: "General", 2: "General"}, "float": {0: "float64", 2: "float64"}}
    assert (str(table), table.to_dict()["rows"]) == ("DataFrame: 3 rows, 6 columns", 3)


def test_frames_that_are_no_table_are_refused() -> None:
    frame = pd.DataFrame([[1, 2, [3]]], columns=["a", "a", "b"])
    with pytest.raises(FileError) as refused:
        table_from_frame(frame, "ratings")
    assert str(refused.value).splitlines() == [
        'ratings, row 1, column B "a": the heading stands twice, first in column A. Give each column its own heading.',
        'ratings, row 2, column C "b": a list is not text, a number or a date. Convert the column to text first.',
    ]
    with pytest.raises(FileError, match=r"^DataFrame: no rows under the heading"):
        table_from_frame(frame.iloc[:0, 1:])


def test_a_frame_is_not_changed() -> None:
    frame = pd.DataFrame({"id": [1, 2]})
    table_from_frame(frame)
    assert frame["id"].dtype == "int64"


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6))
def test_what_is_written_reads_back_cell_for_cell(rows: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame([("id", *row) for row in rows], columns=["case_id", "a", "b;\n"], dtype=object)
    for mark in (False, True):
        table = read_csv(csv_bytes(frame, byte_order_mark=mark), "x.csv", delimiter=",")
        assert table.cells.to_numpy().tolist() == frame.to_numpy().tolist()


def test_csv_is_written_one_way() -> None:
    frame = pd.DataFrame({"case_id": ["007", '=1+1,"x"'], "n": [1, None], "note": ["a\rb", "c\nd"]}, dtype=object)
    assert csv_text(frame) == 'case_id,n,note\n007,1,"a\rb"\n"=1+1,""x""",,"c\nd"\n'
    assert csv_bytes(frame, byte_order_mark=True).startswith(b"\xef\xbb\xbfcase_id")


@pytest.mark.parametrize("value", ["a\0b", "\ud800", ["x"]])
def test_what_csv_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(FileError, match=r'^row 2, column "a": '):
        csv_text(pd.DataFrame({"a": [value]}, dtype=object))
