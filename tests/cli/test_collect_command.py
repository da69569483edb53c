"""collect as a person types it: refused with a way on, what is right kept, alerts and actions beside it."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from command import SAMPLES, run

from audit_toolkit.scoring.actions import ACTION_COLUMNS
from audit_toolkit.scoring.alerts import ALERT_FILE_COLUMNS
from audit_toolkit.scoring.held_back import HELD_BACK_COLUMNS

DOCS = Path(__file__).resolve().parents[2] / "docs"
TOLD = "No working lock on the door; team manager told the same day"
ALERT = f"IMMEDIATE DANGER: case 0781434 (Auditor_05.xlsx). Told: {TOLD}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a round that was drawn, and whose fifth workbook alone came back with one rating spoiled."""
    monkeypatch.chdir(tmp_path)
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, tmp_path)
    shutil.copytree(SAMPLES / "retrospective-2009", tmp_path / "retrospective-2009")
    folder = tmp_path / "round"
    shutil.copytree(SAMPLES / "february-2010", folder, ignore=shutil.ignore_patterns("*.csv", "returned", "scores*"))
    shutil.copy(SAMPLES / "february-2010" / "sample.csv", folder)
    shutil.copytree(SAMPLES / "february-2010" / "workbooks", folder / "workbooks", dirs_exist_ok=True)
    (folder / "returned").mkdir()
    book = openpyxl.load_workbook(SAMPLES / "february-2010" / "returned" / "Auditor_05.xlsx")
    column = [cell.value for cell in book["Ratings"][1]].index("rating") + 1
    book["Ratings"].cell(3, column).value = "Goood"
    book.save(folder / "returned" / "Auditor_05.xlsx")
    return tmp_path


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_refusal_says_how_to_go_on_and_writes_nothing_but_alerts(here: Path) -> None:
    done = run("collect", "round")
    lines = done.messages.splitlines()
    assert (done.status, done.data) == (1, "")
    assert lines[0] == ALERT
    assert lines[1].startswith("not returned yet: Auditor 01, 6 cases; Auditor 02, 6 cases; ")
    assert re.fullmatch(
        r'Auditor_05\.xlsx, sheet Ratings, row 3 \(case \d{7}\), column F "rating": Goood is not a rating \(AQ03\)\.'
        r" Use Outstanding, Good, Adequate, Inadequate or N/A\.",
        lines[2],
    )
    assert lines[3:] == [
        "Nothing was written but alerts. To go on, have these mended and collect again; or write what is right now, and"
        " the rest to held_back.csv: audit-toolkit collect round --keep-right"
    ]
    assert not (here / "round" / "ratings.csv").exists()
    assert rows(here / "round" / "alerts.csv")[1][:3] == ["immediate_danger", "0781434", "Auditor_05.xlsx"]


def test_what_is_right_is_written_and_the_mended_workbook_is_added_later(here: Path) -> None:
    run("collect", "round")
    done = run("collect", "round", "--keep-right")
    assert done.status == 0, done.messages
    assert done.messages.splitlines()[0] == f"{ALERT} (Collected before.)"
    assert "held back: Auditor_05.xlsx, 1 problem" in done.messages.splitlines()
    assert "Send the files that were held back to their auditors" in done.messages
    held = rows(here / "round" / "held_back.csv")
    assert (held[0], [row[:4] for row in held[1:]]) == (
        list(HELD_BACK_COLUMNS),
        [["Auditor_05.xlsx", "Ratings", "3", "F rating"]],
    )
    before = rows(here / "round" / "ratings.csv")
    shutil.copy(SAMPLES / "february-2010" / "returned" / "Auditor_05.xlsx", here / "round" / "returned")
    later = run("collect", "round")
    assert later.status == 0, later.messages
    after = rows(here / "round" / "ratings.csv")
    assert [row for row in before if row not in after] == []
    assert len(after) == len(before) + 1
    assert rows(here / "round" / "held_back.csv") == [list(HELD_BACK_COLUMNS)]


def test_every_column_that_collect_writes_is_documented() -> None:
    text = (DOCS / "files.md").read_text(encoding="utf-8")
    for heading, columns in (
        ("actions.csv", ACTION_COLUMNS),
        ("alerts.csv", ALERT_FILE_COLUMNS),
        ("held_back.csv", HELD_BACK_COLUMNS),
    ):
        section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == list(columns)
