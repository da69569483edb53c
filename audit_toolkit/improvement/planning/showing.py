"""What a round of so many cases could show: how exactly it knows a share, and which changes it would find."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.intervals import json_number
from audit_toolkit.improvement.estimates.variance import Collapse
from audit_toolkit.improvement.planning.detectable import Detectable, detectable_grades, detectable_share
from audit_toolkit.improvement.planning.odds import better_by, even_grades, smoothed
from audit_toolkit.improvement.planning.simulated import GradePower, planned_pair
from audit_toolkit.improvement.planning.strata_plan import StrataPlan
from audit_toolkit.improvement.planning.widths import expected_half_width
from audit_toolkit.sampling import AllocationInputs

if TYPE_CHECKING:
    import pandas as pd

# The sizes of a table when nobody asked for others, where the strata allow them.
USUAL_SIZES = (20, 40, 60, 80, 100, 150, 200, 300, 400)


class _Options(TypedDict):
    confidence: float
    collapse: Collapse | None


@dataclass(frozen=True, slots=True)
class Showing:
    """What two rounds of `n` cases each could show; sizes are shares (0-1), nan where nothing could be shown.

    `half_width` is how far either way one of them would know a share, on average (nan where its variance cannot be
    estimated; `thin` says that a stratum is too thin to compare). `share` and `grades` are the smallest changes for the
    better that would be found and that would count; `grades_as_share` is the rise of the share good or better that goes
    with the smallest true change of grades. `no_worse` is how often grades that did not change would be shown no worse
    than the `margin`; nan without one.
    """

    n: int
    from_share: float
    thin: bool
    half_width: float
    share: Detectable
    grades: Detectable
    grades_as_share: float
    margin: float
    no_worse: float

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "n": self.n,
            "from_share": self.from_share,
            "half_width": json_number(self.half_width),
            "share_true": json_number(self.share.true_change),
            "share_observed": json_number(self.share.observed_change),
            "grades_true": json_number(self.grades.true_change),
            "grades_observed": json_number(self.grades.observed_change),
            "grades_as_share": json_number(self.grades_as_share),
            "margin": json_number(self.margin),
            "no_worse": json_number(self.no_worse),
            "power": self.share.power,
            "confidence": self.share.confidence,
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row; what is undefined is nan."""
        import pandas as pd

        return pd.DataFrame([{key: np.nan if value is None else value for key, value in self.to_dict().items()}])

    def __str__(self) -> str:
        def said(size: float) -> str:
            return "none" if math.isnan(size) else f"{100 * size:.1f} points"

        return "\n".join(
            [
                f"{self.n:,} cases a round: a share near {100 * self.from_share:g} % known to within "
                f"{said(self.half_width)} either way",
                f"share good or better: {self.share}",
                f"grades, in theta: {self.grades}",
            ]
        )


def could_show(
    population: Mapping[str, int],
    allocation: Mapping[str, int],
    *,
    from_share: float = 0.5,
    grades: Sequence[float] | None = None,
    good: int = 2,
    margin: float | None = None,
    power: float = 0.8,
    confidence: float = 0.95,
    collapse: Collapse | None = None,
) -> Showing:
    """Say what two rounds of these cases could show, by the intervals and tests that will be used.

    Parameters
    ----------
    population, allocation : mapping stratum -> N_h and n_h. from_share : the share good or better before, in every
        stratum. grades : the share of cases at each grade before, best first, the first `good` of them good or better;
        default four grades, spread evenly. margin : how much worse still counts as no worse, in theta, as in a plan.
    power : how often a true change should be found. confidence : of the intervals. collapse : as `compare_shares`.

    Returns
    -------
    Showing.

    Raises
    ------
    ChangeError if a number means nothing; DesignError if the allocation does not fit the population.

    Source: docs/statistics-for-statisticians.md. Checked against: the verbs it joins, in
    tests/improvement/test_showing.py.
    """
    shares = even_grades(from_share, 4, good) if grades is None else list(grades)
    options: _Options = {"confidence": confidence, "collapse": collapse}
    half = expected_half_width(population, allocation, share=from_share, **options)
    share = detectable_share(from_share, allocation, allocation, population, power=power, **options)
    found = detectable_grades(shares, allocation, allocation, population, power=power, **options)
    start = smoothed(shares, sum(allocation.values()))
    no_worse = math.nan
    pair = planned_pair(allocation, allocation, population, confidence, collapse)
    if margin is not None and not pair.thin:
        no_worse = GradePower(pair, start).at(start, margin=margin)
    return Showing(
        n=sum(allocation.values()),
        from_share=from_share,
        thin=bool(pair.thin),
        half_width=half,
        share=share,
        grades=found,
        grades_as_share=_as_share(start, found.true_change, good),
        margin=math.nan if margin is None else margin,
        no_worse=no_worse,
    )


def _as_share(start: FloatArray, size: float, good: int) -> float:
    """Give the rise of the share of the best grades that goes with a change of theta."""
    if math.isnan(size):
        return math.nan
    return float((better_by(start, np.array([size]))[0] - start)[-good:].sum())


def size_table(
    population: Mapping[str, int] | int,
    sizes: Sequence[int] | None = None,
    *,
    also: Sequence[int] = (),
    from_share: float = 0.5,
    grades: Sequence[float] | None = None,
    good: int = 2,
    margin: float | None = None,
    power: float = 0.8,
    confidence: float = 0.95,
    method: str = "proportional",
    minimum: int = 2,
    maximum: int | None = None,
    inputs: AllocationInputs | None = None,
    collapse: Collapse | None = None,
) -> tuple[Showing, ...]:
    """Say for a range of sizes what two such rounds could show: how many cases are enough is then a choice.

    Parameters
    ----------
    population : mapping stratum -> N_h, or one number where there are no strata. sizes : numbers of cases a round;
        default 20 to 400, as far as the strata allow. also : numbers to show beside those. The rest as `could_show`
        and `size_to_detect`.

    Returns
    -------
    Showing for each size, the smallest first.

    Raises
    ------
    DesignError if a size cannot be shared out over the strata; ChangeError as `could_show`.
    """
    plan = StrataPlan.of(population, method, minimum, maximum, inputs, collapse)
    asked = sizes
    if asked is None:
        asked = [each for each in USUAL_SIZES if plan.lowest <= each <= plan.highest] or [plan.highest]
    return tuple(
        could_show(
            plan.population,
            plan.allocation(size),
            from_share=from_share,
            grades=grades,
            good=good,
            margin=margin,
            power=power,
            confidence=confidence,
            collapse=collapse,
        )
        for size in sorted({*asked, *also})
    )
