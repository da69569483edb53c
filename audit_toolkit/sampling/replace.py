"""Replacing a case that cannot be rated: its disposition is recorded, the next ticket of its stratum opened."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from audit_toolkit.errors import DesignError, Place, Problem
from audit_toolkit.sampling.applied_log import APART
from audit_toolkit.sampling.dispositions import (
    MEANING,
    cell,
    check_disposition,
    found_event,
    record_event,
)
from audit_toolkit.sampling.drawn_again import sealed_review, with_details
from audit_toolkit.sampling.log import REPLACED, LogEntry
from audit_toolkit.sampling.logged_sample import LoggedSample, read_logged_sample
from audit_toolkit.sampling.raters import Raters, read_raters
from audit_toolkit.terms import (
    CASE_ID,
    DRAW_ORDER,
    DRAW_STATUS,
    NOT_RETURNED,
    RESERVE,
    SAMPLE_FILE,
    SAMPLED,
    STRATUM,
)

# What is said of a case that must be audited or was chosen by hand: bounds are for the random sample alone.
BY_HAND = "It was not drawn by its ticket, so no other case takes its place; the log tells what became of it."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Replaced:
    """What recording a case did: the `sample` after it, the case's `reason`, and the case `opened` in its place.

    `reason` is "" where a case was found after all, `opened` "" where none was opened; `auditors` are those of
    the case opened, first and second.
    """

    sample: LoggedSample
    case_id: str
    reason: str
    opened: str = ""
    auditors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give what was done in JSON-safe values."""
        return {
            "case_id": self.case_id,
            "reason": self.reason,
            "opened": self.opened,
            "auditors": list(self.auditors),
            "entries": len(self.sample.entries),
            "seal": self.sample.seal,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        if not self.reason:
            opened = [entry.case_id for entry in self.sample.entries if entry.replaces == self.case_id]
            stay = (
                f" {', '.join(opened)}, opened in its place, {'stays' if len(opened) == 1 else 'stay'} in the sample."
            )
            return f"{self.case_id} is to be rated again.{stay if opened else ''}"
        said = f"{self.case_id} is recorded as {self.reason}"
        if self.opened:
            label = cell(self.sample, self.opened, STRATUM)
            cases = self.sample.cases
            of = int(((cases[STRATUM] == label) & ~cases[DRAW_STATUS].isin(APART)).sum())
            place = f"{label}, ticket {cell(self.sample, self.opened, DRAW_ORDER)} of {of}"
            said += f"; {self.opened} ({place}) takes its place"
            said += f" and goes to {' and, unseen, to '.join(self.auditors)}" if self.auditors else ""
        apart = cell(self.sample, self.case_id, DRAW_STATUS) in APART
        return "\n".join([f"{said}. {BY_HAND if apart else MEANING[self.reason]}", *self.notes])

    def __repr__(self) -> str:
        return str(self)


def replace_case(
    sample: LoggedSample | str | Path,
    case_id: str,
    *,
    reason: str,
    date: datetime.date,
    note: str = "",
    reserve: bool = True,
    raters: Raters | Callable[[], Raters | None] | None = None,
    auditor: str | None = None,
    rated: Collection[str] = (),
) -> Replaced:
    """Record that a drawn case cannot be rated, and open the next case of its stratum in its place.

    Parameters
    ----------
    sample : what `read_logged_sample` gave, or a round folder. case_id : the case, exactly as in sample.csv.
    reason : "ineligible", "missing file", "restricted" or "not returned". date : the day it is recorded.
    note : what was found; needed for ineligible. reserve : open the next case of the stratum.
    raters : the auditors with their conflicts, or what reads them once a case is opened; for a folder they are
        read by its plan. A sample without them gives the new case to the same auditors unchecked.
    auditor : who is to rate the new case, where it is not to be the same. rated : the cases that have ratings.

    Returns
    -------
    Replaced, with the sample after it. The case's own ticket stays opened and counts: the weights of its
    stratum become N_h / m_h, m_h being all tickets opened. Must-audit and hand-chosen cases are recorded in the
    log and have no replacement.

    Raises
    ------
    DesignError if the case is not in the sample, is a reserve or is recorded already, if it was rated and the
    reason is not "ineligible", if no reserve is left, or nobody may rate the new case.

    Source: STATISTICS H; Cochran (1977), Sampling Techniques, 3rd edition, section 13.2 on what replacement
    does not mend. Checked against: tests/sampling/test_replace.py.
    """
    logged = sample if isinstance(sample, LoggedSample) else read_logged_sample(sample)
    check_disposition(logged, case_id, reason, note, rated)
    event = record_event(logged, case_id, reason, note)
    if event.status in APART:
        return Replaced(logged.after([event], date), case_id, reason)
    if not reserve:
        return Replaced(logged.after([event], date), case_id, reason)
    opened = next_reserve(logged, case_id)
    if raters is None and not isinstance(sample, LoggedSample):
        raters = partial(_raters_of, logged, Path(sample))
    who = raters() if callable(raters) else raters
    first, second, notes = _auditors(logged, event, opened, who, auditor)
    opening = LogEntry(
        REPLACED,
        opened,
        SAMPLED,
        event.stratum,
        int(cell(logged, opened, DRAW_ORDER)),
        auditor=first,
        second_auditor=second,
        replaces=case_id,
        reason=reason,
    )
    named = tuple(each for each in (first, second) if each)
    return Replaced(logged.after([event, opening], date), case_id, reason, opened, named, notes)


def find_case(sample: LoggedSample | str | Path, case_id: str, *, date: datetime.date, note: str = "") -> Replaced:
    """Take back what was recorded of a case: its file turned up, or the entry was a mistake.

    Parameters
    ----------
    sample : what `read_logged_sample` gave, or a round folder. case_id : the case, exactly as in sample.csv.
    date : the day it is taken back. note : how.

    Returns
    -------
    Replaced, with the sample after it: the case is to be rated by its auditors as before. A case that was
    opened in its place stays opened, since every opened ticket counts.

    Raises
    ------
    DesignError if the case is not in the sample or nothing was recorded of it.
    """
    logged = sample if isinstance(sample, LoggedSample) else read_logged_sample(sample)
    event = found_event(logged, case_id, note)
    return Replaced(logged.after([event], date), case_id, "")


def next_reserve(sample: LoggedSample, case_id: str) -> str:
    """Give the next case of a case's stratum: the reserve with the lowest draw_order."""
    label = cell(sample, case_id, STRATUM)
    cases = sample.cases
    waiting = cases[(cases[STRATUM] == label) & (cases[DRAW_STATUS] == RESERVE)]
    if waiting.empty:
        what = f"no reserve of {label} is left"
        mend = "Draw more with extend --reserves, or record the case alone with --no-reserve."
        raise DesignError(Problem(what, Place(SAMPLE_FILE, case=case_id), mend))
    return str(waiting.loc[waiting[DRAW_ORDER].idxmin(), CASE_ID])


def _raters_of(sample: LoggedSample, folder: Path) -> Raters | None:
    """Read who may rate by the plan of a round folder; None where its receipt has no plan, or that no auditors."""
    if not sample.receipt.plan_text:
        return None
    review = sealed_review(sample.receipt, folder)
    return read_raters(review.plan, with_details(sample, review.frame).details)


def _auditors(
    sample: LoggedSample, event: LogEntry, opened: str, raters: Raters | None, chosen: str | None
) -> tuple[str, str, tuple[str, ...]]:
    """Give the new case's first and second auditor, and say where they are not those of the case before."""
    if raters is None:
        return chosen if chosen is not None else event.auditor, event.second_auditor, ()
    if chosen is not None:
        raters.check(chosen, opened)
    wanted = chosen if chosen is not None else event.auditor
    # Who did not return the case is not sent the next one, where another may have it.
    late = event.reason == NOT_RETURNED and chosen is None
    first, why = raters.take_over(opened, wanted, sample.cases, late=late) if wanted else ("", "")
    second, also = "", ""
    if event.second_auditor:
        wanted_second = event.second_auditor if event.second_auditor != first else ""
        second, also = raters.take_over(opened, wanted_second, sample.cases, barred={first})
    notes = [f"{each}, so another auditor has the new case." for each in (why, also) if each]
    return first, second, tuple(notes)
