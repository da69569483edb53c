"""audit-toolkit timeliness, and the options of score for events and limits, as a person uses them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command import run

import audit_toolkit as at

LOOSE = (
    *("timeliness", "register_2010-01-31.csv", "--column", "case_id=Child reference"),
    *("--limit", "initial_assessment", "--from", "Referral date", "--to", "Initial assessment authorised"),
)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_round_is_counted_and_the_sample_named_beside_it(top: Path) -> None:
    done = run("timeliness", "february-2010")
    assert done.status == 0
    lines = done.data.splitlines()
    assert lines[:6] == [
        "February 2010 review: all 696 cases, as the files stood on 2010-01-31. A complete count: there is no"
        " interval.",
        "",
        "question  met  not met  pending  missing date  share met",
        "--------  ---  -------  -------  ------------  ---------",
        "AQ01      522      174        0             0      75.0%",
        "AQ13       55       21      130           490      72.4%",
    ]
    assert done.messages.splitlines()[-1] == (
        "The sample of this round estimates the same from 60 cases (AQ01, AQ13, MO01, MO03, MO13). Where the register's"
        " dates are right, these figures are the ones to quote."
    )
    counted = at.register_timeliness(top / "february-2010")
    assert json.loads(run("timeliness", "february-2010", "--json").data) == counted.to_dict()


def test_a_loose_register_is_counted_by_group_and_listed(top: Path) -> None:
    done = run(*LOOSE, "--by", "Area", "--as-of", "2010-01-31", "--list", "late.csv", "-o", "counts.csv")
    assert done.status == 0
    assert done.messages.splitlines() == [
        "Written: late.csv. It names cases: keep it inside.",
        "Written: counts.csv.",
    ]
    counts = rows((top / "counts.csv").read_text(encoding="utf-8"))
    assert [row["group"] for row in counts] == ["all cases", "East", "North", "South"]
    assert counts[0]["share_met"] == "0.7088"
    late = rows((top / "late.csv").read_text(encoding="utf-8"))
    assert len(late) == int(counts[0]["not_met"])
    assert late[0] == {
        "question": "initial_assessment",
        "case_id": "1194468",
        "start": "2009-11-01",
        "due": "2009-11-10",
        "end": "",
        "days_late": "82",
    }
    again = run(*LOOSE, "--as-of", "2010-01-31", "--list", "late.csv")
    assert again.status == 0
    changed = run(*LOOSE, "--as-of", "2010-01-20", "--list", "late.csv")
    assert changed.status == 1
    assert run(*LOOSE, "--as-of", "2010-01-20", "--list", "late.csv", "--force").status == 0


@pytest.mark.usefixtures("top")
def test_counts_go_to_stdout_as_csv() -> None:
    done = run(*LOOSE, "--as-of", "2010-01-31", "-o", "-")
    assert [row["met"] for row in rows(done.data)] == ["550"]
    assert done.messages == ""


def test_a_council_counts_by_limits_of_its_own(top: Path) -> None:
    text = 'timescales: ours\nversion: "1"\nweekend_start: after\n'
    (top / "ours.yaml").write_text(text, encoding="utf-8")
    shipped, own = (
        rows(run(*LOOSE, "--as-of", "2010-01-31", *more, "-o", "-").data)[0]
        for more in ((), ("--timescales", "ours.yaml"))
    )
    assert int(own["met"]) > int(shipped["met"])


@pytest.mark.usefixtures("top")
def test_misuse_is_told(refused: Callable[..., list[str]]) -> None:
    for arguments, text in [
        (("timeliness", "february-2010", "--timescales", "ours.yaml"), "leave --timescales and what says how to read"),
        (("timeliness", "february-2010", "--sheet", "Cases"), "leave --timescales and what says how to read"),
        (("timeliness", "register_2010-01-31.csv", "--column", "case_id"), "--column case_id names no heading."),
    ]:
        done = run(*arguments)
        assert done.status == 2
        assert text in done.messages
    assert refused("timeliness", "register_2010-01-31.csv", "--column", "case_id=Child reference") == [
        "no framework with a timeliness criterion is given. Name a framework, or a limit with the two columns of its"
        " step."
    ]
    assert refused("timeliness", "february-2010", "--by", "aera") == [
        'February 2010 review: there is no column "aera". Did you mean "area"?'
    ]


FRAMEWORK = """\
framework: visits
version: "1"
title: Visits
ratings: [Good, Poor]
earns: {Good: 1, Poor: 0}
bands: {Good: 50, Poor: 0}
criteria:
  - {id: G1, ask: Good?, response: graded}
  - {id: V1, ask: Visits?, response: repeated, events: visit, count: gaps, limit: our_visit}
"""


def test_loose_ratings_are_scored_with_events_and_limits_of_ones_own(top: Path) -> None:
    rows_of_limit = "{start: 2009-01-01, days: 1, unit: weeks, source: Ours}"
    text = f'timescales: ours\nversion: "1"\nlimits:\n  our_visit:\n    rows:\n      - {rows_of_limit}\n'
    (top / "ours.yaml").write_text(text, encoding="utf-8")
    (top / "visits.yaml").write_text(FRAMEWORK, encoding="utf-8")
    (top / "ratings.csv").write_text("case_id,criterion_id,rating\nA1,G1,Good\n", encoding="utf-8")
    (top / "events.csv").write_text(
        "case_id,event,date\nA1,visit,04/01/2010\nA1,visit,11/01/2010\nA1,visit,20/01/2010\n", encoding="utf-8"
    )
    done = run(
        *("score", "ratings.csv", "--framework", "./visits.yaml", "--events", "events.csv"),
        *("--timescales", "ours.yaml", "--as-of", "2010-01-22", "-o", "-"),
    )
    assert done.status == 0, done.messages
    # Gaps of 7 and 9 days against a week; the last is two days old. (1 + 1/2) / 2.
    assert rows(done.data)[0]["score"] == "75"
    assert "V1: 1 limit has not run out and is not counted." in done.messages
    folder = run("score", "february-2010", "--events", "events.csv")
    assert folder.status == 2
    assert "leave --framework, --facts, --events, --timescales, --sample and --as-of out" in " ".join(
        folder.messages.split()
    )
