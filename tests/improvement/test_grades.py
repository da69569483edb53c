"""Grades against R pROC (DeLong), the formula written out case by case, and the edge cases."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import compare_grades, grade_distribution
from audit_toolkit.improvement.changes.grade_statistic import grade_statistic
from audit_toolkit.improvement.estimates.variance import variance_groups

MADE_UP = json.loads((Path(__file__).parents[1] / "reference" / "improvement_survey.json").read_text())
EXPECTED = MADE_UP["expected"]["grades"]
LABELS = ["Outstanding", "Good", "Adequate", "Inadequate"]


def made_up_rounds():
    rounds = []
    for which, population in (("earlier", MADE_UP["N"]), ("later", MADE_UP["N_later"])):
        cases = pd.DataFrame(MADE_UP[which]).set_index("case_id")
        rounds.append((cases["grade"], cases["stratum"], population))
    return rounds


def welch(parts, degrees) -> float:
    parts, degrees = np.asarray(parts, dtype=float), np.asarray(degrees, dtype=float)
    return parts.sum() ** 2 / (parts**2 / (degrees + 2)).sum() - 2


def by_hand(earlier, later, strata1, strata2, population):
    """Theta, V and degrees of freedom as the documentation says them, pair by pair."""
    total = sum(population.values())
    theta, n1, n2, v1, v2, share = 0.0, [], [], [], [], []
    for label, size in population.items():
        one, other = earlier[strata1 == label], later[strata2 == label]
        wins = (other[:, None] > one[None, :]) + 0.5 * (other[:, None] == one[None, :])
        share.append(size / total)
        theta += share[-1] * wins.mean()
        n1.append(len(one))
        n2.append(len(other))
        v1.append(wins.mean(axis=0).var(ddof=1))
        v2.append(wins.mean(axis=1).var(ddof=1))
    n1, n2, v1, v2, share = map(np.array, (n1, n2, v1, v2, share))
    separate = np.concatenate([share**2 * v1 / n1, share**2 * v2 / n2])
    pooled = [((n - 1) * v).sum() / (n - 1).sum() * (share**2 / n).sum() for n, v in ((n1, v1), (n2, v2))]
    chance = chance_by_ranks(earlier, later, strata1, strata2, population)
    most = n1.sum() + n2.sum() - 2 * len(n1)
    forms = [
        (separate.sum(), welch(separate, np.concatenate([n1 - 1, n2 - 1]))),
        (sum(pooled), welch(pooled, [(n1 - 1).sum(), (n2 - 1).sum()])),
        (chance, most),
    ]
    forms[0] = (forms[0][0] * (1 + 1e-12), forms[0][1])
    variance, df = max(forms, key=lambda form: form[0])
    return theta, variance, min(max(math.floor(df + 1e-9), 1), most)


def chance_by_ranks(first, second, strata1, strata2, population) -> float:
    """The variance of theta were both rounds alike: the later mean rank as a draw from all ranks of its stratum."""
    from scipy.stats import rankdata

    total = 0.0
    for stratum, size in population.items():
        one, two = (
            np.asarray(values, dtype=float)[np.asarray(strata) == stratum]
            for values, strata in ((first, strata1), (second, strata2))
        )
        one, two = one[~np.isnan(one)], two[~np.isnan(two)]
        ranks = rankdata(np.concatenate([one, two]))
        share = size / sum(population.values())
        total += share**2 * ranks.var(ddof=1) / len(two) * (1 - len(two) / len(ranks)) / len(one) ** 2
    return total


def test_a_small_round_without_spread_is_no_certainty() -> None:
    """10 of 10 good, then 36 of 40: Fisher p = .57; the placement variance alone called it worsened."""

    def side(tag, good, n):
        index = [f"{tag}{number}" for number in range(n)]
        values = pd.Series([1.0] * good + [0.0] * (n - good), index=index)
        return values, pd.Series(["A"] * n, index=index), {"A": 500}

    assert compare_grades(side("e", 10, 10), side("l", 36, 40)).verdict == "cannot_tell"
    assert compare_grades(side("e", 20, 20), side("l", 54, 60)).verdict == "cannot_tell"


def test_theta_and_variance_as_delong() -> None:
    change = compare_grades(*made_up_rounds())
    assert change.theta == pytest.approx(EXPECTED["theta"], rel=1e-12)
    (first, strata1, _), (second, strata2, population) = made_up_rounds()
    found = (EXPECTED["separate"], EXPECTED["pooled"], chance_by_ranks(first, second, strata1, strata2, population))
    assert change.standard_error**2 == pytest.approx(max(found), rel=1e-10)
    assert (change.earlier, change.df) == (0.5, EXPECTED["df"])
    assert change.change == pytest.approx(change.theta - 0.5)


def test_both_forms_of_the_variance_are_reached() -> None:
    """The larger of the two counts, and each is the larger somewhere."""
    from scipy.stats import t

    rng = np.random.default_rng(17)
    larger, fewer = set(), set()
    for population in ({"a": 3000, "b": 50, "c": 50}, {"a": 100, "b": 100, "c": 100}):
        for _ in range(20):
            strata = np.repeat(list(population), 7)
            values = rng.integers(0, 4, 21), rng.integers(0, 4, 21)
            theta, variance, df = by_hand(*values, strata, strata, population)
            rounds = [
                (pd.Series(v, index=ids), pd.Series(strata, index=ids), population)
                for v, ids in zip(values, ([f"e{i}" for i in range(21)], [f"l{i}" for i in range(21)]), strict=True)
            ]
            change = compare_grades(*rounds)
            reach = t.ppf(0.975, df) * math.sqrt(variance)
            assert [change.theta, change.ci.low, change.ci.high] == pytest.approx(
                [theta, theta - 0.5 - reach, theta - 0.5 + reach], rel=1e-10
            )
            assert change.p_value == pytest.approx(t.sf((theta - 0.5) / math.sqrt(variance), df), rel=1e-9)
            share = np.array(list(population.values())) / sum(population.values())
            counts = [
                np.stack([np.bincount(v[strata == h], minlength=4) for h in population]).astype(float) for v in values
            ]
            groups = variance_groups(list(population), np.full(3, 7), None, None)
            kernel = grade_statistic(counts[0], counts[1], np.full(3, 7.0), share, groups, groups)
            assert (float(kernel.variance), float(kernel.df)) == (pytest.approx(variance, rel=1e-10), df)
            larger.add(variance > by_hand_separate(*values, strata, population) * (1 + 1e-9))
            fewer.add(df < 36)
    assert larger == fewer == {True, False}


def by_hand_separate(earlier, later, strata, population):
    total, separate = sum(population.values()), 0.0
    for label, size in population.items():
        one, other = earlier[strata == label], later[strata == label]
        wins = (other[:, None] > one[None, :]) + 0.5 * (other[:, None] == one[None, :])
        separate += (size / total) ** 2 * (
            wins.mean(axis=0).var(ddof=1) / len(one) + wins.mean(axis=1).var(ddof=1) / len(other)
        )
    return separate


def test_labels_and_numbers_say_the_same() -> None:
    rounds = made_up_rounds()
    labelled = [(values.map(dict(enumerate(reversed(LABELS), start=1))), *rest) for values, *rest in rounds]
    numbers, labels = compare_grades(*rounds), compare_grades(*labelled, ratings=LABELS)
    assert (labels.ci, labels.p_value, labels.overall_change) == (numbers.ci, numbers.p_value, numbers.overall_change)


def test_only_order_counts_and_turning_it_round_turns_the_change() -> None:
    rounds = made_up_rounds()
    change = compare_grades(*rounds)
    cubed = compare_grades(*((values**3, *rest) for values, *rest in rounds))
    assert cubed.ci == change.ci
    turned = compare_grades(*((-values, *rest) for values, *rest in rounds), higher_is_better=False)
    assert [turned.change, turned.p_value] == pytest.approx([-change.change, change.p_value])


def test_half_the_cases_not_applicable_weigh_half() -> None:
    """Strata of 100 and 100, all of a applicable and half of b: W is 2/3 and 1/3, as N_h times the share answered."""
    ids = [f"c{i}" for i in range(16)]
    strata = pd.Series(["a"] * 8 + ["b"] * 8, index=ids)
    earlier = pd.Series([1, 2, 3, 4] * 4, index=ids, dtype=float)
    later = pd.Series(
        [3, 4] * 4 + [1, 1, 2, 2, None, None, None, None], index=[f"l{i}" for i in range(16)], dtype=float
    )
    population = {"a": 100, "b": 100}
    change = compare_grades((earlier, strata, population), (later, strata.set_axis(later.index), population))
    theta_a, theta_b = (2.5 / 4 + 3.5 / 4) / 2, (0.5 / 4 + 1.5 / 4) / 2
    assert change.theta == pytest.approx(2 / 3 * theta_a + 1 / 3 * theta_b)
    assert change.n_later == 12
    assert change.notes == ("4 cases drawn have no answer (not applicable or missing) and do not count.",)


def test_overall_theta_has_each_rounds_own_weights() -> None:
    rounds = made_up_rounds()
    then, now = (pd.Series(grade_distribution(*each)).sort_index() for each in rounds)
    expected = sum(now[i] * (then[then.index < i].sum() + then[i] / 2) for i in now.index) - 0.5
    assert compare_grades(*rounds).overall_change == pytest.approx(expected)


def test_distribution_is_best_first_and_holds_every_grade() -> None:
    values = ["Good", "Good", "Inadequate", ""]
    found = grade_distribution(values, list("aabb"), {"a": 30, "b": 10}, ratings=LABELS)
    assert found == {
        "Outstanding": 0.0,
        "Good": pytest.approx(30 / 35),
        "Adequate": 0.0,
        "Inadequate": pytest.approx(5 / 35),
    }
    assert list(found) == LABELS
    assert all(math.isnan(share) for share in grade_distribution([None], ["a"], {"a": 3}, ratings=LABELS).values())


def test_one_against_one_cannot_tell() -> None:
    change = compare_grades(([1], ["a"], {"a": 1}), ([4], ["a"], {"a": 1}))
    assert (change.theta, change.verdict, math.isnan(change.ci.low)) == (1.0, "cannot_tell", True)


@pytest.mark.parametrize(("n1", "n2", "word"), [(3, 4, "cannot_tell"), (4, 4, "improved")])
def test_exact_test_stands_at_half_of_five_per_cent(n1, n2, word) -> None:
    """Three against four wholly better is one deal of 35, 2.9 %; four against four one of 70, 1.4 %."""
    change = compare_grades(([1] * n1, ["a"] * n1, {"a": 50}), ([4] * n2, ["a"] * n2, {"a": 50}))
    assert (change.verdict, change.p_value) == (word, pytest.approx(1 / math.comb(n1 + n2, n2)))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: compare_grades((["Goood"], ["a"], {"a": 1}), (["Good"], ["a"], {"a": 1}), ratings=LABELS),
            "earlier round, case 0: Goood is not a grade. Use Outstanding, Good, Adequate, Inadequate or N/A.",
        ),
        (
            lambda: compare_grades(
                (["Good"], ["a"], {"a": 1}), (["Good"], ["a"], {"a": 1}), ratings=LABELS, higher_is_better=False
            ),
            "higher_is_better: ratings run best first. Leave higher_is_better out.",
        ),
        (
            lambda: compare_grades(([1], ["a"], {"a": 1}), ([1], ["a"], {"a": 1}), margin=0.5),
            "margin 0.5 cannot be used. Give how much worse still counts as no worse: 0.10 for ten points.",
        ),
    ],
)
def test_refusals(call, text) -> None:
    with pytest.raises(ChangeError) as refused:
        call()
    assert str(refused.value) == text


def test_one_answer_of_two_cases_drawn_still_gives_an_interval() -> None:
    """A blank in a stratum of two must not silence every other stratum: the pooled variance stands for it."""
    strata = pd.Series(["A"] * 20 + ["B"] * 2, index=[f"e{n}" for n in range(22)])
    earlier = pd.Series([1.0, 2, 3, 4] * 5 + [2.0, np.nan], index=strata.index)
    later_strata = strata.set_axis([f"l{n}" for n in range(22)])
    later = pd.Series([2.0, 3, 4, 4] * 5 + [3.0, 4.0], index=later_strata.index)
    change = compare_grades((earlier, strata, {"A": 200, "B": 20}), (later, later_strata, {"A": 200, "B": 20}))
    assert not np.isnan(change.ci.low)
    assert change.df == 20 + 1 + 20 + 2 - 4
