"""Ratings as auditors return them: long or wide, CSV or workbook, every mistake named by its cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from audit_toolkit.errors import AuditError, FileError, RatingError
from audit_toolkit.scoring import Framework, read_ratings

BAD = Path(__file__).parent.parent / "bad_input"
USE = "Use Outstanding, Good, Requires improvement, Inadequate or N/A."


def refusal(source: Any, framework: Any, sample: pd.DataFrame | None = None) -> list[str]:
    """Give the lines of the refusal."""
    with pytest.raises(RatingError) as refused:
        read_ratings(source, framework, sample)
    return refused.value.describe(shown=None).splitlines()


def csv(tmp_path: Path, text: str, name: str = "february.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


LONG = """\
case_id,criterion_id,rating,auditor,comment
001,G1,Good,ann,
001,G2,N/A,ann,too early
001,Y1,Partly,ann,
001,R1,3 of 5,ann,
001,T1,met,ann,
001,R1_gap,No,ann,
NA,G1,4,ben,
NA,Y1,,ben,
NA,R1,,ben,file not found
"""


def test_the_long_form_gives_labels_and_counts_blanks(tmp_path: Path, every_kind: Framework) -> None:
    ratings = read_ratings(csv(tmp_path, LONG), every_kind)
    assert ratings.table["rating"].tolist() == ["Good", "N/A", "Partly", "3 of 5", "met", "No", "Outstanding", ""]
    assert ratings.table["comment"].tolist()[-1] == "file not found"
    assert ratings.cases == ("001", "NA")
    assert ratings.notes == ("2 of 9 cells are blank and count as missing.",)
    assert str(ratings).startswith("7 ratings of 2 cases; 0 second ratings")
    assert ratings.wide().loc["NA"].tolist() == ["Outstanding", "", "", "", "", ""]


def test_the_wide_form_gives_the_same(tmp_path: Path, every_kind: Framework) -> None:
    wide = "case_id,auditor,G1,G2,Y1,R1,T1,R1_gap\n001,ann,Good,N/A,Partly,3 of 5,met,No\nNA,ben,4,,,,,\n"
    one, other = read_ratings(csv(tmp_path, wide), every_kind), read_ratings(csv(tmp_path, LONG, "l.csv"), every_kind)
    pd.testing.assert_frame_equal(one.wide(), other.wide())


def test_a_frame_of_any_text_type_and_an_index_of_cases_are_read(three_graded: Framework) -> None:
    frame = pd.DataFrame({"C1": ["Good", "4"], "C2": [3, 2], "C3": ["N/A", None]}, index=["007", "NA"])
    frame.index.name = "case_id"
    before = frame.copy()
    ratings = read_ratings(frame, three_graded)
    assert ratings.wide().to_dict("list") == {
        "C1": ["Good", "Outstanding"],
        "C2": ["Good", "Requires improvement"],
        "C3": ["N/A", ""],
    }
    pd.testing.assert_frame_equal(frame, before)
    assert {str(each) for each in ratings.table.dtypes} == {"object"}


def test_texts_that_are_no_ratings_each_with_its_remedy(every_kind: Framework) -> None:
    rows = [
        (
            "G1",
            "N/A",
            "N/A is not allowed: every case has an answer (G1). Use Outstanding, Good, Adequate or Inadequate.",
        ),
        ("G2", "Goood", "Goood is not a rating (G2). Use Outstanding, Good, Adequate, Inadequate or N/A."),
        ("G2", "5", "5 is not a rating (G2). Use 4, 3, 2, 1 or N/A."),
        (
            "G2",
            "Good ",
            '"Good " is not a rating (G2). Did you mean "Good"? Use Outstanding, Good, Adequate, Inadequate or N/A.',
        ),
        (
            "G2",
            "n/a",
            'n/a is not a rating (G2). Did you mean "N/A"? Use Outstanding, Good, Adequate, Inadequate or N/A.',
        ),
        ("Y1", "yes", 'yes is not a rating (Y1). Did you mean "Yes"? Use Yes, Partly, No or N/A.'),
        ("Y1", "3", "3 is not a rating (Y1). Use Yes, Partly, No or N/A."),
        (
            "Y1",
            " ",
            "the cell holds only spaces (Y1). Clear the cell if there is no rating. Use Yes, Partly, No or N/A.",
        ),
        ("T1", "missing date", "missing date is not a rating (T1). Use met, not met, pending or N/A."),
        ("R1_gap", "Partly", "Partly is not a rating (R1_gap). Use Yes, No or N/A."),
    ]
    count = "a count such as 3 of 5 (the first not above the second)"
    for text in ("6 of 5", "0 of 0", "3/5", "3 of 05", "-1 of 5", "3 of 5 "):
        rows.append(("R1", text, f"{text} is not a rating (R1). Use {count} or N/A."))
    rows[-1] = ("R1", "3 of 5 ", f'"3 of 5 " is not a rating (R1). Use {count} or N/A.')
    for text in ("2010-05-03", "03/05/2010", "3-May", "05-Mar-10"):
        what = f"{text} is a date, not a rating: Excel turns entries such as 3/5 into dates (R1)"
        rows.append(("R1", text, f"{what}. Format the cell as Text and type the rating again. Use {count} or N/A."))
    frame = pd.DataFrame(
        [(f"A{n}", *row[:2]) for n, row in enumerate(rows)], columns=["case_id", "criterion_id", "rating"]
    )
    assert refusal(frame, every_kind) == [
        f'ratings, row {n + 2} (case A{n}), column C "rating": {text}' for n, (_, _, text) in enumerate(rows)
    ]


def test_edges_of_a_count_are_read(every_kind: Framework) -> None:
    frame = pd.DataFrame({"case_id": ["A", "B", "C"], "criterion_id": "R1", "rating": ["0 of 1", "5 of 5", "N/A"]})
    assert read_ratings(frame, every_kind).table["rating"].tolist() == ["0 of 1", "5 of 5", "N/A"]


def test_s01_texts_among_codes(three_graded: Framework) -> None:
    assert refusal(BAD / "s01_text_scores.xlsx", three_graded) == [
        's01_text_scores.xlsx, sheet Sheet, row 2 (case A1), column C "C2": "3 " is not a rating.'
        ' Did you mean "3"? Use 4, 3, 2, 1 or N/A.',
        's01_text_scores.xlsx, sheet Sheet, row 3 (case A2), column B "C1": good is not a rating.'
        f' Did you mean "Good"? {USE}',
        f's01_text_scores.xlsx, sheet Sheet, row 3 (case A2), column C "C2": RI is not a rating. {USE}',
    ]


def test_s03_two_auditors_where_the_sample_names_one(three_graded: Framework) -> None:
    place = "s03_dup_case.xlsx, sheet Sheet, row 3 (case A1): "
    what = "the case is rated by y, and by x on row 2: a second auditor nobody assigned. Keep one rating"
    alone = pd.DataFrame({"case_id": ["A1", "A2"], "auditor": "x", "second_auditor": ["", "y"]})
    source = BAD / "s03_dup_case.xlsx"
    assert refusal(source, three_graded) == [f"{place}{what}, or give the sample that names a second_auditor."]
    assert refusal(source, three_graded, alone) == [f"{place}{what}."]


def test_s03_two_auditors_where_the_sample_names_both(three_graded: Framework) -> None:
    sample = pd.DataFrame({"case_id": ["A1", "A2"], "auditor": "x", "second_auditor": ["y", None]})
    ratings = read_ratings(BAD / "s03_dup_case.xlsx", three_graded, sample)
    assert ratings.table["auditor"].tolist() == ["x"] * 6
    assert ratings.second["rating"].tolist() == ["Inadequate", "Requires improvement", "Good"]
    assert ratings.seconds().table.equals(ratings.second)
    assert ratings.only(["A2"]).cases == ("A2",)


def test_s05_not_applicable_blank_zero_and_space(three_graded: Framework) -> None:
    place = "s05_na_blank_zero.xlsx, sheet Sheet, row "
    assert refusal(BAD / "s05_na_blank_zero.xlsx", three_graded) == [
        f'{place}2 (case A1), column C "C2": n/a is not a rating. Did you mean "N/A"? {USE}',
        f'{place}2 (case A1), column D "C3": NA is not a rating. Did you mean "N/A"? {USE}',
        f'{place}3 (case A2), column B "C1": - is not a rating. {USE}',
        f'{place}3 (case A2), column D "C3": 0 is not a rating. Use 4, 3, 2, 1 or N/A.',
        f'{place}4 (case A3), column B "C1": the cell holds only spaces. Clear the cell if there is no rating. {USE}',
    ]


def test_s07_a_criterion_renamed(three_graded: Framework) -> None:
    place = "s07_criterion_renamed.xlsx, sheet Sheet, row 1"
    mend = "; leave its cells blank where there is no rating."
    assert refusal(BAD / "s07_criterion_renamed.xlsx", three_graded) == [
        f'{place}: C2 of bad_input is missing. Add a column headed "C2"{mend}',
        f'{place}: C3 of bad_input is missing. Add a column headed "C3"{mend}',
        f'{place}, column C "C02": C02 is not a criterion of bad_input. Did you mean "C2"?',
        f'{place}, column D "C9": C9 is not a criterion of bad_input. Use one of: C1, C2, C3.',
    ]


def test_s09_ids_changed_by_excel_are_suggested_and_never_applied(three_graded: Framework) -> None:
    sample = pd.DataFrame({"case_id": ["0001234", "1e5"]})
    place = "s09_id_format_changed.xlsx, sheet Sheet, row "
    mend = "Write the id exactly as in the sample, in a cell formatted as Text."
    assert refusal(BAD / "s09_id_format_changed.xlsx", three_graded, sample) == [
        f'{place}2 (case 1234), column A "case_id": 1234 is not a case of this sample. Did you mean "0001234"? {mend}',
        f'{place}3 (case 100000), column A "case_id": 100000 is not a case of this sample. Did you mean "1e5"? {mend}',
    ]


def test_an_id_that_may_mean_two_cases_is_not_guessed(three_graded: Framework) -> None:
    sample = pd.DataFrame({"case_id": ["01234", "1234.0", "00B"]})
    frame = pd.DataFrame({"case_id": ["1234", "b ", "1e999999999"], "criterion_id": "C1", "rating": "Good"})
    assert refusal(frame, three_graded, sample) == [
        'ratings, row 2 (case 1234), column A "case_id": 1234 is not a case of this sample.'
        " Rate the cases of the sample only, under the ids it gives them.",
        'ratings, row 3 (case b ), column A "case_id": b  is not a case of this sample. Did you mean "00B"?'
        " Write the id exactly as in the sample, in a cell formatted as Text.",
        'ratings, row 4 (case 1e999999999), column A "case_id": 1e999999999 is not a case of this sample.'
        " Rate the cases of the sample only, under the ids it gives them.",
    ]


def test_a_case_rated_twice_by_the_same_auditor_names_both_rows(tmp_path: Path, every_kind: Framework) -> None:
    text = "case_id,criterion_id,rating,auditor\nA1,G1,Good,x\nA2,G1,Good,x\nA1,G1,Good,x\nA1,G2,4,x\n"
    assert refusal(csv(tmp_path, text), every_kind) == [
        "february.csv, row 4 (case A1): G1 is rated a second time by x; first on row 2. Keep one of the two rows."
    ]
    first, second = csv(tmp_path, text.split("A1,G1,Good,x\nA1,G2")[0], "one.csv"), csv(tmp_path, text[:49], "two.csv")
    assert refusal([first, second], every_kind) == [
        "two.csv, row 2 (case A1): G1 is rated a second time by x; first on row 2 of one.csv. Keep one of the two rows."
    ]


def test_a_case_rated_by_two_auditors_is_told_once(tmp_path: Path, every_kind: Framework) -> None:
    rows = [f"A1,{each},Good,{who}" for who in ("x", "y") for each in ("G1", "G2")]
    text = "\n".join(["case_id,criterion_id,rating,auditor", *rows, "A2,G1,Good,x", "A1,Y1,No,x", "A1,Y1,No,y", ""])
    mend = "a second auditor nobody assigned. Keep one rating, or give the sample that names a second_auditor."
    assert refusal(csv(tmp_path, text), every_kind) == [
        f"february.csv, row 4 (case A1): the case is rated by y on rows 4-5, 8, and by x on rows 2-3, 7: {mend}"
    ]
    apart = [
        csv(tmp_path, "\n".join(["case_id,criterion_id,rating,auditor", *each]), f"{n}.csv")
        for n, each in enumerate((rows[:2], rows[2:]))
    ]
    assert refusal(apart, every_kind) == [
        f"1.csv, row 2 (case A1): the case is rated by y on rows 2-3, and by x on rows 2-3 of 0.csv: {mend}"
    ]


def test_the_sample_may_be_a_file(tmp_path: Path, three_graded: Framework) -> None:
    path = csv(
        tmp_path,
        "case_id,stratum,draw_status,draw_order,ticket,inclusion_probability,design_weight,auditor,second_auditor\n"
        "A1,s,sampled,1,aa,0.5,2,x,y\nA2,s,sampled,2,ab,0.5,2,x,\nA3,s,reserve,3,ac,,,,\n",
        "sample.csv",
    )
    for sample in (path, str(path)):
        ratings = read_ratings(BAD / "s03_dup_case.xlsx", three_graded, sample)
        assert (ratings.sampled, len(ratings.second)) == (("A1", "A2"), 3)


def test_wrong_headings_and_criteria_of_the_long_form(tmp_path: Path, every_kind: Framework) -> None:
    text = "case_id,criterion,rating,auditr\nA1,G1,Good,x\n"
    assert refusal(csv(tmp_path, text), every_kind) == [
        'february.csv, row 1: criterion_id is missing. Add a column headed "criterion_id".',
        'february.csv, row 1, column B "criterion": criterion is not a column of ratings. Did you mean "criterion_id"?',
        'february.csv, row 1, column D "auditr": auditr is not a column of ratings. Did you mean "auditor"?',
    ]
    text = "case_id,criterion_id,rating,framework,look_for\nA1,G01,Good,f,l\n,G1,Good,f,l\nA1,,Good,f,l\nA1,Q7,x,f,l\n"
    assert refusal(csv(tmp_path, text), every_kind) == [
        'february.csv, row 2 (case A1), column B "criterion_id": G01 is not a criterion of every_kind.'
        ' Did you mean "G1"?',
        'february.csv, row 3, column A "case_id": the case id is empty. Write the case_id exactly as in the sample.',
        'february.csv, row 4 (case A1), column B "criterion_id": the criterion is empty.'
        " Write the id of the criterion, such as AQ01.",
        'february.csv, row 5 (case A1), column B "criterion_id": Q7 is not a criterion of every_kind.'
        " Use one of: G1, G2, Y1, R1, T1, R1_gap.",
    ]


def test_several_frameworks_need_only_the_columns_of_those_present(
    every_kind: Framework, three_graded: Framework
) -> None:
    both = [every_kind, three_graded]
    frame = pd.DataFrame({"case_id": ["A1"], "C1": ["4"], "C2": ["4"], "C3": ["4"]})
    assert read_ratings(frame, both).frameworks == ("every_kind", "bad_input")
    assert refusal(frame.assign(G1="4", D1="4"), both) == [
        *(
            f'ratings, row 1: {each} of every_kind is missing. Add a column headed "{each}";'
            " leave its cells blank where there is no rating."
            for each in ("G2", "Y1", "R1")
        ),
        'ratings, row 1, column F "D1": D1 is not a criterion of every_kind or bad_input.'
        " Use the ids of the framework.",
    ]
    assert refusal(frame, [three_graded, three_graded.__class__(**{**_fields(three_graded), "name": "other"})]) == [
        f"{each} belongs to both bad_input and other. Read their ratings one framework at a time."
        for each in ("C1", "C2", "C3")
    ]


def _fields(framework: Framework) -> dict[str, object]:
    return {name: getattr(framework, name) for name in framework.__slots__}


def test_reserves_and_other_auditors_are_noted(three_graded: Framework) -> None:
    sample = pd.DataFrame(
        {"case_id": ["A1", "A2", "A3"], "auditor": "x", "draw_status": ["sampled", "sampled", "reserve"]}
    )
    frame = pd.DataFrame({"case_id": ["A1", "A3"], "criterion_id": "C1", "rating": "Good", "auditor": ["z", "x"]})
    ratings = read_ratings(frame, three_graded, sample)
    assert ratings.sampled == ("A1", "A2")
    assert ratings.notes == (
        "1 case was rated from the reserves: A3.",
        "1 case was rated by someone other than the auditor assigned: A1.",
    )


def test_files_that_cannot_be_read_stand_among_the_other_problems(tmp_path: Path, three_graded: Framework) -> None:
    empty = csv(tmp_path, "", "empty.csv")
    with pytest.raises(FileError, match=r"^empty\.csv: the file is empty"):
        read_ratings(empty, three_graded)
    wrong = csv(tmp_path, "case_id,criterion_id,rating\nA1,C1,9\n", "wrong.csv")
    with pytest.raises(AuditError) as refused:
        read_ratings([empty, wrong], three_graded)
    assert [str(each).split(":")[0] for each in refused.value.problems] == [
        "empty.csv",
        'wrong.csv, row 2 (case A1), column C "rating"',
    ]
