"""Did it change over several rounds: the straight line from the first to the last, like for like."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from audit_toolkit.errors import ChangeError, Problem, did_you_mean
from audit_toolkit.improvement.changes.change import like_for_like
from audit_toolkit.improvement.changes.finding import (
    UNDEFINED,
    UNTESTED,
    Finding,
    Options,
    check_options,
    t_finding,
)
from audit_toolkit.improvement.changes.grades import grade_reader
from audit_toolkit.improvement.changes.line import (
    Line,
    lack_of_fit,
    line_interval,
    line_of,
    line_p,
    shrunk_variances,
    weighted_degrees,
)
from audit_toolkit.improvement.changes.several import Several, read_rounds
from audit_toolkit.improvement.changes.trend_grades import grade_trend
from audit_toolkit.improvement.changes.trend_result import OFF_THE_LINE, Trend
from audit_toolkit.improvement.changes.verdict import verdict
from audit_toolkit.improvement.estimates.design import Convert, FloatArray, Sample, as_numbers, as_outcomes
from audit_toolkit.improvement.estimates.intervals import Interval, effective_n, normal_quantile
from audit_toolkit.improvement.estimates.quantities import GRADES, MEAN, SHARE
from audit_toolkit.improvement.estimates.variance import Collapse, Moments, ratio_moments, thin_note, variance_groups

TREND_KINDS: Final = (SHARE, MEAN, GRADES)
# The largest margin that says anything, by kind: the change is at most 1, of grades at most a half.
LIMITS: Final = {SHARE: 1.0, MEAN: math.inf, GRADES: 0.5}


def compare_trend(
    rounds: Sequence[Any],
    times: Sequence[Any] | None = None,
    *,
    kind: str = SHARE,
    ratings: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    margin: float | None = None,
    higher_is_better: bool = True,
    collapse: Collapse | None = None,
) -> Trend:
    """Say whether three rounds or more show a steady change, like for like, and how sure that is.

    Parameters
    ----------
    rounds : three or more of (values, strata, population) or scored rounds, in order of time, as `compare_shares`,
        `compare_means` or `compare_grades` take them. Cases audited in several rounds are found by their ids.
    times : a datetime.date for each round, or None: the rounds then stand one step apart.
    kind : "share" (values 0, 1 or no answer), "mean" (numbers) or "grades" (labels of `ratings`, best first, or
        numbers, larger better).
    confidence : float in (0, 1). margin : how much worse, over the whole time from first round to last, still counts
        as no worse, declared before. higher_is_better, collapse : as `compare_shares`.

    Returns
    -------
    Trend. `change` is the change on the least squares line from the first round to the last, each round counting
    alike; `slope` the same for a year or a round. No finite population correction: the claim is about the way of
    working. With two rounds it would be the change of `compare_means` or `compare_grades`, and of shares that of
    `compare_shares` with method "mover".

    Raises
    ------
    DesignError, ChangeError as `compare_shares`; ChangeError for fewer than three rounds or times out of order.

    Source: shares by the method of variance estimates recovery on effective sizes (Zou, Huang & Zhang 2009,
    Computational Statistics & Data Analysis 53:1080-1085); means and grades by t with sum n - kH degrees of freedom
    (Cochran 1977, section 5A; Brunner, Konietschke, Pauly & Puri 2017, JRSS B 79:1463-1485).
    Checked against: two-round formulas, hand formulas and simulation in tests/improvement/test_trend.py.
    """
    if kind not in TREND_KINDS:
        raise ChangeError(Problem(f'"{kind}" is not a kind of trend', "kind", did_you_mean(kind, TREND_KINDS)))
    if ratings is not None and kind != GRADES:
        raise ChangeError(Problem("ratings are for grades only", "ratings", 'Leave them out, or say kind="grades".'))
    check_options(confidence, margin, limit=LIMITS[kind])
    line = line_of(len(rounds), times)
    convert: Convert = {SHARE: as_outcomes, MEAN: as_numbers}.get(kind) or grade_reader(ratings, higher_is_better)
    several = read_rounds(rounds, convert, collapse)
    options = Options(confidence, margin, higher_is_better)
    return trend_found(several, line, kind, collapse, options)


@dataclass(frozen=True, slots=True)
class Found:
    """The rounds' results (k) with their covariances (k x k), what a test made of their line, and what to say."""

    values: FloatArray
    covariances: FloatArray
    finding: Finding
    notes: tuple[str, ...]
    sizes: FloatArray | None = None


def trend_found(several: Several, line: Line, kind: str, collapse: Collapse | None, options: Options) -> Trend:
    """Find the trend of rounds that were read and checked, two or more."""
    if not several.rounds[0].labels:
        nothing = np.full(len(line.at), np.nan)
        found = Found(
            nothing, np.diag(nothing), UNTESTED, ("n = 0 in every stratum of some round: nothing to compare.",)
        )
    elif kind == GRADES:
        graded = grade_trend(several, line, collapse, options.confidence)
        found = Found(graded.values, graded.covariances, graded.finding, graded.notes)
    else:
        found = _numbers(several, line, kind, collapse, options.confidence)
    return _trend(several, line, kind, found, options)


def _numbers(several: Several, line: Line, kind: str, collapse: Collapse | None, confidence: float) -> Found:
    moments, notes = _each_round(several, collapse)
    values = np.array([each.value for each in moments])
    covariances = several.covariances([each.variance for each in moments], [each.influence for each in moments])
    if kind == SHARE:
        finding = _share_finding(several, line, moments, covariances, confidence)
    else:
        finding = _mean_finding(several, line, moments, covariances, confidence)
    return Found(values, covariances, finding, tuple(notes), _sizes(moments))


