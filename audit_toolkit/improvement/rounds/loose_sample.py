"""A sample drawn elsewhere, from one file: its answers, its strata and how many cases each of them stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from audit_toolkit.errors import ChangeError, Problem, did_you_mean, raise_if
from audit_toolkit.files import Table, read_table, table_from_frame
from audit_toolkit.improvement.estimates.quantities import GRADES, SHARE
from audit_toolkit.improvement.rounds.loose_answers import AnswerRule, Answers, read_answers
from audit_toolkit.improvement.rounds.loose_population import (
    ALL_CASES,
    Counts,
    PopulationAsked,
    read_counts,
    stratum_labels,
)
from audit_toolkit.improvement.rounds.loose_rows import (
    alike_problems,
    beside_sums,
    case_problems,
    stratum_problems,
    sum_row_problems,
    too_many_drawn,
)
from audit_toolkit.register import sum_notes
from audit_toolkit.terms import CASE_ID, NA_RATING

EMPTY = "(empty)"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LooseSample:
    """A stratified sample as somebody else's file has it.

    `values` (n) are numbers, missing where there is no answer: of a share 1 for good and 0 for not, of grades with
    `ratings` 0 for the worst and upwards. `strata` and `domain` (n; "" where empty) have the same index, which holds
    case ids where a column of them was named. `population` maps stratum -> N_h.
    """

    name: str
    value: str
    kind: str
    values: pd.Series
    strata: pd.Series
    population: Mapping[str, float]
    domain: pd.Series | None = None
    ratings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[pd.Series, pd.Series, Mapping[str, float]]:
        """What every verb of estimation and comparison takes."""
        return self.values, self.strata, self.population

    @property
    def levels(self) -> tuple[str, ...]:
        """The subgroups of the domain, by their text."""
        return () if self.domain is None else tuple(sorted(dict.fromkeys(self.domain.tolist())))

    def counts(self) -> pd.DataFrame:
        """Give one row a stratum: N_h, the cases drawn and those with an answer."""
        drawn, answered = self.strata.value_counts(), self.strata[self.values.notna()].value_counts()
        rows = [(label, self.population[label], drawn[label], answered.get(label, 0)) for label in sorted(drawn.index)]
        return pd.DataFrame(rows, columns=["stratum", "population", "drawn", "answered"])

    def to_dict(self) -> dict[str, Any]:
        """Give what the sample is, without its rows, in JSON-safe values."""
        return {
            "name": self.name,
            "value": self.value,
            "kind": self.kind,
            "ratings": list(self.ratings),
            "cases": len(self.values),
            "answered": int(self.values.notna().sum()),
            "strata": [
                {"stratum": label, "population": held, "drawn": int(drawn), "answered": int(answered)}
                for label, held, drawn, answered in self.counts().itertuples(index=False, name=None)
            ],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        strata = self.strata.nunique()
        held = sum(self.population.values())
        first = f"{self.name}: {len(self.values)} cases in {strata} strata, standing for {held:,g}"
        return "\n".join([first, *self.notes[:10]])

    def __repr__(self) -> str:
        return str(self)


def read_loose_sample(
    source: str | Path | pd.DataFrame,
    *,
    value: str,
    kind: str = SHARE,
    strata: Sequence[str] = (),
    population: str | int | None = None,
    weight: str | None = None,
    population_count: str | None = None,
    population_sheet: str | None = None,
    case: str | None = None,
    domain: str | None = None,
    ratings: Sequence[str] = (),
    good: Sequence[str] = (),
    not_good: Sequence[str] = (),
    good_at: str | None = None,
    sheet: str | None = None,
    header_row: int = 1,
    encoding: str | None = None,
) -> LooseSample:
    """Read a sample that was drawn elsewhere: one row a case, with its answer and its stratum.

    Parameters
    ----------
    source : a file (.csv, .xlsx and whatever `read_table` reads) or a DataFrame. value : the column of answers.
    kind : share, mean, total or grades. strata : the columns strata are made of; none is one simple random sample.
    population : a column with N_h in every row, a file with the stratum columns and a column of counts, or a whole
        number for one stratum. weight : in its place a column of design weights; N_h is their sum in a stratum.
    population_count, population_sheet : the column of counts and the sheet of a file of counts.
    case : the column of case ids. domain : a column of subgroups to report on.
    ratings, good, not_good, good_at : what answers there are and which are good, as `AnswerRule`.
    sheet, header_row, encoding : how the file is read.

    Returns
    -------
    LooseSample. Empty cells and N/A are no answer, and are counted in the notes; nothing else is taken for one.

    Raises
    ------
    ChangeError with every cell that cannot be read, by its row as a spreadsheet shows it; FileError if the file cannot.

    Checked against: tests/improvement/test_loose_sample.py.
    """
    rule = AnswerRule(kind, tuple(ratings), tuple(good), tuple(not_good), good_at)
    rule.check()
    asked = PopulationAsked(None if population is None else str(population), weight, population_count, population_sheet)
    _check_sources(asked)
    if isinstance(source, str | Path):
        table = read_table(source, sheet=sheet, header_row=header_row, encoding=encoding)
    else:
        table = table_from_frame(source, "sample")
    _check_columns(table, [value, *strata, *(each for each in (case, domain, weight) if each is not None)])
    ids = None if case is None else table.cells[case].tolist()
    labels = stratum_labels(table, strata)
    answers, problems = read_answers(table, value, ids, rule)
    counts, more = read_counts(table, labels, strata, asked)
    sums = sum_row_problems(table, value, case)
    problems = [*problems, *more, *stratum_problems(table, strata), *case_problems(table, case)]
    problems = [*sums, *beside_sums(problems, sums), *too_many_drawn(table, labels, counts.population)]
    if domain is not None:
        problems += alike_problems(table, domain)
    raise_if(problems, ChangeError)
    index = pd.RangeIndex(len(labels)) if ids is None else pd.Index(ids, name=CASE_ID, dtype=object)
    groups = None if domain is None else pd.Series(table.cells[domain].tolist(), index=index, dtype=object, name=domain)
    return LooseSample(
        name=table.name,
        value=value,
        kind=kind,
        values=answers.values.set_axis(index),
        strata=pd.Series(labels, index=index, dtype=object),
        population=counts.population,
        domain=groups,
        ratings=rule.ratings if kind == GRADES else (),
        notes=tuple(_notes(table, rule, answers, counts, strata, case)),
    )


def _check_sources(asked: PopulationAsked) -> None:
    if asked.source is not None and asked.weight is not None:
        what = "both a population and a column of weights are given"
        raise ChangeError(Problem(what, "", "Keep one: the weights come to a population of their own."))
    file = asked.source is not None and not asked.source.isdigit()
    raise_if(
        [
            Problem(f"{name} is about a file of counts, and none is given", "", "Leave it out.")
            for name, given in (("--population-count", asked.count), ("--population-sheet", asked.sheet))
            if given is not None and not file
        ],
        ChangeError,
    )


def _check_columns(table: Table, named: Sequence[str]) -> None:
    """Refuse columns that are not there."""
    raise_if(
        [
            Problem(f'there is no column "{each}"', table.heading_place(), did_you_mean(each, table.columns))
            for each in dict.fromkeys(named)
            if each not in table.columns
        ],
        ChangeError,
    )


def _notes(
    table: Table, rule: AnswerRule, answers: Answers, counts: Counts, strata: Sequence[str], case: str | None
) -> list[str]:
    notes = [*table.notes]
    if rule.kind == SHARE:
        good, rest = (_counted(rule, answers, side) for side in (1.0, 0.0))
        notes.append(f"Counted as good: {good}. Counted as not good: {rest}.")
    if rule.kind == GRADES:
        order = f"{', '.join(rule.ratings)}, best first" if rule.ratings else "numbers, the largest the best"
        notes.append(f"Grades: {order}.")
    if answers.blank or answers.not_applicable:
        notes.append(f"No answer: {answers.blank} empty, {answers.not_applicable} {NA_RATING}. They do not count.")
    by = f"by {', '.join(strata)}" if strata else f"none named, so one simple random sample ({ALL_CASES})"
    notes.append(f"Strata: {by}. Cases they stand for: {counts.source}.")
    if case is not None:
        notes += sum_notes(table.cells[case].tolist(), table.rows)
    else:
        notes.append("No column of case ids was named: a case that stands twice cannot be told.")
    return notes


def _counted(rule: AnswerRule, answers: Answers, side: float) -> str:
    """List the answers that count as good (1) or not (0), each with its number of cases."""
    codes = rule.codes() or {}
    named = [(cell, count) for cell, count in answers.found if codes[cell.lower() if rule.plain else cell] == side]
    return ", ".join(f"{cell} ({count})" for cell, count in named) or "none"
