"""Comparing sample.csv with the draw and its log: sample.csv is the log applied to the draw, to the last byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import AuditError, Place, Problem
from audit_toolkit.files import Table, file_digest, read_table
from audit_toolkit.sampling.applied_log import APART, apply_log, undo_log
from audit_toolkit.sampling.draw import Sample
from audit_toolkit.sampling.log import ADDED, PUT_BACK, LogEntry, read_log
from audit_toolkit.sampling.receipt import Receipt
from audit_toolkit.sampling.sample_file import read_sample, sample_sha256, sample_text, stratum_columns
from audit_toolkit.terms import (
    AUDITOR,
    CASE_ID,
    DRAW_ORDER,
    DRAW_STATUS,
    LOG_FILE,
    SAMPLE_FILE,
    SECOND_AUDITOR,
    STRATUM,
    TICKET,
)

if TYPE_CHECKING:
    import pandas as pd

FIND_ORIGINAL = "Find the original, or draw again from a new commitment."


def check_sample(folder: str | Path, receipt: Receipt) -> list[Problem]:
    """Check that a round's sample.csv is the draw its receipt seals, with the log applied.

    Parameters
    ----------
    folder : the round folder, with sample.csv and, where something happened since the draw, log.csv.
    receipt : its receipt.

    Returns
    -------
    list of Problem, empty when it holds: the log's seals and rules, the sealed draw, and every cell of today's
    sample.csv. The register is not needed; whether the draw itself is right, `verify_round` says.

    Checked against: tests/sampling/test_log.py (one byte of log.csv changed, at every place tried).
    """
    try:
        return sample_problems(Path(folder) / SAMPLE_FILE, receipt, None)
    except AuditError as refused:
        return list(refused.problems)


def sample_problems(
    path: Path,
    receipt: Receipt,
    again: Sample | None,
    further: Callable[[int], Sample] | None = None,
) -> list[Problem]:
    """Name the first cell of sample.csv that differs from what the draw and its log give.

    Parameters
    ----------
    path : the sample.csv; the log.csv beside it is read too. receipt : its receipt.
    again : the sample drawn again, without auditors, or None where the register could not be read: then the
        receipt's own list of cases is compared.
    further : draws again with so many reserves, for the rows that an extension added.
    """
    entries, problems = read_log(path.with_name(LOG_FILE), receipt)
    if problems:
        return problems
    same = not entries and file_digest(path) == receipt.sample_sha256
    if same and again is None:
        return []
    table = read_table(path, required=[CASE_ID, STRATUM, DRAW_STATUS])
    draw, problem = (
        _draw_from_receipt(table, path, entries, receipt) if again is None else _drawn(table, again, receipt)
    )
    if problem is not None:
        return [problem]
    today = apply_log(draw, entries, receipt)
    problem = _first_difference(table, sample_text(today), bool(entries))
    if problem is None and further is not None:
        problem = _against_register(entries, stratum_columns(today), receipt, further)
    if problem is None and (sample_sha256(draw) != receipt.sample_sha256 or file_digest(path) != sample_sha256(today)):
        what = "the cases are those drawn, but an auditor, a line end or another character of the file was changed"
        problem = Problem(what, path.name, FIND_ORIGINAL)
    return [problem] if problem is not None else []


def _draw_from_receipt(
    table: Table, path: Path, entries: Sequence[LogEntry], receipt: Receipt
) -> tuple[pd.DataFrame, Problem | None]:
    """Give the draw as receipt and today's stratum columns tell it, after comparing the list of cases."""
    today = read_sample(path)
    problem = _against_receipt(table, entries, receipt)
    return (today, problem) if problem is not None else (undo_log(today, entries, receipt), None)


