"""Who rates: the auditors, the team whose cases they may not rate, and the hours they give."""

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


@dataclass(frozen=True, slots=True)
class Auditor:
    """A person who rates: a name, the team whose cases they may not rate, and the hours they give."""

    name: str
    team: str
    hours: Fraction


def read_auditors(source: str | Path | pd.DataFrame | Sequence[Auditor]) -> tuple[Auditor, ...]:
    """Read the auditors: columns auditor, team (may be empty) and hours.

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
    teams = [str(each) for each in table.cells[TEAM]] if TEAM in table.columns else [""] * len(names)
    return tuple(Auditor(name, team, given) for name, team, given in zip(names, teams, hours, strict=True))


def _heading_problems(table: Table) -> list[Problem]:
    """Refuse a table without auditors, and a heading so near to team or hours that it must mean it."""
    others = [name for name in table.columns if name not in (AUDITOR, TEAM, HOURS)]
    missing = [name for name in (AUDITOR, TEAM, HOURS) if name not in table.columns]
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
