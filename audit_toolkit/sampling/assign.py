"""Who rates what: fair shares by hours, crossed over strata and rounds, never a conflict, a share rated twice unseen.

Both steps are integer programmes solved by scipy. Their last costs are numbers hashed from the seed, so the best
solution is one and only one, and the same whoever runs it. The draw is not touched.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.sampling.auditors import Auditor, read_auditors
from audit_toolkit.sampling.conflicts import COULD_BE_DRAWN, DEFAULT_CONFLICTS, conflict_notes, named, read_conflicts
from audit_toolkit.sampling.crossing import EarlierRound, group_of, read_earlier_raters
from audit_toolkit.sampling.draw import Sample
from audit_toolkit.sampling.impossible import share_problems
from audit_toolkit.sampling.reader import read_share
from audit_toolkit.sampling.receipt import drawn_cases
from audit_toolkit.sampling.sample_file import sample_sha256
from audit_toolkit.sampling.sharing import NOBODY_HERE, Sharing, fair_shares, first_ratings, second_ratings
from audit_toolkit.terms import AUDITOR, CASE_ID, DRAW_STATUS, SECOND_AUDITOR, STRATUM, TO_RATE

if TYPE_CHECKING:
    import pandas as pd

WHERE = "auditors"


def assign_auditors(
    sample: Sample,
    auditors: str | Path | pd.DataFrame | Sequence[Auditor],
    *,
    double_rated: float | Fraction | str = 0.2,
    conflicts: Sequence[str] = DEFAULT_CONFLICTS,
    restricted: str | None = None,
    earlier: str | Path | pd.DataFrame | None = None,
    known: pd.DataFrame | None = None,
    away: Collection[str] = (),
) -> Sample:
    """Share the cases out to auditors by their hours, and give some of them to a second auditor.

    Parameters
    ----------
    sample : a drawn sample. Cases that have an auditor already keep them and count towards the shares.
    auditors : a path, or a DataFrame with auditor, team, hours, cannot_audit and cleared_for, or Auditors.
    double_rated : share of the cases that a second auditor rates without seeing the first, 0 to 1 or as "20%".
    conflicts : columns of the register whose values are held against team and cannot_audit.
    restricted : column of the register that says what a reader must be cleared for; empty where nothing.
    earlier : the earlier round's folder, sample.csv or cases, to cross the auditors over both rounds.
    known : cases of the register in which the names in the auditors' list are looked for; default the drawn ones.
    away : names in the list that are given nothing new.

    Returns
    -------
    Sample with `auditor` and `second_auditor` filled in. Totals follow the hours to the nearest case; shares
    within each stratum, sums over both rounds, pairs of auditors and re-audited cases come as near as the
    conflicts allow. `notes` tells where something could not be kept or matches nothing.

    Raises
    ------
    DesignError naming every case that nobody may rate with each auditor's reason, the auditors whose share does
    not fit the cases they may rate, or the columns that the register does not have.

    Source: an assignment problem; Hoffman & Kruskal (1956) on integral solutions.
    Checked against: tests/sampling/test_assign.py (every small case by trying all assignments).
    """
    people, share = _people(auditors, away), _share(double_rated)
    round_before = read_earlier_raters(earlier)
    sharing, rows = _sharing(sample, people, conflicts, restricted, round_before)
    new = [case for case in range(len(rows)) if case not in sharing.first]
    first = _first(sharing)
    sharing = dataclasses.replace(sharing, first=first)
    second = _second(sharing, share, new)
    cases = sample.cases.copy()
    for column, chosen in ((AUDITOR, first), (SECOND_AUDITOR, second)):
        names = [str(each) for each in cases[column]]
        for index, person in chosen.items():
            names[rows[index]] = names[rows[index]] or people[person].name
        cases[column] = names
        cases[column] = cases[column].astype(object)
    notes = [
        *_unmatched(people, sample, known, conflicts, restricted),
        *_reached(sharing, first, second, fresh=len(new) == len(rows)),
        *(round_before.notes(people, sharing.groups) if round_before is not None else []),
    ]
    receipt = dataclasses.replace(sample.receipt, sample_sha256=sample_sha256(cases), cases=drawn_cases(cases))
    return dataclasses.replace(sample, cases=cases, receipt=receipt, notes=(*sample.notes, *notes))


def _unmatched(
    people: Sequence[Auditor],
    sample: Sample,
    known: pd.DataFrame | None,
    conflicts: Sequence[str],
    restricted: str | None,
) -> list[str]:
    if known is None:
        return conflict_notes(people, sample.details, conflicts, restricted)
    return conflict_notes(people, known, conflicts, restricted, among=COULD_BE_DRAWN)


def _people(auditors: str | Path | pd.DataFrame | Sequence[Auditor], away: Collection[str]) -> tuple[Auditor, ...]:
    listed = sorted(read_auditors(auditors), key=lambda person: person.name)
    people = tuple(person for person in listed if person.name not in away)
    if not people:
        raise DesignError(Problem("there are no auditors", WHERE, "Name at least one auditor."))
    return people


def _share(double_rated: float | Fraction | str) -> Fraction:
    share = read_share(double_rated)
    if not 0 <= share <= 1:
        raise DesignError(Problem(f"double_rated is {double_rated}", WHERE, "Give a share from 0 to 1, or as 20%."))
    return share


def _sharing(
    sample: Sample,
    people: Sequence[Auditor],
    conflicts: Sequence[str],
    restricted: str | None,
    earlier: EarlierRound | None,
) -> tuple[Sharing, list[int]]:
    """Give what is to be shared out, and the row of the sample that each case stands on."""
    cases = sample.cases
    rows = [row for row, status in enumerate(cases[DRAW_STATUS]) if status in TO_RATE]
    ids = tuple(str(cases[CASE_ID].iloc[row]) for row in rows)
    kept = read_conflicts(sample.details, conflicts, restricted)
    allowed = kept.allowed(people, ids)
    places = {person.name: place for place, person in enumerate(people)}
    stands: dict[str, dict[int, int]] = {}
    for column in (AUDITOR, SECOND_AUDITOR):
        named_there = {index: str(cases[column].iloc[row]) for index, row in enumerate(rows)}
        stands[column] = {index: places.get(name, NOBODY_HERE) for index, name in named_there.items() if name}
    new = [index for index in range(len(ids)) if index not in stands[AUDITOR]]
    raise_if(kept.problems(people, [ids[index] for index in new], allowed[new]), DesignError)
    before = earlier.raters if earlier is not None else {}
    sharing = Sharing(
        seed=sample.receipt.seed,
        ids=ids,
        groups=tuple(group_of(str(cases[DRAW_STATUS].iloc[row]), str(cases[STRATUM].iloc[row])) for row in rows),
        people=tuple(people),
        allowed=allowed,
        first=stands[AUDITOR],
        second=stands[SECOND_AUDITOR],
        before={
            index: frozenset(places[name] for name in before[case] if name in places)
            for index, case in enumerate(ids)
            if case in before
        },
        surplus=earlier.surplus(people) if earlier is not None else {},
    )
    return sharing, rows


def _first(sharing: Sharing) -> dict[int, int]:
    chosen = first_ratings(sharing)
    if chosen is not None:
        return chosen
    shares = fair_shares(len(sharing.ids), [0] * len(sharing.people), sharing.people)
    raise DesignError(share_problems(sharing.ids, sharing.people, sharing.allowed, shares))


def _second(sharing: Sharing, share: Fraction, among: Sequence[int]) -> dict[int, int]:
    """Give the share of the cases that is rated twice a second auditor, taken from the cases that are new."""
    able = sum(int(sharing.allowed[case].sum()) > 1 for case in among)
    count = round(share * len(sharing.ids)) - len(sharing.second)
    if len(among) < len(sharing.ids):
        count = min(count, able)
    if count <= 0:
        return dict(sharing.second)
    chosen = second_ratings(sharing, count, among)
    if chosen is not None:
        return chosen
    what = (
        f"{count} of {len(sharing.ids)} cases are to be rated twice (double_rated {float(share):.0%}), and only "
        f"{able} {'has' if able == 1 else 'have'} a second auditor who may"
    )
    raise DesignError(Problem(what, WHERE, "Lower double_rated, or add auditors who may rate more of them."))


def _reached(sharing: Sharing, first: dict[int, int], second: dict[int, int], *, fresh: bool) -> list[str]:
    """Tell what could not be kept: fair numbers of second ratings, other auditors for re-audited cases."""
    notes = []
    counts = Counter(second.values())
    shares = fair_shares(len(second), [0] * len(sharing.people), sharing.people)
    uneven = [
        f"{person.name} {counts[place]} for {float(shares[place]):.1f}"
        for place, person in enumerate(sharing.people)
        if fresh and abs(counts[place] - shares[place]) >= 1
    ]
    if uneven:
        notes.append(f"The conflicts allow no fair shares of second ratings: {named(uneven)}.")
    again = [
        sharing.ids[case]
        for case, raters in sharing.before.items()
        if first[case] in raters or (case in second and second[case] in raters)
    ]
    if again:
        many = "1 re-audited case goes" if len(again) == 1 else f"{len(again)} re-audited cases go"
        notes.append(f"{many} to an auditor who rated it before; fair shares left nobody else: {named(again)}.")
    return notes
