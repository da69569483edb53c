"""Writing a DataFrame as CSV that reads back cell for cell."""

from __future__ import annotations

import codecs
import csv
from typing import TYPE_CHECKING

from audit_toolkit.errors import FileError, Place, Problem
from audit_toolkit.files.cells import cell_text

if TYPE_CHECKING:
    import pandas as pd


class _Line:
    """Takes one line from a csv writer and gives it back, so that line breaks inside cells keep their kind."""

    def write(self, line: str) -> str:
        return line.removesuffix("\r\n") + "\n"


def csv_text(frame: pd.DataFrame, *, headings: bool = True) -> str:
    """Give a DataFrame's columns as CSV text: comma, newline, quotation marks only where needed; no index.

    `headings` False leaves the first line out, where the frame goes on with a file that has it.

    Text is written as it is, whole numbers as digits, dates as ISO, missing values as nothing.

    Raises
    ------
    FileError for a value that is not text, a number, a date or nothing, or that holds a NUL character.
    """
    # The terminator given here makes the csv module quote both \r and \n inside a cell.
    writer = csv.writer(_Line(), lineterminator="\r\n")
    names = [str(each) for each in frame.columns]
    columns = [frame.iloc[:, index].astype(object).tolist() for index in range(frame.shape[1])]
    lines: list[str] = []
    top = [frame.columns] if headings else []
    for number, row in enumerate([*top, *zip(*columns, strict=True)], 1 if headings else 2):
        cells = [_checked(value, heading, number) for value, heading in zip(row, names, strict=True)]
        lines.append(writer.writerow(cells))
    return "".join(lines)


def _checked(value: object, heading: str, number: int) -> str:
    try:
        text = cell_text(value)
        text.encode("utf-8")
    except (TypeError, UnicodeEncodeError) as refused:
        where = Place("", row=number, column=heading)
        raise FileError(Problem(f"the value cannot be written to CSV ({refused})", where)) from refused
    if "\0" in text:
        raise FileError(Problem("a NUL character cannot be written to CSV", Place("", row=number, column=heading)))
    return text


def csv_bytes(frame: pd.DataFrame, *, byte_order_mark: bool = False) -> bytes:
    """Give a DataFrame as CSV in UTF-8; with a byte-order mark Excel opens accents rightly by a double click."""
    return (codecs.BOM_UTF8 if byte_order_mark else b"") + csv_text(frame).encode("utf-8")
