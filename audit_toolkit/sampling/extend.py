"""Adding cases after the draw: the next tickets of each stratum are opened, and no case is dropped."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.register import Frame
from audit_toolkit.sampling.allocation import allocate
from audit_toolkit.sampling.applied_log import APART, TO_RATE, levels_text
from audit_toolkit.sampling.assign import assign_auditors
from audit_toolkit.sampling.draw import Sample
from audit_toolkit.sampling.drawn_again import check_frame, drawn_again, only_cases, sealed_review
from audit_toolkit.sampling.log import ADDED, EXTENDED, LogEntry
from audit_toolkit.sampling.logged_sample import LoggedSample, read_logged_sample
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.planned_allocation import allocation_arguments
from audit_toolkit.sampling.reassigned import away_auditors
from audit_toolkit.sampling.review import PlannedReview
from audit_toolkit.sampling.sample_file import stratum_columns
from audit_toolkit.terms import (
    AUDITOR,
    CASE_ID,
    DRAW_ORDER,
    DRAW_STATUS,
    OPENED,
    RESERVE,
    SAMPLED,
    SECOND_AUDITOR,
    STRATUM,
    TICKET,
)

if TYPE_CHECKING:
    import pandas as pd

SIZE, RESERVES = "--size", "--reserves"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Extended:
    """What an extension did: the `sample` after it, the `new` cases to rate with their details, reserves added."""

    sample: LoggedSample
    new: Sample
    reserves: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give what was done in JSON-safe values."""
        return {
            "opened": [str(case) for case in self.new.cases[CASE_ID]],
            "reserves_added": self.reserves,
            "entries": len(self.sample.entries),
            "seal": self.sample.seal,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        added = f"{self.reserves} reserves are added" if self.reserves != 1 else "1 reserve is added"
        if not len(self.new.cases):
            return "\n".join([f"No case is opened; {added}.", *self.notes])
        strata = self.new.cases[STRATUM].nunique()
        case = "1 case is" if len(self.new.cases) == 1 else f"{len(self.new.cases)} cases are"
        statuses = list(self.sample.cases[DRAW_STATUS])
        total = sum(status in OPENED for status in statuses)
        said = f"{case} opened in {strata} strata, and {added}: {total} tickets are opened now, "
        said += f"{statuses.count(SAMPLED)} of them to rate."
        weights = "In these strata every opened case now weighs eligible cases / tickets opened; no case was dropped."
        return "\n".join([said, weights, *self.notes])

    def __repr__(self) -> str:
        return str(self)


def extend_sample(
    sample: LoggedSample | str | Path,
    *,
    date: datetime.date,
    size: int | None = None,
    reserves: int | None = None,
    note: str = "",
    scored: bool = False,
    review: PlannedReview | None = None,
) -> Extended:
    """Add cases to a sample after its draw, by the plan's own allocation and in the order of the tickets.

    Parameters
    ----------
    sample : a round folder, or what `read_logged_sample` gave, with its `review`. date : the day it is done.
    size : tickets to be opened in all, those that replacements opened among them.
    reserves : spare cases to be left in each stratum; default as many as the draw had. note : why.
    scored : whether results were known already, which the log then says. review : what the round's plan comes to
        on the register of the draw; for a folder it is worked out again.

    Returns
    -------
    Extended. Each stratum has the tickets its allocation for the new size gives, or those that are opened
    already where these are more. New cases go to the auditors by fair shares; nobody's case is moved.

    Raises
    ------
    DesignError if the frame is not the one drawn from, the size adds nothing or cannot be met, or neither
    size nor reserves adds a case.

    Source: DESIGN, "a larger n contains the smaller sample"; allocation by Wright (2012).
    Checked against: tests/sampling/test_extend.py.
    """
    logged = sample if isinstance(sample, LoggedSample) else read_logged_sample(sample)
    if review is None:
        review = sealed_review(logged.receipt, Path() if isinstance(sample, LoggedSample) else Path(sample))
    return _extended(logged, review, date, _Asked(size, reserves, note, scored))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an extension is asked for: tickets in all, reserves to be left, why, and whether scores were known."""

    size: int | None
    reserves: int | None
    note: str
    scored: bool

    @property
    def reason(self) -> str:
        """What the log gives as the reason of each case opened."""
        return "" if self.size is None else f"size {self.size}" + (", after scores were there" if self.scored else "")


def _extended(sample: LoggedSample, review: PlannedReview, date: datetime.date, asked: _Asked) -> Extended:
    plan, frame, size, reserves = review.plan, review.frame, asked.size, asked.reserves
    check_frame(sample.receipt, frame)
    opened, listed = _counted(sample.cases)
    targets = opened if size is None else _targets(sample, plan, frame, size, opened)
    left = sample.receipt.reserves if reserves is None else reserves
    rows = {label: max(listed[label], min(frame.population[label], targets[label] + left)) for label in sorted(targets)}
    _check_some(size, reserves, sum(rows.values()) - sum(listed.values()))
    again = drawn_again(
        sample.receipt, frame, reserves=max(rows[each] - sample.receipt.allocation[each] for each in rows)
    )
    added = again.cases[_between(again, listed, rows)]
    new = _assigned(again, sample, plan, _between(again, opened, targets))
    events = [addition(row, stratum_columns(again.cases), asked.note) for row in added.to_dict("records")]
    events += [opening(row, asked.reason, asked.note) for row in new.cases.to_dict("records")]
    after = sample.after(events, date)
    return Extended(after, new, len(added), tuple(_notes(new, size, sum(targets.values()))))


def _counted(cases: pd.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """Give the tickets opened and the tickets listed in each stratum, must-audit and chosen cases left aside."""
    drawn = cases[~cases[DRAW_STATUS].isin(APART)]
    if drawn.empty:
        what = "no case of this round was drawn by its ticket, so there is no next one"
        raise DesignError(Problem(what, "sample.csv", "A list chosen by hand is extended by hand, in a new round."))
    opened: dict[str, int] = {}
    listed: dict[str, int] = {}
    for label, status in zip(drawn[STRATUM], drawn[DRAW_STATUS], strict=True):
        listed[str(label)] = listed.get(str(label), 0) + 1
        opened[str(label)] = opened.get(str(label), 0) + (status in OPENED)
    return opened, listed


def _targets(sample: LoggedSample, plan: Plan, frame: Frame, size: int, opened: Mapping[str, int]) -> dict[str, int]:
    """Give the tickets to be opened in each stratum: the allocation for the new size, and never fewer than now."""
    if plan.size is None:
        what = f"the plan's {plan.allocation} allocation finds its own size, so none can be asked for"
        raise DesignError(Problem(what, "plan.yaml, allocation", "Add reserves, and open them with replace."))
    total = sum(opened.values())
    if size <= total:
        what = f"{size} cases are asked for, and {total} tickets are opened already"
        raise DesignError(Problem(what, SIZE, f"Ask for {total + 1} or more: no case is ever dropped."))
    wanted = allocate(frame.population, size, **allocation_arguments(plan))
    return {label: max(count, opened[label], sample.receipt.allocation[label]) for label, count in wanted.items()}


def _check_some(size: int | None, reserves: int | None, added: int) -> None:
    if size is None and reserves is None:
        raise DesignError(
            Problem("neither a size nor reserves are asked for", SIZE, f"Give {SIZE}, {RESERVES} or both.")
        )
    if reserves is not None and reserves < 0:
        raise DesignError(Problem(f"reserves is {reserves}", RESERVES, "Give a whole number, 0 or more."))
    if size is None and not added:
        many = "1 reserve" if reserves == 1 else f"{reserves} reserves"
        what = f"every stratum has {many} left, or no further case"
        raise DesignError(Problem(what, RESERVES, "Ask for more, or leave it."))


def _between(again: Sample, low: Mapping[str, int], high: Mapping[str, int]) -> list[bool]:
    """Say which rows of a draw have a draw_order above `low` and up to `high` of their stratum."""
    columns = [again.cases[name] for name in (STRATUM, DRAW_ORDER, DRAW_STATUS)]
    return [
        status not in APART and low[str(label)] < int(order) <= high[str(label)]
        for label, order, status in zip(*columns, strict=True)
    ]


def _assigned(again: Sample, sample: LoggedSample, plan: Plan, chosen: Sequence[bool]) -> Sample:
    """Give the cases to be opened with their auditors: fair shares of all there is to rate, what is held kept."""
    cases = again.cases.copy()
    new = {str(case) for case in cases.loc[list(chosen), CASE_ID]}
    waiting = sample.cases[sample.cases[DRAW_STATUS].isin(TO_RATE)]
    held = {str(row[CASE_ID]): row for row in waiting.to_dict("records")}
    for name in (AUDITOR, SECOND_AUDITOR):
        cases[name] = [str(held[case][name]) if case in held else "" for case in map(str, cases[CASE_ID])]
        cases[name] = cases[name].astype(object)
    states = {case: str(row[DRAW_STATUS]) for case, row in held.items()} | dict.fromkeys(new, SAMPLED)
    cases[DRAW_STATUS] = [states.get(case, RESERVE) for case in map(str, cases[CASE_ID])]
    shared = dataclasses.replace(again, cases=cases, notes=())
    if plan.auditors is not None and new:
        shared = assign_auditors(
            shared,
            plan.auditors,
            double_rated=plan.double_rated,
            conflicts=plan.conflicts,
            restricted=plan.restricted,
            away=away_auditors(sample.receipt, sample.entries),
        )
    return dataclasses.replace(only_cases(shared, new), notes=shared.notes)


def addition(row: Mapping[str, object], shown: tuple[str, ...], note: str) -> LogEntry:
    """Give the log's row for a case that becomes a reserve. `shown` : the stratum columns."""
    return LogEntry(
        ADDED,
        str(row[CASE_ID]),
        RESERVE,
        str(row[STRATUM]),
        int(str(row[DRAW_ORDER])),
        levels=levels_text([row[name] for name in shown]),
        ticket=str(row[TICKET]),
        note=note,
    )


def opening(row: Mapping[str, object], why: str, note: str) -> LogEntry:
    """Give the log's row for a reserve that is opened for more cases."""
    return LogEntry(
        EXTENDED,
        str(row[CASE_ID]),
        SAMPLED,
        str(row[STRATUM]),
        int(str(row[DRAW_ORDER])),
        auditor=str(row[AUDITOR]),
        second_auditor=str(row[SECOND_AUDITOR]),
        reason=why,
        note=note,
    )


def _notes(new: Sample, size: int | None, total: int) -> list[str]:
    notes = list(new.notes)
    if size is not None and total > size:
        what = f"{total} tickets are opened and not {size}: replacements had opened more in a stratum than its share"
        notes.append(f"{what}, and no case is dropped.")
    return notes
