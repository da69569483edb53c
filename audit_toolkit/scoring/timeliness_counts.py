"""How many steps were in time, question by question and group by group, and which were not."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.scoring.criterion import Criterion
from audit_toolkit.scoring.judged_dates import STATES, JudgedDates

COUNTED: Final = ("met", "not_met", "pending", "missing_date", "not_applicable", "not_counted")
COLUMNS: Final = ("question", "limit", "group", "cases", *COUNTED, "share_met")
OVERDUE_COLUMNS: Final = ("question", "case_id", "start", "due", "end", "days_late")
ALL: Final = "all cases"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RegisterTimeliness:
    """How many steps of a whole register were in time: `counts` has one row a question and group.

    `share_met` is met as a share (0-1) of the steps whose limit has passed, NaN where none has. It is a complete
    count: there is nothing to estimate and no interval. `questions` are what was counted, `cases` the register's
    cases in order, `judged` the dates and state of each, by question.
    """

    name: str
    as_of: datetime.date | None
    by: str | None
    questions: tuple[Criterion, ...]
    counts: pd.DataFrame
    cases: tuple[str, ...]
    judged: Mapping[str, JudgedDates]
    notes: tuple[str, ...] = field(default=())

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the counts, one row a question and group."""
        return self.counts.copy()

    def to_dict(self) -> dict[str, object]:
        """Give the counts as plain values; a share of nothing is None."""
        rows = self.counts.astype(object).where(self.counts.notna(), None).to_dict(orient="records")
        day = self.as_of.isoformat() if self.as_of else None
        return {"register": self.name, "as_of": day, "by": self.by, "counts": rows, "notes": list(self.notes)}

    def states(self, question: str) -> pd.Series:
        """Give the state of each case, by case_id."""
        words = np.array(STATES, dtype=object)
        return pd.Series(words[self.judged[question].states], index=list(self.cases), dtype=object, name=question)

    def overdue(self) -> pd.DataFrame:
        """List the steps that were not in time, by question, the latest first: case ids, so not for a report."""
        tables = [_overdue(each.id, self.judged[each.id], self.cases, self.as_of) for each in self.questions]
        return pd.concat(tables, ignore_index=True)[list(OVERDUE_COLUMNS)]

    def __str__(self) -> str:
        whole = self.counts[self.counts["group"] == ALL]
        lines = [f"{self.name}: {len(self.cases):,} cases, complete count{_on(self.as_of)}"]
        for row in whole.to_dict("records"):
            passed = row["met"] + row["not_met"]
            share = f"{100 * row['share_met']:.1f} %" if passed else "none due"
            lines.append(f"{row['question']}: {share} met, of {passed:,} whose limit has passed")
        return "\n".join([*lines[:9], *self.notes[:3]])

    def __repr__(self) -> str:
        return str(self)


def count_states(question: Criterion, judged: JudgedDates, groups: pd.Series | None) -> pd.DataFrame:
    """Count the states of one question over all cases and, where groups are given, by group."""
    rows = [_row(question, ALL, judged.states)]
    if groups is not None:
        codes, labels = pd.factorize(groups.to_numpy(dtype=object), sort=True)
        rows += [_row(question, str(label), judged.states[codes == place]) for place, label in enumerate(labels)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"share_met": float})


def _row(question: Criterion, group: str, states: npt.NDArray[np.int8]) -> dict[str, object]:
    numbers = np.bincount(states, minlength=len(STATES)).tolist()
    counts = dict(zip(COUNTED, numbers, strict=True))
    passed = counts["met"] + counts["not_met"]
    share = counts["met"] / passed if passed else float("nan")
    stamp = {"question": question.id, "limit": question.limit, "group": group, "cases": len(states)}
    return {**stamp, **counts, "share_met": share}


def _on(as_of: datetime.date | None) -> str:
    return f" on {as_of.isoformat()}" if as_of else ""


def _overdue(question: str, judged: JudgedDates, cases: Sequence[str], as_of: datetime.date | None) -> pd.DataFrame:
    """List the steps of one question that were not in time, the latest first."""
    at = np.flatnonzero(judged.is_state(terms.NOT_MET))
    due, end = judged.due[at], judged.end[at]
    seen = end if as_of is None else np.where(np.isnat(end), np.datetime64(as_of), end)
    late = (seen - due).astype("timedelta64[D]").astype(int)
    # numpy writes a day that is missing as NaT, a file as nothing.
    ended = ["" if day == "NaT" else day for day in end.astype(str).tolist()]
    table = pd.DataFrame(
        {
            "question": question,
            "case_id": pd.Series([cases[position] for position in at.tolist()], dtype=object),
            "start": judged.start[at].astype(str),
            "due": due.astype(str),
            "end": pd.Series(ended, dtype=object),
            "days_late": late,
        }
    )
    return table.sort_values("days_late", ascending=False, kind="stable")
