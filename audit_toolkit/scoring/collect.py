"""Ratings that came back: workbooks and CSVs in any mix, read together, every mistake named, nothing half taken."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import Problem
from audit_toolkit.files import FlawedTable, Table, list_files, read_table
from audit_toolkit.sampling import read_log, read_plan, read_receipt, read_sample, unread_apart
from audit_toolkit.scoring.about import draw_id
from audit_toolkit.scoring.actions import Actions, actions_before, actions_table, read_actions
from audit_toolkit.scoring.alerts import Alert, alert_answers, alerts_before, all_alerts, answer_alerts
from audit_toolkit.scoring.asked import answers_to_explain
from audit_toolkit.scoring.collected import Collected, NotCollectedError, cases_out
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.ratings import Ratings, right_ratings
from audit_toolkit.scoring.remarks import counted, remarks
from audit_toolkit.scoring.returned import READ, UNREAD, UNREAD_BOOKS, of_another_round, read_returned
from audit_toolkit.scoring.returned_dates import merged_dates, read_dates
from audit_toolkit.scoring.round_files import issued_dates, plan_frameworks, round_facts
from audit_toolkit.scoring.sent import Sent, sent_for

if TYPE_CHECKING:
    import pandas as pd

KEY = [terms.CASE_ID, terms.CRITERION_ID, terms.AUDITOR]


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What was collected before: ratings as ratings.csv holds them, dates, actions and alerts."""

    ratings: Table | None = None
    dates: pd.DataFrame | None = None
    actions: Actions = dataclasses.field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()


def collect_returned(
    sources: Sequence[str | Path],
    frameworks: Sequence[Framework],
    sample: pd.DataFrame,
    known: pd.DataFrame | None,
    *,
    before: Before | None = None,
    unread: Collection[str] = (),
    draw: str = "",
    raising: Mapping[str, Sequence[str]] | None = None,
    keep_right: bool = False,
) -> Collected:
    """Read everything that came back against the sample that was issued.

    Parameters
    ----------
    sources : paths of workbooks and CSVs (ratings in long or wide form, dates as case_id, fact, value, actions,
        or the sheet of cases with its alerts).
    frameworks : what was asked. sample : the issued sample.csv as read. known : facts the register knew.
    before : what was collected earlier. What is not among these files is kept; a rating that differs is refused.
    unread : must-audit or hand-chosen cases that the log says cannot be rated: nobody waits for them.
    draw : what tells this draw from another (`draw_id` of its receipt); "" where nobody knows.
    raising : for each question that has any, the answers that raise an alert by themselves.
    keep_right : take what is right, cell by cell, and name the rest in `held_back`, instead of refusing all.

    Returns
    -------
    Collected. A date an auditor wrote stands before the register's, and each such difference is counted.

    Raises
    ------
    NotCollectedError naming every mistake of every file at once, with the alerts that were found. With
    `keep_right` only where nothing that is right came back, or what was collected before is wrong itself.

    Checked against: tests/scoring/test_damaged_workbooks.py.
    """
    before = before or Before()
    sent = sent_for(sample, frameworks, draw)
    returned = read_returned((Path(source) for source in sources), sent)
    strange = {part: _strange(part, sent) for part in (*returned.ratings, *returned.dates)}
    parts = [part for part in returned.ratings if strange[part] is None]
    read = _ratings(parts, before.ratings, frameworks, sample, keep_right)
    dates, unfit = read_dates([each for each in returned.dates if strange[each] is None], frameworks, list(sent.cases))
    actions, homeless, undated = read_actions(returned.actions, sent.cases)
    ours = {theirs: label for each in frameworks for theirs, label in each.translated.items()}
    alerts = all_alerts([*answer_alerts(returned.ratings, raising or {}, ours), *returned.alerts], before.alerts)
    problems = [*returned.problems, *filter(None, strange.values()), *read.problems, *unfit, *homeless]
    nothing = not len(read.ratings.table) and not len(read.ratings.second)
    if not returned.ratings and before.ratings is None and not problems:
        problems = [Problem("no ratings came back", terms.RETURNED, "Put the workbooks and CSVs there.")]
    outstanding = cases_out(read.ratings, sample, unread)
    if problems and (not keep_right or nothing or read.fatal):
        raise NotCollectedError(problems, alerts, outstanding)
    facts, changed = merged_dates(known, before.dates, dates)
    explain = {key: answers for each in frameworks for key, answers in answers_to_explain(each).items()}
    left = remarks(parts, explain, ours)
    notes = [*returned.notes, *read.ratings.notes, *undated, *_notes(changed, left, read.kept)]
    return Collected(
        ratings=read.ratings,
        facts=facts,
        alerts=alerts,
        outstanding=outstanding,
        notes=tuple(notes),
        actions=actions_table({**before.actions, **actions}, sent.cases),
        held_back=tuple(dict.fromkeys(problems)),
        order=sent.cases,
    )


def _strange(part: FlawedTable, sent: Sent) -> Problem | None:
    return of_another_round(part.table, sent) if part.table is not None else None


