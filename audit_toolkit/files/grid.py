"""The rows and headings a reader found, checked and made into a Table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from audit_toolkit.errors import FileError, Place, Problem, column_letter, did_you_mean, nearest, raise_if
from audit_toolkit.files.table import FRAME, Table


@dataclass(frozen=True, slots=True)
class Grid:
    """What a reader found: the headings, and beneath each its cells, in the rows of these numbers.

    `typed` is for sources that are no sheet of cells: their headings stand in no row, their columns have no letter.
    """

    name: str
    heading: Sequence[str]
    columns: Sequence[Sequence[str]]
    numbers: Sequence[int]
    header_row: int = 1
    sheet: str | None = None
    typed: bool = False

    def place(self, row: int | None = None, index: int | None = None) -> Place:
        """Say where a row, or a cell of it, stands."""
        heading = self.heading[index] if index is not None else None
        if self.typed:
            return Place(self.name, self.sheet, row, None, None, heading)
        return Place(self.name, self.sheet, row or self.header_row, None, index, heading)


def columns_of(rows: Sequence[Sequence[str]], width: int) -> list[Sequence[str]]:
    """Turn rows, each as wide as the heading, into columns."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


def grid_problems(
    grid: Grid, required: Iterable[str], elsewhere: Mapping[str, Problem], *, expect_rows: bool = True
) -> list[Problem]:
    """Find every fault of the headings at once: doubled, alike, empty above data, repeated, missing; no rows.

    `elsewhere` holds, for a missing heading that stands in another place, the problem that says so.
    """
    if not any(grid.heading):
        what = "the heading row is empty"
        return [Problem(what, grid.place(), "Delete the rows above the headings, or say which row they are on.")]
    problems = [*_doubled(grid), *_unnamed(grid), *_repeated(grid), *_missing(grid, required, elsewhere)]
    if expect_rows and not grid.numbers:
        problems.append(Problem("no rows under the heading", Place(grid.name, grid.sheet), "Export it again."))
    return problems


def _doubled(grid: Grid) -> list[Problem]:
    """Name headings that stand twice, or that a person would read as the same."""
    first: dict[str, int] = {}
    problems = []
    for index, heading in enumerate(grid.heading):
        if not heading.strip():
            continue
        before = first.setdefault(_folded(heading), index)
        if before == index:
            continue
        where = "" if grid.typed else f"in column {column_letter(before)}"
        if grid.heading[before] == heading:
            what = f"the heading stands twice{where and f', first {where}'}"
        else:
            what = f'the heading looks the same as "{grid.heading[before]}"{where and f" {where}"}'
        problems.append(Problem(what, grid.place(None, index), "Give each column its own heading."))
    return problems


def alike(grid: Grid, heading: str) -> list[str]:
    """Give the headings that a person would read as this one, where there are several columns of them."""
    found = [each for each in grid.heading if each.strip() and _folded(each) == _folded(heading)]
    return list(dict.fromkeys(found)) if len(found) > 1 else []


def _folded(heading: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", heading)).strip().casefold()


def _unnamed(grid: Grid) -> list[Problem]:
    problems = []
    for index, heading in enumerate(grid.heading):
        if heading:
            continue
        row = next((number for number, cell in zip(grid.numbers, grid.columns[index], strict=True) if cell), None)
        if row is not None:
            what = f"the heading is empty but there is data beneath, first in row {row}"
            problems.append(Problem(what, grid.place(None, index), "Give the column a heading, or clear it."))
    return problems


def _repeated(grid: Grid) -> list[Problem]:
    """Name rows that hold the headings once more, as pages put together do."""
    named = [index for index, heading in enumerate(grid.heading) if heading]
    heading = [grid.heading[index].strip() for index in named]
    first = grid.columns[named[0]]
    found = [
        grid.numbers[position]
        for position, cell in enumerate(first)
        if cell.strip() == heading[0] and [grid.columns[index][position].strip() for index in named] == heading
    ]
    what, mend = "the headings stand in this row once more", "Take the row out."
    return [Problem(what, grid.place(row), mend) for row in found]


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


def misplaced(
    grid: Grid, required: Iterable[str], rows: Iterable[tuple[int, Sequence[str]]]
) -> tuple[dict[str, Problem], bool]:
    """Find missing headings in another row near the top: the problem of each, and whether one row has them all.

    Where one row has all the headings that are wanted it is the heading row, and what else seems wrong follows
    from reading another one.
    """
    wanted = dict.fromkeys(required)
    missing = [heading for heading in wanted if heading not in grid.heading]
    found: dict[str, Problem] = {}
    for number, texts in rows if missing else []:
        mend = f"Delete the rows above it, or use --header-row {number} (header_row: {number} in a plan)."
        here = {
            heading: Problem(f'there is no column "{heading}"; it is in row {number}', grid.place(), mend)
            for heading in missing
            if heading in texts
        }
        if wanted.keys() <= set(texts):
            return here, True
        found = {**here, **found}
    return found, False


def table_from_grid(
    grid: Grid,
    *,
    kind: str = FRAME,
    problems: Sequence[Problem] = (),
    formats: Mapping[int, Mapping[int, str]] | None = None,
    types: Mapping[str, str] | None = None,
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
    cells = {grid.heading[index]: np.array(grid.columns[index], dtype=object) for index in kept}
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
        line_breaks=_line_breaks({grid.heading[index]: grid.columns[index] for index in kept}),
        column_positions=tuple(kept),
        header_row=grid.header_row,
        notes=(*notes, *more),
        kind=kind,
        types=dict(types or {}),
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
