"""What is said about scores: how the cases came out, which scores do not stand, which limits could not be judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from audit_toolkit import terms
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.rules import Encoded, unjudged

_STATUSES: Final = (terms.COMPLETE, terms.INCOMPLETE, terms.NOT_APPLICABLE, terms.NOT_RATED)


def summary(framework: Framework, table: pd.DataFrame, notes: Sequence[str]) -> str:
    """Say in a few lines how the cases of a table with RESULT_COLUMNS came out."""
    counts = [f"{status} {int((table['status'] == status).sum())}" for status in _STATUSES]
    bands = [f"{label} {int((table['band'] == label).sum())}" for label, _ in framework.bands]
    mean = f"mean score {table['score'].mean():.1f} %" if table["score"].notna().any() else "no score stands"
    limited = int(((table["limits_fired"] != "") & (table["status"] == terms.COMPLETE)).sum())
    lines = [
        f"{framework.title}: {len(table)} cases, {mean} (of these cases, not weighted to the register)",
        f"Bands: {', '.join(bands)}; held back by a limit: {limited}",
        f"Status: {', '.join(counts)}",
    ]
    return "\n".join([*lines, *notes[:9]])


def status_notes(result: pd.DataFrame) -> list[str]:
    """Say how many scores do not stand, and why."""
    notes = []
    for status, why in (
        (terms.INCOMPLETE, "too much is unanswered for a score"),
        (terms.NOT_RATED, "no rating came back"),
    ):
        count = int((result["status"] == status).sum())
        if count:
            notes.append(f"{count} of {len(result)} cases {status}: {why}.")
    return notes


def unjudged_counts(encoded: Encoded, result: pd.DataFrame) -> list[int]:
    """Count, limit by limit, the rated cases in which it could not be judged."""
    rated = (result["status"] != terms.NOT_RATED).to_numpy()
    return [int((unjudged(limit, encoded) & rated).sum()) for limit in encoded.framework.limits]


def limit_notes(framework: Framework, counts: Sequence[int]) -> list[str]:
    """Say which limits could not be judged, and in how many cases."""
    notes = []
    for limit, count in zip(framework.limits, counts, strict=True):
        if count:
            items = [each for each, _ in limit.conditions() if each in framework.item_ids]
            cases = "1 case" if count == 1 else f"{count} cases"
            notes.append(
                f'{" and ".join(items)} is blank for {cases}: the limit "{limit.why}" could not be judged there.'
            )
    return notes
