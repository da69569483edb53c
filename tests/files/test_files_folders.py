"""What a folder holds, without what office programs leave beside an open file."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import list_files


def test_a_folder_is_listed_by_name_and_ending(tmp_path: Path) -> None:
    for name in ("b.xlsx", "a.XLSX", "~$b.xlsx", ".~lock.b.xlsx#", ".c.xlsx", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.xlsx").mkdir()
    assert [path.name for path in list_files(tmp_path, (".xlsx",))] == ["a.XLSX", "b.xlsx"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError) as refused:
        list_files(tmp_path / "returned", (".xlsx",))
    assert str(refused.value) == "returned: there is no such folder. Make it and put the files there."
