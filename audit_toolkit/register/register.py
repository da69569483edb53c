"""A register: every case record as received, one row a case, ids as exact text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place, Problem, RegisterError, did_you_mean, raise_if
from audit_toolkit.files import Table, read_table, table_from_frame
from audit_toolkit.register.ids import id_notes, id_problems, total_row_problem
from audit_toolkit.register.joins import Join, apply_join
from audit_toolkit.register.schema import schema_problems
from audit_toolkit.terms import CASE_ID

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A file the register was read from: its name, SHA-256 digest and number of rows."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Register:
    """Every case record as received, before eligibility.

    `cases` has one row a case, `case_id` first, every cell text and "" where empty; `rows` gives the row a
    spreadsheet shows for each; `headings` the file's own name for a column that was renamed.
    """

    cases: pd.DataFrame
    rows: tuple[int, ...]
    files: tuple[RegisterFile, ...]
    headings: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, int] = field(default_factory=dict)
    sheet: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the file the case ids come from."""
        return self.files[0].name

    def __len__(self) -> int:
        return len(self.rows)

    def place(self, position: int, column: str | None = None) -> Place:
        """Say where a cell of `cases` stands in the file."""
        case = str(self.cases[CASE_ID].iloc[position])
        heading = None if column is None else self.headings.get(column, column)
        letter = None if column is None else self.letters.get(column)
        return Place(self.name, self.sheet, self.rows[position], case or None, letter, heading)

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the cases, one row a case."""
        return self.cases.copy()

    def __str__(self) -> str:
        read = ", ".join(f"{each.name} ({each.rows:,} rows)" for each in self.files)
        return "\n".join([f"Register of {len(self):,} cases from {read}", *self.notes])


def read_register(
    source: str | Path | pd.DataFrame | Table,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    joins: Sequence[Join] = (),
    dates: Sequence[str] = (),
    required: Sequence[str] = (),
    fold_case: bool = True,
) -> Register:
    """Read a register of case records, keeping every id exactly as it is written.

    Parameters
    ----------
    source : path of a CSV or .xlsx file, a DataFrame, or a Table already read.
    columns : mapping of our names to the file's headings, such as {"case_id": "Child reference"}; a column
        that is not named keeps its heading.
    sheet : the sheet of a workbook; default the first. encoding : of a CSV, where it must be forced.
    joins : further files that add columns, one row a case.
    dates : columns (our names) that must hold dates, ISO or dd/mm/yyyy, or nothing.
    required : columns (our names) that must be there.
    fold_case : refuse ids that differ by case alone (default); False where a plan says they really do.

    Returns
    -------
    Register. `cases` has one row a case; nothing is trimmed, normalised or dropped.

    Raises
    ------
    FileError if the file cannot be read safely. RegisterError naming every missing column, every empty,
    doubled or doubtful id and every bad date at once, each with its row and remedy.
    """
    mapping = dict(columns or {})
    table = _table(source, mapping, sheet, encoding)
    headings = {heading: name for name, heading in mapping.items()}
    _check_mapping(table, mapping)
    cells = table.cells.rename(columns=headings)
    cells = cells[[CASE_ID, *[name for name in cells.columns if name != CASE_ID]]]
    register = Register(
        cases=cells,
        rows=table.rows,
        files=(RegisterFile(table.name, table.digest, len(table.rows)),),
        headings=mapping,
        letters={headings.get(name, name): index for index, name in enumerate(table.columns)},
        sheet=table.sheet,
        notes=table.notes,
    )
    problems = _id_problems(register, table, mapping.get(CASE_ID, CASE_ID), fold_case)
    for join in joins:
        register, found = _joined(register, join)
        problems += found
    problems += _missing_columns(register, [*required, *dates])
    known = [name for name in dict.fromkeys(dates) if name in register.cases.columns]
    if known:
        problems += schema_problems(register.cases, register.place, dates=known)
    raise_if(problems, RegisterError)
    return register


def _table(
    source: str | Path | pd.DataFrame | Table, mapping: Mapping[str, str], sheet: str | None, encoding: str | None
) -> Table:
    if isinstance(source, Table):
        return source
    if isinstance(source, (str, Path)):
        wanted = [mapping.get(CASE_ID, CASE_ID), *[each for name, each in mapping.items() if name != CASE_ID]]
        return read_table(Path(source), sheet=sheet, encoding=encoding, required=wanted)
    return table_from_frame(source, "DataFrame")


def _check_mapping(table: Table, mapping: Mapping[str, str]) -> None:
    wanted = {CASE_ID: CASE_ID, **mapping}
    problems = [
        Problem(f'there is no column "{heading}"', Place(table.name, table.sheet), did_you_mean(heading, table.columns))
        for heading in wanted.values()
        if heading not in table.columns
    ]
    renamed = set(mapping.values())
    problems += [
        Problem(
            f'"{name}" would stand for both "{heading}" and a column of that name',
            Place(table.name, table.sheet),
            f'Give the column "{heading}" another name under columns.',
        )
        for name, heading in mapping.items()
        if name != heading and name in table.columns and name not in renamed
    ]
    raise_if(problems, RegisterError)


def _id_problems(register: Register, table: Table, heading: str, fold_case: bool) -> list[Problem]:
    ids = [str(each) for each in register.cases[CASE_ID]]

    def place(position: int, column: str | None) -> Place:
        return register.place(position, column or CASE_ID)

    problems = id_problems(
        ids,
        place,
        formats=table.number_formats.get(heading, {}),
        line_breaks=table.line_breaks.get(heading, ()),
        fold_case=fold_case,
    )
    others = register.cases.drop(columns=CASE_ID).to_numpy().tolist()
    return problems + total_row_problem(ids, others, place)


def _joined(register: Register, join: Join) -> tuple[Register, list[Problem]]:
    cases, source, notes, problems = apply_join(register.cases, join)
    if problems:
        return register, problems
    joined = Register(
        cases=cases,
        rows=register.rows,
        files=(*register.files, RegisterFile(source.name, source.digest, len(source.rows))),
        headings=register.headings,
        letters=register.letters,
        sheet=register.sheet,
        notes=(*register.notes, *notes),
    )
    return joined, []


def _missing_columns(register: Register, wanted: Sequence[str]) -> list[Problem]:
    names = list(register.cases.columns)
    return [
        Problem(f'there is no column "{name}"', Place(register.name, register.sheet), did_you_mean(name, names))
        for name in dict.fromkeys(wanted)
        if name not in names
    ]


def register_notes(register: Register) -> tuple[str, ...]:
    """Give what a reader must be told about a register that was accepted."""
    ids = [str(each) for each in register.cases[CASE_ID]]
    return (*register.notes, *id_notes(ids, register.rows))
