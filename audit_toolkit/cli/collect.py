"""audit-toolkit collect: read what came back, name every mistake, lose nothing that was there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.after_draw import day_of
from audit_toolkit.cli.say import shown, tell
from audit_toolkit.files import csv_bytes, write_files
from audit_toolkit.sampling import read_plan, read_sample
from audit_toolkit.scoring import (
    Alert,
    Collected,
    NotCollectedError,
    alerts_table,
    collect_ratings,
    not_returned,
    provisional_sentence,
    still_out,
)

ADVICE = (
    "Nothing was written but alerts. To go on, have these mended and collect again; or write what is right now, and "
    "the rest to held_back.csv: audit-toolkit collect {given} --keep-right"
)


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--force",
    is_flag=True,
    help="Start afresh: take what is in the files now, even where ratings collected before change or go.",
)
@click.option(
    "--keep-right",
    is_flag=True,
    help="Write what is right, cell by cell, and list the rest in held_back.csv, instead of refusing everything.",
)
def collect(round_folder: Path, sources: tuple[Path, ...], force: bool, keep_right: bool) -> None:
    """Read the workbooks and CSVs that came back.

    Reads everything in returned/, or the SOURCES given, against the sample that was issued, and writes
    ratings.csv, facts.csv, actions.csv and alerts.csv. Alerts are printed first, and kept even where the rest is
    refused. Run it again when more comes back: what was collected before is kept, and a rating that came back
    otherwise is refused unless --force says that it may change.
    """
    collected = collect_told(round_folder, *sources, afresh=force, keep_right=keep_right)
    files = collected_files(round_folder, collected)
    # Nothing is lost: what was collected before is among it, unless --force was given.
    write_files(files, force=True)
    tell(collected.summary())
    tell_provisional(round_folder, collected.ratings.cases)
    for note in collected.notes:
        tell(note)
    tell(f"Written: {', '.join(shown(path) for path in files)}.")
    if collected.held_back:
        tell("Send the files that were held back to their auditors, with their rows of held_back.csv; then collect.")


def collect_told(folder: Path, *sources: Path, afresh: bool, keep_right: bool = False) -> Collected:
    """Collect, and print the alerts before anything else, also where the rest is refused."""
    try:
        collected = collect_ratings(folder, *sources, afresh=afresh, keep_right=keep_right)
    except NotCollectedError as refused:
        tell_alerts(refused.alerts)
        if refused.alerts:
            write_files({folder / terms.ALERTS_FILE: csv_bytes(alerts_table(refused.alerts))}, force=True)
        if refused.outstanding:
            tell("; ".join(not_returned(refused.outstanding)).replace("; not returned yet: ", "; ") + ".")
        if not keep_right:
            refused.advice = ADVICE.format(given=" ".join(shown(path) for path in (folder, *sources)))
        raise
    tell_alerts(collected.alerts)
    return collected


def tell_provisional(folder: Path, rated: Collection[str]) -> None:
    """Say what is still out, where the plan has a cut-off date; today decides whether it has passed."""
    plan, sample = read_plan(folder), read_sample(folder / terms.SAMPLE_FILE)
    said = provisional_sentence(plan, *still_out(sample, rated), day_of(None))
    if said:
        tell(said)


def tell_alerts(alerts: Sequence[Alert]) -> None:
    """Print what must be told the same day."""
    known = [alert for alert in alerts if alert.before and alert.by_answer]
    for alert in alerts:
        if alert not in known:
            tell(click.style(str(alert), fg="red", bold=True))
    if known:
        count = "1 alert that an answer raised was" if len(known) == 1 else f"{len(known)} alerts by answers were"
        tell(f"{count} told before: {terms.ALERTS_FILE}.")


def collected_files(folder: Path, collected: Collected) -> dict[Path, bytes]:
    """Give what collecting writes, as path -> bytes: a file that would hold nothing only where it is there already."""
    tables = {
        terms.ALERTS_FILE: collected.alerts_table(),
        terms.FACTS_FILE: collected.facts,
        terms.ACTIONS_FILE: collected.actions,
        terms.HELD_BACK_FILE: collected.held_back_table(),
    }
    files = {folder / terms.RATINGS_FILE: csv_bytes(collected.ratings_table())}
    for name, table in tables.items():
        if table is not None and (len(table) or (folder / name).exists()):
            files[folder / name] = csv_bytes(table)
    return files
