"""The log: what happened to a sample after its draw, one row an event, each sealed with the one before.

A row's seal is the SHA-256 of the seal before it (of the first row: the receipt's) and the row's other cells
as a JSON list without spaces. So a row that is changed, taken out, put in or moved no longer fits its seal.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from audit_toolkit.errors import AuditError, DesignError, Place, Problem
from audit_toolkit.files import Table, csv_bytes, read_bytes, read_table
from audit_toolkit.sampling.receipt import Receipt
from audit_toolkit.terms import (
    AUDITOR,
    CASE_ID,
    DRAW_ORDER,
    LOG_FILE,
    SECOND_AUDITOR,
    STRATUM,
    TICKET,
)

# What an event does. Each changes one row of sample.csv, or adds one.
RECORDED: Final = "record"
REPLACED: Final = "replace"
FOUND: Final = "correct"
ADDED: Final = "reserve"
EXTENDED: Final = "extend"
REASSIGNED: Final = "reassign"
ACTIONS: Final = (RECORDED, REPLACED, FOUND, ADDED, EXTENDED, REASSIGNED)

ENTRY, DATE, ACTION, STATUS = "entry", "date", "action", "status"
REPLACES, LEVELS, REASON, NOTE, SEAL = "replaces", "levels", "reason", "note", "seal"
LOG_COLUMNS: Final = (
    *(ENTRY, DATE, ACTION, CASE_ID, STATUS, REPLACES),
    *(STRATUM, DRAW_ORDER, LEVELS, TICKET),
    *(AUDITOR, SECOND_AUDITOR, REASON, NOTE, SEAL),
)
# Control characters, halves of characters, and the line and paragraph ends of Unicode.
BREAKS = ("Cc", "Cs", "Zl", "Zp")
PUT_BACK = "Put the log back as it was written; what happened since is added with replace, extend or reassign."


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One event after the draw: what it did to one row of sample.csv, or the row it added.

    `status`, `auditor` and `second_auditor` are the row's new ones, `stratum` and `draw_order` say where it
    stands. `replaces` is the case whose place it takes. `levels` (the cells of the stratum columns, a JSON
    list) and `ticket` are given where the row is new. `entry`, `date` and `seal` are filled in by `append`.
    """

    action: str
    case_id: str
    status: str
    stratum: str
    draw_order: int
    auditor: str = ""
    second_auditor: str = ""
    replaces: str = ""
    levels: str = ""
    ticket: str = ""
    reason: str = ""
    note: str = ""
    entry: int = 0
    date: str = ""
    seal: str = ""

    def cells(self) -> tuple[str, ...]:
        """Give the row's cells as log.csv holds them, without the seal."""
        return (
            *(str(self.entry), self.date, self.action, self.case_id, self.status, self.replaces),
            *(self.stratum, str(self.draw_order), self.levels, self.ticket),
            *(self.auditor, self.second_auditor, self.reason, self.note),
        )

    def sealed(self, before: str) -> str:
        """Give the seal that fits this row after the seal before it."""
        text = json.dumps(self.cells(), ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(f"{before}{text}".encode()).hexdigest()

    def place(self) -> Place:
        """Say where the row stands in log.csv."""
        return Place(LOG_FILE, row=self.entry + 1, case=self.case_id)


def append(
    entries: Sequence[LogEntry], events: Sequence[LogEntry], *, receipt: Receipt, date: datetime.date
) -> tuple[LogEntry, ...]:
    """Add events to a log: number, date and seal each, in their order.

    Parameters
    ----------
    entries : the log so far. events : what happened, without number, date and seal.
    receipt : the receipt of the draw, whose seal starts the chain. date : the day it happened.

    Returns
    -------
    tuple of LogEntry, the whole log. Whether the events fit the sample is for `apply_log` to say.

    Raises
    ------
    DesignError for a date before that of the last entry, or a text with a line break or control character.
    """
    problems = []
    if entries and date.isoformat() < entries[-1].date:
        what = f"the date {date} is before {entries[-1].date}, the date of the last entry"
        problems.append(Problem(what, LOG_FILE, "A log is written in the order things happen: give a later date."))
    problems += [
        Problem(
            f"the {name} holds a line break or control character", Place(LOG_FILE, case=event.case_id), "Use words."
        )
        for event in events
        for name, text in ((REASON, event.reason), (NOTE, event.note))
        if any(unicodedata.category(each) in BREAKS for each in text)
    ]
    if problems:
        raise DesignError(problems)
    log = list(entries)
    for event in events:
        numbered = replace(event, entry=len(log) + 1, date=date.isoformat(), seal="")
        log.append(replace(numbered, seal=numbered.sealed(last_seal(log, receipt))))
    return tuple(log)


def last_seal(entries: Sequence[LogEntry], receipt: Receipt) -> str:
    """Give the seal of the last entry, or the receipt's where nothing has happened yet."""
    return entries[-1].seal if entries else receipt.seal


def log_bytes(entries: Sequence[LogEntry]) -> bytes:
    """Give the bytes of log.csv."""
    import pandas as pd

    rows = [(*each.cells(), each.seal) for each in entries]
    return csv_bytes(pd.DataFrame(rows, columns=list(LOG_COLUMNS), dtype=object))


def read_log(path: str | Path, receipt: Receipt) -> tuple[tuple[LogEntry, ...], list[Problem]]:
    """Read a log and check its chain of seals; what is wrong is a problem and not an end, so that more is found.

    Parameters
    ----------
    path : the log.csv; where there is none, nothing has happened since the draw.
    receipt : the receipt of the draw, whose seal starts the chain.

    Returns
    -------
    The entries, and a Problem for each row that was changed, taken out, put in or moved.
    """
    path = Path(path)
    if not path.exists():
        return (), []
    try:
        table = read_table(path, encoding="utf-8", delimiter=",", required=LOG_COLUMNS)
    except AuditError as refused:
        return (), list(refused.problems)
    if table.columns != LOG_COLUMNS:
        what = "the columns are not those of a log in their order"
        return (), [Problem(what, table.name, PUT_BACK)]
    entries, problems = _entries(table)
    if not problems:
        problems = _chain_problems(entries, table, receipt)
    if not problems and read_bytes(path) != log_bytes(entries):
        what = "the log was changed after it was written: its rows hold, its spacing or line ends do not"
        problems = [Problem(what, table.name, PUT_BACK)]
    return entries, problems


def _entries(table: Table) -> tuple[tuple[LogEntry, ...], list[Problem]]:
    entries: list[LogEntry] = []
    problems: list[Problem] = []
    fields = [ENTRY, DATE, ACTION, CASE_ID, STATUS, REPLACES, STRATUM, DRAW_ORDER, LEVELS, TICKET]
    fields += [AUDITOR, SECOND_AUDITOR, REASON, NOTE, SEAL]
    for position, row in enumerate(table.cells[fields].itertuples(index=False, name=None)):
        cells = dict(zip(fields, map(str, row), strict=True))
        wrong = [name for name in (ENTRY, DRAW_ORDER) if not _is_whole(cells[name])]
        wrong += [DATE] if not _is_date(cells[DATE]) else []
        wrong += [ACTION] if cells[ACTION] not in ACTIONS else []
        for name in wrong:
            where = table.place(position, name, cells[CASE_ID])
            problems.append(Problem(f'the log was changed: "{cells[name]}" is no {name} of a log', where, PUT_BACK))
        if not wrong:
            texts = {name: text for name, text in cells.items() if name not in (ENTRY, DRAW_ORDER)}
            entries.append(LogEntry(**texts, entry=int(cells[ENTRY]), draw_order=int(cells[DRAW_ORDER])))
    return tuple(entries), problems


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and not text.startswith("0") and len(text) < 10


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _chain_problems(entries: Sequence[LogEntry], table: Table, receipt: Receipt) -> list[Problem]:
    """Name each row whose seal does not fit it and the row before it."""
    problems = []
    before, number = receipt.seal, 0
    for position, each in enumerate(entries):
        where = table.place(position, None, each.case_id)
        if each.sealed(before) != each.seal:
            what = "the row does not fit its seal: it, or the row before it, was changed, taken out, put in or moved"
            if not position and before != each.seal:
                what = "the first row does not fit its seal: it was changed, or it belongs to another draw"
            problems.append(Problem(what, where, PUT_BACK))
        elif each.entry != number + 1:
            problems.append(Problem(f"entry {each.entry} comes after entry {number}", where, PUT_BACK))
        before, number = each.seal, each.entry
    return problems
