"""The second run of the February review, beside the bare import of pandas, scipy.stats and matplotlib."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import Run, in_turn, median, ratio, run, versions

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
IMPORTS = "import pandas, scipy.stats, matplotlib.pyplot"
REVIEW = [sys.executable, "-m", "audit_toolkit.cli", "review", "february-2010"]


def lay_out(folder: Path) -> None:
    """Copy what a review starts from: the registers, the earlier round, the plan and what came back."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SAMPLES / "retrospective-2009", folder / "retrospective-2009")
    for name in ("auditors.csv", "register_2009-08-31.csv", "register_2010-01-31.csv"):
        shutil.copy(SAMPLES / name, folder / name)
    (folder / "february-2010").mkdir()
    shutil.copy(SAMPLES / "february-2010" / "plan.yaml", folder / "february-2010" / "plan.yaml")
    shutil.copytree(SAMPLES / "february-2010" / "returned", folder / "february-2010" / "returned")


def measure(*, quick: bool) -> dict[str, object]:
    """Measure both in turn, after a first run of each that is not counted."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held) / "build"

        def review() -> Run:
            lay_out(folder)
            return run(REVIEW, folder)

        def imports() -> Run:
            return run([sys.executable, "-c", IMPORTS], SAMPLES)

        review(), imports()
        reviews, bare = in_turn((review, imports), 3 if quick else 9)
    return {
        "review_wall_seconds": median(reviews, "wall"),
        "imports_wall_seconds": median(bare, "wall"),
        "ratio_wall": ratio(reviews, bare, "wall"),
        "review_cpu_seconds": median(reviews, "cpu"),
        "imports_cpu_seconds": median(bare, "cpu"),
        "ratio_cpu": ratio(reviews, bare, "cpu"),
        "review_peak_megabytes": median(reviews, "peak"),
        "ratio_peak": ratio(reviews, bare, "peak"),
        **versions("audit_toolkit", "pandas", "scipy", "matplotlib"),
    }
