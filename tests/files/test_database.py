"""Databases by address: a real PostgreSQL is read, never written to, and no password is ever shown."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from postgres import PASSWORD, Server

from audit_toolkit.errors import FileError
from audit_toolkit.files import (
    address_holds_password,
    is_address,
    read_table,
    sheet_names,
    shown_address,
    table_names,
)
from audit_toolkit.files import typed as limits_of

REFERENCE = Path(__file__).parents[1] / "reference"
HOSTILE = "x; drop table cases;--"
ASK = "Ask whoever keeps the database for the right to read this table."
REACH = "Check the address, the network and your login."


def refusal(address: str, **options: object) -> str:
    with pytest.raises(FileError) as refused:
        read_table(address, **options)
    said = refused.value
    # A traceback would show the cause, and that the address.
    assert said.__cause__ is None
    assert said.__suppress_context__ or said.__context__ is None
    return str(said)


# Addresses, without any database


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://reader:hush@db.example:5433/council?sslmode=require", "postgresql://db.example:5433/council"),
        ("postgresql+psycopg://reader@db.example/council", "postgresql://db.example/council"),
        ("postgresql://u:hu/sh@h:55/d", "postgresql://h:55/d"),
        ("postgresql://u:hu?sh@h/d", "postgresql://h/d"),
        ("postgresql://u:hu#sh@h/d", "postgresql://h/d"),
        ("postgresql://u:hu@sh@h/d", "postgresql://h/d"),
        ("postgresql:///d?host=/run/pg&password=hush", "postgresql:///d"),
        ("postgresql://user:hush", "postgresql://"),
        ("mysql+pymysql://u:hush@[::1]:3306/d", "mysql://[::1]:3306/d"),
        ("mssql+pyodbc:///?odbc_connect=PWD%3Dhush", "mssql:///"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address: str, shown: str) -> None:
    assert shown_address(address) == shown


def test_a_password_in_an_address_is_noticed() -> None:
    for address in (
        "postgresql://u:hush@h/d",
        "postgresql:///d?password=hush",
        "postgresql://h/d?sslpassword=hush",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3Dhush",
    ):
        assert address_holds_password(address)
    for address in (
        "postgresql://u@h/d",
        "postgresql://h:5432/d",
        "postgresql:///d?host=/run/pg",
        "postgresql://u:@h/d",
    ):
        assert not address_holds_password(address)


def test_what_is_an_address(tmp_path: Path) -> None:
    assert is_address("postgresql://h/d")
    assert not is_address("C:\\registers\\x.csv")
    assert not is_address(tmp_path / "x.csv")
    assert sheet_names("postgresql://h/d") == ()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "https://user:hush@example.org/register.csv",
            'https://example.org/register.csv: "https" is not a kind of database that can be read. '
            "Use an address such as postgresql://reader@host/database, or the path of a file.",
        ),
        (
            "sqlite:///register.sqlite",
            "sqlite:///register.sqlite: an SQLite file is read by its path. "
            "Give the path of the file itself, such as register.sqlite.",
        ),
        (
            "postgresql://user:hush",
            "postgresql://: this is not the address of a database. Write it as postgresql://host/database.",
        ),
        ("://", "://: this is not the address of a database. Write it as postgresql://host/database."),
        (
            "postgresql://u:hu@sh@h/d",
            "postgresql://h/d: the address has more than one @. Write an @ inside a password as %40.",
        ),
        (
            "oracle://u:hush@h/d",
            "oracle://h/d: the driver oracledb of this database is not installed. "
            'pip install "audit_toolkit[databases]" has the one of PostgreSQL.',
        ),
    ],
)
def test_what_is_no_address_is_refused(address: str, said: str) -> None:
    assert refusal(address) == said


def test_without_sqlalchemy_the_remedy_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(FileError) as refused:
        read_table("postgresql://u:hush@h/d")
    assert str(refused.value) == (
        "postgresql://h/d: reading a database needs SQLAlchemy, which is not installed. "
        'pip install "audit_toolkit[databases]"'
    )


def test_options_of_other_kinds_are_refused() -> None:
    assert refusal("postgresql://h/d", sheet="Cases") == (
        "postgresql://h/d: a database has no sheets. Leave out --sheet."
    )
    assert refusal("postgresql://h/d", header_row=3) == (
        "postgresql://h/d: a database has no heading row to choose. Leave out --header-row."
    )


def test_what_a_driver_says_is_shown_without_the_password() -> None:
    said = refusal("postgresql://u:h%2Fush@127.0.0.1:1/d?sslmode=h%2Fush")
    assert said == (
        "postgresql://127.0.0.1:1/d: the database cannot be reached or did not answer "
        f'(connection is bad: invalid sslmode value: "***"). {REACH}'
    )


# A real PostgreSQL

TYPES = {
    "team": "text",
    "code": "varchar(9)",
    "area": "area",
    "key": "uuid",
    "age": "int",
    "score": "float8",
    "exact": "numeric(12, 4)",
    "seen": "timestamptz",
    "met": "timestamp",
    "opened": "date",
    "urgent": "boolean",
}


@pytest.fixture(scope="module")
def made(server: Server) -> Server:
    columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
    server.run(
        "CREATE TYPE area AS ENUM ('North', 'South')",
        f"CREATE TABLE cases(case_id text, {columns})",
        "INSERT INTO cases VALUES ('007', 'A', 'x', 'North', '12345678-1234-5678-1234-567812345678', 7, 1.5, 1.1, "
        "'2025-06-30 23:30:00+00', '2010-01-31 09:05', '2010-01-31', true)",
        "INSERT INTO cases(case_id) VALUES (' x ')",
        f'CREATE TABLE "{HOSTILE}"("a%b" text, "quo""te" text, "Select" text)',
        f"INSERT INTO \"{HOSTILE}\" VALUES ('1', '2', '3')",
        "CREATE TABLE odd(case_id text, siblings text[], more jsonb, photo bytea)",
        "CREATE TABLE log(n int)",
        "CREATE FUNCTION nasty() RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS "
        "$$ BEGIN INSERT INTO log VALUES (1); RETURN 'x'; END $$",
        "CREATE VIEW evil AS SELECT nasty() AS case_id",
        "CREATE TABLE secret(case_id text)",
        "REVOKE ALL ON secret FROM reader",
        "CREATE SCHEMA other",
        "GRANT USAGE ON SCHEMA other TO reader",
        "CREATE TABLE other.kids(case_id text)",
        "INSERT INTO other.kids VALUES ('K1')",
        "CREATE TABLE empty(case_id text)",
        "CREATE TABLE endless_dates(case_id text, d date)",
        "INSERT INTO endless_dates VALUES ('a', 'infinity')",
        "CREATE VIEW endless AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
        "SELECT n::text AS case_id FROM c",
    )
    return server


@pytest.mark.database
def test_values_are_the_text_of_any_other_file(made: Server) -> None:
    table = read_table(made.reader, table="cases")
    assert table.cells.to_dict("list") == {
        "case_id": [" x ", "007"],
        "team": ["", "A"],
        "code": ["", "x"],
        "area": ["", "North"],
        "key": ["", "12345678-1234-5678-1234-567812345678"],
        "age": ["", "7"],
        "score": ["", "1.5"],
        "exact": ["", "1.1000"],
        # The server's clock is in Tokyo; the register's is in London.
        "seen": ["", "2025-07-01T00:30:00+01:00"],
        "met": ["", "2010-01-31T09:05:00"],
        "opened": ["", "2010-01-31"],
        "urgent": ["", "TRUE"],
    }
    assert table.types == {
        "age": "INTEGER",
        "score": "DOUBLE PRECISION",
        "exact": "NUMERIC(12, 4)",
        "seen": "TIMESTAMP WITH TIME ZONE",
        "met": "TIMESTAMP WITHOUT TIME ZONE",
        "opened": "DATE",
        "urgent": "BOOLEAN",
    }
    assert table.kind == "database"
    assert table.name == f"postgresql://127.0.0.1:{made.port}/council, table cases"
    assert table.notes == ("Rows are counted from 2, sorted by their cells from left to right as text.",)


@pytest.mark.database
def test_names_are_found_in_the_catalogue_and_only_quoted(made: Server) -> None:
    hostile = read_table(made.reader, table=HOSTILE)
    assert hostile.cells.to_dict("list") == {"a%b": ["1"], 'quo"te': ["2"], "Select": ["3"]}
    kids = read_table(made.owner, table="other.kids")
    assert (kids.name, kids.cells["case_id"].tolist()) == ("postgresql:///council, table other.kids", ["K1"])
    where = f"postgresql://127.0.0.1:{made.port}/council"
    names = table_names(made.reader)
    assert {"cases", "evil", HOSTILE} <= set(names)
    assert refusal(made.reader) == (
        f"{where}: the database has {len(names)} tables: {', '.join(f'{chr(34)}{each}{chr(34)}' for each in names)}. "
        "Say which with --table, or with table: in a plan."
    )
    assert refusal(made.reader, table="case") == f'{where}: there is no table "case". Did you mean "cases"?'
    assert refusal(made.reader, table="othr.kids") == f'{where}: there is no schema "othr". Did you mean "other"?'
    assert refusal(made.reader, table="other.kid") == (
        f'{where}, schema other: there is no table "kid". Did you mean "kids"?'
    )


@pytest.mark.database
def test_nothing_is_ever_written(made: Server) -> None:
    assert refusal(made.owner, table="evil") == (
        f"postgresql:///council: the database refused (cannot execute INSERT in a read-only transaction). {ASK}"
    )
    with made.connect() as connection:
        assert connection.execute("SELECT count(*) FROM log").fetchone() == (0,)


@pytest.mark.database
def test_what_cannot_be_read_is_refused(made: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    where = f"postgresql://127.0.0.1:{made.port}/council"
    assert refusal(made.reader, table="secret") == (
        f"{where}: the database refused (permission denied for table secret). {ASK}"
    )
    view = "which is not text, a number or a date. Make a view without the column, and read that."
    assert refusal(made.reader, table="odd").splitlines() == [
        f'{where}, table odd, column "siblings": the column is of the type TEXT[], {view}',
        f'{where}, table odd, column "more": the column is of the type JSONB, {view}',
        f'{where}, table odd, column "photo": the column is of the type BYTEA, {view}',
    ]
    assert refusal(made.reader, table="empty") == (
        f"{where}, table empty: there are no rows. Look that this is the right one."
    )
    assert refusal(made.reader, table="endless_dates") == (
        f"{where}: the database refused (date too large (after year 10K): 'infinity'). {ASK}"
    )
    monkeypatch.setattr(limits_of, "TABLE_ROWS", 70_000)
    assert "it holds more than 70,000 rows, which is as many as are read" in refusal(made.reader, table="endless")


@pytest.mark.database
def test_a_password_is_never_shown(made: Server) -> None:
    escaped = quote(PASSWORD, safe="")
    for address in (
        made.reader.replace("reader:", "nobody:"),
        made.reader.replace("/council", "/nowhere"),
        made.reader.replace(f":{made.port}", ":1"),
        made.reader.replace("127.0.0.1", "nowhere.invalid"),
        f"postgresql://reader@127.0.0.1:{made.port}/council?password=wrong{escaped}",
        made.reader.replace(escaped, PASSWORD.replace("@", "")),
    ):
        said = refusal(address, table="cases")
        assert said.count("\n") == 0
        assert all(part not in said for part in (PASSWORD, escaped, "s3"))
    assert refusal(made.reader.replace("reader:", "nobody:"), table="cases") == (
        f"postgresql://127.0.0.1:{made.port}/council: the database cannot be reached or did not answer (connection "
        f'failed: connection to server at "127.0.0.1", port {made.port} failed: FATAL:  password authentication '
        f'failed for user "nobody"). {REACH}'
    )


@pytest.mark.database
def test_ids_come_back_exactly_and_the_digest_is_of_the_content(server: Server) -> None:
    ids = [each["case_id"] for each in json.loads((REFERENCE / "tickets.json").read_text("utf-8"))["vectors"]]
    rows = [(each, "x") for each in dict.fromkeys(ids)] + [(f"{number:07}", "North") for number in range(10_000)]
    server.run("CREATE TABLE forward(case_id text, team text)", "CREATE TABLE back(case_id text, team text)")
    for name, ordered in (("forward", rows), ("back", rows[::-1])):
        with server.connect() as connection, connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for row in ordered:
                copy.write_row(row)
    forward, back = read_table(server.reader, table="forward"), read_table(server.reader, table="back")
    assert sorted(forward.cells["case_id"]) == sorted(case for case, _ in rows)
    assert forward.digest == back.digest
    assert len(forward.rows) == len(rows)
    server.run("UPDATE back SET team = 'South' WHERE case_id = '0000007'")
    assert read_table(server.reader, table="back").digest != forward.digest
