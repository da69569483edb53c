"""Excel workbooks: refused before they do harm, read as the text that was typed."""

from __future__ import annotations

import datetime
import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from audit_toolkit.errors import FileError
from audit_toolkit.files import Table, read_table, sheet_names, xlsx_safety

SHEET_1 = "xl/worksheets/sheet1.xml"
BAD = Path(__file__).parents[1] / "bad_input"


def made(path: Path, fill: Callable[[Worksheet], object], *more: str) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Cases"
    fill(sheet)
    for name in more:
        book.create_sheet(name)
    book.save(path)
    return path


def written(path: Path, rows: list[list[Any]], **options: Any) -> Path:
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("Cases")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def changed(source: Path, target: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return target


def refusal(path: Path, **options: Any) -> str:
    started = time.perf_counter()
    with pytest.raises(FileError) as refused:
        read_table(path, **options)
    assert time.perf_counter() - started < 20
    return str(refused.value)


def appended(*rows: list[Any]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(row)

    return fill


# Values


def test_numbers_keep_their_format_beside_their_digits() -> None:
    table = read_table(BAD / "x01_number_format_zeros.xlsx", required=("case_id",))
    assert table.cells["case_id"].tolist() == ["1234", "12345", "1234567"]
    assert table.number_formats["case_id"] == {0: "0000000", 1: "0000000", 2: "0000000"}
    assert table.cells["opened"].tolist() == ["2025-03-04"] * 3
    assert (table.sheet, table.rows, table.encoding) == ("Sheet", (2, 3, 4), None)


def test_the_1904_date_system_is_honoured(tmp_path: Path) -> None:
    table = read_table(BAD / "x03_1904.xlsx", required=("case_id",))
    assert table.cells["opened"].tolist() == ["2025-03-04", "2025-03-04"]
    for use_1904 in (True, False):
        day = datetime.datetime(2010, 2, 3)
        path = written(tmp_path / "x.xlsx", [["d"], [day]], date_1904=use_1904, default_date_format="dd/mm/yyyy")
        assert read_table(path).cells["d"].tolist() == ["2010-02-03"]


def test_every_kind_of_cell_is_its_text(tmp_path: Path) -> None:
    values = ["001234", " A7 ", "NA", "1E5", 1234, 12.5, 1e15, 900719925474099301, True, "#N/A", "=not"]
    when = [datetime.date(2010, 2, 3), datetime.datetime(2010, 2, 3, 4, 5), datetime.time(4, 5)]

    def fill(sheet: Worksheet) -> None:
        sheet.append(["v"])
        for value in [*values, *when]:
            sheet.append([value])
        sheet["A11"].data_type = "e"
        sheet["A12"].data_type = "s"

    table = read_table(made(tmp_path / "x.xlsx", fill))
    assert table.cells["v"].tolist() == [
        *[
            "001234",
            " A7 ",
            "NA",
            "1E5",
            "1234",
            "12.5",
            "1000000000000000.0",
            "9.007199254740993e+17",
            "TRUE",
            "#N/A",
            "=not",
        ],
        *["2010-02-03", "2010-02-03T04:05:00", "04:05:00"],
    ]
    assert sorted(table.number_formats["v"]) == [4, 5, 6, 7, 11, 12, 13]
    assert table.number_formats["v"][4] == "General"
    assert table.notes == ("1 cell shows an error such as #N/A; the text is kept as it is.",)


def test_texts_of_odd_characters_read_as_typed(tmp_path: Path) -> None:
    texts = ["a\x0bb", "a\nb", "_x0041_", "\t=1+1", "😀", "  ", "<&>"]
    table = read_table(written(tmp_path / "x.xlsx", [["t", "u"], *[[text, "."] for text in texts]]))
    assert table.cells["t"].tolist() == texts
    assert table.line_breaks == {"t": (1,)}


def test_links_are_not_followed_and_stored_values_are_read() -> None:
    table = read_table(BAD / "x16_external_link_macro.xlsx", required=("case_id",))
    assert table.cells.to_numpy().tolist() == [["A1", "North", "2025-03-04", "open"]]


def test_formulas_without_a_result_are_named(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", appended(["a", "b"], [1, "=A2+1"], [2, "=A3+1"]))
    assert refusal(path) == (
        "x.xlsx, sheet Cases: formulas without a stored result: B2, B3. "
        "Open it in Excel or LibreOffice, save, send again."
    )
    bare = changed(path, tmp_path / "y.xlsx", SHEET_1, lambda old: re.sub(rb"<v ?/>|<v></v>", b"", old))
    assert "formulas without a stored result: B2, B3." in refusal(bare)


def test_a_formula_whose_result_is_empty_text_is_read(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "x.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_string(1, 0, "1")
        sheet.write_formula(1, 1, "=C9", None, "here")
        sheet.write_formula(2, 0, "=1+1", None, 2)
    path = changed(tmp_path / "x.xlsx", tmp_path / "y.xlsx", SHEET_1, lambda old: old.replace(b"here", b""))
    assert read_table(path).cells.to_numpy().tolist() == [["1", ""], ["2", ""]]


# Rows, merged cells, hidden rows


def test_merged_cells_are_refused_by_range(tmp_path: Path) -> None:
    assert refusal(BAD / "x05_merged.xlsx") == (
        "x05_merged.xlsx, sheet Sheet: merged cells among the data: B2:B4, B5:B7. "
        "Unmerge them and fill in every cell, so that each row says what it belongs to."
    )

    def title(sheet: Worksheet) -> None:
        appended(["Register"], ["a", "b"], [1, 2])(sheet)
        sheet.merge_cells("A1:B1")

    assert read_table(made(tmp_path / "x.xlsx", title), header_row=2).rows == (3,)

    def heading(sheet: Worksheet) -> None:
        appended(["a", "b"], [1, 2])(sheet)
        sheet.merge_cells("A1:B1")

    assert "merged cells among the data: A1:B1." in refusal(made(tmp_path / "y.xlsx", heading))


def test_hidden_and_blank_rows(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        appended(["a"], [1], [None], [2], [3])(sheet)
        sheet.row_dimensions[4].hidden = True
        sheet["A9"].number_format = "0.00"

    table = read_table(made(tmp_path / "x.xlsx", fill))
    assert table.rows == (2, 4, 5)
    assert table.notes == (
        "1 hidden or filtered row was read like all others.",
        "1 blank row skipped (row 3).",
    )


def test_headings_are_checked_as_in_text_files(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", appended(["a", "a", None, 2010], [1, 2, 3, 4]))
    assert refusal(path, required=("2010", "case_id")).splitlines() == [
        'x.xlsx, sheet Cases, row 1: there is no column "case_id". The headings are: a, a, 2010.',
        'x.xlsx, sheet Cases, row 1, column B "a": the heading stands twice, first in column A. '
        "Give each column its own heading.",
        'x.xlsx, sheet Cases, row 1, column C "": the heading is empty but there is data beneath, first in row 2. '
        "Give the column a heading, or clear it.",
    ]
    assert refusal(made(tmp_path / "y.xlsx", appended(["a"]))) == (
        "y.xlsx, sheet Cases: no rows under the heading. Export it again."
    )


# Sheets


def test_the_sheet_that_has_the_column_is_named() -> None:
    path = BAD / "x07_second_sheet.xlsx"
    assert refusal(path, required=("case_id", "team")).splitlines() == [
        'x07_second_sheet.xlsx: case_id is not on sheet "Read me"; it is on "Cases". Use --sheet Cases, '
        "or sheet: Cases in a plan.",
        'x07_second_sheet.xlsx: team is not on sheet "Read me"; it is on "Cases". Use --sheet Cases, '
        "or sheet: Cases in a plan.",
    ]
    assert read_table(path, sheet="Cases", required=("case_id",)).cells["case_id"].tolist() == ["A1"]
    assert sheet_names(path) == ("Read me", "Cases")


def test_where_another_sheet_has_every_column_nothing_else_is_said_of_this_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Read me", "Read me"], ["first", "second", "third"]):
        book.active.append(row)
    book.active.merge_cells("A3:B3")
    cases = book.create_sheet("Cases")
    for row in (["case_id", "team"], ["A1", "North"]):
        cases.append(row)
    book.save(tmp_path / "x.xlsx")
    assert refusal(tmp_path / "x.xlsx", required=("case_id",)) == (
        'x.xlsx: case_id is not on sheet "Sheet"; it is on "Cases". Use --sheet Cases, or sheet: Cases in a plan.'
    )


def test_sheets_are_chosen_by_name_or_the_first_in_view(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", appended(["a"], [1]), "Notes")
    assert read_table(path).notes == ('Sheet "Cases" was read; the workbook also has "Notes".',)
    assert refusal(path, sheet="Case") == 'x.xlsx: there is no sheet "Case". Did you mean "Cases"?'
    assert refusal(path, sheet="Notes") == (
        "x.xlsx, sheet Notes: there is nothing on this sheet. The sheets are: Cases, Notes. Say which with --sheet, "
        "or with sheet: in a plan."
    )
    book = openpyxl.load_workbook(path)
    book.create_sheet("Hidden", 0).sheet_state = "hidden"
    book.save(path)
    assert read_table(path).sheet == "Cases"


def test_a_heading_row_further_down_is_pointed_to(tmp_path: Path) -> None:
    path = made(tmp_path / "x.xlsx", appended(["Register of cases"], [None], ["case_id"], ["A1"]))
    assert refusal(path, required=("case_id",)) == (
        'x.xlsx, sheet Cases, row 1: there is no column "case_id"; it is in row 3. '
        "Delete the rows above it, or use --header-row 3 (header_row: 3 in a plan)."
    )


# What is refused before it is unpacked


def test_a_zip_bomb_is_refused_from_its_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(BAD / "x09_zip_bomb.xlsx") == (
        "x09_zip_bomb.xlsx: xl/worksheets/sheet1.xml would unpack to 300 MiB, 1,028 times its size in the file. "
        "Do not open it; ask the sender what it is."
    )
    good = BAD / "x01_number_format_zeros.xlsx"
    ratio = changed(good, tmp_path / "ratio.xlsx", "xl/theme/theme1.xml", lambda old: old + b" " * 20_000_000)
    assert "xl/theme/theme1.xml would unpack to 19 MiB" in refusal(ratio)
    monkeypatch.setattr(xlsx_safety, "WORKBOOK_BYTES", 17_000)
    assert refusal(good) == (
        "x01_number_format_zeros.xlsx: the workbook would unpack to 0 MiB. Do not open it; ask the sender what it is."
    )
    monkeypatch.setattr(xlsx_safety, "WORKBOOK_ENTRY_BYTES", 10_000)
    assert "xl/theme/theme1.xml would unpack to 0 MiB, 7 times its size in the file" in refusal(good)
    with zipfile.ZipFile(tmp_path / "many.xlsx", "w") as many:
        for number in range(10_001):
            many.writestr(str(number), "")
    assert refusal(tmp_path / "many.xlsx") == "many.xlsx: the workbook holds 10,001 parts: too many to be one."


def test_document_type_definitions_are_refused(tmp_path: Path) -> None:
    words = "holds a document type definition, which no spreadsheet program writes. "
    assert refusal(BAD / "x11_billion_laughs.xlsx") == (
        f"x11_billion_laughs.xlsx: xl/sharedStrings.xml {words}Do not open it; ask the sender what it is."
    )
    good = BAD / "x01_number_format_zeros.xlsx"

    def with_definition(old: bytes) -> bytes:
        return b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + old.split(b"?>", 1)[-1]

    for part in (SHEET_1, "xl/styles.xml", "_rels/.rels"):
        path = changed(good, tmp_path / "x.xlsx", part, with_definition)
        assert refusal(path).startswith(f"x.xlsx: {part} {words}")

    def plain(old: bytes) -> bytes:
        return b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + old.split(b"?>", 1)[-1]

    assert words in refusal(changed(good, tmp_path / "x.xlsx", "xl/styles.xml", plain))

    def in_utf_16(old: bytes) -> bytes:
        return with_definition(old).decode().encode("utf-16")

    assert words in refusal(changed(good, tmp_path / "x.xlsx", "xl/styles.xml", in_utf_16))


def test_far_cells_do_not_hang(tmp_path: Path) -> None:
    def far(sheet: Worksheet) -> None:
        appended(["case_id"], ["A1"])(sheet)
        sheet["XFD1048576"] = "x"

    assert refusal(made(tmp_path / "x.xlsx", far)) == (
        "x.xlsx, sheet Cases: the sheet reaches to row 1,048,576 and column 16,384 but holds 3 cells up to there. "
        "Delete everything to the right of the data and beneath it, save, send it again."
    )

    def beyond(old: bytes) -> bytes:
        return old.replace(b'<row r="2"', b'<row r="99999999"').replace(b'r="A2"', b'r="A99999999"')

    path = made(tmp_path / "y.xlsx", appended(["case_id"], ["A1"]))
    assert "reaches to row 99,999,999" in refusal(changed(path, tmp_path / "z.xlsx", SHEET_1, beyond))


def test_a_far_cell_that_is_only_formatted_is_nothing(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        appended(["case_id"], ["A1"])(sheet)
        sheet["XFD1048576"].number_format = "@"

    assert read_table(made(tmp_path / "x.xlsx", fill)).rows == (2,)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"case_id,team\nA1,North\n", "the content looks like CSV. Rename it to .csv, or save it as .xlsx."),
        ("\ufeffcase_id;team\r\n".encode(), "the content looks like CSV. Rename it to .csv, or save it as .xlsx."),
        (b"<html><table></table>", "the content looks like a web page or XML. Open it in Excel or LibreOffice, "),
    ],
)
def test_other_files_named_xlsx_are_recognised(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    assert refusal(tmp_path / "x.xlsx").startswith(f"x.xlsx: not an Excel workbook: {words}")


def test_a_renamed_csv_is_recognised() -> None:
    assert refusal(BAD / "x14_csv_renamed.xlsx") == (
        "x14_csv_renamed.xlsx: not an Excel workbook: the content looks like CSV. "
        "Rename it to .csv, or save it as .xlsx."
    )


def test_old_locked_empty_and_damaged_workbooks(tmp_path: Path) -> None:
    ole = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)
    whole = (BAD / "x01_number_format_zeros.xlsx").read_bytes()
    for content, words in [
        (ole, "this is an old Excel workbook (.xls) under another name. Open it and save it as .xlsx."),
        (ole + "EncryptedPackage".encode("utf-16-le"), "the workbook is locked with a password."),
        (b"", "the file is empty. Export it again."),
        (whole[: len(whole) // 2], "the workbook is damaged: part of the file is missing. Send it again."),
        (b"PNG\0\1", "not an Excel workbook. "),
    ]:
        (tmp_path / "x.xlsx").write_bytes(content)
        assert refusal(tmp_path / "x.xlsx").startswith(f"x.xlsx: {words}")


def test_broken_parts_are_refused_in_words(tmp_path: Path) -> None:
    good = BAD / "x01_number_format_zeros.xlsx"
    sheet = SHEET_1

    def cut(old: bytes) -> bytes:
        return old[: len(old) // 2]

    def out_of_order(old: bytes) -> bytes:
        return re.sub(rb'<row r="3".*?</row>', b"", old).replace(b"</sheetData>", b'<row r="2"></row></sheetData>')

    def no_number(old: bytes) -> bytes:
        return old.replace(b"<v>1234</v>", b"<v>12x</v>")

    def too_wide(old: bytes) -> bytes:
        return old.replace(b"</row>", b"<c/>" * 16_385 + b"</row>", 1)

    for part, change in [
        (sheet, too_wide),
        (sheet, cut),
        (sheet, out_of_order),
        (sheet, no_number),
        ("xl/workbook.xml", cut),
    ]:
        path = changed(good, tmp_path / "x.xlsx", part, change)
        message = refusal(path)
        assert message.startswith("x.xlsx: the workbook is damaged (")
        assert message.endswith("). Open it in Excel or LibreOffice, save it as .xlsx, send it again.")
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("mimetype", "x")
    (tmp_path / "y.xlsx").write_bytes(empty.getvalue())
    assert refusal(tmp_path / "y.xlsx").startswith("y.xlsx: the workbook is damaged (")


def test_reading_leaves_no_warning(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    path = made(tmp_path / "x.xlsx", appended(["d"], [datetime.date(2010, 1, 1)]))
    huge = changed(path, tmp_path / "y.xlsx", SHEET_1, lambda old: old.replace(b"40179", b"4e9"))
    table: Table = read_table(huge)
    assert table.cells["d"].tolist() == ["#VALUE!"]
    assert len(recwarn) == 0
