"""What giving an auditor's cases on did: the sample after it, each change, and the entries for the log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem, did_you_mean, raise_if
from audit_toolkit.sampling.log import REASSIGNED, LogEntry
from audit_toolkit.sampling.receipt import Receipt
from audit_toolkit.terms import AUDITOR, CASE_ID, DRAW_ORDER, DRAW_STATUS, SECOND_AUDITOR, STRATUM

if TYPE_CHECKING:
    import pandas as pd

FIRST, SECOND = "first", "second"
ROLES = {FIRST: AUDITOR, SECOND: SECOND_AUDITOR}
UNSEEN = {FIRST: "", SECOND: " (as second auditor)"}
CHANGE_COLUMNS = (CASE_ID, "role", "from", "to")


@dataclass(frozen=True, slots=True)
class MovedReading:
    """One reading that goes from an auditor to another: the case, whether it is the first or the second rating."""

    case_id: str
    role: str
    giver: str
    taker: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reassigned:
    """What a reassignment did: the `cases` after it, its `changes`, and the cases the leaving auditor `kept`."""

    cases: pd.DataFrame
    leaving: str
    changes: tuple[MovedReading, ...]
    kept: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def events(self, *, reason: str, note: str = "") -> tuple[LogEntry, ...]:
        """Give the changes as entries of the log: each case with the auditors it now has."""
        moved = {change.case_id for change in self.changes}
        return tuple(
            LogEntry(
                REASSIGNED,
                str(row[CASE_ID]),
                str(row[DRAW_STATUS]),
                str(row[STRATUM]),
                int(row[DRAW_ORDER]),
                auditor=str(row[AUDITOR]),
                second_auditor=str(row[SECOND_AUDITOR]),
                reason=reason,
                note=note,
            )
            for row in self.cases.to_dict("records")
            if row[CASE_ID] in moved
        )

    def moved(self) -> pd.DataFrame:
        """Give the rows of the moved cases, with no auditor but those who take them over."""
        takers = {(change.case_id, change.role): change.taker for change in self.changes}
        found = self.cases[self.cases[CASE_ID].isin([change.case_id for change in self.changes])].copy()
        for role, column in ROLES.items():
            found[column] = [takers.get((case, role), "") for case in found[CASE_ID]]
            found[column] = found[column].astype(object)
        return found.reset_index(drop=True)

    def to_frame(self) -> pd.DataFrame:
        """Give one row a change: case_id, role (first or second), from, to."""
        import pandas as pd

        rows = [(change.case_id, change.role, change.giver, change.taker) for change in self.changes]
        return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS), dtype=object)

    def to_dict(self) -> dict[str, object]:
        """Give what was done in JSON-safe values."""
        return {
            "leaving": self.leaving,
            "changes": self.to_frame().to_dict(orient="records"),
            "kept": list(self.kept),
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        takers = sorted({change.taker for change in self.changes})
        said = [f"{_cases(len(self.changes))} of {self.leaving} {_go(len(self.changes), len(takers))}; {self._keeps()}"]
        for taker in takers:
            mine = [change for change in self.changes if change.taker == taker]
            said.append(f"  {taker}: {', '.join(f'{each.case_id}{UNSEEN[each.role]}' for each in mine)}")
        return "\n".join([*said, *self.notes])

    def _keeps(self) -> str:
        if not self.kept:
            return "none was rated before."
        return "1 rated already stays." if len(self.kept) == 1 else f"{len(self.kept)} rated already stay."

    def __repr__(self) -> str:
        return str(self)


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _go(cases: int, auditors: int) -> str:
    return f"{'goes' if cases == 1 else 'go'} to {'1 auditor' if auditors == 1 else f'{auditors} auditors'}"


def away_auditors(receipt: Receipt, entries: Sequence[LogEntry], *, back: Collection[str] = ()) -> frozenset[str]:
    """Name the auditors whose cases were given on, and who were given none since: no new case is for them.

    Parameters
    ----------
    receipt : of the draw. entries : the log since. back : who of them can take cases again.

    Raises
    ------
    DesignError naming everybody in `back` who is not away.
    """
    now = {case: {first, second} - {""} for case, _, _, _, _, first, second in receipt.cases}
    away: set[str] = set()
    for entry in entries:
        before, after = now.get(entry.case_id, set()), {entry.auditor, entry.second_auditor} - {""}
        away -= after - before
        away |= before - after if entry.action == REASSIGNED else set()
        now[entry.case_id] = after
    what = "gave no cases on before, so there is nothing to come back from"
    strange = [name for name in back if name not in away]
    raise_if([Problem(f'"{name}" {what}', "--back", did_you_mean(name, sorted(away))) for name in strange], DesignError)
    return frozenset(away - set(back))
