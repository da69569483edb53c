"""The designs a calibration is measured on: cases there are and cases drawn, by stratum, in each round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Design:
    """Strata of N_h cases (`population`), n_h drawn in the earlier round (`first`) and in the later (`second`)."""

    population: tuple[int, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]


FIVE = (300, 200, 120, 60, 20)
PROPORTIONAL = (26, 17, 10, 5, 2)
DESIGNS = {
    "one stratum": Design((500,), (60,), (60,)),
    "one stratum of 150 drawn": Design((2000,), (150,), (150,)),
    "proportional": Design(FIVE, PROPORTIONAL, PROPORTIONAL),
    "equal": Design(FIVE, (12,) * 5, (12,) * 5),
    "proportional, 40 drawn": Design(FIVE, (16, 11, 7, 4, 2), (16, 11, 7, 4, 2)),
    "proportional, 150 drawn": Design(FIVE, (64, 43, 26, 13, 4), (64, 43, 26, 13, 4)),
    "small population": Design((60, 40, 25, 15, 10), (24, 16, 10, 6, 4), (24, 16, 10, 6, 4)),
    "large population": Design((30000, 20000, 12000, 6000, 2000), PROPORTIONAL, PROPORTIONAL),
    "twenty strata of two": Design((25,) * 20, (2,) * 20, (2,) * 20),
    "twenty uneven strata of two": Design(tuple(range(10, 210, 10)), (2,) * 20, (2,) * 20),
    "one large stratum": Design((1000, 50, 50, 50, 50), (40, 5, 5, 5, 5), (40, 5, 5, 5, 5)),
    "small stratum drawn heavily": Design((400, 100), (20, 40), (20, 40)),
    "a stratum drawn completely": Design((200, 100, 10), (30, 20, 10), (30, 20, 10)),
    "rounds of unequal size": Design(FIVE, (8, 6, 4, 3, 2), PROPORTIONAL),
    "earlier round small": Design((300, 200), (6, 4), (24, 16)),
}
# The quick run keeps these: the kinds of design and those at which some method is known to be at its worst.
QUICK = (
    *("one stratum", "proportional", "equal", "small population", "twenty strata of two", "one large stratum"),
    "earlier round small",
)


def in_proportion(total: int, population: FloatArray) -> IntArray:
    """Share out a round over strata in proportion, two or more each and never more than there are."""
    exact = total * population / population.sum()
    n: IntArray = np.minimum(np.maximum(np.floor(exact), 2), population).astype(np.int64)
    for h in np.argsort(n - exact, kind="stable").tolist():
        if n.sum() < total and n[h] < population[h]:
            n[h] += 1
    return n


def other_allocation(population: FloatArray, n: IntArray) -> IntArray:
    """Give an allocation unlike this one: turned round; where it is equal, in proportion; else 2 and 6 by halves."""
    turned = np.minimum(n[::-1], population).astype(np.int64)
    if (turned != n).any():
        return turned
    shared = in_proportion(int(n.sum()), population)
    if (shared != n).any():
        return shared
    half = len(n) // 2
    halves: IntArray = np.array([2] * half + [6] * (len(n) - half), dtype=np.int64)
    return halves
