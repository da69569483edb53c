"""The tables of the report: change, criteria, subgroups, recommendations, the draw, exclusions and agreement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from audit_toolkit import terms
from audit_toolkit.improvement import ALL_CASES, CRITERION, GRADES, SHARE, Comparison, MeasuredChange, Round
from audit_toolkit.reporting.disclosure import FEWEST_CASES, kept_back
from audit_toolkit.reporting.prose import WORDS
from audit_toolkit.reporting.table import (
    CASES,
    COUNT,
    HIDDEN,
    INTERVAL,
    POINTS,
    SHARES,
    TEXT,
    WORD,
    Column,
    P,
    ReportTable,
)
from audit_toolkit.reporting.table import SHARE as SHARE_KIND

FIGURES = (
    Column("n", "cases", CASES),
    Column("earlier", "earlier", SHARE_KIND),
    Column("later", "later", SHARE_KIND),
    Column("change", "change", POINTS),
    Column("ci", "95 % interval", INTERVAL),
)
KEPT = f"Figures with fewer than {FEWEST_CASES} cases in a round are kept back."


def figures(row: MeasuredChange, *, hidden: bool) -> dict[str, object]:
    """Give the figures of a change, or what is said instead of them."""
    change = row.change
    if hidden:
        return {**{column.key: None for column in FIGURES}, "n": HIDDEN}
    return {
        "n": (change.n_earlier, change.n_later),
        "earlier": change.earlier,
        "later": change.later,
        "change": change.change,
        "ci": (change.ci.low, change.ci.high),
    }


def word(row: MeasuredChange, comparison: Comparison, *, hidden: bool = False) -> str:
    """Give the word a row earns."""
    if hidden:
        return HIDDEN
    if math.isnan(row.change.change):
        return "nothing to compare"
    return "no verdict" if comparison.reasons else WORDS[row.verdict]


def change_table(comparison: Comparison) -> ReportTable:
    """Give each framework's share good or better before and after, and what these rounds could have shown."""
    rows = [
        {
            "framework": share.measure.label,
            "counts": share.measure.counts,
            **figures(share, hidden=False),
            "detectable_true": share.change.detectable_true,
            "detectable_observed": share.change.detectable_observed,
        }
        for share in (comparison.share(row.measure.framework) for row in comparison.grades())
    ]
    columns = (
        Column("framework", "framework"),
        Column("counts", "share of"),
        *FIGURES,
        Column("detectable_true", "true rise found 8 in 10", POINTS),
        Column("detectable_observed", "least rise that counts", POINTS),
    )
    notes = ("Shares are like for like: both rounds weighted to the later register's strata. Changes are in points.",)
    return ReportTable("shares", "Share good or better", columns, rows, notes)


def grades_table(comparison: Comparison) -> ReportTable:
    """Give what each framework's word rests on: how often a later case was graded higher."""
    rows = [
        {
            "framework": row.measure.label,
            "n": (row.change.n_earlier, row.change.n_later),
            "theta": row.change.later,
            "theta_ci": (row.change.ci.low + 0.5, row.change.ci.high + 0.5),
            "p_two_sided": row.change.p_two_sided,
            "p_adjusted": row.p_adjusted,
            "verdict": word(row, comparison),
        }
        for row in comparison.grades()
    ]
    columns = (
        Column("framework", "framework"),
        Column("n", "cases", CASES),
        Column("theta", "later graded higher", SHARE_KIND),
        Column("theta_ci", "95 % interval", SHARES),
        Column("p_two_sided", "p, two-sided", P),
        Column("p_adjusted", "p, adjusted", P),
        Column("verdict", "word", WORD),
    )
    notes = (
        "Later graded higher: of pairs of one earlier and one later case of the same stratum, how often the later was "
        "graded higher, ties split. 50 % is neither.",
        "The first framework is the primary measure, at 5 %; the p of the others is adjusted for their number (Holm). "
        "Intervals are not adjusted.",
    )
    return ReportTable("grades", "Grades, which the word comes from", columns, rows, notes)


def criteria_table(comparison: Comparison) -> ReportTable:
    """Give every criterion, with its word adjusted within its framework."""
    found = comparison.criteria()
    hidden = kept_back(found)
    rows = [
        {
            "criterion_id": row.measure.id,
            "question": row.measure.label,
            "counts": row.measure.counts,
            **figures(row, hidden=index in hidden),
            "p_adjusted": None if index in hidden else row.p_adjusted,
            "verdict": word(row, comparison, hidden=index in hidden),
        }
        for index, row in enumerate(found)
    ]
    columns = (
        Column("criterion_id", ""),
        Column("question", "question"),
        Column("counts", "share of"),
        *FIGURES,
        Column("p_adjusted", "p, adjusted", P),
        Column("verdict", "word", WORD),
    )
    notes = (
        "Intervals are not adjusted for the number of criteria; p and the word are, within each framework (Holm).",
        KEPT,
    )
    return ReportTable("criteria", "Change by criterion", columns, rows, notes)


