"""Control charts of many points in time: individuals with moving ranges (XmR), and shares of counts (p)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import scipy.special

from audit_toolkit.errors import ChangeError, Problem, raise_if
from audit_toolkit.improvement.changes.chart import FEWEST_POINTS, XMR, Chart, P
from audit_toolkit.improvement.changes.run_rules import ROUNDING, RULES, Signal, signals_of
from audit_toolkit.improvement.estimates.design import FloatArray

# Wheeler (1993), Understanding Variation: 3 / 1.128 and 3.267 for moving ranges of two.
INDIVIDUALS, RANGES = 2.66, 3.267
# Shares that vary more than counting alone allows, less often than this, are remarked on.
TOO_SPREAD = 0.01
PAST: Final = "A limit past 0 % or 100 % stands there: no point can lie beyond it."


def xmr_limits(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the mean, a third of the way to a limit, and the limit of moving ranges, of charts ... x k."""
    spread = np.abs(np.diff(values, axis=-1)).mean(axis=-1)
    return values.mean(axis=-1), INDIVIDUALS * spread / 3, RANGES * spread


def xmr_chart(values: Sequence[float], *, labels: Sequence[object] | None = None, shares: bool = False) -> Chart:
    """Chart one number a month, or other point in time, and find the points that are more than chance.

    Parameters
    ----------
    values : twelve numbers or more in order of time; with fewer there are no limits, and a note says why.
    labels : what each point is called, such as its month; default 1, 2, 3, ...
    shares : whether the numbers are shares (0-1), of which no limit lies past 0 or 1.

    Returns
    -------
    Chart. Limits are the mean 2.66 mean moving ranges either way, 3.267 of them for a moving range.

    Raises
    ------
    ChangeError naming every point that is no number, and for fewer than two points.

    Source: Wheeler (1993), Understanding Variation; Nelson (1984) for rules. Checked against: R in
    tests/improvement/test_charts.py; false alarms: python -m benchmarks trend.
    """
    numbers = _numbers(values, "value")
    if shares:
        _check_shares(numbers)
    names = _labels(numbers, labels)
    blank = (float("nan"),) * len(numbers)
    ranges = (float("nan"), *np.abs(np.diff(numbers)).tolist())
    if len(numbers) < FEWEST_POINTS:
        none = float("nan")
        return Chart(
            XMR, names, tuple(numbers), (), none, blank, blank, ranges, none, (), shares, (_too_few(len(numbers)),)
        )
    centre, sigma, limit = (float(each) for each in xmr_limits(numbers))
    notes = []
    if np.ptp(numbers) <= ROUNDING * np.abs(numbers).max():
        notes.append("Every point is the same: the limits have no width.")
    found = list(signals_of(numbers, np.array(centre), np.array(sigma)))
    found += [
        Signal(RANGE_RULE, 1, at - 1, at, "a step larger than the limit of moving ranges")
        for at in range(1, len(numbers))
        if ranges[at] > limit * (1 + 1e-12)
    ]
    low, high = centre - 3 * sigma, centre + 3 * sigma
    if shares and (low < 0 or high > 1):
        notes.append(PAST)
    if shares:
        low, high, limit = max(low, 0.0), min(high, 1.0), min(limit, 1.0)
    found.sort(key=lambda each: (each.last, each.rule, each.side))
    ends = ((low,) * len(numbers), (high,) * len(numbers))
    return Chart(XMR, names, tuple(numbers), (), centre, *ends, ranges, limit, tuple(found), shares, tuple(notes))


# Wheeler (1993): a moving range beyond its own upper limit.
RANGE_RULE: Final = "moving range beyond its limit"


