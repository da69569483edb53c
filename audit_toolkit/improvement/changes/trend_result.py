"""What several rounds show together: the change on the straight line from the first round to the last."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from audit_toolkit.improvement.changes.line import PER_YEAR
from audit_toolkit.improvement.changes.verdict import sentence
from audit_toolkit.improvement.estimates.intervals import Interval, json_number
from audit_toolkit.improvement.estimates.quantities import GRADES
from audit_toolkit.terms import CANNOT_TELL

UNDEFINED = float("nan")
# Rounds that a straight line would leave this far behind less often than one time in twenty are remarked on.
OFF_THE_LINE = 0.05


@dataclass(frozen=True, slots=True)
class Trend:
    """What changed from the first round to the last on the straight line through all of them, and the word for it.

    `values` are the rounds' own results, like for like: all with the last round's N_h on the strata with answers in
    every round; of grades, how often a case of the round is graded higher than one of all rounds together, ties split.
    `fitted` are the line's. `change` is the line's last less its first, with `ci`; `slope` and `slope_ci` are the same
    for one `unit` of time (year or round). `at` (units) says where each round stands. `fit_p` is small where the rounds
    lie off a straight line. `shared` counts cases audited again, `coverage` the last register's share compared.
    """

    quantity: str
    at: tuple[float, ...]
    unit: str
    n: tuple[int, ...]
    values: tuple[float, ...]
    standard_errors: tuple[float, ...]
    fitted: tuple[float, ...]
    change: float
    ci: Interval
    standard_error: float
    df: int
    p_value: float
    p_two_sided: float
    fit_p: float
    verdict: str
    shared: int
    coverage: float
    confidence: float
    margin: float | None
    higher_is_better: bool
    method: str
    notes: tuple[str, ...] = ()

    @property
    def earlier(self) -> float:
        """The line at the first round; of grades 0.5, the point of no change."""
        return 0.5 if self.quantity == GRADES else self.fitted[0]

    @property
    def later(self) -> float:
        """The line at the last round; of grades how often a case there is graded higher than at the line's start."""
        return 0.5 + self.change if self.quantity == GRADES else self.fitted[-1]

    @property
    def judged(self) -> bool:
        """Whether anything was tested."""
        return not math.isnan(self.p_two_sided)

    @property
    def slope(self) -> float:
        """Change per year or per round."""
        return self.change / self.at[-1]

    @property
    def slope_ci(self) -> Interval:
        """Interval of the slope."""
        return Interval(self.ci.low / self.at[-1], self.ci.high / self.at[-1])

    def without_verdict(self) -> Trend:
        """Give the same trend without its word."""
        return replace(self, verdict=CANNOT_TELL)

    def sentence(self) -> str:
        """Say the trend in a sentence that a board can read."""
        return f"On the line through {len(self.at)} rounds: {sentence(self)}"

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "quantity": self.quantity,
            "rounds": len(self.at),
            "unit": self.unit,
            "at": list(self.at),
            "n": list(self.n),
            "values": [json_number(each) for each in self.values],
            "standard_errors": [json_number(each) for each in self.standard_errors],
            "fitted": [json_number(each) for each in self.fitted],
            "change": json_number(self.change),
            "ci_low": json_number(self.ci.low),
            "ci_high": json_number(self.ci.high),
            "slope": json_number(self.slope),
            "slope_low": json_number(self.slope_ci.low),
            "slope_high": json_number(self.slope_ci.high),
            "confidence": self.confidence,
            "standard_error": json_number(self.standard_error),
            "df": self.df,
            "p_value": json_number(self.p_value),
            "p_two_sided": json_number(self.p_two_sided),
            "fit_p": json_number(self.fit_p),
            "verdict": self.verdict,
            "margin": self.margin,
            "higher_is_better": self.higher_is_better,
            "shared": self.shared,
            "coverage": json_number(self.coverage),
            "method": self.method,
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row; undefined figures are nan and what is given for each round stands in `points`."""
        each_round = ("at", "n", "values", "standard_errors", "fitted")
        row = {key: UNDEFINED if value is None else value for key, value in self.to_dict().items()}
        kept = {key: value for key, value in row.items() if key not in each_round}
        return pd.DataFrame([{**kept, "notes": " ".join(self.notes)}])

    def points(self) -> Any:
        """Give one row a round: where it stands, its answers, its result, the standard error, and the line."""
        columns = (self.at, self.n, self.values, self.standard_errors, self.fitted)
        names = ("at", "n", "value", "standard_error", "fitted")
        return pd.DataFrame(dict(zip(names, map(list, columns), strict=True)))

    def __str__(self) -> str:
        p = "undefined" if math.isnan(self.p_value) else f"{self.p_value:.4f}"
        scale, unit = (1.0, "") if self.quantity == "mean" else (100.0, " points")
        pace = f"{scale * self.slope:+.1f}{unit} a {self.unit}" if not math.isnan(self.change) else "no pace"
        span = f"{self.at[-1]:.1f} years" if self.unit == PER_YEAR else f"{self.at[-1]:.0f} steps"
        counts = f"n = {', '.join(map(str, self.n))} over {span}; {pace}; one-sided p = {p} ({self.method})"
        return "\n".join([self.sentence(), counts, *(f"- {note}" for note in self.notes[:9])])
