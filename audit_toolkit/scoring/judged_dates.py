"""Many steps judged at once: two columns of dates against one limit, as `timeliness_state` judges each."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import RatingError
from audit_toolkit.files import parse_date
from audit_toolkit.scoring.timeliness import due_date
from audit_toolkit.scoring.timescales import Timescales

Days: TypeAlias = npt.NDArray[np.datetime64]
Mask: TypeAlias = npt.NDArray[np.bool_]
NO_DAY: Final = np.datetime64("NaT", "D")
# What dates that contradict themselves give: no state, and a place among the faults.
NOT_COUNTED: Final = "not counted"
STATES: Final = (terms.MET, terms.NOT_MET, terms.PENDING, terms.MISSING_DATE, terms.NA_RATING, NOT_COUNTED)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class JudgedDates:
    """The state of each step, with its dates; NaT where there is none.

    `states` holds places in STATES. `faults` gives, in words, why steps could not be judged, each with the
    positions of those it is true of.
    """

    states: npt.NDArray[np.int8]
    start: Days
    due: Days
    end: Days
    faults: Mapping[str, npt.NDArray[np.intp]]

    def is_state(self, state: str) -> Mask:
        """Say of each step whether it is in a state."""
        return np.asarray(self.states == STATES.index(state), dtype=bool)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """A column of dates as read: the day of each cell, and which cells say N/A or hold no date."""

    days: Days
    not_applicable: Mask
    unreadable: Mask


def judge_dates(
    starts: pd.Series, ends: pd.Series, limit: str, as_of: datetime.date | None, timescales: Timescales
) -> JudgedDates:
    """Judge steps by their start and end, given as text: a date, N/A or "".

    Each distinct start has its due date worked out once, by the rule that serves a single step, so that a
    register of any size is judged by that rule and no second one.
    """
    start, end = _column(starts), _column(ends)
    began, ended = ~np.isnat(start.days), ~np.isnat(end.days)
    due, no_row = _due(start.days, limit, timescales)
    faults = {
        f"{starts.name} is not a date": start.unreadable,
        f"{ends.name} is not a date": end.unreadable,
        f"{ends.name} is before {starts.name}": began & ended & (end.days < start.days),
        f"{ends.name} is N/A although {starts.name} is a date": began & end.not_applicable,
        f"{ends.name} is a date although {starts.name} is N/A": start.not_applicable & ended,
        f"no row of the limit {limit} held on {starts.name}": no_row,
    }
    unjudged = np.logical_or.reduce(list(faults.values()))
    states = np.full(len(start.days), STATES.index(terms.MISSING_DATE), dtype=np.int8)
    for state, mask in _states(due, end.days, as_of):
        states[began & mask] = STATES.index(state)
    states[start.not_applicable] = STATES.index(terms.NA_RATING)
    states[unjudged] = STATES.index(NOT_COUNTED)
    found = {why: np.flatnonzero(mask) for why, mask in faults.items() if mask.any()}
    return JudgedDates(states, start.days, due, end.days, found)


def _states(due: Days, ended: Days, as_of: datetime.date | None) -> list[tuple[str, Mask]]:
    """Say which steps are met, not met and pending, as `state_on` does of one; NaT is later than nothing."""
    done = ~np.isnat(ended)
    if as_of is None:
        met = done & (ended <= due)
        return [(terms.MET, met), (terms.NOT_MET, done & ~met), (terms.PENDING, ~done)]
    day = np.datetime64(as_of)
    pending = due > day
    met = ~pending & done & (ended <= due)
    return [(terms.MET, met), (terms.NOT_MET, ~pending & ~met), (terms.PENDING, pending)]


def _column(cells: pd.Series) -> _Column:
    """Read a column of dates, each text once."""
    codes, texts = pd.factorize(cells.to_numpy(dtype=object))
    days = np.full(len(texts) + 1, NO_DAY, dtype="datetime64[D]")
    unreadable = np.zeros(len(texts) + 1, dtype=bool)
    for place, text in enumerate(texts):
        if text not in (terms.MISSING, terms.NA_RATING):
            try:
                days[place] = np.datetime64(parse_date(text))
            except ValueError:
                unreadable[place] = True
    not_applicable = np.array([*(text == terms.NA_RATING for text in texts), False], dtype=bool)
    return _Column(days[codes], not_applicable[codes], unreadable[codes])


def _due(starts: Days, limit: str, timescales: Timescales) -> tuple[Days, Mask]:
    """Give the last day in time of each step, and those that began where no row of the limit held."""
    different, places = np.unique(starts, return_inverse=True)
    due = np.full(len(different), NO_DAY, dtype="datetime64[D]")
    none = np.zeros(len(different), dtype=bool)
    for place, day in enumerate(different.tolist()):
        if day is None:
            continue
        try:
            row = timescales.limit_for(limit, day)
            due[place] = np.datetime64(due_date(day, row, weekend_start=timescales.weekend_start))
        except RatingError:
            none[place] = True
    return due[places], none[places]
