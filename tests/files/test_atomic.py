"""Writing all or nothing, tried by failing at every step."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import write_files


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(files: dict[Path, bytes], *, force: bool = False) -> str:
    with pytest.raises(FileError) as refused:
        write_files(files, force=force)
    return str(refused.value)


def test_files_and_folders_are_made_and_private(tmp_path: Path) -> None:
    target = tmp_path / "round" / "workbooks" / "a.csv"
    write_files({target: b"1", tmp_path / "round" / "b.csv": b"2"})
    assert contents(tmp_path) == {"round/workbooks/a.csv": b"1", "round/b.csv": b"2"}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_exists_is_refused_all_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_bytes(b"old")
    (tmp_path / "receipt.json").write_bytes(b"old")
    files = {tmp_path / "new.csv": b"1", tmp_path / "sample.csv": b"2", tmp_path / "receipt.json": b"3"}
    assert refusal(files).splitlines() == [
        "receipt.json: exists already. Use --force to write over it.",
        "sample.csv: exists already. Use --force to write over it.",
    ]
    assert contents(tmp_path) == {"sample.csv": b"old", "receipt.json": b"old"}
    write_files(files, force=True)
    assert contents(tmp_path) == {"new.csv": b"1", "sample.csv": b"2", "receipt.json": b"3"}


def test_the_same_content_counts_as_written_and_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"same")
    before = path.stat()
    write_files({path: b"same", tmp_path / "b.csv": b"new"})
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert (tmp_path / "b.csv").read_bytes() == b"new"


def test_permissions_are_kept_when_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_files({path: b"new"}, force=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_links_folders_and_doubles_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"real")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "absent.csv")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    names = ["link.csv", "nowhere.csv", "folder.csv", "pipe.csv", "folder.csv/../twice.csv", "twice.csv"]
    assert refusal({tmp_path / name: b"x" for name in names}, force=True).splitlines() == [
        "folder.csv: there is a folder of this name. Choose another name.",
        "link.csv: this is a link to another place. Name the place itself.",
        "nowhere.csv: this is a link to another place. Name the place itself.",
        "pipe.csv: this is not a plain file. Choose another name.",
        "twice.csv: the same file was to be written twice.",
    ]
    assert contents(tmp_path) == {"real.csv": b"real", "link.csv": b"real"}


def failing(real: Callable[..., object], at: int, error: BaseException) -> Callable[..., object]:
    calls = [0]

    def replacement(*given: object, **named: object) -> object:
        calls[0] += 1
        if calls[0] == at:
            raise error
        return real(*given, **named)

    return replacement


FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize(("step", "at"), [("replace", n) for n in range(1, 5)] + [("fsync", n) for n in range(1, 8)])
@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt()])
def test_a_failure_anywhere_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, at: int, error: BaseException
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"old " + name.encode())
    files = {tmp_path / name: b"new" for name in ("a", "new/1", "b", "new/deep/2")}
    monkeypatch.setattr(os, step, failing(getattr(os, step), at, error))
    with pytest.raises((FileError, KeyboardInterrupt)) as refused:
        write_files(files, force=True)
    if error is FULL:
        assert "could not be written (No space left on device). Nothing was changed." in str(refused.value)
    assert contents(tmp_path) == {"a": b"old a", "b": b"old b"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_old_content_comes_back_even_where_renaming_stops_working(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.replace, [0]

    def once(*given: object) -> None:
        calls[0] += 1
        if calls[0] > 1:
            raise FULL
        real(*given)

    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"old " + name.encode())
    monkeypatch.setattr(os, "replace", once)
    refusal({tmp_path / "a": b"new", tmp_path / "b": b"new"}, force=True)
    assert contents(tmp_path) == {"a": b"old a", "b": b"old b"}


def test_a_file_that_appears_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.link

    def late(source: str, target: str, **named: object) -> None:
        if Path(target).name == "b":
            Path(target).write_bytes(b"theirs")
        real(source, target, **named)

    monkeypatch.setattr(os, "link", late)
    assert refusal({tmp_path / "a": b"1", tmp_path / "b": b"2"}) == (
        "b: appeared while it was being written. Look at it, then use --force to write over it."
    )
    assert contents(tmp_path) == {"b": b"theirs"}


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_after_the_check_is_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    real = os.fsync

    def late(descriptor: int) -> None:
        (tmp_path / "b").write_bytes(b"theirs")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", late)
    if not links:  # each fails once: one for a, one for b
        monkeypatch.setattr(os, "link", failing(os.link, 1, PermissionError(1, "Operation not permitted")))
        monkeypatch.setattr(os, "link", failing(os.link, 1, PermissionError(1, "Operation not permitted")))
    assert refusal({tmp_path / "a": b"1", tmp_path / "b": b"2"}) == (
        "b: appeared while it was being written. Look at it, then use --force to write over it."
    )
    assert contents(tmp_path) == {"b": b"theirs"}


def test_where_links_are_not_known_renaming_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", failing(os.link, 1, PermissionError(1, "Operation not permitted")))
    write_files({tmp_path / "a": b"1"})
    assert contents(tmp_path) == {"a": b"1"}


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert refusal({tmp_path / "file" / "a.csv": b"x"}) == (
        "a.csv: could not be written (Not a directory). Nothing was changed."
    )
