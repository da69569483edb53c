"""Dates as files hold them: 2010-01-31 or 31/01/2010, and nothing else."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from typing import Final

# A day outside these years is a slip of the keyboard, not a case.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100

DATE_MEND: Final = "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits."

# Whose calendar a moment with an offset from UTC is moved to: the day it was where the case is.
LOCAL_ZONE: Final = "Europe/London"

_TIME = (
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}}){_TIME}", re.ASCII)
_BRITISH = re.compile(r"(?P<day>\d{2})/(?P<month>\d{2})/(?P<year>\d{4})", re.ASCII)


def parse_date(text: str) -> datetime.date:
    """Read a date written as 2010-01-31 or 31/01/2010; 03/02/2010 is 3 February.

    A time of day after an ISO date is allowed. Without an offset the date is the one written; with Z or an
    offset from UTC it is the day it was in London at that moment: 2025-06-30T23:30:00Z is 1 July 2025.

    Parameters
    ----------
    text : str
        The cell as the file holds it. Spaces around it are not removed.

    Returns
    -------
    date
        Between the years 1900 and 2100.

    Raises
    ------
    ValueError
        Its text says in plain words what is wrong; `DATE_MEND` says how to write it.

    Checked against: tests/scoring/test_dates.py.
    """
    found = _ISO.fullmatch(text) or _BRITISH.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is not a date")
    parts = found.groupdict()
    try:
        day = datetime.date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
        time = datetime.time(int(parts.get("hour") or 0), int(parts.get("minute") or 0), int(parts.get("second") or 0))
        zone = _offset(parts.get("offset"))
    except ValueError:
        raise ValueError(f"{text} is not a date") from None
    if zone is not None and FIRST_YEAR <= day.year <= LAST_YEAR:
        moment = datetime.datetime.combine(day, time, tzinfo=zone)
        day = moment.astimezone(zoneinfo.ZoneInfo(LOCAL_ZONE)).date()
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{text} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _offset(text: str | None) -> datetime.timezone | None:
    """Give the zone of an offset such as Z, +01:00 or -0530; ValueError where it is none."""
    if text is None:
        return None
    if text == "Z":
        return datetime.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    offset = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(-offset if text.startswith("-") else offset)
