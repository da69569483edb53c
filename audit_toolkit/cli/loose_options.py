"""The options with which a sample drawn elsewhere is read: the same for estimate and for change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from audit_toolkit.cli.size_questions import as_share
from audit_toolkit.improvement import KINDS, LooseSample, read_loose_sample


def _listed(_context: click.Context, _option: click.Parameter, typed: str | None) -> tuple[str, ...]:
    """Read answers with commas between them."""
    return () if typed is None else tuple(each.strip() for each in typed.split(",") if each.strip())


def as_collapse(_context: click.Context, _option: click.Parameter, typed: tuple[str, ...]) -> dict[str, str] | None:
    """Read A=B, the stratum of one case and its neighbour."""
    wrong = [each for each in typed if each.count("=") != 1]
    if wrong:
        raise click.BadParameter(f"{wrong[0]} names no neighbour. Write STRATUM=NEIGHBOUR.")
    return {each.split("=")[0]: each.split("=")[1] for each in typed} or None


def as_level(context: click.Context, option: click.Parameter, typed: str) -> float:
    """Read a confidence of 95% or 0.95."""
    share: Fraction | None = as_share(context, option, typed)
    return float(share or 0)


SAMPLE_OPTIONS = (
    click.option("--value", required=True, metavar="COLUMN", help="The column of answers."),
    click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True, help="What is wanted of it."),
    click.option(
        "--strata", multiple=True, metavar="COLUMN", help="A column strata are made of; may be given again. None: one."
    ),
    click.option(
        "--population",
        multiple=True,
        metavar="COLUMN|FILE|N",
        help="How many cases each stratum has: a column, a file with the strata's columns, or one number.",
    ),
    click.option("--weight", metavar="COLUMN", help="In place of --population: a column of design weights."),
    click.option("--population-count", metavar="COLUMN", help="The column of counts of a population file."),
    click.option("--population-sheet", metavar="SHEET", help="The sheet of a population file."),
    click.option("--case", metavar="COLUMN", help="The column of case ids."),
    click.option("--domain", metavar="COLUMN", help="Report by this column as well, as exploration."),
    click.option("--ratings", callback=_listed, metavar="LIST", help='The grades, best first: "Good,Adequate,Poor".'),
    click.option("--good", callback=_listed, metavar="LIST", help="Of a share: the answers that count as good."),
    click.option("--not-good", callback=_listed, metavar="LIST", help="With --good: the answers that do not."),
    click.option("--good-at", metavar="GRADE", help="With --ratings: the lowest grade that counts as good."),
    click.option(
        "--collapse", multiple=True, callback=as_collapse, metavar="A=B", help="A stratum of one case, its neighbour."
    ),
    click.option(
        "--confidence", default="95%", show_default=True, callback=as_level, metavar="SHARE", help="Of the intervals."
    ),
    click.option("--sheet", multiple=True, help="The sheet of a workbook; default the first."),
    click.option("--header-row", type=click.IntRange(1), default=1, help="The row of the headings; default 1."),
    click.option("--encoding", help="The encoding of a text file, where it is read wrongly otherwise."),
)


def sample_options(command: click.decorators.FC) -> click.decorators.FC:
    """Give a command the options with which a sample is read."""
    for option in reversed(SAMPLE_OPTIONS):
        command = option(command)
    return command


def read_samples(paths: Sequence[Path], reading: Mapping[str, Any]) -> list[LooseSample]:
    """Read the samples of a command; --population and --sheet are for all of them, or given once for each."""
    chosen = dict(reading)
    populations = _each("--population", chosen.pop("population"), len(paths))
    sheets = _each("--sheet", chosen.pop("sheet"), len(paths))
    return [
        read_loose_sample(path, population=population, sheet=sheet, **chosen)
        for path, population, sheet in zip(paths, populations, sheets, strict=True)
    ]


def _each(name: str, given: Sequence[str], samples: int) -> list[str | None]:
    if len(given) > samples or (given and len(given) not in (1, samples)):
        raise click.UsageError(f"{name} is given {len(given)} times: give it once{', or twice' * (samples == 2)}.")
    return list(given) if len(given) == samples else [given[0] if given else None] * samples
