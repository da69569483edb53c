"""What each column of a register holds, and what is suspicious in it without being wrong."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audit_toolkit.errors import Place, Problem
from audit_toolkit.files import parse_date

Placer = Callable[[int], Place]
# A column with at most so many different values could be one that strata are made from.
FEW_VALUES = 40
# A column is one of dates where most of its filled cells are.
MOSTLY = 0.8
EMPTY = 0.9
NEARLY = 0.98
ERRORS = ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")
ISO = re.compile(r"\d{4}-")
DECIMAL = re.compile(r"-?\d+\.\d{3,}")


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """A column: how many cells are filled, how many differ, and what they look like in a few words."""

    name: str
    filled: int
    distinct: int
    holds: str


def column_profile(name: str, cells: Sequence[str]) -> ColumnProfile:
    """Say what a column holds."""
    counts = Counter(cell for cell in cells if cell)
    filled = sum(counts.values())
    return ColumnProfile(name, filled, len(counts), _holds(counts, filled))


def _holds(counts: Counter[str], filled: int) -> str:
    if not counts:
        return "nothing"
    dates = _dates(counts)
    if sum(counts[cell] for cell in dates) >= MOSTLY * filled:
        days = sorted(dates.values())
        return f"dates from {days[0]} to {days[-1]}"
    if len(counts) == filled > 1:
        return f"all different, such as {', '.join(list(counts)[:2])}"
    if len(counts) <= 6:
        return ", ".join(f"{cell} ({number:,})" for cell, number in counts.most_common())
    example = ", ".join(list(counts)[:2])
    return f"{len(counts):,} different, such as {example}"


def _dates(cells: Counter[str]) -> dict[str, str]:
    found = {}
    for cell in cells:
        try:
            found[cell] = parse_date(cell).isoformat()
        except ValueError:
            continue
    return found


def column_suspicions(name: str, cells: Sequence[str], place: Placer) -> list[Problem]:
    """Name what a person should look at before drawing: each is kept as it is."""
    counts = Counter(cell for cell in cells if cell)
    where = place(0)
    return [
        *(_spellings(name, counts, cells, place) if len(counts) <= FEW_VALUES else []),
        *_date_suspicions(name, counts, cells, place),
        *_error_cells(name, counts, cells, place),
        *_line_breaks(name, counts, cells, place),
        *_emptiness(name, counts, len(cells), Place(where.file, where.sheet)),
    ]


def spellings_alike(cells: Sequence[str] | Counter[str]) -> list[list[str]]:
    """Give the groups of values that a person would read as the same: spaces, capitals, forms of a letter."""
    groups: dict[str, list[str]] = defaultdict(list)
    for cell in dict.fromkeys(cells):
        if cell.strip():
            groups[re.sub(r"\s+", " ", unicodedata.normalize("NFKC", cell)).strip().casefold()].append(cell)
    return [sorted(group) for group in groups.values() if len(group) > 1]


def _spellings(name: str, counts: Counter[str], cells: Sequence[str], place: Placer) -> list[Problem]:
    found = []
    for group in spellings_alike(counts):
        listed = ", ".join(f'"{cell}" ({counts[cell]:,})' for cell in group)
        what = f"{name} is spelt in several ways that look the same: {listed}"
        mend = f"Strata cannot be made from it so. Correct it, or map it: {{column: {name}, groups: {{label: [...]}}}}."
        found.append(Problem(what, place(sorted(cells.index(cell) for cell in group)[1]), mend))
    return found


def _date_suspicions(name: str, counts: Counter[str], cells: Sequence[str], place: Placer) -> list[Problem]:
    dates = _dates(counts)
    filled = sum(counts.values())
    if not filled or sum(counts[cell] for cell in dates) < MOSTLY * filled:
        return []
    problems = []
    others = [cell for cell in counts if cell not in dates]
    if others:
        what = f"{name} holds dates, and {sum(counts[cell] for cell in others):,} cells that are none"
        mend = "A rule on this column would refuse them: write 2010-01-31 or 31/01/2010."
        problems.append(Problem(f'{what}, such as "{others[0]}"', place(cells.index(others[0])), mend))
    if len({bool(ISO.match(cell)) for cell in dates}) > 1:
        what = f"{name} has dates written in two ways, 2010-01-31 and 31/01/2010"
        problems.append(Problem(what, place(0), "Both are read. Look that no month and day changed places."))
    return problems


def _error_cells(name: str, counts: Counter[str], cells: Sequence[str], place: Placer) -> list[Problem]:
    found = [cell for cell in counts if cell in ERRORS]
    if not found:
        return []
    number = sum(counts[cell] for cell in found)
    what = f"{name} holds {number:,} errors of a spreadsheet, such as {found[0]}, where a lookup found nothing"
    return [Problem(what, place(cells.index(found[0])), "They are kept as text. Fill them in at the source.")]


def _line_breaks(name: str, counts: Counter[str], cells: Sequence[str], place: Placer) -> list[Problem]:
    """Name cells that run over several lines: right in a note, and the sign of swallowed rows elsewhere."""
    found = [cell for cell in counts if "\n" in cell or "\r" in cell]
    if not found:
        return []
    what = f"{name} holds {sum(counts[cell] for cell in found):,} cells with a line break"
    mend = 'Right in a note. Elsewhere a stray quotation mark (") may have swallowed rows.'
    return [Problem(what, place(cells.index(found[0])), mend)]


def _emptiness(name: str, counts: Counter[str], size: int, where: Place) -> list[Problem]:
    filled = sum(counts.values())
    if not 0 < filled < (1 - EMPTY) * size:
        return []
    return [
        Problem(f"{name} is empty in {size - filled:,} of {size:,} rows", where, "Look that it was exported whole.")
    ]


def near_keys(names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[str]:
    """Give the columns that name nearly every row on its own but not all: an id that stands twice, perhaps."""
    found = []
    for name, cells in zip(names, columns, strict=True):
        distinct = len({cell for cell in cells if cell})
        if len(cells) >= 20 and NEARLY * len(cells) <= distinct < len(cells) and not _dates(Counter(cells[:5])):
            found.append(name)
    return found


def possible_keys(names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[str]:
    """Give the columns that are filled in every row and differ in every row: those that could hold the case ids."""
    return [
        name
        for name, cells in zip(names, columns, strict=True)
        if all(cells) and len(set(cells)) == len(cells) and not any(DECIMAL.fullmatch(cell) for cell in cells)
    ]
