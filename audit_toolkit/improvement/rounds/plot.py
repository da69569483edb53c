"""A picture of a comparison: the change of each framework, with its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.improvement.changes.verdict import label
from audit_toolkit.improvement.rounds.measured import count_figures
from audit_toolkit.improvement.rounds.measures import good_word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from audit_toolkit.improvement.rounds.comparison import Comparison
    from audit_toolkit.improvement.rounds.measured import MeasuredChange

# Colours that stay apart for colour-blind readers (Okabe & Ito 2008); shapes differ too.
COLOURS = {
    terms.IMPROVED: "#0072B2",
    terms.WORSENED: "#D55E00",
    terms.NO_WORSE: "#56B4E9",
    terms.CANNOT_TELL: "#666666",
    "": "#666666",
}
# A label keeps clear of the line it crosses.
LABEL_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
MARKERS = {terms.IMPROVED: "^", terms.WORSENED: "v", terms.NO_WORSE: "s", terms.CANNOT_TELL: "o", "": "o"}


LABEL = "change in the share good or better, points, with 95 % interval (right of the line is better)"
COUNTS_LABEL = "counts of the cases audited: nothing is estimated from cases that were not drawn at random"


def change_figure(comparison: Comparison) -> Figure:
    """Draw each framework's share good or better: its change with interval, coloured by the framework's word.

    Of rounds not drawn at random the counts are written, without any picture of a change.
    """
    from audit_toolkit.improvement.picture import Picture

    rows = comparison.grades()
    figure = Picture(figsize=(8.6, 1.3 + 0.72 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for height, row in zip(range(len(rows), 0, -1), rows, strict=True):
        _draw(axes, comparison, row, height)
    if any(comparison.share(row.measure.framework).counts is not None for row in rows):
        axes.set_xlim(0, 1)
        axes.set_xticks([])
    else:
        axes.axvline(0, color="#222222", linewidth=1)
    axes.set_yticks(range(len(rows), 0, -1), [row.measure.label for row in rows])
    axes.set_ylim(0.4, len(rows) + 0.75)
    axes.set_xlabel(LABEL if comparison.earlier.estimated and comparison.later.estimated else COUNTS_LABEL)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure


def _draw(axes: Axes, comparison: Comparison, row: MeasuredChange, height: int) -> None:
    share = comparison.share(row.measure.framework)
    change = share.change
    if share.counts is not None:
        axes.text(
            0, height, f" {count_figures(share)} {good_word(share.measure.counts)}", va="center", color=COLOURS[""]
        )
        return
    if math.isnan(change.change):
        axes.text(0, height, " nothing to compare", va="center", color=COLOURS[""])
        return
    word = "" if comparison.reasons else row.verdict
    colour = COLOURS[word]
    if not math.isnan(change.ci.low):
        axes.plot(
            [100 * change.ci.low, 100 * change.ci.high],
            [height, height],
            color=colour,
            linewidth=3.2,
            solid_capstyle="butt",
        )
    axes.plot([100 * change.change], [height], MARKERS[word], color=colour, markersize=10)
    text = f"{100 * change.earlier:.0f} % to {100 * change.later:.0f} %: {label(word, change) or 'no verdict'}"
    axes.text(
        100 * change.change, height + 0.24, text, ha="center", va="bottom", color=colour, fontsize=9.5, bbox=LABEL_BOX
    )
