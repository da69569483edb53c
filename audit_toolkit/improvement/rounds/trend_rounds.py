"""Three rounds or more on every measure: the straight line through them, the words adjusted for how many there are."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit_toolkit import terms
from audit_toolkit.errors import ChangeError, Problem, did_you_mean, raise_if
from audit_toolkit.improvement.changes.finding import UNDEFINED
from audit_toolkit.improvement.changes.line import FEWEST_ROUNDS
from audit_toolkit.improvement.changes.multiplicity import holm
from audit_toolkit.improvement.changes.trend import compare_trend
from audit_toolkit.improvement.changes.trend_result import Trend
from audit_toolkit.improvement.changes.verdict import adjusted_verdict, sentence_without_word
from audit_toolkit.improvement.estimates.quantities import GRADES as GRADES_TREND
from audit_toolkit.improvement.estimates.quantities import SHARE as SHARE_TREND
from audit_toolkit.improvement.rounds.auditor_mix import mix_caution
from audit_toolkit.improvement.rounds.comparable import no_verdict, refusals
from audit_toolkit.improvement.rounds.measures import CRITERION, GRADES, SHARE, Measure, measures_of
from audit_toolkit.improvement.rounds.moderated_rounds import FIRST_RATINGS, SETTLED_RATINGS, first_ratings_because
from audit_toolkit.improvement.rounds.round import Round
from audit_toolkit.improvement.rounds.round_folder import read_round

if TYPE_CHECKING:
    import pandas as pd

    from audit_toolkit.improvement.picture import Picture


@dataclass(frozen=True, slots=True)
class MeasuredTrend:
    """One measure's trend, its p adjusted within its family, and the word it keeps: "" where it has none."""

    measure: Measure
    trend: Trend
    p_adjusted: float
    verdict: str

    def row(self) -> dict[str, object]:
        """Give the row of the table, with the adjusted word in place of the trend's own."""
        figures = self.trend.to_frame().iloc[0].to_dict()
        ends = {"first": self.trend.values[0], "last": self.trend.values[-1]}
        given = {"measure": self.measure.id, "framework": self.measure.framework, **ends, **figures}
        return {**given, "p_adjusted": self.p_adjusted, "verdict": self.verdict}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RoundsTrend:
    """Several rounds on every measure. `reasons` says why no verdict is reached, where none is."""

    rounds: tuple[Round, ...]
    rows: tuple[MeasuredTrend, ...]
    framework: str
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> list[MeasuredTrend]:
        """Give the chosen framework's grades, share or criteria."""
        return [row for row in self.rows if row.measure.kind == kind and row.measure.framework == self.framework]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a measure of the chosen framework."""
        import pandas as pd

        return pd.DataFrame([row.row() for row in self.rows if row.measure.framework == self.framework])

    def to_table(self) -> pd.DataFrame:
        """Give the same as text for a CSV: figures in full, nothing where undefined."""
        return self.to_frame().map(_cell).astype(object)

    def to_dict(self) -> dict[str, object]:
        """Give the trends as plain values; None where undefined."""
        chosen = [row for row in self.rows if row.measure.framework == self.framework]
        return {
            "rounds": [each.name for each in self.rounds],
            "framework": self.framework,
            "trends": [
                {
                    "measure": row.measure.id,
                    **row.trend.to_dict(),
                    "p_adjusted": None if math.isnan(row.p_adjusted) else row.p_adjusted,
                    "verdict": row.verdict,
                }
                for row in chosen
            ],
            "reasons": list(self.reasons),
            "notes": list(self.notes),
        }

    def plot(self) -> Picture:
        """Draw the share good or better of each round with its interval, and the line."""
        from audit_toolkit.improvement.rounds.trend_plot import trend_figure

        return trend_figure(self)

    def summary(self) -> str:
        """Say in a few lines what the rounds show together."""
        grades, share = self.of_kind(GRADES)[0], self.of_kind(SHARE)[0]
        lines = [", ".join(each.name for each in self.rounds), ""]
        lines += ["No verdict, estimates only:", *self.reasons, ""] if self.reasons else []
        said = dataclasses.replace(grades.trend, verdict=grades.verdict)
        told = sentence_without_word(said) if self.reasons else said.sentence()
        lines.append(f"{grades.measure.label}: {told}")
        shares = ", ".join("-" if math.isnan(each) else f"{100 * each:.0f} %" for each in share.trend.values)
        lines.append(f"    {share.measure.counts}, round by round: {shares}")
        lines.append(f"    on the line: {_pace(share.trend)}")
        lines += [f"    Grades: {note}" for note in grades.trend.notes]
        lines += [f"    Share: {note}" for note in share.trend.notes if note not in grades.trend.notes]
        if not self.reasons:
            for word in (terms.IMPROVED, terms.WORSENED):
                ids = ", ".join(row.measure.id for row in self.of_kind(CRITERION) if row.verdict == word)
                lines.append(f"Criteria that {word}: {ids or 'none shown'}")
        return "\n".join([*lines, *self.notes])

    def __str__(self) -> str:
        return "\n".join(self.summary().splitlines()[:12])

    def __repr__(self) -> str:
        return str(self)


def _pace(trend: Trend) -> str:
    if math.isnan(trend.change):
        return "nothing to compare"
    figures = sentence_without_word(trend).removesuffix(".")
    if math.isnan(trend.ci.low):
        return f"{figures}."
    low, high = trend.slope_ci.low, trend.slope_ci.high
    return f"{figures}; {100 * trend.slope:+.1f} points a {trend.unit} ({100 * low:+.1f} to {100 * high:+.1f})."


def trend_of_rounds(
    rounds: Sequence[Round | str | Path],
    *,
    framework: str | None = None,
    anyway: bool = False,
    today: datetime.date | None = None,
) -> RoundsTrend:
    """Say what three rounds or more show together, on every measure of a framework.

    Parameters
    ----------
    rounds : round folders in order of time, or Rounds that were read. framework : its name; default the primary one.
        anyway : give estimates without a verdict of rounds that may not be compared. today : as `compare_rounds`.

    Returns
    -------
    RoundsTrend. Words as `compare_rounds` gives them: the primary framework's grades alone at 5 %, the others' adjusted
    among themselves, criteria within their framework (Holm); shares carry none. The plan's margin is one on the whole
    change from first round to last. Per year where every plan gives its register's snapshot, else per round.

    Raises
    ------
    ChangeError for fewer than three rounds, for rounds not drawn at random, and, unless `anyway`, naming every way in
    which neighbours may not be compared.

    Checked against: tests/improvement/test_trend_rounds.py.
    """
    if len(rounds) < FEWEST_ROUNDS:
        mend = "Give three rounds or more; two are compared with compare."
        raise ChangeError(Problem(f"a trend needs three rounds or more, and there are {len(rounds)}", "rounds", mend))
    read = [each if isinstance(each, Round) else read_round(each, today=today) for each in rounds]
    chosen = _framework(read[-1], framework)
    raise_if([_not_drawn(each) for each in read if not each.estimated], ChangeError)
    found = [problem for one, other in _neighbours(read) for problem in refusals(one, other)]
    if not anyway:
        raise_if(found, ChangeError)
    told = [text for one, other in _neighbours(read) for text in no_verdict(one, other)]
    told += _other_hands(read)
    reasons = list(dict.fromkeys([*(f"{problem.what}.".capitalize() for problem in found), *told]))
    read, notes = _by_moderation(read)
    times = _times(read)
    margin = read[-1].plan.margin
    rows = [_measured(read, each, times, margin) for each in measures_of(read[-1]) if _in_all(read, each)]
    if not any(row.measure.framework == chosen for row in rows):
        raise ChangeError(Problem(f"not every round was scored by {chosen}", "rounds", "Choose another framework."))
    return RoundsTrend(
        tuple(read), tuple(_adjusted(rows, read[-1], bool(reasons))), chosen, tuple(reasons), tuple(notes)
    )


def _other_hands(read: Sequence[Round]) -> list[str]:
    """Say why other auditors, or the same in other shares, leave a line no verdict: it does not count them as clusters.

    Ignored, eight new auditors a round with an intraclass correlation of .2 gave 10 % false alarms a side.
    """
    pairs = list(itertools.combinations(read, 2))
    if any(set(one.auditors) != set(other.auditors) for one, other in pairs):
        return [
            "Other auditors rated some of the rounds, and a straight line does not tell their severity from the work."
        ]
    if any(mix_caution(one, other) for one, other in pairs):
        return ["The auditors carried other shares of the rounds, and a straight line does not allow for that."]
    return []


def _neighbours(read: Sequence[Round]) -> list[tuple[Round, Round]]:
    return list(itertools.pairwise(read))


def _framework(last: Round, framework: str | None) -> str:
    known = list(last.frameworks)
    if framework is None:
        return known[0]
    if framework not in known:
        raise ChangeError(
            Problem(f'the round has no framework "{framework}"', last.name, did_you_mean(framework, known))
        )
    return framework


def _not_drawn(round_: Round) -> Problem:
    what = f"the round was not drawn at random to stand for its register (purpose: {round_.plan.purpose})"
    return Problem(what, round_.name, "Leave it out: it gives findings and counts, and no trend.")


def _by_moderation(read: list[Round]) -> tuple[list[Round], list[str]]:
    """Give all rounds with settled ratings, where every one was moderated whole by the same rule."""
    if not any(each.moderation is not None for each in read):
        return read, []
    why = list(dict.fromkeys(text for one, other in _neighbours(read) for text in first_ratings_because(one, other)))
    if why or any(each.moderation is None for each in read):
        return read, [f"The figures rest on {FIRST_RATINGS}: {'; '.join(why) or 'not all rounds were moderated'}."]
    return [dataclasses.replace(each, scores=each.moderated) for each in read], [
        f"The figures rest on {SETTLED_RATINGS}: all rounds were moderated whole by one rule."
    ]


def _times(read: Sequence[Round]) -> list[datetime.date] | None:
    """Give the days of the registers, or None where one is not known or two are of one day."""
    days = [each.plan.snapshot for each in read if each.plan.snapshot is not None]
    ordered = len(days) == len(read) and all((b - a).days > 0 for a, b in itertools.pairwise(days))
    return days if ordered else None


def _in_all(read: Sequence[Round], measure: Measure) -> bool:
    return all(
        measure.framework in each.frameworks
        and (measure.kind != CRITERION or measure.criterion in each.frameworks[measure.framework].criterion_ids)
        for each in read
    )


def _measured(read: Sequence[Round], measure: Measure, times: Any, margin: Any) -> MeasuredTrend:
    sides = [each.outcomes(measure.values(each)) for each in read]
    grades = measure.kind == GRADES
    main = measure.framework == next(iter(read[-1].frameworks))
    trend = compare_trend(
        sides,
        times,
        kind=GRADES_TREND if grades else SHARE_TREND,
        margin=float(margin) if grades and main and margin is not None else None,
        collapse=dict(read[-1].plan.collapse) or None,
    )
    return MeasuredTrend(measure, trend, trend.p_two_sided, trend.verdict)


def _adjusted(rows: Sequence[MeasuredTrend], last: Round, silent: bool) -> list[MeasuredTrend]:
    main = next(iter(last.frameworks))
    families: dict[tuple[str, str], list[int]] = {}
    found = list(rows)
    for index, row in enumerate(rows):
        if row.measure.kind == SHARE:
            found[index] = dataclasses.replace(row, p_adjusted=UNDEFINED, verdict="")
        elif row.measure.kind == CRITERION:
            families.setdefault((CRITERION, row.measure.framework), []).append(index)
        elif row.measure.framework != main:
            families.setdefault((GRADES, ""), []).append(index)
        elif silent:
            found[index] = dataclasses.replace(row, verdict=terms.CANNOT_TELL)
    for members in families.values():
        adjusted = holm([rows[index].trend.p_two_sided for index in members])
        for index, p in zip(members, adjusted, strict=True):
            word = terms.CANNOT_TELL if silent else adjusted_verdict(rows[index].trend, float(p))
            found[index] = dataclasses.replace(rows[index], p_adjusted=float(p), verdict=word)
    return found


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value)
