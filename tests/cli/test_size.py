"""audit-toolkit size, as a person runs it: whole texts, the picture, what is misuse and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command import SAMPLES, run

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand beside a copy of the February plan and its register, nothing drawn."""
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, tmp_path)
    for name in ("february-2010", "retrospective-2009"):
        (tmp_path / name).mkdir()
        shutil.copy(SAMPLES / name / "plan.yaml", tmp_path / name)
    shutil.copy(SAMPLES / "retrospective-2009" / "sample.csv", tmp_path / "retrospective-2009")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_question_at_once(here: Path) -> None:
    done = run("size", "february-2010", "--change", "20%", "--margin", "8%", "--no-worse", "0.1", "--exceptions", "5")
    assert (done.status, done.messages) == (0, "")
    assert done.data == (
        "February 2010 review: 696 eligible cases in 12 strata, proportional allocation, 2 or more from each.\n"
        "\n"
        "question                                                       by formula  on these strata\n"
        "-------------------------------------------------------------  ----------  ---------------\n"
        "50 % to 70 % good or better, shown by the share (80 % power)           93               93\n"
        "50 % to 70 % good or better, shown by the grades (80 % power)          74               76\n"
        "Unchanged grades shown no worse by 10 points (80 % power)             123              131\n"
        "A share near 50 % known to within 8 points either way                 124              134\n"
        "At most 5 exceptions among 696, none found (95 % confidence)          273\n"
        "\n"
        "Read 93 of 696 cases in each of the two rounds, so that a true rise from 50 % to 70 % good or better is shown "
        "by the share in 80 of 100 pairs of rounds.\n"
        "Read 76 of 696 cases in each of the two rounds, so that a true rise from 50 % to 70 % good or better is shown "
        "by the grades in 80 of 100 pairs of rounds.\n"
        "Read 131 of 696 cases in each of the two rounds, so that grades that did not change are called no worse, by a "
        "margin of 10 points, in 80 of 100 pairs of rounds.\n"
        "Read 134 of 696 cases, so that a share near 50 % is known to within 8 points either way, on average.\n"
        "At most 5 exceptions among 696, none found (95 % confidence): read 273 of 696 cases.\n"
        "- 95 % interval, its width averaged over the samples that may be drawn.\n"
        "- Exceptions: draw from all cases alike, without strata, and read every case drawn.\n"
    )
    assert [path.name for path in (here / "february-2010").iterdir()] == ["plan.yaml"]


def test_one_stratum_and_exceptions() -> None:
    done = run("size", "--population", "30", "--exceptions", "6")
    assert done.data == (
        "30 cases in one stratum.\n"
        "\n"
        "question                                                     by formula  by the test itself\n"
        "-----------------------------------------------------------  ----------  ------------------\n"
        "At most 6 exceptions among 30, none found (95 % confidence)          10\n"
        "\n"
        "At most 6 exceptions among 30, none found (95 % confidence): read 10 of 30 cases.\n"
        "- Exceptions: draw from all cases alike, without strata, and read every case drawn.\n"
    )
    found = run("size", "--population", "30", "--exceptions", "6", "--found", "1")
    assert "1 or fewer found (95 % confidence): read 15 of 30 cases." in found.data


