"""Alerts are told first, from whatever brought them, and never lost; actions travel out and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_round import Round, opened, rows_of, write

from audit_toolkit.files import FlawedTable, csv_bytes, read_table
from audit_toolkit.scoring import Alert, NotCollectedError, alerts_table, collect_ratings, collect_returned
from audit_toolkit.scoring.alerts import all_alerts

PACKAGE = Path(__file__).resolve().parents[2] / "audit_toolkit"


def cases_of(made: Round, name: str) -> list[str]:
    return [
        row["case_id"] for row in rows_of(opened((made.folder / "workbooks" / f"{name}.xlsx").read_bytes()), "Cases")
    ]


def test_an_alert_of_an_earlier_collection_is_told_again_and_never_lost(made: Round) -> None:
    made.all_back()
    made.back("ben", lambda book: write(book, "Cases", 2, "immediate_danger", "Yes"))
    case = cases_of(made, "ben")[0]
    first = collect_ratings(made.folder)
    assert first.alerts == (Alert("immediate_danger", case, "ben.xlsx", ""),)
    (made.folder / "alerts.csv").write_bytes(csv_bytes(first.alerts_table()))
    made.back("ben", lambda book: write(book, "Cases", 3, "confidentiality_breach", "Yes"))
    for afresh in (False, True):
        assert [str(alert) for alert in collect_ratings(made.folder, afresh=afresh).alerts] == [
            f"CONFIDENTIALITY BREACH: case {cases_of(made, 'ben')[1]} (ben.xlsx). Nobody is named as told.",
            f"IMMEDIATE DANGER: case {case} (ben.xlsx). Nobody is named as told. (Collected before.)",
        ]


def test_who_was_told_is_added_to_an_alert_that_is_known() -> None:
    before = (Alert("immediate_danger", "7", "a.xlsx", "", True),)
    assert all_alerts([Alert("immediate_danger", "7", "a.xlsx", "the manager, 3 pm")], before) == (
        Alert("immediate_danger", "7", "a.xlsx", "the manager, 3 pm", True),
    )
    assert all_alerts([], before) == before
    assert alerts_table(before).to_dict("split")["data"] == [["immediate_danger", "7", "a.xlsx", ""]]


def test_alerts_come_from_csvs_of_every_form(made: Round) -> None:
    case, other = made.cases("Ann-Smith")
    head = "immediate_danger,confidentiality_breach,what_and_who_was_told"
    made.text("Cases.csv", f"case_id,worker,{head}\n{case},w,Yes,No,TM told\n{other},w,,,\n")
    made.text("wide.csv", f"case_id,auditor,G1,G2,Y1,R1,R1_gap,{head}\n{other},Ann-Smith,Good,,,,,,yes,\n")
    made.text("long.csv", f"case_id,criterion_id,rating,auditor,{head}\n{case},G1,Good,Ann-Smith,,,seen hurt\n")
    collected = collect_ratings(made.folder)
    assert [str(alert) for alert in collected.alerts] == [
        f"IMMEDIATE DANGER: case {case} (Cases.csv). Told: TM told",
        f"CONFIDENTIALITY BREACH: case {other} (wide.csv). Nobody is named as told.",
        f"SOMETHING TOLD BUT NOT TICKED: case {case} (long.csv). Told: seen hurt",
    ]
    assert len(collected.ratings_table()) == 2
    assert "long.csv: a CSV of ratings brings no dates; ask its auditor for them." in collected.notes
    made.text("Cases.csv", f"case_id,immediate_danger\n{case},Yes\n")
    assert made.refused() == [
        "Cases.csv, row 1: confidentiality_breach is missing."
        ' Head its column "confidentiality_breach" again: without it an alert may be missed.'
    ]


def test_an_alert_on_a_row_whose_id_was_changed_names_both_cases(made: Round) -> None:
    def alarm(book: Any) -> None:
        write(book, "Cases", 2, "immediate_danger", "Yes")
        write(book, "Cases", 2, "case_id", "1234")
        write(book, "Cases", 3, "immediate_danger", "Yes")
        write(book, "Cases", 3, "case_id", None)

    made.all_back()
    made.back("ben", alarm)
    one, other = cases_of(made, "ben")[:2]
    with pytest.raises(NotCollectedError) as refused:
        collect_ratings(made.folder)
    assert [alert.case_id for alert in refused.value.alerts] == [f"1234 or {one}", other]
    assert [str(problem) for problem in refused.value.problems] == [
        f'ben.xlsx, sheet Cases, row 2 (case 1234), column A "case_id": the row was sent with case_id "{one}".'
        " Put the row back as it was sent, or ask its auditor to answer in the workbook that was sent.",
        f'ben.xlsx, sheet Cases, row 3, column A "case_id": the row was sent with case_id "{other}".'
        " Put the row back as it was sent, or ask its auditor to answer in the workbook that was sent.",
    ]


def test_an_answer_can_raise_an_alert_by_itself_even_on_a_row_that_is_refused(made: Round) -> None:
    path = made.back(
        "ben", lambda book: (write(book, "Ratings", 4, "rating", "no "), write(book, "Ratings", 4, "comment", "TM"))
    )
    case = cases_of(made, "ben")[0]
    with pytest.raises(NotCollectedError) as refused:
        collect_returned([path], [made.framework], made.sample.cases, None, raising={"Y1": ("No",)})
    assert refused.value.alerts == (Alert("Y1_answered_No", case, "ben.xlsx", "TM"),)
    assert str(refused.value.alerts[0]) == f"Y1 ANSWERED NO: case {case} (ben.xlsx). Comment: TM"


def test_a_sheet_of_cases_that_cannot_be_read_says_that_an_alert_may_be_missed(made: Round) -> None:
    made.all_back()
    made.back("ben", lambda book: book["Cases"].delete_rows(1, 99))
    assert made.refused() == ["ben.xlsx, sheet Cases: there is nothing on this sheet."]
    notes = collect_ratings(made.folder, keep_right=True).notes
    assert notes == ("ben.xlsx: an alert may be missed; ask its auditor today.",)


def ask(book: Any) -> None:
    case = book["Cases"]["A2"].value
    for column, text in (("action", "See the child"), ("action_owner", "TM"), ("action_due", "19/02/2010")):
        write(book, "Actions", 2, column, text)
        write(book, "Actions", 3, column, f"{text}." if column == "action" else "at once")
    for row in (2, 3):
        write(book, "Actions", row, "case_id", case)
        book["Actions"].cell(row, 1).data_type = "s"


@pytest.mark.slow
def test_actions_travel_out_with_their_dates_and_are_kept(made: Round) -> None:
    made.all_back()
    made.back("ben", ask)
    case = cases_of(made, "ben")[0]
    first = collect_ratings(made.folder)
    assert first.actions is not None
    assert first.actions.to_dict("split")["data"] == [
        [case, "See the child", "TM", "2010-02-19", "", "ben"],
        [case, "See the child.", "at once", "at once", "", "ben"],
    ]
    assert list(first.actions.columns) == [
        *("case_id", "action", "action_owner", "action_due", "action_done", "auditor")
    ]
    assert first.notes == (
        f'ben.xlsx, sheet Actions, row 3 (case {case}), column D "action_due": "at once" is not a date;'
        " it is kept as written.",
    )
    assert "2 actions asked for" in first.summary()
    (made.folder / "actions.csv").write_bytes(csv_bytes(first.actions))
    made.back("ben")
    made.text("done.csv", f"case_id,action,action_done,auditor\n{case},See the child,2010-02-18,ben\n")
    later = collect_ratings(made.folder)
    assert later.actions is not None
    assert later.actions.to_dict("split")["data"] == [
        [case, "See the child", "", "", "2010-02-18", "ben"],
        [case, "See the child.", "at once", "at once", "", "ben"],
    ]
    made.back("ben")
    (made.folder / "returned" / "done.csv").unlink()
    again = collect_ratings(made.folder, afresh=True)
    assert again.actions is not None
    assert len(again.actions) == 0


def test_an_action_that_belongs_nowhere_is_named(made: Round) -> None:
    made.all_back()
    made.text(
        "actions.csv", "case_id,action,action_owner\n,See the child,TM\n1234,Visit,TM\n0001234,,TM\n0001234,,\nZ9,Go,\n"
    )
    assert made.refused() == [
        'actions.csv, row 2, column A "case_id": the action belongs to no case. Choose the case it belongs to.',
        'actions.csv, row 3 (case 1234), column A "case_id": 1234 is not a case of this sample.'
        ' Did you mean "0001234"? Write the id exactly as in the sample, in a cell formatted as Text.',
        'actions.csv, row 4 (case 0001234), column B "action": an owner or a date without an action.'
        " Write what is to be done.",
        'actions.csv, row 6 (case Z9), column A "case_id": Z9 is not a case of this sample.'
        " Rate the cases of the sample only, under the ids it gives them.",
    ]


def test_actions_and_alerts_reach_no_result_and_no_report() -> None:
    rooms = [path for room in ("improvement", "reporting") for path in (PACKAGE / room).rglob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in rooms)
    for word in ("ACTIONS_FILE", "ALERTS_FILE", "actions.csv", "alerts.csv", "action_owner", "terms.COMMENT"):
        assert word not in text


def test_a_part_without_a_table_has_no_answers(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("case_id\n7\n", encoding="utf-8")
    from audit_toolkit.scoring.alerts import answer_alerts

    parts = [FlawedTable(None), FlawedTable(read_table(tmp_path / "x.csv"))]
    assert answer_alerts(parts, {"Y1": ("No",)}) == []
