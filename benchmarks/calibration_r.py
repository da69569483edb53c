"""R's package survey, really run on the first rounds of every cell of shares, and the closed forms held to it.

One R process takes a batch of cells. What R finds is counted from R's own means, standard errors and limits.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from audit_toolkit.improvement.estimates.design import FloatArray
from benchmarks import calibration_stratified as stratified
from benchmarks.calibration_cells import Cell, Record
from benchmarks.calibration_intervals import SVYCIPROP, sums, svyciprop
from benchmarks.calibration_nulls import SAME_POPULATION, Scenario

SCRIPT = Path(__file__).with_name("calibration_survey.R")
HOW_TO_INSTALL = "Install r-base-core and r-cran-survey: sudo apt-get install r-base-core r-cran-survey."
# Cells in one R process; R's own iterations for the logit stop at about 1e-8.
TOGETHER = 40
CLOSE, CLOSE_LOGIT = 1e-8, 1e-5
BY_R = "in R itself"


def check_r() -> str:
    """Give the version of survey, or say how to install it: a comparison without its peer is none."""
    if shutil.which("Rscript") is None:
        raise RuntimeError(f"Rscript is not installed, and the calibration compares with R's survey. {HOW_TO_INSTALL}")
    command = ["Rscript", "-e", 'cat(as.character(packageVersion("survey")))']
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise RuntimeError(f"R has no package survey, and the calibration compares with it. {HOW_TO_INSTALL}")
    return found.stdout.strip()


def wanted(cell: Cell) -> bool:
    """Say whether R takes part in a cell: shares whose auditors do not differ."""
    return cell.kind == "shares" and cell.true.crew is None


def measure_batch(cells: Sequence[Cell], chunk_size: int, times: int, intervals: int) -> list[Record]:
    """Give R's counts for the first `times` rounds of each cell, and its intervals for the first `intervals`."""
    trues = [cell.true for cell in cells]
    thrown = [tuple(side[:times] for side in cell.throw(0, chunk_size)) for cell in cells]
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        _write(folder, cells, trues, thrown, intervals)
        ran = subprocess.run(["Rscript", str(SCRIPT), held], capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise RuntimeError(f"{SCRIPT.name} failed: {ran.stderr[-2000:]}")
        means, limits = (pd.read_csv(folder / f"{name}.csv") for name in ("means", "intervals"))
    return [_record(i, cell, trues[i], thrown[i], means, limits, intervals) for i, cell in enumerate(cells)]


def _write(
    folder: Path,
    cells: Sequence[Cell],
    trues: Sequence[Scenario],
    thrown: Sequence[tuple[FloatArray, ...]],
    intervals: int,
) -> None:
    strata, counts, some = [], [], []
    for i, (cell, true) in enumerate(zip(cells, trues, strict=True)):
        some.append({"cell": i, "intervals": intervals if cell.null == SAME_POPULATION else 0})
        sides = ((true.population1, true.n1), (true.population2, true.n2))
        for j, (population, n) in enumerate(sides):
            h = np.arange(len(n))
            strata.append(pd.DataFrame({"cell": i, "round": j + 1, "stratum": h, "N": population, "n": n}))
            good = thrown[i][j].astype(int)
            index = {"replicate": np.repeat(np.arange(len(good)), len(n)), "stratum": np.tile(h, len(good))}
            counts.append(pd.DataFrame({"cell": i, "round": j + 1, **index, "good": good.ravel()}))
    pd.concat(strata).to_csv(folder / "strata.csv", index=False)
    pd.concat(counts).to_csv(folder / "counts.csv", index=False)
    pd.DataFrame(some).to_csv(folder / "wanted.csv", index=False)


def _record(
    i: int,
    cell: Cell,
    true: Scenario,
    thrown: tuple[FloatArray, ...],
    means: pd.DataFrame,
    limits: pd.DataFrame,
    intervals: int,
) -> Record:
    times, alarms = len(thrown[0]), {}
    for fpc, name in ((False, stratified.SURVEY), (True, stratified.SURVEY_FPC)):
        sides = []
        for j, (n, population) in enumerate(((true.n1, true.population1), (true.n2, true.population2))):
            here = means[(means.cell == i) & (means["round"] == j + 1) & (means.fpc == int(fpc))]
            here = here.sort_values("replicate")
            theirs = here["mean"].to_numpy(dtype=float), here["se"].to_numpy(dtype=float)
            ours = stratified.survey_share(thrown[j], n, population, fpc)
            for one, other in zip(ours, theirs, strict=True):
                _close(f"{cell.name}: svymean", one, other, CLOSE)
            if not (here["df"] == int(n.sum()) - len(n)).all():
                raise RuntimeError(f"{cell.name}: R counts other degrees of freedom")
            sides.append(theirs)
        _, (up, down) = stratified.t_sides(sides[0], sides[1], stratified.degrees(true))
        alarms[f"{name}, {BY_R}"] = [int(up.sum()), int(down.sum())]
    record: Record = {"cell": cell.name, "chunk": "R", "times": times, "alarms": alarms}
    if cell.null == SAME_POPULATION:
        record["intervals"] = _intervals(cell, true, thrown[0][:intervals], limits[limits.cell == i])
        record["interval_times"] = min(intervals, times)
    return record


def _intervals(cell: Cell, true: Scenario, good: FloatArray, limits: pd.DataFrame) -> dict[str, list[float]]:
    truth = float(true.shares1 @ true.population1 / true.population1.sum())
    found = {}
    for method in SVYCIPROP:
        here = limits[limits.method == method].sort_values("replicate")
        theirs = here["low"].to_numpy(dtype=float), here["high"].to_numpy(dtype=float)
        ours = svyciprop(true, good, method)
        some = stratified.survey_share(good, true.n1, true.population1, True)[1] > 1e-12
        for one, other in zip(ours, theirs, strict=True):
            _close(
                f"{cell.name}: svyciprop {method}", one[some], other[some], CLOSE_LOGIT if method == "logit" else CLOSE
            )
        found[f"svyciprop {method}, {BY_R}"] = theirs
    return sums(found, truth)


def _close(what: str, ours: FloatArray, theirs: FloatArray, within: float) -> None:
    if not np.allclose(ours, theirs, rtol=within, atol=within):
        at = int(np.argmax(abs(ours - theirs)))
        raise RuntimeError(f"{what} gives {theirs[at]!r}, the closed form {ours[at]!r}")
