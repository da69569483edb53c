"""audit-toolkit chart: a control chart of many points in time, such as a percentage each month."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from audit_toolkit.cli.points import read_points
from audit_toolkit.cli.say import give, give_json, give_prose, is_stream, shown, tell
from audit_toolkit.cli.size_words import picture_bytes
from audit_toolkit.files import csv_bytes, csv_text, write_files
from audit_toolkit.improvement import CHART_KINDS, P, chart_figure, p_chart, xmr_chart

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("points", type=FILE)
@click.option("--date", "date", required=True, help="The column with the date of each point.")
@click.option("--value", "value", required=True, help="The column with its number; with --of, how many met it.")
@click.option("--of", "of", help="The column with how many cases there were: a p chart.")
@click.option("--kind", type=click.Choice(CHART_KINDS), help="The chart; default p with --of, else xmr.")
@click.option("--sheet", help="The sheet of a workbook; default the first.")
@click.option("--header-row", type=click.IntRange(1), default=1, help="The row of the headings; default 1.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write a row a point here, as CSV; - is stdout.",
)
@click.option("--plot", type=FILE, help="Draw the chart into this file: .png, .svg or .pdf.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the chart as JSON.")
def chart(
    points: Path,
    date: str,
    value: str,
    of: str | None,
    kind: str | None,
    sheet: str | None,
    header_row: int,
    output: Path | None,
    plot: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Chart many points in time, and name those that are more than chance.

    POINTS is a table with a row a month, or any other step: a CSV or a workbook. From twelve points on there are
    limits and rules; with fewer the points alone.
    """
    if kind == P and of is None:
        raise click.UsageError("A p chart needs --of: how many cases each point speaks of.")
    read = read_points(points, date=date, value=value, of=of, sheet=sheet, header_row=header_row)
    if of is None:
        made = xmr_chart(read.values, labels=read.dates)
    elif kind in (None, P):
        made = p_chart(read.values, read.of, labels=read.dates)
    else:
        shares = [met / size for met, size in zip(read.values, read.of, strict=True)]
        made = xmr_chart(shares, labels=read.dates, shares=True)
    made = dataclasses.replace(made, notes=(*made.notes, *read.notes))
    files = {} if output is None or is_stream(output) else {output: csv_bytes(made.to_table())}
    if plot is not None:
        files[plot] = picture_bytes(chart_figure(made, title=value), plot)
    if files:
        write_files(files, force=force)
    if as_json:
        give_json(made.to_dict())
    elif is_stream(output):
        give(csv_text(made.to_table()))
    else:
        give_prose(made.summary())
    for file in files:
        tell(f"Written: {shown(file)}.")
