"""How many cases each stratum of somebody else's sample stands for: a column, a file, a number, or weights."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from audit_toolkit.errors import FileError, Place, Problem, did_you_mean
from audit_toolkit.files import Table, read_table
from audit_toolkit.improvement.estimates.design import ROUNDING, whole
from audit_toolkit.register import total_rows

ALL_CASES: Final = "all cases"
JOINER: Final = " / "
COUNT: Final = re.compile(r"\d{1,12}(\.0+)?")
WEIGHT: Final = re.compile(r"\d+(\.\d*)?([eE][+-]?\d{1,2})?")
FILES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet", ".pq")


@dataclass(frozen=True, slots=True)
class PopulationAsked:
    """Where the counts are: `source` is a column, a file or a whole number; or `weight` a column of design weights.

    `count` names the column of counts of a file, `sheet` its sheet.
    """

    source: str | None = None
    weight: str | None = None
    count: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """N_h by stratum, and in words where it is from."""

    population: Mapping[str, float]
    source: str


def stratum_labels(table: Table, columns: Sequence[str]) -> list[str]:
    """Give each row's stratum: its columns joined, or one stratum for all."""
    if not columns:
        return [ALL_CASES] * len(table.rows)
    return [JOINER.join(row) for row in table.cells[list(columns)].itertuples(index=False, name=None)]


def read_counts(
    table: Table, labels: Sequence[str], columns: Sequence[str], asked: PopulationAsked
) -> tuple[Counts, list[Problem]]:
    """Read how many cases each stratum has, from wherever that is said."""
    source = asked.source
    if asked.weight is not None:
        return _weighed(table, labels, asked.weight)
    if source is None:
        counts = "Name a column of counts, a file of counts, or the number of cases (--population)"
        mend = f"{counts}; or a column of weights (--weight)."
        return Counts({}, ""), [Problem("nothing says how many cases each stratum has", table.name, mend)]
    if source in table.columns:
        return _column(table, labels, source)
    if COUNT.fullmatch(source):
        return _number(table, labels, source)
    if source.lower().endswith(FILES):
        return _file(table, labels, columns, asked)
    mend = f"{did_you_mean(source, table.columns)} Or give a file (.csv, .xlsx) or a whole number."
    return Counts({}, ""), [Problem(f'there is no column "{source}" for the population', table.heading_place(), mend)]


def _number(table: Table, labels: Sequence[str], source: str) -> tuple[Counts, list[Problem]]:
    known = list(dict.fromkeys(labels))
    if len(known) > 1:
        what = f"one population, {source}, is given for {len(known)} strata"
        return Counts({}, ""), [Problem(what, table.name, "Name a column or a file that has the count of each.")]
    return Counts({known[0]: float(source)}, f"{float(source):,.0f}, as given"), []


def _column(table: Table, labels: Sequence[str], column: str) -> tuple[Counts, list[Problem]]:
    """Take a column of counts that must be alike within each stratum."""
    cells = table.cells[column].tolist()
    problems, counts = _alike(table, labels, column, cells, COUNT, "a whole number of cases", 0.0)
    return Counts(counts, f'column "{column}"'), problems


def _weighed(table: Table, labels: Sequence[str], column: str) -> tuple[Counts, list[Problem]]:
    """Take N_h as the sum of the design weights of a stratum, which must be alike within it."""
    cells = table.cells[column].tolist()
    problems, weights = _alike(table, labels, column, cells, WEIGHT, "a design weight", ROUNDING)
    sums = {label: whole(weight * labels.count(label)) for label, weight in weights.items()}
    return Counts(sums, f'sums of the weights in column "{column}"'), problems


def _alike(
    table: Table,
    labels: Sequence[str],
    column: str,
    cells: Sequence[str],
    pattern: re.Pattern[str],
    noun: str,
    tolerance: float,
) -> tuple[list[Problem], dict[str, float]]:
    """Read numbers above 0 that are alike within each stratum; name each row that holds another."""
    problems: list[Problem] = []
    first: dict[str, tuple[float, int]] = {}
    for position, (label, cell) in enumerate(zip(labels, cells, strict=True)):
        where = table.place(position, column)
        number = float(cell) if pattern.fullmatch(cell) else 0.0
        if not number > 0:
            what = f"{cell} is not {noun}" if cell else f"the cell is empty, and {noun} must stand here"
            problems.append(Problem(what, where, "Give every row the number of its stratum."))
            continue
        known, at = first.setdefault(label, (number, position))
        if abs(number - known) > tolerance * known:
            what = f'stratum "{label}" has {known:g} in row {table.rows[at]} and {number:g} here'
            problems.append(Problem(what, where, "Within a stratum it must be one and the same."))
    return problems, {label: number for label, (number, _) in first.items()}


def _file(
    table: Table, labels: Sequence[str], columns: Sequence[str], asked: PopulationAsked
) -> tuple[Counts, list[Problem]]:
    """Take the counts from a file with the stratum columns and a column of counts."""
    if not columns:
        mend = "Give the number itself, or name the columns of the strata."
        return Counts({}, ""), [Problem("without strata a file of counts cannot be matched", str(asked.source), mend)]
    required = [*columns, *([asked.count] if asked.count else [])]
    try:
        counts = read_table(str(asked.source), sheet=asked.sheet, required=required)
    except FileError as refused:
        return Counts({}, ""), list(refused.problems)
    column, problems = _count_column(counts, columns, asked.count)
    if column is None:
        return Counts({}, ""), problems
    population: dict[str, float] = {}
    at: dict[str, int] = {}
    for position, label in enumerate(stratum_labels(counts, columns)):
        cell, where = str(counts.cells[column].iloc[position]), counts.place(position, column)
        if label not in labels and total_rows(list(counts.cells[list(columns)].iloc[position])):
            what = f'"{label}" is a word for a sum and no stratum of the sample'
            problems.append(Problem(what, counts.place(position), "Take the row out."))
        elif not COUNT.fullmatch(cell):
            problems.append(Problem(f'"{cell}" is not a whole number of cases', where, "Give how many there are."))
        elif label in population:
            what = f'stratum "{label}" stands again, first in row {counts.rows[at[label]]}'
            problems.append(Problem(what, counts.place(position), "Give every stratum once."))
        else:
            population[label], at[label] = float(cell), position
    if not problems:
        problems = _not_in_file(table, labels, population, counts.name)
    return Counts(population, f'{counts.name}, column "{column}"'), problems


def _count_column(counts: Table, columns: Sequence[str], named: str | None) -> tuple[str | None, list[Problem]]:
    if named is not None:
        return named, []
    others = [name for name in counts.columns if name not in columns]
    if len(others) == 1:
        return others[0], []
    listed = f"{', '.join(others)} could hold it" if others else "there is no column beside the strata"
    where = Place(counts.name, counts.sheet)
    mend = "Name it: --population-count." if others else "Add a column with the number of cases."
    return None, [Problem(f"which column has the number of cases is not said: {listed}", where, mend)]


def _not_in_file(table: Table, labels: Sequence[str], population: Mapping[str, float], name: str) -> list[Problem]:
    return [
        Problem(
            f'stratum "{label}" is not in {name}', table.place(labels.index(label)), did_you_mean(label, population)
        )
        for label in dict.fromkeys(labels)
        if label not in population
    ]
