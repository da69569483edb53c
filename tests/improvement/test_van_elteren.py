"""Van Elteren's test against scipy and every deal of small strata, and the question it answers."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import compare_grades, mantel_haenszel, sensitivity_checks, van_elteren
from audit_toolkit.improvement.changes.van_elteren import van_elteren_z


def side(tag, values, strata, population):
    index = [f"{tag}{i}" for i in range(len(values))]
    return pd.Series(values, index=index), pd.Series(strata, index=index), population


def test_one_stratum_is_mann_whitney_with_ties() -> None:
    rng = np.random.default_rng(2)
    for _ in range(10):
        first, second = rng.integers(0, 4, 17), rng.integers(0, 5, 12)
        expected = scipy.stats.mannwhitneyu(
            second, first, alternative="greater", method="asymptotic", use_continuity=False
        )
        found = van_elteren(side("e", first, ["a"] * 17, {"a": 90}), side("l", second, ["a"] * 12, {"a": 90}))
        assert found.p_value == pytest.approx(expected.pvalue, rel=1e-10)
        assert found.p_two_sided == pytest.approx(2 * min(expected.pvalue, 1 - expected.pvalue), rel=1e-10)


def test_the_formula_dealt_out_by_hand() -> None:
    """z = sum w (R - mean R) / root of sum w^2 var R, mean and variance over every deal of the stratum's midranks."""
    strata = {"a": ([1, 2, 2, 3], [2, 4, 4]), "b": ([1, 1, 3], [1, 2, 3]), "c": ([2, 2], [2])}
    excess = variance = 0.0
    for first, second in strata.values():
        ranks = scipy.stats.rankdata(first + second)
        sums = np.array([sum(deal) for deal in combinations(ranks, len(second))])
        weight = 1 / (len(ranks) + 1)
        excess += weight * (ranks[len(first) :].sum() - sums.mean())
        variance += weight**2 * sums.var()
    rounds = [
        side(
            tag,
            [v for pair in strata.values() for v in pair[which]],
            [h for h, pair in strata.items() for _ in pair[which]],
            {"a": 50, "b": 10, "c": 5},
        )
        for which, tag in enumerate("el")
    ]
    found = van_elteren(*rounds)
    assert found.statistic == pytest.approx(excess / math.sqrt(variance), rel=1e-12)
    assert str(found) == (
        f"van Elteren: one-sided p = {scipy.stats.norm.sf(found.statistic):.4f}. "
        "Beside the verdict, never in its place.\n"
        "Did grades move the same way in every stratum, each stratum counting by its cases: "
        f"the later grades lie higher (z = {found.statistic:.2f})."
    )
    turned = van_elteren(*rounds, higher_is_better=False)
    assert turned.p_value == pytest.approx(1 - found.p_value)


def test_two_grades_are_nearly_mantel_and_haenszel() -> None:
    """The same hypergeometric variance; the weights differ by (n1 + n2) / (n1 + n2 + 1), and not with strata alike."""
    rng = np.random.default_rng(3)
    strata = np.repeat(["a", "b", "c"], 15)
    rounds = [side(tag, rng.integers(0, 2, 45), strata, {"a": 90, "b": 90, "c": 90}) for tag in "el"]
    assert van_elteren(*rounds).statistic == pytest.approx(mantel_haenszel(*rounds).statistic, rel=1e-10)


def test_it_answers_another_question() -> None:
    """A large stratum that got worse and small ones that got better, drawn equally: the register has not moved."""
    rng = np.random.default_rng(5)
    population = {"a": 900, "b": 100, "c": 100, "d": 100}
    better, worse, even = [0.1, 0.2, 0.3, 0.4], [0.3, 0.26, 0.22, 0.22], [0.25] * 4
    rounds = []
    for tag, shares in (("e", [even] * 4), ("l", [worse, better, better, better])):
        values = np.concatenate([rng.choice(4, 60, p=share) for share in shares])
        rounds.append(side(tag, values, np.repeat(list(population), 60), population))
    assert van_elteren(*rounds).p_value < 0.01
    assert compare_grades(*rounds).p_value > 0.3


def test_grades_that_do_not_vary_are_undefined() -> None:
    rounds = [side(tag, [2] * 4, ["a"] * 4, {"a": 9}) for tag in "el"]
    found = van_elteren(*rounds)
    assert math.isnan(found.p_value)
    assert found.sentence == (
        "Did grades move the same way in every stratum, each stratum counting by its cases: "
        "cannot be told, the grades do not vary within a stratum."
    )
    assert found.notes == ("Not defined: within every stratum the grades of both rounds are all alike.",)
    empty = van_elteren(side("e", [None], ["a"], {"a": 9}), rounds[1])
    assert empty.notes == ("n = 0 in a round, not applicable: there is nothing to compare.",)


def test_many_at_once_are_the_same() -> None:
    rng = np.random.default_rng(6)
    counts = [rng.multinomial(9, [0.2, 0.3, 0.5], (5, 3)).astype(float) for _ in range(2)]
    each = [float(van_elteren_z(one, other)) for one, other in zip(*counts, strict=True)]
    assert van_elteren_z(*counts).tolist() == pytest.approx(each)


@pytest.mark.parametrize(("kind", "names"), [("grades", ["van Elteren"]), ("share", ["Mantel-Haenszel"])])
def test_the_checks_of_a_pair_of_rounds(kind, names) -> None:
    rng = np.random.default_rng(7)
    rounds = [side(tag, rng.integers(0, 2, 30), ["a"] * 18 + ["b"] * 12, {"a": 90, "b": 50}) for tag in "el"]
    found = sensitivity_checks(*rounds, kind=kind)
    assert [each.name for each in found.checks] == [*names, "stratified permutation"]
    lines = str(found).split("\n")
    assert lines[0] == "Beside the verdict, never in its place; each answers another question:"
    assert [line.split(" (")[0] for line in lines[1:]] == [*names, "stratified permutation"]
    assert not any(word in str(found).lower() for word in ("improved", "worsened", "no worse", "no change"))
    assert found.to_dict()["checks"][1]["p_value"] == found.to_frame()["p_value"][1]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ChangeError) as refused:
        sensitivity_checks(None, None, kind="shares")
    assert str(refused.value) == 'kind: "shares" is not a kind of answer. Did you mean "share"?'
