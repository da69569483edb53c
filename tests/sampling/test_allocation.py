"""Allocation: optimal, exact, house-monotone, and refused where it cannot be met."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
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


def possible(population: Mapping[str, int], minimum: int, maximum: int) -> Iterator[tuple[int, ...]]:
    return itertools.product(*[range(min(minimum, n), min(n, maximum) + 1) for n in population.values()])


def variance(counts: tuple[int, ...], weights: list[Fraction]) -> Fraction:
    return sum((weight / count for weight, count in zip(weights, counts, strict=True)), Fraction(0))


def random_case(rng: random.Random) -> tuple[dict[str, int], int, int, int]:
    population = {label: rng.randint(1, 9) for label in LABELS[: rng.randint(1, 4)]}
    minimum, maximum = rng.randint(1, 2), rng.choice([3, 5, 9])
    lowest = sum(min(minimum, count) for count in population.values())
    highest = sum(min(count, maximum) for count in population.values())
    return population, rng.randint(lowest, highest), minimum, maximum


@pytest.mark.parametrize("method", ["proportional", "neyman"])
def test_no_allocation_of_the_same_size_is_better(method: str) -> None:
    rng = random.Random(f"allocation {method}")
    for _ in range(1500):
        population, size, minimum, maximum = random_case(rng)
        spread = {label: Fraction(rng.randint(1, 40), 10) if method == "neyman" else 1 for label in population}
        options = {"spread": spread} if method == "neyman" else {}
        counts = allocate(population, size, method=method, minimum=minimum, maximum=maximum, **options)
        squared = [Fraction(count * spread[label]) ** 2 for label, count in population.items()]
        rivals = [each for each in possible(population, minimum, maximum) if sum(each) == size]
        mine = tuple(counts[label] for label in population)
        assert mine in rivals
        assert variance(mine, squared) == min(variance(each, squared) for each in rivals), (population, size)


def test_no_allocation_of_the_same_cost_is_better() -> None:
    rng = random.Random("cost")
    for _ in range(500):
        population, size, minimum, maximum = random_case(rng)
        spread = {label: Fraction(rng.randint(1, 40), 10) for label in population}
        cost = {label: rng.randint(1, 9) for label in population}
        bounds = {"minimum": minimum, "maximum": maximum}
        counts = allocate(population, size, method="optimal", spread=spread, cost=cost, **bounds)
        squared = [(count * spread[label]) ** 2 for label, count in population.items()]
        spent = sum(cost[label] * counts[label] for label in population)
        prices = list(cost.values())
        rivals = [
            each
            for each in possible(population, minimum, maximum)
            if sum(price * count for price, count in zip(prices, each, strict=True)) <= spent
        ]
        mine = tuple(counts[label] for label in population)
        assert variance(mine, squared) == min(variance(each, squared) for each in rivals), (population, size)


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


def test_exact_shares_are_known_for_two_methods_only() -> None:
    with pytest.raises(DesignError, match=r'^allocation: there is no exact share for an allocation "neyman"\. Use one'):
        exact_shares(POPULATION, {"North": 2, "South": 2, "East": 2}, "neyman")
