"""The trend test of a textbook, on pooled counts: a named sensitivity analysis beside the trend, never the headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.special

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.intervals import json_number


@dataclass(frozen=True, slots=True)
class PooledTrend:
    """What the Cochran-Armitage test says of counts: chi-square with one degree of freedom, and its two-sided p."""

    chi_square: float
    p_value: float
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "chi_square": json_number(self.chi_square),
            "p_value": json_number(self.p_value),
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row."""
        return pd.DataFrame([{"chi_square": self.chi_square, "p_value": self.p_value, "notes": " ".join(self.notes)}])

    def __str__(self) -> str:
        figures = f"Cochran-Armitage: chi-square {self.chi_square:.4f}, two-sided p = {self.p_value:.4f}"
        return "\n".join([figures, *(f"- {note}" for note in self.notes)])


POOLED = "Pooled counts: strata, weights and cases audited twice are left out of account. Sensitivity only, no verdict."


def cochran_armitage(met: Sequence[int], of: Sequence[int], *, scores: Sequence[float] | None = None) -> PooledTrend:
    """Test pooled counts for a trend as textbooks do, to set beside the like-for-like trend.

    Parameters
    ----------
    met, of : how many met it and how many there were, one a round. scores : where the rounds stand; default 1, 2, ...

    Returns
    -------
    PooledTrend. Both are nan, with a note, where every case is alike.

    Raises
    ------
    ChangeError naming every round whose counts cannot be.

    Source: Armitage (1955), Biometrics 11:375-386. Checked against: R prop.trend.test in
    tests/improvement/test_pooled_trend.py.
    """
    x, n = np.asarray(met, dtype=float), np.asarray(of, dtype=float)
    at = np.arange(1.0, len(x) + 1) if scores is None else np.asarray(scores, dtype=float)
    if not len(x) == len(n) == len(at) or len(x) < 2:
        what = f"{len(x)} met, {len(n)} of and {len(at)} scores do not go together"
        raise ChangeError(Problem(what, "", "Give one of each for two rounds or more."))
    problems = [
        Problem(f"{good:g} of {size:g} cannot be", f"round {place}", "Give how many met it, of how many.")
        for place, (good, size) in enumerate(zip(x.tolist(), n.tolist(), strict=True), 1)
        if not (size > 0 and 0 <= good <= size)
    ]
    if problems:
        raise ChangeError(problems)
    share = x.sum() / n.sum()
    spread = share * (1 - share) * float((n * at**2).sum() - (n * at).sum() ** 2 / n.sum())
    if not spread > 0:
        nothing = "Every case is alike, or all rounds stand at one place: nothing can be told."
        return PooledTrend(float("nan"), float("nan"), (nothing, POOLED))
    chi_square = float((at * (x - n * share)).sum() ** 2 / spread)
    return PooledTrend(chi_square, float(scipy.special.chdtrc(1, chi_square)), (POOLED,))
