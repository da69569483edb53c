"""Further files that add columns to a register, one row a case: episodes to a header, referrals to assessments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place, Problem
from audit_toolkit.files import DATE_MEND, Table, parse_date, read_table, table_from_frame
from audit_toolkit.register.eligibility import Rule
from audit_toolkit.terms import CASE_ID

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Join:
    """One further file: which column holds the case id, which rows count, and which of several rows is taken.

    `latest` names a date column: of a case's several rows the one with the latest date is taken. Without it
    a case with several rows is refused.
    """

    source: Path | pd.DataFrame
    on: str
    where: tuple[Rule, ...] = ()
    latest: str | None = None
    sheet: str | None = None


def apply_join(cases: pd.DataFrame, join: Join) -> tuple[pd.DataFrame, Table, list[str], list[Problem]]:
    """Add a file's columns to the cases it has a row for; the others get empty cells."""
    wanted = [join.on, *[rule.column for rule in join.where], *([join.latest] if join.latest else [])]
    table = (
        read_table(join.source, sheet=join.sheet, required=list(dict.fromkeys(wanted)))
        if isinstance(join.source, Path)
        else table_from_frame(join.source, "DataFrame")
    )
    known = set(cases[CASE_ID])
    kept, problems = _kept(table, join)
    unknown = [position for position in kept if table.cells[join.on].iloc[position] not in known]
    rows = defaultdict(list)
    for position in kept:
        rows[str(table.cells[join.on].iloc[position])].append(position)
    chosen, refused = _choose(table, join, rows)
    problems += refused + _collisions(cases, table, join)
    if problems:
        return cases, table, [], problems
    added = table.cells.drop(columns=join.on)
    picked = [chosen.get(str(case)) for case in cases[CASE_ID]]
    joined = cases.copy()
    for name in added.columns:
        values = added[name].tolist()
        joined[name] = [values[position] if position is not None else "" for position in picked]
        joined[name] = joined[name].astype(object)
    return joined, table, _notes(table, join, kept, rows, unknown), []


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


def _choose(table: Table, join: Join, rows: dict[str, list[int]]) -> tuple[dict[str, int], list[Problem]]:
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
        listed = " and ".join(str(table.rows[position]) for position in best)
        what = f"case {case} has two latest rows on {last.isoformat()} (rows {listed}) that differ"
        return [Problem(what, Place(table.name, table.sheet, table.rows[best[0]]), "Keep one of them.")]
    return best[0]


def _collisions(cases: pd.DataFrame, table: Table, join: Join) -> list[Problem]:
    return [
        Problem(
            f'the column "{name}" is in the register already', Place(table.name, table.sheet), "Rename one of them."
        )
        for name in table.columns
        if name != join.on and name in cases.columns
    ]


def _notes(
    table: Table, join: Join, kept: Sequence[int], rows: dict[str, list[int]], unknown: Sequence[int]
) -> list[str]:
    notes = [f"{table.name}: {len(kept):,} rows count, for {len(rows):,} cases."]
    several = sum(len(positions) > 1 for positions in rows.values())
    if several:
        notes.append(
            f"{table.name}: {several:,} cases have several such rows; the one with the latest {join.latest} is taken."
        )
    if unknown:
        notes.append(
            f"{table.name}: {len(unknown):,} rows are of cases that the register does not hold; they are left out."
        )
    return [*table.notes, *notes]
