"""audit-toolkit extend: more cases after the draw, or more reserves, without dropping any."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.after_draw import day_of, new_workbooks, write_after
from audit_toolkit.cli.say import give_json, tell
from audit_toolkit.sampling import extend_sample, plan_path, read_logged_sample, sealed_review

SEEN = (
    "scores.csv was there already. Adding cases until a result comes finds too many improvements: "
    "the log says that scores were known, and the report should say why cases were added."
)


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.option("--size", type=int, help="Tickets to be opened in all, those that replacements opened among them.")
@click.option("--reserves", type=int, help="Reserves to be left in each stratum; default as many as the plan has.")
@click.option("--note", default="", help="Why, in your words.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The day it is done; default today.")
@click.option("--register", type=click.Path(path_type=Path), help="Another copy of the register of the draw.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON too.")
def extend(
    round_folder: Path,
    size: int | None,
    reserves: int | None,
    note: str,
    date: datetime.datetime | None,
    register: Path | None,
    as_json: bool,
) -> None:
    """Add cases or reserves after the draw, without dropping any.

    The next tickets of each stratum are opened, as many as the plan's own allocation gives at the new size. The
    new cases are shared out to the auditors in workbooks of their own; nobody's case is moved. With --reserves
    alone no case is opened.
    """
    if size is None and reserves is None:
        raise click.UsageError("Say how many: --size 80, --reserves 4, or both.")
    folder = plan_path(round_folder).parent
    sample = read_logged_sample(folder)
    review = sealed_review(sample.receipt, folder, register)
    scored = (folder / terms.SCORES_FILE).exists()
    done = extend_sample(
        sample,
        date=day_of(date),
        size=size,
        reserves=reserves,
        note=note,
        scored=scored,
        review=review,
    )
    books = new_workbooks(folder, review.plan, done.new)
    tell(done)
    if scored and size is not None:
        tell(SEEN)
    named = write_after(folder, done.sample, books)
    if as_json:
        give_json({**done.to_dict(), "workbooks": named})
