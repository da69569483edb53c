"""McNemar's test by stratum, exact with half of what was seen (mid-p), where every case was audited twice."""

from __future__ import annotations

from typing import Any

import numpy as np

from audit_toolkit.improvement.changes.overlap import Pair, pair_rounds
from audit_toolkit.improvement.changes.sensitivity import Sensitivity
from audit_toolkit.improvement.estimates.design import FloatArray, as_outcomes
from audit_toolkit.improvement.estimates.intervals import log_choose

NAME = "McNemar by stratum, mid-p"
UNDEFINED = float("nan")
# The finest grid on which the weighted sums of the strata are added up; one stratum is exact.
GRID = 20_000


def paired_shares(earlier: Any, later: Any, *, higher_is_better: bool = True) -> Sensitivity:
    """Ask whether more re-audited cases got better than got worse, of those whose answer changed.

    Parameters
    ----------
    earlier, later : (outcomes, strata, population) or a scored round, as `compare_shares`.
    higher_is_better : False where fewer is better.

    Returns
    -------
    Sensitivity. `statistic` is sum W_h (better - worse) / n_h over the pairs, later weights. Under the null each case
    that changed went either way with an even chance, stratum by stratum. Undefined where no pair changed.

    Raises
    ------
    DesignError, ChangeError as `compare_shares`.

    Source: McNemar (1947), Psychometrika 12:153-157; Fagerland, Lydersen & Laake (2013), BMC Medical Research
    Methodology 13:91, for mid-p. Checked against: scipy.stats.binom in tests/improvement/test_paired.py.
    """
    pair = pair_rounds(earlier, later, as_outcomes, None)
    better, worse, pairs = _changed(pair)
    asked = "Of the re-audited cases whose answer changed, did more get better than worse"
    kept = tuple(note for note in pair.notes if "are taken as pairs" not in note)
    if better.sum() + worse.sum() == 0:
        note = "Not defined: no case audited in both rounds has changed its answer."
        return Sensitivity(NAME, UNDEFINED, UNDEFINED, UNDEFINED, f"{asked}: none changed.", (*kept, note))
    weights = pair.weights / pair.weights[pairs > 0].sum() / np.maximum(pairs, 1)
    rise, fall = mid_p(better, worse, weights)
    return Sensitivity(
        name=NAME,
        statistic=float((better - worse) @ weights),
        p_two_sided=min(1.0, 2 * min(rise, fall)),
        p_value=rise if higher_is_better else fall,
        sentence=f"{asked}: {better.sum():g} went up and {worse.sum():g} down, of {pairs.sum():g} pairs.",
        notes=kept,
    )


def mid_p(better: FloatArray, worse: FloatArray, weights: FloatArray) -> tuple[float, float]:
    """Give the mid-p of a rise and of a fall from changed cases by stratum (H): what is beyond, and half of a tie."""
    changed = better + worse
    some = changed > 0
    better, changed, weights = better[some], changed[some], weights[some]
    finest = weights.min() if np.ptp(weights) < 1e-12 * weights.max() else float(changed @ weights) / GRID
    keys = np.maximum(np.rint(weights / finest).astype(np.int64), 1)
    sums = np.ones(1)
    for key, size in zip(keys.tolist(), changed.astype(int).tolist(), strict=True):
        chances = np.exp(log_choose(size, np.arange(size + 1.0)) - size * np.log(2.0))
        following = np.zeros(len(sums) + key * size)
        for went_up, chance in enumerate(chances.tolist()):
            following[key * went_up : key * went_up + len(sums)] += chance * sums
        sums = following
    seen = int((keys * better.astype(int)).sum())
    tie = float(sums[seen]) / 2
    return float(sums[seen + 1 :].sum()) + tie, float(sums[:seen].sum()) + tie


def _changed(pair: Pair) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Count by stratum the pairs that went up, those that went down, and all with an answer in both rounds."""
    one, other = pair.earlier.values[pair.first], pair.later.values[pair.second]
    counted = ~(np.isnan(one) | np.isnan(other))
    code, step = pair.earlier.code[pair.first][counted], (other - one)[counted]
    up, down, every = (
        np.bincount(code[which], minlength=len(pair.earlier.labels)).astype(float)
        for which in (step > 0, step < 0, np.isfinite(step))
    )
    return up, down, every
