"""The twelve recommendations, when they were due, and faulty plans."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import audit_toolkit as at
from audit_toolkit.improvement import due_date


def test_the_twelve_and_their_clocks() -> None:
    plan = at.load_improvement_plan("improvement_plan_2009")
    assert [each.id for each in plan.recommendations] == [
        *(f"S{n}" for n in range(1, 8)),
        *(f"L{n}" for n in range(1, 6)),
    ]
    start = plan.start("inspection_end", None)
    assert start == datetime.date(2009, 9, 26)
    due = {each.id: due_date(start, each.months) for each in plan.recommendations}
    assert {key for key, date in due.items() if date == datetime.date(2009, 12, 26)} == {"S1", "S2", "S3", "L1", "L2"}
    assert {key for key, date in due.items() if date == datetime.date(2010, 3, 26)} == {
        "S4", "S5", "S6", "S7", "L3", "L4", "L5",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        ("2009-11-30", 3, "2010-02-28"),
        ("2009-08-31", 6, "2010-02-28"),
        ("2009-11-24", 3, "2010-02-24"),
        ("2009-11-24", 6, "2010-05-24"),
    ],
)
def test_months_are_calendar_months_clamped_to_their_end(start, months, due) -> None:
    assert due_date(datetime.date.fromisoformat(start), months) == datetime.date.fromisoformat(due)


def test_publication_needs_its_date() -> None:
    plan = at.load_improvement_plan("improvement_plan_2009")
    with pytest.raises(at.DesignError) as refused:
        plan.start("report_publication", None)
    assert str(refused.value) == (
        "plan.yaml: the date of report_publication is not known. "
        "Give it, as in clock: {report_publication: 2009-11-24}."
    )
    given = datetime.date(2009, 11, 24)
    assert plan.start("report_publication", given) == given


def test_an_unknown_clock_or_plan_is_named_with_the_nearest() -> None:
    plan = at.load_improvement_plan("improvement_plan_2009")
    with pytest.raises(at.DesignError, match=r'there is no clock "inspection"\. Did you mean "inspection_end"'):
        plan.start("inspection", None)
    with pytest.raises(at.DesignError, match='Did you mean "improvement_plan_2009"'):
        at.load_improvement_plan("improvement_plan_2008")


def test_a_faulty_plan_is_told_whole(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "improvement_plan: mine\ntitel: Mine\nclocks: {start: {start: soon}}\nrecommendations:\n"
        "  - {id: A, months: three, recommendation: Do it}\n  - {id: A, moths: 3, months: 3}\n"
    )
    with pytest.raises(at.DesignError) as refused:
        at.load_improvement_plan(path)
    text = str(refused.value)
    for part in (
        'Did you mean "title"?',
        "soon is not a date",
        "months: three is not a whole number",
        'Did you mean "months"?',
        "recommendation is missing",
        "the recommendation A stands twice",
    ):
        assert part in text
