"""audit-toolkit replace: a case that cannot be rated, and the next one of its stratum in its place."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.after_draw import day_of, new_workbooks, rated_cases, write_after
from audit_toolkit.cli.say import give_json, tell
from audit_toolkit.sampling import (
    LoggedSample,
    PlannedReview,
    Raters,
    away_auditors,
    find_case,
    only_cases,
    plan_path,
    read_logged_sample,
    read_raters,
    replace_case,
    sealed_review,
    with_details,
)

REASONS = "ineligible, missing file, restricted or not returned"


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.argument("case_id")
@click.option("--reason", help=f"Why it cannot be rated: {REASONS}.")
@click.option("--note", default="", help="What was found, in your words; needed for ineligible.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The day it was found; default today.")
@click.option("--no-reserve", is_flag=True, help="Record it, and open no other case.")
@click.option("--auditor", help="Who is to rate the new case; default who had this one.")
@click.option("--found", is_flag=True, help="Take back what was recorded: the file turned up, or it was a mistake.")
@click.option("--register", type=click.Path(path_type=Path), help="Another copy of the register of the draw.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON too.")
def replace(
    round_folder: Path,
    case_id: str,
    reason: str | None,
    note: str,
    date: datetime.datetime | None,
    no_reserve: bool,
    auditor: str | None,
    found: bool,
    register: Path | None,
    as_json: bool,
) -> None:
    """Record a case that cannot be rated, and open the next one in its place.

    The next one is the reserve of its stratum with the lowest ticket; nobody can choose it. It goes to the same
    auditor, where that auditor may rate it, in a workbook of its own. log.csv keeps who, when and why. A case
    closed, merged or born after the frame date stays what it was on that date: it is not ineligible.
    """
    if found and (reason or no_reserve or auditor):
        raise click.UsageError("--found takes back an entry: leave --reason, --no-reserve and --auditor out.")
    if not found and reason is None:
        raise click.UsageError(f"Say why with --reason: {REASONS}. Or take an entry back with --found.")
    if no_reserve and auditor:
        raise click.UsageError("--no-reserve opens no case, so there is none for --auditor.")
    folder = plan_path(round_folder).parent
    sample, day = read_logged_sample(folder), day_of(date)

    @cache
    def review() -> PlannedReview:
        return sealed_review(sample.receipt, folder, register)

    def raters() -> Raters | None:
        away = away_auditors(sample.receipt, sample.entries)
        return read_raters(review().plan, with_details(sample, review().frame).details, away=away)

    if reason is None:
        done = find_case(sample, case_id, date=day, note=note)
    else:
        done = replace_case(
            sample,
            case_id,
            reason=reason,
            date=day,
            note=note,
            reserve=not no_reserve,
            raters=raters,
            auditor=auditor,
            rated=rated_cases(folder),
        )
    new = only_cases(with_details(done.sample, review().frame), {done.opened}) if done.opened else None
    books = new_workbooks(folder, review().plan, new) if new is not None else {}
    tell(done)
    if reason is None:
        _tell_away(sample, case_id)
    named = write_after(folder, done.sample, books)
    if as_json:
        give_json({**done.to_dict(), "workbooks": named})


def _tell_away(sample: LoggedSample, case_id: str) -> None:
    """Say where a case taken back is an auditor's who gave their cases on: nobody would rate it."""
    away = away_auditors(sample.receipt, sample.entries)
    row = sample.cases[sample.cases[terms.CASE_ID] == case_id]
    for name in (str(row[column].iloc[0]) for column in (terms.AUDITOR, terms.SECOND_AUDITOR)):
        if name in away:
            tell(f'{name} gave their cases on and has this one again: run reassign "{name}" to give it to somebody.')
