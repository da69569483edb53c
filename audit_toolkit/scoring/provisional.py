"""What is still out: figures are provisional until the cut-off date, and nothing is written off in silence."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.sampling import Plan

if TYPE_CHECKING:
    import pandas as pd


def still_out(sample: pd.DataFrame, rated: Collection[str], unread: Collection[str] = ()) -> tuple[int, int]:
    """Count the cases a first rating is awaited of that have none, and all that one is awaited of.

    `unread` are cases outside the random sample that the log says cannot be rated.
    """
    awaited = [
        str(case)
        for case, status in zip(sample[terms.CASE_ID], sample[terms.DRAW_STATUS], strict=True)
        if status in terms.TO_RATE and case not in unread
    ]
    known = set(rated)
    return sum(case not in known for case in awaited), len(awaited)


def provisional_sentence(plan: Plan, out: int, issued: int, today: datetime.date | None = None) -> str:
    """Say that cases are still out, or nothing where none is or the plan has no cut-off.

    Parameters
    ----------
    plan : with `cut_off`. out : cases without a rating that nobody recorded as not to be rated.
    issued : cases that a rating is awaited of. today : the day it is said on; None where it is not known.
    """
    if plan.cut_off is None or out == 0:
        return ""
    many = f"{out} of {issued} cases {'is' if out == 1 else 'are'} still out"
    day = f"{plan.cut_off.day} {plan.cut_off:%B %Y}"
    if today is None or today <= plan.cut_off:
        return f"Provisional: {many} (cut-off {day})."
    return (
        f"{many}, and the cut-off, {day}, has passed. Figures take them as not read; the sample says not returned only "
        'once each is recorded: run replace --reason "not returned".'
    )
