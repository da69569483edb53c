"""How the answers of audit-toolkit size are printed and drawn."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path

import click

from audit_toolkit.cli.say import table
from audit_toolkit.cli.size_questions import Strata
from audit_toolkit.improvement import Picture, Showing, Sizes
from audit_toolkit.sampling import SampleSize

# The kinds of picture, and what keeps their bytes the same from day to day.
PICTURES: dict[str, dict[str, None]] = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}


def picture_bytes(figure: Picture | None, target: Path) -> bytes:
    """Give the bytes of a picture, of the kind that the file's name says."""
    if figure is None:
        raise click.UsageError("--plot has nothing to draw: exceptions are one number.")
    kind = target.suffix.lower().removeprefix(".")
    if kind not in PICTURES:
        raise click.UsageError(f"--plot {target.name}: use a name that ends in {', '.join(PICTURES)}.")
    held = io.BytesIO()
    figure.savefig(held, format=kind, dpi=150, metadata=PICTURES[kind])
    return held.getvalue()


def answers_text(strata: Strata, found: Sequence[Sizes], exact: Sequence[SampleSize]) -> str:
    """Print the answers as a table, then in sentences."""
    rows = [
        (each.question, f"{each.first_guess.n:,}", "none" if each.n is None else f"{each.n:,}") for each in found
    ] + [(each.question, f"{each.n:,}", "") for each in exact]
    sentences = [each.sentence() for each in found]
    sentences += [f"{each.question}: read {each.n:,} of {each.population:,} cases." for each in exact]
    notes = dict.fromkeys(
        [*(note for each in found for note in each.notes), *(note for each in exact for note in each.notes)]
    )
    one = isinstance(strata.population, int) or len(strata.population) == 1
    heading = ["question", "by formula", "by the test itself" if one else "on these strata"]
    return "\n".join([strata.headline, "", table(heading, rows), "", *sentences, *(f"- {note}" for note in notes)])


def table_text(strata: Strata, rows: Sequence[Showing]) -> str:
    """Print what rounds of different sizes could show, in points."""
    first = rows[0]
    with_margin = not math.isnan(first.margin)
    headings = [
        "cases",
        "half width",
        "true rise, share",
        "true rise, grades",
        "observed rise, share",
        "observed pairs, grades",
        *(["no worse"] if with_margin else []),
    ]
    cells = [
        (
            f"{each.n:,}",
            _points(each.half_width),
            _points(each.share.true_change),
            _points(each.grades_as_share),
            _points(each.share.observed_change),
            "none" if math.isnan(each.grades.observed_change) else f"{50 + 100 * each.grades.observed_change:.1f}",
            *([f"{100 * each.no_worse:.0f} %"] if with_margin else []),
        )
        for each in rows
    ]
    start, power = f"{100 * first.from_share:g} %", f"{100 * first.share.power:g} %"
    notes = [
        f"Half width: how far either way a share near {start} would be known, on average (95 % interval).",
        f"True rise: the smallest rise from {start} good or better that two such rounds would show with {power} power.",
        "Observed: the smallest that would count when it is seen; pairs are those of 100 in which the later case is",
        "graded higher (50 would be neither).",
    ]
    if with_margin:
        notes.append(
            f"No worse: how often unchanged grades would be called so, by the margin of {100 * first.margin:g} points."
        )
    return "\n".join([strata.headline, "", table(headings, cells), "", *notes])


def _points(size: float) -> str:
    return "none" if math.isnan(size) else f"{100 * size:.1f}"
