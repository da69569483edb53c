"""Another test of the same two rounds, under its own name: it answers another question and never gives the verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from audit_toolkit.improvement.estimates.intervals import json_number, p_words


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a named test says beside the headline: its statistic, its p, and which other question it answers.

    `statistic` is positive where later is higher. `p_value` is one-sided, for improvement in the direction asked;
    `p_two_sided` is for a change either way. Both are nan where the test is not defined, with a note.
    `sentence` says in words what was asked and found.
    """

    name: str
    statistic: float
    p_two_sided: float
    p_value: float
    sentence: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "name": self.name,
            "statistic": json_number(self.statistic),
            "p_two_sided": json_number(self.p_two_sided),
            "p_value": json_number(self.p_value),
            "sentence": self.sentence,
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row; undefined figures are nan."""
        row = {key: math.nan if value is None else value for key, value in self.to_dict().items()}
        return pd.DataFrame([{**row, "notes": " ".join(self.notes)}])

    def __str__(self) -> str:
        figures = f"{self.name}: one-sided {p_words(self.p_value)}. Beside the verdict, never in its place."
        return "\n".join([figures, self.sentence, *(f"- {note}" for note in self.notes[:9])])
