"""Who rates what: fair shares within strata, never a case of one's own team, a share rated twice unseen.

Both steps are integer programmes solved by scipy. Their costs are numbers hashed from the seed, so the best
solution is one and only one, and the same whoever runs it. The draw is not touched.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.files import Table, read_table, table_from_frame
from audit_toolkit.sampling.draw import Sample
from audit_toolkit.sampling.sample_file import sample_sha256
from audit_toolkit.terms import AUDITOR, CASE_ID, DRAW_STATUS, SAMPLED, SECOND_AUDITOR, STRATUM

if TYPE_CHECKING:
    import pandas as pd

TEAM = "team"
HOURS = "hours"
# What breaking a wished-for balance costs, beside hashed costs below 1 a case.
IMBALANCE = 100.0


@dataclass(frozen=True, slots=True)
class Auditor:
    """A person who rates: a name, the team whose cases they may not rate, and the hours they give."""

    name: str
    team: str
    hours: Fraction


def read_auditors(source: str | Path | pd.DataFrame | Sequence[Auditor]) -> tuple[Auditor, ...]:
    """Read the auditors: columns auditor, team (may be empty) and hours.

    Raises
    ------
    FileError, or DesignError naming every empty or doubled name and every unfit number of hours.
    """
    if not isinstance(source, (str, Path)) and not hasattr(source, "columns"):
        return tuple(source)
    table = (
        read_table(Path(source), required=[AUDITOR]) if isinstance(source, (str, Path)) else table_from_frame(source)
    )
    names = [str(each) for each in table.cells[AUDITOR]]
    problems: list[Problem] = []
    for position, name in enumerate(names):
        if not name.strip() or name in names[:position]:
            what = f'the auditor "{name}" stands twice' if name.strip() else "the auditor has no name"
            problems.append(Problem(what, table.place(position, AUDITOR), "Give each auditor one row and a name."))
    hours = [_hours(table, position, problems) for position in range(len(names))]
    raise_if(problems, DesignError)
    teams = [str(each) for each in table.cells[TEAM]] if TEAM in table.columns else [""] * len(names)
    return tuple(Auditor(name, team, given) for name, team, given in zip(names, teams, hours, strict=True))


def _hours(table: Table, position: int, problems: list[Problem]) -> Fraction:
    text = str(table.cells[HOURS].iloc[position]) if HOURS in table.columns else "1"
    try:
        hours = Fraction(text)
    except (ValueError, ZeroDivisionError):
        hours = Fraction(0)
    if hours <= 0:
        what = f'"{text}" is not a number of hours above 0'
        problems.append(Problem(what, table.place(position, HOURS), "Give the hours, or take the auditor out."))
    return hours


def assign_auditors(
    sample: Sample, auditors: str | Path | pd.DataFrame | Sequence[Auditor], *, double_rated: float | Fraction = 0.2
) -> Sample:
    """Share the sampled cases out to auditors.

    Parameters
    ----------
    sample : a drawn sample. auditors : a path, or a DataFrame with auditor, team and hours, or Auditors.
    double_rated : share of the sampled cases that a second auditor rates without seeing the first, 0 to 1.

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
    people = read_auditors(auditors)
    share = Fraction(str(double_rated)) if isinstance(double_rated, float) else Fraction(double_rated)
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
    receipt = dataclasses.replace(sample.receipt, sample_sha256=sample_sha256(cases))
    return dataclasses.replace(sample, cases=cases, receipt=receipt)


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


@dataclass(slots=True)
class _Programme:
    """Rows of an integer programme over case x auditor, each with bounds, and a price where it may be broken."""

    shape: tuple[int, int]
    rows: list[NDArray[np.float64]] = dataclasses.field(default_factory=list)
    lows: list[float] = dataclasses.field(default_factory=list)
    highs: list[float] = dataclasses.field(default_factory=list)
    soft: list[bool] = dataclasses.field(default_factory=list)

    def add(self, mask: NDArray[np.bool_], low: float, high: float, *, soft: bool = False) -> None:
        """Bound the number of chosen pairs under the mask."""
        self.rows.append(mask.astype(float).ravel())
        self.lows.append(low)
        self.highs.append(high)
        self.soft.append(soft)

    def solve(self, costs: NDArray[np.float64], allowed: NDArray[np.bool_]) -> dict[int, int] | None:
        """Give the cheapest choice as case -> auditor, or None where the hard rows cannot be met."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array, hstack

        pairs, broken = costs.size, sum(self.soft)
        slack = np.zeros((len(self.rows), 2 * broken))
        for index, row in enumerate(np.flatnonzero(self.soft)):
            slack[row, 2 * index], slack[row, 2 * index + 1] = 1.0, -1.0
        matrix = hstack([csr_array(np.array(self.rows)), csr_array(slack)], format="csr")
        upper = np.concatenate([allowed.astype(float).ravel(), np.full(2 * broken, float(pairs))])
        found = milp(
            np.concatenate([costs.ravel(), np.full(2 * broken, IMBALANCE)]),
            constraints=LinearConstraint(matrix, np.array(self.lows), np.array(self.highs)),
            integrality=np.concatenate([np.ones(pairs), np.zeros(2 * broken)]),
            bounds=Bounds(np.zeros(pairs + 2 * broken), upper),
            options={"mip_rel_gap": 0.0},
        )
        if found.x is None:
            return None
        chosen = np.rint(found.x[:pairs]).reshape(costs.shape).astype(bool)
        return {int(case): int(person) for case, person in np.argwhere(chosen)}


def _mask(shape: tuple[int, int], cases: int | slice | list[int], person: int | slice) -> NDArray[np.bool_]:
    mask = np.zeros(shape, dtype=bool)
    mask[cases, person] = True
    return mask


def _first_ratings(
    seed: str, ids: Sequence[str], strata: Sequence[str], people: Sequence[Auditor], allowed: NDArray[np.bool_]
) -> dict[int, int]:
    shape = (len(ids), len(people))
    programme = _Programme(shape)
    for case in range(len(ids)):
        programme.add(_mask(shape, case, slice(None)), 1, 1)
    _fair(programme, shape, len(ids), people, strata)
    chosen = programme.solve(_costs(seed, "first", ids, people), allowed)
    if chosen is None:
        mend = "Add auditors from other teams, or even out the hours."
        raise DesignError(Problem("the cases cannot be shared out by the auditors' hours and teams", "auditors", mend))
    return chosen


def _fair(
    programme: _Programme, shape: tuple[int, int], total: int, people: Sequence[Auditor], strata: Sequence[str]
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
    programme = _Programme(shape)
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


def _spread_pairs(programme: _Programme, shape: tuple[int, int], first: Mapping[int, int], count: int) -> None:
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