def _against_receipt(table: Table, entries: Sequence[LogEntry], receipt: Receipt) -> Problem | None:
    added = {entry.case_id for entry in entries if entry.action == ADDED}
    found = list(zip(*[table.cells[name] for name in (CASE_ID, STRATUM, DRAW_STATUS)], strict=True))
    rows = [position for position, (case, _, _) in enumerate(found) if case not in added]
    for position, (case, label, _, _, status, _, _) in zip(rows, receipt.cases, strict=False):
        now = found[position]
        # Ids and tickets of a receipt under pseudonyms say nothing here, nor does the first status after an event.
        wanted = (now[0] if receipt.pseudonyms else case, label, now[2] if entries else status)
        if now != wanted:
            what = f"the row is {', '.join(now)} and the receipt has {', '.join(wanted)}"
            return Problem(what, table.place(position), FIND_ORIGINAL)
    if len(rows) != len(receipt.cases):
        what = f"it has {len(rows)} cases and the receipt {len(receipt.cases)}"
        return Problem(what, table.name, FIND_ORIGINAL)
    return None


def _drawn(table: Table, again: Sample, receipt: Receipt) -> tuple[pd.DataFrame, Problem | None]:
    """Give the draw made again, with the auditors that the receipt seals where its cases are the same."""
    draw = again.cases.copy()
    if list(table.columns) != list(draw.columns):
        what = f"the columns are {', '.join(table.columns)} and were {', '.join(map(str, draw.columns))}"
        return draw, Problem(what, table.name, FIND_ORIGINAL)
    # Cases from a list are counted on their own: their order in a stratum says nothing of its tickets.
    sealed = {(label, order, status): names for _, label, order, _, status, *names in receipt.cases}
    named = [
        sealed.get((str(label), int(order), str(status)), ["", ""])
        for label, order, status in zip(draw[STRATUM], draw[DRAW_ORDER], draw[DRAW_STATUS], strict=True)
    ]
    for index, name in enumerate((AUDITOR, SECOND_AUDITOR)):
        draw[name] = [each[index] for each in named]
        draw[name] = draw[name].astype(object)
    return draw, None


def _first_difference(table: Table, expected: pd.DataFrame, logged: bool) -> Problem | None:
    said = "the draw with its log gives" if logged else "drawing again gives"
    columns = {name: (table.cells[name].tolist(), expected[name].tolist()) for name in expected.columns}
    for position in range(min(len(table.rows), len(expected))):
        for name, (now, then) in columns.items():
            if now[position] != then[position]:
                what = f'the cell is "{now[position]}" and {said} "{then[position]}"'
                case = str(table.cells[CASE_ID].iloc[position])
                return Problem(what, table.place(position, name, case), FIND_ORIGINAL)
    if len(table.rows) != len(expected):
        what = f"it has {len(table.rows)} cases and {said} {len(expected)}"
        return Problem(what, table.name, FIND_ORIGINAL)
    return None


def _against_register(
    entries: Sequence[LogEntry], shown: Sequence[str], receipt: Receipt, further: Callable[[int], Sample]
) -> Problem | None:
    """Name the first added row that is not the stratum's next case by the register."""
    added = [entry for entry in entries if entry.action == ADDED]
    if not added:
        return None
    more = max(entry.draw_order - receipt.allocation.get(entry.stratum, 0) for entry in added)
    cases = further(more).cases
    cases = cases[~cases[DRAW_STATUS].isin(APART)]
    columns = [cases[name].tolist() for name in (STRATUM, DRAW_ORDER, CASE_ID, TICKET, *shown)]
    drawn = {(label, order): rest for label, order, *rest in zip(*columns, strict=True)}
    for entry in added:
        wanted = drawn.get((entry.stratum, entry.draw_order), [])
        if wanted != [entry.case_id, entry.ticket, *json.loads(entry.levels)]:
            what = f"the register gives case {wanted[0]}" if wanted else "the register gives no case"
            where = Place(LOG_FILE, row=entry.entry + 1, case=entry.case_id)
            return Problem(f"{what} as ticket {entry.draw_order} of {entry.stratum}", where, PUT_BACK)
    return None
