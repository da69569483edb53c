"""The files that came back from auditors: which of their tables hold ratings, dates, alerts and actions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit import terms
from audit_toolkit.errors import AuditError, Place, Problem
from audit_toolkit.files import Book, FlawedTable, Table, read_book, read_table
from audit_toolkit.scoring.about import ABOUT, SHEETS, about_of
from audit_toolkit.scoring.alerts import Alert, alert_problems, alerts_of
from audit_toolkit.scoring.row_key import ROW_KEY
from audit_toolkit.scoring.sent import Sent, checked, of_another_draw
from audit_toolkit.scoring.sent_sheets import (
    ACTION,
    ACTIONS,
    ALERT_COLUMNS,
    CASES,
    DATES,
    GUIDANCE,
    NEEDED_FOR,
    RATINGS,
    TOLD,
)

# The hidden sheet that long drop-down lists stand on.
LISTS = "Lists"
NAME_AGAIN = f"Name the sheet of ratings {RATINGS} again."
READ = (".xlsx", ".csv")
# Spreadsheets that may hold ratings and alerts, and are refused rather than passed over.
UNREAD_BOOKS = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
# Other files that may hold something, and must not be passed over in silence.
UNREAD = (".tsv", ".txt", ".doc", ".docx", ".pdf", ".zip")
LOCK = "~$"
MISSED = {CASES: "alert", DATES: "date", ACTIONS: "action"}


@dataclass(frozen=True, slots=True)
class Returned:
    """What files hold: tables of ratings, of dates and of actions, alerts, and what is wrong with them."""

    ratings: tuple[FlawedTable, ...] = ()
    dates: tuple[FlawedTable, ...] = ()
    actions: tuple[FlawedTable, ...] = ()
    alerts: tuple[Alert, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def read_returned(sources: Iterable[Path], sent: Sent) -> Returned:
    """Read the files one by one; what is wrong with one hides nothing of the others, and no alert."""
    found = [_read(path, sent) for path in _once(sources)]
    return Returned(*(tuple(item for each in found for item in getattr(each, name)) for name in Returned.__slots__))


def _once(sources: Iterable[Path]) -> list[Path]:
    """Give each file once, however often it was named."""
    return list({path.resolve(): path for path in sources}.values())


def _read(path: Path, sent: Sent) -> Returned:
    try:
        if path.name.startswith(LOCK):
            what = "this is the lock of a workbook that is open in Excel, not the workbook"
            return Returned(problems=(Problem(what, Place(path.name), "Close the workbook, and give it instead."),))
        if path.suffix.lower() in UNREAD_BOOKS:
            return Returned(problems=(unread_book(path),))
        return _workbook(path, sent) if path.suffix.lower() == ".xlsx" else _text(read_table(path), sent)
    except AuditError as refused:
        return Returned(problems=refused.problems)


def unread_book(path: Path) -> Problem:
    """Refuse a spreadsheet of another kind: it may hold ratings, and an alert."""
    what = f"workbooks of the kind {path.suffix.lower()} are not read"
    return Problem(what, Place(path.name), "Open it, save it as .xlsx (Excel workbook), and put that here instead.")


def _text(table: Table, sent: Sent) -> Returned:
    """Read a CSV: ratings, dates, actions, or the sheet Cases saved as CSV; alert columns may stand in any."""
    told = {*ALERT_COLUMNS, TOLD} & set(table.columns)
    alerts = tuple(alerts_of(table, sent.keys)) if told else ()
    problems = tuple(alert_problems(table)) if told else ()
    rest = without(table, (*ALERT_COLUMNS, TOLD))
    columns = set(rest.columns)
    if terms.FACT in columns:
        part, notes = checked(FlawedTable(_plain_dates(rest)), {}, sent)
        return Returned(dates=(part,), alerts=alerts, problems=problems, notes=tuple(notes))
    if ACTION in columns:
        return Returned(actions=(FlawedTable(rest),), alerts=alerts, problems=problems)
    if told and not columns & {terms.CRITERION_ID, terms.RATING, *sent.framework_of()}:
        return Returned(alerts=alerts, problems=problems)
    part, found = checked(FlawedTable(rest), {}, sent)
    brings = "no dates" if told else "no alerts and no dates"
    note = f"{table.name}: a CSV of ratings brings {brings}; ask its auditor for them."
    return Returned(ratings=(part,), alerts=alerts, problems=problems, notes=(note, *found))


def _workbook(path: Path, sent: Sent) -> Returned:
    book = read_book(path, (RATINGS, DATES, CASES, ACTIONS, ABOUT))
    about_sheet = book.sheets.get(ABOUT)
    about = about_of(about_sheet.table if about_sheet is not None else None, book.properties)
    alerts, problems, notes = _cases(path, book, about, sent)
    strange = of_another_draw(path.name, about, sent)
    if strange is not None:
        return Returned(alerts=alerts, problems=(strange,))
    ratings, more = _ratings(path, book)
    problems += more
    parts: dict[str, tuple[FlawedTable, ...]] = {RATINGS: (), DATES: ()}
    for name, found in ((RATINGS, ratings), (DATES, book.sheets.get(DATES))):
        if found is not None:
            part, said = checked(found, about, sent)
            parts[name] = (part if name == RATINGS else _dated(part),)
            notes += said
    actions = (book.sheets[ACTIONS],) if ACTIONS in book.sheets else ()
    return Returned(parts[RATINGS], parts[DATES], actions, alerts, tuple(problems), tuple(notes))


def _cases(
    path: Path, book: Book, about: Mapping[str, str], sent: Sent
) -> tuple[tuple[Alert, ...], list[Problem], list[str]]:
    """Read the alerts of a workbook; name what may hide one, and the sheets that were sent and are not there."""
    expected = about[SHEETS].split(", ") if SHEETS in about else [CASES]
    lost = [name for name in MISSED if name in expected and name not in book.sheet_names]
    ours = RATINGS in book.sheet_names or bool(about)
    notes = [f"{path.name} has no sheet {name}: no {MISSED[name]} could be read from it." for name in lost if ours]
    part = book.sheets.get(CASES)
    if part is None:
        return (), [], notes
    if part.table is None:
        return (), list(part.problems), [*notes, f"{path.name}: an alert may be missed; ask its auditor today."]
    part, said = checked(part, about, sent)
    problems = [*part.problems, *alert_problems(part.table)] if part.table is not None else []
    return tuple(alerts_of(part.table, sent.keys)) if part.table is not None else (), problems, [*notes, *said]


def _ratings(path: Path, book: Book) -> tuple[FlawedTable | None, list[Problem]]:
    """Give the table of ratings of a workbook: our sheet, or the first sheet of a workbook of somebody's own."""
    if RATINGS in book.sheet_names:
        return book.sheets[RATINGS], []
    if {GUIDANCE, CASES, DATES} & set(book.sheet_names):
        others = [name for name in book.sheet_names if name not in (GUIDANCE, CASES, DATES, ACTIONS, ABOUT, LISTS)]
        mend = f'Call the sheet "{others[0]}" {RATINGS} again.' if len(others) == 1 else NAME_AGAIN
        return None, [Problem(f"there is no sheet {RATINGS}", Place(path.name), mend)]
    return FlawedTable(read_table(path)), []


