"""Several measures with a target each: every target met exactly, by the fewest cases, on every machine alike."""

from __future__ import annotations

import importlib
import itertools
import math
import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from bethel import bth, load_pop, prepare_strata, prepare_targets
from scipy.optimize import LinearConstraint, minimize

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import MultivariateAllocation, allocate, allocate_multivariate
from audit_toolkit.sampling.convex import Continuous, Task, continuous_optimum
from audit_toolkit.sampling.multivariate import Z95
from audit_toolkit.sampling.whole_cases import whole_cases

# Thousands of tables, and another program beside them.
pytestmark = pytest.mark.slow

POPULATION = {"North": 400, "South": 250, "East": 90, "Secure": 6}
TARGETS = {
    "quality": (0.08, dict.fromkeys(POPULATION, 0.5)),
    "timeliness": (Decimal("0.06"), {"North": 0.4, "South": 0.3, "East": 0.5, "Secure": 0.2}),
}
Targets = dict[str, tuple[Fraction, dict[str, Fraction]]]


def refusal(*arguments: object, **options: object) -> str:
    with pytest.raises(DesignError) as refused:
        allocate_multivariate(*arguments, **options)
    return str(refused.value)


def squared(
    counts: Mapping[str, int], population: Mapping[str, int], spread: Mapping[str, Fraction], fpc: bool
) -> Fraction:
    """Give the variance of a stratified mean, as the textbook has it (Cochran 1977, equation 5.6)."""
    total = sum(population.values())
    parts = (
        Fraction(population[label], total) ** 2
        * (1 - (Fraction(cases, population[label]) if fpc else 0))
        * spread[label] ** 2
        / cases
        for label, cases in counts.items()
    )
    return sum(parts, Fraction(0))


def meets(counts: Mapping[str, int], population: Mapping[str, int], targets: Targets, fpc: bool = True) -> bool:
    return all(
        squared(counts, population, spread, fpc) * Z95**2 <= half_width**2 for half_width, spread in targets.values()
    )


def random_tables(
    rng: random.Random, strata: int, measures: int, largest: int
) -> tuple[dict[str, int], Targets, dict[str, int]]:
    population = {f"s{number:02}": rng.randint(2, largest) for number in range(strata)}
    targets = {
        f"m{number}": (
            Fraction(rng.randint(30, 200), 1000),
            {label: Fraction(rng.randint(0 if number else 5, 50), 100) for label in population},
        )
        for number in range(measures)
    }
    targets = {name: target for name, target in targets.items() if any(target[1].values())}
    return population, targets, {label: rng.randint(1, 9) for label in population}


def test_no_allocation_that_meets_the_targets_costs_less() -> None:
    rng = random.Random("brute force")
    refused = 0
    for number in range(400):
        population, targets, cost = random_tables(rng, rng.randint(1, 4), rng.randint(1, 3), 7)
        minimum, maximum, fpc = rng.randint(1, 2), rng.choice([None, None, 4, 6]), number % 4 > 0
        whole = {label for label, n in population.items() if n <= (maximum or n) and rng.random() < 0.1}
        options = {"minimum": minimum, "maximum": maximum, "take_all": whole, "fpc": fpc}
        options |= {"cost": cost} if number % 2 else {}
        prices = [cost[label] if number % 2 else 1 for label in population]
        ranges = [
            range(n, n + 1) if label in whole else range(min(minimum, n), min(n, maximum or n) + 1)
            for label, n in population.items()
        ]
        costs = [
            sum(price * cases for price, cases in zip(prices, each, strict=True))
            for each in itertools.product(*ranges)
            if meets(dict(zip(population, each, strict=True)), population, targets, fpc)
        ]
        if not costs:
            refused += 1
            assert "cannot come within" in refusal(population, targets, **options)
            continue
        found = allocate_multivariate(population, targets, **options)
        assert meets(found.counts, population, targets, fpc)
        assert all(cases in each for cases, each in zip(found.counts.values(), ranges, strict=True))
        assert (found.cost, found.lowest_cost) == (min(costs), min(costs)), (population, targets)
    assert 20 < refused < 200


