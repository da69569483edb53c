"""A trend over several rounds: against two-round verbs, its own algebra, false alarms, edges and refusals."""

from __future__ import annotations

import datetime
import json
import math

import numpy as np
import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import compare_trend
from audit_toolkit.improvement.changes.finding import Options
from audit_toolkit.improvement.changes.line import Line, lack_of_fit, line_interval, line_of
from audit_toolkit.improvement.changes.several import read_rounds
from audit_toolkit.improvement.changes.trend import trend_found
from audit_toolkit.improvement.estimates.design import as_numbers, as_outcomes
from audit_toolkit.improvement.estimates.intervals import mover_interval, normal_quantile

POPULATION = {"a": 100, "b": 200, "c": 50}
TWO = Line(np.array([0.0, 1.0]), "round", np.array([-1.0, 1.0]))


def made(chance: np.random.Generator, n: int, p: float, first: int, *, share: bool = False):
    cases = [f"c{each + first}" for each in range(n)]
    strata = pd.Series(chance.choice(list("abc"), n), index=cases)
    values = pd.Series(chance.binomial(3, p, n).astype(float), index=cases)
    values = (values > 1).astype(float) if share else values
    values.iloc[3] = np.nan
    return values, strata, POPULATION


def alike(values, cases: str = "x"):
    index = [f"{cases}{each}" for each in range(len(values))]
    return pd.Series(values, index=index, dtype=float), pd.Series("a", index=index), {"a": 100}


@pytest.mark.parametrize(("kind", "verb"), [("mean", at.compare_means), ("grades", at.compare_grades)])
def test_of_two_rounds_it_is_the_two_round_verb_with_cases_audited_twice(kind, verb) -> None:
    """But for the degrees of freedom: those of two rounds rest on what their variances rest on."""
    chance = np.random.default_rng(1)
    rounds = [made(chance, n, p, first, share=False) for n, p, first in ((40, 0.5, 0), (50, 0.6, 20))]
    trend = trend_found(read_rounds(rounds, as_numbers, None), TWO, kind, None, Options(0.95, None, True))
    change = verb(*rounds)
    assert trend.shared == change.shared > 0
    for name in ("change", "standard_error"):
        assert getattr(trend, name) == pytest.approx(getattr(change, name), rel=1e-10), name


def test_a_round_of_no_weight_lends_no_degrees_of_freedom() -> None:
    """Three rounds a step apart: the middle one has no weight, and the ends are the two-round comparison."""
    rounds = [alike(values, f"r{k}-") for k, values in enumerate(([1, 3, 2, 4], list(range(100)), [5, 6, 4, 7]))]
    trend, ends = compare_trend(rounds, kind="mean"), at.compare_means(rounds[0], rounds[2])
    assert trend.df == ends.df == 6
    assert (trend.ci.low, trend.ci.high) == pytest.approx((ends.ci.low, ends.ci.high))


def test_of_two_rounds_of_one_stratum_a_share_is_newcombes_tenth_method() -> None:
    rounds = [alike([0] * (n - good) + [1] * good, f"r{n}-") for n, good in ((40, 20), (50, 33))]
    trend = trend_found(read_rounds(rounds, as_outcomes, None), TWO, "share", None, Options(0.95, None, True))
    assert (trend.ci.low, trend.ci.high) == pytest.approx(mover_interval(0.5, 40, 0.66, 50, 1.959963984540054))
    assert trend.change == pytest.approx(at.compare_shares(*rounds).change)


def test_means_are_the_least_squares_line_by_hand() -> None:
    rounds = [alike(values, f"r{k}-") for k, values in enumerate(([1, 2, 3], [2, 4, 6], [2, 3, 7], [5, 7, 9]))]
    trend = compare_trend(rounds, kind="mean")
    means = np.array([2, 4, 4, 7.0])
    assert trend.slope == pytest.approx(np.polyfit(range(4), means, 1)[0], rel=1e-12)
    weights = np.array([-1.5, -0.5, 0.5, 1.5]) / 5
    variances = np.array([1, 4, 7, 4]) / 3
    assert trend.standard_error == pytest.approx(3 * math.sqrt(weights**2 @ variances), rel=1e-12)
    assert trend.df == 4  # Satterthwaite: 14^2 / ((2.25^2 + 1^2 + 1.75^2 + 9^2) / 2) = 4.35
    assert trend.fitted == pytest.approx(np.polyval(np.polyfit(range(4), means, 1), range(4)))


