"""Case ids from sources that give their columns types: only a column of text keeps an id as it was written."""

from __future__ import annotations

import re

from audit_toolkit.errors import Place, Problem
from audit_toolkit.files import Table

# Types that fill a text up with spaces to their width, by the names databases have for them.
FIXED_WIDTH = re.compile(r"(NATIVE\s+)?(N?CHAR|N?CHARACTER|BPCHAR)\b", re.IGNORECASE)
NAMED_IDS = 200
MENDS = {
    "Parquet": "Write the ids as text (a string column) and export it again.",
    "SQLite": "Give a table or view that has the ids as TEXT, from where they were never numbers.",
    "database": "Give a table or view that has the ids as text (TEXT or VARCHAR), from where they were never numbers.",
}


def typed_id_problems(table: Table, heading: str) -> list[Problem]:
    """Name a column of ids that is not of a type of text, or single ids of it that are stored as numbers."""
    if not table.typed:
        return []
    mend = MENDS[table.kind]
    kind = table.types.get(heading)
    if kind is None:
        ids = table.cells[heading]
        found = sorted(table.number_formats.get(heading, {}).items())[:NAMED_IDS]
        return [
            Problem(
                f"the case id {ids.iloc[position]} is stored as {stored}, not as text: "
                "leading zeros may be lost already",
                table.place(position, heading, ids.iloc[position]),
                mend,
            )
            for position, stored in found
        ]
    where = Place(table.name, column=heading)
    if FIXED_WIDTH.match(kind):
        what = f"the case ids are of the type {kind}, which fills them up with spaces"
        return [Problem(what, where, "Give a table or view that has them as TEXT or VARCHAR, as they were written.")]
    what = f"the case ids are of the type {kind}, not text: leading zeros and digits may be lost already"
    return [Problem(what, where, mend)]
