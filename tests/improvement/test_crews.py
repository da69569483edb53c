"""The verbs with auditors: never surer than the draw alone, withheld where too few, and every refusal whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit.improvement import compare_grades, compare_means, compare_shares

VERBS = (compare_shares, compare_means, compare_grades)
OTHERS = (
    "Other auditors rated the two rounds (9 and 10): the variance counts each auditor as a cluster, which is wider."
)


def round_of(share, name, people, n=60, seed=3):
    rng = np.random.default_rng(seed)
    ids = [f"{name}{i}" for i in range(n)]
    strata = pd.Series(["a"] * (n // 2) + ["b"] * (n - n // 2), index=ids)
    values = pd.Series((rng.random(n) < share).astype(float), index=ids)
    who = pd.Series([f"{name.upper()}{i % people}" for i in range(n)], index=ids)
    return (values, strata, {"a": 300, "b": 200}), who


@pytest.fixture
def rounds():
    (earlier, then), (later, now) = round_of(0.4, "x", 9), round_of(0.8, "y", 10)
    return earlier, later, then, now


@pytest.mark.parametrize("verb", VERBS)
def test_auditors_only_widen(verb, rounds) -> None:
    earlier, later, then, now = rounds
    drawn, counted = verb(earlier, later), verb(earlier, later, auditors=(then, now))
    assert counted.change == drawn.change
    assert counted.ci.low <= drawn.ci.low
    assert counted.ci.high >= drawn.ci.high
    assert counted.p_value >= drawn.p_value
    assert counted.verdict == "improved"
    assert counted.notes == (OTHERS,)
    assert counted.method == f"{drawn.method}, auditors as clusters"
    assert (counted.p_two_sided < 0.05) == (counted.ci.low > 0)


@pytest.mark.parametrize("verb", VERBS)
def test_one_kind_auditor_is_no_improvement(verb) -> None:
    """Later auditors differ much: half find everything good, half nothing."""
    (earlier, then), (later, now) = round_of(0.3, "x", 8), round_of(0.5, "y", 8)
    values = now.map(lambda name: 1.0 if name in ("Y0", "Y2", "Y4", "Y5", "Y7") else 0.0)
    later = (values, *later[1:])
    assert verb(earlier, later).verdict == "improved"
    assert verb(earlier, later, auditors=(then, now)).verdict == "cannot_tell"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("n", "people"), [(7, 9), (9, 7), (1, 1)])
def test_fewer_than_eight_others_reach_no_verdict(verb, n, people) -> None:
    (earlier, then), (later, now) = round_of(0.1, "x", n), round_of(0.95, "y", people)
    found = verb(earlier, later, auditors=(then, now))
    assert found.verdict == "cannot_tell"
    assert found.notes[-1] == (
        f"Other auditors rated the two rounds ({n} and {people}); with fewer than 8 a round their severity cannot be "
        "told from the work, so no verdict is reached."
    )


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_few_auditors_keep_their_verdict(verb) -> None:
    (earlier, then), (later, now) = round_of(0.1, "x", 4), round_of(0.95, "y", 4)
    now = now.str.replace("Y", "X")
    found = verb(earlier, later, auditors=(then, now))
    assert found.verdict == "improved"
    assert found.notes == (
        "The same 4 auditors rated both rounds: the variance counts each auditor as a cluster, so that unequal shares "
        "of the work are allowed for.",
    )
    one = (then.map(lambda _: "X"), now.map(lambda _: "X"))
    assert verb(earlier, later, auditors=one).to_dict() == verb(earlier, later).to_dict()


def test_people_in_both_rounds_are_told(rounds) -> None:
    earlier, later, then, now = rounds
    now = now.replace({"Y0": "X0", "Y1": "X1"})
    found = compare_means(earlier, later, auditors=(then, now))
    assert found.notes == (OTHERS.replace("10)", "10, 2 of them in both)"),)


@pytest.mark.parametrize("verb", [compare_means, compare_grades])
def test_all_alike_in_each_round_is_decided_by_the_auditors_as_well(verb, rounds) -> None:
    earlier, later, then, now = rounds
    none, all_ = (earlier[0] * 0, *earlier[1:]), (later[0] * 0 + 1, *later[1:])
    found = verb(none, all_, auditors=(then, now))
    assert found.verdict == "improved"
    assert found.p_value == pytest.approx(1 / 92378)  # 19 auditors, 10 of them later
    apart = [each.map(lambda label, name=name: name + label) for each, name in ((earlier[1], "X"), (later[1], "Y"))]
    few = verb(none, all_, auditors=tuple(apart))
    assert few.verdict == "cannot_tell"


def test_where_auditors_are_nested_and_answers_alike_no_verdict_is_reached() -> None:
    ids = [[f"{name}{i}" for i in range(16)] for name in "xy"]
    strata = [pd.Series([f"s{i // 2}" for i in range(16)], index=each) for each in ids]
    values = [pd.Series([float(each)] * 16, index=one) for each, one in zip((0, 1), ids, strict=True)]
    population = {f"s{h}": 50 for h in range(8)}
    who = [each.map(lambda label, name=name: name + label) for each, name in zip(strata, "XY", strict=True)]
    found = compare_means((values[0], strata[0], population), (values[1], strata[1], population), auditors=tuple(who))
    assert found.verdict == "cannot_tell"
    assert found.notes[-1] == "No variance that counts auditors can be estimated here, so no verdict is reached."


def test_cases_without_an_answer_need_no_auditor(rounds) -> None:
    earlier, later, then, now = rounds
    blank = (earlier[0].mask(earlier[0].index == "x0"), *earlier[1:])
    assert compare_shares(blank, later, auditors=(then.drop("x0"), now)).verdict == "improved"


def test_what_is_wrong_with_the_auditors_is_told_whole(rounds) -> None:
    earlier, later, then, now = rounds
    with pytest.raises(at.ChangeError) as refused:
        compare_shares(earlier, later, auditors=(then.iloc[1:], now.mask(now.index == "y3")))
    assert str(refused.value) == (
        "auditors, earlier round, case x0: nobody is named as the auditor. Name who rated it.\n"
        "auditors, later round, case y3: nobody is named as the auditor. Name who rated it."
    )
    with pytest.raises(at.ChangeError) as refused:
        compare_grades(earlier, later, auditors=then)
    assert str(refused.value) == (
        "auditors: not the auditors of two rounds. Give two Series of names by case_id: (earlier, later)."
    )
    with pytest.raises(at.ChangeError) as refused:
        compare_means(earlier, later, auditors=(pd.concat([then, then]), now))
    assert str(refused.value) == "auditors, earlier round: a case has two auditors. Give one name a case."
