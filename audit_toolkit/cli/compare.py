"""audit-toolkit compare: what changed between two rounds, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit.cli.after_draw import day_of
from audit_toolkit.cli.say import give, give_json, give_prose, is_stream, shown, tell
from audit_toolkit.files import csv_bytes, csv_text, write_files
from audit_toolkit.improvement import compare_rounds


@click.command()
@click.argument("earlier", type=click.Path(path_type=Path))
@click.argument("later", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write the whole table of changes here, as CSV; - is stdout.",
)
@click.option("--anyway", is_flag=True, help="Print estimates, without a verdict, of rounds that may not be compared.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole table as JSON.")
def compare(earlier: Path, later: Path, output: Path | None, anyway: bool, force: bool, as_json: bool) -> None:
    """Say what changed between two rounds, and how sure that is.

    Rounds drawn by other rules or scored by other criteria are refused; --anyway shows estimates without a
    verdict.
    """
    comparison = compare_rounds(earlier, later, anyway=anyway, today=day_of(None))
    file = None if is_stream(output) else output
    if file is not None:
        write_files({file: csv_bytes(comparison.to_table(), byte_order_mark=True)}, force=force)
    if as_json:
        give_json(comparison.to_dict())
    elif is_stream(output):
        give(csv_text(comparison.to_table()))
    else:
        give_prose(comparison.summary())
    if file is not None:
        tell(f"Written: {shown(file)}.")
