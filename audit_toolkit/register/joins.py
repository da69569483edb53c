"""Further files that add columns to a register, one row a case: episodes to a header, referrals to assessments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place, Problem, RegisterError, did_you_mean, raise_if
from audit_toolkit.files import DATE_MEND, Table, parse_date, read_table, table_from_frame
from audit_toolkit.register.eligibility import Rule
from audit_toolkit.register.ids import join_id_problems
from audit_toolkit.register.typed_ids import typed_id_problems
from audit_toolkit.terms import CASE_ID

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Join:
    """One further file: which column holds the case id, which rows count, and which of several rows is taken.

    `latest` names a date column: of a case's several rows the one with the latest date is taken. Without it
    a case with several rows is refused.
    """

    source: str | Path | pd.DataFrame
    on: str
    where: tuple[Rule, ...] = ()
    latest: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """The cases with a file's columns added: `picked` gives, a case, its row's position in `table` or None."""

    cases: pd.DataFrame
    table: Table
    picked: tuple[int | None, ...]
    added: tuple[str, ...]
    notes: tuple[str, ...]


def apply_join(cases: pd.DataFrame, join: Join) -> tuple[Joined | None, list[Problem]]:
    """Add a file's columns to the cases it has a row for; the others get empty cells.

    Raises
    ------
    FileError if the file cannot be read, RegisterError if a DataFrame lacks a column; every other fault is
    among the problems given back.
    """
    table = _table(join)
    known = [str(each) for each in cases[CASE_ID]]
    ids = [str(each) for each in table.cells[join.on]]

    def place(position: int, _: str | None) -> Place:
        return table.place(position, join.on)

    formats = {} if table.typed else table.number_formats.get(join.on, {})
    problems = [*typed_id_problems(table, join.on), *join_id_problems(ids, known, place, formats)]
    kept, wrong_dates = _kept(table, join)
    held = set(known)
    rows: dict[str, list[int]] = defaultdict(list)
    for position in kept:
        if ids[position] in held:
            rows[ids[position]].append(position)
    chosen, refused = _choose(table, join, rows)
    problems += wrong_dates + refused + _collisions(cases, table, join)
    if problems:
        return None, problems
    added = tuple(name for name in table.columns if name != join.on)
    picked = tuple(chosen.get(case) for case in known)
    joined = cases.copy()
    for name in added:
        values = table.cells[name].tolist()
        joined[name] = [values[position] if position is not None else "" for position in picked]
        joined[name] = joined[name].astype(object)
    return Joined(joined, table, picked, added, _notes(table, join, len(kept), rows)), []


def _table(join: Join) -> Table:
    wanted = [join.on, *[rule.column for rule in join.where], *([join.latest] if join.latest else [])]
    required = list(dict.fromkeys(wanted))
    if isinstance(join.source, (str, Path)):
        return read_table(join.source, sheet=join.sheet, required=required)
    table = table_from_frame(join.source, "DataFrame")
    missing = [name for name in required if name not in table.columns]
    raise_if(
        [Problem(f'there is no column "{each}"', table.name, did_you_mean(each, table.columns)) for each in missing],
        RegisterError,
    )
    return table


def _kept(table: Table, join: Join) -> tuple[list[int], list[Problem]]:
    problems: list[Problem] = []
    keep = list(range(len(table.rows)))
    for rule in join.where:
        cells = [str(each) for each in table.cells[rule.column]]
        problems += [
            Problem(f"{cells[position]} is not a date", table.place(position, rule.column), DATE_MEND)
            for position in rule.bad_dates(cells)
        ]
        if not problems:
            keep = [position for position in keep if rule.holds(cells[position])]
    return keep, problems


def _choose(table: Table, join: Join, rows: Mapping[str, list[int]]) -> tuple[dict[str, int], list[Problem]]:
    chosen: dict[str, int] = {}
    problems: list[Problem] = []
    for case, positions in rows.items():
        if len(positions) == 1:
            chosen[case] = positions[0]
        elif join.latest is None:
            listed = ", ".join(str(table.rows[position]) for position in positions)
            what = f"case {case} has {len(positions)} rows ({listed})"
            mend = "Name the date column whose latest row counts, as in latest: DECOM, or narrow the rows with where."
            problems.append(Problem(what, table.place(positions[0], join.on), mend))
        else:
            found = _latest(table, join.latest, case, positions)
            if isinstance(found, int):
                chosen[case] = found
            else:
                problems += found
    return chosen, problems


def _latest(table: Table, column: str, case: str, positions: Sequence[int]) -> int | list[Problem]:
    dated = []
    problems = []
    for position in positions:
        text = str(table.cells[column].iloc[position])
        try:
            dated.append((parse_date(text), position))
        except ValueError:
            what = f"{text} is not a date" if text else "the date is empty, and the latest row is wanted"
            problems.append(Problem(what, table.place(position, column, case), DATE_MEND))
    if problems:
        return problems
    last = max(date for date, _ in dated)
    best = [position for date, position in dated if date == last]
    if len(best) > 1 and len({tuple(table.cells.iloc[position]) for position in best}) > 1:
        numbers = [str(table.rows[position]) for position in best]
        listed = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
        what = f"the case has {len(best)} latest rows on {last.isoformat()} (rows {listed}) that differ"
        return [Problem(what, table.place(best[0], column, case), "Keep one of them.")]
    return best[0]


def _collisions(cases: pd.DataFrame, table: Table, join: Join) -> list[Problem]:
    return [
        Problem(
            f'the column "{name}" is in the register already', Place(table.name, table.sheet), "Rename one of them."
        )
        for name in table.columns
        if name != join.on and name in cases.columns
    ]


def _notes(table: Table, join: Join, kept: int, rows: Mapping[str, list[int]]) -> tuple[str, ...]:
    held = sum(len(positions) for positions in rows.values())
    notes = [f"{table.name}: {held:,} rows count, for {len(rows):,} cases of the register."]
    several = sum(len(positions) > 1 for positions in rows.values())
    if several:
        notes.append(
            f"{table.name}: {several:,} cases have several such rows; the one with the latest {join.latest} is taken."
        )
    if kept > held:
        notes.append(
            f"{table.name}: {kept - held:,} rows are of cases that the register does not hold; they are left out."
        )
    return (*table.notes, *notes)
