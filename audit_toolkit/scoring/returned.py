"""The files that came back from auditors: which of their tables hold ratings, dates and alerts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit import terms
from audit_toolkit.errors import AuditError, Place, Problem, did_you_mean
from audit_toolkit.files import Table, read_sheets, read_table, sheet_names
from audit_toolkit.scoring.issue import ALERT_COLUMNS, CASES, DATES, GUIDANCE, NEEDED_FOR, RATINGS, TOLD

READ = (".xlsx", ".csv")
# What may hold ratings all the same, and must not be passed over in silence.
UNREAD = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".tsv", ".txt", ".doc", ".docx", ".pdf", ".zip")


@dataclass(frozen=True, slots=True)
class Alert:
    """Something an auditor must have told the manager the same day: never a score."""

    kind: str
    case_id: str
    file: str
    told: str

    def __str__(self) -> str:
        told = f" Told: {self.told}" if self.told else " Nobody is named as told."
        return f"{self.kind.replace('_', ' ').upper()}: case {self.case_id} ({self.file}).{told}"


@dataclass(frozen=True, slots=True)
class Returned:
    """What files hold: tables of ratings and of dates, alerts, and what is wrong with them."""

    ratings: tuple[Table, ...] = ()
    dates: tuple[Table, ...] = ()
    alerts: tuple[Alert, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def read_returned(sources: Iterable[Path]) -> Returned:
    """Read the files one by one; what is wrong with one hides nothing of the others, and no alert."""
    found = [_read(path) for path in _once(sources)]
    return Returned(*(tuple(item for each in found for item in getattr(each, name)) for name in Returned.__slots__))


def _once(sources: Iterable[Path]) -> list[Path]:
    """Give each file once, however often it was named."""
    return list({path.resolve(): path for path in sources}.values())


def _read(path: Path) -> Returned:
    try:
        if path.suffix.lower() == ".xlsx":
            return _workbook(path)
        table = read_table(path)
    except AuditError as refused:
        return Returned(problems=refused.problems)
    if terms.FACT in table.columns:
        return Returned(dates=(table,))
    note = f"{path.name}: a CSV of ratings brings no alerts and no dates; ask its auditor for them."
    return Returned(ratings=(table,), notes=(note,))


def _workbook(path: Path) -> Returned:
    names = sheet_names(path)
    sheets, problems = _sheets(path, [name for name in (RATINGS, DATES, CASES) if name in names])
    ratings: tuple[Table, ...] = ()
    if RATINGS in sheets:
        ratings = (sheets[RATINGS],)
    elif RATINGS not in names and {GUIDANCE, CASES, DATES} & set(names):
        others = [name for name in names if name not in (GUIDANCE, CASES, DATES)]
        mend = f"{did_you_mean(RATINGS, others)} Name the sheet of ratings {RATINGS} again."
        problems.append(Problem(f"there is no sheet {RATINGS}", Place(path.name), mend))
    elif RATINGS not in names:
        ratings = (read_table(path),)
    alerts: tuple[Alert, ...] = ()
    if CASES in sheets:
        missing = [name for name in (terms.CASE_ID, *ALERT_COLUMNS) if name not in sheets[CASES].columns]
        problems += [_unheaded(sheets[CASES], name) for name in missing]
        alerts = tuple(_alerts(sheets[CASES]))
    notes: tuple[str, ...] = ()
    if CASES not in names and RATINGS in names:
        notes = (f"{path.name} has no sheet {CASES}: no alert could be read from it.",)
    dates = (without_hints(sheets[DATES]),) if DATES in sheets else ()
    return Returned(ratings, dates, alerts, tuple(problems), notes)


def _unheaded(table: Table, name: str) -> Problem:
    mend = f'Head its column "{name}" again: without it an alert may be missed.'
    return Problem(f"{name} is missing", table.heading_place(), mend)


def _sheets(path: Path, names: Sequence[str]) -> tuple[dict[str, Table], list[Problem]]:
    """Read sheets, together where all are sound and one by one where one is not."""
    try:
        return dict(read_sheets(path, names)), []
    except AuditError:
        found: dict[str, Table] = {}
        problems: list[Problem] = []
        for name in names:
            try:
                found[name] = read_table(path, sheet=name)
            except AuditError as refused:
                problems += refused.problems
        return found, problems


def _alerts(table: Table) -> list[Alert]:
    if terms.CASE_ID not in table.columns:
        return []
    told = table.cells[TOLD] if TOLD in table.columns else [""] * len(table.rows)
    return [
        Alert(kind, str(case) or "not named", table.name, str(text).strip())
        for kind in ALERT_COLUMNS
        if kind in table.columns
        for case, answer, text in zip(table.cells[terms.CASE_ID], table.cells[kind], told, strict=True)
        if str(answer).strip().casefold() not in ("", terms.NO.casefold())
    ]


def without_hints(table: Table) -> Table:
    """Leave out the column of our own workbooks that says what a date is needed for."""
    kept = tuple(name for name in table.columns if name != NEEDED_FOR)
    places = table.column_positions or tuple(range(len(table.columns)))
    positions = tuple(places[table.columns.index(name)] for name in kept)
    return dataclasses.replace(table, columns=kept, cells=table.cells[list(kept)], column_positions=positions)


def reasonless(tables: Iterable[Table]) -> int:
    """Count the N/A answers that give no reason, in tables of one row a rating."""
    count = 0
    for table in tables:
        if terms.RATING in table.columns and terms.CRITERION_ID in table.columns:
            excused = table.cells[terms.RATING] == terms.NA_RATING
            if terms.COMMENT in table.columns:
                excused &= table.cells[terms.COMMENT].str.strip() == ""
            count += int(excused.sum())
    return count


def of_another_round(table: Table, issued: Iterable[str]) -> Problem | None:
    """Say in one line that none of a file's cases was issued, unless its ids may be issued ones that were damaged."""
    if terms.CASE_ID not in table.columns:
        return None
    own = {_bare(case) for case in table.cells[terms.CASE_ID] if case}
    if not own or own & {_bare(case) for case in issued}:
        return None
    mend = "It may belong to another round: collect it there, and take it out here."
    return Problem("none of its cases was issued for this round", Place(table.name), mend)


def _bare(case: str) -> str:
    """Give an id as Excel or a careless hand may have left it."""
    text = case.strip().casefold()
    return text.removesuffix(".0").lstrip("0")
