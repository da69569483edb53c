"""Who rates what: fair shares within strata, never a case of one's own team, a share rated twice unseen.

Both steps are integer programmes solved by scipy. Their costs are numbers hashed from the seed, so the best
solution is one and only one, and the same whoever runs it. The draw is not touched.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.sampling.auditors import TEAM, Auditor, read_auditors
from audit_toolkit.sampling.draw import Sample
from audit_toolkit.sampling.programme import Programme
from audit_toolkit.sampling.reader import read_share
from audit_toolkit.sampling.receipt import drawn_cases
from audit_toolkit.sampling.sample_file import sample_sha256
from audit_toolkit.terms import AUDITOR, CASE_ID, DRAW_STATUS, SAMPLED, SECOND_AUDITOR, STRATUM

if TYPE_CHECKING:
    import pandas as pd


def assign_auditors(
    sample: Sample,
    auditors: str | Path | pd.DataFrame | Sequence[Auditor],
    *,
    double_rated: float | Fraction | str = 0.2,
) -> Sample:
    """Share the sampled cases out to auditors.

    Parameters
    ----------
    sample : a drawn sample. auditors : a path, or a DataFrame with auditor, team and hours, or Auditors.
    double_rated : share of the sampled cases that a second auditor rates without seeing the first, 0 to 1 or as "20%".

    Returns
    -------
    Sample with `auditor` and `second_auditor` filled in. Shares follow the hours, to the nearest case in
    all, and within each stratum as nearly as the teams allow.

    Raises
    ------
    DesignError naming the cases that nobody may rate, or saying that the shares cannot be met.

    Source: an assignment problem; Mathematical Programming 8 (Hoffman & Kruskal 1956 on integral solutions).
    Checked against: tests/sampling/test_assign.py.
    """
    people = tuple(sorted(read_auditors(auditors), key=lambda person: person.name))
    share = read_share(double_rated)
    if not people or not 0 <= share <= 1:
        what = "there are no auditors" if not people else f"double_rated is {double_rated}"
        raise DesignError(Problem(what, "auditors", "Name at least one auditor, and a share from 0 to 1."))
    rows = [position for position, status in enumerate(sample.cases[DRAW_STATUS]) if status == SAMPLED]
    allowed = _allowed(sample, rows, people)
    strata = [str(sample.cases[STRATUM].iloc[row]) for row in rows]
    ids = [str(sample.cases[CASE_ID].iloc[row]) for row in rows]
    first = _first_ratings(sample.receipt.seed, ids, strata, people, allowed)
    second = _second_ratings(sample.receipt.seed, ids, strata, people, allowed, first, round(share * len(rows)))
    cases = sample.cases.copy()
    cases[AUDITOR], cases[SECOND_AUDITOR] = (
        _names(len(cases), rows, people, first),
        _names(len(cases), rows, people, second),
    )
    for name in (AUDITOR, SECOND_AUDITOR):
        cases[name] = cases[name].astype(object)
    receipt = dataclasses.replace(sample.receipt, sample_sha256=sample_sha256(cases), cases=drawn_cases(cases))
    return dataclasses.replace(sample, cases=cases, receipt=receipt, notes=(*sample.notes, *_notes(sample, people)))


def _notes(sample: Sample, people: Sequence[Auditor]) -> list[str]:
    """Say where nothing tells whose team a case is of, so that the own-team rule could not be kept."""
    if not any(person.team for person in people):
        return ["No auditor has a team, so nobody is kept from the cases of their own."]
    if TEAM not in sample.details.columns:
        return [f'The register has no column "{TEAM}", so nobody is kept from the cases of their own team.']
    unknown = sorted({person.team for person in people if person.team} - set(sample.details[TEAM]))
    if unknown and len(unknown) == len({person.team for person in people if person.team}):
        return [f"No drawn case is of a team of the auditors ({', '.join(unknown)}): look at how they are spelt."]
    return []


def _names(size: int, rows: Sequence[int], people: Sequence[Auditor], chosen: Mapping[int, int]) -> list[str]:
    names = [""] * size
    for index, person in chosen.items():
        names[rows[index]] = people[person].name
    return names


def _allowed(sample: Sample, rows: Sequence[int], people: Sequence[Auditor]) -> NDArray[np.bool_]:
    teams = sample.details[TEAM].tolist() if TEAM in sample.details.columns else [""] * len(sample.cases)
    allowed = np.array(
        [[not person.team or person.team != teams[row] for person in people] for row in rows], dtype=bool
    )
    problems = [
        Problem(
            f"no auditor may rate case {sample.cases[CASE_ID].iloc[rows[index]]}, of team {teams[rows[index]]}",
            "auditors",
            "Add an auditor from another team.",
        )
        for index in np.flatnonzero(~allowed.any(axis=1)).tolist()
    ]
    raise_if(problems, DesignError)
    return allowed


def _costs(seed: str, step: str, ids: Sequence[str], people: Sequence[Auditor]) -> NDArray[np.float64]:
    def cost(case: str, name: str) -> float:
        digest = hashlib.sha256("\x1f".join((seed, step, case, name)).encode("utf-8")).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    return np.array([[cost(case, person.name) for person in people] for case in ids]).reshape(len(ids), len(people))


def _shares(total: int, people: Sequence[Auditor]) -> list[Fraction]:
    hours = sum((person.hours for person in people), Fraction(0))
    return [total * person.hours / hours for person in people]


def _mask(shape: tuple[int, int], cases: int | slice | list[int], person: int | slice) -> NDArray[np.bool_]:
    mask = np.zeros(shape, dtype=bool)
    mask[cases, person] = True
    return mask


def _first_ratings(
    seed: str, ids: Sequence[str], strata: Sequence[str], people: Sequence[Auditor], allowed: NDArray[np.bool_]
) -> dict[int, int]:
    shape = (len(ids), len(people))
    programme = Programme()
    for case in range(len(ids)):
        programme.add(_mask(shape, case, slice(None)), 1, 1)
    _fair(programme, shape, len(ids), people, strata)
    chosen = programme.solve(_costs(seed, "first", ids, people), allowed)
    if chosen is None:
        mend = "Add auditors from other teams, or even out the hours."
        raise DesignError(Problem("the cases cannot be shared out by the auditors' hours and teams", "auditors", mend))
    return chosen


def _fair(
    programme: Programme, shape: tuple[int, int], total: int, people: Sequence[Auditor], strata: Sequence[str]
) -> None:
    """Ask for each auditor's share of all cases, to the nearest one, and of each stratum where it can be."""
    for person, share in enumerate(_shares(total, people)):
        programme.add(_mask(shape, slice(None), person), math.floor(share), math.ceil(share))
    for label in sorted(set(strata)):
        within = [case for case, each in enumerate(strata) if each == label]
        part = Fraction(total * len(within), len(strata))
        for person, share in enumerate(_shares(1, people)):
            low, high = math.floor(part * share), math.ceil(part * share)
            programme.add(_mask(shape, within, person), low, high, soft=True)


