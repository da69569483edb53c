"""A cell of the calibration - what is compared, design, null, level - and what one chunk of its rounds gives.

A chunk's seed is made from the cell's name and the chunk's number, so that every cell can be measured again alone, a
run that was broken off goes on where it stood, and more replicates are added without touching those there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from audit_toolkit.improvement.estimates.design import FloatArray
from benchmarks import calibration_nulls as nulls
from benchmarks import calibration_pooled as pooled
from benchmarks import calibration_rounds as rounds
from benchmarks import calibration_stratified as stratified
from benchmarks import calibration_toolkit as toolkit
from benchmarks.calibration_designs import DESIGNS, QUICK
from benchmarks.calibration_intervals import TOOLKIT, every_interval, sums

SHARES, GRADES = "shares", "grades"
MEANS = "means"
CLUSTERED = "toolkit, auditors named"
QUICK_LEVELS = ("0.5", "0.95", "mixed", "mixed, turned round")
CREW_DESIGNS, CREW_LEVELS = ("one stratum", "proportional", "equal"), ("0.2", "0.5", "0.8")
QUICK_CREWS = (f"{nulls.AUDITORS}, others, 4", f"{nulls.AUDITORS}, others, 8", f"{nulls.AUDITORS}, the same, 4")
STARTS = ("0.3", "0.5", "0.7")
# Rounds held to the public verbs and to the libraries in each cell.
CHECKED = 2

Record = dict[str, object]
Rounds = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Cell:
    """What is compared (shares or grades), the design, what is true, and at which level."""

    kind: str
    design: str
    null: str
    level: str

    @property
    def name(self) -> str:
        """The cell's name, from which its seed is made."""
        return " | ".join((self.kind, self.design, self.null, self.level))

    @property
    def true(self) -> nulls.Scenario:
        """What is true in it. A rise of grades is one of the share graded good or better."""
        found = nulls.scenario(self.design, self.null, self.level)
        if found is None:
            raise ValueError(f"{self.name} does not exist")
        if self.kind == GRADES and self.null in nulls.RISES:
            least, most = (float(mix[2:].sum()) for mix in (rounds.POOR, rounds.GOOD))
            first, second = ((each - least) / (most - least) for each in (found.shares1, found.shares2))
            return replace(found, shares1=first, shares2=second)
        return found

    def seed(self, chunk: int) -> np.random.Generator:
        """Give the generator of one chunk."""
        digest = hashlib.sha256(f"{self.name} | {chunk}".encode()).digest()
        return np.random.default_rng(np.random.SeedSequence(int.from_bytes(digest[:16], "big")))

    def throw(self, chunk: int, times: int) -> Rounds:
        """Throw a chunk's rounds, of a cell whose auditors do not differ."""
        throw = rounds.throw_shares if self.kind == SHARES else rounds.throw_grades
        return throw(self.true, self.seed(chunk), times)


def every_cell(*, quick: bool) -> list[Cell]:
    """List the cells there are; the quick run's are some of them."""
    return [each for kind in (SHARES, GRADES) for each in _of_kind(kind, quick)]


def _of_kind(kind: str, quick: bool) -> Iterator[Cell]:
    designs = QUICK if quick else tuple(DESIGNS)
    for design in designs:
        for null in nulls.NULLS:
            for level in QUICK_LEVELS if quick else nulls.LEVELS:
                if nulls.scenario(design, null, level) is not None:
                    yield Cell(kind, design, null, level)
        for rise in nulls.RISES:
            yield from (Cell(kind, design, rise, start) for start in (("0.5",) if quick else STARTS))
    for design in ("proportional",) if quick else CREW_DESIGNS:
        for crew in QUICK_CREWS if quick else nulls.CREWS:
            yield from (Cell(kind, design, crew, level) for level in (("0.5",) if quick else CREW_LEVELS))


def measure_chunk(cell: Cell, chunk: int, times: int) -> Record:
    """Throw one chunk of a cell's rounds and count, by method, how often each finds better and worse."""
    record: Record = {"cell": cell.name, "chunk": chunk, "times": times}
    true = cell.true
    if true.crew is not None:
        return {**record, "alarms": _counted(_crewed(cell, chunk, times))}
    earlier, later = cell.throw(chunk, times)
    if cell.kind == GRADES:
        if chunk == 0:
            toolkit.check_grades(true, earlier, later, CHECKED)
            stratified.check_ranks(earlier, later, CHECKED)
        return {**record, "alarms": _counted(grade_sides(true, earlier, later))}
    if chunk == 0:
        toolkit.check_shares(true, earlier, later, CHECKED)
        stratified.check_mantel(true, earlier, later, CHECKED)
        pooled.check_tables(int(true.n1.sum()), int(true.n2.sum()), cell.seed(-1), CHECKED)
    record["alarms"] = _counted(share_sides(true, earlier, later))
    if cell.null == nulls.SAME_POPULATION:
        truth = float(true.shares1 @ true.population1 / true.population1.sum())
        record["intervals"] = sums(every_interval(true, earlier), truth)
    return record


def share_sides(true: nulls.Scenario, good1: FloatArray, good2: FloatArray) -> dict[str, toolkit.Sides]:
    """Say where each method finds a better and a worse share."""
    found = {
        TOOLKIT: toolkit.shares(true, good1, good2),
        stratified.SURVEY: stratified.survey_sides(true, good1, good2, False),
        stratified.SURVEY_FPC: stratified.survey_sides(true, good1, good2, True),
        stratified.YAN_SU: stratified.yan_su(true, good1, good2),
        stratified.MANTEL: stratified.mantel_haenszel(true, good1, good2),
    }
    at = good1.sum(axis=1).astype(int), good2.sum(axis=1).astype(int)
    for name, table in pooled.tables(int(true.n1.sum()), int(true.n2.sum())).items():
        found[name] = table[at] > 0, table[at] < 0
    return found


def grade_sides(true: nulls.Scenario, counts1: FloatArray, counts2: FloatArray) -> dict[str, toolkit.Sides]:
    """Say where each method finds better and worse grades, or a better and a worse mean of their points."""
    return {
        TOOLKIT: toolkit.grades(true, counts1, counts2),
        stratified.VAN_ELTEREN: stratified.van_elteren(counts1, counts2),
        stratified.RANK: stratified.pooled_ranks(counts1, counts2),
        f"{TOOLKIT}, {MEANS}": toolkit.means(true, counts1, counts2),
        f"{stratified.SURVEY}, {MEANS}": stratified.survey_mean_sides(true, counts1, counts2, False),
        f"{stratified.SURVEY_FPC}, {MEANS}": stratified.survey_mean_sides(true, counts1, counts2, True),
    }


def _crewed(cell: Cell, chunk: int, times: int) -> dict[str, toolkit.Sides]:
    true, rng = cell.true, cell.seed(chunk)
    if cell.kind == GRADES:
        return grade_sides(true, *rounds.throw_crewed_grades(true, rng, times))
    thrown = rounds.throw_crewed(true, rng, times)
    good = rounds.by_stratum(thrown.answers1, true.n1), rounds.by_stratum(thrown.answers2, true.n2)
    found = share_sides(true, *good)
    named = toolkit.clustered(true, thrown)
    if named is None:
        return found
    if chunk == 0:
        toolkit.check_clustered(true, thrown, named, CHECKED)
    return {**found, CLUSTERED: named}


def _counted(sides: dict[str, toolkit.Sides]) -> dict[str, list[int]]:
    return {name: [int(up.sum()), int(down.sum())] for name, (up, down) in sides.items()}
