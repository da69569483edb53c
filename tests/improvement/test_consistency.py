"""Spread and rater error of whole rounds: the samples' own, as the verbs give them."""

from __future__ import annotations

import pytest

import audit_toolkit as at
from audit_toolkit.improvement import rater_error, round_rater_error, round_spread, spread_between
from audit_toolkit.improvement.rounds.consistency import good_twice


def test_the_spread_of_a_round_is_that_of_its_share(later) -> None:
    found = round_spread(later, "area")
    share = later.measure("good_or_better")
    by_hand = spread_between(share.values, share.strata, share.population, later.column("area"))
    assert found == by_hand
    assert [part.label for part in found.parts] == ["East", "North", "South"]
    assert found.ci.low == 0
    assert round_spread(later, "area", framework="record_keeping") != found


def test_a_round_speaks_of_its_areas_and_not_of_its_auditors(later) -> None:
    with pytest.raises(at.ChangeError) as refused:
        round_spread(later, "auditor")
    assert str(refused.value) == ('February 2010 review: the round has no column "auditor". Use one of: area, outcome.')
    with pytest.raises(at.ChangeError) as refused:
        round_spread(later, "aera")
    assert str(refused.value) == 'February 2010 review: the round has no column "aera". Did you mean "area"?'


def test_rater_error_takes_both_grades_of_each_case_rated_twice(earlier, later) -> None:
    found = round_rater_error(earlier, later)
    assert found.twice == (12, 12)
    pairs = [good_twice(each, "assessment_quality") for each in (earlier, later)]
    assert found.differ == tuple(int((each["first"] != each["second"]).sum()) for each in pairs)
    sides = [each.measure("good_or_better") for each in (earlier, later)]
    assert found.to_dict() == rater_error(pairs, *sides, collapse=dict(later.plan.collapse) or None).to_dict()
    assert found.change.change == at.compare_shares(*sides, collapse=dict(later.plan.collapse) or None).change


def test_the_pairs_are_those_the_agreement_is_of(earlier) -> None:
    found = earlier.agreement("managerial_oversight")
    both = good_twice(earlier, "managerial_oversight").dropna()
    assert found is not None
    assert len(both) == found.n_cases


def test_each_sentence_is_short(earlier, later) -> None:
    for name in later.frameworks:
        text = str(round_rater_error(earlier, later, framework=name))
        assert len(text.splitlines()) <= 12
