"""How a framework says that a repeated criterion is counted from events, and every fault of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from audit_toolkit.errors import FrameworkError
from audit_toolkit.scoring import Framework, facts_needed, load_framework

HERE = Path(__file__).parent
HEAD = """\
framework: own
version: "1.0.0"
title: Own
ratings: [Good, Poor]
earns: {Good: 1, Poor: 0, "Yes": 1, Partly: 1/2, "No": 0, met: 1, not met: 0}
bands: {Good: 50, Poor: 0}
criteria:
"""
WHOLE = """\
  - id: V1
    ask: Are visits made at the required interval?
    response: repeated
    events: visit
    count: gaps
    from: plan_start_date
    to: plan_end_date
    limit_by: plan_type
    limit: {child protection: child_protection_visit, child in need: child_in_need_visit}
    within: 6 months
  - id: W1
    ask: Are contacts written up in time?
    response: repeated
    events: [visit, critical_event, call]
    count: each
    limit_by: event
    limit: {visit: write_up_visit, critical_event: write_up_critical_event, other: write_up_other}
    last: 5
  - {id: S1, ask: Is supervision held?, response: repeated, events: supervision, count: gaps, limit: supervision}
items:
  - {id: V1_gap, ask: Was a gap over twice the interval?, after: V1, longest_gap_over: 2}
"""


def test_how_events_are_counted_is_read(make_framework: Callable[[str], Framework]) -> None:
    framework = make_framework(HEAD + WHOLE)
    (_, visits), (_, write_ups), (_, supervision) = framework.from_events
    assert visits.to_dict() == {
        "count": "gaps",
        "events": ["visit"],
        "limit": {"child protection": "child_protection_visit", "child in need": "child_in_need_visit"},
        "limit_by": "plan_type",
        "from": "plan_start_date",
        "to": "plan_end_date",
        "last": 0,
        "within": "6 months",
    }
    assert (write_ups.events, write_ups.last) == (("visit", "critical_event", "call"), 5)
    assert [write_ups.limit_of(kind) for kind in ("visit", "call")] == ["write_up_visit", "write_up_other"]
    assert supervision.limit_of("") == supervision.limit_of("anything") == "supervision"
    assert visits.limit_of("child in need") == "child_in_need_visit"
    assert visits.limit_of("looked after") is None
    assert framework.items[0].longest_gap_over == 2
    assert framework.time_limits == {
        *("child_protection_visit", "child_in_need_visit", "supervision"),
        *("write_up_visit", "write_up_critical_event", "write_up_other"),
    }


def test_the_facts_a_count_needs_are_asked_of_the_register_and_the_auditor(
    make_framework: Callable[[str], Framework],
) -> None:
    assert facts_needed([make_framework(HEAD + WHOLE)]) == {
        "plan_start_date": ["V1"],
        "plan_end_date": ["V1"],
        "plan_type": ["V1"],
    }


def test_a_framework_changes_its_digest_with_what_is_counted(make_framework: Callable[[str], Framework]) -> None:
    whole = make_framework(HEAD + WHOLE)
    assert make_framework(HEAD + WHOLE.replace("within: 6 months", "within: 26 weeks")).digest != whole.digest
    assert make_framework(HEAD + WHOLE.replace("longest_gap_over: 2", "longest_gap_over: 3")).digest != whole.digest


def test_a_framework_that_counts_no_events_keeps_the_form_its_digest_was_made_of(
    make_framework: Callable[[str], Framework],
) -> None:
    plain = make_framework(HEAD + "  - {id: A1, ask: a, response: repeated}\nitems: [{id: I1, ask: a, after: A1}]\n")
    assert plain.from_events == ()
    assert "event_count" not in str(plain.to_dict())
    assert "longest_gap_over" not in str(plain.to_dict())


@pytest.mark.parametrize(
    ("within", "first"),
    [("6 months", "2009-08-31"), ("26 weeks", "2009-08-30"), ("180 days", "2009-09-01"), ("", None)],
)
def test_how_far_back_events_count(make_framework: Callable[[str], Framework], within: str, first: str | None) -> None:
    text = WHOLE.replace("    within: 6 months\n", f"    within: {within}\n" if within else "")
    rule = make_framework(HEAD + text).from_events[0][1]
    found = rule.window(datetime.date(2010, 2, 28))
    assert (found.isoformat() if found else None) == (first if within != "6 months" else "2009-08-28")


def test_every_fault_of_a_count_is_found_at_once_with_its_line() -> None:
    with pytest.raises(FrameworkError) as refused:
        load_framework(HERE / "faulty_event_count.yaml")
    expected = (HERE / "faulty_event_count.txt").read_text(encoding="utf-8")
    assert refused.value.describe(shown=None) + "\n" == expected
