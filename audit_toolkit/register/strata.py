"""Strata: parts of the frame drawn from on their own, made from columns, bands or a mapping of codes."""

from __future__ import annotations

import datetime
import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from audit_toolkit.errors import Place, Problem, did_you_mean
from audit_toolkit.files import parse_date
from audit_toolkit.register.profile import spellings_alike

STRATUM_KEYS = ("name", "column", "groups", "bands", "age_on")
JOINER = " / "
STRAY_QUOTE = 'Look for a stray quotation mark (") in this row or the one before, mend the file and read it again.'
NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class StratumColumn:
    """One column that strata are made from.

    `groups` maps a label to the codes it stands for. `bands` maps a label to the lowest number of its band,
    lowest first; with `age_on` the column holds dates of birth and the number is the age in completed years.
    """

    name: str
    column: str
    groups: Mapping[str, tuple[str, ...]] | None = None
    bands: Mapping[str, Decimal] | None = None
    age_on: datetime.date | None = None

    def label(self, cell: str) -> str | None:
        """Give the label of a cell, or None where no group or band takes it."""
        if self.groups is not None:
            return next((label for label, codes in self.groups.items() if cell in codes), None)
        if self.bands is None:
            return cell
        number = self.number(cell)
        if number is None:
            return None
        return next((label for label, low in reversed(list(self.bands.items())) if number >= low), None)

    def number(self, cell: str) -> Decimal | None:
        """Give the number of a cell, or the age where it holds a date of birth; None where it is neither."""
        try:
            if self.age_on is not None:
                born = parse_date(cell)
                before = (self.age_on.month, self.age_on.day) < (born.month, born.day)
                return Decimal(self.age_on.year - born.year - before)
        except ValueError:
            return None
        return Decimal(cell) if NUMBER.fullmatch(cell) else None

    def rule(self) -> dict[str, object]:
        """Give the definition as plain values, so that two rounds' strata can be compared."""
        return {
            "name": self.name,
            "column": self.column,
            "groups": {label: sorted(codes) for label, codes in self.groups.items()} if self.groups else None,
            "bands": {label: str(low) for label, low in self.bands.items()} if self.bands else None,
            "age": self.age_on is not None,
        }


def parse_strata(entries: object, place: Place | str) -> tuple[tuple[StratumColumn, ...], list[Problem]]:
    """Read a plan's strata: names of columns, or {name, column, groups or bands}."""
    listed = [entries] if isinstance(entries, (str, Mapping)) else entries
    if not isinstance(listed, Sequence) or not listed:
        return (), [Problem("strata names no column", place, "Write it as strata: [area, outcome].")]
    columns: list[StratumColumn] = []
    problems: list[Problem] = []
    for entry in listed:
        if isinstance(entry, StratumColumn):
            columns.append(entry)
        elif isinstance(entry, str):
            columns.append(StratumColumn(entry, entry))
        else:
            column, found = _parse_column(entry, place)
            problems += found
            columns += [column] if column else []
    names = Counter(column.name for column in columns)
    problems += [
        Problem(f'strata names "{name}" {count} times', place, "Name each once.")
        for name, count in names.items()
        if count > 1
    ]
    return tuple(columns), problems


def _parse_column(entry: object, place: Place | str) -> tuple[StratumColumn | None, list[Problem]]:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("column"), str):
        mend = "Write it as {name: age, column: age_years, bands: {under 5: 0, 5 and over: 5}}."
        return None, [Problem("an entry of strata names no column", place, mend)]
    problems = [
        Problem(f'"{key}" is not part of a stratum column', place, did_you_mean(str(key), STRATUM_KEYS))
        for key in entry
        if key not in STRATUM_KEYS
    ]
    if "groups" in entry and "bands" in entry:
        problems.append(Problem(f'"{entry["column"]}" has both groups and bands', place, "Keep one of them."))
    groups, wrong_groups = _parse_groups(entry.get("groups"), place)
    bands, wrong_bands = _parse_bands(entry.get("bands"), place)
    age_on = entry.get("age_on")
    if age_on is not None and (not isinstance(age_on, datetime.date) or bands is None):
        mend = "Write age_on: 2010-01-31 beside bands."
        problems.append(Problem(f"age_on: {age_on} is not a date for bands of age", place, mend))
        age_on = None
    name = entry.get("name", entry["column"])
    if not isinstance(name, str) or not name.strip():
        problems.append(Problem(f"name: {name} is not text", place, 'Put it in quotation marks: name: "age".'))
    problems += wrong_groups + wrong_bands + _wrong_labels(groups or bands or {}, place)
    if problems:
        return None, problems
    return StratumColumn(str(name), entry["column"], groups, bands, age_on), []


