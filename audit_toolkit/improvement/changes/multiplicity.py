"""Many measures, few findings: p values adjusted so that chance alone seldom makes a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.design import FloatArray, IntArray


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
    p = _checked(p_values)
    adjusted, order = np.full(len(p), np.nan), _order(p)
    steps = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps * p[order]), 1.0)
    return _like(p_values, adjusted)


def benjamini_hochberg(p_values: Any | Sequence[float]) -> Any:
    """Adjust p values so that of the findings kept, no more than the level is false on average: for exploring alone.

    Parameters, results and errors as `holm`. What passes is worth a second look, and no verdict: single findings among
    them may be false.

    Source: Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300. Checked against:
    R p.adjust in tests/improvement/test_multiplicity.py.
    """
    p = _checked(p_values)
    adjusted, order = np.full(len(p), np.nan), _order(p)
    worst_first = order[::-1]
    rank = len(order) - np.arange(len(order))
    adjusted[worst_first] = np.minimum(np.minimum.accumulate(len(order) / rank * p[worst_first]), 1.0)
    return _like(p_values, adjusted)


def _checked(p_values: Any) -> FloatArray:
    p = np.asarray(p_values, dtype=float)
    wrong = p[~np.isnan(p) & ((p < 0) | (p > 1))]
    if len(wrong):
        raise ChangeError([Problem(f"p = {each:g} is not between 0 and 1", "", "Give p values.") for each in wrong])
    return p


def _order(p: FloatArray) -> IntArray:
    """Give the places of the p values that were tested, the smallest first."""
    order = np.argsort(p, kind="stable")
    return order[~np.isnan(p[order])].astype(np.int64)


def _like(p_values: Any, adjusted: FloatArray) -> Any:
    return (
        pd.Series(adjusted, index=p_values.index, name=p_values.name) if isinstance(p_values, pd.Series) else adjusted
    )
