"""Timeliness counted over a whole register: every eligible case, and so no interval."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import FrameworkError, Problem, RatingError, did_you_mean, raise_if
from audit_toolkit.register import Register, eligible_cases, read_register
from audit_toolkit.sampling import plan_path, read_plan, read_planned_register
from audit_toolkit.scoring.criterion import Criterion
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import load_framework
from audit_toolkit.scoring.judged_dates import JudgedDates, judge_dates
from audit_toolkit.scoring.round_files import as_of as day_of
from audit_toolkit.scoring.round_files import plan_frameworks, plan_timescales
from audit_toolkit.scoring.timeliness_counts import RegisterTimeliness, count_states
from audit_toolkit.scoring.timescales import Timescales, as_timescales

NAMED_CASES: Final = 3


def register_timeliness(
    source: str | Path | pd.DataFrame | Register,
    *,
    framework: str | Path | Framework | None = None,
    limit: str | None = None,
    start: str | None = None,
    end: str | None = None,
    by: str | None = None,
    as_of: datetime.date | None = None,
    timescales: Timescales | str | Path | None = None,
) -> RegisterTimeliness:
    """Count timeliness over every case of a register.

    Parameters
    ----------
    source : a round folder, whose plan says where the register is, who is eligible, which frameworks and which
        time limits; or a register: its path, a Register or a DataFrame, all of whose cases are counted.
    framework : count the timeliness criteria of this framework. Of a round folder, default all of its plan's.
    limit, start, end : in place of a framework one limit, with the columns that begin and end the step.
    by : a column to count by as well, such as area; of a round, also a stratum column or "stratum".
    as_of : the day the register was taken: a limit that runs out after it is pending. Of a round, default the
        snapshot of its plan. Without it only steps not yet done are pending, and a note says what that does.
    timescales : limits of your own, or the path of a file of them; of a round, those of its plan alone.

    Returns
    -------
    RegisterTimeliness. Dates that contradict themselves are counted apart, with the first such cases in a note.

    Raises
    ------
    RatingError naming what is asked together and cannot be, and every column that is not in the register.
    FileError, RegisterError, DesignError or FrameworkError if something cannot be read.

    Checked against: tests/scoring/test_whole_register.py (the same case by case; the estimate of a census).
    """
    _check(framework, limit, start, end)
    if isinstance(source, (str, Path)) and plan_path(source).exists():
        name, cases, limits, known, day = _of_round(Path(source), limit, timescales)
        as_of = as_of or day
    else:
        register = source if isinstance(source, Register) else read_register(source)
        name, cases, limits, known = register.name, register.cases, as_timescales(timescales), []
    if framework is not None:
        known = [each for each in known if each.name == framework] or [load_framework(framework, timescales=limits)]
    questions = _one_limit(limit, start, end, limits) if limit and start and end else _timely(known)
    _check_columns(cases, by, questions if limit else (), name)
    counted, notes = _countable(questions, cases)
    own = {each.id: framework.with_own_limits(limits) for framework in known for each in framework.computed}
    judged = {
        each.id: judge_dates(cases[each.start], cases[each.end], each.limit, as_of, own.get(each.id, limits))
        for each in counted
    }
    ids = tuple(cases[terms.CASE_ID])
    groups = None if by is None else cases[by]
    counts = pd.concat([count_states(each, judged[each.id], groups) for each in counted], ignore_index=True)
    said = [*notes, *(note for each in counted for note in _notes(each, judged[each.id], ids)), *_no_day(as_of)]
    return RegisterTimeliness(name, as_of, by, counted, counts, ids, judged, tuple(said))


def _check(framework: object, limit: str | None, start: str | None, end: str | None) -> None:
    """Refuse a limit without its two columns, columns without a limit, and a framework beside them."""
    given = [each for each in (limit, start, end) if each]
    if given and len(given) < 3:
        what = "a limit, the column that begins the step and the one that ends it belong together"
        raise RatingError(Problem(what, mend="Give all three, or a framework."))
    if given and framework is not None:
        raise RatingError(Problem("a framework and a limit of its own are both given", mend="Give one of them."))


def _of_round(
    folder: Path, limit: str | None, timescales: object
) -> tuple[str, pd.DataFrame, Timescales, list[Framework], datetime.date | None]:
    """Give a round's name, its eligible cases, the limits and frameworks of its plan, and its day of reading."""
    plan = read_plan(folder)
    if timescales is not None:
        what = "the round has a plan, which names its time limits"
        raise RatingError(Problem(what, plan.folder.name, "Leave timescales out, or write it in the plan."))
    register = read_planned_register(plan)
    cases = eligible_cases(
        register,
        strata=plan.strata,
        eligible=plan.eligible,
        exclude=plan.exclude,
        small_strata=plan.small_strata,
        fold_case=plan.fold_case,
    )
    known = [] if limit else list(plan_frameworks(plan).values())
    return plan.round, cases, plan_timescales(plan), known, day_of(plan)


