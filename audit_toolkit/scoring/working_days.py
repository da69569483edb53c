"""Working days in England: Monday to Friday, less the bank holidays of the year in question."""

from __future__ import annotations

import datetime
import functools
from typing import Final, Literal

import numpy as np

from audit_toolkit.errors import Problem, RatingError, did_you_mean
from audit_toolkit.files import DATE_MEND, parse_date

# The May bank holiday of today dates from 1978; the calendar of later years is today's law carried forward.
FIRST_YEAR: Final = 1978
LAST_YEAR: Final = 2099
# Ten years: no limit is longer, and a larger figure is a slip of the keyboard.
MOST_DAYS: Final = 2600
# Which working day a step that starts on a weekend or bank holiday is counted from, in numpy's words.
BEFORE: Final = "before"
AFTER: Final = "after"
WEEKEND_STARTS: Final[dict[str, Literal["backward", "forward"]]] = {BEFORE: "backward", AFTER: "forward"}


def add_working_days(start: datetime.date | str, days: int, *, weekend_start: str = BEFORE) -> datetime.date:
    """Give the date so many working days after a start, in England.

    The day of the event is day 0, so one working day after a Monday is the Tuesday.

    Parameters
    ----------
    start : date or str
        Text is read as 2010-01-31 or 31/01/2010. Years 1978 to 2099.
    days : int
        Working days to count, 0 to 2600.
    weekend_start : {"before", "after"}
        A start on a weekend or bank holiday is counted from the working day before it (Saturday + 1 is
        Monday, the default) or from the one after it (Saturday + 1 is Tuesday).

    Returns
    -------
    date
        A working day.

    Raises
    ------
    RatingError
        The start is not a date or lies outside the years, or `days` is not such a number.

    Source: bank holidays of England from the `holidays` package; counting by numpy.busday_offset.
    Checked against: the twelve vectors in tests/scoring/test_working_days.py.
    """
    day = as_date(start)
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MOST_DAYS:
        raise RatingError(
            Problem(f"{days} is not a number of working days", mend=f"Use a whole number from 0 to {MOST_DAYS}.")
        )
    years = days // 200 + 1
    calendar = _calendar(max(day.year - 1, FIRST_YEAR), min(day.year + years, LAST_YEAR))
    due = np.busday_offset(day, days, roll=_roll(weekend_start), busdaycal=calendar)
    return _known(datetime.date.fromisoformat(str(due)))


def working_days_between(start: datetime.date | str, end: datetime.date | str, *, weekend_start: str = BEFORE) -> int:
    """Count the working days from a start (day 0) to an end, in England.

    It is the largest number that `add_working_days` can add to the start without passing the end, and 0 where
    even the start is counted from a later day.

    Raises
    ------
    RatingError
        One of them is not a date or lies outside the years 1978 to 2099, or the end is before the start.
    """
    first, last = as_date(start), as_date(end)
    if last < first:
        raise RatingError(Problem(f"the end {last} is before the start {first}", mend="Give the earlier date first."))
    calendar = _calendar(max(first.year - 1, FIRST_YEAR), min(last.year + 1, LAST_YEAR))
    counted_from = np.busday_offset(first, 0, roll=_roll(weekend_start), busdaycal=calendar)
    one = np.timedelta64(1, "D")
    return max(0, int(np.busday_count(counted_from + one, np.datetime64(last) + one, busdaycal=calendar)))


def as_date(value: datetime.date | str) -> datetime.date:
    """Give a date of the years supported from a date or its text."""
    if isinstance(value, str):
        try:
            value = parse_date(value)
        except ValueError as refused:
            raise RatingError(Problem(str(refused), mend=DATE_MEND)) from None
    if isinstance(value, datetime.datetime):
        value = value.date()
    return _known(value)


def _known(day: datetime.date) -> datetime.date:
    """Give the date back, or refuse one whose bank holidays are not known."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    what = f"{day} is outside the years {FIRST_YEAR} to {LAST_YEAR}, for which England's bank holidays are known"
    raise RatingError(Problem(what, mend="Check the year."))


def _roll(weekend_start: str) -> Literal["backward", "forward"]:
    """Give numpy's word for where a weekend start is counted from."""
    if weekend_start not in WEEKEND_STARTS:
        mend = did_you_mean(weekend_start, WEEKEND_STARTS)
        raise RatingError(Problem(f"weekend_start {weekend_start} is not known", mend=mend))
    return WEEKEND_STARTS[weekend_start]


@functools.lru_cache(maxsize=256)
def _calendar(first_year: int, last_year: int) -> np.busdaycalendar:
    """Give England's working days for a range of years."""
    import holidays

    days = holidays.country_holidays("GB", subdiv="ENG", years=range(first_year, last_year + 1))
    return np.busdaycalendar(holidays=np.array(sorted(days), dtype="datetime64[D]"))
