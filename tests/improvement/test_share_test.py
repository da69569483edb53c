"""The score test of a share: constrained shares by brute force, identities of one stratum, the turns of signs."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from audit_toolkit.improvement.changes.constrained import constrained_shares
from audit_toolkit.improvement.changes.one_stratum import counted_out, one_stratum
from audit_toolkit.improvement.changes.share_limits import change_limits, change_p, change_shown, joined_groups
from audit_toolkit.improvement.changes.share_test import ShareRounds, share_z, step_taken_off, without_skewness
from audit_toolkit.improvement.estimates.variance import variance_groups

WEIGHTS = np.array([0.5, 0.3, 0.2])
N1, N2 = np.array([12.0, 7, 3]), np.array([5.0, 9, 4])


def rounds_of(count: int, seed: int = 4) -> ShareRounds:
    rng = np.random.default_rng(seed)
    good1, good2 = (rng.binomial(n.astype(int), p, (count, 3)).astype(float) for n, p in ((N1, 0.4), (N2, 0.6)))
    return ShareRounds(good1, N1, good2, N2, WEIGHTS, np.arange(3))


@pytest.mark.parametrize("delta", [-0.4, 0.0, 0.25])
def test_constrained_shares_are_the_likeliest(delta) -> None:
    """Against a general optimiser, on the same likelihood and constraint."""
    rng = np.random.default_rng(5)
    for _ in range(5):
        good = [rng.uniform(0.5, n - 0.5) for n in (N1, N2)]
        guess = np.full(3, 0.5)
        found = np.concatenate(
            constrained_shares(
                (good[0][None], good[1][None]), (N1, N2), (guess[None], guess[None]), WEIGHTS, np.array([delta])
            ),
            axis=1,
        )[0]
        sides, counts, sizes = np.concatenate([-WEIGHTS, WEIGHTS]), np.concatenate(good), np.concatenate([N1, N2])
        assert found @ sides == pytest.approx(delta, abs=1e-9)

        def unlikely(p, counts=counts, sizes=sizes):
            return -(counts * np.log(p) + (sizes - counts) * np.log(1 - p)).sum()

        best = scipy.optimize.minimize(
            unlikely,
            np.clip(0.5 + delta * np.sign(sides) / 2, 0.05, 0.95),
            bounds=[(1e-6, 1 - 1e-6)] * 6,
            constraints={"type": "eq", "fun": lambda p, sides=sides: p @ sides - delta},
            options={"ftol": 1e-13, "maxiter": 500},
        )
        assert found == pytest.approx(best.x, abs=2e-4)


def test_one_stratum_of_equal_rounds_is_close_to_miettinen_and_nurminen() -> None:
    """At no change the constrained share is the pooled one, so z is theirs but for a leaning of a few cases."""
    z = share_z(one_stratum(np.array([[40.0]]), np.array([[55.0]]), 100, 100), np.zeros(1), stepped=False)[0]
    theirs = 0.15 / np.sqrt(0.475 * 0.525 * 2 / 100 * 200 / 199)
    assert z[0] == pytest.approx(theirs, rel=0.005)


def test_rounds_turned_about_turn_the_signs() -> None:
    rounds = rounds_of(50)
    turned = ShareRounds(rounds.good2, N2, rounds.good1, N1, WEIGHTS, rounds.group)
    other = ShareRounds(N1 - rounds.good1, N1, N2 - rounds.good2, N2, WEIGHTS, rounds.group)
    low, high = change_limits(rounds, 0.95)
    for each in (turned, other):
        mirrored = change_limits(each, 0.95)
        np.testing.assert_allclose(-mirrored[1], low, atol=1e-8)
        np.testing.assert_allclose(-mirrored[0], high, atol=1e-8)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_limits_p_and_what_is_shown_tell_one_story(confidence) -> None:
    grid = np.meshgrid(np.arange(9.0), np.arange(13.0))
    one = one_stratum(grid[0].reshape(-1, 1), grid[1].reshape(-1, 1), 8, 12)
    for rounds in (rounds_of(200), one):
        low, high = change_limits(rounds, confidence)
        rise, fall = change_shown(rounds, confidence)
        p_rise, p_fall = change_p(rounds)
        tail = (1 - confidence) / 2
        assert ((low > 0) == rise).all()
        assert ((high < 0) == fall).all()
        assert ((p_rise < tail) == rise).all()
        assert ((p_fall < tail) == fall).all()
        assert (low <= rounds.change).all()
        assert (high >= rounds.change).all()


def test_every_edge_has_limits() -> None:
    for first in (0.0, 1.0):
        for second in (0.0, 1.0):
            rounds = ShareRounds((first * N1)[None], N1, (second * N2)[None], N2, WEIGHTS, np.arange(3))
            low, high = change_limits(rounds, 0.95)
            assert -1 <= low[0] <= second - first <= high[0] <= 1
            assert high[0] - low[0] > 0.02
            assert (change_p(rounds)[0][0] < 0.025) == (second > first)


def test_counted_out_by_hand() -> None:
    """One case a round: a rise from 0 of 1 to 1 of 1 has the chance p (1 - p), at most a quarter."""
    deviate, p = counted_out(1, 1)
    assert p[0, 1] == pytest.approx(0.25, abs=1e-4)
    assert deviate[0, 0] == deviate[1, 1] == 0
    assert p[0, 0] == pytest.approx(1.0, abs=1e-3)


def test_skewness_is_taken_out_and_put_back() -> None:
    z = np.linspace(-2.5, 2.5, 11)
    for skewness in (-0.9, 0.0, 1e-12, 0.6):
        np.testing.assert_allclose(without_skewness(z + skewness * (z**2 - 1) / 6, np.full(11, skewness)), z, atol=1e-9)
    assert without_skewness(np.array([-9.0]), np.array([1.2]))[0] == pytest.approx(-2.5)


def test_a_step_is_taken_off_where_strata_share_it() -> None:
    alike = ShareRounds(N1[None], np.full(3, 6.0), N1[None], np.full(3, 6.0), np.full(3, 1 / 3), np.arange(3))
    assert step_taken_off(alike) == pytest.approx(0.2 / 18)
    assert step_taken_off(rounds_of(1)) < 0.001


def test_strata_collapsed_in_either_round_are_one() -> None:
    first = variance_groups("abcd", np.array([1, 3, 2, 2]), None, {"a": "b"})
    second = variance_groups("abcd", np.array([2, 3, 2, 1]), None, {"d": "b"})
    joined = joined_groups(first, second)
    assert (joined[0] == joined[1] == joined[3], joined[2] == joined[0]) == (True, False)
