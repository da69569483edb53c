"""What a register comes from, read as it is told to be: a file, a database, a DataFrame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import FileError, Place, Problem, did_you_mean
from audit_toolkit.files import Table, read_table, table_from_frame
from audit_toolkit.terms import CASE_ID

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read; a DataFrame or Table is there already."""

    sheet: str | None
    header_row: int
    table: str | None
    encoding: str | None
    delimiter: str | None

    def read(self, source: str | Path, required: Sequence[str]) -> Table:
        """Read a file or database so."""
        return read_table(
            source,
            sheet=self.sheet,
            header_row=self.header_row,
            table=self.table,
            encoding=self.encoding,
            delimiter=self.delimiter,
            required=required,
        )


def read_source(
    source: str | Path | pd.DataFrame | Table, mapping: Mapping[str, str], options: Options
) -> tuple[Table, list[Problem]]:
    """Read what a register comes from; a heading that is missing is no end where there is a column of ids.

    Gives the table, and every problem of its headings and of the mapping to our names.
    """
    table, problems = _read(source, mapping, options)
    return table, [*problems, *_mapping_problems(table, mapping)]


def _read(
    source: str | Path | pd.DataFrame | Table, mapping: Mapping[str, str], options: Options
) -> tuple[Table, list[Problem]]:
    case_heading = mapping.get(CASE_ID, CASE_ID)
    wanted = [case_heading, *[each for name, each in mapping.items() if name != CASE_ID]]
    if not isinstance(source, (str, Path)):
        table = source if isinstance(source, Table) else table_from_frame(source, "DataFrame")
        where = table.heading_place() if isinstance(source, Table) else table.name
        missing = [heading for heading in dict.fromkeys(wanted) if heading not in table.columns]
        return table, [
            Problem(f'there is no column "{each}"', where, did_you_mean(each, table.columns)) for each in missing
        ]
    try:
        return options.read(source, wanted), []
    except FileError as refused:
        try:
            table = options.read(source, [case_heading])
        except FileError:
            raise refused from None
        return table, list(refused.problems)


def _mapping_problems(table: Table, mapping: Mapping[str, str]) -> list[Problem]:
    place = Place(table.name, table.sheet)
    renamed = set(mapping.values())
    problems = [
        Problem(
            f'"{name}" would stand for both "{heading}" and a column of that name',
            place,
            f'Give the column "{heading}" another name under columns.',
        )
        for name, heading in mapping.items()
        if name != heading and name in table.columns and name not in renamed
    ]
    for heading, count in Counter(mapping.values()).items():
        if count > 1:
            names = " and ".join(name for name, each in mapping.items() if each == heading)
            what = f'the column "{heading}" would have {count} names: {names}'
            problems.append(Problem(what, place, "Keep one of them under columns."))
    return problems
