"""A stratified draw beside svy, polars, pandas and consistent-sampler: time, memory, and what a draw keeps.

The same task for each: 1,200 cases of 60 uneven strata by a given allocation, from a Parquet file of a million rows.
The peers check no id, digest no frame and write no receipt: `toolkit` is measured on a frame that is ready,
`toolkit_checked` with the checks and the digest as well.
"""

from __future__ import annotations

import importlib
import itertools
import json
import statistics
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

from benchmarks.draw_tasks import CASES, STRATA, TASKS, population
from benchmarks.processes import Run, in_turn, median, ratio, run, versions

ROOT = Path(__file__).resolve().parents[1]
FEWEST, FRAMES = 120, ("frame.parquet", "shuffled.parquet")
PEERS = ("pandas", "polars", "svy", "consistent_sampler")


class Result(TypedDict):
    """What a task writes: the seconds of the draw alone, and the ids."""

    seconds: float
    drawn: list[str]


def measure(*, quick: bool) -> dict[str, object]:
    """Measure all in turn, after a first run of each that is not counted."""
    rows, times = (100_000, 3) if quick else (1_000_000, 7)
    seconds: dict[str, list[float]] = {name: [] for name in TASKS}
    kept: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        task(folder, "lay_out", FRAMES[0], str(rows))

        def timed(name: str) -> Callable[[], Run]:
            def once() -> Run:
                done = task(folder, name, FRAMES[0], "result.json")
                seconds[name].append(result(folder)["seconds"])
                return done

            return once

        for name in TASKS:
            drawn = []
            for frame in FRAMES:
                task(folder, name, frame, "result.json")
                drawn.append(set(result(folder)["drawn"]))
            kept[f"{name}_kept_when_rows_are_shuffled"] = len(drawn[0] & drawn[1])
        runs = dict(zip(TASKS, in_turn([timed(name) for name in TASKS], times), strict=True))
    return {
        "rows": rows,
        "strata": STRATA,
        "cases": CASES,
        "runs": times,
        **medians(seconds, runs),
        **ratios(seconds, runs),
        **kept,
        **allocations(),
        **versions("audit_toolkit", "pandas", "polars", "svy", "consistent-sampler", "pyarrow"),
    }


def task(folder: Path, name: str, frame: str, last: str) -> Run:
    """Run one task in a process of its own."""
    given = [str(folder / frame), str(folder / "counts.json"), last if name == "lay_out" else str(folder / last)]
    return run([sys.executable, "-m", "benchmarks.draw_tasks", name, *given], ROOT)


def result(folder: Path) -> Result:
    """Read what the last task wrote down."""
    found: Result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return found


def medians(seconds: Mapping[str, Sequence[float]], runs: Mapping[str, Sequence[Run]]) -> dict[str, object]:
    """Give the seconds of the draw itself, those of the whole process, and its peak of memory."""
    figures: dict[str, object] = {}
    for name in TASKS:
        figures[f"{name}_draw_seconds"] = round(statistics.median(seconds[name]), 3)
        figures[f"{name}_process_seconds"] = median(runs[name], "wall")
        figures[f"{name}_peak_megabytes"] = median(runs[name], "peak")
    return figures


def ratios(seconds: Mapping[str, Sequence[float]], runs: Mapping[str, Sequence[Run]]) -> dict[str, object]:
    """Give the toolkit's figures over each peer's, run by run."""
    figures: dict[str, object] = {}
    for ours, peer in itertools.product(("toolkit", "toolkit_checked"), PEERS):
        pairs = zip(seconds[ours], seconds[peer], strict=True)
        figures[f"ratio_{ours}_draw_to_{peer}"] = round(statistics.median(one / other for one, other in pairs), 2)
        figures[f"ratio_{ours}_process_to_{peer}"] = ratio(runs[ours], runs[peer], "wall")
        figures[f"ratio_{ours}_peak_to_{peer}"] = ratio(runs[ours], runs[peer], "peak")
    return figures


def allocations() -> dict[str, object]:
    """Count, from 120 to 1,200 cases, the steps that take a case away and the sizes that drop a feasible minimum."""
    from audit_toolkit import allocate

    svy: Any = importlib.import_module("svy")
    sizes = population(20_000)

    def of_svy(size: int) -> dict[str, int]:
        found: dict[str, int] = svy.SampleSize().allocate(size, pop_size=sizes, min_n=2).n
        return found

    figures: dict[str, object] = {"steps": CASES - FEWEST}
    methods = {"toolkit": lambda size: allocate(sizes, size, minimum=2), "svy": of_svy}
    for name, method in methods.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            counts = [method(size) for size in range(FEWEST, CASES + 1)]
        lost = [any(after[label] < before[label] for label in sizes) for before, after in itertools.pairwise(counts)]
        figures[f"{name}_steps_that_take_a_case_away"] = sum(lost)
        figures[f"{name}_sizes_that_drop_the_minimum"] = sum(min(each.values()) < 2 for each in counts)
    return figures
