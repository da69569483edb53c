"""The sampling frame: eligible units, one row each, with the stratum of each and a digest of the whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.register.apart import MUST_AUDIT, on_list, set_apart, stay_clear
from audit_toolkit.register.candidates import apply_rules, candidates, children_of, frame_rules, refuse_none
from audit_toolkit.register.register import Register, RegisterFile, read_register, register_notes
from audit_toolkit.register.small_strata import SmallStrata, join_small
from audit_toolkit.register.strata import StratumColumn
from audit_toolkit.register.units import Unit
from audit_toolkit.terms import CASE_ID, STRATUM

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """The eligible units of a register.

    `units` has one row a unit, sorted by case_id: case_id, the stratum columns, stratum, then the register's
    other columns. `cases` holds the same units in the same order, every column as the register has it, also
    where a stratum of the same name groups it. `population` gives N_h, the units of each stratum, and
    `population_all` what it was before the frame stayed clear of earlier rounds, where it did; `exclusions` the
    reason and the number of cases left out; `digest` the SHA-256 of ids and strata, the same whatever file they
    came from. `certain` and `certain_cases` hold, like `units` and `cases`, what must be audited beside the
    sample. Where a unit is several cases, `unit` says which and `children` has the eligible cases of every unit.
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
    population_all: Mapping[str, int] = field(default_factory=dict)
    unit: Unit | None = None
    children: pd.DataFrame | None = None
    certain: pd.DataFrame | None = None
    certain_cases: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.units)

    @property
    def stratum_columns(self) -> tuple[str, ...]:
        """The names of the columns the strata are made from."""
        return tuple(column.name for column in self.strata)

    @property
    def case_count(self) -> int:
        """The cases that the units of the frame hold: as many as units, where a unit is a case."""
        return self.register_size - sum(count for _, count in self.exclusions)

    def to_frame(self) -> pd.DataFrame:
        """Give a copy of the units, one row each."""
        return self.units.copy()

    def size_words(self) -> str:
        """Say how many units there are: "59 eligible cases", or families with the cases they hold."""
        if self.unit is None:
            return f"{len(self):,} eligible cases"
        return f"{len(self):,} eligible units ({self.unit.column}), which hold {self.case_count:,} cases"

    def __str__(self) -> str:
        left_out = "; ".join(f"{reason}: {count:,}" for reason, count in self.exclusions) or "none"
        held = "" if self.unit is None else f" holding {self.case_count:,} cases"
        strata = f"in {len(self.population)} strata"
        return "\n".join(
            [
                f"Frame of {len(self):,} units{held} {strata}, of {self.register_size:,} registered",
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
    must_audit: Sequence[str] | None = None,
    small_strata: SmallStrata | None = None,
    unit: Unit | str | None = None,
    fold_case: bool = True,
) -> Frame:
    """Keep the cases that could be drawn, and say of every other why it could not.

    Parameters
    ----------
    register : a Register, or a DataFrame with a column case_id, or the path of a register.
    strata : names of columns, or {name, column, groups: {label: [codes]}} or {name, column, bands: {label: lowest}}.
    eligible : rules that must all hold, such as {"column": "referral_date", "from": ..., "to": ...}.
    exclude : rules of which none may hold. stay_clear_of : mapping of an earlier round's name to its case ids.
    must_audit : ids of units to be audited whatever is drawn; they leave the frame, and need not be eligible.
    small_strata : a rule by which strata with few units are joined into one.
    unit : the column whose value is drawn, such as the family; default the case. A unit is eligible where one of
        its cases is, and its cases must be of one stratum.
    fold_case : refuse names of units that differ by case alone (default).

    Returns
    -------
    Frame. Every case left out is counted once, under the first rule that leaves it out: those of the register
    first, then the must-audit list, then the earlier rounds.

    Raises
    ------
    RegisterError naming every unknown column, bad date, empty or doubtful stratum cell at once.
    """
    if not isinstance(register, Register):
        register = read_register(register)
    rules = frame_rules(register, strata, eligible, exclude, unit)
    positions, counts = apply_rules(register, rules)
    refuse_none(register, positions, counts)
    found = candidates(register, positions, rules, fold_case=fold_case)
    listed = [] if must_audit is None else on_list(found, register, rules, must_audit)
    apart = set(listed)
    rest = [each for each in range(len(found.strata)) if each not in apart]
    if must_audit is not None:
        counts[MUST_AUDIT] = counts.get(MUST_AUDIT, 0) + found.held(listed)
    kept, clear_counts = stay_clear(register, rules, found, rest, stay_clear_of or {})
    counts |= clear_counts
    refuse_none(register, kept, counts)
    inside = found.only(kept)
    labels, notes = _joined(inside.strata, small_strata)
    became = {"": "", **dict(zip(inside.strata, labels, strict=True))}
    # A stratum that earlier rounds left nothing of is as small as a stratum can be.
    others = {} if small_strata is None else dict.fromkeys(set(found.strata) - set(became), small_strata.become)
    renamed = {**others, **became}
    before = Counter(renamed.get(found.strata[each], found.strata[each]) for each in rest) if stay_clear_of else {}
    certain = None if must_audit is None else set_apart(register, rules, found, listed, must_audit)
    units = inside.units(labels)
    return Frame(
        units=units,
        cases=inside.cases.reset_index(drop=True),
        strata=rules.strata,
        population=dict(sorted(Counter(labels).items())),
        register_size=len(register),
        exclusions=tuple(counts.items()),
        digest=frame_digest(zip(units[CASE_ID], units[STRATUM], strict=True)),
        files=register.files,
        rule={
            **rules.shape(),
            "small_strata": None if small_strata is None else small_strata.rule(renamed),
            "stays_clear_of_earlier_rounds": bool(stay_clear_of),
            "must_audit_apart": must_audit is not None,
        },
        notes=(*register_notes(register), *notes),
        population_all=dict(sorted(before.items())),
        unit=rules.unit,
        children=children_of(register, [inside] if certain is None else [inside, certain]),
        certain=None if certain is None else certain.units([renamed.get(label, label) for label in certain.strata]),
        certain_cases=None if certain is None else certain.cases.reset_index(drop=True),
    )


def _joined(strata: Sequence[str], rule: SmallStrata | None) -> tuple[Sequence[str], Sequence[str]]:
    """Join the small strata where a rule says so, and say which."""
    return (strata, ()) if rule is None else join_small(strata, rule)
