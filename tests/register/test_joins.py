"""Further files: the latest row, ties, several rows, cases the register does not hold."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from audit_toolkit.errors import FileError, RegisterError
from audit_toolkit.register import Join, Register, Rule, build_frame, read_register

HEADER = pd.DataFrame({"case_id": ["1", "2", "03"], "sex": ["f", "m", "f"]}, dtype=object)
EPISODES = [("1", "01/02/2010", "C1"), ("1", "02/01/2010", "C2"), ("2", "05/05/2009", "V2"), ("9", "x", "L1")]


def episodes(tmp_path: Path, rows: list[tuple[str, str, str]]) -> Path:
    path = tmp_path / "episodes.csv"
    path.write_text("CHILD,DECOM,LS\n" + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def refusal(join: Join) -> str:
    with pytest.raises(RegisterError) as refused:
        read_register(HEADER, joins=[join])
    return str(refused.value)


def joined(path: Path) -> Register:
    return read_register(HEADER, joins=[Join(path, "CHILD", latest="DECOM")])


def test_the_latest_row_is_taken_and_the_rest_is_said(tmp_path: Path) -> None:
    register = joined(episodes(tmp_path, EPISODES))
    assert register.cases.to_numpy().tolist() == [
        ["1", "f", "01/02/2010", "C1"],
        ["2", "m", "05/05/2009", "V2"],
        ["03", "f", "", ""],
    ]
    assert register.notes == (
        "episodes.csv: 3 rows count, for 2 cases of the register.",
        "episodes.csv: 1 cases have several such rows; the one with the latest DECOM is taken.",
        "episodes.csv: 1 rows are of cases that the register does not hold; they are left out.",
    )
    assert [each.name for each in register.files] == ["DataFrame", "episodes.csv"]
    assert [each.rows for each in register.files] == [3, 4]


def test_a_cell_of_a_joined_file_is_named_in_its_own_file(tmp_path: Path) -> None:
    path = episodes(tmp_path, [*EPISODES[:2], ("2", "13/14/2010", "V2")])
    with pytest.raises(RegisterError) as refused:
        build_frame(joined(path), strata="LS", eligible=[{"column": "DECOM", "from": "2010-01-01"}])
    assert str(refused.value) == (
        'episodes.csv, row 4 (case 2), column B "DECOM": 13/14/2010 is not a date. '
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits."
    )
    with pytest.raises(RegisterError) as refused:
        build_frame(joined(episodes(tmp_path, EPISODES)), strata="LS")
    assert str(refused.value) == (
        'episodes.csv, case 03, column "LS": the cell is empty, and strata are made from it. '
        "Fill it in, or exclude such cases by a rule."
    )


def test_two_latest_rows_that_differ_are_refused_and_that_agree_are_one(tmp_path: Path) -> None:
    tied = episodes(tmp_path, [("1", "2010-01-02", "C1"), ("1", "02/01/2010", "C2")])
    assert refusal(Join(tied, "CHILD", latest="DECOM")) == (
        'episodes.csv, row 2 (case 1), column B "DECOM": the case has 2 latest rows on 2010-01-02 (rows 2 and 3) '
        "that differ. Keep one of them."
    )
    same = episodes(tmp_path, [("1", "02/01/2010", "C1"), ("1", "02/01/2010", "C1")])
    assert joined(same).cases["LS"].tolist() == ["C1", "", ""]


def test_several_rows_without_a_date_to_choose_by_are_refused(tmp_path: Path) -> None:
    assert refusal(Join(episodes(tmp_path, EPISODES), "CHILD")) == (
        'episodes.csv, row 2, column A "CHILD": case 1 has 2 rows (2, 3). Name the date column whose latest row '
        "counts, as in latest: DECOM, or narrow the rows with where."
    )
    kept = Join(episodes(tmp_path, EPISODES), "CHILD", where=(Rule("LS", values=("C2", "V2")),))
    assert read_register(HEADER, joins=[kept]).cases["LS"].tolist() == ["C2", "V2", ""]


def test_dates_that_must_choose_are_named_where_they_cannot(tmp_path: Path) -> None:
    path = episodes(tmp_path, [("1", "", "C1"), ("1", "x", "C2"), ("2", "y", "V2")])
    assert refusal(Join(path, "CHILD", latest="DECOM")).splitlines() == [
        'episodes.csv, row 2 (case 1), column B "DECOM": the date is empty, and the latest row is wanted. '
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
        'episodes.csv, row 3 (case 1), column B "DECOM": x is not a date. Write dates as 2010-01-31 or 31/01/2010,'
        " days and months in two digits.",
    ]
    first = Rule("DECOM", first=None, last=None, values=None, other_than=None, blank=False)
    dated = Rule("DECOM", first=pd.Timestamp("2010-01-01").date())
    assert refusal(Join(path, "CHILD", where=(first, dated))).splitlines()[0] == (
        'episodes.csv, row 3, column B "DECOM": x is not a date. Write dates as 2010-01-31 or 31/01/2010,'
        " days and months in two digits."
    )


def test_ids_that_are_nearly_a_case_of_the_register_are_refused(tmp_path: Path) -> None:
    assert refusal(Join(episodes(tmp_path, [("1 ", "2010-01-01", "C1")]), "CHILD")) == (
        'episodes.csv, row 2, column A "CHILD": the case id "1 " may be the case "1" of the register. '
        "Write the id alike in both files."
    )
    book = openpyxl.Workbook()
    book.active.append(["CHILD", "LS"])
    book.active.append([3, "C1"])
    book.active["A2"].number_format = "00"
    book.save(tmp_path / "episodes.xlsx")
    assert 'the case id 3 is a number shown in the format "00", not text' in refusal(
        Join(tmp_path / "episodes.xlsx", "CHILD")
    )


def test_columns_that_are_there_twice_or_not_at_all_are_named(tmp_path: Path) -> None:
    more = pd.DataFrame({"case_id": ["1"], "sex": ["f"]}, dtype=object)
    assert refusal(Join(more, "case_id")) == (
        'DataFrame: the column "sex" is in the register already. Rename one of them.'
    )
    assert refusal(Join(more, "case_di")) == 'DataFrame: there is no column "case_di". Did you mean "case_id"?'
    with pytest.raises(FileError, match=r'there is no column "CHLD"\. Did you mean "CHILD"\?'):
        read_register(HEADER, joins=[Join(str(episodes(tmp_path, EPISODES)), "CHLD")])
