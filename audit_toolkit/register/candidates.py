"""The units with an eligible case, and the stratum of each: what a frame is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place, Problem, RegisterError, did_you_mean, raise_if
from audit_toolkit.register.eligibility import Rule, parse_rules
from audit_toolkit.register.register import Register
from audit_toolkit.register.schema import schema_problems
from audit_toolkit.register.strata import JOINER, StratumColumn, label_problems, parse_strata
from audit_toolkit.register.units import Unit, grouped, merged, split_problems, taken_name_problems, unit_problems
from audit_toolkit.terms import CASE_ID, DRAW_COLUMNS, STRATUM

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class FrameRules:
    """Who could be drawn, as declared: stratum columns, rules that must all hold, rules of which none may, the unit."""

    strata: tuple[StratumColumn, ...]
    must: tuple[Rule, ...]
    never: tuple[Rule, ...]
    unit: Unit | None

    def shape(self) -> dict[str, object]:
        """Give the rules as plain values without their dates, so that two rounds can be compared."""
        return {
            "eligible": [rule.shape() for rule in self.must],
            "exclude": [rule.shape() for rule in self.never],
            "strata": [column.rule() for column in self.strata],
            "unit": None if self.unit is None else self.unit.rule(),
        }


@dataclass(frozen=True, slots=True, repr=False)
class Candidates:
    """Units in the order of their ids, one row each.

    `cases` has every column as the register has it; `labels` those of each stratum column; `strata` the stratum
    of each unit; `members` the ids of the cases of each unit, None where a unit is a case.
    """

    cases: pd.DataFrame
    labels: Mapping[str, Sequence[str]]
    strata: Sequence[str]
    members: Sequence[Sequence[str]] | None = None

    @property
    def ids(self) -> list[str]:
        """The ids of the units."""
        found: list[str] = self.cases[CASE_ID].tolist()
        return found

    def held(self, positions: Iterable[int]) -> int:
        """Count the cases of some units."""
        if self.members is None:
            return sum(1 for _ in positions)
        return sum(len(self.members[each]) for each in positions)

    def only(self, positions: Sequence[int]) -> Candidates:
        """Give some of the units."""
        return Candidates(
            self.cases.iloc[list(positions)],
            {name: [values[each] for each in positions] for name, values in self.labels.items()},
            [self.strata[each] for each in positions],
            None if self.members is None else [self.members[each] for each in positions],
        )

    def units(self, strata: Sequence[str]) -> pd.DataFrame:
        """Give case_id, the stratum columns and the stratum, then the other columns."""
        import pandas as pd

        index = self.cases.index
        made = {name: pd.Series(list(values), index=index, dtype=object) for name, values in self.labels.items()}
        made[STRATUM] = pd.Series(list(strata), index=index, dtype=object)
        others = {name: self.cases[name] for name in self.cases.columns if name != CASE_ID and name not in made}
        return pd.DataFrame({CASE_ID: self.cases[CASE_ID], **made, **others}).reset_index(drop=True)


def frame_rules(
    register: Register,
    strata: object,
    eligible: object,
    exclude: object,
    unit: Unit | str | None,
    *,
    strata_needed: bool = True,
) -> FrameRules:
    """Read the rules of a frame and hold them against the register's columns.

    Raises
    ------
    RegisterError naming every unknown column, bad date and rule that makes no sense at once.
    """
    place = Place(register.name, register.sheet)
    columns, problems = parse_strata(strata, place) if strata or strata_needed else ((), [])
    must, wrong_must = parse_rules(eligible, place, "eligible")
    never, wrong_never = parse_rules(exclude, place, "exclude")
    whole = Unit(unit) if isinstance(unit, str) else unit
    rules = FrameRules(columns, must, never, None if whole is None or whole.column == CASE_ID else whole)
    problems += wrong_must + wrong_never
    problems += _unknown_columns(register, rules) + _taken_names(register, columns)
    problems += _date_problems(register, (*must, *never))
    if rules.unit is not None:
        problems += taken_name_problems(register, rules.unit)
    raise_if(problems, RegisterError)
    return rules


def apply_rules(register: Register, rules: FrameRules) -> tuple[list[int], dict[str, int]]:
    """Give the positions of the eligible cases, and the number left out under each reason, the first that holds."""
    import numpy as np

    left = np.ones(len(register), dtype=bool)
    counts: dict[str, int] = {}
    for rule, excluding in [*[(rule, False) for rule in rules.must], *[(rule, True) for rule in rules.never]]:
        cells = register.cases[rule.column]
        refused = [cell for cell in cells.unique() if rule.holds(cell) == excluding]
        out = left & cells.isin(refused).to_numpy()
        reason = rule.failure(excluding=excluding)
        counts[reason] = counts.get(reason, 0) + int(out.sum())
        left &= ~out
    return np.flatnonzero(left).tolist(), counts


def candidates(register: Register, eligible: Sequence[int], rules: FrameRules, *, fold_case: bool = True) -> Candidates:
    """Give the units of the eligible cases with their strata.

    Raises
    ------
    RegisterError naming every cell that strata or units cannot be made from, and every unit spread over strata.
    """
    ids = register.cases[CASE_ID].tolist()
    positions = sorted(eligible, key=ids.__getitem__)
    labels, joined, problems = _labelled(register, positions, rules.strata)
    if rules.unit is None:
        raise_if(problems, RegisterError)
        return Candidates(register.cases.iloc[positions], labels, joined)
    problems += unit_problems(register, positions, rules.unit, fold_case=fold_case)
    groups = grouped(register, positions, rules.unit)
    place_of = {position: index for index, position in enumerate(positions)}
    by_case = {position: joined[index] for position, index in place_of.items()}
    problems += split_problems(register, groups, rules.unit, by_case) if not problems else []
    raise_if(problems, RegisterError)
    first = [place_of[group[0]] for group in groups.values()]
    return Candidates(
        merged(register, groups),
        {name: [values[each] for each in first] for name, values in labels.items()},
        [joined[each] for each in first],
        [[ids[each] for each in group] for group in groups.values()],
    )


def refuse_none(register: Register, left: Sequence[int], counts: Mapping[str, int]) -> None:
    """Refuse a frame that its rules leave nothing of."""
    if not left:
        counted = "; ".join(f"{reason}: {count:,}" for reason, count in counts.items())
        where = Place(register.name, register.sheet)
        raise RegisterError(Problem(f"no case is eligible ({counted})", where, "Look at the rules of the plan."))


def children_of(register: Register, parts: Sequence[Candidates]) -> pd.DataFrame | None:
    """Give the register's rows of the cases that units of several hold, None where a unit is a case."""
    members = [case for part in parts if part.members is not None for group in part.members for case in group]
    if not any(part.members is not None for part in parts):
        return None
    inside = set(members)
    found: pd.DataFrame = register.cases[[case in inside for case in register.cases[CASE_ID]]].reset_index(drop=True)
    return found


