"""Steps in time between points: which are longer than they all are, so that a row may be missing."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from collections.abc import Sequence

import numpy as np

LISTED = 3
FEWEST = 4
WEEK, SATURDAY = 7, 5


def step_notes(days: Sequence[datetime.date], names: Sequence[str]) -> list[str]:
    """Name the steps that are longer than most: a month without a row is not a month like the others.

    Steps count months where every date is of one day of the month or its last, working days where none is of a
    weekend, else days. Said only where more than half of all steps are alike.
    """
    if len(days) < FEWEST:
        return []
    steps, unit = _steps(days)
    usual, times = Counter(steps).most_common(1)[0]
    if 2 * times <= len(steps):
        return []
    wide = [f"{names[at]} to {names[at + 1]}" for at, step in enumerate(steps) if step > usual]
    if not wide:
        return []
    more = f" and {len(wide) - LISTED} more" if len(wide) > LISTED else ""
    length = f"one {unit}" if usual == 1 else f"{usual} {unit}s"
    return [
        f"Rows seem to be missing: {', '.join(wide[:LISTED])}{more}, where most steps are {length}. "
        "The points that are there are taken as following one another."
    ]


def _steps(days: Sequence[datetime.date]) -> tuple[list[int], str]:
    last = all((each + datetime.timedelta(days=1)).day == 1 for each in days)
    if last or len({each.day for each in days}) == 1:
        months = [12 * each.year + each.month for each in days]
        return [later - earlier for earlier, later in itertools.pairwise(months)], "month"
    plain = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
    if all(each.weekday() < SATURDAY for each in days) and min(plain) < WEEK:
        return [int(np.busday_count(earlier, later)) for earlier, later in itertools.pairwise(days)], "working day"
    return plain, "day"