def p_chart(met: Sequence[float], of: Sequence[float], *, labels: Sequence[object] | None = None) -> Chart:
    """Chart the share of each month's cases that met something, with limits as wide as its number of cases asks.

    Parameters
    ----------
    met, of : how many met it and how many there were, in order of time, twelve points or more. Of estimates from
        stratified samples `of` is the effective size p(1 - p) / SE^2 and `met` the share times that: neither need be
        whole. labels : as `xmr_chart`.

    Returns
    -------
    Chart. Limits are p +- 3 sqrt(p(1 - p) / n) of each point, p = sum met / sum of, kept within 0 and 1.

    Raises
    ------
    ChangeError naming every point that cannot be.

    Source: Shewhart (1931); Montgomery, Introduction to Statistical Quality Control, ch. 7. Checked against: R in
    tests/improvement/test_charts.py.
    """
    counts, sizes = _numbers(met, "met"), _numbers(of, "of")
    _check_counts(counts, sizes)
    names = _labels(counts, labels)
    shares = counts / sizes
    blank = (float("nan"),) * len(shares)
    if len(shares) < FEWEST_POINTS:
        none = float("nan")
        few = (_too_few(len(shares)),)
        return Chart(
            P, names, tuple(shares.tolist()), tuple(sizes.tolist()), none, blank, blank, (), none, (), True, few
        )
    centre = float(counts.sum() / sizes.sum())
    sigma = np.sqrt(centre * (1 - centre) / sizes)
    lower, upper = np.maximum(centre - 3 * sigma, 0.0), np.minimum(centre + 3 * sigma, 1.0)
    return Chart(
        kind=P,
        labels=names,
        values=tuple(shares.tolist()),
        of=tuple(sizes.tolist()),
        centre=centre,
        lower=tuple(lower.tolist()),
        upper=tuple(upper.tolist()),
        ranges=(),
        range_limit=float("nan"),
        signals=signals_of(shares, np.array(centre), sigma),
        shares=True,
        notes=tuple(_p_notes(shares, sizes, centre)),
    )


def _p_notes(shares: FloatArray, sizes: FloatArray, centre: float) -> list[str]:
    if centre in (0.0, 1.0):
        return ["Every case is alike: the limits have no width."]
    reach = 3 * np.sqrt(centre * (1 - centre) / sizes)
    notes = []
    if (centre - reach < 0).any() or (centre + reach > 1).any():
        notes.append(PAST)
    statistic = float((sizes * (shares - centre) ** 2).sum() / (centre * (1 - centre)))
    p = float(scipy.special.chdtrc(len(shares) - 1, statistic))
    if p < TOO_SPREAD:
        notes.append(
            f"The shares vary more than counting alone allows (p = {p:.2g}): if that is how it always was, "
            "an XmR chart of the shares has the right limits."
        )
    return notes


def _too_few(points: int) -> str:
    return f"{points} points: limits and rules need {FEWEST_POINTS} or more, so none are given."


def _numbers(values: Sequence[float], name: str) -> FloatArray:
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or len(numbers) < 2:
        raise ChangeError(
            Problem("a chart needs two points or more", name, "Give one number a point, in order of time.")
        )
    mend = "Give a number for every point, or leave the point out."
    wrong = np.flatnonzero(~np.isfinite(numbers)).tolist()
    if wrong:
        raise ChangeError(
            [Problem(f"{numbers[at]:g} is not a number", f"{name}, point {at + 1}", mend) for at in wrong]
        )
    return numbers


def _check_shares(numbers: FloatArray) -> None:
    problems = [
        Problem(f"{number:g} is not a share", f"value, point {at}", "Give shares from 0 to 1.")
        for at, number in enumerate(numbers.tolist(), 1)
        if not 0 <= number <= 1
    ]
    raise_if(problems, ChangeError)


def _check_counts(counts: FloatArray, sizes: FloatArray) -> None:
    if len(counts) != len(sizes):
        raise ChangeError(
            Problem(f"{len(counts)} met and {len(sizes)} of do not go together", "of", "Give one of each.")
        )
    problems = [
        Problem(f"{met:g} of {size:g} cannot be", f"point {at}", "Give how many met it, of how many, more than none.")
        for at, (met, size) in enumerate(zip(counts.tolist(), sizes.tolist(), strict=True), 1)
        if not (size > 0 and 0 <= met <= size)
    ]
    if problems:
        raise ChangeError(problems)


def _labels(numbers: FloatArray, labels: Sequence[object] | None) -> tuple[str, ...]:
    names = tuple(str(each) for each in labels) if labels is not None else tuple(map(str, range(1, len(numbers) + 1)))
    if len(names) != len(numbers):
        mend = "Give one label a point."
        raise ChangeError(Problem(f"{len(names)} labels are given for {len(numbers)} points", "labels", mend))
    return names


def rule_sources() -> dict[str, str]:
    """Give each rule's name with where it comes from."""
    own = "Wheeler (1993), Understanding Variation: the upper limit of moving ranges"
    return {**{rule.name: rule.source for rule in RULES}, RANGE_RULE: own}
