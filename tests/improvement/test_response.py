"""Ineligible and unread cases: R survey on made-up logged rounds, identities, every possible answer, frequencies."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.improvement import (
    change_bounds,
    compare_grades,
    compare_shares,
    estimate_domain,
    estimate_mean,
    estimate_share,
    estimate_total,
    grade_distribution,
    read_response,
    response_bounds,
    weigh_response,
)

REFERENCE = json.loads((Path(__file__).resolve().parents[1] / "reference" / "dispositions_survey.json").read_text())
CLOSED = 1e-10
UNREAD = (terms.MISSING_FILE, terms.RESTRICTED, terms.NOT_RETURNED)


def named(each: dict) -> str:
    return f"{each['design']}, {each['ends']}, k = {each['k']}"


def read(each: dict) -> tuple[pd.DataFrame, dict[str, int]]:
    return pd.DataFrame(each["cases"]).set_index("case_id"), each["N"]


def parts(outcomes):
    return outcomes.values, outcomes.strata, outcomes.population


def made(**strata: tuple[int, str]) -> tuple[pd.Series, dict[str, int], pd.Series]:
    """Give strata, N_h and status from words such as A=(100, "rrrim"): rated, ineligible, missing file."""
    words = {
        "r": "rated",
        "i": terms.INELIGIBLE,
        "m": terms.MISSING_FILE,
        "x": terms.RESTRICTED,
        "n": terms.NOT_RETURNED,
    }
    rows = [(f"{label}{at}", label, words[end]) for label, (_, ends) in strata.items() for at, end in enumerate(ends)]
    frame = pd.DataFrame(rows, columns=["case_id", "stratum", "status"]).set_index("case_id")
    return frame["stratum"], {label: count for label, (count, _) in strata.items()}, frame["status"]


@pytest.mark.parametrize("fpc", [True, False])
@pytest.mark.parametrize("each", REFERENCE["rounds"], ids=named)
def test_after_k_replacements_everything_is_as_r_survey_has_it(each: dict, fpc: bool) -> None:
    cases, population = read(each)
    expected = each["fpc" if fpc else "no_fpc"]

    def design(column: str, answered: bool = False):
        values = cases[column].astype(float)
        kept = values.where(cases["answered"] == 1) if answered else values
        return parts(weigh_response(kept, cases["stratum"], population, cases["status"]))

    member = (cases["member"] == 1).loc[design("good")[0].index]
    found = {
        "total_score": estimate_total(*design("score"), fpc=fpc),
        "total_good": estimate_total(*design("good"), fpc=fpc),
        "mean_score": estimate_mean(*design("score"), fpc=fpc),
        "share_good": estimate_share(*design("good"), fpc=fpc),
        "mean_answered": estimate_mean(*design("score", True), fpc=fpc),
        "share_answered": estimate_share(*design("good", True), fpc=fpc),
        "share_member": estimate_domain(*design("good", True), member, fpc=fpc),
        "mean_member": estimate_domain(*design("score", True), member, fpc=fpc),
    }
    for name, estimate in found.items():
        figures = [estimate.value, estimate.standard_error]
        assert figures == pytest.approx([expected[name]["value"], expected[name]["standard_error"]], rel=CLOSED), name
    if each["design"] != "one stratum":
        beta = estimate_share(*design("good"), fpc=fpc, method="beta")
        if fpc:
            assert [beta.ci.low, beta.ci.high] == pytest.approx(expected["beta"], rel=1e-8)


@pytest.mark.parametrize("each", REFERENCE["rounds"], ids=named)
def test_weights_add_up_to_the_eligible_cases_of_the_register(each: dict) -> None:
    cases, population = read(each)
    response = read_response(cases["stratum"], population, cases["status"])
    outcomes = weigh_response(cases["good"], cases["stratum"], population, cases["status"])
    for stratum in response.strata:
        inside = outcomes.strata == stratum.stratum
        weight = outcomes.population[stratum.stratum] / inside.sum()
        exact = stratum.population * stratum.eligible / stratum.opened
        assert weight * stratum.rated == pytest.approx(exact, rel=1e-14)
        assert stratum.eligible_population == pytest.approx(exact, rel=1e-15)
    assert response.opened == len(cases) == response.rated + response.ineligible + response.unread
    assert outcomes.values.notna().sum() == response.rated
    assert set(outcomes.values.index) == set(cases.index[~cases["status"].isin(UNREAD)])


def test_without_dispositions_nothing_changes_by_one_bit(later: at.Round) -> None:
    values = later.bands("record_keeping")
    outcomes = later.outcomes(values)
    assert outcomes.population is later.population
    assert outcomes.register is None
    pd.testing.assert_series_equal(outcomes.values, values, check_names=False)
    pd.testing.assert_series_equal(outcomes.strata, later.strata)
    with_it = estimate_mean(*parts(outcomes))
    without = estimate_mean(values, later.strata, later.population)
    assert (with_it.value, with_it.standard_error, with_it.ci) == (without.value, without.standard_error, without.ci)


def test_a_census_with_ineligible_cases_is_a_complete_count_of_the_eligible() -> None:
    strata, population, status = made(A=(5, "rrrii"), B=(4, "rrri"))
    good = pd.Series([1, 0, 1, 1, 1, 0, 0, 1, 1], index=strata.index)
    found = estimate_share(*parts(weigh_response(good, strata, population, status)))
    assert found.value == pytest.approx(3 / 6)
    assert (found.standard_error, found.method) == (0, "complete count")
    total = estimate_total(*parts(weigh_response(good, strata, population, status)))
    assert (total.value, total.standard_error) == (pytest.approx(3), 0)


def test_a_census_with_an_unread_case_is_no_complete_count() -> None:
    strata, population, status = made(A=(5, "rrrrm"), B=(4, "rrrr"))
    good = pd.Series([1, 0, 1, 1, 1, 0, 0, 1, 1], index=strata.index)
    found = estimate_share(*parts(weigh_response(good, strata, population, status)))
    assert found.value == pytest.approx((5 * 3 / 4 + 2) / 9)
    assert found.standard_error > 0


def test_a_stratum_wholly_ineligible_adds_nothing_and_takes_nothing_away() -> None:
    strata, population, status = made(A=(100, "rrrrrr"), B=(50, "rrrr"), C=(40, "iii"))
    good = pd.Series([1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1], index=strata.index, dtype=float)
    with_it = weigh_response(good, strata, population, status)
    without = strata != "C"
    alone = (good[without], strata[without], {"A": 100, "B": 50})
    for verb in (estimate_share, estimate_mean, estimate_total):
        one, other = verb(*parts(with_it)), verb(*alone)
        assert (one.value, one.standard_error) == pytest.approx((other.value, other.standard_error), rel=1e-14)
    response = read_response(strata, population, status)
    assert response.eligible_population == {"A": 100, "B": 50, "C": 0}
    assert (response.lost, response.covered) == ((), 1.0)


def test_a_stratum_that_nobody_could_read_is_left_out_and_said() -> None:
    strata, population, status = made(A=(100, "rrrr"), B=(60, "rrri"), C=(40, "mmxi"))
    good = pd.Series([1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1], index=strata.index, dtype=float)
    outcomes = weigh_response(good, strata, population, status)
    assert dict(outcomes.population) == {"A": 100, "B": 60}
    assert dict(outcomes.register or {}) == population
    assert estimate_share(*parts(outcomes)).value == pytest.approx((100 * 3 / 4 + 45 * 1 / 3) / 145)
    assert read_response(strata, population, status).sentences() == [
        "3 of 12 opened cases could not be read (2 missing file, 1 restricted); the rated cases of their strata carry "
        "their weight.",
        "2 of 12 opened cases were not eligible: the figures speak of the eligible cases alone, estimated to be 175 "
        "of 200 on the frame.",
        'No case of "C" could be rated: the figures speak of the other strata, 80.0 % of the frame.',
    ]
    change = compare_shares((good, strata, population), outcomes)
    assert change.coverage == 0.8
    assert (change.population_earlier, change.population_later) == (200, 200)
    assert any('without "C": they hold 80.0 % of the later register' in note for note in change.notes)


def test_one_stratum_with_unread_cases_alone_stays_exact() -> None:
    strata, population, status = made(A=(30, "r" * 10 + "mmm"))
    good = pd.Series(0.0, index=strata.index)
    found = estimate_share(*parts(weigh_response(good, strata, population, status)))
    assert found.method == "exact hypergeometric"
    assert found.ci == estimate_share(good.iloc[:10], strata.iloc[:10], {"A": 30}).ci


def test_nothing_rated_is_nothing_said() -> None:
    strata, population, status = made(A=(10, "mm"), B=(10, "in"))
    outcomes = weigh_response(pd.Series(1.0, index=strata.index), strata, population, status)
    found = estimate_share(*parts(outcomes))
    assert math.isnan(found.value)
    assert found.notes == ("n = 0, not applicable.",)
    assert str(response_bounds(pd.Series(1.0, index=strata.index), strata, population, status)) == (
        "3 of 4 opened cases could not be read: had all been good the share would be 100 %, had none 0 %."
    )


def test_order_of_the_cases_does_not_matter() -> None:
    strata, population, status = made(A=(100, "rrrim"), B=(60, "rrrix"))
    good = pd.Series([1, 0, 1, 1, 0, 1, 0, 1, 1, 1], index=strata.index, dtype=float)
    shuffled = list(reversed(strata.index))
    one = estimate_share(*parts(weigh_response(good, strata, population, status)))
    other = estimate_share(
        *parts(weigh_response(good.loc[shuffled], strata, population, status.loc[shuffled[::2] + shuffled[1::2]]))
    )
    assert one.value == pytest.approx(other.value, rel=1e-15)
    assert one.standard_error == pytest.approx(other.standard_error, rel=1e-14)


def test_a_word_that_is_no_end_is_refused_and_so_is_another_index() -> None:
    strata, population, status = made(A=(100, "rrm"))
    with pytest.raises(at.DesignError) as refused:
        read_response(strata, population, status.replace("missing file", "mising file"))
    assert str(refused.value) == ('case A2: "mising file" is not how an opened case ends. Did you mean "missing file"?')
    with pytest.raises(at.DesignError, match="the case has a stratum but no value"):
        read_response(strata, population, status.iloc[:2])
    with pytest.raises(at.DesignError, match="the case has a value but no stratum"):
        weigh_response(pd.Series(1.0, index=[*strata.index, "more"]), strata, population, status)


def every_fill(values: pd.Series, status: pd.Series, answers=(0.0, 1.0)):
    """Give the values with the unread cases filled in every possible way, and the status they would then have."""
    unread = list(status.index[status.isin(UNREAD)])
    done = status.where(~status.isin(UNREAD), "rated")
    for filled in itertools.product(answers, repeat=len(unread)):
        one = values.copy()
        one[unread] = filled
        yield one, done


ROUNDS = (
    {"A": (100, "rrrrmim"), "B": (60, "rrrnx"), "C": (20, "rri")},
    {"A": (100, "rrrrii"), "B": (60, "mmm"), "C": (20, "rrx")},
)


@pytest.mark.parametrize("layout", ROUNDS)
@pytest.mark.parametrize("missing", [0, 2])
def test_bounds_are_the_extremes_of_every_possible_answer(layout, missing) -> None:
    strata, population, status = made(**layout)
    rng = np.random.default_rng(7)
    good = pd.Series(rng.integers(0, 2, len(strata)).astype(float), index=strata.index)
    good.iloc[:missing] = np.nan
    found = response_bounds(good, strata, population, status)
    told = [
        estimate_share(*parts(weigh_response(values, strata, population, done))).value
        for values, done in every_fill(good, status, (0.0, 1.0, math.nan))
    ]
    assert (min(told), max(told)) == pytest.approx((found.low, found.high), rel=1e-12)
    assert (found.unread, found.opened) == (int(status.isin(UNREAD).sum()), len(status))
    estimate = estimate_share(*parts(weigh_response(good, strata, population, status))).value
    assert found.low <= estimate <= found.high


@pytest.mark.slow
@pytest.mark.parametrize("layouts", [ROUNDS, ROUNDS[::-1], (ROUNDS[0], ROUNDS[0])])
def test_bounds_of_a_change_are_the_extremes_of_every_possible_answer(layouts) -> None:
    rng = np.random.default_rng(8)
    sides = []
    for layout in layouts:
        strata, population, status = made(**layout)
        good = pd.Series(rng.integers(0, 2, len(strata)).astype(float), index=strata.index)
        sides.append((good, strata, population, status))
    found = change_bounds(sides[0], sides[1])
    told = []
    for filled in itertools.product(*[every_fill(side[0], side[3]) for side in sides]):
        weighed = [
            weigh_response(values, side[1], side[2], done) for (values, done), side in zip(filled, sides, strict=True)
        ]
        # Other ids in the later round: these are not the same cases.
        told.append(compare_shares(parts(weighed[0]), relabelled(weighed[1])).change)
    assert (min(told), max(told)) == pytest.approx((found.low, found.high), rel=1e-12)
    assert found.earlier == response_bounds(*sides[0])
    assert found.unread == sum(int(side[3].isin(UNREAD).sum()) for side in sides)


def relabelled(outcomes):
    index = [f"later {case}" for case in outcomes.values.index]
    return outcomes.values.set_axis(index), outcomes.strata.set_axis(index), outcomes.population


def test_bounds_without_unread_cases_are_the_share_and_say_nothing() -> None:
    strata, population, status = made(A=(100, "rrri"), B=(60, "rrr"))
    good = pd.Series([1, 0, 1, 1, 0, 1, 1], index=strata.index, dtype=float)
    found = response_bounds(good, strata, population, status)
    share = estimate_share(*parts(weigh_response(good, strata, population, status))).value
    assert (found.low, found.high) == (pytest.approx(share), pytest.approx(share))
    assert found.sentence() == ""
    both = change_bounds((good, strata, population, status), (good, strata, population, status))
    assert (both.low, both.high, both.sentence()) == (0, 0, "")


def test_bounds_say_what_they_say() -> None:
    strata, population, status = made(A=(100, "rrrrrmm"))
    then = pd.Series([0, 0, 0, 0, 1, 1, 1], index=strata.index, dtype=float)
    now = pd.Series([1, 1, 1, 1, 0, 1, 1], index=strata.index, dtype=float)
    assert response_bounds(now, strata, population, status).sentence("good or better", "Fewer than 6") == (
        "Fewer than 6 of 7 opened cases could not be read: had all been good or better the share would be 86 %, had "
        "none 57 %."
    )
    found = change_bounds((then, strata, population, status), (now, strata, population, status))
    assert found.sentence() == (
        "Whatever the unread cases held, the change found lies between +14 and +71 points, chance apart."
    )
    back = change_bounds((then, strata, population, status), (1 - now, strata, population, status))
    assert back.includes_none
    assert back.sentence() == (
        "Whatever the unread cases held, the change found lies between −29 and +29 points, chance apart: that there "
        "was a change at all rests on unread cases being like those read."
    )
    assert json.dumps(found.to_dict(), allow_nan=False)


# Frequencies


class Register:
    """A register in which eligible cases differ by stratum, opened until each stratum has its cases or its tickets end.

    15 % are ineligible, unequally; some eligible files cannot be read, at random within the stratum.
    """

    N = np.array([300, 200, 120, 60, 20])
    WANTED = np.array([24, 16, 10, 6, 4])
    INELIGIBLE = np.array([0.02, 0.12, 0.38, 0.33, 0.2])
    GOOD = np.array([0.80, 0.62, 0.35, 0.40, 0.50])

    def __init__(self, seed: int, unread: float = 0.0) -> None:
        rng = np.random.default_rng(seed)
        self.stratum = np.repeat(np.arange(len(self.N)), self.N)
        self.bad = np.concatenate(
            [rng.permutation(np.arange(n) < round(n * share)) for n, share in zip(self.N, self.INELIGIBLE, strict=True)]
        )
        self.grade = 1.0 + (rng.random(self.N.sum()) < self.GOOD[self.stratum]) * 2 + rng.integers(0, 2, self.N.sum())
        self.unread = unread
        self.population = {str(h): int(n) for h, n in enumerate(self.N)}

    @property
    def truth(self) -> float:
        return float((self.grade[~self.bad] >= 3).mean())

    def opened(self, rng: np.random.Generator, tag: str) -> tuple[pd.Series, pd.Series, dict[str, int], pd.Series]:
        rows, ends = [], []
        for h, wanted in enumerate(self.WANTED):
            inside = rng.permutation(np.flatnonzero(self.stratum == h))
            lost = rng.random(len(inside)) < self.unread
            end = np.where(self.bad[inside], terms.INELIGIBLE, np.where(lost, terms.MISSING_FILE, "rated"))
            enough = np.flatnonzero(np.cumsum(end == "rated") >= wanted)
            last = enough[0] + 1 if len(enough) else len(inside)
            rows.append(inside[:last])
            ends.append(end[:last])
        at = np.concatenate(rows)
        index = [f"{tag}{each}" for each in at]
        labels = pd.Series([str(h) for h in self.stratum[at]], index=index)
        return (
            pd.Series(self.grade[at], index=index),
            labels,
            self.population,
            pd.Series(np.concatenate(ends), index=index),
        )


def shares(grades: pd.Series) -> pd.Series:
    return (grades >= 3).astype(float).where(grades.notna())


@pytest.mark.slow
@pytest.mark.parametrize("unread", [0.0, 0.15])
def test_estimates_are_unbiased_and_intervals_hold_where_cases_are_replaced(unread: float) -> None:
    """Replaced, with the register's count kept as weight, the same rounds are far off; the interval misses too."""
    register, rng, rounds = Register(1), np.random.default_rng(3), 1000
    register.unread = unread
    truth = register.truth
    found, naive, held = np.zeros(rounds), np.zeros(rounds), 0
    for number in range(rounds):
        grades, strata, population, status = register.opened(rng, "c")
        estimate = estimate_share(*parts(weigh_response(shares(grades), strata, population, status)))
        rated = status == "rated"
        found[number] = estimate.value
        naive[number] = estimate_share(shares(grades)[rated], strata[rated], population).value
        held += estimate.ci.low <= truth <= estimate.ci.high
    error = found.std() / math.sqrt(rounds)
    print(
        f"truth {truth:.4f}, found {found.mean():.4f} ({error:.4f}), naive {naive.mean():.4f}, held {held / rounds:.4f}"
    )
    assert found.mean() == pytest.approx(truth, abs=0.004 + 4 * error)
    assert naive.mean() < truth - 0.025
    assert held / rounds >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / rounds)


