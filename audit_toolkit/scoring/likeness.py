"""Ids that Excel or a careless hand has changed: which issued case each may mean. Suggested, and never applied."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Final

from audit_toolkit.files import parse_date

# A spreadsheet keeps 15 digits of a number: longer ids come back rounded.
KEPT_DIGITS: Final = 15
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep sept", "oct", "nov", "dec"), 1
    )
    for name in names.split()
}
_DATE_PARTS = re.compile(r"([a-z]+|\d{1,4})[-/ .]?([a-z]+|\d{1,4})", re.ASCII)
RATE_THOSE: Final = "Rate the cases of the sample only, under the ids it gives them."


class Likeness:
    """The issued ids, each under everything a spreadsheet may have made of it."""

    def __init__(self, issued: Iterable[str]) -> None:
        self.issued = frozenset(str(case) for case in issued)
        self.alike: dict[str, set[str]] = defaultdict(set)
        for case in self.issued:
            for key in {*_keys(case), *_day_keys(case)}:
                self.alike[key].add(case)

    def knows(self, case: str) -> bool:
        """Say whether this is an issued id, to the letter."""
        return case in self.issued

    def meant(self, case: str) -> str | None:
        """Give the one issued id that a changed one may mean; nothing where there are several, or none."""
        found = set().union(*(self.alike.get(key, set()) for key in {*_keys(case), *_days_of(case)}))
        found |= self._rounded(case)
        return found.pop() if len(found) == 1 else None

    def mend(self, case: str) -> str:
        """Say how to put an id right that was not issued."""
        meant = self.meant(case)
        if meant is None:
            return RATE_THOSE
        return f'Did you mean "{meant}"? Write the id exactly as in the sample, in a cell formatted as Text.'

    def _rounded(self, case: str) -> set[str]:
        """Find the long ids that a number in scientific notation may have been."""
        number = _number(case)
        if number is None or number.adjusted() < KEPT_DIGITS or "e" not in case.casefold():
            return set()
        digits = len(number.as_tuple().digits)
        return {each for each in self.issued if _rounds_to(each, number, digits)}


def _rounds_to(case: str, number: Decimal, digits: int) -> bool:
    whole = _number(case)
    if whole is None or not case.strip().isdigit() or whole.adjusted() != number.adjusted():
        return False
    return f"{whole:.{digits - 1}e}" == f"{number:.{digits - 1}e}"


def _keys(case: str) -> tuple[str, ...]:
    """Give an id without case, spaces and leading zeros, and as the number Excel would see in it."""
    plain = " ".join(case.replace("\u200b", "").replace("\ufeff", "").split()).casefold()
    keys = [f"text {plain.lstrip('0')}"]
    number = _number(plain)
    if number is not None and abs(number.adjusted()) < 40:
        keys.append(f"number {number.normalize():f}")
    return tuple(keys)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _day_keys(case: str) -> set[str]:
    """Give the days that a spreadsheet may take an id for: 3-5 for 3 May, MAR5 for 5 March, 5-2010 for 1 May."""
    found = _DATE_PARTS.fullmatch(case.strip().casefold())
    if found is None:
        return set()
    one, other = found.groups()
    days = set()
    for day, month in ((one, other), (other, one)):
        number = MONTHS.get(month) or (int(month) if month.isdigit() else 0)
        if not 1 <= number <= 12 or not day.isdigit():
            continue
        days.add(f"day {number}-{int(day) if int(day) <= 31 else 1}")
        days.add(f"day {number}-1")
    return days


def _days_of(case: str) -> set[str]:
    """Give the day a cell holds that may have been an id."""
    try:
        day = parse_date(case.strip())
    except ValueError:
        return _day_keys(case) if re.search("[a-z]{3}", case.casefold()) else set()
    return {f"day {day.month}-{day.day}"}
