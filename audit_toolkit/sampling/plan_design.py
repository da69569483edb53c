"""The parts of a plan that shape the draw beyond its size: units, small strata, allocation, earlier rounds, lists."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from audit_toolkit.register import SmallStrata, Unit
from audit_toolkit.sampling.reader import PlanReader, read_share
from audit_toolkit.terms import IMPROVEMENT

UNIT_KEYS = ("column", "one_child")
SMALL_KEYS = ("below", "become")
REAUDIT_KEYS = ("round", "share")
TARGET_KEYS = ("half_width", "spread")
# Which keys each method of allocation needs beside the size, and which it cannot use.
METHOD_KEYS = {
    "proportional": (),
    "equal": (),
    "neyman": ("spread",),
    "optimal": ("spread", "cost"),
    "bankier": ("spread", "power"),
    "multivariate": ("targets", "cost"),
}
OPTIONAL_KEYS = ("power", "cost")


@dataclass(frozen=True, slots=True)
class Reaudit:
    """A share of the sample taken on purpose from the cases of an earlier round."""

    folder: Path
    share: Fraction


@dataclass(frozen=True, slots=True)
class Target:
    """How exactly a measure must be known: half the width of its 95 % interval, and its spread by stratum."""

    half_width: Fraction
    spread: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class AllocationInputs:
    """What a method of allocation needs beside the population: numbers by stratum label, exactly as written."""

    spread: Mapping[str, Fraction] | None
    cost: Mapping[str, Fraction] | None
    power: Fraction | None
    targets: Mapping[str, Target]
    take_all: tuple[str, ...]


def plan_unit(top: PlanReader) -> Unit | None:
    """Read the unit: absent a case, a column, or {column, one_child}."""
    value = top.values.get("unit")
    if value is None:
        return None
    if isinstance(value, str):
        return Unit(value)
    inside = top.within("unit", UNIT_KEYS)
    column = inside.text("column", needed=True)
    one_child = inside.yes("one_child")
    top.problems += inside.problems
    return Unit(column, one_child)


def plan_small_strata(top: PlanReader) -> SmallStrata | None:
    """Read the rule by which small strata are joined."""
    if top.values.get("small_strata") is None:
        return None
    inside = top.within("small_strata", SMALL_KEYS)
    below = inside.optional_whole("below", lowest=2)
    become = inside.text("become", needed=True)
    if below is None and not inside.problems:
        inside.refuse("below", "below is missing", "Add below: 5, the fewest cases a stratum keeps its own name with.")
    top.problems += inside.problems
    return SmallStrata(below or 2, become)


def plan_reaudit(top: PlanReader, folder: Path) -> Reaudit | None:
    """Read which earlier round is audited again on purpose, and what share of the sample that is."""
    if top.values.get("reaudit") is None:
        return None
    inside = top.within("reaudit", REAUDIT_KEYS)
    name = inside.text("round", needed=True)
    share = inside.share("share", None)
    if share is None and not inside.problems:
        inside.refuse("share", "share is missing", "Add share: 30%, or another share of the sample.")
    top.problems += inside.problems
    return Reaudit(folder / name, share or Fraction(0))


def plan_clock(top: PlanReader) -> tuple[str | None, datetime.date | None]:
    """Read when the months of the recommendations begin: an event, or an event with its date."""
    value = top.values.get("clock")
    if value is None or isinstance(value, str):
        return value or None, None
    if isinstance(value, Mapping) and len(value) == 1:
        name, start = next(iter(value.items()))
        if isinstance(start, datetime.date):
            return str(name), start
    mend = "Write clock: inspection_end, or clock: {report_publication: 2009-11-24}."
    top.refuse("clock", "clock names no event", mend)
    return None, None


def plan_chosen(top: PlanReader, folder: Path, purpose: str) -> Path | None:
    """Read the list of cases chosen by hand, which only a round that is no sample may have."""
    name = top.text("cases")
    if name and purpose == IMPROVEMENT:
        what = "cases: names a list chosen by hand, and purpose: improvement needs a random sample"
        top.refuse("cases", what, "Write purpose: dip, thematic or multi-agency, or leave cases out.")
    return folder / name if name else None


def plan_allocation_inputs(top: PlanReader, method: str) -> AllocationInputs:
    """Read what the method of allocation needs, and refuse what it has no use for."""
    needed = METHOD_KEYS[method]
    for key in ("spread", "cost", "power", "targets"):
        given = top.values.get(key) is not None
        if given and key not in needed:
            top.refuse(key, f"{method} allocation does not use {key}", "Leave it out, or choose another allocation.")
        if not given and key in needed and not (key in OPTIONAL_KEYS and method != "optimal"):
            top.refuse(key, f"{method} allocation needs {key}", f"Add {key}: see the page on allocation.")
    power = top.values.get("power")
    return AllocationInputs(
        spread=plan_numbers(top, "spread"),
        cost=plan_numbers(top, "cost"),
        power=None if power is None else plan_number(top, "power", power),
        targets=_targets(top),
        take_all=top.texts("take_all"),
    )


def plan_numbers(reader: PlanReader, key: str) -> dict[str, Fraction] | None:
    """Take a mapping of stratum label to number, exactly as written."""
    value = reader.values.get(key)
    if value is None:
        return None
    if not isinstance(value, Mapping) or not value:
        reader.refuse(key, f"{key} is not a mapping of strata to numbers", f"Write {key}: {{North / closed: 0.5}}.")
        return None
    found = {str(label): plan_number(reader, key, each, f"{key} of {label}") for label, each in value.items()}
    return {label: each for label, each in found.items() if each is not None}


def plan_number(reader: PlanReader, key: str, value: object, name: str = "") -> Fraction | None:
    """Take one number of 0 or more, exactly as written: 0.1 is a tenth; a share may be written 20%."""
    if isinstance(value, str):
        share = read_share(value)
        if share >= 0:
            return share
    elif (
        not isinstance(value, bool) and isinstance(value, (int, float, Decimal)) and math.isfinite(value) and value >= 0
    ):
        return Fraction(str(value))
    reader.refuse(key, f"{name or key}: {value} is not a number of 0 or more", f"Write {key} as a number such as 0.5.")
    return None


def _targets(top: PlanReader) -> dict[str, Target]:
    value = top.values.get("targets")
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not value:
        mend = "Write targets: {record keeping: {half_width: 8%, spread: {North / closed: 0.5}}}."
        top.refuse("targets", "targets is not a mapping of measures", mend)
        return {}
    found: dict[str, Target] = {}
    for name in value:
        inside = top.within("targets", TARGET_KEYS, str(name))
        half_width = inside.values.get("half_width")
        if half_width is None:
            inside.refuse("half_width", f"the target {name} has no half_width", "Add half_width: 8%.")
        if inside.values.get("spread") is None:
            inside.refuse("spread", f"the target {name} has no spread", "Add spread: {North / closed: 0.5}.")
        width = None if half_width is None else plan_number(inside, "half_width", half_width)
        spread = plan_numbers(inside, "spread")
        top.problems += inside.problems
        found[str(name)] = Target(width or Fraction(0), spread or {})
    return found