def _dated(part: FlawedTable) -> FlawedTable:
    return part if part.table is None else dataclasses.replace(part, table=_plain_dates(part.table))


def _plain_dates(table: Table) -> Table:
    """Leave out the columns of our own workbooks that are no dates: what one is needed for, and the row's key."""
    return without(table, (NEEDED_FOR, ROW_KEY))


def without(table: Table, names: Sequence[str]) -> Table:
    """Give a table without some columns; the others still know where they stand."""
    kept = tuple(name for name in table.columns if name not in names)
    places = table.column_positions or tuple(range(len(table.columns)))
    positions = tuple(places[table.columns.index(name)] for name in kept)
    return dataclasses.replace(table, columns=kept, cells=table.cells[list(kept)], column_positions=positions)


def of_another_round(table: Table, sent: Sent) -> Problem | None:
    """Say in one line that none of a file's cases was issued, unless its ids may be issued ones that were damaged."""
    if terms.CASE_ID not in table.columns:
        return None
    if ROW_KEY in table.columns and not sent.keys.keys().isdisjoint(table.cells[ROW_KEY]):
        return None
    own = {_bare(case) for case in table.cells[terms.CASE_ID] if case}
    if not own or own & {_bare(case) for case in sent.cases}:
        return None
    mend = "It may belong to another round: collect it there, and take it out here."
    return Problem("none of its cases was issued for this round", Place(table.name), mend)


def _bare(case: str) -> str:
    """Give an id as Excel or a careless hand may have left it."""
    text = case.strip().casefold()
    return text.removesuffix(".0").lstrip("0")
