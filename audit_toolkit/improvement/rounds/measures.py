"""What is compared between two rounds: grades and shares of each framework, and each criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.improvement.rounds.round import Round
from audit_toolkit.scoring import Criterion, counted

if TYPE_CHECKING:
    import pandas as pd

GRADES, SHARE, CRITERION = "grades", "good_or_better", "criterion"
ALL_CASES = "all cases"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is compared: the grades of a framework, its share good or better, or a criterion.

    `id` is its name in tables; `label` what a reader sees; `counts` what counts as good.
    """

    id: str
    kind: str
    framework: str
    label: str
    counts: str
    criterion: str = ""
    evidences: tuple[str, ...] = ()

    def values(self, round_: Round) -> pd.Series:
        """Give each sampled case's value: a grade as a number, or 1 and 0; missing where there is no answer."""
        if self.kind == GRADES:
            return round_.bands(self.framework)
        if self.kind == SHARE:
            return round_.values(SHARE, self.framework)
        criterion = round_.frameworks[self.framework].criterion(self.criterion)
        return _criterion_values(round_, self.framework, criterion)


def _criterion_values(round_: Round, framework: str, criterion: Criterion) -> pd.Series:
    import numpy as np
    import pandas as pd

    good = round_.frameworks[framework].good_or_better
    answers = round_.answers(framework, criterion.id)

    def value(answer: str) -> float:
        if answer in (terms.MISSING, terms.NA_RATING, terms.PENDING, terms.MISSING_DATE):
            return np.nan
        if criterion.response == terms.GRADED:
            return float(answer in good)
        if criterion.response == terms.REPEATED:
            return float(counted(answer) == 1)
        return float(answer in (terms.YES, terms.MET))

    return pd.Series([value(str(answer)) for answer in answers], index=answers.index, dtype=float)


def _counts(criterion: Criterion, good: str) -> str:
    return {
        terms.GRADED: f"{good} or better",
        terms.REPEATED: "every time",
        terms.TIMELINESS: "in time",
    }.get(criterion.response, terms.YES)


def good_word(counts: str) -> str:
    """Give what counts as it stands in a sentence: good or better, yes, in time."""
    return counts[:1].lower() + counts[1:]


def measures_of(round_: Round) -> list[Measure]:
    """Give every measure of a round's frameworks, the primary framework first."""
    found = []
    for name, framework in round_.frameworks.items():
        good = f"{framework.good} or better"
        found.append(Measure(f"{name}: grades", GRADES, name, framework.title, "grades"))
        found.append(Measure(f"{name}: {good.lower()}", SHARE, name, framework.title, good))
        found += [
            Measure(
                criterion.id,
                CRITERION,
                name,
                criterion.ask,
                _counts(criterion, framework.good),
                criterion.id,
                criterion.evidences,
            )
            for criterion in framework.criteria
        ]
    return found
