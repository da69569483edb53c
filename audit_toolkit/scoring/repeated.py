"""What the events of one case come to: how many gaps or write-ups were in time, and the longest gap."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError, did_you_mean
from audit_toolkit.scoring.event_count import BY_EVENT, GAPS, EventCount
from audit_toolkit.scoring.responses import count_text
from audit_toolkit.scoring.timeliness import date_or_none, due_date, state_on
from audit_toolkit.scoring.timescales import TimescaleRow, Timescales


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its kind, the day it happened, and the day it was written up, None where it is not."""

    kind: str
    day: datetime.date
    entered: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """One thing with a limit: the day it began, the day it ended or is looked at, its state and its limit.

    A gap ends with the next event, a write-up with the day it was entered; the day of reading stands for an end that
    has not come.
    """

    start: datetime.date
    end: datetime.date
    state: str
    limit: TimescaleRow

    @property
    def days(self) -> int:
        """The calendar days from start to end."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a case's events come to: `spans` judged met or not met, `pending` those whose limit has not run out.

    `state` is "" where something was judged; else why nothing was: pending, missing date or N/A.
    """

    spans: tuple[Span, ...] = ()
    pending: int = 0
    state: str = ""
    gaps: bool = True
    weekend_start: str = ""

    @property
    def met(self) -> int:
        """How many were in time."""
        return sum(each.state == terms.MET for each in self.spans)

    @property
    def longest(self) -> int | None:
        """The calendar days of the longest gap that is counted; None of write-ups, and where nothing is."""
        return max((each.days for each in self.spans), default=None) if self.gaps else None

    @property
    def answer(self) -> str:
        """The answer to the criterion: 3 of 5, longest 42 days; or why there is none."""
        return self.state or count_text(self.met, len(self.spans), self.longest)

    def over(self, times: int) -> bool:
        """Say whether a gap was longer than so many times its limit, counted in the limit's own unit."""
        return any(
            each.end > due_date(each.start, _times(each.limit, times), weekend_start=self.weekend_start)
            for each in self.spans
        )


NOTHING: Final = Repeated(state=terms.MISSING_DATE)


class NoLimitError(RatingError):
    """No row of a limit held on the day a gap or an event began."""


def count_events(
    rule: EventCount,
    events: Sequence[Event],
    facts: Mapping[str, str],
    as_of: datetime.date | None,
    timescales: Timescales,
) -> Repeated:
    """Count the events of one case.

    Parameters
    ----------
    rule : what is counted. events : the case's events, of any kind and in any order. facts : its facts by name.
    as_of : the day the files were read: what happened after it has not happened yet. Without it nothing is too
        old to count, and a gap that no event has ended is pending.
    timescales : the limits; the row of each is chosen by the day a gap or an event began.

    Returns
    -------
    Repeated. A gap that an event ended is judged; the last one, still open, is not met once its limit has run
    out and pending before. A write-up is judged once its limit has run out. Events of one day end one gap.

    Raises
    ------
    RatingError
        A fact that is no date or has no limit, or an end before its start. NoLimitError where no figure held.
    """
    if terms.NA_RATING in [facts.get(name, "") for name in rule.facts if name != rule.end]:
        return Repeated(state=terms.NA_RATING)
    own = [each for each in events if each.kind in rule.events and (as_of is None or each.day <= as_of)]
    limit = None if rule.limit_by else rule.limit_of("")
    if rule.limit_by and rule.limit_by != BY_EVENT:
        value = facts.get(rule.limit_by, "")
        limit = rule.limit_of(value)
        if limit is None and value:
            raise RatingError(_no_limit(rule, value))
        if limit is None:
            return NOTHING
    if rule.count == GAPS:
        found = _gaps(rule, own, facts, limit or "", as_of, timescales)
    else:
        found = _write_ups(rule, own, limit or "", as_of, timescales)
    after = rule.window(as_of) if as_of is not None else None
    judged = [each for each in found if each.state != terms.PENDING]
    # A write-up belongs to the period its event lies in, a gap to the one it ends in.
    day = [each.end if rule.count == GAPS else each.start for each in judged]
    kept = [each for each, when in zip(judged, day, strict=True) if after is None or when > after]
    spans, pending = tuple(kept[-rule.last :]), len(found) - len(judged)
    nothing = "" if spans else terms.PENDING if pending else terms.MISSING_DATE
    return Repeated(spans, pending, nothing, rule.count == GAPS, timescales.weekend_start)


def _no_limit(rule: EventCount, value: str) -> Problem:
    known = [each for each, _ in rule.limits]
    what = f"{rule.limit_by} is {value}, which no limit is given for"
    return Problem(what, mend=f"{did_you_mean(value, known)} A framework's other: stands for all the rest.")


def _gaps(
    rule: EventCount,
    events: Sequence[Event],
    facts: Mapping[str, str],
    limit: str,
    as_of: datetime.date | None,
    timescales: Timescales,
) -> list[Span]:
    """Judge the gaps between one event and the next, from the start of the period to its end or the day of reading."""
    start = date_or_none(facts.get(rule.start, "")) if rule.start else None
    ended = facts.get(rule.end, "") if rule.end else ""
    end = None if ended == terms.NA_RATING else date_or_none(ended)
    if start is not None and end is not None and end < start:
        raise RatingError(Problem(f"{rule.end} {end} is before {rule.start} {start}", mend="Correct one of the dates."))
    horizon = min((each for each in (end, as_of) if each is not None), default=None)
    if start is not None and as_of is not None and start > as_of:
        return []
    days = {each.day for each in events if start is None or each.day >= start}
    inside = sorted(day for day in days if horizon is None or day <= horizon)
    points = inside if start is None else [start, *(day for day in inside if day != start)]
    spans = [_gap(one, other, limit, timescales) for one, other in itertools.pairwise(points)]
    if points:
        spans.append(_open_gap(points[-1], horizon, limit, timescales))
    return spans


def _gap(start: datetime.date, end: datetime.date, limit: str, timescales: Timescales) -> Span:
    row, due = _due(start, limit, timescales)
    return Span(start, end, terms.MET if end <= due else terms.NOT_MET, row)


def _open_gap(start: datetime.date, horizon: datetime.date | None, limit: str, timescales: Timescales) -> Span:
    row, due = _due(start, limit, timescales)
    return Span(start, horizon or start, state_on(due, None, horizon), row)


def _write_ups(
    rule: EventCount,
    events: Sequence[Event],
    limit: str,
    as_of: datetime.date | None,
    timescales: Timescales,
) -> list[Span]:
    """Judge for each event whether it was written up in time."""
    spans = []
    for each in sorted(events, key=lambda event: event.day):
        row, due = _due(each.day, limit or rule.limit_of(each.kind) or "", timescales)
        state = state_on(due, each.entered, as_of)
        spans.append(Span(each.day, each.entered or as_of or each.day, state, row))
    return spans


def _due(start: datetime.date, limit: str, timescales: Timescales) -> tuple[TimescaleRow, datetime.date]:
    """Give the row of a limit that held on a day, and the last day in time."""
    try:
        row = timescales.limit_for(limit, start)
    except RatingError as refused:
        raise NoLimitError(refused.problems) from None
    return row, due_date(start, row, weekend_start=timescales.weekend_start)


def _times(row: TimescaleRow, times: int) -> TimescaleRow:
    return replace(row, days=row.days * times)
