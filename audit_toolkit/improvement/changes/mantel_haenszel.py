"""Mantel and Haenszel's test: whether the odds of a good case moved alike in every stratum. Never the headline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.special

from audit_toolkit.improvement.changes.finding import check_options
from audit_toolkit.improvement.changes.overlap import Pair, pair_rounds
from audit_toolkit.improvement.changes.sensitivity import Sensitivity
from audit_toolkit.improvement.estimates.design import FloatArray, Sample, as_outcomes
from audit_toolkit.improvement.estimates.intervals import NOWHERE, Interval, normal_quantile

NAME = "Mantel-Haenszel"
UNDEFINED = float("nan")


@dataclass(frozen=True, slots=True)
class CommonOdds:
    """Good cases later above what each stratum's margins lead to expect, its variance, and the common odds ratio."""

    excess: float
    variance: float
    odds_ratio: float
    ci: Interval

    @property
    def z(self) -> float:
        """The signed root of the chi-square without continuity correction; nan where nothing varies."""
        return self.excess / math.sqrt(self.variance) if self.variance > 0 else UNDEFINED


def mantel_haenszel(
    earlier: Any, later: Any, *, confidence: float = 0.95, higher_is_better: bool = True
) -> Sensitivity:
    """Ask whether the odds of a good case moved the same way in every stratum, beside the headline change.

    Parameters
    ----------
    earlier, later : (outcomes, strata, population) or a scored round, as `compare_shares`. confidence : of the odds
        ratio's interval. higher_is_better : False where fewer is better.

    Returns
    -------
    Sensitivity. `statistic` is the signed root of the chi-square without continuity correction. Strata count by their
    cases in both rounds, not by the register: where strata move in opposite directions, or the allocation follows
    another rule than the register, it answers another question than `compare_shares`.

    Raises
    ------
    DesignError, ChangeError as `compare_shares`.

    Source: Mantel & Haenszel (1959), Journal of the National Cancer Institute 22:719-748; Robins, Breslow & Greenland
    (1986), Biometrics 42:311-323, for the interval. Checked against: R mantelhaen.test in
    tests/improvement/test_mantel_haenszel.py.
    """
    check_options(confidence, None)
    pair = pair_rounds(earlier, later, as_outcomes, None)
    found = common_odds(_good(pair.earlier), _n(pair.earlier), _good(pair.later), _n(pair.later), confidence)
    z = found.z
    rise, fall = (float(scipy.special.ndtr(each)) for each in (-z, z))
    return Sensitivity(
        name=NAME,
        statistic=z,
        p_two_sided=min(1.0, 2 * min(rise, fall)) if not math.isnan(z) else UNDEFINED,
        p_value=rise if higher_is_better else fall,
        sentence=_sentence(found, confidence),
        notes=_notes(pair, found),
    )


def common_odds(good1: FloatArray, n1: FloatArray, good2: FloatArray, n2: FloatArray, confidence: float) -> CommonOdds:
    """Compute the test from good cases and answers of each round by stratum (H)."""
    total, good = n1 + n2, good1 + good2
    excess = float((good2 - n2 * good / total).sum())
    spread = n1 * n2 * good * (total - good) / (total**2 * np.maximum(total - 1, 1))
    up, down = good2 * (n1 - good1) / total, good1 * (n2 - good2) / total
    r, s = float(up.sum()), float(down.sum())
    if not (r > 0 and s > 0):
        odds = UNDEFINED if r == s else math.inf if r > 0 else 0.0
        return CommonOdds(excess, float(spread.sum()), odds, NOWHERE)
    p, q = (good2 + n1 - good1) / total, (good1 + n2 - good2) / total
    error = math.sqrt(
        float((p * up).sum()) / (2 * r * r)
        + float((p * down + q * up).sum()) / (2 * r * s)
        + float((q * down).sum()) / (2 * s * s)
    )
    reach = normal_quantile(confidence) * error
    middle = math.log(r / s)
    return CommonOdds(excess, float(spread.sum()), r / s, Interval(math.exp(middle - reach), math.exp(middle + reach)))


def _good(sample: Sample) -> FloatArray:
    counted = sample.answered
    return np.bincount(sample.code[counted], weights=sample.values[counted], minlength=len(sample.labels)).astype(float)


def _n(sample: Sample) -> FloatArray:
    return sample.answers.astype(float)


def _sentence(found: CommonOdds, confidence: float) -> str:
    question = "Did the odds of a good case move alike in every stratum, each stratum counting by its cases"
    if math.isnan(found.z):
        return f"{question}: cannot be told, the answers do not vary within a stratum."
    if math.isnan(found.ci.low):
        return f"{question}: the odds ratio has no interval, one side of it being empty."
    span = f"{100 * confidence:g} % interval {found.ci.low:.2f} to {found.ci.high:.2f}"
    return f"{question}: the later odds are {found.odds_ratio:.2f} times the earlier ({span})."


def _notes(pair: Pair, found: CommonOdds) -> tuple[str, ...]:
    # That they are taken as pairs is true of the headline and not of this test.
    notes = [note for note in pair.notes if "are taken as pairs" not in note]
    if math.isnan(found.z):
        notes.append("Not defined: within every stratum the answers of both rounds are all alike.")
    if len(pair.first):
        notes.append(f"{len(pair.first)} cases audited in both rounds are taken as different cases.")
    return tuple(notes)
