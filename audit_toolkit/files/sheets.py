"""What a workbook to be written is made of: sheets, columns, and names a spreadsheet program accepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from audit_toolkit.errors import FileError, Place, Problem, raise_if
from audit_toolkit.files.limits import CELL_CHARACTERS, PROPERTY_CHARACTERS, SHEET_NAME_CHARACTERS, SHEET_ROWS

# Characters no XML may hold, even escaped; other control characters are written as _xHHHH_ and read back.
UNWRITABLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    `width` is in characters. `choices` is the drop-down list of every row; `choices_by_row` gives rows
    (positions in `Sheet.rows`, from 0) a list of their own. A column that is not `locked` is for filling
    in. With `others_allowed` a list offers and refuses nothing. `highlight_blank` colours a cell while it is
    empty; `required_when` = (heading of another column, values) colours it while it is empty and the other cell
    holds one of the values, or anything where no values are given; `required_by_row` adds the same for single rows;
    `required_when_unlike` = (heading, heading) colours it while it is empty and the first of two other cells is
    filled otherwise than the second. `text` keeps every cell text, also what is typed later; a column that is not
    text shows plain numbers as numbers in `number_format`.
    """

    heading: str
    width: float = 16
    wrap: bool = False
    choices: tuple[str, ...] | None = None
    locked: bool = True
    text: bool = True
    choices_by_row: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    others_allowed: bool = False
    highlight_blank: bool = False
    required_when: tuple[str, tuple[str, ...]] | None = None
    required_by_row: Mapping[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    required_when_unlike: tuple[str, str] | None = None
    number_format: str = "General"
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of our own, never made from data, and the value it shows until a spreadsheet works it out."""

    text: str
    shown: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: lines of introduction, a heading row, rows of text.

    Without columns it is a page of text. With `protect`, locked columns cannot be changed by accident;
    filtering and resizing stay possible, sorting does not. There is no password: it guards against slips only.
    `frozen_rows` counts rows from the heading on, `frozen_columns` from the left, that stay in view.
    `banded` tints every second row; `band_by` names a column and tints every second run of rows alike in it.
    """

    name: str
    columns: tuple[Column, ...] = ()
    rows: Sequence[Sequence[str]] = ()
    frozen_rows: int = 1
    intro: Sequence[str | Formula] = ()
    protect: bool = False
    frozen_columns: int = 0
    banded: bool = False
    band_by: str | None = None
    filtered: bool = True
    hidden: bool = False

    @property
    def heading_row(self) -> int:
        """The row of the headings, counted from 1: what `read_table` takes as `header_row`."""
        return len(self.intro) + 2 if self.intro else 1


def clean_sheet_names(names: Iterable[str]) -> dict[str, str]:
    """Give for each wanted name the nearest one a spreadsheet program accepts, all different.

    At most 31 characters, none of [ ] : * ? / \\, no apostrophe at either end, never "History", and no
    two equal but for case.
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        clean = FORBIDDEN_IN_NAMES.sub("_", name).strip("' ") or "Sheet"
        if clean.casefold() == "history":
            clean += "_"
        candidate, count = _shortened(clean, ""), 1
        while candidate.casefold() in taken:
            count += 1
            candidate = _shortened(clean, f" ({count})")
        taken.add(candidate.casefold())
        found[name] = candidate
    return found


def _shortened(name: str, ending: str) -> str:
    """Cut a name so that with its ending it fits; Excel counts UTF-16 units."""
    while utf16_length(name) + len(ending) > SHEET_NAME_CHARACTERS:
        name = name[:-1]
    return name.rstrip("' ") + ending


def utf16_length(text: str) -> int:
    """Count characters as Excel does."""
    return len(text) + sum(each > "\uffff" for each in text)


def check_workbook(sheets: Sequence[Sheet], properties: Mapping[str, str]) -> None:
    """Refuse, all at once, what a workbook cannot hold: too long, unwritable, uneven or unknown."""
    problems = [] if sheets else [Problem("a workbook needs at least one sheet")]
    if len({sheet.name for sheet in sheets}) < len(sheets):
        problems.append(Problem("two sheets have one name"))
    for sheet in sheets:
        problems += _sheet_problems(sheet)
    for name, value in properties.items():
        if max(utf16_length(name), utf16_length(value)) > PROPERTY_CHARACTERS:
            what = f'the property "{name[:40]}" is longer than {PROPERTY_CHARACTERS} characters'
            problems.append(Problem(what))
        elif UNWRITABLE.search(name + value):
            problems.append(Problem(f'the property "{name}" holds a character no workbook can hold'))
    raise_if(problems, FileError)


def _sheet_problems(sheet: Sheet) -> list[Problem]:
    headings = [column.heading for column in sheet.columns]
    problems = [] if len(set(headings)) == len(headings) else [_problem(sheet, "two columns have one heading")]
    if len(sheet.rows) + sheet.heading_row > SHEET_ROWS:
        problems.append(_problem(sheet, f"{len(sheet.rows):,} rows are more than a sheet holds"))
    for column in sheet.columns:
        beside = [column.required_when] if column.required_when is not None else []
        others = [name for name, _ in (*beside, *column.required_by_row.values())]
        for other in dict.fromkeys((*others, *(column.required_when_unlike or ()))):
            if other not in headings:
                what = f'"{other}" is no column, but "{column.heading}" depends on it'
                problems.append(_problem(sheet, what))
        if column.choices is not None and not column.choices:
            problems.append(_problem(sheet, f'the list of choices of "{column.heading}" is empty'))
    for line in [*sheet.intro, *headings]:
        problems += _text_problems(line.text if isinstance(line, Formula) else line, Place("", sheet.name))
    if sheet.band_by is not None and sheet.band_by not in headings:
        problems.append(_problem(sheet, f'"{sheet.band_by}" is no column, but the rows are banded by it'))
    for position, row in enumerate(sheet.rows):
        number = sheet.heading_row + 1 + position
        if len(row) != len(headings):
            what = f"{len(row)} cells, {len(headings)} columns"
            problems.append(Problem(what, Place("", sheet.name, number)))
            continue
        for index, text in enumerate(row):
            if UNWRITABLE.search(text) or len(text) * 2 > CELL_CHARACTERS:
                place = Place("", sheet.name, number, None, index, headings[index])
                problems += _text_problems(text, place)
    return problems


def _problem(sheet: Sheet, what: str) -> Problem:
    return Problem(what, Place("", sheet.name))


def _text_problems(text: str, place: Place) -> list[Problem]:
    if UNWRITABLE.search(text):
        return [Problem("the text holds a character no workbook can hold (such as NUL)", place, "Take it out.")]
    length = utf16_length(text)
    if length > CELL_CHARACTERS:
        what = f"the text has {length:,} characters; a cell holds {CELL_CHARACTERS:,}"
        return [Problem(what, place, "Shorten it.")]
    return []
