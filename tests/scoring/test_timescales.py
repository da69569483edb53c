"""The limit in force is chosen by the day a step starts, and a table with gaps or overlaps is refused."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from audit_toolkit.errors import FrameworkError, RatingError
from audit_toolkit.files import parse_yaml
from audit_toolkit.scoring import TimescaleRow, load_timescales, timescales_with
from audit_toolkit.scoring.fields import Fields
from audit_toolkit.scoring.timescales import limit_rows, timescales_from

BROKEN = """\
timescales: england
version: 1.0
limits:
  first:
    title: First
    rows:
      - {start: 2006-04-01, end: 2010-03-31, days: 7, unit: working days, source: a}
      - {start: 2010-03-31, end: 2011-03-31, days: 7, unit: working days, source: a}
      - {start: 2011-05-01, days: 7.5, unit: fortnights, source: a}
  second:
    rows:
      - {start: "2006-04-01", days: 7, unit: days, source: a}
      - {start: 2006-04-01, end: 2005-04-01, days: 7, unit: days, sauce: a}
  third: {local: "yes", rows: []}
"""


@pytest.mark.parametrize(
    ("start", "days"),
    [
        ((2010, 1, 15), 7),
        ((2010, 3, 31), 7),
        ((2010, 4, 1), 10),
        ((2010, 5, 4), 10),
        ((2013, 4, 14), 10),
        ((2013, 4, 15), 45),
        ((2020, 1, 1), 45),
    ],
)
def test_an_initial_assessment_is_judged_by_the_limit_of_its_day(start: tuple[int, int, int], days: int) -> None:
    row = load_timescales().limit_for("initial_assessment", datetime.date(*start))
    assert (row.days, row.unit) == (days, "working days")


def test_a_day_without_a_row_and_a_limit_unknown_are_refused() -> None:
    with pytest.raises(RatingError) as none_held:
        load_timescales().limit_for("core_assessment", datetime.date(2014, 1, 1))
    assert str(none_held.value) == (
        "no row of the limit core_assessment held on 2014-01-01. "
        "Check the date, or write N/A where the step did not apply."
    )
    with pytest.raises(RatingError) as unknown:
        load_timescales().limit_for("core_asessment", datetime.date(2010, 1, 1))
    assert str(unknown.value) == ('the limit core_asessment is not in the timescales. Did you mean "core_assessment"?')


def test_every_fault_of_a_table_is_found_at_once_with_its_line() -> None:
    with pytest.raises(FrameworkError) as refused:
        timescales_from(parse_yaml(BROKEN, "own.yaml"))
    assert str(refused.value).splitlines() == [
        'own.yaml, line 2, column 1: version must be text, and 1.0 is not. Quote it: "1.0".',
        "own.yaml, line 8, column 9: the row from 2010-03-31 overlaps the one before it, which ends on 2010-03-31."
        " End the row before on 2010-03-30.",
        "own.yaml, line 9, column 9: no row holds between 2011-03-31 and 2011-05-01. Start this row on 2011-04-01.",
        "own.yaml, line 9, column 29: days 7.5 is not a whole number of 0 to 1000. Write a number such as 7.",
        "own.yaml, line 9, column 40: unit fortnights is not known. Use one of: working days, days, weeks, months.",
        "own.yaml, line 12, column 10: 2006-04-01 is not a date. Write dates as 2010-01-31, without quotes.",
        "own.yaml, line 13, column 9: source is missing. Add source:.",
        "own.yaml, line 13, column 29: the row ends on 2005-04-01, before it starts. Swap start and end.",
        'own.yaml, line 13, column 67: unknown key "sauce". Did you mean "source"?',
        "own.yaml, line 14, column 11: local must be true or false. Write true or false without quotes.",
        "own.yaml, line 14, column 25: rows is empty. List at least one.",
    ]


def test_the_frame_has_a_row_a_figure() -> None:
    frame = load_timescales().to_frame()
    assert len(frame) == len(load_timescales().rows)
    assert frame.loc[frame["limit"] == "initial_assessment", "days"].tolist() == [7, 10, 45]
    assert str(load_timescales().rows[1]).startswith("7 working days from 2006-04-01 to 2010-03-31: ")


# DOMAIN, section 3, row by row: limit, a day it began on, days, unit, whether it is a local figure.
TABLE = [
    ("referral_decision", "2010-01-04", 1, "working days", False),
    ("referral_decision", "2024-01-04", 1, "working days", False),
    ("core_assessment", "2010-01-04", 35, "working days", False),
    ("single_assessment", "2013-04-15", 45, "working days", False),
    ("initial_child_protection_conference", "2010-01-04", 15, "working days", False),
    ("initial_child_protection_conference", "2020-01-06", 15, "working days", False),
    ("first_core_group", "2010-01-04", 10, "working days", False),
    ("child_protection_first_review", "2010-01-04", 3, "months", False),
    ("child_protection_later_review", "2010-01-04", 6, "months", False),
    ("looked_after_first_review", "2011-03-31", 4, "weeks", False),
    ("looked_after_first_review", "2011-04-01", 20, "working days", False),
    ("looked_after_second_review", "2010-01-04", 3, "months", False),
    ("looked_after_later_review", "2010-01-04", 6, "months", False),
    ("looked_after_first_visit", "2011-04-01", 1, "weeks", False),
    ("looked_after_visit_first_year", "2011-04-01", 6, "weeks", False),
    ("looked_after_visit_later", "2011-04-01", 6, "weeks", False),
    ("looked_after_visit_to_eighteen", "2011-04-01", 3, "months", False),
    ("with_parents_visit_before_review", "2011-04-01", 1, "weeks", False),
    ("with_parents_visit_after_review", "2011-04-01", 4, "weeks", False),
    ("care_plan", "2011-04-01", 10, "working days", False),
    ("needs_assessment", "2011-04-01", 3, "months", False),
    ("pathway_plan_review", "2010-01-04", 6, "months", False),
    ("allocation", "2010-01-04", 1, "working days", True),
    ("child_protection_visit", "2010-01-04", 10, "working days", True),
    ("child_in_need_visit", "2010-01-04", 20, "working days", True),
    ("supervision", "2010-01-04", 31, "days", True),
    ("supervision_newly_qualified", "2010-01-04", 14, "days", True),
    ("write_up_critical_event", "2010-01-04", 1, "working days", True),
    ("write_up_visit", "2010-01-04", 2, "working days", True),
    ("write_up_other", "2010-01-04", 5, "working days", True),
    ("child_protection_transfer", "2010-01-04", 10, "working days", True),
    ("looked_after_transfer", "2010-01-04", 3, "months", True),
]


@pytest.mark.parametrize(("limit", "start", "days", "unit", "local"), TABLE)
def test_the_shipped_limits_are_those_of_the_domain_notes(
    limit: str, start: str, days: int, unit: str, local: bool
) -> None:
    row = load_timescales().limit_for(limit, datetime.date.fromisoformat(start))
    assert (row.days, row.unit, row.local) == (days, unit, local)
    assert row.source
    assert row.title


def test_every_shipped_limit_is_in_that_table() -> None:
    assert {each[0] for each in TABLE} | {"initial_assessment"} == set(load_timescales().names)


@pytest.mark.parametrize(
    ("limit", "day"),
    [
        ("single_assessment", "2013-04-14"),
        ("core_assessment", "2013-04-15"),
        ("looked_after_first_visit", "2011-03-31"),
        ("initial_assessment", "2006-03-31"),
    ],
)
def test_no_figure_holds_outside_its_days(limit: str, day: str) -> None:
    with pytest.raises(RatingError, match=f"no row of the limit {limit} held on {day}"):
        load_timescales().limit_for(limit, datetime.date.fromisoformat(day))


OWN = """\
timescales: our_council
version: "2010"
weekend_start: after
limits:
  child_protection_visit:
    title: Visit to a child with a protection plan
    local: true
    rows:
      - {start: 2009-01-01, end: 2009-12-31, days: 15, unit: working days, source: Our procedures 2009}
      - {start: 2010-01-01, days: 4, unit: weeks, source: Our procedures 2010}
  chronology_update:
    rows:
      - {start: 2009-01-01, days: 90, unit: days, source: Our procedures 2009}
