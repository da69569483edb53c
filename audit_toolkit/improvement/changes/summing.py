"""The chance that a sum over strata reaches a value, exactly, without ever writing all its values down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audit_toolkit.improvement.changes.dealing import LARGEST, Spread
from audit_toolkit.improvement.estimates.design import FloatArray

# Values that fill less than one in so many places of a grid are sorted; closer ones are added up on the grid.
SPARSE = 8
# So many additions for each place of a grid take as long as adding up by Fourier transform.
TRANSFORM = 80

# A stratum and the whole number its wins are multiplied by.
Scaled = tuple[int, Spread]


@dataclass(frozen=True, slots=True)
class Side:
    """The values the sum of some strata can take, ascending, each once: whole numbers of any size, and their chances.

    All are whole numbers of `step` apart.
    """

    keys: Any
    chances: FloatArray
    step: int

    @property
    def places(self) -> int:
        """How many values there would be, were there one at every step."""
        return int(self.keys[-1] - self.keys[0]) // self.step + 1 if self.step else 1


def size_of(strata: Sequence[Scaled]) -> int:
    """Give the most values that their sum can take."""
    values = math.prod(len(deals.wins) for _, deals in strata)
    step = math.gcd(*(scale * deals.step for scale, deals in strata))
    span = sum(scale * int(deals.wins[-1] - deals.wins[0]) for scale, deals in strata)
    return min(values, span // step + 1) if step else 1


def work_of(strata: Sequence[Scaled]) -> int:
    """Give about how many sums it takes to add them up, the shortest first."""
    ordered = sorted(strata, key=lambda each: len(each[1].wins))
    return sum(
        min(size_of(ordered[:after]) * len(deals.wins), TRANSFORM * size_of(ordered[: after + 1]))
        for after, (_, deals) in enumerate(ordered)
    )


def side_of(strata: Sequence[Scaled]) -> Side:
    """Add up strata, the shortest first."""
    total = sum(scale * int(np.abs(deals.wins).max()) for scale, deals in strata)
    kind: Any = np.int64 if 4 * total < LARGEST else object
    side = Side(np.zeros(1, dtype=kind), np.ones(1), 0)
    for scale, deals in sorted(strata, key=lambda each: len(each[1].wins)):
        possible = deals.chances > 0
        keys = deals.wins[possible].astype(kind) * scale
        side = _sum(side, Side(keys, deals.chances[possible], scale * deals.step))
    return side


def _sum(one: Side, other: Side) -> Side:
    """Convolve: every value of one side with every value of the other."""
    short, long = sorted((one, other), key=lambda side: len(side.keys))
    step = math.gcd(short.step, long.step)
    if len(short.keys) == 1:
        return Side(long.keys + short.keys[0], long.chances * short.chances[0], step)
    low, high = short.keys[0] + long.keys[0], short.keys[-1] + long.keys[-1]
    places = int(high - low) // step + 1
    if long.places * (long.step // step) <= SPARSE * len(long.keys):
        sums = _shifted(short, long, step, places)
    else:
        keys = (short.keys[:, None] + long.keys).ravel()
        chances = (short.chances[:, None] * long.chances).ravel()
        if places > SPARSE * len(keys):
            return _sorted(keys, chances, step)
        place = ((keys - low) // step).astype(np.int64)
        sums = np.bincount(place, weights=chances, minlength=places).astype(float)
    kept = np.flatnonzero(sums)
    return Side(kept.astype(long.keys.dtype) * step + low, sums[kept], step)


def _shifted(short: Side, long: Side, step: int, places: int) -> FloatArray:
    """Add up on the grid: the long side moved to each value of the short one."""
    at = ((long.keys - long.keys[0]) // step).astype(np.int64)
    spread = np.zeros(int(at[-1]) + 1)
    spread[at] = long.chances
    if len(short.keys) * len(spread) > TRANSFORM * places:
        other = np.zeros(int((short.keys[-1] - short.keys[0]) // step) + 1)
        other[((short.keys - short.keys[0]) // step).astype(np.int64)] = short.chances
        size = 1 << (places - 1).bit_length()
        both = np.fft.irfft(np.fft.rfft(spread, size) * np.fft.rfft(other, size), size)
        # Rounding leaves 1e-16 where nothing can be, on both sides of 0.
        return np.asarray(np.maximum(both[:places], 0.0))
    sums = np.zeros(places)
    for place, chance in zip(((short.keys - short.keys[0]) // step).tolist(), short.chances.tolist(), strict=True):
        sums[place : place + len(spread)] += chance * spread
    return sums


def _sorted(keys: Any, chances: FloatArray, step: int) -> Side:
    order = np.argsort(keys, kind="stable")
    keys, chances = keys[order], chances[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return Side(keys[first], np.add.reduceat(chances, first), step)


def chances_of_reaching(ladder: Scaled, table: Side, looked_up: Side, values: Sequence[int]) -> list[float]:
    """Give the chance that ladder + table + looked-up values come to each of `values` or more.

    The ladder's values lie at equal steps. F(t), the chance that ladder and table reach t, depends on which step t
    falls in and on how many of the table's values leave a smaller remainder of a step than t does: one row for each
    such number, made from the next by adding one term. Then F is looked up at each value less each looked-up one.
    """
    scale, deals = ladder
    step = scale * deals.step
    whole, rest = _parts(table.keys, step)
    order = np.argsort(rest, kind="stable")
    whole, rest, chances = whole[order], rest[order], table.chances[order]
    first = int(whole.min())
    rows = _rows(deals.chances, whole - first, chances)
    found = []
    for value in values:
        at, over = _parts(value - scale * int(deals.wins[0]) - looked_up.keys, step)
        column = np.clip(at - first + 1, 0, rows.shape[1] - 1).astype(np.int64)
        found.append(float(np.sum(looked_up.chances * rows[np.searchsorted(rest, over), column])))
    return found


def _parts(keys: Any, step: int) -> tuple[Any, Any]:
    whole = keys // step
    return whole, keys - whole * step


def _rows(ladder: FloatArray, whole: Any, chances: FloatArray) -> FloatArray:
    """Give F by row (how many of the table's remainders are smaller, 0 to J) and column (the step, from -1)."""
    places = whole.astype(np.int64)
    width = int(places.max()) + len(ladder) + 2
    by_step = np.bincount(places, weights=chances)
    both = np.convolve(by_step, ladder)
    rows = np.zeros((len(chances) + 1, width))
    # All remainders smaller: the ladder must come one step higher.
    reach = np.concatenate([np.cumsum(both[::-1])[::-1], [0.0]])
    rows[-1, 0 : len(reach)] = reach
    for row in range(len(chances) - 1, -1, -1):
        rows[row] = rows[row + 1]
        start = int(places[row]) + 1
        rows[row, start : start + len(ladder)] += chances[row] * ladder
    return rows
