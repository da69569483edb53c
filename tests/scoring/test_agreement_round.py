"""Agreement of a round: grades, criteria and all criteria together, and what thin ones are called."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import RatingError
from audit_toolkit.improvement import read_round
from audit_toolkit.scoring import RatedRound, agreement, read_rated_round, round_agreement

SAMPLE = Path(__file__).parents[2] / "samples" / "february-2010"


@pytest.fixture(scope="module")
def rated() -> RatedRound:
    return read_rated_round(SAMPLE)


def with_second(rated: RatedRound, change) -> RatedRound:
    second = rated.ratings.second.copy()
    second["rating"] = change(second)
    return dataclasses.replace(rated, ratings=dataclasses.replace(rated.ratings, second=second))


@pytest.mark.slow
def test_grades_are_those_a_round_gives_everywhere(rated) -> None:
    found = round_agreement(rated)
    assert (found.n_cases, found.n_twice) == (60, 12)
    whole = read_round(SAMPLE)
    for row in found.of("grade"):
        theirs = whole.agreement(row.framework)
        assert [each.to_dict() for each in row.found.measures] == [each.to_dict() for each in theirs.measures]


def test_a_criterion_is_its_own_table(rated) -> None:
    row = next(each for each in round_agreement(rated).rows if each.id == "AQ03")
    first, second = rated.ratings.table, rated.ratings.second
    pairs = pd.DataFrame(
        {
            name: table[table["criterion_id"] == "AQ03"].set_index("case_id")["rating"]
            for name, table in (("second", second), ("first", first))
        }
    ).dropna()
    grades = ["Outstanding", "Good", "Adequate", "Inadequate"]
    assert row.n == len(pairs) == 12
    assert row.found.alpha.value == agreement(pairs, categories=grades).alpha.value


@pytest.mark.slow
def test_all_criteria_together_leave_out_whole_cases(rated) -> None:
    """Like rows leave the value as it is; the interval rests on cases, not on rows."""
    row = round_agreement(rated, frameworks=["record_keeping"]).of("overall")[0]
    assert row.found.n_cases == 12
    assert row.n == row.found.n_ratings // 2 == 127
    rng = np.random.default_rng(4)
    table = pd.DataFrame(rng.integers(1, 5, (30, 2)))
    double = pd.concat([table, table]).set_axis(range(60))
    plain, twice = agreement(table), agreement(double, together=[*range(30), *range(30)])
    assert twice.raw.value == plain.raw.value
    assert twice.raw.standard_error == pytest.approx(plain.raw.standard_error, rel=1e-9)
    assert agreement(double).raw.standard_error < 0.75 * plain.raw.standard_error
    assert twice.gwet.standard_error == pytest.approx(plain.gwet.standard_error, rel=1e-9)
    with pytest.raises(RatingError, match=r"together: 2 cases are named for 30 rows\. Name the case of every row\."):
        agreement(table, together=["a", "b"])


def test_leaving_out_a_case_leaves_out_all_its_rows() -> None:
    rng = np.random.default_rng(9)
    table = pd.DataFrame(rng.integers(1, 4, (40, 3)))
    cases = [number // 4 for number in range(40)]
    found = agreement(table, together=cases, categories=[3, 2, 1])
    left_out = [
        agreement(table[[case != gone for case in cases]], categories=[3, 2, 1]).alpha.value for gone in range(10)
    ]
    error = np.sqrt(9 / 10 * np.sum((np.array(left_out) - np.mean(left_out)) ** 2))
    assert found.alpha.standard_error == pytest.approx(error, rel=1e-9)


@pytest.mark.slow
def test_n_a_by_one_auditor_is_counted_and_is_no_grade(rated) -> None:
    def one_na(second):
        return second["rating"].where(~((second["criterion_id"] == "AQ06") & (second["rating"] != "N/A")), other="N/A")

    before = next(each for each in round_agreement(rated).rows if each.id == "AQ06")
    after = round_agreement(with_second(rated, one_na), frameworks=["assessment_quality"])
    row = next(each for each in after.rows if each.id == "AQ06")
    assert (row.n, row.one_na, row.found) == (0, before.n, None)
    assert row.thin
    assert after.notes[-1] == f"In {before.n} of 147 pairs of answers one auditor said N/A and the other did not."


def test_few_double_ratings_and_thin_criteria_are_said(rated) -> None:
    assert round_agreement(rated, frameworks=["assessment_quality"]).notes == (
        "12 double ratings cannot carry a claim about drift: read the intervals.",
        "Thin, with fewer than 10 double ratings (a figure rests on single cases): AQ06, AQ11, AQ14.",
    )
    nobody = dataclasses.replace(
        rated, ratings=dataclasses.replace(rated.ratings, second=rated.ratings.second.iloc[:0])
    )
    found = round_agreement(nobody)
    assert found.notes == ("No case was rated by two auditors, so it is not known how far they would agree.",)
    assert all(each.found is None for each in found.of("grade"))


def test_a_framework_of_another_round_is_refused(rated) -> None:
    with pytest.raises(RatingError) as refused:
        round_agreement(rated, frameworks=["record_kepping"])
    assert str(refused.value) == 'record_kepping is not a framework of this round. Did you mean "record_keeping"?'


def test_it_prints_and_turns_into_json_and_a_frame(rated) -> None:
    found = round_agreement(rated)
    assert len(str(found).splitlines()) <= 12
    assert str(found).splitlines()[0] == "February 2010 review: 12 of 60 cases rated by two auditors"
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["rows"][0]["id"] == "assessment_quality"
    frame = found.to_frame()
    assert set(frame["kind"]) == {"grade", "overall", "criterion"}
    assert len(frame) == 4 * sum(each.found is not None for each in found.rows)
