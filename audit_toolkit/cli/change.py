"""audit-toolkit change: what changed between two samples drawn elsewhere, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from audit_toolkit.cli.loose_options import read_samples, sample_options
from audit_toolkit.cli.loose_words import change_text
from audit_toolkit.cli.say import give, give_json
from audit_toolkit.improvement import compare_loose


def _as_margin(typed: str | None, kind: str) -> float | None:
    """Read a margin: 10% or 0.10 of shares and grades, a number in its own unit of a mean."""
    if typed is None:
        return None
    hint = "'--margin'"
    number = typed.strip().removesuffix("%")
    percent = number != typed.strip()
    if percent and kind == "mean":
        what = f"{typed} of what is not said: a mean's margin is a number of its own unit."
        raise click.BadParameter(what, param_hint=hint)
    try:
        return float(number) / (100 if percent else 1)
    except ValueError:
        what = f"{typed} is not a margin. Write 10% or 0.10, or a number of the mean's unit."
        raise click.BadParameter(what, param_hint=hint) from None


@click.command()
@click.argument("earlier", type=click.Path(path_type=Path))
@click.argument("later", type=click.Path(path_type=Path))
@sample_options
@click.option("--margin", help="How much worse is still no worse; only if it was declared before the sample.")
@click.option("--lower-is-better", is_flag=True, help="Of shares, means and grades that are numbers.")
@click.option(
    "--no-fpc", is_flag=True, help="Leave out the two registers as they were; of totals: without the correction."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def change(
    earlier: Path,
    later: Path,
    margin: str | None,
    lower_is_better: bool,
    no_fpc: bool,
    as_json: bool,
    confidence: float,
    collapse: dict[str, str] | None,
    **reading: Any,
) -> None:
    """Say what changed between two samples drawn elsewhere, later minus earlier.

    EARLIER and LATER are tables of one row a case, read by the same options; --population and --sheet may be given
    twice, the earlier first. The change is like for like, with the later counts, and about the way of working: it has
    no finite population correction. The two registers as they were are told beside it.
    """
    if len(reading["sheet"]) < 2 and earlier.exists() and later.exists() and earlier.samefile(later):
        raise click.UsageError(f"{earlier} is named twice: nothing changed between a file and itself.")
    samples = read_samples([earlier, later], reading)
    found = compare_loose(
        samples[0],
        samples[1],
        confidence=confidence,
        margin=_as_margin(margin, reading["kind"]),
        higher_is_better=not lower_is_better,
        fpc=not no_fpc,
        collapse=collapse,
    )
    if as_json:
        give_json(found.to_dict())
    else:
        give(change_text(found))
