"""Answers computed from dates: timeliness from the facts of each case, repeated criteria from its events."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import Place, Problem, RatingError, nearest, raise_if
from audit_toolkit.scoring.criterion import Criterion
from audit_toolkit.scoring.event_answers import count_answers
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.timeliness import timeliness_state
from audit_toolkit.scoring.timescales import Timescales, load_timescales

Mask: TypeAlias = npt.NDArray[np.bool_]
Facts: TypeAlias = Mapping[tuple[str, str], str]


def compute_answers(
    rated: pd.DataFrame,
    framework: Framework,
    facts: pd.DataFrame | None,
    *,
    as_of: datetime.date | None = None,
    timescales: Timescales | None = None,
    events: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Fill the computed criteria of the cases that were rated, and say what was left out or disagreed.

    Timeliness comes from facts and, where events are given, repeated criteria that name them from those. A rating
    an auditor gave stands. Without facts, a timeliness criterion is N/A for each case where nobody rated it; a case
    without any rating stays empty.
    """
    returned, limits = _returned(rated, framework), framework.with_own_limits(timescales or load_timescales())
    answers: pd.DataFrame = rated
    notes: list[str] = []
    if framework.computed and facts is None:
        answers, notes = _without_facts(rated, framework, returned)
    elif framework.computed and facts is not None:
        answers, notes = _from_dates(rated, framework, returned, facts, as_of, limits)
    if framework.from_events and events is not None:
        answers, said = count_answers(answers, framework, returned, facts, events, as_of=as_of, timescales=limits)
        notes = [*notes, *said]
    return answers, notes


def _from_dates(
    rated: pd.DataFrame,
    framework: Framework,
    returned: Mask,
    facts: pd.DataFrame,
    as_of: datetime.date | None,
    timescales: Timescales,
) -> tuple[pd.DataFrame, list[str]]:
    """Judge the timeliness criteria by the dates of each case."""
    values = dict(zip(zip(facts[terms.CASE_ID], facts[terms.FACT], strict=True), facts[terms.VALUE], strict=True))
    answers, notes = rated.copy(), [*_unnamed_facts(facts, framework), *_fact_notes(facts, rated, as_of)]
    problems: list[Problem] = []
    for criterion in framework.computed:
        states = _states(criterion, rated.index[returned], values, as_of, timescales, problems)
        column = answers[criterion.id].to_numpy(dtype=object, copy=True)
        by_hand = column[returned]
        given = by_hand != terms.MISSING
        differ = int((given & (by_hand != states) & (states != terms.MISSING_DATE)).sum())
        if differ:
            notes.append(
                f"{criterion.id}: the rating given differs from the dates in {_cases(differ)}; the rating stands."
            )
        column[returned] = np.where(given, by_hand, states)
        answers[criterion.id] = pd.Series(column, index=answers.index, dtype=object)
    raise_if(problems, RatingError)
    return answers, notes


def _returned(rated: pd.DataFrame, framework: Framework) -> Mask:
    """Say of each case whether an auditor answered anything; every case has where all is computed."""
    by_hand = [each.id for each in framework.criteria if each.response != terms.TIMELINESS]
    if not by_hand:
        return np.ones(len(rated), dtype=bool)
    returned: Mask = (rated != terms.MISSING).any(axis=1).to_numpy(dtype=bool)
    return returned


def _without_facts(rated: pd.DataFrame, framework: Framework, returned: Mask) -> tuple[pd.DataFrame, list[str]]:
    """Leave the computed criteria out of each case in which nobody rated them, and name them."""
    answers = rated.copy()
    counts = []
    for each in framework.computed:
        column = rated[each.id].to_numpy(dtype=object, copy=True)
        unrated = returned & (column == terms.MISSING)
        counts.append(int(unrated.sum()))
        if unrated.any():
            column[unrated] = terms.NA_RATING
            answers[each.id] = pd.Series(column, index=answers.index, dtype=object)
    return answers, left_out_notes([each.id for each in framework.computed], counts, int(returned.sum()))


def left_out_notes(names: Sequence[str], counts: Sequence[int], returned: int) -> list[str]:
    """Say which criteria were left out for lack of facts: in how many of the cases returned nobody rated each."""
    pairs = list(zip(names, counts, strict=True))
    everywhere = [name for name, count in pairs if count and count == returned]
    somewhere = [name for name, count in pairs if count and count < returned]
    where = ((everywhere, "left out of every score"), (somewhere, "left out of the score where nobody rated it"))
    return [_left_out(found, what) for found, what in where if found]


def _left_out(names: list[str], what: str) -> str:
    """Say which criteria were left out for lack of facts."""
    are = "is" if len(names) == 1 else "are"
    return f"{', '.join(names)} {are} computed from dates and no facts were given: {what}."


def _unnamed_facts(facts: pd.DataFrame, framework: Framework) -> list[str]:
    """Name the facts that criteria need and no row holds, each with the nearest one that is there."""
    needed = dict.fromkeys(name for each in framework.computed for name in (each.start, each.end))
    there = dict.fromkeys(facts[terms.FACT])
    spare = [name for name in there if name not in needed]
    notes = []
    for name in needed:
        if name not in there:
            near = nearest(name, spare)
            notes.append(f"{name} is in none of the facts." + (f' Did you mean "{near}"?' if near else ""))
    return notes


def _states(
    criterion: Criterion,
    cases: pd.Index,
    facts: Facts,
    as_of: datetime.date | None,
    timescales: Timescales,
    problems: list[Problem],
) -> npt.NDArray[np.object_]:
    """Judge one criterion in every case; what cannot be judged is added to the problems."""
    states = np.full(len(cases), terms.MISSING_DATE, dtype=object)
    for row, case in enumerate(cases):
        start, end = facts.get((case, criterion.start), ""), facts.get((case, criterion.end), "")
        try:
            states[row] = timeliness_state(start, end, criterion.limit, as_of, timescales=timescales)
        except RatingError as refused:
            between = f"{criterion.start} to {criterion.end}"
            where = Place("facts", case=case)
            problems.extend(Problem(f"{between}: {each.what}", where, each.mend) for each in refused.problems)
    return states


def _fact_notes(facts: pd.DataFrame, rated: pd.DataFrame, as_of: datetime.date | None) -> list[str]:
    """Say which facts were not used, and what the lack of a date of reading means."""
    notes = []
    others = int((~facts[terms.CASE_ID].drop_duplicates().isin(list(rated.index))).sum())
    if others:
        notes.append(f"The facts hold {_cases(others)} not among those scored; they were not used.")
    if as_of is None:
        notes.append("No date of reading was given: steps not yet done count as pending, however late they are.")
    return notes


def _cases(count: int) -> str:
    """Give a number of cases in words that agree."""
    return "1 case" if count == 1 else f"{count} cases"
