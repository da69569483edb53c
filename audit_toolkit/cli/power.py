"""audit-toolkit power: how likely two rounds are to show a true change."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import click

from audit_toolkit.cli.say import give, give_json, shown, table, tell
from audit_toolkit.cli.size_questions import as_share
from audit_toolkit.cli.size_words import picture_bytes
from audit_toolkit.files import write_files
from audit_toolkit.improvement import PowerCurve, planned_curve, power_figure, read_round, round_power
from audit_toolkit.sampling import plan_review

FILE = click.Path(path_type=Path)
# The table has a line for each so many points of change.
LINE_POINTS = 5


@click.command()
@click.argument("round_folder", type=FILE)
@click.argument("later", type=FILE, required=False)
@click.option("--framework", help="Of two scored rounds: the framework; default the later round's primary one.")
@click.option("--from", "start", metavar="SHARE", callback=as_share, help="Of a plan: the share before; default 50%.")
@click.option("--power", metavar="SHARE", callback=as_share, help="How often a change should be shown; default 80%.")
@click.option("--plot", type=FILE, help="Draw the curves into this file: .png, .svg or .pdf.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def power(
    round_folder: Path,
    later: Path | None,
    framework: str | None,
    start: Fraction | None,
    power: Fraction | None,
    plot: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Say how likely two rounds are to show a true change.

    One ROUND_FOLDER: two rounds drawn as its plan says. ROUND_FOLDER and LATER: two scored rounds, from where
    the earlier one stood. By simulation on their own strata, with the tests that give the verdict.
    """
    if later is None and framework is not None:
        raise click.UsageError("--framework goes with two scored rounds; a plan has its primary framework.")
    if later is not None and start is not None:
        raise click.UsageError("--from goes with a plan; two scored rounds start where the earlier one stood.")
    often = 0.8 if power is None else float(power)
    if later is None:
        curve = planned_curve(plan_review(round_folder), from_share=0.5 if start is None else float(start), power=often)
    else:
        curve = round_power(read_round(round_folder), read_round(later), framework, power=often)
    if plot is not None:
        write_files({plot: picture_bytes(power_figure(curve), plot)}, force=force)
    if as_json:
        give_json(curve.to_dict())
    else:
        give(curve_text(curve))
    if plot is not None:
        tell(f"Written: {shown(plot)}.")


def curve_text(curve: PowerCurve) -> str:
    """Print the curve as a table, with what it means."""
    rows = [
        (
            f"{100 * each.change:+.0f}" if each.change else "0",
            f"{100 * each.later_share:.0f} %",
            each.verdict,
            _often(each.grades_power),
            _often(each.share_power),
        )
        for each in curve.points
        if round(1000 * each.change) % (10 * LINE_POINTS) == 0
    ]
    headings = ["true change, points", "share then", "called", "by the grades", "share's interval"]
    told = [
        "By the grades: the framework's verdict, when every grade moves by the same odds. The share's interval: how",
        "often it lies wholly to that side of none. At a change of 0 both are false alarms.",
    ]
    return "\n".join([str(curve), "", table(headings, rows), "", *told])


def _often(chance: float) -> str:
    return "" if math.isnan(chance) else f"{100 * chance:.1f} %"
