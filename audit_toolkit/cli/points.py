"""Reading a table of points in time, every problem at once."""

from __future__ import annotations

import datetime
import itertools
import math
import re
import statistics
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit.errors import ChangeError, Place, Problem, raise_if
from audit_toolkit.files import DATE_MEND, Table, parse_date, read_table

MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
# A step so many times the usual one is a gap; a month of 31 days after one of 28 is none.
LONG_STEP = 1.5
LISTED = 3
NUMBER_MEND = "Write a number such as 62.5, or leave the row out."


@dataclass(frozen=True, slots=True)
class Points:
    """Points in order of time: their dates or months, numbers and, where asked for, of how many; what is odd."""

    dates: tuple[str, ...]
    values: tuple[float, ...]
    of: tuple[float, ...]
    notes: tuple[str, ...] = ()


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
    known = [each for each in days if each is not None]
    monthly = all(MONTH.fullmatch(text) for text in table.cells[date].tolist())
    names = tuple(each.isoformat()[: len("2010-01")] if monthly else each.isoformat() for each in known)
    return Points(names, tuple(values), tuple(sizes), tuple(_gaps(known, names)))


def _gaps(days: list[datetime.date], names: tuple[str, ...]) -> list[str]:
    """Name the steps that are much longer than most: a month without a row is not a month like the others."""
    steps = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
    usual = statistics.median(steps) if steps else 0
    wide = [f"{names[at]} to {names[at + 1]}" for at, step in enumerate(steps) if step > LONG_STEP * usual]
    if not wide:
        return []
    more = f" and {len(wide) - LISTED} more" if len(wide) > LISTED else ""
    return [
        f"Rows seem to be missing: {', '.join(wide[:LISTED])}{more}, where most steps are {usual:g} days. "
        "The limits and rules take the points that are there as following one another."
    ]


def _day(text: str) -> datetime.date:
    """Read a date, or a month such as 2010-01 as its first day."""
    return parse_date(f"{text}-01" if MONTH.fullmatch(text) else text)


def _no_dates(table: Table, column: str) -> Problem | None:
    """Say once what a column holds that has no date at all."""
    cells = [each for each in table.cells[column].tolist() if each]
    for text in cells:
        try:
            _day(text)
        except ValueError:
            continue
        return None
    if len(cells) < 2:
        return None
    what = f"none of the {len(cells)} cells is a date or a month: {', '.join(cells[:LISTED])} and so on"
    return Problem(what, table.heading_place(column), f"{DATE_MEND} Months as 2010-01.")


def _dates(table: Table, column: str, problems: list[Problem]) -> list[datetime.date | None]:
    none = _no_dates(table, column)
    if none is not None:
        problems.append(none)
        return []
    found: list[datetime.date | None] = []
    before: datetime.date | None = None
    for position, text in enumerate(table.cells[column].tolist()):
        place = table.place(position, column)
        try:
            day = _day(text)
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
