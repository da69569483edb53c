"""Repeated criteria answered from events: beside what auditors wrote, never over it."""

from __future__ import annotations

import datetime
import importlib.resources
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import FrameworkError, RatingError
from audit_toolkit.files import parse_yaml
from audit_toolkit.scoring import Framework, counted, framework_from, score_cases
from audit_toolkit.scoring.responses import count_text, without_longest

SNAPSHOT = datetime.date(2010, 2, 20)
OWN = """\
framework: own
version: "1.0.0"
title: Own
ratings: [Good, Poor]
earns: {Good: 1, Poor: 0, "Yes": 1, Partly: 1/2, "No": 0, met: 1, not met: 0}
bands: {Good: 50, Poor: 0}
criteria:
  - {id: G1, ask: Is it good?, response: graded}
  - id: V1
    ask: Are visits made at the required interval?
    response: repeated
    events: visit
    count: gaps
    from: plan_start_date
    limit: child_protection_visit
items:
  - {id: V1_gap, ask: Was a gap over twice the interval?, after: V1, longest_gap_over: 2}
limits:
  - {if: V1_gap, is: ["Yes"], no_better_than: Poor, why: Unvisited}
"""
EVENTS = pd.DataFrame(
    [
        *(("A1", "visit", each, "") for each in ("2010-01-14", "2010-02-01", "2010-02-10")),
        *(("A2", "visit", each, "") for each in ("2010-01-14", "2010-02-01", "2010-02-10")),
        ("A3", "visit", "2010-01-11", ""),
        ("A4", "visit", "2010-02-19", ""),
        ("B9", "visit", "2010-02-19", ""),
        ("A1", "visit", "2010-03-01", ""),
        ("A1", "phone", "2010-02-01", ""),
    ],
    columns=["case_id", "event", "date", "entered_date"],
)
FACTS = pd.DataFrame(
    [(case, "plan_start_date", "2010-01-04") for case in ("A1", "A2", "A3")] + [("A6", "plan_start_date", "N/A")],
    columns=["case_id", "fact", "value"],
)


def ratings(*rows: tuple[str, str, str]) -> pd.DataFrame:
    graded = [(case, "G1", "Good") for case in ("A1", "A2", "A3", "A4", "A5", "A6")]
    return pd.DataFrame([*graded, *rows], columns=["case_id", "criterion_id", "rating"])


def test_a_blank_count_is_filled_from_the_events_and_the_auditors_own_stands(
    make_framework: Callable[[str], Framework],
) -> None:
    given = ratings(("A2", "V1", "3 of 3"), ("A3", "V1_gap", "No"))
    scores = score_cases(given, make_framework(OWN), facts=FACTS, events=EVENTS, as_of=SNAPSHOT)
    assert scores.answers["V1"].to_dict() == {
        "A1": "2 of 3, longest 18 days",
        "A2": "3 of 3",
        # From 11 January ten working days run to the 25th, and twenty to 8 February.
        "A3": "1 of 2, longest 40 days",
        "A4": "pending",
        "A5": "missing date",
        "A6": "N/A",
    }
    assert scores.answers["V1_gap"].to_dict() == {"A1": "No", "A2": "No", "A3": "No", "A4": "No", "A5": "", "A6": ""}
    assert scores.notes[:6] == (
        "The events hold 1 case not among those scored; they were not used.",
        "1 event is dated after 2010-02-20; not counted.",
        "V1: the answer given differs from the events in 1 case; the answer given stands.",
        "V1: 3 limits have not run out and are not counted.",
        "V1_gap: the answer given differs from the events in 1 case; the answer given stands.",
        "1 of 6 cases incomplete: too much is unanswered for a score.",
    )
    # (1 + 2/3) / 2; an answer pending or N/A leaves the sum; a missing one leaves the case incomplete.
    exact = scores.exact_scores()
    assert exact["A1"] == Fraction(250, 3)
    assert (exact["A4"], exact["A5"], exact["A6"]) == (100, None, 100)
    assert scores.counts().loc["V1"].to_dict() == {
        "answered": 3,
        "not_applicable": 1,
        "pending": 1,
        "missing_date": 1,
        "missing": 0,
    }


def test_an_item_left_blank_is_answered_and_its_limit_fires(make_framework: Callable[[str], Framework]) -> None:
    scores = score_cases(ratings(), make_framework(OWN), facts=FACTS, events=EVENTS, as_of=SNAPSHOT)
    table = scores.table.set_index("case_id")
    assert table.loc["A3", ["band_before_limits", "band", "limits_fired"]].tolist() == [
        "Good",
        "Poor",
        "V1_gap: Unvisited",
    ]
    assert table.loc["A1", "limits_fired"] == ""


