"""Reading a workbook that came back damaged: what can be read is, and each flaw says which cells it spoils."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audit_toolkit.errors import FileError, Place, Problem
from audit_toolkit.files.grid import Grid, alike, columns_of, grid_problems, table_from_grid
from audit_toolkit.files.limits import NAMED_ROWS
from audit_toolkit.files.reading import digest_of, read_bytes
from audit_toolkit.files.table import WORKBOOK, Table
from audit_toolkit.files.xlsx_file import OpenedBook, SheetRows, open_book
from audit_toolkit.files.xlsx_safety import DAMAGE, SheetFacts, SheetPart, damaged, scan_sheet

UNMERGE = "Unmerge them and fill in every cell, so that each row says what it belongs to."
SAVE_ONCE = "Open it in Excel or LibreOffice, save, send again."
TYPE_IT = "Type what it should say: what a formula shows may have been worked out from other cells since."


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a table, and what it spoils.

    `position` is the row of the table's cells, `heading` the column: a cell. Without a heading it is the whole row,
    without a position the whole column, and with neither the whole table. A heading of "" spoils nothing.
    """

    problem: Problem
    position: int | None = None
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class FlawedTable:
    """A table as far as it could be read, and its flaws; no table where nothing of it could."""

    table: Table | None
    flaws: tuple[Flaw, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, each thing once."""
        return tuple(dict.fromkeys(flaw.problem for flaw in self.flaws))

    def with_flaws(self, more: Sequence[Flaw]) -> FlawedTable:
        """Give the table with further flaws."""
        return dataclasses.replace(self, flaws=(*self.flaws, *more))


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that came back: the names of its sheets, those asked for, and its custom properties."""

    sheet_names: tuple[str, ...]
    sheets: Mapping[str, FlawedTable] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)


def read_book(path: str | Path, names: Sequence[str]) -> Book:
    """Read those of the named sheets that a workbook has, each as far as it can be read.

    Parameters
    ----------
    path : an .xlsx file. names : the sheets wanted, each with its headings in row 1.

    Returns
    -------
    Book. Cells as `read_table` gives them; hidden and blank rows are no matter here. Formulas, merged cells and
    doubled headings are flaws of single cells, rows or columns, and hide nothing of the rest.

    Raises
    ------
    FileError where the file is no workbook that can be opened.

    Checked against: tests/files/test_flaws.py.
    """
    path = Path(path)
    data = read_bytes(path)
    opened = open_book(data, path.name)
    parts = {part.name: part for part in opened.parts}
    sheets = {each: _sheet(opened, parts[each]) for each in dict.fromkeys(names) if each in parts}
    return Book(tuple(parts), sheets, _properties(opened))


def _properties(opened: OpenedBook) -> dict[str, str]:
    return {str(each.name): str(each.value) for each in opened.book.custom_doc_props.props}


def _sheet(opened: OpenedBook, part: SheetPart) -> FlawedTable:
    try:
        return _read(opened, part)
    except FileError as refused:
        return FlawedTable(None, tuple(Flaw(problem) for problem in refused.problems))
    except DAMAGE as broken:
        return FlawedTable(None, tuple(Flaw(problem) for problem in damaged(opened.name, broken).problems))


def _read(opened: OpenedBook, part: SheetPart) -> FlawedTable:
    facts = scan_sheet(opened.archive, part, opened.name)
    if facts.filled == 0:
        raise FileError(Problem("there is nothing on this sheet", Place(opened.name, part.name)))
    rows = SheetRows(opened.name, part.name, 1, facts)
    rows.read(opened.book[part.name])
    grid = Grid(opened.name, rows.heading, columns_of(rows.rows, len(rows.heading)), rows.numbers, 1, part.name)
    flaws = [*_heading_flaws(grid), *_merged_flaws(grid, facts), *_formula_flaws(grid, facts)]
    if not any(grid.heading):
        return FlawedTable(None, tuple(flaws))
    table = table_from_grid(_once(grid), kind=WORKBOOK, formats=rows.formats, digest=digest_of(opened.data))
    return FlawedTable(dataclasses.replace(table, notes=tuple(rows.error_notes())), tuple(flaws))


def _once(grid: Grid) -> Grid:
    """Keep of each heading its first column alone."""
    heading = [each if each not in grid.heading[:index] else "" for index, each in enumerate(grid.heading)]
    return dataclasses.replace(grid, heading=heading)


def _heading_flaws(grid: Grid) -> Iterator[Flaw]:
    """Turn what is wrong with headings into flaws: of a row, of the columns that look alike, or of the whole."""
    positions = {number: position for position, number in enumerate(grid.numbers)}
    for problem in grid_problems(grid, (), {}):
        where = problem.where if isinstance(problem.where, Place) else Place()
        if where.row in positions:
            yield Flaw(problem, positions[where.row])
        elif where.column is None:
            yield Flaw(problem)
        else:
            yield from (Flaw(problem, None, name) for name in alike(grid, where.column) or [where.column])


def _merged_flaws(grid: Grid, facts: SheetFacts) -> Iterator[Flaw]:
    """Name merged cells among the data: only the first has a value, and what the others say nobody knows."""
    from openpyxl.utils.cell import range_boundaries

    for reference in facts.merged:
        left, top, right, bottom = range_boundaries(reference)
        if left > facts.last_column:
            continue
        rows = [number for number in grid.numbers if top <= number <= bottom]
        where = Place(grid.name, grid.sheet, rows[0] if rows else grid.header_row)
        problem = Problem(f"merged cells among the data: {reference}", where, UNMERGE)
        if top <= grid.header_row:
            yield Flaw(problem)
            continue
        for number in rows:
            position = grid.numbers.index(number)
            yield from (Flaw(problem, position, grid.heading[each - 1]) for each in _within(left, right, grid))


def _within(left: int, right: int, grid: Grid) -> range:
    return range(left, min(right, len(grid.heading)) + 1)


def _formula_flaws(grid: Grid, facts: SheetFacts) -> Iterator[Flaw]:
    """Name cells that hold a formula where something typed or sent is expected."""
    positions = {number: position for position, number in enumerate(grid.numbers)}
    bare = set(facts.uncalculated)
    for row, column in facts.formulas[:NAMED_ROWS]:
        if row < grid.header_row:
            continue
        where = grid.place(row, column - 1)
        if (row, column) in bare:
            problem = Problem("a formula without a stored result", where, SAVE_ONCE)
        else:
            problem = Problem("a formula stands where an answer or an id should", where, TYPE_IT)
        if row == grid.header_row:
            yield Flaw(problem)
        elif row in positions:
            yield Flaw(problem, positions[row], grid.heading[column - 1])
        else:
            yield Flaw(problem, None, "")
    if len(facts.formulas) > NAMED_ROWS:
        yield Flaw(Problem(f"{len(facts.formulas):,} formulas", Place(grid.name, grid.sheet), TYPE_IT))
