"""A round read for a panel is scored as score_round scores it: by its facts, its events and its own time limits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from moderated_samples import copy_round

from audit_toolkit.scoring import read_rated_round, score_round

LIMITS = """timescales: ours
version: "1"
limits:
  initial_assessment:
    rows:
      - {start: 2006-04-01, days: 1, unit: working days, source: Our own procedures}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a round judged by limits of its own, whose counts of visits stand in events.csv alone."""
    folder = copy_round(tmp_path, "february-2010", "timescales: ours.yaml")
    (folder / "ours.yaml").write_text(LIMITS, encoding="utf-8")
    ratings = pd.read_csv(folder / "ratings.csv", dtype=str, keep_default_na=False)
    ratings.loc[ratings["criterion_id"].isin(["RK02", "RK02_gap"]), ["rating", "comment"]] = ""
    ratings.to_csv(folder / "ratings.csv", index=False)
    days = ("2009-11-20", "2009-12-04", "2009-12-18", "2010-01-04")
    rows = [(case, "visit", day, day) for case in ratings["case_id"].unique() for day in days]
    columns = ["case_id", "event", "date", "entered_date"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "events.csv", index=False)
    return folder


def test_a_panel_sees_the_scores_of_the_round(folder: Path) -> None:
    read = read_rated_round(folder)
    for scored in score_round(folder):
        pd.testing.assert_frame_equal(read.scores(scored.framework).table, scored.table)


@pytest.mark.parametrize(("file", "framework"), [("ours.yaml", "assessment_quality"), ("events.csv", "record_keeping")])
def test_limits_and_events_move_those_scores(folder: Path, file: str, framework: str) -> None:
    read = read_rated_round(folder)
    before = read.scores(read.frameworks[framework]).table["score"]
    if file == "ours.yaml":
        plan = (folder / "plan.yaml").read_text(encoding="utf-8")
        (folder / "plan.yaml").write_text(plan.replace("timescales: ours.yaml\n", ""), encoding="utf-8")
    (folder / file).unlink()
    read = read_rated_round(folder)
    after = read.scores(read.frameworks[framework]).table["score"]
    assert not before.equals(after)
