"""Each row of a comparison worked out: a measure's change between two rounds, or its counts where that is all."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.improvement.changes.change import compare_shares
from audit_toolkit.improvement.changes.finding import UNDEFINED, Change
from audit_toolkit.improvement.changes.grades import compare_grades
from audit_toolkit.improvement.estimates.bounds import ChangeBounds, change_bounds
from audit_toolkit.improvement.estimates.grades import grade_distribution
from audit_toolkit.improvement.estimates.intervals import NOWHERE
from audit_toolkit.improvement.estimates.quantities import GRADES as GRADES_CHANGED
from audit_toolkit.improvement.estimates.quantities import SHARE as SHARE_CHANGED
from audit_toolkit.improvement.estimates.response import Outcomes
from audit_toolkit.improvement.planning.detectable import Detectable, detectable_grades, detectable_share
from audit_toolkit.improvement.rounds.measured import BESIDE, CRITERIA, EXPLORED, FRAMEWORKS, PRIMARY, MeasuredChange
from audit_toolkit.improvement.rounds.measures import ALL_CASES, CRITERION, GRADES, Measure
from audit_toolkit.improvement.rounds.other_auditors import counted_auditors, widened
from audit_toolkit.improvement.rounds.round import Round

if TYPE_CHECKING:
    import pandas as pd

COUNTS_ALONE = "Counts of the cases audited: a round not drawn at random speaks of those cases alone."
EXPLORATION = "Exploration: one of many subgroups, its interval not adjusted, no verdict."


def measured(first: Round, second: Round, measure: Measure, silent: bool) -> MeasuredChange:
    """Compare two rounds drawn at random on one measure; `silent` takes the word back."""
    collapse = dict(second.plan.collapse) or None
    values = [measure.values(each) for each in (first, second)]
    sides = [each.outcomes(answers) for each, answers in zip((first, second), values, strict=True)]
    # The frameworks of a round stand in order, the primary one first, under the names they give themselves.
    main = measure.framework == next(iter(second.frameworks))
    margin = float(second.plan.margin) if main and second.plan.margin is not None else None
    change = _compared(measure, sides, margin, collapse, None)
    if measure.kind != CRITERION:
        others = len(second.frameworks) - 1
        confidence = 0.95 if main or measure.kind != GRADES else 1 - 0.05 / others
        change = _with_detectable(change, measure, sides, second, collapse, confidence)
    auditors = counted_auditors(first, second, measure)
    if auditors is not None:
        change = widened(_compared(measure, sides, margin, collapse, auditors), change)
    if silent:
        change = change.without_verdict(by_chance=True)
    bounds = None if measure.kind == GRADES or math.isnan(change.change) else _bounds(first, second, values)
    return MeasuredChange(
        measure, ALL_CASES, change, _family(measure, main), change.p_two_sided, change.verdict, (), bounds
    )


def _compared(
    measure: Measure,
    sides: Sequence[Outcomes],
    margin: float | None,
    collapse: dict[str, str] | None,
    auditors: tuple[pd.Series, pd.Series] | None,
) -> Change:
    """Compare grades by their order, anything else as a share; a margin is declared for the primary grades alone."""
    if measure.kind == GRADES:
        return compare_grades(sides[0], sides[1], margin=margin, collapse=collapse, auditors=auditors)
    return compare_shares(sides[0], sides[1], collapse=collapse, auditors=auditors)


def _family(measure: Measure, main: bool) -> str:
    return {GRADES: PRIMARY if main else FRAMEWORKS, CRITERION: CRITERIA}.get(measure.kind, BESIDE)


def _bounds(first: Round, second: Round, values: Sequence[pd.Series]) -> ChangeBounds | None:
    """Give what unread cases could make of a change, where there are any."""
    if not first.response.unread and not second.response.unread:
        return None
    sides = [
        (answers, each.strata, each.population, each.status)
        for each, answers in zip((first, second), values, strict=True)
    ]
    return change_bounds(sides[0], sides[1])


def _with_detectable(
    change: Change,
    measure: Measure,
    sides: Sequence[Outcomes],
    later: Round,
    collapse: dict[str, str] | None,
    confidence: float,
) -> Change:
    """Add what these rounds could have shown; grades of a family at the strictest step of its adjustment (Holm)."""
    counts = [answer_counts(each.values, each.strata) for each in sides]
    if math.isnan(change.change) or not (set(counts[0]) & set(counts[1])):
        return change
    found: Detectable
    held: Mapping[object, float] = later.response.eligible_population
    if measure.kind == GRADES:
        codes = sorted(map(float, later.frameworks[measure.framework].codes), reverse=True)
        start = grade_distribution(sides[0].values, sides[0].strata, sides[0].population, ratings=codes)
        found = detectable_grades(start, counts[0], counts[1], held, confidence=confidence, collapse=collapse)
    else:
        found = detectable_share(change.earlier, counts[0], counts[1], held, confidence=confidence, collapse=collapse)
    return change.with_detectable(found.true_change, found.observed_change, found.notes)


def answer_counts(values: pd.Series, strata: pd.Series) -> dict[str, int]:
    """Count the answers of each stratum; one answer of two cases or more counts as two, as the test can use it."""
    drawn, answered = strata.value_counts().to_dict(), strata[values.notna()].value_counts().to_dict()
    return {str(label): max(int(count), min(2, int(drawn[label]))) for label, count in answered.items()}


def counted(first: Round, second: Round, measure: Measure) -> MeasuredChange:
    """Give how many cases count in each round, and nothing more: one of them was not drawn at random to be compared."""
    main = measure.framework == next(iter(second.frameworks))
    values = [measure.values(each) for each in (first, second)]
    return _counted_row(first, second, measure, values, ALL_CASES, _family(measure, main))


def _counted_row(
    first: Round, second: Round, measure: Measure, values: Sequence[pd.Series], domain: str, family: str
) -> MeasuredChange:
    n = [int(each.notna().sum()) for each in values]
    then, now = (int((each == 1).sum()) for each in values)
    counts = None if measure.kind == GRADES else (then, now)
    said = "" if counts is None else f"{then} of {n[0]} earlier, {now} of {n[1]} later. "
    change = _no_change(measure, (n[0], n[1]), (first.eligible or UNDEFINED, second.eligible or UNDEFINED))
    word = "" if domain != ALL_CASES else terms.CANNOT_TELL
    return MeasuredChange(measure, domain, change, family, UNDEFINED, word, (f"{said}{COUNTS_ALONE}",), None, counts)


def _no_change(measure: Measure, n: tuple[int, int], population: tuple[float, float]) -> Change:
    return Change(
        quantity=GRADES_CHANGED if measure.kind == GRADES else SHARE_CHANGED,
        earlier=UNDEFINED,
        later=UNDEFINED,
        change=UNDEFINED,
        ci=NOWHERE,
        standard_error=UNDEFINED,
        df=0,
        p_value=UNDEFINED,
        p_two_sided=UNDEFINED,
        verdict=terms.CANNOT_TELL,
        overall_change=UNDEFINED,
        n_earlier=n[0],
        n_later=n[1],
        population_earlier=population[0],
        population_later=population[1],
        shared=0,
        coverage=UNDEFINED,
        confidence=0.95,
        margin=None,
        higher_is_better=True,
        method="none",
    )


def domain_rows(first: Round, second: Round, measures: Sequence[Measure]) -> list[MeasuredChange]:
    """Give the shares of each subgroup the plan reports by: exploration, without a word."""
    rows = []
    for column in second.plan.domains:
        if column not in first.findings.columns or column not in second.findings.columns:
            continue
        levels = sorted(set(first.column(column)) | set(second.column(column)))
        rows += [_domain_row(first, second, measure, column, str(level)) for measure in measures for level in levels]
    return rows


def _domain_row(first: Round, second: Round, measure: Measure, column: str, level: str) -> MeasuredChange:
    rounds = (first, second)
    values = [measure.values(each).where(each.column(column) == level) for each in rounds]
    domain = f"{column}: {level}"
    if not (first.estimated and second.estimated):
        return _counted_row(first, second, measure, values, domain, EXPLORED)
    sides = [each.outcomes(answers) for each, answers in zip(rounds, values, strict=True)]
    collapse = dict(second.plan.collapse) or None
    change = _compared(measure, sides, None, collapse, counted_auditors(first, second, measure))
    sizes = [each.eligible_in(column, level) for each in rounds]
    change = dataclasses.replace(change, population_earlier=sizes[0], population_later=sizes[1])
    return MeasuredChange(measure, domain, change, EXPLORED, math.nan, "", (EXPLORATION,))
