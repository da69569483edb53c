"""Ratings that came back: workbooks and CSVs in any mix, read together, every mistake named, nothing half taken."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import AuditError, Problem, RatingError, did_you_mean
from audit_toolkit.files import Table, list_files, parse_date, read_sheets, read_table
from audit_toolkit.sampling import read_plan, read_sample
from audit_toolkit.scoring.facts import read_facts
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.issue import ALERT_COLUMNS, CASES, DATES, NEEDED_FOR, RATINGS, TOLD, facts_needed
from audit_toolkit.scoring.ratings import Ratings, read_ratings
from audit_toolkit.scoring.round_files import issued_dates, plan_frameworks

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Alert:
    """Something an auditor must have told the manager the same day: never a score."""

    kind: str
    case_id: str
    file: str
    told: str

    def __str__(self) -> str:
        told = f" Told: {self.told}" if self.told else " Nobody is named as told."
        return f"{self.kind.replace('_', ' ').upper()}: case {self.case_id} ({self.file}).{told}"


@dataclass(frozen=True, slots=True)
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
        twice = f", {self.ratings.second[terms.CASE_ID].nunique()} of them by two auditors"
        lines = [f"{len(self.ratings.table):,} ratings of {len(self.ratings.cases)} cases{twice}"]
        lines += [f"not returned yet: {name}, {count} cases" for name, count in self.outstanding]
        return "\n".join(lines)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.alerts), self.summary()])


def collect_returned(
    sources: Sequence[str | Path],
    frameworks: Sequence[Framework],
    sample: pd.DataFrame,
    known: pd.DataFrame | None,
) -> Collected:
    """Read everything that came back against the sample that was issued.

    Parameters
    ----------
    sources : paths of workbooks and CSVs (ratings in long or wide form, or dates as case_id, fact, value).
    frameworks : what was asked. sample : the issued sample.csv as read. known : facts the register knew.

    Returns
    -------
    Collected. A date an auditor wrote stands before the register's, and each such difference is counted.

    Raises
    ------
    RatingError or FileError naming every mistake of every file at once.
    """
    problems: list[Problem] = []
    tables: list[Table] = []
    dates: list[Table] = []
    alerts: list[Alert] = []
    for source in sources:
        try:
            found = _read_source(Path(source))
        except AuditError as refused:
            problems += refused.problems
            continue
        tables += found.ratings
        dates += found.dates
        for table in found.cases:
            alerts += _alerts(table)
    if not tables and not problems:
        problems.append(Problem("nothing came back", "returned", "Put the workbooks and CSVs in returned/."))
    ratings = _ratings(tables, frameworks, sample, problems)
    facts = _facts(dates, frameworks, sample, problems)
    if problems or ratings is None:
        raise RatingError(problems)
    merged, notes = _merge(known, facts)
    return Collected(ratings, merged, tuple(alerts), _outstanding(ratings, sample), (*ratings.notes, *notes))


def _ratings(
    tables: Sequence[Table], frameworks: Sequence[Framework], sample: pd.DataFrame, problems: list[Problem]
) -> Ratings | None:
    try:
        return read_ratings(list(tables), frameworks, sample) if tables else None
    except AuditError as refused:
        problems += refused.problems
        return None


def _facts(
    tables: Sequence[Table], frameworks: Sequence[Framework], sample: pd.DataFrame, problems: list[Problem]
) -> list[pd.DataFrame]:
    needed = facts_needed(frameworks)
    issued = set(sample[sample[terms.DRAW_STATUS] != terms.RESERVE][terms.CASE_ID])
    found = []
    for table in tables:
        try:
            found.append(read_facts(_without_hints(table)))
        except AuditError as refused:
            problems += refused.problems
            continue
        for position, (case, fact) in enumerate(zip(table.cells[terms.CASE_ID], table.cells[terms.FACT], strict=True)):
            if case not in issued:
                where = table.place(position, terms.CASE_ID, str(case))
                problems.append(Problem("the case was not issued", where, "Take the row out, or put its id right."))
            if fact not in needed:
                where = table.place(position, terms.FACT, str(case))
                problems.append(Problem(f"{fact} is not a date asked for", where, did_you_mean(str(fact), needed)))
    return found


def _without_hints(table: Table) -> Table:
    """Leave out the column of our own workbooks that says what a date is needed for."""
    kept = tuple(name for name in table.columns if name != NEEDED_FOR)
    positions = tuple(table.columns.index(name) for name in kept)
    return dataclasses.replace(table, columns=kept, cells=table.cells[list(kept)], column_positions=positions)


def _merge(known: pd.DataFrame | None, returned: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, list[str]]:
    """Put the dates auditors wrote before those of the register; say how many differ."""
    import pandas as pd

    values = {} if known is None else {(case, fact): value for case, fact, value in known.itertuples(index=False)}
    changed = 0
    for facts in returned:
        for case, fact, value in facts[list(terms.FACT_COLUMNS)].itertuples(index=False):
            if value:
                changed += (case, fact) in values and not _same_date(values[case, fact], value)
                values[case, fact] = value
    rows = [(case, fact, value) for (case, fact), value in sorted(values.items())]
    merged = pd.DataFrame(rows, columns=list(terms.FACT_COLUMNS), dtype=object)
    notes = [f"{changed} dates differ from the register; the auditors' are taken."] if changed else []
    return merged, notes


def _same_date(one: str, other: str) -> bool:
    if one == other or terms.NA_RATING in (one, other):
        return one == other
    return parse_date(one) == parse_date(other)


def _alerts(table: Table) -> list[Alert]:
    found = []
    for kind in ALERT_COLUMNS:
        if kind in table.columns:
            told = table.cells[TOLD] if TOLD in table.columns else [""] * len(table.rows)
            found += [
                Alert(kind, str(case), table.name, str(text))
                for case, answer, text in zip(table.cells[terms.CASE_ID], table.cells[kind], told, strict=True)
                if str(answer).strip().casefold() not in ("", terms.NO.casefold())
            ]
    return found


def _outstanding(ratings: Ratings, sample: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    """Name the auditors whose cases have not come back, with the number of cases."""
    counts: dict[str, int] = {}
    for column, table in ((terms.AUDITOR, ratings.table), (terms.SECOND_AUDITOR, ratings.second)):
        rated = set(table[terms.CASE_ID])
        for case, name in zip(sample[terms.CASE_ID], sample[column], strict=True):
            if name and case not in rated:
                counts[str(name)] = counts.get(str(name), 0) + 1
    return tuple(sorted(counts.items()))


@dataclass(frozen=True, slots=True)
class _Source:
    ratings: tuple[Table, ...] = ()
    dates: tuple[Table, ...] = ()
    cases: tuple[Table, ...] = ()


def _read_source(path: Path) -> _Source:
    if path.suffix.lower() == ".xlsx":
        sheets = read_sheets(path, (RATINGS, DATES, CASES))
        ratings = sheets.pop(RATINGS, None) or read_table(path)
        return _Source((ratings,), *((sheets[name],) if name in sheets else () for name in (DATES, CASES)))
    table = read_table(path)
    return _Source(dates=(table,)) if terms.FACT in table.columns else _Source(ratings=(table,))


def collect_ratings(folder: str | Path, *sources: str | Path) -> Collected:
    """Read what came back for a round against the sample that was issued; nothing is written.

    Parameters
    ----------
    folder : the round folder. sources : workbooks and CSVs; default everything in its returned/.

    Returns
    -------
    Collected.

    Raises
    ------
    RatingError naming every mistake of every file at once. FileError, DesignError if the round cannot be read.
    """
    folder = Path(folder)
    frameworks = plan_frameworks(read_plan(folder))
    sample = read_sample(folder / terms.SAMPLE_FILE)
    returned = [Path(source) for source in sources] or list_files(folder / terms.RETURNED, (".xlsx", ".csv"))
    issued = sample[sample[terms.DRAW_STATUS] != terms.RESERVE]
    return collect_returned(returned, list(frameworks.values()), issued, issued_dates(folder))


def lost_ratings(folder: str | Path, collected: Collected) -> int:
    """Count the ratings of an earlier collection that are gone or changed in this one."""
    path = Path(folder) / terms.RATINGS_FILE
    if not path.exists():
        return 0
    before = read_table(path)
    rows = list(terms.RATING_COLUMNS)
    if not set(rows) <= set(before.columns):
        return len(before.rows)
    now = set(collected.ratings_table()[rows].itertuples(index=False, name=None))
    return sum(row not in now for row in before.cells[rows].itertuples(index=False, name=None))
