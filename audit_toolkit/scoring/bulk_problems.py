"""What is wrong with a long file of ratings: its wrong rows alone, read as a table of their own, say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn

import numpy as np
import numpy.typing as npt

from audit_toolkit import terms
from audit_toolkit.errors import Place, Problem, RatingError
from audit_toolkit.files import ParquetRows
from audit_toolkit.scoring.bulk_answers import AnswerCodes, RatedRows, RatingReader
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.ratings import read_ratings

# Wrong rows, and doubled ratings, that are named one by one before the rest are counted.
NAMED: Final = 200


@dataclass(slots=True, eq=False)
class _Found:
    """The positions of the rows to name, in order, and how many more there are."""

    named: list[int] = field(default_factory=list)
    more: int = 0
    first_more: int | None = None

    def take(self, positions: list[int]) -> None:
        """Take the next rows, as far as they are named."""
        room = NAMED - len(self.named)
        self.named += positions[:room]
        if positions[room:]:
            self.more += len(positions) - room
            self.first_more = positions[room] if self.first_more is None else self.first_more


def refuse(asked: Sequence[Framework], rows: ParquetRows, wide: bool) -> NoReturn:
    """Read the file again for everything that is wrong with it, and raise it all at once.

    `asked` are the frameworks that the file is scored by, the one whose turn it is first.
    """
    wrong, doubled = _Found(), _Found()
    if all(name in rows.columns for name in (terms.CASE_ID, *(() if wide else (terms.CRITERION_ID, terms.RATING)))):
        answers = AnswerCodes(len(asked[0].questions), rows.name)
        cells = _find(asked, rows, wide, answers, wrong, doubled)
        first = _first_rows(asked, rows, wide, answers, cells) if cells else []
    else:
        first = []
    named = sorted({*wrong.named, *doubled.named, *first})
    problems = [*_said(rows, named, asked), *_more(rows, wrong, doubled)]
    if not problems:
        changed = Problem("the file changed while it was read", Place(rows.name), "Score it again.")
        raise RatingError(changed)
    raise RatingError(problems)


def _find(
    asked: Sequence[Framework], rows: ParquetRows, wide: bool, answers: AnswerCodes, wrong: _Found, doubled: _Found
) -> set[int]:
    """Find the wrong rows, and those that rate what was rated before; give the cells of those that are named."""
    seen = np.zeros(0, dtype=bool)
    cells: set[int] = set()
    for rated in RatingReader(asked[0], rows, wide, asked[1:]).read():
        wrong.take(rated.positions(np.flatnonzero(rated.wrong())))
        places, given = _given(rated, answers)
        needed = len(answers.index) * answers.questions
        if needed > len(seen):
            seen = np.concatenate([seen, np.zeros(max(needed - len(seen), len(seen)), dtype=bool)])
        again = seen[places] | _repeated(places)
        seen[places] = True
        if again.any():
            before = len(doubled.named)
            doubled.take(rated.positions(given[again]))
            if len(doubled.named) > before:
                cells |= set(places[again].tolist())
    return cells


def _given(rated: RatedRows, answers: AnswerCodes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Give the place in the table of each rating that names a case and a question, and which those are."""
    mask = (rated.codes != 0) & (rated.questions >= 0) & ~rated.without_case()
    places = answers.cells(rated, mask)
    given = np.flatnonzero(mask)
    return places[given], given


def _repeated(places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say of each place whether it stood before in this batch."""
    _, first = np.unique(places, return_index=True)
    again = np.ones(len(places), dtype=bool)
    again[first] = False
    return again


def _first_rows(
    asked: Sequence[Framework], rows: ParquetRows, wide: bool, answers: AnswerCodes, cells: set[int]
) -> list[int]:
    """Give the position of the first row that rates each of some cells."""
    wanted = np.array(sorted(cells), dtype=np.int64)
    found: list[int] = []
    for rated in RatingReader(asked[0], rows, wide, asked[1:]).read():
        places = answers.cells(rated)
        mask = (rated.codes != 0) & (rated.questions >= 0) & ~rated.without_case() & np.isin(places, wanted)
        _, first = np.unique(places[mask], return_index=True)
        found += rated.positions(np.flatnonzero(mask)[first])
        wanted = np.setdiff1d(wanted, places[mask])
        if not len(wanted):
            break
    return found


def _said(rows: ParquetRows, named: list[int], asked: Sequence[Framework]) -> list[Problem]:
    """Give what reading these rows as a table of their own says."""
    try:
        read_ratings(rows.table(named), asked)
    except RatingError as refused:
        return list(refused.problems)
    return []


def _more(rows: ParquetRows, wrong: _Found, doubled: _Found) -> Iterator[Problem]:
    """Count the wrong rows that are not named."""
    for found, what in ((wrong, "hold something wrong"), (doubled, "rate what was rated before")):
        if found.more:
            said = f"{found.more:,} more rows, from here on, {what}"
            if found.more == 1:
                said = f"1 more row {what.replace('hold', 'holds').replace('rate ', 'rates ')}"
            first = None if found.first_more is None else found.first_more + 2
            yield Problem(said, Place(rows.name, row=first), "Mend those named first, then score again.")
