"""The timeliness of a register in columns and sentences."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.cli.say import table
from audit_toolkit.sampling import read_sample
from audit_toolkit.scoring import RegisterTimeliness

if TYPE_CHECKING:
    import pandas as pd

HEADINGS = {
    "met": "met",
    "not_met": "not met",
    "pending": "pending",
    "missing_date": "missing date",
    "not_applicable": "N/A",
    "not_counted": "not counted",
}


def counts_text(counted: RegisterTimeliness) -> str:
    """Give the counts as a person reads them; a state that nothing is in has no column, met and not met apart."""
    on = f", as the files stood on {counted.as_of.isoformat()}" if counted.as_of else ""
    counts = counted.counts
    shown = [name for name in HEADINGS if name in ("met", "not_met") or counts[name].any()]
    grouped = counted.by is not None
    headings = ["question", *([counted.by or ""] if grouped else []), *(HEADINGS[name] for name in shown), "share met"]
    rows = []
    for row in counts.to_dict("records"):
        cells = [
            row["question"],
            *([row["group"] or "(empty)"] if grouped else []),
            *(f"{row[name]:,}" for name in shown),
        ]
        share = f"{100 * row['share_met']:.1f}%" if row["met"] + row["not_met"] else "none due"
        rows.append([*cells, share])
    asked = [_wrapped(f"{each.id}  {each.ask} ({each.start} to {each.end})") for each in counted.questions]
    first = f"{counted.name}: all {len(counted.cases):,} cases{on}. A complete count: there is no interval."
    return "\n".join([first, "", table(headings, rows), "", *asked])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100, subsequent_indent="      ", break_long_words=False)


def sample_words(folder: Path, counted: RegisterTimeliness) -> list[str]:
    """Say that a round's sample estimates what the register tells whole."""
    path = folder / terms.SAMPLE_FILE
    if not path.exists():
        return []
    drawn = int(read_sample(path)[terms.DRAW_STATUS].isin(terms.OPENED).sum())
    names = ", ".join(each.id for each in counted.questions)
    return [
        f"The sample of this round estimates the same from {drawn} cases ({names}). Where the register's dates are "
        "right, these figures are the ones to quote."
    ]


def csv_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a table as text for a file: shares with four decimals, nothing where there is none."""
    text = frame.astype(object)
    for name in text.columns:
        text[name] = [_cell(value) for value in text[name]]
    return text


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.4f}"
    return str(value)
