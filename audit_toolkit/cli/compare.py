"""audit-toolkit compare: what changed between two rounds, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit.cli.after_draw import day_of
from audit_toolkit.cli.say import give, give_json, give_prose, is_stream, shown, tell
from audit_toolkit.files import csv_bytes, csv_text, write_files
from audit_toolkit.improvement import Beside, beside_verdict, compare_rounds


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
@click.option("--beside", is_flag=True, help="Say as well what other tests, the areas and double ratings tell.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole table as JSON.")
def compare(
    earlier: Path, later: Path, output: Path | None, anyway: bool, beside: bool, force: bool, as_json: bool
) -> None:
    """Say what changed between two rounds, and how sure that is.

    Rounds drawn by other rules or scored by other criteria are refused; --anyway shows estimates without a
    verdict.
    """
    comparison = compare_rounds(earlier, later, anyway=anyway, today=day_of(None))
    more = beside_verdict(comparison) if beside else None
    file = None if is_stream(output) else output
    if file is not None:
        write_files({file: csv_bytes(comparison.to_table(), byte_order_mark=True)}, force=force)
    if as_json:
        give_json(comparison.to_dict() | ({} if more is None else {"beside": more.to_dict()}))
    elif is_stream(output):
        give(csv_text(comparison.to_table()))
    else:
        give_prose(comparison.summary() if more is None else f"{comparison.summary()}\n\n{beside_text(more)}")
    if file is not None:
        tell(f"Written: {shown(file)}.")


def beside_text(beside: Beside) -> str:
    """Print what stands beside the verdict, a line each."""
    return "\n".join([f"Beside the verdict on {beside.title}, never in its place:", *beside.sentences()])
