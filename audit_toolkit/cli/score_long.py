"""audit-toolkit score of a Parquet file of ratings: read and written a part at a time, whatever its length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from audit_toolkit.cli.say import give, give_json, is_stream, shown, tell
from audit_toolkit.files import csv_text, is_parquet, write_frames
from audit_toolkit.scoring import BulkScores, load_framework, score_parquet, table_text


def score_long(source: Path, names: Sequence[str], output: Path | None, *, force: bool, as_json: bool) -> None:
    """Score a Parquet file for one framework after the other, and write or print the scores as they come."""
    frameworks = [load_framework(name) for name in names]
    scored = [
        score_parquet(source, each, beside=[other for other in frameworks if other is not each]) for each in frameworks
    ]
    file = None if is_stream(output) else output
    if file is not None:
        write_frames(file, _frames(scored, text=not is_parquet(file)), force=force)
    if as_json:
        give_json({"scores": [row for frame in _frames(scored, text=True) for row in frame.to_dict("records")]})
    elif file is None:
        for number, frame in enumerate(_frames(scored, text=True)):
            give(csv_text(frame, headings=number == 0))
    for each in scored:
        tell(each)
    if file is not None:
        tell(f"Written: {shown(file)}.")


def _frames(scored: Sequence[BulkScores], *, text: bool) -> Iterator[pd.DataFrame]:
    """Give the scores a part at a time, one framework after the other."""
    for each in scored:
        for frame in each.batches():
            yield table_text(frame) if text else frame
