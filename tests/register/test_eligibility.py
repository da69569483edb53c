"""Rules: who could be drawn, every exclusion counted once under its reason."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from audit_toolkit.errors import RegisterError
from audit_toolkit.register import Frame, Rule, build_frame, parse_rules, rule_window

CASES = pd.DataFrame(
    [
        ("1", "North", "2010-01-01", "closed"),
        ("2", "North", "31/01/2010", "open"),
        ("3", "South", "2010-02-01", "open"),
        ("4", "South", "2009-12-31", "closed"),
        ("5", "South", "", "NA"),
        ("6", "North", "2010-01-15T23:30:00Z", ""),
    ],
    columns=["case_id", "area", "received", "state"],
    dtype=object,
)


def framed(**rules: object) -> Frame:
    return build_frame(CASES, strata="area", **rules)


def ids(frame: Frame) -> str:
    return "".join(frame.units["case_id"])


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ({"column": "received", "from": "2010-01-01", "to": datetime.date(2010, 1, 31)}, "126"),
        ({"column": "received", "from": datetime.datetime(2010, 1, 31, 12)}, "23"),
        ({"column": "received", "to": "31/12/2009"}, "4"),
        ({"column": "state", "is": ["open", "NA"]}, "235"),
        ({"column": "state", "is": "closed"}, "14"),
        ({"column": "state", "is_not": ["open"]}, "1456"),
        ({"column": "state", "blank": False}, "12345"),
        ({"column": "received", "blank": True}, "5"),
        ({"column": "state", "is": [""]}, "6"),
        ({"column": "received", "from": "2010-01-01", "is_not": ["2010-02-01"]}, "126"),
    ],
)
def test_a_rule_keeps_what_it_says_and_an_exclusion_the_rest(rule: dict[str, object], kept: str) -> None:
    assert ids(framed(eligible=[rule])) == kept
    others = "".join(each for each in "123456" if each not in kept)
    assert ids(framed(exclude=[rule])) == others


def test_exclusions_are_counted_once_each_and_add_up() -> None:
    frame = framed(
        eligible=[
            {"column": "received", "from": "2010-01-01", "to": "2010-01-31", "why": "outside the window"},
            {"column": "state", "is": ["open", "closed"]},
        ],
        exclude=[{"column": "state", "is": ["open"]}, {"column": "area", "is": ["East"], "why": "not ours"}],
        stay_clear_of={"round one": ["2", "9"]},
    )
    assert frame.exclusions == (
        ("outside the window", 3),
        ("not: state open or closed", 1),
        ("state open", 1),
        ("not ours", 0),
        ("audited in round one", 0),
    )
    assert len(frame) + sum(count for _, count in frame.exclusions) == frame.register_size == 6


def test_earlier_rounds_are_stayed_clear_of_exactly() -> None:
    frame = framed(stay_clear_of={"a": ["1", "2 "], "b": ["1", "3"]})
    assert ids(frame) == "2456"
    assert frame.exclusions == (("audited in a", 1), ("audited in b", 1))


def test_reasons_are_said_in_words() -> None:
    first, last = datetime.date(2010, 1, 1), datetime.date(2010, 1, 31)
    assert Rule("received", first, last).failure(excluding=False) == "not: received from 2010-01-01 to 2010-01-31"
    assert Rule("received", first=first).words() == "received from 2010-01-01"
    assert Rule("received", last=last).words() == "received to 2010-01-31"
    assert Rule("state", other_than=("a", "b"), blank=False).words() == "state not a or b, filled in"
    assert Rule("state", blank=True).failure(excluding=True) == "state empty"


def test_a_bad_date_is_named_by_its_row_for_rules_of_both_kinds() -> None:
    cases = CASES.assign(received=["13/14/2010", "", "x", "2010-01-01", "2010-01-01", "2010-01-01"])
    with pytest.raises(RegisterError) as refused:
        build_frame(cases, strata="area", exclude=[{"column": "received", "to": "2010-01-01"}])
    assert str(refused.value).splitlines() == [
        'DataFrame, row 2 (case 1), column C "received": 13/14/2010 is not a date. '
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
        'DataFrame, row 4 (case 3), column C "received": x is not a date. Write dates as 2010-01-31 or 31/01/2010,'
        " days and months in two digits.",
    ]


def test_a_round_moves_its_dates_and_keeps_its_rule() -> None:
    rule = Rule("received", datetime.date(2010, 1, 1), datetime.date(2010, 1, 31))
    later = Rule("received", datetime.date(2010, 3, 1), datetime.date(2010, 3, 31), why="x")
    longer = Rule("received", datetime.date(2010, 3, 1), datetime.date(2010, 4, 1))
    assert rule.shape() == later.shape() != longer.shape()
    assert rule.shape() == {
        "column": "received",
        "window_days": 31,
        "open_window": False,
        "is": None,
        "is_not": None,
        "blank": None,
    }
    assert Rule("a", first=datetime.date(2010, 1, 1)).shape()["open_window"] is True
    assert Rule("a", values=("y", "x")).shape() == Rule("a", values=("x", "y")).shape()
    assert rule_window([Rule("a", blank=True), rule, longer]) == rule
    assert rule_window([Rule("a", blank=True)]) is None


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("closed", "plan: eligible is not a list of rules. Write eligible as a list, such as - {column: outcome, "),
        ([{"is": ["x"]}], "plan: a rule of eligible names no column. Write it as {column: outcome, is: [closed]}."),
        ([{"column": "a"}], 'plan: the rule on "a" says nothing about it. Add from and to, is, is_not or blank.'),
        ([{"column": "a", "form": "x", "is": "b"}], 'plan: "form" is not part of a rule. Did you mean "from"?'),
        ([{"column": "a", "from": "13/14/2010"}], "plan: 13/14/2010 is not a date. Write dates as 2010-01-31 or "),
        (
            [{"column": "a", "from": "2010-02-01", "to": "2010-01-01"}],
            "plan: the window from 2010-02-01 to 2010-01-01 runs backwards. Swap from and to.",
        ),
        (
            [{"column": "a", "is": [1]}],
            'plan: is: 1 is not text. Put each value of is in quotation marks, as in is: ["',
        ),
        ([{"column": "a", "is": {"b": 1}}], "plan: is: {'b': 1} is not text. Put each value of is in quotation marks"),
        ([{"column": "a", "is_not": []}], "plan: is_not: [] is not text. Put each value of is_not in quotation marks"),
        ([{"column": "a", "blank": "no"}], "plan: blank: no is neither true nor false. Write blank: true or blank: "),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(entries: object, said: str) -> None:
    rules, problems = parse_rules(entries, "plan", "eligible")
    assert rules == ()
    assert [str(problem)[: len(said)] for problem in problems] == [said]


def test_a_frame_without_cases_is_refused_with_the_counts() -> None:
    with pytest.raises(RegisterError) as refused:
        framed(eligible=[{"column": "state", "is": ["lost"], "why": "not lost"}])
    assert str(refused.value) == "DataFrame: no case is eligible (not lost: 6). Look at the rules of the plan."
