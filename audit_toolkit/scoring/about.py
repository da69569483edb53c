"""What a workbook says about itself: which round it was sent for, to whom, and by which version of the questions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from audit_toolkit import terms
from audit_toolkit.files import Column, Sheet, Table
from audit_toolkit.sampling import Receipt
from audit_toolkit.scoring.framework import Framework

# The hidden sheet that holds it; the file's custom properties hold the same, where a program keeps them.
ABOUT: Final = "About"
NAME, VALUE = "name", "value"
TOOLKIT, ROUND, DRAW, AUDITOR, SHEETS, ROWS = "audit_toolkit", "round", "draw", "auditor", "sheets", "rows"
FRAMEWORK: Final = "framework "
DRAW_DIGITS: Final = 16


def draw_id(receipt: Receipt) -> str:
    """Give what tells one draw from another: 16 hex digits of SHA-256 over its seed and its frame digest."""
    return hashlib.sha256(f"{receipt.seed},{receipt.frame_digest}".encode()).hexdigest()[:DRAW_DIGITS]


def about_lines(
    auditor: str, frameworks: Sequence[Framework], title: str, receipt: Receipt, sheets: Sequence[Sheet]
) -> dict[str, str]:
    """Give what a workbook says about itself, as name -> text."""
    return {
        TOOLKIT: terms.VERSION,
        ROUND: title,
        DRAW: draw_id(receipt),
        AUDITOR: auditor,
        SHEETS: ", ".join(sheet.name for sheet in sheets),
        ROWS: ", ".join(f"{sheet.name} {len(sheet.rows)}" for sheet in sheets if sheet.columns),
        **{f"{FRAMEWORK}{each.name}": f"{each.version} {each.digest}" for each in frameworks},
    }


def about_sheet(lines: Mapping[str, str]) -> Sheet:
    """Give the hidden sheet of those lines."""
    columns = (Column(NAME, 28), Column(VALUE, 80))
    return Sheet(ABOUT, columns, [(name, text) for name, text in lines.items()], protect=True, hidden=True)


def about_of(sheet: Table | None, properties: Mapping[str, str]) -> dict[str, str]:
    """Read what a workbook says about itself: its sheet, or else its properties; nothing of somebody else's."""
    if sheet is not None and {NAME, VALUE} <= set(sheet.columns):
        return dict(zip(sheet.cells[NAME], sheet.cells[VALUE], strict=True))
    return dict(properties) if TOOLKIT in properties else {}


def versions_of(about: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Give the version and the digest of each framework that a workbook was made from."""
    found = {}
    for name, text in about.items():
        if name.startswith(FRAMEWORK):
            version, _, digest = text.partition(" ")
            found[name.removeprefix(FRAMEWORK)] = (version, digest)
    return found


def rows_of(about: Mapping[str, str], sheet: str) -> int | None:
    """Give how many rows a sheet was sent with, or None where the workbook does not say."""
    for each in about.get(ROWS, "").split(", "):
        name, _, count = each.rpartition(" ")
        if name == sheet and count.isdecimal():
            return int(count)
    return None
