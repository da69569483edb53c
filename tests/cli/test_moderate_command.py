"""Moderation as a person types it: pack out, pack in, override, compare and report; drift never leaves the panel."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from command import SAMPLES, run
from moderated_samples import ROUNDS, RULE, cells_of, fill_pack, make_round

import audit_toolkit as at

PANEL = "For the moderation panel, never for a board."

# Whole rounds are drawn, rated, settled and compared by the commands.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw, collect, score and settle both rounds by one rule; give the folder that holds them."""
    top = tmp_path_factory.mktemp("settled")
    for name in ROUNDS:
        folder = make_round(top, name, RULE, "cut_off: 2010-03-05")
        assert run("moderate", str(folder)).status == 0
        fill_pack(folder / "panel_pack.xlsx", top / f"{name}.xlsx")
    return top


@pytest.fixture
def top(both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(both, tmp_path / "samples")
    monkeypatch.chdir(tmp_path / "samples")
    return tmp_path / "samples"


def test_the_pack_is_written_once_and_says_what_is_to_settle(top: Path) -> None:
    done = run("moderate", "february-2010", "-o", "pack.xlsx")
    assert (done.status, done.messages) == (
        0,
        "Written: pack.xlsx. It names auditors on one sheet: for the moderation panel, never for a board.\n",
    )
    assert done.data.splitlines()[1] == "165 answers of 12 cases on which two auditors differ"
    assert (top / "pack.xlsx").read_bytes() == (top / "february-2010" / "panel_pack.xlsx").read_bytes()
    plan = json.loads(run("moderate", "february-2010", "--json", "-o", "pack.xlsx").data)
    assert plan["rule"] == {"differing": True, "worst_grade": True, "rest": "1/10"}
    assert run("moderate", "february-2010", "february-2010.xlsx", "-o", "x.xlsx").status == 2


def test_both_rounds_settled_whole_rest_on_settled_ratings_and_drift_stays_with_the_panel(top: Path) -> None:
    first = {name: (top / name / "scores.csv").read_bytes() for name in ROUNDS}
    before = run("compare", *ROUNDS).data
    assert "The figures rest on first, unmoderated ratings: " in before
    assert "is settled only in part (" in before
    for name in ROUNDS:
        done = run("moderate", name, f"{name}.xlsx")
        assert done.status == 0, done.messages
        assert done.messages == f"Written: {name}/settled.csv, {name}/moderated_scores.csv.\n"
        assert "0 otherwise than first rated" in done.data.splitlines()[0]
    after = run("compare", *ROUNDS).data
    assert "The figures rest on settled ratings: both rounds were moderated whole by one rule" in after
    assert {name: (top / name / "scores.csv").read_bytes() for name in ROUNDS} == first
    assert run("report", "february-2010").status == 0
    severity = run("agreement", "february-2010", "--by-auditor").data
    assert PANEL in severity
    told = [after, *(path.read_text(encoding="utf-8") for path in board_papers(top / "february-2010"))]
    assert "Verdicts rest on settled ratings." in told[1]
    names = set(re.findall(r"^(Auditor \d\d): [+-]", severity, flags=re.MULTILINE))
    assert len(names) == 12
    for text in told:
        assert not [name for name in names if name in text]
        assert not re.search("severity|stricter|kinder than", text, flags=re.IGNORECASE) or "their severity" in text
        assert PANEL not in text


def board_papers(folder: Path) -> list[Path]:
    """Give what a board sees: the page, and every table beside it."""
    return [folder / "report.html", *sorted((folder / "tables").glob("*.csv"))]


def test_settled_otherwise_moves_grades_and_the_summary_tells_how(top: Path) -> None:
    def second(cells) -> None:
        if "differs" in cells["why"].value:
            cells["settled"].value = cells["second_rating"].value
            cells["reason"].value = "The second auditor read the paper file too"

    pack = fill_pack(top / "february-2010" / "panel_pack.xlsx", top / "otherwise.xlsx", second)
    found = json.loads(run("moderate", "february-2010", pack.name, "--json").data)
    assert (found["whole"], found["otherwise"]) == (True, 165)
    assert [each["framework"] for each in found["grades"]] == [
        *("assessment_quality", "record_keeping", "managerial_oversight"),
    ]
    for each in found["grades"][1]["grades"]:
        assert each["ci_low"] <= each["estimate"] <= each["ci_high"]
    settled = (top / "february-2010" / "settled.csv").read_text(encoding="utf-8")
    assert settled.count("The second auditor read the paper file too") == 165
    refused = run("moderate", "february-2010", "february-2010.xlsx")
    assert refused.status == 1
    assert refused.messages.count("Settle with --force to take what is in the packs now.") == 20
    assert (top / "february-2010" / "settled.csv").read_text(encoding="utf-8") == settled
    assert run("moderate", "february-2010", "february-2010.xlsx", "--force").status == 0


def test_an_override_stands_beside_and_no_verdict_uses_it(top: Path) -> None:
    frame = at.read_round("february-2010").scores["record_keeping"].table
    case = str(frame.loc[frame["band"] == "Adequate", "case_id"].iloc[0])
    options = ("--framework", "record_keeping", "--reason", "The plan is on paper", "--by", "panel chair")
    before, scores = run("compare", *ROUNDS).data, (top / "february-2010" / "scores.csv").read_bytes()
    done = run("override", "february-2010", case, "--to", "Good", *options, "--date", "2010-03-09", "--json")
    assert done.messages == (
        f"Case {case}, record_keeping: Adequate by rule, Good by override of panel chair. Both are kept.\n"
        "Written: february-2010/overrides.csv, february-2010/moderated_scores.csv.\n"
    )
    assert json.loads(done.data)["overrides"][0]["date"] == "2010-03-09"
    assert (top / "february-2010" / "scores.csv").read_bytes() == scores
    after = run("compare", *ROUNDS).data
    aside = "February 2010 review: 1 grade set by override is left aside; the grade by rule counts."
    assert [line for line in after.splitlines() if line not in before.splitlines()] == [aside]
    assert (
        "1 override stands beside the grades by rule, in moderated_scores.csv."
        in run("score", "february-2010").messages
    )
    again = run("override", "february-2010", case, "--to", "Inadequate", *options)
    assert (again.status, again.messages.count("--force")) == (1, 1)
    assert run("override", "february-2010", case, "--to", "Inadequate", *options, "--force").status == 0
    assert len((top / "february-2010" / "overrides.csv").read_text(encoding="utf-8").splitlines()) == 3


def test_what_is_still_out_is_said_by_every_command(top: Path) -> None:
    """Auditor 12 never answers; the cut-off of 2010 has long passed when these tests run."""
    (top / "february-2010" / "returned" / "Auditor_12.csv").unlink()
    done = run("collect", "february-2010", "--force")
    said = "5 of 60 cases are still out, and the cut-off, 5 March 2010, has passed. Figures take them as not read; "
    assert said in done.messages
    assert said in run("score", "february-2010", "--force").messages
    assert said in run("compare", *ROUNDS).data
    assert run("report", "february-2010", "--force").status == 0
    assert said in (top / "february-2010" / "report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("top")
def test_agreement_prints_measures_beside_each_other() -> None:
    done = run("agreement", "february-2010", "--framework", "assessment_quality")
    lines = done.data.splitlines()
    assert lines[0] == "February 2010 review: 12 of 60 cases rated by two auditors. 95 % intervals in brackets."
    assert re.split(r"  +", lines[3].strip()) == ["double ratings", "raw", "kappa", "Gwet AC", "Krippendorff alpha"]
    assert lines[5].startswith("grade                     12  0.75 (0.42 to 0.92)")
    assert lines[-2] == "12 double ratings cannot carry a claim about drift: read the intervals."
    assert PANEL not in done.data
    found = json.loads(run("agreement", "february-2010", "--by-auditor", "--json").data)
    assert len(found["by_auditor"]) == 3
    assert "by_auditor" not in json.loads(run("agreement", "february-2010", "--json").data)


def test_agreement_reads_loose_tables(tmp_path: Path) -> None:
    file = tmp_path / "raters.csv"
    file.write_text("case_id,Ann,Ben,Cem\n001,Good,Good,\n002,Adequate,Good,Good\n003,Good,,Good\n", encoding="utf-8")
    done = run("agreement", str(file), "--framework", "assessment_quality")
    assert done.data.splitlines()[0] == ("3 raters, 3 cases rated by two or more (ordinal scale). 95 % intervals.")
    assert done.messages.splitlines()[0] == "3 cases carry no claim about drift: read the interval."
    assert json.loads(run("agreement", str(file), "--scale", "nominal", "--json").data)["overall"]["scale"] == "nominal"
    for wrong in (["--by-auditor"], ["--framework", "a", "--framework", "b"]):
        assert run("agreement", str(file), *wrong).status == 2
    assert run("agreement", str(SAMPLES / "february-2010"), "--scale", "nominal").status == 2


def test_the_pack_names_nobody_beside_a_rating(top: Path) -> None:
    book = openpyxl.load_workbook(top / "february-2010" / "panel_pack.xlsx")
    for cells in cells_of(book["To settle"]):
        assert not [cell for name, cell in cells.items() if re.match(r"Auditor \d\d", str(cell.value)) and name]
