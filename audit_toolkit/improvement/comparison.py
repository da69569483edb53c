"""Two rounds compared on every measure: one primary, the rest adjusted for how many there are."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import ChangeError, raise_if
from audit_toolkit.improvement.change import compare_shares
from audit_toolkit.improvement.comparable import cautions, no_verdict, refusals
from audit_toolkit.improvement.detectable import Detectable, detectable_grades, detectable_share
from audit_toolkit.improvement.finding import Change
from audit_toolkit.improvement.grades import compare_grades, grade_distribution
from audit_toolkit.improvement.measured import (
    BESIDE,
    CHANGE_COLUMNS,
    CRITERIA,
    EXPLORED,
    FRAMEWORKS,
    PRIMARY,
    MeasuredChange,
    headline,
    share_figures,
    why_no_interval,
)
from audit_toolkit.improvement.measures import ALL_CASES, CRITERION, GRADES, SHARE, Measure, measures_of
from audit_toolkit.improvement.multiplicity import holm
from audit_toolkit.improvement.rounds import Round, read_round
from audit_toolkit.improvement.verdict import adjusted_verdict, sentence_without_word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


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
            "notes": list(self.notes),
        }

    def plot(self) -> Figure:
        """Draw the change of each framework's grades and share good or better, with intervals."""
        from audit_toolkit.improvement.plot import change_figure

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
        lines += ["No verdict, estimates only:", *self.reasons, ""] if self.reasons else []
        for row in self.grades():
            said = sentence_without_word(row.change) if self.reasons else headline(row)
            lines.append(f"{row.measure.label}: {said}")
            share = self.share(row.measure.framework)
            lines.append(f"    {share.measure.counts}: {share_figures(share.change)}")
            lines += [f"    {why}" for why in [why_no_interval(row)] if why]
        return "\n".join([*lines, *self._named_criteria(), *self.notes])

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


def compare_rounds(earlier: Round | str | Path, later: Round | str | Path, *, anyway: bool = False) -> Comparison:
    """Compare two scored rounds on every measure.

    Parameters
    ----------
    earlier, later : round folders, or Rounds that were read. anyway : give estimates without a verdict of
        rounds that may not be compared.

    Returns
    -------
    Comparison. The primary framework's grades stand alone at 5 %; the other frameworks' grades are adjusted
    among themselves, criteria within their framework (Holm). Shares and domains carry no word.

    Raises
    ------
    ChangeError naming every way in which the rounds may not be compared, unless `anyway`.

    Source: STATISTICS of this project, B, C, E and F. Checked against: tests/improvement/test_comparison.py, and
    2,000 pairs of rounds with known truth in tests/improvement/test_review_calibration.py.
    """
    first = earlier if isinstance(earlier, Round) else read_round(earlier)
    second = later if isinstance(later, Round) else read_round(later)
    found = refusals(first, second)
    if not anyway:
        raise_if(found, ChangeError)
    reasons = [*(f"{problem.what}.".capitalize() for problem in found), *no_verdict(first, second)]
    common = set(first.frameworks) & set(second.frameworks)
    measures = [measure for measure in measures_of(second) if measure.framework in common and _asked(first, measure)]
    rows = [_measured(first, second, measure, bool(reasons)) for measure in measures]
    rows = _adjusted(rows, bool(reasons))
    rows += _domain_rows(first, second, [measure for measure in measures if measure.kind == SHARE])
    return Comparison(first, second, tuple(rows), tuple(reasons), tuple(cautions(first, second)))


def _asked(round_: Round, measure: Measure) -> bool:
    return measure.kind != CRITERION or measure.criterion in round_.frameworks[measure.framework].criterion_ids


