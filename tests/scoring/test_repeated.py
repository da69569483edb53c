"""Gaps and write-ups worked out by hand: how many in time, how many still run, and the longest gap."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from audit_toolkit.errors import RatingError
from audit_toolkit.scoring import load_timescales
from audit_toolkit.scoring.event_count import EventCount
from audit_toolkit.scoring.repeated import Event, NoLimitError, Repeated, count_events

LIMITS = load_timescales()
VISITS = EventCount("gaps", ("visit",), (("", "child_protection_visit"),), start="plan_start_date", end="plan_end_date")
# Ten working days run from 4 January to the 18th, from the 14th to the 28th, from 1 February to the 15th and from the
# 10th to the 24th; twenty from the 14th of January to 11 February, and from 10 February to 10 March.
MADE = ["2010-01-14", "2010-02-01", "2010-02-10"]
FACTS = {"plan_start_date": "2010-01-04"}


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def visits(days: list[str], kind: str = "visit") -> list[Event]:
    return [Event(kind, day(each)) for each in days]


def count(
    rule: EventCount = VISITS,
    days: list[str] | None = None,
    facts: dict[str, str] | None = None,
    as_of: str = "2010-02-20",
) -> Repeated:
    made, known = MADE if days is None else days, FACTS if facts is None else facts
    return count_events(rule, visits(made), known, day(as_of) if as_of else None, LIMITS)


@pytest.mark.parametrize(
    ("as_of", "answer", "pending", "twice"),
    [
        # 4 to 14 January met, 14 January to 1 February not, 1 to 10 February met; the last gap runs until the 24th.
        ("2010-02-20", "2 of 3, longest 18 days", 1, False),
        ("2010-02-23", "2 of 3, longest 18 days", 1, False),
        ("2010-02-24", "2 of 4, longest 18 days", 0, False),
        ("2010-03-01", "2 of 4, longest 19 days", 0, False),
        ("2010-03-10", "2 of 4, longest 28 days", 0, False),
        ("2010-03-11", "2 of 4, longest 29 days", 0, True),
        # A visit after the day of reading has not been made yet, and the gap it would end is still open.
        ("2010-02-05", "1 of 2, longest 18 days", 1, False),
        ("2010-01-28", "1 of 2, longest 14 days", 0, False),
        ("2010-01-13", "pending", 1, False),
        # Without a day of reading the last gap stays open and nothing more is known.
        ("", "2 of 3, longest 18 days", 1, False),
    ],
)
def test_gaps_worked_by_hand(as_of: str, answer: str, pending: int, twice: bool) -> None:
    found = count(as_of=as_of)
    assert (found.answer, found.pending, found.over(2)) == (answer, pending, twice)


def test_over_twice_the_limit_is_counted_in_the_limits_own_days() -> None:
    # Christmas: twenty working days from 14 December run to 14 January, 31 days, and so no longer than twice.
    for last, over in [("2010-01-14", False), ("2010-01-15", True)]:
        found = count(days=["2009-12-14", last], facts={}, as_of="2010-01-16")
        assert (found.over(2), found.longest) == (over, (day(last) - day("2009-12-14")).days)


@pytest.mark.parametrize(
    ("days", "facts", "answer"),
    [
        # The gap open since 1 February is over its limit by the 20th: 19 days.
        # Two visits on one day end one gap; a visit before the plan began belongs to no gap of it.
        (["2010-01-14", "2010-01-14", "2010-02-01"], FACTS, "1 of 3, longest 19 days"),
        (["2010-01-01", "2010-01-14", "2010-02-01"], FACTS, "1 of 3, longest 19 days"),
        # A visit on the first day of the plan ends no gap.
        (["2010-01-04", "2010-01-14", "2010-02-01"], FACTS, "1 of 3, longest 19 days"),
        # Without a start the first gap begins with the first visit.
        (["2010-01-14", "2010-02-01"], {}, "0 of 2, longest 19 days"),
        (["2010-01-14", "2010-02-01"], {"plan_start_date": ""}, "0 of 2, longest 19 days"),
        (["2010-02-19"], {}, "pending"),
        ([], {}, "missing date"),
        # No visit at all since the plan began.
        ([], FACTS, "0 of 1, longest 47 days"),
        ([], {"plan_start_date": "2010-02-15"}, "pending"),
        ([], {"plan_start_date": "2010-03-15"}, "missing date"),
        ([], {"plan_start_date": "N/A"}, "N/A"),
        # The plan ended on 3 February: two days after a visit, whose gap nobody had to end.
        (MADE, {**FACTS, "plan_end_date": "2010-02-03"}, "1 of 2, longest 18 days"),
        # It ended on 5 February with no visit since 14 January, whose limit had run out.
        (["2010-01-14"], {**FACTS, "plan_end_date": "2010-02-05"}, "1 of 2, longest 22 days"),
        (MADE, {**FACTS, "plan_end_date": "N/A"}, "2 of 3, longest 18 days"),
        (MADE, {**FACTS, "plan_end_date": "2010-12-31"}, "2 of 3, longest 18 days"),
    ],
)
def test_where_the_gaps_begin_and_end(days: list[str], facts: dict[str, str], answer: str) -> None:
    assert count(days=days, facts=facts).answer == answer


def test_events_of_another_kind_and_their_order_do_not_matter() -> None:
    mixed = [*visits(MADE[::-1]), *visits(["2010-01-20", "2010-01-25"], "call")]
    assert count_events(VISITS, mixed, FACTS, day("2010-02-20"), LIMITS) == count()


def test_a_gap_counts_in_the_period_it_ends_in_and_the_latest_so_many_count() -> None:
    # Gaps end on 14 January, 1 February and 10 February; the last is still open.
    for rule, answer in [
        (dataclasses.replace(VISITS, within="28 days"), "1 of 2, longest 18 days"),
        (dataclasses.replace(VISITS, within="2 weeks"), "1 of 1, longest 9 days"),
        (dataclasses.replace(VISITS, within="3 days"), "pending"),
        (dataclasses.replace(VISITS, last=2), "1 of 2, longest 18 days"),
        (dataclasses.replace(VISITS, last=1), "1 of 1, longest 9 days"),
        (dataclasses.replace(VISITS, last=9), "2 of 3, longest 18 days"),
    ]:
        assert count(rule).answer == answer


BY_PLAN = EventCount(
    "gaps",
    ("visit",),
    (("child protection", "child_protection_visit"), ("child in need", "child_in_need_visit")),
    limit_by="plan_type",
)


def test_the_plan_of_the_case_chooses_the_limit() -> None:
    for plan, answer in [
        ("child protection", "1 of 2, longest 18 days"),
        ("child in need", "2 of 2, longest 18 days"),
        ("N/A", "N/A"),
        ("", "missing date"),
    ]:
        assert count(BY_PLAN, facts={"plan_type": plan}).answer == answer
    with pytest.raises(RatingError) as refused:
        count(BY_PLAN, facts={"plan_type": "child in ned"})
    assert str(refused.value) == (
        'plan_type is child in ned, which no limit is given for. Did you mean "child in need"?'
        " A framework's other: stands for all the rest."
    )


def test_all_others_have_a_limit_where_other_is_named() -> None:
    # 31 days, or 14 for a newly qualified worker; where nobody says, 31.
    rule = EventCount(
        "gaps",
        ("visit",),
        (("newly qualified", "supervision_newly_qualified"), ("other", "supervision")),
        limit_by="worker",
    )
    days = ["2010-01-01", "2010-01-15", "2010-01-30"]
    for worker, answer in [
        ("newly qualified", "1 of 3, longest 21 days"),
        ("experienced", "2 of 2, longest 15 days"),
        ("", "2 of 2, longest 15 days"),
    ]:
        assert count(rule, days, {"worker": worker}).answer == answer


def test_the_row_of_each_gap_is_chosen_by_the_day_it_began() -> None:
    rule = EventCount("gaps", ("visit",), (("", "initial_assessment"),))
    # From 30 March 7 working days run to 12 April over Easter, from 1 April 10 to the 19th.
    days = ["2010-03-30", "2010-04-13", "2010-04-27"]
    assert count(rule, ["2010-03-30", "2010-04-12"], {}, "2010-04-12").answer == "1 of 1, longest 13 days"
    assert count(rule, days[:2], {}, "2010-04-13").answer == "0 of 1, longest 14 days"
    assert count(rule, ["2010-04-01", "2010-04-19"], {}, "2010-04-19").answer == "1 of 1, longest 18 days"
    with pytest.raises(NoLimitError):
        count(EventCount("gaps", ("visit",), (("", "looked_after_visit_later"),)), days, {}, "2010-05-01")


def test_a_weekend_is_counted_as_the_timescales_say() -> None:
    # From Saturday 9 January ten working days run to the 22nd, or to the 25th counted from the Monday.
    after = dataclasses.replace(LIMITS, weekend_start="after")
    for limits, met in [(LIMITS, 0), (after, 1)]:
        found = count_events(VISITS, visits(["2010-01-09", "2010-01-25"]), {}, day("2010-01-26"), limits)
        assert (found.met, len(found.spans)) == (met, 1)
    # Twenty from it run to 5 February, or to the 8th.
    for limits, over in [(LIMITS, True), (after, False)]:
        found = count_events(VISITS, visits(["2010-01-09", "2010-02-08"]), {}, day("2010-02-09"), limits)
        assert found.over(2) is over


WRITE_UPS = EventCount(
    "each",
    ("visit", "critical_event", "call"),
    (("visit", "write_up_visit"), ("critical_event", "write_up_critical_event"), ("other", "write_up_other")),
    limit_by="event",
    last=5,
)


def entered(*rows: tuple[str, str, str]) -> list[Event]:
    return [Event(kind, day(happened), day(written) if written else None) for kind, happened, written in rows]


def test_write_ups_worked_by_hand() -> None:
    # 1, 2 and 5 working days from Monday 11 January: the 12th, the 13th and the 18th.
    events = entered(
        ("critical_event", "2010-01-11", "2010-01-12"),
        ("critical_event", "2010-01-11", "2010-01-13"),
        ("visit", "2010-01-11", "2010-01-13"),
        ("visit", "2010-01-11", "2010-01-14"),
        ("call", "2010-01-11", "2010-01-18"),
        ("call", "2010-01-11", "2010-01-19"),
        ("visit", "2010-01-11", ""),
        ("letter", "2010-01-11", ""),
    )
    every = dataclasses.replace(WRITE_UPS, last=0)
    found = count_events(every, events, {}, day("2010-01-31"), LIMITS)
    assert (found.answer, found.longest, found.pending) == ("3 of 7", None, 0)
    # On the 14th the calls are pending, done or not; so they are by then not counted.
    early = count_events(every, events, {}, day("2010-01-14"), LIMITS)
    assert (early.answer, early.pending) == ("2 of 5", 2)
    # What happens after the day of reading has not happened yet: it is not even pending.
    before = count_events(every, events, {}, day("2010-01-08"), LIMITS)
    assert (before.answer, before.pending) == ("missing date", 0)


def test_the_last_five_write_ups_are_those_whose_limit_has_run_out() -> None:
    rows = [
        ("visit", f"2010-01-{number:02}", "2010-01-08" if number == 4 else f"2010-01-{number:02}")
        for number in (4, 5, 6, 7, 11, 12)
    ]
    events = entered(*rows, ("visit", "2010-01-28", "2010-01-28"))
    # The visit of the 28th has until 1 February: it does not push another out of the last five.
    assert count_events(WRITE_UPS, events, {}, day("2010-01-29"), LIMITS).answer == "5 of 5"
    assert count_events(WRITE_UPS, events[:5], {}, day("2010-01-29"), LIMITS).answer == "4 of 5"
    within = dataclasses.replace(WRITE_UPS, within="2 weeks")
    assert count_events(within, events[:6], {}, day("2010-01-29"), LIMITS).answer == "missing date"
    assert count_events(within, events, {}, day("2010-01-29"), LIMITS).answer == "pending"


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(RatingError) as refused:
        count(facts={**FACTS, "plan_end_date": "2010-01-03"})
    assert str(refused.value) == (
        "plan_end_date 2010-01-03 is before plan_start_date 2010-01-04. Correct one of the dates."
    )
    with pytest.raises(RatingError) as text:
        count(facts={"plan_start_date": "soon"})
    assert str(text.value) == (
        "soon is not a date. Write dates as 2010-01-31 or 31/01/2010, days and months in two digits."
    )
