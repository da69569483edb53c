"""What ties a row of a workbook to what it was sent for, so that a changed id cannot move an answer unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import Problem
from audit_toolkit.files import Flaw, Table
from audit_toolkit.scoring.rows import listed_rows

# The hidden column that holds it, on every sheet with ids.
ROW_KEY: Final = "row_key"
KEY_DIGITS: Final = 12
GONE: Final = 'the hidden column "{}" is gone: nothing ties the answers to what they were sent for'
PUT_BACK: Final = "Put the row back as it was sent, or ask its auditor to answer in the workbook that was sent."

# What identifies a row of each sheet that is sent.
IDENTITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "Ratings": (terms.CASE_ID, terms.CRITERION_ID, terms.AUDITOR),
    "Dates": (terms.CASE_ID, terms.FACT),
    "Cases": (terms.CASE_ID,),
}
# Columns whose absence is named wherever they are read.
NAMED_ELSEWHERE: Final = (terms.CASE_ID, terms.CRITERION_ID, terms.FACT)


def row_key(*parts: str) -> str:
    """Give the key of a row: the first 12 hex digits of SHA-256 over its ids, a new line between them."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:KEY_DIGITS]


def keys_of(identities: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Give what each key stands for."""
    return {row_key(*each): tuple(each) for each in identities}


def identity_of(table: Table) -> tuple[str, ...]:
    """Give the columns that identify a row of a table: those of its sheet, or in a CSV those that are there."""
    if table.sheet is not None and table.sheet in IDENTITIES:
        return IDENTITIES[table.sheet]
    return next((each for each in IDENTITIES.values() if set(each) <= set(table.columns)), ())


def key_flaws(table: Table, sent: Mapping[str, tuple[str, ...]], *, ours: bool) -> list[Flaw]:
    """Name the rows whose ids are not those they were sent with; each spoils its row.

    Parameters
    ----------
    table : a sheet that came back. sent : key -> ids, of every row that was sent.
    ours : whether the file says it is one of our workbooks, where the columns must be.
    """
    columns = identity_of(table)
    gone = [name for name in (*columns, ROW_KEY) if name not in table.columns]
    if gone or not columns:
        named = [name for name in gone if name not in NAMED_ELSEWHERE] if ours and columns else []
        return [Flaw(Problem(GONE.format(name), table.heading_place(), PUT_BACK)) for name in named]
    changed: dict[tuple[object, ...], list[int]] = {}
    for position, (key, now) in enumerate(_rows(table, columns)):
        if key != row_key(*now):
            changed.setdefault(_difference(columns, now, sent.get(key)), []).append(position)
    return [flaw for said, positions in changed.items() for flaw in _changed(table, columns, positions, said)]


def _rows(table: Table, columns: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    cells = table.cells
    identities = zip(*(cells[name] for name in columns), strict=True)
    return zip(cells[ROW_KEY], identities, strict=True)


def _difference(columns: Sequence[str], now: Sequence[str], before: Sequence[str] | None) -> tuple[object, ...]:
    """Give what differs, (column, as sent, as it is) each; the case alone where the key tells nothing."""
    if before is None or len(before) != len(now):
        return (now[0],)
    return tuple(each for each in zip(columns, before, now, strict=True) if each[1] != each[2])


def _changed(table: Table, columns: Sequence[str], positions: Sequence[int], said: Sequence[object]) -> list[Flaw]:
    """Say what rows were sent as, where the key still tells."""
    rows = listed_rows(table, positions) if len(positions) > 1 else "the row"
    be, column = ("were" if len(positions) > 1 else "was"), ROW_KEY
    differing = [each for each in said if isinstance(each, tuple)]
    if differing:
        column = str(differing[0][0])
        what = f"{rows} {be} sent with " + " and ".join(f'{name} "{before}"' for name, before, _ in differing)
    else:
        what = f"{rows} {be} not sent like this: the hidden {ROW_KEY} does not fit"
    case = str(table.cells[columns[0]].iloc[positions[0]])
    problem = Problem(what, table.place(positions[0], column, case or None), PUT_BACK)
    return [Flaw(problem, position) for position in positions]
