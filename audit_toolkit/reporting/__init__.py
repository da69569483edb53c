"""SAY so: the page a board or an inspector reads, and the tables beside it."""

from __future__ import annotations

from audit_toolkit.reporting.disclosure import kept_back
from audit_toolkit.reporting.html import report_html, report_tables
from audit_toolkit.reporting.report import write_report
from audit_toolkit.reporting.table import Column, ReportTable

__all__ = ["Column", "ReportTable", "kept_back", "report_html", "report_tables", "write_report"]
