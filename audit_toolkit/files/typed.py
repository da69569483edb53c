"""Columns of sources that give them types (Parquet, databases), turned into the same text as any other file's."""

from __future__ import annotations

import datetime
import uuid
import zoneinfo
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from audit_toolkit.errors import FileError, Place, Problem
from audit_toolkit.files.cells import cell_text, is_missing
from audit_toolkit.files.dates import LOCAL_ZONE
from audit_toolkit.files.grid import Grid, grid_problems, table_from_grid
from audit_toolkit.files.limits import MEBIBYTE, NAMED_ROWS, TABLE_BYTES, TABLE_CELLS, TABLE_COLUMNS, TABLE_ROWS
from audit_toolkit.files.table import Table

NO_ROWS_MEND = "Look that this is the right one."
# Distinct texts of a column remembered at a time: areas and teams are few, ids never come again.
REMEMBERED_TEXTS = 100_000
SMALLER_MEND = "Give a smaller one: only the rows and columns of the register."


def typed_text(value: object) -> str:
    """Give a typed value's exact text: moments with an offset as London's clock showed them, the rest as any cell.

    Raises
    ------
    TypeError for a value that is not text, a number, a truth value, a date, a time or nothing.
    """
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return "" if is_missing(value) else value.astimezone(zoneinfo.ZoneInfo(LOCAL_ZONE)).isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError("bytes are not text, a number or a date")
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    return str(value) if isinstance(value, uuid.UUID) else cell_text(value)


@dataclass(slots=True)
class TypedColumn:
    """One column as it is read: its cells as text so far, and the values that are no text.

    `type` is the name its source has for the type, empty where the column holds text as such; `formats` the
    type of single cells where they have one of their own. `characters` counts what is held in memory.
    """

    heading: str
    type: str = ""
    cells: list[str] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    unreadable: tuple[int, str] | None = None
    characters: int = 0
    holds_nul: bool = False
    seen: dict[object, str] = field(default_factory=dict)

    def take(self, values: Iterable[object]) -> None:
        """Take the next values; texts that come again are held once."""
        for value in values:
            key = _key(value)
            text = self.seen.get(key) if isinstance(value, Hashable) else None
            self.cells.append(self._new(value, key) if text is None else text)
        if len(self.seen) > REMEMBERED_TEXTS:
            self.seen.clear()

    def _new(self, value: object, key: object) -> str:
        try:
            text = typed_text(value)
        except TypeError as refused:
            self.unreadable = self.unreadable or (len(self.cells), str(refused))
            return ""
        self.characters += len(text)
        self.holds_nul = self.holds_nul or "\0" in text
        self.seen[key] = text
        return text


def _key(value: object) -> object:
    """Give what only values of the same text share: 1, 1.0 and True are equal, so are 1.1 and 1.10."""
    if isinstance(value, str):
        return value
    return value.as_tuple() if isinstance(value, Decimal) else (type(value), value)


def take_rows(columns: Sequence[TypedColumn], rows: Sequence[Sequence[object]], name: str) -> None:
    """Add some rows to the columns, or refuse where that is more than is read."""
    for column, values in zip(columns, zip(*rows, strict=True), strict=True):
        column.take(values)
    check_read(columns, name)


def check_read(columns: Sequence[TypedColumn], name: str) -> None:
    """Refuse columns that have grown past what is read; how many more rows there are nobody knows yet."""
    rows = len(columns[0].cells) if columns else 0
    if rows > TABLE_ROWS:
        what = f"it holds more than {TABLE_ROWS:,} rows, which is as many as are read"
        raise FileError(Problem(what, Place(name), SMALLER_MEND))
    check_amount(name, rows, len(columns), sum(column.characters for column in columns))


def check_amount(name: str, rows: int, columns: int, characters: int) -> None:
    """Refuse more rows, columns, cells or characters than is read, before they fill the memory."""
    if columns > TABLE_COLUMNS:
        problem = f"{columns:,} columns; at most {TABLE_COLUMNS:,} are read"
    elif rows > TABLE_ROWS:
        problem = f"{rows:,} rows; at most {TABLE_ROWS:,} are read"
    elif rows * columns > TABLE_CELLS:
        problem = f"{rows * columns:,} cells; at most {TABLE_CELLS:,} are read"
    elif characters > TABLE_BYTES:
        problem = f"{characters / MEBIBYTE:,.0f} MiB; at most {TABLE_BYTES / MEBIBYTE:,.0f} MiB are read"
    else:
        return
    raise FileError(Problem(f"it holds {problem}", Place(name), SMALLER_MEND))


def typed_table(
    name: str,
    kind: str,
    columns: Sequence[TypedColumn],
    *,
    required: Iterable[str] = (),
    digest: str = "",
    notes: Sequence[str] = (),
) -> Table:
    """Make a Table of columns that were read whole, or raise every problem of theirs."""
    count = len(columns[0].cells) if columns else 0
    heading = [column.heading for column in columns]
    grid = Grid(name, heading, [column.cells for column in columns], range(2, count + 2), typed=True)
    problems = [problem for index, column in enumerate(columns) for problem in _cell_problems(grid, index, column)]
    return table_from_grid(
        grid,
        kind=kind,
        problems=[*problems, *grid_problems(grid, required, {}, expect_rows=False), *_no_rows(name, count)],
        formats={index: column.formats for index, column in enumerate(columns) if column.formats},
        types={column.heading: column.type for column in columns if column.type},
        digest=digest,
        notes=notes,
    )


def _no_rows(name: str, count: int) -> list[Problem]:
    return [] if count else [Problem("there are no rows", Place(name), NO_ROWS_MEND)]


def _cell_problems(grid: Grid, index: int, column: TypedColumn) -> list[Problem]:
    """Name cells that hold what no table can, or a NUL character."""
    problems = []
    if column.unreadable is not None:
        position, reason = column.unreadable
        mend = "Leave the column out, or give its values as text."
        problems.append(Problem(reason, grid.place(position + 2, index), mend))
    if column.holds_nul:
        what = "the cell holds a NUL character, where other programs would cut it short"
        found = [position for position, text in enumerate(column.cells) if "\0" in text][:NAMED_ROWS]
        problems += [Problem(what, grid.place(position + 2, index), "Take it out.") for position in found]
    return problems
