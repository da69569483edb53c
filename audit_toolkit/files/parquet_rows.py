"""Reading a Parquet file of any length a few rows at a time: case ids as bytes, every other cell as its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit_toolkit.errors import FileError, Place, Problem, raise_if
from audit_toolkit.files.grid import Grid, grid_problems
from audit_toolkit.files.limits import (
    ID_BYTES,
    MEBIBYTE,
    NAMED_ROWS,
    STREAMED_BATCH_ROWS,
    STREAMED_ROWS,
    TABLE_BYTES,
    TABLE_COLUMNS,
)
from audit_toolkit.files.parquet_file import (
    ROW_NOTE,
    arrow_modules,
    check_columns,
    check_parquet,
    damaged,
    is_text,
    plain_type,
    type_name,
)
from audit_toolkit.files.reading import ends_of
from audit_toolkit.files.table import PARQUET, Table
from audit_toolkit.files.typed import NO_ROWS_MEND, SMALLER_MEND, typed_text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NUL = "the cell holds a NUL character, where other programs would cut it short"
SMALLER_GROUPS = "Write it again in smaller row groups."
# A key of an id is made of whole words of so many bytes.
WORD = 8


@dataclass(frozen=True, slots=True, eq=False)
class CodedColumn:
    """One column of a batch: each cell is a place in `texts`, its distinct texts."""

    codes: npt.NDArray[np.intp]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RowBatch:
    """Some rows of a file: `start` is the position of the first, counted from 0.

    `ids` are UTF-8 bytes, filled up with NUL to whole words of eight; an empty cell is b"".
    """

    start: int
    ids: npt.NDArray[np.bytes_]
    columns: Mapping[str, CodedColumn]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class ParquetRows:
    """A Parquet file that was found fit to be read: its headings, the types of those that are not text, its rows."""

    path: Path
    name: str
    columns: tuple[str, ...]
    types: Mapping[str, str]
    rows: int
    _texts: tuple[str, ...]

    def empty_table(self) -> Table:
        """Give the headings as a Table without rows."""
        return self._table([], {name: [] for name in self.columns})

    def batches(self, ids: str, columns: Sequence[str]) -> Iterator[RowBatch]:
        """Give the ids and some columns, a few rows at a time, in the order of the file.

        Raises
        ------
        FileError where the file turns out to be damaged, or an id is no text, holds NUL or is too long for one.
        """
        arrow, _ = arrow_modules(self.name)
        start = 0
        for batch in self._records([ids, *columns], coded=[each for each in columns if each in self._texts]):
            found = {name: _coded(batch.column(name), self._place(name), arrow) for name in columns}
            yield RowBatch(start, self._ids(batch.column(ids), ids, start, arrow), found)
            start += batch.num_rows

    def table(self, positions: Sequence[int]) -> Table:
        """Give some rows, all columns, as a Table; positions count from 0, in ascending order."""
        arrow, _ = arrow_modules(self.name)
        cells: dict[str, list[str]] = {name: [] for name in self.columns}
        start = 0
        for batch in self._records(self.columns, coded=self._texts):
            wanted = [each - start for each in positions if start <= each < start + batch.num_rows]
            for name in self.columns if wanted else ():
                column = _coded(batch.column(name).take(arrow.array(wanted)), self._place(name), arrow)
                cells[name] += [column.texts[code] for code in column.codes]
            start += batch.num_rows
        return self._table([each + 2 for each in positions], cells)

    def _table(self, rows: Sequence[int], cells: Mapping[str, Sequence[str]]) -> Table:
        import pandas as pd

        frame = pd.DataFrame(cells, columns=list(self.columns), dtype=object)
        return Table(
            name=self.name,
            columns=self.columns,
            cells=frame,
            rows=tuple(rows),
            notes=(ROW_NOTE,),
            kind=PARQUET,
            types=self.types,
        )

    def _place(self, column: str, position: int | None = None) -> Place:
        return Place(self.name, row=None if position is None else position + 2, column=column)

    def _records(self, columns: Sequence[str], coded: Sequence[str]) -> Iterator[Any]:
        """Give the rows as pyarrow has them; one row group after the other, because pyarrow keeps those it has read."""
        arrow, parquet = arrow_modules(self.name)
        read = 0
        try:
            with parquet.ParquetFile(arrow.OSFile(str(self.path)), read_dictionary=list(coded)) as file:
                for group in range(file.metadata.num_row_groups):
                    for batch in file.iter_batches(
                        STREAMED_BATCH_ROWS, row_groups=[group], columns=list(columns), use_threads=False
                    ):
                        read += batch.num_rows
                        yield batch
            if read != self.rows:
                raise ValueError(f"{read:,} rows instead of {self.rows:,}")
        except (arrow.ArrowException, OSError, ValueError, KeyError, IndexError, MemoryError) as broken:
            raise FileError(damaged(broken, self.name)) from broken

    def _ids(self, values: Any, heading: str, start: int, arrow: Any) -> npt.NDArray[np.bytes_]:
        """Give ids as bytes of one width."""
        import numpy as np

        compute = arrow.compute
        texts = _as_text(values, self._place(heading), arrow).fill_null("")
        lengths = compute.binary_length(texts).to_numpy(zero_copy_only=False)
        longest = int(lengths.max(initial=0))
        if longest > ID_BYTES:
            what = f"the id is {longest:,} bytes long; at most {ID_BYTES} are read"
            found = np.flatnonzero(lengths > ID_BYTES)[:NAMED_ROWS].tolist()
            raise FileError([Problem(what, self._place(heading, start + each)) for each in found])
        width = max(WORD, -(-longest // WORD) * WORD)
        padded = texts if lengths.min(initial=width) == width else compute.ascii_rpad(texts, width, "\0")
        first = int(np.frombuffer(padded.buffers()[1], dtype=np.int32)[padded.offset])
        data = np.frombuffer(padded.buffers()[2], dtype=np.uint8, count=len(padded) * width, offset=first)
        if np.count_nonzero(data) != lengths.sum():
            held = np.count_nonzero(data.reshape(-1, width), axis=1)
            found = np.flatnonzero(held != lengths)[:NAMED_ROWS].tolist()
            raise FileError([Problem(NUL, self._place(heading, start + each), "Take it out.") for each in found])
        ids: npt.NDArray[np.bytes_] = data.view(f"S{width}")
        return ids


def open_parquet(path: str | Path) -> ParquetRows:
    """Look at a Parquet file's footer, and refuse a file that could not be read to its end.

    Parameters
    ----------
    path : a .parquet file of any length, in row groups that each unpack to no more than a table may hold.

    Raises
    ------
    FileError where it is no whole Parquet file, is locked, has doubled or empty headings, no rows, or columns of
    lists, structures or bytes.
    """
    path = Path(path)
    name = path.name
    check_parquet(ends_of(path), name)
    arrow, parquet = arrow_modules(name)
    try:
        with parquet.ParquetFile(arrow.OSFile(str(path))) as file:
            schema, metadata = file.schema_arrow, file.metadata
    except (arrow.ArrowException, OSError, ValueError, KeyError, IndexError, MemoryError) as broken:
        raise FileError(damaged(broken, name)) from broken
    headings = [field.name for field in schema]
    raise_if([*_too_much(metadata, name), *_headings(headings, metadata.num_rows, name)], FileError)
    texts = check_columns(schema, name, arrow)
    types = {field.name: found for field in schema if (found := type_name(field.type, arrow))}
    return ParquetRows(path, name, tuple(headings), types, metadata.num_rows, tuple(texts))


def _too_much(metadata: Any, name: str) -> list[Problem]:
    """Name what is more than is read at a time, or ever."""
    where, problems = Place(name), []
    if metadata.num_columns > TABLE_COLUMNS:
        what = f"it holds {metadata.num_columns:,} columns; at most {TABLE_COLUMNS:,} are read"
        problems.append(Problem(what, where, SMALLER_MEND))
    if metadata.num_rows > STREAMED_ROWS:
        what = f"it holds {metadata.num_rows:,} rows; at most {STREAMED_ROWS:,} are read"
        problems.append(Problem(what, where, SMALLER_MEND))
    largest = max((metadata.row_group(each).total_byte_size for each in range(metadata.num_row_groups)), default=0)
    if largest > TABLE_BYTES:
        sizes = f"{largest / MEBIBYTE:,.0f} MiB; at most {TABLE_BYTES / MEBIBYTE:,.0f} MiB are read at a time"
        problems.append(Problem(f"a row group of it unpacks to {sizes}", where, SMALLER_GROUPS))
    return problems


def _headings(headings: Sequence[str], rows: int, name: str) -> list[Problem]:
    grid = Grid(name, headings, [()] * len(headings), (), typed=True)
    empty = [Problem("a column has no heading", Place(name), "Name it.")] if "" in headings else []
    none = [] if rows else [Problem("there are no rows", Place(name), NO_ROWS_MEND)]
    return [*grid_problems(grid, (), {}, expect_rows=False), *empty, *none]


def _as_text(values: Any, where: Place, arrow: Any) -> Any:
    """Give a column of text, however it is stored, as plain strings that are known to be UTF-8."""
    if arrow.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if not is_text(values.type, arrow):
        values = arrow.array([typed_text(each) for each in values.to_pylist()], arrow.string())
    try:
        values.validate(full=True)
        return values.cast(arrow.string())
    except arrow.ArrowInvalid as refused:
        raise FileError(_no_text(where)) from refused


def _no_text(where: Place) -> Problem:
    return Problem("the column holds bytes that are no text (UTF-8)", where, "Export it again.")


def _coded(values: Any, where: Place, arrow: Any) -> CodedColumn:
    """Give a column as codes of its distinct texts, the empty one last."""
    import numpy as np

    kind = plain_type(values.type, arrow)
    if str(kind).startswith("extension"):
        values = arrow.array([typed_text(each) for each in values.to_pylist()], arrow.string())
    if not arrow.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    try:
        texts = [typed_text(each) for each in values.dictionary.to_pylist()]
    except (UnicodeDecodeError, TypeError) as refused:
        raise FileError(_no_text(where)) from refused
    codes = values.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False).astype(np.intp)
    return CodedColumn(codes, (*texts, ""))
