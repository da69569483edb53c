"""A third round of the made-up council: February 2010 moved on half a year, answers changed where asked."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FILES = ("plan.yaml", "sample.csv", "receipt.json", "ratings.csv", "facts.csv", "scores.csv")


def three_rounds(top: Path) -> list[Path]:
    """Copy both rounds of the samples, and the later one again with other cases and a later register."""
    rounds = []
    for name in ("retrospective-2009", "february-2010"):
        folder = top / name
        folder.mkdir(parents=True)
        for file in FILES:
            shutil.copy(SAMPLES / name / file, folder)
        rounds.append(folder)
    return [*rounds, _third(top, rounds[-1])]


def _third(top: Path, source: Path) -> Path:
    folder = top / "july-2010"
    shutil.copytree(source, folder)
    for file in ("sample.csv", "ratings.csv", "facts.csv", "scores.csv"):
        _rename_cases(folder / file)
    for file in ("plan.yaml", "receipt.json"):
        text = (folder / file).read_text(encoding="utf-8")
        for then, now in (("2010-01-31", "2010-07-31"), ("2009-11-01", "2010-05-01"), ("2010-01-15", "2010-07-15")):
            text = text.replace(then, now)
        (folder / file).write_text(text.replace("February 2010", "July 2010"), encoding="utf-8")
    return folder


def _rename_cases(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    held = io.StringIO()
    writer = csv.DictWriter(held, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "case_id": f"9{row['case_id']}"})
    path.write_text(held.getvalue(), encoding="utf-8")
