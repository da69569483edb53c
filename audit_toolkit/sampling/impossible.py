"""Why cases cannot be shared out by hours: the auditors who have too much to rate, or too little."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from audit_toolkit.errors import Problem
from audit_toolkit.sampling.auditors import Auditor
from audit_toolkit.sampling.conflicts import named

WHERE = "auditors"
MORE_HOURS = "Give them more hours, or add auditors who may rate these cases."
FEWER_HOURS = "Give them fewer hours, or take the conflict away."


def share_problems(
    cases: Sequence[str], people: Sequence[Auditor], allowed: NDArray[np.bool_], shares: Sequence[Fraction]
) -> list[Problem]:
    """Name the auditors whose fair shares do not fit the cases they may rate, and those cases.

    Two flows tell. Where the cases do not all find a place within the shares rounded up, some of them can go only
    to auditors who are full; where the shares rounded down are not all filled, some auditors have too few cases.

    Source: Hall (1935), Journal of the London Mathematical Society 10:26-30; max-flow min-cut.
    """
    most, least = [math.ceil(share) for share in shares], [math.floor(share) for share in shares]
    problems = []
    crowded, full = _short(allowed, [1] * len(cases), most)
    if crowded:
        listed = named([cases[each] for each in crowded])
        what = f"{_counted(len(crowded))} ({listed}) can go only to {_whose(full, people)} at most "
        problems.append(Problem(what + str(sum(most[each] for each in full)), WHERE, MORE_HOURS))
    idle, few = _short(allowed.T, least, [1] * len(cases))
    # What is too much for some is too little for all the others: that is said once.
    if idle and not (crowded and len(set(idle) | set(full)) == len(people)):
        what = f"only {_counted(len(few))} can go to {_whose(idle, people)} at least "
        problems.append(Problem(what + str(sum(least[each] for each in idle)), WHERE, FEWER_HOURS))
    return problems


def _counted(count: int) -> str:
    return f"{count} case" if count == 1 else f"{count} cases"


def _whose(chosen: Sequence[int], people: Sequence[Auditor]) -> str:
    share = "whose fair share by hours is" if len(chosen) == 1 else "whose fair shares by hours come to"
    return f"{named([people[each].name for each in chosen])}, {share}"


def _short(allowed: NDArray[np.bool_], given: Sequence[int], room: Sequence[int]) -> tuple[list[int], list[int]]:
    """Give the rows that cannot all be placed and the columns that are full with them; none where all can be."""
    from scipy.sparse import coo_array, csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    rows, columns = allowed.shape
    source, sink = rows + columns, rows + columns + 1
    one, other = np.nonzero(allowed)
    tails = np.concatenate([np.full(rows, source), one, rows + np.arange(columns)])
    heads = np.concatenate([np.arange(rows), rows + other, np.full(columns, sink)])
    capacity = np.concatenate([np.array(given), np.full(len(one), sum(given)), np.array(room)]).astype(np.int32)
    # scipy before 1.13 keeps the indices as they are, and takes flows with 32 bits only.
    where = (tails.astype(np.int32), heads.astype(np.int32))
    network = csr_array(coo_array((capacity, where), shape=(sink + 1, sink + 1)))
    found = maximum_flow(network, source, sink)
    if found.flow_value == sum(given):
        return [], []
    left = csr_array(network - found.flow)
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    reached = set(breadth_first_order(left, source, return_predecessors=False).tolist())
    return [row for row in range(rows) if row in reached], [each for each in range(columns) if rows + each in reached]
