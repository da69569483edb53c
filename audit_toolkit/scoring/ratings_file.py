"""One table of ratings, long or wide, read into one row a rating with every problem named by its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import Place, Problem, did_you_mean, nearest
from audit_toolkit.files import Flaw, Table
from audit_toolkit.scoring.criterion import Criterion, Item
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.responses import read_rating
from audit_toolkit.scoring.row_key import ROW_KEY

# Columns the toolkit's own workbooks carry beside the ratings, for the person who fills them.
WORKBOOK_COLUMNS: Final = ("framework", "question", "look_for", "progress", terms.NA_REASON, ROW_KEY)
# Columns that say whose rating of what a row is: where one is spoiled, so is the row.
ID_COLUMNS: Final = (terms.CASE_ID, terms.CRITERION_ID, terms.AUDITOR, ROW_KEY)
# Stands between the reason for N/A and a remark, in the comment of ratings.csv.
AND: Final = "; "
LONG_REQUIRED: Final = (terms.CASE_ID, terms.CRITERION_ID, terms.RATING)
WIDE_COLUMNS: Final = (terms.CASE_ID, terms.AUDITOR, terms.COMMENT)
POSITION: Final = "position"
SOURCE: Final = "source"
REFUSED: Final = "refused"
# A longer list of criteria is not a remedy anybody reads.
LISTED_CRITERIA: Final = 8

Questions = Mapping[str, tuple[Framework, Criterion | Item]]


@dataclass(frozen=True, slots=True, eq=False)
class RatedTable:
    """The ratings of one table: `frame` has RATING_COLUMNS, the position of each in the table's cells, and refused."""

    table: Table
    frame: pd.DataFrame
    wide: bool

    def place(self, position: int, criterion_id: str, case: str) -> Place:
        """Say in which cell a rating stands."""
        return self.table.place(position, criterion_id if self.wide else terms.RATING, case)


def questions_of(frameworks: Sequence[Framework]) -> Questions:
    """Give every criterion and item of the frameworks by id."""
    return {each.id: (framework, each) for framework in frameworks for each in framework.questions}


def read_rated_table(
    table: Table, frameworks: Sequence[Framework], flaws: Sequence[Flaw] = ()
) -> tuple[RatedTable, list[Problem]]:
    """Read one table of ratings; the form is told by its headings.

    What is wrong is named, and not among the ratings: rows whose ids are spoiled are left out, and a cell that
    holds no rating counts as missing and is marked refused. `flaws` are what reading the file found already.
    """
    questions = questions_of(frameworks)
    wide = _is_wide(table, questions)
    problems = [flaw.problem for flaw in flaws]
    problems += _wide_headings(table, frameworks, questions) if wide else _long_headings(table)
    needed = (terms.CASE_ID,) if wide else LONG_REQUIRED
    if any(name not in table.columns for name in needed) or spoils_all(flaws):
        return RatedTable(table, _empty(), wide), problems
    frame = _melt(table, questions) if wide else _long(table)
    frame = _sound(frame, flaws, wide)
    read = RatedTable(table, frame, wide)
    problems.extend(_without_case(read))
    if not wide:
        problems.extend(_unknown_criteria(read, questions, frameworks))
        frame = frame[frame[terms.CRITERION_ID].isin(list(questions))]
    labels, refused = _labels(RatedTable(table, frame, wide), questions)
    frame = frame.assign(
        **{
            terms.RATING: pd.Series([label or "" for label in labels], index=frame.index, dtype=object),
            REFUSED: frame[REFUSED] | pd.Series([label is None for label in labels], index=frame.index, dtype=bool),
        }
    )
    return RatedTable(table, frame.reset_index(drop=True), wide), problems + refused


def spoils_all(flaws: Sequence[Flaw]) -> bool:
    """Say whether a flaw spoils every row of a table: the whole of it, or a column of ids."""
    return any(flaw.position is None and flaw.heading in (None, *ID_COLUMNS) for flaw in flaws)