def cheaper_neighbours(
    counts: dict[str, int], population: dict[str, int], prices: dict[str, int]
) -> list[dict[str, int]]:
    """List the allocations that cost less and spare a case, swap one for a cheaper one, or two for one."""
    labels = list(counts)
    fewer = [(label,) for label in labels] + list(itertools.combinations_with_replacement(labels, 2))
    found = []
    for less, more in itertools.product(fewer, [(), *((label,) for label in labels)]):
        moved = {label: cases - less.count(label) + more.count(label) for label, cases in counts.items()}
        within = all(min(2, population[label]) <= moved[label] <= population[label] for label in labels)
        if within and sum(prices[label] * (counts[label] - moved[label]) for label in labels) > 0:
            found.append(moved)
    return found


def test_without_the_search_no_case_and_no_swap_can_be_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("audit_toolkit.sampling.whole_cases"), "MOST_STRATA", 0)
    rng = random.Random("local")
    above = 0
    for number in range(250):
        population, targets, cost = random_tables(rng, rng.randint(2, 6), rng.randint(1, 4), 30)
        prices = cost if number % 2 else dict.fromkeys(population, 1)
        found = allocate_multivariate(population, targets, cost=prices)
        above += found.cost > found.lowest_cost
        neighbours = cheaper_neighbours(dict(found.counts), population, prices)
        assert meets(found.counts, population, targets)
        assert not any(meets(each, population, targets) for each in neighbours)
    assert above > 50


def test_a_search_cut_short_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("audit_toolkit.sampling.whole_cases")
    rng = random.Random("cut short")
    cut = 0
    for _ in range(60):
        population, targets, cost = random_tables(rng, rng.randint(2, 6), rng.randint(1, 4), 30)
        best = allocate_multivariate(population, targets, cost=cost)
        assert best.cost == best.lowest_cost
        with monkeypatch.context() as patched:
            patched.setattr(module, "MOST_STEPS", 3)
            short = allocate_multivariate(population, targets, cost=cost)
        assert short.lowest_cost <= best.cost <= short.cost
        if short.lowest_cost < short.cost:
            cut += 1
            over = short.cost - short.lowest_cost
            assert short.notes[0] == f"At most {over:g} in cost above the least that could meet every target."
    assert cut > 10


@pytest.mark.parametrize(("strata", "largest", "tables"), [(8, 300, 25), (30, 600, 6), (60, 900, 2)])
def test_no_case_and_no_swap_can_be_spared(strata: int, largest: int, tables: int) -> None:
    rng = random.Random(f"spared {strata}")
    for number in range(tables):
        population, targets, cost = random_tables(rng, strata, 3, largest)
        prices = cost if number % 2 else dict.fromkeys(population, 1)
        found = allocate_multivariate(population, targets, cost=prices)
        counts = dict(found.counts)
        assert meets(counts, population, targets)
        assert found.lowest_cost <= found.cost <= found.lowest_cost * 1.02 + 2
        needs = {
            name: {label: float(n * spread[label]) ** 2 for label, n in population.items()}
            for name, (_, spread) in targets.items()
        }
        room = {
            name: (float(half_width / Z95) * sum(population.values())) ** 2
            - float(squared(counts, population, spread, True)) * sum(population.values()) ** 2
            for name, (half_width, spread) in targets.items()
        }
        removable = [label for label, cases in counts.items() if cases > min(2, population[label])]
        pairs = [(label,) for label in removable] + list(itertools.combinations_with_replacement(removable, 2))
        for fewer in pairs:
            for more in [
                None,
                *(label for label in counts if counts[label] < population[label] and label not in fewer),
            ]:
                if sum(prices[label] for label in fewer) <= (prices[more] if more else 0):
                    continue
                moved = counts | {label: counts[label] - fewer.count(label) for label in fewer}
                moved |= {more: counts[more] + 1} if more else {}
                changed = [label for label in {*fewer, more} if label]
                # A measure is missed by what the moved cases lose, told in floats where that is clear.
                lost = [
                    sum(need[label] * (1 / max(moved[label], 1e-9) - 1 / counts[label]) for label in changed)
                    - room[name]
                    for name, need in needs.items()
                ]
                if any(each > 1e-6 * abs(room[name]) + 1e-6 for each, name in zip(lost, needs, strict=True)):
                    continue
                assert any(moved[label] < min(2, population[label]) for label in fewer) or not meets(
                    moved, population, targets
                ), (fewer, more)


