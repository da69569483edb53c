"""Wilson, Clopper-Pearson, hypergeometric and MOVER limits against Newcombe's tables, R and counting out."""

from __future__ import annotations

import json
from math import comb
from pathlib import Path

import numpy as np
import pytest

from audit_toolkit.improvement import hypergeometric_interval, mover_interval, wilson
from audit_toolkit.improvement.estimates.intervals import beta_interval, mover_p, normal_quantile, t_quantile

NEWCOMBE = json.loads((Path(__file__).parents[1] / "reference" / "newcombe.json").read_text())["cases"]
Z = normal_quantile(0.95)


@pytest.mark.parametrize("case", [each for each in NEWCOMBE if each["id"].startswith("newcombe10")])
def test_mover_is_newcombe_10(case) -> None:
    x1, n1, x2, n2 = (case["inputs"][key] for key in ("x1", "n1", "x2", "n2"))
    low, high = mover_interval(x2 / n2, n2, x1 / n1, n1, Z)
    assert [low, high] == pytest.approx([case["expected"]["lower"], case["expected"]["upper"]], abs=1e-8)


@pytest.mark.parametrize("case", [each for each in NEWCOMBE if each["id"].startswith("single")])
def test_wilson_and_clopper_pearson(case) -> None:
    x, n = case["inputs"]["x"], case["inputs"]["n"]
    assert wilson(x / n, n, Z) == pytest.approx(case["expected"]["wilson"], abs=1e-8)
    exact = beta_interval(x / n, n, 0.95)
    assert [exact.low, exact.high] == pytest.approx(case["expected"]["clopper_pearson"], abs=1e-8)


@pytest.mark.parametrize(("share", "n"), [(0.0, 7.0), (1.0, 7.0), (0.3, 12.5)])
def test_wilson_solves_its_own_equation_and_ends_at_0_and_1(share, n) -> None:
    low, high = wilson(share, n, Z)
    for limit in (low, high):
        assert n * (share - limit) ** 2 == pytest.approx(Z**2 * limit * (1 - limit), abs=1e-12)
    assert (low == 0) == (share == 0)
    assert (high == 1) == (share == 1)


def test_hypergeometric_limits_are_the_counts_neither_tail_rules_out() -> None:
    for population, n, good in ((12, 5, 2), (12, 5, 0), (12, 5, 5), (9, 1, 1), (40, 39, 20)):
        kept = []
        for count in range(population + 1):
            chance = [comb(count, k) * comb(population - count, n - k) / comb(population, n) for k in range(n + 1)]
            possible = good <= count <= population - (n - good)
            if possible and sum(chance[: good + 1]) > 0.025 and sum(chance[good:]) > 0.025:
                kept.append(count)
        assert hypergeometric_interval(good, n, population, 0.95) == (kept[0], kept[-1])


def test_none_of_ten_from_thirty_allows_six_one_sided() -> None:
    """STATISTICS, K: a one-sided 95 % bound is the upper end of a two-sided 90 % interval."""
    assert hypergeometric_interval(0, 10, 30, 0.90)[1] == 6


def test_quantiles() -> None:
    from scipy.stats import norm, t

    assert pytest.approx(norm.ppf(0.975), rel=1e-14) == Z
    for df in (1, 2, 7, 113, 5000):
        assert t_quantile(0.95, df) == pytest.approx(t.ppf(0.975, df), rel=1e-12)
    assert np.isnan(t_quantile(0.95, 0))


def test_mover_works_on_arrays_as_on_numbers() -> None:
    rng = np.random.default_rng(4)
    share1, share2, size1, size2 = rng.random(50), rng.random(50), rng.uniform(2, 90, 50), rng.uniform(2, 90, 50)
    lows, highs = mover_interval(share1, size1, share2, size2, Z, 0.4)
    for i in range(50):
        one = mover_interval(float(share1[i]), float(size1[i]), float(share2[i]), float(size2[i]), Z, 0.4)
        assert one == pytest.approx((lows[i], highs[i]), abs=1e-14)


@pytest.mark.parametrize("r", [-0.8, 0.0, 0.6, 1.0])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_p_and_interval_agree(r, confidence) -> None:
    rng = np.random.default_rng(7)
    z = normal_quantile(confidence)
    excluded = 0
    for _ in range(300):
        n1, n2 = rng.integers(3, 80, 2)
        share1, share2 = rng.integers(0, n1 + 1) / n1, rng.integers(0, n2 + 1) / n2
        low, high = mover_interval(share1, float(n1), share2, float(n2), z, r)
        rise = mover_p(share1, float(n1), share2, float(n2), z, r)
        assert 0 <= rise <= 1
        assert (rise < (1 - confidence) / 2) == (low > 0)
        assert (1 - rise < (1 - confidence) / 2) == (high < 0)
        excluded += low > 0 or high < 0
    assert 20 < excluded < 300


def test_p_is_the_level_at_which_the_limit_meets_0() -> None:
    rise = mover_p(0.5, 60, 0.7, 60, Z)
    assert mover_interval(0.5, 60.0, 0.7, 60.0, normal_quantile(1 - 2 * rise))[0] == pytest.approx(0, abs=1e-12)
    assert mover_p(0.7, 60, 0.5, 60, Z) == pytest.approx(1 - rise, abs=1e-12)
    assert mover_p(0.5, 60, 0.5, 60, Z) == 0.5
