"""The rows and headings a reader found, checked and made into a Table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from audit_toolkit.errors import FileError, Place, Problem, column_letter, did_you_mean, nearest, raise_if
from audit_toolkit.files.table import Table


@dataclass(frozen=True, slots=True)
class Grid:
    """What a reader found: the heading row, and the rows beneath that are not blank, each as wide as the heading."""

    name: str
    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    header_row: int = 1
    sheet: str | None = None

    def place(self, row: int | None = None, index: int | None = None) -> Place:
        """Say where a row, or a cell of it, stands."""
        heading = self.heading[index] if index is not None else None
        return Place(self.name, self.sheet, row or self.header_row, None, index, heading)


def grid_problems(
    grid: Grid, required: Iterable[str], elsewhere: Mapping[str, Problem], *, expect_rows: bool = True
) -> list[Problem]:
    """Find every fault of the headings at once: doubled, empty above data, missing; and a table without rows.

    `elsewhere` holds, for a missing heading that stands in another place, the problem that says so.
    """
    if not any(grid.heading):
        what = "the heading row is empty"
        return [Problem(what, grid.place(), "Delete the rows above the headings, or say which row they are on.")]
    problems = [*_doubled(grid), *_unnamed(grid), *_missing(grid, required, elsewhere)]
    if expect_rows and not grid.rows:
        problems.append(Problem("no rows under the heading", Place(grid.name, grid.sheet), "Export it again."))
    return problems


def _doubled(grid: Grid) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for index, heading in enumerate(grid.heading):
        if heading and first.setdefault(heading, index) != index:
            what = f"the heading stands twice, first in column {column_letter(first[heading])}"
            problems.append(Problem(what, grid.place(None, index), "Give each column its own heading."))
    return problems


def _unnamed(grid: Grid) -> list[Problem]:
    problems = []
    for index, heading in enumerate(grid.heading):
        if heading:
            continue
        row = next((number for number, row in zip(grid.numbers, grid.rows, strict=True) if row[index]), None)
        if row is not None:
            what = f"the heading is empty but there is data beneath, first in row {row}"
            problems.append(Problem(what, grid.place(None, index), "Give the column a heading, or clear it."))
    return problems


def _missing(grid: Grid, required: Iterable[str], elsewhere: Mapping[str, Problem]) -> list[Problem]:
    there = [heading for heading in grid.heading if heading]
    problems = []
    for wanted in dict.fromkeys(required):
        if wanted in there:
            continue
        if wanted in elsewhere:
            problems.append(elsewhere[wanted])
            continue
        near = nearest(wanted, there) is not None
        mend = did_you_mean(wanted, there) if near else f"The headings are: {', '.join(there)}."
        problems.append(Problem(f'there is no column "{wanted}"', grid.place(), mend))
    return problems


def table_from_grid(
    grid: Grid,
    *,
    problems: Sequence[Problem] = (),
    formats: Mapping[int, Mapping[int, str]] | None = None,
    digest: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """Make a Table of a grid, or raise every problem found. `formats`: column index -> position -> number format."""
    import numpy as np
    import pandas as pd

    raise_if(problems, FileError)
    kept = [index for index, heading in enumerate(grid.heading) if heading]
    by_column = list(zip(*grid.rows, strict=True))
    cells = {grid.heading[index]: np.array(by_column[index], dtype=object) for index in kept}
    left_out = len(grid.heading) - len(kept)
    more = [f"{left_out} empty column{'s' if left_out > 1 else ''} without a heading left out."] if left_out else []
    return Table(
        name=grid.name,
        columns=tuple(cells),
        cells=pd.DataFrame(cells, dtype=object),
        rows=tuple(grid.numbers),
        sheet=grid.sheet,
        digest=digest,
        encoding=encoding,
        delimiter=delimiter,
        number_formats={grid.heading[index]: dict(found) for index, found in (formats or {}).items() if index in kept},
        line_breaks=_line_breaks({grid.heading[index]: by_column[index] for index in kept}),
        column_positions=tuple(kept),
        header_row=grid.header_row,
        notes=(*notes, *more),
    )


def _line_breaks(columns: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, ...]]:
    found = {}
    for heading, column in columns.items():
        broken = {text for text in set(column) if "\n" in text or "\r" in text}
        if broken:
            found[heading] = tuple(position for position, text in enumerate(column) if text in broken)
    return found


def blank_note(numbers: Sequence[int]) -> list[str]:
    """Say how many blank rows were skipped, and where the first ones stood."""
    if not numbers:
        return []
    named = ", ".join(str(number) for number in numbers[:5]) + (", ..." if len(numbers) > 5 else "")
    rows = "1 blank row" if len(numbers) == 1 else f"{len(numbers):,} blank rows"
    return [f"{rows} skipped (row{'s' if len(numbers) > 1 else ''} {named})."]
