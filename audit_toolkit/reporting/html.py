"""The page: one self-contained HTML file, the answer first, no case ids."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from audit_toolkit.improvement import Comparison
from audit_toolkit.reporting.account import agreement_table, answers_table, exclusions_table, strata_table
from audit_toolkit.reporting.charts import change_svg
from audit_toolkit.reporting.prose import answers, day, drawn, opening
from audit_toolkit.reporting.recommendations import (
    NO_CLOCK,
    NO_REVIEW_DATE,
    evidence,
    evidence_table,
    load_plan,
    recommendations_table,
)
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


def report_tables(comparison: Comparison) -> list[ReportTable]:
    """Give every table of the report, as the CSVs beside it hold them."""
    tables = [
        change_table(comparison),
        grades_table(comparison),
        criteria_table(comparison),
        domain_table(comparison),
        strata_table(comparison),
        exclusions_table(comparison),
        answers_table(comparison),
        agreement_table(comparison),
    ]
    found = evidence(comparison)
    return [*tables, recommendations_table(found)] if found else tables


def report_html(comparison: Comparison, tables: Sequence[ReportTable] | None = None) -> str:
    """Give the page as text; `tables` are those of `report_tables`, where they were made already."""
    import jinja2
    import markupsafe

    source = resources.files("audit_toolkit.reporting").joinpath("templates", "report.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    plan, later = load_plan(comparison), comparison.later.plan
    made = report_tables(comparison) if tables is None else tables
    return environment.from_string(source).render(
        comparison=comparison,
        earlier=comparison.earlier,
        later=comparison.later,
        made_up=later.made_up or comparison.earlier.plan.made_up,
        opening=opening(comparison),
        answers=answers(comparison),
        # The chart is drawn by us from labels that matplotlib escapes: it is the one thing let through unescaped.
        chart=markupsafe.Markup(change_svg(comparison)) if by_chance(comparison) else "",
        tables={table.name: table for table in made},
        recommendations=[(each, evidence_table(each)) for each in evidence(comparison)],
        plan_title=plan.title if plan else "",
        clock_basis=plan.basis.get(later.clock or "", "") if plan else "",
        drawn=[(each, drawn(each)) for each in (comparison.earlier, comparison.later)],
        day=day,
        kept=KEPT,
        no_clock=NO_CLOCK,
        no_review_date=NO_REVIEW_DATE,
        tables_folder=TABLES,
        version=VERSION,
    )
