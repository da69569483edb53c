"""Dates as files hold them: 2010-01-31 or 31/01/2010, and nothing else."""

from __future__ import annotations

import datetime
import re
from typing import Final

# A day outside these years is a slip of the keyboard, not a case.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100

DATE_MEND: Final = "Write dates as 2010-01-31 or 31/01/2010."

_TIME = r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}}){_TIME}", re.ASCII)
_BRITISH = re.compile(r"(?P<day>\d{2})/(?P<month>\d{2})/(?P<year>\d{4})", re.ASCII)


def parse_date(text: str) -> datetime.date:
    """Read a date written as 2010-01-31 or 31/01/2010; 03/02/2010 is 3 February.

    A time of day after an ISO date, with or without an offset from UTC, is allowed and not used:
    the date is the one written, never moved to another time zone.

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
        datetime.time(int(parts.get("hour") or 0), int(parts.get("minute") or 0), int(parts.get("second") or 0))
    except ValueError:
        raise ValueError(f"{text} is not a date") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{text} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day
