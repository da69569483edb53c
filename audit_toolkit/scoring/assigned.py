"""Who was to rate what: ratings of cases not drawn, and second ratings nobody asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError, raise_if
from audit_toolkit.files import table_from_frame
from audit_toolkit.scoring.likeness import Likeness
from audit_toolkit.scoring.ratings_file import POSITION, SOURCE, RatedTable
from audit_toolkit.scoring.rows import listed_rows

Row: TypeAlias = dict[str, object]

# Ids named one by one in a note before the rest are counted.
NAMED_CASES = 5
# Draw statuses of cases that no rating is awaited for.
NOT_AWAITED = (terms.RESERVE, *terms.DISPOSITIONS)
# What to do about ratings of a case that was recorded as not to be rated.
FOUND_AFTER_ALL = "If the case was read after all, run replace --found."
LATE: Mapping[str, str] = {
    terms.INELIGIBLE: "If it was eligible after all, run replace --found.",
    **dict.fromkeys((terms.MISSING_FILE, terms.RESTRICTED, terms.NOT_RETURNED), FOUND_AFTER_ALL),
}


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """The sample as far as ratings need it: the cases to rate, and each case's first and second auditor.

    `reserves` were not opened; `disposed` were recorded as not to be rated, each with its disposition.
    """

    drawn: tuple[str, ...]
    reserves: frozenset[str]
    disposed: Mapping[str, str]
    first: Mapping[str, str]
    second: Mapping[str, str]

    def notes(self, scored: pd.DataFrame, rated: pd.DataFrame) -> list[str]:
        """Say which ratings came from reserves, from another auditor than assigned, or of cases not to be rated.

        `scored` are the ratings that score, `rated` those and the blind second ones.
        """
        pairs = scored[[terms.CASE_ID, terms.AUDITOR]].drop_duplicates()
        reserves = [case for case in dict.fromkeys(pairs[terms.CASE_ID]) if case in self.reserves]
        other = [
            case
            for case, auditor in zip(pairs[terms.CASE_ID], pairs[terms.AUDITOR], strict=True)
            if auditor and self.first.get(case) and auditor != self.first[case]
        ]
        found = []
        if reserves:
            found.append(f"{_counted(reserves)} rated from the reserves: {_named(reserves)}.")
        if other:
            found.append(f"{_counted(other)} rated by someone other than the auditor assigned: {_named(other)}.")
        return found + self._disposed_notes(rated)

    def _disposed_notes(self, rated: pd.DataFrame) -> list[str]:
        """Say which cases have ratings although they were recorded as not to be rated: nothing of them is lost."""
        back: dict[str, list[str]] = defaultdict(list)
        for case in dict.fromkeys(rated[terms.CASE_ID]):
            if case in self.disposed:
                back[self.disposed[case]].append(case)
        found = []
        for status, cases in back.items():
            many = f"{_named(cases)} {'is' if len(cases) == 1 else 'are'} recorded as {status}"
            found.append(f"{many}, and ratings came back: they are kept, and left out of every result. {LATE[status]}")
        return found


def _counted(cases: Sequence[str]) -> str:
    return f"{len(cases):,} case was" if len(cases) == 1 else f"{len(cases):,} cases were"


def _named(cases: Sequence[str]) -> str:
    more = len(cases) - NAMED_CASES
    return ", ".join(cases[:NAMED_CASES]) + (f" and {more:,} more" if more > 0 else "")


def assigned_from(sample: pd.DataFrame) -> Assigned:
    """Read the sample's cases and auditors as text."""
    columns = (terms.CASE_ID, terms.AUDITOR, terms.SECOND_AUDITOR, terms.DRAW_STATUS)
    if terms.CASE_ID not in sample.columns:
        raise RatingError(Problem("case_id is missing", "sample", 'Give the sample a column headed "case_id".'))
    cells = table_from_frame(sample[[name for name in columns if name in sample.columns]], "sample").cells
    cases = list(cells[terms.CASE_ID])
    twice = cells.loc[cells[terms.CASE_ID].duplicated(), terms.CASE_ID]
    raise_if((Problem(f"case {each} stands twice", "sample", "Keep one row a case.") for each in twice), RatingError)
    status = list(cells[terms.DRAW_STATUS]) if terms.DRAW_STATUS in cells else [terms.SAMPLED] * len(cases)
    auditors = {name: dict(zip(cases, cells[name], strict=True)) if name in cells else {} for name in columns[1:3]}
    return Assigned(
        drawn=tuple(case for case, state in zip(cases, status, strict=True) if state not in NOT_AWAITED),
        reserves=frozenset(case for case, state in zip(cases, status, strict=True) if state == terms.RESERVE),
        disposed={case: state for case, state in zip(cases, status, strict=True) if state in terms.DISPOSITIONS},
        first=auditors[terms.AUDITOR],
        second={case: auditor for case, auditor in auditors[terms.SECOND_AUDITOR].items() if auditor},
    )


