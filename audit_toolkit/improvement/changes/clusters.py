"""Auditors as clusters: the variance of a change that holds the severity of whoever rated each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray, IntArray

# The intraclass correlations of auditors the estimator is made unbiased for: none, and the most it is checked for.
WORKING: Final = (0.0, 0.2)
# Strata are taken out of the auditors' sums only where that leaves this share of the degrees of freedom.
KEPT: Final = 0.75


@dataclass(frozen=True, slots=True)
class Side:
    """One round's answered cases: weight in the estimate (n, sums to 1), stratum (n) and auditor (n) as positions."""

    weight: FloatArray
    stratum: IntArray
    auditor: IntArray


@dataclass(frozen=True, slots=True)
class ClusterForm:
    """What turns answers into a variance: `sums` (J x (n1 + n2)) gives d_j, later less earlier; V = scale sum d_j^2.

    `df` are Satterthwaite's; `within` says whether the auditors' sums are about the mean of each stratum.
    """

    sums: FloatArray
    scale: float
    df: float
    within: bool

    def variance(self, earlier: FloatArray, later: FloatArray) -> FloatArray:
        """Give the variance for the values of the answered cases, ... x n1 and ... x n2."""
        found = np.concatenate([earlier, later], axis=-1) @ self.sums.T
        result: FloatArray = self.scale * (found**2).sum(axis=-1)
        return result


def cluster_form(earlier: Side, later: Side, auditors: int) -> ClusterForm:
    """Give the form for two rounds rated by `auditors` people between them: the same, others, or partly the same."""
    overall = _form(earlier, later, auditors, within=False)
    inside = _form(earlier, later, auditors, within=True)
    return inside if inside.df >= KEPT * overall.df else overall


def _form(earlier: Side, later: Side, auditors: int, *, within: bool) -> ClusterForm:
    parts = [_sums(side, auditors, within) for side in (earlier, later)]
    sums = np.concatenate([-parts[0], parts[1]], axis=1)
    weights = np.concatenate([-earlier.weight, later.weight])
    member = (np.concatenate([earlier.auditor, later.auditor])[:, None] == np.arange(auditors)).astype(float)
    alone, shared = sums @ sums.T, sums @ member
    scale, df = 0.0, np.inf
    for rho in WORKING:
        true = (1 - rho) * (weights**2).sum() + rho * ((weights @ member) ** 2).sum()
        spread = (1 - rho) * alone + rho * shared @ shared.T
        trace = float(np.trace(spread))
        if trace <= 1e-12 * true:
            return ClusterForm(sums, np.inf, 0.0, within)
        scale = max(scale, float(true) / trace)
        df = min(df, trace**2 / float((spread**2).sum()))
    return ClusterForm(sums, scale, float(df), within)


def _sums(side: Side, auditors: int, within: bool) -> FloatArray:
    """Give the matrix (J x n) that sums weight x (value less mean) by auditor."""
    member = (side.auditor == np.arange(auditors)[:, None]).astype(float)
    own = member * side.weight
    alike = (side.stratum[:, None] == side.stratum).astype(float) if within else np.ones((len(side.weight),) * 2)
    mean = alike * side.weight
    mean = mean / mean.sum(axis=1, keepdims=True)
    result: FloatArray = own - own @ mean
    return result
