"""Actions that auditors ask for: they travel out as a list. Chasing them is the work of another tool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audit_toolkit import terms
from audit_toolkit.errors import Problem
from audit_toolkit.files import FlawedTable, Table, parse_date, read_table
from audit_toolkit.scoring.likeness import Likeness
from audit_toolkit.scoring.sent_sheets import ACTION, DONE, DUE, OWNER

if TYPE_CHECKING:
    import pandas as pd

ACTION_COLUMNS: Final = (terms.CASE_ID, ACTION, OWNER, DUE, DONE, terms.AUDITOR)
WRITTEN: Final = (ACTION, OWNER, DUE, DONE)

# (case, auditor, action) -> the whole row
Actions = dict[tuple[str, str, str], tuple[str, ...]]


def read_actions(parts: Iterable[FlawedTable], issued: Iterable[str]) -> tuple[Actions, list[Problem], list[str]]:
    """Read the actions auditors asked for; name those of no issued case, and note dates that are none.

    A date is given as 2010-01-31; what is no date, such as "at once", is kept as it was written.
    """
    found: Actions = {}
    problems: list[Problem] = []
    notes: list[str] = []
    likeness = Likeness(issued)
    for part in parts:
        problems += part.problems
        if part.table is None or any(flaw.position is None and flaw.heading is None for flaw in part.flaws):
            continue
        missing = [name for name in (terms.CASE_ID, ACTION) if name not in part.table.columns]
        if missing:
            problems += _missing(part.table, missing)
            continue
        for position in range(len(part.table.rows)):
            row, unfit = _row(part.table, position, likeness)
            problems += unfit
            if row is not None:
                notes += _dates(part.table, position, row)
                found[row[0], row[5], row[1]] = _plain(row)
    return found, problems, notes


def _missing(table: Table, names: Sequence[str]) -> list[Problem]:
    return [Problem(f"{each} is missing", table.heading_place(), f'Add a column headed "{each}".') for each in names]


def _row(table: Table, position: int, likeness: Likeness) -> tuple[tuple[str, ...] | None, list[Problem]]:
    """Give one row's action, nothing where none was written, or what is wrong with it."""
    cells = {name: str(table.cells[name].iloc[position]) for name in ACTION_COLUMNS if name in table.columns}
    row = tuple(cells.get(name, "").strip() if name != terms.CASE_ID else cells[name] for name in ACTION_COLUMNS)
    if not any(cells.get(name, "").strip() for name in WRITTEN):
        return None, []
    case = row[0]
    if not case:
        what = "the action belongs to no case"
        return None, [Problem(what, table.place(position, terms.CASE_ID), "Choose the case it belongs to.")]
    if not likeness.knows(case):
        where = table.place(position, terms.CASE_ID, case)
        return None, [Problem(f"{case} is not a case of this sample", where, likeness.mend(case))]
    if not row[1]:
        what = "an owner or a date without an action"
        return None, [Problem(what, table.place(position, ACTION, case), "Write what is to be done.")]
    return row, []


def _dates(table: Table, position: int, row: Sequence[str]) -> list[str]:
    said = [(name, row[ACTION_COLUMNS.index(name)]) for name in (DUE, DONE)]
    return [
        f'{table.place(position, name, row[0])}: "{text}" is not a date; it is kept as written.'
        for name, text in said
        if text and _date(text) is None
    ]


def _date(text: str) -> str | None:
    try:
        return parse_date(text).isoformat()
    except ValueError:
        return None


def _plain(row: Sequence[str]) -> tuple[str, ...]:
    """Write the dates of an action as 2010-01-31, where they are dates."""
    dated = {ACTION_COLUMNS.index(name) for name in (DUE, DONE)}
    return tuple((_date(text) or text) if index in dated else text for index, text in enumerate(row))


def actions_before(folder: Path) -> Actions:
    """Read the actions that were collected before."""
    path = folder / terms.ACTIONS_FILE
    if not path.exists():
        return {}
    cells = read_table(path, required=ACTION_COLUMNS).cells
    rows = cells[list(ACTION_COLUMNS)].itertuples(index=False, name=None)
    return {(row[0], row[5], row[1]): tuple(row) for row in rows}


def actions_table(actions: Actions, cases: Iterable[str]) -> pd.DataFrame:
    """Give the actions as actions.csv holds them: by case in the order of the sample, then auditor and action."""
    import pandas as pd

    order = {case: number for number, case in enumerate(cases)}
    rows = sorted(actions.values(), key=lambda row: (order.get(row[0], len(order)), row[5], row[1]))
    return pd.DataFrame(rows, columns=list(ACTION_COLUMNS), dtype=object)
