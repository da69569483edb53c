"""Reading a Parquet file into exact text, after its footer has said that it is safe to."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from audit_toolkit.errors import FileError, Place, Problem, raise_if
from audit_toolkit.files.limits import BATCH_ROWS
from audit_toolkit.files.reading import digest_of, looks_like_csv
from audit_toolkit.files.table import PARQUET, Table
from audit_toolkit.files.typed import TypedColumn, check_amount, check_read, typed_table

PARQUET_START = b"PAR1"
# The magic bytes of a file whose footer is encrypted.
ENCRYPTED_START = b"PARE"
EXPORT_AGAIN = "Export it again."
# Arrow's names for the numbers that pandas calls otherwise.
FLOATS = {"halffloat": "float16", "float": "float32", "double": "float64"}
ROW_NOTE = "Rows are counted from 2: row 2 is the first row of the file."


def read_parquet(data: bytes, name: str, *, required: Iterable[str] = ()) -> Table:
    """Read the bytes of a Parquet file into a Table of exact text, with pyarrow.

    Rows are counted from 2, as if the first stood under a heading. Numbers become digits, dates ISO, truth
    values TRUE and FALSE, moments with a time zone the clock of London; nothing is "".

    Raises
    ------
    FileError where the file is no Parquet file, is locked, cut short or damaged, would unpack to more than
    the limits (its footer says so before anything is read), or has columns of lists, structures or bytes.
    """
    check_parquet(data, name)
    arrow, parquet = arrow_modules(name)
    try:
        source = arrow.BufferReader(data)
        file = parquet.ParquetFile(source)
        _check_footer(file.metadata, name)
        texts = check_columns(file.schema_arrow, name, arrow)
        file = parquet.ParquetFile(arrow.BufferReader(data), read_dictionary=texts)
        columns = _columns(file, name, arrow)
    except (arrow.ArrowException, OSError, ValueError, KeyError, IndexError, MemoryError) as broken:
        raise FileError(damaged(broken, name)) from broken
    return typed_table(name, PARQUET, columns, required=required, digest=digest_of(data), notes=[ROW_NOTE])


def check_parquet(data: bytes, name: str) -> None:
    """Refuse bytes that are no whole Parquet file, and say what they look like."""
    if data.startswith(PARQUET_START) and data.endswith(PARQUET_START) and len(data) > 12:
        return
    where = Place(name)
    if not data:
        problem = Problem("the file is empty", where, EXPORT_AGAIN)
    elif data.startswith(ENCRYPTED_START):
        problem = Problem("the Parquet file is encrypted", where, "Export it without encryption.")
    elif data.startswith(PARQUET_START):
        problem = Problem("the Parquet file is damaged: its end is missing", where, "Send it again.")
    elif looks_like_csv(data):
        problem = Problem("not a Parquet file: the content looks like CSV", where, "Rename it to .csv.")
    else:
        problem = Problem("not a Parquet file", where, EXPORT_AGAIN)
    raise FileError(problem)


def arrow_modules(name: str) -> tuple[Any, Any]:
    """Give pyarrow and its Parquet module, or say how to install them."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as missing:
        what = "reading Parquet needs pyarrow, which is not installed"
        raise FileError(Problem(what, Place(name), 'pip install "audit_toolkit[parquet]"')) from missing


def _check_footer(metadata: Any, name: str) -> None:
    groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
    check_amount(name, metadata.num_rows, metadata.num_columns, sum(group.total_byte_size for group in groups))


def check_columns(schema: Any, name: str, arrow: Any) -> list[str]:
    """Refuse columns that are no cells, all at once; give the names of the columns of text."""
    texts, problems = [], []
    for field in schema:
        kind = plain_type(field.type, arrow)
        if is_text(kind, arrow):
            texts.append(field.name)
        elif not _is_cell(kind, arrow):
            what = f"the column is of the type {field.type}, which is not text, a number or a date"
            mend = "Leave the column out, or write it as text."
            problems.append(Problem(what, Place(name, column=field.name), mend))
    raise_if(problems, FileError)
    return texts


def plain_type(kind: Any, arrow: Any) -> Any:
    """Give the type of the values where a type says only how they are stored."""
    while arrow.types.is_dictionary(kind):
        kind = kind.value_type
    return kind


def is_text(kind: Any, arrow: Any) -> bool:
    """Say whether values of this type are text as such."""
    return kind in (arrow.string(), arrow.large_string()) or str(kind) == "string_view"


def _is_cell(kind: Any, arrow: Any) -> bool:
    types = arrow.types
    known = (types.is_integer, types.is_floating, types.is_decimal, types.is_boolean, types.is_null)
    timed = (types.is_date, types.is_time, types.is_timestamp, types.is_duration)
    return any(each(kind) for each in (*known, *timed)) or str(kind) == "extension<arrow.uuid>"


def _columns(file: Any, name: str, arrow: Any) -> list[TypedColumn]:
    columns = [TypedColumn(field.name, type_name(field.type, arrow)) for field in file.schema_arrow]
    expected = file.metadata.num_rows
    for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
        for column, values in zip(columns, batch.columns, strict=True):
            _take(column, values, name, arrow)
        # What the footer said may not be what the pages hold.
        check_read(columns, name)
    found = len(columns[0].cells) if columns else 0
    if found != expected:
        raise ValueError(f"{found:,} rows instead of {expected:,}")
    return columns


def type_name(kind: Any, arrow: Any) -> str:
    """Give the name a Table has for a type of values: empty for text as such."""
    plain = plain_type(kind, arrow)
    name = str(plain)
    return "" if is_text(plain, arrow) or name.startswith("extension") else FLOATS.get(name, name)


def _take(column: TypedColumn, values: Any, name: str, arrow: Any) -> None:
    try:
        if arrow.types.is_dictionary(values.type):
            # Each distinct text is made once, however often it stands: a file of a few kB may repeat a long one.
            known = [None, *values.dictionary.to_pylist()]
            places = values.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            column.take(known[place + 1] for place in places.tolist())
        else:
            column.take(values.to_pylist())
    except UnicodeDecodeError as refused:
        what = "the column holds bytes that are no text (UTF-8)"
        raise FileError(Problem(what, Place(name, column=column.heading), EXPORT_AGAIN)) from refused


def damaged(broken: BaseException, name: str) -> Problem:
    """Say that a file could not be read to its end, and why."""
    reason = (str(broken).splitlines() or [type(broken).__name__])[0].rstrip(".")
    if "encrypted" in reason.lower() or "decrypt" in reason.lower():
        return Problem("the Parquet file is encrypted", Place(name), "Export it without encryption.")
    return Problem(f"the Parquet file is damaged ({reason})", Place(name), EXPORT_AGAIN)
