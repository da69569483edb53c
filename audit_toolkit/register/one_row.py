"""One row a child: of a list that names a child several times, the row whose date is latest, the others counted."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Sequence

from audit_toolkit.errors import Problem
from audit_toolkit.files import DATE_MEND, Table, parse_date


def take_rows(table: Table, positions: Sequence[int]) -> Table:
    """Give some rows of a table, which keep the places they stand at in the file."""
    new = {old: position for position, old in enumerate(positions)}
    formats = {
        heading: {new[old]: each for old, each in found.items() if old in new}
        for heading, found in table.number_formats.items()
    }
    return dataclasses.replace(
        table,
        cells=table.cells.iloc[list(positions)].reset_index(drop=True),
        rows=tuple(table.rows[position] for position in positions),
        number_formats={heading: found for heading, found in formats.items() if found},
        line_breaks={
            heading: tuple(new[old] for old in found if old in new) for heading, found in table.line_breaks.items()
        },
    )


def latest_rows(table: Table, key: str, date: str) -> tuple[Table, list[Problem]]:
    """Keep, of a child's several rows, the one with the latest date; the notes say how many were passed over.

    Rows without a date come before all others. Rows that are alike in every cell count as one; of several latest
    rows that differ nothing tells which to take, and they are named.
    """
    dates, problems = row_dates(table, date)
    groups: dict[str, list[int]] = defaultdict(list)
    for position, child in enumerate(table.cells[key]):
        # An empty id is not several rows of one child: each is named later as what it is.
        groups[str(child) or f"\0{position}"].append(position)
    kept = []
    for child, positions in groups.items():
        last = max(dates[position] for position in positions)
        best = [position for position in positions if dates[position] == last]
        if len(best) > 1 and len({tuple(table.cells.iloc[position]) for position in best}) > 1:
            listed = " and ".join(str(table.rows[position]) for position in best)
            when = "without a date" if last == datetime.date.min else f"of {last.isoformat()}"
            what = f"{len(best)} rows {when} differ (rows {listed}), and the latest one is wanted"
            problems.append(Problem(what, table.place(best[0], date, child), "Keep one of them."))
        kept.append(best[0])
    several = sum(len(positions) > 1 for positions in groups.values())
    taken = take_rows(table, sorted(kept))
    if several:
        left = len(table.rows) - len(kept)
        note = f"{several:,} children stand on several rows; the one with the latest {date} is taken, {left:,} are not."
        taken = dataclasses.replace(taken, notes=(*taken.notes, note))
    return taken, problems


def row_dates(table: Table, column: str) -> tuple[list[datetime.date], list[Problem]]:
    """Give the date of every row, the earliest there is where the cell is empty, and name what is no date."""
    dates, problems = [], []
    for position, cell in enumerate(table.cells[column]):
        try:
            dates.append(parse_date(str(cell)) if cell else datetime.date.min)
        except ValueError:
            dates.append(datetime.date.min)
            problems.append(Problem(f"{cell} is not a date", table.place(position, column), DATE_MEND))
    return dates, problems
