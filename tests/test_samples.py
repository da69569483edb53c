"""The samples are what their script makes, and the review of them is what the round folders hold."""

from __future__ import annotations

import csv
import filecmp
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import audit_toolkit as at

PROJECT = Path(__file__).resolve().parents[1]
SAMPLES = PROJECT / "samples"


def files_below(folder: Path) -> set[Path]:
    return {
        path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_script_makes_the_samples_again_byte_for_byte(tmp_path: Path) -> None:
    again = tmp_path / "samples"
    shutil.copytree(SAMPLES, again, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("retrospective-2009", "february-2010"):
        for path in (again / folder).iterdir():
            if path.name != "plan.yaml":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = run("make_samples.py", folder=again)
    assert done.returncode == 0, done.stderr
    assert files_below(again) == files_below(SAMPLES)
    _, differing, missing = filecmp.cmpfiles(SAMPLES, again, map(str, files_below(SAMPLES)), shallow=False)
    assert (differing, missing) == ([], [])


@pytest.mark.slow
def test_the_review_makes_the_february_round_again(tmp_path: Path) -> None:
    for name in ("auditors.csv", "register_2009-08-31.csv", "register_2010-01-31.csv"):
        shutil.copy(SAMPLES / name, tmp_path / name)
    shutil.copytree(SAMPLES / "retrospective-2009", tmp_path / "retrospective-2009")
    (tmp_path / "february-2010").mkdir()
    shutil.copy(SAMPLES / "february-2010" / "plan.yaml", tmp_path / "february-2010")
    shutil.copytree(SAMPLES / "february-2010" / "returned", tmp_path / "february-2010" / "returned")
    done = run("-m", "audit_toolkit.cli", "review", "february-2010", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for step in ("Planning", "Writing the receipt", "Collecting", "Scoring", "Comparing", "Writing the report"):
        assert f"> {step}" in done.stderr
    assert "Quality of assessment: Improved" in done.stdout
    assert "Record keeping: No change shown" in done.stdout
    quoted = (PROJECT / "README.md").read_text(encoding="utf-8").split("and says:\n\n```\n")[1].split("```")[0]
    said = " ".join(done.stdout.split())
    assert all(" ".join(part.split()) in said for part in quoted.split("..."))
    assert "Report: february-2010/report.html" in done.stdout
    shipped = files_below(SAMPLES / "february-2010")
    _, differing, missing = filecmp.cmpfiles(
        SAMPLES / "february-2010", tmp_path / "february-2010", map(str, shipped), shallow=False
    )
    assert (differing, missing) == ([], [])
    assert run("-m", "audit_toolkit.cli", "review", "february-2010", folder=tmp_path).returncode == 0


def test_the_registers_are_as_described() -> None:
    for name, eligible in (("retrospective-2009", 704), ("february-2010", 696)):
        review = at.plan_review(SAMPLES / name)
        assert len(review.frame) == eligible
        assert len(review.allocation) == 12
        assert sum(review.allocation.values()) == 60
        assert review.frame.register_size == eligible + sum(count for _, count in review.frame.exclusions)


def test_twelve_cases_are_rated_twice_and_the_same_twelve_auditors_rate_both_rounds() -> None:
    rounds = [at.read_round(SAMPLES / name) for name in ("retrospective-2009", "february-2010")]
    for each in rounds:
        assert set(each.auditors.values()) == {5}
        assert (each.cases["second_auditor"] != "").sum() == 12
        assert each.ratings.second["case_id"].nunique() == 12
    assert set(rounds[0].auditors) == set(rounds[1].auditors)
    assert len(rounds[0].auditors) == 12


def test_the_true_answer_is_as_the_script_promises() -> None:
    with (SAMPLES / "truth.csv").open() as file:
        truth = {(row["framework"], row["cases"]): float(row["change"]) for row in csv.DictReader(file)}
    assert truth["assessment_quality", "all cases"] > 0.2
    assert abs(truth["record_keeping", "all cases"]) < 0.03
    assert truth["managerial_oversight", "child protection"] > 0.3
    assert abs(truth["managerial_oversight", "closed"]) < 0.05
    assert abs(truth["managerial_oversight", "child in need"]) < 0.05


def test_sixty_looked_after_children_are_drawn_from_a_register_this_project_did_not_write() -> None:
    review = at.plan_review(SAMPLES / "looked_after")
    assert (review.frame.register_size, len(review.frame)) == (2675, 1408)
    assert dict(review.frame.exclusions) == {"no open episode": 1267}
    assert any(note.startswith("episodes.csv: 1,413 rows count, for 1,408 cases") for note in review.notes)
    sample = at.draw_round(review)
    assert len(sample.sampled()) == 60
