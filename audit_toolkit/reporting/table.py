"""A table of the report: the same rows for the page and for the CSV beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# How a column is shown: an id, a short text, a long one, a number of some kind, or the word of a verdict.
ID, TEXT, LONG, WORD = "id", "text", "long", "word"
COUNT, SHARE, POINTS, P, VALUE = "count", "share", "points", "p", "value"
# Two values in one column of the page, and two columns of the CSV.
INTERVAL, SHARES, VALUES, CASES = "interval", "shares", "values", "cases"
PAIRS = {INTERVAL: ("low", "high"), SHARES: ("low", "high"), VALUES: ("low", "high"), CASES: ("earlier", "later")}
PAIRED = {INTERVAL: POINTS, SHARES: SHARE, VALUES: VALUE, CASES: COUNT}
WORDED = (ID, TEXT, LONG, WORD)
HIDDEN = "too few"
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key of the CSV, the heading of the page, and how its values are shown.

    Shares run from 0 to 1 and are shown per cent; points are changes of shares. An interval, a range of shares or
    values and a pair of counts hold two values: one column of the page, two of the CSV.
    """

    key: str
    heading: str
    kind: str = TEXT


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows under columns, with a title and the lines that must be read with it.

    `rows` map each key to a value; None is nothing to show, and `HIDDEN` a figure kept back because too few
    cases stand behind it.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, object]]
    notes: tuple[str, ...] = ()

    def cells(self) -> list[list[tuple[str, str]]]:
        """Give each row as (text, kind), as the page shows it."""
        return [[(show(row.get(column.key), column.kind), column.kind) for column in self.columns] for row in self.rows]

    def to_frame(self) -> pd.DataFrame:
        """Give the rows as text with figures in full, as the CSV holds them."""
        import pandas as pd

        data: dict[str, list[str]] = {}
        for column in self.columns:
            values = [row.get(column.key) for row in self.rows]
            if column.kind in PAIRS:
                for side, name in enumerate(PAIRS[column.kind]):
                    data[f"{column.key}_{name}"] = [
                        _plain(each[side] if isinstance(each, tuple) else each) for each in values
                    ]
            else:
                data[column.key] = [_plain(each) for each in values]
        return pd.DataFrame(data, columns=list(data), dtype=object)


def show(value: object, kind: str) -> str:
    """Give a value as the page shows it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "" if kind in WORDED else NOTHING
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return _pair(value, kind)
    if kind == COUNT:
        return f"{value:,}"
    return _number(float(str(value)), kind)


def _number(number: float, kind: str) -> str:
    if kind == SHARE:
        return f"{100 * number:.0f} %"
    if kind == POINTS:
        points = round(100 * number)
        return f"{points:+d}".replace("-", "−") if points else "0"
    if kind == P:
        return "< 0.001" if number < 0.001 else f"{number:.3f}"
    return f"{number:.2f}".replace("-", "−")


def _pair(values: tuple[object, ...], kind: str) -> str:
    low, high = (show(value, PAIRED[kind]) for value in values)
    if low == high == NOTHING:
        return NOTHING
    return f"{low} / {high}" if kind == CASES else f"{low.removesuffix(' %')} to {high}"


def _plain(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return repr(value) if isinstance(value, float) else str(value)
