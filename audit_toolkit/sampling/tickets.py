"""Tickets: a number for each case that anyone can compute and nobody can choose.

    seed "41352 60113"  ,  case "0001234"   --SHA-256-->   9f2c...  (64 hex digits)

A case's ticket depends on the seed and its own id alone. The sample of a stratum is its smallest tickets, so
re-sorting the register, adding a stratum or reading another file format moves nobody else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from audit_toolkit.errors import DesignError, Problem


def check_seed(seed: object) -> str:
    """Give the seed back, or refuse one that is not plain non-empty text without commas or control characters."""
    if not isinstance(seed, str):
        raise DesignError(
            Problem(f"the seed {seed!r} is not text", "seed", 'Put it in quotation marks: "41352 60113".')
        )
    if not seed.strip() or "," in seed or not seed.isprintable():
        what = f'the seed "{seed}" is empty, has a comma or a control character'
        raise DesignError(Problem(what, "seed", "Use digits and words, such as the faces of ten dice."))
    return seed


def ticket(seed: str, case_id: str) -> str:
    """Compute the ticket of a case: the SHA-256 of the seed, a comma and the case id, as 64 hex digits.

    The same as `printf '%s,%s' "$seed" "$case_id" | sha256sum`.

    >>> ticket("1", "0001234")[:12]
    '6081bec50919'

    Raises
    ------
    DesignError if the seed is empty, not text, or holds a comma or control character, or the id is not text.
    """
    return tickets(seed, [case_id])[0]


def tickets(seed: str, case_ids: Iterable[str]) -> list[str]:
    """Compute the tickets of many cases, in their order; see `ticket`."""
    start = hashlib.sha256(f"{check_seed(seed)},".encode())
    found = []
    for case_id in case_ids:
        digest = start.copy()
        digest.update(_bytes(case_id))
        found.append(digest.hexdigest())
    return found


def _bytes(case_id: object) -> bytes:
    try:
        if isinstance(case_id, str) and case_id:
            return case_id.encode("utf-8")
    except UnicodeEncodeError as half:
        what = f"the case id {case_id!r} holds half a character"
        raise DesignError(Problem(what, "ticket", "Export the register again.")) from half
    raise DesignError(Problem(f"the case id {case_id!r} is not text", "ticket", "Read ids as text, never as numbers."))


def is_ticket(text: str) -> bool:
    """Say whether a text has the form of a ticket."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None
