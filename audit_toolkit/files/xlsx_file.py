"""Reading a sheet of an Excel workbook, cell by cell, as the text a person typed there."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit_toolkit.errors import FileError, Place, Problem, column_letter, did_you_mean
from audit_toolkit.files.cells import EXACT_FLOAT, cell_text
from audit_toolkit.files.grid import Grid, blank_note, columns_of, grid_problems, misplaced, table_from_grid
from audit_toolkit.files.limits import HEADING_SEARCH_ROWS
from audit_toolkit.files.reading import digest_of
from audit_toolkit.files.table import WORKBOOK, Table
from audit_toolkit.files.xlsx_safety import (
    DAMAGE,
    SheetFacts,
    SheetPart,
    damaged,
    open_archive,
    scan_sheet,
    sheet_parts,
)

# Office Open XML writes a control character of a text as _xHHHH_ (ECMA-376, part 1, 22.9.2.19).
CONTROL = re.compile(r"_x00([01][0-9A-Fa-f])_")
NAMED_CELLS = 10


def xlsx_sheet_names(data: bytes, name: str) -> tuple[str, ...]:
    """Give the names of a workbook's worksheets, in order."""
    _, parts = _open(data, name)
    return tuple(part.name for part in parts)


def read_xlsx(
    data: bytes, name: str, *, sheet: str | None = None, header_row: int = 1, required: Iterable[str] = ()
) -> Table:
    """Read one sheet of a workbook's bytes into a Table of exact text, with openpyxl.

    Stored values only: nothing is calculated, no link is followed. Whole numbers are given as their digits
    (past 15 digits, which Excel does not keep, as a decimal: 1e+16), dates as ISO, errors as their text (#N/A).

    Raises
    ------
    FileError naming, all at once: headings doubled, empty or missing (and the sheet that has them), merged
    cells, formulas without a stored value. At once, before unpacking: what is not a workbook or is a bomb.
    """
    opened = open_book(data, name)
    chosen, notes = _choose(opened.parts, sheet, name)
    return _read_sheet(opened, chosen, notes, header_row, required)


def read_xlsx_sheets(data: bytes, name: str, names: Sequence[str]) -> dict[str, Table]:
    """Read those of the named sheets that a workbook has, opening it once; each as `read_xlsx` reads it."""
    opened = open_book(data, name)
    by_name = {part.name: part for part in opened.parts}
    return {each: _read_sheet(opened, by_name[each], [], 1, ()) for each in names if each in by_name}


@dataclass(frozen=True, slots=True)
class OpenedBook:
    """A workbook that passed the checks: its bytes, its archive, its sheets, and openpyxl's view of it."""

    data: bytes
    name: str
    archive: zipfile.ZipFile
    parts: tuple[SheetPart, ...]
    book: Any


def open_book(data: bytes, name: str) -> OpenedBook:
    """Open a workbook's bytes, after the checks that make it safe to."""
    archive, parts = _open(data, name)
    try:
        return OpenedBook(data, name, archive, parts, _load(data))
    except DAMAGE as broken:
        raise damaged(name, broken) from broken


def _read_sheet(
    opened: OpenedBook, chosen: SheetPart, notes: Sequence[str], header_row: int, required: Iterable[str]
) -> Table:
    name = opened.name
    try:
        facts = scan_sheet(opened.archive, chosen, name)
        rows = SheetRows(name, chosen.name, header_row, facts)
        rows.read(opened.book[chosen.name])
        columns = columns_of(rows.rows, len(rows.heading))
        grid = Grid(name, rows.heading, columns, rows.numbers, header_row, chosen.name)
        elsewhere, all_there = _elsewhere(opened.book, opened.parts, grid, required)
    except DAMAGE as broken:
        raise damaged(name, broken) from broken
    if facts.filled == 0:
        raise FileError(
            Problem("there is nothing on this sheet", Place(name, chosen.name), _other_sheets(opened.parts))
        )
    if all_there:
        raise FileError(elsewhere.values())
    headings = grid_problems(grid, required, elsewhere, expect_rows=not elsewhere)
    problems = [*headings, *_merged(grid, facts), *_uncalculated(grid, facts)]
    return table_from_grid(
        grid,
        kind=WORKBOOK,
        problems=problems,
        formats=rows.formats,
        digest=digest_of(opened.data),
        notes=[*notes, *rows.notes(), *blank_note(rows.blank)],
    )


def _open(data: bytes, name: str) -> tuple[zipfile.ZipFile, tuple[SheetPart, ...]]:
    archive = open_archive(data, name)
    try:
        parts = sheet_parts(archive)
    except DAMAGE as broken:
        raise damaged(name, broken) from broken
    if not parts:
        raise FileError(Problem("the workbook has no worksheet", Place(name)))
    return archive, parts


def _load(data: bytes) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="openpyxl")
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)


def _choose(parts: Sequence[SheetPart], sheet: str | None, name: str) -> tuple[SheetPart, list[str]]:
    names = [part.name for part in parts]
    if sheet is not None:
        if sheet not in names:
            raise FileError(Problem(f'there is no sheet "{sheet}"', Place(name), did_you_mean(sheet, names)))
        return parts[names.index(sheet)], []
    chosen = next((part for part in parts if not part.hidden), parts[0])
    others = [part.name for part in parts if part is not chosen and not part.hidden]
    listed = ", ".join(f'"{each}"' for each in others)
    return chosen, [f'Sheet "{chosen.name}" was read; the workbook also has {listed}.'] if others else []


