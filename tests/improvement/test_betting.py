"""Bets against a share: fair against every table, and never ruling out the truth more often than promised."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from audit_toolkit.improvement.estimates.betting import (
    WEIGHTS,
    bet_sizes,
    fixed_path,
    highest_mean,
    log_wealth,
    lower_counts,
)
from benchmarks import sequence as measured


def every_order(held: tuple[int, ...], good: tuple[int, ...]) -> np.ndarray:
    """Give every order of the answers of a register, all equally likely, along its path; (orders, N)."""
    path = fixed_path(np.array(held), np.array(held))
    each = [
        [[float(i in chosen) for i in range(size)] for chosen in itertools.combinations(range(size), count)]
        for size, count in zip(held, good, strict=True)
    ]
    rows = []
    for answers in itertools.product(*each):
        rows.append([answers[h][i - 1] for h, i in zip(path.code, path.place, strict=True)])
    return np.array(rows)


def test_the_weights_are_a_distribution() -> None:
    assert WEIGHTS.sum() == pytest.approx(1, abs=1e-12)
    assert (WEIGHTS > 0).all()


def test_the_path_keeps_the_strata_in_step() -> None:
    path = fixed_path(np.array([40, 20]), np.array([4, 2]))
    assert path.code.tolist() == [0, 0, 1, 0, 0, 1] or path.code.tolist() == [0, 1, 0, 0, 1, 0]
    assert [(h, i) for h, i in zip(path.code, path.place, strict=True) if h == 0] == [(0, 1), (0, 2), (0, 3), (0, 4)]
    longer = fixed_path(np.array([40, 20]), np.array([4, 2]), reach=1.3)
    assert longer.code[: path.length].tolist() == path.code.tolist()
    assert path.stakes.tolist() == [1, 1]


@pytest.mark.parametrize("held", [(7,), (5, 4), (3, 3, 2)])
def test_ever_wrong_at_most_as_often_as_promised_over_every_order_and_every_table(held: tuple[int, ...]) -> None:
    """Counted out, no chance in it: all tables, all orders, a look after every case, both limits."""
    path = fixed_path(np.array(held), np.array(held))
    worst = 0.0
    for alpha in (0.05, 0.2, 0.5):
        for good in itertools.product(*[range(size + 1) for size in held]):
            ones = every_order(held, good)
            for x, total in ((ones, sum(good)), (1 - ones, sum(held) - sum(good))):
                rate = measured.ever_wrong(path, x, 1 - x, total, alpha).mean()
                assert rate <= alpha + 1e-12
                worst = max(worst, rate / alpha)
    assert worst > 0.2


def test_each_bet_is_fair_at_the_true_table() -> None:
    """The mean of what one bet makes is 1 over all orders, after every case."""
    held, good = (5, 4), (2, 3)
    path, ones = fixed_path(np.array(held), np.array(held)), every_order(held, good)
    seen = path.seen
    left = (np.array(good) - np.cumsum(ones[:, :, None] * seen, axis=1) + ones[:, :, None] * seen)[
        :, np.arange(path.length), path.code
    ]
    stakes = path.stakes[path.code]
    for bet in bet_sizes(path, 0.025):
        made = np.cumprod((1 + bet * stakes * ones) / (1 + bet * stakes * left / path.left), axis=1)
        assert made.mean(axis=0) == pytest.approx(np.ones(path.length), rel=1e-10)


def test_the_worst_table_is_found() -> None:
    """The greatest mean denominator, against every table with that total."""
    held, drawn = (6, 5, 4), (3, 2, 2)
    path = fixed_path(np.array(held), np.array(drawn))
    ones = np.random.default_rng(3).integers(0, 2, path.length).astype(float)
    for total in range(int(ones.sum()), 15 - int((1 - ones).sum()) + 1):
        found = highest_mean(path, ones, 1 - ones, total)
        for k in range(1, path.length + 1):
            best = -math.inf
            for table in itertools.product(*[range(size + 1) for size in held]):
                left = np.array(table, dtype=float)
                if sum(table) != total:
                    continue
                value = 0.0
                for i in range(k):
                    value += path.stakes[path.code[i]] * left[path.code[i]] / path.left[i]
                    left[path.code[i]] -= ones[i]
                unseen = np.array(held) - np.bincount(path.code[:k], minlength=3)
                if (left >= 0).all() and (left <= unseen).all():
                    best = max(best, value / k)
            assert found[k - 1] == pytest.approx(best, abs=1e-10)


def test_the_limit_is_the_smallest_total_not_ruled_out() -> None:
    path = fixed_path(np.array([30, 15, 8]), np.array([9, 5, 3]))
    chance = np.random.default_rng(5)
    for alpha in (0.025, 0.2):
        ones = (chance.random(path.length) < 0.8).astype(float)
        low = lower_counts(path, ones, 1 - ones, alpha)
        bets = bet_sizes(path, alpha)
        good, bad = np.cumsum(ones), np.cumsum(1 - ones)
        for k in range(path.length):
            allowed = [
                total
                for total in range(int(good[k]), 53 - int(bad[k]) + 1)
                if log_wealth(path, ones, highest_mean(path, ones, 1 - ones, total), bets)[k] < math.log(1 / alpha)
            ]
            assert low[k] == (min(allowed) if allowed else 53 - bad[k])


def test_a_case_not_known_can_only_weaken_the_limit() -> None:
    """Every way of filling the gaps gives a limit at least as high: what is not back counts at its worst."""
    path = fixed_path(np.array([30, 12]), np.array([8, 4]))
    chance = np.random.default_rng(7)
    for _ in range(3):
        ones = (chance.random(path.length) < 0.7).astype(float)
        gaps = chance.choice(path.length, 3, replace=False)
        known = np.ones(path.length)
        known[gaps] = 0
        weak = lower_counts(path, ones * known, (1 - ones) * known, 0.1)
        for filling in itertools.product([0.0, 1.0], repeat=3):
            full = ones.copy()
            full[gaps] = filling
            assert (weak <= lower_counts(path, full, 1 - full, 0.1)).all()


@pytest.mark.parametrize("design", measured.DESIGNS, ids=lambda each: each.name)
def test_seldom_ever_wrong_looked_at_after_every_case(design: measured.Design) -> None:
    """A slice of `python -m benchmarks sequence`; 2.5 % and three Monte Carlo errors."""
    low, high, _ = measured.false_alarms(design, 1_000)
    assert max(low, high) <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 1_000)


def test_strata_in_the_order_of_arrival_would_be_wrong() -> None:
    """Easy cases first: each stratum's own prefix multiplied is nearly always wrong, the one fixed order is not."""
    own, fixed = measured.easy_first(1_000)
    assert own > 0.9
    assert fixed <= 0.025
