"""Ratings of shipped frameworks that were not asked for: checked like all others, counted, and left aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.files import Table
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import SHIPPED, load_framework

if TYPE_CHECKING:
    import pandas as pd


def also_rated(tables: Sequence[Table], chosen: Sequence[Framework]) -> list[Framework]:
    """Give the other shipped frameworks whose ratings stand in the tables too: checked, and left aside."""
    asked = {each.id for framework in chosen for each in framework.questions}
    named: set[str] = set()
    for table in tables:
        named |= set(table.columns) if terms.CRITERION_ID not in table.columns else set(table.cells[terms.CRITERION_ID])
    if not named - asked:
        return []
    others = [load_framework(name) for name in SHIPPED if name not in {each.name for each in chosen}]
    ids = [(each, {question.id for question in each.questions}) for each in others]
    return [each for each, own in ids if own & named and not own & asked]


def aside_notes(frame: pd.DataFrame, aside: Sequence[Framework]) -> list[str]:
    """Count the ratings of frameworks that were not asked for."""
    counts = [(each.name, int(frame[terms.CRITERION_ID].isin([q.id for q in each.questions]).sum())) for each in aside]
    return [
        f"{count:,} ratings belong to {name}, which was not asked for; they are left aside." for name, count in counts
    ]
