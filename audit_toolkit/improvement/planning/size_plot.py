"""Pictures of how many cases are enough: power and half width against the number of cases, the number found marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from audit_toolkit.improvement.planning.sizes import POWER, WIDTH, Sizes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from audit_toolkit.improvement.picture import Picture
    from audit_toolkit.improvement.planning.showing import Showing

# Colours that stay apart for colour-blind readers (Okabe & Ito 2008); lines and points differ too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
LINES = ("-", "--", "-.", ":")
POINTS = ("o", "s", "^", "D")
GREY = "#666666"
WIDTH_LABEL = "half width of a share, points"


def size_figure(found: Sequence[Sizes]) -> Picture:
    """Draw the curves of what was searched for: power above, the half width of a share's interval below.

    `found` : what `size_to_detect`, `size_to_hold` and `size_to_know` gave, for the same strata.
    """
    from audit_toolkit.improvement.picture import Picture

    powers = [each for each in found if each.aim == POWER]
    panels = 2 if powers else 1
    figure = Picture(figsize=(7.4, 0.5 + 2.9 * panels), layout="constrained")
    axes = figure.subplots(panels, 1, squeeze=False)[:, 0]
    if powers:
        _powers(axes[0], powers)
    _widths(axes[-1], found)
    strata = max(each.strata for each in found)
    where = f" in {strata} strata" if strata > 1 else ""
    figure.suptitle(f"How many of {found[0].population:,} cases{where}", fontsize=12)
    return figure


def table_figure(rows: Sequence[Showing]) -> Picture:
    """Draw what rounds of different sizes could show: half width above, the smallest changes below."""
    from audit_toolkit.improvement.picture import Picture

    figure = Picture(figsize=(7.4, 6.2), layout="constrained")
    above, below = figure.subplots(2, 1)
    sizes = [each.n for each in rows]
    start = f"{100 * rows[0].from_share:g} %"
    above.plot(sizes, [100 * each.half_width for each in rows], POINTS[0] + LINES[0], color=COLOURS[0])
    _dressed(above, WIDTH_LABEL, "cases")
    lines = (
        ("true rise the share would show", [each.share.true_change for each in rows]),
        ("true rise the grades would show", [each.grades_as_share for each in rows]),
        ("observed rise of the share that counts", [each.share.observed_change for each in rows]),
    )
    for place, (label, values) in enumerate(lines):
        shown = [100 * value for value in values]
        below.plot(sizes, shown, POINTS[place] + LINES[place], color=COLOURS[place], label=label)
    _dressed(below, f"smallest rise from {start}, points", "cases in each of two rounds")
    below.legend(frameon=False)
    level = f"{100 * rows[0].share.confidence:g} %"
    figure.suptitle(f"What rounds of so many cases could show ({level} intervals)", fontsize=12)
    return figure


def _powers(axes: Axes, found: Sequence[Sizes]) -> None:
    for place, each in enumerate(found):
        known = [point for point in each.curve if not math.isnan(point.power)]
        sizes, powers = [point.n for point in known], [100 * point.power for point in known]
        # Two standard errors of the simulation either way: most are smaller than the points themselves.
        errors = [200 * point.error for point in known]
        axes.errorbar(
            sizes,
            powers,
            yerr=errors,
            fmt=POINTS[place % 4] + LINES[place % 4],
            color=COLOURS[place % 4],
            markersize=4,
            label=f"{each.question}: {'no number' if each.n is None else f'{each.n:,}'}",
        )
        if each.n is not None:
            _marked(axes, each.n, 100 * each.reached, COLOURS[place % 4])
    for wanted in sorted({each.wanted for each in found}):
        axes.axhline(100 * wanted, color=GREY, linewidth=1, linestyle=":")
    axes.set_ylim(0, 103)
    _dressed(axes, "power, %", f"cases {found[0].rounds}")
    axes.legend(framealpha=0.9, edgecolor="none", fontsize=8.5, loc="lower right")


def _widths(axes: Axes, found: Sequence[Sizes]) -> None:
    longest = max(found, key=lambda each: each.curve[-1].n)
    known = [point for point in longest.curve if not math.isnan(point.half_width)]
    axes.plot([point.n for point in known], [100 * point.half_width for point in known], "o-", color=COLOURS[0], ms=4)
    for each in found:
        if each.aim == WIDTH:
            axes.axhline(100 * each.wanted, color=GREY, linewidth=1, linestyle=":")
        if each.aim == WIDTH and each.n is not None:
            _marked(axes, each.n, 100 * each.reached, COLOURS[0])
            axes.annotate(f" {each.n:,}", (each.n, 100 * each.reached), xytext=(4, 8), textcoords="offset points")
    _dressed(axes, WIDTH_LABEL, "cases")


def _marked(axes: Axes, n: int, height: float, colour: str) -> None:
    axes.plot([n, n], [0, height], color=colour, linewidth=0.9)
    axes.plot([n], [height], "*", color=colour, markersize=15, zorder=5)


def _dressed(axes: Axes, height: str, width: str) -> None:
    axes.set_ylabel(height)
    axes.set_xlabel(width)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
