"""The rows of a sample: one a case, as sample.csv has them, and what the register says of the same cases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit.register import CHILD, Frame
from audit_toolkit.sampling.tickets import tickets
from audit_toolkit.terms import (
    AUDITOR,
    CASE_ID,
    DESIGN_WEIGHT,
    DRAW_ORDER,
    DRAW_STATUS,
    INCLUSION_PROBABILITY,
    SECOND_AUDITOR,
    STRATUM,
    TICKET,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One drawn case. `levels` are its cells of the stratum columns, without one that is called stratum itself.

    `on_purpose` says that it came in by the ticket of an earlier round.
    """

    case: str
    levels: tuple[str, ...]
    stratum: str
    status: str
    order: int
    ticket: str
    weight: float | None
    probability: float | None
    on_purpose: bool = False


def sample_table(rows: Sequence[SampleRow], stratum_columns: Sequence[str]) -> pd.DataFrame:
    """Give the rows as sample.csv has them, without auditors."""
    import pandas as pd

    shown = [name for name in stratum_columns if name != STRATUM]
    text = {
        CASE_ID: [row.case for row in rows],
        **{name: [row.levels[number] for row in rows] for number, name in enumerate(shown)},
        STRATUM: [row.stratum for row in rows],
        DRAW_STATUS: [row.status for row in rows],
    }
    columns = {name: pd.Series(values, dtype=object) for name, values in text.items()}
    columns[DRAW_ORDER] = pd.Series([row.order for row in rows], dtype="int64")
    columns[TICKET] = pd.Series([row.ticket for row in rows], dtype=object)
    for name, numbers in (
        (INCLUSION_PROBABILITY, [row.probability for row in rows]),
        (DESIGN_WEIGHT, [row.weight for row in rows]),
    ):
        columns[name] = pd.Series([math.nan if each is None else each for each in numbers], dtype="float64")
    for name in (AUDITOR, SECOND_AUDITOR):
        columns[name] = pd.Series([""] * len(rows), dtype=object)
    return pd.DataFrame(columns)


def details_of(frame: Frame, rows: Sequence[SampleRow], seed: str) -> pd.DataFrame:
    """Give every column of the register for the drawn cases, in their order.

    Of a unit that is read by one child, `child` is the one with the smallest ticket, and the other columns are
    what the register says of that child.
    """
    import pandas as pd

    wanted = {row.case for row in rows}
    parts = [frame.cases] if frame.certain_cases is None else [frame.cases, frame.certain_cases]
    known = pd.concat([part[part[CASE_ID].isin(wanted)] for part in parts], ignore_index=True)
    places = {str(case): position for position, case in enumerate(known[CASE_ID])}
    details = known.iloc[[places[row.case] for row in rows]].reset_index(drop=True)
    return details if frame.unit is None or not frame.unit.one_child else _of_one_child(frame, details, seed)


def _of_one_child(frame: Frame, details: pd.DataFrame, seed: str) -> pd.DataFrame:
    if frame.unit is None or frame.children is None:
        return details
    children = frame.children
    ids = children[CASE_ID].tolist()
    places: dict[str, list[int]] = {str(unit): [] for unit in details[CASE_ID]}
    for position, unit in enumerate(children[frame.unit.column]):
        if unit in places:
            places[unit].append(position)
    numbers = {each: tickets(seed, [ids[place] for place in group]) for each, group in places.items()}
    read = [
        min(zip(numbers[unit], (ids[place] for place in places[unit]), places[unit], strict=True))[2]
        for unit in details[CASE_ID]
    ]
    found = details.copy()
    found[CHILD] = text_column([ids[place] for place in read])
    for name in children.columns:
        if name != CASE_ID:
            found[name] = text_column([children[name].iloc[place] for place in read])
    return found


def text_column(values: Sequence[str]) -> pd.Series:
    """Give a column of text."""
    import pandas as pd

    return pd.Series(list(values), dtype=object)
