"""How likely two rounds are to show each true change: power curves on their own strata, by the tests they will have."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.intervals import json_number
from audit_toolkit.improvement.estimates.variance import Collapse, thin_note
from audit_toolkit.improvement.planning.detectable import Detectable, detectable_grades, detectable_share
from audit_toolkit.improvement.planning.odds import even_grades, raised, smoothed
from audit_toolkit.improvement.planning.simulated import (
    GradePower,
    PlannedPair,
    SharePower,
    planned_pair,
    simulation_error,
)
from audit_toolkit.terms import IMPROVED, WORSENED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

# True changes are tried in steps of two and a half points.
CURVE_STEP = 0.025
POINT_COLUMNS = ("change", "later_share", "verdict", "share_power", "share_error", "grades_power", "grades_error")


@dataclass(frozen=True, slots=True)
class PowerPoint:
    """A true change in the share good or better, and how often each test gives the word for it.

    `verdict` is the word: improved from no change upwards, worsened from it downwards; at no change both are false
    alarms. `share_power` is of the share's interval, `grades_power` of the grades' test when every grade moves by the
    same odds; their errors are those of the simulation, 0 where a share was counted out. All shares (0-1).
    """

    change: float
    later_share: float
    verdict: str
    share_power: float
    share_error: float
    grades_power: float
    grades_error: float


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """What two rounds of these cases would show of every true change from `from_share`, the largest fall first.

    `share` and `grades` are the smallest changes for the better, true and observed, as a comparison prints them.
    """

    from_share: float
    n_earlier: int
    n_later: int
    strata: int
    confidence: float
    points: tuple[PowerPoint, ...]
    share: Detectable
    grades: Detectable
    notes: tuple[str, ...] = ()

    @property
    def power(self) -> float:
        """How often the smallest true changes are shown."""
        return self.share.power

    @property
    def grades_as_share(self) -> float:
        """The smallest rise of the share good or better that the grades' test shows so often; nan where none is.

        Between two points of the curve it is read off the straight line.
        """
        rises = [each for each in self.points if each.verdict == IMPROVED]
        for before, after in pairwise(rises):
            if before.grades_power < self.power <= after.grades_power:
                part = (self.power - before.grades_power) / (after.grades_power - before.grades_power)
                return before.change + part * (after.change - before.change)
        return math.nan

    def to_frame(self) -> pd.DataFrame:
        """Give a row a true change and word."""
        import pandas as pd

        rows = [tuple(getattr(each, name) for name in POINT_COLUMNS) for each in self.points]
        return pd.DataFrame(rows, columns=list(POINT_COLUMNS))

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "from_share": self.from_share,
            "n_earlier": self.n_earlier,
            "n_later": self.n_later,
            "strata": self.strata,
            "confidence": self.confidence,
            "power": self.power,
            "share_true": json_number(self.share.true_change),
            "share_observed": json_number(self.share.observed_change),
            "grades_true": json_number(self.grades.true_change),
            "grades_observed": json_number(self.grades.observed_change),
            "grades_as_share": json_number(self.grades_as_share),
            "curve": [_plain(each) for each in self.points],
            "notes": list(self.notes),
        }

    def plot(self) -> Figure:
        """Draw how often each true change is shown, of the share and of the grades."""
        from audit_toolkit.improvement.planning.power_plot import power_figure

        figure: Figure = power_figure(self)
        return figure

    def __str__(self) -> str:
        lines = [
            f"{self.n_earlier:,} cases, then {self.n_later:,}, in {self.strata} "
            f"{'stratum' if self.strata == 1 else 'strata'}; share good or better {100 * self.from_share:.0f} % before",
            f"share good or better: {self.share}",
            f"grades, in pairs of 100 beyond 50: {self.grades}",
        ]
        if not math.isnan(self.grades_as_share):
            often, size = f"{100 * self.power:.0f} %", f"{100 * self.grades_as_share:.0f} points"
            lines.append(
                f"so the grades, which give the verdict, show a rise of the share of {size} with {often} power"
            )
        return "\n".join([*lines, *(f"- {note}" for note in self.notes[:9])])


def power_curve(
    n_earlier: Mapping[Any, int],
    n_later: Mapping[Any, int],
    population_later: Mapping[Any, float],
    *,
    from_share: float = 0.5,
    grades: Sequence[float] | None = None,
    good: int = 2,
    power: float = 0.8,
    confidence: float = 0.95,
    collapse: Collapse | None = None,
) -> PowerCurve:
    """Say how likely two rounds are to show each true change, on their own strata and by the tests they will have.

    Parameters
    ----------
    n_earlier, n_later : mapping stratum -> answered cases of each round. population_later : mapping stratum -> N_h.
    from_share : the share good or better before (0-1), in every stratum. grades : the share of cases at each grade
        before, best first, the first `good` of them good or better; default four grades, spread evenly.
    power : how often the smallest true change is shown. confidence : of the intervals. collapse : as `compare_shares`.

    Returns
    -------
    PowerCurve. A share of one stratum is counted out; the rest is simulated 4,000 times at each change, on the same
    cases, so that the curve is smooth and an answer is good to about a point.

    Raises
    ------
    ChangeError if a number means nothing; DesignError if no stratum has cases in both rounds.

    Source: docs/statistics-for-statisticians.md; McCullagh (1980), Journal of the Royal Statistical Society B
    42:109-142, for grades that move by the same odds. Checked against: the verbs themselves, on drawn rounds, in
    tests/improvement/test_power_curve.py.
    """
    shares = even_grades(from_share, 4, good) if grades is None else list(grades)
    before = from_share if grades is None else float(sum(shares[:good]))
    pair = planned_pair(n_earlier, n_later, population_later, confidence, collapse)
    share = detectable_share(
        before, n_earlier, n_later, population_later, power=power, confidence=confidence, collapse=collapse
    )
    found = detectable_grades(
        shares, n_earlier, n_later, population_later, power=power, confidence=confidence, collapse=collapse
    )
    points = [*_falls(pair, before, shares, good), *_rises(pair, before, shares, good, IMPROVED)]
    return PowerCurve(
        from_share=before,
        n_earlier=int(pair.first.sum()),
        n_later=int(pair.second.sum()),
        strata=len(pair.weights),
        confidence=confidence,
        points=tuple(points),
        share=share,
        grades=found,
        notes=(thin_note(pair.thin),) if pair.thin else (),
    )


def _falls(pair: PlannedPair, before: float, shares: Sequence[float], good: int) -> list[PowerPoint]:
    """Turn good and bad about: a fall is a rise of the rest, seen by the same tests."""
    turned = _rises(pair, 1 - before, list(reversed(shares)), len(shares) - good, WORSENED)
    return [PowerPoint(-each.change, 1 - each.later_share, each.verdict, *_chances(each)) for each in reversed(turned)]


def _chances(point: PowerPoint) -> tuple[float, float, float, float]:
    return point.share_power, point.share_error, point.grades_power, point.grades_error


def _rises(pair: PlannedPair, before: float, shares: Sequence[float], good: int, word: str) -> list[PowerPoint]:
    """Give the chance of a word at each rise from none to the largest there can be."""
    start = smoothed(shares, int(pair.first.sum()))
    changes = [CURVE_STEP * step for step in range(int((1 - before) / CURVE_STEP + 1e-9) + 1)]
    of_share = None if pair.thin and not pair.one else SharePower(pair, before)
    of_grades = None if pair.thin else GradePower(pair, start)
    return [_point(change, before, word, of_share, of_grades, start, good) for change in changes]


def _point(
    change: float,
    before: float,
    word: str,
    of_share: SharePower | None,
    of_grades: GradePower | None,
    start: FloatArray,
    good: int,
) -> PowerPoint:
    after = min(before + change, 1.0)
    share = math.nan if of_share is None else of_share.at(after)
    exact = of_share is not None and of_share.exact
    grades = math.nan if of_grades is None else of_grades.at(_moved(start, good, change))
    return PowerPoint(
        change,
        after,
        word,
        share,
        math.nan if of_share is None else simulation_error(share, exact=exact),
        grades,
        math.nan if of_grades is None else simulation_error(grades, exact=False),
    )


def _moved(start: FloatArray, good: int, change: float) -> FloatArray:
    """Move every grade by the odds that raise the share of the best `good` of them by `change`; worst first."""
    if change == 0:
        return start
    return raised(start, good, min(float(start[-good:].sum()) + change, 1 - np.finfo(float).eps))


def _plain(point: PowerPoint) -> dict[str, object]:
    told: dict[str, object] = {}
    for name in POINT_COLUMNS:
        value = getattr(point, name)
        told[name] = json_number(value) if isinstance(value, float) else value
    return told
