"""McNemar's mid-p by stratum against the binomial, brute force and its level."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from audit_toolkit.improvement import paired_shares
from audit_toolkit.improvement.changes.paired import mid_p


def rounds_of(first, second, strata):
    ids = [f"c{i}" for i in range(len(first))]
    labels = pd.Series(list(strata), index=ids)
    population = dict.fromkeys(strata, 300)
    return [(pd.Series(each, index=ids, dtype=float), labels, population) for each in (first, second)]


def test_one_stratum_is_the_binomial() -> None:
    first, second = [0] * 9 + [1] * 3 + [1] * 8, [1] * 9 + [0] * 3 + [1] * 8
    found = paired_shares(*rounds_of(first, second, "s" * 20))
    expected = scipy.stats.binom.sf(9, 12, 0.5) + scipy.stats.binom.pmf(9, 12, 0.5) / 2
    assert found.p_value == pytest.approx(expected, rel=1e-9)
    assert found.statistic == pytest.approx(6 / 20)
    assert paired_shares(*rounds_of(first, second, "s" * 20), higher_is_better=False).p_value == pytest.approx(
        1 - expected
    )
    assert str(found) == (
        "McNemar by stratum, mid-p: one-sided p = 0.0461. Beside the verdict, never in its place.\n"
        "Of the re-audited cases whose answer changed, did more get better than worse: "
        "9 went up and 3 down, of 20 pairs."
    )


def test_unlike_strata_by_every_way_it_could_have_gone() -> None:
    better, worse, weights = np.array([4.0, 1, 2]), np.array([1.0, 2, 0]), np.array([0.031, 0.017, 0.0059])
    seen, above = float((better - worse) @ weights), 0.0
    sizes = (better + worse).astype(int)
    for ups in itertools.product(*(range(size + 1) for size in sizes)):
        chance = math.prod(math.comb(size, up) / 2**size for size, up in zip(sizes.tolist(), ups, strict=True))
        total = float((2 * np.array(ups) - sizes) @ weights)
        above += chance * (1.0 if total > seen + 1e-9 else 0.5 if abs(total - seen) <= 1e-9 else 0.0)
    rise, fall = mid_p(better, worse, weights)
    assert (rise, rise + fall) == (pytest.approx(above, abs=1e-9), pytest.approx(1.0))


def test_no_case_changed_is_said() -> None:
    found = paired_shares(*rounds_of([1, 0, 1, 0], [1, 0, 1, 0], "aabb"))
    assert math.isnan(found.p_value)
    assert found.sentence.endswith("did more get better than worse: none changed.")
    assert found.notes == ("Not defined: no case audited in both rounds has changed its answer.",)


def test_it_keeps_its_level() -> None:
    rng = np.random.default_rng(1)
    shown = []
    for _ in range(800):
        changed = rng.binomial([26, 17, 10, 5, 2], 0.25).astype(float)
        better = rng.binomial(changed.astype(int), 0.5).astype(float)
        weights = np.array([300, 200, 120, 60, 20]) / 700 / np.array([26, 17, 10, 5, 2])
        shown.append(mid_p(better, changed - better, weights)[0] < 0.025 if changed.any() else False)
    assert np.mean(shown) < 0.025 + 4 * math.sqrt(0.025 * 0.975 / 800)
