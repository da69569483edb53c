"""Reading a table from whichever file, or DataFrame, a person gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import FileError, Place, Problem
from audit_toolkit.files.cells import cell_text, is_missing
from audit_toolkit.files.csv_file import read_csv
from audit_toolkit.files.database import database_tables, is_address, read_database, shown_address
from audit_toolkit.files.grid import Grid, grid_problems, table_from_grid
from audit_toolkit.files.parquet_file import PARQUET_START, read_parquet
from audit_toolkit.files.reading import read_bytes
from audit_toolkit.files.sqlite_file import SQLITE_START, read_sqlite, sqlite_tables
from audit_toolkit.files.table import DATABASE, PARQUET, SQLITE, TEXT, WORKBOOK, Table
from audit_toolkit.files.xlsx_file import read_xlsx, read_xlsx_sheets, xlsx_sheet_names

if TYPE_CHECKING:
    import pandas as pd

# The kind of file each ending stands for.
KINDS = {
    ".csv": TEXT,
    ".tsv": TEXT,
    ".txt": TEXT,
    ".xlsx": WORKBOOK,
    ".xlsm": WORKBOOK,
    ".parquet": PARQUET,
    ".pq": PARQUET,
    ".sqlite": SQLITE,
    ".sqlite3": SQLITE,
    ".db": SQLITE,
}
SOURCE_WORDS = {
    TEXT: "a text file",
    WORKBOOK: "a workbook",
    PARQUET: "a Parquet file",
    SQLITE: "an SQLite file",
    DATABASE: "a database",
}
# How files begin that are no text, what they are, and what to do about a wrong ending.
STARTS = (
    (b"PK\x03\x04", "an Excel workbook", "Rename it to .xlsx, or export it as CSV."),
    (PARQUET_START, "a Parquet file", "Rename it to .parquet."),
    (SQLITE_START, "an SQLite database", "Rename it to .sqlite."),
)


def read_table(
    path: str | Path,
    *,
    sheet: str | None = None,
    header_row: int = 1,
    table: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    required: Iterable[str] = (),
) -> Table:
    """Read a table from a text file, an Excel workbook, a Parquet file or a database, every cell as its text.

    Parameters
    ----------
    path : a file (.csv, .tsv, .txt, .xlsx, .xlsm, .parquet, .pq, .sqlite, .sqlite3, .db), or the address of a
        database such as "postgresql://reader@host/council".
    sheet : a workbook's sheet; the first one that is not hidden where not given.
    header_row : the row of the headings in a text file or workbook, counted from 1.
    table : the table or view of a database; may be left out where there is only one.
    encoding, delimiter : force what is otherwise recognised in a text file.
    required : headings that must be there.

    Returns
    -------
    Table. Nothing is trimmed, converted or dropped; what was skipped or recognised stands in `notes`.

    Raises
    ------
    FileError holding every problem of the file at once, each with its row and how to mend it.

    Checked against: tests/bad_input/EXPECTED.csv.
    """
    wanted = tuple(required)
    name = shown_address(str(path)) if is_address(path) else Path(path).name
    kind = DATABASE if is_address(path) else _kind(Path(path))
    _check_options(name, kind, sheet=sheet, header_row=header_row, table=table, encoding=encoding, delimiter=delimiter)
    if kind == DATABASE:
        return read_database(str(path), table=table, required=wanted)
    if kind == SQLITE:
        return read_sqlite(Path(path), table=table, required=wanted)
    data = read_bytes(path)
    if kind == PARQUET:
        return read_parquet(data, name, required=wanted)
    if kind == WORKBOOK:
        return read_xlsx(data, name, sheet=sheet, header_row=header_row, required=wanted)
    for start, what, mend in STARTS:
        if data.startswith(start):
            raise FileError(Problem(f"the content is {what}, not text", Place(name), mend))
    if Path(path).suffix.lower() == ".tsv" and delimiter is None:
        delimiter = "\t"
    return read_csv(data, name, header_row=header_row, encoding=encoding, delimiter=delimiter, required=wanted)


def read_sheets(path: str | Path, names: Sequence[str]) -> dict[str, Table]:
    """Read those of the named sheets that a workbook has, opening it once.

    Parameters
    ----------
    path : a workbook. names : the sheets wanted, each with its headings in row 1.

    Returns
    -------
    dict of sheet name -> Table, in the order asked; a sheet the workbook does not have is left out.

    Raises
    ------
    FileError as `read_table`, for the first of the sheets that has problems.
    """
    path = Path(path)
    if _kind(path) != WORKBOOK:
        raise FileError(Problem("only a workbook has sheets", Place(path.name), "Read it as a table."))
    return read_xlsx_sheets(read_bytes(path), path.name, names)


def sheet_names(path: str | Path) -> tuple[str, ...]:
    """Give the names of a workbook's sheets, in order; none for any other file, or a database."""
    if is_address(path) or _kind(Path(path)) != WORKBOOK:
        return ()
    return xlsx_sheet_names(read_bytes(path), Path(path).name)


