"""audit-toolkit compare: what changed between two rounds, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit.cli.say import give, give_json, shown, tell
from audit_toolkit.files import csv_bytes, write_files
from audit_toolkit.improvement import compare_rounds


@click.command()
@click.argument("earlier", type=click.Path(path_type=Path))
@click.argument("later", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the whole table of changes here, as CSV.")
@click.option("--anyway", is_flag=True, help="Print estimates, without a verdict, of rounds that may not be compared.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole table as JSON.")
def compare(earlier: Path, later: Path, output: Path | None, anyway: bool, force: bool, as_json: bool) -> None:
    """Say what changed between two rounds, and how sure that is.

    Rounds drawn by other rules or scored by other criteria are refused; --anyway shows estimates without a
    verdict.
    """
    comparison = compare_rounds(earlier, later, anyway=anyway)
    if as_json:
        give_json(comparison.to_dict())
    else:
        give(comparison.summary())
    if output is not None:
        write_files({output: csv_bytes(comparison.to_table(), byte_order_mark=True)}, force=force)
        tell(f"Written: {shown(output)}.")
