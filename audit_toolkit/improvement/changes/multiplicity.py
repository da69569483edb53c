"""Many measures, few findings: p values adjusted so that chance alone seldom makes a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from audit_toolkit.errors import ChangeError, Problem


def holm(p_values: Any | Sequence[float]) -> Any:
    """Adjust p values for how many there are, so that one false alarm among them all stays as rare as promised.

    Parameters
    ----------
    p_values : Series or sequence of p (0-1). nan is a measure that was not tested: it stays nan and is not counted.

    Returns
    -------
    The adjusted p, a Series on the same index for a Series, else an array.

    Raises
    ------
    ChangeError if a value is not between 0 and 1.

    Source: Holm (1979), Scandinavian Journal of Statistics 6:65-70. Checked against: R p.adjust in
    tests/improvement/test_multiplicity.py.
    """
    p = np.asarray(p_values, dtype=float)
    wrong = p[~np.isnan(p) & ((p < 0) | (p > 1))]
    if len(wrong):
        raise ChangeError([Problem(f"p = {each:g} is not between 0 and 1", "", "Give p values.") for each in wrong])
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(p, kind="stable")
    order = order[~np.isnan(p[order])]
    steps = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps * p[order]), 1.0)
    return (
        pd.Series(adjusted, index=p_values.index, name=p_values.name) if isinstance(p_values, pd.Series) else adjusted
    )
