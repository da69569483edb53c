"""Dispositions: how a case that was drawn ends when it is not rated, and what may be recorded of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from audit_toolkit.errors import DesignError, Place, Problem, did_you_mean, nearest, raise_if
from audit_toolkit.sampling.applied_log import APART
from audit_toolkit.sampling.log import FOUND, RECORDED, LogEntry
from audit_toolkit.sampling.logged_sample import LoggedSample
from audit_toolkit.terms import (
    AUDITOR,
    CASE_ID,
    DISPOSITIONS,
    DRAW_ORDER,
    DRAW_STATUS,
    INELIGIBLE,
    MISSING_FILE,
    NOT_RETURNED,
    RESERVE,
    RESTRICTED,
    SAMPLE_FILE,
    SAMPLED,
    SECOND_AUDITOR,
    STRATUM,
)

# STATISTICS, H: what each way of ending means for the result.
MEANING: Final = {
    INELIGIBLE: "An ineligible case should not have been in the frame: it is left out of the estimates, which speak "
    "for the eligible cases alone.",
    MISSING_FILE: "A missing file stays in the account: it counts as not read, and the report gives best- and "
    "worst-case bounds.",
    RESTRICTED: "A restricted file stays in the account: it counts as not read, and the report gives best- and "
    "worst-case bounds.",
    NOT_RETURNED: "A rating that was not returned stays in the account: the case counts as not read, and the report "
    "gives best- and worst-case bounds.",
}
FRAME_DATE: Final = (
    "A case closed, merged or born after the frame date stays what it was on that date: it is not ineligible."
)


def cell(sample: LoggedSample, case_id: str, column: str) -> str:
    """Give one cell of a case's row, as text; "" where the case is not in the sample."""
    row = sample.cases.loc[sample.cases[CASE_ID] == case_id, column]
    return str(row.iloc[0]) if len(row) else ""


def unread_apart(entries: Sequence[LogEntry]) -> dict[str, str]:
    """Give the must-audit and hand-chosen cases that were recorded as not rated, each with its reason.

    Their draw_status stays what it is, so that they are never mixed with the random sample; the log tells.
    """
    found: dict[str, str] = {}
    for entry in entries:
        if entry.status in APART and entry.action == RECORDED:
            found[entry.case_id] = entry.reason
        elif entry.status in APART and entry.action == FOUND:
            found.pop(entry.case_id, None)
    return found


def recorded(sample: LoggedSample, case_id: str) -> str:
    """Give the disposition a case was recorded with, "" where it has none."""
    status = cell(sample, case_id, DRAW_STATUS)
    return status if status in DISPOSITIONS else unread_apart(sample.entries).get(case_id, "")


def check_disposition(sample: LoggedSample, case_id: str, reason: str, note: str, rated: Collection[str]) -> None:
    """Refuse what cannot be recorded of a case, everything that is wrong at once."""
    problems = unknown_case(sample, case_id)
    if reason not in DISPOSITIONS:
        problems.append(
            Problem(f'"{reason}" is no reason why a case is not rated', "", did_you_mean(reason, DISPOSITIONS))
        )
    if reason == INELIGIBLE and not note.strip():
        what = "a case is made ineligible without a word why"
        problems.append(
            Problem(what, Place(case=case_id), f"Say with --note what it was on the frame date. {FRAME_DATE}")
        )
    before = recorded(sample, case_id)
    if before:
        mend = "Where that was a mistake, or the file turned up, run replace with --found."
        problems.append(Problem(f"the case is recorded as {before} already", Place(SAMPLE_FILE, case=case_id), mend))
    elif case_id in rated and reason in DISPOSITIONS and reason != INELIGIBLE:
        mend = "Leave it in the sample. A case that was rated can only be ineligible."
        problems.append(Problem("the case has ratings, so it was read", Place(SAMPLE_FILE, case=case_id), mend))
    raise_if(problems, DesignError)


def unknown_case(sample: LoggedSample, case_id: str) -> list[Problem]:
    """Name what is wrong with an id: not in the sample, or a reserve that was not opened."""
    status = cell(sample, case_id, DRAW_STATUS)
    if status == RESERVE:
        what = "the case is a reserve that was not opened"
        mend = "Reserves are opened by replace, in the order of their tickets; there is nothing to record before."
        return [Problem(what, Place(SAMPLE_FILE, case=case_id), mend)]
    if status:
        return []
    best = nearest(case_id, (str(each) for each in sample.cases[CASE_ID]))
    mend = f'Did you mean "{best}"?' if best else "Give the id exactly as sample.csv has it."
    return [Problem(f'"{case_id}" is not a case of this sample', SAMPLE_FILE, mend)]


def record_event(sample: LoggedSample, case_id: str, reason: str, note: str) -> LogEntry:
    """Give the log's row for a case that ends without a rating."""
    status = cell(sample, case_id, DRAW_STATUS)
    return _event(sample, case_id, RECORDED, status if status in APART else reason, reason, note)


def found_event(sample: LoggedSample, case_id: str, note: str) -> LogEntry:
    """Give the log's row for a case that can be rated after all.

    Raises
    ------
    DesignError if the case is not in the sample, or was not recorded as anything.
    """
    problems = unknown_case(sample, case_id)
    before = recorded(sample, case_id)
    if not problems and not before:
        what = "the case is not recorded as missing or anything else, so there is nothing to take back"
        problems = [Problem(what, Place(SAMPLE_FILE, case=case_id), "Leave --found out to record something of it.")]
    raise_if(problems, DesignError)
    status = cell(sample, case_id, DRAW_STATUS)
    after = status if status in APART else SAMPLED
    return _event(sample, case_id, FOUND, after, f"was recorded as {before}", note)


def _event(sample: LoggedSample, case_id: str, action: str, status: str, reason: str, note: str) -> LogEntry:
    return LogEntry(
        action,
        case_id,
        status,
        cell(sample, case_id, STRATUM),
        int(cell(sample, case_id, DRAW_ORDER)),
        auditor=cell(sample, case_id, AUDITOR),
        second_auditor=cell(sample, case_id, SECOND_AUDITOR),
        reason=reason,
        note=note,
    )
