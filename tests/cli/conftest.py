"""The samples in a folder of their own, and commands run as a person runs them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command import SAMPLES, Done, run


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Do the whole walk once; give the folder that holds both rounds. Tests copy what they change."""
    top = tmp_path_factory.mktemp("walked")
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, top)
    shutil.copytree(SAMPLES / "retrospective-2009", top / "retrospective-2009")
    later = top / "february-2010"
    later.mkdir()
    shutil.copy(SAMPLES / "february-2010" / "plan.yaml", later)
    shutil.copytree(SAMPLES / "february-2010" / "returned", later / "returned")
    done = run("review", str(later))
    assert done.status == 0, done.messages
    (top / "review.txt").write_text(done.data, encoding="utf-8")
    (top / "review-messages.txt").write_text(done.messages, encoding="utf-8")
    return top


@pytest.fixture
def top(walked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the walked samples and stand in it."""
    shutil.copytree(walked, tmp_path / "samples")
    monkeypatch.chdir(tmp_path / "samples")
    return tmp_path / "samples"


@pytest.fixture
def refused(top: Path) -> Callable[..., list[str]]:
    """Run a command that must be refused: exit 1, nothing on stdout, nothing written; give its lines."""

    def ask(*arguments: str) -> list[str]:
        before = snapshot(top)
        done: Done = run(*arguments)
        assert done.status == 1, (done.data, done.messages)
        assert done.data == ""
        assert "Traceback" not in done.messages
        assert snapshot(top) == before
        return done.messages.splitlines()

    return ask


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
