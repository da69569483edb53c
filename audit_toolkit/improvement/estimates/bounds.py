"""The most that unread cases could change: a share had all of them been good, and had none."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.design import as_outcomes, read_sample, whole
from audit_toolkit.improvement.estimates.intervals import json_number
from audit_toolkit.improvement.estimates.response import RATED, UNREAD, read_response
from audit_toolkit.terms import INELIGIBLE


@dataclass(frozen=True, slots=True)
class Bounds:
    """A share had none (`low`) and had all (`high`) of the `unread` of the `opened` cases been good.

    Every unread case counts, also where a reserve took its place. Bounds are of what was drawn: the chance in the
    drawing comes on top of them.
    """

    low: float
    high: float
    unread: int
    opened: int

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "low": json_number(self.low),
            "high": json_number(self.high),
            "unread": self.unread,
            "opened": self.opened,
        }

    def sentence(self, good: str = "good", unread: str = "") -> str:
        """Say what the unread cases could have made of the share, or nothing where every case was read.

        `good` is what counts; `unread` the words for how many, where the count itself is not told.
        """
        if not self.unread or math.isnan(self.low):
            return ""
        return (
            f"{unread or self.unread} of {self.opened} opened cases could not be read: had all been {good} the share "
            f"would be {100 * self.high:.0f} %, had none {100 * self.low:.0f} %."
        )

    def __str__(self) -> str:
        return self.sentence() or "Every eligible case was read."


@dataclass(frozen=True, slots=True)
class ChangeBounds:
    """A change in a share with the unread cases of both rounds at their worst (`low`) and at their best (`high`).

    `earlier` and `later` are each round's own bounds.
    """

    low: float
    high: float
    earlier: Bounds
    later: Bounds

    @property
    def unread(self) -> int:
        """Unread cases of both rounds."""
        return self.earlier.unread + self.later.unread

    @property
    def includes_none(self) -> bool:
        """Whether the unread cases could make the change nothing."""
        return self.low <= 0 <= self.high

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "low": json_number(self.low),
            "high": json_number(self.high),
            "earlier": self.earlier.to_dict(),
            "later": self.later.to_dict(),
        }

    def sentence(self) -> str:
        """Say what the unread cases could have made of the change, or nothing where every case was read."""
        if not self.unread or math.isnan(self.low):
            return ""
        low, high = (f"{100 * each:+.0f}".replace("-", "−") for each in (self.low, self.high))
        text = f"Whatever the unread cases held, the change found lies between {low} and {high} points, chance apart"
        if not self.includes_none:
            return f"{text}."
        return f"{text}: that there was a change at all rests on unread cases being like those read."


def response_bounds(outcomes: Any, strata: Any, population: Any, status: Any) -> Bounds:
    """Give the best and the worst case of a share: had all unread cases been good, and had none.

    Parameters
    ----------
    outcomes : Series of 0, 1 or no answer, indexed by case_id, one row an opened case. strata, population, status : as
        `read_response`. Rated cases without an answer leave the share, as in `estimate_share`.

    Returns
    -------
    Bounds, as shares (0-1); equal where every case was read. Every eligible opened case weighs N_h / m_h, those of
    strata in which none was rated too.

    Raises
    ------
    DesignError as `read_response`; ChangeError if an outcome is not 0 or 1.

    Source: Cochran (1977), section 13.2; Manski (2007), Identification for Prediction and Decision, ch. 2.
    Checked against: every possible answer of the unread cases in tests/improvement/test_response.py.
    """
    met = _met(outcomes, strata, population, status)
    weight = met.population / met.opened
    size = float((weight * (met.answered + met.unread)).sum())
    response = read_response(strata, population, status)
    if size == 0:
        return Bounds(math.nan, math.nan, response.unread, response.opened)
    low, high = float((weight * met.good).sum()), float((weight * (met.good + met.unread)).sum())
    return Bounds(low / size, high / size, response.unread, response.opened)


def change_bounds(earlier: tuple[Any, Any, Any, Any], later: tuple[Any, Any, Any, Any]) -> ChangeBounds:
    """Give the most that unread cases could make of a change in a share: later at worst less earlier at best, and back.

    Parameters
    ----------
    earlier, later : (outcomes, strata, population, status), each as `response_bounds` takes them.

    Returns
    -------
    ChangeBounds, like for like: both rounds with the later round's strata, as `compare_shares` weighs them. Where no
    stratum is lost the change itself lies within.

    Raises
    ------
    DesignError, ChangeError as `response_bounds`; ChangeError where the rounds share no stratum.

    Source and check as `response_bounds`.
    """
    own = [response_bounds(*each) for each in (earlier, later)]
    then, now = _met(*earlier), _met(*later)
    labels = [label for label in now.labels if label in then.labels]
    if not labels:
        raise ChangeError(Problem("the rounds share no stratum", "", "Stratify both rounds by the same columns."))
    first, second = then.of(labels), now.of(labels)
    known = (first.answered + first.unread > 0) & (second.answered + second.unread > 0)
    rated = second.opened - second.ineligible - second.unread
    # As the change is weighted: the later round's eligible cases times the share of its rated cases with an answer.
    applying = np.where(rated > 0, second.answered / np.maximum(rated, 1), 1.0)
    weight = second.population * (second.opened - second.ineligible) / second.opened * applying * known
    if not weight.sum() > 0:
        return ChangeBounds(math.nan, math.nan, own[0], own[1])
    weight = weight / weight.sum()
    sizes = [np.maximum(each.answered + each.unread, 1) for each in (first, second)]
    worst = (second.good / sizes[1] - (first.good + first.unread) / sizes[0]) * weight
    best = ((second.good + second.unread) / sizes[1] - first.good / sizes[0]) * weight
    return ChangeBounds(float(worst.sum()), float(best.sum()), own[0], own[1])


@dataclass(frozen=True, slots=True)
class _Met:
    """Counts of a measure by stratum (H): rated cases with an answer, good ones, unread and ineligible ones."""

    labels: tuple[Hashable, ...]
    population: Any
    opened: Any
    answered: Any
    good: Any
    unread: Any
    ineligible: Any

    def of(self, labels: list[Hashable]) -> _Met:
        """Give the counts of some strata, in this order."""
        at = [self.labels.index(label) for label in labels]
        counts = (self.population, self.opened, self.answered, self.good, self.unread, self.ineligible)
        return _Met(tuple(labels), *(each[at] for each in counts))


def _met(outcomes: Any, strata: Any, population: Any, status: Any) -> _Met:
    read_response(strata, population, status)
    ends = status if isinstance(status, pd.Series) else pd.Series(status)
    sample = read_sample(outcomes, strata, population, as_outcomes, complete=False)
    ends = ends.reindex(sample.index)

    def counted(chosen: Any) -> Any:
        return np.bincount(sample.code[np.asarray(chosen)], minlength=len(sample.labels))

    answered = sample.answered & (ends == RATED).to_numpy()
    return _Met(
        sample.labels,
        np.array([whole(count) for count in sample.population.tolist()], dtype=float),
        sample.cases,
        counted(answered),
        counted(answered & (sample.values == 1)),
        counted(ends.isin(UNREAD)),
        counted(ends == INELIGIBLE),
    )
