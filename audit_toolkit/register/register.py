"""A register: every case record as received, one row a case, ids as exact text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place, Problem, RegisterError, did_you_mean, raise_if
from audit_toolkit.files import Table
from audit_toolkit.register.ids import id_notes, id_problems, number_note, sum_notes, total_row_problems
from audit_toolkit.register.joins import Join, apply_join
from audit_toolkit.register.presets import preset_named
from audit_toolkit.register.schema import schema_problems
from audit_toolkit.register.source import Options, read_source
from audit_toolkit.register.typed_ids import typed_id_problems
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
class Origin:
    """Where the cells of a joined column stand: its file, and for each case the row there, or None."""

    table: Table
    picked: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Register:
    """Every case record as received, before eligibility.

    `cases` has one row a case, `case_id` first, every cell text and "" where empty; `rows` gives the row a
    spreadsheet shows for each; `headings` the file's own name for a column that was renamed; `origins` where
    the columns of joined files stand. `kind`, `encoding`, `delimiter` and `header_row` say how the file of the
    case ids was read.
    """

    cases: pd.DataFrame
    rows: tuple[int, ...]
    files: tuple[RegisterFile, ...]
    headings: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, int] = field(default_factory=dict)
    sheet: str | None = None
    notes: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    kind: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int = 1

    @property
    def name(self) -> str:
        """The name of the file the case ids come from."""
        return self.files[0].name

    def __len__(self) -> int:
        return len(self.rows)

    def place(self, position: int, column: str | None = None) -> Place:
        """Say where a cell of `cases` stands in the file."""
        case = str(self.cases[CASE_ID].iloc[position]) or None
        origin = self.origins.get(column or "")
        if origin is not None:
            row = origin.picked[position]
            if row is None:
                return Place(origin.table.name, origin.table.sheet, case=case, column=column)
            return origin.table.place(row, column, case)
        heading = None if column is None else self.headings.get(column, column)
        letter = None if column is None else self.letters.get(column)
        return Place(self.name, self.sheet, self.rows[position], case, letter, heading)

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the cases, one row a case."""
        return self.cases.copy()

    def __str__(self) -> str:
        read = ", ".join(f"{each.name} ({each.rows:,} rows)" for each in self.files)
        return "\n".join([f"Register of {len(self):,} cases from {read}", *self.notes[:10]])

    def __repr__(self) -> str:
        return str(self)


def read_register(
    source: str | Path | pd.DataFrame | Table,
    *,
    columns: Mapping[str, str] | None = None,
    preset: str | None = None,
    sheet: str | None = None,
    header_row: int = 1,
    table: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    joins: Sequence[Join] = (),
    dates: Sequence[str] = (),
    required: Sequence[str] = (),
    fold_case: bool = True,
) -> Register:
    """Read a register of case records, keeping every id exactly as it is written.

    Parameters
    ----------
    source : path of a file (CSV or other delimited text, .xlsx, .parquet, .sqlite), the address of a database
        ("postgresql://reader@host/council"), a DataFrame, or a Table already read.
    columns : mapping of our names to the file's headings, such as {"case_id": "Child reference"}; a column
        that is not named keeps its heading.
    preset : the name of a known export, read from its folder: "ssda903" (header.csv and open episodes).
    sheet : the sheet of a workbook; default the first. header_row : the row of the headings, default 1.
    table : the table or view of a database; may be left out where there is only one.
    encoding, delimiter : of a text file, where they must be forced.
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

    Checked against: tests/bad_input/EXPECTED.csv (tests/register/test_register.py).
    """
    mapping = dict(columns or {})
    options = Options(sheet, header_row, table, encoding, delimiter)
    if preset is not None:
        known_export = preset_named(preset, source, options)
        source, joins = known_export.source, [*known_export.joins, *joins]
        mapping = {**known_export.columns, **mapping}
    read, problems = read_source(source, mapping, options)
    case_heading = mapping.get(CASE_ID, CASE_ID)
    if case_heading not in read.columns:
        raise RegisterError(problems)
    register = _register(read, {**mapping, CASE_ID: case_heading})
    problems += _id_problems(register, read, case_heading, fold_case)
    register = replace(register, notes=(*register.notes, *_row_notes(register)))
    if not isinstance(source, (str, Path, Table)):
        problems += _text_problems(register, source[case_heading].astype(object).tolist())
    for join in joins:
        register, found = _joined(register, join)
        problems += found
    problems += _missing_columns(register, [*required, *dates], mapping)
    known = [name for name in dict.fromkeys(dates) if name in register.cases.columns]
    if known:
        problems += schema_problems(register.cases, register.place, dates=known)
    raise_if(problems, RegisterError)
    return register


