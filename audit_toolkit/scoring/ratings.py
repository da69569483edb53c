"""Ratings of one or more auditors, checked against the framework and the sample."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import FileError, Problem, RatingError, raise_if
from audit_toolkit.files import FlawedTable, Table, read_table, sheet_names, table_from_frame
from audit_toolkit.sampling import read_sample
from audit_toolkit.scoring.aside import also_rated, aside_notes
from audit_toolkit.scoring.assigned import Assigned, assigned_from, check_cases, check_twice, is_second
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import load_framework
from audit_toolkit.scoring.ratings_file import POSITION, REFUSED, SOURCE, RatedTable, read_rated_table

# The sheet of our own workbooks that holds the ratings.
RATINGS_SHEET: Final = "Ratings"

Source: TypeAlias = str | Path | pd.DataFrame | Table


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ratings:
    """Every rating read: `table` holds those that score, `second` the blind second ones for agreement.

    Both have case_id, criterion_id, rating, auditor, comment, one row a case and criterion, ratings as labels;
    a row without rating is there only for its comment. `question_ids` are the criteria and items of the
    frameworks; `sampled` the cases to rate, None where no sample was given.
    """

    table: pd.DataFrame
    second: pd.DataFrame
    frameworks: tuple[str, ...]
    question_ids: tuple[str, ...]
    sampled: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases with at least one rating that scores, in the order read."""
        rated = self.table[self.table[terms.RATING] != terms.MISSING]
        return tuple(dict.fromkeys(rated[terms.CASE_ID]))

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the ratings that score, one row each."""
        return self.table.copy()

    def to_dict(self) -> dict[str, object]:
        """Give the ratings as plain values."""
        return {
            "frameworks": list(self.frameworks),
            "ratings": self.table.to_dict(orient="records"),
            "second": self.second.to_dict(orient="records"),
            "sampled": None if self.sampled is None else list(self.sampled),
            "notes": list(self.notes),
        }

    def only(self, cases: Iterable[str]) -> Ratings:
        """Give the ratings of these cases alone, as if no other had been drawn or read."""
        kept = frozenset(cases)
        tables = [
            each[each[terms.CASE_ID].isin(list(kept))].reset_index(drop=True) for each in (self.table, self.second)
        ]
        sampled = None if self.sampled is None else tuple(case for case in self.sampled if case in kept)
        return dataclasses.replace(self, table=tables[0], second=tables[1], sampled=sampled, notes=())

    def seconds(self) -> Ratings:
        """Give the second ratings as ratings of their own, to be scored like the first."""
        nothing = self.second.iloc[:0]
        return dataclasses.replace(self, table=self.second, second=nothing, sampled=None, notes=())

    def wide(self) -> pd.DataFrame:
        """Give one row a case and one column a criterion or item; "" where there is no rating."""
        return answers_frame(self.table, self.cases, self.question_ids)

    def __str__(self) -> str:
        rated = int((self.table[terms.RATING] != terms.MISSING).sum())
        second = int((self.second[terms.RATING] != terms.MISSING).sum())
        of = "" if self.sampled is None else f" of {len(self.sampled):,} sampled"
        lines = [f"{rated:,} ratings of {len(self.cases):,} cases{of}; {second:,} second ratings"]
        return "\n".join([*lines, *self.notes[:10]])

    def __repr__(self) -> str:
        return str(self)


def answers_frame(table: pd.DataFrame, cases: Sequence[str], question_ids: Sequence[str]) -> pd.DataFrame:
    """Spread ratings to one row a case and one column a question; ratings of other cases or questions are left out."""
    rows, columns = pd.Index(cases, dtype=object), pd.Index(question_ids, dtype=object)
    values = np.full((len(rows), len(columns)), terms.MISSING, dtype=object)
    row, column = rows.get_indexer(table[terms.CASE_ID]), columns.get_indexer(table[terms.CRITERION_ID])
    inside = (row >= 0) & (column >= 0) & (table[terms.RATING] != terms.MISSING).to_numpy(dtype=bool)
    values[row[inside], column[inside]] = table[terms.RATING].to_numpy(dtype=object)[inside]
    return pd.DataFrame(values, index=rows.rename(terms.CASE_ID), columns=columns, dtype=object)


def read_ratings(
    source: Source | Sequence[Source],
    framework: str | Path | Framework | Sequence[str | Path | Framework],
    sample: pd.DataFrame | str | Path | None = None,
) -> Ratings:
    """Read the ratings auditors returned, and name every one that does not fit.

    Parameters
    ----------
    source : path, DataFrame or Table, or a list of them
        CSV or .xlsx (the sheet "Ratings", else the first). Long: case_id, criterion_id, rating and, optionally,
        auditor and comment. Wide: case_id, optionally auditor and comment, and one column a criterion. The
        form is told by the headings.
    framework : name, path or Framework, or a list of them
        Whose criteria are rated. Cells hold labels ("Good", "Yes", "3 of 5", "met", "N/A") or, for graded
        criteria, the codes (4 for the best of four grades). A blank is a missing rating, not a problem.
    sample : DataFrame or path of a sample.csv, optional
        case_id and, where cases are rated twice, auditor and second_auditor. With it, a case that was not
        drawn is refused, and the second auditor's ratings are kept apart for agreement. Reserves (draw_status
        reserve) and cases recorded as not to be rated (ineligible, missing file, restricted, not returned) are
        not among the cases awaited; one that was rated all the same is named in the notes.

    Ratings of a shipped framework that was not asked for are checked, counted in the notes and left aside.

    Returns
    -------
    Ratings

    Raises
    ------
    RatingError
        Every wrong heading, cell, case and double rating of every table, each with its place.
    FileError
        A file that cannot be read.
    DesignError
        A sample.csv that is not whole.

    Checked against: tests/scoring/test_ratings.py.
    """
    tables, problems = _tables(source)
    cases = read_sample(sample) if isinstance(sample, str | Path) else sample
    ratings, found = right_ratings([FlawedTable(table) for table in tables], framework, cases)
    raise_if([*problems, *found], RatingError)
    return ratings


def right_ratings(
    parts: Sequence[FlawedTable],
    framework: str | Path | Framework | Sequence[str | Path | Framework],
    sample: pd.DataFrame | None = None,
    *,
    collected: Table | None = None,
) -> tuple[Ratings, list[Problem]]:
    """Read the ratings that are right, and name everything else: a cell that is wrong counts as missing.

    Parameters
    ----------
    parts : tables with what reading their files found already. framework, sample : as in `read_ratings`.
    collected : the table, of the parts, that was collected before: where two ratings differ, its own stands.
    """
    frameworks = _frameworks(framework)
    tables = [part.table for part in parts if part.table is not None]
    aside = also_rated(tables, frameworks)
    read: list[RatedTable] = []
    problems: list[Problem] = []
    for part in parts:
        if part.table is None:
            problems += part.problems
            continue
        rated, found = read_rated_table(part.table, [*frameworks, *aside], part.flaws)
        read.append(rated)
        problems += found
    assigned = None if sample is None else assigned_from(sample)
    frame = _together(read)
    if assigned is not None:
        found, outside = check_cases(frame, read, assigned)
        problems += found
        frame = frame[~outside].reset_index(drop=True)
    second = is_second(frame, assigned)
    found, unfit = check_twice(frame, read, second, assigned, _place(read, collected))
    problems += found
    frame = _without(frame, unfit)
    notes = [*_notes(frame, read, assigned, second), *aside_notes(frame, aside)]
    own = frame[terms.CRITERION_ID].isin([each.id for framework in frameworks for each in framework.questions])
    return _ratings(frame[own], second[own], frameworks, assigned, tuple(notes)), problems


def _place(read: Sequence[RatedTable], collected: Table | None) -> int | None:
    return next((number for number, each in enumerate(read) if each.table is collected), None)


def _without(frame: pd.DataFrame, unfit: pd.Series) -> pd.DataFrame:
    """Take the ratings that cannot stand out of a frame; their rows stay, as refused."""
    frame = frame.assign(**{REFUSED: frame[REFUSED].astype(bool) | unfit})
    frame.loc[unfit, terms.RATING] = terms.MISSING
    return frame


def _frameworks(given: str | Path | Framework | Sequence[str | Path | Framework]) -> list[Framework]:
    """Load the frameworks and refuse two that share an id."""
    several = [given] if isinstance(given, str | Path | Framework) else list(given)
    frameworks = [load_framework(each) for each in several]
    owners: dict[str, str] = {}
    problems = []
    for each in frameworks:
        for question in each.questions:
            if owners.setdefault(question.id, each.name) != each.name:
                what = f"{question.id} belongs to both {owners[question.id]} and {each.name}"
                problems.append(Problem(what, mend="Read their ratings one framework at a time."))
    raise_if(problems, RatingError)
    return frameworks


def _tables(source: Source | Sequence[Source]) -> tuple[list[Table], list[Problem]]:
    """Read every source; where there are several, a file that cannot be read is a problem among the others."""
    if isinstance(source, str | Path | pd.DataFrame | Table):
        return [_table(source)], []
    tables: list[Table] = []
    problems: list[Problem] = []
    for each in source:
        try:
            tables.append(_table(each))
        except FileError as refused:
            problems.extend(refused.problems)
    if problems and not tables:
        raise FileError(problems)
    return tables, problems


def _table(source: Source) -> Table:
    """Give one source as a table of text."""
    if isinstance(source, Table):
        return source
    if isinstance(source, pd.DataFrame):
        indexed = terms.CASE_ID not in source.columns and source.index.name == terms.CASE_ID
        return table_from_frame(source.reset_index() if indexed else source, "ratings")
    path = Path(source)
    has_sheet = path.suffix.casefold() == ".xlsx" and RATINGS_SHEET in sheet_names(path)
    return read_table(path, sheet=RATINGS_SHEET if has_sheet else None)


def _together(read: Sequence[RatedTable]) -> pd.DataFrame:
    """Give the ratings of all tables in one frame, with the table each came from."""
    frames = [each.frame.assign(**{SOURCE: number}) for number, each in enumerate(read)]
    together = (
        pd.concat(frames, ignore_index=True)
        if frames
        else pd.DataFrame(columns=[*terms.RATING_COLUMNS, POSITION, SOURCE, REFUSED])
    )
    return together[together[terms.CASE_ID] != ""].reset_index(drop=True)


def _notes(
    frame: pd.DataFrame, read: Iterable[RatedTable], assigned: Assigned | None, second: pd.Series
) -> tuple[str, ...]:
    """Say what was read as missing and what the sample did not foresee."""
    notes = [f"{each.table.name}: {note}" for each in read for note in each.table.notes]
    blank = int(((frame[terms.RATING] == terms.MISSING) & ~frame[REFUSED].astype(bool)).sum())
    if blank:
        notes.append(f"{blank:,} of {len(frame):,} cells are blank and count as missing.")
    if assigned is not None:
        rated = frame[terms.RATING] != terms.MISSING
        notes.extend(assigned.notes(frame[rated & ~second], frame[rated]))
    return tuple(notes)


def _ratings(
    frame: pd.DataFrame,
    second: pd.Series,
    frameworks: Sequence[Framework],
    assigned: Assigned | None,
    notes: tuple[str, ...],
) -> Ratings:
    """Build the result: rows that say nothing are dropped, as counted in the notes."""
    says = (frame[terms.RATING] != terms.MISSING) | (frame[terms.COMMENT] != "")
    columns = list(terms.RATING_COLUMNS)
    return Ratings(
        table=frame.loc[says & ~second, columns].reset_index(drop=True),
        second=frame.loc[says & second, columns].reset_index(drop=True),
        frameworks=tuple(each.name for each in frameworks),
        question_ids=tuple(question.id for each in frameworks for question in each.questions),
        sampled=None if assigned is None else assigned.drawn,
        notes=notes,
    )
