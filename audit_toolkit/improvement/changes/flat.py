"""Answers that are all alike within each stratum of each round: decided by chance alone, without an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from audit_toolkit.improvement.changes.finding import PERMUTATION, UNDEFINED, Finding
from audit_toolkit.improvement.changes.overlap import Pair
from audit_toolkit.improvement.changes.permutation import permutation_p
from audit_toolkit.improvement.estimates.design import IntArray
from audit_toolkit.improvement.estimates.intervals import NOWHERE

FLAT = "The answers show no spread within strata"
ALIKE = "The answers are all alike in both rounds: nothing can be told from them."


def flat_finding(pair: Pair, earlier: IntArray, later: IntArray, weights: Sequence[float | Fraction]) -> Finding:
    """Decide by the exact stratified permutation test, for answers (H x K counts) that show no spread.

    Cases audited in both rounds are swapped with themselves and not dealt among the others: five cases that all got
    better have p = 1/32, where five and five other ones have 1/252.
    """
    shared = _shared(pair)
    if shared.any():
        return _swapped(earlier, later, shared)
    found = permutation_p(earlier, later, weights)
    note = f"{FLAT}: decided by the exact permutation test, without an interval."
    if found.rise == found.fall == 1.0:
        note = ALIKE
    return Finding(NOWHERE, 0.0, 0, found.rise, found.fall, PERMUTATION, (note, *found.notes))


def _shared(pair: Pair) -> IntArray:
    """Count the cases of each stratum (H) that were answered in both rounds."""
    both = pair.earlier.answered[pair.first] & pair.later.answered[pair.second]
    return np.bincount(pair.earlier.code[pair.first][both], minlength=len(pair.earlier.labels)).astype(np.int64)


def _swapped(earlier: IntArray, later: IntArray, shared: IntArray) -> Finding:
    """Count what is as far out when pairs may swap their answers and the rest is dealt out: the farthest there is.

    Answers are flat, so that what was seen is the largest rise (or fall) there can be where all strata moved one way:
    one of prod 2^m C(u1 + u2, u1) equally likely ways, m pairs and u1, u2 other cases in each stratum that moved.
    """
    steps = later.argmax(axis=1) - earlier.argmax(axis=1)
    if not steps.any():
        return Finding(NOWHERE, 0.0, 0, 1.0, 1.0, PERMUTATION, (ALIKE,))
    if steps.min() < 0 < steps.max():
        note = f"{FLAT} and strata went both ways, with cases audited twice: no test is made of that."
        return Finding(NOWHERE, 0.0, 0, UNDEFINED, UNDEFINED, "none", (note,))
    single1, single2 = earlier.sum(axis=1) - shared, later.sum(axis=1) - shared
    moved = np.flatnonzero(steps).tolist()
    ways = math.prod(2 ** int(shared[h]) * math.comb(int(single1[h] + single2[h]), int(single1[h])) for h in moved)
    chance = float(Fraction(1, ways))
    note = (
        f"{FLAT}: decided by every way to swap the answers of each case audited twice and to deal out the others, "
        "without an interval."
    )
    rise, fall = (chance, 1.0) if steps.max() > 0 else (1.0, chance)
    return Finding(NOWHERE, 0.0, 0, rise, fall, PERMUTATION, (note,))
