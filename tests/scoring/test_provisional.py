"""What is still out, before and after the cut-off, and when nobody says what day it is."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.sampling.plan_file import parse_plan
from audit_toolkit.scoring import provisional_sentence, still_out

PLAN = "round: Trial\nregister: {file: register.csv}\nstrata: [area]\nsize: 10\n"


@pytest.mark.parametrize(
    ("cut_off", "out", "today", "said"),
    [
        ("", 3, None, ""),
        ("cut_off: 2010-03-05", 0, None, ""),
        ("cut_off: 2010-03-05", 3, None, "Provisional: 3 of 60 cases are still out (cut-off 5 March 2010)."),
        (
            "cut_off: 2010-03-05",
            1,
            datetime.date(2010, 3, 5),
            "Provisional: 1 of 60 cases is still out (cut-off 5 March 2010).",
        ),
        (
            "cut_off: 2010-03-05",
            3,
            datetime.date(2010, 3, 6),
            "3 of 60 cases are still out, and the cut-off, 5 March 2010, has passed. Figures take them as not read; "
            'the sample says not returned only once each is recorded: run replace --reason "not returned".',
        ),
    ],
)
def test_what_is_said(cut_off, out, today, said) -> None:
    plan = parse_plan(PLAN + cut_off, "plan.yaml", Path())
    assert provisional_sentence(plan, out, 60, today) == said


def test_only_cases_a_rating_is_awaited_of_are_out() -> None:
    statuses = ["sampled", "sampled", "certainty", "chosen", "reserve", "ineligible", "not returned", "certainty"]
    sample = pd.DataFrame({"case_id": list("abcdefgh"), "draw_status": statuses})
    assert still_out(sample, {"a"}) == (4, 5)
    assert still_out(sample, {"a"}, unread={"h"}) == (3, 4)
    assert still_out(sample, list("abcdh")) == (0, 5)
