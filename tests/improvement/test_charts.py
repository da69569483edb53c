"""Control charts and their rules: against R, on points made to break each rule, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import chart_figure, p_chart, rule_sources, xmr_chart
from audit_toolkit.improvement.changes.charts import RANGE_RULE, xmr_limits
from audit_toolkit.improvement.changes.run_rules import BEYOND, DRIFT, ONE_SIDE, RULES, TWO_OF_THREE, hits, signals_of

CASES = {
    each["id"]: each
    for each in json.loads((Path(__file__).parents[1] / "reference" / "spc_xmr.json").read_text(encoding="utf-8"))[
        "cases"
    ]
}
QUIET = [2.5, -2.5] + [1.5, -0.5] * 5


def test_xmr_limits_are_those_of_r() -> None:
    case, expected = CASES["wheeler_like"], CASES["wheeler_like"]["expected"]
    chart = xmr_chart(case["inputs"]["y"])
    assert chart.centre == pytest.approx(expected["mean"], rel=1e-10)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((expected["lpl"], expected["upl"]), rel=1e-10)
    assert chart.range_limit == pytest.approx(expected["url"], rel=1e-10)
    assert np.nanmean(chart.ranges) == pytest.approx(expected["mrbar"], rel=1e-10)


def test_p_limits_are_those_of_r() -> None:
    case, expected = CASES["p_chart"]["inputs"], CASES["p_chart"]["expected"]
    # Six points have no limits here; the same six twice have those of the six.
    chart = p_chart(case["x"] * 2, case["n"] * 2)
    assert chart.centre == pytest.approx(expected["pbar"], rel=1e-8)
    assert chart.upper == pytest.approx(expected["ucl"] * 2, rel=1e-8)
    assert chart.lower == pytest.approx(expected["lcl"] * 2, rel=1e-8)
    few = p_chart(case["x"], case["n"])
    assert np.isnan(few.upper).all()
    assert few.signals == ()
    assert few.notes == ("6 points: limits and rules need 12 or more, so none are given.",)


@pytest.mark.parametrize(
    ("values", "rule", "side", "first", "last"),
    [
        ([0, 1, 0, -1, 3.1, 0], BEYOND, 1, 4, 4),
        ([0.1, -1, -1, -1, -1, -1, -1, -1, -1, 1], ONE_SIDE, -1, 1, 8),
        ([0, -1, -0.6, -0.3, 0.1, 0.4, 0.5, 0.6, 0.1], DRIFT, 1, 1, 7),
        ([0, 2.1, 0, 2.2, 0, 0], TWO_OF_THREE, 1, 1, 3),
        ([0, -2.1, -2.5, 0.1], TWO_OF_THREE, -1, 0, 3),
    ],
)
def test_each_rule_names_its_points(values, rule, side, first, last) -> None:
    found = signals_of(np.array(values, dtype=float), np.array(0.0), np.array(1.0))
    assert [(each.rule, each.side, each.first, each.last) for each in found] == [(rule.name, side, first, last)]


def test_six_on_one_side_or_on_a_limit_is_no_signal() -> None:
    for values in ([1.0] * 6 + [-1.0], [3.0, -3.0, 0.5], [1, 2, 1.9, 1.5, 1.2, 1, 0.5, 0][1:7], [2.0, 2.0, 2.0]):
        assert signals_of(np.array(values, dtype=float), np.array(0.0), np.array(1.0))[:0] == ()
        assert not hits(BEYOND, np.array(values, dtype=float), np.array(0.0), np.array(1.0)).any()
        assert not hits(ONE_SIDE, np.array(values, dtype=float), np.array(0.0), np.array(1.0)).any()
        assert not hits(TWO_OF_THREE, np.array(values, dtype=float), np.array(0.0), np.array(1.0)).any()


def test_a_step_shows_in_the_moving_range_and_words_are_whole() -> None:
    chart = xmr_chart([*QUIET, 14.0], labels=[f"m{k}" for k in range(13)])
    assert [each.rule for each in chart.signals] == [BEYOND.name, RANGE_RULE]
    assert chart.sentences() == [
        "m12: above the upper limit (beyond a limit).",
        "m11 to m12: a step larger than the limit of moving ranges (moving range beyond its limit).",
    ]
    assert chart.to_frame()["signals"].tolist()[-2:] == [RANGE_RULE, f"{BEYOND.name}; {RANGE_RULE}"]
    json.dumps(chart.to_dict(), allow_nan=False)


def test_shares_more_spread_than_counting_allows_are_remarked_on() -> None:
    chart = p_chart([50, 90] * 6, [100] * 12)
    assert any(note.startswith("The shares vary more than counting alone allows") for note in chart.notes)
    sure = p_chart([10] * 12, [10] * 12)
    assert sure.notes == ("Every case is alike: the limits have no width.",)
    assert sure.signals == ()
    near = p_chart([9, 10] * 6, [10] * 12)
    assert near.notes == ("A limit past 0 % or 100 % stands there: no point can lie beyond it.",)


def test_every_rule_has_a_source_and_false_alarms_of_twelve_points() -> None:
    assert all(rule_sources().values())
    values = np.random.default_rng(6).normal(size=(20_000, 12))
    centre, sigma, _ = xmr_limits(values)
    rates = [100 * hits(rule, values, centre[:, None], sigma[:, None]).any(axis=-1).mean() for rule in RULES]
    assert rates == pytest.approx([2.6, 1.3, 0.3, 2.1], abs=0.5)


def test_a_picture_has_its_limits() -> None:
    figure = chart_figure(xmr_chart([*QUIET, 14.0]))
    assert len(figure.axes) == 2
    assert len(chart_figure(p_chart([5, 6], [10, 10])).axes) == 1


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: xmr_chart([1]), "value: a chart needs two points or more. Give one number a point, in order of time."),
        (
            lambda: xmr_chart([1, float("nan"), float("inf")]),
            "value, point 2: nan is not a number. Give a number for every point, or leave the point out.\n"
            "value, point 3: inf is not a number. Give a number for every point, or leave the point out.",
        ),
        (
            lambda: xmr_chart([0.5, 1.5, -1], shares=True),
            "value, point 2: 1.5 is not a share. Give shares from 0 to 1.\n"
            "value, point 3: -1 is not a share. Give shares from 0 to 1.",
        ),
        (lambda: xmr_chart([1, 2], labels=["a"]), "labels: 1 labels are given for 2 points. Give one label a point."),
        (lambda: p_chart([1, 2], [1, 2, 3]), "of: 2 met and 3 of do not go together. Give one of each."),
        (
            lambda: p_chart([3, 2], [2, 0]),
            "point 1: 3 of 2 cannot be. Give how many met it, of how many, more than none.\n"
            "point 2: 2 of 0 cannot be. Give how many met it, of how many, more than none.",
        ),
    ],
)
def test_what_is_refused(make, text: str) -> None:
    with pytest.raises(ChangeError) as refused:
        make()
    assert str(refused.value) == text


@pytest.mark.parametrize("points", [12, 17, 24])
@pytest.mark.parametrize(("met", "of"), [(1, 10), (3, 10), (7, 10), (1, 3), (5, 37), (0, 9), (9, 9)])
def test_points_that_never_change_are_no_signal(points, met, of) -> None:
    """Their mean is a hair off in binary."""
    share = xmr_chart([met / of] * points, shares=True)
    assert (share.signals, share.notes) == ((), ("Every point is the same: the limits have no width.",))
    assert p_chart([met] * points, [of] * points).signals == ()


def test_a_point_on_the_mean_is_on_no_side() -> None:
    values = [0.1, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.1, 0.5]
    assert xmr_chart(values).centre == pytest.approx(0.3)
    assert "seven on one side" not in {each.rule for each in xmr_chart(values).signals}


def test_every_limit_of_shares_lies_within_them() -> None:
    chart = xmr_chart([0.0, 1.0] * 6, shares=True)
    assert (chart.lower[0], chart.upper[0], chart.range_limit) == (0, 1, 1)
    assert "moving range beyond its limit" not in {each.rule for each in chart.signals}