def _sound(frame: pd.DataFrame, flaws: Sequence[Flaw], wide: bool) -> pd.DataFrame:
    """Leave out the rows whose ids are spoiled, and mark the cells whose rating is."""
    dropped = {flaw.position for flaw in flaws if flaw.heading in (None, *ID_COLUMNS)}
    refused = pd.Series(False, index=frame.index, dtype=bool)
    for flaw in flaws:
        if flaw.heading in (None, "", *ID_COLUMNS):
            continue
        here = frame[terms.CRITERION_ID] == flaw.heading if wide else flaw.heading == terms.RATING
        refused |= here if flaw.position is None else here & (frame[POSITION] == flaw.position)
    frame = frame.assign(**{REFUSED: refused})
    frame.loc[refused, terms.RATING] = terms.MISSING
    return frame[~frame[POSITION].isin(list(dropped))]


def _is_wide(table: Table, questions: Questions) -> bool:
    """Say whether the table has one column a criterion."""
    if terms.CRITERION_ID in table.columns or terms.RATING in table.columns:
        return False
    if any(name in questions for name in table.columns):
        return True
    return not any(nearest(name, (terms.CRITERION_ID, terms.RATING)) for name in table.columns)


def _long_headings(table: Table) -> list[Problem]:
    """List the headings of the long form that are missing and those that do not belong."""
    known = (*terms.RATING_COLUMNS, *WORKBOOK_COLUMNS)
    return [
        *_missing(table, LONG_REQUIRED),
        *_extra(table, [name for name in table.columns if name not in known], known),
    ]


def _missing(table: Table, names: Sequence[str]) -> list[Problem]:
    """List the headings that must be there and are not."""
    absent = [name for name in names if name not in table.columns]
    return [Problem(f"{each} is missing", table.heading_place(), f'Add a column headed "{each}".') for each in absent]


def _extra(table: Table, names: Sequence[str], known: Sequence[str]) -> list[Problem]:
    """List the headings that do not belong."""
    return [
        Problem(f"{each} is not a column of ratings", table.heading_place(each), did_you_mean(each, known))
        for each in names
    ]


def _wide_headings(table: Table, frameworks: Sequence[Framework], questions: Questions) -> list[Problem]:
    """List the criteria of the wide form that are unknown and those that are missing."""
    problems = _missing(table, (terms.CASE_ID,))
    unknown = [name for name in table.columns if name not in questions and name not in WIDE_COLUMNS]
    for name in unknown:
        problems.append(_not_a_criterion(name, table.heading_place(name), frameworks, questions, extra=WIDE_COLUMNS))
    for framework in frameworks:
        own = (*framework.criterion_ids, *framework.item_ids)
        if len(frameworks) > 1 and not any(name in table.columns for name in own):
            continue
        for criterion in framework.criteria:
            if criterion.id not in table.columns and criterion.response != terms.TIMELINESS:
                mend = f'Add a column headed "{criterion.id}"; leave its cells blank where there is no rating.'
                problems.append(Problem(f"{criterion.id} of {framework.name} is missing", table.heading_place(), mend))
    if not any(name in table.columns for name in questions) and not unknown:
        problems.append(
            Problem("there is no column of ratings", table.heading_place(), "Give each criterion a column.")
        )
    return problems


def _not_a_criterion(
    name: str, where: Place, frameworks: Sequence[Framework], questions: Questions, extra: Sequence[str] = ()
) -> Problem:
    """Say that a text names no criterion, and which it may mean."""
    names = [framework.name for framework in frameworks]
    of = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    near = nearest(name, (*questions, *extra))
    listed = (
        f"Use one of: {', '.join(questions)}." if len(questions) <= LISTED_CRITERIA else "Use the ids of the framework."
    )
    mend = f'Did you mean "{near}"?' if near else listed
    return Problem(f"{name} is not a criterion of {of}", where, mend)


