"""Scores of a Parquet file of ratings too long for a table: read a few rows at a time, scored a few cases at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import RatingError, raise_if
from audit_toolkit.files import ParquetRows, open_parquet
from audit_toolkit.register import typed_id_problems
from audit_toolkit.scoring.aside import aside_note
from audit_toolkit.scoring.bulk_answers import BLANK, NOT_APPLICABLE, AnswerCodes, RatingReader
from audit_toolkit.scoring.bulk_problems import refuse
from audit_toolkit.scoring.case_index import CaseIndex
from audit_toolkit.scoring.computed import left_out_notes
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import load_framework
from audit_toolkit.scoring.ratings_file import read_rated_table
from audit_toolkit.scoring.rules import Encoded
from audit_toolkit.scoring.said import limit_notes, status_notes, summary, unjudged_counts
from audit_toolkit.scoring.score import RESULT_COLUMNS, score_encoded, stamped

# Cases scored, and written, at a time.
CASES_AT_A_TIME: Final = 16_384


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BulkScores:
    """The scores of one framework for any number of cases, in little memory.

    `result` has RESULT_COLUMNS, one row a case in the order of `cases`; its texts are categories. `batches` and
    `to_frame` give what `Scores.table` holds: SCORE_COLUMNS, one row a case.
    """

    framework: Framework
    cases: CaseIndex
    result: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.cases)

    def batches(self) -> Iterator[pd.DataFrame]:
        """Give the scores a few at a time, as scores.csv has them, case ids as text."""
        for start in range(0, max(len(self), 1), CASES_AT_A_TIME):
            stop = min(start + CASES_AT_A_TIME, len(self))
            part = self.result.iloc[start:stop].reset_index(drop=True)
            texts = {name: part[name].astype(object) for name in _TEXTS}
            yield stamped(part.assign(**texts), self.cases.ids(start, stop), self.framework)

    def to_frame(self) -> pd.DataFrame:
        """Give all scores in one table; of a million cases it takes some hundred megabytes."""
        return pd.concat(self.batches(), ignore_index=True)

    def to_dict(self) -> dict[str, object]:
        """Give the scores as plain values; a score that does not stand is None."""
        table = self.to_frame()
        rows = table.astype(object).where(table.notna(), None).to_dict(orient="records")
        return {"framework": self.framework.name, "scores": rows, "notes": list(self.notes)}

    def __str__(self) -> str:
        return summary(self.framework, self.result, self.notes)

    def __repr__(self) -> str:
        return str(self)


_TEXTS: Final = ("band_before_limits", "band", "limits_fired", "status")


def score_parquet(
    source: str | Path, framework: str | Path | Framework, *, beside: Sequence[Framework] = ()
) -> BulkScores:
    """Score the ratings of a Parquet file of any length, in memory for the cases alone.

    Parameters
    ----------
    source : path of a .parquet file
        Long (case_id, criterion_id, rating and, optionally, auditor and comment) or wide (case_id and one column
        a criterion); rows in any order. Ids are a column of text.
    framework : name, path or Framework
        Criteria computed from dates are left out of the score of each case where nobody rated them.
    beside : frameworks
        Others that the file holds ratings of, to be scored in their turn: their ratings are passed over here.

    Returns
    -------
    BulkScores
        The same numbers, to the last digit, as `score_cases` gives for the same ratings.

    Raises
    ------
    RatingError
        Every wrong heading, and every wrong cell and double rating with its row; past 200 rows they are counted.
    FileError
        A file that cannot be read.

    Checked against: tests/scoring/test_bulk.py.
    """
    framework = load_framework(framework)
    rows = open_parquet(source)
    raise_if(typed_id_problems(rows.empty_table(), terms.CASE_ID), RatingError)
    asked = [framework, *beside]
    reader = RatingReader(framework, rows, _is_wide(rows, asked), beside)
    answers = AnswerCodes(len(framework.questions), rows.name)
    for rated in reader.read():
        if rated.wrong().any():
            refuse(asked, rows, reader.wide)
        answers.take(rated, len(reader.texts) - 1)
    if not answers.whole():
        refuse(asked, rows, reader.wide)
    return _scored(framework, reader, answers)


def _is_wide(rows: ParquetRows, asked: Sequence[Framework]) -> bool:
    """Say whether there is one column a criterion; headings that do not fit are refused."""
    table = rows.empty_table()
    read, problems = read_rated_table(table, asked)
    if problems:
        refuse(asked, rows, read.wide)
    return read.wide


def _scored(framework: Framework, reader: RatingReader, answers: AnswerCodes) -> BulkScores:
    """Score the cases, a few at a time."""
    texts, codes = tuple(reader.texts), answers.table
    left_out = np.zeros(len(framework.computed), dtype=np.int64)
    unjudged = np.zeros(len(framework.limits), dtype=np.int64)
    parts, columns = [], {name: _Texts() for name in _TEXTS}
    for start in range(0, max(len(codes), 1), CASES_AT_A_TIME):
        part = codes[start : start + CASES_AT_A_TIME].copy()
        left_out += _leave_out(part, framework)
        encoded = Encoded(framework, part, texts)
        result = score_encoded(encoded, pd.RangeIndex(len(part)))
        unjudged += np.array(unjudged_counts(encoded, result), dtype=np.int64)
        for name, column in columns.items():
            column.take(result[name])
        parts.append(result.drop(columns=list(_TEXTS)))
    result = _together(parts, columns)
    notes = [
        *left_out_notes([each.id for each in framework.computed], left_out.tolist(), len(codes)),
        *status_notes(result),
        *limit_notes(framework, unjudged.tolist()),
        *(aside_note(name, count) for name, count in reader.aside.items()),
    ]
    return BulkScores(framework, answers.index, result, tuple(notes))


def _leave_out(codes: npt.NDArray[Any], framework: Framework) -> npt.NDArray[np.int64]:
    """Leave the criteria computed from dates out of each case in which nobody rated them; count those cases."""
    ids = framework.criterion_ids
    counts = []
    for each in framework.computed:
        column = codes[:, ids.index(each.id)]
        unrated = column == BLANK
        column[unrated] = NOT_APPLICABLE
        counts.append(int(unrated.sum()))
    return np.array(counts, dtype=np.int64)


@dataclass(slots=True, eq=False)
class _Texts:
    """A column of few distinct texts, kept as a number each."""

    numbers: dict[str, int] = field(default_factory=dict)
    parts: list[npt.NDArray[np.int32]] = field(default_factory=list)

    def take(self, texts: pd.Series) -> None:
        """Take the next texts."""
        codes, found = pd.factorize(texts.to_numpy(dtype=object))
        known = [self.numbers.setdefault(str(each), len(self.numbers)) for each in found]
        self.parts.append(np.array(known, dtype=np.int32)[codes])

    def categories(self) -> pd.Categorical:
        """Give the whole column."""
        categories = pd.Index(list(self.numbers), dtype=object)
        return pd.Categorical.from_codes(np.concatenate(self.parts), categories=categories)


def _together(parts: Sequence[pd.DataFrame], texts: Mapping[str, _Texts]) -> pd.DataFrame:
    """Put the results of all parts in one frame, texts as categories."""
    columns = {
        name: texts[name].categories() if name in texts else np.concatenate([part[name].to_numpy() for part in parts])
        for name in RESULT_COLUMNS
    }
    return pd.DataFrame(columns)