def _other_sheets(parts: Sequence[SheetPart]) -> str:
    return (
        f"The sheets are: {', '.join(part.name for part in parts)}. Say which with --sheet, or with sheet: in a plan."
    )


@dataclass(slots=True)
class SheetRows:
    """Sorts a sheet's rows into heading, rows, blank rows and number formats, as they are read."""

    name: str
    sheet: str
    header_row: int
    facts: SheetFacts
    heading: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    formats: dict[int, dict[int, str]] = field(default_factory=dict)
    errors: int = 0

    def read(self, worksheet: Any) -> None:
        """Take the rows from the heading to the last filled one."""
        last = self.facts.last_row
        if last < self.header_row:
            return
        cells = worksheet.iter_rows(
            min_row=self.header_row, max_row=last, min_col=1, max_col=max(self.facts.last_column, 1)
        )
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="openpyxl")
            for number, row in enumerate(cells, self.header_row):
                self._take(number, row)

    def _take(self, number: int, row: Sequence[Any]) -> None:
        texts = [_text(cell) for cell in row]
        if number == self.header_row:
            self.heading = texts
        elif not any(texts):
            self.blank.append(number)
        else:
            for index, cell in enumerate(row):
                if cell.value is None or cell.data_type not in ("n", "d", "e"):
                    continue
                if cell.data_type == "e":
                    self.errors += 1
                else:
                    self.formats.setdefault(index, {})[len(self.rows)] = str(cell.number_format)
            self.rows.append(texts)
            self.numbers.append(number)

    def notes(self) -> list[str]:
        """Say what a reader of the sheet should know: errors kept as text, hidden rows read."""
        notes = self.error_notes()
        hidden = len(self.facts.hidden_rows.intersection(self.numbers))
        if hidden:
            rows = "1 hidden or filtered row was" if hidden == 1 else f"{hidden:,} hidden or filtered rows were"
            notes.append(f"{rows} read like all others.")
        return notes

    def error_notes(self) -> list[str]:
        """Say how many cells show an error."""
        if not self.errors:
            return []
        cells = "1 cell shows an error" if self.errors == 1 else f"{self.errors:,} cells show errors"
        return [f"{cells} such as #N/A; the text is kept as it is."]


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, str):
        return CONTROL.sub(lambda found: chr(int(found[1], 16)), value) if "_x00" in value else value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= EXACT_FLOAT:
        return repr(float(value))
    return cell_text(value)


def _elsewhere(
    book: Any, parts: Sequence[SheetPart], grid: Grid, required: Iterable[str]
) -> tuple[dict[str, Problem], bool]:
    """Find missing headings on other sheets, or in another row near the top of this one; whether all are in one."""
    wanted = dict.fromkeys(required)
    missing = [heading for heading in wanted if heading not in grid.heading]
    found: dict[str, Problem] = {}
    if not missing:
        return found, False
    for name in [part.name for part in parts if part.name != grid.sheet]:
        there = _top_rows(book[name], grid.header_row, grid.header_row).get(grid.header_row, [])
        mend = f"Use --sheet {_quoted(name)}, or sheet: {_quoted(name)} in a plan."
        here = {
            heading: Problem(f'{heading} is not on sheet "{grid.sheet}"; it is on "{name}"', Place(grid.name), mend)
            for heading in missing
            if heading in there
        }
        if wanted.keys() <= set(there):
            return here, True
        found = {**here, **found}
    below, all_there = misplaced(grid, required, _top_rows(book[grid.sheet], 1, HEADING_SEARCH_ROWS).items())
    return (below, True) if all_there else ({**below, **found}, False)


def _top_rows(worksheet: Any, first: int, last: int) -> Mapping[int, list[str]]:
    rows = worksheet.iter_rows(min_row=first, max_row=last, min_col=1, max_col=200)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="openpyxl")
        return {number: [_text(cell) for cell in row] for number, row in enumerate(rows, first)}


def _quoted(name: str) -> str:
    return f'"{name}"' if re.search(r"[^\w-]", name) else name


def _merged(grid: Grid, facts: SheetFacts) -> list[Problem]:
    """Refuse merged cells that touch the heading or the data beneath: only their first cell has a value."""
    from openpyxl.utils.cell import range_boundaries

    touching = []
    for reference in facts.merged:
        first_column, _, _, last_row = range_boundaries(reference)
        if last_row >= grid.header_row and first_column <= facts.last_column:
            touching.append(reference)
    if not touching:
        return []
    what = f"merged cells among the data: {_listed(sorted(touching))}"
    mend = "Unmerge them and fill in every cell, so that each row says what it belongs to."
    return [Problem(what, Place(grid.name, grid.sheet), mend)]


def _uncalculated(grid: Grid, facts: SheetFacts) -> list[Problem]:
    cells = [f"{column_letter(column - 1)}{row}" for row, column in facts.uncalculated if row >= grid.header_row]
    if not cells:
        return []
    what = f"formulas without a stored result: {_listed(cells)}"
    return [Problem(what, Place(grid.name, grid.sheet), "Open it in Excel or LibreOffice, save, send again.")]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED_CELLS:,} more" if len(names) > NAMED_CELLS else ""
    return ", ".join(names[:NAMED_CELLS]) + more
