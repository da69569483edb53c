"""An auditor who cannot go on: what they have rated stays theirs, everything else goes to the others."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audit_toolkit.errors import DesignError, Place, Problem, did_you_mean, raise_if
from audit_toolkit.sampling.auditors import Auditor, read_auditors
from audit_toolkit.sampling.conflicts import (
    COULD_BE_DRAWN,
    DEFAULT_CONFLICTS,
    Conflicts,
    by_reason,
    conflict_notes,
    named,
    read_conflicts,
)
from audit_toolkit.sampling.crossing import Group, group_of
from audit_toolkit.sampling.programme import Programme, cells
from audit_toolkit.sampling.reassigned import FIRST, ROLES, SECOND, MovedReading, Reassigned
from audit_toolkit.sampling.sharing import EVEN_STEPS, Sharing, fair_shares
from audit_toolkit.terms import CASE_ID, DRAW_STATUS, SAMPLE_FILE, STRATUM, TO_RATE

if TYPE_CHECKING:
    import pandas as pd

WHERE = "auditors"
Moving = list[tuple[str, str]]
# What shares are counted over beside the strata: every reading, and the second ones.
ALL, SECONDS = ("every", "reading"), ("every", "second reading")


def reassign(
    cases: pd.DataFrame,
    auditors: str | Path | pd.DataFrame | Sequence[Auditor],
    *,
    leaving: str,
    rated: Collection[tuple[str, str]],
    seed: str,
    details: pd.DataFrame,
    conflicts: Sequence[str] = DEFAULT_CONFLICTS,
    restricted: str | None = None,
    known: pd.DataFrame | None = None,
    away: Collection[str] = (),
    in_part: Collection[tuple[str, str]] = (),
    unread: Collection[str] = (),
) -> Reassigned:
    """Give the cases of an auditor who cannot go on to the others, and keep what is rated already.

    Parameters
    ----------
    cases : the sample as it stands, as sample.csv has it. auditors : the list of auditors, as for
        `assign_auditors`; who is new in it takes a share too. leaving : the auditor who cannot go on.
    rated : pairs of case id and auditor that have ratings. seed : of the draw, so that the same comes out again.
    details : one row a case, with case_id and the register's columns. conflicts, restricted, known : as for
        `assign_auditors`. away : who else cannot take cases, though the list has them.
    in_part : those of `rated` with answers missing, which the notes name: they stay too. unread : cases read beside
        the sample that were recorded as not to be rated: nobody gets them.

    Returns
    -------
    Reassigned. Readings go where hours allow: after it everybody comes as near as can be to the same number of
    readings an hour, and to equal shares of strata and pairs. Only the auditors of the moved cases change.

    Raises
    ------
    DesignError if the auditor has no case, or none left to move; or naming every case that nobody may take over,
    with everybody's reason.

    Checked against: tests/sampling/test_reassign.py.
    """
    listed = sorted(read_auditors(auditors), key=lambda person: person.name)
    people = tuple(person for person in listed if person.name not in {leaving, *away})
    to_rate = cases[cases[DRAW_STATUS].isin(TO_RATE) & ~cases[CASE_ID].isin(list(unread))]
    rows = {str(row[CASE_ID]): row for row in to_rate.to_dict("records")}
    moving, kept = _moving(rows, leaving, rated)
    _check(rows, leaving, moving, kept, [person.name for person in listed])
    _check_known(moving, details)
    allowed, problems = _allowed(moving, rows, people, read_conflicts(details, conflicts, restricted), rated)
    raise_if(problems, DesignError)
    sharing = Sharing(
        seed,
        tuple(case for case, _ in moving),
        tuple(_group(rows[case]) for case, _ in moving),
        people,
        allowed,
    )
    chosen = _shared(sharing, moving, rows, f"reassign {leaving}")
    changes = tuple(
        MovedReading(case, role, leaving, people[chosen[place]].name) for place, (case, role) in enumerate(moving)
    )
    notes = [] if known is None else conflict_notes(people, known, conflicts, restricted, among=COULD_BE_DRAWN)
    part = [case for case in kept if (case, leaving) in in_part]
    if part:
        stay = "is rated in part and stays" if len(part) == 1 else "are rated in part and stay"
        notes.append(f"{named(part)} {stay} with {leaving}: have the rest filled in from the notes.")
    return Reassigned(_after(cases, changes), leaving, changes, kept, tuple(notes))


def _group(row: Mapping[str, object]) -> Group:
    return group_of(str(row[DRAW_STATUS]), str(row[STRATUM]))


def _moving(
    rows: Mapping[str, Mapping[str, object]], leaving: str, rated: Collection[tuple[str, str]]
) -> tuple[Moving, tuple[str, ...]]:
    """Give the readings that are to move, as case and role, and the cases that are rated already."""
    mine = [(case, role) for case, row in rows.items() for role, column in ROLES.items() if row[column] == leaving]
    done = {case for case, name in rated if name == leaving}
    return [each for each in mine if each[0] not in done], tuple(case for case, _ in mine if case in done)


def _check(
    rows: Mapping[str, Mapping[str, object]], leaving: str, moving: Moving, kept: Sequence[str], listed: Sequence[str]
) -> None:
    names = sorted({str(row[column]) for row in rows.values() for column in ROLES.values() if row[column]})
    nothing = "There is nothing to give on."
    if leaving not in names:
        mend = nothing if leaving in listed else did_you_mean(leaving, names)
        raise DesignError(Problem(f'"{leaving}" has no case to rate', SAMPLE_FILE, mend))
    if not moving:
        every = "the one case" if len(kept) == 1 else f"all {len(kept)} cases"
        raise DesignError(Problem(f"{leaving} has rated {every} given out to them", SAMPLE_FILE, nothing))


def _check_known(moving: Moving, details: pd.DataFrame) -> None:
    known = {str(case) for case in details[CASE_ID]}
    mend = "Use the register of the draw: only it says who may rate the case."
    unknown = [case for case, _ in moving if case not in known]
    raise_if([Problem("the case is not in the register", Place(case=case), mend) for case in unknown], DesignError)


def _allowed(
    moving: Moving,
    rows: Mapping[str, Mapping[str, object]],
    people: Sequence[Auditor],
    conflicts: Conflicts,
    rated: Collection[tuple[str, str]],
) -> tuple[NDArray[np.bool_], list[Problem]]:
    """Say who may take over which reading, and name the readings that nobody may, with everybody's reason."""
    pairs = set(rated)
    allowed = np.zeros((len(moving), len(people)), dtype=bool)
    problems = []
    for place, (case, role) in enumerate(moving):
        other = rows[case][ROLES[SECOND if role == FIRST else FIRST]]
        reasons = []
        for number, person in enumerate(people):
            seen = "rates it already" if person.name == other or (case, person.name) in pairs else ""
            reasons.append((person.name, seen or conflicts.reason(person, case)))
            allowed[place, number] = not reasons[-1][1]
        if not allowed[place].any():
            why = by_reason(reasons) if people else "there is no other auditor"
            mend = "Add an auditor who may rate it, or clear one."
            problems.append(Problem(f"nobody may take it over: {why}", Place(case=case), mend))
    return allowed, problems


