"""The walk on the command line: the review, its second run, what comes late, and what may not be lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from command import run

from audit_toolkit import terms

FEBRUARY = "february-2010"


def test_the_review_tells_each_step_and_ends_with_the_answer(walked: Path) -> None:
    messages = (walked / "review-messages.txt").read_text(encoding="utf-8").splitlines()
    steps = [line for line in messages if line.startswith("> ")]
    assert steps == [
        "> Planning February 2010 review: reading register_2010-01-31.csv",
        "> Writing the receipt and the workbooks",
        "> Collecting what came back",
        "> Scoring",
        "> Comparing with retrospective-2009",
        "> Writing the report",
    ]
    assert messages[messages.index(steps[2]) + 1].startswith("IMMEDIATE DANGER: case ")
    told = (walked / "review.txt").read_text(encoding="utf-8").splitlines()
    assert told[0] == "February 2010 review, compared with Retrospective review, June to August 2009"
    assert any(line.startswith("Quality of assessment: ") for line in told)
    assert told[-2].startswith("Report: ")
    assert told[-2].endswith("report.html")
    assert told[-1].endswith("tables/ (12 CSV files)")


@pytest.mark.slow
def test_a_second_review_changes_nothing_and_needs_no_force(top: Path) -> None:
    before = {path: path.read_bytes() for path in (top / FEBRUARY).rglob("*") if path.is_file()}
    done = run("review", FEBRUARY)
    assert done.status == 0, done.messages
    assert {path: path.read_bytes() for path in (top / FEBRUARY).rglob("*") if path.is_file()} == before
    assert done.data.splitlines()[:-2] == (top / "review.txt").read_text(encoding="utf-8").splitlines()[:-2]


@pytest.mark.slow
def test_the_steps_one_by_one_give_what_the_review_gives(top: Path) -> None:
    whole = top / FEBRUARY
    alone = top / "by-hand"
    alone.mkdir()
    shutil.copy(whole / "plan.yaml", alone)
    shutil.copytree(whole / "returned", alone / "returned")
    for step in ("plan", "draw", "verify", "collect", "score", "report"):
        done = run(step, "by-hand")
        assert done.status == 0, (step, done.messages)
    for name in (terms.SAMPLE_FILE, terms.RECEIPT_FILE, terms.RATINGS_FILE, terms.FACTS_FILE, terms.SCORES_FILE):
        assert (alone / name).read_bytes() == (whole / name).read_bytes(), name
    assert (alone / terms.REPORT_FILE).read_bytes() == (whole / terms.REPORT_FILE).read_bytes()


@pytest.mark.slow
def test_a_late_workbook_is_added_and_an_earlier_rating_never_lost(top: Path) -> None:
    whole = (top / FEBRUARY / "ratings.csv").read_bytes()
    late = top / "late.xlsx"
    (top / FEBRUARY / "returned" / "Auditor_03.xlsx").rename(late)
    without = run("collect", FEBRUARY, "--force")
    assert "not returned yet: Auditor 03, " in without.messages
    fewer = (top / FEBRUARY / "ratings.csv").read_bytes()
    assert len(fewer) < len(whole)
    added = run("collect", FEBRUARY, "late.xlsx")
    assert added.status == 0
    assert "not returned yet" not in added.messages
    assert sorted((top / FEBRUARY / "ratings.csv").read_bytes().splitlines()) == sorted(whole.splitlines())
    again = run("collect", FEBRUARY)
    assert again.status == 0
    assert sorted((top / FEBRUARY / "ratings.csv").read_bytes().splitlines()) == sorted(whole.splitlines())


@pytest.mark.slow
def test_a_changed_rating_is_refused_and_taken_with_force(top: Path, refused: Callable[..., list[str]]) -> None:
    path = top / FEBRUARY / "returned" / "Auditor_02.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Ratings"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    row = next(each for each in range(2, 99) if sheet.cell(each, columns["criterion_id"]).value == "AQ03")
    now = "Inadequate" if sheet.cell(row, columns["rating"]).value != "Inadequate" else "Good"
    sheet.cell(row, columns["rating"]).value = now
    book.save(path)
    danger, known, line, advice = refused("collect", FEBRUARY)
    assert danger.startswith("IMMEDIATE DANGER: case ")
    assert known == "7 alerts by answers were told before: alerts.csv."
    assert advice.startswith("Nothing was written but alerts.")
    assert line.startswith("ratings.csv, row ")
    assert f"when Auditor 02 sent it first, and is {now} now." in line
    assert run("collect", FEBRUARY, "--force").status == 0
    assert run("score", FEBRUARY).messages.splitlines() == [
        "contributions.csv: exists already. Use --force to write over it.",
        "scores.csv: exists already. Use --force to write over it.",
    ]
    assert run("score", FEBRUARY, "--force").status == 0


@pytest.mark.slow
def test_alerts_are_told_even_when_nothing_else_can_be_taken(top: Path) -> None:
    (top / FEBRUARY / "returned" / "wrong.csv").write_text("", encoding="utf-8")
    done = run("collect", FEBRUARY)
    assert done.status == 1
    assert done.messages.splitlines()[0].startswith("IMMEDIATE DANGER: case ")
    assert done.messages.splitlines()[1] == "7 alerts by answers were told before: alerts.csv."
    assert done.messages.splitlines()[2] == "wrong.csv: the file is empty. Export it again."
    assert done.messages.splitlines()[3].startswith("Nothing was written but alerts. To go on, ")
    again = run("review", FEBRUARY)
    assert again.status == 1
    assert "IMMEDIATE DANGER: case " in again.messages


def test_a_draw_is_not_written_over_and_the_same_one_is(top: Path) -> None:
    assert run("draw", FEBRUARY).status == 0
    plan = top / FEBRUARY / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("size: 60", "size: 61"), encoding="utf-8")
    done = run("draw", FEBRUARY)
    assert done.status == 1
    assert all("--force" in line or "commitment" in line for line in done.messages.splitlines())


def test_a_second_draw_takes_the_sealed_seed_and_another_seed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("round: R\nregister: {file: r.csv}\nstrata: [area]\nsize: 6\n")
    (tmp_path / "r.csv").write_text("case_id,area\n" + "".join(f"{n:03},{'A' if n % 2 else 'B'}\n" for n in range(40)))
    assert run("draw", str(tmp_path)).status == 0
    before = (tmp_path / "sample.csv").read_bytes()
    assert run("draw", str(tmp_path)).status == 0
    assert (tmp_path / "sample.csv").read_bytes() == before
    other = run("draw", str(tmp_path), "--seed", "2 7 1 8")
    assert other.status == 1
    assert "receipt.json: the round was drawn already, with the seed" in other.messages
    assert len(other.messages.strip().splitlines()) == 1
    assert (tmp_path / "sample.csv").read_bytes() == before
    assert run("draw", str(tmp_path), "--seed", "2 7 1 8", "--force").status == 0
    assert (tmp_path / "sample.csv").read_bytes() != before
    assert run("verify", str(tmp_path)).status == 0


def test_a_round_whose_questions_need_no_dates_is_collected_and_scored(tmp_path: Path) -> None:
    plan = (
        "round: R\nregister: {file: r.csv}\nstrata: [area]\nsize: 4\nseed: one\n"
        "auditors: a.csv\nframeworks: [record_keeping]\n"
    )
    (tmp_path / "plan.yaml").write_text(plan)
    (tmp_path / "r.csv").write_text("case_id,area\n" + "".join(f"{n:03},A\n" for n in range(30)))
    (tmp_path / "a.csv").write_text("auditor,team,hours\nAnn,,1\n")
    assert run("draw", str(tmp_path)).status == 0
    (tmp_path / "returned").mkdir()
    book = openpyxl.load_workbook(tmp_path / "workbooks" / "Ann.xlsx")
    headings = [cell.value for cell in book["Ratings"][1]]
    for row in range(2, book["Ratings"].max_row + 1):
        if book["Ratings"].cell(row, headings.index("criterion_id") + 1).value == "RK09":
            book["Ratings"].cell(row, headings.index("rating") + 1).value = "Good"
    book.save(tmp_path / "returned" / "Ann.xlsx")
    collected = run("collect", str(tmp_path))
    assert collected.status == 0, collected.messages
    scored = run("score", str(tmp_path))
    assert scored.status == 0, scored.messages
    assert "incomplete 4" in scored.messages


def test_a_loose_workbook_is_scored_from_the_sheet_that_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Notes of the team"])
    sheet = book.create_sheet("March")
    sheet.append(["case_id", "criterion_id", "rating"])
    sheet.append(["0001", "RK09", "Good"])
    book.save(tmp_path / "ours.xlsx")
    whole = ("score", str(tmp_path / "ours.xlsx"), "--framework", "record_keeping")
    first = run(*whole)
    assert first.status == 1
    named = run(*whole, "--sheet", "March")
    assert named.status == 0, named.messages
    assert "0001,record_keeping" in named.data
