"""What was held back at collection: one row a problem, to be sent to the auditor who can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from audit_toolkit import terms
from audit_toolkit.errors import Place, Problem, column_letter

if TYPE_CHECKING:
    import pandas as pd

HELD_BACK_COLUMNS: Final = ("file", "sheet", "row", "column", terms.CASE_ID, "what", "mend")


def held_back_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Give problems as held_back.csv holds them, by file, sheet and row."""
    import pandas as pd

    rows = [_row(problem) for problem in sorted(dict.fromkeys(problems), key=Problem.order)]
    return pd.DataFrame(rows, columns=list(HELD_BACK_COLUMNS), dtype=object)


def _row(problem: Problem) -> tuple[str, ...]:
    where = problem.where if isinstance(problem.where, Place) else Place(str(problem.where))
    row = str(where.row) if where.row is not None else ""
    letter = f"{column_letter(where.column_index)} " if where.column_index is not None else ""
    column = f"{letter}{where.column}" if where.column is not None else ""
    return (where.file, where.sheet or "", row, column, where.case or "", problem.what, problem.mend)


def counted_by_file(problems: Iterable[Problem]) -> dict[str, int]:
    """Count problems by the file they stand in, by name."""
    counts: dict[str, int] = {}
    for problem in dict.fromkeys(problems):
        file = problem.where.file if isinstance(problem.where, Place) else str(problem.where)
        counts[file] = counts.get(file, 0) + 1
    return dict(sorted(counts.items()))
