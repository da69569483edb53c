"""A table as its file holds it: every cell text, and where each row stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place

if TYPE_CHECKING:
    import pandas as pd

# What a table was read from.
TEXT = "text"
WORKBOOK = "workbook"
PARQUET = "Parquet"
SQLITE = "SQLite"
DATABASE = "database"
XML = "XML"
FRAME = "DataFrame"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table:
    """A table as its file holds it: text, and where each row stood.

    `cells` is object dtype, one column a heading, every cell a str ("" where empty), on a RangeIndex; a
    position is a row of it, counted from 0. `rows` gives the row number a spreadsheet shows for each
    position: the heading is row 1 and blank rows count. A CSV record whose quoted field runs over several
    lines is one row, as a spreadsheet shows it. `column_positions` gives each heading's place in the file,
    counted from 0, because columns without heading and data are left out.
    `number_formats` holds heading -> position -> number format, for cells that were numbers and not text
    (dates too); for a DataFrame the format of a float is its type. `line_breaks` holds heading -> positions
    of the cells with a line break inside.
    `kind` says what was read: text, workbook, Parquet, SQLite, database, XML or DataFrame. `types` holds, for a
    source whose columns have types (Parquet, SQLite, database), heading -> type of every column that does
    not hold text as such: numbers, dates, text of fixed width. There, row 2 is the first row and columns have
    no letters.
    """

    name: str
    columns: tuple[str, ...]
    cells: pd.DataFrame
    rows: tuple[int, ...]
    sheet: str | None = None
    digest: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    number_formats: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    line_breaks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    column_positions: tuple[int, ...] = ()
    header_row: int = 1
    notes: tuple[str, ...] = ()
    kind: str = FRAME
    types: Mapping[str, str] = field(default_factory=dict)

    @property
    def typed(self) -> bool:
        """Whether the source gives its columns types, and has no heading row and no column letters."""
        return self.kind in (PARQUET, SQLITE, DATABASE)

    @property
    def lettered(self) -> bool:
        """Whether the source has a heading row, and columns a spreadsheet names by letters."""
        return not self.typed and self.kind != XML

    def place(self, position: int, column: str | None = None, case: str | None = None) -> Place:
        """Say where a row of `cells`, or one of its cells, stands in the file."""
        return Place(self.name, self.sheet, self.rows[position], case, self._letter(column), column)

    def heading_place(self, column: str | None = None) -> Place:
        """Say where the heading row, or one heading, stands in the file."""
        row = self.header_row if self.lettered else None
        return Place(self.name, self.sheet, row, None, self._letter(column), column)

    def _letter(self, column: str | None) -> int | None:
        if column is None or column not in self.columns or not self.lettered:
            return None
        index = self.columns.index(column)
        return self.column_positions[index] if self.column_positions else index

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the cells."""
        return self.cells.copy()

    def to_dict(self) -> dict[str, object]:
        """Give what the table is, without its cells, in JSON-safe values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "sheet": self.sheet,
            "header_row": self.header_row,
            "columns": list(self.columns),
            "rows": len(self.rows),
            "digest": self.digest,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        sheet = f", sheet {self.sheet}" if self.sheet is not None else ""
        counts = f"{len(self.rows):,} rows, {len(self.columns)} columns"
        return "\n".join([f"{self.name}{sheet}: {counts}", *self.notes[:10]])

    def __repr__(self) -> str:
        return str(self)
