"""Who rates: the auditors, the hours they give, whose cases they may not rate and what they are cleared for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem, did_you_mean, nearest, raise_if
from audit_toolkit.files import Table, read_table, table_from_frame
from audit_toolkit.terms import AUDITOR

if TYPE_CHECKING:
    import pandas as pd

TEAM = "team"
HOURS = "hours"
CANNOT_AUDIT = "cannot_audit"
CLEARED_FOR = "cleared_for"
AUDITOR_COLUMNS = (AUDITOR, TEAM, HOURS, CANNOT_AUDIT, CLEARED_FOR)
BETWEEN = ";"


@dataclass(frozen=True, slots=True)
class Auditor:
    """A person who rates: a name, the team whose cases they may not rate, and the hours they give.

    `cannot_audit` holds further teams, workers, managers or cases that are kept from them; `cleared_for` the
    restrictions they may read in spite of.
    """

    name: str
    team: str
    hours: Fraction
    cannot_audit: tuple[str, ...] = ()
    cleared_for: tuple[str, ...] = ()


def parts(text: str) -> tuple[str, ...]:
    """Give the values of a cell that holds several, separated by semicolons."""
    return tuple(dict.fromkeys(each.strip() for each in text.split(BETWEEN) if each.strip()))


def read_auditors(source: str | Path | pd.DataFrame | Sequence[Auditor]) -> tuple[Auditor, ...]:
    """Read the auditors: columns auditor, team (may be empty), hours, cannot_audit and cleared_for.

    Parameters
    ----------
    source : a path, a DataFrame, or Auditors. All columns but auditor may be absent. In cannot_audit and
        cleared_for several values are separated by semicolons.

    Raises
    ------
    FileError, or DesignError naming every empty or doubled name and every unfit number of hours.
    """
    if not isinstance(source, (str, Path)) and not hasattr(source, "columns"):
        return _checked(tuple(source))
    table = read_table(Path(source)) if isinstance(source, (str, Path)) else table_from_frame(source, "auditors")
    raise_if(_heading_problems(table), DesignError)
    names = [str(each) for each in table.cells[AUDITOR]]
    problems: list[Problem] = []
    for position, name in enumerate(names):
        if not name.strip() or name in names[:position]:
            what = f'the auditor "{name}" stands twice' if name.strip() else "the auditor has no name"
            problems.append(Problem(what, table.place(position, AUDITOR), "Give each auditor one row and a name."))
    hours = [_hours(table, position, problems) for position in range(len(names))]
    raise_if(problems, DesignError)
    teams, cannot, cleared = (_texts(table, name) for name in (TEAM, CANNOT_AUDIT, CLEARED_FOR))
    return tuple(
        Auditor(name, teams[row], hours[row], parts(cannot[row]), parts(cleared[row])) for row, name in enumerate(names)
    )


def _texts(table: Table, name: str) -> list[str]:
    return [str(each) for each in table.cells[name]] if name in table.columns else [""] * len(table.cells)


def _heading_problems(table: Table) -> list[Problem]:
    """Refuse a table without auditors, and a heading so near to a known one that it must mean it."""
    others = [name for name in table.columns if name not in AUDITOR_COLUMNS]
    missing = [name for name in AUDITOR_COLUMNS if name not in table.columns]
    return [
        Problem(f'there is no column "{name}"', table.heading_place(), did_you_mean(name, others or table.columns))
        for name in missing
        if name == AUDITOR or nearest(name, others) is not None
    ]


def _checked(people: tuple[Auditor, ...]) -> tuple[Auditor, ...]:
    counts = Counter(person.name for person in people)
    wrong = [
        Problem(f'the auditor "{person.name}" stands twice, has no name or no hours', "auditors", "Mend the list.")
        for person in people
        if counts[person.name] > 1 or not person.name.strip() or person.hours <= 0
    ]
    raise_if(wrong, DesignError)
    return people


def _hours(table: Table, position: int, problems: list[Problem]) -> Fraction:
    text = str(table.cells[HOURS].iloc[position]) if HOURS in table.columns else "1"
    try:
        hours = Fraction(text)
    except (ValueError, ZeroDivisionError):
        hours = Fraction(0)
    if hours <= 0:
        what = f'"{text}" is not a number of hours above 0'
        problems.append(Problem(what, table.place(position, HOURS), "Give the hours, or take the auditor out."))
    return hours
