"""The shape a register must have, as a pandera schema whose every failure becomes one line with its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from audit_toolkit.errors import Place, Problem
from audit_toolkit.files import DATE_MEND, parse_date
from audit_toolkit.terms import CASE_ID

if TYPE_CHECKING:
    import pandas as pd


def is_date(text: str) -> bool:
    """Say whether a cell is empty or one of the two ways a date may be written."""
    try:
        return not text or bool(parse_date(text))
    except ValueError:
        return False


def schema_problems(
    cases: pd.DataFrame, place: Callable[[int, str | None], Place], *, dates: Sequence[str]
) -> list[Problem]:
    """Check the columns that must hold dates, all at once, and name every cell that is not one."""
    import pandera.pandas as pa

    dated = pa.Check(lambda cells: cells.map({cell: is_date(cell) for cell in cells.unique()}), name="date")
    columns = {name: pa.Column(object, dated) for name in dates}
    schema = pa.DataFrameSchema({CASE_ID: pa.Column(object), **columns})
    try:
        schema.validate(cases, lazy=True)
    except pa.errors.SchemaErrors as refused:
        failures = refused.failure_cases.to_dict("records")
        return [_problem(each, cases, place) for each in failures]
    return []


def _problem(failure: dict[str, object], cases: pd.DataFrame, place: Callable[[int, str | None], Place]) -> Problem:
    column, position = str(failure["column"]), int(str(failure["index"]))
    return Problem(f"{cases[column].iloc[position]} is not a date", place(position, column), DATE_MEND)
