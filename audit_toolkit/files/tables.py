"""Reading a table from whichever file, or DataFrame, a person gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import FileError, Place, Problem
from audit_toolkit.files.cells import cell_text, is_missing
from audit_toolkit.files.csv_file import read_csv
from audit_toolkit.files.grid import Grid, grid_problems, table_from_grid
from audit_toolkit.files.reading import read_bytes
from audit_toolkit.files.table import Table
from audit_toolkit.files.xlsx_file import read_xlsx, read_xlsx_sheets, xlsx_sheet_names

if TYPE_CHECKING:
    import pandas as pd

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
ZIP_START = b"PK\x03\x04"


def read_table(
    path: str | Path,
    *,
    sheet: str | None = None,
    header_row: int = 1,
    encoding: str | None = None,
    delimiter: str | None = None,
    required: Iterable[str] = (),
) -> Table:
    """Read a table from a .csv, .tsv, .txt or .xlsx file, every cell as the text it holds.

    Parameters
    ----------
    path : the file. sheet : a workbook's sheet; the first one that is not hidden where not given.
    header_row : the row of the headings, counted from 1. encoding, delimiter : force what is otherwise
    recognised in a text file. required : headings that must be there.

    Returns
    -------
    Table. Nothing is trimmed, converted or dropped; what was skipped or recognised stands in `notes`.

    Raises
    ------
    FileError holding every problem of the file at once, each with its row and how to mend it.

    Checked against: tests/bad_input/EXPECTED.csv.
    """
    path = Path(path)
    kind = _kind(path)
    _check_options(path.name, kind, sheet, header_row, encoding, delimiter)
    data = read_bytes(path)
    wanted = tuple(required)
    if kind == "workbook":
        return read_xlsx(data, path.name, sheet=sheet, header_row=header_row, required=wanted)
    if data.startswith(ZIP_START):
        what = "the content is an Excel workbook, not text"
        raise FileError(Problem(what, Place(path.name), "Rename it to .xlsx, or export it as CSV."))
    if path.suffix.lower() == ".tsv" and delimiter is None:
        delimiter = "\t"
    return read_csv(data, path.name, header_row=header_row, encoding=encoding, delimiter=delimiter, required=wanted)


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
    if _kind(path) == "text":
        raise FileError(Problem("a text file has no sheets", Place(path.name), "Read it as a table."))
    return read_xlsx_sheets(read_bytes(path), path.name, names)


def sheet_names(path: str | Path) -> tuple[str, ...]:
    """Give the names of a workbook's sheets, in order; none for a text file, which has no sheets."""
    path = Path(path)
    if _kind(path) == "text":
        return ()
    return xlsx_sheet_names(read_bytes(path), path.name)


def _kind(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return "text"
    if suffix in WORKBOOK_SUFFIXES:
        return "workbook"
    if suffix == ".xls":
        what, mend = "old Excel workbooks (.xls) are not read", "Open it and save it as .xlsx."
    else:
        kind = f"{suffix} files" if suffix else "files without an ending"
        what, mend = f"{kind} are not read", f"Use {', '.join(TEXT_SUFFIXES)} or {' or '.join(WORKBOOK_SUFFIXES)}."
    raise FileError(Problem(what, Place(path.name), mend))


def _check_options(
    name: str, kind: str, sheet: str | None, header_row: int, encoding: str | None, delimiter: str | None
) -> None:
    problem = None
    if kind == "text" and sheet is not None:
        problem = Problem("a text file has no sheets", Place(name), "Leave out --sheet.")
    elif kind == "workbook" and (encoding is not None or delimiter is not None):
        problem = Problem("an encoding or delimiter is for text files only", Place(name), "Leave it out.")
    elif header_row < 1:
        problem = Problem(f"the heading row cannot be {header_row}", Place(name), "Rows count from 1.")
    elif delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        problem = Problem(f"{delimiter!r} cannot separate fields", Place(name), "Use a comma, a semicolon or a tab.")
    if problem is not None:
        raise FileError(problem)


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
    grid = Grid(name, heading, list(zip(*columns, strict=True)), numbers)
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
