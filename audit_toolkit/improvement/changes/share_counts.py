"""Two rounds as counts by stratum, as the test of a share takes them: like for like, re-audited cases as pairs."""

from __future__ import annotations

import numpy as np

from audit_toolkit.improvement.changes.overlap import Pair
from audit_toolkit.improvement.changes.share_limits import joined_groups
from audit_toolkit.improvement.changes.share_test import SharedCases, ShareRounds
from audit_toolkit.improvement.estimates.design import FloatArray, Sample
from audit_toolkit.improvement.estimates.variance import Groups


def share_counts(pair: Pair, groups1: Groups, groups2: Groups) -> ShareRounds:
    """Give two rounds as one pair (R = 1). A stratum weighs N_h times the share of its later cases with an answer."""
    good1, good2 = _good(pair.earlier), _good(pair.later)
    n1, n2 = pair.earlier.answers.astype(float), pair.later.answers.astype(float)
    applying = pair.weights * n2 / pair.later.cases
    weights = applying / applying.sum()
    return ShareRounds(
        good1=good1[None],
        n1=n1,
        good2=good2[None],
        n2=n2,
        weights=weights,
        group=joined_groups(groups1, groups2),
        extra=_of_weights(pair, good2 / n2 - good1 / n1, weights),
        shared=_shared(pair),
    )


def _good(sample: Sample) -> FloatArray:
    counted = sample.answered
    return np.bincount(sample.code[counted], weights=sample.values[counted], minlength=len(sample.labels)).astype(float)


def _of_weights(pair: Pair, changes: FloatArray, weights: FloatArray) -> float:
    """Give the variance that comes from the weights, linearised: it is chance how many later cases have an answer."""
    cases, answers = pair.later.cases, pair.later.answers
    apart = changes - float(changes @ weights)
    if len(cases) == 1 or (answers == cases).all():
        return 0.0
    silent = (1 - answers / cases) / np.maximum(cases - 1, 1) * cases / answers
    return float((weights**2 * apart**2 * silent).sum())


def _shared(pair: Pair) -> SharedCases | None:
    one, other = pair.earlier.values[pair.first], pair.later.values[pair.second]
    counted = ~(np.isnan(one) | np.isnan(other))
    if not counted.any():
        return None
    code, one, other = pair.earlier.code[pair.first][counted], one[counted], other[counted]
    count, both, first, second = (
        np.bincount(code, weights=each, minlength=len(pair.earlier.labels)).astype(float)
        for each in (np.ones(len(code)), one * other, one, other)
    )
    return SharedCases(count, both[None], first[None], second[None])
