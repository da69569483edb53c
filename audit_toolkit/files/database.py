"""Reading a table of a database by its address, in a transaction that can only read."""

from __future__ import annotations

import dataclasses
import importlib
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from audit_toolkit.errors import FileError, Place, Problem, did_you_mean
from audit_toolkit.files.csv_text import csv_bytes
from audit_toolkit.files.limits import BATCH_ROWS, CONNECT_SECONDS, TABLE_ROWS
from audit_toolkit.files.reading import digest_of
from audit_toolkit.files.sqlite_file import choose_table
from audit_toolkit.files.table import DATABASE, Table
from audit_toolkit.files.typed import TypedColumn, take_rows, typed_table

# The driver of each kind of database where an address names none.
DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
# What makes every transaction of a session one that can only read. Others are only ever sent SELECT.
READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
SECRET_OPTIONS = ("password", "passwd", "pwd", "passphrase", "sslpassword", "token", "odbc_connect")
# The parts of an address as SQLAlchemy takes it apart: a password may hold anything but an @.
LOGIN = re.compile(r"[^:/]*(?::(?P<password>[^@]*))?@")
PLACE = re.compile(r"(?:\[[^\]/]*\]|[^:/\[\]]*)(?::\d+)?(?:/.*)?$")
ORDER_NOTE = "Rows are counted from 2, sorted by their cells from left to right as text."


class _Name(NamedTuple):
    """A table or view, and the schema it stands in where that was named."""

    table: str
    schema: str | None


def is_address(source: object) -> bool:
    """Say whether a source is the address of a database, such as postgresql://reader@host/council."""
    return isinstance(source, str) and "://" in source


def address_holds_password(address: str) -> bool:
    """Say whether an address of a database has a password in it, which must not be written into a plan."""
    return bool(_secrets(address))


def shown_address(address: str) -> str:
    """Give an address as it may be shown: kind of database, host, port and name; no user, password or option."""
    scheme, _, rest = address.partition("://")
    kind = scheme.partition("+")[0]
    place = PLACE.match(re.split(r"[?#]", LOGIN.sub("", rest))[0].rpartition("@")[2])
    return f"{kind}://{place[0]}" if place else f"{kind}://"


def read_database(address: str, *, table: str | None = None, required: Iterable[str] = ()) -> Table:
    """Read one table or view of a database into a Table of exact text, with SQLAlchemy.

    Only names go to the database, each quoted and found in its own catalogue first; never a query of the
    user's. PostgreSQL and MySQL are held to read-only transactions. Rows are sorted by their cells from left to
    right as text, so that the digest, SHA-256 over the rows as CSV in that order, is the same whenever the
    table holds the same.

    Raises
    ------
    FileError where the address is none, the driver is missing, the database cannot be reached or may not be
    read, there is no such table, or a column holds bytes, lists or structures. A password is never shown.
    """
    where = shown_address(address)
    with _connected(address, where) as (sqlalchemy, connection):
        chosen = _choose(sqlalchemy.inspect(connection), table, where)
        name = f"{where}, table {'.'.join(part for part in (chosen.schema, chosen.table) if part)}"
        columns = _columns(sqlalchemy, connection, chosen, name)
        _read(sqlalchemy, connection, chosen, columns, name)
    _sort(columns)
    read = typed_table(name, DATABASE, columns, required=required, notes=[ORDER_NOTE])
    return dataclasses.replace(read, digest=digest_of(csv_bytes(read.cells)))


def database_tables(address: str) -> tuple[str, ...]:
    """Give the names of the tables and views of a database's own schema, sorted."""
    with _connected(address, shown_address(address)) as (sqlalchemy, connection):
        return _names(sqlalchemy.inspect(connection), None)


@contextmanager
def _connected(address: str, where: str) -> Iterator[tuple[Any, Any]]:
    """Open a connection whose transactions can only read, and turn every refusal into one line without secrets."""
    sqlalchemy = _sqlalchemy(where)
    engine = _engine(sqlalchemy, address, where)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=sqlalchemy.exc.SAWarning)
            with engine.connect() as connection:
                statement = READ_ONLY.get(engine.dialect.name)
                if statement is not None:
                    connection.exec_driver_sql(statement)
                    connection.commit()
                yield sqlalchemy, connection
    except (sqlalchemy.exc.SQLAlchemyError, ImportError, OSError, ValueError, OverflowError) as refused:
        # Not chained: what the driver raised may hold the address with its password.
        raise FileError(_refusal(sqlalchemy, refused, address, where)) from None
    finally:
        engine.dispose()


def _sqlalchemy(where: str) -> Any:
    try:
        return importlib.import_module("sqlalchemy")
    except ImportError as missing:
        what = "reading a database needs SQLAlchemy, which is not installed"
        raise FileError(Problem(what, where, 'pip install "audit_toolkit[databases]"')) from missing


