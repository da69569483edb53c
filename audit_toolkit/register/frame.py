"""The sampling frame: eligible units, one row each, with the stratum of each and a digest of the whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place, Problem, RegisterError, did_you_mean, raise_if
from audit_toolkit.register.eligibility import Rule, parse_rules
from audit_toolkit.register.register import Register, RegisterFile, read_register, register_notes
from audit_toolkit.register.schema import schema_problems
from audit_toolkit.register.strata import JOINER, StratumColumn, label_problems, parse_strata
from audit_toolkit.terms import CASE_ID, DRAW_COLUMNS, STRATUM

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """The eligible units of a register.

    `units` has one row a unit, sorted by case_id: case_id, the stratum columns, stratum, then the register's
    other columns. `cases` holds the same units in the same order, every column as the register has it, also
    where a stratum of the same name groups it. `population` gives N_h, the units of each stratum; `exclusions`
    the reason and the number of cases left out; `digest` the SHA-256 of ids and strata, the same whatever file
    they came from.
    """

    units: pd.DataFrame
    cases: pd.DataFrame
    strata: tuple[StratumColumn, ...]
    population: Mapping[str, int]
    register_size: int
    exclusions: tuple[tuple[str, int], ...]
    digest: str
    files: tuple[RegisterFile, ...]
    rule: Mapping[str, object]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.units)

    @property
    def stratum_columns(self) -> tuple[str, ...]:
        """The names of the columns the strata are made from."""
        return tuple(column.name for column in self.strata)

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the units, one row each."""
        return self.units.copy()

    def __str__(self) -> str:
        left_out = "; ".join(f"{reason}: {count:,}" for reason, count in self.exclusions) or "none"
        return "\n".join(
            [
                f"Frame of {len(self):,} units in {len(self.population)} strata, of {self.register_size:,} registered",
                f"left out: {left_out}",
                f"frame digest {self.digest}",
            ]
        )

    def __repr__(self) -> str:
        return str(self)


def frame_digest(pairs: Iterable[tuple[str, str]]) -> str:
    """Give the SHA-256 over each unit's case id, a tab, its stratum label and a newline, sorted by id."""
    text = "".join(f"{case}\t{stratum}\n" for case, stratum in sorted(pairs))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def build_frame(
    register: Register | pd.DataFrame | str | Path,
    *,
    strata: object,
    eligible: object = None,
    exclude: object = None,
    stay_clear_of: Mapping[str, Iterable[str]] | None = None,
) -> Frame:
    """Keep the cases that could be drawn, and say of every other why it could not.

    Parameters
    ----------
    register : a Register, or a DataFrame with a column case_id, or the path of a register.
    strata : names of columns, or {name, column, groups: {label: [codes]}} or {name, column, bands: {label: lowest}}.
    eligible : rules that must all hold, such as {"column": "referral_date", "from": ..., "to": ...}.
    exclude : rules of which none may hold. stay_clear_of : mapping of an earlier round's name to its case ids.

    Returns
    -------
    Frame. Every case left out is counted once, under the first rule that leaves it out.

    Raises
    ------
    RegisterError naming every unknown column, bad date, empty or doubtful stratum cell at once.
    """
    if not isinstance(register, Register):
        register = read_register(register)
    place = Place(register.name, register.sheet)
    columns, problems = parse_strata(strata, place)
    must, wrong_must = parse_rules(eligible, place, "eligible")
    never, wrong_never = parse_rules(exclude, place, "exclude")
    problems += wrong_must + wrong_never
    problems += _unknown_columns(register, columns, (*must, *never)) + _taken_names(register, columns)
    problems += _date_problems(register, (*must, *never))
    raise_if(problems, RegisterError)
    kept, exclusions = _apply(register, must, never, stay_clear_of or {})
    if not kept:
        counted = "; ".join(f"{reason}: {count:,}" for reason, count in exclusions)
        raise RegisterError(Problem(f"no case is eligible ({counted})", place, "Look at the rules of the plan."))
    ids = register.cases[CASE_ID].tolist()
    kept = sorted(kept, key=ids.__getitem__)
    labels, joined = _labelled(register, kept, columns)
    cases = register.cases.iloc[kept]
    units = _units(cases, labels, joined)
    return Frame(
        units=units,
        cases=cases.reset_index(drop=True),
        strata=columns,
        population=dict(sorted(Counter(joined).items())),
        register_size=len(register),
        exclusions=exclusions,
        digest=frame_digest(zip(units[CASE_ID], units[STRATUM], strict=True)),
        files=register.files,
        rule=_rule(columns, must, never, bool(stay_clear_of)),
        notes=register_notes(register),
    )


