"""A council's own time limits, sealed with the draw: they decide who was in time, as much as the plan does."""

from __future__ import annotations

from collections.abc import Mapping

from audit_toolkit.errors import Problem
from audit_toolkit.files import file_digest, read_text
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.receipt import Receipt
from audit_toolkit.terms import RECEIPT_FILE

# How the file is marked among a receipt's files.
LIMITS = "timescales"


def limits_file(plan: Plan) -> tuple[Mapping[str, object], ...]:
    """Give the plan's file of time limits as a receipt names it, its lines for rows; nothing where there is none."""
    path = plan.timescales
    if path is None:
        return ()
    lines = len(read_text(path).splitlines())
    return ({"name": path.name, "sha256": file_digest(path), "rows": lines, "use": LIMITS},)


def limits_problems(receipt: Receipt, plan: Plan) -> list[Problem]:
    """Say whether the plan's time limits are not those that were sealed when the sample was drawn."""
    sealed = [str(each["sha256"]) for each in receipt.files if each.get("use") == LIMITS]
    path = plan.timescales
    if path is None:
        what = "the receipt knows a file of time limits, and the plan names none"
        return [Problem(what, RECEIPT_FILE, "Find the original receipt or plan.")] if sealed else []
    if not sealed:
        what = "the plan names a file of time limits, and the receipt does not know it"
        return [Problem(what, path.name, "Find the original receipt or plan.")]
    if not path.exists():
        what = "the file of time limits is not there any more"
    elif file_digest(path) != sealed[0]:
        what = "the time limits changed after the sample was drawn"
    else:
        return []
    return [Problem(what, path.name, "Put back the file as it was; other limits are for the next round.")]
