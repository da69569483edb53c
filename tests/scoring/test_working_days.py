"""Working days in England, against the twelve vectors of the project's domain notes.

The vectors were made with the `holidays` package and numpy.busday_offset; the bank holidays they turn on
(25 and 28 December 2009, 1 January, 2 and 5 April 2010, 29 April 2011) are as gov.uk lists them.
"""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_toolkit.errors import RatingError
from audit_toolkit.scoring import add_working_days, working_days_between

VECTORS = [
    ("2009-12-21", 1, "2009-12-22"),
    ("2009-12-21", 7, "2010-01-04"),
    ("2009-12-21", 10, "2010-01-07"),
    ("2009-12-21", 35, "2010-02-11"),
    ("2009-12-24", 1, "2009-12-29"),
    ("2009-12-24", 7, "2010-01-07"),
    ("2010-03-31", 7, "2010-04-13"),
    ("2010-03-31", 10, "2010-04-16"),
    ("2010-01-04", 15, "2010-01-25"),
    ("2010-01-04", 35, "2010-02-22"),
    ("2009-12-18", 20, "2010-01-20"),
    ("2011-04-20", 10, "2011-05-10"),
]
DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2040, 12, 31))


@pytest.mark.parametrize(("start", "days", "due"), VECTORS)
def test_the_twelve_vectors(start: str, days: int, due: str) -> None:
    assert add_working_days(start, days) == datetime.date.fromisoformat(due)
    assert working_days_between(start, due) == days


def test_a_british_date_and_a_date_are_read_alike() -> None:
    assert add_working_days("21/12/2009", 7) == add_working_days(datetime.date(2009, 12, 21), 7)


def test_a_weekend_start_counts_from_the_working_day_before_or_after() -> None:
    assert add_working_days("2010-01-09", 1) == datetime.date(2010, 1, 11)
    assert add_working_days("2010-01-09", 1, weekend_start="after") == datetime.date(2010, 1, 12)
    assert working_days_between("2010-01-09", "2010-01-12", weekend_start="after") == 1
    assert working_days_between("2010-01-09", "2010-01-10", weekend_start="after") == 0


@settings(deadline=None, max_examples=200)
@given(DAYS, st.integers(0, 60), st.sampled_from(["before", "after"]))
def test_counting_undoes_adding(start: datetime.date, days: int, rule: str) -> None:
    due = add_working_days(start, days, weekend_start=rule)
    assert due.weekday() < 5
    if due >= start:
        assert working_days_between(start, due, weekend_start=rule) == days
        assert add_working_days(start, days + 1, weekend_start=rule) > due


@pytest.mark.parametrize(
    ("start", "days", "rule", "text"),
    [
        (
            "13/14/2010",
            7,
            "before",
            "13/14/2010 is not a date. Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
        ),
        ("2010-01-04", -1, "before", "-1 is not a number of working days. Use a whole number from 0 to 2600."),
        ("2010-01-04", 7, "befor", 'weekend_start befor is not known. Did you mean "before"?'),
        (
            "1977-12-31",
            7,
            "before",
            "1977-12-31 is outside the years 1978 to 2099, for which England's bank holidays are known."
            " Check the year.",
        ),
        (
            "2099-12-31",
            7,
            "before",
            "2100-01-11 is outside the years 1978 to 2099, for which England's bank holidays are known."
            " Check the year.",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(start: str, days: int, rule: str, text: str) -> None:
    with pytest.raises(RatingError) as refused:
        add_working_days(start, days, weekend_start=rule)
    assert str(refused.value) == text


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(RatingError) as refused:
        working_days_between("2010-01-05", "2010-01-04")
    assert str(refused.value) == "the end 2010-01-04 is before the start 2010-01-05. Give the earlier date first."