def _long(table: Table) -> pd.DataFrame:
    """Give the rows of the long form; rows with neither rating nor comment stay, as missing."""
    cells = table.cells
    frame = pd.DataFrame(
        {name: cells[name] if name in table.columns else "" for name in terms.RATING_COLUMNS},
        index=cells.index,
        dtype=object,
    )
    if terms.NA_REASON in table.columns:
        both = zip(cells[terms.NA_REASON], frame[terms.COMMENT], strict=True)
        frame[terms.COMMENT] = pd.Series([reason_and_comment(*each) for each in both], index=frame.index, dtype=object)
    return frame.assign(**{POSITION: np.arange(len(frame))})


def reason_and_comment(reason: str, comment: str) -> str:
    """Give the comment of ratings.csv: the reason for N/A at its head, where there is one."""
    if not reason.strip() or reason == comment:
        return comment
    return f"{reason}{AND}{comment}" if comment.strip() else reason


def _melt(table: Table, questions: Questions) -> pd.DataFrame:
    """Give one row a case and criterion; the comment of a case stands on its first criterion."""
    cells = table.cells
    criteria = [name for name in table.columns if name in questions]
    count = len(criteria)
    positions = np.repeat(np.arange(len(cells)), count)
    comments = np.full((len(cells), count), "", dtype=object)
    if terms.COMMENT in table.columns and count:
        comments[:, 0] = cells[terms.COMMENT]
    columns = {
        terms.CASE_ID: cells[terms.CASE_ID].to_numpy(dtype=object)[positions],
        terms.CRITERION_ID: np.tile(np.array(criteria, dtype=object), len(cells)),
        terms.RATING: cells[criteria].to_numpy(dtype=object).ravel(),
        terms.AUDITOR: cells[terms.AUDITOR].to_numpy(dtype=object)[positions] if terms.AUDITOR in table.columns else "",
        terms.COMMENT: comments.ravel(),
    }
    return pd.DataFrame(columns, index=range(len(positions)), dtype=object).assign(**{POSITION: positions})


def _empty() -> pd.DataFrame:
    """Give no ratings at all."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in terms.RATING_COLUMNS}).assign(
        **{POSITION: pd.Series(dtype=int), REFUSED: pd.Series(dtype=bool)}
    )


def _without_case(read: RatedTable) -> list[Problem]:
    """List the rows that hold something and no case id."""
    frame = read.frame
    positions = dict.fromkeys(frame.loc[frame[terms.CASE_ID] == "", POSITION])
    mend = "Write the case_id exactly as in the sample."
    return [Problem("the case id is empty", read.table.place(each, terms.CASE_ID), mend) for each in positions]


def _unknown_criteria(read: RatedTable, questions: Questions, frameworks: Sequence[Framework]) -> list[Problem]:
    """List the rows whose criterion is not of the frameworks."""
    frame = read.frame[~read.frame[terms.CRITERION_ID].isin(list(questions))]
    problems: list[Problem] = []
    for name, case, position in zip(frame[terms.CRITERION_ID], frame[terms.CASE_ID], frame[POSITION], strict=True):
        where = read.table.place(position, terms.CRITERION_ID, case)
        if name == "":
            problems.append(Problem("the criterion is empty", where, "Write the id of the criterion, such as AQ01."))
        else:
            problems.append(_not_a_criterion(name, where, frameworks, questions))
    return problems


def _labels(read: RatedTable, questions: Questions) -> tuple[list[str | None], list[Problem]]:
    """Read every cell: its label, or None and a problem that names it. Each text of a criterion is judged once."""
    frame = read.frame
    judged: dict[tuple[str, str], str | Problem] = {}
    labels: list[str | None] = []
    problems: list[Problem] = []
    columns = (frame[terms.CRITERION_ID], frame[terms.RATING], frame[terms.CASE_ID], frame[POSITION])
    for criterion_id, text, case, position in zip(*columns, strict=True):
        found = judged.get((criterion_id, text))
        if found is None:
            found = judged[criterion_id, text] = read_rating(text, *questions[criterion_id])
        if isinstance(found, Problem):
            about = "" if read.wide else f" ({criterion_id})"
            problems.append(Problem(found.what + about, read.place(position, criterion_id, case), found.mend))
        labels.append(found if isinstance(found, str) else None)
    return labels, problems
