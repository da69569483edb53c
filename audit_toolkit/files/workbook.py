"""Building an Excel workbook that looks decent, keeps every id as text and is the same bytes every time."""

from __future__ import annotations

import datetime
import io
import re
import textwrap
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from audit_toolkit.errors import column_letter
from audit_toolkit.files.limits import INLINE_LIST_CHARACTERS
from audit_toolkit.files.sheets import Column, Formula, Sheet, check_workbook, clean_sheet_names, utf16_length

# A fixed time, so that the same content gives the same bytes.
CREATED = datetime.datetime(2010, 1, 1)
PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?", re.ASCII)
TEXT_FORMAT = "@"
PAGE_WIDTH = 76
LINE_POINTS = 15
# Excel's own limit for a row.
MOST_POINTS = 409
A4 = 9

LOCKED_HEADING = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "border": 1, "border_color": "#8EA0BF"}
OPEN_HEADING = {**LOCKED_HEADING, "bg_color": "#1D6B57"}
BODY = {"valign": "top", "border": 1, "border_color": "#D0D5DD"}
BAND = "#F3F5F9"
BLANK = {"bg_color": "#FFF3CD"}
REQUIRED = {"bg_color": "#F8D7DA"}
# What stays possible on a protected sheet.
ALLOWED = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}


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
    lists = _Lists(book, names.values())
    formats = _Formats(book)
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


class _Formats:
    """Makes each cell format once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[tuple[str, object], ...], Any] = {}

    def of(self, **wanted: object) -> Any:
        """Give the format with these properties."""
        key = tuple(sorted(wanted.items(), key=lambda item: item[0]))
        if key not in self.made:
            self.made[key] = self.book.add_format(wanted)
        return self.made[key]

    def body(self, column: Column, band: bool) -> Any:
        """Give the format of a column's cells."""
        number_format = TEXT_FORMAT if column.text else column.number_format
        fill = {"bg_color": BAND} if band else {}
        return self.of(**BODY, **fill, num_format=number_format, text_wrap=column.wrap, locked=column.locked)


class _Lists:
    """Keeps drop-down lists: short ones beside the cell, long ones on a hidden sheet made when first needed."""

    def __init__(self, book: Any, names: Iterable[str]) -> None:
        taken = {each.casefold() for each in names}
        self.name = "Lists"
        while self.name.casefold() in taken:
            self.name += "_"
        self.book = book
        self.worksheet: Any = None
        self.ranges: dict[tuple[str, ...], str] = {}

    def source(self, choices: tuple[str, ...]) -> list[str] | str:
        """Give what a list rule refers to: the words themselves, or a range of the hidden sheet."""
        fits = utf16_length(",".join(choices)) <= INLINE_LIST_CHARACTERS
        if fits and not any("," in each or each != each.strip() or each.startswith("=") for each in choices):
            return list(choices)
        if choices not in self.ranges:
            if self.worksheet is None:
                self.worksheet = self.book.add_worksheet(self.name)
                self.worksheet.hide()
            column = len(self.ranges)
            for row, choice in enumerate(choices):
                self.worksheet.write_string(row, column, choice)
            letter = column_letter(column)
            self.ranges[choices] = f"='{self.name}'!${letter}$1:${letter}${len(choices)}"
        return self.ranges[choices]


def _write_sheet(sheet: Sheet, worksheet: Any, formats: _Formats, lists: _Lists) -> None:
    _write_intro(sheet, worksheet, formats)
    if sheet.columns:
        _write_headings(sheet, worksheet, formats)
        _write_rows(sheet, worksheet, formats)
        for index, column in enumerate(sheet.columns):
            _add_lists(sheet, worksheet, index, column, lists)
            _add_colours(sheet, worksheet, index, column, formats)
    _set_up_page(sheet, worksheet)
    if sheet.protect:
        worksheet.protect("", ALLOWED)
    if sheet.hidden:
        worksheet.hide()


def _write_intro(sheet: Sheet, worksheet: Any, formats: _Formats) -> None:
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


def _write_headings(sheet: Sheet, worksheet: Any, formats: _Formats) -> None:
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


def _write_rows(sheet: Sheet, worksheet: Any, formats: _Formats) -> None:
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


def _add_lists(sheet: Sheet, worksheet: Any, index: int, column: Column, lists: _Lists) -> None:
    by_list: dict[tuple[str, ...], list[int]] = {}
    for position in range(len(sheet.rows)):
        choices = column.choices_by_row.get(position, column.choices)
        if choices:
            by_list.setdefault(tuple(choices), []).append(position)
    for choices, positions in by_list.items():
        spans = [
            (sheet.heading_row + first, index, sheet.heading_row + last, index) for first, last in _runs(positions)
        ]
        rule = {
            "validate": "list",
            "source": lists.source(choices),
            "error_title": "Not one of the answers",
            "error_message": _shown(choices),
            "other_cells": spans[1:],
        }
        worksheet.data_validation(*spans[0], rule)


def _runs(positions: Sequence[int]) -> list[tuple[int, int]]:
    """Join positions that follow each other: [1, 2, 3, 7] is (1, 3), (7, 7)."""
    runs: list[tuple[int, int]] = []
    for position in positions:
        if runs and runs[-1][1] == position - 1:
            runs[-1] = (runs[-1][0], position)
        else:
            runs.append((position, position))
    return runs


def _shown(choices: Sequence[str]) -> str:
    text = f"Use {', '.join(choices[:-1])} or {choices[-1]}." if len(choices) > 1 else f"Use {choices[0]}."
    return text if utf16_length(text) <= INLINE_LIST_CHARACTERS else "Choose one from the list."


def _add_colours(sheet: Sheet, worksheet: Any, index: int, column: Column, formats: _Formats) -> None:
    if not sheet.rows:
        return
    first, last = sheet.heading_row, sheet.heading_row + len(sheet.rows) - 1
    if column.required_when is not None:
        other, values = column.required_when
        other_letter = column_letter([each.heading for each in sheet.columns].index(other))
        tests = ",".join(f'${other_letter}{first + 1}="{value.replace(chr(34), chr(34) * 2)}"' for value in values)
        criteria = f"=AND(LEN(TRIM(${column_letter(index)}{first + 1}))=0,OR({tests}))"
        rule = {"type": "formula", "criteria": criteria, "format": formats.of(**REQUIRED), "stop_if_true": True}
        worksheet.conditional_format(first, index, last, index, rule)
    if column.required_when_unlike is not None:
        letters = [
            column_letter([each.heading for each in sheet.columns].index(each)) for each in column.required_when_unlike
        ]
        one, other = (f"${letter}{first + 1}" for letter in letters)
        criteria = f"=AND(LEN(TRIM(${column_letter(index)}{first + 1}))=0,LEN({one})>0,{one}<>{other})"
        rule = {"type": "formula", "criteria": criteria, "format": formats.of(**REQUIRED), "stop_if_true": True}
        worksheet.conditional_format(first, index, last, index, rule)
    if column.highlight_blank:
        rule = {"type": "blanks", "format": formats.of(**BLANK)}
        worksheet.conditional_format(first, index, last, index, rule)


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
