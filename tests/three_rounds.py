"""A third round of the made-up council: its February register half a year on, drawn anew and rated alike."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

from moderated_samples import SAMPLES, run

FILES = ("plan.yaml", "sample.csv", "receipt.json", "ratings.csv", "facts.csv", "scores.csv")
FEBRUARY = SAMPLES / "february-2010"
# What moves half a year on.
DAYS = {"2010-01-31": "2010-07-31", "2009-11-01": "2010-05-01", "2010-01-15": "2010-07-15"}


def three_rounds(top: Path) -> list[Path]:
    """Copy both rounds of the samples and draw, rate and score a third: other cases, rated as February's were."""
    top.mkdir(parents=True, exist_ok=True)
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, top)
    rounds = [top / name for name in ("retrospective-2009", "february-2010")]
    for folder in rounds:
        folder.mkdir()
        for file in FILES:
            shutil.copy(SAMPLES / folder.name / file, folder)
    return [*rounds, _third(top)]


def _third(top: Path) -> Path:
    register = _rows(SAMPLES / "register_2010-01-31.csv")
    for row in register:
        row["Child reference"] = "9" + row["Child reference"]
        row["Referral date"] = _later(row["Referral date"])
    _write(top / "register_2010-07-31.csv", register)
    folder = top / "july-2010"
    folder.mkdir()
    text = (FEBRUARY / "plan.yaml").read_text(encoding="utf-8")
    for then, now in DAYS.items():
        text = text.replace(then, now)
    text = text.replace("February 2010", "July 2010").replace("2010-02-15", "2010-08-15")
    text = re.sub(r'seed: ".*"', 'seed: "third round"', text)
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    run("draw", str(folder))
    _rate(folder)
    run("score", str(folder))
    return folder


def _later(day: str) -> str:
    """Move a date of the register into the new window: six months on, the year with it."""
    date, month, year = map(int, day.split("/"))
    months = year * 12 + month - 1 + 6
    return f"{min(date, 28 if months % 12 == 1 else 30):02d}/{months % 12 + 1:02d}/{months // 12}"


def _rate(folder: Path) -> None:
    """Give each case the answers of the February case that stands at its place in its stratum."""
    then = {(row["stratum"], row["draw_order"]): row["case_id"] for row in _rows(FEBRUARY / "sample.csv")}
    drawn = [row for row in _rows(folder / "sample.csv") if row["draw_status"] == "sampled"]
    first = {row["case_id"]: row["auditor"] for row in _rows(FEBRUARY / "sample.csv")}
    by_case: dict[str, list[dict[str, str]]] = {}
    for row in _rows(FEBRUARY / "ratings.csv"):
        if row["auditor"] == first[row["case_id"]]:
            by_case.setdefault(row["case_id"], []).append(row)
    facts = _rows(FEBRUARY / "facts.csv")
    ratings, dates = [], []
    for case in drawn:
        source = then[case["stratum"], case["draw_order"]]
        ratings += [{**row, "case_id": case["case_id"], "auditor": case["auditor"]} for row in by_case[source]]
        dates += [{**row, "case_id": case["case_id"]} for row in facts if row["case_id"] == source]
    _write(folder / "ratings.csv", ratings)
    _write(folder / "facts.csv", dates)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as held:
        return list(csv.DictReader(held))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as held:
        writer = csv.DictWriter(held, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
