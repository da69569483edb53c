"""Who may not rate what: own team, own name, what an auditor cannot audit, and restricted files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audit_toolkit.errors import DesignError, Place, Problem, did_you_mean, nearest, raise_if
from audit_toolkit.sampling.auditors import BETWEEN, TEAM, Auditor, parts
from audit_toolkit.terms import CASE_ID

if TYPE_CHECKING:
    import pandas as pd

# An auditor whose name stands in one of these is the case's own worker or manager, whatever the plan says.
OWN_COLUMNS = ("worker", "manager")
DEFAULT_CONFLICTS = (TEAM,)
DRAWN, COULD_BE_DRAWN = "drawn case", "case that could be drawn"
# Auditors named one by one before the rest are counted.
NAMED = 6


@dataclass(frozen=True, slots=True, eq=False)
class Conflicts:
    """What keeps auditors and cases apart.

    `columns` gives the values of each case in the columns that conflicts are looked for in; `own` the columns an
    auditor's own name is looked for in; `restricted` the restrictions of each case, empty where there are none.
    """

    columns: Mapping[str, Mapping[str, tuple[str, ...]]]
    own: tuple[str, ...]
    restricted: Mapping[str, tuple[str, ...]]

    def reason(self, person: Auditor, case: str) -> str:
        """Say why a person may not rate a case, as what follows their name; "" where they may."""
        for name in self.own:
            if person.name in self.columns[name].get(case, ()):
                return f"is its {name}"
        for name, values in self.columns.items():
            if person.team and person.team in values.get(case, ()):
                return f"is of its {name} {person.team}"
        if case in person.cannot_audit:
            return "may not audit it"
        for name, values in self.columns.items():
            for value in values.get(case, ()):
                if value in person.cannot_audit:
                    return f"may not audit its {name} {value}"
        return "" if self.cleared(person, case) else "is not cleared"

    def cleared(self, person: Auditor, case: str) -> bool:
        """Say whether a person may read a case in spite of its restrictions."""
        return set(self.restricted.get(case, ())) <= set(person.cleared_for)

    def allowed(self, people: Sequence[Auditor], cases: Sequence[str]) -> NDArray[np.bool_]:
        """Say of every case and person whether the person may rate it: one row a case, one column a person."""
        found = np.array([[not self.reason(person, case) for person in people] for case in cases], dtype=bool)
        return found.reshape(len(cases), len(people))

    def problems(self, people: Sequence[Auditor], cases: Sequence[str], allowed: NDArray[np.bool_]) -> list[Problem]:
        """List the cases that none of the people may rate, each with everybody's reason."""
        return [self._nobody(people, cases[row]) for row in np.flatnonzero(~allowed.any(axis=1)).tolist()]

    def _nobody(self, people: Sequence[Auditor], case: str) -> Problem:
        reasons = by_reason((person.name, self.reason(person, case)) for person in people)
        kept_for = " and ".join(f'"{each}"' for each in self.restricted.get(case, ()))
        if not kept_for:
            mend = "Add an auditor who may rate it."
            return Problem(f"no auditor may rate it: {reasons}", Place(case=case), mend)
        if not any(self.cleared(person, case) for person in people):
            mend = "Write it under cleared_for of an auditor who may read it."
            return Problem(f"no auditor is cleared for {kept_for}", Place(case=case), mend)
        what = f"no auditor is cleared for {kept_for} and free of conflict: {reasons}"
        return Problem(what, Place(case=case), "Clear an auditor who may rate it, or add one.")


def by_reason(reasons: Iterable[tuple[str, str]]) -> str:
    """Join the reasons of several people into one sentence, people with the same reason together."""
    groups: dict[str, list[str]] = {}
    for name, reason in reasons:
        groups.setdefault(reason, []).append(name)
    return ", ".join(
        f"{named(people)} {'are' + reason[2:] if len(people) > 1 and reason.startswith('is ') else reason}"
        for reason, people in groups.items()
    )


def named(names: Sequence[str]) -> str:
    """Give names as a person says them: Ann, Bob and Cem."""
    shown = list(names) if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} others"]
    return " and ".join([*([", ".join(shown[:-1])] if len(shown) > 1 else []), *shown[-1:]])


