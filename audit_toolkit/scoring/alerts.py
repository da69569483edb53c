"""Alerts: what an auditor must have told the manager the same day. Never a score, and never lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audit_toolkit import terms
from audit_toolkit.errors import AuditError, Problem
from audit_toolkit.files import FlawedTable, Table, read_table
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.row_key import ROW_KEY
from audit_toolkit.scoring.sent_sheets import ALERT_COLUMNS, TOLD

if TYPE_CHECKING:
    import pandas as pd

# What alerts.csv holds, in this order.
ALERT_FILE_COLUMNS: Final = ("alert", terms.CASE_ID, "file", "told")
# Something was written under what_and_who_was_told, and neither of the two was ticked.
NOT_TICKED: Final = "something_told_but_not_ticked"
# Stands in the kind of an alert that an answer raises by itself, between the question and the answer.
ANSWERED: Final = "_answered_"
NO_ALERT: Final = ("", terms.NO.casefold())
NOT_NAMED: Final = "not named"
HEAD_AGAIN: Final = 'Head its column "{}" again: without it an alert may be missed.'


@dataclass(frozen=True, slots=True)
class Alert:
    """Something an auditor must have told the manager the same day: never a score.

    `before` says that it was collected before: told then, and told again.
    """

    kind: str
    case_id: str
    file: str
    told: str
    before: bool = False

    @property
    def by_answer(self) -> bool:
        """Whether an answer raised it by itself, and nobody ticked it."""
        return ANSWERED in self.kind

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two alerts one: what it is, the case, and the file it came in."""
        return (self.kind, self.case_id, self.file)

    def __str__(self) -> str:
        told = f" Told: {self.told}" if self.told else " Nobody is named as told."
        if self.by_answer:
            told = f" Comment: {self.told}" if self.told else ""
        again = " (Collected before.)" if self.before else ""
        return f"{self.kind.replace('_', ' ').upper()}: case {self.case_id} ({self.file}).{told}{again}"


def alert_problems(table: Table) -> list[Problem]:
    """Name the headings without which an alert may be missed."""
    missing = [name for name in (terms.CASE_ID, *ALERT_COLUMNS) if name not in table.columns]
    return [Problem(f"{name} is missing", table.heading_place(), HEAD_AGAIN.format(name)) for name in missing]


def alerts_of(table: Table, sent: Mapping[str, tuple[str, ...]]) -> list[Alert]:
    """Read the alerts of a table of cases; anything but No and nothing counts as ticked."""
    kinds = [name for name in ALERT_COLUMNS if name in table.columns]
    found = []
    for position in range(len(table.rows)):
        row = {name: str(table.cells[name].iloc[position]) for name in table.columns}
        case, told = _case(row, sent), row.get(TOLD, "").strip()
        ticked = [kind for kind in kinds if row[kind].strip().casefold() not in NO_ALERT]
        if told and not ticked:
            ticked = [NOT_TICKED]
        found += [Alert(kind, case, table.name, told) for kind in ticked]
    return sorted(found, key=_urgency)


def _case(row: Mapping[str, str], sent: Mapping[str, tuple[str, ...]]) -> str:
    """Give the case of a row; where its id is not the one it was sent with, both."""
    case = row.get(terms.CASE_ID, "")
    before = sent.get(row.get(ROW_KEY, ""), (case,))[0]
    if before == case or not before:
        return case or NOT_NAMED
    return f"{case} or {before}" if case else before


def answer_alerts(
    parts: Iterable[FlawedTable], raising: Mapping[str, Sequence[str]], ours: Mapping[str, str] | None = None
) -> list[Alert]:
    """Read the answers that raise an alert by themselves: `raising` gives them for each question that has any.

    An alert is called by the framework's own label: `ours` gives it for each of another language.

    Read from the cells as they came, so that a row that is refused loses no alert. The comment says who was told.
    """
    found = []
    for table in (part.table for part in parts if part.table is not None):
        for case, question, rating, comment in _answers(table, raising):
            answers = {answer.casefold(): answer for answer in raising.get(question, ())}
            answer = answers.get(rating.strip().casefold())
            if answer is not None:
                kind = f"{question}{ANSWERED}{(ours or {}).get(answer, answer)}"
                found.append(Alert(kind, case or NOT_NAMED, table.name, comment.strip()))
    return found


def _answers(table: Table, raising: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str, str]]:
    """Give case, question, answer and comment of a table of ratings, long or wide, as far as it has them."""
    if terms.CASE_ID not in table.columns:
        return
    cases, nothing = table.cells[terms.CASE_ID], [""] * len(table.rows)
    comments = table.cells[terms.COMMENT] if terms.COMMENT in table.columns else nothing
    if {terms.CRITERION_ID, terms.RATING} <= set(table.columns):
        yield from zip(cases, table.cells[terms.CRITERION_ID], table.cells[terms.RATING], comments, strict=True)
        return
    for question in (each for each in raising if each in table.columns):
        yield from zip(cases, [question] * len(cases), table.cells[question], comments, strict=True)


def alert_answers(frameworks: Iterable[Framework]) -> dict[str, tuple[str, ...]]:
    """Give the answers that raise an alert, by question, in every language that a framework has words in."""
    found = {}
    for framework in frameworks:
        for criterion in framework.criteria:
            others = [theirs for theirs, ours in framework.translated.items() if ours in criterion.alert]
            if criterion.alert:
                found[criterion.id] = (*criterion.alert, *others)
    return found


def alerts_before(folder: Path) -> tuple[Alert, ...]:
    """Read the alerts that were collected before; a file that cannot be read hides nothing of what came now."""
    path = folder / terms.ALERTS_FILE
    if not path.exists():
        return ()
    try:
        cells = read_table(path, required=ALERT_FILE_COLUMNS).cells
    except AuditError:
        return ()
    rows = cells[list(ALERT_FILE_COLUMNS)].itertuples(index=False, name=None)
    return tuple(Alert(kind, case, file, told, True) for kind, case, file, told in rows)


def all_alerts(now: Sequence[Alert], before: Sequence[Alert]) -> tuple[Alert, ...]:
    """Put the alerts of now first, those known already after them; none that was ever told is lost.

    A child in immediate danger comes before a breach, and a breach before what an answer says by itself.
    """
    known = {alert.key: alert for alert in before}
    new = [alert for alert in now if alert.key not in known]
    again = {alert.key: alert for alert in now if alert.key in known}
    old = []
    for alert in before:
        told = again[alert.key].told if alert.key in again else ""
        old.append(dataclasses.replace(alert, told=told or alert.told))
    return (*sorted(dict.fromkeys(new), key=_urgency), *sorted(dict.fromkeys(old), key=_urgency))


def _urgency(alert: Alert) -> int:
    """Give the place of an alert among others: the most urgent first."""
    order = (*ALERT_COLUMNS, NOT_TICKED)
    return order.index(alert.kind) if alert.kind in order else len(order)


def alerts_table(alerts: Iterable[Alert]) -> pd.DataFrame:
    """Give alerts as alerts.csv holds them: in the order of the file, so that collecting again changes nothing."""
    import pandas as pd

    rows = sorted((alert.kind, alert.case_id, alert.file, alert.told) for alert in alerts)
    return pd.DataFrame(rows, columns=list(ALERT_FILE_COLUMNS), dtype=object)
