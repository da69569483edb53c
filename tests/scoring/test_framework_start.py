"""Starting points for a framework of one's own: they hold as they stand, and the commands take them on."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from audit_toolkit.cli import main
from audit_toolkit.errors import FrameworkError
from audit_toolkit.scoring import framework_start, load_framework


def run(*arguments: str) -> tuple[int, str, str]:
    """Run framework as a person does; give its exit status, what it printed, and its messages."""
    out, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told), pytest.raises(SystemExit) as ended:
        main(["framework", *arguments])
    return int(str(ended.value.code)), out.getvalue(), told.getvalue()


def test_new_change_lint_show_seal_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "front_door") == (
        0,
        "",
        "Written: front_door.yaml. Change it, then: audit-toolkit framework lint front_door.yaml\n",
    )
    first = load_framework("front_door.yaml")
    assert (first.title, first.criterion_ids) == ("Front door", ("FD01", "FD02", "FD03", "FD04"))
    assert run("lint", "front_door.yaml")[0] == 0
    assert run("show", "front_door.yaml")[1].startswith("Front door (front_door 1.0.0)\n")
    assert run("seal", "front_door.yaml") == (
        0,
        "",
        f"front_door 1.0.0 is sealed in front_door.yaml: digest {first.digest[:16]}.\n",
    )
    assert run("seal", "front_door.yaml")[2] == "front_door 1.0.0 is sealed already, and holds what was sealed.\n"
    Path("later.yaml").write_text(
        Path("front_door.yaml").read_text().replace("weight: 2", "weight: 3").replace('"1.0.0"', '"1.1.0"', 1)
    )
    assert "FD01 weight: 2 -> 3" in run("diff", "front_door.yaml", "later.yaml")[1]
    assert run("new", "front_door")[0] == 1


def test_a_framework_made_from_a_file_in_another_folder_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "parent", "-o", "ours/parent.yaml")[0] in (0, 1)
    Path("ours").mkdir(exist_ok=True)
    Path("rounds").mkdir()
    assert run("new", "parent", "-o", "ours/parent.yaml", "--force")[0] == 0
    assert run("new", "child", "--extends", "ours/parent.yaml", "-o", "rounds/child.yaml")[0] == 0
    child = load_framework("rounds/child.yaml")
    assert child.extends == "../ours/parent.yaml 1.0.0"
    assert child.criterion_ids == load_framework("ours/parent.yaml").criterion_ids


def test_every_line_of_an_extending_start_may_be_taken_up() -> None:
    text = framework_start("ours", title="Ours", extends="record_keeping")
    opened = text.replace("# without:", "without:").replace("# criteria:", "criteria:").replace("#   ", "  ")
    assert "\nwithout: [RK14]\n" in opened
    assert "\n  - id: RK01\n    weight: 2\n" in opened


def test_the_first_line_is_the_title() -> None:
    assert framework_start("x", title="A   title").splitlines()[0].startswith("# A title: a framework for case audits.")
    assert framework_start("2010_audit").count("id: Q2A0") == 4


@pytest.mark.parametrize("name", ["", "a b", "../x", "é", "x" * 65, "-x"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(FrameworkError) as refused:
        framework_start(name)
    assert str(refused.value) == (
        f"{name} is not a plain name. Use letters, digits, - and _ only, at most 64, the first a letter or digit."
    )