def as_bethel(
    population: Mapping[str, int], targets: Targets, cost: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """Ask the PyPI package: its continuous solution rounded up, and that with its minimum of 2 and maximum of N_h."""
    strata = pd.DataFrame({"strata": list(population)})
    for name, (_, spread) in targets.items():
        strata[f"var_{name}"] = [float(spread[label] ** 2) for label in population]
    strata["population_size"] = list(population.values())
    strata["cost"] = [cost[label] for label in population]
    strata["min_sample"], strata["min_rate"] = 2, 1e-9
    total = sum(population.values())
    wanted = [{"cv": float(half_width / Z95) * total / total, "total": total} for half_width, _ in targets.values()]
    found = bth(strata, pd.DataFrame(wanted))
    return (
        dict(zip(found["strata"], found["bethel_sample"], strict=True)),
        dict(zip(found["strata"], found["adjusted_sample"], strict=True)),
    )


def test_as_few_cases_as_bethel_needs_or_fewer() -> None:
    rng = random.Random("bethel")
    saved, missed, tables = 0, 0, 150
    for number in range(tables):
        population, targets, cost = random_tables(rng, rng.randint(2, 25), rng.randint(1, 4), 600)
        targets = {
            name: (half_width, {k: s + Fraction(1, 20) for k, s in spread.items()})
            for name, (half_width, spread) in targets.items()
        }
        prices = cost if number % 2 else dict.fromkeys(population, 1)
        found = allocate_multivariate(population, targets, cost=prices)
        _, theirs = as_bethel(population, targets, prices)
        assert meets(found.counts, population, targets)
        spent = sum(prices[label] * int(cases) for label, cases in theirs.items())
        if meets({label: int(cases) for label, cases in theirs.items()}, population, targets):
            assert found.cost <= spent
            saved += found.cost < spent
        else:
            missed += 1
    assert missed == 0
    assert saved == 143


def test_the_table_that_bethel_publishes() -> None:
    # The worked example of the R package bethel (CRAN, help page of bth), whose data PyPI bethel ships.
    people = load_pop()
    measures = ["income", "books", "sportDays"]
    strata = prepare_strata(people, "strata", measures, cost=1, min_sample=3, min_rate=0.04)
    theirs = bth(strata, prepare_targets(people, measures, cv=0.05))
    population = dict(zip(strata["strata"], strata["population_size"].astype(int), strict=True))
    targets = {
        name: (
            Z95 * Fraction(5, 100) * Fraction(str(people[name].sum())) / len(people),
            {
                label: Fraction(math.sqrt(value))
                for label, value in zip(strata["strata"], strata[f"var_{name}"], strict=True)
            },
        )
        for name in measures
    }
    targets = {name: (half_width.limit_denominator(10**12), spread) for name, (half_width, spread) in targets.items()}
    found = allocate_multivariate(population, targets, minimum=3)
    assert meets(found.counts, population, targets)
    assert int(theirs["adjusted_sample"].sum()) == 162
    assert (found.size, found.lowest_cost, found.binding) == (159, 159, ("sportDays",))


def test_one_measure_alone_is_a_neyman_allocation_of_the_smallest_size() -> None:
    rng = random.Random("one measure")
    for _ in range(60):
        population, targets, _ = random_tables(rng, rng.randint(1, 12), 1, 200)
        half_width, spread = targets["m0"]
        spread = {label: each + Fraction(1, 100) for label, each in spread.items()}
        found = allocate_multivariate(population, {"m0": (half_width, spread)})
        neyman = allocate(population, found.size, method="neyman", spread=spread)
        assert meets(neyman, population, {"m0": (half_width, spread)})
        if found.size > sum(min(2, count) for count in population.values()):
            smaller = allocate(population, found.size - 1, method="neyman", spread=spread)
            assert not meets(smaller, population, {"m0": (half_width, spread)})


def random_task(rng: random.Random) -> Task:
    population, targets, cost = random_tables(rng, rng.randint(2, 12), rng.randint(1, 4), 400)
    total = sum(population.values())
    needs = {}
    for name, (half_width, spread) in targets.items():
        allowed = (half_width / Z95 * total) ** 2 + sum(n * spread[label] ** 2 for label, n in population.items())
        needs[name] = tuple((n * spread[label]) ** 2 / allowed for label, n in population.items())
    lows = tuple(min(2, count) for count in population.values())
    return Task(tuple(population), lows, tuple(population.values()), tuple(map(Fraction, cost.values())), needs)


def test_the_continuous_optimum_is_that_of_another_solver() -> None:
    rng = random.Random("primal")
    for _ in range(40):
        task = random_task(rng)
        found = continuous_optimum(task)
        # The primal problem in 1 / n_h: a convex cost under straight limits.
        costs = np.array([float(price) for price in task.costs])
        needs = np.array([[float(each) for each in row] for row in task.needs.values()])
        lows, highs = 1 / np.array(task.highs, dtype=float), 1 / np.array(task.lows, dtype=float)
        scale = float(costs @ np.array(found.shares))
        other = minimize(
            lambda each, costs=costs, scale=scale: float((costs / each).sum()) / scale,
            lows + (highs - lows) / 50,
            jac=lambda each, costs=costs, scale=scale: -costs / each**2 / scale,
            bounds=list(zip(lows, highs, strict=True)),
            constraints=[LinearConstraint(needs, -np.inf, 1)],
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 2000},
        )
        assert other.fun * scale == pytest.approx(scale, rel=1e-6)
        assert (needs @ (1 / np.array(found.shares))).max() <= 1 + 1e-9
        # The dual: what binds is met exactly, what does not bind has no price.
        slack = 1 - needs @ (1 / np.array(found.shares))
        assert np.abs(slack * np.array(found.prices)).max() <= 1e-9 * scale


