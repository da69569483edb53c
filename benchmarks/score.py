"""A million cases by 30 criteria from Parquet, scored by the toolkit and by a pandas groupby.

Each is a process of its own, from its start to the written scores. The pandas groupby is written twice, with the types
pandas gives and with the smallest; the better of the two, figure by figure, is the peer. Polars is there for honesty.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.processes import Run, in_turn, median, run, versions
from benchmarks.score_tasks import CRITERIA, TASKS

ROOT = Path(__file__).resolve().parents[1]
PANDAS = ("pandas", "pandas_small")


def measure(*, quick: bool) -> dict[str, object]:
    """Measure all in turn, then compare every case's score and band."""
    cases, times = (50_000, 3) if quick else (1_000_000, 3)
    figures: dict[str, object] = {"cases": cases, "criteria": CRITERIA, "runs": times}
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        task("lay_out", folder, str(cases))
        runs = dict(zip(TASKS, in_turn([partial(task, name, folder) for name in TASKS], times), strict=True))
        for name, found in runs.items():
            figures[f"{name}_cpu_seconds"] = median(found, "cpu")
            figures[f"{name}_peak_megabytes"] = median(found, "peak")
        for figure in ("cpu", "peak"):
            best = min(PANDAS, key=lambda name: median(runs[name], figure))
            figures[f"best_pandas_{figure}"] = best
            for peer, name in (("pandas", best), ("polars", "polars")):
                figures[f"ratio_{peer}_to_toolkit_{figure}"] = times_as_much(runs[name], runs["toolkit"], figure)
        for name in TASKS:
            if name != "toolkit":
                task("compare", folder, name)
                figures[f"{name}_cases_that_differ"] = int((folder / "differences.txt").read_text(encoding="utf-8"))
    return {**figures, **versions("audit_toolkit", "pandas", "pyarrow", "numpy", "polars")}


def times_as_much(theirs: list[Run], ours: list[Run], figure: str) -> float:
    """Give how many times as much a peer takes: the ratio of the medians."""
    return round(median(theirs, figure) / median(ours, figure), 2)


def task(name: str, folder: Path, *last: str) -> Run:
    """Run one task in a process of its own."""
    return run([sys.executable, "-m", "benchmarks.score_tasks", name, str(folder), *last], ROOT)
