"""A round folder is read only as it was sealed and scored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import audit_toolkit as at

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "february-2010"
    shutil.copytree(SAMPLES / "february-2010", copy, ignore=shutil.ignore_patterns("workbooks", "returned"))
    return copy


def test_a_round_says_what_it_is(later) -> None:
    assert str(later) == ("February 2010 review: 60 of 696 eligible cases in 12 strata, 12 auditors, 3 frameworks")
    assert later.unrated == 0
    assert list(later.frameworks) == ["assessment_quality", "record_keeping", "managerial_oversight"]


def test_a_changed_sample_is_refused(folder: Path) -> None:
    path = folder / "sample.csv"
    path.write_bytes(path.read_bytes().replace(b"North", b"South", 1))
    with pytest.raises(at.DesignError) as refused:
        at.read_round(folder)
    assert str(refused.value) == (
        "sample.csv: the sample of February 2010 review is not the one the receipt seals. "
        "Run verify to see the difference."
    )


@pytest.mark.parametrize(
    "change", [("margin: 10%", "margin: 30%"), ("primary: assessment_quality", "primary: record_keeping")]
)
def test_a_plan_changed_after_the_draw_is_refused(folder: Path, change: tuple[str, str]) -> None:
    path = folder / "plan.yaml"
    text = path.read_text().replace(*change)
    assert text != path.read_text()
    path.write_text(text)
    with pytest.raises(at.DesignError) as refused:
        at.read_round(folder)
    assert str(refused.value) == (
        "plan.yaml: the plan of February 2010 review is not the one its sample was drawn by. "
        "Run verify to see the difference, and put it back: what decides a verdict is fixed before the draw."
    )


def test_what_only_a_report_needs_may_be_filled_in_after_the_draw(folder: Path) -> None:
    path = folder / "plan.yaml"
    text = path.read_text().replace("compare_with: ../retrospective-2009", "compare_with: ../other  # the one before")
    path.write_text(text.replace("clock: inspection_end", "clock: {report_publication: 2009-11-24}"))
    assert at.read_round(folder).plan.compare_with == folder / ".." / "other"


def test_a_score_changed_by_hand_is_refused(folder: Path) -> None:
    path = folder / "scores.csv"
    path.write_bytes(path.read_bytes().replace(b",Adequate,", b",Good,", 1))
    with pytest.raises(at.ChangeError) as refused:
        at.read_round(folder)
    assert str(refused.value) == (
        "scores.csv: the scores are not those the ratings and facts give. Run score --force on this round."
    )


def test_cases_that_nobody_rated_are_counted_and_missing(folder: Path) -> None:
    lines = (folder / "ratings.csv").read_text().splitlines(keepends=True)
    case = lines[1].split(",")[0]
    (folder / "ratings.csv").write_text("".join(line for line in lines if not line.startswith(case)))
    (folder / "scores.csv").unlink()
    found = at.read_round(folder)
    assert found.unrated == 1
    assert found.notes == ("1 of 60 sampled cases have no rating; they count as missing.",)
    assert found.bands("assessment_quality").isna().sum() == 1


def test_agreement_is_of_the_twelve_cases_rated_twice(later) -> None:
    found = later.agreement("assessment_quality")
    assert found is not None
    assert found.n_cases == 12
    assert found.n_raters == 2
