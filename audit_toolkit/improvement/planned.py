"""What a planned round could show, before any case is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from audit_toolkit.improvement.detectable import Detectable, detectable_share
from audit_toolkit.improvement.estimate import estimate_share
from audit_toolkit.improvement.intervals import json_number
from audit_toolkit.sampling import PlannedReview
from audit_toolkit.terms import IMPROVEMENT

# The share a plan is judged at: the one with the widest interval, for lack of an earlier round.
PLANNING_SHARE = 0.5
# A change that two rounds of any practical size should be able to show: a quarter of all cases.
LARGE_CHANGE = 0.25


@dataclass(frozen=True, slots=True)
class PlannedPower:
    """The interval width and the changes a planned round could show, at a share of one half.

    `width` is the whole width of the 95 % interval for a share, in points of share (0-1).
    """

    width: float
    detectable: Detectable
    improvement: bool

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them."""
        return {"expected_width": json_number(self.width), **self.detectable.to_dict()}

    def sentences(self) -> list[str]:
        """Say what the plan could and could not show."""
        half = 100 * self.width / 2
        found = [f"A share near 50 % would be known to within {half:.0f} points either way (95 % interval)."]
        if math.isnan(half):
            found = ["How well a share would be known cannot be told: one case stands for a stratum."]
        if not self.improvement:
            return [*found, "The purpose is not improvement: this round gives findings, never a verdict."]
        true, observed = self.detectable.true_change, self.detectable.observed_change
        if math.isnan(true):
            mend = "Draw two or more from every stratum." if math.isnan(half) else "Draw more cases."
            return [*found, f"WARNING: two rounds like this could not show any change for the better. {mend}"]
        found.append(
            f"Two such rounds would show a true rise from 50 % of {100 * true:.0f} points with 80 % power; "
            f"an observed rise of {100 * observed:.0f} points would count."
        )
        if true > LARGE_CHANGE:
            found.append("WARNING: only a very large change could be shown. Draw more cases, or fewer strata.")
        return found


def planned_power(review: PlannedReview) -> PlannedPower:
    """Work out what a planned round could show at a share of one half, by the tests that will be used.

    Parameters
    ----------
    review : what `plan_review` gave.

    Returns
    -------
    PlannedPower.

    Source: STATISTICS of this project, A, B and E. Checked against: tests/improvement/test_planned.py.
    """
    counts = dict(review.allocation)
    labels = [label for label, cases in counts.items() for _ in range(cases)]
    half = np.concatenate([np.arange(cases) % 2 for cases in counts.values()]).astype(float)
    index = [str(position) for position in range(len(labels))]
    outcomes = pd.Series(half, index=index)
    strata = pd.Series(labels, index=index, dtype=object)
    collapse = dict(review.plan.collapse) or None
    estimate = estimate_share(outcomes, strata, review.frame.population, collapse=collapse)
    detectable = detectable_share(PLANNING_SHARE, counts, counts, review.frame.population, collapse=collapse)
    return PlannedPower(estimate.ci.high - estimate.ci.low, detectable, review.plan.purpose == IMPROVEMENT)
