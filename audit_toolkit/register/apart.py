"""Units set apart from a frame: those that must be audited anyway, and those that earlier rounds audited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from audit_toolkit.errors import Place, Problem, RegisterError, nearest, raise_if
from audit_toolkit.register.candidates import Candidates, FrameRules
from audit_toolkit.register.ids import suggest_id
from audit_toolkit.register.register import Register
from audit_toolkit.register.units import Unit, grouped, merged
from audit_toolkit.terms import CASE_ID

MUST_AUDIT = "on the must-audit list"
# Looking for the nearest of more ids than this takes longer than anyone waits.
MOST_COMPARED = 50_000


def on_list(found: Candidates, register: Register, rules: FrameRules, listed: Sequence[str]) -> list[int]:
    """Give the positions of the eligible units on a list of unit ids, or refuse ids the register does not have.

    Raises
    ------
    RegisterError naming each unknown id, with the nearest one.
    """
    raise_if(list_problems(register, rules.unit, listed, Place(register.name, register.sheet)), RegisterError)
    wanted = set(listed)
    return [position for position, name in enumerate(found.ids) if name in wanted]


def list_problems(
    register: Register, unit: Unit | None, listed: Sequence[str], where: Place | Sequence[Place]
) -> list[Problem]:
    """Name every id of a list that is no unit of the register, with the nearest that is."""
    column = unit.column if unit is not None else CASE_ID
    known = register.cases[column].tolist()
    there = set(known)
    missing = [position for position, name in enumerate(listed) if name not in there]
    sorted_names = sorted(there) if missing else []
    return [
        Problem(
            f'there is no {column} "{listed[position]}" in {register.name}',
            where if isinstance(where, Place) else where[position],
            _mend(listed[position], register, unit, sorted_names),
        )
        for position in missing
    ]


def _mend(name: str, register: Register, unit: Unit | None, known: Sequence[str]) -> str:
    if unit is not None:
        parents = register.cases.loc[register.cases[CASE_ID] == name, unit.column].tolist()
        if parents:
            return f"It is a case of {unit.column} {parents[0]}, and units are drawn whole: list that."
    meant = suggest_id(name, known) or (nearest(name, known) if len(known) <= MOST_COMPARED else None)
    return f'Did you mean "{meant}"?' if meant else "Take it out of the list, or look for it in the register."


def set_apart(
    register: Register, rules: FrameRules, found: Candidates, listed: Sequence[int], names: Sequence[str]
) -> Candidates:
    """Give the units that must be audited: the eligible ones with their strata, the others without."""
    eligible = found.only(listed)
    others = _not_eligible(register, rules, sorted(set(names) - set(eligible.ids)), found)
    return _together(eligible, others)


def _not_eligible(register: Register, rules: FrameRules, names: Sequence[str], found: Candidates) -> Candidates:
    """Give units of the register that no rule of the frame keeps, without strata: they are in no part of the frame."""
    blank = {name: [""] * len(names) for name in found.labels}
    ids = register.cases[CASE_ID].tolist()
    if rules.unit is None:
        places = {case: position for position, case in enumerate(ids)}
        cases = register.cases.iloc[[places[name] for name in names]]
        return Candidates(cases, blank, [""] * len(names))
    wanted = set(names)
    inside = [position for position, name in enumerate(register.cases[rules.unit.column]) if name in wanted]
    groups = grouped(register, inside, rules.unit)
    members = [[ids[each] for each in group] for group in groups.values()]
    return Candidates(merged(register, groups), blank, [""] * len(groups), members)


def _together(first: Candidates, second: Candidates) -> Candidates:
    """Put two sets of units together, in the order of their ids."""
    import pandas as pd

    both = pd.concat([first.cases, second.cases], ignore_index=True)
    order = sorted(range(len(both)), key=both[CASE_ID].tolist().__getitem__)
    members = None if first.members is None else [*first.members, *(second.members or ())]
    labels = {name: [*values, *second.labels[name]] for name, values in first.labels.items()}
    return Candidates(both, labels, [*first.strata, *second.strata], members).only(order)


def stay_clear(
    register: Register,
    rules: FrameRules,
    found: Candidates,
    positions: Sequence[int],
    earlier: Mapping[str, Iterable[str]],
) -> tuple[list[int], dict[str, int]]:
    """Give the units no earlier round audited, and the number of cases left out under each round, the first that did.

    A unit of several cases is left out where the round audited it or any of its cases, eligible today or not; an id
    that is a unit's name and a case's as well counts as both.
    """
    left, ids = list(positions), found.ids
    counts: dict[str, int] = {}
    for name, cases in earlier.items():
        audited = frozenset(cases)
        if rules.unit is not None:
            of_cases = register.cases.loc[register.cases[CASE_ID].isin(list(audited)), rules.unit.column]
            audited |= frozenset(of_cases)
        out = [each for each in left if ids[each] in audited]
        left = [each for each in left if ids[each] not in audited]
        counts[f"audited in {name}"] = found.held(out)
    return left, counts
