"""Building an Excel workbook that looks decent, keeps every id as text and is the same bytes every time."""

from __future__ import annotations

import datetime
import io
import re
import textwrap
import zipfile
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from audit_toolkit.files.cell_rules import TEXT_FORMAT, Formats, Lists, add_colours, add_lists
from audit_toolkit.files.sheets import Column, Formula, Sheet, check_workbook, clean_sheet_names

# A fixed time, so that the same content gives the same bytes.
CREATED = datetime.datetime(2010, 1, 1)
PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?", re.ASCII)
PAGE_WIDTH = 76
LINE_POINTS = 15
# Excel's own limit for a row.
MOST_POINTS = 409
A4 = 9

LOCKED_HEADING = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "border": 1, "border_color": "#8EA0BF"}
OPEN_HEADING = {**LOCKED_HEADING, "bg_color": "#1D6B57"}
# What stays possible on a protected sheet. Sorting does not: a spreadsheet program sorts open cells alone, and on a
# sheet with locked ids that would move answers away from their questions.
ALLOWED = {"autofilter": True, "format_columns": True, "format_rows": True}


def build_workbook(sheets: Sequence[Sheet], *, properties: Mapping[str, str] | None = None) -> bytes:
    """Build a workbook of some sheets: the bytes of an .xlsx file, the same for the same content.

    Every cell of a text column is written as text and stays text when typed over: ids keep their zeros and
    nothing becomes a formula or a link. Drop-down lists too long for a cell's rule stand on a hidden sheet.

    Parameters
    ----------
    sheets : in the order shown. Their names are cleaned as `clean_sheet_names` gives them.
    properties : name -> text, kept in the file's custom properties (a framework's digest, for one).

    Raises
    ------
    FileError naming every text that is too long or cannot be held, uneven rows, and doubled names.

    Checked against: tests/files/test_files_workbook.py, which reads the bytes back with openpyxl.
    """
    import xlsxwriter

    properties = dict(properties or {})
    check_workbook(sheets, properties)
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": CREATED})
    for name, value in properties.items():
        book.set_custom_property(name, value, "text")
    names = clean_sheet_names(sheet.name for sheet in sheets)
    worksheets = [book.add_worksheet(names[sheet.name]) for sheet in sheets]
    lists = Lists(book, names.values())
    formats = Formats(book)
    for sheet, worksheet in zip(sheets, worksheets, strict=True):
        _write_sheet(sheet, worksheet, formats, lists)
    _activate_first(sheets, worksheets)
    book.close()
    return _let_rows_grow(buffer.getvalue())


