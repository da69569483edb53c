"""Writing files all or nothing: every one whole, or everything as it was before."""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from audit_toolkit.errors import FileError, Place, Problem, raise_if


def write_files(files: Mapping[Path, bytes], *, force: bool = False) -> None:
    """Write a set of files so that afterwards all of them are there, or none has changed.

    A file that already holds exactly these bytes counts as written and is left alone. Missing folders are
    made. New files can be read by their owner only, because they may name children; a file written over
    keeps its permissions. The files appear in the order given: should the power fail in between, each is
    whole, so give the one that vouches for the others last.

    Parameters
    ----------
    files : path -> bytes. force : write over files that hold something else.

    Raises
    ------
    FileError naming every file that exists already (without `force`), is a link, a folder or no plain file;
    or the reason why writing failed, after everything was put back.
    """
    targets = {Path(path): data for path, data in files.items()}
    with contextlib.ExitStack() as undo, _in_plain_words() as current:
        raise_if(_problems(targets, force), FileError)
        changed = {path: data for path, data in targets.items() if not _holds(path, data)}
        folders: list[Path] = []
        leftovers: list[Path] = []
        # Undone from the last to the first: files put back, then what is left over removed, then folders.
        undo.callback(_remove_folders, folders)
        undo.callback(_remove, leftovers)
        staged = []
        for path, data in changed.items():
            current.append(path)
            _make_folder(path.parent, folders)
            staged.append((path, _stage(path, [data], leftovers)))
        for path, temporary in staged:
            current.append(path)
            _put_in_place(path, temporary, force, leftovers, undo)
        for folder in {path.parent for path in changed}:
            _sync_folder(folder)
        undo.pop_all()
        _remove(leftovers)


def write_streamed(path: Path, chunks: Iterable[bytes], *, force: bool = False) -> None:
    """Write one file that is made piece by piece, so that afterwards it is there whole, or nothing has changed.

    As `write_files`, for what is too long to hold in memory: the pieces go to the disk as they come.

    Parameters
    ----------
    path : the file. chunks : its bytes, in order. force : write over a file that holds something else.

    Raises
    ------
    FileError as `write_files`; whatever making the pieces raises, after what was written is removed.
    """
    path = Path(path)
    with contextlib.ExitStack() as undo, _in_plain_words() as current:
        current.append(path)
        raise_if(_problems({path: None}, force=True), FileError)
        folders: list[Path] = []
        leftovers: list[Path] = []
        undo.callback(_remove_folders, folders)
        undo.callback(_remove, leftovers)
        _make_folder(path.parent, folders)
        temporary = _stage(path, chunks, leftovers)
        if not (path.exists() and filecmp.cmp(path, temporary, shallow=False)):
            raise_if(_problems({path: None}, force), FileError)
            _put_in_place(path, temporary, force, leftovers, undo)
            _sync_folder(path.parent)
        undo.pop_all()
        _remove(leftovers)


def _problems(targets: Mapping[Path, bytes | None], force: bool) -> list[Problem]:
    problems = []
    seen: set[Path] = set()
    for path, data in targets.items():
        where = Place(path.name)
        whole = path.resolve()
        if whole in seen:
            problems.append(Problem("the same file was to be written twice", where))
        seen.add(whole)
        if path.is_symlink():
            problems.append(Problem("this is a link to another place", where, "Name the place itself."))
        elif path.is_dir():
            problems.append(Problem("there is a folder of this name", where, "Choose another name."))
        elif path.exists() and not path.is_file():
            problems.append(Problem("this is not a plain file", where, "Choose another name."))
        elif path.exists() and not force and (data is None or not _holds(path, data)):
            problems.append(Problem("exists already", where, "Use --force to write over it."))
    return problems


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


@contextlib.contextmanager
def _in_plain_words() -> Iterator[list[Path]]:
    """Turn the system's refusal into ours, naming the file that was being written."""
    current: list[Path] = []
    try:
        yield current
    except OSError as refused:
        name = current[-1].name if current else ""
        if isinstance(refused, FileExistsError):
            what, mend = "appeared while it was being written", "Look at it, then use --force to write over it."
        else:
            reason = refused.strerror or str(refused)
            what, mend = f"could not be written ({reason})", "Nothing was changed."
        raise FileError(Problem(what, Place(name), mend)) from refused


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir()
        made.append(each)


def _remove_folders(made: list[Path]) -> None:
    for folder in reversed(made):
        with contextlib.suppress(OSError):
            folder.rmdir()


def _stage(path: Path, chunks: Iterable[bytes], leftovers: list[Path]) -> Path:
    """Write a file's bytes, in one piece or several, beside it under a name nobody can guess, safely on the disk."""
    descriptor, name = tempfile.mkstemp(prefix=".writing-", suffix=".part", dir=path.parent)
    temporary = Path(name)
    leftovers.append(temporary)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        os.fsync(file.fileno())
    return temporary


def _put_in_place(path: Path, temporary: Path, force: bool, leftovers: list[Path], undo: contextlib.ExitStack) -> None:
    if not force:
        _claim(temporary, path, undo)
        return
    if not path.exists():
        temporary.replace(path)
        undo.callback(path.unlink, missing_ok=True)
        return
    kept = _keep(path, leftovers)
    temporary.replace(path)
    undo.callback(_put_back, kept, path, leftovers)


def _put_back(kept: Path, path: Path, leftovers: list[Path]) -> None:
    """Give the old file its name again; where even that fails it stays beside, and is not removed."""
    try:
        kept.replace(path)
    except OSError:
        try:
            shutil.copy2(kept, path)
        except OSError:
            leftovers.remove(kept)


def _claim(temporary: Path, path: Path, undo: contextlib.ExitStack) -> None:
    """Give the file its name only if nothing has taken that name since it was looked for.

    Where links are not known, an empty file made for us alone takes the name first and is then written over.
    """
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        undo.callback(path.unlink, missing_ok=True)
        temporary.replace(path)
        return
    undo.callback(path.unlink, missing_ok=True)


def _keep(path: Path, leftovers: list[Path]) -> Path:
    """Keep the old file under another name until everything is written."""
    descriptor, name = tempfile.mkstemp(prefix=".keeping-", suffix=".part", dir=path.parent)
    os.close(descriptor)
    leftovers.append(Path(name))
    shutil.copy2(path, name)
    return Path(name)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