def test_dates_give_a_pace_a_year_and_uneven_steps() -> None:
    rounds = [alike([0] * (10 - good) + [1] * good, f"r{good}-") for good in (3, 5, 8)]
    days = [datetime.date(2008, 1, 1), datetime.date(2009, 1, 1), datetime.date(2012, 1, 1)]
    trend = compare_trend(rounds, days)
    assert trend.unit == "year"
    assert trend.at == pytest.approx((0, 366 / 365.25, 4))
    assert trend.slope == pytest.approx(trend.change / 4)


def test_shares_at_the_ends_have_an_interval_and_the_steady_rise_is_improved() -> None:
    every = [alike([1] * 30, f"r{k}-") for k in range(4)]
    trend = compare_trend(every, margin=0.2)
    assert trend.change == 0
    assert trend.verdict == "no_worse"
    assert -0.2 < trend.ci.low < 0 < trend.ci.high
    rising = [alike([0] * (30 - good) + [1] * good, f"r{good}-") for good in (0, 10, 20, 30)]
    assert compare_trend(rising).verdict == "improved"
    assert compare_trend(rising, higher_is_better=False).verdict == "worsened"


def test_grades_without_spread_are_decided_and_all_alike_never() -> None:
    steps = [alike([level] * 10, f"r{level}-") for level in (0, 1, 3)]
    found = compare_trend(steps, kind="grades")
    assert found.verdict == "improved"
    assert found.change == pytest.approx(2 / 3)
    same = compare_trend([alike([1] * 10, f"r{k}-") for k in range(3)], kind="grades")
    assert (same.verdict, same.change) == ("cannot_tell", 0)
    assert "The answers are all alike in all rounds: nothing can be told from them." in same.notes


def test_strata_missing_from_a_round_are_left_out_and_told() -> None:
    chance = np.random.default_rng(2)
    rounds = [made(chance, 40, 0.5, 100 * k, share=True) for k in range(3)]
    values, strata, population = rounds[1]
    kept = strata != "c"
    rounds[1] = (values[kept], strata[kept], population)
    trend = compare_trend(rounds)
    assert trend.coverage == pytest.approx(300 / 350)
    assert trend.notes[0] == (
        'Compared are the strata with answers in all rounds, without "c": they hold 85.7 % of the last register.'
    )


def test_one_list_of_cases_in_every_round_has_the_variance_of_each_cases_own_slope() -> None:
    chance = np.random.default_rng(3)
    own = chance.normal(size=20)
    rounds = [alike(own + 0.1 * k + 0.2 * chance.normal(size=20)) for k in range(3)]
    trend = compare_trend(rounds, kind="mean")
    slopes = rounds[2][0] - rounds[0][0]
    assert trend.change == pytest.approx(slopes.mean())
    assert trend.standard_error == pytest.approx(slopes.std(ddof=1) / math.sqrt(20), rel=1e-9)
    assert 0 < trend.df < 20


def test_rounds_off_the_line_are_remarked_on() -> None:
    counts = (10, 50, 10, 50)
    rounds = [alike([0] * (60 - good) + [1] * good, f"r{k}-") for k, good in enumerate(counts)]
    trend = compare_trend(rounds)
    assert trend.fit_p < 1e-6
    assert any(note.startswith("The rounds do not lie on a straight line") for note in trend.notes)
    straight = lack_of_fit(np.arange(4.0), np.arange(4.0), np.eye(4), 100)
    assert straight == pytest.approx(1)