def test_the_longest_gap_is_kept_and_moves_no_score(make_framework: Callable[[str], Framework]) -> None:
    framework = make_framework(OWN)
    plain = score_cases(ratings(("A1", "V1", "3 of 5")), framework)
    longest = score_cases(ratings(("A1", "V1", "3 of 5, longest 42 days")), framework)
    assert longest.answers.loc["A1", "V1"] == "3 of 5, longest 42 days"
    assert longest.exact_scores()["A1"] == plain.exact_scores()["A1"] == 80
    # It is not a difference from the events that the auditor names no longest gap, or another one.
    same = score_cases(
        ratings(("A1", "V1", "2 of 3"), ("A3", "V1", "1 of 2, longest 41 days")),
        framework,
        facts=FACTS,
        events=EVENTS,
        as_of=SNAPSHOT,
    )
    assert not any("V1: the answer given differs" in note for note in same.notes)
    assert same.answers.loc["A3", "V1"] == "1 of 2, longest 41 days"


@pytest.mark.parametrize(
    ("text", "share", "short"),
    [
        ("3 of 5", Fraction(3, 5), "3 of 5"),
        ("3 of 5, longest 42 days", Fraction(3, 5), "3 of 5"),
        ("1 of 1, longest 1 day", Fraction(1), "1 of 1"),
        ("0 of 2, longest 0 days", Fraction(0), "0 of 2"),
        *(
            (text, None, text)
            for text in ("3 of 5, longest 1 days", "3 of 5, longest 042 days", "3 of 5 longest 42 days")
        ),
        *((text, None, text) for text in ("3 of 5, longest 42", "3 of 5, Longest 42 days", "3 of 5,longest 42 days")),
        ("6 of 5, longest 42 days", None, "6 of 5"),
        ("Good", None, "Good"),
    ],
)
def test_one_exact_form_of_a_count(text: str, share: Fraction | None, short: str) -> None:
    assert counted(text) == share
    assert without_longest(text) == short


def test_a_count_is_written_as_it_is_read() -> None:
    for longest in (None, 0, 1, 2, 42, 9999):
        assert counted(count_text(3, 5, longest)) == Fraction(3, 5)


def test_events_and_facts_that_are_not_there_are_named(make_framework: Callable[[str], Framework]) -> None:
    slip = EVENTS[EVENTS["case_id"] == "A1"].assign(event="visits")
    scores = score_cases(ratings(), make_framework(OWN), events=slip)
    assert scores.notes[:3] == (
        'visit is none of the events. Did you mean "visits"?',
        "plan_start_date is in none of the facts.",
        "No date of reading was given: gaps still open count as pending, and no event is too old to count.",
    )
    assert set(scores.answers["V1"]) == {"missing date"}


def test_without_events_the_auditors_alone_count(make_framework: Callable[[str], Framework]) -> None:
    scores = score_cases(ratings(("A1", "V1", "2 of 3")), make_framework(OWN), facts=FACTS, as_of=SNAPSHOT)
    assert scores.answers["V1"].tolist() == ["2 of 3", "", "", "", "", ""]


def test_gaps_of_days_without_a_figure_are_left_to_the_auditor(make_framework: Callable[[str], Framework]) -> None:
    framework = make_framework(OWN.replace("child_protection_visit", "looked_after_visit_later"))
    scores = score_cases(ratings(("A2", "V1", "3 of 3")), framework, facts=FACTS, events=EVENTS, as_of=SNAPSHOT)
    assert scores.answers["V1"].tolist() == [
        "missing date",
        "3 of 3",
        "missing date",
        "missing date",
        "missing date",
        "N/A",
    ]
    what = "V1: no row of the limit held when the events of 4 cases began: not counted there."
    assert what in scores.notes


def test_facts_that_cannot_be_counted_with_are_named_at_once(make_framework: Callable[[str], Framework]) -> None:
    text = OWN.replace(
        "    limit: child_protection_visit\n",
        "    to: plan_end_date\n    limit_by: plan_type\n    limit: {child protection: child_protection_visit}\n",
    )
    facts = pd.DataFrame(
        [
            ("A1", "plan_type", "respite"),
            *(("A2", "plan_type", "child protection"), ("A2", "plan_start_date", "2010-01-04")),
            ("A2", "plan_end_date", "2010-01-01"),
        ],
        columns=["case_id", "fact", "value"],
    )
    with pytest.raises(RatingError) as refused:
        score_cases(ratings(), make_framework(text), facts=facts, events=EVENTS, as_of=SNAPSHOT)
    assert str(refused.value).splitlines() == [
        "facts, case A1: V1: plan_type is respite, which no limit is given for. Use one of: child protection."
        " A framework's other: stands for all the rest.",
        "facts, case A2: V1: plan_end_date 2010-01-01 is before plan_start_date 2010-01-04. Correct one of the dates.",
    ]