"""


def test_limits_of_a_councils_own_take_the_place_of_the_shipped_ones_by_name(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(OWN, encoding="utf-8")
    shipped, own = load_timescales(), load_timescales(path)
    assert (own.name, own.version, own.weekend_start) == ("our_council", "2010", "after")
    # A limit that is replaced loses all its old rows: 2008 has no figure any more.
    assert own.figures("child_protection_visit") == (
        (datetime.date(2009, 1, 1), datetime.date(2009, 12, 31), 15, "working days"),
        (datetime.date(2010, 1, 1), None, 4, "weeks"),
    )
    assert own.limit_for("chronology_update", datetime.date(2010, 1, 1)).days == 90
    assert set(own.names) == {*shipped.names, "chronology_update"}
    assert all(own.figures(name) == shipped.figures(name) for name in shipped.names if name != "child_protection_visit")
    assert shipped.weekend_start == "before"
    assert own.to_dict()["weekend_start"] == "after"


def test_a_file_may_state_the_weekend_rule_alone() -> None:
    text = 'timescales: ours\nversion: "1"\nweekend_start: after\n'
    own = timescales_from(parse_yaml(text, "ours.yaml"), base=load_timescales())
    assert own.weekend_start == "after"
    assert own.rows == load_timescales().rows
    with pytest.raises(FrameworkError) as refused:
        timescales_from(parse_yaml('timescales: ours\nversion: "1"\n', "ours.yaml"), base=load_timescales())
    assert str(refused.value) == "ours.yaml, line 1, column 1: limits is missing. Add limits:."


def test_named_limits_are_merged_into_any_timescales() -> None:
    row = TimescaleRow("supervision", datetime.date(2010, 1, 1), None, 4, "weeks", "Ours")
    merged = timescales_with(load_timescales(), [row])
    assert merged.limit_for("supervision", datetime.date(2010, 1, 1)) == row
    assert len(merged.rows) == len(load_timescales().rows)
    assert merged.names[-1] == "supervision"
    assert timescales_with(load_timescales(), []) == load_timescales()


FAULTY = """\
timescales: ours
version: "1"
weekend_start: befor
weekends: after
limits:
  first visit:
    rows:
      - {start: 2010-01-01, days: 7, unit: days, source: a}
  second:
  third: 10 working days
  fourth:
    rows:
      - {start: 2010-01-01, days: 7, unit: day, source: a}
      - {start: 2011-01-01, days: -1, unit: days, source: ""}
  fifth:
    name: Fifth
    rows: {start: 2010-01-01}
  sixth: {}