def test_lack_of_fit_of_three_rounds_is_the_quadratic_contrast() -> None:
    variances = np.diag([1.0, 2.0, 3.0])
    values = np.array([1.0, 4.0, 2.0])
    contrast = np.array([1, -2, 1.0])
    square = (contrast @ values) ** 2 / (contrast @ variances @ contrast)
    from scipy.stats import f

    assert lack_of_fit(np.arange(3.0), values, variances, 50) == pytest.approx(f.sf(square, 1, 50))


def test_two_weights_give_the_interval_of_two_shares() -> None:
    z = normal_quantile(0.95)
    pair = line_interval(np.array([0.4, 0.7]), np.array([30.0, 50.0]), TWO.weights, z)
    assert tuple(map(float, pair)) == pytest.approx(mover_interval(0.4, 30.0, 0.7, 50.0, z), rel=1e-12)


@pytest.mark.parametrize("rounds", [3, 5, 8])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 1.0])
def test_false_alarms_of_shares(rounds: int, share: float) -> None:
    tries = 20_000
    shares = np.random.default_rng(4).binomial(45, share, (tries, rounds)) / 45
    low, high = line_interval(shares, np.full(rounds, 45.0), line_of(rounds, None).weights, normal_quantile(0.95))
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()
    # 2.8 % and three Monte Carlo errors of it.
    assert max((low > 0).mean(), (high < 0).mean()) <= 0.028 + 3 * math.sqrt(0.028 / tries)


def test_a_trend_is_told_as_plain_values() -> None:
    rounds = [alike([0] * (20 - good) + [1] * good, f"r{good}-") for good in (8, 10, 12)]
    trend = compare_trend(rounds)
    json.dumps(trend.to_dict(), allow_nan=False)
    assert len(trend.to_frame()) == 1
    assert trend.points()["value"].tolist() == [0.4, 0.5, 0.6]
    assert (
        str(trend)
        .splitlines()[0]
        .startswith("On the line through 3 rounds: No change shown: 40.0 % to 60.0 %, +20.0 points (95 % interval ")
    )


def day(year: int) -> datetime.date:
    return datetime.date(year, 1, 1)


@pytest.mark.parametrize(
    ("count", "times", "options", "text"),
    [
        (
            2,
            None,
            {},
            "rounds: a trend needs three rounds or more, and there are 2. "
            "Give three rounds or more; two are compared with compare.",
        ),
        (3, [day(2000)], {}, "times: 1 times are given for 3 rounds. Give one date a round."),
        (
            3,
            [1, day(2001), "x"],
            {},
            "times, round 1: 1 is not a date. Give a datetime.date.\n"
            "times, round 3: x is not a date. Give a datetime.date.",
        ),
        (
            3,
            [day(2002), day(2001), day(2001)],
            {},
            "times, round 2: 2001-01-01 does not come after 2002-01-01. "
            "Give the rounds in order of time, no two on one day.\n"
            "times, round 3: 2001-01-01 does not come after 2001-01-01. "
            "Give the rounds in order of time, no two on one day.",
        ),
        (3, None, {"kind": "shares"}, 'kind: "shares" is not a kind of trend. Did you mean "share"?'),
        (3, None, {"ratings": ["A"]}, 'ratings: ratings are for grades only. Leave them out, or say kind="grades".'),
    ],
)
def test_what_is_refused(count: int, times, options, text: str) -> None:
    rounds = [alike([0, 1], f"r{k}-") for k in range(count)]
    with pytest.raises(ChangeError) as refused:
        compare_trend(rounds, times, **options)
    assert str(refused.value) == text


def test_every_problem_of_every_round_is_told_at_once() -> None:
    rounds = [alike([0, 2], "r0-"), alike([0, 1], "r1-"), alike([5, 1], "r2-")]
    with pytest.raises(ChangeError) as refused:
        compare_trend(rounds)
    assert str(refused.value).count("is not 0 or 1") == 2
    values, _, _ = alike([0, 1], "r3-")
    other = (values, pd.Series("z", index=values.index), {"z": 9})
    with pytest.raises(ChangeError) as apart:
        compare_trend([*rounds[1:2] * 2, other])
    assert str(apart.value) == "3 rounds: the rounds share no stratum. Stratify all rounds by the same columns."
