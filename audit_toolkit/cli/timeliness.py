"""audit-toolkit timeliness: who was in time, counted over the whole register."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from audit_toolkit.cli.register import READ_OPTIONS
from audit_toolkit.cli.say import give, give_json, is_stream, shown, tell
from audit_toolkit.cli.timeliness_words import counts_text, csv_table, sample_words
from audit_toolkit.files import csv_bytes, csv_text, write_files
from audit_toolkit.register import Register, read_register
from audit_toolkit.sampling import plan_path
from audit_toolkit.scoring import load_timescales, register_timeliness

FILE = click.Path(path_type=Path)
OWN_PLAN = "A round folder is read as its own plan says: leave --timescales and what says how to read a file out."


def _reading(command: click.decorators.FC) -> click.decorators.FC:
    for option in reversed(READ_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("source")
@click.option("--framework", help="Count the timeliness criteria of this framework; default all of a round's plan.")
@click.option("--limit", help="Count one limit of the timescales instead, with --from and --to.")
@click.option("--from", "start", metavar="COLUMN", help="The column that begins the step, such as referral_date.")
@click.option("--to", "end", metavar="COLUMN", help="The column that ends it.")
@click.option("--by", metavar="COLUMN", help="Count by this column as well, such as area; of a round also stratum.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the register was taken; a plan has it.")
@click.option("--timescales", type=FILE, help="Limits of your own, for a register without a plan.")
@_reading
@click.option("--list", "listed", type=FILE, help="Write the cases not in time here, the latest first: for inside use.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, allow_dash=True), help="Write the counts here; - is stdout."
)
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def timeliness(
    source: str,
    framework: str | None,
    limit: str | None,
    start: str | None,
    end: str | None,
    by: str | None,
    as_of: datetime.datetime | None,
    timescales: Path | None,
    preset: str | None,
    sheet: str | None,
    header_row: int,
    table_name: str | None,
    encoding: str | None,
    columns: tuple[str, ...],
    listed: Path | None,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Count who was in time over every case of a register.

    SOURCE is a round folder (its plan says where the register is and who is eligible, and its frameworks what is
    counted), or a register of its own: a CSV, an .xlsx workbook or any other that `register check` reads.

    Nothing is drawn, so nothing is estimated: the share met has no interval. A step whose limit has not run out is
    pending and in no share.
    """
    own = plan_path(source).exists()
    if own and (timescales or preset or sheet or header_row != 1 or table_name or encoding or columns):
        raise click.UsageError(OWN_PLAN)
    read = Path(source) if own else _register(source, columns, preset, sheet, header_row, table_name, encoding)
    counted = register_timeliness(
        read,
        framework=framework,
        limit=limit,
        start=start,
        end=end,
        by=by,
        as_of=as_of.date() if as_of else None,
        timescales=None if own else load_timescales(timescales),
    )
    files = {} if listed is None else {listed: csv_bytes(csv_table(counted.overdue()))}
    if output is not None and not is_stream(output):
        files[output] = csv_bytes(csv_table(counted.counts))
    write_files(files, force=force)
    if as_json:
        give_json(counted.to_dict())
    elif is_stream(output):
        give(csv_text(csv_table(counted.counts)))
    else:
        give(counts_text(counted))
        for note in (*counted.notes, *(sample_words(plan_path(source).parent, counted) if own else ())):
            tell(note)
    for path in files:
        tell(f"Written: {shown(path)}.{' It names cases: keep it inside.' if path == listed else ''}")


def _register(
    source: str,
    columns: tuple[str, ...],
    preset: str | None,
    sheet: str | None,
    header_row: int,
    table: str | None,
    encoding: str | None,
) -> Register:
    """Read a register that belongs to no plan."""
    wrong = [each for each in columns if "=" not in each]
    if wrong:
        raise click.UsageError(f"--column {wrong[0]} names no heading. Write --column case_id=HEADING.")
    mapping = dict(each.split("=", 1) for each in columns)
    return read_register(
        source, columns=mapping, preset=preset, sheet=sheet, header_row=header_row, table=table, encoding=encoding
    )
