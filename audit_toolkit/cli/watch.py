"""audit-toolkit watch: where a share lies while the round is still coming back."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit.cli.after_draw import day_of
from audit_toolkit.cli.say import give, give_json, give_prose, is_stream, shown, tell
from audit_toolkit.cli.size_words import picture_bytes
from audit_toolkit.files import csv_bytes, csv_text, write_files
from audit_toolkit.improvement import read_round, watch_figure, watch_round


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--framework", metavar="NAME", help="Watch this framework's grades; default the primary one.")
@click.option("--criterion", metavar="ID", help="Watch one question in place of the grades.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write the interval after every case here, as CSV; - is stdout.",
)
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the limits into this file: .png, .svg or .pdf.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def watch(
    round_folder: Path,
    framework: str | None,
    criterion: str | None,
    output: Path | None,
    plot: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Say where a share lies while a round comes in.

    Reads what was collected so far. The interval holds however often you look; a verdict still waits until every
    case is back.
    """
    found = watch_round(read_round(round_folder, today=day_of(None)), framework=framework, criterion=criterion)
    files: dict[Path, bytes] = {}
    if output is not None and not is_stream(output):
        files[output] = csv_bytes(found.to_frame(), byte_order_mark=True)
    if plot is not None:
        files[plot] = picture_bytes(watch_figure(found), plot)
    if files:
        write_files(files, force=force)
    if as_json:
        give_json(found.to_dict())
    elif is_stream(output):
        give(csv_text(found.to_frame()))
    else:
        give_prose(str(found))
    if files:
        tell(f"Written: {', '.join(shown(path) for path in files)}.")