def domain_table(comparison: Comparison) -> ReportTable:
    """Give shares good or better by area, outcome and other subgroups: exploration, without a word."""
    found = comparison.domains()
    hidden = kept_back(found)
    rows = []
    for index, row in enumerate(found):
        domain, level = row.domain.split(": ", 1)
        rows.append(
            {"domain": domain, "level": level, "measure": row.measure.label, "counts": row.measure.counts}
            | figures(row, hidden=index in hidden)
        )
    columns = (
        Column("domain", "by"),
        Column("level", ""),
        Column("measure", "framework"),
        Column("counts", "share of"),
        *FIGURES,
    )
    notes = ("Exploration: many subgroups of few cases, intervals not adjusted, no verdict on any of them.", KEPT)
    return ReportTable("subgroups", "By area, outcome and other subgroups", columns, rows, notes)


def strata_table(comparison: Comparison) -> ReportTable:
    """Give the eligible and drawn cases of each stratum in both rounds."""
    rounds = (comparison.earlier, comparison.later)
    labels = sorted({label for each in rounds for label in each.population})
    rows: list[Mapping[str, object]] = [
        {
            "stratum": label,
            "population_earlier": rounds[0].population.get(label, 0),
            "drawn_earlier": rounds[0].receipt.allocation.get(label, 0),
            "population_later": rounds[1].population.get(label, 0),
            "drawn_later": rounds[1].receipt.allocation.get(label, 0),
        }
        for label in labels
    ]
    keys = ("population_earlier", "drawn_earlier", "population_later", "drawn_later")
    rows.append({"stratum": "all", **{key: sum(int(str(row[key])) for row in rows) for key in keys}})
    columns = (
        Column("stratum", "stratum"),
        Column("population_earlier", "eligible, earlier", COUNT),
        Column("drawn_earlier", "drawn, earlier", COUNT),
        Column("population_later", "eligible, later", COUNT),
        Column("drawn_later", "drawn, later", COUNT),
    )
    return ReportTable("strata", "Eligible and drawn cases by stratum", columns, rows)


def exclusions_table(comparison: Comparison) -> ReportTable:
    """Give everyone in the registers who could not be drawn, by reason."""
    rows = [row for each in (comparison.earlier, comparison.later) for row in _exclusions(each)]
    columns = (Column("round", "round"), Column("reason", "reason"), Column("cases", "cases", COUNT))
    return ReportTable("exclusions", "Who could not be drawn", columns, rows)


def _exclusions(round_: Round) -> list[Mapping[str, object]]:
    total = [
        ("in the register", round_.receipt.register_size),
        *round_.receipt.exclusions,
        ("eligible", round_.eligible),
    ]
    return [{"round": round_.name, "reason": reason, "cases": cases} for reason, cases in total]


def answers_table(comparison: Comparison) -> ReportTable:
    """Give how many cases were scored, incomplete or unrated, by round and framework."""
    rows = []
    for each in (comparison.earlier, comparison.later):
        for name, scores in each.scores.items():
            counts = scores.table["status"].value_counts()
            answered = scores.counts()
            rows.append(
                {
                    "round": each.name,
                    "framework": each.frameworks[name].title,
                    **{key: int(counts.get(status, 0)) for key, status in STATUS_KEYS.items()},
                    **{key: int(answered[key].sum()) for key in ("answered", "not_applicable", "pending", "missing")},
                    "missing_date": int(answered["missing_date"].sum()),
                }
            )
    columns = (
        Column("round", "round"),
        Column("framework", "framework"),
        *[Column(key, f"cases {status}", COUNT) for key, status in STATUS_KEYS.items()],
        Column("answered", "answers", COUNT),
        Column("not_applicable", "N/A", COUNT),
        Column("pending", "pending", COUNT),
        Column("missing", "missing", COUNT),
        Column("missing_date", "date missing", COUNT),
    )
    notes = ("N/A and pending answers leave a score's denominator; missing ones count against its completeness.",)
    return ReportTable("answers", "What came back", columns, rows, notes)


STATUS_KEYS = {
    "cases_complete": terms.COMPLETE,
    "cases_incomplete": terms.INCOMPLETE,
    "cases_not_rated": terms.NOT_RATED,
}


def agreement_table(comparison: Comparison) -> ReportTable:
    """Give how far the two auditors of double-rated cases gave the same grade."""
    rows: list[Mapping[str, object]] = []
    for each in (comparison.earlier, comparison.later):
        for name in each.frameworks:
            found = each.agreement(name)
            if found is None:
                continue
            for measure in found.measures:
                rows.append(
                    {
                        "round": each.name,
                        "framework": each.frameworks[name].title,
                        "cases": found.n_cases,
                        "measure": measure.name,
                        "value": _two(measure.value),
                        "ci": (_two(measure.ci.low), _two(measure.ci.high)),
                    }
                )
    columns = (
        Column("round", "round"),
        Column("framework", "framework"),
        Column("cases", "cases rated twice", COUNT),
        Column("measure", "measure of agreement"),
        Column("value", "value", TEXT),
        Column("ci", "95 % interval", INTERVAL),
    )
    notes = (
        "1 is perfect agreement and 0 no more than chance (raw agreement: the share alike). A dozen cases cannot carry "
        "a claim: read the intervals.",
    )
    return ReportTable("agreement", "How far two auditors agreed", columns, rows, notes)


def _two(value: float) -> str | None:
    return None if math.isnan(value) else f"{value:.2f}"


def measure_rows(comparison: Comparison, kinds: Sequence[str] = (GRADES, SHARE, CRITERION)) -> list[MeasuredChange]:
    """Give the rows about all cases of the given kinds."""
    return [row for row in comparison.rows if row.domain == ALL_CASES and row.measure.kind in kinds]
