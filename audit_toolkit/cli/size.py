"""audit-toolkit size: how many cases are enough."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from audit_toolkit.cli.say import give, give_json, shown, tell
from audit_toolkit.cli.size_questions import Questions, as_share, asked_strata, earlier_cases
from audit_toolkit.cli.size_words import answers_text, picture_bytes, table_text
from audit_toolkit.files import write_files
from audit_toolkit.improvement import MEASURES, size_figure, table_figure

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("round_folder", type=FILE, required=False)
@click.option("--population", type=click.IntRange(min=1), help="In place of a round: so many cases, one stratum.")
@click.option("--register", type=FILE, help="Another copy of the register the plan names.")
@click.option("--margin", metavar="SHARE", callback=as_share, help="To know a share to within so much either way: 5%.")
@click.option(
    "--change", metavar="SHARE", callback=as_share, help="To show that the share good or better rose by so much: 15%."
)
@click.option("--from", "start", metavar="SHARE", callback=as_share, help="The share good or better now; default 50%.")
@click.option("--power", metavar="SHARE", callback=as_share, help="How often it should be shown; default 80%.")
@click.option("--measure", type=click.Choice(MEASURES), help="What the change is shown by; default both.")
@click.option("--earlier", type=FILE, help="A round that is there already; only the later one is sized.")
@click.option(
    "--no-worse", metavar="SHARE", callback=as_share, help="To call unchanged grades no worse by this margin: 10%."
)
@click.option("--exceptions", type=click.IntRange(min=0), help="To claim that there are at most so many exceptions.")
@click.option("--found", type=click.IntRange(min=0), help="Exceptions that the sample may hold; default 0.")
@click.option("--plot", type=FILE, help="Draw the answer into this file: .png, .svg or .pdf.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def size(
    round_folder: Path | None,
    population: int | None,
    register: Path | None,
    margin: Fraction | None,
    change: Fraction | None,
    start: Fraction,
    power: Fraction,
    measure: str | None,
    earlier: Path | None,
    no_worse: Fraction | None,
    exceptions: int | None,
    found: int | None,
    plot: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Say how many cases are enough.

    ROUND_FOLDER gives the strata, their eligible cases and the allocation; --population takes one stratum
    instead. Each question asked is answered by formula, and by the test or interval that will really be used.
    With no question: what rounds of different sizes could show.
    """
    before = None if earlier is None else earlier_cases(earlier)
    questions = Questions(margin, change, start, power, measure, no_worse, exceptions, found, before)
    strata = asked_strata(questions, round_folder, population, register)
    if questions.any:
        sizes, exact = questions.answers(strata)
        text = answers_text(strata, sizes, exact)
        told = [*(each.to_dict() for each in sizes), *(each.to_dict() for each in exact)]
        figure = size_figure(sizes) if sizes else None
    else:
        rows = questions.table(strata)
        text, told, figure = table_text(strata, rows), [each.to_dict() for each in rows], table_figure(rows)
    if plot is not None:
        write_files({plot: picture_bytes(figure, plot)}, force=force)
        tell(f"Written: {shown(plot)}.")
    if as_json:
        give_json({"eligible": strata.total, "answers": told})
    else:
        give(text)
