"""audit-toolkit power, as a person runs it: a plan's curve, two rounds' curve, the picture, what is misuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command import SAMPLES, run

ROUNDS = ("retrospective-2009", "february-2010")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, tmp_path)
    for name in ROUNDS:
        shutil.copytree(SAMPLES / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_a_plan(here: Path) -> None:
    done = run("power", "february-2010", "--from", "60%", "--plot", "power.svg")
    assert (done.status, done.messages) == (0, "Written: power.svg.\n")
    lines = done.data.splitlines()
    assert lines[0] == "60 cases, then 60, in 12 strata; share good or better 60 % before"
    assert lines[5] == "true change, points  share then  called    by the grades  share's interval"
    assert lines[7].split()[:4] == ["-60", "0", "%", "worsened"]
    assert [line.split()[0] for line in lines[7:29]] == [f"{each:+d}" if each else "0" for each in CHANGES]
    assert (here / "power.svg").read_bytes().startswith(b"<?xml")


CHANGES = [*range(-60, 5, 5), *range(0, 45, 5)]


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_two_rounds_as_json() -> None:
    done = run("power", *ROUNDS, "--framework", "record_keeping", "--power", "0.9", "--json")
    assert done.status == 0
    found = json.loads(done.data)
    assert (found["power"], found["n_earlier"], found["strata"]) == (0.9, 60, 12)
    assert {each["verdict"] for each in found["curve"]} == {"improved", "worsened"}


@pytest.mark.usefixtures("here")
def test_misuse() -> None:
    done = run("power", "february-2010", "--framework", "record_keeping")
    assert done.status == 2
    assert "--framework goes with two scored rounds; a plan has its primary framework." in done.messages
    done = run("power", *ROUNDS, "--from", "50%")
    assert done.status == 2
    assert "--from goes with a plan; two scored rounds start where the earlier one stood." in done.messages


@pytest.mark.usefixtures("here")
def test_a_folder_that_is_no_round() -> None:
    done = run("power", "nowhere")
    assert (done.status, done.data) == (1, "")
    assert done.messages == "nowhere/plan.yaml: there is no such file. Check the folder's name.\n"
