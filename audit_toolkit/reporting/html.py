"""The page: one self-contained HTML file, the answer first, no case ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audit_toolkit.improvement import Comparison, Levels, rests_on
from audit_toolkit.reporting import baseline
from audit_toolkit.reporting.account import agreement_table, answers_table, exclusions_table, strata_table
from audit_toolkit.reporting.charts import change_svg
from audit_toolkit.reporting.found import grades_found_table, limits_table
from audit_toolkit.reporting.page import page_environment
from audit_toolkit.reporting.prose import answers, day, drawn, opening
from audit_toolkit.reporting.recommendations import (
    NO_CLOCK,
    NO_REVIEW_DATE,
    evidence,
    evidence_table,
    load_plan,
    recommendations_table,
)
from audit_toolkit.reporting.sides import Reported, sides_of
from audit_toolkit.reporting.speaks_for import certainty_table, dispositions_table, whom_sentences
from audit_toolkit.reporting.table import ReportTable
from audit_toolkit.reporting.tables import (
    KEPT,
    by_chance,
    change_table,
    criteria_table,
    domain_table,
    grades_table,
)
from audit_toolkit.terms import TABLES, VERSION


def report_tables(reported: Reported) -> list[ReportTable]:
    """Give every table of a report on a comparison or on the levels of one round, as the CSVs beside it hold them."""
    sides = sides_of(reported)
    found = [grades_found_table(sides), limits_table(sides)]
    certainty = [certainty_table(sides)] if any(not each.certainty.empty for _, each in sides) else []
    makers = (strata_table, exclusions_table, dispositions_table, answers_table, agreement_table)
    account = [*certainty, *[make(sides) for make in makers]]
    if isinstance(reported, Levels):
        return [baseline.shares_table(reported), *found, baseline.criteria_table(reported), *account]
    changes = [change_table(reported), grades_table(reported)]
    tables = [*changes, *found, criteria_table(reported), domain_table(reported), *account]
    by_recommendation = evidence(reported)
    return [*tables, recommendations_table(by_recommendation, reported)] if by_recommendation else tables


def report_html(reported: Reported, tables: Sequence[ReportTable] | None = None) -> str:
    """Give the page as text; `tables` are those of `report_tables`, where they were made already."""
    sides = sides_of(reported)
    made = report_tables(reported) if tables is None else tables
    template, values = _stands(reported) if isinstance(reported, Levels) else _changes(reported)
    return (
        page_environment()
        .get_template(template)
        .render(
            values,
            tables={table.name: table for table in made},
            drawn=[(each, drawn(each), whom_sentences(each)) for _, each in sides],
            made_up=next((each.plan.made_up for _, each in reversed(sides) if each.plan.made_up), ""),
            day=day,
            tables_folder=TABLES,
            version=VERSION,
        )
    )


def _stands(levels: Levels) -> tuple[str, Mapping[str, object]]:
    """Give the template of one round, and what only its page shows."""
    count = len(levels.round.auditors)
    return "baseline.html", {
        "round": levels.round,
        "opening": baseline.OPENING,
        "answers": baseline.answers(levels),
        "estimated": levels.estimated,
        "how_drawn": "How the sample was drawn",
        "raters": f"{count} auditor{'' if count == 1 else 's'} rated the round. The figures rest on "
        f"{rests_on([levels.round])}.",
    }


def _changes(comparison: Comparison) -> tuple[str, Mapping[str, object]]:
    """Give the template of two rounds, and what only their page shows."""
    import markupsafe

    plan, earlier, later = load_plan(comparison), comparison.earlier, comparison.later
    rest = "The estimates rest" if comparison.reasons else "Verdicts rest"
    return "report.html", {
        "comparison": comparison,
        "earlier": earlier,
        "later": later,
        "opening": opening(comparison),
        "estimated": by_chance(comparison),
        "answers": answers(comparison),
        # The chart is drawn by us from labels that matplotlib escapes: it is the one thing let through unescaped.
        "chart": markupsafe.Markup(change_svg(comparison)) if by_chance(comparison) else "",
        "recommendations": [(each, evidence_table(each, comparison)) for each in evidence(comparison)],
        "plan_title": plan.title if plan else "",
        "clock_basis": plan.basis.get(later.plan.clock or "", "") if plan else "",
        "kept": KEPT,
        "no_clock": NO_CLOCK,
        "no_review_date": NO_REVIEW_DATE,
        "how_drawn": "How the samples were drawn",
        "raters": f"{len(earlier.auditors)} auditors rated the earlier round and {len(later.auditors)} the later. "
        f"{rest} on {rests_on((earlier, later))}.",
    }