@pytest.mark.slow
def test_false_alarms_of_change_stay_at_their_level_where_cases_are_replaced() -> None:
    rng, rounds = np.random.default_rng(4), 700
    registers = [Register(11, 0.1), Register(11, 0.2)]
    improved, worsened = np.zeros(2), np.zeros(2)
    for _ in range(rounds):
        sides = []
        for side, register in enumerate(registers):
            grades, strata, population, status = register.opened(rng, f"{side} ")
            sides.append([weigh_response(each, strata, population, status) for each in (shares(grades), grades)])
        for which, verb in enumerate((compare_shares, compare_grades)):
            change = verb(sides[0][which], sides[1][which])
            improved[which] += change.verdict == terms.IMPROVED
            worsened[which] += change.verdict == terms.WORSENED
    print(improved / rounds, worsened / rounds)
    bound = 0.0285 + 4 * math.sqrt(0.0285 * 0.9715 / rounds)
    assert (improved / rounds < bound).all()
    assert (worsened / rounds < bound).all()


def test_grades_follow_the_weights_too() -> None:
    strata, population, status = made(A=(100, "rrrrim"), B=(60, "rrrx"))
    grades = pd.Series([4, 3, 2, 1, 4, 4, 3, 3, 1, 4], index=strata.index, dtype=float)
    outcomes = weigh_response(grades, strata, population, status)
    found = grade_distribution(*parts(outcomes), ratings=[4.0, 3.0, 2.0, 1.0])
    # A: 100 x 5/6 eligible over four rated, B: 60 over three.
    a, b = 100 * 5 / 6 / 4, 60 / 3
    assert list(found.values()) == pytest.approx([each / (4 * a + 3 * b) for each in (a, a + 2 * b, a, a + b)])
