"""Writing one long table, given a part at a time, as CSV or as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit_toolkit.files.atomic import write_streamed
from audit_toolkit.files.csv_text import csv_text
from audit_toolkit.files.parquet_file import arrow_modules

if TYPE_CHECKING:
    import pandas as pd

PARQUET_ENDINGS = (".parquet", ".pq")


def is_parquet(path: str | Path) -> bool:
    """Say whether a file's ending says Parquet."""
    return Path(path).suffix.casefold() in PARQUET_ENDINGS


def write_frames(path: Path, frames: Iterable[pd.DataFrame], *, force: bool = False) -> None:
    """Write parts of one table as one file: Parquet where its ending says so, CSV otherwise.

    The parts have the same columns. In Parquet, columns of text stay text and numbers numbers, NaN is no value.

    Raises
    ------
    FileError as `write_files`; for a value CSV cannot hold; where Parquet is asked for and pyarrow is missing.
    """
    made = _parquet(frames, path.name) if is_parquet(path) else _csv(frames)
    write_streamed(path, made, force=force)


def _csv(frames: Iterable[pd.DataFrame]) -> Iterator[bytes]:
    """Give CSV text, the headings once."""
    for number, frame in enumerate(frames):
        yield csv_text(frame, headings=number == 0).encode("utf-8")


class _Sink:
    """Takes what pyarrow writes and hands it on, so that no more than a row group is held."""

    def __init__(self) -> None:
        self.closed = False
        self._held: list[bytes] = []
        self._length = 0

    def write(self, data: bytes) -> int:
        piece = bytes(data)
        self._held.append(piece)
        self._length += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._length

    def flush(self) -> None:
        """Hold everything until it is taken."""

    def close(self) -> None:
        self.closed = True

    def take(self) -> bytes:
        """Give what was written since the last time."""
        taken = b"".join(self._held)
        self._held.clear()
        return taken


def _parquet(frames: Iterable[pd.DataFrame], name: str) -> Iterator[bytes]:
    """Give a Parquet file piece by piece: a row group for each part."""
    arrow, parquet = arrow_modules(name)
    sink, writer = _Sink(), None
    for frame in frames:
        table = _arrow_table(frame, arrow)
        if writer is None:
            writer = parquet.ParquetWriter(sink, table.schema, compression="zstd")
        writer.write_table(table)
        yield sink.take()
    if writer is not None:
        writer.close()
        yield sink.take()


def _arrow_table(frame: pd.DataFrame, arrow: Any) -> Any:
    """Make text of the columns that hold objects, and keep the numbers."""
    kinds = [(name, arrow.string() if frame[name].dtype == object else arrow.float64()) for name in frame.columns]
    return arrow.Table.from_pandas(frame, schema=arrow.schema(kinds), preserve_index=False)
