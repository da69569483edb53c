"""Allocation: optimal, exact, house-monotone, and refused where it cannot be met."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import allocate, exact_shares

REFERENCE = json.loads((Path(__file__).resolve().parent.parent / "reference" / "allocation.json").read_text())
EXAMPLES = {each["id"]: each for each in REFERENCE["cases"]}
LABELS = ("a", "b", "c", "d")
POPULATION = {"North": 50, "South": 30, "East": 20}


def refusal(*arguments: object, **options: object) -> str:
    with pytest.raises(DesignError) as refused:
        allocate(*arguments, **options)
    return str(refused.value)


def possible(population: Mapping[str, int], minimum: int, maximum: int, whole: set[str]) -> Iterator[tuple[int, ...]]:
    limits = [(n, n) if label in whole else (min(minimum, n), min(n, maximum)) for label, n in population.items()]
    return itertools.product(*[range(low, high + 1) for low, high in limits])


def variance(counts: tuple[int, ...], weights: list[Fraction]) -> Fraction:
    return sum((weight / count for weight, count in zip(weights, counts, strict=True)), Fraction(0))


def random_case(rng: random.Random) -> tuple[dict[str, int], int, int, int, set[str]]:
    population = {label: rng.randint(1, 9) for label in LABELS[: rng.randint(1, 4)]}
    minimum, maximum = rng.randint(1, 2), rng.choice([3, 5, 9])
    whole = {label for label, n in population.items() if n <= maximum and rng.random() < 0.15}
    every = list(possible(population, minimum, maximum, whole))
    return population, rng.randint(sum(every[0]), sum(every[-1])), minimum, maximum, whole


@pytest.mark.parametrize("method", ["proportional", "neyman", "bankier"])
def test_no_allocation_of_the_same_size_is_better(method: str) -> None:
    rng = random.Random(f"allocation {method}")
    for _ in range(1500):
        population, size, minimum, maximum, whole = random_case(rng)
        spread = {label: Fraction(rng.randint(1, 40), 10) if method != "proportional" else 1 for label in population}
        options = {"spread": spread} if method != "proportional" else {}
        limits = {"minimum": minimum, "maximum": maximum, "take_all": whole}
        counts = allocate(population, size, method=method, **limits, **options)
        # Bankier's numerator at q = 1/2 is N_h^(1/2) CV_h: its square is a fraction.
        power = 1 if method == "bankier" else 2
        squared = [Fraction(count) ** power * Fraction(spread[label]) ** 2 for label, count in population.items()]
        rivals = [each for each in possible(population, minimum, maximum, whole) if sum(each) == size]
        mine = tuple(counts[label] for label in population)
        assert mine in rivals
        assert variance(mine, squared) == min(variance(each, squared) for each in rivals), (population, size)


def test_no_allocation_of_the_same_cost_is_better() -> None:
    rng = random.Random("cost")
    for _ in range(1000):
        population, size, minimum, maximum, whole = random_case(rng)
        spread = {label: Fraction(rng.randint(1, 40), 10) for label in population}
        cost = {label: rng.randint(1, 9) for label in population}
        limits = {"minimum": minimum, "maximum": maximum, "take_all": whole}
        counts = allocate(population, size, method="optimal", spread=spread, cost=cost, **limits)
        squared = [(count * spread[label]) ** 2 for label, count in population.items()]
        spent = sum(cost[label] * counts[label] for label in population)
        prices = list(cost.values())
        rivals = [
            each
            for each in possible(population, minimum, maximum, whole)
            if sum(price * count for price, count in zip(prices, each, strict=True)) <= spent
        ]
        mine = tuple(counts[label] for label in population)
        assert mine in rivals
        assert variance(mine, squared) == min(variance(each, squared) for each in rivals), (population, size)


def sixty_uneven_strata() -> tuple[dict[str, int], dict[str, float]]:
    rng = random.Random(60)
    population = {f"s{number:02}": max(3, int(rng.lognormvariate(4.5, 1.2))) for number in range(60)}
    return population, {label: rng.randint(1, 40) / 10 for label in population}


def steps_that_break(method: str, sizes: range) -> int:
    """Count the steps n -> n + 1 at which a stratum has a case fewer, or shuffled strata another allocation."""
    population, spread = sixty_uneven_strata()
    options = {} if method in ("proportional", "equal") else {"spread": spread}
    options |= {"cost": {label: 1 + len(label) % 3 for label in population}} if method == "optimal" else {}
    shuffled = dict(random.Random("order").sample(list(population.items()), len(population)))
    before = allocate(population, sizes[0], method=method, **options)
    broken = 0
    for size in sizes[1:]:
        counts = allocate(shuffled if size % 2 else population, size, method=method, **options)
        assert sum(counts.values()) == size
        assert list(counts) == sorted(population)
        broken += sum(counts[label] < before[label] for label in counts) > 0
        before = counts
    assert allocate(shuffled, sizes[-1], method=method, **options) == before
    return broken


@pytest.mark.slow
def test_of_sixty_uneven_strata_every_sample_contains_the_one_before() -> None:
    assert steps_that_break("proportional", range(120, 1201)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("method", ["equal", "neyman", "optimal", "bankier"])
def test_every_method_keeps_the_cases_of_a_smaller_sample(method: str) -> None:
    assert steps_that_break(method, range(120, 1201)) == 0


def one_at_a_time(population: Mapping[str, int], weights: Mapping[str, Decimal], size: int) -> dict[str, int]:
    """Give the cases out one at a time, without any of the short cuts, in 60-digit decimals."""
    counts = {label: min(2, count) for label, count in sorted(population.items())}
    with localcontext(prec=60):
        while sum(counts.values()) < size:
            room = [label for label in counts if counts[label] < population[label]]
            first = max(room, key=lambda label: weights[label] ** 2 / (counts[label] * (counts[label] + 1)))
            counts[first] += 1
    return counts


@pytest.mark.parametrize("power", ["0", "0.05", "1/3", "1/2", "7/10", "19/20", "1"])
def test_bankier_gives_cases_out_in_the_exact_order(power: str) -> None:
    rng = random.Random(f"bankier {power}")
    q = Fraction(power)
    for _ in range(8):
        population = {f"s{number}": rng.randint(2, 5000) for number in range(rng.randint(2, 12))}
        spread = {label: Fraction(rng.randint(1, 300), 100) for label in population}
        size = rng.randint(2 * len(population), min(400, sum(population.values())))
        with localcontext(prec=60):
            exponent = Decimal(q.numerator) / q.denominator
            weights = {
                label: Decimal(count) ** exponent * spread[label].numerator / spread[label].denominator
                for label, count in population.items()
            }
        counts = allocate(population, size, method="bankier", spread=spread, power=q)
        assert counts == one_at_a_time(population, weights, size)


def test_bankier_at_its_ends_is_equal_and_proportional() -> None:
    spread = dict.fromkeys(POPULATION, "0.3")
    spread = {label: Decimal(value) for label, value in spread.items()}
    assert allocate(POPULATION, 30, method="bankier", spread=spread, power=0) == allocate(
        POPULATION, 30, method="equal"
    )
    assert allocate(POPULATION, 30, method="bankier", spread=spread, power=1) == allocate(POPULATION, 30)
    middle = allocate(POPULATION, 30, method="bankier", spread=spread)
    assert middle == {"East": 8, "North": 12, "South": 10}


def test_a_tie_of_roots_is_a_tie() -> None:
    # 2^(1/3) x 2 = 16^(1/3) exactly: the odd case goes to the first label, whichever stratum it is.
    for small, large in (("a", "b"), ("b", "a")):
        population, spread = {small: 16 * 8, large: 16 * 64}, {small: 2, large: 1}
        assert allocate(population, 9, method="bankier", spread=spread, power=Fraction(1, 3)) == {"a": 5, "b": 4}


def test_strata_taken_whole_give_every_case_and_the_rest_is_shared() -> None:
    population = {"North": 50, "South": 30, "East": 20, "Secure": 4}
    assert allocate(population, 24, take_all=["Secure"]) == {"East": 4, "North": 10, "Secure": 4, "South": 6}
    assert allocate(population, 24, take_all="Secure", maximum=8) == {"East": 5, "North": 8, "Secure": 4, "South": 7}
    assert allocate({"a": 0, "b": 9}, 4, take_all=["a"]) == {"b": 4}
    flat = dict.fromkeys(population, 1) | {"Secure": 0}
    counts = allocate(population, 24, method="neyman", spread=flat, take_all=["Secure"])
    assert counts == {"East": 4, "North": 10, "Secure": 4, "South": 6}


@pytest.mark.slow
def test_a_larger_sample_never_takes_a_case_away_and_order_never_matters() -> None:
    rng = random.Random("house")
    for _ in range(150):
        population = {f"s{number}": rng.choice([1, 2, 3, 7, 40, 40, 900]) for number in range(rng.randint(1, 8))}
        method, minimum = rng.choice(["proportional", "equal"]), rng.randint(1, 3)
        maximum = rng.choice([None, 5, 30])
        lowest = sum(min(minimum, count, maximum or count) for count in population.values())
        highest = sum(min(count, maximum or count) for count in population.values())
        before: dict[str, int] = {}
        for size in range(lowest, min(highest, lowest + 60) + 1):
            counts = allocate(population, size, method=method, minimum=minimum, maximum=maximum)
            shuffled = dict(rng.sample(list(population.items()), len(population)))
            again = allocate(shuffled, size, method=method, minimum=minimum, maximum=maximum)
            assert list(again.items()) == list(counts.items())
            assert sum(counts.values()) == size
            for label, drawn in counts.items():
                assert min(minimum, population[label]) <= drawn <= min(population[label], maximum or drawn)
                assert 0 <= drawn - before.get(label, 0) <= (1 if before else drawn)
            before = counts


def test_ties_go_to_the_first_label() -> None:
    assert allocate({"b": 10, "a": 10, "c": 10}, 7) == {"a": 3, "b": 2, "c": 2}
    assert allocate({"b": 10, "a": 10, "c": 10}, 8, method="equal") == {"a": 3, "b": 3, "c": 2}


def test_a_stratum_below_the_minimum_gives_all_it_has() -> None:
    assert allocate({"a": 1, "b": 2, "c": 100}, 10, minimum=3) == {"a": 1, "b": 2, "c": 7}
    assert allocate({"a": 3, "b": 2}, 5) == {"a": 3, "b": 2}
    assert allocate({"a": 0, "b": 9}, 4) == {"b": 4}


def test_equal_allocation_fills_small_strata_and_shares_the_rest() -> None:
    assert allocate({"a": 3, "b": 50, "c": 900}, 21, method="equal") == {"a": 3, "b": 9, "c": 9}


def test_published_examples() -> None:
    formula = EXAMPLES["neyman_formula"]
    population = dict(zip("abc", formula["inputs"]["N"], strict=True))
    spread = dict(zip("abc", formula["inputs"]["S"], strict=True))
    counts = allocate(population, formula["inputs"]["n"], method="neyman", spread=spread)
    assert counts == {"a": 12, "b": 14, "c": 14}
    assert all(abs(counts[label] - exact) < 1 for label, exact in zip("abc", formula["expected"]["n_h"], strict=True))
    cities = EXAMPLES["cochran_cities"]
    population = dict(zip("ab", cities["inputs"]["N"], strict=True))
    spread = {label: value**0.5 for label, value in zip("ab", cities["inputs"]["S2"], strict=True)}
    assert list(allocate(population, 24).values()) == cities["expected"]["prop"]
    assert allocate(population, 24, method="neyman", spread=spread) == {"a": 12, "b": 12}
    shares = exact_shares(population, {"a": 6, "b": 18}, "proportional")
    assert [each.share for each in shares] == cities["expected"]["prop"]
    assert [each.share for each in exact_shares(population, {"a": 12, "b": 12}, "equal")] == [12.0, 12.0]


def test_numbers_of_every_kind_are_exact() -> None:
    large = {"a": np.int64(3_000_000_000), "b": np.int64(2_000_000_000)}
    spread = {"a": np.int64(4_000_000_000), "b": np.int64(6_000_000_000)}
    counts = allocate(large, np.int64(10), method="neyman", spread=spread)
    assert counts == {"a": 5, "b": 5}
    assert all(type(each) is int for each in counts.values())
    for kind in (float, str, Decimal, np.float32):
        values = {"a": Decimal("0.1") if kind is str else kind("0.1"), "b": Fraction(1, 10), "c": 0.1}
        assert allocate(dict.fromkeys("abc", 9), 7, method="neyman", spread=values) == {"a": 3, "b": 2, "c": 2}
    long = {"a": Decimal("2.00000000000000000000000000001e29"), "b": Decimal("2e29")}
    assert allocate({"b": 9, "a": 9}, 7, method="neyman", spread=long) == {"a": 4, "b": 3}
    long = {"a": Decimal("2e29"), "b": Decimal("2.00000000000000000000000000001e29")}
    assert allocate({"b": 9, "a": 9}, 7, method="neyman", spread=long) == {"a": 3, "b": 4}


def test_what_cannot_be_met_names_the_strata() -> None:
    assert refusal(POPULATION, 5) == (
        "allocation: 5 cases cannot give each of 3 strata 2: they need 6. "
        "Ask for 6 or more, lower the minimum, or join strata: East (20), North (50), South (30)."
    )
    assert refusal(POPULATION, 101) == (
        "allocation: 101 cases are asked for and the strata hold 100. "
        "Ask for 100 or fewer: East (20), North (50), South (30)."
    )
    assert refusal(POPULATION, 31, maximum=10) == (
        "allocation: 31 cases are asked for and the strata hold 30 with at most 10 from each. "
        "Ask for 30 or fewer: East (20), North (50), South (30)."
    )
    flat = {"North": 0, "South": 0, "East": 1}
    assert refusal(POPULATION, 30, method="neyman", spread=flat) == (
        "allocation: 6 of 30 cases find no stratum, because the spread of North, South is 0. "
        "Give those strata a spread above 0, or ask for fewer cases."
    )


@pytest.mark.parametrize(
    ("population", "size", "options", "said"),
    [
        ({}, 5, {}, "allocation: no stratum has a case. Look at the rules that make the frame."),
        ({"a": 0}, 5, {}, "allocation: no stratum has a case. Look at the rules that make the frame."),
        (
            {"a": 2.0, "b": 3},
            2,
            {},
            "allocation: the population of stratum a is 2.0. Give whole numbers of cases, 0 or ",
        ),
        ({"a": -1, "b": 3}, 2, {}, "allocation: the population of stratum a is -1. Give whole numbers of cases, 0 or "),
        ({"a": 5}, 0, {}, "allocation: size is 0. Give a whole number of at least 1."),
        ({"a": 5}, 2.5, {}, "allocation: size is 2.5. Give a whole number of at least 1."),
        ({"a": 5}, True, {}, "allocation: size is True. Give a whole number of at least 1."),
        ({"a": 5}, 2, {"minimum": 0}, "allocation: minimum is 0. Give a whole number of at least 1."),
        (
            {"a": 5},
            2,
            {"maximum": 1},
            "allocation: the maximum 1 is below the minimum 2. Raise one or lower the other.",
        ),
        ({"a": 5}, 2, {"method": "propotional"}, 'allocation: there is no allocation "propotional". Did you mean "pro'),
        ({"a": 5}, 2, {"method": "neyman"}, "allocation: neyman allocation needs spread. Give spread, a number for "),
        ({"a": 5}, 2, {"spread": {"a": 1}}, "allocation: proportional allocation does not use spread. Leave it out, "),
        ({"a": 5}, 2, {"method": "neyman", "spread": {}}, "allocation: spread has no value for stratum a. Give every "),
        (
            {"a": 5},
            2,
            {"method": "neyman", "spread": {"a": "x"}},
            "allocation: spread of stratum a is x. Give a number",
        ),
        ({"a": 5}, 2, {"method": "neyman", "spread": {"a": float("nan")}}, "allocation: spread of stratum a is nan. "),
        (
            {"a": 5},
            2,
            {"method": "optimal", "spread": {"a": 1}, "cost": {"a": 0}},
            "allocation: cost of stratum a is 0. Give a number above 0.",
        ),
    ],
)
def test_an_argument_that_does_not_fit_is_refused(
    population: dict[str, int], size: int, options: dict[str, object], said: str
) -> None:
    assert refusal(population, size, **options)[: len(said)] == said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"take_all": ["Nroth"]},
            'allocation: take_all names "Nroth", which is not a stratum. Did you mean "North"?',
        ),
        (
            {"take_all": ["North"], "maximum": 40},
            "allocation: take_all asks for all 50 cases of North, above the maximum 40. "
            "Raise the maximum, or take the stratum out of take_all.",
        ),
        ({"take_all": 5}, "allocation: take_all is 5. Give a list of strata, such as ['Secure home']."),
        (
            {"take_all": ["East", "South"]},
            "allocation: 31 cases cannot give each of 3 strata 2 and all of East (20), South (30): they need 52. "
            "Ask for 52 or more, lower the minimum, take fewer strata whole, or join strata: "
            "East (20), North (50), South (30).",
        ),
        (
            {"method": "neyman", "spread": {"North": 1, "South": 1, "East": 1, "Wset": 1}},
            'allocation: spread names "Wset", which is not a stratum. Use one of: East, North, South.',
        ),
        (
            {"method": "neyman", "spread": {"North": Decimal("1e31"), "South": Fraction(1, 10**31), "East": 1}},
            "allocation: spread of stratum North is 1E+31. Give a number 0 or more, of at most 30 digits.\n"
            f"allocation: spread of stratum South is 1/{10**31}. Give a number 0 or more, of at most 30 digits.",
        ),
        ({"power": 1}, "allocation: proportional allocation does not use power. Leave it out, or choose bankier."),
        (
            {"method": "equal", "cost": {}},
            "allocation: equal allocation does not use cost. Leave it out, or choose optimal.",
        ),
        (
            {"method": "bankier", "spread": dict.fromkeys(POPULATION, 1), "power": 1.5},
            "allocation: power is 1.5. Give a number from 0 to 1, such as 1/2.",
        ),
        (
            {"method": "bankier", "spread": dict.fromkeys(POPULATION, 1), "power": 0.51},
            "allocation: power is 0.51, and its exact order would need 100ths. "
            "Give a fraction with a denominator of at most 20, such as 1/2.",
        ),
        (
            {"method": "multivariate"},
            "allocation: a multivariate allocation takes targets, not a size. "
            "Use allocate_multivariate, which finds the size as well.",
        ),
    ],
)
def test_what_is_said_of_strata_is_checked(options: dict[str, object], said: str) -> None:
    assert refusal(POPULATION, 31, **options) == said


def test_labels_are_text_and_stand_once() -> None:
    assert allocate({1: 5, 2: 5}, 5, method="neyman", spread=pd.Series({1: 1.0, 2: 3.0})) == {"1": 2, "2": 3}
    assert refusal({1: 5, "1": 5}, 4) == (
        "allocation: the population names stratum 1 twice. Give each stratum once, its label as text."
    )
    assert refusal(["North"], 4) == (
        "allocation: the population is not a mapping. Give it by stratum, such as {'North': 120, 'South': 80}."
    )


def test_everything_wrong_is_said_at_once() -> None:
    said = refusal({"a": -1, "b": 5}, 0, minimum=0, maximum=0)
    assert said.count("\n") == 3
    said = refusal(POPULATION, 30, method="optimal", take_all=["West"])
    assert [line.split(": ")[1][:30] for line in said.splitlines()] == [
        'take_all names "West", which i',
        "optimal allocation needs sprea",
        "optimal allocation needs cost.",
    ]


def test_exact_shares_are_the_formulas() -> None:
    population, spread, cost = {"a": 155, "b": 62, "c": 93}, {"a": 5, "b": 15, "c": 10}, {"a": 4, "b": 9, "c": 4}
    inputs = EXAMPLES["neyman_formula"]
    counts = allocate(population, 40, method="neyman", spread=spread)
    shares = exact_shares(population, counts, "neyman", spread=spread)
    assert [each.share for each in shares] == pytest.approx(inputs["expected"]["n_h"], rel=1e-12)
    assert [each.within_bounds for each in shares] == pytest.approx(inputs["expected"]["n_h"], rel=1e-12)
    # 775/2, 930/3, 930/2 of their sum 1162.5, by hand.
    shares = exact_shares(population, counts, "optimal", spread=spread, cost=cost)
    assert [each.share for each in shares] == pytest.approx([40 * 387.5 / 1162.5, 40 * 310 / 1162.5, 40 * 465 / 1162.5])
    shares = exact_shares({"a": 400, "b": 100}, {"a": 20, "b": 10}, "bankier", spread={"a": 1, "b": 1})
    assert [each.share for each in shares] == [20.0, 10.0]
    shares = exact_shares({"a": 300, "b": 100}, {"a": 20, "b": 10}, "bankier", spread={"a": 1, "b": 1}, power=0.25)
    assert [each.share for each in shares] == pytest.approx(
        [30 * 3**0.25 / (3**0.25 + 1), 30 / (3**0.25 + 1)], rel=1e-14
    )
    shares = exact_shares({"a": 90, "b": 30, "c": 5}, {"a": 14, "b": 6, "c": 5}, "proportional", take_all=["c"])
    assert [each.share for each in shares] == [15.0, 5.0, 5.0]
    assert [each.within_bounds for each in shares] == [15.0, 5.0, 5.0]
    shares = exact_shares({"a": 9, "b": 0}, {"a": 4}, "neyman", spread={"a": 0})
    assert [(each.stratum, each.share) for each in shares] == [("a", 0.0)]


def test_the_best_share_within_bounds_keeps_the_conditions_of_an_optimum() -> None:
    rng = random.Random("within bounds")
    for _ in range(300):
        population = {f"s{number}": rng.choice([1, 2, 3, 7, 40, 40, 900]) for number in range(rng.randint(1, 9))}
        minimum, maximum = rng.randint(1, 3), rng.choice([None, 5, 30])
        spread = {label: Fraction(rng.randint(0, 30), 10) for label in population}
        spread["s0"] = Fraction(1)
        highs = {label: min(count, maximum or count) for label, count in population.items()}
        lows = {label: min(minimum, high) for label, high in highs.items()}
        top = sum(highs[label] if spread[label] else lows[label] for label in population)
        size = rng.randint(sum(lows.values()), top)
        limits = {"minimum": minimum, "maximum": maximum}
        counts = allocate(population, size, method="neyman", spread=spread, **limits)
        shares = exact_shares(population, counts, "neyman", spread=spread, **limits)
        assert sum(each.within_bounds for each in shares) == pytest.approx(size, rel=1e-12)
        rates = {"low": [0.0], "free": [], "high": [1e300]}
        for each in shares:
            low, high, share = lows[each.stratum], highs[each.stratum], each.within_bounds
            assert low <= share <= high
            if spread[each.stratum] and low < high:
                kind = "low" if share == low else "high" if share == high else "free"
                rates[kind].append(float(each.population * spread[each.stratum]) / share)
        # A case more is worth as much in every free stratum, no more at a lower limit, no less at an upper one.
        level = rates["free"] or [max(rates["low"])]
        assert max(level) == pytest.approx(min(level), rel=1e-9)
        assert max(rates["low"]) <= max(level) * (1 + 1e-9)
        assert min(rates["high"]) >= min(level) * (1 - 1e-9)


def test_a_sample_of_a_hundred_thousand_is_shared_out_at_once() -> None:
    rng = random.Random("large")
    population = {f"s{number:03}": rng.randint(100, 40000) for number in range(300)}
    counts = allocate(population, 100_000)
    shares = exact_shares(population, counts, "proportional")
    assert all(abs(each.share - each.cases) < 1 for each in shares)
    plain = one_at_a_time(population, {label: Decimal(count) for label, count in population.items()}, 1000)
    assert allocate(population, 1000) == plain
