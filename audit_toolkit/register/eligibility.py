"""Rules that say which cases could be drawn, each exclusion counted under its reason."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_toolkit.errors import Place, Problem, did_you_mean
from audit_toolkit.files import parse_date

RULE_KEYS = ("column", "from", "to", "is", "is_not", "blank", "why")


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition on one column: a date window (inclusive), a list of values, or blank or not.

    `why` is the reason an exclusion is counted under; absent, the condition itself in words.
    """

    column: str
    first: datetime.date | None = None
    last: datetime.date | None = None
    values: tuple[str, ...] | None = None
    other_than: tuple[str, ...] | None = None
    blank: bool | None = None
    why: str = ""

    @property
    def dated(self) -> bool:
        """Whether the column must hold dates."""
        return self.first is not None or self.last is not None

    def holds(self, cell: str) -> bool:
        """Say whether a cell meets the condition."""
        if self.blank is not None and bool(cell) == self.blank:
            return False
        if self.values is not None and cell not in self.values:
            return False
        if self.other_than is not None and cell in self.other_than:
            return False
        if self.dated:
            if not cell:
                return False
            date = parse_date(cell)
            return (self.first is None or date >= self.first) and (self.last is None or date <= self.last)
        return True

    def bad_dates(self, cells: Sequence[str]) -> list[int]:
        """Give the positions of cells that a dated rule cannot read."""
        return [position for position, cell in enumerate(cells) if self.dated and cell and not _is_date(cell)]

    def words(self) -> str:
        """Say the condition in words."""
        parts = []
        if self.first is not None and self.last is not None:
            parts.append(f"from {self.first.isoformat()} to {self.last.isoformat()}")
        elif self.first is not None:
            parts.append(f"from {self.first.isoformat()}")
        elif self.last is not None:
            parts.append(f"to {self.last.isoformat()}")
        if self.values is not None:
            parts.append(" or ".join(self.values))
        if self.other_than is not None:
            parts.append("not " + " or ".join(self.other_than))
        if self.blank is not None:
            parts.append("empty" if self.blank else "filled in")
        return f"{self.column} {', '.join(parts)}"

    def failure(self, *, excluding: bool) -> str:
        """Give the reason a case is counted under when this rule leaves it out."""
        if self.why:
            return self.why
        return self.words() if excluding else f"not: {self.words()}"

    def shape(self) -> dict[str, object]:
        """Give the rule without its dates, which move from round to round, but with the length of its window."""
        window = (self.last - self.first).days + 1 if self.first and self.last else None
        return {
            "column": self.column,
            "window_days": window,
            "open_window": self.dated and window is None,
            "is": sorted(self.values) if self.values is not None else None,
            "is_not": sorted(self.other_than) if self.other_than is not None else None,
            "blank": self.blank,
        }


def rule_window(rules: Sequence[Rule]) -> Rule | None:
    """Give the first rule with a date window, which is the event a round's cases share."""
    return next((rule for rule in rules if rule.dated), None)


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def parse_rules(entries: object, place: Place | str, name: str) -> tuple[tuple[Rule, ...], list[Problem]]:
    """Read a plan's list of rules, naming everything wrong with it."""
    if entries is None:
        return (), []
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        mend = f"Write {name} as a list, such as - {{column: outcome, is: [closed]}}."
        return (), [Problem(f"{name} is not a list of rules", place, mend)]
    rules: list[Rule] = []
    problems: list[Problem] = []
    for entry in entries:
        if isinstance(entry, Rule):
            rules.append(entry)
            continue
        rule, found = _parse_rule(entry, place, name)
        problems += found
        if rule is not None:
            rules.append(rule)
    return tuple(rules), problems


def _parse_rule(entry: object, place: Place | str, name: str) -> tuple[Rule | None, list[Problem]]:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("column"), str):
        return None, [
            Problem(f"a rule of {name} names no column", place, "Write it as {column: outcome, is: [closed]}.")
        ]
    problems = [
        Problem(f'"{key}" is not part of a rule', place, did_you_mean(str(key), RULE_KEYS))
        for key in entry
        if key not in RULE_KEYS
    ]
    first, wrong_first = _rule_date(entry, "from", place)
    last, wrong_last = _rule_date(entry, "to", place)
    values, wrong_values = _rule_values(entry, "is", place)
    others, wrong_others = _rule_values(entry, "is_not", place)
    blank = entry.get("blank")
    problems += wrong_first + wrong_last + wrong_values + wrong_others
    if blank is not None and not isinstance(blank, bool):
        problems.append(
            Problem(f"blank: {blank} is neither true nor false", place, "Write blank: true or blank: false.")
        )
    if not any(key in entry for key in RULE_KEYS[1:-1]):
        mend = "Add from and to, is, is_not or blank."
        problems.append(Problem(f'the rule on "{entry["column"]}" says nothing about it', place, mend))
    if first and last and first > last:
        problems.append(Problem(f"the window from {first} to {last} runs backwards", place, "Swap from and to."))
    if problems:
        return None, problems
    why = str(entry.get("why") or "")
    return Rule(entry["column"], first, last, values, others, blank if isinstance(blank, bool) else None, why), []


def _rule_date(entry: Mapping[str, object], key: str, place: Place | str) -> tuple[datetime.date | None, list[Problem]]:
    value = entry.get(key)
    if value is None:
        return None, []
    if isinstance(value, datetime.datetime):
        return value.date(), []
    if isinstance(value, datetime.date):
        return value, []
    try:
        return parse_date(str(value)), []
    except ValueError:
        mend = "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits."
        return None, [Problem(f"{value} is not a date", place, mend)]


def _rule_values(
    entry: Mapping[str, object], key: str, place: Place | str
) -> tuple[tuple[str, ...] | None, list[Problem]]:
    value = entry.get(key)
    if value is None and key not in entry:
        return None, []
    values = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    wrong = [each for each in values if not isinstance(each, str)]
    if wrong or not values:
        what = f"{key}: {wrong[0] if wrong else '[]'} is not text"
        return None, [Problem(what, place, f'Put each value of {key} in quotation marks, as in {key}: ["1"].')]
    return tuple(str(each) for each in values), []