def test_what_floats_leave_over_changes_no_case() -> None:
    rng, noise = random.Random("noise"), random.Random("other machine")
    for _ in range(60):
        task = random_task(rng)
        found = continuous_optimum(task)
        elsewhere = Continuous(
            tuple(share * (1 + noise.uniform(-1e-11, 1e-11)) for share in found.shares),
            tuple(price * (1 + noise.uniform(-1e-9, 1e-9)) for price in found.prices),
        )
        assert whole_cases(task, elsewhere).counts == whole_cases(task, found).counts


def test_order_never_matters() -> None:
    rng = random.Random("order")
    for _ in range(20):
        population, targets, cost = random_tables(rng, 10, 3, 300)
        shuffled = dict(rng.sample(list(population.items()), len(population)))
        found = allocate_multivariate(population, targets, cost=cost)
        again = allocate_multivariate(
            shuffled,
            {name: (width, dict(rng.sample(list(spread.items()), 10))) for name, (width, spread) in targets.items()},
            cost={label: cost[label] for label in shuffled},
        )
        assert list(again.counts.items()) == list(found.counts.items())


def test_measures_that_say_the_same_are_one() -> None:
    found = allocate_multivariate(POPULATION, {"quality": TARGETS["quality"]})
    twice = allocate_multivariate(POPULATION, {"quality": TARGETS["quality"], "again": TARGETS["quality"]})
    assert twice.counts == found.counts


def test_what_is_found_is_said() -> None:
    found = allocate_multivariate(POPULATION, TARGETS, take_all=["Secure"])
    assert found.counts == {"East": 19, "North": 69, "Secure": 6, "South": 37}
    assert found.binding == ("quality", "timeliness")
    assert str(found) == (
        "131 of 746 cases from 4 strata\n"
        "quality: +/- 0.08 asked, +/- 0.07985 expected, decides the size\n"
        "timeliness: +/- 0.06 asked, +/- 0.05995 expected, decides the size\n"
        "Nothing smaller meets every target: this is proved, not only searched for.\n"
        "Half-widths are 1.96 standard errors with the finite population correction, at the spread declared."
    )
    assert [(each.stratum, each.population, each.cases) for each in found.shares()] == [
        ("East", 90, 19),
        ("North", 400, 69),
        ("Secure", 6, 6),
        ("South", 250, 37),
    ]
    assert found.to_frame().columns.tolist() == ["stratum", "eligible", "exact_share", "cases"]
    assert found.to_frame()["exact_share"].sum() == pytest.approx(130.7148, abs=1e-4)
    assert found.measures_to_frame().to_dict("list") == {
        "measure": ["quality", "timeliness"],
        "target": [0.08, 0.06],
        "expected": [found.achieved["quality"], found.achieved["timeliness"]],
        "decides": [True, True],
    }
    assert found.to_dict()["counts"] == found.counts
    assert replace(found).size == found.to_dict()["size"] == 131


def notes(**options: object) -> MultivariateAllocation:
    return allocate_multivariate(POPULATION, {"quality": TARGETS["quality"]}, **options)