def _register(table: Table, mapping: Mapping[str, str]) -> Register:
    names = {heading: name for name, heading in mapping.items()}
    cells = table.cells.rename(columns=names)
    case_heading = mapping[CASE_ID]
    return Register(
        cases=cells[[CASE_ID, *[name for name in cells.columns if name != CASE_ID]]],
        rows=table.rows,
        files=(RegisterFile(table.name, table.digest, len(table.rows)),),
        headings=dict(mapping),
        letters={names.get(heading, heading): letter for heading, letter in _letters(table)},
        sheet=table.sheet,
        notes=(*table.notes, *number_note(table.number_formats.get(case_heading, {}), table.rows)),
        kind=table.kind,
        encoding=table.encoding,
        delimiter=table.delimiter,
        header_row=table.header_row,
    )


def _letters(table: Table) -> list[tuple[str, int]]:
    if not table.lettered:
        return []
    positions = table.column_positions or tuple(range(len(table.columns)))
    return list(zip(table.columns, positions, strict=True))


def _id_problems(register: Register, table: Table, heading: str, fold_case: bool) -> list[Problem]:
    ids = [str(each) for each in register.cases[CASE_ID]]

    def place(position: int, column: str | None) -> Place:
        return register.place(position, column or CASE_ID)

    problems = typed_id_problems(table, heading)
    problems += id_problems(
        ids,
        place,
        formats={} if table.typed else table.number_formats.get(heading, {}),
        line_breaks=table.line_breaks.get(heading, ()),
        fold_case=fold_case,
    )

    def empty_beside(position: int) -> bool:
        return not all(register.cases.iloc[position, 1:])

    return problems + total_row_problems(ids, empty_beside, place)


def _row_notes(register: Register) -> list[str]:
    """Say which rows may be no cases although every cell a case needs is there."""
    ids = [str(each) for each in register.cases[CASE_ID]]
    notes = sum_notes(ids, register.rows)
    beside = register.cases.iloc[-2:, 1:]
    if len(beside) == 2 and beside.shape[1] > 1 and any(beside.iloc[0]) and not any(beside.iloc[1]):
        notes.append(
            f'The last row ({register.rows[-1]}) holds only "{ids[-1]}": look that it is a case and not a footnote.'
        )
    return notes


def _text_problems(register: Register, values: Sequence[object]) -> list[Problem]:
    """Name every id of a DataFrame that is a whole number, a date or anything else but text."""
    mend = "Read the ids as text, as in read_csv(path, dtype=str): a number has lost its leading zeros."
    return [
        Problem(
            f"the case id {register.cases[CASE_ID].iloc[position]} is of the type {type(value).__name__}, not text",
            register.place(position, CASE_ID),
            mend,
        )
        for position, value in enumerate(values)
        if not isinstance(value, (str, float)) and register.cases[CASE_ID].iloc[position]
    ]


def _joined(register: Register, join: Join) -> tuple[Register, list[Problem]]:
    joined, problems = apply_join(register.cases, join)
    if joined is None:
        return register, problems
    table = joined.table
    origin = Origin(table, joined.picked)
    return replace(
        register,
        cases=joined.cases,
        files=(*register.files, RegisterFile(table.name, table.digest, len(table.rows))),
        notes=(*register.notes, *joined.notes),
        origins={**register.origins, **dict.fromkeys(joined.added, origin)},
    ), []


def _missing_columns(register: Register, wanted: Sequence[str], mapping: Mapping[str, str]) -> list[Problem]:
    names = list(register.cases.columns)
    return [
        Problem(f'there is no column "{name}"', Place(register.name, register.sheet), did_you_mean(name, names))
        for name in dict.fromkeys(wanted)
        if name not in names and name not in mapping
    ]


def register_notes(register: Register) -> tuple[str, ...]:
    """Give what a reader must be told about a register that was accepted."""
    ids = [str(each) for each in register.cases[CASE_ID]]
    return (*register.notes, *id_notes(ids, register.rows))
