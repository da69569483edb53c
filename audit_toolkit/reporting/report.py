"""Writing the report: the page and the tables beside it, all or none."""

from __future__ import annotations

from pathlib import Path

from audit_toolkit.files import csv_bytes, write_files
from audit_toolkit.improvement import Comparison, Levels, Round, round_levels
from audit_toolkit.reporting.html import report_html, report_tables
from audit_toolkit.terms import TABLES


def write_report(reported: Comparison | Levels | Round, path: str | Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write the report of a comparison, or the page of where one round stands.

    Parameters
    ----------
    reported : what `compare_rounds` gave; or a scored round, or its `round_levels`, that is compared with none.
    path : the HTML file; its tables go to tables/ beside it, as CSV with a byte-order mark so that spreadsheets read
        accents. force : write over what is there.

    Returns
    -------
    tuple of the paths written, the page first.

    Raises
    ------
    FileError if a file is there already and differs. DesignError if the improvement plan cannot be read.
    """
    page = Path(path)
    told = round_levels(reported) if isinstance(reported, Round) else reported
    tables = report_tables(told)
    files = {page: report_html(told, tables).encode("utf-8")}
    for table in tables:
        files[page.parent / TABLES / f"{table.name}.csv"] = csv_bytes(table.to_frame(), byte_order_mark=True)
    write_files(files, force=force)
    return tuple(files)
