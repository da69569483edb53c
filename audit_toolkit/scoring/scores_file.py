"""Scores as scores.csv holds them: text, one row a case and framework."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from audit_toolkit import terms
from audit_toolkit.scoring.score import Scores


def scores_text(scores: Sequence[Scores]) -> pd.DataFrame:
    """Give the scores of one or more frameworks as text, the columns of scores.csv; a score that does not stand is "".

    Numbers are written with every digit that tells them apart (66.66666666666667), so that reading them back
    gives the same number.
    """
    tables = [each.table for each in scores]
    columns = list(terms.SCORE_COLUMNS)
    return table_text(pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns))


def table_text(together: pd.DataFrame) -> pd.DataFrame:
    """Give a table of scores, or a part of one, as text: the columns of scores.csv."""
    columns = list(terms.SCORE_COLUMNS)
    text = {name: [_text(value) for value in together[name]] for name in columns}
    return pd.DataFrame(text, columns=columns, index=range(len(together)), dtype=object)


def items_text(scores: Sequence[Scores]) -> pd.DataFrame:
    """Give what each answer earned and added as text, the columns of contributions.csv; what does not count is ""."""
    tables = [each.items() for each in scores]
    columns = list(terms.ITEM_COLUMNS)
    together = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
    text = {name: [_text(value) for value in together[name]] for name in columns}
    return pd.DataFrame(text, columns=columns, index=range(len(together)), dtype=object)


def _text(value: object) -> str:
    """Give a number by its shortest exact form, NaN as nothing, and text as it is."""
    if isinstance(value, str):
        return value
    number = float(str(value))
    if number != number:
        return ""
    return str(int(number)) if number.is_integer() else repr(number)
