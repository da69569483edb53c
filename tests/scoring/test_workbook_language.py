"""Workbooks in another language: asked and answered in it, collected and scored as in our own; alerts by answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import EVERY_KIND
from made_round import Round, opened, rows_of, write

from audit_toolkit.errors import FrameworkError
from audit_toolkit.files import parse_yaml
from audit_toolkit.scoring import collect_ratings, framework_from, score_round, workbook_files

WELSH = """\
languages:
  cy:
    title: Pob math o gwestiwn
    labels:
      Outstanding: Rhagorol
      Good: Da
      Adequate: Digonol
      Inadequate: Annigonol
      "Yes": Do
      Partly: Rhannol
      "No": Naddo
      N/A: Amherthnasol
    questions:
      G2: {ask: A yw'n dda hefyd?, not_applicable: [rhy gynnar]}
      Y1: {ask: A welwyd y plentyn?, look_for: Cofnod o'r ymweliad.}
      R1_gap: {ask: A oedd bwlch?}
"""
TEXT = EVERY_KIND.replace("weight: 2, evidences", 'weight: 2, alert: ["No"], evidences') + WELSH
ANSWERS = {"G1": "Da", "G2": "Amherthnasol", "Y1": "Naddo", "R1": "3 of 5", "R1_gap": "Naddo"}


@pytest.fixture
def welsh(tmp_path: Path) -> Round:
    made = Round(tmp_path / "round", framework_from(parse_yaml(TEXT, "own.yaml")), TEXT)
    sample = made.sample
    for name, data in workbook_files(sample, [made.framework], title="Small round", language="cy").items():
        (made.folder / "workbooks" / name).write_bytes(data)
    return made


def answer(made: Round, name: str) -> None:
    """Fill a workbook in Welsh and send it back."""
    book = opened((made.folder / "workbooks" / f"{name}.xlsx").read_bytes())
    for number, row in enumerate(rows_of(book, "Ratings"), 2):
        write(book, "Ratings", number, "rating", ANSWERS[row["criterion_id"]])
        if row["criterion_id"] == "G2":
            write(book, "Ratings", number, "na_reason", "rhy gynnar")
        if row["criterion_id"] == "Y1":
            write(book, "Ratings", number, "comment", "Dim cofnod")
    book.save(made.folder / "returned" / f"{name}.xlsx")


def test_a_workbook_asks_in_the_language_and_offers_its_labels(welsh: Round) -> None:
    book = opened((welsh.folder / "workbooks" / "ben.xlsx").read_bytes())
    rows = {row["criterion_id"]: row for row in rows_of(book, "Ratings")}
    assert rows["Y1"]["question"] == "A welwyd y plentyn?"
    assert rows["Y1"]["look_for"].startswith("Cofnod o'r ymweliad.")
    assert rows["G1"]["question"] == "Is it good?"
    assert rows["G2"]["look_for"] == "N/A only for: rhy gynnar."
    assert {row["framework"] for row in rows.values()} == {"Pob math o gwestiwn"}
    lists = {rule.formula1 for rule in book["Ratings"].data_validations.dataValidation}
    assert '"Do,Rhannol,Naddo,Amherthnasol"' in lists
    assert '"Rhagorol,Da,Digonol,Annigonol"' in lists


def test_what_comes_back_in_the_language_is_kept_and_scored_in_our_own_labels(welsh: Round) -> None:
    for name in ("Ann_Smith", "Ann_Smith_2", "ben"):
        answer(welsh, name)
    collected = collect_ratings(welsh.folder)
    table = collected.ratings_table()
    assert set(table["rating"]) == {"Good", "N/A", "No", "3 of 5"}
    assert set(table.loc[table["criterion_id"] == "G2", "comment"]) == {"rhy gynnar"}
    assert not [note for note in collected.notes if "N/A" in note or "evidence" in note]
    welsh.keep(collected)
    scores = score_round(welsh.folder)[0].table
    assert set(scores["limits_fired"]) == {"Y1: The child was not seen"}


def test_an_answer_raises_its_alert_in_either_language_and_each_is_told_with_its_comment(welsh: Round) -> None:
    answer(welsh, "ben")
    case = welsh.cases("Ann Smith")[0]
    welsh.text("late.csv", f"case_id,auditor,G1,G2,Y1,R1,R1_gap,comment\n{case},Ann Smith,,,No,,,seen nowhere\n")
    told = [str(alert) for alert in collect_ratings(welsh.folder).alerts]
    assert sorted(told) == sorted(
        [f"Y1 ANSWERED NO: case {each} (ben.xlsx). Comment: Dim cofnod" for each in rated_by_ben(welsh)]
        + [f"Y1 ANSWERED NO: case {case} (late.csv). Comment: seen nowhere"]
    )


def rated_by_ben(made: Round) -> list[str]:
    """Give the cases on ben's workbook: his own, and the one he reads second."""
    cases = made.sample.cases
    mine = (cases["auditor"] == "ben") | (cases["second_auditor"] == "ben")
    return [str(case) for case in cases.loc[mine, "case_id"]]


def test_a_question_changed_in_the_language_is_still_named(welsh: Round) -> None:
    answer(welsh, "ben")
    path = welsh.folder / "returned" / "ben.xlsx"
    book = opened(path.read_bytes())
    row = next(n for n, each in enumerate(rows_of(book, "Ratings"), 2) if each["criterion_id"] == "Y1")
    write(book, "Ratings", row, "question", "A welwyd y tad?")
    book.save(path)
    case = book["Ratings"].cell(row, 1).value
    assert welsh.refused()[0] == (
        f'ben.xlsx, sheet Ratings, row {row} (case {case}), column D "question": the question of Y1 was changed; the '
        "framework asks: Was the child seen?. Ask the auditor what was answered, and put the question back."
    )


def test_a_language_nobody_wrote_is_refused(welsh: Round) -> None:
    with pytest.raises(FrameworkError) as refused:
        workbook_files(welsh.sample, [welsh.framework], title="Small round", language="ga")
    assert str(refused.value) == "every_kind has no words in ga. Use one of: cy."
