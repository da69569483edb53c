"""Three round folders together: words by family, what is refused, the table and the picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from three_rounds import three_rounds

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import CRITERION, GRADES, SHARE, RoundsTrend, compare_trend, holm, trend_of_rounds

# Draws and scores a third round first.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return three_rounds(tmp_path_factory.mktemp("three"))


@pytest.fixture(scope="module")
def trend(folders: list[Path]) -> RoundsTrend:
    return trend_of_rounds(folders)


def test_it_is_the_verb_on_the_rounds_values_and_dates(trend: RoundsTrend) -> None:
    row = trend.of_kind(SHARE)[0]
    days = [each.plan.snapshot for each in trend.rounds]
    alone = compare_trend([each.measure("good_or_better") for each in trend.rounds], days)
    assert (row.trend.change, row.trend.ci) == (alone.change, alone.ci)
    assert row.trend.unit == "year"
    assert row.verdict == ""
    assert trend.of_kind(GRADES)[0].verdict == "improved"


def test_criteria_are_adjusted_within_their_framework(trend: RoundsTrend) -> None:
    rows = trend.of_kind(CRITERION)
    adjusted = holm([row.trend.p_two_sided for row in rows])
    assert [row.p_adjusted for row in rows] == pytest.approx(list(adjusted), nan_ok=True)
    assert all(row.verdict != "improved" or row.p_adjusted < 0.05 for row in rows)


def test_table_json_and_picture(trend: RoundsTrend) -> None:
    assert len(trend.to_frame()) == len(trend.of_kind(CRITERION)) + 2
    assert not trend.to_table().isna().any().any()
    json.dumps(trend.to_dict(), allow_nan=False)
    assert len(str(trend).splitlines()) <= 12
    assert trend.plot().axes[0].get_ylabel() == "good or better, %"


def test_rounds_that_may_not_be_compared_are_refused_unless_told_to_go_on(folders: list[Path]) -> None:
    swapped = [folders[0], folders[2], folders[1]]
    with pytest.raises(ChangeError) as refused:
        trend_of_rounds(swapped)
    assert str(refused.value) == (
        "July 2010 review and February 2010 review: the round given as the earlier has the later register "
        "(2010-07-31, the other 2010-01-31). Swap them."
    )
    anyway = trend_of_rounds(swapped, anyway=True)
    assert anyway.reasons
    assert {row.verdict for row in anyway.rows} == {"", "cannot_tell"}
    assert anyway.of_kind(SHARE)[0].trend.unit == "round"
    assert "No verdict, estimates only:" in str(anyway)


def test_too_few_rounds_and_unknown_frameworks_are_refused(folders: list[Path]) -> None:
    with pytest.raises(ChangeError) as refused:
        trend_of_rounds(folders[:2])
    assert str(refused.value) == (
        "rounds: a trend needs three rounds or more, and there are 2. "
        "Give three rounds or more; two are compared with compare."
    )
    with pytest.raises(ChangeError) as unknown:
        trend_of_rounds(folders, framework="record_keping")
    assert str(unknown.value) == (
        'July 2010 review: the round has no framework "record_keping". Did you mean "record_keeping"?'
    )