def _rule(
    columns: Sequence[StratumColumn], must: Sequence[Rule], never: Sequence[Rule], stay_clear: bool
) -> dict[str, object]:
    return {
        "eligible": [rule.shape() for rule in must],
        "exclude": [rule.shape() for rule in never],
        "strata": [column.rule() for column in columns],
        "stays_clear_of_earlier_rounds": stay_clear,
    }


def _unknown_columns(register: Register, columns: Sequence[StratumColumn], rules: Sequence[Rule]) -> list[Problem]:
    names = list(register.cases.columns)
    wanted = [*[column.column for column in columns], *[rule.column for rule in rules]]
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


def _apply(
    register: Register, must: Sequence[Rule], never: Sequence[Rule], stay_clear_of: Mapping[str, Iterable[str]]
) -> tuple[list[int], tuple[tuple[str, int], ...]]:
    tests: list[tuple[str, list[str], frozenset[str]]] = []
    for rule, excluding in [*[(rule, False) for rule in must], *[(rule, True) for rule in never]]:
        cells = register.cases[rule.column].tolist()
        refused = frozenset(cell for cell in set(cells) if rule.holds(cell) == excluding)
        tests.append((rule.failure(excluding=excluding), cells, refused))
    for name, cases in stay_clear_of.items():
        tests.append((f"audited in {name}", register.cases[CASE_ID].tolist(), frozenset(cases)))
    counts: Counter[str] = Counter(dict.fromkeys((reason for reason, _, _ in tests), 0))
    kept = []
    for position in range(len(register)):
        reason = next((reason for reason, cells, refused in tests if cells[position] in refused), None)
        if reason is None:
            kept.append(position)
        else:
            counts[reason] += 1
    return kept, tuple(counts.items())


def _labelled(
    register: Register, kept: Sequence[int], columns: Sequence[StratumColumn]
) -> tuple[dict[str, list[str]], list[str]]:
    """Give each stratum column's labels, and the stratum of each unit, or raise every problem of theirs."""
    cases = register.cases.iloc[list(kept)]
    problems: list[Problem] = []
    labels: dict[str, list[str]] = {}
    for column in columns:
        cells = [str(cell) for cell in cases[column.column]]

        def place(position: int, name: str = column.column) -> Place:
            return register.place(kept[position], name)

        problems += label_problems(column, cells, place)
        known = {cell: column.label(cell) or "" for cell in set(cells)}
        labels[column.name] = [known[cell] for cell in cells]
    parts = list(zip(*labels.values(), strict=True))
    joined = [JOINER.join(values) for values in parts]
    if len(set(parts)) > len(set(joined)):
        where = Place(register.name, register.sheet)
        mend = f'Take "{JOINER}" out of the values that strata are made from.'
        problems.append(Problem("two strata would have the same label", where, mend))
    raise_if(problems, RegisterError)
    return labels, joined


def _units(cases: pd.DataFrame, labels: Mapping[str, Sequence[str]], joined: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    made = {name: pd.Series(list(values), index=cases.index, dtype=object) for name, values in labels.items()}
    made[STRATUM] = pd.Series(list(joined), index=cases.index, dtype=object)
    others = {name: cases[name] for name in cases.columns if name != CASE_ID and name not in made}
    return pd.DataFrame({CASE_ID: cases[CASE_ID], **made, **others}).reset_index(drop=True)
