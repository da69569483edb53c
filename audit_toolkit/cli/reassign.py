"""audit-toolkit reassign: an auditor cannot go on, and the others take over what is not rated yet."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.after_draw import day_of, new_workbooks, write_after
from audit_toolkit.cli.say import give_json, tell
from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.sampling import (
    away_auditors,
    only_cases,
    plan_path,
    read_logged_sample,
    sealed_review,
    unread_apart,
    with_details,
)
from audit_toolkit.sampling import reassign as reassigned_sample
from audit_toolkit.scoring import answered_so_far


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.argument("auditor")
@click.option("--reason", required=True, help='Why, in your words: "off sick".')
@click.option("--note", default="", help="More about it, for the log.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The day it is done; default today.")
@click.option("--back", multiple=True, metavar="AUDITOR", help="Who gave cases on before and can take some again.")
@click.option("--register", type=click.Path(path_type=Path), help="Another copy of the register of the draw.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON too.")
def reassign(
    round_folder: Path,
    auditor: str,
    reason: str,
    note: str,
    date: datetime.datetime | None,
    back: tuple[str, ...],
    register: Path | None,
    as_json: bool,
) -> None:
    """Give the cases of an auditor who cannot go on to the others.

    What AUDITOR has rated already stays, also where it lies uncollected in returned/. Every other case, and every
    second reading, goes to the others by their hours, with the conflicts of auditors.csv kept; who was added to
    that list takes a share. New workbooks hold the moved cases alone. The draw is not touched.
    """
    folder = plan_path(round_folder).parent
    sample = read_logged_sample(folder)
    review = sealed_review(sample.receipt, folder, register)
    if review.plan.auditors is None:
        what = "the plan names no auditors, so nobody can take a case over"
        raise DesignError(Problem(what, terms.PLAN_FILE, "Write the names into a plan, and draw."))
    full = with_details(sample, review.frame)
    answered = answered_so_far(folder)
    done = reassigned_sample(
        sample.cases,
        review.plan.auditors,
        leaving=auditor,
        rated=answered.rated,
        seed=sample.receipt.seed,
        details=full.details,
        conflicts=review.plan.conflicts,
        restricted=review.plan.restricted,
        known=review.frame.cases,
        away=away_auditors(sample.receipt, sample.entries, back=back),
        in_part=answered.in_part,
        unread=unread_apart(sample.entries),
    )
    after = sample.after(done.events(reason=reason, note=note), day_of(date))
    moved = done.moved()
    new = dataclasses.replace(only_cases(full, set(moved[terms.CASE_ID])), cases=moved)
    books = {path: data for path, data in new_workbooks(folder, review.plan, new).items() if path.suffix == ".xlsx"}
    tell(done)
    tell(f"The workbook {auditor} was sent still has the moved cases: they are to stay blank there.")
    named = write_after(folder, after, books)
    if as_json:
        give_json({**done.to_dict(), "workbooks": named})
