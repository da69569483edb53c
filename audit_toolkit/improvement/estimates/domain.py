"""A subgroup that is reported on and was not drawn by: which cases are its members."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from audit_toolkit.errors import DesignError, Place, Problem
from audit_toolkit.improvement.estimates.design import BoolArray, Sample


def members(domain: Any, sample: Sample) -> BoolArray:
    """Say which cases are of the subgroup: all where none is named.

    Raises DesignError where the domain names other cases than the sample, or holds anything but True and False.
    """
    if domain is None:
        return np.ones(len(sample.code), dtype=bool)
    series = domain if isinstance(domain, pd.Series) else pd.Series(domain, index=sample.index)
    if not series.index.equals(sample.index):
        if series.index.has_duplicates or len(sample.index.symmetric_difference(series.index)):
            raise DesignError(Problem("the domain names other cases than the values", "domain", "Use the same index."))
        series = series.reindex(sample.index)
    wrong = [at for at, value in enumerate(series.tolist()) if not isinstance(value, bool | np.bool_)]
    if wrong:
        mend = "Use True for members and False for the rest."
        problems = [
            Problem(f"{series.iloc[at]} is not True or False", Place("domain", case=str(series.index[at])), mend)
            for at in wrong
        ]
        raise DesignError(problems)
    return np.asarray(series.to_numpy(dtype=bool))
