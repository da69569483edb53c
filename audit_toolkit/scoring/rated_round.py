"""A round folder whose ratings were collected, read once for agreement, moderation and overrides."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.sampling import Plan, read_plan, read_receipt
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.ratings import Ratings
from audit_toolkit.scoring.round_files import (
    as_of,
    plan_frameworks,
    plan_timescales,
    round_events,
    round_facts,
    round_ratings,
    to_score,
)
from audit_toolkit.scoring.score import Scores, score_cases
from audit_toolkit.scoring.timescales import Timescales

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RatedRound:
    """What moderation needs of a round: its plan and seed, the sample as issued, ratings and dates.

    `ratings` leaves out the cases recorded as not to be rated; `sample` has one row an issued case; `population` the
    eligible cases of each stratum. Facts, events and time limits are those that `score_round` scores by.
    """

    folder: Path
    plan: Plan
    seed: str
    frameworks: Mapping[str, Framework]
    ratings: Ratings
    sample: pd.DataFrame
    facts: pd.DataFrame | None
    population: Mapping[str, int]
    events: pd.DataFrame | None
    timescales: Timescales

    @property
    def strata(self) -> Mapping[str, str]:
        """The stratum of each issued case."""
        rows = zip(self.sample[terms.CASE_ID], self.sample[terms.STRATUM], strict=True)
        return {str(case): str(label) for case, label in rows}

    @property
    def opened(self) -> pd.DataFrame:
        """The cases of the random sample, however they ended."""
        return self.sample[self.sample[terms.DRAW_STATUS].isin(terms.OPENED)]

    @property
    def fraction(self) -> float:
        """The share of the eligible cases that was opened."""
        return len(self.opened) / sum(self.population.values())

    def weights(self, cases: Sequence[str]) -> dict[str, float]:
        """Give how many eligible cases each of some cases of the random sample stands for, within its stratum.

        Ineligible cases take their share of the stratum with them; those of the stratum that are not among `cases` are
        made up for.
        """
        wanted, opened = set(cases), self.opened
        found: dict[str, float] = {}
        for label, rows in opened.groupby(terms.STRATUM, sort=False):
            own = [str(case) for case in rows[terms.CASE_ID] if case in wanted]
            eligible = float((rows[terms.DRAW_STATUS] != terms.INELIGIBLE).mean()) * self.population[str(label)]
            found |= {case: eligible / len(own) for case in own}
        return found

    def scores(self, framework: Framework, ratings: Ratings | None = None) -> Scores:
        """Score by the first ratings, or by others put in their place."""
        used = self.ratings if ratings is None else ratings
        return score_cases(
            used,
            framework,
            facts=self.facts,
            events=self.events,
            as_of=as_of(self.plan),
            timescales=self.timescales,
        )

    def second_scores(self, framework: Framework) -> Scores:
        """Score the cases rated twice by the second auditor's ratings."""
        return self.scores(framework, dataclasses.replace(self.ratings.seconds(), sampled=None))

    def __repr__(self) -> str:
        return f"{self.plan.round}: {len(self.ratings.cases)} rated cases"


def read_rated_round(folder: str | Path) -> RatedRound:
    """Read a round folder whose ratings were collected.

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
    receipt, _ = read_receipt(folder / terms.RECEIPT_FILE)
    ratings, sample = round_ratings(folder, frameworks)
    kept = to_score(ratings, sample)
    return RatedRound(
        folder=folder,
        plan=plan,
        seed=receipt.seed,
        frameworks=frameworks,
        ratings=kept,
        sample=sample,
        facts=round_facts(folder),
        population=receipt.population,
        events=round_events(folder),
        timescales=plan_timescales(plan),
    )


def readings_of(round_: RatedRound, framework: Framework) -> pd.DataFrame:
    """Give every reading that has a score: case_id, auditor, stratum, score; cases rated twice have two rows."""
    import pandas as pd

    found = []
    strata = round_.strata
    both = (
        (round_.scores(framework).table, round_.ratings.table),
        (round_.second_scores(framework).table, round_.ratings.second),
    )
    for scores, ratings in both:
        rated = ratings[ratings[terms.RATING] != terms.MISSING]
        who = dict(zip(rated[terms.CASE_ID], rated[terms.AUDITOR], strict=True))
        rows = zip(scores[terms.CASE_ID], scores["score"], strict=True)
        found += [(case, who.get(case, ""), strata.get(case, ""), score) for case, score in rows if score == score]
    return pd.DataFrame(found, columns=[terms.CASE_ID, terms.AUDITOR, terms.STRATUM, "score"])
