"""Reading a table of points in time, every problem at once."""

from __future__ import annotations

import datetime
import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit.cli.point_steps import step_notes
from audit_toolkit.errors import ChangeError, Place, Problem, raise_if
from audit_toolkit.files import DATE_MEND, Table, parse_date, read_table

MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
SLASHED = re.compile(r"(\d{2})/(\d{2})/\d{4}", re.ASCII)
LISTED = 3
MONTHS = 12
POINT_MEND = f"{DATE_MEND} Months as 2010-01."
NUMBER_MEND = "Write a number such as 62.5, or leave the row out."
PERCENTAGE = re.compile(r"%|\bpct\b|per ?cent|\brate\b|\bshare\b|proportion", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Points:
    """Points in order of time: their dates or months, numbers and, where asked for, of how many; what is odd."""

    dates: tuple[str, ...]
    values: tuple[float, ...]
    of: tuple[float, ...]
    notes: tuple[str, ...] = ()


def read_points(path: Path, *, date: str, value: str, of: str | None, sheet: str | None, header_row: int = 1) -> Points:
    """Read the points of a CSV or workbook; raise with every cell that is no date or number, and dates out of order."""
    wanted = [date, value, *([of] if of is not None else [])]
    table = read_table(path, sheet=sheet, header_row=header_row, required=wanted)
    problems: list[Problem] = []
    days = _dates(table, date, problems)
    values = _numbers(table, value, problems)
    sizes = [] if of is None else _numbers(table, of, problems)
    if of is not None:
        problems += _counts(table, value, of, values, sizes)
    raise_if(sorted(problems, key=Problem.order), ChangeError)
    notes = [*table.notes]
    if of is not None and PERCENTAGE.search(value):
        notes.append(f'The heading "{value}" sounds like a percentage; with --of it is read as a number of cases.')
    names = tuple(table.cells[date].tolist() if _monthly(table, date) else (each.isoformat() for each in days))
    return Points(names, tuple(values), tuple(sizes), (*notes, *step_notes(days, names)))


def _monthly(table: Table, column: str) -> bool:
    return all(MONTH.fullmatch(text) for text in table.cells[column].tolist())


def _dates(table: Table, column: str, problems: list[Problem]) -> list[datetime.date]:
    """Read dates, or months as their first days, leaving every problem behind."""
    cells = table.cells[column].tolist()
    monthly = _monthly(table, column)
    read = [_day(f"{text}-01" if monthly else text) for text in cells]
    found = [each for each in read if isinstance(each, datetime.date)]
    if not found and len(cells) > 1:
        what = f"none of the {len(cells)} cells is a date or a month: {', '.join(cells[:LISTED])} and so on"
        problems.append(Problem(what, table.heading_place(column), POINT_MEND))
        return []
    problems += [
        Problem(_no_date(text, monthly), table.place(position, column), POINT_MEND)
        for position, (text, each) in enumerate(zip(cells, read, strict=True))
        if each is None
    ]
    problems += _either_way(table, column, cells)
    problems += _out_of_order(table, column, [(at, day) for at, day in enumerate(read) if day is not None])
    return found


def _day(text: str) -> datetime.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _no_date(text: str, monthly: bool) -> str:
    if MONTH.fullmatch(text):
        return f"{text} is not a month" if monthly else f"{text} is a month where others are days"
    return f"{text} is not a date" if text else "the date is missing"


def _either_way(table: Table, column: str, cells: Sequence[str]) -> list[Problem]:
    """Refuse dates with slashes that are one day after another of one month, or else one day of many months."""
    parts = [SLASHED.fullmatch(text) for text in cells]
    days = [int(each[1]) for each in parts if each is not None]
    months = {each[2] for each in parts if each is not None}
    if len(days) < max(len(cells), 3) or len(months) > 1 or max(days) > MONTHS:
        return []
    month = f"{_day(cells[1]):%B %Y}"
    what = f"{cells[1]} is {days[1]} {month} here, and every row is of one month; or the months were written first"
    return [Problem(what, table.heading_place(column), "Write 2010-01-31, or months as 2010-01.")]


def _out_of_order(table: Table, column: str, dated: Sequence[tuple[int, datetime.date]]) -> list[Problem]:
    """Name the dates, each with its row's position, that do not come after all before them or stand twice."""
    days = [day for _, day in dated]
    if len(days) > 2 and all(later < earlier for earlier, later in itertools.pairwise(days)):
        return [Problem("the rows run backwards in time", table.heading_place(column), "Sort them by date.")]
    problems = []
    first = {day: position for position, day in reversed(dated)}
    for (_, before), (position, day) in itertools.pairwise(dated):
        place = table.place(position, column)
        if first[day] < position:
            what = f"{day.isoformat()} stands in row {table.rows[first[day]]} already"
            problems.append(Problem(what, place, "One row a date."))
        elif day < before:
            what = f"{day.isoformat()} does not come after {before.isoformat()}"
            problems.append(Problem(what, place, "Sort the rows by date, one row a date."))
    return problems


def _numbers(table: Table, column: str, problems: list[Problem]) -> list[float]:
    cells = table.cells[column].tolist()
    found = [_number(text) for text in cells]
    if len(cells) > 1 and all(cells) and all(map(math.isnan, found)):
        what = f"none of the {len(cells)} cells is a number: {'; '.join(cells[:LISTED])} and so on"
        problems.append(Problem(what, table.heading_place(column), _mend(cells[0])))
        return found
    problems += [
        Problem(f"{text} is not a number" if text else "the number is missing", table.place(at, column), _mend(text))
        for at, (text, number) in enumerate(zip(cells, found, strict=True))
        if math.isnan(number)
    ]
    return found


def _mend(text: str) -> str:
    if text.endswith("%"):
        return "Take off the % signs, in every row."
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return "Write a point for the decimal comma, and nothing between thousands."
    return NUMBER_MEND


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) and "_" not in text else math.nan


def _counts(table: Table, value: str, of: str, met: list[float], sizes: list[float]) -> list[Problem]:
    """Name what cannot be counts: more than there were, or parts of cases where the cases themselves are whole."""
    problems = []
    parts = [at for at, (good, size) in enumerate(zip(met, sizes, strict=True)) if good % 1 > 0 and size % 1 == 0]
    if parts:
        text = table.cells[value].iloc[parts[0]]
        what = f"{text} of {sizes[parts[0]]:g} is no number of cases"
        mend = f'"{value}" counts the cases that met it, of the cases in "{of}"; of a percentage leave out --of.'
        return [Problem(what, table.place(parts[0], value), mend)]
    for position, (good, size) in enumerate(zip(met, sizes, strict=True)):
        place: Place = table.place(position, value)
        if size <= 0:
            problems.append(Problem(f"of {size:g} cases there is no share", table.place(position, of), "Leave it out."))
        elif good < 0 or good > size:
            mend = f'"{value}" counts the cases that met it, of the cases in "{of}".'
            problems.append(Problem(f"{good:g} of {size:g} cannot be", place, mend))
    return problems
