"""Whole processes, measured from outside by the operating system's own accounting."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: seconds of the clock, seconds of the processor, megabytes at its peak."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str], folder: Path) -> Run:
    """Run a command in a folder and measure it; RuntimeError with its words where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {status}: {said[-2000:]}")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Run(wall, usage.ru_utime + usage.ru_stime, kilobytes / 1024)


def in_turn(commands: Sequence[Callable[[], Run]], times: int) -> list[list[Run]]:
    """Run each in turn, so often, so that a machine whose speed drifts slows all alike."""
    found: list[list[Run]] = [[] for _ in commands]
    for _ in range(times):
        for runs, command in zip(found, commands, strict=True):
            runs.append(command())
    return found


def ratio(runs: Sequence[Run], beside: Sequence[Run], figure: str) -> float:
    """Give the median of the ratios, pair by pair."""
    pairs = zip(runs, beside, strict=True)
    return round(float(statistics.median(getattr(one, figure) / getattr(other, figure) for one, other in pairs)), 3)


def median(runs: Sequence[Run], figure: str) -> float:
    """Give the median of a figure."""
    return round(float(statistics.median(getattr(each, figure) for each in runs)), 3)


def versions(*packages: str) -> dict[str, object]:
    """Give the versions a figure was measured with."""
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