def _engine(sqlalchemy: Any, address: str, where: str) -> Any:
    scheme, _, rest = address.partition("://")
    if scheme.partition("+")[0] == "sqlite":
        mend = "Give the path of the file itself, such as register.sqlite."
        raise FileError(Problem("an SQLite file is read by its path", where, mend))
    if rest.partition("?")[0].count("@") > 1:
        raise FileError(Problem("the address has more than one @", where, "Write an @ inside a password as %40."))
    try:
        url = sqlalchemy.make_url(f"{DRIVERS.get(scheme, scheme)}://{rest}")
        usual = {"connect_timeout": CONNECT_SECONDS, "client_encoding": "utf8"}
        options = {key: value for key, value in usual.items() if key not in url.query}
        psycopg = f"{url.get_backend_name()}+{url.get_driver_name()}" == DRIVERS["postgresql"]
        return sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, connect_args=options if psycopg else {})
    except sqlalchemy.exc.NoSuchModuleError:
        mend = "Use an address such as postgresql://reader@host/database, or the path of a file."
        problem = Problem(f'"{scheme}" is not a kind of database that can be read', where, mend)
    except ImportError as missing:
        mend = 'pip install "audit_toolkit[databases]" has the one of PostgreSQL.'
        problem = Problem(f"the driver {missing.name} of this database is not installed", where, mend)
    except (sqlalchemy.exc.SQLAlchemyError, ValueError, TypeError):
        problem = Problem("this is not the address of a database", where, "Write it as postgresql://host/database.")
    raise FileError(problem) from None


def _refusal(sqlalchemy: Any, refused: BaseException, address: str, where: str) -> Problem:
    reason = str(getattr(refused, "orig", None) or refused).strip().partition("\n")[0].strip().rstrip(".")
    for secret in _secrets(address):
        for form in {secret, quote(secret), quote_plus(secret), repr(secret)[1:-1]}:
            reason = reason.replace(form, "***")
    if isinstance(refused, sqlalchemy.exc.OperationalError):
        mend = "Check the address, the network and your login."
        return Problem(f"the database cannot be reached or did not answer ({reason})", where, mend)
    mend = "Ask whoever keeps the database for the right to read this table."
    return Problem(f"the database refused ({reason})", where, mend)


def _secrets(address: str) -> list[str]:
    """Give every password an address holds, as typed and as meant."""
    rest = address.partition("://")[2]
    login = LOGIN.match(rest)
    found = [login["password"]] if login and login["password"] else []
    options = parse_qsl(rest.partition("?")[2], keep_blank_values=True)
    found += [value for key, value in options if key.lower() in SECRET_OPTIONS]
    return list(dict.fromkeys(form for secret in found if secret for form in (secret, unquote(secret))))


def _names(inspector: Any, schema: str | None) -> tuple[str, ...]:
    found = [*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)]
    for kind in ("get_materialized_view_names", "get_foreign_table_names"):
        try:
            found += getattr(inspector, kind)(schema=schema)
        except (AttributeError, NotImplementedError):
            continue
    return tuple(sorted({str(each) for each in found}))


def _choose(inspector: Any, table: str | None, where: str) -> _Name:
    """Find the table in the catalogue: by its name, or as schema.table."""
    names = _names(inspector, None)
    if table is not None and table not in names and "." in table:
        schema, _, name = table.partition(".")
        schemas = [str(each) for each in inspector.get_schema_names()]
        if schema not in schemas:
            raise FileError(Problem(f'there is no schema "{schema}"', Place(where), did_you_mean(schema, schemas)))
        return _Name(choose_table(_names(inspector, schema), name, f"{where}, schema {schema}"), schema)
    return _Name(choose_table(names, table, where), None)


def _columns(sqlalchemy: Any, connection: Any, chosen: _Name, name: str) -> list[TypedColumn]:
    listed = sqlalchemy.inspect(connection).get_columns(chosen.table, schema=chosen.schema)
    columns, problems = [], []
    for column in listed:
        kind = column["type"]
        while hasattr(kind, "data_type"):
            kind = kind.data_type
        if isinstance(kind, (sqlalchemy.LargeBinary, sqlalchemy.JSON, sqlalchemy.ARRAY)):
            what = f"the column is of the type {_type_name(kind, connection)}, which is not text, a number or a date"
            mend = "Make a view without the column, and read that."
            problems.append(Problem(what, Place(name, column=str(column["name"])), mend))
        columns.append(TypedColumn(str(column["name"]), _not_text(sqlalchemy, connection, kind)))
    if problems:
        raise FileError(problems)
    return columns


def _not_text(sqlalchemy: Any, connection: Any, kind: Any) -> str:
    """Give the name of a type that is not text of the length it was given; "" for text."""
    fixed = isinstance(kind, (sqlalchemy.CHAR, sqlalchemy.NCHAR))
    is_text = isinstance(kind, (sqlalchemy.String, sqlalchemy.Uuid)) and not fixed
    return "" if is_text else _type_name(kind, connection)


def _type_name(kind: Any, connection: Any) -> str:
    try:
        return str(kind.compile(dialect=connection.dialect)).partition(" COLLATE ")[0]
    except (AttributeError, NotImplementedError, ValueError):
        return type(kind).__name__


def _read(sqlalchemy: Any, connection: Any, chosen: _Name, columns: Sequence[TypedColumn], name: str) -> None:
    source = sqlalchemy.table(chosen.table, schema=chosen.schema)
    listed = [sqlalchemy.column(column.heading) for column in columns]
    query = sqlalchemy.select(*listed).select_from(source).limit(TABLE_ROWS + 1)
    rows = connection.execution_options(stream_results=True, max_row_buffer=BATCH_ROWS).execute(query)
    for batch in rows.partitions(BATCH_ROWS):
        take_rows(columns, [tuple(row) for row in batch], name)


def _sort(columns: Sequence[TypedColumn]) -> None:
    """Put the rows in an order that depends on nothing but what they hold."""
    rows = list(zip(*(column.cells for column in columns), strict=True))
    order = sorted(range(len(rows)), key=rows.__getitem__)
    for column in columns:
        column.cells = [column.cells[position] for position in order]
