"""Two rounds compared on every measure: one primary, the rest adjusted for how many there are."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import ChangeError, raise_if
from audit_toolkit.improvement.changes.multiplicity import benjamini_hochberg, holm
from audit_toolkit.improvement.changes.verdict import adjusted_verdict, sentence_without_word
from audit_toolkit.improvement.rounds.comparable import cautions, no_verdict, refusals
from audit_toolkit.improvement.rounds.frameworks_compared import comparable_measures
from audit_toolkit.improvement.rounds.levels import account_sentences
from audit_toolkit.improvement.rounds.measured import (
    BESIDE,
    CHANGE_COLUMNS,
    CRITERIA,
    FRAMEWORKS,
    MeasuredChange,
    count_figures,
    headline,
    share_figures,
    unread_sentences,
    why_no_interval,
)
from audit_toolkit.improvement.rounds.measures import ALL_CASES, CRITERION, GRADES, SHARE, measures_of
from audit_toolkit.improvement.rounds.measuring import counted, domain_rows, measured
from audit_toolkit.improvement.rounds.moderated_rounds import by_moderation
from audit_toolkit.improvement.rounds.round import Round
from audit_toolkit.improvement.rounds.round_folder import read_round

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


SECOND_LOOK = "p is adjusted among the subgroups by Benjamini and Hochberg: for a second look, not a verdict."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison:
    """Two rounds compared: every measure on all cases, and shares by area, outcome or other domains.

    `reasons` says why no verdict is reached, where none is; `notes` what a reader should know besides.
    """

    earlier: Round
    later: Round
    rows: tuple[MeasuredChange, ...]
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def grades(self) -> list[MeasuredChange]:
        """Give each framework's grades, the primary one first: what the verdicts are about."""
        return [row for row in self.rows if row.measure.kind == GRADES]

    def share(self, framework: str, domain: str = ALL_CASES) -> MeasuredChange:
        """Give a framework's share good or better."""
        return next(
            row
            for row in self.rows
            if row.measure.kind == SHARE and row.measure.framework == framework and row.domain == domain
        )

    def criteria(self) -> list[MeasuredChange]:
        """Give every criterion."""
        return [row for row in self.rows if row.measure.kind == CRITERION]

    def domains(self) -> list[MeasuredChange]:
        """Give the rows about part of the cases: exploration, without a word."""
        return [row for row in self.rows if row.domain != ALL_CASES]

    def to_frame(self) -> pd.DataFrame:
        """Give the change table, one row a measure and domain."""
        import pandas as pd

        return pd.DataFrame([row.row() for row in self.rows], columns=list(CHANGE_COLUMNS))

    def to_table(self) -> pd.DataFrame:
        """Give the change table as text for a CSV: figures in full, nothing where undefined."""
        frame = self.to_frame()
        return frame.map(_cell).astype(object)

    def to_dict(self) -> dict[str, object]:
        """Give the comparison as plain values; None where undefined."""
        rows = [dict(zip(CHANGE_COLUMNS, map(_plain, row.row()), strict=True)) for row in self.rows]
        return {
            "earlier": self.earlier.name,
            "later": self.later.name,
            "changes": rows,
            "reasons": list(self.reasons),
            "notes": [*self.accounts(), *self.notes],
        }

    def plot(self) -> Figure:
        """Draw the change of each framework's grades and share good or better, with intervals."""
        from audit_toolkit.improvement.rounds.plot import change_figure

        return change_figure(self)

    def words(self) -> dict[str, list[str]]:
        """Give the frameworks by verdict."""
        found: dict[str, list[str]] = {word: [] for word in terms.VERDICTS}
        for row in self.grades():
            found[row.verdict].append(row.measure.label)
        return found

    def summary(self) -> str:
        """Say in a few lines what improved, what did not, and what cannot be told."""
        lines = [f"{self.later.name}, compared with {self.earlier.name}", ""]
        what = "estimates" if self.earlier.estimated and self.later.estimated else "counts"
        lines += [f"No verdict, {what} only:", *self.reasons, ""] if self.reasons else []
        for row in self.grades():
            share = self.share(row.measure.framework)
            if share.counts is not None:
                lines.append(f"{row.measure.label}, {share.measure.counts}: {count_figures(share)}")
                continue
            said = sentence_without_word(row.change) if self.reasons else headline(row)
            lines.append(f"{row.measure.label}: {said}")
            lines.append(f"    {share.measure.counts}: {share_figures(share.change)}")
            lines += [f"    {told}" for told in [why_no_interval(row), *unread_sentences(share)] if told]
        return "\n".join([*lines, *self._named_criteria(), *self.accounts(), *self.notes])

    def accounts(self) -> list[str]:
        """Say of each round how its opened cases ended that were not rated."""
        rounds = (self.earlier, self.later)
        return [f"{each.name}: {sentence}" for each in rounds for sentence in account_sentences(each)]

    def _named_criteria(self) -> list[str]:
        """Name the criteria that improved or worsened, where a verdict may be given."""
        if self.reasons:
            return []
        lines = []
        named = [row for row in self.criteria() if row.verdict in (terms.IMPROVED, terms.WORSENED)]
        for word in (terms.IMPROVED, terms.WORSENED):
            ids = ", ".join(row.measure.id for row in named if row.verdict == word)
            lines.append(f"Criteria that {word}: {ids or 'none shown'}")
        return lines

    def __str__(self) -> str:
        return "\n".join(self.summary().splitlines()[:12])

    def __repr__(self) -> str:
        return str(self)


