"""Dated events of each case, such as visits and supervisions: one row an event."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError, did_you_mean, raise_if
from audit_toolkit.files import DATE_MEND, Table, parse_date, read_table, table_from_frame

NEEDED: Final = (terms.CASE_ID, terms.EVENT, terms.DATE)


def read_events(source: str | Path | pd.DataFrame | Table) -> pd.DataFrame:
    """Read the dated events of each case, such as its visits.

    Parameters
    ----------
    source : path, DataFrame or Table
        Columns case_id, event (such as visit), date, and perhaps entered_date: the day it was written up,
        empty while it is not. Dates are 2010-01-31 or 31/01/2010.

    Returns
    -------
    DataFrame
        case_id, event, date, entered_date; text throughout, dates as 2010-01-31. Without the column,
        entered_date is "".

    Raises
    ------
    RatingError
        Every wrong heading, missing name and wrong date, with its row.

    Checked against: tests/scoring/test_events.py.
    """
    table = _table(source)
    raise_if(_headings(table), RatingError)
    problems = _unnamed(table)
    dates, wrong = _dates(table, terms.DATE, needed=True)
    problems += wrong
    entered, wrong = [""] * len(dates), []
    if terms.ENTERED_DATE in table.columns:
        entered, wrong = _dates(table, terms.ENTERED_DATE, needed=False)
    problems += [*wrong, *_entered_before(table, dates, entered)]
    raise_if(problems, RatingError)
    events = table.cells.loc[:, [terms.CASE_ID, terms.EVENT]].copy()
    events[terms.DATE] = pd.Series(dates, index=events.index, dtype=object)
    events[terms.ENTERED_DATE] = pd.Series(entered, index=events.index, dtype=object)
    return events


def _table(source: str | Path | pd.DataFrame | Table) -> Table:
    """Give the events as text."""
    if isinstance(source, Table):
        return source
    if isinstance(source, pd.DataFrame):
        return table_from_frame(source, "events")
    return read_table(Path(source), required=NEEDED)


def _headings(table: Table) -> list[Problem]:
    """List the headings that are missing and those that do not belong."""
    missing = [name for name in NEEDED if name not in table.columns]
    extra = [name for name in table.columns if name not in terms.EVENT_COLUMNS]
    return [
        *(Problem(f"{each} is missing", table.heading_place(), f'Add a column headed "{each}".') for each in missing),
        *(
            Problem(
                f"{each} is not a column of events", table.heading_place(each), did_you_mean(each, terms.EVENT_COLUMNS)
            )
            for each in extra
        ),
    ]


def _unnamed(table: Table) -> list[Problem]:
    """Name the rows without a case or an event."""
    mends = {
        terms.CASE_ID: ("the case id is empty", "Write the case_id as in the register."),
        terms.EVENT: ("the event is empty", "Write what happened, such as visit."),
    }
    return [
        Problem(what, table.place(position, column), mend)
        for column, (what, mend) in mends.items()
        for position, cell in enumerate(table.cells[column])
        if cell == ""
    ]


def _dates(table: Table, column: str, *, needed: bool) -> tuple[list[str], list[Problem]]:
    """Give a column's dates as 2010-01-31; each text is read once, however often it stands."""
    read: dict[str, str | Problem] = {}
    values: list[str] = []
    problems: list[Problem] = []
    for position, (case, cell) in enumerate(zip(table.cells[terms.CASE_ID], table.cells[column], strict=True)):
        if cell not in read:
            read[cell] = _date(cell)
        found = read[cell]
        if isinstance(found, Problem) and (needed or cell):
            problems.append(Problem(found.what, table.place(position, column, case), found.mend))
        values.append(found if isinstance(found, str) else "")
    return values, problems


def _date(cell: str) -> str | Problem:
    """Give a date as 2010-01-31, or what is wrong with it."""
    if cell == "":
        return Problem("the date is empty", mend="Write the day it happened, or take the row out.")
    try:
        return parse_date(cell).isoformat()
    except ValueError as refused:
        return Problem(str(refused), mend=DATE_MEND)


def _entered_before(table: Table, dates: list[str], entered: list[str]) -> list[Problem]:
    """Name the events that were written up before they happened."""
    return [
        Problem(
            f"it was written up on {written}, before it happened on {day}",
            table.place(position, terms.ENTERED_DATE, table.cells[terms.CASE_ID].iloc[position]),
            "Correct one of the dates.",
        )
        for position, (day, written) in enumerate(zip(dates, entered, strict=True))
        if day and written and written < day
    ]
