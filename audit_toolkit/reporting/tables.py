"""The tables of what changed: frameworks, criteria and subgroups."""

from __future__ import annotations

import math
from collections.abc import Sequence

from audit_toolkit.improvement import Comparison, MeasuredChange, label
from audit_toolkit.reporting.disclosure import FEWEST_CASES, kept_back, kept_back_counts
from audit_toolkit.reporting.found import COUNTED
from audit_toolkit.reporting.speaks_for import change_bounds_lines
from audit_toolkit.reporting.table import (
    CASES,
    HIDDEN,
    ID,
    INTERVAL,
    LONG,
    POINTS,
    SHARE,
    SHARES,
    WORD,
    Column,
    P,
    ReportTable,
)

FIGURES = (
    Column("n", "cases", CASES),
    Column("earlier", "earlier", SHARE),
    Column("later", "later", SHARE),
    Column("change", "change", POINTS),
    Column("ci", "95 % interval", INTERVAL),
)
# Of rounds not drawn at random: how many cases, and how many of these count.
COUNTS = (Column("n", "cases", CASES), Column("count", "of these", CASES))
KEPT = f"Figures with fewer than {FEWEST_CASES} cases in a round are kept back, and others that would give them away."


def by_chance(comparison: Comparison) -> bool:
    """Say whether both rounds were drawn at random to be compared: without that there is no interval and no p."""
    return comparison.earlier.estimated and comparison.later.estimated


def figure_columns(comparison: Comparison) -> tuple[Column, ...]:
    """Give the columns of figures: shares and their change, or counts where that is all there is."""
    return FIGURES if by_chance(comparison) else COUNTS


def figures(row: MeasuredChange, comparison: Comparison, *, hidden: bool) -> dict[str, object]:
    """Give the figures of a change, or what is said instead of them."""
    change = row.change
    if hidden:
        return {**{column.key: None for column in figure_columns(comparison)}, "n": HIDDEN}
    n = (change.n_earlier, change.n_later)
    if row.counts is not None:
        return {"n": n, "count": tuple(map(shown_count, row.counts, n))}
    return {
        "n": n,
        "earlier": change.earlier,
        "later": change.later,
        "change": change.change,
        "ci": (change.ci.low, change.ci.high),
    }


def shown_count(count: int, n: int) -> object:
    """Give a count beside the cases it is of, unless it or the rest is of a few."""
    return HIDDEN if kept_back_counts([count, n - count]) else count


def word(row: MeasuredChange, comparison: Comparison, *, hidden: bool = False) -> str:
    """Give the word a row earns."""
    if hidden:
        return HIDDEN
    if not by_chance(comparison):
        return "no verdict"
    if math.isnan(row.change.change):
        return "nothing to compare"
    return "no verdict" if comparison.reasons else label(row.verdict, row.change)


def change_table(comparison: Comparison) -> ReportTable:
    """Give each framework's share good or better before and after, and what these rounds could have shown."""
    shares = [comparison.share(row.measure.framework) for row in comparison.grades()]
    hidden = kept_back(shares)
    rows = [
        {
            "framework": share.measure.label,
            "counts": share.measure.counts,
            **figures(share, comparison, hidden=index in hidden),
            **_detectable(share, comparison, hidden=index in hidden),
        }
        for index, share in enumerate(shares)
    ]
    named = (Column("framework", "framework"), Column("counts", "share of"))
    if not by_chance(comparison):
        counted = "Counts of the cases audited, earlier and later. Nothing is estimated from them."
        return ReportTable("shares", "Cases good or better", (*named, *COUNTS), rows, (counted,))
    columns = (
        *named,
        *FIGURES,
        Column("detectable_true", "true rise found 8 times in 10", POINTS),
        Column("detectable_observed", "least rise that counts", POINTS),
    )
    notes = (
        "Shares are like for like: both rounds weighted to the later register's strata. Changes are in points, "
        "worked out before rounding.",
        "Cases: with an answer, earlier and later.",
        *_unread(shares, comparison, hidden),
    )
    return ReportTable("shares", "Share good or better", columns, rows, notes)


def _unread(shares: Sequence[MeasuredChange], comparison: Comparison, hidden: set[int]) -> list[str]:
    """Say of each share shown what unread cases could have made of it."""
    return [
        f"{share.measure.label}. {' '.join(lines)}"
        for index, share in enumerate(shares)
        for lines in [change_bounds_lines(share.bounds, share.measure.counts, comparison.earlier, comparison.later)]
        if lines and index not in hidden
    ]


