"""How a repeated criterion is counted from dated events: which events, against which limit, how far back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import did_you_mean
from audit_toolkit.scoring.fields import Fields, Path, shown
from audit_toolkit.scoring.timeliness import add_months

# What is counted: the gaps between one event and the next, or each event by the day it was written up.
GAPS: Final = "gaps"
EACH: Final = "each"
# What chooses among several limits: the event's own kind, or the name of a fact. The limit of all others.
BY_EVENT: Final = "event"
OTHER: Final = "other"
EVENT_COUNT_KEYS: Final = ("count", "events", "limit_by", "last", "within")
# These it shares with timeliness criteria.
SHARED_KEYS: Final = ("from", "to", "limit")

_WITHIN = re.compile(r"([1-9]\d{0,2}) (days|weeks|months)", re.ASCII)


@dataclass(frozen=True, slots=True)
class EventCount:
    """How a criterion is counted from the events of a case.

    `count` is "gaps" or "each"; `events` the kinds that count. `limits` holds (value, limit): one entry with the
    value "" where a single limit holds, else the limit of each value of `limit_by`, which is "event" or a fact.
    `start` and `end` are the facts between which gaps are counted, "" where there are none. Of what is counted
    the `last` so many stand, and those `within` a period before the day of reading; 0 and "" for all.
    """

    count: str
    events: tuple[str, ...]
    limits: tuple[tuple[str, str], ...]
    limit_by: str = ""
    start: str = ""
    end: str = ""
    last: int = 0
    within: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts of a case that the count needs."""
        by = "" if self.limit_by == BY_EVENT else self.limit_by
        return tuple(fact for fact in (self.start, self.end, by) if fact)

    def limit_of(self, value: str) -> str | None:
        """Give the limit of a value of `limit_by`, that of all others where it is not named, or None."""
        limits = dict(self.limits)
        return limits.get("") or limits.get(value) or limits.get(OTHER)

    def window(self, as_of: datetime.date) -> datetime.date | None:
        """Give the last day that is too long ago to count, None where nothing is."""
        found = _WITHIN.fullmatch(self.within)
        if found is None:
            return None
        number = int(found[1])
        if found[2] == "months":
            return add_months(as_of, -number)
        return as_of - datetime.timedelta(days=number * (7 if found[2] == "weeks" else 1))

    def to_dict(self) -> dict[str, object]:
        """Give it as plain values, by the keys a framework has for them."""
        one = self.limits[0][1] if self.limits and not self.limit_by else dict(self.limits)
        return {
            "count": self.count,
            "events": list(self.events),
            "limit": one,
            "limit_by": self.limit_by,
            "from": self.start,
            "to": self.end,
            "last": self.last,
            "within": self.within,
        }


def read_event_count(fields: Fields, path: Path, response: str, limit_names: Sequence[str]) -> EventCount | None:
    """Read how a repeated criterion is counted from events; None where auditors alone count."""
    keys = (*EVENT_COUNT_KEYS, *SHARED_KEYS) if response == terms.REPEATED else EVENT_COUNT_KEYS
    written = [key for key in keys if fields.get((*path, key)) is not None]
    if response != terms.REPEATED:
        for key in written if response else ():
            fields.fault((*path, key), f"{key} belongs to repeated criteria only", f"Take {key} out.")
        return None
    if not written:
        return None
    if "events" not in written:
        for key in written:
            mend = f"Add events: with the kinds of event that are counted, or take {key} out."
            fields.fault((*path, key), f"{key} says how events are counted, and no events are named", mend)
        return None
    count = fields.choice((*path, "count"), (GAPS, EACH))
    events = _events(fields, (*path, "events"))
    start, end = _between(fields, path, count)
    limit_by, limits = _limits(fields, path, count, events, limit_names)
    return EventCount(count, events, limits, limit_by, start, end, _last(fields, path), _within(fields, path))


def _events(fields: Fields, path: Path) -> tuple[str, ...]:
    """Read one kind of event or a list of them."""
    if not isinstance(fields.get(path), list):
        one = fields.text(path, required=True)
        return (one,) if one else ()
    return tuple(dict.fromkeys(fields.texts(path, required=True)))


