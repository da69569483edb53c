"""The tables of how it was done: the strata, who could not be drawn, what came back, how far auditors agreed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.improvement import Round
from audit_toolkit.reporting.disclosure import FEWEST_CASES, kept_back_counts
from audit_toolkit.reporting.sides import Sides, heading, key
from audit_toolkit.reporting.table import COUNT, HIDDEN, VALUE, VALUES, Column, ReportTable
from audit_toolkit.scoring import Scores

if TYPE_CHECKING:
    import pandas as pd

STATUS_KEYS: Mapping[str, str] = {
    "cases_complete": terms.COMPLETE,
    "cases_incomplete": terms.INCOMPLETE,
    "cases_not_rated": terms.NOT_RATED,
}
SMALL = f"Counts of 1 to {FEWEST_CASES - 1} children are kept back, and others that would give them away."


def strata_table(sides: Sides) -> ReportTable:
    """Give the eligible and drawn cases of each stratum in every round reported."""
    labels = sorted({label for _, each in sides for label in each.population})
    rows: list[dict[str, object]] = [{"stratum": label} for label in labels]
    total: dict[str, object] = {"stratum": "all"}
    columns = [Column("stratum", "stratum")]
    for side, each in sides:
        population = [each.population.get(label, 0) for label in labels]
        drawn = [each.receipt.allocation.get(label, 0) for label in labels]
        hidden = kept_back_counts(population)
        eligible_key, drawn_key = key("population", side), key("drawn", side)
        for index, row in enumerate(rows):
            row[eligible_key] = HIDDEN if index in hidden else population[index]
            row[drawn_key] = HIDDEN if index in hidden else drawn[index]
        total |= {eligible_key: sum(population), drawn_key: sum(drawn)}
        columns.append(Column(eligible_key, heading("eligible", side), COUNT))
        columns.append(Column(drawn_key, heading("drawn", side), COUNT))
    notes = (SMALL,) if any(HIDDEN in row.values() for row in rows) else ()
    return ReportTable("strata", "Eligible and drawn cases by stratum", tuple(columns), [*rows, total], notes)


def exclusions_table(sides: Sides) -> ReportTable:
    """Give everyone in the registers who could not be drawn, by reason."""
    rows = [row for _, each in sides for row in _exclusions(each)]
    columns = (Column("round", "round"), Column("reason", "reason"), Column("cases", "cases", COUNT))
    notes = (SMALL,) if any(HIDDEN in row.values() for row in rows) else ()
    return ReportTable("exclusions", "Who could not be drawn", columns, rows, notes)


def _exclusions(round_: Round) -> list[Mapping[str, object]]:
    counted = list(round_.receipt.exclusions)
    hidden = kept_back_counts([cases for _, cases in counted])
    parts: list[tuple[str, object]] = [
        (reason, HIDDEN if index in hidden else cases) for index, (reason, cases) in enumerate(counted)
    ]
    last = ("eligible", round_.eligible) if round_.chosen.empty else ("chosen by hand", len(round_.chosen))
    total = [("in the register", round_.receipt.register_size), *parts, last]
    return [{"round": round_.name, "reason": reason, "cases": cases} for reason, cases in total]


def answers_table(sides: Sides) -> ReportTable:
    """Give how many cases were scored, incomplete or unrated, by round and framework."""
    rows = []
    for _, each in sides:
        issued = each.findings.index[~each.findings[terms.DRAW_STATUS].isin(terms.DISPOSITIONS)]
        for framework, scores in each.scores.items():
            own = _only(scores, issued)
            counts = own.table["status"].value_counts()
            answered = own.counts()
            rows.append(
                {
                    "round": each.name,
                    "framework": each.frameworks[framework].title,
                    **{name: int(counts.get(status, 0)) for name, status in STATUS_KEYS.items()},
                    **{
                        name: int(answered[name].sum()) for name in ("answered", "not_applicable", "pending", "missing")
                    },
                    "missing_date": int(answered["missing_date"].sum()),
                }
            )
    columns = (
        Column("round", "round"),
        Column("framework", "framework"),
        *[Column(name, f"cases {status}", COUNT) for name, status in STATUS_KEYS.items()],
        Column("answered", "answers", COUNT),
        Column("not_applicable", "N/A", COUNT),
        Column("pending", "pending", COUNT),
        Column("missing", "missing", COUNT),
        Column("missing_date", "date missing", COUNT),
    )
    notes = ("N/A and pending answers leave a score's denominator; missing ones count against its completeness.",)
    return ReportTable("answers", "What came back", columns, rows, notes)


def _only(scores: Scores, cases: pd.Index) -> Scores:
    """Give the scores of some cases."""
    table, answers = scores.table, scores.answers
    inside = table[terms.CASE_ID].isin(list(cases)).to_numpy()
    return dataclasses.replace(scores, table=table[inside], answers=answers[inside])


def agreement_table(sides: Sides) -> ReportTable:
    """Give how far the two auditors of double-rated cases gave the same grade."""
    rows = [row for _, each in sides for row in _agreement(each)]
    columns = (
        Column("round", "round"),
        Column("framework", "framework"),
        Column("cases", "cases rated twice", COUNT),
        Column("measure", "measure of agreement"),
        Column("value", "value", VALUE),
        Column("ci", "95 % interval", VALUES),
    )
    notes = (
        "1 is perfect agreement and 0 no more than chance (raw agreement: the share alike). A dozen cases cannot carry "
        "a claim: read the intervals.",
    )
    return ReportTable("agreement", "How far two auditors agreed", columns, rows, notes if rows else ())


def _agreement(round_: Round) -> Sequence[Mapping[str, object]]:
    rows: list[Mapping[str, object]] = []
    for name, framework in round_.frameworks.items():
        found = round_.agreement(name)
        for measure in found.measures if found is not None else ():
            rows.append(
                {
                    "round": round_.name,
                    "framework": framework.title,
                    "cases": found.n_cases if found is not None else 0,
                    "measure": measure.name,
                    "value": measure.value,
                    "ci": (measure.ci.low, measure.ci.high) if round_.estimated else None,
                }
            )
    return rows
