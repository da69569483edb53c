"""Ratings of shipped frameworks that were not asked for: checked like all others, counted, and left aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.files import Table
from audit_toolkit.scoring.extends import SHIPPED
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.framework_file import load_framework

if TYPE_CHECKING:
    import pandas as pd


def also_rated(tables: Sequence[Table], chosen: Sequence[Framework]) -> list[Framework]:
    """Give the other shipped frameworks whose ratings stand in the tables too: checked, and left aside."""
    named: set[str] = set()
    for table in tables:
        named |= set(table.columns) if terms.CRITERION_ID not in table.columns else set(table.cells[terms.CRITERION_ID])
    return others_rated(named, chosen)


def others_rated(named: Iterable[str], chosen: Sequence[Framework]) -> list[Framework]:
    """Give the shipped frameworks that some ids belong to, and that were not asked for and share no id with those."""
    asked = {each.id for framework in chosen for each in framework.questions}
    if not set(named) - asked:
        return []
    others = [load_framework(name) for name in SHIPPED if name not in {each.name for each in chosen}]
    ids = [(each, {question.id for question in each.questions}) for each in others]
    return [each for each, own in ids if own & set(named) and not own & asked]


def aside_notes(frame: pd.DataFrame, aside: Sequence[Framework]) -> list[str]:
    """Count the ratings of frameworks that were not asked for."""
    counts = [(each.name, int(frame[terms.CRITERION_ID].isin([q.id for q in each.questions]).sum())) for each in aside]
    return [aside_note(name, count) for name, count in counts]


def aside_note(name: str, count: int) -> str:
    """Say how many ratings belong to a framework that was not asked for."""
    ratings = "1 rating belongs" if count == 1 else f"{count:,} ratings belong"
    return f"{ratings} to {name}, which was not asked for; {'it is' if count == 1 else 'they are'} left aside."