def _detectable(share: MeasuredChange, comparison: Comparison, *, hidden: bool) -> dict[str, object]:
    if hidden or comparison.reasons:
        return {}
    return {
        "detectable_true": share.change.detectable_true,
        "detectable_observed": share.change.detectable_observed,
    }


def grades_table(comparison: Comparison) -> ReportTable:
    """Give what each framework's word rests on: how often a later case was graded higher."""
    found = comparison.grades()
    hidden = kept_back(found)
    rows = [
        {"framework": row.measure.label, "n": HIDDEN, "verdict": HIDDEN}
        if index in hidden
        else {
            "framework": row.measure.label,
            "n": (row.change.n_earlier, row.change.n_later),
            **_tested(row, comparison),
            "verdict": word(row, comparison),
        }
        for index, row in enumerate(found)
    ]
    cases, verdict = Column("n", "cases", CASES), Column("verdict", "verdict", WORD)
    if not by_chance(comparison):
        told = (COUNTED, "The grades given are counted below.")
        return ReportTable("grades", "Grades", (Column("framework", "framework"), cases, verdict), rows, told)
    columns = (
        Column("framework", "framework"),
        cases,
        Column("theta", "later graded higher", SHARE),
        Column("theta_ci", "95 % interval", SHARES),
        Column("p_two_sided", "p, two-sided", P),
        Column("p_adjusted", "p, adjusted", P),
        verdict,
    )
    meaning = (
        "Later graded higher: of pairs of one earlier and one later case of the same stratum, how often the later was "
        "graded higher, ties split. 50 % is neither."
    )
    if comparison.reasons:
        return ReportTable("grades", "Grades", columns, rows, (meaning,))
    adjusted = (
        "The first framework is the primary measure, at 5 %; the p of the others is adjusted for their number (Holm). "
        "Intervals are not adjusted."
    )
    return ReportTable("grades", "Grades, which the verdict comes from", columns, rows, (meaning, adjusted))


def _tested(row: MeasuredChange, comparison: Comparison) -> dict[str, object]:
    """Give what only cases drawn at random can carry, and p only where there is a verdict."""
    if not by_chance(comparison):
        return {}
    interval: dict[str, object] = {
        "theta": row.change.later,
        "theta_ci": (row.change.ci.low + 0.5, row.change.ci.high + 0.5),
    }
    if comparison.reasons:
        return interval
    return {**interval, "p_two_sided": row.change.p_two_sided, "p_adjusted": row.p_adjusted}


def criteria_table(comparison: Comparison) -> ReportTable:
    """Give every criterion, with its word adjusted within its framework."""
    found = comparison.criteria()
    hidden = kept_back(found)
    rows = [
        {
            "criterion_id": row.measure.id,
            "question": row.measure.label,
            "counts": row.measure.counts,
            **figures(row, comparison, hidden=index in hidden),
            "p_adjusted": None if index in hidden or comparison.reasons else row.p_adjusted,
            "verdict": word(row, comparison, hidden=index in hidden),
        }
        for index, row in enumerate(found)
    ]
    columns = (
        Column("criterion_id", "id", ID),
        Column("question", "question", LONG),
        Column("counts", "share of"),
        *figure_columns(comparison),
        *([Column("p_adjusted", "p, adjusted", P)] if by_chance(comparison) else []),
        Column("verdict", "verdict", WORD),
    )
    adjusted = (
        "Intervals are not adjusted for the number of criteria; p and the verdict are, within each framework (Holm): "
        "an interval may leave out 0 and the verdict still be no change shown."
    )
    notes = (KEPT,) if comparison.reasons else (adjusted, KEPT)
    title = "Change by criterion" if by_chance(comparison) else "Criteria"
    return ReportTable("criteria", title, columns, rows, notes)


def domain_table(comparison: Comparison) -> ReportTable:
    """Give shares good or better by area, outcome and other subgroups: exploration, without a word."""
    found = comparison.domains()
    hidden = kept_back(found)
    rows = []
    for index, row in enumerate(found):
        domain, level = row.domain.split(": ", 1)
        rows.append(
            {"domain": domain, "level": level, "measure": row.measure.label, "counts": row.measure.counts}
            | figures(row, comparison, hidden=index in hidden)
        )
    columns = (
        Column("measure", "framework"),
        Column("domain", "by"),
        Column("level", "subgroup"),
        Column("counts", "share of"),
        *figure_columns(comparison),
    )
    explored = "Exploration: many subgroups of few cases, intervals not adjusted, no verdict on any of them."
    notes = (explored if by_chance(comparison) else COUNTED, KEPT)
    return ReportTable("subgroups", "By area, outcome and other subgroups", columns, rows, notes)