def _measured(first: Round, second: Round, measure: Measure, silent: bool) -> MeasuredChange:
    collapse = dict(second.plan.collapse) or None
    sides = [(measure.values(each), each.strata, each.population) for each in (first, second)]
    # The frameworks of a round stand in order, the primary one first, under the names they give themselves.
    main = measure.framework == next(iter(second.frameworks))
    if measure.kind == GRADES:
        margin = float(second.plan.margin) if main and second.plan.margin is not None else None
        change = compare_grades(sides[0], sides[1], margin=margin, collapse=collapse)
    else:
        change = compare_shares(sides[0], sides[1], collapse=collapse)
    family = {GRADES: PRIMARY if main else FRAMEWORKS, CRITERION: CRITERIA}.get(measure.kind, BESIDE)
    if measure.kind != CRITERION:
        others = len(second.frameworks) - 1
        confidence = 0.95 if main or measure.kind != GRADES else 1 - 0.05 / others
        change = _with_detectable(change, measure, sides, second, collapse, confidence)
    if silent:
        change = _silenced(change, first, second)
    word = change.verdict
    return MeasuredChange(measure, ALL_CASES, change, family, change.p_two_sided, word)


def _silenced(change: Change, first: Round, second: Round) -> Change:
    """Take the word back; of rounds not drawn for comparison the interval and p too: findings and counts, no more."""
    return change.without_verdict(by_chance=all(each.plan.purpose == terms.IMPROVEMENT for each in (first, second)))


def _with_detectable(
    change: Change,
    measure: Measure,
    sides: Sequence[tuple[pd.Series, pd.Series, object]],
    later: Round,
    collapse: dict[str, str] | None,
    confidence: float,
) -> Change:
    """Add what these rounds could have shown; grades of a family at the strictest step of its adjustment (Holm)."""
    counts = [_answers(values, strata) for values, strata, _ in sides]
    if math.isnan(change.change) or not (set(counts[0]) & set(counts[1])):
        return change
    found: Detectable
    if measure.kind == GRADES:
        codes = sorted(map(float, later.frameworks[measure.framework].codes), reverse=True)
        start = grade_distribution(*sides[0], ratings=codes)
        found = detectable_grades(
            start, counts[0], counts[1], later.population, confidence=confidence, collapse=collapse
        )
    else:
        found = detectable_share(
            change.earlier, counts[0], counts[1], later.population, confidence=confidence, collapse=collapse
        )
    return change.with_detectable(found.true_change, found.observed_change, found.notes)


def _answers(values: pd.Series, strata: pd.Series) -> dict[str, int]:
    """Count the answers of each stratum; one answer of two cases or more counts as two, as the test can use it."""
    drawn, answered = strata.value_counts().to_dict(), strata[values.notna()].value_counts().to_dict()
    return {str(label): max(int(count), min(2, int(drawn[label]))) for label, count in answered.items()}


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


def _without_word(row: MeasuredChange) -> MeasuredChange:
    notes = ("The framework's word comes from its grades; this share stands beside it with its interval.",)
    return dataclasses.replace(row, verdict="", p_adjusted=math.nan, notes=notes)


def _domain_rows(first: Round, second: Round, measures: Sequence[Measure]) -> list[MeasuredChange]:
    rows = []
    for column in second.plan.domains:
        if column not in first.cases.columns or column not in second.cases.columns:
            continue
        levels = sorted(set(first.column(column)) | set(second.column(column)))
        rows += [_domain_row(first, second, measure, column, str(level)) for measure in measures for level in levels]
    return rows


def _domain_row(first: Round, second: Round, measure: Measure, column: str, level: str) -> MeasuredChange:
    sides = [
        (measure.values(each).where(each.column(column) == level), each.strata, each.population)
        for each in (first, second)
    ]
    change = compare_shares(sides[0], sides[1], collapse=dict(second.plan.collapse) or None)
    if any(each.plan.purpose != terms.IMPROVEMENT for each in (first, second)):
        change = _silenced(change, first, second)
    sizes = [each.eligible_in(column, level) for each in (first, second)]
    change = dataclasses.replace(change, population_earlier=sizes[0], population_later=sizes[1])
    notes = ("Exploration: one of many subgroups, its interval not adjusted, no verdict.",)
    return MeasuredChange(measure, f"{column}: {level}", change, EXPLORED, math.nan, "", notes)


def _cell(value: object) -> str:
    plain = _plain(value)
    return "" if plain is None else repr(plain) if isinstance(plain, float) else str(plain)


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value
