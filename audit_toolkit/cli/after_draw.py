"""What the commands after the draw share: the round as it stands, workbooks for new cases, and what is written."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.say import shown, tell
from audit_toolkit.files import csv_bytes, read_table, write_files
from audit_toolkit.sampling import LoggedSample, Plan, Sample
from audit_toolkit.scoring import known_facts, plan_frameworks, workbook_files

SEAL_NOTE = "The log is sealed up to here: {seal}. Write it in the minutes."


def day_of(given: datetime.datetime | None) -> datetime.date:
    """Give the day something is recorded under: today where none is given, and no day to come."""
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    day = given.date() if given is not None else today
    if day > today:
        raise click.UsageError(f"--date {day} is still to come.")
    return day


def rated_cases(folder: Path) -> frozenset[str]:
    """Give the cases that have a rating in ratings.csv; none where nothing was collected yet."""
    path = folder / terms.RATINGS_FILE
    if not path.exists():
        return frozenset()
    cells = read_table(path, required=terms.RATING_COLUMNS).cells
    return frozenset(cells.loc[cells[terms.RATING] != terms.MISSING, terms.CASE_ID])


def new_workbooks(folder: Path, plan: Plan, new: Sample) -> dict[Path, bytes]:
    """Give the workbooks for new cases under names not used before, and the dates the register knows of them."""
    frameworks = list(plan_frameworks(plan).values())
    if not frameworks or not len(new.cases):
        return {}
    sent = folder / terms.WORKBOOKS
    taken = [path.name for place in (sent, folder / terms.RETURNED) if place.is_dir() for path in place.iterdir()]
    books = workbook_files(
        new,
        frameworks,
        carry=plan.carry,
        title=plan.round,
        note=plan.made_up,
        taken=taken,
        language=plan.language,
    )
    files = {sent / name: content for name, content in books.items()}
    known = known_facts(new, frameworks)
    if not len(known):
        return files
    dates = sent / terms.DATES_FILE
    if dates.exists():
        import pandas as pd

        known = pd.concat([read_table(dates, required=terms.FACT_COLUMNS).cells, known], ignore_index=True)
    return {**files, dates: csv_bytes(known)}


def write_after(folder: Path, sample: LoggedSample, books: dict[Path, bytes]) -> list[str]:
    """Write workbooks, sample.csv and log.csv, all or none; say where, and give the workbooks' names."""
    write_files({**books, **sample.files(folder)}, force=True)
    named = [path for path in books if path.suffix == ".xlsx"]
    if len(named) == 1:
        tell(f"Workbook to send: {shown(named[0])}.")
    elif named:
        names = ", ".join(path.name for path in named)
        tell(f"{len(named)} workbooks to send, in {shown(named[0].parent)}: {names}.")
    tell(f"Written in {shown(folder)}: {terms.SAMPLE_FILE} and {terms.LOG_FILE}.")
    tell(SEAL_NOTE.format(seal=sample.seal))
    if (folder / terms.SCORES_FILE).exists():
        tell(f"{terms.SCORES_FILE} is of the sample as it was: run score --force when the ratings are in.")
    return [shown(path) for path in named]
