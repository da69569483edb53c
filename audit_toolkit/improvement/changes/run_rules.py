"""The rules by which points on a control chart are a signal, each with its name and where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from audit_toolkit.improvement.estimates.design import BoolArray, FloatArray

# Points (... x k), the centre line (... x 1) and one sigma of each point (... x k or ... x 1), and the side (+1 or -1)
# -> where the rule holds, at the point that completes it.
Holds = Callable[[FloatArray, FloatArray, FloatArray, int], BoolArray]
RUN_LENGTH: Final = 7
# A difference below this share of the figures themselves is rounding: twelve shares of .1 have a mean a hair off .1.
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it is called, how many points in a row it looks at, what it says, its source, and how it is found.

    `says` gives the words for a signal upwards and downwards.
    """

    name: str
    points: int
    says: tuple[str, str]
    source: str
    holds: Holds


def _beyond(values: FloatArray, centre: FloatArray, sigma: FloatArray, side: int) -> BoolArray:
    return np.asarray(_off(values, centre, side) > 3 * sigma * (1 + 1e-12))


def _off(values: FloatArray, centre: FloatArray, side: int) -> FloatArray:
    """Give how far points lie off the centre on a side; 0 where that is rounding."""
    off = side * (values - centre)
    return np.where(np.abs(off) > ROUNDING * np.maximum(np.abs(values), np.abs(centre)), off, 0.0)


def _one_side(values: FloatArray, centre: FloatArray, sigma: FloatArray, side: int) -> BoolArray:
    del sigma
    return _in_a_row(_off(values, centre, side) > 0, RUN_LENGTH)


def _drift(values: FloatArray, centre: FloatArray, sigma: FloatArray, side: int) -> BoolArray:
    del centre, sigma
    steps = _off(values[..., 1:], values[..., :-1], side) > 0
    found = np.zeros(values.shape, dtype=bool)
    found[..., 1:] = _in_a_row(steps, RUN_LENGTH - 1)
    return found


def _two_of_three(values: FloatArray, centre: FloatArray, sigma: FloatArray, side: int) -> BoolArray:
    far = _off(values, centre, side) > 2 * sigma * (1 + 1e-12)
    found = np.zeros(values.shape, dtype=bool)
    counted = far[..., :-2].astype(int) + far[..., 1:-1] + far[..., 2:]
    found[..., 2:] = counted >= 2
    return found


def _in_a_row(flags: BoolArray, length: int) -> BoolArray:
    """Say where the last `length` flags all hold."""
    found = np.zeros(flags.shape, dtype=bool)
    if flags.shape[-1] < length:
        return found
    total = np.concatenate([np.zeros((*flags.shape[:-1], 1), dtype=int), np.cumsum(flags, axis=-1)], axis=-1)
    found[..., length - 1 :] = total[..., length:] - total[..., :-length] == length
    return found


BEYOND: Final = Rule(
    "beyond a limit",
    1,
    ("above the upper limit", "below the lower limit"),
    "Shewhart (1931); Nelson (1984), Journal of Quality Technology 16:237-239, test 1",
    _beyond,
)
ONE_SIDE: Final = Rule(
    "seven on one side",
    RUN_LENGTH,
    ("seven in a row above the mean", "seven in a row below the mean"),
    "NHS England, Making Data Count (shift of seven); Nelson (1984) asks for nine, Provost & Murray (2011) for eight",
    _one_side,
)
DRIFT: Final = Rule(
    "seven rising or falling",
    RUN_LENGTH,
    ("seven in a row, each above the one before", "seven in a row, each below the one before"),
    "NHS England, Making Data Count (trend of seven); Nelson (1984) and Provost & Murray (2011) ask for six",
    _drift,
)
TWO_OF_THREE: Final = Rule(
    "two of three near a limit",
    3,
    ("two of three beyond two thirds of the way to the upper limit", "two of three so near the lower limit"),
    "Western Electric (1956); Nelson (1984), test 5; NHS England, Making Data Count",
    _two_of_three,
)
RULES: Final = (BEYOND, ONE_SIDE, DRIFT, TWO_OF_THREE)


def hits(rule: Rule, values: FloatArray, centre: FloatArray, sigma: FloatArray) -> BoolArray:
    """Say at which points a rule is completed, on either side; works on arrays of charts (... x k)."""
    return rule.holds(values, centre, sigma, 1) | rule.holds(values, centre, sigma, -1)


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: the rule, upwards (1) or downwards (-1), and its points from `first` to `last`, counted from 0."""

    rule: str
    side: int
    first: int
    last: int
    says: str


def signals_of(values: FloatArray, centre: FloatArray, sigma: FloatArray) -> tuple[Signal, ...]:
    """Give every signal of one chart, in order of the points; points that complete a rule one after another are one."""
    found: list[Signal] = []
    for rule in RULES:
        for side, says in zip((1, -1), rule.says, strict=True):
            ends = np.flatnonzero(rule.holds(values, centre, sigma, side)).tolist()
            for end in ends:
                first = max(end - rule.points + 1, 0)
                goes_on = bool(found) and (found[-1].rule, found[-1].side, found[-1].last) == (rule.name, side, end - 1)
                if goes_on and rule.points > 1:
                    first = found.pop().first
                found.append(Signal(rule.name, side, first, end, says))
    return tuple(sorted(found, key=lambda each: (each.last, each.rule, each.side)))
