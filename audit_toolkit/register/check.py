"""Looking at a register before anything is drawn: what was read, what is wrong, what is suspicious."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import AuditError, Place, Problem, did_you_mean
from audit_toolkit.files import Table, table_from_frame
from audit_toolkit.register.presets import preset_named
from audit_toolkit.register.profile import (
    ColumnProfile,
    column_profile,
    column_suspicions,
    near_keys,
    possible_keys,
)
from audit_toolkit.register.register import read_register, register_notes
from audit_toolkit.register.source import Options
from audit_toolkit.register.strata import label_problems, parse_strata
from audit_toolkit.terms import CASE_ID

if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}


@dataclass(frozen=True, slots=True)
class RegisterCheck:
    """What a register is: how it was read, its columns, everything wrong with it, and everything to look at.

    `read` holds sentences; `problems` stop a draw, `suspicions` do not.
    """

    name: str
    rows: int
    ids: tuple[str, ...]
    read: tuple[str, ...]
    columns: tuple[ColumnProfile, ...]
    problems: tuple[Problem, ...]
    suspicions: tuple[Problem, ...]

    def to_dict(self) -> dict[str, object]:
        """Give it in JSON-safe values."""
        return {
            "name": self.name,
            "rows": self.rows,
            "first_ids": list(self.ids),
            "read": list(self.read),
            "columns": [
                {"name": each.name, "filled": each.filled, "distinct": each.distinct, "holds": each.holds}
                for each in self.columns
            ],
            "problems": [str(each) for each in self.problems],
            "suspicions": [str(each) for each in self.suspicions],
        }

    def __str__(self) -> str:
        counts = f"{len(self.problems)} wrong, {len(self.suspicions)} to look at"
        return "\n".join([f"{self.name}: {counts}", *self.read])


def check_register(
    source: str | Path | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    preset: str | None = None,
    sheet: str | None = None,
    header_row: int = 1,
    table: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    strata: Sequence[str] = (),
    dates: Sequence[str] = (),
) -> RegisterCheck:
    """Look at a register without drawing from it: what it is, what is wrong with it, what is suspicious.

    Parameters
    ----------
    source, columns, preset, sheet, header_row, table, encoding, delimiter, dates : as `read_register`.
    strata : names of columns that strata will be made from; their cells must then be fit for it.

    Returns
    -------
    RegisterCheck. Nothing is raised for what is wrong with the register: it is listed.

    Checked against: tests/bad_input/EXPECTED.csv (tests/register/test_check.py).
    """
    options = Options(sheet, header_row, table, encoding, delimiter)
    mapping = dict(columns or {})
    try:
        source, mapping = _export(source, preset, mapping, options)
        found = _table(source, options)
    except AuditError as refused:
        return RegisterCheck(_name(source), 0, (), (), (), refused.problems, ())
    problems: list[Problem] = []
    odd: list[Problem] = []
    try:
        register = read_register(found, columns=mapping, dates=dates)
        odd = [
            Problem(note.rstrip("."), Place(found.name, found.sheet))
            for note in register_notes(register)
            if note not in found.notes
        ]
    except AuditError as refused:
        problems += refused.problems
    heading = mapping.get(CASE_ID, CASE_ID)
    if heading not in found.columns:
        problems = [_key_problem(found)]
    unfit, empty = _strata_problems(found, mapping, strata)
    problems += unfit
    cells = {name: [str(cell) for cell in found.cells[name]] for name in found.columns}
    return RegisterCheck(
        name=found.name,
        rows=len(found.rows),
        ids=tuple(cells[heading][:3]) if heading in cells else (),
        read=(*_read(found), *found.notes),
        columns=tuple(column_profile(name, each) for name, each in cells.items()),
        problems=AuditError(problems).problems if problems else (),
        suspicions=tuple(sorted([*odd, *empty, *_suspicions(found, cells, heading, strata)], key=Problem.order)),
    )


def _name(source: object) -> str:
    return Path(source).name if isinstance(source, (str, Path)) else "DataFrame"


def _table(source: str | Path | pd.DataFrame | Table, options: Options) -> Table:
    """Read the source whatever its headings are: a missing column of ids is told with those that could be it."""
    if isinstance(source, (str, Path)):
        return options.read(source, ())
    return source if isinstance(source, Table) else table_from_frame(source, "DataFrame")


def _export(
    source: str | Path | pd.DataFrame, preset: str | None, mapping: dict[str, str], options: Options
) -> tuple[str | Path | pd.DataFrame | Table, dict[str, str]]:
    """Give what a preset reads in place of the source, with its names for the columns."""
    if preset is None:
        return source, mapping
    export = preset_named(preset, source, options)
    return export.source, {**export.columns, **mapping}


def _read(table: Table) -> list[str]:
    """Say how the file was read."""
    how = [table.kind]
    if table.encoding:
        how.append(table.encoding)
    if table.delimiter:
        how.append(f"{DELIMITERS.get(table.delimiter, repr(table.delimiter))} between the fields")
    if table.sheet:
        how.append(f"sheet {table.sheet}")
    if table.lettered:
        how.append(f"headings on row {table.header_row}")
    return [f"Read as {', '.join(how)}: {len(table.rows):,} rows, {len(table.columns)} columns."]


def _key_problem(table: Table) -> Problem:
    """Where there is no column of case ids, say which columns could be it."""
    cells = [[str(cell) for cell in table.cells[name]] for name in table.columns]
    listed = ", ".join(f'"{name}"' for name in possible_keys(table.columns, cells)) or "none"
    what = f"which column holds the case ids is not said; filled and different in every row: {listed}"
    mend = 'Say --column case_id="HEADING", or in a plan columns: {case_id: HEADING}.'
    return Problem(what, table.heading_place(), mend)


def _strata_problems(
    table: Table, mapping: Mapping[str, str], strata: Sequence[str]
) -> tuple[list[Problem], list[Problem]]:
    """Give what makes columns unfit for strata, and where they are empty: the rules of a plan may leave those out."""
    if not strata:
        return [], []
    where = Place(table.name, table.sheet)
    parsed, problems = parse_strata(list(strata), where)
    empty: list[Problem] = []
    for each in parsed:
        heading = mapping.get(each.column, each.column)
        if heading not in table.columns:
            problems.append(Problem(f'there is no column "{heading}"', where, did_you_mean(heading, table.columns)))
            continue
        cells = [str(cell) for cell in table.cells[heading]]
        filled = [position for position, cell in enumerate(cells) if cell.strip()]

        def place(position: int, name: str = heading, rows: Sequence[int] = tuple(filled)) -> Place:
            return table.place(rows[position], name)

        problems += label_problems(each, [cells[position] for position in filled], place)
        if len(filled) < len(cells):
            first = next(position for position, cell in enumerate(cells) if not cell.strip())
            what = (
                f"{heading} is empty in {len(cells) - len(filled):,} of {len(cells):,} rows, and strata are made of it"
            )
            mend = "A case that can be drawn needs it: fill it in, or exclude such cases by a rule."
            empty.append(Problem(what, table.place(first, heading), mend))
    return problems, empty


def _suspicions(table: Table, cells: Mapping[str, Sequence[str]], heading: str, strata: Sequence[str]) -> list[Problem]:
    found: list[Problem] = []
    for name in table.columns:
        if name == heading or name in strata:
            continue

        def place(position: int, column: str = name) -> Place:
            return table.place(position, column)

        found += column_suspicions(name, cells[name], place)
    found += _headings_again(table)
    others = [name for name in table.columns if name != heading]
    for name in near_keys(others, [cells[each] for each in others]):
        what = f"{name} differs in nearly every row but not in all: it may be an id of which some stand twice"
        found.append(Problem(what, Place(table.name, table.sheet), "Look at the rows that share one."))
    return found


def _headings_again(table: Table) -> list[Problem]:
    """Name rows that repeat the headings, as a report printed page by page has them."""
    rows = zip(*[table.cells[name].tolist() for name in table.columns], strict=True)
    return [
        Problem("the row repeats the headings", table.place(position), "Take it out of the register.")
        for position, row in enumerate(rows)
        if tuple(row) == table.columns
    ]
