"""The grid on which the test of a share is held to its level: designs, shares by stratum, and ways of changing nothing.

Every cell is a pair of rounds in which the weighted share has not changed. Strata are weighted by the later register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from audit_toolkit.improvement.changes.share_limits import change_shown
from audit_toolkit.improvement.changes.share_test import ShareRounds
from audit_toolkit.improvement.estimates.design import FloatArray

BASE = (300, 200, 120, 60, 20)
P40, P60, P100, P150 = (17, 11, 7, 3, 2), (26, 17, 10, 5, 2), (43, 29, 17, 8, 3), (64, 43, 26, 13, 4)
E60 = (12, 12, 12, 12, 12)
LARGE = (1000, 50, 50, 50, 50)
MANY = tuple(round(each) for each in np.geomspace(10, 200, 20))
# Later register, cases of the earlier and of the later round.
DESIGNS = {
    "one stratum, 40": ((700,), (40,), (40,)),
    "one stratum, 60": ((700,), (60,), (60,)),
    "one stratum, 150": ((700,), (150,), (150,)),
    "one stratum, 40 to 150": ((700,), (40,), (150,)),
    "proportional, 40": (BASE, P40, P40),
    "proportional, 60": (BASE, P60, P60),
    "proportional, 100": (BASE, P100, P100),
    "proportional, 150": (BASE, P150, P150),
    "equal": (BASE, E60, E60),
    "proportional to equal": (BASE, P60, E60),
    "equal to proportional": (BASE, E60, P60),
    "case mix changed": (BASE, (2, 5, 10, 17, 26), P60),
    "small to 60": (BASE, (8, 6, 4, 3, 2), P60),
    "60 to small": (BASE, P60, (8, 6, 4, 3, 2)),
    "150 to 40": (BASE, P150, P40),
    "40 to 150": (BASE, P40, P150),
    "twenty strata of two": ((40,) * 10 + (20,) * 10, (2,) * 20, (2,) * 20),
    "twenty unlike strata of two": (MANY, (2,) * 20, (2,) * 20),
    "twenty strata, two to four": (MANY, (2,) * 20, (4,) * 20),
    "ten strata of three": ((100,) * 10, (3,) * 10, (3,) * 10),
    "one large stratum": (LARGE, (40, 5, 5, 5, 5), (40, 5, 5, 5, 5)),
    "one large thin stratum": (LARGE, (20, 10, 10, 10, 10), (20, 10, 10, 10, 10)),
    "large thin to proportional": (LARGE, (20, 10, 10, 10, 10), (46, 4, 4, 3, 3)),
    "small population": ((30, 20, 12, 6, 4), (12, 8, 5, 3, 2), (12, 8, 5, 3, 2)),
    "two strata, earlier small": ((300, 200), (6, 4), (24, 16)),
    "two strata": ((500, 200), (40, 20), (40, 20)),
    "two strata, the small one fuller": ((500, 200), (20, 40), (20, 40)),
    "three strata": ((300, 200, 100), (15, 10, 5), (15, 10, 5)),
}
STRESS = "opposite, spread changed"


@dataclass(frozen=True, slots=True)
class Cell:
    """One design and one way of changing nothing: shares by stratum before and after."""

    design: str
    null: str
    population: FloatArray
    n1: FloatArray
    n2: FloatArray
    before: FloatArray
    after: FloatArray
    finite: bool = False

    @property
    def weights(self) -> FloatArray:
        """Weights that add to 1."""
        return np.asarray(self.population / self.population.sum())

    def draw(self, chance: np.random.Generator, count: int) -> ShareRounds:
        """Draw pairs of rounds: from one register without replacement where `finite`, else from one way of working."""
        goods = []
        for n, share in ((self.n1, self.before), (self.n2, self.after)):
            if self.finite:
                good = np.rint(share * self.population).astype(np.int64)
                rest = self.population.astype(np.int64) - good
                goods.append(chance.hypergeometric(good, rest, n.astype(np.int64), (count, len(n))).astype(float))
            else:
                goods.append(chance.binomial(n.astype(np.int64), share, (count, len(n))).astype(float))
        return ShareRounds(goods[0], self.n1, goods[1], self.n2, self.weights, np.arange(len(self.n1)))


def cells() -> Iterator[Cell]:
    """Give every cell: same process and same population at each level, strata moving apart with equal totals."""
    for name, (population, n1, n2) in DESIGNS.items():
        held, one, other = (np.array(each, dtype=float) for each in (population, n1, n2))
        for label, share in levels(len(held)).items():
            yield Cell(name, f"same process, {label}", held, one, other, share, share)
            if label in ("0.5", "0.8", "0.1 to 0.95") and (np.maximum(one, other) <= held).all():
                yield Cell(name, f"same population, {label}", held, one, other, share, share, True)
        if len(held) > 1:
            for label, before, after in apart(held / held.sum()):
                yield Cell(name, f"{label}, up", held, one, other, before, after)
                yield Cell(name, f"{label}, down", held, one, other, after, before)


def levels(strata: int) -> dict[str, FloatArray]:
    """Give the shares by stratum that stay as they are."""
    found = {f"{p:g}": np.full(strata, p) for p in (0.05, 0.2, 0.5, 0.8, 0.95, 1.0)}
    if strata > 1:
        mixed = np.linspace(0.1, 0.95, strata)
        turns = np.where(np.arange(strata) % 2 == 0, 0.03, 0.97)
        first = np.arange(strata) == 0
        found |= {"0.1 to 0.95": mixed, "0.95 to 0.1": mixed[::-1].copy()}
        found |= {"0.03 and 0.97": turns, "0.97 and 0.03": 1 - turns}
        found |= {"0.9, largest 0.5": np.where(first, 0.5, 0.9), "0.5, largest 0.93": np.where(first, 0.93, 0.5)}
    return found


def apart(weights: FloatArray) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """Give shares that move in opposite directions in the larger and the smaller strata, with equal weighted totals."""
    large = np.zeros(len(weights), dtype=bool)
    large[np.argsort(-weights, kind="stable")[: max(1, len(weights) // 2)]] = True
    heavy = float(weights[large].sum())
    for most in (0.25, 0.4):
        down = min(most * heavy / (1 - heavy), 0.45)
        up = down * (1 - heavy) / heavy
        moved = np.where(large, up, -down)
        yield f"opposite by {most:g}", 0.5 + moved, 0.5 - moved
    down = min(0.45 * heavy / (1 - heavy), 0.45)
    up = down * (1 - heavy) / heavy
    yield STRESS, np.where(large, 0.05, 0.95), np.where(large, 0.05 + up, 0.95 - down)


def false_alarms(cell: Cell, count: int, seed: int, confidence: float = 0.95) -> float:
    """Give how often a rise, or a fall, is shown in a cell in which nothing changed: the larger of the two."""
    chance = np.random.default_rng([seed, *cell.design.encode(), *cell.null.encode()])
    found = np.zeros(2)
    for start in range(0, count, 5000):
        size = min(5000, count - start)
        found += [each.sum() for each in change_shown(cell.draw(chance, size), confidence)]
    return float(found.max() / count)