# What the shipped frameworks would say: their own text with the keys of events put in.
RK06 = """\
    response: repeated
    events: visit
    count: gaps
    from: plan_start_date
    to: plan_end_date
    limit_by: plan_type
    limit:
      child protection: child_protection_visit
      child in need: child_in_need_visit
      looked after: looked_after_visit_first_year
    within: 6 months
"""
RK02 = """\
    response: repeated
    events: [critical_event, visit, contact]
    count: each
    limit_by: event
    limit: {critical_event: write_up_critical_event, visit: write_up_visit, other: write_up_other}
    last: 5
"""


def record_keeping() -> Framework:
    """Give the shipped framework with the counts of RK02 and RK06 from events, whatever it says of them itself."""
    text = (importlib.resources.files("audit_frameworks") / "record_keeping.yaml").read_text(encoding="utf-8")
    for criterion, keys in (("RK02", RK02), ("RK06", RK06)):
        before, found, rest = text.partition(f"  - id: {criterion}\n")
        head, _, tail = rest.partition("    response: repeated\n")
        kept = tail[tail.index("    look_for:") :]
        text = before + found + head + keys + kept
    if "longest_gap_over" not in text:
        text = text.replace("    after: RK06\n", "    after: RK06\n    longest_gap_over: 2\n")
    return framework_from(parse_yaml(text, "record_keeping.yaml"))


def test_visits_and_write_ups_of_the_shipped_record_keeping_framework() -> None:
    framework = record_keeping()
    rated = [(each.id, "Yes" if each.response == "yes_partly_no" else "Good") for each in framework.criteria]
    hand = pd.DataFrame(
        [(case, each, text) for case in ("CP", "CIN") for each, text in rated if each not in ("RK02", "RK06")],
        columns=["case_id", "criterion_id", "rating"],
    )
    facts = pd.DataFrame(
        [("CP", "plan_type", "child protection"), ("CIN", "plan_type", "child in need")]
        + [(case, "plan_start_date", "2010-01-04") for case in ("CP", "CIN")],
        columns=["case_id", "fact", "value"],
    )
    days = [("2010-01-14", "2010-01-15"), ("2010-02-15", "2010-02-18"), ("2010-02-16", "")]
    events = pd.DataFrame(
        [(case, "visit", day, written) for case in ("CP", "CIN") for day, written in days],
        columns=["case_id", "event", "date", "entered_date"],
    )
    scores = score_cases(hand, framework, facts=facts, events=events, as_of=datetime.date(2010, 2, 26))
    # 14 January to 15 February is 22 working days: over twice ten, and over twenty, but not over forty.
    assert scores.answers[["RK02", "RK06", "RK06_gap"]].to_dict("index") == {
        "CP": {"RK02": "1 of 3", "RK06": "2 of 3, longest 32 days", "RK06_gap": "Yes"},
        "CIN": {"RK02": "1 of 3", "RK06": "2 of 3, longest 32 days", "RK06_gap": "No"},
    }
    assert scores.table["band"].tolist() == ["Inadequate", "Good"]
    assert scores.table["limits_fired"].tolist() == [
        "RK06_gap: The child went unvisited for over twice the interval",
        "",
    ]


def test_a_framework_and_its_scores_may_use_limits_of_ones_own_file(
    make_framework: Callable[[str], Framework], tmp_path: Path
) -> None:
    row = "{start: 2009-01-01, days: 3, unit: weeks, source: Ours}"
    limits, framework = tmp_path / "ours.yaml", tmp_path / "own.yaml"
    limits.write_text(f'timescales: ours\nversion: "1"\nlimits:\n  our_visit:\n    rows:\n      - {row}\n')
    framework.write_text(OWN.replace("child_protection_visit", "our_visit"))
    scores = score_cases(ratings(), framework, facts=FACTS, events=EVENTS, as_of=SNAPSHOT, timescales=limits)
    assert scores.answers.loc["A1", "V1"] == "3 of 3, longest 18 days"
    with pytest.raises(FrameworkError, match="the limit our_visit is not in the timescales"):
        make_framework(framework.read_text())
