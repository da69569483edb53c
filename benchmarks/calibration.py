"""How often the toolkit and its peers see a change where there is none, and where there is one.

Fifteen designs, six nulls, eight levels; this toolkit, R's survey, statsmodels, chi-square, Fisher and others on the
same rounds in one run. It fails where the toolkit exceeds what it promises by more than four Monte Carlo errors. The
full run takes hours; with --store it goes on where it was broken off.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import click

from benchmarks.calibration_cells import Cell, Record, every_cell, measure_chunk
from benchmarks.calibration_figures import broken, covers, rates
from benchmarks.calibration_page import write_page
from benchmarks.calibration_r import TOGETHER, check_r, measure_batch, wanted
from benchmarks.calibration_store import Store
from benchmarks.calibration_table import flat
from benchmarks.processes import versions

# Rounds a cell, rounds in a chunk, rounds put to R itself, and of those how many get R's intervals.
FULL, QUICK = (100_000, 20_000, 500, 50), (2000, 2000, 150, 15)

OPTIONS = (
    click.Option(["--replicates"], type=click.IntRange(min=1), help="Rounds a cell; 100,000, or 2,000 with --quick."),
    click.Option(["--store"], type=click.Path(path_type=Path, file_okay=False), help="Folder to keep or go on from."),
    click.Option(["--only"], default="", help="Only cells whose name holds this text, as 'shares | equal'."),
    click.Option(["--write-docs"], type=click.Path(path_type=Path, dir_okay=False), help="Page to write tables into."),
)


def measure(
    *,
    quick: bool,
    replicates: int | None = None,
    store: Path | None = None,
    only: str = "",
    write_docs: Path | None = None,
) -> dict[str, object]:
    """Measure what is missing from the store, write the page where one is named, and give the summary."""
    survey = check_r()
    times, chunk, by_r, intervals = QUICK if quick else FULL
    times = replicates or times
    chunk = min(chunk, times)
    cells = [cell for cell in every_cell(quick=quick) if only in cell.name]
    if not cells:
        raise RuntimeError(f'--only "{only}" leaves no cell. A name is: shares | equal | same process | 0.5')
    chunks = -(-times // chunk)
    with tempfile.TemporaryDirectory() as held:
        kept = Store(store or Path(held))
        _run(kept, cells, chunks, chunk, (min(by_r, chunk), intervals))
        records = list(_of_run(kept, cells, chunks, chunk, min(by_r, chunk)))
    found, covered = rates(records), covers(records)
    about: dict[str, object] = {"cells": len(cells), "rounds a cell": chunks * chunk, "rounds a cell in R": by_r}
    about |= {"R survey": survey, **versions("audit_toolkit", "numpy", "scipy", "statsmodels")}
    if write_docs is not None:
        write_page(write_docs, about, found, covered)
    wrong = broken(found, covered)
    if wrong:
        raise RuntimeError("\n".join(["The toolkit exceeds what it promises:", *wrong]))
    return {**about, **flat(found, covered)}


def _run(kept: Store, cells: list[Cell], chunks: int, chunk: int, by_r: tuple[int, int]) -> None:
    """Measure the chunks that are missing, then R's part; on a terminal say how far it is."""
    missing = [(cell, i) for i in range(chunks) for cell in cells if not kept.has(cell.name, i, chunk)]
    start = time.monotonic()
    for done, (cell, i) in enumerate(missing, 1):
        kept.add(measure_chunk(cell, i, chunk))
        _say(f"chunk {done} of {len(missing)}, {time.monotonic() - start:.0f} s")
    late = [cell for cell in cells if wanted(cell) and not kept.has(cell.name, "R", by_r[0])]
    for at in range(0, len(late), TOGETHER):
        for record in measure_batch(late[at : at + TOGETHER], chunk, *by_r):
            kept.add(record)
        _say(f"R, {min(at + TOGETHER, len(late))} of {len(late)} cells, {time.monotonic() - start:.0f} s")
    if missing or late:
        _say("\n", end="")


def _say(text: str, end: str = "") -> None:
    if sys.stderr.isatty():
        print(f"\r{text}   ", end=end, file=sys.stderr, flush=True)


def _of_run(kept: Store, cells: list[Cell], chunks: int, chunk: int, by_r: int) -> Iterable[Record]:
    """Give the records of this run only: the store may hold more cells, or more rounds."""
    for cell in cells:
        for i in range(chunks):
            yield kept.records[cell.name, i, chunk]
        if wanted(cell):
            yield kept.records[cell.name, "R", by_r]
