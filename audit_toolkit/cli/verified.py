"""What a check of a round came to, in words and as plain values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import AuditError
from audit_toolkit.sampling import RoundCheck, assignment_notes, check_round, read_plan
from audit_toolkit.scoring import plan_frameworks

if TYPE_CHECKING:
    import pandas as pd


def check_with_frameworks(folder: Path, register: Path | None, *, seal: str | None, key: Path | None) -> RoundCheck:
    """Check a round with the frameworks its plan names now; where those cannot be read, without them."""
    try:
        named = {name: (each.version, each.digest) for name, each in plan_frameworks(read_plan(folder)).items()}
    except AuditError:
        # What is wrong with the plan the check itself says; what is wrong with a framework comes after it.
        named = None
    check = check_round(folder, register, frameworks=named, seal=seal, key=key)
    if named is None and check.holds:
        plan_frameworks(read_plan(folder))
    return check


def check_words(check: RoundCheck) -> tuple[str, dict[str, object]]:
    """Give what was found in sentences, and as an object for a program."""
    receipt, notes = check.receipt, assignment_notes(check) if check.holds else []
    result: dict[str, object] = {
        "holds": check.holds,
        "problems": [str(each) for each in check.problems],
        "unchecked": list(check.unchecked),
        "notes": notes,
    }
    if receipt is None:
        return "", result
    result |= {
        "seal": receipt.seal,
        "seed": receipt.seed,
        "eligible": sum(receipt.population.values()),
        "drawn": sum(receipt.allocation.values()),
        "listed": len(receipt.cases),
        "pseudonyms": receipt.pseudonyms,
    }
    held = "The sample holds: the same cases come out again."
    if not receipt.allocation:
        held = "The round holds: its cases are those of the list, chosen by hand."
    lines = [str(receipt), held, *notes, *[f"Not checked: {each}." for each in check.unchecked]]
    return "\n".join(lines), result


def frame_table(check: RoundCheck) -> pd.DataFrame:
    """Give who could be drawn: case_id and stratum, sorted by id, as the frame digest counts them."""
    import pandas as pd

    if check.review is None:
        return pd.DataFrame(columns=[terms.CASE_ID, terms.STRATUM])
    return check.review.frame.units[[terms.CASE_ID, terms.STRATUM]].copy()
