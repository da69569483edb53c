"""Sharing cases out: fair shares by hours, within strata, over both rounds; a share of them rated twice, unseen."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from audit_toolkit.sampling.auditors import Auditor
from audit_toolkit.sampling.crossing import Group
from audit_toolkit.sampling.programme import TIE_BITS, Programme, cells

# Squares of shares are weighed in whole numbers: to the sixtieth of a case.
CROSSING_UNIT = 60
# What breaks a fair total breaks it evenly, up to this many cases an auditor.
EVEN_STEPS = 5
NOBODY_HERE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Sharing:
    """Cases and auditors, who may rate what, and the ratings that stand already (case -> auditor, by position).

    A rating of somebody who is no longer among the people stands as NOBODY_HERE. `groups` says what each case is
    shared out with: its stratum, or the list it stands on. `before` holds who rated a case in the earlier round,
    `surplus` how much more than their share of a group an auditor rated then.
    """

    seed: str
    ids: tuple[str, ...]
    groups: tuple[Group, ...]
    people: tuple[Auditor, ...]
    allowed: NDArray[np.bool_]
    first: Mapping[int, int] = field(default_factory=dict)
    second: Mapping[int, int] = field(default_factory=dict)
    before: Mapping[int, frozenset[int]] = field(default_factory=dict)
    surplus: Mapping[tuple[Group, int], Fraction] = field(default_factory=dict)

    def ties(self, step: str) -> NDArray[np.int64]:
        """Give the cost of each case and person that decides where nothing else does, hashed from the seed."""

        def cost(case: str, name: str) -> int:
            digest = hashlib.sha256("\x1f".join((self.seed, step, case, name)).encode("utf-8")).digest()
            return int.from_bytes(digest[:8], "big") >> (64 - TIE_BITS)

        found = np.array([[cost(case, person.name) for person in self.people] for case in self.ids], dtype=np.int64)
        return found.reshape(len(self.ids), len(self.people))

    def known_before(self) -> NDArray[np.int64]:
        """Say of each case and person, as 1 or 0, whether the person rated the case in the earlier round."""
        found = np.zeros(self.allowed.shape, dtype=np.int64)
        for case, raters in self.before.items():
            found[case, list(raters)] = 1
        return found

    def by_group(self, cases: Sequence[int]) -> dict[Group, list[int]]:
        """Give the cases of each group, groups in order."""
        found: dict[Group, list[int]] = {group: [] for group in sorted({self.groups[case] for case in cases})}
        for case in cases:
            found[self.groups[case]].append(case)
        return found


def fair_shares(total: int, held: Sequence[int], people: Sequence[Auditor]) -> list[Fraction]:
    """Give each auditor's exact share of further cases, so that with those held all come as near as can be to
    the same number an hour. Who holds more than that gets none.
    """
    order = sorted(range(len(people)), key=lambda each: (Fraction(held[each]) / people[each].hours, each))
    level, cases, hours = Fraction(0), Fraction(total), Fraction(0)
    for place, each in enumerate(order):
        cases, hours = cases + held[each], hours + people[each].hours
        level = cases / hours
        if place + 1 < len(order) and Fraction(held[order[place + 1]]) / people[order[place + 1]].hours >= level:
            break
    return [max(Fraction(0), level * person.hours - held[each]) for each, person in enumerate(people)]


def first_ratings(sharing: Sharing) -> dict[int, int] | None:
    """Give every case one auditor, the ratings that stand among them; None where fair totals cannot be kept.

    Totals by hours come first (to the nearest case, where nothing stands already), then equal shares within each
    group, then the sums over both rounds, then other auditors for re-audited cases.
    """
    shape, everybody = sharing.allowed.shape, range(len(sharing.people))
    new = [case for case in range(shape[0]) if case not in sharing.first]
    open_ = sharing.allowed.copy()
    open_[list(sharing.first)] = False
    programme = Programme(open_)
    for case in new:
        programme.add(cells(shape, [case], everybody), 1, 1)
    held = Counter(sharing.first.values())
    totals = fair_shares(len(new), [held[each] for each in everybody], sharing.people)
    for person, share in enumerate(totals):
        wanted = cells(shape, new, [person])
        soft = {"level": 0, "steps": EVEN_STEPS} if held else {}
        programme.add(wanted, math.floor(share), math.ceil(share), **soft)
    crossing = np.zeros(shape, dtype=np.int64)
    stand = Counter((sharing.groups[case], person) for case, person in sharing.first.items())
    for group, members in sharing.by_group(new).items():
        shares = fair_shares(len(members), [stand[group, each] for each in everybody], sharing.people)
        for person, share in enumerate(shares):
            programme.add(cells(shape, members, [person]), math.floor(share), math.ceil(share), level=1)
            crossing[members, person] = _one_more(share, sharing.surplus.get((group, person), Fraction(0)))
    if sharing.surplus:
        programme.wish(2, crossing)
    programme.wish(3, sharing.known_before())
    chosen = programme.solve(sharing.ties("first"))
    return None if chosen is None else {**sharing.first, **chosen}


def _one_more(share: Fraction, surplus: Fraction) -> int:
    """Give what the remainder case adds to the square of an auditor's distance from the share of both rounds."""
    return round((2 * (surplus + math.floor(share) - share) + 1) * CROSSING_UNIT)