def _shared(sharing: Sharing, moving: Moving, rows: Mapping[str, Mapping[str, object]], step: str) -> dict[int, int]:
    """Share the readings out: all readings by hours first, then second readings, strata and pairs, then by the seed."""
    shape, everybody = sharing.allowed.shape, range(len(sharing.people))
    programme = Programme(sharing.allowed)
    for reading in range(shape[0]):
        programme.add(cells(shape, [reading], everybody), 1, 1)
    held, pairs = _standing(rows, {person.name: place for place, person in enumerate(sharing.people)})
    kinds: dict[Group, list[int]] = {ALL: list(range(shape[0]))}
    for reading, (_, role) in enumerate(moving):
        kinds.setdefault(SECONDS if role == SECOND else sharing.groups[reading], []).append(reading)
    for kind, members in kinds.items():
        level, steps = (0, EVEN_STEPS) if kind == ALL else (1, 1)
        stand = [held[kind, each] for each in everybody]
        for person, share in enumerate(fair_shares(len(members), stand, sharing.people)):
            wanted = cells(shape, members, [person])
            programme.add(wanted, math.floor(share), math.ceil(share), level=level, steps=steps)
    _spread_pairs(programme, sharing, moving, rows, pairs)
    chosen = programme.solve(sharing.ties(step))
    return chosen if chosen is not None else {}


def _standing(
    rows: Mapping[str, Mapping[str, object]], places: Mapping[str, int]
) -> tuple[Counter[tuple[Group, int]], Counter[frozenset[int]]]:
    """Count what stays with the others: by kind of reading and auditor, and by pair of auditors."""
    held: Counter[tuple[Group, int]] = Counter()
    pairs: Counter[frozenset[int]] = Counter()
    for row in rows.values():
        both = [(role, places[str(row[column])]) for role, column in ROLES.items() if row[column] in places]
        held.update((ALL, person) for _, person in both)
        held.update((SECONDS if role == SECOND else _group(row), person) for role, person in both)
        if len(both) == len(ROLES):
            pairs[frozenset(person for _, person in both)] += 1
    return held, pairs


def _spread_pairs(
    programme: Programme,
    sharing: Sharing,
    moving: Moving,
    rows: Mapping[str, Mapping[str, object]],
    pairs: Mapping[frozenset[int], int],
) -> None:
    """Ask that no two auditors meet on more double ratings than they must."""
    shape, names = sharing.allowed.shape, [person.name for person in sharing.people]
    partner = [rows[case][ROLES[SECOND if role == FIRST else FIRST]] for case, role in moving]
    whole = sum(pairs.values()) + sum(each in names for each in partner)
    most = math.ceil(Fraction(whole, max(1, math.comb(shape[1], 2))))
    for one, other in itertools.combinations(range(shape[1]), 2):
        with_one = [place for place, each in enumerate(partner) if each == names[one]]
        with_other = [place for place, each in enumerate(partner) if each == names[other]]
        wanted = np.concatenate([cells(shape, with_one, [other]), cells(shape, with_other, [one])])
        programme.add(wanted, 0, max(0, most - pairs.get(frozenset((one, other)), 0)), level=1)


def _after(cases: pd.DataFrame, changes: Sequence[MovedReading]) -> pd.DataFrame:
    after = cases.copy()
    for role, column in ROLES.items():
        taken = {change.case_id: change.taker for change in changes if change.role == role}
        after[column] = [taken.get(str(case), name) for case, name in zip(cases[CASE_ID], cases[column], strict=True)]
        after[column] = after[column].astype(object)
    return after
