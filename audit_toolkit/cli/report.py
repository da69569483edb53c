"""audit-toolkit report: the page and its tables."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.after_draw import day_of
from audit_toolkit.cli.say import give, is_stream, shown, tell
from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.improvement import Levels, compare_rounds, read_round, round_levels
from audit_toolkit.reporting import report_html, statement_html, write_report, write_sample_statement
from audit_toolkit.reporting import sample_statement as read_statement
from audit_toolkit.sampling import read_plan


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--earlier", type=click.Path(path_type=Path), help="The earlier round; default the plan's compare_with.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Where to write; default report.html in the round. - is stdout, the page alone.",
)
@click.option("--anyway", is_flag=True, help="Report estimates, without a verdict, of rounds that may not be compared.")
@click.option("--sample-statement", is_flag=True, help="Write the page on how the cases were chosen instead.")
@click.option("--force", is_flag=True, help="Write over what is there.")
def report(
    round_folder: Path, earlier: Path | None, output: Path | None, anyway: bool, sample_statement: bool, force: bool
) -> None:
    """Write the report and its tables.

    One self-contained HTML page with the answer first, and the tables behind it as CSV in tables/ beside it.
    It holds no case ids. A round with no earlier one gets a page of where casework stands.

    --sample-statement writes one printed page for an inspector who asks how the cases were chosen, before or after
    they are rated, and case_list.csv beside it, which names the cases and is for inside use.
    """
    if sample_statement:
        if earlier is not None or anyway:
            raise click.UsageError("--sample-statement is about one round: leave --earlier and --anyway out.")
        _state(round_folder, output, force)
        return
    before = earlier or read_plan(round_folder).compare_with
    reported = (
        _alone(round_folder, anyway)
        if before is None
        else compare_rounds(before, round_folder, anyway=anyway, today=day_of(None))
    )
    if is_stream(output):
        give(report_html(reported))
        return
    target = output or round_folder / terms.REPORT_FILE
    written = write_report(reported, target, force=force)
    tell(f"Written: {shown(target)} and {len(written) - 1} tables in {shown(written[-1].parent)}.")


def _state(folder: Path, output: Path | None, force: bool) -> None:
    """Write the sample statement and the internal list of cases."""
    if is_stream(output):
        give(statement_html(read_statement(folder)))
        return
    page, cases = write_sample_statement(folder, output, force=force)
    tell(f"Written: {shown(page)}, one page to print or hand over; it names nobody.")
    tell(f"Internal: {shown(cases)} names the cases and their auditors. Keep it inside.")


def _alone(folder: Path, anyway: bool) -> Levels:
    """Give where a round stands that is compared with none, and say that this is no comparison."""
    if anyway:
        what = "--anyway needs an earlier round, and the plan names none"
        mend = "Add compare_with: ../retrospective-2009 to the plan before the draw, or give --earlier."
        raise DesignError(Problem(what, terms.PLAN_FILE, mend))
    levels = round_levels(read_round(folder, today=day_of(None)))
    tell(f"The plan names no earlier round: this is where casework stands in {levels.round.name}.")
    tell("To compare it with an earlier round, give --earlier FOLDER.")
    return levels
