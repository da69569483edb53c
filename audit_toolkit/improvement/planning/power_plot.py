"""A picture of a power curve: how often each true change is shown, by the share's interval and by the grades' test."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from audit_toolkit.terms import IMPROVED, WORSENED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from audit_toolkit.improvement.picture import Picture
    from audit_toolkit.improvement.planning.power_curve import PowerCurve

LEGEND = ("grades, which give the verdict", "share good or better")
# What keeps a line out of the legend.
UNNAMED = "_nolegend_"
# Colours that stay apart for colour-blind readers (Okabe & Ito 2008); lines and points differ too.
GRADES_COLOUR, SHARE_COLOUR, GREY = "#0072B2", "#D55E00", "#666666"


def power_figure(curve: PowerCurve) -> Picture:
    """Draw power against the true change: falls to the left of none, rises to the right, the wanted power marked."""
    from audit_toolkit.improvement.picture import Picture

    figure = Picture(figsize=(7.4, 4.2), layout="constrained")
    axes = figure.add_subplot()
    for word in (WORSENED, IMPROVED):
        points = [each for each in curve.points if each.verdict == word]
        changes = [100 * each.change for each in points]
        named = word == IMPROVED
        _line(
            axes,
            changes,
            [each.grades_power for each in points],
            "o-",
            GRADES_COLOUR,
            "grades, which give the verdict" if named else "",
        )
        _line(
            axes,
            changes,
            [each.share_power for each in points],
            "s--",
            SHARE_COLOUR,
            "share good or better" if named else "",
        )
    axes.axhline(100 * curve.power, color=GREY, linewidth=1, linestyle=":")
    axes.axvline(0, color="#222222", linewidth=1)
    marks = sorted([(curve.grades_as_share, GRADES_COLOUR), (curve.share.true_change, SHARE_COLOUR)])
    for place, (rise, colour) in enumerate(marks):
        if not math.isnan(rise):
            _mark(axes, 100 * rise, 100 * curve.power, colour, left=place == 0)
    axes.set_ylim(0, 103)
    axes.set_ylabel("shown so often, %")
    axes.set_xlabel(
        f"true change of the share good or better, from {100 * curve.from_share:.0f} %, points\n"
        "left: called worsened; right: called improved"
    )
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False, fontsize=9)
    strata = f", in {curve.strata} strata" if curve.strata > 1 else ""
    figure.suptitle(f"What would be shown: {curve.n_earlier:,} cases, then {curve.n_later:,}{strata}", fontsize=12)
    return figure


def _line(axes: Axes, changes: list[float], powers: list[float], style: str, colour: str, label: str) -> None:
    shown = [100 * power for power in powers]
    axes.plot(changes, shown, style, color=colour, markersize=3.5, label=label)


def _mark(axes: Axes, reach: float, power: float, colour: str, *, left: bool) -> None:
    """Write a smallest rise that is shown as often as wanted beside its point."""
    axes.plot([reach], [power], "x", color=colour, markersize=7)
    axes.annotate(
        f"a rise of {reach:.0f}",
        (reach, power),
        xytext=(-6 if left else 8, 5 if left else -14),
        ha="right" if left else "left",
        textcoords="offset points",
        color=colour,
        fontsize=9,
    )
