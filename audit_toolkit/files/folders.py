"""What a folder holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audit_toolkit.errors import FileError, Problem

# Written by office programs beside an open file; never somebody's work.
LOCK_PREFIXES = ("~$", ".~lock", ".")


def list_files(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    """Give a folder's files with these endings, by name; FileError where there is no such folder."""
    if not folder.is_dir():
        raise FileError(Problem("there is no such folder", folder.name, "Make it and put the files there."))
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in suffixes and not path.name.startswith(LOCK_PREFIXES)
    )
