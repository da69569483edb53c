"""The limit in force is chosen by the day a step starts, and a table with gaps or overlaps is refused."""

from __future__ import annotations

import datetime

import pytest

from audit_toolkit.errors import FrameworkError, RatingError
from audit_toolkit.files import parse_yaml
from audit_toolkit.scoring import load_timescales
from audit_toolkit.scoring.timescales import timescales_from

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
