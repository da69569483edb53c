"""Small strata joined into one, by a rule declared before the draw and never silently."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SmallStrata:
    """Strata with fewer than `below` units become one stratum, labelled `become`."""

    below: int
    become: str
