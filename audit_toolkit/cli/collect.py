"""audit-toolkit collect: read what came back, name every mistake, lose nothing that was there."""

from __future__ import annotations

from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.say import shown, tell
from audit_toolkit.files import csv_bytes, write_files
from audit_toolkit.scoring import Collected, collect_ratings, lost_ratings


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Write over ratings collected before, even where some would change.")
def collect(round_folder: Path, sources: tuple[Path, ...], force: bool) -> None:
    """Read the workbooks and CSVs that came back.

    Reads everything in returned/, or the SOURCES given, against the sample that was issued, and writes
    ratings.csv and facts.csv. Alerts are printed first. Run it again when more comes back: ratings that are
    there already must come again unchanged, or --force says that they may change.
    """
    collected = collect_ratings(round_folder, *sources)
    files = collected_files(round_folder, collected)
    kept = force or not lost_ratings(round_folder, collected)
    write_files(files, force=kept)
    for alert in collected.alerts:
        tell(click.style(str(alert), fg="red", bold=True))
    tell(collected.summary())
    for note in collected.notes:
        tell(note)
    tell(f"Written: {', '.join(shown(path) for path in files)}.")


def collected_files(folder: Path, collected: Collected) -> dict[Path, bytes]:
    """Give what collecting writes, as path -> bytes."""
    return {
        folder / terms.RATINGS_FILE: csv_bytes(collected.ratings_table()),
        folder / terms.FACTS_FILE: csv_bytes(collected.facts),
    }
