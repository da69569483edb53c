"""Auditors as clusters: the t test of their means where that exists, unbiased elsewhere, right as often as it says."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from audit_toolkit.improvement.changes.clusters import WORKING, Side, cluster_form
from benchmarks import auditors as simulated


def side(who, strata=None, weight=None) -> Side:
    who = np.asarray(who)
    strata = np.zeros(len(who), dtype=np.int64) if strata is None else np.asarray(strata)
    weight = np.full(len(who), 1 / len(who)) if weight is None else np.asarray(weight)
    return Side(weight, strata, who)


def means_by(values, who):
    return np.array([values[who == each].mean() for each in np.unique(who)])


def test_equal_loads_of_other_auditors_are_the_t_test_of_their_means() -> None:
    rng = np.random.default_rng(1)
    who = np.repeat(np.arange(8), 5)
    earlier, later = rng.normal(size=40), rng.normal(size=40)
    form = cluster_form(side(who), side(who + 8), 16)
    test = scipy.stats.ttest_ind(means_by(later, who), means_by(earlier, who))
    assert form.df == pytest.approx(14)
    error = math.sqrt(float(form.variance(earlier, later)))
    assert (later.mean() - earlier.mean()) / error == pytest.approx(test.statistic, rel=1e-10)


def test_equal_loads_of_the_same_auditors_are_the_paired_t_test() -> None:
    rng = np.random.default_rng(2)
    who = np.repeat(np.arange(9), 4)
    severity = rng.normal(size=9)[who]
    earlier, later = severity + rng.normal(size=36), severity + rng.normal(size=36)
    form = cluster_form(side(who), side(who), 9)
    test = scipy.stats.ttest_rel(means_by(later, who), means_by(earlier, who))
    assert form.df == pytest.approx(8)
    error = math.sqrt(float(form.variance(earlier, later)))
    assert (later.mean() - earlier.mean()) / error == pytest.approx(test.statistic, rel=1e-10)


def test_a_severity_that_every_auditor_of_both_rounds_has_alike_is_no_variance() -> None:
    who = np.repeat(np.arange(9), 4)
    severity = np.random.default_rng(3).normal(size=9)[who]
    form = cluster_form(side(who), side(who), 9)
    assert float(form.variance(severity, severity)) == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("shared", [0, 5, 9])
def test_the_variance_is_never_too_small_on_average(nested, shared) -> None:
    """Unequal loads in unequal strata; the expectation is worked out, without chance, for both correlations."""
    rng = np.random.default_rng(4)
    who = [simulated.deal(rng, 9, simulated.UNEVEN, nested) for _ in range(2)]
    sides = [side(each, simulated.STRATUM, simulated.WEIGHT) for each in (who[0], who[1] + 9 - shared)]
    count = 18 - shared
    form = cluster_form(sides[0], sides[1], count)
    every = np.concatenate([each.auditor for each in sides])
    member = (every[:, None] == np.arange(count)).astype(float)
    signed = np.concatenate([-sides[0].weight, sides[1].weight])
    for rho in WORKING:
        cases = (1 - rho) * np.eye(len(every)) + rho * member @ member.T
        expected = form.scale * np.trace(form.sums @ cases @ form.sums.T)
        assert expected >= signed @ cases @ signed * (1 - 1e-12)
    assert 0 < form.df <= count


def test_strata_alike_in_all_auditors_take_nothing_away() -> None:
    """Where auditors are dealt over strata, what sets the strata apart is not the auditors'."""
    rng = np.random.default_rng(5)
    who = [simulated.deal(rng, 8, simulated.EVEN, False) for _ in range(2)]
    form = cluster_form(
        side(who[0], simulated.STRATUM, simulated.WEIGHT), side(who[1] + 8, simulated.STRATUM, simulated.WEIGHT), 16
    )
    assert form.within
    apart = simulated.STRATUM * 10.0
    assert float(form.variance(apart, apart)) == pytest.approx(0, abs=1e-18)


def test_one_auditor_a_stratum_is_compared_with_those_of_other_strata() -> None:
    strata = np.repeat(np.arange(8), 5)
    form = cluster_form(side(strata, strata), side(strata + 8, strata), 16)
    assert not form.within
    assert form.df == pytest.approx(14)


def test_one_auditor_a_round_leaves_no_degree_of_freedom() -> None:
    form = cluster_form(side([0, 0, 0]), side([1, 1, 1]), 2)
    assert form.df == 0


@pytest.mark.parametrize("kind", ["share", "mean", "grades"])
def test_false_alarms_with_eight_other_auditors(kind) -> None:
    """Fixed seed; 3 % plus four standard errors of 10,000 rounds; ignored they are more than twice that."""
    rng = np.random.default_rng(6)
    ignored, counted = simulated.others(rng, kind, 0.5 if kind == "share" else 0.0, 0.2, (8, "uneven", False), 1000)
    assert counted < 0.025 + 4 * math.sqrt(0.025 * 0.975 / 10_000)
    assert ignored > 0.06


@pytest.mark.slow
def test_false_alarms_at_every_number_of_auditors_and_correlation() -> None:
    """The bar: at most 3 %, in the worst of loads, dealing and levels; two standard errors of a cell are .22."""
    figures = simulated.measure(quick=True)
    called = {key: value for key, value in figures.items() if "other auditors" in key and key.endswith("as clusters")}
    called = {key: value for key, value in called.items() if not key.startswith("power")}
    assert len(called) == 75
    # The worst of up to 16 cells of 4,000 rounds each: three standard errors above what 40,000 rounds gave, 2.7.
    assert max(map(float, called.values())) < 3.5
