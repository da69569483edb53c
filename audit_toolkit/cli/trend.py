"""audit-toolkit trend: what three rounds or more show together."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit.cli.after_draw import day_of
from audit_toolkit.cli.say import give, give_json, give_prose, is_stream, shown, tell
from audit_toolkit.cli.size_words import picture_bytes
from audit_toolkit.files import csv_bytes, csv_text, write_files
from audit_toolkit.improvement import trend_of_rounds

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("rounds", type=FILE, nargs=-1, required=True)
@click.option("--framework", help="The framework to speak of; default the last round's primary one.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write the whole table of trends here, as CSV; - is stdout.",
)
@click.option("--plot", type=FILE, help="Draw the rounds and their line into this file: .png, .svg or .pdf.")
@click.option("--anyway", is_flag=True, help="Print estimates, without a verdict, of rounds that may not be compared.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole table as JSON.")
def trend(
    rounds: tuple[Path, ...],
    framework: str | None,
    output: Path | None,
    plot: Path | None,
    anyway: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Say what three rounds or more show together.

    ROUNDS are round folders in order of time. The change is that of the straight line through all of them, like
    for like. Rounds that compare would refuse are refused here too.
    """
    found = trend_of_rounds(rounds, framework=framework, anyway=anyway, today=day_of(None))
    files = {} if output is None or is_stream(output) else {output: csv_bytes(found.to_table(), byte_order_mark=True)}
    if plot is not None:
        files[plot] = picture_bytes(found.plot(), plot)
    if files:
        write_files(files, force=force)
    if as_json:
        give_json(found.to_dict())
    elif is_stream(output):
        give(csv_text(found.to_table()))
    else:
        give_prose(found.summary())
    for file in files:
        tell(f"Written: {shown(file)}.")
