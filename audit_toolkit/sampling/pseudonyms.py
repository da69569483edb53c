"""Pseudonyms: a receipt that may be shown to others, because without its key it names no case.

    case id "0001234"  ,  key (32 random bytes)   --HMAC-SHA256-->   77ab...  (64 hex digits)

A ticket is hidden in the same way: an id of seven digits is found from its ticket and the seed in seconds, by
trying them all.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.files import read_text
from audit_toolkit.sampling.receipt import PSEUDONYMS, Receipt
from audit_toolkit.sampling.tickets import ticket
from audit_toolkit.terms import CASE_ID, KEY_FILE, RECEIPT_FILE

FIND_KEY = "Find the key that was written with the receipt; no other can take its place."


def read_key(path: str | Path) -> str:
    """Read the key of a receipt's pseudonyms: 64 hex digits on one line.

    Raises
    ------
    FileError if it is not there. DesignError if it is no key.
    """
    path = Path(path)
    key = read_text(path).strip()
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise DesignError(Problem("this is not a key: it has not 64 hex digits", path.name, FIND_KEY))
    return key


def pseudonym(key: str, text: str) -> str:
    """Give the pseudonym of a case id, or of a ticket: its HMAC-SHA256 under the key, as 64 hex digits."""
    return hmac.new(bytes.fromhex(key), text.encode("utf-8"), hashlib.sha256).hexdigest()


def pseudonymise(receipt: Receipt, key: str) -> Receipt:
    """Put a pseudonym in place of every case id and every ticket of a receipt.

    Parameters
    ----------
    receipt : a receipt with ids. key : 64 hex digits, made for this round and kept apart from the receipt.

    Returns
    -------
    Receipt in the same order, with a seal of its own. Strata, counts and auditors stay as they are.

    Raises
    ------
    DesignError if the receipt has pseudonyms already, or its plan names single cases in a rule.

    Source: HMAC, RFC 2104 (Krawczyk, Bellare and Canetti, 1997).
    Checked against: tests/sampling/test_pseudonyms.py (openssl and the vectors of RFC 4231).
    """
    if receipt.pseudonyms:
        raise DesignError(Problem("the receipt has pseudonyms already", RECEIPT_FILE, "Draw again."))
    # The unit itself stands in the rule of the frame too, and names no single family.
    if _names_cases([receipt.frame_rule.get(key) for key in ("eligible", "exclude")], receipt.unit):
        what = f"a rule of the plan names cases by their {receipt.unit}, and the receipt carries the plan"
        mend = "Take the rule out: name such cases by another column, or in a must_audit or stay_clear_of list."
        raise DesignError(Problem(what, "plan.yaml", mend))
    return replace(
        receipt,
        pseudonyms=PSEUDONYMS,
        cases=tuple(
            (pseudonym(key, case), label, order, pseudonym(key, number) if number else "", status, first, second)
            for case, label, order, number, status, first, second in receipt.cases
        ),
        stay_clear_of={
            name: sorted(pseudonym(key, case) for case in cases) for name, cases in receipt.stay_clear_of.items()
        },
    )


def revealed(receipt: Receipt, key: str, ids: Iterable[str]) -> Receipt:
    """Give a receipt with the ids and tickets behind its pseudonyms, where they are among the ids given.

    Parameters
    ----------
    receipt : a receipt with pseudonyms. key : its key. ids : every id that may stand behind one.

    Returns
    -------
    Receipt as it was before `pseudonymise`; what none of the ids explains keeps its pseudonym.

    Raises
    ------
    DesignError if the key explains none of the drawn cases: it belongs to another draw.
    """
    known = {pseudonym(key, case): case for case in dict.fromkeys(ids)}
    if receipt.cases and not any(case in known for case, *_ in receipt.cases):
        what = "no case of the receipt is found with this key: it belongs to another draw, or the register does"
        raise DesignError(Problem(what, KEY_FILE, FIND_KEY))
    seeds = [seed for seed in (receipt.seed, receipt.reaudit.get("seed")) if isinstance(seed, str) and seed]

    def number(case: str, hidden: str) -> str:
        found = (ticket(seed, known[case]) for seed in seeds) if case in known else ()
        return next((each for each in found if pseudonym(key, each) == hidden), hidden)

    return replace(
        receipt,
        pseudonyms="",
        cases=tuple(
            (known.get(case, case), label, order, number(case, hidden), status, first, second)
            for case, label, order, hidden, status, first, second in receipt.cases
        ),
        stay_clear_of={
            name: [known.get(case, case) for case in cases] for name, cases in receipt.stay_clear_of.items()
        },
    )


def _names_cases(rule: object, unit: str) -> bool:
    """Say whether a rule of the plan, or one inside it, is about the column of the case ids or of the units."""
    if isinstance(rule, Mapping):
        return rule.get("column") in (CASE_ID, unit) or any(_names_cases(each, unit) for each in rule.values())
    return isinstance(rule, (list, tuple)) and any(_names_cases(each, unit) for each in rule)