def _second_ratings(
    seed: str,
    ids: Sequence[str],
    strata: Sequence[str],
    people: Sequence[Auditor],
    allowed: NDArray[np.bool_],
    first: Mapping[int, int],
    count: int,
) -> dict[int, int]:
    if count == 0:
        return {}
    shape = (len(ids), len(people))
    others = allowed.copy()
    for case, person in first.items():
        others[case, person] = False
    programme = Programme()
    programme.add(np.ones(shape, dtype=bool), count, count)
    for case in range(len(ids)):
        programme.add(_mask(shape, case, slice(None)), 0, 1)
    for label in sorted(set(strata)):
        within = [case for case, each in enumerate(strata) if each == label]
        part = Fraction(count * len(within), len(strata))
        programme.add(_mask(shape, within, slice(None)), math.floor(part), math.ceil(part), soft=True)
    for person, share in enumerate(_shares(count, people)):
        programme.add(_mask(shape, slice(None), person), math.floor(share), math.ceil(share))
    _spread_pairs(programme, shape, first, count)
    chosen = programme.solve(_costs(seed, "second", ids, people), others)
    if chosen is None:
        mend = "Lower double_rated, or add auditors from other teams."
        raise DesignError(Problem(f"{count} cases cannot each be given a second auditor", "auditors", mend))
    return chosen


def _spread_pairs(programme: Programme, shape: tuple[int, int], first: Mapping[int, int], count: int) -> None:
    """Ask that no two auditors meet on more double ratings than they must."""
    pairs = shape[1] * (shape[1] - 1) // 2
    most = math.ceil(Fraction(count, pairs)) if pairs else count
    for one in range(shape[1]):
        for other in range(one):
            mask = np.zeros(shape, dtype=bool)
            for case, person in first.items():
                mask[case, one] |= person == other
                mask[case, other] |= person == one
            programme.add(mask, 0, most, soft=True)
