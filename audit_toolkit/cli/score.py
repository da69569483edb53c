"""audit-toolkit score: ratings into scores, for a round folder or a loose file."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import click

from audit_toolkit import terms
from audit_toolkit.cli.collect import tell_provisional
from audit_toolkit.cli.say import give, give_json, is_stream, shown, tell
from audit_toolkit.cli.score_long import score_long
from audit_toolkit.files import Table, csv_bytes, csv_text, is_parquet, read_table, write_files, write_frames
from audit_toolkit.scoring import (
    Scores,
    Timescales,
    items_text,
    load_framework,
    load_timescales,
    read_events,
    read_facts,
    read_overrides,
    read_ratings,
    score_cases,
    score_round,
    scores_text,
)

OWN_PLAN = (
    "A round folder is scored by its own plan: leave --framework, --facts, --events, --timescales, --sample and "
    "--as-of out."
)


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--framework", "names", multiple=True, help="A shipped framework's name, or the path of one. Repeatable.")
@click.option("--sheet", help="The sheet of a loose workbook that holds the ratings; default Ratings, else the first.")
@click.option("--facts", type=click.Path(path_type=Path), help="Dates for computed criteria: case_id, fact, value.")
@click.option("--events", type=click.Path(path_type=Path), help="Dated events: case_id, event, date, entered_date.")
@click.option("--timescales", type=click.Path(path_type=Path), help="Time limits of your own, before the shipped ones.")
@click.option("--sample", type=click.Path(path_type=Path), help="The sample.csv that names second auditors.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day that limits must have passed by.")
@click.option("-o", "--output", type=click.Path(path_type=Path, allow_dash=True), help="Where to write; - is stdout.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON too.")
def score(
    source: Path,
    names: tuple[str, ...],
    sheet: str | None,
    facts: Path | None,
    events: Path | None,
    timescales: Path | None,
    sample: Path | None,
    as_of: datetime.datetime | None,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Turn ratings into scores.

    SOURCE is a round folder whose ratings were collected (its plan names the frameworks, and scores.csv and
    contributions.csv are written there), or a loose CSV, workbook or Parquet file of ratings with --framework. A
    Parquet file may be of any length. -o writes Parquet where the name ends in .parquet.
    """
    loose = source.is_file() or (source.suffix != "" and not source.is_dir())
    if loose:
        if not names:
            raise click.UsageError("Name the framework of a loose file: --framework assessment_quality.")
        if is_parquet(source) and not (sheet or facts or events or timescales or sample or as_of):
            score_long(source, names, output, force=force, as_json=as_json)
            return
        given = read_table(source, sheet=sheet) if sheet else source
        scored = _loose(given, names, facts, sample, as_of, events, load_timescales(timescales))
    else:
        if names or sheet or facts or sample or as_of or events or timescales:
            raise click.UsageError(OWN_PLAN)
        scored = score_round(source)
    target = output or (None if loose else source / terms.SCORES_FILE)
    file = None if is_stream(target) else target
    beside = None if loose or output is not None else source / terms.CONTRIBUTIONS_FILE
    written = _write(scored, file, beside, force=force) if file is not None else []
    table = scores_text(scored)
    if as_json:
        give_json({"scores": table.to_dict("records")})
    elif file is None:
        give(csv_text(table))
    for each in scored:
        tell(each)
    if not loose:
        tell_provisional(source, _rated(scored))
        _tell_overrides(source)
    if written:
        tell(f"Written: {', '.join(shown(each) for each in written)}.")


def _write(scored: Sequence[Scores], file: Path, beside: Path | None, *, force: bool) -> list[Path]:
    """Write the scores, and of a round what each answer added beside them; give the files."""
    if is_parquet(file):
        write_frames(file, [each.table for each in scored], force=force)
        return [file]
    files = {file: csv_bytes(scores_text(scored))}
    if beside is not None:
        files[beside] = csv_bytes(items_text(scored))
    write_files(files, force=force)
    return list(files)


def _rated(scored: Sequence[Scores]) -> set[str]:
    """Give the cases that any framework has ratings of."""
    tables = [each.table for each in scored]
    return {str(case) for each in tables for case in each.loc[each["status"] != terms.NOT_RATED, terms.CASE_ID]}


def _tell_overrides(folder: Path) -> None:
    """Say how many grades a panel set against the rule: scores hold the grade by rule."""
    overrides = read_overrides(folder)
    if len(overrides.table):
        tell(f"{overrides} beside the grades by rule, in {terms.MODERATED_FILE}.")


def _loose(
    source: Path | Table,
    names: tuple[str, ...],
    facts: Path | None,
    sample: Path | None,
    as_of: datetime.datetime | None,
    events: Path | None,
    limits: Timescales,
) -> list[Scores]:
    frameworks = [load_framework(name, timescales=limits) for name in names]
    ratings = read_ratings(source, frameworks, sample)
    dates = read_facts(facts) if facts else None
    happened = read_events(events) if events else None
    day = as_of.date() if as_of else None
    return [
        score_cases(ratings, framework, facts=dates, events=happened, as_of=day, timescales=limits)
        for framework in frameworks
    ]
