"""The same evidence by recommendation: what speaks for each, when it was due, and what cases cannot say."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from audit_toolkit.improvement import Comparison, ImprovementPlan, Recommendation, due_date, load_improvement_plan
from audit_toolkit.reporting.disclosure import kept_back
from audit_toolkit.reporting.table import WORD, Column, ReportTable
from audit_toolkit.reporting.tables import FIGURES, KEPT, figures, word


@dataclass(frozen=True, slots=True)
class RecommendationEvidence:
    """One recommendation with its due date and the criteria that speak for it. There is no verdict on the whole."""

    recommendation: Recommendation
    due: datetime.date
    status: str
    rows: tuple[Mapping[str, object], ...]
    elsewhere: str


def load_plan(comparison: Comparison) -> ImprovementPlan | None:
    """Load the improvement plan that the later round names, or None."""
    plan = comparison.later.plan
    if plan.improvement_plan is None:
        return None
    name = plan.improvement_plan
    return load_improvement_plan(plan.folder / name if name.endswith((".yaml", ".yml")) else name)


def evidence(comparison: Comparison) -> list[RecommendationEvidence]:
    """Give each recommendation of the round's improvement plan with its evidence."""
    improvement_plan, plan = load_plan(comparison), comparison.later.plan
    if improvement_plan is None or plan.clock is None:
        return []
    start = improvement_plan.start(plan.clock, plan.clock_start)
    found = comparison.criteria()
    hidden = kept_back(found)
    result = []
    for each in improvement_plan.recommendations:
        rows = tuple(
            {
                "recommendation": each.id,
                "criterion_id": row.measure.id,
                "question": row.measure.label,
                "counts": row.measure.counts,
                **figures(row, hidden=index in hidden),
                "verdict": word(row, comparison, hidden=index in hidden),
            }
            for index, row in enumerate(found)
            if each.id in row.measure.evidences
        )
        due = due_date(start, each.months)
        result.append(
            RecommendationEvidence(each, due, status(due, plan.review_date), rows, _elsewhere(each, bool(rows)))
        )
    return result


def status(due: datetime.date, review: datetime.date | None) -> str:
    """Say whether a recommendation was due at the review date."""
    if review is None:
        return f"due {due.isoformat()}; the plan gives no review date"
    if due <= review:
        return f"was due {due.isoformat()}"
    return f"not yet due (due {due.isoformat()})"


def _elsewhere(recommendation: Recommendation, has_rows: bool) -> str:
    kinds = {"register": "From the register", "other": "From elsewhere"}
    told = [f"{kinds.get(kind, kind)}: {text}." for kind, text in recommendation.measures.items() if text]
    if not has_rows:
        told.insert(0, "Audited cases cannot evidence this.")
    if recommendation.every_case:
        told.insert(
            0, "It says all: exceptions are to be listed from the whole register, and no percentage answers it."
        )
    return " ".join(told)


def recommendations_table(found: list[RecommendationEvidence]) -> ReportTable:
    """Give the evidence of all recommendations as one table, for the CSV."""
    rows: list[Mapping[str, object]] = []
    for each in found:
        shared = {
            "recommendation": each.recommendation.id,
            "text": each.recommendation.text,
            "due": each.due.isoformat(),
            "status": each.status,
        }
        rows += [{**shared, **row} for row in each.rows] or [{**shared, "elsewhere": each.elsewhere}]
    columns = (
        Column("recommendation", ""),
        Column("text", "recommendation"),
        Column("due", "due"),
        Column("status", "at the review"),
        *EVIDENCE_COLUMNS,
        Column("elsewhere", "besides"),
    )
    return ReportTable("recommendations", "The same evidence by recommendation", columns, rows, (KEPT,))


EVIDENCE_COLUMNS = (
    Column("criterion_id", ""),
    Column("question", "question"),
    Column("counts", "share of"),
    *FIGURES,
    Column("verdict", "word", WORD),
)


def evidence_table(each: RecommendationEvidence) -> ReportTable:
    """Give one recommendation's criteria, for the page."""
    return ReportTable(each.recommendation.id, "", EVIDENCE_COLUMNS, each.rows)
