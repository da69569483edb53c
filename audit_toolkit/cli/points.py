"""Reading a table of points in time, every problem at once."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit.errors import ChangeError, Place, Problem, raise_if
from audit_toolkit.files import DATE_MEND, Table, parse_date, read_table

NUMBER_MEND = "Write a number such as 62.5, or leave the row out."


@dataclass(frozen=True, slots=True)
class Points:
    """Points in order of time: their dates, numbers and, where asked for, of how many."""

    dates: tuple[str, ...]
    values: tuple[float, ...]
    of: tuple[float, ...]


def read_points(path: Path, *, date: str, value: str, of: str | None, sheet: str | None) -> Points:
    """Read the points of a CSV or workbook; raise with every cell that is no date or number, and dates out of order."""
    wanted = [date, value, *([of] if of is not None else [])]
    table = read_table(path, sheet=sheet, required=wanted)
    problems: list[Problem] = []
    days = _dates(table, date, problems)
    values = _numbers(table, value, problems)
    sizes = [] if of is None else _numbers(table, of, problems)
    if of is not None:
        problems += _counts(table, value, of, values, sizes)
    raise_if(sorted(problems, key=Problem.order), ChangeError)
    return Points(tuple(each.isoformat() for each in days if each is not None), tuple(values), tuple(sizes))


def _dates(table: Table, column: str, problems: list[Problem]) -> list[datetime.date | None]:
    found: list[datetime.date | None] = []
    before: datetime.date | None = None
    for position, text in enumerate(table.cells[column].tolist()):
        place = table.place(position, column)
        try:
            day = parse_date(text)
        except ValueError as refused:
            problems.append(Problem(str(refused) if text else "the date is missing", place, DATE_MEND))
            found.append(None)
            continue
        if before is not None and day <= before:
            what = f"{day.isoformat()} does not come after {before.isoformat()}"
            problems.append(Problem(what, place, "Sort the rows by date, one row a date."))
        before = day
        found.append(day)
    return found


def _numbers(table: Table, column: str, problems: list[Problem]) -> list[float]:
    found = []
    for position, text in enumerate(table.cells[column].tolist()):
        number = _number(text)
        if math.isnan(number):
            what = f"{text} is not a number" if text else "the number is missing"
            problems.append(Problem(what, table.place(position, column), NUMBER_MEND))
        found.append(number)
    return found


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) and "_" not in text else math.nan


def _counts(table: Table, value: str, of: str, met: list[float], sizes: list[float]) -> list[Problem]:
    problems = []
    for position, (good, size) in enumerate(zip(met, sizes, strict=True)):
        place: Place = table.place(position, value)
        if size <= 0:
            problems.append(Problem(f"of {size:g} cases there is no share", table.place(position, of), "Leave it out."))
        elif good < 0 or good > size:
            mend = f'"{value}" counts the cases that met it, of the cases in "{of}".'
            problems.append(Problem(f"{good:g} of {size:g} cannot be", place, mend))
    return problems
