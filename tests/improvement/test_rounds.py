"""A round folder is read only as it was sealed and scored."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.files import write_files
from audit_toolkit.improvement import estimate_total
from audit_toolkit.improvement.rounds import round_folder
from audit_toolkit.sampling import read_logged_sample, replace_case

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
        "sample.csv: the cases are those drawn, but an auditor, a line end or another character of the file was "
        "changed. Find the original, or draw again from a new commitment."
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


def test_cases_that_nobody_rated_count_as_not_returned(folder: Path) -> None:
    lines = (folder / "ratings.csv").read_text().splitlines(keepends=True)
    case = lines[1].split(",")[0]
    (folder / "ratings.csv").write_text("".join(line for line in lines if not line.startswith(case)))
    (folder / "scores.csv").unlink()
    found = at.read_round(folder)
    assert found.unrated == 1
    assert found.status[case] == terms.NOT_RETURNED
    assert (found.response.rated, found.response.unread) == (59, 1)
    assert found.bands("assessment_quality").isna().sum() == 1
    assert set(found.answers("assessment_quality", "AQ01")[[case]]) == {""}
    assert str(found).endswith("12 strata (59 rated), 12 auditors, 3 frameworks")


def test_agreement_is_of_the_twelve_cases_rated_twice(later) -> None:
    found = later.agreement("assessment_quality")
    assert found is not None
    assert found.n_cases == 12
    assert found.n_raters == 2


def logged(folder: Path, events: list[tuple[str, str, bool]]) -> None:
    """Record cases by (stratum, reason, replaced), each replacement rated as the case was whose place it takes."""
    sample, ratings = read_logged_sample(folder), read_text(folder)
    for stratum, reason, with_reserve in events:
        cases = sample.cases
        first = cases[(cases["stratum"] == stratum) & (cases["draw_status"] == "sampled")]["case_id"].iloc[0]
        day = datetime.date(2010, 2, 12)
        sample = replace_case(sample, first, reason=reason, note="checked", date=day, reserve=with_reserve).sample
        opened = [entry.case_id for entry in sample.entries if entry.replaces == first]
        copied = [ratings[ratings["case_id"] == first].assign(case_id=case) for case in opened]
        ratings = pd.concat([ratings[(ratings["case_id"] != first) | (reason == terms.INELIGIBLE)], *copied])
    rows = sample.cases.set_index("case_id")
    asked = [
        auditor in set(rows.loc[case, ["auditor", "second_auditor"]])
        for case, auditor in zip(ratings["case_id"], ratings["auditor"], strict=True)
    ]
    write_files(sample.files(folder), force=True)
    ratings[asked].to_csv(folder / "ratings.csv", index=False)
    (folder / "scores.csv").unlink()


def read_text(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "ratings.csv", dtype=str, keep_default_na=False)


EVENTS = [
    ("North / closed", terms.MISSING_FILE, True),
    ("North / closed", terms.NOT_RETURNED, True),
    ("South / closed", terms.RESTRICTED, False),
    ("East / closed", terms.INELIGIBLE, True),
    ("East / child in need", terms.INELIGIBLE, True),
    ("East / child in need", terms.INELIGIBLE, True),
    ("South / child in need", terms.MISSING_FILE, True),
]


@pytest.mark.slow
@pytest.mark.parametrize("k", [1, 3, 7])
def test_after_k_logged_replacements_the_weights_are_those_of_the_log(folder: Path, k: int) -> None:
    """Worked out from the rewritten sample.csv alone: its design weight, times e_h / r_h of the case's stratum."""
    logged(folder, EVENTS[:k])
    found = at.read_round(folder)
    sample = pd.read_csv(folder / "sample.csv", dtype={"case_id": str}).set_index("case_id")
    opened = sample[sample["design_weight"].notna()]
    assert list(found.cases.index) == list(opened.index)
    rated = opened[opened["draw_status"] == "sampled"]
    eligible = opened[opened["draw_status"] != "ineligible"]
    factor = eligible["stratum"].value_counts() / rated["stratum"].value_counts()
    weight = rated["design_weight"] * rated["stratum"].map(factor)
    bands = found.bands("assessment_quality")
    good = (bands >= 3).astype(float).where(bands.notna())
    scored = good.index[good.notna()]
    outcomes = found.outcomes(good)
    total = estimate_total(outcomes.values, outcomes.strata, outcomes.population)
    assert total.value == pytest.approx((weight * good)[scored].sum(), rel=1e-12)
    share = at.round_levels(found).of("good_or_better")[0]
    assert share.share == pytest.approx((weight * good)[scored].sum() / weight[scored].sum(), rel=1e-12)
    assert share.n == len(scored)
    response = found.response
    assert (response.opened, response.rated) == (len(opened), len(rated))
    assert response.unread == sum(reason != terms.INELIGIBLE for _, reason, _ in EVENTS[:k])


@pytest.mark.slow
def test_a_log_that_was_changed_refuses_the_round(folder: Path) -> None:
    logged(folder, EVENTS[:1])
    path = folder / "log.csv"
    path.write_bytes(path.read_bytes().replace(b"checked", b"cheeked", 1))
    with pytest.raises(at.DesignError, match=r"log\.csv"):
        at.read_round(folder)


@pytest.mark.slow
def test_ratings_of_a_case_that_is_not_eligible_are_left_out_and_counted(folder: Path) -> None:
    logged(folder, [("East / closed", terms.INELIGIBLE, True)])
    found = at.read_round(folder)
    (case,) = found.cases.index[found.cases["draw_status"] == terms.INELIGIBLE]
    assert case in found.ratings.cases
    assert found.bands("assessment_quality")[[case]].isna().all()
    assert found.notes == (
        "1 case has ratings although recorded as ineligible, missing file, restricted or not returned; these ratings "
        "are left out. If the file was found after all, run replace --found.",
    )


def test_a_framework_edited_after_the_draw_under_the_same_version_is_refused(later) -> None:
    """A lower band, scored again, would otherwise move every share and pass without a word."""
    name = "record_keeping"
    edited = dataclasses.replace(later.frameworks[name], bands=(("Outstanding", Fraction(80)),))
    assert round_folder._versions(later.receipt, later.frameworks) == ()
    with pytest.raises(at.DesignError) as refused:
        round_folder._versions(later.receipt, {**later.frameworks, name: edited})
    assert str(refused.value) == (
        "record_keeping: the framework was edited after the draw, and is still called version 1.1.0. "
        "Put back the one the auditors worked with: what a score means is fixed before the draw."
    )
    newer = dataclasses.replace(edited, version="2.0.0")
    assert round_folder._versions(later.receipt, {name: newer}) == (
        "record_keeping is scored by version 2.0.0; the workbooks were written for version 1.1.0.",
    )


def test_a_round_that_was_not_drawn_yet_says_so(folder: Path) -> None:
    (folder / "receipt.json").unlink()
    with pytest.raises(at.ChangeError) as refused:
        at.read_round(folder)
    assert str(refused.value) == (
        f"{folder}/receipt.json: there is no such file. "
        "The round is not drawn yet: draw it, have it rated and collect. Or check the folder."
    )
