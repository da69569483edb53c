"""What collecting gives: ratings, dates, actions, alerts, what is still out and what was held back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError
from audit_toolkit.scoring.alerts import Alert, alerts_table
from audit_toolkit.scoring.assigned import NOT_AWAITED
from audit_toolkit.scoring.held_back import counted_by_file, held_back_table
from audit_toolkit.scoring.ratings import Ratings

if TYPE_CHECKING:
    import pandas as pd

# Auditors with the number of their cases that have not come back.
Outstanding = tuple[tuple[str, int], ...]


class NotCollectedError(RatingError):
    """What came back cannot be taken as it is; its `alerts` must be told all the same."""

    def __init__(self, problems: Iterable[Problem], alerts: Iterable[Alert], outstanding: Outstanding = ()) -> None:
        super().__init__(problems)
        self.alerts: tuple[Alert, ...] = tuple(alerts)
        self.outstanding: Outstanding = outstanding


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Collected:
    """Everything that came back for a round: ratings, dates, actions, and alerts to be told today.

    `held_back` names what was left out because it is wrong; it is empty unless what is right was to be kept.
    `order` gives the cases as sample.csv lists them.
    """

    ratings: Ratings
    facts: pd.DataFrame
    alerts: tuple[Alert, ...]
    outstanding: Outstanding
    notes: tuple[str, ...] = ()
    actions: pd.DataFrame | None = None
    held_back: tuple[Problem, ...] = ()
    order: tuple[str, ...] = ()

    def ratings_table(self) -> pd.DataFrame:
        """Give first and second ratings together, as ratings.csv holds them.

        First ratings before second ones, each by case in the order of the sample and by question in the order
        asked: whatever came back first, the same ratings are the same file.
        """
        import pandas as pd

        both = [
            _ordered(each, self.order, self.ratings.question_ids) for each in (self.ratings.table, self.ratings.second)
        ]
        return pd.concat(both, ignore_index=True)[list(terms.RATING_COLUMNS)].astype(object)

    def alerts_table(self) -> pd.DataFrame:
        """Give the alerts as alerts.csv holds them."""
        return alerts_table(self.alerts)

    def held_back_table(self) -> pd.DataFrame:
        """Give what was held back as held_back.csv holds it."""
        return held_back_table(self.held_back)

    def summary(self) -> str:
        """Say what came back, what is still out and what was held back, without the alerts."""
        second = self.ratings.second
        seconds = set(second.loc[second[terms.RATING] != terms.MISSING, terms.CASE_ID])
        firsts = set(self.ratings.cases)
        twice = len(seconds & firsts)
        rated = int((self.ratings.table[terms.RATING] != terms.MISSING).sum())
        lines = [f"{rated:,} ratings of {len(firsts)} cases, {twice} of them by two auditors"]
        alone = len(seconds - firsts)
        if alone:
            cases = "1 case has" if alone == 1 else f"{alone} cases have"
            lines.append(f"{cases} come back from the second auditor alone so far")
        lines += not_returned(self.outstanding)
        if self.actions is not None and len(self.actions):
            lines.append(f"{len(self.actions):,} action{'s' if len(self.actions) > 1 else ''} asked for")
        for file, count in counted_by_file(self.held_back).items():
            lines.append(f"held back: {file}, {count:,} problem{'s' if count > 1 else ''}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.alerts), self.summary()])

    def __repr__(self) -> str:
        return str(self)


def _ordered(table: pd.DataFrame, order: Sequence[str], asked: Sequence[str]) -> pd.DataFrame:
    cases = {case: number for number, case in enumerate(order)}
    questions = {question: number for number, question in enumerate(asked)}
    keys = [
        (cases.get(case, len(cases)), questions.get(question, len(questions)), auditor, comment)
        for case, question, auditor, comment in zip(
            *(table[name] for name in (terms.CASE_ID, terms.CRITERION_ID, terms.AUDITOR, terms.COMMENT)), strict=True
        )
    ]
    return table.iloc[sorted(range(len(keys)), key=keys.__getitem__)]


def not_returned(outstanding: Outstanding) -> list[str]:
    """Say which auditors' cases have not come back."""
    return [f"not returned yet: {name}, {count} case{'s' if count > 1 else ''}" for name, count in outstanding]


def cases_out(ratings: Ratings, sample: pd.DataFrame, unread: Collection[str]) -> Outstanding:
    """Name the auditors whose cases have not come back, with the number of cases; none is awaited that was recorded."""
    counts: dict[str, int] = {}
    awaited = sample[~sample[terms.DRAW_STATUS].isin(NOT_AWAITED) & ~sample[terms.CASE_ID].isin(list(unread))]
    for column, table in ((terms.AUDITOR, ratings.table), (terms.SECOND_AUDITOR, ratings.second)):
        rated = set(table.loc[table[terms.RATING] != terms.MISSING, terms.CASE_ID])
        for case, name in zip(awaited[terms.CASE_ID], awaited[column], strict=True):
            if name and case not in rated:
                counts[str(name)] = counts.get(str(name), 0) + 1
    return tuple(sorted(counts.items()))
