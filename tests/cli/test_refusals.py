"""What is refused: exit 1, one clear line each with its row and its remedy, nothing written, no traceback."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from command import run

Refused = Callable[..., list[str]]
FEBRUARY = "february-2010"
LOOSE = ("--framework", "assessment_quality")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def loose(top: Path, text: str) -> str:
    (top / "ratings.csv").write_text(text, encoding="utf-8")
    return "ratings.csv"


def test_a_misspelt_column_of_the_register(top: Path, refused: Refused) -> None:
    change(top / FEBRUARY / "plan.yaml", "area: Area", "area: Areaa")
    for command in ("plan", "draw", "review"):
        (line,) = [each for each in refused(command, FEBRUARY) if not each.startswith("> ")]
        assert "Areaa" in line
        assert 'Did you mean "Area"?' in line


def test_a_misspelt_column_of_ratings(top: Path, refused: Refused) -> None:
    source = loose(top, "case_id,criterion_id,ratng\n1,AQ03,Good\n")
    assert refused("score", source, *LOOSE, "-o", "scores.csv") == [
        'ratings.csv, row 1: rating is missing. Add a column headed "rating".',
        'ratings.csv, row 1, column C "ratng": ratng is not a column of ratings. Did you mean "rating"?',
    ]


def test_a_rating_of_5(top: Path, refused: Refused) -> None:
    source = loose(top, "case_id,criterion_id,rating\n0042,AQ03,5\n")
    assert refused("score", source, *LOOSE, "-o", "scores.csv") == [
        'ratings.csv, row 2 (case 0042), column C "rating": 5 is not a rating (AQ03). Use 4, 3, 2, 1 or N/A.'
    ]


def test_a_case_rated_twice_by_the_same_auditor(top: Path, refused: Refused) -> None:
    source = loose(top, "case_id,criterion_id,rating,auditor\n0042,AQ03,4,Ann\n0042,AQ03,3,Ann\n")
    assert refused("score", source, *LOOSE, "-o", "scores.csv") == [
        "ratings.csv, row 3 (case 0042): AQ03 is rated a second time by Ann; first on row 2. Keep one of the two rows."
    ]


# What stands before anything else where alerts were collected: they are told first.
ALERTS = ("IMMEDIATE DANGER", "7 alerts by answers were told before: alerts.csv.")


@pytest.mark.slow
def test_a_case_not_in_the_sample(top: Path, refused: Refused) -> None:
    book = openpyxl.load_workbook(top / FEBRUARY / "returned" / "Auditor_01.xlsx")
    assert book["Ratings"]["A1"].value == "case_id"
    sent, book["Ratings"]["A5"] = book["Ratings"]["A5"].value, "9999999"
    book.save(top / FEBRUARY / "returned" / "Auditor_01.xlsx")
    lines = [each for each in refused("collect", FEBRUARY) if not each.startswith(ALERTS)]
    assert lines == [
        'Auditor_01.xlsx, sheet Ratings, row 5 (case 9999999), column A "case_id": the row was sent with case_id'
        f' "{sent}".'
        " Put the row back as it was sent, or ask its auditor to answer in the workbook that was sent.",
        "Nothing was written but alerts. To go on, have these mended and collect again; or write what is right now, and"
        f" the rest to held_back.csv: audit-toolkit collect {FEBRUARY} --keep-right",
    ]


def test_a_date_that_is_none(top: Path, refused: Refused) -> None:
    register = top / "register_2010-01-31.csv"
    lines = register.read_bytes().decode("utf-8-sig").splitlines()
    case, first = lines[39].split(",")[0], lines[39].split(",")[3]
    lines[39] = lines[39].replace(first, "13/14/2010", 1)
    register.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert refused("draw", FEBRUARY, "--force") == [
        f'register_2010-01-31.csv, row 40 (case {case}), column D "Referral date": 13/14/2010 is not a date.'
        " Write dates as 2010-01-31 or 31/01/2010, days and months in two digits."
    ]
    (top / "facts.csv").write_text("case_id,fact,value\n1,referral_date,13/14/2010\n", encoding="utf-8")
    source = loose(top, "case_id,criterion_id,rating\n1,AQ03,Good\n")
    assert refused("score", source, *LOOSE, "--facts", "facts.csv", "-o", "scores.csv") == [
        'facts.csv, row 2 (case 1), column C "value": 13/14/2010 is not a date.'
        " Write dates as 2010-01-31 or 31/01/2010, days and months in two digits."
    ]


def test_an_empty_file(top: Path, refused: Refused) -> None:
    assert refused("score", loose(top, ""), *LOOSE) == ["ratings.csv: the file is empty. Export it again."]
    (top / "register_2010-01-31.csv").write_text("", encoding="utf-8")
    assert refused("plan", FEBRUARY) == ["register_2010-01-31.csv: the file is empty. Export it again."]
    (top / FEBRUARY / "plan.yaml").write_text("", encoding="utf-8")
    for command in ("plan", "draw", "collect", "score", "report", "review"):
        assert refused(command, FEBRUARY) == ["plan.yaml: the file is empty."]


@pytest.mark.parametrize("command", ["plan", "draw", "verify", "collect", "score", "report", "review"])
def test_a_missing_folder_is_one_line(refused: Refused, command: str) -> None:
    (line,) = refused(command, "febuary-2010")
    assert line.startswith("febuary-2010/")
    assert "there is no such file." in line


@pytest.mark.parametrize(
    ("gone", "commands"),
    [
        ("plan.yaml", ("plan", "draw", "collect", "score", "report", "review")),
        ("receipt.json", ("verify", "report")),
        ("sample.csv", ("collect", "score", "report")),
        ("ratings.csv", ("score", "report")),
        ("../register_2010-01-31.csv", ("plan", "draw", "review")),
        ("../auditors.csv", ("plan", "draw")),
    ],
)
def test_a_missing_file_is_one_line_naming_it(
    top: Path, refused: Refused, gone: str, commands: tuple[str, ...]
) -> None:
    (top / FEBRUARY / gone).unlink()
    for command in commands:
        (line,) = [each for each in refused(command, FEBRUARY) if not each.startswith("> ")]
        assert Path(gone).name in line, (command, line)
        assert "there is no such file." in line


def test_a_missing_earlier_round_is_one_line(top: Path, refused: Refused) -> None:
    shutil.rmtree(top / "retrospective-2009")
    (line,) = refused("report", FEBRUARY)
    assert "retrospective-2009" in line
    (line,) = refused("compare", "retrospective-2009", FEBRUARY)
    assert "retrospective-2009" in line
    change(top / FEBRUARY / "plan.yaml", "compare_with: ../retrospective-2009", "")
    alone = run("report", FEBRUARY, "-o", "alone.html")
    assert (alone.status, alone.messages.splitlines()[1]) == (
        0,
        "To compare it with an earlier round, give --earlier FOLDER.",
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("size: 60", "size: sixty", "size: sixty is not a whole number"),
        ("size: 60", "size: [60]", "size: [60] is not a whole number"),
        ("size: 60", "size: 60.5", "size: 60.5 is not a whole number"),
        ("review_date: 2010-02-15", "review_date: soon", "review_date: soon is not a date"),
        ("strata: [area, outcome]", "strata: 7", "strata"),
        ("margin: 10%", "margin: wide", "margin: wide is not a share"),
        ("purpose: improvement", "purpose: improvment", 'Did you mean "improvement"?'),
        ("clock: inspection_end", "clock: [inspection_end]", "clock names no event"),
        ("carry: [worker, manager, file_reference]", "carry: {worker: 1}", "carry"),
        ("minimum: 2", "minimum: 0", "minimum: 0 is not a whole number of at least 1"),
        ("round: February 2010 review", "round: 2010", "round: 2010 is not text"),
        ("reserves: 2", "reservs: 2", 'Did you mean "reserves"?'),
    ],
)
def test_a_plan_of_unexpected_types_is_one_line_with_its_place(
    top: Path, refused: Refused, old: str, new: str, said: str
) -> None:
    change(top / FEBRUARY / "plan.yaml", old, new)
    (line,) = refused("plan", FEBRUARY)
    assert line.startswith("plan.yaml, line ")
    assert said in line


def test_a_faulty_framework_is_named_with_its_lines(top: Path, refused: Refused) -> None:
    (top / "own.yaml").write_text(
        "framework: own\nversion: 1.0\ntitle: Own\nratings: [Good, Bad]\n"
        "earns: {Good: 1, Bad: 0}\nbands: {Good: 50, Bad: 0}\ncriteria:\n"
        "  - {id: C1, ask: Is it?, respons: graded}\n  - {id: C1, ask: Is it?, response: yes_no_maybe}\n",
        encoding="utf-8",
    )
    lines = refused("framework", "own.yaml")
    assert all(line.startswith("own.yaml, line ") for line in lines)
    assert any('Did you mean "response"?' in line for line in lines)
    assert any(line.startswith("own.yaml, line 2,") for line in lines)
    assert len(lines) >= 4
    (top / "own.yaml").write_text("framework: own\n  title: [\n", encoding="utf-8")
    (line,) = refused("framework", "own.yaml")
    assert line.startswith("own.yaml, line ")
    (line,) = refused("framework", "asessment_quality")
    assert 'Did you mean "assessment_quality"?' in line or "assessment_quality" in line
    (line,) = refused("framework", "gone.yaml")
    assert "there is no such file." in line


def test_a_plan_changed_after_the_draw_is_refused_everywhere(top: Path, refused: Refused) -> None:
    change(top / "retrospective-2009" / "plan.yaml", "snapshot: 2009-08-31", "snapshot: 2009-08-30")
    said = (
        "plan.yaml: the plan of Retrospective review, June to August 2009 is not the one its sample was drawn by. Run "
        "verify to see the difference, and put it back: what decides a verdict is fixed before the draw."
    )
    for command in (("compare", "retrospective-2009", FEBRUARY), ("report", FEBRUARY)):
        assert refused(*command) == [said]
        assert refused(*command, "--anyway") == [said]
    (line, *_) = refused("verify", "retrospective-2009")
    assert line.startswith("plan.yaml")


@pytest.mark.slow
def test_rounds_that_may_not_be_compared_are_shown_anyway_without_a_verdict(top: Path, refused: Refused) -> None:
    earlier = top / "retrospective-2009"
    change(earlier / "plan.yaml", "minimum: 2", "minimum: 2\nexclude:\n  - {column: team, is: [Duty]}")
    for name in ("sample.csv", "receipt.json", "commitment.json"):
        (earlier / name).unlink(missing_ok=True)
    assert run("draw", "retrospective-2009", "--force").status == 0
    (earlier / "scores.csv").unlink()
    lines = refused("compare", "retrospective-2009", FEBRUARY)
    assert [line for line in lines if "--anyway" not in line] == []
    page = run("report", FEBRUARY, "--anyway", "-o", "-")
    assert page.status == 0, page.messages
    assert "No verdict can be given on these two rounds" in page.data
    assert "95 % interval" in run("compare", "retrospective-2009", FEBRUARY, "--anyway").data
