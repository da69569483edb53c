"""Pictures of many points in time: rounds with their line, and control charts with their limits."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np

from audit_toolkit.improvement.changes.chart import XMR, Chart, P
from audit_toolkit.improvement.changes.charts import RANGE_RULE
from audit_toolkit.improvement.changes.line import PER_YEAR
from audit_toolkit.improvement.changes.verdict import label
from audit_toolkit.improvement.estimates.design import IntArray
from audit_toolkit.improvement.estimates.intervals import normal_quantile
from audit_toolkit.improvement.rounds.measures import GRADES, SHARE, good_word
from audit_toolkit.improvement.rounds.plot import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from audit_toolkit.improvement.picture import Picture
    from audit_toolkit.improvement.rounds.trend_rounds import RoundsTrend

LIMITS, SIGNAL, POINT, RANGE = "#666666", "#D55E00", "#0072B2", "#0072B2"
# From so many points on their labels are turned upright.
CROWDED = 8


def trend_figure(trend: RoundsTrend) -> Picture:
    """Draw the share good or better of each round with its interval, and the line through them."""
    from audit_toolkit.improvement.picture import Picture

    row, grades = trend.of_kind(SHARE)[0], trend.of_kind(GRADES)[0]
    found = row.trend
    at, values = np.array(found.at), 100 * np.array(found.values)
    z = normal_quantile(found.confidence)
    reach = 100 * z * np.nan_to_num(np.array(found.standard_errors))
    word = "" if trend.reasons else grades.verdict
    said = label(word, grades.trend) or "no verdict"
    figure = Picture(figsize=(8.6, 4.4), layout="constrained")
    axes = figure.add_subplot()
    ends = [np.clip(values - reach, 0, 100), np.clip(values + reach, 0, 100)]
    axes.vlines(at, *ends, color="#999999", linewidth=2.4)
    axes.plot(at, values, "o", color="#222222", markersize=8, label="round, with a rough 95 % interval")
    if not math.isnan(found.change):
        line = f"straight line: {100 * found.change:+.0f} points in all; grades: {said}"
        axes.plot(at, 100 * np.array(found.fitted), color=COLOURS[word], linewidth=2, label=line)
    axes.set_xticks(at, [textwrap.fill(each.name, 18) for each in trend.rounds])
    axes.set_ylim(0, 103)
    good = good_word(row.measure.counts)
    axes.set_ylabel(f"{good}, %")
    axes.set_title(f"{row.measure.label}: {good}, like for like", loc="left", fontsize=11)
    axes.legend(frameon=False, loc="lower left", fontsize=9)
    if found.unit == PER_YEAR:
        axes.set_xlabel("rounds, spaced as the registers were taken")
    _plain(axes)
    return figure


def chart_figure(chart: Chart, title: str = "") -> Picture:
    """Draw a control chart: points, mean, limits, signals; of an XmR chart the moving ranges below."""
    from audit_toolkit.improvement.picture import Picture

    both = chart.kind == XMR
    figure = Picture(figsize=(8.6, 5.6 if both else 4.2), layout="constrained")
    if both:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    else:
        upper, lower = figure.add_subplot(), None
    places = np.arange(len(chart.values))
    scale = 100.0 if chart.shares else 1.0
    values = scale * np.array(chart.values)
    upper.plot(places, values, "-o", color=POINT, linewidth=1.2, markersize=5)
    if chart.limited:
        _limits(upper, chart, places, scale)
    marked = sorted({at for each in chart.signals for at in range(each.first, each.last + 1)})
    upper.plot(places[marked], values[marked], "D", color=SIGNAL, markersize=7, label="part of a signal")
    upper.set_title(title or {P: "p chart", XMR: "XmR chart"}[chart.kind], loc="left", fontsize=11)
    upper.set_ylabel("%" if chart.shares else "value")
    if marked:
        upper.legend(frameon=False, fontsize=9, loc="lower right", bbox_to_anchor=(1, 1))
    if lower is not None:
        lower.plot(places, scale * np.array(chart.ranges), "-o", color=RANGE, linewidth=1.2, markersize=4)
        if chart.limited:
            lower.axhline(scale * chart.range_limit, color=LIMITS, linestyle="--", linewidth=1)
        stepped = [each.last for each in chart.signals if each.rule == RANGE_RULE]
        lower.plot(places[stepped], scale * np.array(chart.ranges)[stepped], "D", color=SIGNAL, markersize=6)
        lower.set_ylabel("moving range" + (", points" if chart.shares else ""))
        lower.set_ylim(bottom=0)
        _plain(lower)
    last = upper if lower is None else lower
    crowded = len(places) > CROWDED
    last.set_xticks(places, list(chart.labels), rotation=60 if crowded else 0, ha="right" if crowded else "center")
    _plain(upper)
    if not chart.limited:
        upper.text(1, 1.02, chart.notes[0], transform=upper.transAxes, ha="right", fontsize=9, color=LIMITS)
    return figure


def _limits(axes: Axes, chart: Chart, places: IntArray, scale: float) -> None:
    axes.axhline(scale * chart.centre, color="#222222", linewidth=1)
    ends = [(chart.centre, "mean"), (chart.lower[-1], "lower limit"), (chart.upper[-1], "upper limit")]
    for limit in (chart.lower, chart.upper):
        axes.step(places, scale * np.array(limit), where="mid", color=LIMITS, linestyle="--", linewidth=1)
    # Limits without width are one line, and named once.
    for height, name in ends[: 1 if chart.lower == chart.upper else len(ends)]:
        beside = axes.get_yaxis_transform()
        axes.text(1.005, scale * height, name, transform=beside, va="center", fontsize=8, color=LIMITS)


def _plain(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
