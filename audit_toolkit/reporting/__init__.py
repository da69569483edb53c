"""SAY so: the page a board or an inspector reads, and the tables beside it."""

from __future__ import annotations

from audit_toolkit.reporting.disclosure import kept_back
from audit_toolkit.reporting.framework_pages import framework_html, framework_markdown, framework_text
from audit_toolkit.reporting.html import report_html, report_tables
from audit_toolkit.reporting.report import write_report
from audit_toolkit.reporting.sample_statement import (
    CASE_LIST_FILE,
    STATEMENT_FILE,
    SampleStatement,
    sample_statement,
    statement_html,
    write_sample_statement,
)
from audit_toolkit.reporting.table import Column, ReportTable

__all__ = [
    "CASE_LIST_FILE",
    "STATEMENT_FILE",
    "Column",
    "ReportTable",
    "SampleStatement",
    "framework_html",
    "framework_markdown",
    "framework_text",
    "kept_back",
    "report_html",
    "report_tables",
    "sample_statement",
    "statement_html",
    "write_report",
    "write_sample_statement",
]
