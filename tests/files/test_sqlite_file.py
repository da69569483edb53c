"""SQLite: a table is read as it stands, and not a byte of the file changes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import Table, file_digest, read_table, sheet_names, table_names
from audit_toolkit.files import sqlite_file as module
from audit_toolkit.files import typed as limits_of

BAD = Path(__file__).parents[1] / "bad_input"
HOSTILE = "x; drop table cases;--"


def made(tmp_path: Path, *statements: str | tuple[str, list[tuple[object, ...]]], name: str = "x.sqlite") -> Path:
    path = tmp_path / name
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            if isinstance(statement, str):
                connection.execute(statement)
            else:
                connection.executemany(*statement)
        connection.commit()
    return path


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(FileError) as refused:
        read_table(path, **options)
    return str(refused.value)


def cells(table: Table) -> dict[str, list[str]]:
    return table.cells.to_dict("list")


def test_cells_are_the_text_they_were_given(tmp_path: Path) -> None:
    ids = ["0001234", "NA", " 12.10 ", "1E5", "Zoë", "e\u0301", "案例一", "👧🏽", 'say "hi"', "C:\\x", "a\nb", ""]
    path = made(
        tmp_path,
        "CREATE TABLE cases(case_id TEXT, ref VARCHAR(20), anything, age INTEGER, score REAL, opened DATE)",
        ("INSERT INTO cases VALUES (?, ?, ?, 7, 1.5, '2010-01-31')", [(each, each, each) for each in ids]),
    )
    table = read_table(path)
    assert cells(table)["case_id"] == cells(table)["ref"] == cells(table)["anything"] == ids
    assert cells(table)["age"] == ["7"] * 12
    assert all(type(cell) is str for column in table.columns for cell in table.cells[column])
    assert table.types == {"age": "INTEGER", "score": "REAL", "opened": "DATE (NUMERIC affinity)"}
    assert (table.kind, table.digest, table.rows) == ("SQLite", file_digest(path), tuple(range(2, 14)))
    assert table.line_breaks == dict.fromkeys(("case_id", "ref", "anything"), (10,))
    assert table.notes == (
        'Table "cases" was read. Rows are counted from 2, in the order they were stored (their row ids).',
    )
    assert str(table.place(0, "ref")) == 'x.sqlite, table cases, row 2, column "ref"'
    assert (sheet_names(path), table_names(path)) == ((), ("cases",))


def test_every_cell_keeps_the_kind_it_was_stored_as(tmp_path: Path) -> None:
    values = [("007",), (7,), (1.5,), (None,), (2**60,), ("",)]
    path = made(tmp_path, "CREATE TABLE t(any_kind, none, number)", ("INSERT INTO t VALUES (?, NULL, 1)", values))
    table = read_table(path)
    assert cells(table)["any_kind"] == ["007", "7", "1.5", "", "1152921504606846976", ""]
    assert table.number_formats == {"any_kind": {1: "INTEGER", 2: "REAL", 4: "INTEGER"}}
    assert table.types == {"number": "INTEGER"}


def test_rows_come_in_the_order_of_their_row_ids(tmp_path: Path) -> None:
    path = made(
        tmp_path,
        "CREATE TABLE cases(rowid TEXT, case_id TEXT)",
        "CREATE INDEX one ON cases(case_id, rowid)",
        "INSERT INTO cases(_rowid_, rowid, case_id) VALUES (30, 'a', '1'), (10, 'c', '3'), (20, 'b', '2')",
        "CREATE TABLE plain(case_id TEXT PRIMARY KEY, team TEXT) WITHOUT ROWID",
        "INSERT INTO plain VALUES ('b', 'x'), ('a', 'y')",
    )
    assert cells(read_table(path, table="cases")) == {"rowid": ["c", "b", "a"], "case_id": ["3", "2", "1"]}
    plain = read_table(path, table="plain")
    assert cells(plain)["case_id"] == ["a", "b"]
    assert plain.notes == ('Table "plain" was read. Rows are counted from 2, in the order the database gave them.',)


def test_views_are_read_and_hostile_names_are_only_names(tmp_path: Path) -> None:
    path = made(
        tmp_path,
        "CREATE TABLE cases(case_id TEXT)",
        "INSERT INTO cases VALUES ('A1')",
        f'CREATE TABLE "{HOSTILE}"("a ""quoted"" one" TEXT, "b%s;" TEXT)',
        f"INSERT INTO \"{HOSTILE}\" VALUES ('1', '2')",
        "CREATE VIEW north AS SELECT 'V' || case_id AS case_id FROM cases",
    )
    assert cells(read_table(path, table=HOSTILE)) == {'a "quoted" one': ["1"], "b%s;": ["2"]}
    assert cells(read_table(path, table="north")) == {"case_id": ["VA1"]}
    assert table_names(path) == ("cases", "north", HOSTILE)
    assert refusal(path, table='cases" WHERE 1; --') == (
        f'x.sqlite: there is no table "cases" WHERE 1; --". Use one of: cases, north, {HOSTILE}.'
    )


def test_a_table_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    assert refusal(BAD / "q01_affinity.sqlite") == (
        f'q01_affinity.sqlite: the database has 2 tables: "cases", "{HOSTILE}". '
        "Say which with --table, or with table: in a plan."
    )
    assert refusal(BAD / "q01_affinity.sqlite", table="case") == (
        'q01_affinity.sqlite: there is no table "case". Did you mean "cases"?'
    )
    empty = made(tmp_path, "CREATE TABLE gone(a)", "DROP TABLE gone")
    assert refusal(empty) == "x.sqlite: the database has no tables. Look that this is the right one."


def test_the_file_is_not_changed_and_nothing_is_made_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a %20 file?#.db"
    shutil.copy(BAD / "q01_affinity.sqlite", path)
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert cells(read_table(path, table="cases"))["case_id"] == ["1234", "", "12000"]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    waiting = made(tmp_path, "PRAGMA journal_mode = WAL", "CREATE TABLE t(case_id TEXT)", "INSERT INTO t VALUES ('A1')")
    folder = tmp_path.stat().st_mtime_ns
    assert cells(read_table(waiting)) == {"case_id": ["A1"]}
    assert tmp_path.stat().st_mtime_ns == folder
    path.chmod(0o400)
    tmp_path.chmod(0o500)
    assert read_table(path, table="cases").digest == file_digest(BAD / "q01_affinity.sqlite")
    tmp_path.chmod(0o700)


def test_a_database_in_use_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, "PRAGMA journal_mode = WAL", "CREATE TABLE t(case_id TEXT)", "INSERT INTO t VALUES ('A1')")
    assert cells(read_table(path)) == {"case_id": ["A1"]}
    mend = "Close the program that has it open, or make a copy with .backup, and read that."
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO t VALUES ('A2')")
        writer.commit()
        assert refusal(path) == f"x.sqlite: x.sqlite-wal holds changes that are not yet in the database. {mend}"
    assert cells(read_table(path)) == {"case_id": ["A1", "A2"]}
    (tmp_path / "x.sqlite-journal").write_bytes(b"\0" * 600)
    assert len(read_table(path).rows) == 2
    (tmp_path / "x.sqlite-journal").write_bytes(bytes.fromhex("D9D505F920A163D7") + b"\0" * 600)
    assert refusal(path) == f"x.sqlite: x.sqlite-journal holds a change that was never finished. {mend}"


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path, "CREATE TABLE t(case_id TEXT)", "INSERT INTO t VALUES ('A1')")

    def slow(*arguments: object) -> None:
        take(*arguments)
        made(tmp_path, "INSERT INTO t VALUES ('A2')")

    take = module.take_rows
    monkeypatch.setattr(module, "take_rows", slow)
    assert refusal(path).startswith("x.sqlite: the database changed while it was read. Close the program")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty. Export it again."),
        (b"case_id;team\n1;x\n", "not an SQLite database: the content looks like CSV. Rename it to .csv."),
        (b"\x00\x01Standard Jet DB", "not an SQLite database, or one locked with a password. Export the table as CSV."),
        (
            b"SQLite format 3\0" + b"\xff" * 2000,
            "the database cannot be read (file is not a database). Export the table as CSV.",
        ),
    ],
)
def test_what_is_no_database_is_said(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "x.db").write_bytes(data)
    assert refusal(tmp_path / "x.db") == f"x.db: {said}"
    with pytest.raises(FileError):
        table_names(tmp_path / "x.db")


def test_a_database_cut_short_is_refused(tmp_path: Path) -> None:
    rows = [(f"{number:07}", "North" * 20) for number in range(2_000)]
    path = made(tmp_path, "CREATE TABLE t(case_id TEXT, team TEXT)", ("INSERT INTO t VALUES (?, ?)", rows))
    whole = path.read_bytes()
    for length in range(4096, len(whole), 8192):
        path.write_bytes(whole[:length])
        assert "malformed" in refusal(path)


def test_cells_of_bytes_are_refused(tmp_path: Path) -> None:
    path = made(tmp_path, "CREATE TABLE t(case_id TEXT, photo)", "INSERT INTO t VALUES ('A1', ''), ('A2', x'ff00')")
    mend = "Leave the column out, or give its values as text."
    assert refusal(path) == (
        f'x.sqlite, table t, row 3, column "photo": bytes are not text, a number or a date. {mend}'
    )
    other = made(tmp_path, "CREATE TABLE t(case_id TEXT)", "INSERT INTO t VALUES (CAST(x'41ff' AS TEXT))", name="y.db")
    assert refusal(other) == f'y.db, table t, row 2, column "case_id": bytes are not text, a number or a date. {mend}'
    nul = made(tmp_path, "CREATE TABLE t(case_id TEXT)", "INSERT INTO t VALUES ('A' || char(0) || 'B')", name="z.db")
    assert refusal(nul) == (
        'z.db, table t, row 2, column "case_id": the cell holds a NUL character, where other programs would cut it '
        "short. Take it out."
    )


def test_views_that_never_end_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n AS case_id FROM c"
    path = made(
        tmp_path, f"CREATE VIEW rows_for_ever AS {counting}", f"CREATE VIEW no_row_ever AS {counting} WHERE n < 0"
    )
    monkeypatch.setattr(limits_of, "TABLE_ROWS", 60_000)
    assert refusal(path, table="rows_for_ever") == (
        "x.sqlite, table rows_for_ever: it holds more than 60,000 rows, which is as many as are read. "
        "Give a smaller one: only the rows and columns of the register."
    )
    monkeypatch.setattr(module, "SQLITE_STEPS", 3_000_000)
    assert refusal(path, table="no_row_ever") == "x.sqlite: the table takes too long to read. Export it as CSV."


def test_a_view_cannot_grow_a_cell_without_limit(tmp_path: Path) -> None:
    path = made(tmp_path, "CREATE VIEW v AS SELECT hex(zeroblob(40000000)) AS case_id")
    assert refusal(path) == "x.sqlite: the database cannot be read (string or blob too big). Export the table as CSV."


def test_a_view_cannot_look_beyond_the_database(tmp_path: Path) -> None:
    path = made(tmp_path, "CREATE VIEW v AS SELECT file AS case_id FROM pragma_database_list")
    assert refusal(path) == (
        'x.sqlite: the database cannot be read (unsafe use of virtual table "pragma_database_list"). '
        "Export the table as CSV."
    )


def test_a_database_under_another_name_is_recognised(tmp_path: Path) -> None:
    shutil.copy(BAD / "q01_affinity.sqlite", tmp_path / "x.csv")
    assert refusal(tmp_path / "x.csv") == "x.csv: the content is an SQLite database, not text. Rename it to .sqlite."
    assert refusal(BAD / "q01_affinity.sqlite", sheet="cases") == (
        "q01_affinity.sqlite: an SQLite file has no sheets. Leave out --sheet."
    )
    assert refusal(BAD / "r01_leading_zeros.csv", table="cases") == (
        "r01_leading_zeros.csv: a text file has no tables to choose from. Leave out --table."
    )
