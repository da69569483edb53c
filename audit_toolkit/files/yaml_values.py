"""One YAML scalar, as the plain Python value it stands for: exact numbers, no surprises."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from audit_toolkit.files.limits import NUMBER_DIGITS

TAG = "tag:yaml.org,2002:"
Scalar = str | int | bool | Decimal | datetime.date | None


def scalar_value(tag: str, text: str) -> Scalar:
    """Give the value of a scalar by its YAML 1.2 tag: text, int, exact Decimal, bool, date or None.

    Raises
    ------
    ValueError, in words for a person, where the text is no such value or no value that is safe to use.
    """
    kind = tag.removeprefix(TAG)
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return _whole(text)
    if kind == "float":
        return _decimal(text)
    if kind == "timestamp":
        return _date(text)
    raise ValueError(f"the tag {tag.replace(TAG, '!!')} is not read")


def _whole(text: str) -> int:
    digits = text.replace("_", "").lower()
    if len(digits) > NUMBER_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits is not read")
    sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits.removeprefix("+"))
    for start, base in (("0x", 16), ("0o", 8), ("0b", 2)):
        if digits.startswith(start):
            return sign * int(digits[2:], base)
    return sign * int(digits)


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"[-+]?[0-9_]*\.?[0-9_]*([eE][-+]?[0-9]+)?", text):
        raise ValueError(f"{text} is not a number that can be used")
    digits = text.replace("_", "")
    mantissa, _, exponent = digits.lower().partition("e")
    if len(mantissa) > NUMBER_DIGITS or len(exponent) > 3 or abs(int(exponent or 0)) > NUMBER_DIGITS:
        raise ValueError(f"a number as long or as large as {text[:40]} is not read")
    return Decimal(digits)


def _date(text: str) -> datetime.date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.date.fromisoformat(text)
        return datetime.datetime.fromisoformat(text)
    except ValueError as refused:
        raise ValueError(f"{text} is not a date: write 2010-01-31, or put it in quotation marks") from refused
