"""How far two registers differ, each as it was: own weights, own cases, and no word for better or worse."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.estimated import COUNTED, STUDENT, Estimate
from audit_toolkit.improvement.estimates.intervals import NOWHERE, Interval, json_number, t_quantile
from audit_toolkit.improvement.estimates.quantities import SHARE

FROM_LIMITS = "MOVER on each estimate's limits"


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """The later register's figure minus the earlier one's, each with its own weights.

    It holds what became of the mix of cases as well, and so is never a verdict on how they are worked.
    """

    earlier: Estimate
    later: Estimate
    change: float
    standard_error: float
    ci: Interval
    df: int
    method: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "quantity": self.earlier.quantity,
            "earlier": self.earlier.to_dict(),
            "later": self.later.to_dict(),
            "change": json_number(self.change),
            "standard_error": json_number(self.standard_error),
            "ci_low": json_number(self.ci.low),
            "ci_high": json_number(self.ci.high),
            "df": self.df,
            "confidence": self.later.confidence,
            "method": self.method,
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row; undefined figures are nan."""
        row: dict[str, Any] = {"quantity": self.earlier.quantity}
        row |= {"earlier": self.earlier.value, "later": self.later.value, "change": self.change}
        row |= {"ci_low": self.ci.low, "ci_high": self.ci.high, "standard_error": self.standard_error}
        return pd.DataFrame([{**row, "method": self.method, "notes": " ".join(self.notes)}])

    def __str__(self) -> str:
        share = self.earlier.quantity == SHARE
        scale, unit = (100.0, " points") if share else (1.0, "")
        span = "no interval can be given"
        if not math.isnan(self.ci.low):
            level = f"{100 * self.later.confidence:g} % interval"
            span = f"{level} {scale * self.ci.low:+.6g} to {scale * self.ci.high:+.6g}"
        first = f"The registers differ by {scale * self.change:+.6g}{unit} ({span})."
        return "\n".join([first, *(f"- {note}" for note in self.notes[:9])])


def register_change(earlier: Estimate, later: Estimate) -> RegisterChange:
    """Say how far two registers differ in a share, mean, total or ratio, from the estimate of each.

    Parameters
    ----------
    earlier, later : two estimates of one quantity at one confidence, from samples drawn independently.

    Returns
    -------
    RegisterChange, later minus earlier. Shares: limits by the method of variance estimates recovery from each
    estimate's own interval; the others a t interval, the variances added, the degrees of freedom too. A complete count
    brings no variance and no degrees of freedom; two of them give the exact change.

    Raises
    ------
    ChangeError where the two are not of one quantity and confidence.

    Source: Zou & Donner (2008), Statistics in Medicine 27:1693-1702; Cochran (1977), section 2.13 for the sum.
    Checked against: R survey 4.1 (two independent totals) in tests/improvement/test_register_change.py.
    """
    _check_alike(earlier, later)
    change = later.value - earlier.value
    error = math.hypot(earlier.standard_error, later.standard_error)
    sampled = [each for each in (earlier, later) if each.method != COUNTED]
    df = sum(each.df for each in sampled)
    if math.isnan(change) or any(math.isnan(each.ci.low) for each in sampled):
        note = "One of the two has no interval, so their difference has none."
        return RegisterChange(earlier, later, change, error, NOWHERE, df, "none", (note,))
    if not sampled:
        note = "Complete counts: the registers differ by exactly so much."
        return RegisterChange(earlier, later, change, 0.0, Interval(change, change), 0, COUNTED, (note,))
    if earlier.quantity == SHARE:
        down = math.hypot(later.value - later.ci.low, earlier.ci.high - earlier.value)
        up = math.hypot(later.ci.high - later.value, earlier.value - earlier.ci.low)
        return RegisterChange(earlier, later, change, error, Interval(change - down, change + up), df, FROM_LIMITS)
    reach = t_quantile(later.confidence, df) * error
    return RegisterChange(earlier, later, change, error, Interval(change - reach, change + reach), df, STUDENT)


def _check_alike(earlier: Estimate, later: Estimate) -> None:
    if earlier.quantity != later.quantity:
        what = f"a {earlier.quantity} and a {later.quantity} cannot be compared"
        raise ChangeError(Problem(what, "", "Estimate the same of both."))
    if earlier.confidence != later.confidence:
        what = f"one estimate has confidence {earlier.confidence}, the other {later.confidence}"
        raise ChangeError(Problem(what, "", "Estimate both at one confidence."))
