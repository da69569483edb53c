"""What these rounds could have shown: the smallest true change found with 80 % power, the smallest that counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.changes.grade_statistic import grade_statistic
from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.intervals import json_number, t_quantiles
from audit_toolkit.improvement.estimates.variance import Collapse, thin_note
from audit_toolkit.improvement.planning.odds import better_by, largest_theta, smoothed
from audit_toolkit.improvement.planning.power import shares_shown
from audit_toolkit.improvement.planning.simulated import GradePower, PlannedPair, SharePower, check_power, planned_pair

NOTHING = float("nan")
# Changes are tried in steps of half a point.
STEP = 0.005


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest changes for the better that a pair of rounds can show; nan where even the largest is not shown.

    `true_change` would be shown with `power`; `observed_change` is the smallest that counts when it is seen. Both are
    sizes: points of share (0-1), or of theta above 0.5 for grades.
    """

    true_change: float
    observed_change: float
    power: float
    confidence: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "detectable_true": json_number(self.true_change),
            "detectable_observed": json_number(self.observed_change),
            "power": self.power,
            "confidence": self.confidence,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        true, observed = (
            "none" if math.isnan(each) else f"{100 * each:.1f} points"
            for each in (self.true_change, self.observed_change)
        )
        return (
            f"Smallest true change shown with {100 * self.power:g} % power: {true}; "
            f"smallest observed change that counts: {observed}"
        )


def detectable_share(
    earlier_share: float,
    n_earlier: Mapping[Any, int],
    n_later: Mapping[Any, int],
    population_later: Mapping[Any, float],
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    higher_is_better: bool = True,
    collapse: Collapse | None = None,
) -> Detectable:
    """Say how large a change in a share these rounds could show, by the test that `compare_shares` makes.

    Parameters
    ----------
    earlier_share : the share before (0-1), taken for every stratum. n_earlier, n_later : mapping stratum -> answered
        cases of each round. population_later : mapping stratum -> N_h. power, confidence : in (0, 1).
    higher_is_better : False where fewer is better. collapse : as `compare_shares`.

    Returns
    -------
    Detectable, sizes of changes for the better. One stratum is counted out exactly; more are simulated 4,000 times at
    each size, the same cases at every size and call, so that an answer is good to about half a point.

    Raises
    ------
    ChangeError if a share, power or confidence is not between 0 and 1; DesignError if no stratum has cases in both.

    Source: docs/statistics-for-statisticians.md; `compare_shares` for the test.
    Checked against: the printed table in tests/improvement/test_detectable.py, and `compare_shares` itself there.
    """
    check_power(power)
    plan = planned_pair(n_earlier, n_later, population_later, confidence, collapse)
    if not 0 <= earlier_share <= 1:
        raise ChangeError(Problem(f"the earlier share {earlier_share} is not between 0 and 1", "", "Use 0.5 for 50 %."))
    start = float(earlier_share) if higher_is_better else 1 - float(earlier_share)
    if plan.thin and not plan.one:
        return Detectable(NOTHING, NOTHING, power, confidence, (thin_note(plan.thin),))
    sizes = _sizes(1 - start)
    later = np.minimum(start + sizes, 1.0)
    simulated = SharePower(plan, start)
    found = _smallest(sizes, lambda step: simulated.at(float(later[step])), power)
    return _told(found, _observed_share(plan, start), power, confidence)


def detectable_grades(
    earlier: Sequence[float] | Mapping[Any, float],
    n_earlier: Mapping[Any, int],
    n_later: Mapping[Any, int],
    population_later: Mapping[Any, float],
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    collapse: Collapse | None = None,
) -> Detectable:
    """Say how large a change in grades these rounds could show, by the test that `compare_grades` makes.

    Parameters as `detectable_share`; `earlier` : the share of cases at each grade before, best first (as
    `grade_distribution` gives it). Later grades are better by the same odds at every grade (proportional odds);
    half a case is added over the grades first, so that a grade nobody had can be reached.

    Returns
    -------
    Detectable, sizes of theta - 0.5.

    Source: McCullagh (1980), Journal of the Royal Statistical Society B 42:109-142, for proportional odds.
    Checked against: `compare_grades` itself in tests/improvement/test_detectable.py.
    """
    check_power(power)
    plan = planned_pair(n_earlier, n_later, population_later, confidence, collapse)
    if plan.thin:
        return Detectable(NOTHING, NOTHING, power, confidence, (thin_note(plan.thin),))
    start = smoothed(earlier, int(plan.first.sum()))
    sizes = _sizes(largest_theta(start) - 0.5)
    later = better_by(start, sizes)
    simulated = GradePower(plan, start)
    found = _smallest(sizes, lambda step: simulated.at(later[step]), power)
    return _told(found, _observed_grades(plan, start, later, sizes), power, confidence)


def _told(found: float, observed: float, power: float, confidence: float) -> Detectable:
    notes = []
    if math.isnan(found):
        notes.append(f"None: even the largest change would be shown with less than {100 * power:g} % power.")
    if math.isnan(observed):
        notes.append("None: even the largest observed change would not have counted.")
    return Detectable(found, observed, power, confidence, tuple(notes))


def _sizes(largest: float) -> FloatArray:
    """Give the changes to try: every half point up to the largest there can be, and that one."""
    steps: FloatArray = np.arange(1.0, math.floor(largest / STEP + 1e-9) + 1) * STEP
    return steps if len(steps) and largest - steps[-1] < 1e-9 else np.array([*steps.tolist(), largest])


def _smallest(sizes: FloatArray, power_at: Callable[[int], float], power: float) -> float:
    """Find by halving the first size with enough power (`power_at` its position); nan where the largest has not."""
    if sizes[-1] <= 0 or power_at(len(sizes) - 1) < power:
        return NOTHING
    low, high = -1, len(sizes) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if power_at(middle) >= power:
            high = middle
        else:
            low = middle
    return float(sizes[high])


def _observed_share(plan: PlannedPair, start: float) -> float:
    """Find the smallest later share whose interval clears the earlier: in whole cases where there is one stratum."""
    later = np.arange(plan.second[0] + 1) / plan.second[0] if plan.one else np.linspace(0, 1, 1001)
    later = later[later > start]
    good1 = np.broadcast_to(start * plan.first, (len(later), len(plan.first)))
    good2 = later[:, None] * plan.second
    shown, _ = shares_shown(
        good1, good2, plan.first, plan.second, plan.weights, plan.groups1, plan.groups2, plan.confidence
    )
    counted = later[shown]
    return float(counted[0] - start) if len(counted) else NOTHING


def _observed_grades(plan: PlannedPair, start: FloatArray, later: FloatArray, sizes: FloatArray) -> float:
    """Find the smallest theta that counts when each round falls out just as expected."""
    if int(plan.first.sum() + plan.second.sum()) <= plan.groups1.count + plan.groups2.count:
        return NOTHING
    counts1 = np.broadcast_to(plan.first[:, None] * start, (len(sizes), len(plan.first), len(start)))
    counts2 = plan.second[:, None] * later[:, None, :]
    drawn = plan.second.astype(float)
    statistic = grade_statistic(counts1, counts2, drawn, plan.weights, plan.groups1, plan.groups2)
    counted = sizes[statistic.theta - 0.5 > t_quantiles(plan.confidence, statistic.df) * np.sqrt(statistic.variance)]
    return float(counted[0]) if len(counted) else NOTHING