def second_ratings(sharing: Sharing, count: int, among: Sequence[int]) -> dict[int, int] | None:
    """Give a number of cases among some a second auditor, never the first; None where so many cannot be.

    Second ratings are fair by hours first, then all readings are, then pairs of auditors, first auditors and
    groups are balanced together, then re-audited cases go to other auditors.
    """
    shape, everybody = sharing.allowed.shape, range(len(sharing.people))
    new = list(among)
    others = np.zeros(shape, dtype=bool)
    for case in new:
        others[case] = sharing.allowed[case]
        others[case, sharing.first[case]] = False
    programme = Programme(others)
    programme.add(cells(shape, new, everybody), count, count)
    for case in new:
        programme.add(cells(shape, [case], everybody), 0, 1)
    seconds, firsts = Counter(sharing.second.values()), Counter(sharing.first.values())
    readings = [firsts[each] + seconds[each] for each in everybody]
    for level, held in enumerate(([seconds[each] for each in everybody], readings)):
        for person, share in enumerate(fair_shares(count, held, sharing.people)):
            wanted = cells(shape, new, [person])
            programme.add(wanted, math.floor(share), math.ceil(share), level=level, steps=EVEN_STEPS)
    _balance(programme, sharing, count, new)
    programme.wish(3, sharing.known_before())
    chosen = programme.solve(sharing.ties("second"))
    return None if chosen is None else {**sharing.second, **chosen}


def _balance(programme: Programme, sharing: Sharing, count: int, new: Sequence[int]) -> None:
    """Ask that double ratings are spread over groups, over first auditors and over pairs of auditors."""
    shape, everybody = sharing.allowed.shape, range(len(sharing.people))
    whole = count + len(sharing.second)
    own = {person: [case for case in new if sharing.first[case] == person] for person in everybody}
    stood_first = Counter(sharing.first[case] for case in sharing.second)
    stood_group = Counter(sharing.groups[case] for case in sharing.second)
    stood_pair = Counter(frozenset((sharing.first[case], person)) for case, person in sharing.second.items())
    sizes = Counter(sharing.groups)

    def near(wanted: NDArray[np.intp], part: Fraction, stood: int) -> None:
        low, high = max(0, math.floor(part) - stood), max(0, math.ceil(part) - stood)
        programme.add(wanted, low, high, level=2)

    for group, members in sharing.by_group(new).items():
        near(cells(shape, members, everybody), Fraction(whole * sizes[group], shape[0]), stood_group[group])
    hours = [person.hours for person in sharing.people]
    for person, cases in own.items():
        near(cells(shape, cases, everybody), whole * hours[person] / sum(hours), stood_first[person])
    pairs = list(itertools.combinations(everybody, 2))
    meet = sum(hours[one] * hours[other] for one, other in pairs)
    for one, other in pairs:
        both = np.concatenate([cells(shape, own[one], [other]), cells(shape, own[other], [one])])
        near(both, whole * hours[one] * hours[other] / meet, stood_pair[frozenset((one, other))])
