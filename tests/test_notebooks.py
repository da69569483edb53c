"""The notebooks run from a fresh clone, print what they show, and leave no file behind.

`python tests/test_notebooks.py` runs them again and keeps what they show now; read the difference before committing.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import nbclient
import nbformat
import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NAMES = ("first_round", "comparing_two_rounds", "how_many_cases")
# What is kept in a file is small: notebooks are read on a slow line.
LARGEST = 150_000


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def texts(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """Give what each cell shows as text: printed lines together, then the plain text of results."""
    shown = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        printed = "".join(each["text"] for each in outputs if each["output_type"] == "stream")
        results = [each["data"].get("text/plain", "") for each in outputs if "data" in each]
        shown.append([printed, *results])
    return shown


def files() -> dict[str, str]:
    """Give the digest of every file the notebooks could touch."""
    tops = (FOLDER, FOLDER.parent / "samples")
    found = [path for top in tops for path in sorted(top.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def run_again(name: str) -> nbformat.NotebookNode:
    fresh = read(name)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    resources = {"metadata": {"path": str(FOLDER)}}
    nbclient.NotebookClient(
        fresh, timeout=60, kernel_name="python3", resources=resources, record_timing=False
    ).execute()
    return fresh


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_notebook_runs_and_shows_what_it_holds(name) -> None:
    before = files()
    stored, fresh = read(name), run_again(name)
    for cell, then, now in zip(stored.cells, texts(stored), texts(fresh), strict=True):
        assert now == then, f"{name}: {cell.source}"
    assert files() == before


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_kept_as_it_was_run(name) -> None:
    notebook = read(name)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(each["output_type"] != "error" for cell in code for each in cell.outputs)
    assert any("image/png" in each.get("data", {}) for cell in code for each in cell.outputs)
    held = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert len(held) < LARGEST
    assert not re.search(r"/(home|Users|root|work|tmp)/", held)
    assert not any(each.get("name") == "stderr" for cell in code for each in cell.outputs)


if __name__ == "__main__":
    for each in NAMES:
        nbformat.write(run_again(each), FOLDER / f"{each}.ipynb")
