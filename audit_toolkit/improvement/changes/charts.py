"""Control charts of many points in time: individuals with moving ranges (XmR), and shares of counts (p)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import scipy.special

from audit_toolkit.errors import ChangeError, Problem, raise_if
from audit_toolkit.improvement.changes.run_rules import RULES, Signal, signals_of
from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.intervals import json_number

# With fewer points limits are too loose to mean anything: docs/statistics-for-statisticians.md.
FEWEST_POINTS: Final = 12
# Wheeler (1993), Understanding Variation: 3 / 1.128 and 3.267 for moving ranges of two.
INDIVIDUALS, RANGES = 2.66, 3.267
XMR, P = "xmr", "p"
CHART_KINDS: Final = (XMR, P)
# Shares that vary more than counting alone allows, less often than this, are remarked on.
TOO_SPREAD = 0.01
PAST: Final = "A limit past 0 or 1 stands at 0 or 1: no point can lie beyond it."


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart: its points in order of time, its limits, and the signals that the rules find.

    Where the points are `shares`, they and all limits are 0 to 1, and are told as per cent.
    `centre`, `lower` and `upper` (k) are nan with fewer than twelve points. `ranges` (k, the first nan) are moving
    ranges and `range_limit` their upper limit, of an XmR chart alone; `of` (k) the cases of each point of a p chart.
    """

    kind: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    of: tuple[float, ...]
    centre: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    ranges: tuple[float, ...]
    range_limit: float
    signals: tuple[Signal, ...]
    shares: bool
    notes: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether there are points enough for limits."""
        return len(self.values) >= FEWEST_POINTS

    def to_dict(self) -> dict[str, object]:
        """Give the chart as JSON can hold it; None where undefined."""
        return {
            "kind": self.kind,
            "points": len(self.values),
            "shares": self.shares,
            "centre": json_number(self.centre),
            "range_limit": json_number(self.range_limit),
            "labels": list(self.labels),
            "values": list(self.values),
            "of": list(self.of),
            "lower": [json_number(each) for each in self.lower],
            "upper": [json_number(each) for each in self.upper],
            "ranges": [json_number(each) for each in self.ranges],
            "signals": [self._told(each) for each in self.signals],
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row a point, with the names of the rules that it completes or takes part in."""
        named = [
            "; ".join(dict.fromkeys(each.rule for each in self.signals if each.first <= at <= each.last))
            for at in range(len(self.values))
        ]
        blank = [float("nan")] * len(self.values)
        columns = {
            "label": list(self.labels),
            "value": list(self.values),
            "of": list(self.of) or blank,
            "centre": [self.centre] * len(self.values),
            "lower": list(self.lower),
            "upper": list(self.upper),
            "range": list(self.ranges) or blank,
            "signals": named,
        }
        return pd.DataFrame(columns)

    def sentences(self) -> list[str]:
        """Say each signal: where, and by which rule."""
        told = []
        for each in self.signals:
            where = self.labels[each.last]
            if each.first != each.last:
                where = f"{self.labels[each.first]} to {where}"
            told.append(f"{where}: {each.says} ({each.rule}).")
        return told

    def _told(self, signal: Signal) -> dict[str, object]:
        return {
            "rule": signal.rule,
            "side": "up" if signal.side > 0 else "down",
            "first": self.labels[signal.first],
            "last": self.labels[signal.last],
            "says": signal.says,
        }

    def to_table(self) -> Any:
        """Give `to_frame` as text for a CSV: figures in full, nothing where undefined."""
        return self.to_frame().map(lambda each: "" if each != each else str(each)).astype(object)

    def summary(self) -> str:
        """Say the limits and every signal."""
        name = {XMR: "XmR chart", P: "p chart"}[self.kind]
        lines = [f"{name} of {len(self.values)} points, {self.labels[0]} to {self.labels[-1]}"]
        if self.limited:
            limits = f"limits {_span(self.lower, self.shares)} and {_span(self.upper, self.shares)}"
            lines.append(f"mean {_shown(self.centre, self.shares)}, {limits}")
            lines += self.sentences() or ["No signal: these points do not go beyond what chance would do."]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])

    def __str__(self) -> str:
        return "\n".join(self.summary().splitlines()[:12])


def _shown(number: float, share: bool) -> str:
    return f"{100 * number:.1f} %" if share else f"{number:.4g}"


def _span(limits: Sequence[float], share: bool) -> str:
    least, most = (_shown(each, share) for each in (min(limits), max(limits)))
    return least if least == most else f"({least} to {most})"


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
    if sigma == 0:
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
        low, high = max(low, 0.0), min(high, 1.0)
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