def read_conflicts(
    details: pd.DataFrame, conflicts: Sequence[str] = DEFAULT_CONFLICTS, restricted: str | None = None
) -> Conflicts:
    """Read from the register's columns what keeps auditors and cases apart.

    Parameters
    ----------
    details : one row a case: case_id and the columns of the register. conflicts : the columns whose values
        auditors may be barred from. restricted : the column that says what a reader must be cleared for.

    Raises
    ------
    DesignError naming each column the register has not, with the nearest. Where only the default, team, is
    missing, nothing is refused.
    """
    have = [str(name) for name in details.columns]
    asked = [*(conflicts if tuple(conflicts) != DEFAULT_CONFLICTS else ()), *([restricted] if restricted else [])]
    raise_if(
        [
            Problem(f'the register has no column "{name}"', _key(name, restricted), did_you_mean(name, have))
            for name in dict.fromkeys(asked)
            if name not in have
        ],
        DesignError,
    )
    own = tuple(name for name in dict.fromkeys((*conflicts, *OWN_COLUMNS)) if name in have)
    cases = [str(case) for case in details[CASE_ID]]
    columns = {name: _values(cases, details[name]) for name in own}
    kept = _values(cases, details[restricted], whole=False) if restricted else {}
    return Conflicts({name: columns[name] for name in own}, own, kept)


def _key(name: str, restricted: str | None) -> str:
    return "plan.yaml, restricted" if name == restricted else "plan.yaml, conflicts"


def _values(cases: Sequence[str], cells: pd.Series, *, whole: bool = True) -> dict[str, tuple[str, ...]]:
    return {case: _cell(text, whole) for case, text in zip(cases, map(str, cells), strict=True)}


def _cell(text: str, whole: bool) -> tuple[str, ...]:
    """Give the values of a cell: the text as it stands and, where it holds several (a family's), each of them."""
    if BETWEEN in text:
        return (text, *parts(text)) if whole else parts(text)
    return (text,) if text.strip() else ()


def conflict_notes(
    people: Sequence[Auditor],
    known: pd.DataFrame,
    conflicts: Sequence[str] = DEFAULT_CONFLICTS,
    restricted: str | None = None,
    *,
    among: str = DRAWN,
) -> list[str]:
    """Say which entries of auditors.csv match nothing in the register, so that they keep nobody apart.

    Parameters
    ----------
    people : the auditors. known : the cases in which the entries are looked for, as the register has them.
    among : what those cases are called in the notes.
    """
    columns = [name for name in dict.fromkeys((*conflicts, *OWN_COLUMNS)) if name in known.columns]
    names = _distinct(known, columns)
    ids = set(known[CASE_ID])
    sought = f"{', '.join(columns)} or id" if columns else "id"
    notes = _team_notes(people, columns, names, among)
    for value, who in _listed((person.name, person.cannot_audit) for person in people).items():
        if value not in names and value not in ids:
            what = f'{named(who)} cannot audit "{value}", and no {among} has it as {sought}.'
            notes.append(what + _meant(value, names, ids))
    if restricted is None:
        return [*notes, *([_UNUSED_CLEARANCE] if any(person.cleared_for for person in people) else [])]
    kept = _distinct(known, [restricted], whole=False)
    for value, who in _listed((person.name, person.cleared_for) for person in people).items():
        if value not in kept:
            be = "is" if len(who) == 1 else "are"
            what = f'{named(who)} {be} cleared for "{value}", and no {among} has it as {restricted}.'
            notes.append(what + _meant(value, kept, ()))
    return notes


def _distinct(known: pd.DataFrame, columns: Iterable[str], *, whole: bool = True) -> set[str]:
    return {value for name in columns for text in known[name].unique() for value in _cell(str(text), whole)}


def _listed(entries: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, list[str]]:
    """Give the people who name each value, values in their order."""
    found: dict[str, list[str]] = {}
    for name, values in entries:
        for value in values:
            found.setdefault(value, []).append(name)
    return found


_UNUSED_CLEARANCE = "The auditors have cleared_for, and the plan names no restricted column: it keeps nobody apart."


def _team_notes(people: Sequence[Auditor], columns: Collection[str], names: set[str], among: str) -> list[str]:
    """Say where nothing tells whose team a case is of, so that the own-team rule could not be kept."""
    teams = sorted({person.team for person in people if person.team})
    if not teams:
        return ["No auditor has a team, so nobody is kept from the cases of their own."]
    if TEAM not in columns:
        return [f'The register has no column "{TEAM}", so nobody is kept from the cases of their own team.']
    unknown = [team for team in teams if team not in names]
    if len(unknown) == len(teams):
        return [f"No {among} is of a team of the auditors ({', '.join(unknown)}): look at how they are spelt."]
    alike = {_folded(value): value for value in sorted(names)}
    return [
        f'No {among} is of the team "{team}" of the auditors. Did you mean "{alike[_folded(team)]}"?'
        for team in unknown
        if _folded(team) in alike
    ]


def _meant(value: str, names: Collection[str], ids: Collection[str]) -> str:
    """Name what a value that matches nothing was likely meant to be."""
    alike = {_folded(case).lstrip("0"): case for case in sorted(ids)}
    best = nearest(value, sorted(names)) or alike.get(_folded(value).lstrip("0"))
    if best is not None:
        return f' Did you mean "{best}"?'
    return " Several values are separated by semicolons." if "," in value else ""


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
