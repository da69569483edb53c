"""audit-toolkit estimate: what a sample drawn elsewhere says of the cases it stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from audit_toolkit.cli.loose_options import read_samples, sample_options
from audit_toolkit.cli.loose_words import estimates_text
from audit_toolkit.cli.say import give, give_json
from audit_toolkit.improvement import estimate_loose


@click.command()
@click.argument("sample", type=click.Path(path_type=Path))
@sample_options
@click.option(
    "--method", help="The interval of a share or of each grade: korn-graubard, wilson, logit, exact and more."
)
@click.option("--no-fpc", is_flag=True, help="Speak of the way of working, not of this list of cases.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def estimate(
    sample: Path,
    method: str | None,
    no_fpc: bool,
    as_json: bool,
    confidence: float,
    collapse: dict[str, str] | None,
    **reading: Any,
) -> None:
    """Say what a sample drawn elsewhere says of the cases it stands for.

    SAMPLE is a CSV, an .xlsx workbook or another table with one row a case that was drawn at random within its
    stratum. An empty cell and N/A are no answer. Shares read 0 and 1, yes and no, true and false, or what --good and
    --not-good, or --ratings and --good-at, say.
    """
    [read] = read_samples([sample], reading)
    found = estimate_loose(read, confidence=confidence, method=method, fpc=not no_fpc, collapse=collapse)
    if as_json:
        give_json(found.to_dict())
    else:
        give(estimates_text(found))
