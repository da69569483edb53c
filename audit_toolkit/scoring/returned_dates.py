"""The dates that auditors wrote, put beside those that the register knew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from audit_toolkit import terms
from audit_toolkit.errors import Problem, did_you_mean
from audit_toolkit.files import FlawedTable, Table, parse_date
from audit_toolkit.scoring.asked import facts_needed
from audit_toolkit.scoring.facts import right_facts
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.row_key import ROW_KEY

if TYPE_CHECKING:
    import pandas as pd

# (case, fact) -> value
Facts = dict[tuple[str, str], str]
# Columns whose cell, where it is spoiled, leaves nothing of its row.
DATE_CELLS: Final = (None, *terms.FACT_COLUMNS, ROW_KEY)


def read_dates(
    parts: Sequence[FlawedTable], frameworks: Sequence[Framework], issued: Iterable[str]
) -> tuple[Facts, list[Problem]]:
    """Read the dates auditors wrote that can stand; name what was not asked for, and what two say differently."""
    needed, cases = facts_needed(frameworks), set(issued)
    values: Facts = {}
    stood: dict[tuple[str, str], str] = {}
    disputed: set[tuple[str, str]] = set()
    problems: list[Problem] = []
    for part in parts:
        rows, found = _sound_rows(part)
        problems += found
        for table, position, (case, fact, value) in rows:
            key, where = (case, fact), table.place(position, terms.VALUE, case)
            if case not in cases:
                problems.append(Problem("the case was not issued", where, "Take the row out, or put its id right."))
                continue
            if fact not in needed:
                problems.append(Problem(f"{fact} is not a date asked for", where, did_you_mean(fact, needed)))
                continue
            if value and value != values.setdefault(key, value):
                what = f"{fact} is {value} here and {values[key]} in {stood[key]}"
                problems.append(Problem(what, where, "Look in the file and put one of the two right."))
                disputed.add(key)
            if value:
                stood.setdefault(key, f"{table.name}, row {table.rows[position]}")
    return {key: value for key, value in values.items() if key not in disputed}, problems


def _sound_rows(part: FlawedTable) -> tuple[list[tuple[Table, int, tuple[str, str, str]]], list[Problem]]:
    """Give the rows of a table of dates that nothing spoils, and what is wrong with the others."""
    problems = list(part.problems)
    table = part.table
    if table is None:
        return [], problems
    facts, wrong, found = right_facts(table)
    problems += found
    spoiled = {flaw.position for flaw in part.flaws if flaw.heading in DATE_CELLS}
    if None in spoiled:
        return [], problems
    rows = facts[list(terms.FACT_COLUMNS)].itertuples(index=False, name=None)
    kept = [
        (table, position, (case, fact, value))
        for position, (case, fact, value) in enumerate(rows)
        if position not in wrong and position not in spoiled
    ]
    return kept, problems


def merged_dates(known: pd.DataFrame | None, before: pd.DataFrame | None, returned: Facts) -> tuple[pd.DataFrame, int]:
    """Put the dates auditors wrote before those of the register; count the ones that differ."""
    import pandas as pd

    register = _facts(known)
    written = {**_facts(before), **returned}
    changed = sum(key in register and not _same(register[key], value) for key, value in written.items())
    rows = [(case, fact, value) for (case, fact), value in sorted({**register, **written}.items())]
    return pd.DataFrame(rows, columns=list(terms.FACT_COLUMNS), dtype=object), changed


def _facts(frame: pd.DataFrame | None) -> Facts:
    if frame is None:
        return {}
    rows = frame[list(terms.FACT_COLUMNS)].itertuples(index=False, name=None)
    return {(case, fact): value for case, fact, value in rows if value}


def _same(one: str, other: str) -> bool:
    if one == other or terms.NA_RATING in (one, other):
        return one == other
    return parse_date(one) == parse_date(other)
