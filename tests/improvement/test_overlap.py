"""Cases audited in both rounds: paired t tests, R survey, and what happens to the variance."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from audit_toolkit.improvement import compare_grades, compare_means, compare_shares

MADE_UP = json.loads((Path(__file__).parents[1] / "reference" / "improvement_survey.json").read_text())
EXPECTED = MADE_UP["expected"]
VERBS = [compare_shares, compare_means, compare_grades]


@pytest.fixture(scope="module")
def paired():
    cases = pd.DataFrame(MADE_UP["earlier"]).set_index("case_id")
    second = pd.Series(EXPECTED["paired_score"], index=cases.index)
    return (cases["score"], cases["stratum"], MADE_UP["N_later"]), (second, cases["stratum"], MADE_UP["N_later"])


def test_same_cases_twice_as_r_survey(paired) -> None:
    change = compare_means(*paired)
    expected = EXPECTED["change_paired"]
    assert [change.change, change.standard_error] == pytest.approx(
        [expected["value"], expected["standard_error"]], rel=1e-8
    )
    # R counts all pairs; Satterthwaite's degrees of freedom are fewer, and the interval a little wider for it.
    assert 0.7 * expected["df"] < change.df <= expected["df"]
    assert change.ci.low < expected["ci"][0] < expected["ci"][1] < change.ci.high
    assert change.notes == (
        "60 cases were audited in both rounds and are taken as pairs: for them the change measures "
        "whether actions on those files were done, not practice.",
    )


def test_one_stratum_is_the_paired_t_test(paired) -> None:
    rounds = [(values[strata == "A"], strata[strata == "A"], {"A": 260}) for values, strata, _ in paired]
    change = compare_means(*rounds)
    expected = EXPECTED["change_paired_one_stratum"]
    assert [change.ci.low, change.ci.high] == pytest.approx(expected["ci"], rel=1e-8)
    assert (change.df, change.p_two_sided) == (expected["df"], pytest.approx(expected["p_two_sided"], rel=1e-8))


def degrees_by_hand(first, second, m) -> float:
    """2 V^2 / var(V) of V = s1^2 / n1 + s2^2 / n2 - 2 m s12 / (n1 n2) in one stratum, term by term."""
    n1, n2 = len(first), len(second)
    s1, s2, s12 = first.var(ddof=1), second.var(ddof=1), np.cov(first[:m], second[:m])[0, 1]
    a, b, c = 1 / n1, 1 / n2, -2 * m / (n1 * n2)
    variances = 2 * s1**2 / (n1 - 1), 2 * s2**2 / (n2 - 1), (s1 * s2 + s12**2) / (m - 1)
    own = a**2 * variances[0] + b**2 * variances[1] + c**2 * variances[2]
    crossed = a * b * 2 * s12**2 * (m - 1) / ((n1 - 1) * (n2 - 1))
    crossed += a * c * 2 * s1 * s12 / (n1 - 1) + b * c * 2 * s2 * s12 / (n2 - 1)
    return 2 * (a * s1 + b * s2 + c * s12) ** 2 / (own + 2 * crossed)


def test_the_variance_of_the_variance_is_that_of_normal_values() -> None:
    rng = np.random.default_rng(10)
    n, m, times = 12, 8, 60_000
    first, second = rng.normal(size=(2, times, n))
    second[:, :m] = 0.6 * first[:, :m] + 0.8 * second[:, :m]
    inner = [each[:, :m] - each[:, :m].mean(axis=1, keepdims=True) for each in (first, second)]
    shared = (inner[0] * inner[1]).sum(axis=1) / (m - 1)
    found = first.var(axis=1, ddof=1) / n + second.var(axis=1, ddof=1) / n - 2 * m * shared / n**2
    truth = 2 / n - 2 * m * 0.6 / n**2
    variances = 2 / (n - 1), 2 / (n - 1), (1 + 0.36) / (m - 1)
    c = -2 * m / n**2
    expected = (variances[0] + variances[1]) / n**2 + c**2 * variances[2]
    expected += 2 * (2 * 0.36 * (m - 1) / (n - 1) ** 2 / n**2 + 2 * c * 2 * 0.6 / (n - 1) / n)
    assert found.mean() == pytest.approx(truth, rel=0.01)
    assert found.var() == pytest.approx(expected, rel=0.03)


def test_part_shared_is_the_formula_written_out() -> None:
    rng = np.random.default_rng(8)
    first, second = rng.normal(size=12), rng.normal(size=10)
    second[:5] = first[:5] + rng.normal(size=5) / 3
    ids1, ids2 = [f"c{i}" for i in range(12)], [f"c{i}" for i in range(5)] + [f"d{i}" for i in range(5)]
    earlier = pd.Series(first, index=ids1), pd.Series(["s"] * 12, index=ids1), {"s": 99}
    later = pd.Series(second, index=ids2), pd.Series(["s"] * 10, index=ids2), {"s": 99}
    shared = 5 * np.cov(first[:5], second[:5])[0, 1] / (12 * 10)
    variance = first.var(ddof=1) / 12 + second.var(ddof=1) / 10 - 2 * shared
    change = compare_means(earlier, later)
    assert change.standard_error == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert change.shared == 5
    assert change.df == math.floor(degrees_by_hand(first, second, 5)) < 12 + 10 - 2 - 4


def test_shares_of_the_same_cases_are_tested_as_mcnemar_does() -> None:
    """One stratum, all in both rounds: what counts is who changed, b = 5 one way and c = 15 the other."""
    first = np.array([1] * 40 + [0] * 15 + [1] * 5 + [0] * 40)
    second = np.array([1] * 40 + [1] * 15 + [0] * 5 + [0] * 40)
    ids = [f"c{i}" for i in range(100)]
    strata, population = pd.Series(["s"] * 100, index=ids), {"s": 999}
    change = compare_shares(
        (pd.Series(first, index=ids), strata, population), (pd.Series(second, index=ids), strata, population)
    )
    mcnemar = scipy.stats.norm.sf((15 - 5) / math.sqrt(15 + 5))
    assert change.p_value == pytest.approx(mcnemar, abs=0.003)
    assert change.verdict == "improved"
    ignored = compare_shares((pd.Series(first, index=ids), strata, population), (second, ["s"] * 100, population))
    assert ignored.verdict == "cannot_tell"


def test_nothing_but_agreement_in_the_pairs_leaves_an_interval() -> None:
    ids = [f"c{i}" for i in range(30)]
    same = pd.Series([1.0, 0, 1] * 10, index=ids)
    strata = pd.Series(["s"] * 30, index=ids)
    change = compare_shares((same, strata, {"s": 99}), (same, strata, {"s": 99}))
    assert change.verdict == "cannot_tell"
    assert -0.2 < change.ci.low < 0 < change.ci.high < 0.2


def rounds_like(shared: int):
    """Forty cases a round in two strata, `shared` of them with nearly the same grade as before."""
    rng = np.random.default_rng(21)
    first = rng.integers(0, 4, 40)
    second = np.clip(first + rng.integers(0, 2, 40), 0, 3)
    ids1 = [f"c{i}" for i in range(40)]
    ids2 = [ids1[i] if i % 20 < shared / 2 else f"d{i}" for i in range(40)]
    strata = ["a"] * 20 + ["b"] * 20
    population = {"a": 200, "b": 300}
    return [
        (pd.Series(values, index=ids), pd.Series(strata, index=ids), population)
        for values, ids in ((first, ids1), (second, ids2))
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_the_more_is_shared_the_narrower(verb) -> None:
    widths = []
    for shared in (0, 20, 40):
        rounds = rounds_like(shared)
        if verb is compare_shares:
            rounds = [((values >= 2).astype(int), *rest) for values, *rest in rounds]
        change = verb(*rounds)
        assert change.shared == shared
        widths.append(change.ci.high - change.ci.low)
    assert widths[0] > 1.05 * widths[1] > 1.05 * widths[2]


@pytest.mark.parametrize("verb", VERBS)
def test_a_shared_case_is_found_wherever_it_stands(verb) -> None:
    earlier, later = rounds_like(40)
    if verb is compare_shares:
        earlier, later = (((values >= 2).astype(int), *rest) for values, *rest in (earlier, later))
    shuffled = (later[0].sample(frac=1, random_state=2), *later[1:])
    assert verb(earlier, shuffled).ci.low == pytest.approx(verb(earlier, later).ci.low, rel=1e-9)


def test_without_ids_nothing_is_paired() -> None:
    first, second = [1, 2, 3, 4, 5], [2, 3, 4, 5, 7]
    change = compare_means((first, ["s"] * 5, {"s": 9}), (second, ["s"] * 5, {"s": 9}))
    assert change.shared == 0
    assert change.notes == ("The values carry no case ids, so cases audited in both rounds could not be looked for.",)


def test_a_case_that_changed_stratum_is_taken_as_new() -> None:
    ids = list("abcdef")
    values = pd.Series([1.0, 2, 4, 3, 5, 9], index=ids)
    population = {"s": 9, "t": 9}
    change = compare_means(
        (values, pd.Series(list("ssstTt".lower()), index=ids), population),
        (values + 1, pd.Series(list("ttssst"), index=ids), population),
    )
    assert change.shared == 2
    assert change.notes[-1] == "4 cases are in both rounds in different strata and are taken as new ones."


def test_a_variance_pairing_leaves_nothing_of_is_taken_unpaired() -> None:
    """Everything up by exactly one: the pairs differ by nothing, which is no ground for certainty."""
    ids = [f"c{i}" for i in range(20)]
    values, strata = pd.Series(np.arange(20.0) / 3, index=ids), pd.Series(["s"] * 20, index=ids)
    change = compare_means((values, strata, {"s": 99}), (values + 1, strata, {"s": 99}))
    assert change.standard_error == pytest.approx(math.sqrt(2 * values.var() / 20), rel=1e-9)
    assert change.notes[-1] == "The pairing of re-audited cases gave no positive variance and was left out."


def test_no_answer_in_one_round_leaves_the_pair_out_of_its_degrees_of_freedom() -> None:
    ids = [f"c{i}" for i in range(10)]
    rng = np.random.default_rng(3)
    first, second = pd.Series(rng.normal(size=10), index=ids), pd.Series(rng.normal(size=10), index=ids)
    second.iloc[:3] = np.nan
    strata = pd.Series(["s"] * 10, index=ids)
    change = compare_means((first, strata, {"s": 99}), (second, strata, {"s": 99}))
    assert (
        change.df == math.floor(degrees_by_hand(first[::-1].to_numpy(), second[:2:-1].to_numpy(), 7)) <= 10 + 7 - 2 - 6
    )


def every_way(first: list[float], second: list[float], pairs: int) -> float:
    """Give the chance of so large a rise of the mean when pairs swap and the rest is dealt out, one by one."""
    seen = np.mean(second) - np.mean(first)
    loose = [*first[pairs:], *second[pairs:]]
    hits = total = 0
    for swaps in itertools.product((False, True), repeat=pairs):
        for chosen in itertools.combinations(range(len(loose)), len(first) - pairs):
            one = [second[i] if swap else first[i] for i, swap in enumerate(swaps)]
            other = [first[i] if swap else second[i] for i, swap in enumerate(swaps)]
            one += [loose[i] for i in chosen]
            other += [loose[i] for i in range(len(loose)) if i not in chosen]
            hits += np.mean(other) - np.mean(one) >= seen - 1e-12
            total += 1
    return hits / total


@pytest.mark.parametrize("pairs", [0, 1, 3, 4])
@pytest.mark.parametrize("verb", [compare_means, compare_grades])
def test_flat_answers_of_the_same_cases_are_swapped_and_not_dealt(verb, pairs) -> None:
    first, second = [1.0] * 4, [3.0] * 5
    ids = [[f"{'b' if i < pairs else side}{i}" for i in range(n)] for side, n in (("e", 4), ("l", 5))]
    sides = [
        (pd.Series(values, index=names), pd.Series("s", index=names), {"s": 40})
        for values, names in zip((first, second), ids, strict=True)
    ]
    rise = verb(*sides)
    assert rise.p_value == pytest.approx(every_way(first, second, pairs), rel=1e-12)
    assert verb(*sides[::-1]).p_value == 1.0
    assert rise.verdict == ("improved" if rise.p_value < 0.025 else "cannot_tell")


def test_four_cases_that_all_got_better_are_too_few() -> None:
    """Four other cases would be enough (1 in 70); the same four could have swapped by chance (1 in 16)."""
    strata = pd.Series("s", index=list("abcd"))
    one = (pd.Series(1.0, index=list("abcd")), strata, {"s": 40})
    same = compare_grades(one, (pd.Series(2.0, index=list("abcd")), strata, {"s": 40}))
    assert (same.p_value, same.verdict) == (1 / 16, "cannot_tell")
    assert any("swap the answers of each case audited twice" in note for note in same.notes)
    others = pd.Series(2.0, index=list("wxyz"))
    other = compare_grades(one, (others, pd.Series("s", index=others.index), {"s": 40}))
    assert (other.p_value, other.verdict) == (pytest.approx(1 / 70), "improved")


@pytest.mark.parametrize("verb", [compare_means, compare_grades])
def test_flat_strata_of_the_same_cases_together(verb) -> None:
    ids = [f"c{i}" for i in range(8)]
    strata = pd.Series([*"sssttt", *"uu"], index=ids)
    population = {"s": 40, "t": 30, "u": 20}
    flat = pd.Series([1.0, 1, 1, 2, 2, 2, 1, 1], index=ids)
    up = flat + pd.Series([1.0, 1, 1, 1, 1, 1, 0, 0], index=ids)
    both_ways = flat + pd.Series([1.0, 1, 1, -1, -1, -1, 0, 0], index=ids)
    assert verb((flat, strata, population), (up, strata, population)).p_value == 1 / 2**6
    apart = verb((flat, strata, population), (both_ways, strata, population))
    assert math.isnan(apart.p_value)
    assert apart.verdict == "cannot_tell"
    assert str(apart).startswith("Cannot tell: ")
    assert verb((flat, strata, population), (flat, strata, population)).p_value == 1.0
