"""Working days against an independent calendar: bank holidays by their rules, days counted off by pandas.

Neither the `holidays` package nor numpy's busday functions take part: the bank holidays are made from the Banking
and Financial Dealings Act 1971, Easter from dateutil, and the single days moved or added by proclamation as gov.uk
lists them. pandas walks the working days one by one.
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from dateutil.easter import easter

from audit_toolkit.scoring import add_working_days, working_days_between

DAY = datetime.timedelta(days=1)
FIRST, LAST = datetime.date(2000, 1, 1), datetime.date(2030, 12, 31)
# gov.uk: the millennium, two golden and diamond jubilees, a royal wedding, a funeral and a coronation.
ADDED = ["1999-12-31", "2002-06-03", "2011-04-29", "2012-06-05", "2022-06-03", "2022-09-19", "2023-05-08"]
# gov.uk: spring bank holidays moved for a jubilee, and early May moved to the 75th anniversary of VE Day.
MOVED = {"2002-05-27": "2002-06-04", "2012-05-28": "2012-06-04", "2020-05-04": "2020-05-08", "2022-05-30": "2022-06-02"}


def monday_from(day: datetime.date) -> datetime.date:
    return day + DAY * (-day.weekday() % 7)


def in_lieu(day: datetime.date, taken: set[datetime.date]) -> datetime.date:
    """Give the first weekday from a day on that is no bank holiday yet."""
    while day.weekday() >= 5 or day in taken:
        day += DAY
    return day


def bank_holidays(year: int) -> set[datetime.date]:
    sunday = easter(year)
    found = {sunday - 2 * DAY, sunday + DAY}
    found |= {monday_from(datetime.date(year, 5, 1)), monday_from(datetime.date(year, 5, 25))}
    found |= {monday_from(datetime.date(year, 8, 25)), in_lieu(datetime.date(year, 1, 1), set())}
    # A Christmas Day on a Sunday is made good after Boxing Day, which keeps the Monday.
    weekdays = {day for day in (datetime.date(year, 12, 25), datetime.date(year, 12, 26)) if day.weekday() < 5}
    lieu = set(weekdays)
    while len(lieu) < 2:
        lieu.add(in_lieu(datetime.date(year, 12, 26), lieu))
    found |= lieu
    moved = {datetime.date.fromisoformat(old): datetime.date.fromisoformat(new) for old, new in MOVED.items()}
    return {moved.get(day, day) for day in found} | {
        datetime.date.fromisoformat(day) for day in ADDED if day.startswith(str(year))
    }


HOLIDAYS = sorted(day for year in range(1999, 2032) for day in bank_holidays(year))
WORKING = pd.bdate_range("1999-12-01", "2031-12-31", freq="C", holidays=HOLIDAYS).to_numpy().astype("datetime64[D]")


def test_the_bank_holidays_of_the_first_audit_year() -> None:
    listed = [day.isoformat() for day in HOLIDAYS if "2009-09-01" <= day.isoformat() <= "2010-08-31"]
    assert listed == [
        *("2009-12-25", "2009-12-28", "2010-01-01", "2010-04-02", "2010-04-05"),
        *("2010-05-03", "2010-05-31", "2010-08-30"),
    ]


@pytest.mark.parametrize("count", [0, 1, 7, 10, 20, 35])
@pytest.mark.parametrize(("rule", "side", "less"), [("before", "right", 1), ("after", "left", 0)])
def test_every_day_of_31_years_is_counted_as_pandas_counts_it(count: int, rule: str, side: str, less: int) -> None:
    days = [FIRST + DAY * each for each in range((LAST - FIRST).days + 1)]
    places = np.searchsorted(WORKING, np.array(days, dtype="datetime64[D]"), side=side) - less
    expected = WORKING[places + count].tolist()
    assert len(days) == 11323
    wrong = [
        (start, due)
        for start, due in zip(days, expected, strict=True)
        if add_working_days(start, count, weekend_start=rule) != due
    ]
    assert wrong == []


def test_counting_between_two_days_is_the_number_of_working_days_passed() -> None:
    starts = [FIRST + DAY * each for each in range(0, 11000, 13)]
    for start in starts:
        end = start + DAY * ((start.toordinal() * 7) % 90)
        first, last = np.searchsorted(WORKING, np.array([start, end], dtype="datetime64[D]"), side="right")
        passed = int(last - first)
        assert working_days_between(start, end) == passed, (start, end)
