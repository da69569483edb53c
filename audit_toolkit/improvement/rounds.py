"""A scored round with its design: what a round folder holds once its ratings are in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import ChangeError, DesignError, Problem, did_you_mean, raise_if
from audit_toolkit.files import file_digest, read_table
from audit_toolkit.sampling import Plan, Receipt, parse_plan, read_plan, read_receipt, stratum_columns
from audit_toolkit.scoring import (
    Agreement,
    Framework,
    Ratings,
    Scores,
    agreement,
    as_of,
    plan_frameworks,
    round_facts,
    round_ratings,
    score_cases,
    score_round,
    scores_text,
)

if TYPE_CHECKING:
    import pandas as pd


KINDS = ("grades", "good_or_better")


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """One measure of a round: `values` by case, missing where there is no answer, with `strata` and `population`."""

    values: pd.Series
    strata: pd.Series
    population: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Round:
    """One round, drawn, rated and scored.

    `cases` has one row a sampled case, indexed by case_id, with the columns of sample.csv; `scores` one
    entry a framework, the primary one first. Shares and weights come from `population` (N_h) and `cases`.
    """

    name: str
    plan: Plan
    receipt: Receipt
    cases: pd.DataFrame
    ratings: Ratings
    scores: Mapping[str, Scores]
    frameworks: Mapping[str, Framework]
    facts: pd.DataFrame | None
    notes: tuple[str, ...] = ()

    @property
    def strata(self) -> pd.Series:
        """The stratum of each sampled case."""
        return self.cases[terms.STRATUM]

    @property
    def population(self) -> Mapping[str, int]:
        """N_h, the eligible cases of each stratum."""
        return self.receipt.population

    @property
    def eligible(self) -> int:
        """All eligible cases."""
        return sum(self.receipt.population.values())

    @property
    def auditors(self) -> dict[str, int]:
        """Who rated, with the number of cases, by name."""
        counts = self.ratings.table.groupby(terms.AUDITOR, sort=True)[terms.CASE_ID].nunique()
        return {str(name): int(count) for name, count in counts.items()}

    @property
    def unrated(self) -> int:
        """Sampled cases that no rating came back for."""
        return len(set(self.cases.index) - set(self.ratings.cases))

    def column(self, name: str) -> pd.Series:
        """Give a stratum column of the sampled cases, to report by."""
        return self.cases[name]

    def eligible_in(self, column: str, level: str) -> int:
        """Give the eligible cases of one level of a stratum column: those of its strata."""
        inside = set(self.cases.loc[self.cases[column] == level, terms.STRATUM])
        return sum(count for label, count in self.population.items() if label in inside)

    def measure(self, kind: str = "grades", framework: str | None = None) -> Outcomes:
        """Give one measure of the round with its design, as the verbs of comparison take it.

        `kind` : "grades" (numbers, worst 1) or "good_or_better" (1 and 0); `framework` : its name, default the primary.
        """
        name = framework if framework is not None else next(iter(self.frameworks))
        if name not in self.frameworks or kind not in KINDS:
            wrong, known = (name, list(self.frameworks)) if name not in self.frameworks else (kind, KINDS)
            raise ChangeError(Problem(f'the round has no "{wrong}"', self.name, did_you_mean(wrong, known)))
        bands = self.bands(name)
        if kind == "good_or_better":
            chosen = self.frameworks[name]
            lowest = min(float(code) for code, label in chosen.codes.items() if label in chosen.good_or_better)
            bands = (bands >= lowest).astype(float).where(bands.notna())
        return Outcomes(bands, self.strata, self.population)

    def bands(self, framework: str) -> pd.Series:
        """Give each sampled case's grade on a framework as a number, worst 1, missing where there is none."""
        import numpy as np
        import pandas as pd

        table = self.scores[framework].table.set_index(terms.CASE_ID)["band"]
        order = {label: float(code) for code, label in self.frameworks[framework].codes.items()}
        found = [order.get(str(table.get(case, "")), np.nan) for case in self.cases.index]
        return pd.Series(found, index=self.cases.index, dtype=float)

    def answers(self, framework: str, criterion: str) -> pd.Series:
        """Give each sampled case's answer to a criterion as a label, "" where missing."""
        answers = self.scores[framework].answers[criterion]
        return answers.reindex(self.cases.index).fillna(terms.MISSING)

    def agreement(self, framework: str) -> Agreement | None:
        """Measure how far the two auditors of double-rated cases gave the same grade, or None where none were."""
        import pandas as pd

        if self.ratings.second.empty:
            return None
        chosen = self.frameworks[framework]
        doubled = set(self.ratings.second[terms.CASE_ID])
        table = self.ratings.table
        parts = {"first": table[table[terms.CASE_ID].isin(doubled)], "second": self.ratings.second}
        bands = {}
        for name, part in parts.items():
            rated = dataclasses.replace(self.ratings, table=part, sampled=None)
            scored = score_cases(rated, chosen, facts=self.facts, as_of=as_of(self.plan)).table
            bands[name] = scored.set_index(terms.CASE_ID)["band"]
        pairs = pd.DataFrame(bands, dtype=object).fillna("")
        both = pairs[(pairs["first"] != "") & (pairs["second"] != "")]
        return agreement(both, scale="ordinal", categories=chosen.ratings) if len(both) else None

    def __str__(self) -> str:
        return (
            f"{self.name}: {len(self.cases)} of {self.eligible:,} eligible cases in {len(self.population)} strata, "
            f"{len(self.auditors)} auditors, {len(self.frameworks)} frameworks"
        )

    def __repr__(self) -> str:
        return str(self)


