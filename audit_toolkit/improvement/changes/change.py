"""Did it change: later minus earlier for shares and means, like for like, with the later round's weights."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from audit_toolkit.improvement.changes.crews import answers_of, share_by_crews, t_by_crews
from audit_toolkit.improvement.changes.degrees import satterthwaite
from audit_toolkit.improvement.changes.finding import (
    UNDEFINED,
    UNTESTED,
    Change,
    Finding,
    Options,
    check_options,
    group_notes,
    make_change,
    t_finding,
)
from audit_toolkit.improvement.changes.flat import flat_finding
from audit_toolkit.improvement.changes.mover import MOVER, SCORE_METHOD, check_change_method, mover_finding
from audit_toolkit.improvement.changes.overlap import Pair, covariance, pair_rounds, paired_degrees
from audit_toolkit.improvement.changes.share_counts import share_counts
from audit_toolkit.improvement.changes.share_limits import change_limits, change_p, is_counted_out
from audit_toolkit.improvement.estimates.design import Sample, as_numbers, as_outcomes
from audit_toolkit.improvement.estimates.intervals import Interval
from audit_toolkit.improvement.estimates.quantities import MEAN, SHARE
from audit_toolkit.improvement.estimates.variance import (
    Collapse,
    Groups,
    Moments,
    ratio_moments,
    variance_groups,
)

SCORE = "stratified score test"
EXACT_SCORE = "score test, counted out"
PAIRED = "stratified score test, limits by MOVER"
# A limit that the test puts past 0, where the limits themselves would not quite reach.
BARELY = 1e-9


def compare_shares(
    earlier: Any,
    later: Any,
    *,
    confidence: float = 0.95,
    margin: float | None = None,
    higher_is_better: bool = True,
    collapse: Collapse | None = None,
    auditors: Any = None,
    method: str = SCORE_METHOD,
) -> Change:
    """Say whether the share of cases that meet something has changed, like for like, and how sure that is.

    Parameters
    ----------
    earlier, later : (outcomes, strata, population) or a scored round; outcomes 0, 1 or no answer, indexed by case_id,
        so that cases audited in both rounds are found and taken as pairs. population : mapping stratum -> N_h (cases).
    confidence : float in (0, 1). margin : how much worse still counts as no worse, declared before: 0.10, ten points.
    higher_is_better : False where fewer is better. collapse : mapping stratum -> neighbour, as `estimate_share`.
    auditors : (earlier, later), the auditor of each case, where they are not the same: they count as clusters.
    method : score (the test that false alarms are promised of), or mover, for comparison: Newcombe's method 10 in one
        stratum.

    Returns
    -------
    Change. `earlier`, `later`, `change` and `ci` are shares (0-1). No finite population correction: the claim is about
    the way of working, not about these two lists.

    Raises
    ------
    DesignError, ChangeError as `estimate_share`; ChangeError where the rounds share no stratum.

    Source: Miettinen & Nurminen (1985), Statistics in Medicine 4:213-226, for the score interval of one stratum;
    Suissa & Shuster (1985) for counting one stratum out; the rest in changes/share_test.py.
    Newcombe (1998) for mover.
    Checked against: Newcombe's Table II and counting out in tests/improvement/test_change.py, false alarms in
    tests/improvement/test_false_alarms.py.
    """
    check_options(confidence, margin, limit=1.0)
    check_change_method(method)
    pair = pair_rounds(earlier, later, as_outcomes, collapse)
    first, second, groups, notes = _both(pair, collapse)
    if method == MOVER:
        finding = mover_finding(pair, first, second, confidence)
    else:
        find = _paired_finding if len(pair.first) and pair.earlier.labels else _share_finding
        finding = find(pair, first, second, groups, confidence)
    if auditors is not None:
        finding = share_by_crews(pair, first, second, finding, auditors, confidence)
    overall = _own_value(pair.whole_later) - _own_value(pair.whole_earlier)
    options = Options(confidence, margin, higher_is_better)
    return make_change(pair, SHARE, (first.value, second.value), overall, finding, notes, options)


def compare_means(
    earlier: Any,
    later: Any,
    *,
    confidence: float = 0.95,
    margin: float | None = None,
    higher_is_better: bool = True,
    collapse: Collapse | None = None,
    auditors: Any = None,
) -> Change:
    """Say whether the mean of a number has changed, like for like, and how sure that is.

    Parameters as `compare_shares`, the values numbers; `margin` in their unit. A t interval, its degrees of freedom by
    Satterthwaite, at most n1 + n2 - 2H less m_h - 1 in a stratum with m_h cases audited in both rounds; where no answer
    varies within its stratum the exact stratified permutation test decides.
    Source: Cochran (1977), ch. 5; `satterthwaite`. Checked against: R survey 4.1 in tests/improvement/test_change.py.
    """
    check_options(confidence, margin)
    pair = pair_rounds(earlier, later, as_numbers, collapse)
    first, second, _, notes = _both(pair, collapse)
    finding = _mean_finding(pair, first, second, confidence)
    if auditors is not None:
        change = second.value - first.value
        finding = t_by_crews(pair, answers_of(pair), change, finding, auditors, confidence)
    overall = _own_value(pair.whole_later) - _own_value(pair.whole_earlier)
    options = Options(confidence, margin, higher_is_better)
    return make_change(pair, MEAN, (first.value, second.value), overall, finding, notes, options)


def _both(pair: Pair, collapse: Collapse | None) -> tuple[Moments, Moments, tuple[Groups, Groups], list[str]]:
    """Estimate each round with the later round's weights and without finite population correction."""
    drawn = variance_groups(pair.later.labels, pair.later.cases, None, collapse)
    later = ratio_moments(
        pair.later.values, pair.later.answered, pair.later.code, pair.later.cases, pair.weights, drawn, fpc=False
    )
    earlier, used = like_for_like(pair, collapse)
    return earlier, later, (used, drawn), group_notes(used, drawn)


