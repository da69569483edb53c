"""Ratings of cases that were recorded as not to be rated: none is awaited, none is lost, none is scored."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit import terms
from audit_toolkit.errors import RatingError
from audit_toolkit.scoring import read_ratings
from audit_toolkit.scoring.collect import collect_returned
from audit_toolkit.scoring.framework_file import load_framework
from audit_toolkit.scoring.round_files import to_score

CASES = {
    "01": terms.SAMPLED,
    "02": terms.MISSING_FILE,
    "03": terms.MISSING_FILE,
    "04": terms.INELIGIBLE,
    "05": terms.NOT_RETURNED,
    "06": terms.RESTRICTED,
    "07": terms.CERTAINTY,
    "08": terms.CHOSEN,
    "09": terms.RESERVE,
}
FRAMEWORK = "assessment_quality"


def sample() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case_id": list(CASES),
            "draw_status": list(CASES.values()),
            "auditor": ["Ann", "Ann", "Bob", "Bob", "Ann", "Bob", "Ann", "Bob", ""],
            "second_auditor": ["Bob", "Bob", "", "", "", "", "", "", ""],
        }
    )


def ratings(*rated: tuple[str, str]) -> pd.DataFrame:
    rows = [(case, "AQ02", "Yes", auditor, "") for case, auditor in rated]
    return pd.DataFrame(rows, columns=list(terms.RATING_COLUMNS))


def test_only_cases_to_rate_are_awaited() -> None:
    read = read_ratings(ratings(("01", "Ann")), FRAMEWORK, sample())
    assert read.sampled == ("01", "07", "08")
    assert read.notes == ()


def test_ratings_of_recorded_cases_are_kept_and_each_disposition_is_told() -> None:
    rated = ratings(("01", "Ann"), ("02", "Ann"), ("03", "Bob"), ("04", "Bob"), ("05", "Ann"), ("06", "Bob"))
    read = read_ratings(rated, FRAMEWORK, sample())
    assert read.cases == ("01", "02", "03", "04", "05", "06")
    kept = "they are kept, and left out of every result"
    found = "If the case was read after all, run replace --found."
    eligible = "If it was eligible after all, run replace --found."
    assert read.notes == (
        f"02, 03 are recorded as missing file, and ratings came back: {kept}. {found}",
        f"04 is recorded as ineligible, and ratings came back: {kept}. {eligible}",
        f"05 is recorded as not returned, and ratings came back: {kept}. {found}",
        f"06 is recorded as restricted, and ratings came back: {kept}. {found}",
    )


def test_a_second_rating_alone_is_told_too() -> None:
    read = read_ratings(ratings(("01", "Ann"), ("02", "Bob")), FRAMEWORK, sample())
    assert read.notes[0].startswith("02 is recorded as missing file, and ratings came back")
    assert list(read.second["case_id"]) == ["02"]


def test_blank_ratings_of_recorded_cases_say_nothing() -> None:
    rated = ratings(("01", "Ann"), ("02", "Ann"))
    rated.loc[1, "rating"] = ""
    read = read_ratings(rated, FRAMEWORK, sample())
    assert not any("recorded" in note for note in read.notes)


def test_what_is_scored_leaves_them_out_and_keeps_the_notes() -> None:
    issued = sample()[lambda cases: cases["draw_status"] != terms.RESERVE]
    read = read_ratings(ratings(("01", "Ann"), ("02", "Ann"), ("02", "Bob"), ("07", "Ann")), FRAMEWORK, issued)
    left = to_score(read, issued)
    assert left.cases == ("01", "07")
    assert left.second.empty
    assert left.sampled == ("01", "07", "08")
    assert left.notes == read.notes != ()


def test_nothing_changes_where_nothing_was_recorded() -> None:
    issued = sample()[lambda cases: cases["draw_status"] == terms.SAMPLED]
    read = read_ratings(ratings(("01", "Ann"), ("01", "Bob")), FRAMEWORK, issued)
    assert to_score(read, issued) is read


def test_a_case_of_another_sample_is_refused_as_before() -> None:
    with pytest.raises(RatingError, match="77 is not a case of this sample"):
        read_ratings(ratings(("77", "Ann")), FRAMEWORK, sample())


def test_collect_waits_for_none_of_them(tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    path.write_text(
        "case_id,criterion_id,rating,auditor,comment\n01,AQ02,Yes,Ann,\n01,AQ02,Yes,Bob,\n", encoding="utf-8"
    )
    issued = sample()[lambda cases: cases["draw_status"] != terms.RESERVE]
    framework = load_framework(FRAMEWORK)
    collected = collect_returned([path], [framework], issued, None)
    assert collected.outstanding == (("Ann", 1), ("Bob", 1))
    collected = collect_returned([path], [framework], issued, None, unread={"07": terms.MISSING_FILE})
    assert collected.outstanding == (("Bob", 1),)
