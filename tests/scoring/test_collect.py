"""What came back: every mistake of every file at once, no alert missed, no earlier rating lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import EVERY_KIND
from made_round import Round, opened, rows_of, write

from audit_toolkit.errors import FileError, RatingError
from audit_toolkit.files import parse_yaml
from audit_toolkit.scoring import NotCollectedError, collect_ratings, framework_from, score_round


def test_workbooks_and_csvs_long_and_wide_are_read_together(made: Round) -> None:
    made.all_back()
    whole = collect_ratings(made.folder)
    assert str(whole) == "30 ratings of 6 cases, 1 of them by two auditors"
    assert whole.notes == ()
    assert whole.outstanding == ()
    long = pd.DataFrame(rows_of(opened((made.folder / "returned" / "Ann_Smith.xlsx").read_bytes()), "Ratings"))
    made.text(
        "Ann_Smith.csv",
        long[["case_id", "criterion_id", "rating", "na_reason", "auditor", "comment"]].to_csv(index=False),
    )
    (made.folder / "returned" / "Ann_Smith.xlsx").unlink()
    wide = "case_id,auditor,G1,G2,Y1,R1,R1_gap\n" + "".join(
        f"{case},Ann-Smith,Good,N/A,Yes,3 of 5,No\n" for case in made.cases("Ann-Smith")
    )
    made.text("wide.csv", wide)
    (made.folder / "returned" / "Ann_Smith_2.xlsx").unlink()
    mixed = collect_ratings(made.folder)
    order = ["case_id", "criterion_id", "auditor"]
    one, other = (
        each.ratings_table().drop(columns="comment").sort_values(order, ignore_index=True) for each in (mixed, whole)
    )
    assert one.equals(other)
    # Only the workbooks have dates, and only ben's came back as one.
    assert len(mixed.facts) <= len(whole.facts)
    assert sorted(mixed.notes) == [
        "Ann_Smith.csv: a CSV of ratings brings no alerts and no dates; ask its auditor for them.",
        "wide.csv: a CSV of ratings brings no alerts and no dates; ask its auditor for them.",
    ]


def test_what_is_collected_can_be_scored(made: Round) -> None:
    made.all_back()
    made.keep(collect_ratings(made.folder))
    (scores,) = score_round(made.folder)
    assert set(scores.table["status"]) == {"complete"}


def test_alerts_come_first_and_also_where_the_rest_is_refused(made: Round) -> None:
    def alarm(book: Any) -> None:
        write(book, "Cases", 2, "immediate_danger", "Yes")
        write(book, "Cases", 2, "what_and_who_was_told", "The door has no lock; team manager told.")
        write(book, "Cases", 3, "confidentiality_breach", " yes ")
        write(book, "Cases", 3, "immediate_danger", "No")

    made.all_back()
    made.back("Ann_Smith_2", alarm)
    first, second = (
        row["case_id"]
        for row in rows_of(opened((made.folder / "workbooks" / "Ann_Smith_2.xlsx").read_bytes()), "Cases")
    )
    expected = [
        f"IMMEDIATE DANGER: case {first} (Ann_Smith_2.xlsx). Told: The door has no lock; team manager told.",
        f"CONFIDENTIALITY BREACH: case {second} (Ann_Smith_2.xlsx). Nobody is named as told.",
    ]
    collected = collect_ratings(made.folder)
    assert [str(each) for each in collected.alerts] == expected
    assert str(collected).splitlines()[:2] == expected
    assert "danger" not in collected.ratings_table().to_csv()

    def broken(book: Any) -> None:
        alarm(book)
        write(book, "Ratings", 2, "rating", "Goood")
        write(book, "Ratings", 1, "comment", "rating")

    made.back("Ann_Smith_2", broken)
    with pytest.raises(NotCollectedError) as refused:
        collect_ratings(made.folder)
    assert [str(each) for each in refused.value.alerts] == expected
    assert isinstance(refused.value, RatingError)


def test_a_lost_heading_of_the_alerts_is_refused_and_a_lost_sheet_noted(made: Round) -> None:
    made.all_back()
    made.back("ben", lambda book: write(book, "Cases", 1, "immediate_danger", "danger"))
    assert made.refused() == [
        "ben.xlsx, sheet Cases, row 1: immediate_danger is missing."
        ' Head its column "immediate_danger" again: without it an alert may be missed.'
    ]
    made.back("ben", lambda book: book.remove(book["Cases"]))
    assert collect_ratings(made.folder).notes == ("ben.xlsx has no sheet Cases: no alert could be read from it.",)


def test_a_renamed_sheet_of_ratings_is_named_and_others_do_no_harm(made: Round) -> None:
    made.all_back()

    def rename(book: Any) -> None:
        book["Ratings"].title = "Rating"

    made.back("ben", rename)
    assert made.refused() == ['ben.xlsx: there is no sheet Ratings. Call the sheet "Rating" Ratings again.']

    def more(book: Any) -> None:
        book.create_sheet("My notes", 0)["A1"] = "=1+1"

    made.back("ben", more)
    made.back("Ann_Smith", lambda book: book.remove(book["Dates"]))
    assert len(collect_ratings(made.folder).ratings_table()) == 35


def test_every_mistake_of_every_file_is_named_at_once(made: Round) -> None:
    def spoil(book: Any) -> None:
        write(book, "Ratings", 2, "rating", "5")
        write(book, "Dates", 3, "value", "13/14/2010")

    made.back("Ann_Smith", spoil)
    made.back("ben", lambda book: write(book, "Ratings", 4, "case_id", "1234567"))
    made.text("empty.csv", "")
    case = made.cases("Ann-Smith")[0]
    made.text("twice.csv", f"case_id,criterion_id,rating,auditor\n{case},G1,Good,Ann-Smith\n{case},G1,4,Ann-Smith\n")
    made.text("dates.csv", f"case_id,fact,value\n{case},referal_date,2010-01-04\nX1,referral_date,2010-01-04\n")
    cases = rows_of(opened((made.folder / "workbooks" / "Ann_Smith.xlsx").read_bytes()), "Dates")
    first = rows_of(opened((made.folder / "workbooks" / "Ann_Smith.xlsx").read_bytes()), "Ratings")[0]["case_id"]
    sent = rows_of(opened((made.folder / "workbooks" / "ben.xlsx").read_bytes()), "Ratings")[2]["case_id"]
    assert made.refused() == [
        f'Ann_Smith.xlsx, sheet Dates, row 3 (case {cases[1]["case_id"]}), column D "value": 13/14/2010 is not a date.'
        " Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
        f'Ann_Smith.xlsx, sheet Ratings, row 2 (case {first}), column F "rating": 5 is not a rating (G1).'
        " Use 4, 3, 2 or 1.",
        f'ben.xlsx, sheet Ratings, row 4 (case 1234567), column A "case_id": the row was sent with case_id "{sent}".'
        " Put the row back as it was sent, or ask its auditor to answer in the workbook that was sent.",
        f'dates.csv, row 2 (case {case}), column C "value": referal_date is not a date asked for.'
        ' Did you mean "referral_date"?',
        'dates.csv, row 3 (case X1), column C "value": the case was not issued. Take the row out, or put its id right.',
        "empty.csv: the file is empty. Export it again.",
        f"twice.csv, row 3 (case {case}): G1 is rated a second time by Ann-Smith; first on row 2."
        " Keep one of the two rows.",
    ]


def test_a_workbook_of_another_round_is_one_line_and_a_damaged_one_is_not(made: Round) -> None:
    made.all_back()
    made.text("other.csv", "case_id,criterion_id,rating,auditor\nQ1,G1,Good,x\nQ2,G1,Good,x\n")
    assert made.refused() == [
        "other.csv: none of its cases was issued for this round."
        " It may belong to another round: collect it there, and take it out here."
    ]
    made.text("other.csv", "case_id,criterion_id,rating,auditor\n1234,G1,Good,x\n")
    assert made.refused() == [
        'other.csv, row 2 (case 1234), column A "case_id": 1234 is not a case of this sample. Did you mean "0001234"?'
        " Write the id exactly as in the sample, in a cell formatted as Text."
    ]


def test_dates_auditors_put_right_stand_and_are_counted(made: Round) -> None:
    made.all_back()
    known = collect_ratings(made.folder).facts
    rows = rows_of(opened((made.folder / "workbooks" / "ben.xlsx").read_bytes()), "Dates")
    dated = next(number for number, row in enumerate(rows) if row["value"])
    key = (rows[dated]["case_id"], rows[dated]["fact"])

    def put_right(book: Any) -> None:
        write(book, "Dates", dated + 2, "value", "31/12/2009")

    made.back("ben", put_right)
    collected = collect_ratings(made.folder)
    assert collected.notes == ("1 date differs from the register; the auditors' are taken.",)
    facts = collected.facts.set_index(["case_id", "fact"])["value"]
    assert facts[key] == "2009-12-31"
    assert facts.drop(index=key).equals(known.set_index(["case_id", "fact"])["value"].drop(index=key))
    made.back("ben", lambda book: write(book, "Dates", dated + 2, "value", None))
    assert collect_ratings(made.folder).facts.equals(known)


def test_two_files_that_give_different_dates_are_refused(made: Round) -> None:
    made.all_back()
    case = made.cases("ben")[0]
    made.text("a.csv", f"case_id,fact,value\n{case},referral_date,2010-01-02\n")
    made.text("b.csv", f"case_id,fact,value\n{case},referral_date,03/01/2010\n")
    for name in ("Ann_Smith", "Ann_Smith_2", "ben"):
        made.back(name, lambda book: book.remove(book["Dates"]))
    assert made.refused() == [
        f'b.csv, row 2 (case {case}), column C "value": referral_date is 2010-01-03 here'
        " and 2010-01-02 in a.csv, row 2. Look in the file and put one of the two right."
    ]


def test_not_applicable_without_a_reason_is_counted(made: Round) -> None:
    made.all_back()
    made.back("ben", reason="")
    case = made.cases("Ann-Smith")[0]
    assert collect_ratings(made.folder).notes == ("3 N/A answers give no reason.",)
    made.back("Ann_Smith", lambda book: write(book, "Ratings", 3, "na_reason", "  "))
    assert collect_ratings(made.folder).notes == ("4 N/A answers give no reason.",)
    made.back("Ann_Smith")
    made.back("ben")
    (made.folder / "returned" / "Ann_Smith_2.xlsx").unlink()
    made.text("one.csv", f"case_id,criterion_id,rating,auditor\n{case},G2,N/A,Ann-Smith\n")
    assert "1 N/A answer gives no reason." in collect_ratings(made.folder).notes


def test_ratings_by_somebody_else_are_noted_and_missing_ones_named(made: Round) -> None:
    case, other = made.cases("Ann-Smith")
    made.back("Ann_Smith")
    made.text("other.csv", f"case_id,criterion_id,rating,auditor\n{case},G1,Good,Temp\n")
    collected = collect_ratings(made.folder)
    assert f"1 case was rated by someone other than the auditor assigned: {case}." in collected.notes
    assert collected.outstanding == (("Ann-Smith", 1), ("ben", 3))
    assert collected.summary().splitlines()[1:] == [
        "not returned yet: Ann-Smith, 1 case",
        "not returned yet: ben, 3 cases",
    ]
    made.text("other.csv", f"case_id,criterion_id,rating,auditor,comment\n{other},G1,,Ann-Smith,no file\n")
    assert collect_ratings(made.folder).outstanding == (("Ann-Smith", 2), ("ben", 3))


def test_nothing_back_and_no_folder_each_say_so(made: Round) -> None:
    assert made.refused() == ["returned: no ratings came back. Put the workbooks and CSVs there."]
    made.text("notes.docx", "x")
    assert made.refused() == ["returned: no ratings came back. Put the workbooks and CSVs there."]
    shutil.rmtree(made.folder / "returned")
    with pytest.raises(FileError, match=r"^returned: there is no such folder\. Make it and put the files there\.$"):
        collect_ratings(made.folder)
    assert "gone.xlsx: there is no such file. Check the name" in made.refused(made.folder / "gone.xlsx")[0]


def test_a_file_of_another_kind_is_not_passed_over_in_silence(made: Round) -> None:
    made.all_back()
    for name in ("memo.docx", "~$ben.xlsx", ".~lock.ben.xlsx#"):
        made.text(name, "x")
    assert collect_ratings(made.folder).notes == (
        "memo.docx was not read: save it as .xlsx or .csv and collect again.",
    )
    for name in ("ben.ods", "old.xls", "ben.xlsm"):
        made.text(name, "x")
    mend = "Open it, save it as .xlsx (Excel workbook), and put that here instead."
    assert made.refused() == [
        f"ben.ods: workbooks of the kind .ods are not read. {mend}",
        f"ben.xlsm: workbooks of the kind .xlsm are not read. {mend}",
        f"old.xls: workbooks of the kind .xls are not read. {mend}",
    ]
    assert made.refused(made.folder / "returned" / "~$ben.xlsx") == [
        "~$ben.xlsx: this is the lock of a workbook that is open in Excel, not the workbook."
        " Close the workbook, and give it instead."
    ]


def test_a_workbook_sent_before_a_framework_was_added_is_named(tmp_path: Path) -> None:
    """Its draw is the same, and every answer it holds is right: only what it could not ask is missing."""
    made = Round(tmp_path / "round", framework_from(parse_yaml(EVERY_KIND, "own.yaml")), EVERY_KIND)
    more = EVERY_KIND.replace("every_kind", "one_more").replace("Every kind of question", "One more")
    for old in ("G1", "G2", "Y1", "R1", "T1"):
        more = more.replace(old, f"X{old}")
    (made.folder / "more.yaml").write_text(more, encoding="utf-8")
    plan = (made.folder / "plan.yaml").read_text(encoding="utf-8")
    (made.folder / "plan.yaml").write_text(plan.replace("[own.yaml]", "[own.yaml, more.yaml]"), encoding="utf-8")
    made.back("ben")
    assert made.refused() == [
        "ben.xlsx: the workbook was sent without One more, 5 questions a case. "
        "Send its auditor the workbook of this round as it is now."
    ]
    kept = collect_ratings(made.folder, keep_right=True)
    assert "1 case has come back from the second auditor alone so far" in kept.summary().splitlines()
    assert kept.summary().splitlines()[0].endswith(" ratings of 2 cases, 0 of them by two auditors")
