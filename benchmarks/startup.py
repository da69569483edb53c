"""How soon audit-toolkit --help and import audit_toolkit answer, beside a bare python and import pandas."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.processes import in_turn, median, ratio, run, versions

COMMANDS = {
    "help": [sys.executable, "-m", "audit_toolkit.cli", "--help"],
    "import": [sys.executable, "-c", "import audit_toolkit"],
    "python": [sys.executable, "-c", "pass"],
    "pandas": [sys.executable, "-c", "import pandas"],
}


def measure(*, quick: bool) -> dict[str, object]:
    """Measure all in turn, after a first run of each that is not counted."""
    here = Path.cwd()
    actions = [lambda command=command: run(command, here) for command in COMMANDS.values()]
    in_turn(actions, 1)
    found = dict(zip(COMMANDS, in_turn(actions, 5 if quick else 21), strict=True))
    figures: dict[str, object] = {f"{name}_wall_seconds": median(runs, "wall") for name, runs in found.items()}
    figures["ratio_help_to_python"] = ratio(found["help"], found["python"], "wall")
    figures["ratio_help_to_pandas"] = ratio(found["help"], found["pandas"], "wall")
    return {**figures, **versions("audit_toolkit", "pandas", "click")}