def test_no_number_will_do() -> None:
    done = run("size", "--population", "100", "--change", "15%", "--measure", "share")
    assert done.status == 0
    assert done.data.splitlines()[-3:] == [
        "50 % to 65 % good or better, shown by the share (80 % power)         170  none",
        "",
        "No number of cases up to 100 is enough that a true rise from 50 % to 65 % good or better is shown by the "
        "share in 80 of 100 pairs of rounds: with 100 the power is 57 %.",
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_without_a_question_a_table() -> None:
    done = run("size", "february-2010")
    assert done.status == 0
    lines = done.data.splitlines()
    assert lines[2].replace("  ", " ") == (
        "cases half width true rise, share true rise, grades observed rise, share observed pairs, grades no worse"
    )
    assert [line.split() for line in lines[4:7]] == [
        ["40", "16.8", "30.5", "28.1", "24.1", "64.5", "28", "%"],
        ["60", "12.9", "25.0", "22.5", "19.1", "61.5", "45", "%"],
        ["80", "10.9", "22.0", "19.5", "16.3", "59.5", "58", "%"],
    ]
    assert lines[-5:] == [
        "Half width: how far either way a share near 50 % would be known, on average (95 % interval).",
        "True rise: the smallest rise from 50 % good or better that two such rounds would show with 80 % power.",
        "Observed: the smallest that would count when it is seen; pairs are those of 100 in which the later case is",
        "graded higher (50 would be neither).",
        "No worse: how often unchanged grades would be called so, by the margin of 10 points.",
    ]
    one = run("size", "--population", "15", "--from", "80%", "--power", "90%")
    assert one.data.splitlines()[4].split() == ["15", "0.0", "none", "19.6", "none", "69.5"]
    assert "near 80 %" in one.data
    assert "90 % power" in one.data


@pytest.mark.usefixtures("here")
def test_the_earlier_round_counts_as_it_is() -> None:
    done = run("size", "february-2010", "--change", "25%", "--measure", "grades", "--earlier", "retrospective-2009")
    assert done.status == 0
    assert "in the later round" in done.data
    assert "- The earlier round has 60 cases; the formula takes two rounds of the same size." in done.data


def test_the_picture(here: Path) -> None:
    done = run("size", "--population", "300", "--margin", "10%", "--plot", "how-many.png")
    assert (done.status, done.messages) == (0, "Written: how-many.png.\n")
    first = (here / "how-many.png").read_bytes()
    assert first.startswith(PNG)
    again = run("size", "--population", "300", "--margin", "12%", "--plot", "how-many.png")
    assert again.status == 1
    assert "how-many.png" in again.messages
    assert "--force" in again.messages
    assert (again.data, (here / "how-many.png").read_bytes()) == ("", first)
    assert run("size", "--population", "300", "--margin", "10%", "--plot", "how-many.png").status == 0
    table = run("size", "--population", "60", "--plot", "table.svg")
    assert table.status == 0
    assert (here / "table.svg").read_text(encoding="utf-8").lstrip().startswith("<?xml")


@pytest.mark.usefixtures("here")
def test_json() -> None:
    done = run("size", "february-2010", "--margin", "8%", "--exceptions", "5", "--json")
    told = json.loads(done.data)
    assert told["eligible"] == 696
    assert [each["n"] for each in told["answers"]] == [134, 273]
    assert sum(told["answers"][0]["allocation"].values()) == 134
    table = json.loads(run("size", "--population", "60", "--json").data)
    assert [each["n"] for each in table["answers"]] == [20, 40, 60]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "Give a round folder, or --population with a number of cases."),
        (["february-2010", "--population", "9"], "Give a round folder, or --population with a number of cases."),
        (["--population", "9", "--register", "r.csv"], "--register goes with a round folder."),
        (
            ["--population", "50", "--from", "20%", "--exceptions", "3", "--measure", "share"],
            "--from needs --change, --no-worse or --margin. --measure needs --change.",
        ),
        (["--population", "50", "--margin", "5%", "--power", "90%"], "--power needs --change or --no-worse."),
        (["--population", "50", "--found", "1"], "--found needs --exceptions."),
        (["--population", "50", "--margin", "5"], "Invalid value for '--margin': 5 is not a share. Write 5% or 0.05."),
        (["--population", "50", "--exceptions", "3", "--plot", "a.png"], "--plot has nothing to draw: exceptions"),
        (["--population", "50", "--margin", "9%", "--plot", "a.gif"], "--plot a.gif: use a name that ends in png, svg"),
    ],
)
def test_misuse(here: Path, arguments: list[str], text: str) -> None:
    done = run("size", *arguments)
    assert (done.status, done.data) == (2, "")
    assert text in done.messages
    assert not list(here.glob("a.*"))


@pytest.mark.usefixtures("here")
def test_refused() -> None:
    done = run("size", "--population", "50", "--change", "60%")
    assert (done.status, done.data, done.messages) == (
        1,
        "",
        "change: a rise of 60 points from 50 % cannot be. Use more than 0 and at most 50 points.\n",
    )
    missing = run("size", "nowhere", "--margin", "5%")
    assert missing.status == 1
    assert "plan.yaml" in missing.messages
