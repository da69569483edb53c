"""Writes a run's tables into a page, between its markers, and every cell into a CSV beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.calibration_figures import Cover, Rate
from benchmarks.calibration_table import cells_csv, markdown

BEGIN, END = "<!-- calibration: written by the command above -->", "<!-- calibration: end -->"


def write_page(page: Path, about: Mapping[str, object], found: Sequence[Rate], covered: Sequence[Cover]) -> None:
    """Put the tables between the markers of a page that has them, and every cell into a CSV of the same name."""
    text = page.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise RuntimeError(f"{page}: no place for the tables. Put {BEGIN} and {END} on lines of their own.")
    before, after = text[: text.index(BEGIN)], text[text.index(END) :]
    run = "This run: " + ", ".join(f"{name} {_plain(value)}" for name, value in about.items()) + "."
    page.write_text(f"{before}{BEGIN}\n\n{run}\n\n{markdown(found, covered)}\n{after}", encoding="utf-8")
    page.with_suffix(".csv").write_text(cells_csv(found, covered), encoding="utf-8")


def _plain(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
