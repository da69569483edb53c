"""Ratings that came back: workbooks and CSVs in any mix, read together, every mistake named, nothing half taken."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import AuditError, Problem, RatingError, did_you_mean
from audit_toolkit.files import Table, list_files, parse_date, read_table
from audit_toolkit.sampling import read_log, read_plan, read_receipt, read_sample, unread_apart
from audit_toolkit.scoring.assigned import NOT_AWAITED
from audit_toolkit.scoring.facts import read_facts
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.issue import facts_needed
from audit_toolkit.scoring.ratings import Ratings, read_ratings
from audit_toolkit.scoring.returned import READ, UNREAD, Alert, of_another_round, read_returned, reasonless
from audit_toolkit.scoring.round_files import issued_dates, plan_frameworks, round_facts

if TYPE_CHECKING:
    import pandas as pd

KEY = [terms.CASE_ID, terms.CRITERION_ID, terms.AUDITOR]
Facts = dict[tuple[str, str], str]


class NotCollectedError(RatingError):
    """What came back cannot be taken as it is; its `alerts` must be told all the same."""

    def __init__(self, problems: Iterable[Problem], alerts: Iterable[Alert]) -> None:
        super().__init__(problems)
        self.alerts: tuple[Alert, ...] = tuple(alerts)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Collected:
    """Everything that came back for a round: ratings, dates, and alerts to be told today."""

    ratings: Ratings
    facts: pd.DataFrame
    alerts: tuple[Alert, ...]
    outstanding: tuple[tuple[str, int], ...]
    notes: tuple[str, ...] = ()

    def ratings_table(self) -> pd.DataFrame:
        """Give first and second ratings together, as ratings.csv holds them."""
        import pandas as pd

        both = pd.concat([self.ratings.table, self.ratings.second], ignore_index=True)
        return both[list(terms.RATING_COLUMNS)].astype(object)

    def summary(self) -> str:
        """Say what came back and what is still out, without the alerts."""
        second = self.ratings.second
        twice = second.loc[second[terms.RATING] != terms.MISSING, terms.CASE_ID].nunique()
        rated = int((self.ratings.table[terms.RATING] != terms.MISSING).sum())
        lines = [f"{rated:,} ratings of {len(self.ratings.cases)} cases, {twice} of them by two auditors"]
        lines += [
            f"not returned yet: {name}, {count} case{'s' if count > 1 else ''}" for name, count in self.outstanding
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.alerts), self.summary()])

    def __repr__(self) -> str:
        return str(self)


def collect_returned(
    sources: Sequence[str | Path],
    frameworks: Sequence[Framework],
    sample: pd.DataFrame,
    known: pd.DataFrame | None,
    *,
    before: Table | None = None,
    dates_before: pd.DataFrame | None = None,
    unread: Collection[str] = (),
) -> Collected:
    """Read everything that came back against the sample that was issued.

    Parameters
    ----------
    sources : paths of workbooks and CSVs (ratings in long or wide form, or dates as case_id, fact, value).
    frameworks : what was asked. sample : the issued sample.csv as read. known : facts the register knew.
    before, dates_before : ratings and dates of an earlier collection. What is not among these files is kept; a
        rating that differs is refused.
    unread : must-audit or hand-chosen cases that the log says cannot be rated: nobody waits for them.

    Returns
    -------
    Collected. A date an auditor wrote stands before the register's, and each such difference is counted.

    Raises
    ------
    NotCollectedError naming every mistake of every file at once, with the alerts that were found.
    """
    returned = read_returned(Path(source) for source in sources)
    problems = list(returned.problems)
    if not returned.ratings and before is None and not problems:
        problems.append(Problem("no ratings came back", terms.RETURNED, "Put the workbooks and CSVs there."))
    strange = {table: of_another_round(table, sample[terms.CASE_ID]) for table in (*returned.ratings, *returned.dates)}
    problems += [problem for problem in strange.values() if problem is not None]
    tables = [table for table in returned.ratings if strange[table] is None]
    ratings, kept, found = _ratings(tables, before, frameworks, sample)
    dates, unfit = _dates([table for table in returned.dates if strange[table] is None], frameworks, sample)
    problems += [*found, *unfit]
    if problems or ratings is None:
        raise NotCollectedError(problems, returned.alerts)
    merged, changed = _merged(known, dates_before, dates)
    notes = [*returned.notes, *ratings.notes, *_notes(changed, reasonless(tables), kept)]
    return Collected(ratings, merged, returned.alerts, _outstanding(ratings, sample, unread), tuple(notes))


def _notes(changed: int, without_reason: int, kept: int) -> list[str]:
    notes = []
    if changed:
        notes.append(f"{_counted(changed, 'date differs', 'dates differ')} from the register; the auditors' are taken.")
    if without_reason:
        notes.append(f"{_counted(without_reason, 'N/A answer gives', 'N/A answers give')} no reason in the comment.")
    if kept:
        stay = "stays as it was" if kept == 1 else "stay as they were"
        notes.append(f"{_counted(kept, 'rating', 'ratings')} collected before did not come again and {stay}.")
    return notes


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _ratings(
    tables: Sequence[Table], before: Table | None, frameworks: Sequence[Framework], sample: pd.DataFrame
) -> tuple[Ratings | None, int, list[Problem]]:
    """Read the ratings, with those of an earlier collection that did not come again; count these."""
    try:
        ratings = read_ratings(list(tables), frameworks, sample) if tables else None
        if before is None:
            return ratings, 0, []
        given = _answers(ratings)
        rest = _not_again(before, ratings, given)
        if any(rest):
            ratings = read_ratings([*tables, _rows(before, rest)], frameworks, sample)
        return ratings, sum(rest), _changed(before, given)
    except AuditError as refused:
        return None, 0, list(refused.problems)


def _answers(ratings: Ratings | None) -> Mapping[tuple[str, ...], str]:
    """Give each rating by case, criterion and auditor."""
    answers: dict[tuple[str, ...], str] = {}
    for table in (ratings.table, ratings.second) if ratings is not None else ():
        rated = table[table[terms.RATING] != terms.MISSING]
        answers |= zip(rated[KEY].itertuples(index=False, name=None), rated[terms.RATING], strict=True)
    return answers


def _not_again(before: Table, ratings: Ratings | None, given: Mapping[tuple[str, ...], str]) -> list[bool]:
    """Say of each row collected before whether it did not come again: its rating, or where it has none its comment."""
    tables = (ratings.table, ratings.second) if ratings is not None else ()
    written = {key for table in tables for key in table[KEY].itertuples(index=False, name=None)}
    rows = zip(before.cells[KEY].itertuples(index=False, name=None), before.cells[terms.RATING], strict=True)
    return [key not in given if rating else key not in written for key, rating in rows]


def _changed(before: Table, given: Mapping[tuple[str, ...], str]) -> list[Problem]:
    """Name the ratings that were collected before and came back otherwise."""
    problems = []
    rows = zip(before.cells[KEY].itertuples(index=False, name=None), before.cells[terms.RATING], strict=True)
    for position, (key, rating) in enumerate(rows):
        if rating and given.get(key, rating) != rating:
            what = f"{key[1]} was {rating} when {key[2]} sent it first, and is {given[key]} now"
            mend = "Take the file out that is wrong, or collect with --force to take what is in the files now."
            problems.append(Problem(what, before.place(position, terms.RATING, key[0]), mend))
    return problems


def _rows(table: Table, kept: Sequence[bool]) -> Table:
    """Give some rows of a table, each still knowing where it stands."""
    cells = table.cells[list(kept)].reset_index(drop=True)
    rows = tuple(row for row, wanted in zip(table.rows, kept, strict=True) if wanted)
    return dataclasses.replace(table, cells=cells, rows=rows, number_formats={}, line_breaks={}, notes=())


def _dates(
    tables: Sequence[Table], frameworks: Sequence[Framework], sample: pd.DataFrame
) -> tuple[Facts, list[Problem]]:
    """Read the dates auditors wrote; name what was not asked for, and what two of them say differently."""
    needed, issued = facts_needed(frameworks), set(sample[terms.CASE_ID])
    values: Facts = {}
    stood: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []
    for table in tables:
        try:
            facts = read_facts(table)
        except AuditError as refused:
            problems += refused.problems
            continue
        rows = facts[list(terms.FACT_COLUMNS)].itertuples(index=False, name=None)
        for position, (case, fact, value) in enumerate(rows):
            key, where = (case, fact), table.place(position, terms.VALUE, case)
            if case not in issued:
                problems.append(Problem("the case was not issued", where, "Take the row out, or put its id right."))
            elif fact not in needed:
                problems.append(Problem(f"{fact} is not a date asked for", where, did_you_mean(fact, needed)))
            elif value and value != values.setdefault(key, value):
                what = f"{fact} is {value} here and {values[key]} in {stood[key]}"
                problems.append(Problem(what, where, "Look in the file and put one of the two right."))
            if value:
                stood.setdefault(key, f"{table.name}, row {table.rows[position]}")
    return values, problems


def _merged(known: pd.DataFrame | None, before: pd.DataFrame | None, returned: Facts) -> tuple[pd.DataFrame, int]:
    """Put the dates auditors wrote before those of the register; count the ones that differ."""
    import pandas as pd

    register = _facts(known)
    written = {**_facts(before), **returned}
    changed = sum(key in register and not _same(register[key], value) for key, value in written.items())
    rows = [(case, fact, value) for (case, fact), value in sorted({**register, **written}.items())]
    return pd.DataFrame(rows, columns=list(terms.FACT_COLUMNS), dtype=object), changed


def _facts(frame: pd.DataFrame | None) -> Facts:
    if frame is None:
        return {}
    rows = frame[list(terms.FACT_COLUMNS)].itertuples(index=False, name=None)
    return {(case, fact): value for case, fact, value in rows if value}


def _same(one: str, other: str) -> bool:
    if one == other or terms.NA_RATING in (one, other):
        return one == other
    return parse_date(one) == parse_date(other)


def _outstanding(ratings: Ratings, sample: pd.DataFrame, unread: Collection[str]) -> tuple[tuple[str, int], ...]:
    """Name the auditors whose cases have not come back, with the number of cases; none is awaited that was recorded."""
    counts: dict[str, int] = {}
    awaited = sample[~sample[terms.DRAW_STATUS].isin(NOT_AWAITED) & ~sample[terms.CASE_ID].isin(list(unread))]
    for column, table in ((terms.AUDITOR, ratings.table), (terms.SECOND_AUDITOR, ratings.second)):
        rated = set(table.loc[table[terms.RATING] != terms.MISSING, terms.CASE_ID])
        for case, name in zip(awaited[terms.CASE_ID], awaited[column], strict=True):
            if name and case not in rated:
                counts[str(name)] = counts.get(str(name), 0) + 1
    return tuple(sorted(counts.items()))


def _unread(folder: Path) -> Collection[str]:
    """Give the cases outside the random sample that the log says cannot be rated."""
    if not (folder / terms.LOG_FILE).exists():
        return ()
    receipt, _ = read_receipt(folder / terms.RECEIPT_FILE)
    entries, _ = read_log(folder / terms.LOG_FILE, receipt)
    return unread_apart(entries)


def collect_ratings(folder: str | Path, *sources: str | Path, afresh: bool = False) -> Collected:
    """Read what came back for a round against the sample that was issued; nothing is written.

    Parameters
    ----------
    folder : the round folder. sources : workbooks and CSVs; default everything in its returned/.
    afresh : leave aside what was collected before, so that ratings may change or go.

    Returns
    -------
    Collected. Ratings and dates collected before that are not among these files are kept, and counted.

    Raises
    ------
    NotCollectedError naming every mistake of every file at once, and every rating that changed since it was
    collected, with the alerts that were found. FileError, DesignError if the round cannot be read.
    """
    folder = Path(folder)
    frameworks = plan_frameworks(read_plan(folder))
    sample = read_sample(folder / terms.SAMPLE_FILE)
    returned = [Path(source) for source in sources] or list_files(folder / terms.RETURNED, READ)
    unread = [] if sources else list_files(folder / terms.RETURNED, UNREAD)
    issued = sample[sample[terms.DRAW_STATUS] != terms.RESERVE]
    earlier = folder / terms.RATINGS_FILE
    before = read_table(earlier, required=terms.RATING_COLUMNS) if earlier.exists() and not afresh else None
    dates = None if afresh else round_facts(folder)
    collected = collect_returned(
        returned,
        list(frameworks.values()),
        issued,
        issued_dates(folder),
        before=before,
        dates_before=dates,
        unread=_unread(folder),
    )
    notes = [f"{path.name} was not read: save it as .xlsx or .csv and collect again." for path in unread]
    return dataclasses.replace(collected, notes=(*notes, *collected.notes))
