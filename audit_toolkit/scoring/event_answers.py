"""Answers counted from dated events: the repeated criteria of a framework, and the items about their longest gap."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import Place, Problem, RatingError, nearest, raise_if
from audit_toolkit.scoring.criterion import Criterion
from audit_toolkit.scoring.event_count import EventCount
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.repeated import NOTHING, Event, NoLimitError, Repeated, count_events
from audit_toolkit.scoring.responses import without_longest
from audit_toolkit.scoring.timescales import Timescales


def count_answers(
    rated: pd.DataFrame,
    framework: Framework,
    returned: npt.NDArray[np.bool_],
    facts: pd.DataFrame | None,
    events: pd.DataFrame,
    *,
    as_of: datetime.date | None,
    timescales: Timescales,
) -> tuple[pd.DataFrame, list[str]]:
    """Fill the repeated criteria that name events in the cases that were rated, and say what was left out or differed.

    A count an auditor gave stands before one from the events. An item about the longest gap that the auditor
    left blank is answered too.
    """
    cases = list(rated.index[returned])
    by_case, known = _by_case(events, cases), _facts(facts, cases)
    answers = rated.copy()
    notes = [*_other_cases(events, rated.index), *_unknown_kinds(events, framework), *_unnamed(facts, framework)]
    notes += _not_yet(events, as_of)
    problems: list[Problem] = []
    for criterion, rule in framework.from_events:
        found, without = _counts(criterion, rule, cases, by_case, known, as_of, timescales, problems)
        notes += _fill(answers, criterion.id, returned, [each.answer for each in found])
        notes += _about(criterion.id, found, without)
        for item in framework.items:
            if item.after == criterion.id and item.longest_gap_over:
                yes_no = [_over(each, item.longest_gap_over) for each in found]
                notes += _fill(answers, item.id, returned, yes_no)
    raise_if(problems, RatingError)
    return answers, notes


def _by_case(events: pd.DataFrame, cases: Sequence[str]) -> dict[str, list[Event]]:
    """Give the events of each case that is scored."""
    wanted = events[events[terms.CASE_ID].isin(cases)]
    days = {text: _day(text) for column in (terms.DATE, terms.ENTERED_DATE) for text in wanted[column].unique()}
    found: dict[str, list[Event]] = {}
    for case, kind, day, entered in wanted[list(terms.EVENT_COLUMNS)].itertuples(index=False, name=None):
        when = days[day]
        if when is not None:
            found.setdefault(case, []).append(Event(kind, when, days[entered]))
    return found


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _facts(facts: pd.DataFrame | None, cases: Sequence[str]) -> dict[str, dict[str, str]]:
    """Give the facts of each case that is scored, by name."""
    found: dict[str, dict[str, str]] = {}
    if facts is not None:
        wanted = facts.loc[facts[terms.CASE_ID].isin(cases), list(terms.FACT_COLUMNS)]
        for case, fact, value in wanted.itertuples(index=False, name=None):
            found.setdefault(case, {})[fact] = value
    return found


def _counts(
    criterion: Criterion,
    rule: EventCount,
    cases: Sequence[str],
    events: Mapping[str, Sequence[Event]],
    facts: Mapping[str, Mapping[str, str]],
    as_of: datetime.date | None,
    timescales: Timescales,
    problems: list[Problem],
) -> tuple[list[Repeated], list[str]]:
    """Count one criterion in every case; what cannot be counted is added to the problems.

    A case whose gaps began where no figure of the limit held is not counted, and given back.
    """
    found, without = [], []
    for case in cases:
        try:
            count = count_events(rule, events.get(case, ()), facts.get(case, {}), as_of, timescales)
        except NoLimitError:
            count = NOTHING
            without.append(case)
        except RatingError as refused:
            count, where = NOTHING, Place("facts", case=case)
            problems += [Problem(f"{criterion.id}: {each.what}", where, each.mend) for each in refused.problems]
        found.append(count)
    return found, without


def _fill(answers: pd.DataFrame, question: str, returned: npt.NDArray[np.bool_], computed: Sequence[str]) -> list[str]:
    """Put counted answers where nobody gave one; say in how many cases somebody gave another."""
    column = answers[question].to_numpy(dtype=object, copy=True)
    by_hand, counts = column[returned], np.array(computed, dtype=object)
    given = by_hand != terms.MISSING
    silent = np.isin(counts, [terms.MISSING, terms.MISSING_DATE, terms.PENDING])
    same = np.array(
        [without_longest(one) == without_longest(other) for one, other in zip(by_hand, counts, strict=True)]
    )
    column[returned] = np.where(given, by_hand, counts)
    answers[question] = pd.Series(column, index=answers.index, dtype=object)
    differ = int((given & ~silent & ~same.astype(bool)).sum())
    if not differ:
        return []
    return [f"{question}: the answer given differs from the events in {_cases(differ)}; the answer given stands."]


def _over(count: Repeated, times: int) -> str:
    """Say Yes or No to whether the longest gap was over so many times its limit, "" where nothing is known."""
    if count.state in (terms.NA_RATING, terms.MISSING_DATE):
        return terms.MISSING
    return terms.YES if count.over(times) else terms.NO


def _about(criterion: str, found: Sequence[Repeated], without: Sequence[str]) -> list[str]:
    """Say what of a criterion is pending, and in which cases no figure of the limit held."""
    notes = []
    pending = sum(each.pending for each in found)
    if pending:
        are = "1 limit has not run out and is" if pending == 1 else f"{pending:,} limits have not run out and are"
        notes.append(f"{criterion}: {are} not counted.")
    if without:
        what = f"{criterion}: no row of the limit held when the events of {_cases(len(without))} began"
        notes.append(f"{what}: not counted there.")
    return notes


def _other_cases(events: pd.DataFrame, cases: pd.Index) -> list[str]:
    others = int((~events[terms.CASE_ID].drop_duplicates().isin(list(cases))).sum())
    return [f"The events hold {_cases(others)} not among those scored; they were not used."] if others else []


def _unknown_kinds(events: pd.DataFrame, framework: Framework) -> list[str]:
    """Name the events that criteria count and no row holds, each with the nearest one that is there."""
    there = dict.fromkeys(events[terms.EVENT])
    wanted = dict.fromkeys(kind for _, rule in framework.from_events for kind in rule.events)
    spare = [kind for kind in there if kind not in wanted]
    notes = []
    for kind in wanted:
        if kind not in there:
            near = nearest(kind, spare)
            notes.append(f"{kind} is none of the events." + (f' Did you mean "{near}"?' if near else ""))
    return notes


def _unnamed(facts: pd.DataFrame | None, framework: Framework) -> list[str]:
    """Name the facts that counts need and no row holds."""
    there = set() if facts is None else set(facts[terms.FACT])
    timely = {name for each in framework.computed for name in (each.start, each.end)}
    needed = dict.fromkeys(name for _, rule in framework.from_events for name in rule.facts)
    return [f"{name} is in none of the facts." for name in needed if name not in there and name not in timely]


def _not_yet(events: pd.DataFrame, as_of: datetime.date | None) -> list[str]:
    """Say how many events lie after the day of reading, or what the lack of such a day means."""
    if as_of is None:
        return ["No date of reading was given: gaps still open count as pending, and no event is too old to count."]
    later = int((events[terms.DATE] > as_of.isoformat()).sum())
    if not later:
        return []
    return [f"{later:,} event{' is' if later == 1 else 's are'} dated after {as_of.isoformat()}; not counted."]


def _cases(count: int) -> str:
    """Give a number of cases in words that agree."""
    return "1 case" if count == 1 else f"{count:,} cases"
