"""The rules of a workbook's cells: formats, drop-down lists, and colours that stay until something is filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from audit_toolkit.errors import column_letter
from audit_toolkit.files.limits import INLINE_LIST_CHARACTERS
from audit_toolkit.files.sheets import Column, Sheet, utf16_length

TEXT_FORMAT = "@"
PLAIN_WORDS = re.compile(r"[^\W\d_](?:[^\W\d_]|[ /'()-])*[^\W\d_ ]|[^\W\d_]")
TRUTHS = ("true", "false")
BODY = {"valign": "top", "border": 1, "border_color": "#D0D5DD"}
BAND = "#F3F5F9"
BLANK = {"bg_color": "#FFF3CD"}
REQUIRED = {"bg_color": "#F8D7DA"}


class Formats:
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


class Lists:
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
        """Give what a list rule refers to: the words themselves, or a range of the hidden sheet.

        What a program may take for a number, a truth value or a formula stands on the sheet, as text.
        """
        fits = utf16_length(",".join(choices)) <= INLINE_LIST_CHARACTERS
        if fits and all(PLAIN_WORDS.fullmatch(each) and each.casefold() not in TRUTHS for each in choices):
            return list(choices)
        if choices not in self.ranges:
            if self.worksheet is None:
                self.worksheet = self.book.add_worksheet(self.name)
                self.worksheet.hide()
                self.worksheet.protect()
            column = len(self.ranges)
            for row, choice in enumerate(choices):
                self.worksheet.write_string(row, column, choice)
            letter = column_letter(column)
            self.ranges[choices] = f"='{self.name}'!${letter}$1:${letter}${len(choices)}"
        return self.ranges[choices]


def add_lists(sheet: Sheet, worksheet: Any, index: int, column: Column, lists: Lists) -> None:
    """Give a column's cells their drop-down lists."""
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
            "show_error": not column.others_allowed,
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


def add_colours(sheet: Sheet, worksheet: Any, index: int, column: Column, formats: Formats) -> None:
    """Colour a column's cells while they are empty: where another cell says that they are needed, or always."""
    if not sheet.rows:
        return
    first, last = sheet.heading_row, sheet.heading_row + len(sheet.rows) - 1
    required = {"type": "formula", "format": formats.of(**REQUIRED), "stop_if_true": True}
    for wanted, positions in _needed(sheet, column).items():
        spans = [(sheet.heading_row + start, sheet.heading_row + end) for start, end in _runs(positions)]
        letter = column_letter(index)
        rule = {**required, "criteria": _needs(sheet, letter, spans[0][0] + 1, wanted)}
        if len(spans) > 1:
            rule["multi_range"] = " ".join(f"{letter}{start + 1}:{letter}{end + 1}" for start, end in spans)
        worksheet.conditional_format(spans[0][0], index, spans[0][1], index, rule)
    if column.required_when_unlike is not None:
        criteria = _unlike(sheet, column_letter(index), first + 1, column.required_when_unlike)
        worksheet.conditional_format(first, index, last, index, {**required, "criteria": criteria})
    if column.highlight_blank:
        rule = {"type": "blanks", "format": formats.of(**BLANK)}
        worksheet.conditional_format(first, index, last, index, rule)


def _unlike(sheet: Sheet, letter: str, row: int, headings: tuple[str, str]) -> str:
    """Give the formula that holds while a cell is empty and one other cell is filled otherwise than a second."""
    columns = [each.heading for each in sheet.columns]
    one, other = (f"${column_letter(columns.index(each))}{row}" for each in headings)
    return f"=AND(LEN(TRIM(${letter}{row}))=0,LEN({one})>0,{one}<>{other})"


def _needed(sheet: Sheet, column: Column) -> dict[tuple[str, tuple[str, ...]], list[int]]:
    """Give what makes a cell of the column needed, with the rows it holds for."""
    found: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for position in range(len(sheet.rows)):
        for wanted in (column.required_when, column.required_by_row.get(position)):
            if wanted is not None:
                found.setdefault(wanted, []).append(position)
    return found


def _needs(sheet: Sheet, letter: str, row: int, wanted: tuple[str, tuple[str, ...]]) -> str:
    """Give the test of one cell: empty itself, while the other holds one of the values, or anything at all."""
    heading, values = wanted
    other = f"${column_letter([each.heading for each in sheet.columns].index(heading))}{row}"
    tests = ",".join(f'{other}="{value.replace(chr(34), chr(34) * 2)}"' for value in values)
    filled = f"OR({tests})" if values else f"LEN(TRIM({other}))>0"
    return f"=AND(LEN(TRIM(${letter}{row}))=0,{filled})"
