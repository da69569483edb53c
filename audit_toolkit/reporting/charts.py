"""Pictures for the page, as SVG that needs no other file."""

from __future__ import annotations

import io

from audit_toolkit.improvement import Comparison, change_figure

# SVG ids and dates are fixed, so that the same comparison gives the same bytes.
SETTINGS = {"svg.hashsalt": "audit_toolkit", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10.5}


def change_svg(comparison: Comparison) -> str:
    """Give the chart of change as an SVG element."""
    import matplotlib as mpl

    held = io.StringIO()
    with mpl.rc_context(SETTINGS):
        change_figure(comparison).savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    text = held.getvalue()
    return text[text.index("<svg") :]
