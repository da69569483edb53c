"""Comparing sample.csv with the sample that drawing again gives, to the first cell that differs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import AuditError, Problem
from audit_toolkit.files import Table, file_digest, read_table
from audit_toolkit.sampling.assign import assign_auditors
from audit_toolkit.sampling.draw import Sample
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.receipt import Receipt
from audit_toolkit.sampling.sample_file import sample_sha256, sample_text
from audit_toolkit.terms import AUDITOR, CASE_ID, DRAW_STATUS, SECOND_AUDITOR, STRATUM

if TYPE_CHECKING:
    import pandas as pd

FIND_ORIGINAL = "Find the original, or draw again from a new commitment."


def sample_problems(path: Path, receipt: Receipt, again: Sample | None, plan: Plan | None) -> list[Problem]:
    """Name the first cell of sample.csv that differs from what drawing again gives.

    Parameters
    ----------
    path : the sample.csv. receipt : its receipt. again : the sample drawn again, without auditors, or None
        where the register could not be read: then the receipt's own list of cases is compared.
    plan : the plan, whose auditors tell what the file held where only an auditor differs.
    """
    same = file_digest(path) == receipt.sample_sha256
    if again is None and same:
        return []
    table = read_table(path, required=[CASE_ID, STRATUM, DRAW_STATUS])
    problem = _against_receipt(table, receipt) if again is None else _against_draw(table, again)
    if problem is not None or same:
        return [problem] if problem is not None else []
    if again is not None and plan is not None:
        problem = _against_assignment(table, receipt, again, plan)
    what = "the cases are those drawn, but an auditor, a line end or another character of the file was changed"
    return [problem or Problem(what, path.name, FIND_ORIGINAL)]


def _against_receipt(table: Table, receipt: Receipt) -> Problem | None:
    found = list(zip(table.cells[CASE_ID], table.cells[STRATUM], table.cells[DRAW_STATUS], strict=True))
    drawn = [(case, label, status) for case, label, _, _, status, _, _ in receipt.cases]
    for position, (row, wanted) in enumerate(zip(found, drawn, strict=False)):
        if row != wanted:
            what = f"the row is {', '.join(row)} and the receipt has {', '.join(wanted)}"
            return Problem(what, table.place(position), FIND_ORIGINAL)
    if len(found) != len(drawn):
        return Problem(f"it has {len(found)} cases and the receipt {len(drawn)}", table.name, FIND_ORIGINAL)
    return None


def _against_draw(table: Table, again: Sample) -> Problem | None:
    expected = sample_text(again.cases)
    if list(table.columns) != list(expected.columns):
        what = f"the columns are {', '.join(table.columns)} and were {', '.join(expected.columns)}"
        return Problem(what, table.name, FIND_ORIGINAL)
    drawn = [name for name in expected.columns if name not in (AUDITOR, SECOND_AUDITOR)]
    return _first_difference(table, expected[drawn])


def _against_assignment(table: Table, receipt: Receipt, again: Sample, plan: Plan) -> Problem | None:
    """Share the cases out again: where that gives the file that was sealed, the difference is known."""
    if plan.auditors is None:
        return _first_difference(table, sample_text(again.cases))
    try:
        assigned = assign_auditors(again, plan.auditors, double_rated=plan.double_rated).cases
    except AuditError:
        return None
    if sample_sha256(assigned) != receipt.sample_sha256:
        return None
    return _first_difference(table, sample_text(assigned))


def _first_difference(table: Table, expected: pd.DataFrame) -> Problem | None:
    columns = {name: (table.cells[name].tolist(), expected[name].tolist()) for name in expected.columns}
    for position in range(min(len(table.rows), len(expected))):
        for name, (now, then) in columns.items():
            if now[position] != then[position]:
                what = f'the cell is "{now[position]}" and drawing again gives "{then[position]}"'
                case = str(table.cells[CASE_ID].iloc[position])
                return Problem(what, table.place(position, name, case), FIND_ORIGINAL)
    if len(table.rows) != len(expected):
        what = f"it has {len(table.rows)} cases and drawing again gives {len(expected)}"
        return Problem(what, table.name, FIND_ORIGINAL)
    return None
