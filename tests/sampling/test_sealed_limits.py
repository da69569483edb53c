"""A plan's own time limits are sealed with the draw: read by every step, and changed by none of them unseen."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

import audit_toolkit as at
from audit_toolkit.cli import main
from audit_toolkit.errors import AuditError, DesignError
from audit_toolkit.files import csv_bytes
from audit_toolkit.improvement.rounds.comparable import refusals
from audit_toolkit.scoring import score_round, scores_text

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
OURS = """\
timescales: our_council
version: "2010"
limits:
  allocation:
    title: Case allocated to a named worker
    local: true
    rows:
      - {start: 2009-01-01, days: 5, unit: working days, source: Our procedures}
"""


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(str(ended.value.code))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw and score the later sample round under a council's own limit; give the folder of both rounds."""
    top = tmp_path_factory.mktemp("limits")
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, top)
    shutil.copytree(SAMPLES / "retrospective-2009", top / "retrospective-2009")
    folder = top / "february-2010"
    folder.mkdir()
    plan = (SAMPLES / "february-2010" / "plan.yaml").read_text(encoding="utf-8")
    (folder / "plan.yaml").write_text(plan + "timescales: ours.yaml\n", encoding="utf-8")
    (folder / "ours.yaml").write_text(OURS, encoding="utf-8")
    assert run("draw", str(folder)) == 0
    # The draw is that of the samples, and so is what came back of it.
    for name in ("ratings.csv", "facts.csv"):
        shutil.copy(SAMPLES / "february-2010" / name, folder)
    assert run("score", str(folder)) == 0
    return top


@pytest.fixture
def folder(drawn: Path, tmp_path: Path) -> Path:
    shutil.copytree(drawn, tmp_path / "copy")
    return tmp_path / "copy" / "february-2010"


def problems(folder: Path) -> list[str]:
    return [str(each) for each in at.verify_round(folder)]


def test_the_file_is_among_what_the_receipt_seals(folder: Path) -> None:
    receipt, _ = at.read_receipt(folder / "receipt.json")
    (sealed,) = [each for each in receipt.files if each.get("use") == "timescales"]
    assert (sealed["name"], sealed["rows"]) == ("ours.yaml", 8)
    assert problems(folder) == []
    assert at.plan_review(folder).commitment()["lists"] == {"timescales": sealed["sha256"]}


def test_a_change_of_it_is_found_by_verify_and_stops_a_comparison(folder: Path) -> None:
    (folder / "ours.yaml").write_text(OURS.replace("days: 5", "days: 6"), encoding="utf-8")
    changed = (
        "ours.yaml: the time limits changed after the sample was drawn."
        " Put back the file as it was; other limits are for the next round."
    )
    assert problems(folder) == [changed]
    with pytest.raises(DesignError) as refused:
        at.read_round(folder)
    assert str(refused.value) == changed


def test_a_file_that_is_gone_and_one_that_no_receipt_knows_are_told(folder: Path) -> None:
    (folder / "ours.yaml").unlink()
    assert problems(folder) == [
        "ours.yaml: the file of time limits is not there any more."
        " Put back the file as it was; other limits are for the next round."
    ]
    (folder / "ours.yaml").write_text(OURS, encoding="utf-8")
    plan = (folder / "plan.yaml").read_text(encoding="utf-8")
    (folder / "plan.yaml").write_text(plan.replace("timescales: ours.yaml\n", ""), encoding="utf-8")
    with pytest.raises(DesignError) as without:
        at.read_round(folder)
    assert str(without.value).splitlines() == [
        "plan.yaml: the plan of February 2010 review is not the one its sample was drawn by. Run verify to see the"
        " difference, and put it back: what decides a verdict is fixed before the draw.",
        "receipt.json: the receipt knows a file of time limits, and the plan names none."
        " Find the original receipt or plan.",
    ]
    shutil.copy(SAMPLES / "february-2010" / "receipt.json", folder)
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    with pytest.raises(DesignError) as unknown:
        at.read_round(folder)
    assert (
        "ours.yaml: the plan names a file of time limits, and the receipt does not know it."
        " Find the original receipt or plan." in str(unknown.value).splitlines()
    )


