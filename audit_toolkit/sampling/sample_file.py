"""sample.csv: one row a drawn or reserve case, as plain text that needs no toolkit to read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem, did_you_mean, raise_if
from audit_toolkit.files import Table, csv_bytes, read_table
from audit_toolkit.terms import (
    CASE_ID,
    CHOSEN,
    DESIGN_WEIGHT,
    DRAW_COLUMNS,
    DRAW_ORDER,
    DRAW_STATUS,
    DRAW_STATUSES,
    INCLUSION_PROBABILITY,
    RESERVE,
    STRATUM,
)

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = (INCLUSION_PROBABILITY, DESIGN_WEIGHT)
# Cases without a weight: reserves not opened, and cases chosen by hand.
UNWEIGHED = (RESERVE, CHOSEN)


def sample_text(cases: pd.DataFrame) -> pd.DataFrame:
    """Give every cell as sample.csv holds it: numbers in full, reserves with empty probability and weight."""
    text = cases.copy()
    for name in text.columns:
        if name in NUMBERS:
            text[name] = ["" if value != value else repr(float(value)) for value in cases[name]]
        else:
            text[name] = [str(value) for value in cases[name]]
        text[name] = text[name].astype(object)
    return text


def sample_bytes(cases: pd.DataFrame) -> bytes:
    """Give the bytes of sample.csv."""
    return csv_bytes(sample_text(cases))


def sample_sha256(cases: pd.DataFrame) -> str:
    """Give the SHA-256 of the bytes of sample.csv."""
    return hashlib.sha256(sample_bytes(cases)).hexdigest()


def read_sample(path: str | Path) -> pd.DataFrame:
    """Read a sample.csv, with the same columns and types as `Sample.cases`.

    Raises
    ------
    FileError if it cannot be read. DesignError naming each missing column or cell that is not a number.
    """
    table = read_table(Path(path))
    missing = [name for name in (CASE_ID, *DRAW_COLUMNS) if name not in table.columns]
    raise_if(
        [Problem(f'there is no column "{name}"', table.name, did_you_mean(name, table.columns)) for name in missing],
        DesignError,
    )
    cases = table.cells.copy()
    problems = _status_problems(table) + _number_problems(table, [DRAW_ORDER, *NUMBERS])
    raise_if(problems, DesignError)
    cases[DRAW_ORDER] = cases[DRAW_ORDER].astype("int64")
    for name in NUMBERS:
        cases[name] = [float(text) if text else float("nan") for text in cases[name]]
    return cases


def _status_problems(table: Table) -> list[Problem]:
    """Name each draw_status that is none; a mistyped one would leave its case out unseen."""
    return [
        Problem(f'"{status}" is no draw_status', where, did_you_mean(status, DRAW_STATUSES))
        for position, status in enumerate(table.cells[DRAW_STATUS])
        if status not in DRAW_STATUSES
        for where in [table.place(position, DRAW_STATUS, str(table.cells[CASE_ID].iloc[position]))]
    ]


def _number_problems(table: Table, names: Sequence[str]) -> list[Problem]:
    problems = []
    for name in names:
        for position, text in enumerate(table.cells[name]):
            blank_allowed = name in NUMBERS and table.cells[DRAW_STATUS].iloc[position] in UNWEIGHED
            if not (blank_allowed and not text) and not _is_number(text, whole=name == DRAW_ORDER):
                where = table.place(position, name, str(table.cells[CASE_ID].iloc[position]))
                problems.append(Problem(f'"{text}" is not a number', where, "Draw again, or find the original file."))
    return problems


def _is_number(text: str, *, whole: bool) -> bool:
    try:
        return int(text) > 0 if whole else float(text) > 0
    except ValueError:
        return False


def stratum_columns(cases: pd.DataFrame) -> tuple[str, ...]:
    """Give the columns of a sample that its strata are made from: those between case_id and stratum."""
    names = [str(name) for name in cases.columns]
    return tuple(names[1 : names.index(STRATUM)])