def compare_rounds(
    earlier: Round | str | Path,
    later: Round | str | Path,
    *,
    anyway: bool = False,
    today: datetime.date | None = None,
) -> Comparison:
    """Compare two scored rounds on every measure.

    Parameters
    ----------
    earlier, later : round folders, or Rounds that were read. anyway : give estimates without a verdict of
        rounds that may not be compared. today : the day it is said on, for what is still out.

    Returns
    -------
    Comparison. The primary framework's grades stand alone at 5 %; the other frameworks' grades are adjusted
    among themselves, criteria within their framework (Holm). Shares and domains carry no word.

    Raises
    ------
    ChangeError naming every way in which the rounds may not be compared, unless `anyway`.

    Source: docs/statistics-for-statisticians.md. Checked against: tests/improvement/test_comparison.py, and
    2,000 pairs of rounds with known truth in tests/improvement/test_review_calibration.py.
    """
    first = earlier if isinstance(earlier, Round) else read_round(earlier, today=today)
    second = later if isinstance(later, Round) else read_round(later, today=today)
    first, second, moderation = by_moderation(first, second)
    found = refusals(first, second)
    if not anyway:
        raise_if(found, ChangeError)
    reasons = [*(f"{problem.what}.".capitalize() for problem in found), *no_verdict(first, second)]
    measures = comparable_measures(first, second, measures_of(second))
    by_chance = first.estimated and second.estimated
    rows = [
        measured(first, second, each, bool(reasons)) if by_chance else counted(first, second, each) for each in measures
    ]
    rows = _adjusted(rows, bool(reasons))
    rows += _explored(domain_rows(first, second, [measure for measure in measures if measure.kind == SHARE]))
    return Comparison(first, second, tuple(rows), tuple(reasons), (*moderation, *cautions(first, second)))


def _adjusted(rows: Sequence[MeasuredChange], silent: bool) -> list[MeasuredChange]:
    """Adjust each family, and give each row the word its adjusted p allows."""
    families: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(rows):
        if row.family in (FRAMEWORKS, CRITERIA):
            key = (row.family, row.measure.framework if row.family == CRITERIA else "")
            families.setdefault(key, []).append(index)
    found = list(rows)
    for members in families.values():
        adjusted = holm([rows[index].change.p_two_sided for index in members])
        for index, p in zip(members, adjusted, strict=True):
            word = terms.CANNOT_TELL if silent else adjusted_verdict(rows[index].change, float(p))
            found[index] = dataclasses.replace(rows[index], p_adjusted=float(p), verdict=word)
    return [_without_word(row) if row.family == BESIDE else row for row in found]


def _explored(rows: Sequence[MeasuredChange]) -> list[MeasuredChange]:
    """Adjust the subgroups for how many there are, so that a reader may see what is worth a second look: no word."""
    adjusted = benjamini_hochberg([row.change.p_two_sided for row in rows])
    return [
        dataclasses.replace(
            row, p_adjusted=float(p), notes=(*row.notes, *((SECOND_LOOK,) if not math.isnan(p) else ()))
        )
        for row, p in zip(rows, adjusted, strict=True)
    ]


def _without_word(row: MeasuredChange) -> MeasuredChange:
    said = "The framework's word comes from its grades; this share stands beside it with its interval."
    notes = row.notes if row.counts is not None else (said, *row.notes)
    return dataclasses.replace(row, verdict="", p_adjusted=math.nan, notes=notes)


def _cell(value: object) -> str:
    plain = _plain(value)
    return "" if plain is None else repr(plain) if isinstance(plain, float) else str(plain)


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value
