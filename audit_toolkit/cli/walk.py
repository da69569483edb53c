"""The steps of the whole walk on a round folder, each said as it is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.cli.after_draw import day_of
from audit_toolkit.cli.collect import collect_told, collected_files
from audit_toolkit.cli.draw import draw_planned, round_files
from audit_toolkit.cli.say import give, give_prose, shown, step, tell
from audit_toolkit.errors import DesignError
from audit_toolkit.files import csv_bytes, write_files
from audit_toolkit.sampling import (
    Plan,
    commitment_bytes,
    plan_review,
    verify_round,
)

if TYPE_CHECKING:
    from audit_toolkit.improvement import Comparison, Levels


def draw_and_verify(folder: Path, plan: Plan, force: bool) -> None:
    """Draw the sample, write its receipt and the workbooks, and check the draw; check alone where a log stands."""
    if (folder / terms.LOG_FILE).exists():
        step("Checking the draw and its log: the sample was worked with since")
        _verify(folder)
        return
    step(f"Planning {plan.round}: reading {plan.register_file.name}")
    planned = plan_review(folder)
    commitment = commitment_bytes(planned)
    sample = draw_planned(folder, planned, None, commitment, force=False)
    tell(f"  {sample}")
    step("Writing the receipt and the workbooks")
    write_files({folder / terms.COMMITMENT_FILE: commitment, **round_files(folder, plan, sample)}, force=force)
    _verify(folder)


def _verify(folder: Path) -> None:
    problems = verify_round(folder)
    if problems:
        raise DesignError(problems)
    tell("  verified: the same cases come out again")


def collect_and_score(folder: Path, force: bool) -> None:
    """Collect what came back, alerts first, and score it."""
    from audit_toolkit.scoring import items_text, score_round, scores_text

    step("Collecting what came back")
    collected = collect_told(folder, afresh=force)
    write_files(collected_files(folder, collected), force=True)
    tell("  " + "\n  ".join([*collected.summary().splitlines(), *collected.notes]))
    step("Scoring")
    scored = score_round(folder)
    files = {terms.SCORES_FILE: scores_text(scored), terms.CONTRIBUTIONS_FILE: items_text(scored)}
    write_files({folder / name: csv_bytes(table) for name, table in files.items()}, force=force)
    for each in scored:
        tell("  " + str(each).splitlines()[0])


def report_round(earlier: Path | None, folder: Path, force: bool) -> None:
    """Compare with the earlier round, or say where casework stands, and write the report."""
    from audit_toolkit.improvement import compare_rounds, read_round, round_levels
    from audit_toolkit.reporting import write_report

    reported: Comparison | Levels
    if earlier is None:
        step("Working out where casework stands")
        reported = round_levels(read_round(folder, today=day_of(None)))
    else:
        step(f"Comparing with {earlier.name}")
        reported = compare_rounds(earlier, folder, today=day_of(None))
    step("Writing the report")
    written = write_report(reported, folder / terms.REPORT_FILE, force=force)
    tell("")
    give_prose(reported.summary())
    give("")
    give(f"Report: {shown(folder / terms.REPORT_FILE)}")
    give(f"Tables: {shown(written[-1].parent)}/ ({len(written) - 1} CSV files)")
