"""The rounds a report speaks of: one alone, or an earlier and a later one side by side."""

from __future__ import annotations

from collections.abc import Sequence

from audit_toolkit.improvement import Comparison, Levels, Round

# What is reported: where one round stands, or what changed between two.
Reported = Levels | Comparison
# Each round with the side it stands on: "earlier" and "later", or "" where it stands alone.
Sides = Sequence[tuple[str, Round]]


def sides_of(reported: Reported) -> Sides:
    """Give the rounds of what is reported with the side each stands on."""
    if isinstance(reported, Comparison):
        return (("earlier", reported.earlier), ("later", reported.later))
    return (("", reported.round),)


def key(name: str, side: str) -> str:
    """Give the name of a column of the CSV."""
    return f"{name}_{side}" if side else name


def heading(name: str, side: str) -> str:
    """Give the heading of a column of the page."""
    return f"{name}, {side}" if side else name
