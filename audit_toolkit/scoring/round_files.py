"""What scoring takes from a round folder: its frameworks, its dates, and its scores."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.sampling import Plan, read_plan, read_sample
from audit_toolkit.scoring.events import read_events
from audit_toolkit.scoring.facts import read_facts
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import load_framework
from audit_toolkit.scoring.ratings import Ratings, read_ratings
from audit_toolkit.scoring.score import Scores, score_cases
from audit_toolkit.scoring.timescales import Timescales, load_timescales

if TYPE_CHECKING:
    import pandas as pd


def plan_frameworks(plan: Plan) -> dict[str, Framework]:
    """Load the frameworks a plan names, the primary one first: shipped names, or files beside the plan."""
    limits = plan_timescales(plan)
    rest = [name for name in plan.frameworks if name != plan.primary]
    loaded = {}
    for name in [plan.primary, *rest] if plan.primary else rest:
        own = name.endswith((".yaml", ".yml"))
        framework = load_framework(plan.folder / name if own else name, timescales=limits)
        if framework.name in loaded:
            what = f'two frameworks of the plan are called "{framework.name}"'
            mend = f"Give the one in {name} a name of its own."
            raise DesignError(Problem(what, terms.PLAN_FILE, mend))
        loaded[framework.name] = framework
    return loaded


def plan_timescales(plan: Plan) -> Timescales:
    """Give the time limits a round is judged by: the shipped ones, with those of the plan's own file before them."""
    return load_timescales(plan.timescales)


def as_of(plan: Plan) -> datetime.date | None:
    """Give the day a round's timeliness is judged on: its register's snapshot, else the review date."""
    return plan.snapshot or plan.review_date


def round_facts(folder: Path) -> pd.DataFrame | None:
    """Give the dates a round folder holds, or None where it has no facts.csv."""
    path = folder / terms.FACTS_FILE
    return read_facts(path) if path.exists() else None


def round_events(folder: Path) -> pd.DataFrame | None:
    """Give the dated events a round folder holds, or None where it has no events.csv."""
    path = folder / terms.EVENTS_FILE
    return read_events(path) if path.exists() else None


def issued_dates(folder: Path) -> pd.DataFrame | None:
    """Give the dates the register knew when the workbooks were written, or None."""
    path = folder / terms.WORKBOOKS / terms.DATES_FILE
    return read_facts(path) if path.exists() else None


def round_ratings(folder: Path, frameworks: dict[str, Framework]) -> tuple[Ratings, pd.DataFrame]:
    """Read a round folder's ratings against its sample; give both, without the reserves that were not opened.

    The ratings of a case that was recorded as not to be rated are among them: `to_score` leaves them out.
    """
    sample = read_sample(folder / terms.SAMPLE_FILE)
    issued = sample[sample[terms.DRAW_STATUS] != terms.RESERVE]
    return read_ratings(folder / terms.RATINGS_FILE, list(frameworks.values()), issued), issued


def to_score(ratings: Ratings, issued: pd.DataFrame) -> Ratings:
    """Leave out the ratings of cases recorded as ineligible, missing file, restricted or not returned."""
    disposed = set(issued.loc[issued[terms.DRAW_STATUS].isin(terms.DISPOSITIONS), terms.CASE_ID])
    if not disposed & {*ratings.table[terms.CASE_ID], *ratings.second[terms.CASE_ID]}:
        return ratings
    kept = ratings.only(case for case in issued[terms.CASE_ID] if case not in disposed)
    return dataclasses.replace(kept, notes=ratings.notes)


def score_round(folder: str | Path) -> list[Scores]:
    """Score a round folder whose ratings were collected, by every framework of its plan, the primary one first.

    A case recorded as ineligible, missing file, restricted or not returned has no score, whatever came back of it.

    Raises
    ------
    DesignError if the plan names no framework. RatingError, FileError naming what cannot be read.
    """
    folder = Path(folder)
    plan = read_plan(folder)
    frameworks = plan_frameworks(plan)
    if not frameworks:
        mend = "Add frameworks: [assessment_quality]."
        raise DesignError(Problem("the plan names no framework", terms.PLAN_FILE, mend))
    ratings = to_score(*round_ratings(folder, frameworks))
    facts, events, limits = round_facts(folder), round_events(folder), plan_timescales(plan)
    return [
        score_cases(ratings, each, facts=facts, events=events, as_of=as_of(plan), timescales=limits)
        for each in frameworks.values()
    ]
