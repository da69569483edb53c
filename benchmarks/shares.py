"""How often the test of a share says that something changed where nothing did, and how often it finds a change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.special

from audit_toolkit.improvement.changes.share_limits import change_shown
from audit_toolkit.improvement.changes.share_test import ShareRounds
from audit_toolkit.improvement.estimates.design import BoolArray
from benchmarks.share_grid import STRESS, Cell, cells, false_alarms
from benchmarks.yan_su import mover_shown, yan_su_shown

Shown = Callable[[ShareRounds, float], tuple[BoolArray, BoolArray]]
TESTS: dict[str, Shown] = {"here": change_shown, "Yan-Su": yan_su_shown, "MOVER with cap": mover_shown}
SEED = 1985
# Cells that are drawn again, many times over: the largest of hundreds of simulated rates is large by luck.
AGAIN = 8


def measure(*, quick: bool) -> dict[str, object]:
    """Measure false alarms over the whole grid and power at +15 and +20 points, beside the peers'."""
    count = 1000 if quick else 20_000
    grid = list(cells())
    plain = [cell for cell in grid if not cell.null.startswith(STRESS)]
    figures: dict[str, object] = {"cells": len(grid), "replicates a cell": count}
    figures |= _worst(plain, count, quick=quick)
    stress = _worst([cell for cell in grid if cell.null.startswith(STRESS)], count, quick=quick)
    figures |= {f"{STRESS}: {key}": value for key, value in stress.items()}
    for rise in (0.15, 0.2):
        figures |= _power(grid, rise, 500 if quick else 2000)
    return figures


def _worst(grid: list[Cell], count: int, *, quick: bool) -> dict[str, object]:
    rates = {at: false_alarms(cell, count, SEED) for at, cell in enumerate(grid)}
    first = sorted(rates, key=lambda at: -rates[at])[: 3 if quick else AGAIN]
    again = {at: false_alarms(grid[at], count if quick else 8 * count, SEED + 1) for at in first}
    told: dict[str, object] = {"mean false alarms, %": round(100 * float(np.mean(list(rates.values()))), 2)}
    for place, at in enumerate(sorted(again, key=lambda at: -again[at])[:3], start=1):
        cell = grid[at]
        told[f"worst {place}, drawn again"] = f"{100 * again[at]:.2f} % ({cell.design}; {cell.null})"
    return told


def _power(grid: list[Cell], rise: float, count: int) -> dict[str, object]:
    """Give mean power where every stratum's odds rise alike, by test: all designs, strata alike and unlike, one."""
    groups: dict[str, list[dict[str, float]]] = {}
    for cell in grid:
        label = cell.null.removeprefix("same process, ")
        if label == cell.null or cell.weights @ cell.before > 0.99 - rise or label in ("0.05",):
            continue
        rounds = _risen(cell, rise).draw(np.random.default_rng([SEED, *cell.design.encode()]), count)
        powers = {name: float(shown(rounds, 0.95)[0].mean()) for name, shown in TESTS.items()}
        kind = "alike" if np.ptp(cell.before) == 0 else "unlike"
        names = ["all designs", f"strata {kind}"] + ([f"{cell.design}, from {label}"] if _named(cell, label) else [])
        for name in names:
            groups.setdefault(name, []).append(powers)
    return {
        f"power +{100 * rise:.0f}, {name}": ", ".join(
            f"{test} {100 * float(np.mean([each[test] for each in found])):.1f}" for test in TESTS
        )
        for name, found in sorted(groups.items())
    }


def _named(cell: Cell, label: str) -> bool:
    return cell.design == "proportional, 60" and label in ("0.2", "0.5", "0.1 to 0.95", "0.95 to 0.1")


def _risen(cell: Cell, rise: float) -> Cell:
    """Raise the odds of every stratum alike until the weighted share is `rise` higher."""
    log_odds = scipy.special.logit(np.clip(cell.before, 1e-9, 1 - 1e-9))
    low, high = 0.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        short = scipy.special.expit(log_odds + middle) @ cell.weights < cell.weights @ cell.before + rise
        low, high = (middle, high) if short else (low, middle)
    after = scipy.special.expit(log_odds + high)
    return Cell(cell.design, "raised", cell.population, cell.n1, cell.n2, cell.before, after)
