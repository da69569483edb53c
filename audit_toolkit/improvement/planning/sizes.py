"""What a search for the number of cases found: the number, how it was reached, and the curve around it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit_toolkit.improvement.estimates.intervals import json_number
from audit_toolkit.sampling import SampleSize

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

POWER: Final = "power"
WIDTH: Final = "half width"
# Whose cases a number counts, where a change is asked about.
BOTH_ROUNDS: Final = "in each of the two rounds"
LATER_ROUND: Final = "in the later round"


@dataclass(frozen=True, slots=True)
class SizePoint:
    """One number of cases a round: the power at it with its simulation error, and half the width of a share's interval.

    Shares (0-1). `power` is nan where no change was asked about; `error` is 0 where the power was counted out.
    """

    n: int
    power: float
    error: float
    half_width: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many cases a round needs on its own strata, by the tests and intervals that will really be used.

    `question` says in a few words what was asked, `outcome` what reading so many cases brings about.
    `n` is the fewest cases from which on `aim` ("power", "half width") stays at `wanted` or better, None where no
    number of them does; `reached` is the aim at `n`, or at the most cases tried, and `allocation` how those are shared
    out. `first_guess` is a formula's answer.
    """

    question: str
    outcome: str
    n: int | None
    aim: str
    wanted: float
    reached: float
    population: int
    allocation: Mapping[str, int]
    curve: tuple[SizePoint, ...]
    first_guess: SampleSize
    rounds: str = ""
    notes: tuple[str, ...] = ()

    @property
    def strata(self) -> int:
        """How many strata the cases come from."""
        return len(self.allocation)

    def sentence(self) -> str:
        """Say the answer in words."""
        if self.n is None:
            most = f"{self.curve[-1].n:,}"
            got = "cannot be told" if math.isnan(self.reached) else f"is {_said(self.aim, self.reached)}"
            return f"No number of cases up to {most} is enough that {self.outcome}: with {most} the {self.aim} {got}."
        reading = f"all {self.n:,}" if self.n == self.population else f"{self.n:,} of {self.population:,}"
        return f"Read {reading} cases{f' {self.rounds}' if self.rounds else ''}, so that {self.outcome}."

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "question": self.question,
            "answer": self.sentence(),
            "n": self.n,
            "aim": self.aim,
            "wanted": self.wanted,
            "reached": json_number(self.reached),
            "population": self.population,
            "rounds": self.rounds,
            "allocation": dict(self.allocation),
            "by_formula": self.first_guess.to_dict(),
            "curve": [
                {
                    "n": each.n,
                    "power": json_number(each.power),
                    "error": json_number(each.error),
                    "half_width": json_number(each.half_width),
                }
                for each in self.curve
            ],
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give the curve, a row a number of cases."""
        import pandas as pd

        rows = [(each.n, each.power, each.error, each.half_width) for each in self.curve]
        return pd.DataFrame(rows, columns=["n", "power", "error", "half_width"])

    def plot(self) -> Figure:
        """Draw power and half width against the number of cases, the number found marked."""
        from audit_toolkit.improvement.planning.size_plot import size_figure

        figure: Figure = size_figure([self])
        return figure

    def __str__(self) -> str:
        guess = self.first_guess
        lines = [self.sentence(), f"By formula ({guess.formula}): {guess.n:,}."]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])


def _said(aim: str, value: float) -> str:
    return f"{100 * value:.1f} points" if aim == WIDTH else f"{100 * value:.0f} %"
