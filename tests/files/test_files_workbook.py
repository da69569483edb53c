"""Workbooks built here, read back by openpyxl, by our own reader and part by part."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import Column, Sheet, build_workbook, clean_sheet_names, read_table

IDS = ["0001234", "=1+1", "NA", " A7 ", "http://x.example/", "@SUM(1)", "1E5", "\t=1", "a\x0bb", "_x0041_", "😀"]
GRADES = ("Outstanding", "Good", "Adequate", "Inadequate", "N/A")


def plain(*headings: str, **options: Any) -> tuple[Column, ...]:
    return tuple(Column(heading, **options) for heading in headings)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def refusal(*sheets: Sheet, **properties: str) -> str:
    with pytest.raises(FileError) as refused:
        build_workbook(sheets, properties=properties)
    return str(refused.value)


def test_every_cell_stays_the_text_it_was(tmp_path: Path) -> None:
    rows = [(each, "") for each in IDS]
    data = build_workbook([Sheet("Cases", plain("case_id", "rating"), rows)])
    sheet = opened(data)["Cases"]
    for number, row in enumerate(sheet.iter_rows(min_row=2), 2):
        assert [cell.number_format for cell in row] == ["@", "@"], number
        assert (row[0].data_type, row[0].hyperlink, row[1].value) == ("s", None, None)
    (tmp_path / "x.xlsx").write_bytes(data)
    table = read_table(tmp_path / "x.xlsx")
    assert table.cells["case_id"].tolist() == IDS
    assert table.number_formats == {}


def test_the_same_content_is_the_same_bytes() -> None:
    sheets = [Sheet("Cases", plain("a"), [("1",)]), Sheet("Read me", intro=("Title", "text"))]
    first = build_workbook(sheets, properties={"framework_digest": "0" * 64})
    time.sleep(2.1)
    assert build_workbook(sheets, properties={"framework_digest": "0" * 64}) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert part(first, "docProps/core.xml").count("2010-01-01T00:00:00Z") == 2


def test_properties_are_kept() -> None:
    book = opened(build_workbook([Sheet("A", plain("a"))], properties={"framework_digest": "abc", "case": "007"}))
    assert {each.name: each.value for each in book.custom_doc_props.props} == {"framework_digest": "abc", "case": "007"}


def test_short_lists_stand_in_the_cell_rule_and_long_ones_on_a_hidden_sheet() -> None:
    long = tuple(f"A rather long answer, number {number}" for number in range(12))
    commas = ("Yes", "Partly, with a reason")
    column = Column(
        "rating", choices=GRADES, choices_by_row={1: long, 3: long, 4: long, 5: commas, 6: ()}, locked=False
    )
    data = build_workbook([Sheet("Lists", (column,), [("",)] * 8)])
    book = opened(data)
    rules = {str(rule.sqref): rule.formula1 for rule in book["Lists"].data_validations.dataValidation}
    assert rules == {
        "A2 A4 A9": '"Outstanding,Good,Adequate,Inadequate,N/A"',
        "A3 A5:A6": "'Lists_'!$A$1:$A$12",
        "A7": "'Lists_'!$B$1:$B$2",
    }
    assert book["Lists_"].sheet_state == "hidden"
    assert [cell.value for cell in book["Lists_"]["A"]] == list(long)
    assert all(rule.errorStyle in (None, "stop") for rule in book["Lists"].data_validations.dataValidation)
    assert "Lists" not in opened(build_workbook([Sheet("A", (Column("r", choices=GRADES),), [("",)])])).sheetnames


def test_a_list_of_255_characters_stays_and_256_moves() -> None:
    for length, formula in [(255, '"'), (256, "'")]:
        choices = ("x" * 100, "y" * (length - 101))
        book = opened(build_workbook([Sheet("A", (Column("r", choices=choices),), [("",)])]))
        assert book["A"].data_validations.dataValidation[0].formula1[0] == formula


def test_colours_show_what_is_missing() -> None:
    columns = (
        Column("rating", highlight_blank=True, locked=False),
        Column("comment", required_when=("rating", ("N/A", 'a "b"')), locked=False),
    )
    sheet = opened(build_workbook([Sheet("A", columns, [("", "")] * 3)]))["A"]
    found = {str(rules.sqref): [rule.formula for rule in rules.rules] for rules in sheet.conditional_formatting}
    assert found == {
        "A2:A4": [["LEN(TRIM(A2))=0"]],
        "B2:B4": [['AND(LEN(TRIM($B2))=0,OR($A2="N/A",$A2="a ""b"""))']],
    }


def test_protection_locks_what_is_given_and_lets_the_rest_be() -> None:
    columns = (Column("case_id"), Column("rating", locked=False))
    sheet = opened(build_workbook([Sheet("A", columns, [("1", "")], protect=True)]))["A"]
    assert (sheet["A2"].protection.locked, sheet["B2"].protection.locked, sheet["B1"].protection.locked) == (
        True,
        False,
        True,
    )
    protection = sheet.protection
    assert protection.sheet
    # In the file a permission is a lock that is off.
    assert (protection.autoFilter, protection.sort, protection.formatColumns, protection.insertRows) == (
        False,
        True,
        False,
        True,
    )
    assert not opened(build_workbook([Sheet("A", columns, [("1", "")])]))["A"].protection.sheet


