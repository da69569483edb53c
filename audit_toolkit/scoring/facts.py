"""The dates and other facts that computed criteria need: one row a case and fact."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError, did_you_mean, raise_if
from audit_toolkit.files import DATE_MEND, Table, parse_date, read_table, table_from_frame

# A fact whose name ends so is a date and is checked as one.
DATE_ENDING: Final = "_date"


def read_facts(source: str | Path | pd.DataFrame | Table) -> pd.DataFrame:
    """Read the facts of each case, such as its referral date.

    Parameters
    ----------
    source : path, DataFrame or Table
        Columns case_id, fact and value. A fact whose name ends in _date holds a date (2010-01-31 or
        31/01/2010), N/A where the step does not apply, or nothing where the date is missing.

    Returns
    -------
    DataFrame
        case_id, fact, value; text throughout, dates as 2010-01-31; one row a case and fact.

    Raises
    ------
    RatingError
        Every wrong heading, date and doubled fact, with its row.

    Checked against: tests/scoring/test_facts.py.
    """
    table = _table(source)
    facts, _, problems = right_facts(table)
    raise_if(problems, RatingError)
    return facts


def right_facts(table: Table) -> tuple[pd.DataFrame, frozenset[int], list[Problem]]:
    """Read a table of facts: every row, the positions of those that cannot stand, and what is wrong with them."""
    problems = _headings(table)
    if problems:
        return pd.DataFrame(columns=list(terms.FACT_COLUMNS), dtype=object), frozenset(), problems
    cells = table.cells
    wrong: set[int] = set()
    seen: dict[tuple[str, str], int] = {}
    values: list[str] = []
    columns = (cells[terms.CASE_ID], cells[terms.FACT], cells[terms.VALUE])
    for position, (case, fact, value) in enumerate(zip(*columns, strict=True)):
        found = _named(table, position, case, fact, seen)
        read = _value(fact, value)
        if isinstance(read, Problem):
            found.append(Problem(read.what, table.place(position, terms.VALUE, case), read.mend))
        values.append(read if isinstance(read, str) else value)
        wrong |= {position} if found else set()
        problems += found
    facts = cells.loc[:, [terms.CASE_ID, terms.FACT]].copy()
    facts[terms.VALUE] = pd.Series(values, index=facts.index, dtype=object)
    return facts, frozenset(wrong), problems


def _table(source: str | Path | pd.DataFrame | Table) -> Table:
    """Give the facts as text."""
    if isinstance(source, Table):
        return source
    if isinstance(source, pd.DataFrame):
        return table_from_frame(source, "facts")
    return read_table(Path(source), required=terms.FACT_COLUMNS)


def _headings(table: Table) -> list[Problem]:
    """List the headings that are missing and those that do not belong."""
    missing = [name for name in terms.FACT_COLUMNS if name not in table.columns]
    extra = [name for name in table.columns if name not in terms.FACT_COLUMNS]
    return [
        *(Problem(f"{each} is missing", table.heading_place(), f'Add a column headed "{each}".') for each in missing),
        *(
            Problem(
                f"{each} is not a column of facts", table.heading_place(each), did_you_mean(each, terms.FACT_COLUMNS)
            )
            for each in extra
        ),
    ]


def _named(table: Table, position: int, case: str, fact: str, seen: dict[tuple[str, str], int]) -> list[Problem]:
    """Note a row without case or fact, or one that repeats an earlier row; add the row to those seen."""
    if case == "":
        return [
            Problem(
                "the case id is empty", table.place(position, terms.CASE_ID), "Write the case_id as in the register."
            )
        ]
    if fact == "":
        return [
            Problem(
                "the fact is empty", table.place(position, terms.FACT, case), "Write its name, such as referral_date."
            )
        ]
    first = seen.setdefault((case, fact), position)
    if first == position:
        return []
    what = f"{fact} stands a second time; first on row {table.rows[first]}"
    return [Problem(what, table.place(position, terms.FACT, case), "Keep one row.")]


def _value(fact: str, value: str) -> str | Problem:
    """Give a date as 2010-01-31 and any other value as it is, or what is wrong with it."""
    if not fact.endswith(DATE_ENDING) or value in (terms.MISSING, terms.NA_RATING):
        return value
    try:
        return parse_date(value).isoformat()
    except ValueError as refused:
        return Problem(str(refused), mend=DATE_MEND)