@pytest.mark.slow
def test_the_round_is_scored_and_read_by_its_own_limits(folder: Path) -> None:
    own = {each.framework.name: each for each in score_round(folder)}["managerial_oversight"].answers["MO01"]
    shipped = {each.framework.name: each for each in score_round(SAMPLES / "february-2010")}
    before = shipped["managerial_oversight"].answers["MO01"]
    assert (own == "met").sum() > (before == "met").sum()
    read = at.read_round(folder)
    assert read.timescales.name == "our_council"
    assert read.answers("managerial_oversight", "MO01").to_dict() == own.reindex(read.findings.index).to_dict()
    assert read.agreement("managerial_oversight") is not None


@pytest.mark.slow
def test_rounds_judged_by_other_limits_are_not_compared(folder: Path) -> None:
    with pytest.raises(AuditError) as refused:
        at.compare_rounds(folder.parent / "retrospective-2009", folder)
    assert str(refused.value) == (
        "Retrospective review, June to August 2009 and February 2010 review: the time limit allocation is not"
        " the same in both. Give both plans the same timescales. To see estimates without a verdict, use --anyway."
    )


@pytest.mark.slow
def test_another_weekend_rule_is_another_limit() -> None:
    earlier, later = (at.read_round(SAMPLES / name) for name in ("retrospective-2009", "february-2010"))
    assert refusals(earlier, later) == []
    after = dataclasses.replace(later.timescales, weekend_start="after")
    assert [str(each) for each in refusals(earlier, dataclasses.replace(later, timescales=after))] == [
        "Retrospective review, June to August 2009 and February 2010 review: the day that a step begun on a weekend is"
        " counted from is not the same in both. Give both plans the same timescales."
        " To see estimates without a verdict, use --anyway."
    ]


def test_faults_of_the_file_stop_the_plan_from_being_used(folder: Path) -> None:
    (folder / "ours.yaml").write_text(OURS.replace("days: 5", "days: five"), encoding="utf-8")
    with pytest.raises(AuditError) as refused:
        score_round(folder)
    assert str(refused.value) == (
        "ours.yaml, line 8, column 29: days five is not a whole number of 0 to 1000. Write a number such as 7."
    )


@pytest.mark.slow
def test_events_of_a_round_folder_are_counted_and_read_back(folder: Path) -> None:
    framework = (
        'framework: visits\nversion: "1"\ntitle: Visits\nratings: [Good, Poor]\nearns: {Good: 1, Poor: 0}\n'
        "bands: {Good: 50, Poor: 0}\ncriteria:\n  - {id: G1, ask: Good?, response: graded}\n"
        "  - {id: V1, ask: Visits?, response: repeated, events: visit, count: gaps, limit: our_visit}\n"
    )
    (folder / "visits.yaml").write_text(framework, encoding="utf-8")
    (folder / "ours.yaml").write_text(OURS.replace("allocation:", "our_visit:"), encoding="utf-8")
    plan = (SAMPLES / "february-2010" / "plan.yaml").read_text(encoding="utf-8")
    plan = plan.replace("[assessment_quality, record_keeping, managerial_oversight]", "[visits.yaml]")
    plan = plan.replace("primary: assessment_quality", "primary: visits.yaml") + "timescales: ours.yaml\n"
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    shutil.rmtree(folder / "workbooks")
    assert run("draw", str(folder), "--force") == 0
    cases = at.read_sample(folder / "sample.csv")
    cases = cases[cases["draw_status"] == "sampled"]
    rows = [f"{case},G1,Good,{auditor},\n" for case, auditor in zip(cases["case_id"], cases["auditor"], strict=True)]
    (folder / "ratings.csv").write_text(
        "case_id,criterion_id,rating,auditor,comment\n" + "".join(rows), encoding="utf-8"
    )
    first = cases["case_id"].iloc[0]
    (folder / "events.csv").write_text(
        f"case_id,event,date\n{first},visit,2010-01-04\n{first},visit,2010-01-11\n", encoding="utf-8"
    )
    (folder / "facts.csv").unlink()
    scores = score_round(folder)
    (folder / "scores.csv").write_bytes(csv_bytes(scores_text(scores)))
    # From 11 January five working days run to the 18th, and nobody came until the 31st.
    assert scores[0].answers.loc[first, "V1"] == "1 of 2, longest 20 days"
    read = at.read_round(folder)
    assert read.answers("visits", "V1")[first] == "1 of 2, longest 20 days"
    assert "V1" in str(at.round_levels(read).to_dict())
