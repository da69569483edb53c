"""The installed package needs nothing of this folder: in an empty environment it draws and scores elsewhere."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SHIPPED = ("audit_toolkit", "audit_frameworks", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
PLAN = """\
round: A small round
register: {file: register.csv}
strata: [area]
size: 12
seed: "somewhere else"
auditors: auditors.csv
frameworks: [assessment_quality]
"""


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run([str(each) for each in command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.installation
def test_an_empty_environment_draws_and_scores_in_another_folder(tmp_path: Path) -> None:
    source, elsewhere = tmp_path / "source", tmp_path / "elsewhere"
    source.mkdir()
    elsewhere.mkdir()
    for name in SHIPPED:
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, source / name)
    run(sys.executable, "-m", "venv", tmp_path / "empty", folder=tmp_path)
    binaries = tmp_path / "empty" / "bin"
    run(binaries / "python", "-m", "pip", "install", "--quiet", ".", folder=source)
    shutil.rmtree(source)
    (elsewhere / "plan.yaml").write_text(PLAN)
    rows = "".join(f"{number:04},{'North' if number % 3 else 'South'}\n" for number in range(100))
    (elsewhere / "register.csv").write_text("case_id,area\n" + rows)
    (elsewhere / "auditors.csv").write_text("auditor,team,hours\nA,,1\nB,,1\n")
    assert "Sample of 12 cases" in run(binaries / "audit-toolkit", "draw", ".", folder=elsewhere)
    with (elsewhere / "sample.csv").open() as file:
        cases = [row["case_id"] for row in csv.DictReader(file)]
    assert len(cases) == 12
    graded = ("AQ03", "AQ05", "AQ07", "AQ08", "AQ09", "AQ11", "AQ16")
    answers = {f"AQ{number:02}": "Good" if f"AQ{number:02}" in graded else "Yes" for number in range(2, 17)}
    answers["AQ13"] = "met"
    with (elsewhere / "loose.csv").open("w") as file:
        file.write("case_id,criterion_id,rating\n")
        file.writelines(f"{case},{criterion},{answer}\n" for case in cases for criterion, answer in answers.items())
    said = run(
        binaries / "audit-toolkit", "score", "loose.csv", "--framework", "assessment_quality", "-o", "scores.csv",
        folder=elsewhere,
    )  # fmt: skip
    assert "12 cases" in said
    with (elsewhere / "scores.csv").open() as file:
        scores = list(csv.DictReader(file))
    # Seven graded Good earn 3/4 each, eight others 1: 13.25 of 15.
    assert {round(float(row["score"]), 6) for row in scores} == {round(100 * 13.25 / 15, 6)}
