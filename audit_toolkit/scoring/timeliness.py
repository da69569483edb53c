"""Was a step done in time: met, not met, pending, or a date that is missing."""

from __future__ import annotations

import calendar
import datetime

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError
from audit_toolkit.files import DATE_MEND, parse_date
from audit_toolkit.scoring.timescales import DAYS, MONTHS, WEEKS, TimescaleRow, Timescales, load_timescales
from audit_toolkit.scoring.working_days import BEFORE, add_working_days


def due_date(start: datetime.date, limit: TimescaleRow, *, weekend_start: str = BEFORE) -> datetime.date:
    """Give the last day on which a step is in time.

    The day it starts is day 0. Months are calendar months, held to the end of a shorter month: one month
    after 31 January is 28 or 29 February.
    """
    if limit.unit == MONTHS:
        return add_months(start, limit.days)
    if limit.unit in (DAYS, WEEKS):
        return start + datetime.timedelta(days=limit.days * (7 if limit.unit == WEEKS else 1))
    return add_working_days(start, limit.days, weekend_start=weekend_start)


def add_months(start: datetime.date, months: int) -> datetime.date:
    """Give the same day so many calendar months later, held to the end of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def timeliness_state(
    start: datetime.date | str,
    end: datetime.date | str,
    limit: str,
    as_of: datetime.date | None = None,
    *,
    timescales: Timescales | None = None,
    weekend_start: str | None = None,
) -> str:
    """Say whether one step was done inside the limit in force when it started.

    Parameters
    ----------
    start, end : date or str
        Text is a date or "" where the date is missing. A start of "N/A" says that the step does not apply; its
        end is then "N/A" or "".
    limit : str
        A limit of the timescales; its row is chosen by the start date.
    as_of : date, optional
        The day the files were read. A limit that runs out after it is pending, whether or not the step is
        done: counting only the early finishers would flatter the share in time. Without it a step with an
        end is judged, and one without is pending.
    timescales : Timescales, optional
        The shipped ones by default.
    weekend_start : {"before", "after"}, optional
        As in `add_working_days`; what the timescales say by default.

    Returns
    -------
    str
        "met", "not met", "pending", "missing date" or "N/A".

    Raises
    ------
    RatingError
        A text that is not a date, an end before its start, a start on which no row of the limit held, or N/A
        at one side of a step and a date at the other.

    Source: own rule, met or not met only where the limit has passed: dropping the late, unfinished cases while
    counting the early finishers reads .84 for a true .76 in simulation.
    Checked against: tests/scoring/test_timeliness.py.
    """
    if start == terms.NA_RATING:
        return _not_applicable(end)
    started = date_or_none(start)
    ended = None if end == terms.NA_RATING else date_or_none(end)
    if started is None:
        return terms.MISSING_DATE
    if end == terms.NA_RATING:
        what = f"the step began on {started} and cannot be N/A at its end"
        mend = "Write the date it ended, nothing if it has not, or N/A at its start too if it did not apply."
        raise RatingError(Problem(what, mend=mend))
    if ended is not None and ended < started:
        raise RatingError(Problem(f"the end {ended} is before the start {started}", mend="Correct one of the dates."))
    limits = timescales or load_timescales()
    due = due_date(started, limits.limit_for(limit, started), weekend_start=weekend_start or limits.weekend_start)
    return state_on(due, ended, as_of)


def _not_applicable(end: datetime.date | str) -> str:
    """Give N/A for a step that did not apply, which cannot have ended on a day."""
    ended = None if end == terms.NA_RATING else date_or_none(end)
    if ended is not None:
        what = f"the step is N/A at its start and yet ended on {ended}"
        raise RatingError(Problem(what, mend="Write the date it began, or N/A at its end too."))
    return terms.NA_RATING


def state_on(due: datetime.date, ended: datetime.date | None, as_of: datetime.date | None) -> str:
    """Judge an end against the day it was due, as seen on a day."""
    if as_of is None and ended is None:
        return terms.PENDING
    if as_of is not None and due > as_of:
        return terms.PENDING
    late = ended is None or ended > due or (as_of is not None and ended > as_of)
    return terms.NOT_MET if late else terms.MET


def date_or_none(value: datetime.date | str) -> datetime.date | None:
    """Give the date a fact holds, None where it is blank."""
    if not isinstance(value, str):
        return value
    if value == terms.MISSING:
        return None
    try:
        return parse_date(value)
    except ValueError as refused:
        raise RatingError(Problem(str(refused), mend=DATE_MEND)) from None
