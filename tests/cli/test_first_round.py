"""A first round, with no earlier one: the walk stops at the workbooks, and ends with where casework stands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command import SAMPLES, run


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a round folder whose plan names no earlier round and no seed, and stand beside it."""
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, tmp_path)
    lines = (SAMPLES / "february-2010" / "plan.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    folder = tmp_path / "first"
    folder.mkdir()
    kept = [line for line in lines if not line.startswith(("compare_with", "seed"))]
    (folder / "plan.yaml").write_text("".join(kept), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def test_before_anything_is_back_the_review_says_what_to_do_next(first: Path) -> None:
    done = run("review", "first")
    assert (done.status, done.data) == (0, "")
    assert done.messages.splitlines()[-2:] == [
        "Nothing has come back yet. Send first/workbooks/ to the auditors; put what",
        "comes back in first/returned/ and run review again.",
    ]
    assert not (first / "ratings.csv").exists()
    assert len(list((first / "workbooks").glob("*.xlsx"))) == 12


@pytest.mark.slow
def test_a_second_review_draws_the_same_cases_though_the_plan_has_no_seed(first: Path) -> None:
    assert run("review", "first").status == 0
    (first / "returned").mkdir()
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    for arguments in (("review", "first"), ("review", "first", "--force")):
        assert run(*arguments).status == 0
        assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == before


@pytest.fixture
def rated(first: Path) -> Path:
    """Give the first round of the samples, with what came back."""
    shutil.copy(SAMPLES / "retrospective-2009" / "plan.yaml", first)
    shutil.copytree(SAMPLES / "retrospective-2009" / "returned", first / "returned")
    return first


@pytest.mark.slow
def test_the_review_and_the_report_of_a_first_round(rated: Path) -> None:
    done = run("review", "first")
    assert done.status == 0, done.messages
    told = done.data.splitlines()
    assert told[0] == "Retrospective review, June to August 2009: where casework stands"
    assert told[-2:] == ["Report: first/report.html", "Tables: first/tables/ (9 CSV files)"]
    assert "> Working out where casework stands" in done.messages.splitlines()
    alone = run("report", "first")
    assert alone.messages.splitlines() == [
        "The plan names no earlier round: this is where casework stands in Retrospective review, June to August 2009.",
        "To compare it with an earlier round, give --earlier FOLDER.",
        "Written: first/report.html and 9 tables in first/tables.",
    ]
    assert run("report", "first", "--anyway").messages == (
        "plan.yaml: --anyway needs an earlier round, and the plan names none."
        " Add compare_with: ../retrospective-2009 to the plan before the draw, or give --earlier.\n"
    )
    page = run("report", "first", "-o", "-")
    assert page.data.rstrip("\n") == (rated / "report.html").read_text(encoding="utf-8").rstrip("\n")
