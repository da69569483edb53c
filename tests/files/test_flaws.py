"""Sheets read as far as they can be: each flaw spoils its own cells, rows or columns, and hides nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import Book, read_book


def book_of(tmp_path: Path, rows: list[list[Any]], merge: str = "") -> Book:
    book = openpyxl.Workbook()
    book.active.title = "Ratings"
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    book.create_sheet("Empty")
    book.save(tmp_path / "x.xlsx")
    return read_book(tmp_path / "x.xlsx", ("Ratings", "Empty", "Not there"))


def flaws_of(book: Book) -> list[tuple[int | None, str | None, str]]:
    return [(flaw.position, flaw.heading, str(flaw.problem)) for flaw in book.sheets["Ratings"].flaws]


def test_a_sound_sheet_has_no_flaw_and_blank_or_hidden_rows_are_none(tmp_path: Path) -> None:
    book = book_of(tmp_path, [["a", "b"], ["1", "x"], [None, None], ["2", "#N/A"]])
    table = book.sheets["Ratings"].table
    assert table is not None
    assert (book.sheet_names, flaws_of(book)) == (("Ratings", "Empty"), [])
    assert (table.rows, table.cells["b"].tolist()) == ((2, 4), ["x", "#N/A"])
    assert table.notes == ("1 cell shows an error such as #N/A; the text is kept as it is.",)
    assert book.sheets["Empty"].table is None
    assert [str(problem) for problem in book.sheets["Empty"].problems] == [
        "x.xlsx, sheet Empty: there is nothing on this sheet."
    ]
    assert "Not there" not in book.sheets


def test_a_formula_spoils_its_own_cell(tmp_path: Path) -> None:
    book = book_of(tmp_path, [["a", "b"], ["1", "=A2"], ["2", "x"], [None, "=1"]])
    mend = "Open it in Excel or LibreOffice, save, send again."
    assert flaws_of(book) == [
        (0, "b", f'x.xlsx, sheet Ratings, row 2, column B "b": a formula without a stored result. {mend}'),
        (None, "", f'x.xlsx, sheet Ratings, row 4, column B "b": a formula without a stored result. {mend}'),
    ]


def test_a_formula_among_the_headings_spoils_the_sheet(tmp_path: Path) -> None:
    book = book_of(tmp_path, [["a", "=A1"], ["1", "x"]])
    assert (None, None) in [flaw[:2] for flaw in flaws_of(book)]


def test_merged_cells_spoil_all_that_they_cover_and_no_more(tmp_path: Path) -> None:
    rows = [["a", "b", "c"], ["1", "x", "p"], ["2", "y", "q"], ["3", "z", "r"]]
    book = book_of(tmp_path, rows, "B2:B3")
    what = "x.xlsx, sheet Ratings, row 2: merged cells among the data: B2:B3."
    mend = "Unmerge them and fill in every cell, so that each row says what it belongs to."
    assert flaws_of(book) == [(0, "b", f"{what} {mend}"), (1, "b", f"{what} {mend}")]
    assert (None, None) in [flaw[:2] for flaw in flaws_of(book_of(tmp_path, rows, "A1:B1"))]
    assert flaws_of(book_of(tmp_path, rows, "E2:F3")) == []


def test_headings_that_look_alike_spoil_their_columns_and_a_heading_row_itself(tmp_path: Path) -> None:
    book = book_of(tmp_path, [["a", "b", "B "], ["1", "x", "y"], ["a", "b", "B "]])
    assert flaws_of(book) == [
        (
            *(None, "b"),
            'x.xlsx, sheet Ratings, row 1, column C "B ": the heading looks the same as "b" in column B.'
            " Give each column its own heading.",
        ),
        (
            *(None, "B "),
            'x.xlsx, sheet Ratings, row 1, column C "B ": the heading looks the same as "b" in column B.'
            " Give each column its own heading.",
        ),
        (1, None, "x.xlsx, sheet Ratings, row 3: the headings stand in this row once more. Take the row out."),
    ]
    twice = book_of(tmp_path, [["a", "b", "b"], ["1", "x", "y"]])
    table = twice.sheets["Ratings"].table
    assert table is not None
    assert (table.columns, table.cells["b"].tolist()) == (("a", "b"), ["x"])
    assert [flaw[:2] for flaw in flaws_of(twice)] == [(None, "b")]


def test_a_damaged_sheet_hides_no_other_and_properties_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Ratings"
    book.active["A1"] = "a"
    book.create_sheet("Cases").append(["case_id"])
    book["Cases"].append(["7"])
    book.custom_doc_props.append(openpyxl.packaging.custom.StringProperty(name="round", value="Spring"))
    book.save(tmp_path / "x.xlsx")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as made:
        parts = {entry: made.read(entry) for entry in made.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:-40]
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    found = read_book(tmp_path / "x.xlsx", ("Ratings", "Cases"))
    assert str(found.sheets["Ratings"].problems[0]).startswith("x.xlsx: the workbook is damaged (")
    assert found.sheets["Cases"].table is not None
    assert found.properties == {"round": "Spring"}
    (tmp_path / "x.xlsx").write_bytes(b"")
    with pytest.raises(FileError, match=r"^x\.xlsx: the file is empty\. Export it again\.$"):
        read_book(tmp_path / "x.xlsx", ())
