"""Whom an estimate speaks for: the cases that could be drawn, and the eligible ones that could not."""

from __future__ import annotations

from collections.abc import Iterable

from audit_toolkit.terms import CASE_ID


def speaks_for(
    could_be_drawn: int, *, eligible: int, earlier: Iterable[str] = (), apart: int = 0, unit: str = CASE_ID
) -> str:
    """Say whom an estimate speaks for, as part of a sentence.

    Parameters
    ----------
    could_be_drawn : the units of the frame. eligible : those before it stayed clear of earlier rounds.
    earlier : the names of the rounds it stayed clear of. apart : eligible units on the must-audit list, which are
        in neither count. unit : the column that units are named by, where they are several cases.

    >>> speaks_for(640, eligible=700, earlier=["the retrospective review"])
    'the 640 eligible cases not audited in the retrospective review, of 700 eligible'
    """
    what = "cases" if unit == CASE_ID else f"units ({unit})"
    names = list(earlier) if eligible > could_be_drawn else []
    reasons = [f"not audited in {_either(names)}"] if names else []
    reasons += ["not on the must-audit list"] if apart else []
    first = f"the {could_be_drawn:,} eligible {what}"
    if not reasons:
        return first
    return f"{first} {' and '.join(reasons)}, of {eligible + apart:,} eligible"


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
