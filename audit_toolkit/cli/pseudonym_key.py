"""The key of a receipt's pseudonyms: made once for a round, kept, and never written over."""

from __future__ import annotations

import secrets
from pathlib import Path

from audit_toolkit import terms
from audit_toolkit.errors import AuditError, DesignError, Problem
from audit_toolkit.sampling import read_key, read_receipt

KEEP_KEY = (
    f"{terms.RECEIPT_FILE} names no case. {terms.KEY_FILE} does: keep it safe and apart, for without it nobody can say "
    "which cases the receipt lists, and whoever has it can."
)


def new_key(folder: Path, *, force: bool) -> str:
    """Give the key that a round has, or 256 random bits.

    A round whose receipt has pseudonyms and whose key is lost is refused, unless it is drawn anew by `force`.
    """
    path = folder / terms.KEY_FILE
    if path.exists():
        return read_key(path)
    if has_pseudonyms(folder) and not force:
        raise DesignError(_lost())
    return secrets.token_hex(32)


def kept_key(folder: Path) -> str | None:
    """Give the key of a round whose receipt has pseudonyms, so that drawing again keeps them, or None."""
    if not has_pseudonyms(folder):
        return None
    if not (folder / terms.KEY_FILE).exists():
        raise DesignError(_lost())
    return read_key(folder / terms.KEY_FILE)


def has_pseudonyms(folder: Path) -> bool:
    """Say whether there is a receipt in the folder that has pseudonyms."""
    path = folder / terms.RECEIPT_FILE
    try:
        return path.exists() and bool(read_receipt(path)[0].pseudonyms)
    except AuditError:
        return False


def _lost() -> Problem:
    what = f"the key of the receipt's pseudonyms is lost: nobody can say which cases {terms.RECEIPT_FILE} lists"
    mend = "Put it back; or draw with --pseudonymise --force, which makes a new key and a new receipt."
    return Problem(what, terms.KEY_FILE, mend)
