"""Reading a table of an SQLite database file, without changing a byte of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit.errors import FileError, Place, Problem, did_you_mean
from audit_toolkit.files.limits import BATCH_ROWS, SQLITE_STEPS, SQLITE_STEPS_BETWEEN, TEXT_BYTES
from audit_toolkit.files.reading import digest_of, looks_like_csv, read_bytes
from audit_toolkit.files.table import SQLITE, Table
from audit_toolkit.files.typed import TypedColumn, take_rows, typed_table

# What makes a cell of the bytes of a text.
TextFactory = Callable[[bytes], str | bytes] | type[str]
SQLITE_START = b"SQLite format 3\0"
# How a rollback journal begins whose change was not finished; a finished one is gone, empty or begins with zeros.
JOURNAL_START = bytes.fromhex("D9D505F920A163D7")
# Names SQLite has for the number of a row; the first that is no column of the table itself is used.
ROW_IDS = ("rowid", "_rowid_", "oid")
FIXED_WIDTH = re.compile(r"\s*(NATIVE\s+|N)?CHAR(ACTER)?\s*(\(|$)")
# The values SQLite keeps as numbers, by the names it has for them.
STORED: Mapping[type, str] = {int: "INTEGER", float: "REAL"}
CLOSE_MEND = "Close the program that has it open, or make a copy with .backup, and read that."


def read_sqlite(path: Path, *, table: str | None = None, required: Iterable[str] = ()) -> Table:
    """Read one table or view of an SQLite file into a Table of exact text.

    The file is opened read-only and as one that nobody changes: no journal is made beside it. Only a table's
    name is taken, never a query. Rows are counted from 2, in the order of their row ids.

    Raises
    ------
    FileError where the file is no database, is damaged, encrypted or in use; where it has several tables and
    none is named; where cells hold bytes.

    Source: sqlite.org, "Uniform Resource Identifiers" and "Datatypes In SQLite", 3.1 (affinity).
    """
    digest = _checked_digest(path)
    before = path.stat()
    try:
        try:
            source = _read(path, table, str)
        except sqlite3.OperationalError as refused:
            if "decode" not in str(refused):
                raise
            source = _read(path, table, _text)
    except (sqlite3.Error, MemoryError) as broken:
        raise FileError(_damaged(broken, path.name)) from broken
    after = path.stat()
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise FileError(Problem("the database changed while it was read", Place(path.name), CLOSE_MEND))
    return typed_table(
        _named(path, source.table), SQLITE, source.columns, required=required, digest=digest, notes=[source.note()]
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """A table as its database describes it.

    `row_id` is the name its rows can be sorted by, `untyped` the columns that keep each cell as it was given.
    """

    table: str
    columns: tuple[TypedColumn, ...]
    row_id: str | None
    untyped: tuple[int, ...]

    def note(self) -> str:
        order = (
            "in the order they were stored (their row ids)" if self.row_id else "in the order the database gave them"
        )
        return f'Table "{self.table}" was read. Rows are counted from 2, {order}.'


def _named(path: Path, table: str) -> str:
    return f"{path.name}, table {table}"


def _read(path: Path, table: str | None, text_factory: TextFactory) -> _Source:
    with closing(_connect(path)) as connection:
        source = _described(connection, choose_table(_tables(connection), table, path.name))
        connection.text_factory = text_factory
        _take(connection, source, _named(path, source.table))
    _name_numbers(source)
    return source


def sqlite_tables(path: Path) -> tuple[str, ...]:
    """Give the names of the tables and views of an SQLite file, sorted."""
    _checked_digest(path)
    try:
        with closing(_connect(path)) as connection:
            return _tables(connection)
    except (sqlite3.Error, MemoryError) as broken:
        raise FileError(_damaged(broken, path.name)) from broken


def _checked_digest(path: Path) -> str:
    """Give the file's digest, or refuse what is no database or one that is being written to."""
    data = read_bytes(path)
    where = Place(path.name)
    if not data:
        raise FileError(Problem("the file is empty", where, "Export it again."))
    if not data.startswith(SQLITE_START):
        what, mend = "not an SQLite database, or one locked with a password", "Export the table as CSV."
        if looks_like_csv(data):
            what, mend = "not an SQLite database: the content looks like CSV", "Rename it to .csv."
        raise FileError(Problem(what, where, mend))
    log, journal = (path.with_name(path.name + ending) for ending in ("-wal", "-journal"))
    if log.is_file() and log.stat().st_size:
        raise FileError(Problem(f"{log.name} holds changes that are not yet in the database", where, CLOSE_MEND))
    if journal.is_file() and read_bytes(journal).startswith(JOURNAL_START):
        raise FileError(Problem(f"{journal.name} holds a change that was never finished", where, CLOSE_MEND))
    return digest_of(data)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, TEXT_BYTES)
    steps = iter(range(SQLITE_STEPS // SQLITE_STEPS_BETWEEN))
    connection.set_progress_handler(lambda: next(steps, None) is None, SQLITE_STEPS_BETWEEN)
    # A database from elsewhere may hold views and triggers that call functions: none that could do harm may run.
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _text(data: bytes) -> str | bytes:
    """Give a text, or its bytes where they are none: the cell is then refused like any other that holds bytes."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


def _tables(connection: sqlite3.Connection) -> tuple[str, ...]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_' "
        "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return tuple(str(name) for (name,) in found)


def choose_table(names: Sequence[str], table: str | None, name: str) -> str:
    """Give the table that was asked for, or the only one there is; refuse anything else, naming those there are."""
    if table is None and len(names) == 1:
        return names[0]
    if not names:
        raise FileError(Problem("the database has no tables", Place(name), "Look that this is the right one."))
    if table is None:
        listed = ", ".join(f'"{each}"' for each in names[:20]) + (", ..." if len(names) > 20 else "")
        what = f"the database has {len(names)} tables: {listed}"
        raise FileError(Problem(what, Place(name), "Say which with --table, or with table: in a plan."))
    if table not in names:
        raise FileError(Problem(f'there is no table "{table}"', Place(name), did_you_mean(table, names)))
    return table


def _described(connection: sqlite3.Connection, table: str) -> _Source:
    listed = connection.execute("SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden <> 1", (table,)).fetchall()
    columns = tuple(TypedColumn(str(name), _not_text(str(declared))) for name, declared in listed)
    untyped = tuple(index for index, (_, declared) in enumerate(listed) if not declared)
    is_table = connection.execute("SELECT type FROM sqlite_master WHERE name = ?", (table,)).fetchone() == ("table",)
    return _Source(table, columns, _row_id(connection, table, columns) if is_table else None, untyped)


def _not_text(declared: str) -> str:
    """Give a declared type where cells of it may not be as they were written: SQLite's rules of affinity, in order.

    A column declared without a type keeps each cell as it was given: its cells are looked at one by one.
    """
    upper = declared.upper()
    if "INT" in upper:
        affinity = "INTEGER"
    elif any(part in upper for part in ("CHAR", "CLOB", "TEXT")):
        return declared if FIXED_WIDTH.match(upper) else ""
    elif "BLOB" in upper or not upper:
        return declared
    else:
        affinity = "REAL" if any(part in upper for part in ("REAL", "FLOA", "DOUB")) else "NUMERIC"
    return declared if upper == affinity else f"{declared} ({affinity} affinity)"


def _row_id(connection: sqlite3.Connection, table: str, columns: Sequence[TypedColumn]) -> str | None:
    taken = {column.heading.lower() for column in columns}
    for each in ROW_IDS:
        if each not in taken:
            try:
                connection.execute(f"SELECT {each} FROM {_quoted(table)} LIMIT 0")
            except sqlite3.OperationalError:
                return None
            return each
    return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _take(connection: sqlite3.Connection, source: _Source, name: str) -> None:
    listed = ", ".join(_quoted(column.heading) for column in source.columns)
    order = f" ORDER BY {source.row_id}" if source.row_id else ""
    cursor = connection.execute(f"SELECT {listed} FROM {_quoted(source.table)}{order}")
    while rows := cursor.fetchmany(BATCH_ROWS):
        start = len(source.columns[0].cells)
        take_rows(source.columns, rows, name)
        for index in source.untyped:
            found = enumerate((row[index] for row in rows), start)
            formats = {place: STORED[type(each)] for place, each in found if type(each) in STORED}
            source.columns[index].formats.update(formats)


def _name_numbers(source: _Source) -> None:
    """Give a column without a type that of its cells, where all of them are numbers."""
    for index in source.untyped:
        column = source.columns[index]
        if column.formats and len(column.formats) == sum(1 for each in column.cells if each):
            column.type = " and ".join(sorted(set(column.formats.values())))
            column.formats = {}


def _damaged(broken: BaseException, name: str) -> Problem:
    reason = str(broken) or type(broken).__name__
    if "interrupted" in reason:
        return Problem("the table takes too long to read", Place(name), "Export it as CSV.")
    return Problem(f"the database cannot be read ({reason})", Place(name), "Export the table as CSV.")