def test_it_prints_and_scrolls_decently() -> None:
    text = "long words " * 30
    columns = (Column("case_id", 12), Column("question", 40, wrap=True), Column("secret", hidden=True))
    sheet = opened(build_workbook([Sheet("A", columns, [("1", text, "x"), ("2", "short", "x")], frozen_columns=1)]))[
        "A"
    ]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B2", "A1:C3", "$1:$1")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["A1"].font.bold
    assert sheet["B2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height == 15 * 9
    assert sheet.row_dimensions[3].height in (None, 15)
    assert (sheet.column_dimensions["B"].width > 40, sheet.column_dimensions["C"].hidden) == (True, True)


def test_rows_grow_with_what_is_typed() -> None:
    data = build_workbook([Sheet("A", (Column("a", 5, wrap=True),), [("many words here",)])])
    assert "customHeight" not in part(data, "xl/worksheets/sheet1.xml")
    assert 'ht="45"' in part(data, "xl/worksheets/sheet1.xml")


def test_an_introduction_stands_above_the_heading(tmp_path: Path) -> None:
    sheet = Sheet("A", plain("case_id"), [("1",)], intro=("Title", "How to read this"))
    (tmp_path / "x.xlsx").write_bytes(build_workbook([Sheet("Read me", intro=("Only text",)), sheet]))
    table = read_table(tmp_path / "x.xlsx", sheet="A", header_row=sheet.heading_row)
    assert (table.rows, table.columns) == ((5,), ("case_id",))


def test_columns_of_numbers_are_numbers_and_hidden_sheets_are_passed_over() -> None:
    columns = (Column("measure"), Column("share", text=False, number_format="0.0%"))
    rows = [("m1", "0.125"), ("m2", "007"), ("m3", "=1"), ("m4", "")]
    book = opened(build_workbook([Sheet("Notes", plain("a"), hidden=True), Sheet("A", columns, rows)]))
    assert [cell.value for cell in book["A"]["B"]][1:] == [0.125, "007", "=1", None]
    assert (book["A"]["B2"].number_format, book["A"]["B4"].data_type) == ("0.0%", "s")
    assert (book["Notes"].sheet_state, book.active.title) == ("hidden", "A")


def test_sheet_names_are_cleaned_and_told_apart() -> None:
    names = [
        "../../etc",
        "a/b",
        "a?b",
        "A_B",
        "'quoted'",
        "",
        "History",
        "x" * 300,
        "x" * 301,
        "😀" * 20,
        "NA",
        "con\x00",
    ]
    found = clean_sheet_names(names)
    assert found == {
        "../../etc": ".._.._etc",
        "a/b": "a_b",
        "a?b": "a_b (2)",
        "A_B": "A_B (3)",
        "'quoted'": "quoted",
        "": "Sheet",
        "History": "History_",
        "x" * 300: "x" * 31,
        "x" * 301: "x" * 27 + " (2)",
        "😀" * 20: "😀" * 15,
        "NA": "NA",
        "con\x00": "con_",
    }
    book = opened(build_workbook([Sheet(name, plain("a")) for name in names]))
    assert book.sheetnames == list(found.values())


def test_what_a_workbook_cannot_hold_is_refused_all_at_once() -> None:
    rows = [("x" * 32_767, "fine"), ("x" * 32_768, "a\0b"), ("x",), ("😀" * 16_384, "\ud800")]
    assert refusal(Sheet("A", plain("a", "b"), rows), digest="x" * 256).splitlines() == [
        'the property "digest" is longer than 255 characters.',
        'sheet A, row 3, column A "a": the text has 32,768 characters; a cell holds 32,767. Shorten it.',
        'sheet A, row 3, column B "b": the text holds a character no workbook can hold (such as NUL). Take it out.',
        "sheet A, row 4: 1 cells, 2 columns.",
        'sheet A, row 5, column A "a": the text has 32,768 characters; a cell holds 32,767. Shorten it.',
        'sheet A, row 5, column B "b": the text holds a character no workbook can hold (such as NUL). Take it out.',
    ]


def test_sheets_that_make_no_sense_are_refused() -> None:
    assert refusal() == "a workbook needs at least one sheet."
    assert refusal(Sheet("A", plain("a")), Sheet("A", plain("a"))) == "two sheets have one name."
    assert refusal(Sheet("A", plain("a", "a"))) == "sheet A: two columns have one heading."
    assert refusal(Sheet("A", (Column("a", required_when=("b", ("N/A",))),))) == (
        'sheet A: "b" is no column, but "a" depends on it.'
    )
    assert refusal(Sheet("A", (Column("a", choices=()),))) == 'sheet A: the list of choices of "a" is empty.'


def test_a_cell_can_be_required_where_two_others_are_unlike() -> None:
    columns = (
        Column("first"),
        Column("settled", locked=False),
        Column("reason", locked=False, required_when_unlike=("settled", "first")),
    )
    book = openpyxl.load_workbook(io.BytesIO(build_workbook([Sheet("Panel", columns, [["Good", "", ""]])])))
    rules = [rule for each in book["Panel"].conditional_formatting for rule in each.rules]
    assert [rule.formula for rule in rules] == [["AND(LEN(TRIM($C2))=0,LEN($B2)>0,$B2<>$A2)"]]
    wrong = Sheet("Panel", (Column("reason", required_when_unlike=("settled", "first")),))
    with pytest.raises(FileError) as refused:
        build_workbook([wrong])
    assert str(refused.value) == (
        'sheet Panel: "settled" is no column, but "reason" depends on it.\n'
        'sheet Panel: "first" is no column, but "reason" depends on it.'
    )
