"""audit-toolkit review: the whole walk on a round folder, as far as what came back allows."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.say import shown, tell
from audit_toolkit.cli.walk import collect_and_score, draw_and_verify, report_round
from audit_toolkit.sampling import read_plan


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over what an earlier run with other results left.")
def review(round_folder: Path, force: bool) -> None:
    """Do the whole walk on a round folder.

    Draws the sample and writes the workbooks, checks the draw, collects what is in returned/, scores it,
    compares it with the plan's earlier round, and writes the report. A plan without an earlier round ends with
    where casework stands. Before anything has come back it stops at the workbooks: run it again then.
    """
    plan = read_plan(round_folder)
    draw_and_verify(round_folder, plan, force)
    if not _anything_back(round_folder):
        tell("")
        tell(f"Nothing has come back yet. Send {shown(round_folder / terms.WORKBOOKS)}/ to the auditors; put what")
        tell(f"comes back in {shown(round_folder / terms.RETURNED)}/ and run review again.")
        return
    collect_and_score(round_folder, force)
    report_round(plan.compare_with, round_folder, force)


def _anything_back(folder: Path) -> bool:
    """Say whether there is anything to collect, or was before."""
    returned = folder / terms.RETURNED
    if (folder / terms.RATINGS_FILE).exists():
        return True
    return returned.is_dir() and any(path.is_file() and not path.name.startswith(".") for path in returned.iterdir())
