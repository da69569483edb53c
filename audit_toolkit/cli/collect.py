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
    collect_ratings,
    provisional_sentence,
    still_out,
)


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--force",
    is_flag=True,
    help="Start afresh: take what is in the files now, even where ratings collected before change or go.",
)
def collect(round_folder: Path, sources: tuple[Path, ...], force: bool) -> None:
    """Read the workbooks and CSVs that came back.

    Reads everything in returned/, or the SOURCES given, against the sample that was issued, and writes
    ratings.csv and facts.csv. Alerts are printed first. Run it again when more comes back: what was collected
    before is kept, and a rating that came back otherwise is refused unless --force says that it may change.
    """
    collected = collect_told(round_folder, *sources, afresh=force)
    files = collected_files(round_folder, collected)
    # Nothing is lost: what was collected before is among it, unless --force was given.
    write_files(files, force=True)
    tell(collected.summary())
    tell_provisional(round_folder, collected.ratings.cases)
    for note in collected.notes:
        tell(note)
    tell(f"Written: {', '.join(shown(path) for path in files)}.")


def collect_told(folder: Path, *sources: Path, afresh: bool) -> Collected:
    """Collect, and print the alerts before anything else, also where the rest is refused."""
    try:
        collected = collect_ratings(folder, *sources, afresh=afresh)
    except NotCollectedError as refused:
        tell_alerts(refused.alerts)
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
    for alert in alerts:
        tell(click.style(str(alert), fg="red", bold=True))


def collected_files(folder: Path, collected: Collected) -> dict[Path, bytes]:
    """Give what collecting writes, as path -> bytes; no facts.csv where the questions need no dates."""
    files = {folder / terms.RATINGS_FILE: csv_bytes(collected.ratings_table())}
    if len(collected.facts):
        files[folder / terms.FACTS_FILE] = csv_bytes(collected.facts)
    return files