def _unknown_columns(register: Register, rules: FrameRules) -> list[Problem]:
    names = list(register.cases.columns)
    wanted = [column.column for column in rules.strata]
    wanted += [rule.column for rule in (*rules.must, *rules.never)]
    wanted += [rules.unit.column] if rules.unit is not None else []
    return [
        Problem(f'there is no column "{name}"', Place(register.name, register.sheet), did_you_mean(name, names))
        for name in dict.fromkeys(wanted)
        if name not in names
    ]


def _taken_names(register: Register, columns: Sequence[StratumColumn]) -> list[Problem]:
    """Refuse a stratum column that would have the name of another column of the sample or the register."""
    reserved = {CASE_ID, *DRAW_COLUMNS} - ({STRATUM} if len(columns) == 1 else set())
    problems = []
    for column in columns:
        own = column.column == column.name
        if column.name in reserved or (not own and column.name in register.cases.columns):
            what = f'strata are made from "{column.column}" under the name "{column.name}", which is taken'
            mend = f"Give it another: {{name: {column.name}_group, column: {column.column}}}."
            problems.append(Problem(what, Place(register.name, register.sheet), mend))
    return problems


def _date_problems(register: Register, rules: Sequence[Rule]) -> list[Problem]:
    there = set(register.cases.columns)
    dated = [name for name in dict.fromkeys(rule.column for rule in rules if rule.dated) if name in there]
    return schema_problems(register.cases, register.place, dates=dated) if dated else []


def _labelled(
    register: Register, positions: Sequence[int], columns: Sequence[StratumColumn]
) -> tuple[dict[str, list[str]], list[str], list[Problem]]:
    """Give each stratum column's labels, the stratum of each case, and what is wrong with their cells."""
    cases = register.cases.iloc[list(positions)]
    problems: list[Problem] = []
    labels: dict[str, list[str]] = {}
    for column in columns:
        cells = [str(cell) for cell in cases[column.column]]

        def place(position: int, name: str = column.column) -> Place:
            return register.place(positions[position], name)

        problems += label_problems(column, cells, place)
        known = {cell: column.label(cell) or "" for cell in set(cells)}
        labels[column.name] = [known[cell] for cell in cells]
    if not columns:
        return {}, [""] * len(positions), []
    parts = list(zip(*labels.values(), strict=True))
    joined = [JOINER.join(values) for values in parts]
    if len(set(parts)) > len(set(joined)):
        where = Place(register.name, register.sheet)
        mend = f'Take "{JOINER}" out of the values that strata are made from.'
        problems.append(Problem("two strata would have the same label", where, mend))
    return labels, joined, problems
