"""The same evidence by recommendation: what speaks for each, when it was due, and what cases cannot say."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_toolkit.improvement import Comparison, ImprovementPlan, Recommendation, due_date, load_improvement_plan
from audit_toolkit.reporting.disclosure import kept_back
from audit_toolkit.reporting.prose import inside
from audit_toolkit.reporting.table import ID, LONG, WORD, Column, ReportTable
from audit_toolkit.reporting.tables import KEPT, figure_columns, figures, word


def evidence_columns(comparison: Comparison) -> tuple[Column, ...]:
    """Give the columns of the criteria that speak for a recommendation."""
    return (
        Column("criterion_id", "id", ID),
        Column("question", "question", LONG),
        Column("counts", "share of"),
        *figure_columns(comparison),
        Column("verdict", "verdict", WORD),
    )


NO_CLOCK = "due date not known, because the plan names no clock"
NO_REVIEW_DATE = "the plan gives no review date"


@dataclass(frozen=True, slots=True)
class RecommendationEvidence:
    """One recommendation with its due date and the criteria that speak for it. There is no verdict on the whole.

    `due` is None where the plan of the round names no clock.
    """

    recommendation: Recommendation
    due: datetime.date | None
    review: datetime.date | None
    rows: tuple[Mapping[str, object], ...]
    elsewhere: str

    @property
    def was_due(self) -> bool | None:
        """Whether it was due at the review date; None where either date is not known."""
        return None if self.due is None or self.review is None else self.due <= self.review

    @property
    def status(self) -> str:
        """Say whether it was due at the review date."""
        if self.due is None:
            return NO_CLOCK
        if self.was_due is None:
            return f"due {self.due.isoformat()}; {NO_REVIEW_DATE}"
        return f"was due {self.due.isoformat()}" if self.was_due else f"not yet due (due {self.due.isoformat()})"


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
    if improvement_plan is None:
        return []
    start = improvement_plan.start(plan.clock, plan.clock_start) if plan.clock else None
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
                **figures(row, comparison, hidden=index in hidden),
                "verdict": word(row, comparison, hidden=index in hidden),
            }
            for index, row in enumerate(found)
            if each.id in row.measure.evidences
        )
        due = due_date(start, each.months) if start else None
        result.append(RecommendationEvidence(each, due, plan.review_date, rows, _elsewhere(each, bool(rows))))
    return result


def _elsewhere(recommendation: Recommendation, has_rows: bool) -> str:
    told = []
    if not has_rows:
        told.append("Audited cases cannot evidence this.")
    if recommendation.every_case:
        told.append("It says all: exceptions are to be listed from the whole register, and no percentage answers it.")
    kinds = {"register": "From the register", "other": "From elsewhere"}
    told += [
        f"{kinds.get(kind, kind)}: {inside(text).rstrip('.')}."
        for kind, text in recommendation.measures.items()
        if text
    ]
    return " ".join(told)


def recommendations_table(found: Sequence[RecommendationEvidence], comparison: Comparison) -> ReportTable:
    """Give the evidence of all recommendations as one table, for the CSV."""
    rows: list[Mapping[str, object]] = []
    for each in found:
        shared = {
            "recommendation": each.recommendation.id,
            "text": each.recommendation.text,
            "due": each.due.isoformat() if each.due else "",
            "status": each.status,
            "elsewhere": each.elsewhere,
        }
        rows += [{**shared, **row} for row in each.rows] or [shared]
    columns = (
        Column("recommendation", "", ID),
        Column("text", "recommendation", LONG),
        Column("due", "due"),
        Column("status", "at the review"),
        *evidence_columns(comparison),
        Column("elsewhere", "besides", LONG),
    )
    return ReportTable("recommendations", "The same evidence by recommendation", columns, rows, (KEPT,))


def evidence_table(each: RecommendationEvidence, comparison: Comparison) -> ReportTable:
    """Give one recommendation's criteria, for the page."""
    return ReportTable(each.recommendation.id, "", evidence_columns(comparison), each.rows)