"""


def test_every_other_fault_of_a_table_is_found_at_once_with_its_line() -> None:
    with pytest.raises(FrameworkError) as refused:
        timescales_from(parse_yaml(FAULTY, "ours.yaml"))
    assert str(refused.value).splitlines() == [
        'ours.yaml, line 3, column 1: weekend_start befor is not known. Did you mean "before"?',
        'ours.yaml, line 4, column 1: unknown key "weekends". Did you mean "weekend_start"?',
        "ours.yaml, line 6, column 3: first visit is not a plain name for a limit."
        " Use letters, digits, - and _ only, at most 64.",
        "ours.yaml, line 9, column 3: the limit second has no rows. Write rows: [{start: 2010-04-01, days: 10, ...}].",
        "ours.yaml, line 10, column 3: third must hold keys and values. Write third: {key: value}.",
        'ours.yaml, line 13, column 38: unit day is not known. Did you mean "days"?',
        "ours.yaml, line 14, column 9: the row from 2011-01-01 overlaps the one before it, which has no end."
        " End the row before on 2010-12-31.",
        "ours.yaml, line 14, column 29: days -1 is not a whole number of 0 to 1000. Write a number such as 7.",
        "ours.yaml, line 14, column 51: source is empty. Write a text after source.",
        'ours.yaml, line 16, column 5: unknown key "name". Use one of: title, local, rows.',
        "ours.yaml, line 17, column 5: rows must be a list. Write rows: [first, second].",
        "ours.yaml, line 18, column 3: the limit sixth has no rows. Write rows: [{start: 2010-04-01, days: 10, ...}].",
    ]


def test_the_limits_of_another_document_are_read_at_their_place() -> None:
    rows = "    rows:\n      - {start: 2010-01-01, days: 3, unit: days, source: a}\n"
    text = f"framework: own\ntimescales:\n  visit:\n{rows}"
    fields = Fields(parse_yaml(text, "own.yaml"))
    (row,) = limit_rows(fields, ("timescales",))
    assert (row.limit, row.days, row.unit) == ("visit", 3, "days")
    assert fields.problems == []
    assert limit_rows(Fields(parse_yaml("framework: own\n", "own.yaml")), ("timescales",)) == ()