def table_names(path: str | Path) -> tuple[str, ...]:
    """Give the names of the tables and views of an SQLite file or a database; none for any other file."""
    if is_address(path):
        return database_tables(str(path))
    return sqlite_tables(Path(path)) if _kind(Path(path)) == SQLITE else ()


def _kind(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in KINDS:
        return KINDS[suffix]
    if suffix == ".xls":
        what, mend = "old Excel workbooks (.xls) are not read", "Open it and save it as .xlsx."
    else:
        kind = f"{suffix} files" if suffix else "files without an ending"
        *first, last = KINDS
        what, mend = f"{kind} are not read", f"Use {', '.join(first)} or {last}."
    raise FileError(Problem(what, Place(path.name), mend))


def _check_options(
    name: str,
    kind: str,
    *,
    sheet: str | None,
    header_row: int,
    table: str | None,
    encoding: str | None,
    delimiter: str | None,
) -> None:
    """Refuse every option that says nothing about this kind of source: none is accepted and ignored."""
    leave_out = "Leave it out."
    what, mend = "", ""
    if sheet is not None and kind != WORKBOOK:
        what, mend = f"{SOURCE_WORDS[kind]} has no sheets", "Leave out --sheet."
    elif table is not None and kind not in (SQLITE, DATABASE):
        what, mend = f"{SOURCE_WORDS[kind]} has no tables to choose from", "Leave out --table."
    elif (encoding is not None or delimiter is not None) and kind != TEXT:
        what, mend = "an encoding or delimiter is for text files only", leave_out
    elif header_row != 1 and kind not in (TEXT, WORKBOOK):
        what, mend = f"{SOURCE_WORDS[kind]} has no heading row to choose", "Leave out --header-row."
    elif header_row < 1:
        what, mend = f"the heading row cannot be {header_row}", "Rows count from 1."
    elif delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        what, mend = f"{delimiter!r} cannot separate fields", "Use a comma, a semicolon or a tab."
    if what:
        raise FileError(Problem(what, Place(name), mend))


def table_from_frame(frame: pd.DataFrame, name: str = "DataFrame") -> Table:
    """Make a Table of a DataFrame, as if it had been read from a file: every value its exact text.

    Whole numbers become digits, dates ISO, fractions "3/4", missing values "". Row 2 is the frame's first row.
    `number_formats` says "General" for whole numbers and the type ("float64") for a value held as a float,
    so that an id which may have lost digits can be refused.

    Raises
    ------
    FileError for doubled or empty headings, no rows, and values that are not text, numbers, dates or missing.
    """
    heading = ["" if is_missing(each) else str(each) for each in frame.columns]
    problems: list[Problem] = []
    formats: dict[int, dict[int, str]] = {}
    columns: list[list[str]] = []
    for index in range(frame.shape[1]):
        values = frame.iloc[:, index].astype(object).tolist()
        columns.append(_texts(values, Place(name, column_index=index, column=heading[index]), problems))
        found = _number_types(values)
        if found:
            formats[index] = found
    numbers = range(2, len(frame) + 2)
    grid = Grid(name, heading, columns, numbers)
    return table_from_grid(grid, problems=[*problems, *grid_problems(grid, (), {})], formats=formats)


def _texts(values: Sequence[object], where: Place, problems: list[Problem]) -> list[str]:
    texts = []
    for position, value in enumerate(values):
        try:
            texts.append(cell_text(value))
        except TypeError as refused:
            place = Place(where.file, None, position + 2, None, where.column_index, where.column)
            problems.append(Problem(str(refused), place, "Convert the column to text first."))
            texts.append("")
    return texts


def _number_types(values: Sequence[object]) -> dict[int, str]:
    found = {}
    for position, value in enumerate(values):
        kind = type(value).__name__
        if kind.startswith("float") and not is_missing(value):
            found[position] = "float64" if kind == "float" else kind
        elif kind.startswith(("int", "uint")):
            found[position] = "General"
    return found
