"""audit-toolkit review: the whole walk on a round folder, each step said as it is done."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.collect import collect_told, collected_files
from audit_toolkit.cli.draw import draw_planned, round_files
from audit_toolkit.cli.say import give, give_prose, shown, step, tell
from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.files import csv_bytes, write_files
from audit_toolkit.sampling import commitment_bytes, plan_review, read_plan, verify_round


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over what an earlier run with other results left.")
def review(round_folder: Path, force: bool) -> None:
    """Do the whole walk on a round folder.

    Draws the sample and writes the workbooks, checks the draw, collects what is in returned/, scores it,
    compares it with the plan's earlier round, and writes the report.
    """
    plan = read_plan(round_folder)
    if plan.compare_with is None:
        raise DesignError(Problem("the plan names no earlier round", terms.PLAN_FILE, "Add compare_with: FOLDER."))
    step(f"Planning {plan.round}: reading {plan.register_file.name}")
    planned = plan_review(round_folder)
    commitment = commitment_bytes(planned)
    sample = draw_planned(planned, None, commitment)
    tell(f"  {sample}")
    step("Writing the receipt and the workbooks")
    files = round_files(round_folder, plan, sample)
    write_files({round_folder / terms.COMMITMENT_FILE: commitment, **files}, force=force)
    problems = verify_round(round_folder)
    if problems:
        raise DesignError(problems)
    tell("  verified: the same cases come out again")
    _collect_and_score(round_folder, force)
    _compare_and_report(plan.compare_with, round_folder, force)


def _collect_and_score(folder: Path, force: bool) -> None:
    from audit_toolkit.scoring import score_round, scores_text

    step("Collecting what came back")
    collected = collect_told(folder, afresh=force)
    write_files(collected_files(folder, collected), force=True)
    tell("  " + "\n  ".join([*collected.summary().splitlines(), *collected.notes]))
    step("Scoring")
    scored = score_round(folder)
    write_files({folder / terms.SCORES_FILE: csv_bytes(scores_text(scored))}, force=force)
    for each in scored:
        tell("  " + str(each).splitlines()[0])


def _compare_and_report(earlier: Path, folder: Path, force: bool) -> None:
    from audit_toolkit.improvement import compare_rounds
    from audit_toolkit.reporting import write_report

    step(f"Comparing with {earlier.name}")
    comparison = compare_rounds(earlier, folder)
    step("Writing the report")
    written = write_report(comparison, folder / terms.REPORT_FILE, force=force)
    tell("")
    give_prose(comparison.summary())
    give("")
    give(f"Report: {shown(folder / terms.REPORT_FILE)}")
    give(f"Tables: {shown(written[-1].parent)}/ ({len(written) - 1} CSV files)")
