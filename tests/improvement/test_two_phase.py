"""The true share of a grade after moderation: identities, and a panel that re-reads only the Inadequates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import beta

from audit_toolkit.improvement import two_phase_share
from audit_toolkit.improvement.estimates.two_phase import AfterModeration


def flags(*values: int) -> np.ndarray:
    return np.array(values, dtype=bool)


def test_where_everything_is_settled_it_is_the_share_found_with_its_own_interval() -> None:
    """No rest: Clopper-Pearson at the cases, widened by nothing."""
    after = flags(1, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    nothing = np.zeros(10, dtype=bool)
    share, ci = two_phase_share(after, after, nothing, nothing, np.ones(10), fraction=0.0)
    assert share == 0.2
    assert (ci.low, ci.high) == pytest.approx((beta.ppf(0.025, 2, 9), beta.ppf(0.975, 3, 8)))


def test_a_census_of_which_everything_is_re_read_has_no_width() -> None:
    after, every = flags(1, 1, 0, 0, 0), np.ones(5, dtype=bool)
    share, ci = two_phase_share(after, after, every, every, np.ones(5), fraction=1.0)
    assert (share, ci.low, ci.high) == (0.4, 0.4, 0.4)


def test_the_chosen_speak_for_the_rest() -> None:
    """Eight of the rest, four re-read, one of these moved into the grade; two settled for certain, one has it."""
    first = flags(1, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    after = flags(1, 0, 1, 0, 0, 0, 0, 0, 0, 0)
    rest = flags(0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
    chosen = flags(0, 0, 1, 1, 1, 1, 0, 0, 0, 0)
    share, ci = two_phase_share(first, after, rest, chosen, np.ones(10), fraction=0.0)
    assert share == pytest.approx((1 + 8 * 1 / 4) / 10)
    assert 0 <= ci.low < share < ci.high <= 1
    # What was not re-read is never looked at.
    other = after | flags(0, 0, 0, 0, 0, 0, 1, 1, 1, 1)
    assert two_phase_share(first, other, rest, chosen, np.ones(10), fraction=0.0)[0] == share


def test_weights_count_for_what_each_case_stands_for() -> None:
    first, after = flags(0, 0, 1, 1), flags(1, 0, 1, 0)
    every = np.ones(4, dtype=bool)
    share, _ = two_phase_share(first, after, every, every, np.array([3.0, 1.0, 1.0, 5.0]), fraction=0.0)
    assert share == pytest.approx(4 / 10)


def test_without_a_chosen_case_nothing_is_said() -> None:
    first = flags(1, 0, 0)
    share, ci = two_phase_share(first, first, flags(0, 1, 1), flags(0, 0, 0), np.ones(3), fraction=0.0)
    assert math.isnan(share)
    assert math.isnan(ci.low)


def test_no_case_moved_is_no_certainty() -> None:
    """None of five re-read: as many as 52 % of the rest could be of the grade all the same."""
    first = np.zeros(50, dtype=bool)
    chosen = np.arange(50) < 5
    share, ci = two_phase_share(first, first, np.ones(50, dtype=bool), chosen, np.ones(50), fraction=0.0)
    assert share == 0
    assert ci.high > 0.45


def panel(rng: np.random.Generator, cases: int, share: float) -> tuple[float, float, float, bool]:
    """Draw a round of a register with 15 % truly Inadequate, 18 % by first grades; give what each way says of it."""
    truth = rng.random(cases) < 0.15
    # A fifth of the Inadequates are graded kinder, and 7 % of the others severely: 18 % in all.
    first = np.where(truth, rng.random(cases) < 0.8, rng.random(cases) < 0.0706)
    rest = ~first
    count = math.ceil(share * rest.sum())
    chosen = np.zeros(cases, dtype=bool)
    chosen[rng.permutation(np.flatnonzero(rest))[:count]] = True
    naive = float(np.mean(first & truth))
    found, ci = two_phase_share(first, truth, rest, chosen, np.ones(cases), fraction=0.0)
    return float(first.mean()), naive, found, ci.low <= 0.15 <= ci.high


@pytest.mark.parametrize(("cases", "share"), [(60, 0.1), (60, 0.3), (200, 0.2)])
def test_re_reading_only_the_worst_grade_misleads_and_the_random_share_does_not(cases: int, share: float) -> None:
    """2,000 rounds: 18 % first and 12 % with settled grades put in, of a true 15; ours within 1 point."""
    rng = np.random.default_rng(cases + int(100 * share))
    found = np.array([panel(rng, cases, share) for _ in range(2000)])
    first, naive, ours, held = found.mean(axis=0)
    assert first == pytest.approx(0.18, abs=0.01)
    assert naive == pytest.approx(0.12, abs=0.005)
    assert ours == pytest.approx(0.15, abs=0.01)
    assert held > 0.94


def test_one_case_is_said_as_one() -> None:
    found = AfterModeration("records", "Records", (), 1, 1, 1)
    assert str(found) == "Records: 1 case; of the rest, 1, tickets choose 1"