def like_for_like(pair: Pair, collapse: Collapse | None) -> tuple[Moments, Groups]:
    """Estimate the earlier round with a stratum weighing what it weighs later: N_h times the share answered later.

    Otherwise a shift of N/A between strata would pass for a change. A stratum's answers are its sample; one answer of
    several cases stands among the cases without one, so that its variance can be estimated.
    """
    sample = pair.earlier
    kept = sample.answered | (sample.answers == 1)[sample.code]
    cases = np.bincount(sample.code[kept], minlength=len(sample.labels)).astype(np.int64)
    applying = pair.weights * pair.later.answers / pair.later.cases
    groups = variance_groups(sample.labels, cases, None, collapse)
    found = ratio_moments(
        sample.values[kept],
        sample.answered[kept],
        sample.code[kept],
        cases,
        applying * cases / np.maximum(sample.answers, 1),
        groups,
        fpc=False,
    )
    influence = np.zeros(len(sample.code))
    influence[kept] = found.influence
    return replace(found, influence=influence), groups


def _share_finding(pair: Pair, first: Moments, second: Moments, groups: tuple[Groups, Groups], conf: float) -> Finding:
    one = len(pair.earlier.labels) == 1
    apart = first.variance + second.variance
    if not pair.earlier.labels or (math.isnan(apart) and not one):
        return UNTESTED
    rounds = share_counts(pair, *groups)
    low, high = (float(each[0]) for each in change_limits(rounds, conf))
    rise, fall = (float(each[0]) for each in change_p(rounds))
    error = max(apart - 2 * covariance(pair, first.influence, second.influence), 0.0) ** 0.5
    method = EXACT_SCORE if is_counted_out(rounds) else SCORE
    return Finding(Interval(low, high), error, first.df + second.df, rise, fall, method)


def _paired_finding(pair: Pair, first: Moments, second: Moments, groups: tuple[Groups, Groups], conf: float) -> Finding:
    """Find a change where cases were audited twice: the score test says whether there is one, MOVER how large.

    The score test holds its level at no change; away from it the likeliest shares know nothing of the pairing, and
    limits got by inverting it left out the truth in up to 5.4 % a side (nominal 2.5), or were as wide as the scale.
    """
    found = mover_finding(pair, first, second, conf, cautious=True)
    if math.isnan(found.ci.low):
        return found
    rise, fall = (float(each[0]) for each in change_p(share_counts(pair, *groups)))
    tail = (1 - conf) / 2
    low = max(found.ci.low, BARELY) if rise < tail else min(found.ci.low, 0.0)
    high = min(found.ci.high, -BARELY) if fall < tail else max(found.ci.high, 0.0)
    return replace(found, ci=Interval(low, high), rise=rise, fall=fall, method=PAIRED)


def _mean_finding(pair: Pair, first: Moments, second: Moments, confidence: float) -> Finding:
    apart = first.variance + second.variance
    if not apart > 0:
        return UNTESTED if math.isnan(apart) else _constant_finding(pair)
    return t_finding(
        second.value - first.value,
        apart,
        covariance(pair, first.influence, second.influence),
        satterthwaite(pair, first.influence, second.influence, first.df + second.df - paired_degrees(pair)),
        confidence,
    )


def _constant_finding(pair: Pair) -> Finding:
    """Decide where answers are all alike within stratum and round: by permutation, each stratum weighing its step."""
    earlier = np.zeros((len(pair.earlier.labels), 2), dtype=np.int64)
    later = np.zeros_like(earlier)
    weights = []
    for h, (n1, n2) in enumerate(zip(pair.earlier.answers, pair.later.answers, strict=True)):
        one, other = _level(pair.earlier, h), _level(pair.later, h)
        earlier[h, int(one > other)] = n1
        later[h, int(other > one)] = n2
        weights.append(float(pair.weights[h]) * abs(other - one))
    return flat_finding(pair, earlier, later, weights)


def _level(sample: Sample, stratum: int) -> float:
    return float(sample.values[(sample.code == stratum) & sample.answered][0])


def _own_value(sample: Sample) -> float:
    """Give a round's share or mean with its own weights, over every stratum drawn from."""
    counted = sample.answered
    weight = (sample.population / sample.cases)[sample.code][counted]
    return float((weight * sample.values[counted]).sum() / weight.sum()) if counted.any() else UNDEFINED
