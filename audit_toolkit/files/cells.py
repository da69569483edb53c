"""One value, as the text every reader and writer here gives it."""

from __future__ import annotations

import datetime
import math
import numbers
from decimal import Decimal
from fractions import Fraction

# Beyond 15 digits a spreadsheet or a float no longer holds every digit: such a number is never shown as digits.
EXACT_FLOAT: float = 1e15


def cell_text(value: object) -> str:
    """Give a value's exact text: text as it is, whole numbers as digits, dates as ISO, nothing as "".

    Raises
    ------
    TypeError for a value that is not text, a number, a truth value, a date, a time or nothing.
    """
    if value is None or isinstance(value, str):
        return str(value or "")
    if is_missing(value):
        return ""
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return _time_text(value)
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "TRUE" if value else "FALSE"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, (Fraction, Decimal)):
        return str(value)
    if isinstance(value, numbers.Real):
        return _float_text(float(value))
    raise TypeError(f"a {type(value).__name__} is not text, a number or a date")


def is_missing(value: object) -> bool:
    """Say whether a value is None, NaN, NaT or pandas' NA; text never is."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, numbers.Real, Decimal)) and value != value


def _float_text(value: float) -> str:
    if math.isfinite(value) and value == math.floor(value) and abs(value) < EXACT_FLOAT:
        return str(int(value))
    return repr(value)


def _time_text(value: datetime.date | datetime.time | datetime.timedelta) -> str:
    if isinstance(value, datetime.timedelta):
        return str(value)
    if isinstance(value, datetime.datetime) and value.tzinfo is None and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat()