def _let_rows_grow(data: bytes) -> bytes:
    """Mark row heights as fitted and not as chosen by hand: a row then grows with what is typed into it."""
    grown = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as built, zipfile.ZipFile(grown, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in built.infolist():
            content = built.read(entry)
            if entry.filename.startswith("xl/worksheets/sheet"):
                content = content.replace(b' customHeight="1"', b"")
            archive.writestr(entry, content)
    return grown.getvalue()


def _write_sheet(sheet: Sheet, worksheet: Any, formats: Formats, lists: Lists) -> None:
    _write_intro(sheet, worksheet, formats)
    if sheet.columns:
        _write_headings(sheet, worksheet, formats)
        _write_rows(sheet, worksheet, formats)
        for index, column in enumerate(sheet.columns):
            add_lists(sheet, worksheet, index, column, lists)
            add_colours(sheet, worksheet, index, column, formats)
    _set_up_page(sheet, worksheet)
    if sheet.protect:
        worksheet.protect("", ALLOWED)
    if sheet.hidden:
        worksheet.hide()


def _write_intro(sheet: Sheet, worksheet: Any, formats: Formats) -> None:
    page = not sheet.columns
    if page:
        worksheet.set_column(0, 0, PAGE_WIDTH)
        worksheet.hide_gridlines(2)
    for row, line in enumerate(sheet.intro):
        title = {"bold": True, "font_size": 14} if row == 0 else {}
        if isinstance(line, Formula):
            worksheet.write_formula(row, 0, line.text, formats.of(valign="top", bold=True), line.shown)
            continue
        worksheet.write_string(row, 0, line, formats.of(valign="top", text_wrap=page, num_format=TEXT_FORMAT, **title))
        lines = _lines(line, PAGE_WIDTH) if page else 1
        worksheet.set_row(row, min(LINE_POINTS * max(lines, 1) + (5 if row == 0 else 0), MOST_POINTS))


def _write_headings(sheet: Sheet, worksheet: Any, formats: Formats) -> None:
    heading_row = sheet.heading_row - 1
    for index, column in enumerate(sheet.columns):
        colours = LOCKED_HEADING if column.locked else OPEN_HEADING
        heading = formats.of(**colours, valign="vcenter", text_wrap=True, num_format=TEXT_FORMAT, locked=True)
        worksheet.write_string(heading_row, index, column.heading, heading)
        worksheet.set_column(index, index, column.width, None, {"hidden": True} if column.hidden else None)
    tallest = max(_lines(column.heading, column.width - 2) for column in sheet.columns)
    worksheet.set_row(heading_row, LINE_POINTS * max(tallest, 1) + 5)
    worksheet.freeze_panes(heading_row + sheet.frozen_rows, sheet.frozen_columns)
    if sheet.filtered and sheet.rows:
        worksheet.autofilter(heading_row, 0, heading_row + len(sheet.rows), len(sheet.columns) - 1)
    worksheet.repeat_rows(heading_row)


def _write_rows(sheet: Sheet, worksheet: Any, formats: Formats) -> None:
    bands = _bands(sheet)
    for position, (row, band) in enumerate(zip(sheet.rows, bands, strict=True)):
        for index, (column, text) in enumerate(zip(sheet.columns, row, strict=True)):
            style = formats.body(column, band)
            if text == "":
                worksheet.write_blank(sheet.heading_row + position, index, None, style)
            elif not column.text and PLAIN_NUMBER.fullmatch(text):
                worksheet.write_number(sheet.heading_row + position, index, float(text), style)
            else:
                worksheet.write_string(sheet.heading_row + position, index, text, style)
        worksheet.set_row(sheet.heading_row + position, _height(sheet.columns, row))


def _bands(sheet: Sheet) -> list[bool]:
    """Say of each row whether it is tinted."""
    if sheet.band_by is None:
        return [sheet.banded and position % 2 == 1 for position in range(len(sheet.rows))]
    column = [each.heading for each in sheet.columns].index(sheet.band_by)
    values = [row[column] for row in sheet.rows]
    turns = accumulate(int(one != other) for one, other in pairwise(values))
    return [turn % 2 == 1 for turn in (0, *turns)][: len(values)]


def _height(columns: Sequence[Column], texts: Sequence[str]) -> float:
    """Give the height, in points, at which the wrapped texts of a row can be read whole."""
    lines = 1
    for column, text in zip(columns, texts, strict=True):
        if column.wrap and (len(text) > column.width or "\n" in text):
            lines = max(lines, _lines(text, column.width))
    return float(min(LINE_POINTS * lines, MOST_POINTS))


def _lines(text: str, width: float) -> int:
    return sum(max(1, len(textwrap.wrap(part, max(1, int(width))))) for part in text.splitlines())


def _set_up_page(sheet: Sheet, worksheet: Any) -> None:
    if sheet.columns:
        worksheet.set_landscape()
    worksheet.set_paper(A4)
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    worksheet.set_footer("&L&A&RPage &P of &N")


def _activate_first(sheets: Sequence[Sheet], worksheets: Sequence[Any]) -> None:
    """Open the workbook on the first sheet that is not hidden."""
    shown = next((index for index, sheet in enumerate(sheets) if not sheet.hidden), None)
    if shown:
        worksheets[shown].activate()
        worksheets[shown].set_first_sheet()
