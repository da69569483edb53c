"""What a panel settled: settled.csv, held against the ratings it rests on, and put in their place to score again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from audit_toolkit import terms
from audit_toolkit.errors import Place, Problem, RatingError
from audit_toolkit.files import Table, read_table
from audit_toolkit.sampling import ModerationRule
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.moderation import Panel, ToSettle, to_settle
from audit_toolkit.scoring.rated_round import RatedRound
from audit_toolkit.scoring.ratings import Ratings, read_ratings
from audit_toolkit.scoring.responses import counted

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, str]
UP, DOWN, OTHER = "up", "down", "to or from N/A or a blank"
COLUMNS: Final = list(terms.SETTLED_COLUMNS)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Moderation:
    """How far a round has been moderated: what is settled, and what the rule still asks for.

    `rows` is settled.csv as a whole and `table` what of it holds, both with SETTLED_COLUMNS; `outstanding` the case and
    criterion of each answer still to be settled; `stale` those settled on ratings that have changed since, and
    `unasked` those that the rule does not ask for: both are kept and count as not settled.
    """

    rule: ModerationRule
    panel: Panel
    rows: pd.DataFrame
    table: pd.DataFrame
    outstanding: tuple[Key, ...]
    stale: tuple[Key, ...] = ()
    unasked: tuple[Key, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether everything the rule asks for is settled."""
        return not self.outstanding

    @property
    def asked(self) -> int:
        """How many answers the rule asks for."""
        return len(self.panel.answers)

    def changed(self) -> pd.DataFrame:
        """Give the answers settled otherwise than first rated."""
        return self.table[self.table[terms.SETTLED] != self.table[terms.FIRST_RATING]]

    def directions(self, frameworks: Sequence[Framework]) -> dict[str, int]:
        """Count the answers settled otherwise: up, down, and to or from N/A or a blank."""
        counts = dict.fromkeys((UP, DOWN, OTHER), 0)
        of = {question.id: framework for framework in frameworks for question in framework.questions}
        rows = self.changed()[[terms.CRITERION_ID, terms.FIRST_RATING, terms.SETTLED]].itertuples(index=False)
        for criterion, first, settled in rows:
            counts[_direction(of[criterion], first, settled)] += 1
        return counts

    def to_dict(self) -> dict[str, Any]:
        """Give the state as plain values."""
        return {
            "rule": self.rule.to_dict(),
            "asked": self.asked,
            "settled": len(self.table),
            "outstanding": len(self.outstanding),
            "stale": len(self.stale),
            "unasked": len(self.unasked),
            "otherwise": len(self.changed()),
            "whole": self.whole,
        }

    def __str__(self) -> str:
        done = self.asked - len(self.outstanding)
        lines = [f"Settled: {done:,} of {self.asked:,} answers, {len(self.changed()):,} otherwise than first rated"]
        if self.stale:
            rest = "1 rests" if len(self.stale) == 1 else f"{len(self.stale):,} rest"
            again = "it" if len(self.stale) == 1 else "them"
            lines.append(f"{rest} on ratings that have changed since: settle {again} again.")
        if self.unasked:
            count = len(self.unasked)
            many = "1 settled answer is" if count == 1 else f"{count:,} settled answers are"
            lines.append(f"{many} not asked for by the rule, and left aside.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def _direction(framework: Framework, first: str, settled: str) -> str:
    worth = [_worth(framework, text) for text in (first, settled)]
    if worth[0] is None or worth[1] is None:
        return OTHER
    return UP if worth[1] > worth[0] else DOWN if worth[1] < worth[0] else OTHER


def _worth(framework: Framework, text: str) -> float | None:
    share = counted(text)
    found = framework.earns.get(text) if share is None else share
    return None if found is None else float(found)


def read_moderation(read: RatedRound) -> Moderation | None:
    """Give how far a round has been moderated; None where its plan declares no rule.

    Raises
    ------
    RatingError, FileError naming what of settled.csv cannot be read: each label, case and criterion.

    Checked against: tests/scoring/test_settled.py.
    """
    if read.plan.moderation is None:
        return None
    panel = to_settle(read)
    return moderation_of(read, panel, settled_rows(read))


def settled_rows(read: RatedRound) -> pd.DataFrame:
    """Give settled.csv as it stands, empty where there is none; every label, case and criterion is checked."""
    import pandas as pd

    path = read.folder / terms.SETTLED_FILE
    if not path.exists():
        return pd.DataFrame(columns=COLUMNS, dtype=object)
    table = read_table(path, required=terms.SETTLED_COLUMNS)
    check_labels([table], read)
    return table.cells[COLUMNS].reset_index(drop=True)


def check_labels(tables: Sequence[Table], read: RatedRound) -> None:
    """Hold settled ratings against the framework and the sample with the care of collect.

    Raises RatingError naming every label, case and criterion that is not right, and every answer settled twice.
    """
    try:
        read_ratings([_as_ratings(each) for each in tables], list(read.frameworks.values()), read.sample)
    except RatingError as refused:
        raise RatingError(map(_in_own_words, refused.problems)) from refused


def _as_ratings(table: Table) -> Table:
    """Give a table with a column `settled` as a table of ratings, each cell still knowing where it stands."""
    wanted = (terms.CASE_ID, terms.CRITERION_ID, terms.SETTLED)
    places = table.column_positions or tuple(range(len(table.columns)))
    positions = tuple(places[table.columns.index(name)] for name in wanted)
    columns = (*wanted[:2], terms.RATING)
    cells = table.cells[list(wanted)].set_axis(list(columns), axis=1)
    return dataclasses.replace(table, columns=columns, cells=cells, column_positions=positions, notes=())


def _in_own_words(problem: Problem) -> Problem:
    """Name the column as its own file heads it."""
    if isinstance(problem.where, Place) and problem.where.column == terms.RATING:
        return dataclasses.replace(problem, where=dataclasses.replace(problem.where, column=terms.SETTLED))
    return problem


def moderation_of(read: RatedRound, panel: Panel, rows: pd.DataFrame) -> Moderation:
    """Hold settled rows against the ratings as they stand and what the rule asks for."""
    wanted = panel.keys()
    first, second = (_labels(each) for each in (read.ratings.table, read.ratings.second))
    keys = list(zip(rows[terms.CASE_ID], rows[terms.CRITERION_ID], strict=True))
    given = list(zip(rows[terms.FIRST_RATING], rows[terms.SECOND_RATING], strict=True))
    fresh = [(first.get(key, ""), second.get(key, "")) == pair for key, pair in zip(keys, given, strict=True)]
    holds = [now and key in wanted for key, now in zip(keys, fresh, strict=True)]
    done = {key for key, held in zip(keys, holds, strict=True) if held}
    outstanding = tuple(key for key in wanted if key not in done)
    unasked = tuple(key for key in keys if key not in wanted)
    stale = tuple(key for key, now in zip(keys, fresh, strict=True) if key in wanted and not now)
    holding = rows.loc[[place for place, held in zip(rows.index, holds, strict=True) if held]].reset_index(drop=True)
    return Moderation(panel.rule, panel, rows, holding, outstanding, stale, unasked)


def _labels(table: pd.DataFrame) -> dict[Key, str]:
    keys = zip(table[terms.CASE_ID], table[terms.CRITERION_ID], strict=True)
    return dict(zip(keys, table[terms.RATING], strict=True))


def settled_row(answer: ToSettle, settled: str, reason: str, why: str) -> dict[str, str]:
    """Give a row of settled.csv."""
    values = (*answer.key, answer.first_rating, answer.second_rating, settled, reason, why)
    return dict(zip(COLUMNS, values, strict=True))


def put_in(ratings: Ratings, table: pd.DataFrame) -> Ratings:
    """Put settled ratings in the place of the first ones: what moderated scores are computed from.

    The ratings given stay as they are.
    """
    import pandas as pd

    settled = {(case, question): label for case, question, label in _settled(table)}
    kept = ratings.table.copy()
    keys = list(zip(kept[terms.CASE_ID], kept[terms.CRITERION_ID], strict=True))
    labels = [settled.get(key, label) for key, label in zip(keys, kept[terms.RATING], strict=True)]
    kept[terms.RATING] = pd.Series(labels, index=kept.index, dtype=object)
    new = [key for key in settled if key not in set(keys) and settled[key] != terms.MISSING]
    added = [(case, question, settled[case, question], "", "") for case, question in new]
    both = pd.concat([kept, pd.DataFrame(added, columns=list(terms.RATING_COLUMNS), dtype=object)], ignore_index=True)
    return dataclasses.replace(ratings, table=both if added else kept)


def _settled(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    names = [terms.CASE_ID, terms.CRITERION_ID, terms.SETTLED]
    return list(table[names].itertuples(index=False, name=None))
