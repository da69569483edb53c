"""What is drawn and rated: a case, or, declared, a family of cases."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place, Problem
from audit_toolkit.register.ids import BREAKS, HALVES, folded
from audit_toolkit.register.register import Register
from audit_toolkit.terms import CASE_ID

if TYPE_CHECKING:
    import pandas as pd

# The columns that units of several cases have beside the register's own.
CHILDREN, CHILD = "children", "child"
# What stands between the values of several cases in one cell.
BETWEEN = "; "
SHOWN_CHILDREN = 5


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of several cases: the register's column that names it, such as the family.

    With `one_child` one case of each unit drawn is read, the one with the smallest ticket; otherwise all are.
    """

    column: str
    one_child: bool = False

    def rule(self) -> dict[str, object]:
        """Give the definition as plain values, so that two rounds' units can be compared."""
        return {"column": self.column, "one_child": self.one_child}


def grouped(register: Register, positions: Sequence[int], unit: Unit) -> dict[str, list[int]]:
    """Give each unit's cases, as positions in the register: units and their cases in the order of their ids."""
    ids = register.cases[CASE_ID].tolist()
    names = register.cases[unit.column].tolist()
    found: dict[str, list[int]] = defaultdict(list)
    for position in sorted(positions, key=ids.__getitem__):
        found[names[position]].append(position)
    return dict(sorted(found.items()))


def merged(register: Register, groups: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    """Give one row a unit: its name as case_id, the ids of its cases, and of each column the values they have."""
    import pandas as pd

    ids = register.cases[CASE_ID].tolist()
    columns = {
        CASE_ID: list(groups),
        CHILDREN: [BETWEEN.join(ids[each] for each in group) for group in groups.values()],
    }
    for name in register.cases.columns:
        if name != CASE_ID:
            cells = register.cases[name].tolist()
            columns[str(name)] = [
                BETWEEN.join(dict.fromkeys(cells[each] for each in group if cells[each])) for group in groups.values()
            ]
    return pd.DataFrame(columns, dtype=object)


def unit_problems(register: Register, positions: Sequence[int], unit: Unit, *, fold_case: bool = True) -> list[Problem]:
    """Name every cell of the unit column that is no id: empty, broken, or nearly the same as another."""
    names = register.cases[unit.column].tolist()
    first: dict[str, int] = {}
    problems = []
    for position in positions:
        name = names[position]
        what = _fault(name, unit.column)
        if what:
            mend = "Fill it in, or exclude such cases by a rule."
            problems.append(Problem(what, register.place(position, unit.column), mend))
        first.setdefault(name, position)
    alike: dict[str, list[str]] = defaultdict(list)
    for name in first:
        alike[folded(name, fold_case=fold_case)].append(name)
    for spellings in alike.values():
        if len(spellings) > 1 and all(spellings):
            rows = _listed([str(register.place(first[name]).row) for name in spellings])
            written = ", ".join(f'"{name}"' for name in spellings)
            what = f"{unit.column} holds {written}, which may be the same (rows {rows})"
            where = register.place(first[spellings[1]], unit.column)
            problems.append(Problem(what, where, "Keep one spelling."))
    return problems


def _fault(name: str, column: str) -> str:
    if not name.strip():
        return f"the {column} {'holds only spaces' if name else 'is empty'}, and units are made from it"
    if BREAKS.search(name) or "\t" in name:
        return f"the {column} holds a line break or a tab, and units are made from it"
    return f"the {column} holds half a character, and units are made from it" if HALVES.search(name) else ""


def taken_name_problems(register: Register, unit: Unit) -> list[Problem]:
    """Refuse a register that has a column of its own under a name that units of several cases need."""
    place = Place(register.name, register.sheet)
    return [
        Problem(f'the register has a column "{name}", a name that units need', place, "Rename it under columns.")
        for name in (CHILDREN, CHILD)
        if name in register.cases.columns and name != unit.column
    ]


def split_problems(
    register: Register, groups: Mapping[str, Sequence[int]], unit: Unit, strata: Mapping[int, str]
) -> list[Problem]:
    """Name every unit whose cases stand in more than one stratum; `strata` gives the label of each case."""
    problems = []
    for name, group in groups.items():
        if len({strata[position] for position in group}) > 1:
            rows = [f'row {register.place(position).row} "{strata[position]}"' for position in group]
            more = f" and {len(rows) - SHOWN_CHILDREN} more" if len(rows) > SHOWN_CHILDREN else ""
            what = f"the cases of {unit.column} {name} are of several strata: {', '.join(rows[:SHOWN_CHILDREN])}{more}"
            mend = f"Stratify by a column that the cases of one {unit.column} share."
            problems.append(Problem(what, register.place(group[0], unit.column), mend))
    return problems


def _listed(parts: Sequence[str]) -> str:
    return re.sub(r", ([^,]*)$", r" and \1", ", ".join(parts))
