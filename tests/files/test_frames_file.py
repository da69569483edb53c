"""A long table written a part at a time: whole or not at all, as CSV or as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import csv_bytes, is_parquet, write_frames

PARTS = [
    pd.DataFrame({"case_id": pd.Series(["0001", "é,x"], dtype=object), "score": [62.5, float("nan")]}),
    pd.DataFrame({"case_id": pd.Series(["a\nb"], dtype=object), "score": [0.1]}),
]
WHOLE = pd.concat(PARTS, ignore_index=True)


def test_parts_make_one_csv(tmp_path: Path) -> None:
    path = tmp_path / "new" / "s.csv"
    write_frames(path, iter(PARTS))
    assert path.read_bytes() == csv_bytes(WHOLE)
    assert [each.name for each in path.parent.iterdir()] == ["s.csv"]
    assert path.stat().st_mode & 0o077 == 0


def test_parts_make_one_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "s.parquet"
    write_frames(path, iter(PARTS))
    file = pq.ParquetFile(path)
    assert file.metadata.num_row_groups == 2
    assert str(file.schema_arrow.field("case_id").type) == "string"
    assert file.read().to_pydict() == {"case_id": ["0001", "é,x", "a\nb"], "score": [62.5, None, 0.1]}


def test_a_file_that_holds_something_else_is_left_alone_without_force(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileError) as refused:
        write_frames(path, PARTS)
    assert str(refused.value) == "s.csv: exists already. Use --force to write over it."
    assert path.read_text(encoding="utf-8") == "mine"
    write_frames(path, PARTS, force=True)
    write_frames(path, PARTS)
    assert path.read_bytes() == csv_bytes(WHOLE)
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_where_a_part_fails(tmp_path: Path) -> None:
    def broken() -> Iterator[pd.DataFrame]:
        yield PARTS[0]
        raise FileError("no more")

    for name in ("s.csv", "s.parquet"):
        with pytest.raises(FileError, match="no more"):
            write_frames(tmp_path / "new" / name, broken())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_or_link_is_no_place_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "other.csv")
    for name, said in (
        ("", "there is a folder of this name. Choose another name."),
        ("link.csv", "this is a link to another place. Name the place itself."),
    ):
        with pytest.raises(FileError) as refused:
            write_frames(tmp_path / name, PARTS, force=True)
        assert str(refused.value) == f"{(tmp_path / name).name}: {said}"


@pytest.mark.parametrize(("name", "found"), [("a.parquet", True), ("a.PQ", True), ("a.csv", False), ("parquet", False)])
def test_the_ending_says_parquet(name: str, found: bool) -> None:
    assert is_parquet(name) is found