def read_round(folder: str | Path) -> Round:
    """Read a round folder whose ratings were collected, and score it.

    Parameters
    ----------
    folder : a round folder with plan.yaml, sample.csv, receipt.json, ratings.csv and, where computed criteria
        need dates, facts.csv.

    Returns
    -------
    Round, scored from ratings.csv and facts.csv.

    Raises
    ------
    DesignError if the receipt's seal is broken, or plan.yaml or sample.csv is not the one it seals. ChangeError if
    scores.csv is not what the ratings give. RatingError or FileError naming what cannot be read.
    """
    folder = Path(folder)
    plan = read_plan(folder)
    receipt = _sealed_receipt(folder, plan)
    frameworks = plan_frameworks(plan)
    scores = score_round(folder)
    ratings, sampled = round_ratings(folder, frameworks)
    _check_scores(folder, scores)
    cases = sampled.set_index(terms.CASE_ID)[[*stratum_columns(sampled), *terms.DRAW_COLUMNS]]
    named = dict(zip(frameworks, scores, strict=True))
    return Round(
        plan.round, plan, receipt, cases, ratings, named, frameworks, round_facts(folder), _notes(ratings, sampled)
    )


def _sealed_receipt(folder: Path, plan: Plan) -> Receipt:
    """Give the receipt, or refuse a round whose plan or sample changed after the draw: margins are set before."""
    receipt, problems = read_receipt(folder / terms.RECEIPT_FILE)
    decided = parse_plan(receipt.plan_text, terms.PLAN_FILE, folder)
    if plan.decides() != decided.decides():
        what = f"the plan of {plan.round} is not the one its sample was drawn by"
        mend = "Run verify to see the difference, and put it back: what decides a verdict is fixed before the draw."
        problems.append(Problem(what, terms.PLAN_FILE, mend))
    if file_digest(folder / terms.SAMPLE_FILE) != receipt.sample_sha256:
        what = f"the sample of {plan.round} is not the one the receipt seals"
        problems.append(Problem(what, terms.SAMPLE_FILE, "Run verify to see the difference."))
    raise_if(problems, DesignError)
    return receipt


def _check_scores(folder: Path, scores: list[Scores]) -> None:
    """Refuse a scores.csv that was changed by hand or made from other ratings."""
    if not (folder / terms.SCORES_FILE).exists():
        return
    table = read_table(folder / terms.SCORES_FILE)
    expected = scores_text(scores)
    written = table.cells[list(terms.SCORE_COLUMNS)] if set(terms.SCORE_COLUMNS) <= set(table.columns) else None
    if written is None or not written.reset_index(drop=True).equals(expected.reset_index(drop=True)):
        what = "the scores are not those the ratings and facts give"
        raise ChangeError(Problem(what, terms.SCORES_FILE, "Run score --force on this round."))


def _notes(ratings: Ratings, sampled: pd.DataFrame) -> tuple[str, ...]:
    unrated = len(set(sampled[terms.CASE_ID]) - set(ratings.cases))
    return (f"{unrated} of {len(sampled)} sampled cases have no rating; they count as missing.",) if unrated else ()