def _notes(changed: int, unexplained: Sequence[str], kept: int) -> list[str]:
    notes = []
    if changed:
        notes.append(f"{counted(changed, 'date differs', 'dates differ')} from the register; the auditors' are taken.")
    notes += unexplained
    if kept:
        stay = "stays as it was" if kept == 1 else "stay as they were"
        notes.append(f"{counted(kept, 'rating', 'ratings')} collected before did not come again and {stay}.")
    return notes


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """The ratings that can stand, how many of them were only collected before, and what is wrong.

    `fatal` says that what was collected before is wrong itself: nothing may be written over it.
    """

    ratings: Ratings
    kept: int
    problems: tuple[Problem, ...]
    fatal: bool = False


def _ratings(
    parts: Sequence[FlawedTable],
    before: Table | None,
    frameworks: Sequence[Framework],
    sample: pd.DataFrame,
    keep_right: bool,
) -> _Read:
    """Read the ratings, with those of an earlier collection that did not come again, or came back otherwise."""
    ratings, problems = right_ratings(parts, frameworks, sample)
    if before is None:
        return _Read(ratings, 0, tuple(problems))
    given = _answers(ratings)
    rest = _not_again(before, ratings, given)
    changed, named = _changed(before, given)
    fatal = False
    if any(rest):
        stays = _rows(before, rest)
        fatal = bool(right_ratings([FlawedTable(stays)], frameworks, sample)[1])
        ratings, problems = right_ratings([*parts, FlawedTable(stays)], frameworks, sample, collected=stays)
    if keep_right and any(changed):
        stays = _rows(before, [one or other for one, other in zip(rest, changed, strict=True)])
        ratings, _ = right_ratings([*parts, FlawedTable(stays)], frameworks, sample, collected=stays)
    return _Read(ratings, sum(rest), (*problems, *named), fatal)


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


def _changed(before: Table, given: Mapping[tuple[str, ...], str]) -> tuple[list[bool], list[Problem]]:
    """Name the ratings that were collected before and came back otherwise."""
    problems = []
    changed = []
    rows = zip(before.cells[KEY].itertuples(index=False, name=None), before.cells[terms.RATING], strict=True)
    for position, (key, rating) in enumerate(rows):
        changed.append(bool(rating) and given.get(key, rating) != rating)
        if changed[-1]:
            what = f"{key[1]} was {rating} when {key[2]} sent it first, and is {given[key]} now"
            mend = "Take the file out that is wrong, or collect with --force to take what is in the files now."
            problems.append(Problem(what, before.place(position, terms.RATING, key[0]), mend))
    return changed, problems


def _rows(table: Table, kept: Sequence[bool]) -> Table:
    """Give some rows of a table, each still knowing where it stands."""
    cells = table.cells[list(kept)].reset_index(drop=True)
    rows = tuple(row for row, wanted in zip(table.rows, kept, strict=True) if wanted)
    return dataclasses.replace(table, cells=cells, rows=rows, number_formats={}, line_breaks={}, notes=())


def _unread(folder: Path) -> Collection[str]:
    """Give the cases outside the random sample that the log says cannot be rated."""
    if not (folder / terms.LOG_FILE).exists():
        return ()
    receipt, _ = read_receipt(folder / terms.RECEIPT_FILE)
    entries, _ = read_log(folder / terms.LOG_FILE, receipt)
    return unread_apart(entries)


def _draw(folder: Path) -> str:
    """Give what tells a round's draw from another; "" where it has no receipt, as a folder made by hand."""
    path = folder / terms.RECEIPT_FILE
    return draw_id(read_receipt(path)[0]) if path.exists() else ""


def _before(folder: Path, afresh: bool) -> Before:
    """Read what was collected earlier; afresh only the alerts, which are never lost."""
    alerts = alerts_before(folder)
    if afresh:
        return Before(alerts=alerts)
    earlier = folder / terms.RATINGS_FILE
    ratings = read_table(earlier, required=terms.RATING_COLUMNS) if earlier.exists() else None
    return Before(ratings, round_facts(folder), actions_before(folder), alerts)


def collect_ratings(
    folder: str | Path, *sources: str | Path, afresh: bool = False, keep_right: bool = False
) -> Collected:
    """Read what came back for a round against the sample that was issued; nothing is written.

    Parameters
    ----------
    folder : the round folder. sources : workbooks and CSVs; default everything in its returned/.
    afresh : leave aside what was collected before, so that ratings may change or go.
    keep_right : take what is right, cell by cell, and name the rest in `held_back`, instead of refusing all.

    Returns
    -------
    Collected. Ratings, dates and actions collected before that are not among these files are kept.

    Raises
    ------
    NotCollectedError naming every mistake of every file at once, and every rating that changed since it was
    collected, with the alerts that were found. FileError, DesignError if the round cannot be read.
    """
    folder = Path(folder)
    frameworks = plan_frameworks(read_plan(folder))
    sample = read_sample(folder / terms.SAMPLE_FILE)
    returned = [Path(source) for source in sources] or list_files(folder / terms.RETURNED, (*READ, *UNREAD_BOOKS))
    collected = collect_returned(
        returned,
        list(frameworks.values()),
        sample[sample[terms.DRAW_STATUS] != terms.RESERVE],
        issued_dates(folder),
        before=_before(folder, afresh),
        unread=_unread(folder),
        draw=_draw(folder),
        keep_right=keep_right,
        raising=alert_answers(frameworks.values()),
    )
    aside = [] if sources else list_files(folder / terms.RETURNED, UNREAD)
    notes = [f"{path.name} was not read: save it as .xlsx or .csv and collect again." for path in aside]
    return dataclasses.replace(collected, notes=(*notes, *collected.notes))
