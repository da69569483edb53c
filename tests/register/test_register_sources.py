"""Registers from sources that give their columns types, and from sheets with something above the headings."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from postgres import Server

from audit_toolkit.errors import AuditError, FileError, RegisterError
from audit_toolkit.register import Join, read_register

BAD_INPUT = Path(__file__).resolve().parent.parent / "bad_input"
LOST = "leading zeros and digits may be lost already"
AS_TEXT = "Write the ids as text (a string column) and export it again."
NEVER = "from where they were never numbers."
EMPTY = "the case id is empty. Give the case its id, or take the row out."


def refusal(call: Callable[[], object], error: type[AuditError] = RegisterError) -> str:
    with pytest.raises(error) as refused:
        call()
    return str(refused.value)


def parquet(tmp_path: Path, **columns: object) -> Path:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def sqlite(tmp_path: Path, *statements: str) -> Path:
    path = tmp_path / "x.sqlite"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


# Parquet


def test_float_ids_are_refused_and_the_null_row_named() -> None:
    name = "p01_float_ids.parquet"
    assert refusal(lambda: read_register(BAD_INPUT / name)).splitlines() == [
        f'{name}, column "case_id": the case ids are of the type float64, not text: {LOST}. {AS_TEXT}',
        f'{name}, row 4, column "case_id": {EMPTY}',
    ]


@pytest.mark.parametrize(
    ("ids", "kind"),
    [
        (pa.array([1234.0, 5.0]).dictionary_encode(), "float64"),
        (pa.array([1234, None], pa.int64()), "int64"),
        (pa.array([1.5, 2.5], pa.float32()), "float32"),
        (pa.array([Decimal("1.10"), Decimal("1.20")]), "decimal128(3, 2)"),
        (pa.array([datetime.date(2010, 1, 31), datetime.date(2010, 2, 1)]), "date32[day]"),
        (pa.array([True, False]), "bool"),
    ],
)
def test_ids_that_are_no_text_are_refused(tmp_path: Path, ids: pa.Array, kind: str) -> None:
    path = parquet(tmp_path, case_id=ids, team=["N", "S"])
    said = refusal(lambda: read_register(path)).splitlines()
    assert said[0] == f'x.parquet, column "case_id": the case ids are of the type {kind}, not text: {LOST}. {AS_TEXT}'
    empty = [f'x.parquet, row 3, column "case_id": {EMPTY}'] if ids.null_count else []
    assert said[1:] == empty


def test_text_ids_of_parquet_are_a_register(tmp_path: Path) -> None:
    path = parquet(tmp_path, Ref=pa.array(["007", "NA"]).dictionary_encode(), opened=[datetime.date(2010, 1, 31)] * 2)
    register = read_register(path, columns={"case_id": "Ref"}, dates=["opened"])
    assert register.cases.to_dict("list") == {"case_id": ["007", "NA"], "opened": ["2010-01-31"] * 2}
    assert register.kind == "Parquet"
    assert str(register.place(1, "opened")) == 'x.parquet, row 3 (case NA), column "opened"'


# SQLite


def test_a_numeric_column_of_ids_and_its_null_are_named() -> None:
    name = "q01_affinity.sqlite, table cases"
    before = (BAD_INPUT / "q01_affinity.sqlite").read_bytes()
    assert refusal(lambda: read_register(BAD_INPUT / "q01_affinity.sqlite", table="cases")).splitlines() == [
        f'{name}, column "case_id": the case ids are of the type INTEGER, not text: {LOST}. '
        f"Give a table or view that has the ids as TEXT, {NEVER}",
        f'{name}, row 3, column "case_id": {EMPTY}',
    ]
    assert (BAD_INPUT / "q01_affinity.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    ("declared", "named"),
    [
        *[("BIGINT", "BIGINT (INTEGER affinity)"), ("STRING", "STRING (NUMERIC affinity)"), ("NUMERIC", "NUMERIC")],
        *[("DOUBLE", "DOUBLE (REAL affinity)"), ("CHARINT", "CHARINT (INTEGER affinity)"), ("BLOB", "BLOB")],
    ],
)
def test_the_affinity_of_a_column_decides(tmp_path: Path, declared: str, named: str) -> None:
    path = sqlite(tmp_path, f"CREATE TABLE t(case_id {declared})", "INSERT INTO t VALUES ('007')")
    assert f"the case ids are of the type {named}, not text" in refusal(lambda: read_register(path))


@pytest.mark.parametrize("declared", ["CHAR(8)", "NCHAR(8)", "CHARACTER(8)", "native character(8)", "CHAR"])
def test_ids_of_fixed_width_are_refused(tmp_path: Path, declared: str) -> None:
    path = sqlite(tmp_path, f"CREATE TABLE t(case_id {declared})", "INSERT INTO t VALUES ('007')")
    assert refusal(lambda: read_register(path)) == (
        f'x.sqlite, table t, column "case_id": the case ids are of the type {declared}, which fills them up with '
        "spaces. Give a table or view that has them as TEXT or VARCHAR, as they were written."
    )


@pytest.mark.parametrize("declared", ["TEXT", "VARCHAR(8)", "NVARCHAR(8)", "VARYING CHARACTER(8)", "CLOB", ""])
def test_ids_of_text_are_exact(tmp_path: Path, declared: str) -> None:
    path = sqlite(tmp_path, f"CREATE TABLE t(case_id {declared})", "INSERT INTO t VALUES ('007'), ('1E5')")
    assert read_register(path).cases["case_id"].tolist() == ["007", "1E5"]


def test_single_ids_stored_as_numbers_are_named(tmp_path: Path) -> None:
    path = sqlite(tmp_path, "CREATE TABLE t(case_id)", "INSERT INTO t VALUES ('007'), (8), (9.0), (NULL)")
    mend = f"Give a table or view that has the ids as TEXT, {NEVER}"
    place = 'x.sqlite, table t, row {} (case {}), column "case_id": the case id {} is stored as {}, not as text: '
    assert refusal(lambda: read_register(path)).splitlines() == [
        place.format(3, 8, 8, "INTEGER") + f"leading zeros may be lost already. {mend}",
        place.format(4, 9, 9, "REAL") + f"leading zeros may be lost already. {mend}",
        f'x.sqlite, table t, row 5, column "case_id": {EMPTY}',
    ]


def test_a_joined_file_must_hold_the_ids_as_text_too(tmp_path: Path) -> None:
    cases = pd.DataFrame({"case_id": ["7", "8"]}, dtype=object)
    path = parquet(tmp_path, CHILD=[7, 8], area=["N", "S"])
    assert refusal(lambda: read_register(cases, joins=[Join(path, "CHILD")])) == (
        f'x.parquet, column "CHILD": the case ids are of the type int64, not text: {LOST}. {AS_TEXT}'
    )
    path = parquet(tmp_path, CHILD=["7", "8"], area=["N", "S"])
    assert read_register(cases, joins=[Join(path, "CHILD")]).cases["area"].tolist() == ["N", "S"]


# A database


@pytest.mark.database
def test_ids_of_a_database_must_be_text(server: Server) -> None:
    where = f"postgresql://127.0.0.1:{server.port}/council, table"
    mend = f"Give a table or view that has the ids as text (TEXT or VARCHAR), {NEVER}"
    for kind, named in (("int", "INTEGER"), ("float8", "DOUBLE PRECISION"), ("numeric(9,2)", "NUMERIC(9, 2)")):
        server.run("DROP TABLE IF EXISTS ids", f"CREATE TABLE ids(case_id {kind}, team text)")
        server.run("INSERT INTO ids VALUES (7, 'N'), (NULL, 'S')")
        assert refusal(lambda: read_register(server.reader, table="ids")).splitlines() == [
            f'{where} ids, column "case_id": the case ids are of the type {named}, not text: {LOST}. {mend}',
            f'{where} ids, row 2, column "case_id": {EMPTY}',
        ]
    server.run("DROP TABLE ids", "CREATE TABLE ids(case_id char(8))", "INSERT INTO ids VALUES ('A1'), (NULL)")
    assert refusal(lambda: read_register(server.reader, table="ids")).splitlines() == [
        f'{where} ids, column "case_id": the case ids are of the type CHAR(8), which fills them up with spaces. '
        "Give a table or view that has them as TEXT or VARCHAR, as they were written.",
        f'{where} ids, row 2, column "case_id": {EMPTY}',
    ]
    server.run("DROP TABLE ids", "CREATE DOMAIN padded AS char(8)", "CREATE TABLE ids(case_id padded)")
    server.run("INSERT INTO ids VALUES ('A1')")
    assert "of the type CHAR, which fills them up" in refusal(lambda: read_register(server.reader, table="ids"))
    server.run("DROP TABLE ids", "CREATE TABLE ids(case_id varchar(8))", "INSERT INTO ids VALUES ('007'), (' x ')")
    register = read_register(server.reader, table="ids")
    assert register.cases["case_id"].tolist() == [" x ", "007"]
    assert register.name == f"{where} ids"
    assert "s3" not in str(register) + str(register.files)


# Sheets and text with something above the headings


def titled(tmp_path: Path, *, merge: bool) -> Path:
    book = openpyxl.Workbook()
    for row in (["Register of referrals, January 2010"], [], ["Ref", "Area"], ["0012", "North"], ["0034", "South"]):
        book.active.append(row)
    if merge:
        book.active.merge_cells("A1:B1")
    path = tmp_path / "x.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("merge", [False, True])
def test_headings_below_a_title_are_found_when_named_and_pointed_to_when_not(tmp_path: Path, merge: bool) -> None:
    path = titled(tmp_path, merge=merge)
    register = read_register(path, columns={"case_id": "Ref"}, header_row=3)
    assert register.cases["case_id"].tolist() == ["0012", "0034"]
    assert (register.rows, register.header_row, register.kind) == ((4, 5), 3, "workbook")
    assert refusal(lambda: read_register(path, columns={"case_id": "Ref"}), FileError) == (
        'x.xlsx, sheet Sheet, row 1: there is no column "Ref"; it is in row 3. '
        "Delete the rows above it, or use --header-row 3 (header_row: 3 in a plan)."
    )


def test_a_text_file_says_how_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("Register\n\nCase;Team\n007;Zoë\n".encode("cp1252"))
    register = read_register(path, columns={"case_id": "Case"}, header_row=3)
    assert (register.encoding, register.delimiter, register.header_row) == ("cp1252", ";", 3)
    assert register.cases["Team"].tolist() == ["Zoë"]
    doubtful = tmp_path / "y.csv"
    doubtful.write_text("case_id,x;y\n1,2;3\n", encoding="utf-8")
    assert list(read_register(doubtful, delimiter=",").cases.columns) == ["case_id", "x;y"]


# Totals and footnotes


@pytest.mark.parametrize(
    "word",
    [
        *("Total", "TOTALS", "Grand total", "Grand Total:", "Sub-total", "Subtotal", "North Total", "Total = 12"),
        *("Sum", "Total: 1,234", "total cases", "Total number: 3", "Count", "Total of children"),
    ],
)
def test_a_total_by_any_name_is_refused_wherever_it_stands(word: str) -> None:
    frame = pd.DataFrame({"case_id": ["A1", word, "A2"], "n": ["1", "2", "3"], "team": ["N", "", "S"]}, dtype=object)
    assert refusal(lambda: read_register(frame)) == (
        f'DataFrame, row 3 (case {word}), column A "case_id": "{word}" with empty cells beside it does not look like '
        "a case. Take the total row out of the register."
    )
    full = pd.DataFrame({"case_id": ["A1", word], "n": ["1", "2"]}, dtype=object)
    assert read_register(full).notes == (f'The case id "{word}" (row 3) is a word for a sum: look that it is a case.',)


@pytest.mark.parametrize("word", ["T0TAL", "Totality", "Sumner 1", "COUNTY1", "TOTAL-12A", "A1 total loss"])
def test_ids_that_only_begin_like_a_total_stand(word: str) -> None:
    frame = pd.DataFrame({"case_id": ["A1", word], "team": ["N", ""], "n": ["1", "2"]}, dtype=object)
    assert read_register(frame).notes == ()


def test_a_footnote_under_the_cases_is_warned_of() -> None:
    ids = ["A1", "A2", "Produced on 31 January 2010"]
    frame = pd.DataFrame({"case_id": ids, "team": ["N", "S", ""], "n": ["1", "2", ""]}, dtype=object)
    assert read_register(frame).notes == (
        'The last row (4) holds only "Produced on 31 January 2010": look that it is a case and not a footnote.',
    )
