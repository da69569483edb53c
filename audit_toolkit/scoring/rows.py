"""Rows of a table, named as a person would: "rows 12-27 and 31"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from audit_toolkit.files import Table

# Runs of rows named one by one before the rest are counted.
NAMED_RUNS: Final = 5


def listed_rows(table: Table, positions: Iterable[int]) -> str:
    """Give the rows of some positions, runs of them as "rows 12-27"."""
    runs: list[list[int]] = []
    for row in sorted({table.rows[each] for each in positions}):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    named = [str(start) if start == end else f"{start}-{end}" for start, end in runs[:NAMED_RUNS]]
    more = f" and {len(runs) - NAMED_RUNS} more" if len(runs) > NAMED_RUNS else ""
    return ("row " if len(runs) == 1 and runs[0][0] == runs[0][1] else "rows ") + ", ".join(named) + more