def _one_limit(limit: str, start: str, end: str, timescales: Timescales) -> tuple[Criterion, ...]:
    """Give the one question that a limit and two columns ask."""
    if limit not in timescales.names:
        mend = did_you_mean(limit, timescales.names)
        raise FrameworkError(Problem(f"the limit {limit} is not in the timescales", mend=mend))
    if start == end:
        raise RatingError(Problem(f"the step begins and ends with {start}", mend="Name the column that ends it."))
    title = next(row.title for row in timescales.rows if row.limit == limit)
    return (Criterion(limit, title, terms.TIMELINESS, start=start, end=end, limit=limit),)


def _timely(frameworks: Sequence[Framework]) -> tuple[Criterion, ...]:
    """Give the timeliness criteria of frameworks, or refuse where there is nothing to count."""
    found = tuple(each for framework in frameworks for each in framework.computed)
    if not found:
        what = "no framework with a timeliness criterion is given"
        mend = "Name a framework, or a limit with the two columns of its step."
        raise RatingError(Problem(what, mend=mend))
    return found


def _check_columns(cases: pd.DataFrame, by: str | None, asked: Sequence[Criterion], name: str) -> None:
    """Refuse the columns that were asked for by name and are not there."""
    wanted = dict.fromkeys([*([by] if by else []), *(column for each in asked for column in (each.start, each.end))])
    raise_if(
        [
            Problem(f'there is no column "{each}"', name, did_you_mean(each, map(str, cases.columns)))
            for each in wanted
            if each not in cases.columns
        ],
        RatingError,
    )


def _countable(questions: Sequence[Criterion], cases: pd.DataFrame) -> tuple[tuple[Criterion, ...], list[str]]:
    """Give the questions whose two dates the register has, and say which it has not."""
    counted, notes = [], []
    for each in questions:
        absent = [column for column in (each.start, each.end) if column not in cases.columns]
        if absent:
            notes.append(f"{each.id} is not counted: the register has no {' and no '.join(absent)}.")
        else:
            counted.append(each)
    if not counted:
        what = "the register has the dates of none of the questions"
        needed = ", ".join(dict.fromkeys(column for each in questions for column in (each.start, each.end)))
        mend = f"Name its columns so, under columns in the plan or with --column: {needed}."
        raise RatingError(Problem(what, mend=mend))
    return tuple(counted), notes


def _notes(question: Criterion, judged: JudgedDates, cases: Sequence[str]) -> list[str]:
    """Say which steps could not be counted, and what an empty start may mean."""
    notes = []
    for why, positions in judged.faults.items():
        named = ", ".join(cases[position] for position in positions[:NAMED_CASES].tolist())
        more = f" and {len(positions) - NAMED_CASES:,} more" if len(positions) > NAMED_CASES else ""
        number = f"{len(positions):,} case{'' if len(positions) == 1 else 's'} not counted"
        notes.append(f"{question.id}: {number}, because {why} ({named}{more}).")
    missing = int(judged.is_state(terms.MISSING_DATE).sum())
    if missing:
        number = "1 case" if missing == 1 else f"{missing:,} cases"
        notes.append(
            f"{question.id}: {question.start} is empty in {number}: the step was not begun, or its date was not "
            "recorded. The register does not say which; they are in no share."
        )
    return notes


def _no_day(as_of: datetime.date | None) -> list[str]:
    if as_of is not None:
        return []
    return [
        "No day of reading was given: steps not yet done count as pending, however late they are, and the share "
        "met is too high."
    ]
