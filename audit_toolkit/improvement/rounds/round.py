"""A scored round with its design: what a round folder holds once its ratings are in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import ChangeError, Problem, did_you_mean
from audit_toolkit.improvement.estimates.response import RATED, Outcomes, Response, read_response, weigh_response
from audit_toolkit.sampling import Plan, Receipt
from audit_toolkit.scoring import (
    Agreement,
    Framework,
    Moderation,
    Ratings,
    Scores,
    Timescales,
    agreement,
    as_of,
    load_timescales,
    score_cases,
)

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("grades", "good_or_better")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Round:
    """One round, drawn, rated and scored.

    `cases` has one row an opened case of the random sample, indexed by case_id, with the columns of sample.csv;
    `certainty` those read because they had to be, `chosen` those chosen by hand: neither is ever mixed with the
    sample. `scores` has one entry a framework, the primary one first; `timescales` are the limits it is judged by.
    Weights come from `population` (N_h), `cases` and how each of them ended. Where the plan declares a rule of
    moderation, `moderation` is how far it was followed and `moderated` the scores with settled ratings put in;
    `overridden` counts grades a panel set against the rule.
    """

    name: str
    plan: Plan
    receipt: Receipt
    cases: pd.DataFrame
    certainty: pd.DataFrame
    chosen: pd.DataFrame
    ratings: Ratings
    scores: Mapping[str, Scores]
    frameworks: Mapping[str, Framework]
    facts: pd.DataFrame | None
    notes: tuple[str, ...] = ()
    events: pd.DataFrame | None = None
    timescales: Timescales = field(default_factory=load_timescales)
    moderation: Moderation | None = None
    moderated: Mapping[str, Scores] = field(default_factory=dict)
    overridden: int = 0
    # What was worked out already, of this round and no other: every measure asks for it.
    _status: list[pd.Series] = field(default_factory=list, init=False)
    _response: list[Response] = field(default_factory=list, init=False)
    _auditors: list[dict[str, int]] = field(default_factory=list, init=False)
    _rated_by: list[pd.Series] = field(default_factory=list, init=False)

    @property
    def estimated(self) -> bool:
        """Whether the cases were drawn at random to stand for the register; without that there are counts alone."""
        return self.plan.purpose == terms.IMPROVEMENT and self.chosen.empty

    @property
    def findings(self) -> pd.DataFrame:
        """The cases that figures speak of: those opened, or those chosen by hand where nothing was drawn."""
        return self.cases if self.chosen.empty else self.chosen

    @property
    def strata(self) -> pd.Series:
        """The stratum of each case that figures speak of."""
        return self.findings[terms.STRATUM]

    @property
    def population(self) -> Mapping[str, int]:
        """N_h, the eligible cases of each stratum."""
        return self.receipt.population

    @property
    def eligible(self) -> int:
        """All eligible cases."""
        return sum(self.receipt.population.values())

    @property
    def status(self) -> pd.Series:
        """How each opened or chosen case ended: rated, ineligible, missing file, restricted or not returned."""
        if not self._status:
            self._status.append(self._ended())
        return self._status[0]

    def _ended(self) -> pd.Series:
        said = self.findings[terms.DRAW_STATUS]
        disposed = said.isin(terms.DISPOSITIONS)
        back = said.index.isin(list(self.ratings.cases or self._computed()))
        return said.where(disposed, other=terms.NOT_RETURNED).mask(~disposed & back, other=RATED)

    def _computed(self) -> list[str]:
        """Give the cases with an answer where nobody was asked to rate: every criterion is worked out from dates."""
        tables = [each.table for each in self.scores.values()]
        return [case for each in tables for case in each.loc[each["status"] != terms.NOT_RATED, terms.CASE_ID]]

    @property
    def response(self) -> Response:
        """How the opened cases of each stratum ended."""
        if not self._response:
            self._response.append(read_response(self.strata, self._held(), self.status))
        return self._response[0]

    def _held(self) -> Mapping[str, int]:
        """Give N_h; where nothing was drawn, the chosen cases, which stand for themselves."""
        return self.population if self.chosen.empty else self.strata.value_counts().to_dict()

    @property
    def auditors(self) -> dict[str, int]:
        """Who rated the cases that figures speak of, with the number of cases, by name."""
        if not self._auditors:
            status, table = self.status, self.ratings.table
            table = table[table[terms.CASE_ID].isin(list(status.index[status == RATED]))]
            counts = table.groupby(terms.AUDITOR, sort=True)[terms.CASE_ID].nunique()
            self._auditors.append({str(name): int(count) for name, count in counts.items()})
        return self._auditors[0]

    @property
    def rated_by(self) -> pd.Series:
        """The auditor whose rating scores each case, by case_id; of the cases somebody rated."""
        if not self._rated_by:
            table = self.ratings.table
            first = table[table[terms.RATING] != terms.MISSING].drop_duplicates(terms.CASE_ID)
            self._rated_by.append(first.set_index(terms.CASE_ID)[terms.AUDITOR])
        return self._rated_by[0]

    @property
    def unrated(self) -> int:
        """Sampled cases that no rating came back for."""
        said = self.findings[terms.DRAW_STATUS]
        return int(((self.status == terms.NOT_RETURNED) & ~said.isin(terms.DISPOSITIONS)).sum())

    def column(self, name: str) -> pd.Series:
        """Give a stratum column of the cases that figures speak of, to report by."""
        return self.findings[name]

    def eligible_in(self, column: str, level: str) -> int:
        """Give the eligible cases of one level of a stratum column: those of its strata."""
        inside = set(self.cases.loc[self.cases[column] == level, terms.STRATUM])
        return sum(count for label, count in self.population.items() if label in inside)

    def outcomes(self, values: pd.Series) -> Outcomes:
        """Give values by case with the design that estimates and comparisons take, weighted for response."""
        return weigh_response(values, self.strata, self.population, self.status)

    def measure(self, kind: str = "grades", framework: str | None = None) -> Outcomes:
        """Give one measure of the round with its design, as the verbs of comparison take it.

        `kind` : "grades" (numbers, worst 1) or "good_or_better" (1 and 0); `framework` : its name, default the primary.
        Raises ChangeError of a round that was not drawn at random for comparison: it gives findings and counts.
        """
        if not self.estimated:
            what = f"the round was not drawn at random to stand for its register (purpose: {self.plan.purpose})"
            mend = "It gives findings and counts, never an interval or a verdict: see round_levels."
            raise ChangeError(Problem(what, self.name, mend))
        return self.outcomes(self.values(kind, framework))

    def values(self, kind: str = "grades", framework: str | None = None) -> pd.Series:
        """Give one measure of each case as a number, missing where there is none; see `measure`."""
        name = framework if framework is not None else next(iter(self.frameworks))
        if name not in self.frameworks or kind not in KINDS:
            wrong, known = (name, list(self.frameworks)) if name not in self.frameworks else (kind, KINDS)
            raise ChangeError(Problem(f'the round has no "{wrong}"', self.name, did_you_mean(wrong, known)))
        bands = self.bands(name)
        if kind == "grades":
            return bands
        chosen = self.frameworks[name]
        lowest = min(float(code) for code, label in chosen.codes.items() if label in chosen.good_or_better)
        return (bands >= lowest).astype(float).where(bands.notna())

    def bands(self, framework: str) -> pd.Series:
        """Give each rated case's grade on a framework as a number, worst 1, missing where there is none."""
        return self.bands_of(framework, self.findings.index).where(self.status == RATED)

    def bands_of(self, framework: str, cases: pd.Index) -> pd.Series:
        """Give the grades of any rated cases, those read because they had to be included."""
        import numpy as np
        import pandas as pd

        table = self.scores[framework].table.set_index(terms.CASE_ID)["band"]
        order = {label: float(code) for code, label in self.frameworks[framework].codes.items()}
        found = [order.get(str(table.get(case, "")), np.nan) for case in cases]
        return pd.Series(found, index=cases, dtype=float)

    def answers(self, framework: str, criterion: str) -> pd.Series:
        """Give each case's answer to a criterion as a label, "" where missing or not read."""
        answers = self.scores[framework].answers[criterion].reindex(self.findings.index).fillna(terms.MISSING)
        return answers.where(self.status == RATED, other=terms.MISSING)

    def agreement(self, framework: str) -> Agreement | None:
        """Measure how far the two auditors of double-rated cases gave the same grade, or None where none were."""
        pairs = self.double_bands(framework)
        both = pairs[(pairs["first"] != "") & (pairs["second"] != "")]
        ratings = self.frameworks[framework].ratings
        return agreement(both, scale="ordinal", categories=ratings) if len(both) else None

    def double_bands(self, framework: str) -> pd.DataFrame:
        """Give the grade each of two auditors gave a double-rated case: columns first and second, "" where none."""
        import pandas as pd

        chosen = self.frameworks[framework]
        doubled = set(self.ratings.second[terms.CASE_ID])
        table = self.ratings.table
        parts = {"first": table[table[terms.CASE_ID].isin(doubled)], "second": self.ratings.second}
        bands = {}
        for name, part in parts.items():
            rated = dataclasses.replace(self.ratings, table=part, sampled=None)
            scored = score_cases(
                rated,
                chosen,
                facts=self.facts,
                events=self.events,
                as_of=as_of(self.plan),
                timescales=self.timescales,
            ).table
            bands[name] = scored.set_index(terms.CASE_ID)["band"]
        return pd.DataFrame(bands, dtype=object).fillna("")

    def __str__(self) -> str:
        who = f"{len(self.auditors)} auditors, {len(self.frameworks)} frameworks"
        if not self.chosen.empty:
            return f"{self.name}: {len(self.chosen)} cases chosen by hand, {who}"
        opened = f"{len(self.cases)} of {self.eligible:,} eligible cases in {len(self.population)} strata"
        response = self.response
        rated = f" ({response.rated} rated)" if response.rated < response.opened else ""
        return f"{self.name}: {opened}{rated}, {who}"

    def __repr__(self) -> str:
        return str(self)
