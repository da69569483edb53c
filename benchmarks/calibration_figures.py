"""The counts of a run as figures: false alarms, power, coverage and width, with Monte Carlo error."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.calibration_cells import CLUSTERED, GRADES, SHARES, Record
from benchmarks.calibration_intervals import TOOLKIT
from benchmarks.calibration_nulls import AUDITORS, RISES

# What the toolkit promises, a side, nominal 2.5 %; a run fails where it is exceeded by more than `ERRORS` Monte Carlo
# errors.
BOUNDS = {(SHARES, TOOLKIT): 0.026, (GRADES, TOOLKIT): 0.027, (SHARES, CLUSTERED): 0.03}
COVERAGE = 0.95
ERRORS = 4.0
OTHERS = f"{AUDITORS}, others"


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a method found better (`up`) and worse (`down`) in a cell, of so many rounds."""

    kind: str
    design: str
    null: str
    level: str
    method: str
    up: int
    down: int
    times: int

    @property
    def power(self) -> bool:
        """Whether something did change, so that finding better is no false alarm."""
        return self.null in RISES

    @property
    def share(self) -> float:
        """Power, or the false alarms of the worse side."""
        return (self.up if self.power else max(self.up, self.down)) / self.times

    @property
    def error(self) -> float:
        """Monte Carlo standard error."""
        return standard_error(self.share, self.times)

    @property
    def where(self) -> str:
        """The cell in words."""
        return f"{self.design}; {self.null}; {self.level}"


@dataclass(frozen=True, slots=True)
class Cover:
    """How often an interval of a cell held the truth and was of no use (undefined, of no width); its mean width."""

    design: str
    level: str
    method: str
    coverage: float
    useless: float
    width: float
    times: int

    @property
    def error(self) -> float:
        """Monte Carlo standard error of the coverage."""
        return standard_error(self.coverage, self.times)


def standard_error(share: float, times: int) -> float:
    """Give the Monte Carlo error of a share; of one that never or always came, that of one round more."""
    inside = min(max(share, 1 / (times + 1)), times / (times + 1))
    return math.sqrt(inside * (1 - inside) / times)


def rates(records: Iterable[Record]) -> list[Rate]:
    """Add up the chunks of each cell and method."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for record in records:
        given: Any = record["alarms"]
        for method, (up, down) in given.items():
            at = found[str(record["cell"]), method]
            at[:] = [at[0] + up, at[1] + down, at[2] + int(str(record["times"]))]
    result = []
    for (cell, method), (up, down, times) in found.items():
        kind, design, null, level = cell.split(" | ")
        result.append(Rate(kind, design, null, level, method, up, down, times))
    return result


def covers(records: Iterable[Record]) -> list[Cover]:
    """Add up the intervals of each cell and method."""
    found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for record in records:
        given: Any = record.get("intervals", {})
        times = float(str(record.get("interval_times", record["times"])))
        for method, (held, useless, wide, _) in given.items():
            at = found[str(record["cell"]), method]
            at[:] = [at[0] + held, at[1] + useless, at[2] + wide, at[3] + times]
    result = []
    for (cell, method), (held, useless, wide, times) in found.items():
        _, design, _, level = cell.split(" | ")
        result.append(Cover(design, level, method, held / times, useless / times, wide / times, int(times)))
    return result


def worst(found: Iterable[Rate], keep: Callable[[Rate], bool]) -> Rate | None:
    """Give the false alarm that comes most often among those kept."""
    return max((each for each in found if not each.power and keep(each)), key=lambda each: each.share, default=None)


def promised(rate: Rate) -> float | None:
    """Give the bound on a method's false alarms in a cell; None where nothing is promised.

    With other auditors whom nobody names, nothing is.
    """
    if rate.power or (rate.null.startswith(OTHERS) and rate.method != CLUSTERED):
        return None
    return BOUNDS.get((rate.kind, rate.method))


def broken(found: Iterable[Rate], covered: Iterable[Cover]) -> list[str]:
    """Say where the toolkit exceeds what it promises by more than the Monte Carlo error explains."""
    lines = []
    for rate in found:
        bound = promised(rate)
        if bound is not None and rate.share > bound + ERRORS * standard_error(bound, rate.times):
            lines.append(
                f"{rate.kind}; {rate.where}: {rate.method} finds a change in {percent(rate.share, rate.error)} % "
                f"of rounds without one; {100 * bound:.2f} % is promised."
            )
    for each in covered:
        if each.method != TOOLKIT:
            continue
        if each.coverage < COVERAGE - ERRORS * standard_error(COVERAGE, each.times):
            held = percent(each.coverage, each.error)
            lines.append(f"interval; {each.design}; {each.level}: holds the truth in {held} %; 95 % is promised.")
        if each.useless > 0 and each.level != "1":
            lines.append(f"interval; {each.design}; {each.level}: undefined or of no width.")
    return lines


def percent(share: float, error: float) -> str:
    """Write a share with its Monte Carlo error, in per cent."""
    return f"{100 * share:.2f} ± {100 * error:.2f}"
