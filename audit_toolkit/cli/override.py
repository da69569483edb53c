"""audit-toolkit override: a grade a panel gives against the rule, with its reason, both grades kept."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.after_draw import day_of
from audit_toolkit.cli.say import give_json, shown, tell
from audit_toolkit.files import csv_bytes, write_files
from audit_toolkit.scoring import moderated_scores, override_band, read_rated_round


@click.command()
@click.argument("round_folder", type=click.Path(path_type=Path))
@click.argument("case_id")
@click.option("--framework", required=True, help="Whose grade.")
@click.option("--to", required=True, help="The grade the panel gives.")
@click.option("--reason", required=True, help="Why, in your words.")
@click.option("--by", required=True, help="The role of who decided, such as panel chair.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The day it was decided; default today.")
@click.option("--force", is_flag=True, help="Let it stand in the place of an earlier one, which is kept as history.")
@click.option("--json", "as_json", is_flag=True, help="Print what was recorded as JSON too.")
def override(
    round_folder: Path,
    case_id: str,
    framework: str,
    to: str,
    reason: str,
    by: str,
    date: datetime.datetime | None,
    force: bool,
    as_json: bool,
) -> None:
    """Record a grade that a panel gives a case against the rule.

    overrides.csv gets a row and keeps all earlier ones. scores.csv does not change: the override stands beside the
    grade by rule in moderated_scores.csv, and no verdict ever uses it.
    """
    read = read_rated_round(round_folder)
    found = override_band(
        read, case_id, framework=framework, to=to, reason=reason, by=by, date=day_of(date), again=force
    )
    files = {
        round_folder / terms.OVERRIDES_FILE: csv_bytes(found.table),
        round_folder / terms.MODERATED_FILE: csv_bytes(moderated_scores(read, overrides=found.standing())),
    }
    write_files(files, force=True)
    tell(found)
    tell(f"Written: {', '.join(shown(path) for path in files)}.")
    if as_json:
        give_json(found.to_dict())