def _wrong_labels(labels: Mapping[str, object], place: Place | str) -> list[Problem]:
    return [
        Problem(f'the label "{label}" is empty or holds a line break or a tab', place, "Give it a plain name.")
        for label in labels
        if not label.strip() or re.search(r"[\r\n\t]", label)
    ]


def _parse_groups(value: object, place: Place | str) -> tuple[dict[str, tuple[str, ...]] | None, list[Problem]]:
    if value is None:
        return None, []
    mend = "Write groups as {label: [code, code]}, codes as text."
    if not isinstance(value, Mapping) or not value:
        return None, [Problem("groups is not a mapping of labels to codes", place, mend)]
    groups: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for label, codes in value.items():
        listed = [codes] if isinstance(codes, str) else codes
        if not isinstance(listed, Sequence) or not all(isinstance(code, str) for code in listed):
            problems.append(Problem(f'the codes of the group "{label}" are not all text', place, mend))
        else:
            groups[str(label)] = tuple(listed)
    counts = Counter(code for codes in groups.values() for code in codes)
    problems += [
        Problem(f'the code "{code}" stands in {count} groups', place, "Keep it in one group.")
        for code, count in counts.items()
        if count > 1
    ]
    return groups, problems


def _parse_bands(value: object, place: Place | str) -> tuple[dict[str, Decimal] | None, list[Problem]]:
    if value is None:
        return None, []
    mend = "Write bands as {label: lowest number}, lowest first."
    if not isinstance(value, Mapping) or not value:
        return None, [Problem("bands is not a mapping of labels to lowest numbers", place, mend)]
    for label, low in value.items():
        if isinstance(low, bool) or not isinstance(low, (int, float, Decimal)) or not math.isfinite(low):
            return None, [Problem(f'the lowest number of the band "{label}" is {low}', place, mend)]
    bands = {str(label): Decimal(str(low)) for label, low in value.items()}
    lows = list(bands.values())
    if any(low >= high for low, high in itertools.pairwise(lows)):
        return None, [Problem("the bands are not in order, lowest first", place, mend)]
    return bands, []


def label_problems(column: StratumColumn, cells: Sequence[str], place: Callable[[int], Place]) -> list[Problem]:
    """Name the values of a stratum column that cannot be placed, with their counts, and empty cells by row."""
    counts = Counter(cells)
    empty = {cell for cell in counts if not cell.strip()}
    broken = {cell for cell in counts if re.search(r"[\r\n\t]", cell)} - empty
    halves = {cell for cell in counts if re.search(r"[\ud800-\udfff]", cell)}
    problems = [
        Problem(what, place(position), mend)
        for found, what, mend in (
            (empty, "the cell is empty", "Fill it in, or exclude such cases by a rule."),
            (broken, "the cell holds a line break or a tab", STRAY_QUOTE),
            (halves, "the cell holds half a character", "Export the register again."),
        )
        if found
        for position, cell in enumerate(cells)
        if cell in found
    ]
    problems = [Problem(f"{each.what}, and strata are made from it", each.where, each.mend) for each in problems]
    unplaced = {cell for cell in counts if cell not in empty and column.label(cell) is None}
    if unplaced:
        where = place(next(position for position, cell in enumerate(cells) if cell in unplaced))
        listed = ", ".join(f'"{cell}" ({counts[cell]})' for cell in sorted(unplaced))
        kind = "group" if column.groups is not None else "band"
        mend = f"Add them to a {kind} of {column.name} in the plan, or exclude such cases by a rule."
        problems.append(Problem(f"no {kind} of {column.name} takes the values {listed}", where, mend))
    as_they_are = column.groups is None and column.bands is None
    return problems + (_near_identical(column, cells, place) if as_they_are else [])


def _near_identical(column: StratumColumn, cells: Sequence[str], place: Callable[[int], Place]) -> list[Problem]:
    counts = Counter(cell for cell in cells if cell.strip())
    problems = []
    mend = f"Correct the register, or map them: strata: [{{column: {column.column}, groups: {{label: [...]}}}}]."
    for spellings in spellings_alike(counts):
        where = place(sorted(cells.index(cell) for cell in spellings)[1])
        listed = ", ".join(f'"{cell}" ({counts[cell]})' for cell in spellings)
        what = f"{column.column} is spelt in several ways that look the same: {listed}"
        problems.append(Problem(what, where, mend))
    return problems
