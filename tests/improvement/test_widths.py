"""How exactly a share would be known: the real interval on real draws, and the ends."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError, DesignError
from audit_toolkit.improvement import estimate_share, expected_half_width
from audit_toolkit.improvement.estimates.variance import variance_groups
from audit_toolkit.improvement.planning.power import share_half_widths

DESIGNS = [
    ({"a": 300, "b": 60, "c": 20}, {"a": 30, "b": 9, "c": 20}, None),
    ({"a": 300, "b": 60, "c": 20}, {"a": 30, "b": 9, "c": 1}, {"c": "b"}),
    ({"a": 30, "b": 9, "c": 1}, {"a": 12, "b": 9, "c": 1}, None),
]


def real_half_width(good, population, n, collapse) -> float:
    labels = list(population)
    values = [each for h in range(len(labels)) for each in [1] * int(good[h]) + [0] * int(n[labels[h]] - good[h])]
    strata = [label for label in labels for _ in range(n[label])]
    found = estimate_share(pd.Series(values), pd.Series(strata), population, collapse=collapse)
    return (found.ci.high - found.ci.low) / 2


@pytest.mark.parametrize(("population", "n", "collapse"), DESIGNS)
def test_the_many_at_once_are_the_real_interval(population, n, collapse) -> None:
    rng = np.random.default_rng(3)
    cases, held = (np.array(list(each.values())) for each in (n, population))
    good = np.stack([rng.binomial(each, 0.8, 25) for each in cases], axis=1).astype(float)
    good[0], good[1] = cases, 0
    groups = variance_groups(list(population), cases, held.astype(float), collapse)
    found = share_half_widths(good, cases, held.astype(float), groups, 0.95)
    assert found.tolist() == pytest.approx([real_half_width(row, population, n, collapse) for row in good], abs=1e-9)


def test_one_stratum_is_every_sample_counted_out() -> None:
    cases = [1] * 4 + [0] * 5
    widths = []
    for drawn in itertools.combinations(cases, 4):
        found = estimate_share(pd.Series(drawn), pd.Series(["a"] * 4), {"a": 9})
        widths.append((found.ci.high - found.ci.low) / 2)
    assert expected_half_width({"a": 9}, {"a": 4}, share=4 / 9) == pytest.approx(np.mean(widths), abs=1e-9)


def test_a_share_between_two_counts_is_the_mean_of_both() -> None:
    """Half of nine cases is four or five, each half the time."""
    four, five = (expected_half_width({"a": 9}, {"a": 4}, share=each / 9) for each in (4, 5))
    assert expected_half_width({"a": 9}, {"a": 4}) == pytest.approx((four + five) / 2)


def test_it_is_what_rounds_drawn_from_a_register_get() -> None:
    population, n = {"a": 160, "b": 90, "c": 30}, {"a": 17, "b": 9, "c": 4}
    rng = np.random.default_rng(11)
    widths = []
    for _ in range(300):
        good = [rng.hypergeometric(population[label] // 2, population[label] // 2, n[label]) for label in n]
        widths.append(real_half_width(good, population, n, None))
    error = np.std(widths) / math.sqrt(len(widths))
    assert abs(expected_half_width(population, n) - np.mean(widths)) < 4 * error


def test_a_complete_count_has_no_width_and_a_thin_stratum_none_that_is_known() -> None:
    assert expected_half_width({"a": 9, "b": 4}, {"a": 9, "b": 4}) == 0
    assert expected_half_width({"a": 9}, {"a": 9}) == 0
    assert math.isnan(expected_half_width({"a": 9, "b": 4}, {"a": 4, "b": 1}))


@pytest.mark.parametrize(
    ("call", "family", "text"),
    [
        (
            lambda: expected_half_width({"a": 9}, {"a": 4}, share=50),
            ChangeError,
            "the share 50 is not between 0 and 1. Use 0.5 for 50 %.",
        ),
        (
            lambda: expected_half_width({"a": 9, "b": 2}, {"a": 10}),
            DesignError,
            '0 of 2 cases of "b" cannot be drawn. Draw 1 to 2.\n10 of 9 cases of "a" cannot be drawn. Draw 1 to 9.',
        ),
    ],
)
def test_refusals(call, family, text) -> None:
    with pytest.raises(family) as refused:
        call()
    assert sorted(str(refused.value).splitlines()) == sorted(text.splitlines())
