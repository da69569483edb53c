"""Opening a file once, whole, and saying plainly when that cannot be done."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from audit_toolkit.errors import FileError, Place, Problem, nearest
from audit_toolkit.files.limits import MEBIBYTE, TABLE_BYTES, TEXT_BYTES


def read_bytes(path: str | Path, *, limit: int = TABLE_BYTES) -> bytes:
    """Read a whole file.

    Parameters
    ----------
    path : file to read. limit : largest size in bytes that is read.

    Raises
    ------
    FileError if it is not there, is a folder or a device, may not be opened, or is larger than `limit`.
    """
    path = Path(path)
    with _in_plain_words(path):
        size = _size(path)
        if size > limit:
            what = f"the file holds {size / MEBIBYTE:,.1f} MiB; at most {limit / MEBIBYTE:,.1f} MiB is read"
            raise FileError(Problem(what, Place(path.name), "Send a smaller file."))
        return path.read_bytes()


def ends_of(path: str | Path, *, size: int = 4096) -> bytes:
    """Read the first and the last bytes of a file of any length; all of it where it is no longer than both.

    Raises
    ------
    FileError if it is not there, is a folder or a device, or may not be opened.
    """
    path = Path(path)
    with _in_plain_words(path):
        length = _size(path)
        with path.open("rb") as file:
            if length <= 2 * size:
                return file.read()
            start = file.read(size)
            file.seek(-size, os.SEEK_END)
            return start + file.read()


def _size(path: Path) -> int:
    """Give the size of a plain file; anything else is refused."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise FileError(Problem("this is a folder, not a file", Place(path.name or str(path))))
    if not stat.S_ISREG(found.st_mode):
        raise FileError(Problem("this is not a plain file", Place(path.name)))
    return found.st_size


@contextlib.contextmanager
def _in_plain_words(path: Path) -> Iterator[None]:
    """Turn the system's refusal to open a file into ours."""
    try:
        yield
    except FileNotFoundError as missing:
        raise FileError(Problem("there is no such file", Place(str(path)), _similar_file(path))) from missing
    except (OSError, ValueError) as refused:
        reason = getattr(refused, "strerror", None) or str(refused)
        raise FileError(Problem(f"the file cannot be opened ({reason})", Place(path.name))) from refused


def _similar_file(path: Path) -> str:
    try:
        best = nearest(path.name, [each.name for each in path.parent.iterdir()])
    except OSError:
        return "Check the folder's name."
    return f'Did you mean "{best}"?' if best else "Check the name and the folder."


def digest_of(data: bytes) -> str:
    """Give the SHA-256 of some bytes, 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def file_digest(path: str | Path) -> str:
    """Give a file's SHA-256, 64 lower-case hex digits: the same as `sha256sum` prints."""
    return digest_of(read_bytes(path))


def looks_like_csv(data: bytes) -> bool:
    """Say whether bytes begin like a delimited text file under another name."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    return b"\0" not in start and any(each in start.split(b"\n")[0] for each in (b",", b";", b"\t"))


def utf8_text(data: bytes, name: str) -> str:
    """Decode UTF-8, with or without a byte-order mark; anything else is refused with its line."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as refused:
        line = data.count(b"\n", 0, refused.start) + 1
        what = "this line is not UTF-8 text"
        raise FileError(Problem(what, Place(name, line=line), "Save the file as UTF-8.")) from refused


def read_text(path: str | Path, *, limit: int = TEXT_BYTES) -> str:
    """Read a UTF-8 text file; FileError where it is anything else or larger than `limit` bytes."""
    path = Path(path)
    return utf8_text(read_bytes(path, limit=limit), path.name)
