"""Pictures for the page, as SVG that needs no other file."""

from __future__ import annotations

import dataclasses
import io
import math
import textwrap

from audit_toolkit.improvement import SHARE, Comparison, Interval, change_figure
from audit_toolkit.reporting.disclosure import kept_back

# Narrow enough to be read on a telephone; the page lets it grow.
WIDTH = 5.6
LABEL_WIDTH = 16


def change_svg(comparison: Comparison) -> str:
    """Give the chart of change as an SVG element: the same bytes for the same comparison."""
    import matplotlib as mpl

    held = io.StringIO()
    # The ids of the SVG and its date are fixed; text stays text, and no dollar sign is taken for mathematics.
    settings = mpl.rc_context(
        {
            "svg.hashsalt": "audit_toolkit",
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.size": 10.5,
            "text.parse_math": False,
        }
    )
    with settings:
        figure = change_figure(_shown(comparison))
        figure.set_size_inches(WIDTH, figure.get_figheight() + 0.2)
        for axes in figure.axes:
            axes.set_yticklabels([textwrap.fill(each.get_text(), LABEL_WIDTH) for each in axes.get_yticklabels()])
            axes.set_xlabel(textwrap.fill(axes.get_xlabel(), 50))
            for label in axes.texts:
                label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.5})
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    text = held.getvalue()
    return text[text.index("<svg") :].replace("<svg ", '<svg role="img" aria-label="Chart of change" ', 1)


def _shown(comparison: Comparison) -> Comparison:
    """Leave out of a picture what the tables leave out: words where no verdict is given, figures of too few cases."""
    hidden = kept_back(comparison.rows)
    rows = list(comparison.rows)
    for index, row in enumerate(rows):
        if comparison.reasons:
            row = dataclasses.replace(row, verdict="")
        if index in hidden and row.measure.kind == SHARE:
            nowhere = Interval(math.nan, math.nan)
            change = dataclasses.replace(row.change, earlier=math.nan, later=math.nan, change=math.nan, ci=nowhere)
            row = dataclasses.replace(row, change=change)
        rows[index] = row
    return dataclasses.replace(comparison, rows=tuple(rows))
