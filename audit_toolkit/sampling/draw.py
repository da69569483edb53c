"""The draw: the smallest tickets of each stratum are its sample, the next ones its reserves."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.register import Frame
from audit_toolkit.sampling.allocation import allocate, is_whole
from audit_toolkit.sampling.receipt import Receipt, make_receipt
from audit_toolkit.sampling.tickets import check_seed, tickets
from audit_toolkit.terms import (
    AUDITOR,
    CASE_ID,
    DESIGN_WEIGHT,
    DRAW_ORDER,
    DRAW_STATUS,
    INCLUSION_PROBABILITY,
    RESERVE,
    SAMPLED,
    SECOND_AUDITOR,
    STRATUM,
    TICKET,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """A drawn sample with its reserves and its receipt.

    `cases` has one row a case, by stratum label and then draw order: case_id, the stratum columns, stratum,
    draw_status, draw_order, ticket, inclusion_probability (n_h / N_h), design_weight (N_h / n_h; both empty
    for reserves), auditor, second_auditor. `details` has every column of the register for the same cases,
    in the same order: what assignment, workbooks and facts need, and sample.csv does not carry.
    """

    cases: pd.DataFrame
    receipt: Receipt
    details: pd.DataFrame
    notes: tuple[str, ...] = ()

    def sampled(self) -> pd.DataFrame:
        """Give the cases to rate, without the reserves."""
        found: pd.DataFrame = self.cases[self.cases[DRAW_STATUS] == SAMPLED]
        return found

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the cases, one row each."""
        return self.cases.copy()

    def __str__(self) -> str:
        drawn, reserves = len(self.sampled()), int((self.cases[DRAW_STATUS] == RESERVE).sum())
        eligible = sum(self.receipt.population.values())
        return (
            f"Sample of {drawn} cases and {reserves} reserves, from {eligible:,} eligible in "
            f'{len(self.receipt.population)} strata, seed "{self.receipt.seed}"'
        )

    def __repr__(self) -> str:
        return str(self)


def draw_sample(
    frame: Frame | pd.DataFrame,
    *,
    size: int | None = None,
    allocation: Mapping[str, int] | None = None,
    seed: str,
    reserves: int = 0,
) -> Sample:
    """Draw a stratified random sample that anyone can replay from the seed and the case ids.

    Parameters
    ----------
    frame : a Frame, or a DataFrame with the columns case_id and stratum, one row an eligible unit.
    size : n, shared out in proportion with at least 2 a stratum; or
    allocation : mapping stratum -> n_h. Give one of the two.
    seed : non-empty text without commas or control characters. reserves : spare cases a stratum, at most.

    Returns
    -------
    Sample. The n_h smallest tickets of each stratum, ties by the bytes of the id, then the reserves.

    Raises
    ------
    DesignError if neither or both of size and allocation are given, the allocation names other strata than
    the frame or asks for more cases than a stratum has, or the seed is unfit.

    Source: bottom-k sampling by hashed ids, Cohen & Kaplan (2007), PODC.
    Checked against: tests/sampling/test_draw.py (inclusion rates over 2,000 seeds).
    """
    check_seed(seed)
    framed = frame if isinstance(frame, Frame) else _frame_of(frame)
    counts = _counts(framed.population, size, allocation, reserves)
    drawn = _drawn(framed, counts, seed, reserves)
    receipt = make_receipt(framed, counts, seed, reserves, drawn)
    places = {str(case): position for position, case in enumerate(framed.cases[CASE_ID])}
    details = framed.cases.iloc[[places[case] for case in drawn[CASE_ID]]].reset_index(drop=True)
    return Sample(drawn, receipt, details, framed.notes)


def _frame_of(units: pd.DataFrame) -> Frame:
    """Make a frame of a plain DataFrame of eligible units."""
    from audit_toolkit.register import build_frame, read_register

    missing = [name for name in (CASE_ID, STRATUM) if name not in units.columns]
    if missing:
        what = f"the frame has no column {' and no column '.join(missing)}"
        raise DesignError(Problem(what, "frame", "Give one row a unit with case_id and stratum, or use build_frame."))
    return build_frame(read_register(units), strata=[STRATUM])


def _counts(
    population: Mapping[str, int], size: int | None, allocation: Mapping[str, int] | None, reserves: int
) -> dict[str, int]:
    if (size is None) == (allocation is None):
        raise DesignError(Problem("one of size and allocation is needed", "draw", "Give either, not both."))
    if not is_whole(reserves) or reserves < 0:
        raise DesignError(Problem(f"reserves is {reserves!r}", "draw", "Give a whole number, 0 or more."))
    if allocation is None:
        return allocate(population, size if size is not None else 0)
    problems = [
        Problem(
            f"the allocation names stratum {label}, which the frame does not have", "draw", "Use the frame's labels."
        )
        for label in sorted(set(allocation) - set(population))
    ]
    problems += [
        Problem(f"the allocation leaves out stratum {label}", "draw", "Every stratum needs at least 1 case.")
        for label in sorted(set(population) - set(allocation))
    ]
    problems += [
        Problem(
            f"the allocation asks for {allocation[label]} cases of stratum {label}, which has {population[label]}",
            "draw",
            f"Ask for 1 to {population[label]}.",
        )
        for label in sorted(set(population) & set(allocation))
        if not is_whole(allocation[label]) or not 1 <= allocation[label] <= population[label]
    ]
    raise_if(problems, DesignError)
    return {label: int(allocation[label]) for label in sorted(allocation)}


def _drawn(frame: Frame, counts: Mapping[str, int], seed: str, reserves: int) -> pd.DataFrame:
    import pandas as pd

    ids = [str(each) for each in frame.units[CASE_ID]]
    ranked: dict[str, list[tuple[str, bytes, int]]] = {label: [] for label in counts}
    for position, (number, case, label) in enumerate(zip(tickets(seed, ids), ids, frame.units[STRATUM], strict=True)):
        ranked[label].append((number, case.encode("utf-8"), position))
    shown = [CASE_ID, *[name for name in frame.stratum_columns if name != STRATUM]]
    columns: dict[str, list[object]] = {name: [] for name in _columns(shown)}
    cells = {name: frame.units[name].tolist() for name in shown}
    for label in sorted(counts):
        drawn, population = counts[label], frame.population[label]
        for order, (number, _, position) in enumerate(heapq.nsmallest(drawn + reserves, ranked[label]), 1):
            sampled = order <= drawn
            row: dict[str, object] = {name: str(cells[name][position]) for name in shown}
            row |= {STRATUM: label, DRAW_STATUS: SAMPLED if sampled else RESERVE, DRAW_ORDER: order, TICKET: number}
            row |= {
                INCLUSION_PROBABILITY: drawn / population if sampled else math.nan,
                DESIGN_WEIGHT: population / drawn if sampled else math.nan,
                AUDITOR: "",
                SECOND_AUDITOR: "",
            }
            for name, values in columns.items():
                values.append(row[name])
    kinds = {DRAW_ORDER: "int64", INCLUSION_PROBABILITY: "float64", DESIGN_WEIGHT: "float64"}
    return pd.DataFrame({name: pd.Series(each, dtype=kinds.get(name, "object")) for name, each in columns.items()})


def _columns(shown: list[str]) -> list[str]:
    return [
        *shown,
        STRATUM,
        DRAW_STATUS,
        DRAW_ORDER,
        TICKET,
        INCLUSION_PROBABILITY,
        DESIGN_WEIGHT,
        AUDITOR,
        SECOND_AUDITOR,
    ]