def test_the_notes_say_what_was_assumed() -> None:
    assert notes(minimum=90).notes[0] == "The fewest cases each stratum must give meet every target."
    assert notes(minimum=90).binding == ()
    costly = notes(cost={"North": 1, "South": 2, "East": 3, "Secure": 9}, fpc=False)
    assert costly.notes[0] == "Nothing cheaper meets every target: this is proved, not only searched for."
    assert "without the finite population correction" in costly.notes[1]
    assert costly.size > notes().size


def test_a_census_meets_any_target_and_its_half_width_is_nothing() -> None:
    found = allocate_multivariate({"a": 3, "b": 5}, {"m": (1e-9, {"a": 0.5, "b": 0.5})})
    assert found.counts == {"a": 3, "b": 5}
    assert found.achieved == {"m": 0.0}


def test_a_target_is_met_or_missed_to_the_last_digit() -> None:
    assert float(Z95) == pytest.approx(NormalDist().inv_cdf(0.975), rel=1e-15)
    # One stratum, spread 1, no correction: four cases have a standard error of exactly 1/2.
    spread, hair = {"a": Fraction(1)}, Fraction(1, 10**15)
    exact = {"m": (Z95 / 2, spread)}
    narrower = {"m": (Z95 / 2 - hair, spread)}
    assert allocate_multivariate({"a": 16}, exact, fpc=False).counts == {"a": 4}
    assert allocate_multivariate({"a": 16}, narrower, fpc=False).counts == {"a": 5}
    assert allocate_multivariate({"a": 16}, exact, fpc=False, maximum=4).counts == {"a": 4}
    assert refusal({"a": 16}, narrower, fpc=False, maximum=4) == (
        "allocation: m cannot come within +/- 0.98: with at most 4 cases from each stratum it comes within +/- 0.9800. "
        "Aim for 0.9800 or wider, or raise the maximum."
    )


def test_what_cannot_be_reached_names_the_measures_and_the_best() -> None:
    assert refusal(POPULATION, TARGETS, maximum=20) == (
        "allocation: quality cannot come within +/- 0.08: with at most 20 cases from each stratum "
        "it comes within +/- 0.1365. Aim for 0.1365 or wider, or raise the maximum.\n"
        "allocation: timeliness cannot come within +/- 0.06: with at most 20 cases from each stratum "
        "it comes within +/- 0.1036. Aim for 0.1036 or wider, or raise the maximum."
    )
    flat = {"quality": (0.03, dict.fromkeys(POPULATION, 0.5))}
    assert refusal(POPULATION, flat, fpc=False) == (
        "allocation: quality cannot come within +/- 0.03: with every case it comes within +/- 0.03588. "
        "Aim for 0.03588 or wider."
    )
    assert allocate_multivariate(POPULATION, {"quality": (0.03588, flat["quality"][1])}, fpc=False).size > 740


@pytest.mark.parametrize(
    ("targets", "options", "said"),
    [
        ({}, {}, "allocation: no measure has a target. Give at least one."),
        ([], {}, "allocation: the targets is not a mapping. Give it by stratum, such as {'North': 120, 'South': 80}."),
        (
            {"m": 0.08},
            {},
            "allocation: the target of m is 0.08. Give its half-width and its spread by stratum, "
            "such as (0.08, {'North': 0.5, 'South': 0.4}).",
        ),
        (
            {"m": (0, {"a": 0, "b": 0})},
            {},
            "allocation: the half-width of m is 0. Give a number above 0, such as 0.08 for plus or minus 8 points.\n"
            "allocation: the spread for m is 0 in every stratum. "
            "Give the spread expected; for a share p it is the root of p (1 - p).",
        ),
        (
            {"m": (0.1, {"a": 0.5, "c": 0.5})},
            {"cost": {"a": 1}, "take_all": ["c"], "minimum": 2},
            'allocation: take_all names "c", which is not a stratum. Use one of: a, b.\n'
            "allocation: spread for m has no value for stratum b. Give every stratum one.\n"
            'allocation: spread for m names "c", which is not a stratum. Use one of: a, b.\n'
            "allocation: cost has no value for stratum b. Give every stratum one.",
        ),
        (
            {"m": (0.1, {"a": 0.5, "b": 0.5})},
            {"minimum": 3, "maximum": 2},
            "allocation: the maximum 2 is below the minimum 3. Raise one or lower the other.",
        ),
    ],
)
def test_an_argument_that_does_not_fit_is_refused(targets: object, options: dict[str, object], said: str) -> None:
    assert refusal({"a": 10, "b": 20}, targets, **options) == said
