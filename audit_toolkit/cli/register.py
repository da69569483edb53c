"""audit-toolkit register: look at a register before anything is drawn, and make bands of a number to declare."""

from __future__ import annotations

import datetime
import sys

import click

from audit_toolkit.cli.say import give, give_json, table, tell
from audit_toolkit.errors import RegisterError
from audit_toolkit.register import RegisterCheck, check_register, suggest_bands

READ_OPTIONS = (
    click.option("--preset", help="A known export: annex-a-3 to annex-a-9, cin-census, ssda903."),
    click.option("--sheet", help="The sheet of a workbook; default the first."),
    click.option("--header-row", type=click.IntRange(1), default=1, help="The row of the headings; default 1."),
    click.option("--table", "table_name", help="The table of a database."),
    click.option("--encoding", help="The encoding of a text file, where it is read wrongly otherwise."),
    click.option("--column", "columns", multiple=True, metavar="NAME=HEADING", help="As in case_id=Child reference."),
)


@click.group(short_help="Look at a register before anything is drawn.")
def register() -> None:
    """Look at a register before anything is drawn."""


def _reading(command: click.decorators.FC) -> click.decorators.FC:
    for option in reversed(READ_OPTIONS):
        command = option(command)
    return command


def _mapping(columns: tuple[str, ...]) -> dict[str, str]:
    wrong = [each for each in columns if "=" not in each]
    if wrong:
        raise click.UsageError(f"--column {wrong[0]} names no heading. Write --column case_id=HEADING.")
    return dict(each.split("=", 1) for each in columns)


@register.command()
@click.argument("file")
@_reading
@click.option("--strata", help="The columns strata will be made from, with commas between them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(
    file: str,
    preset: str | None,
    sheet: str | None,
    header_row: int,
    table_name: str | None,
    encoding: str | None,
    columns: tuple[str, ...],
    strata: str | None,
    as_json: bool,
) -> None:
    """Say what a register is: how it was read, what is wrong, what is suspicious. Nothing is written.

    FILE is a CSV, an .xlsx workbook, a Parquet or SQLite file, the address of a database, or an export with --preset.
    """
    found = check_register(
        file,
        columns=_mapping(columns),
        preset=preset,
        sheet=sheet,
        header_row=header_row,
        table=table_name,
        encoding=encoding,
        strata=[each.strip() for each in strata.split(",")] if strata else (),
    )
    if as_json:
        give_json(found.to_dict())
        sys.exit(1 if found.problems else 0)
    if found.read:
        give(_text(found))
    if found.problems:
        raise RegisterError(found.problems)
    tell("Nothing is wrong with it." if not found.suspicions else "Nothing is wrong with it that stops a draw.")


def _text(found: RegisterCheck) -> str:
    lines = [f"{found.name}", *found.read]
    if found.ids:
        lines.append(f"The first case ids: {', '.join(found.ids)}")
    rows = [(each.name, each.filled, each.distinct, _short(each.holds)) for each in found.columns]
    lines += ["", table(["column", "filled", "different", "holds"], rows), ""]
    if found.suspicions:
        lines += ["To look at:", *[f"- {each}" for each in found.suspicions], ""]
    return "\n".join(lines)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59].rstrip() + "…"


@register.command()
@click.argument("file")
@_reading
@click.option("--of", "column", required=True, help="The column of numbers, by its heading or our name for it.")
@click.option(
    "--age-on", type=click.DateTime(["%Y-%m-%d"]), help="The column holds dates of birth: bands of age on this day."
)
@click.option("--into", type=click.IntRange(2), required=True, help="How many bands.")
@click.option("--by", type=click.Choice(["quantile", "dalenius-hodges"]), default="quantile", show_default=True)
def bands(
    file: str,
    preset: str | None,
    sheet: str | None,
    header_row: int,
    table_name: str | None,
    encoding: str | None,
    columns: tuple[str, ...],
    column: str,
    age_on: datetime.datetime | None,
    into: int,
    by: str,
) -> None:
    """Cut a column of numbers into bands, and print them as a plan declares them.

    A plan declares its bands, so that the next round has the same ones.
    """
    from audit_toolkit.register import read_register

    read = read_register(
        file,
        columns=_mapping(columns),
        preset=preset,
        sheet=sheet,
        header_row=header_row,
        table=table_name,
        encoding=encoding,
    )
    found = suggest_bands(read, into, column=column, method=by, age_on=age_on.date() if age_on else None)
    give(found.to_yaml())
    tell(found)