def _each_round(several: Several, collapse: Collapse | None) -> tuple[list[Moments], list[str]]:
    """Estimate every round with the last round's weights and without finite population correction."""
    last = several.rounds[-1]
    drawn = variance_groups(last.labels, last.cases, None, collapse)
    moments, groups = [], []
    for place in range(len(several.rounds) - 1):
        found, used = like_for_like(several.against_last(place), collapse)
        moments.append(found)
        groups.append(used)
    moments.append(ratio_moments(last.values, last.answered, last.code, last.cases, several.weights, drawn, fpc=False))
    notes: list[str] = []
    for place, each in enumerate([*groups, drawn], 1):
        notes.extend(f"Round {place}: {note}" for note in each.notes)
        if each.thin:
            notes.append(f"Round {place}: {thin_note(each.thin)}")
    return moments, notes


def _share_finding(
    several: Several, line: Line, moments: Sequence[Moments], covariances: FloatArray, confidence: float
) -> Finding:
    sizes = _sizes(moments)
    if np.isnan(sizes).any():
        return UNTESTED
    shares = np.array([each.value for each in moments])
    correlation = _correlation(covariances) if several.shared else None
    low, high = line_interval(shares, sizes, line.weights, normal_quantile(confidence), correlation)
    rise = line_p(shares, sizes, line.weights, confidence, correlation)
    error = math.sqrt(max(float(line.weights @ covariances @ line.weights), 0.0))
    df = sum(each.df for each in moments)
    ci = Interval(float(low), float(high))
    return Finding(ci, error, df, rise, 1 - rise, "MOVER on Wilson limits")


def _sizes(moments: Sequence[Moments]) -> FloatArray:
    """Give the effective size of each round: its cases where there is one stratum."""
    one = max(each.strata for each in moments) <= 1
    return np.array([each.cap if one else effective_n(each.value, each.variance, each.cap) for each in moments])


def _off_line(line: Line, kind: str, found: Found, df: int, confidence: float) -> float:
    """Give p for rounds off their line; a share of 0 or 1 has a variance there all the same."""
    held = found.covariances
    if kind == SHARE and found.sizes is not None:
        floor = shrunk_variances(found.values, found.sizes, normal_quantile(confidence))
        held = held + np.diag(np.maximum(floor - np.diag(held), 0.0))
    return lack_of_fit(line.at, found.values, held, df)


def _correlation(covariances: FloatArray) -> FloatArray:
    """Give the correlations, 0 where undefined, each within -1 and 1."""
    error = np.sqrt(np.diag(covariances))
    product = np.outer(error, error)
    found = np.divide(covariances, product, out=np.zeros_like(product), where=product > 0)
    np.fill_diagonal(found, 1.0)
    clipped: FloatArray = np.clip(found, -1.0, 1.0)
    return clipped


def _mean_finding(
    several: Several, line: Line, moments: Sequence[Moments], covariances: FloatArray, confidence: float
) -> Finding:
    apart = float(line.weights**2 @ np.diag(covariances))
    if not apart > 0:
        note = "The answers show no spread within strata: no interval can be given and nothing can be told."
        return UNTESTED if math.isnan(apart) else Finding(UNTESTED.ci, 0.0, 0, UNDEFINED, UNDEFINED, "none", (note,))
    change = float(line.weights @ np.array([each.value for each in moments]))
    shared = (apart - float(line.weights @ covariances @ line.weights)) / 2
    most = sum(each.df for each in moments) - several.paired_degrees
    parts = line.weights**2 * np.diag(covariances)
    return t_finding(change, apart, shared, weighted_degrees(parts, [each.df for each in moments], most), confidence)


def _trend(several: Several, line: Line, kind: str, found: Found, options: Options) -> Trend:
    finding = found.finding
    fit = _off_line(line, kind, found, sum(map(_free, several.rounds)), options.confidence)
    better, worse = (finding.rise, finding.fall) if options.higher_is_better else (finding.fall, finding.rise)
    low, high = finding.ci.low, finding.ci.high
    word = verdict(low, high, options.margin) if options.higher_is_better else verdict(-high, -low, options.margin)
    fitted = line.fitted(found.values)
    silent = sum(len(each.code) - int(each.answers.sum()) for each in several.whole)
    told = [*several.notes, *found.notes, *finding.notes, *_fit_note(found.values, fitted, fit)]
    if silent:
        told.append(f"{silent} cases drawn have no answer (not applicable or missing) and do not count.")
    return Trend(
        quantity=kind,
        at=tuple(line.at.tolist()),
        unit=line.unit,
        n=tuple(int(each.answers.sum()) for each in several.rounds),
        values=tuple(found.values.tolist()),
        standard_errors=tuple(np.sqrt(np.diag(found.covariances)).tolist()),
        fitted=tuple(fitted.tolist()),
        change=float(line.weights @ found.values),
        ci=finding.ci,
        standard_error=finding.standard_error,
        df=finding.df,
        p_value=better,
        p_two_sided=UNDEFINED if math.isnan(better) else min(1.0, 2 * min(better, worse)),
        fit_p=fit,
        verdict=word,
        shared=several.shared,
        coverage=several.coverage,
        confidence=options.confidence,
        margin=options.margin,
        higher_is_better=options.higher_is_better,
        method=finding.method,
        notes=tuple(told),
    )


def _free(sample: Sample) -> int:
    return int(sample.answers.sum()) - len(sample.labels)


def _fit_note(values: FloatArray, fitted: FloatArray, fit: float) -> list[str]:
    if not fit < OFF_THE_LINE:
        return []
    farthest = int(np.argmax(np.abs(values - fitted))) + 1
    return [
        f"The rounds do not lie on a straight line (p = {fit:.2g}), round {farthest} the farthest off: the change on "
        "the line is a summary, and the rounds themselves should be looked at."
    ]