def _between(fields: Fields, path: Path, count: str) -> tuple[str, str]:
    """Read the facts between which gaps are counted, which single events do not need."""
    start, end = fields.text((*path, "from")), fields.text((*path, "to"))
    for key, fact in (("from", start), ("to", end)):
        if fact and count == EACH:
            fields.fault((*path, key), f"{key} is for counting gaps, and each event is counted", f"Take {key} out.")
    if start and start == end:
        fields.fault((*path, "to"), f"from and to are both {start}", "Name the fact that ends the period.")
    return start, end


def _limits(
    fields: Fields, path: Path, count: str, events: Sequence[str], limit_names: Sequence[str]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Read one limit, or the limit of each value of what chooses it."""
    where, by = (*path, "limit"), fields.text((*path, "limit_by"))
    value = fields.get(where)
    if not isinstance(value, dict):
        name = fields.text(where, required=True)
        _known(fields, where, name, limit_names)
        if by:
            what = f"limit_by {by} chooses among limits, and limit names one"
            fields.fault((*path, "limit_by"), what, f"Write limit: {{value: limit}}, one for each value of {by}.")
        return "", (("", name),)
    limits = tuple((str(each), fields.text((*where, each), required=True)) for each in value)
    for each, name in limits:
        _known(fields, (*where, each), name, limit_names)
    if not by:
        what = "limit names several limits and nothing that chooses among them"
        fields.fault(where, what, "Add limit_by: event, or limit_by: with the name of a fact, such as plan_type.")
    elif by == BY_EVENT and count == GAPS:
        what = "limit_by event cannot choose: a gap lies between two events"
        fields.fault((*path, "limit_by"), what, "Name a fact of the case, such as plan_type.")
    elif by == BY_EVENT:
        _each_has_one(fields, where, dict(limits), events)
    return by, limits


def _known(fields: Fields, path: Path, name: str, limit_names: Sequence[str]) -> None:
    if name and name not in limit_names:
        fields.fault(path, f"the limit {name} is not in the timescales", did_you_mean(name, limit_names))


def _each_has_one(fields: Fields, path: Path, limits: dict[str, str], events: Sequence[str]) -> None:
    """Note the events without a limit, and the limits of events that are not counted."""
    for each in events:
        if each not in limits and OTHER not in limits:
            fields.fault(path, f"the event {each} has no limit", f'Add "{each}":, or "{OTHER}": for all the others.')
    for each in limits:
        if each not in events and each != OTHER:
            fields.fault((*path, each), f"{each} is not one of the events", did_you_mean(each, events))


def _last(fields: Fields, path: Path) -> int:
    """Read how many of the latest count; 0 for all."""
    value = fields.get((*path, "last"))
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 999:
        what = f"last {shown(value)} is not a whole number of 1 to 999"
        fields.fault((*path, "last"), what, "Write a number such as 5.")
        return 0
    return value


def _within(fields: Fields, path: Path) -> str:
    """Read how far back what is counted may lie; "" for all of it."""
    text = fields.text((*path, "within"))
    if text and not _WITHIN.fullmatch(text):
        fields.fault((*path, "within"), f"within {text} is not a period", "Write 6 months, 26 weeks or 180 days.")
        return ""
    return text


def read_longest_gap_over(fields: Fields, path: Path, after: str) -> int:
    """Read over how many times the limit an item asks about; 0 where events do not answer it."""
    where = (*path, "longest_gap_over")
    value = fields.get(where)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 99:
        what = f"longest_gap_over {shown(value)} is not a whole number of 1 to 99"
        fields.fault(where, what, "Write 2 for twice the limit.")
        return 0
    criteria = [fields.get(("criteria", each)) for each in range(len(fields.sequence(("criteria",))))]
    if not any(isinstance(each, dict) and each.get("id") == after and each.get("count") == GAPS for each in criteria):
        what = f"longest_gap_over asks for gaps, and {f'{after} counts none' if after else 'after names no criterion'}"
        fields.fault(where, what, "Name in after: a repeated criterion with count: gaps.")
    return value