def check_cases(frame: pd.DataFrame, read: Sequence[RatedTable], assigned: Assigned) -> tuple[list[Problem], pd.Series]:
    """List the cases that were not drawn, once a table, with the sampled id each may mean; mark their ratings."""
    likeness = Likeness((*assigned.drawn, *assigned.reserves, *assigned.disposed))
    outside = ~frame[terms.CASE_ID].isin(list(likeness.issued))
    strange = frame[outside].drop_duplicates(subset=[SOURCE, terms.CASE_ID])
    problems = []
    for case, position, source in zip(strange[terms.CASE_ID], strange[POSITION], strange[SOURCE], strict=True):
        where = read[source].table.place(position, terms.CASE_ID, case)
        problems.append(Problem(f"{case} is not a case of this sample", where, likeness.mend(case)))
    return problems, outside


def is_second(frame: pd.DataFrame, assigned: Assigned | None) -> pd.Series:
    """Say of each rating whether it is the blind second one that the sample asked for."""
    if assigned is None or not assigned.second:
        return pd.Series(False, index=frame.index, dtype=bool)
    expected = frame[terms.CASE_ID].map(assigned.second)
    return (expected == frame[terms.AUDITOR]).astype(bool)


def check_twice(
    frame: pd.DataFrame,
    read: Sequence[RatedTable],
    second: pd.Series,
    assigned: Assigned | None,
    collected: int | None = None,
) -> tuple[list[Problem], pd.Series]:
    """List the ratings of a case and criterion that has one already: once a pair of rows, or of two auditors.

    Marked are those that cannot stand: all of a case and criterion where they differ, all but the first where they
    are the same. `collected` is the table of what was collected before, whose ratings stand.
    """
    rated = frame.assign(second=second)[frame[terms.RATING] != terms.MISSING]
    keys = [terms.CASE_ID, terms.CRITERION_ID, "second"]
    doubled = rated[rated.duplicated(subset=keys, keep=False)]
    unfit = pd.Series(False, index=frame.index, dtype=bool)
    pairs: dict[tuple[object, ...], list[tuple[Row, Row]]] = defaultdict(list)
    for _, group in doubled.groupby(keys, sort=False):
        unfit[_unfit(group, collected)] = True
        rows = list(group.to_dict(orient="records"))
        for row in rows[1:]:
            same = row[terms.AUDITOR] == rows[0][terms.AUDITOR]
            places = (row[POSITION], rows[0][POSITION]) if same else (row[terms.AUDITOR], rows[0][terms.AUDITOR])
            pairs[(row[terms.CASE_ID], row[SOURCE], rows[0][SOURCE], same, *places)].append((rows[0], row))
    return [_twice(each, read, assigned) for each in pairs.values()], unfit


def _unfit(group: pd.DataFrame, collected: int | None) -> list[object]:
    """Give the rows, of those of one case and criterion, that cannot stand."""
    before = group[group[SOURCE] == collected]
    if len(before) == 1:
        return [row for row in group.index if row != before.index[0]]
    alike = group[terms.RATING].nunique() == 1 and group[terms.AUDITOR].nunique() == 1
    return list(group.index[1:]) if alike else list(group.index)


def _twice(pairs: Sequence[tuple[Row, Row]], read: Sequence[RatedTable], assigned: Assigned | None) -> Problem:
    """Say that a case was rated twice, by whom, and where the first ratings stand."""
    first, row = pairs[0]
    table = read[_number(row[SOURCE])]
    earlier = read[_number(first[SOURCE])].table
    there = listed_rows(earlier, [_number(each[POSITION]) for each, _ in pairs])
    here = listed_rows(table.table, [_number(each[POSITION]) for _, each in pairs])
    if earlier is not table.table:
        there = f"{there} of {earlier.name}"
    about = str(row[terms.CRITERION_ID]) if len(pairs) == 1 and not table.wide else "the case"
    where = table.table.place(_number(row[POSITION]), None, str(row[terms.CASE_ID]))
    one, other = str(first[terms.AUDITOR]), str(row[terms.AUDITOR])
    if one == other:
        by = f" by {other}" if other else ""
        return Problem(f"{about} is rated a second time{by}; first on {there}", where, "Keep one of the two rows.")
    on = f" on {here}" if here.startswith("rows") else ""
    pair = f"{other or 'nobody named'}{on}, and by {one or 'nobody named'} on {there}"
    what = f"{about} is rated by {pair}: a second auditor nobody assigned"
    mend = "Keep one rating" + ("." if assigned is not None else ", or give the sample that names a second_auditor.")
    return Problem(what, where, mend)


def _number(value: object) -> int:
    """Give the whole number a cell of a frame holds."""
    return int(str(value))
