"""Power curves against the verbs themselves: rounds drawn at a known truth, each compared, the words counted."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import (
    compare_grades,
    compare_shares,
    detectable_grades,
    detectable_share,
    power_curve,
)
from audit_toolkit.improvement.planning.odds import raised, smoothed

CASES, HELD = {"a": 16, "b": 9}, {"a": 120, "b": 60}
SPREAD = [0.1, 0.3, 0.35, 0.25]


@pytest.fixture(scope="module")
def curve():
    return power_curve(CASES, CASES, HELD, grades=SPREAD)


def test_the_curve_runs_from_the_largest_fall_to_the_largest_rise(curve) -> None:
    frame = curve.to_frame()
    assert frame["change"].is_monotonic_increasing
    assert (frame["change"].iloc[0], frame["change"].iloc[-1]) == pytest.approx((-0.4, 0.6))
    assert frame["later_share"].between(0, 1).all()
    assert set(frame.loc[frame["change"] < -1e-9, "verdict"]) == {"worsened"}
    assert set(frame.loc[frame["change"] > 1e-9, "verdict"]) == {"improved"}
    assert list(frame.loc[frame["change"].abs() < 1e-9, "verdict"]) == ["worsened", "improved"]
    at_none = frame[frame["change"].abs() < 1e-9]
    assert (at_none[["share_power", "grades_power"]] < 0.036).all(axis=None)
    rises = frame[frame["verdict"] == "improved"]
    assert rises["share_power"].is_monotonic_increasing
    assert rises["grades_power"].is_monotonic_increasing
    assert rises["share_power"].iloc[-1] > 0.99


def test_the_smallest_changes_are_the_ones_a_comparison_prints(curve) -> None:
    assert curve.share == detectable_share(0.4, CASES, CASES, HELD)
    assert curve.grades == detectable_grades(SPREAD, CASES, CASES, HELD)
    around = [each.share_power for each in curve.points if abs(each.change - curve.share.true_change) <= 0.025]
    assert min(around) < 0.8 + 0.05
    assert max(around) > 0.8 - 0.01


def test_one_stratum_is_counted_out_and_symmetric() -> None:
    curve = power_curve({"a": 30}, {"a": 30}, {"a": 200})
    frame = curve.to_frame().set_index(["verdict", "change"])
    assert (frame["share_error"] == 0).all()
    for change in (0.1, 0.25, 0.4):
        up, down = frame.loc[("improved", change)], frame.loc[("worsened", -change)]
        assert up["share_power"] == pytest.approx(down["share_power"], abs=1e-12)
        assert up["grades_power"] == pytest.approx(down["grades_power"], abs=0.04)


@pytest.mark.slow
def test_as_often_as_the_verbs_say_it() -> None:
    """400 pairs of rounds at a rise and at a fall of 20 points, compared one by one."""
    curve = power_curve(CASES, CASES, HELD, grades=SPREAD)
    start = smoothed(SPREAD, 25)
    rng = np.random.default_rng(11)
    codes = np.repeat([0, 1], list(CASES.values()))
    strata = pd.Series(np.array(["a", "b"])[codes])
    for change, word in ((0.2, "improved"), (-0.2, "worsened")):
        moved = raised(start, 2, float(start[-2:].sum()) + change)
        counted = {"grades": 0, "share": 0}
        for _ in range(400):
            first, second = (
                pd.Series(rng.choice(4, 25, p=shares / shares.sum()).astype(float)) for shares in (start, moved)
            )
            grades = compare_grades((first, strata, HELD), (second, strata, HELD))
            shares = [(each >= 2).astype(float) for each in (first, second)]
            share = compare_shares((shares[0], strata, HELD), (shares[1], strata, HELD))
            counted["grades"] += grades.verdict == word
            counted["share"] += share.verdict == word
        point = next(each for each in curve.points if each.verdict == word and abs(each.change - change) < 1e-9)
        for name, power in (("grades", point.grades_power), ("share", point.share_power)):
            assert abs(counted[name] / 400 - power) < 4 * math.sqrt(power * (1 - power) / 400), (word, name)


def test_a_stratum_too_thin_has_no_curve() -> None:
    curve = power_curve({"a": 10, "b": 1}, {"a": 10, "b": 1}, HELD)
    assert all(math.isnan(each.share_power) and math.isnan(each.grades_power) for each in curve.points)
    assert curve.to_dict()["curve"][0]["share_power"] is None
    assert curve.notes[0].startswith("Variance not estimable: one case stands for stratum")


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(ChangeError) as refused:
        power_curve(CASES, CASES, HELD, from_share=1.5)
    assert str(refused.value) == "the earlier share 1.5 is not between 0 and 1. Use 0.5 for 50 %."
    with pytest.raises(ChangeError) as refused:
        power_curve(CASES, CASES, HELD, power=1.0)
    assert str(refused.value) == "power 1.0 is not between 0 and 1. Use 0.8 for 80 %."


def test_the_picture_has_both_lines(curve) -> None:
    axes = curve.plot().axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "grades, which give the verdict",
        "share good or better",
    ]
    assert len(str(curve).splitlines()) == 4
