"""Ratings of millions of cases as one small number each: read a few rows at a time, in whatever order they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from audit_toolkit import terms
from audit_toolkit.errors import Place, Problem, RatingError
from audit_toolkit.files import CodedColumn, ParquetRows, RowBatch
from audit_toolkit.scoring.aside import others_rated
from audit_toolkit.scoring.case_index import CaseIndex
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.responses import read_rating

# What a rating may be beside a place in the texts: not one of its question, or of a question nobody knows.
REFUSED: Final = -1
# The codes that stand for the same answer in every file.
BLANK: Final = 0
NOT_APPLICABLE: Final = 1
# A criterion of another framework, and one that nobody knows.
ASIDE: Final = -2
UNKNOWN: Final = -1
# One number a case and question: what a machine of 8 GB holds beside the rest.
CODE_BYTES: Final = 4 * 1024**3
FIRST_CASES: Final = 1024

Codes: TypeAlias = npt.NDArray[np.int32]
Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class RatedRows:
    """Some cells of one batch: the row of each in the batch, its question and the code of its rating.

    `row` is None where the cells are the rows of the batch, in their order.
    """

    batch: RowBatch
    questions: npt.NDArray[np.intp]
    codes: Codes
    row: npt.NDArray[np.intp] | None = None

    def positions(self, cells: npt.NDArray[np.integer[Any]]) -> list[int]:
        """Give the positions in the file, in order, of the rows that some cells stand in."""
        rows = np.unique(cells if self.row is None else self.row[cells])
        return [self.batch.start + each for each in rows.tolist()]

    def wrong(self) -> Mask:
        """Say of each cell whether its case is empty, its question unknown or its rating refused."""
        refused: Mask = self.codes == REFUSED
        return refused | self.without_case()

    def without_case(self) -> Mask:
        """Say of each cell whether its case id is empty."""
        empty: Mask = self.batch.ids.view(np.uint8).reshape(len(self.batch), -1)[:, 0] == 0
        return empty if self.row is None else empty[self.row]


@dataclass(slots=True, eq=False)
class RatingReader:
    """Reads the batches of one file: every distinct text of a question is judged once.

    `texts` are the labels met so far, after "" and N/A; `beside` are frameworks asked for whose ratings are passed over
    here; `aside` counts the ratings of shipped frameworks not asked for.
    """

    framework: Framework
    rows: ParquetRows
    wide: bool
    beside: Sequence[Framework] = ()
    texts: list[str] = field(default_factory=lambda: [terms.MISSING, terms.NA_RATING])
    aside: dict[str, int] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=lambda: {terms.MISSING: BLANK, terms.NA_RATING: NOT_APPLICABLE})
    _judged: dict[tuple[int, str], int] = field(default_factory=dict)
    _others: dict[str, str | None] = field(default_factory=dict)
    _table: tuple[object, npt.NDArray[np.intp], Codes] | None = None

    @property
    def _asked(self) -> list[Framework]:
        return [self.framework, *self.beside]

    def read(self) -> Iterator[RatedRows]:
        """Give the ratings of the file, batch by batch; in the wide form one criterion after the other."""
        own = {each.id: number for number, each in enumerate(self.framework.questions)}
        if self.wide:
            for other in others_rated(self.rows.columns, self._asked):
                held = sum(each.id in self.rows.columns for each in other.questions)
                self.aside[other.name] = held * self.rows.rows
        columns = [name for name in self.rows.columns if name in own] if self.wide else [*_LONG]
        for batch in self.rows.batches(terms.CASE_ID, columns):
            if self.wide:
                yield self._wide(batch, [(own[name], batch.columns[name]) for name in columns])
            else:
                yield self._long(batch, own)

    def _long(self, batch: RowBatch, own: Mapping[str, int]) -> RatedRows:
        """Give the ratings of a batch in the long form."""
        criteria, ratings = batch.columns[terms.CRITERION_ID], batch.columns[terms.RATING]
        questions, table = self._codes_of(criteria.texts, ratings.texts, own)
        place = criteria.codes * len(ratings.texts)
        place += ratings.codes
        codes = table.ravel().take(place, mode="clip")
        found = questions.take(criteria.codes, mode="clip")
        self._count_aside(criteria)
        return RatedRows(batch, found, codes)

    def _wide(self, batch: RowBatch, columns: Sequence[tuple[int, CodedColumn]]) -> RatedRows:
        """Give the ratings of a batch in the wide form, row by row."""
        codes = np.zeros((len(batch), len(columns)), dtype=np.int32)
        for place, (question, column) in enumerate(columns):
            judged = np.array([self._code(question, text) for text in column.texts], dtype=np.int32)
            codes[:, place] = judged[column.codes]
        questions = np.tile(np.array([question for question, _ in columns], dtype=np.intp), len(batch))
        return RatedRows(batch, questions, codes.ravel(), np.repeat(np.arange(len(batch)), len(columns)))

    def _codes_of(
        self, criteria: tuple[str, ...], ratings: tuple[str, ...], own: Mapping[str, int]
    ) -> tuple[npt.NDArray[np.intp], Codes]:
        """Give the question of each text of a criterion, and the code of each pair of it with a rating."""
        if self._table is not None and self._table[0] == (criteria, ratings):
            return self._table[1:]
        questions = np.array([self._question(each, own) for each in criteria], dtype=np.intp)
        table = np.full((len(criteria), len(ratings)), REFUSED, dtype=np.int32)
        table[questions == ASIDE] = BLANK
        for row, question in enumerate(questions.tolist()):
            if question >= 0:
                table[row] = [self._code(question, text) for text in ratings]
        self._table = (criteria, ratings), questions, table
        return questions, table

    def _question(self, name: str, own: Mapping[str, int]) -> int:
        """Give the number of a question, ASIDE for one of another framework, UNKNOWN for any other."""
        if name in own:
            return own[name]
        if any(name in (each.id for each in other.questions) for other in self.beside):
            return ASIDE
        if name not in self._others:
            # No framework has a criterion without a name: there is nothing to look up.
            others = name and others_rated({name}, self._asked)
            self._others[name] = others[0].name if others else None
        return UNKNOWN if self._others[name] is None else ASIDE

    def _code(self, question: int, text: str) -> int:
        """Give the code of a rating; each text of a question is judged once."""
        known = self._judged.get((question, text))
        if known is None:
            label = read_rating(text, self.framework, self.framework.questions[question])
            known = REFUSED if isinstance(label, Problem) else self._numbers.setdefault(label, len(self.texts))
            if known == len(self.texts):
                self.texts.append(str(label))
            self._judged[question, text] = known
        return known

    def _count_aside(self, criteria: CodedColumn) -> None:
        """Count the ratings of shipped frameworks that were not asked for."""
        others = [(place, self._others.get(text)) for place, text in enumerate(criteria.texts)]
        if any(name for _, name in others):
            counts = np.bincount(criteria.codes, minlength=len(others))
            for place, name in others:
                if name:
                    self.aside[name] = self.aside.get(name, 0) + int(counts[place])


_LONG: Final = (terms.CRITERION_ID, terms.RATING)


@dataclass(slots=True, eq=False)
class AnswerCodes:
    """One code a case and question, 0 where there is no rating; cases at their places in `index`."""

    questions: int
    name: str
    index: CaseIndex = field(default_factory=CaseIndex)
    stored: int = 0
    _codes: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0, dtype=np.uint8))

    @property
    def table(self) -> npt.NDArray[Any]:
        """The codes, one row a case."""
        return self._codes[: len(self.index) * self.questions].reshape(-1, self.questions)

    def take(self, rated: RatedRows, highest: int) -> None:
        """Take the ratings of a batch; `highest` is the largest code there is so far."""
        given = rated.codes > BLANK
        cells = self.cells(rated, given)
        self._make_room(highest)
        if not given.all():
            kept = np.flatnonzero(given)
            cells, codes = cells[kept], rated.codes[kept]
        else:
            codes = rated.codes
        self._codes[cells] = codes
        self.stored += len(cells)

    def cells(self, rated: RatedRows, given: Mask | None = None) -> npt.NDArray[np.int64]:
        """Give the place of each rating in the table; below 0 where its case is not known.

        Cases of ratings that are `given` become known; None: nothing new is taken.
        """
        if rated.row is None:
            cells = self.index.places(rated.batch.ids, given)
        else:
            rows = None if given is None else np.zeros(len(rated.batch), dtype=bool)
            if rows is not None and given is not None:
                rows[rated.row[given]] = True
            cells = self.index.places(rated.batch.ids, rows)[rated.row]
        cells *= self.questions
        cells += rated.questions
        return cells

    def whole(self) -> bool:
        """Say whether no case and question was rated twice."""
        return int(np.count_nonzero(self.table)) == self.stored

    def _make_room(self, highest: int) -> None:
        """Make the table long enough for the cases, and its codes large enough for the texts."""
        kind = np.min_scalar_type(highest)
        needed = len(self.index) * self.questions
        if needed * kind.itemsize > CODE_BYTES:
            what = f"it rates more than {CODE_BYTES // (self.questions * kind.itemsize):,} cases, as many as are scored"
            raise RatingError(Problem(what, Place(self.name), "Score it in parts."))
        if needed > len(self._codes) or kind.itemsize > self._codes.itemsize:
            room = max(needed, FIRST_CASES * self.questions, len(self._codes) * (2 if needed > len(self._codes) else 1))
            codes = np.zeros(room, dtype=max(kind, self._codes.dtype))
            codes[: len(self._codes)] = self._codes
            self._codes = codes
