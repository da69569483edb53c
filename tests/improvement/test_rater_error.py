"""Rater error: Rogan and Gladen's correction, bounds by brute force, coverage, words, every refusal whole."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit.improvement import Interval, rater_error
from audit_toolkit.improvement.changes.rater_error import ASSUMED, HIDDEN, rating_error, share_bounds


def one_round(good, n, name):
    ids = [f"{name}{i}" for i in range(n)]
    values = pd.Series([1.0] * good + [0.0] * (n - good), index=ids)
    return values, pd.Series("all", index=ids), {"all": 1000}


def twice(differ, n):
    return pd.DataFrame({"first": [1.0] * n, "second": [0.0] * differ + [1.0] * (n - differ)})


def test_the_correction_is_rogan_and_gladens() -> None:
    """Sensitivity and specificity .9: two ratings differ in .18 of cases; a true .3 to .6 shows as .34 to .58."""
    pairs = (twice(9, 50), twice(9, 50))
    found = rater_error(pairs, one_round(34, 100, "x"), one_round(58, 100, "y"))
    assert found.error == pytest.approx(0.1)
    assert found.corrected_shares == pytest.approx((0.3, 0.6))
    assert found.corrected == pytest.approx(0.3)
    assert found.corrected_ci.low < found.change.ci.low / 0.8
    assert found.notes == (ASSUMED, HIDDEN)


def test_no_disagreement_still_has_a_limit_to_it() -> None:
    error, limits = rating_error(0, 12, 0.95)
    assert error == limits.low == 0
    assert limits.high == pytest.approx((1 - math.sqrt(1 - 2 * (1 - 0.025 ** (1 / 12)))) / 2)


@pytest.mark.parametrize(("share", "differing"), [(0.3, 0.1), (0.5, 0.2), (0.7, 0.3), (0.9, 0.1), (0.4, 0.35)])
def test_the_bounds_hold_every_sensitivity_and_specificity(share, differing) -> None:
    """Brute force over a grid of both, kept where two like raters would show this share and this disagreement."""
    right = np.linspace(0.5, 1, 2001)
    se, sp = np.meshgrid(right, right)
    with np.errstate(divide="ignore", invalid="ignore"):
        true = (share - (1 - sp)) / (se + sp - 1)
        seen = 2 * (true * se * (1 - se) + (1 - true) * sp * (1 - sp))
    true = true[(true >= 0) & (true <= 1) & (abs(seen - differing) < 0.0005)]
    bounds = share_bounds(share, differing)
    assert len(true) > 100
    assert bounds.low - 0.002 <= true.min()
    assert true.max() <= bounds.high + 0.002
    assert (true.max(), true.min()) == pytest.approx((bounds.high, bounds.low), abs=0.02)


def test_without_disagreement_the_share_seen_is_the_true_one() -> None:
    assert share_bounds(0.4, 0.0) == Interval(0.4, 0.4)
    assert share_bounds(0.0, 0.2).low == 0
    assert share_bounds(1.0, 0.2).high == 1


def test_what_error_could_make_adds_the_worst_of_both_rounds() -> None:
    found = rater_error((twice(10, 100), twice(20, 100)), one_round(40, 100, "x"), one_round(60, 100, "y"))
    then, now = share_bounds(0.4, 0.1), share_bounds(0.6, 0.2)
    assert found.explained == pytest.approx(then.high - 0.4 + 0.6 - now.low)
    assert found.explained_most > found.explained
    fallen = rater_error((twice(10, 100), twice(20, 100)), one_round(60, 100, "x"), one_round(40, 100, "y"))
    assert fallen.explained > 0


def test_a_dozen_double_ratings_are_said_to_carry_nothing() -> None:
    found = rater_error((twice(2, 12), twice(1, 12)), one_round(20, 60, "x"), one_round(40, 60, "y"))
    assert found.notes[-1] == "So few double ratings cannot carry a claim about error: read the intervals."
    assert found.sentences() == [
        "Of 12 and 12 cases rated twice, 2 and 1 were judged differently.",
        "If auditors err alike in both rounds (7 % of ratings, 95 % interval 1 to 20), error makes none of a "
        "change and hides part of it: corrected for it +33 points would be +38 (95 % interval +13 to +95).",
        "Had they been too strict in one round and too kind in the other, error alone could make up to 16 points; at "
        "the upper limit of disagreement 67.",
    ]


def test_half_or_more_differing_is_beyond_correction() -> None:
    found = rater_error((twice(8, 12), twice(6, 12)), one_round(20, 60, "x"), one_round(40, 60, "y"))
    assert math.isnan(found.corrected)
    assert found.to_dict()["corrected"] is None
    assert found.sentences()[-1] == "What error hides or makes of the change cannot be said."
    none = rater_error((twice(0, 0), twice(0, 0)), one_round(20, 60, "x"), one_round(40, 60, "y"))
    assert math.isnan(none.error)
    assert math.isnan(none.explained)
    assert none.notes[-1] == (
        "No correction: there are no double ratings, nothing to compare, or half of the ratings differ or more."
    )


def test_a_corrected_share_beyond_its_ends_is_told() -> None:
    found = rater_error((twice(20, 60), twice(20, 60)), one_round(3, 60, "x"), one_round(30, 60, "y"))
    assert found.corrected_shares[0] == 0
    assert "A corrected share came out below 0 or above 1" in found.notes[-1]


def test_blank_second_ratings_are_no_double_ratings() -> None:
    table = twice(2, 12)
    table.loc[3, "second"] = np.nan
    found = rater_error((table, twice(1, 12)), one_round(20, 60, "x"), one_round(40, 60, "y"))
    assert found.twice == (11, 12)


def test_what_is_wrong_with_the_pairs_is_told_whole() -> None:
    rounds = one_round(20, 60, "x"), one_round(40, 60, "y")
    with pytest.raises(at.ChangeError) as refused:
        rater_error(twice(1, 12), *rounds)
    assert str(refused.value) == (
        "pairs: not the double ratings of two rounds. Give (earlier, later), each a DataFrame with one column a rating."
    )
    wrong = twice(1, 3)
    wrong.iloc[1, 1] = 2
    with pytest.raises(at.ChangeError) as refused:
        rater_error((wrong, twice(1, 3)[["first"]]), *rounds)
    assert str(refused.value) == (
        "pairs, earlier round, case 1: 2.0 is not 0 or 1. Use 1 where it is met, 0 where not.\n"
        "pairs, later round: 1 columns, and two ratings a case are needed. Give (earlier, later), each a DataFrame "
        "with one column a rating."
    )


@pytest.mark.slow
@pytest.mark.parametrize(("error", "doubled"), [(0.05, 12), (0.15, 60)])
def test_the_corrected_interval_holds_the_true_change(error, doubled) -> None:
    """True .4 to .6, 60 cases a round, errors alike; `doubled` of them rated twice. Promised 95 %."""
    rng = np.random.default_rng(9)
    held, rounds = 0, 200
    for _ in range(rounds):
        sides, pairs = [], []
        for share, name in ((0.4, "x"), (0.6, "y")):
            truth = rng.random(60) < share
            first, second = (truth ^ (rng.random(60) < error) for _ in range(2))
            ids = [f"{name}{i}" for i in range(60)]
            sides.append((pd.Series(first.astype(float), index=ids), pd.Series("all", index=ids), {"all": 1000}))
            pairs.append(pd.DataFrame({"first": first[:doubled], "second": second[:doubled]}).astype(float))
        ci = rater_error(tuple(pairs), *sides).corrected_ci
        held += math.isnan(ci.low) or 0.2 in ci
    assert held / rounds > 0.95 - 3 * math.sqrt(0.05 * 0.95 / rounds)
