"""The made-up council's rounds drawn again by plans that declare moderation, and panel packs filled as a panel does."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from audit_toolkit.cli import main

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
RULE = "moderation: {differing: true, worst_grade: true, rest: 10%}"
ROUNDS = ("retrospective-2009", "february-2010")


def run(*arguments: str) -> str:
    """Run a command that must succeed; give what it printed."""
    data, messages = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(data), contextlib.redirect_stderr(messages), pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert int(str(ended.value.code)) == 0, messages.getvalue()
    return data.getvalue() + messages.getvalue()


def make_round(top: Path, name: str, *lines: str) -> Path:
    """Draw, collect and score one of the samples' rounds by its plan and some lines more."""
    top.mkdir(parents=True, exist_ok=True)
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, top)
    if name == ROUNDS[1] and not (top / ROUNDS[0]).exists():
        # The plan compares with it, and whoever rated how many there has a say in who rates what here.
        shutil.copytree(SAMPLES / ROUNDS[0], top / ROUNDS[0])
    folder = top / name
    folder.mkdir()
    text = (SAMPLES / name / "plan.yaml").read_text(encoding="utf-8")
    (folder / "plan.yaml").write_text("\n".join([text.rstrip("\n"), *lines, ""]), encoding="utf-8")
    shutil.copytree(SAMPLES / name / "returned", folder / "returned")
    for command in ("draw", "collect", "score"):
        run(command, str(folder))
    return folder


def copy_round(top: Path, name: str, *lines: str, framework: str | None = None) -> Path:
    """Copy a round of the samples as it is and add lines to its plan, without a new draw: the receipt no longer fits.

    With `framework` the plan names that one alone.
    """
    folder = top / name
    folder.mkdir(parents=True)
    for file in ("sample.csv", "receipt.json", "ratings.csv", "facts.csv", "scores.csv"):
        shutil.copy(SAMPLES / name / file, folder)
    text = (SAMPLES / name / "plan.yaml").read_text(encoding="utf-8")
    if framework is not None:
        kept = [line for line in text.splitlines() if not line.startswith(("frameworks:", "primary:"))]
        text = "\n".join([*kept, f"frameworks: [{framework}]"])
    (folder / "plan.yaml").write_text("\n".join([text.rstrip("\n"), *lines, ""]), encoding="utf-8")
    return folder


Cells = dict[str, Any]


def cells_of(sheet: Any) -> Iterator[Cells]:
    """Give each row's cells by heading."""
    headings = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        yield dict(zip(headings, row, strict=True))


def keep_first(cells: Cells) -> None:
    """Settle an answer on which two auditors differ as it was first rated."""
    if "differs" in cells["why"].value:
        cells["settled"].value = cells["first_rating"].value


def fill_pack(pack: Path, target: Path, settle: Callable[[Cells], None] = keep_first, *, read: bool = True) -> Path:
    """Fill a panel pack and save it: every answer by `settle`, every case said to be read whole."""
    book = openpyxl.load_workbook(pack)
    for cells in cells_of(book["To settle"]):
        settle(cells)
    for cells in cells_of(book["Read whole"]) if read else ():
        cells["panel_read"].value = "Yes"
    book.save(target)
    return target
