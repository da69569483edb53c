"""Dates are 2010-01-31 or 31/01/2010, and nothing else."""

from __future__ import annotations

import datetime
import re

import pytest

from audit_toolkit.files import DATE_MEND, parse_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2010-02-03", (2010, 2, 3)),
        ("03/02/2010", (2010, 2, 3)),
        ("13/02/2010", (2010, 2, 13)),
        ("29/02/2012", (2012, 2, 29)),
        ("2025-06-30 23:59", (2025, 6, 30)),
        ("2025-06-30T23:59:59.123456789", (2025, 6, 30)),
        ("1900-01-01", (1900, 1, 1)),
        ("31/12/2100", (2100, 12, 31)),
    ],
)
def test_a_date_is_read_as_written(text: str, expected: tuple[int, int, int]) -> None:
    assert parse_date(text) == datetime.date(*expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-07-01T00:00:00+01:00", (2025, 7, 1)),
        ("2025-06-30T23:30:00Z", (2025, 7, 1)),
        ("2025-06-30T22:59:59Z", (2025, 6, 30)),
        ("2025-01-01T00:00Z", (2025, 1, 1)),
        ("2024-12-31T23:30:00-05:30", (2025, 1, 1)),
        ("2025-07-01 04:59:00+0500", (2025, 7, 1)),
        ("2025-07-01 04:59:00+0600", (2025, 6, 30)),
        ("1970-01-31T23:30:00Z", (1970, 2, 1)),
        ("2010-03-28T00:59:00Z", (2010, 3, 28)),
    ],
)
def test_a_moment_with_an_offset_is_the_day_it_was_in_london(text: str, expected: tuple[int, int, int]) -> None:
    # 1970: London kept summer time all winter, from 1968 to 1971.
    assert parse_date(text) == datetime.date(*expected)


NOT_DATES = [
    *("13/14/2010", "29/02/2010", "3/2/2010", "2010-1-31", "20100131", "40210", "", " 2010-01-31", "31.01.2010"),
    *("31 Jan 2010", "01/31/10", "2010-01-31T25:00", "N/A", "２010-01-31", "31-01-2010"),
    *("2010-01-31T10:00+15:00", "2010-01-31T10:00+01:60", "2010-01-31+01:00", "2010-01-31T10:00 Z"),
]


@pytest.mark.parametrize("text", NOT_DATES)
def test_anything_else_is_not_a_date(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)} is not a date$"):
        parse_date(text)


def test_a_year_far_away_is_a_slip() -> None:
    with pytest.raises(ValueError, match=r"^1899-12-31 is outside the years 1900 to 2100$"):
        parse_date("1899-12-31")
    with pytest.raises(ValueError, match=r"^0001-01-01T00:00\+14:00 is outside the years 1900 to 2100$"):
        parse_date("0001-01-01T00:00+14:00")
    with pytest.raises(ValueError, match=r"^2101-01-01T00:30\+01:00 is outside the years 1900 to 2100$"):
        parse_date("2101-01-01T00:30+01:00")
    with pytest.raises(ValueError, match=r"^01/01/2101 is outside the years 1900 to 2100$"):
        parse_date("01/01/2101")


def test_the_remedy_shows_both_forms() -> None:
    assert DATE_MEND == "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits."
