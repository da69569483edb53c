"""The best way to share cases out, held to every other way: by trying them all, and by asking in another order."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from audit_toolkit.sampling import Auditor
from audit_toolkit.sampling.impossible import share_problems
from audit_toolkit.sampling.programme import TIE_BITS, Programme, cells
from audit_toolkit.sampling.sharing import EVEN_STEPS, Sharing, fair_shares, first_ratings, second_ratings


def made(seed: int, cases: int, people: int, groups: int, *, free: float, hours: Sequence[int] = (1,)) -> Sharing:
    """Make a sharing at random: `free` is the chance that a person may rate a case."""
    rng = random.Random(seed)
    allowed = np.array([[rng.random() < free for _ in range(people)] for _ in range(cases)])
    for row in allowed:
        row[rng.randrange(people)] = True
    return Sharing(
        seed=str(seed),
        ids=tuple(f"c{number}" for number in range(cases)),
        groups=tuple(("", f"S{rng.randrange(groups)}") for _ in range(cases)),
        people=tuple(Auditor(f"P{number}", "", Fraction(rng.choice(hours))) for number in range(people)),
        allowed=allowed,
    )


def broken(count: int, share: Fraction, steps: int = 1) -> int:
    """Price how far a count is outside a share rounded down and up, each unit a little dearer up to `steps`."""
    over = max(math.floor(share) - count, count - math.ceil(share), 0)
    return sum(min(unit, steps) for unit in range(1, over + 1))


def everybody(sharing: Sharing) -> range:
    return range(len(sharing.people))


def in_group(sharing: Sharing, group: object) -> list[int]:
    return [case for case, each in enumerate(sharing.groups) if each == group]


def ties(sharing: Sharing, step: str, chosen: dict[int, int]) -> int:
    costs = sharing.ties(step)
    return sum(int(costs[case, person]) for case, person in chosen.items())


def first_price(sharing: Sharing, chosen: dict[int, int]) -> tuple[object, ...]:
    shape = len(sharing.people)
    uneven, square = 0, Fraction(0)
    for group in sorted(set(sharing.groups)):
        members = in_group(sharing, group)
        shares = fair_shares(len(members), [0] * shape, sharing.people)
        counts = Counter(chosen[case] for case in members)
        for person in range(shape):
            uneven += broken(counts[person], shares[person])
            square += (sharing.surplus.get((group, person), Fraction(0)) + counts[person] - shares[person]) ** 2
    again = sum(person in sharing.before.get(case, ()) for case, person in chosen.items())
    return uneven, square if sharing.surplus else 0, again, ties(sharing, "first", chosen)


def every_first(sharing: Sharing) -> list[dict[int, int]]:
    totals = fair_shares(len(sharing.ids), [0] * len(sharing.people), sharing.people)
    free = [np.flatnonzero(row).tolist() for row in sharing.allowed]
    found = []
    for people in itertools.product(*free):
        counts = Counter(people)
        if not any(broken(counts[person], totals[person]) for person in everybody(sharing)):
            found.append(dict(enumerate(people)))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_first_ratings_are_the_best_of_all_and_what_cannot_be_is_explained(seed: int) -> None:
    sharing = made(seed, 6, 3, 2, free=0.4, hours=(1, 2, 3))
    ways = every_first(sharing)
    chosen = first_ratings(sharing)
    shares = fair_shares(6, [0] * 3, sharing.people)
    assert bool(share_problems(sharing.ids, sharing.people, sharing.allowed, shares)) == (not ways)
    if not ways:
        assert chosen is None
        return
    assert chosen == min(ways, key=lambda way: first_price(sharing, way))


def test_both_kinds_of_small_cases_were_tried() -> None:
    possible = [bool(every_first(made(seed, 6, 3, 2, free=0.4, hours=(1, 2, 3)))) for seed in range(40)]
    assert 5 <= sum(possible) <= 35


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(each, marks=pytest.mark.slow) for each in range(6, 25))])
def test_over_both_rounds_the_sums_are_the_best_of_all(seed: int) -> None:
    rng = random.Random(seed)
    sharing = made(seed, 7, 3, 2, free=1.0)
    groups = sorted(set(sharing.groups))
    surplus = {}
    for group in groups:
        up = rng.randrange(3)
        for person in range(3):
            surplus[group, person] = Fraction(2, 3) if person == up else Fraction(-1, 3)
    before = {case: frozenset({rng.randrange(3)}) for case in range(7) if rng.random() < 0.5}
    sharing = dataclasses.replace(sharing, surplus=surplus, before=before)
    fair = [way for way in every_first(sharing) if first_price(sharing, way)[0] == 0]
    assert first_ratings(sharing) == min(fair, key=lambda way: first_price(sharing, way))


def second_price(sharing: Sharing, chosen: dict[int, int]) -> tuple[int, ...]:
    count, people = len(chosen), sharing.people
    firsts, seconds = Counter(sharing.first.values()), Counter(chosen.values())
    fair = fair_shares(count, [0] * len(people), people)
    total = fair_shares(count, [firsts[person] for person in everybody(sharing)], people)
    own = sum(broken(seconds[person], fair[person], EVEN_STEPS) for person in everybody(sharing))
    readings = sum(broken(seconds[person], total[person], EVEN_STEPS) for person in everybody(sharing))
    hours = [person.hours for person in people]
    twice = Counter(sharing.groups[case] for case in chosen)
    sizes = Counter(sharing.groups)
    balance = sum(broken(twice[group], Fraction(count * sizes[group], len(sharing.ids))) for group in sizes)
    shown = Counter(sharing.first[case] for case in chosen)
    balance += sum(broken(shown[person], count * hours[person] / sum(hours)) for person in everybody(sharing))
    met = Counter(frozenset((sharing.first[case], person)) for case, person in chosen.items())
    pairs = list(itertools.combinations(everybody(sharing), 2))
    whole = sum(hours[one] * hours[other] for one, other in pairs)
    for one, other in pairs:
        balance += broken(met[frozenset((one, other))], count * hours[one] * hours[other] / whole)
    again = sum(person in sharing.before.get(case, ()) for case, person in chosen.items())
    return own, readings, balance, again, ties(sharing, "second", chosen)


@pytest.mark.parametrize("seed", range(25))
def test_second_ratings_are_the_best_of_all(seed: int) -> None:
    rng = random.Random(seed)
    sharing = made(seed, 6, 3, 2, free=0.8, hours=(1, 2))
    first = {case: rng.choice(np.flatnonzero(row).tolist()) for case, row in enumerate(sharing.allowed)}
    before = {case: frozenset({rng.randrange(3)}) for case in range(6) if rng.random() < 0.3}
    sharing = dataclasses.replace(sharing, first=first, before=before)
    free = [(case, person) for case, person in np.argwhere(sharing.allowed).tolist() if person != first[case]]
    able = {case for case, _ in free}
    count = min(3, len(able))
    ways = [dict(way) for way in itertools.combinations(free, count) if len({case for case, _ in way}) == count]
    assert second_ratings(sharing, count, range(6)) == min(ways, key=lambda way: second_price(sharing, way))
    assert second_ratings(sharing, len(able) + 1, range(6)) is None


def turned(sharing: Sharing, rng: random.Random) -> tuple[Sharing, list[int], list[int]]:
    """Give the same sharing with cases and people in another order, which changes the solver's whole path."""
    cases, people = list(range(len(sharing.ids))), list(range(len(sharing.people)))
    rng.shuffle(cases)
    rng.shuffle(people)
    to_case, to_person = np.argsort(cases).tolist(), np.argsort(people).tolist()
    return (
        Sharing(
            seed=sharing.seed,
            ids=tuple(sharing.ids[case] for case in cases),
            groups=tuple(sharing.groups[case] for case in cases),
            people=tuple(sharing.people[person] for person in people),
            allowed=sharing.allowed[np.ix_(cases, people)],
            first={to_case[case]: to_person[person] for case, person in sharing.first.items()},
            surplus={(group, to_person[person]): value for (group, person), value in sharing.surplus.items()},
        ),
        cases,
        people,
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_best_is_one_and_only_one(seed: int) -> None:
    rng = random.Random(seed)
    sharing = made(seed, 48, 7, 6, free=0.7, hours=(1, 1, 2, 3))
    surplus = {
        (group, person): Fraction(rng.randrange(-9, 10), 10) for group in set(sharing.groups) for person in range(7)
    }
    sharing = dataclasses.replace(sharing, surplus=surplus)
    first = first_ratings(sharing)
    assert first is not None
    second = second_ratings(dataclasses.replace(sharing, first=first), 12, range(48))
    assert second is not None
    other, cases, people = turned(sharing, rng)
    again = first_ratings(other)
    assert again is not None
    assert {cases[case]: people[person] for case, person in again.items()} == first
    twice = second_ratings(dataclasses.replace(other, first=again), 12, range(48))
    assert twice is not None
    assert {cases[case]: people[person] for case, person in twice.items()} == second


def test_ties_are_broken_by_even_numbers_of_thirty_bits() -> None:
    costs = made(1, 200, 20, 3, free=1).ties("first")
    assert costs.shape == (200, 20)
    assert len(np.unique(costs)) > 3990
    assert 0 <= costs.min() < 2**20 < 2**TIE_BITS - 2**20 < costs.max() < 2**TIE_BITS
    # A uniform mean of 4,000 numbers lies within 4 standard errors of the middle.
    assert abs(costs.mean() / 2**TIE_BITS - 0.5) < 4 / math.sqrt(12 * 4000)
    # The first 30 bits of: printf '1\037first\037c0\037P0' | sha256sum
    assert costs[0, 0] == 543784973


@pytest.mark.parametrize("seed", range(30))
def test_fair_shares_bring_all_to_the_same_number_an_hour(seed: int) -> None:
    rng = random.Random(seed)
    people = [Auditor(f"P{number}", "", Fraction(rng.randrange(1, 20), rng.randrange(1, 4))) for number in range(5)]
    held, total = [rng.randrange(0, 12) for _ in people], rng.randrange(1, 40)
    shares = fair_shares(total, held, people)
    assert sum(shares) == total
    assert min(shares) >= 0
    rates = [(have + share) / person.hours for have, share, person in zip(held, shares, people, strict=True)]
    level = {rate for rate, share in zip(rates, shares, strict=True) if share}
    assert len(level) == 1
    assert all(rate >= max(level) for rate, share in zip(rates, shares, strict=True) if not share)
    plain = fair_shares(total, [0] * 5, people)
    assert plain == [total * person.hours / sum(each.hours for each in people) for person in people]


def test_a_wish_of_no_cost_in_all_may_hold_costs_that_cancel() -> None:
    programme = Programme(np.ones((2, 2), dtype=bool))
    for place in range(2):
        programme.add(cells((2, 2), [place], range(2)), 1, 1)
        programme.add(cells((2, 2), range(2), [place]), 1, 1)
    programme.wish(0, np.array([[1, 2], [2, -1]]))
    assert programme.solve(np.zeros((2, 2), dtype=np.int64)) == {0: 0, 1: 1}


def test_what_must_be_broken_is_broken_evenly() -> None:
    for seed in range(10):
        sharing = made(seed, 12, 4, 1, free=1)
        allowed = sharing.allowed.copy()
        allowed[:, 2:] = False
        held = dataclasses.replace(sharing, allowed=allowed, first={0: 2})
        first = first_ratings(held)
        assert first is not None
        # Eleven cases can go to two of four only, who would have had some three each.
        assert sorted(Counter(first.values()).values()) == [1, 5, 6]
        second = second_ratings(
            dataclasses.replace(sharing, allowed=allowed, first=dict.fromkeys(range(12), 3)), 8, range(12)
        )
        assert second is not None
        assert Counter(second.values()) == {0: 4, 1: 4}
