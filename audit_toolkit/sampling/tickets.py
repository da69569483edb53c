"""Tickets: a number for each case that anyone can compute and nobody can choose.

    seed "41352 60113"  ,  case "0001234"   --SHA-256-->   9f2c...  (64 hex digits)

A case's ticket depends on the seed and its own id alone. The sample of a stratum is its smallest tickets, so
re-sorting the register, adding a stratum or reading another file format moves nobody else.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from audit_toolkit.errors import DesignError, Problem

# Greater than any ticket: "g" comes after the hex digits.
ABOVE_ALL = "g"


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
    """Compute the tickets of many cases, in their order; see `ticket`. A million take about half a second."""
    return list(_numbers(seed, list(case_ids)))


def _numbers(seed: str, ids: Sequence[str]) -> Iterator[str]:
    start = hashlib.sha256(f"{check_seed(seed)},".encode()).copy
    for text in map(str.encode if _is_plain(ids) else _bytes, ids):
        digest = start()
        digest.update(text)
        yield digest.hexdigest()


def smallest_tickets(
    seed: str, case_ids: Sequence[str], groups: Sequence[str], counts: Mapping[str, int]
) -> dict[str, list[tuple[str, int]]]:
    """Find the smallest tickets of each group, without keeping or sorting the others.

    Parameters
    ----------
    seed, case_ids : as for `tickets`. groups : the group of each case, such as its stratum.
    counts : mapping group -> how many of its tickets are wanted, of every group; it may have fewer.

    Returns
    -------
    dict group -> (ticket, position) in the order of the tickets, equal ones by position.

    Tickets are spread evenly, so that the ones wanted lie below a line that is drawn beforehand. Where a line was
    drawn too low, which chance does once in a thousand million draws, its group is done again without one: what
    is found does not depend on it.
    """
    sizes = Counter(groups)
    lines = {group: _line(count, sizes[group]) for group, count in counts.items()}
    found = _below(seed, case_ids, groups, lines)
    short = {group for group, count in counts.items() if len(found[group]) < min(count, sizes[group])}
    if short:
        again = _below(seed, case_ids, groups, {group: ABOVE_ALL if group in short else "" for group in counts})
        found |= {group: again[group] for group in short}
    return {group: sorted(found[group])[: counts[group]] for group in counts}


def _line(count: int, size: int) -> str:
    """Give a text above which none of the `count` smallest of `size` tickets is looked for.

    Below it lie count + t tickets on average; fewer than count with a probability of at most exp(-t^2 / 2(count + t)),
    which is 1e-9 for this t.

    Source: the Chernoff bound, Mitzenmacher & Upfal (2005), Probability and Computing, theorem 4.5.
    """
    if count == 0:
        return ""
    expected = count + 21 + math.sqrt(441 + 42 * count)
    return ABOVE_ALL if expected >= size else f"{int(expected / size * 2**52):013x}"


def _below(
    seed: str, case_ids: Sequence[str], groups: Sequence[str], lines: Mapping[str, str]
) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {group: [] for group in lines}
    for position, (number, group) in enumerate(zip(_numbers(seed, case_ids), groups, strict=True)):
        if number < lines[group]:
            found[group].append((number, position))
    return found


def _is_plain(ids: Sequence[str]) -> bool:
    """Say whether all ids are whole, non-empty text: at one look, because one by one takes as long as the hashing."""
    if not set(map(type, ids)) <= {str} or "" in ids:
        return False
    try:
        "".join(ids).encode()
    except UnicodeEncodeError:
        return False
    return True


def _bytes(case_id: object) -> bytes:
    try:
        if isinstance(case_id, str) and case_id:
            return case_id.encode("utf-8")
    except UnicodeEncodeError as half:
        what = f"the case id {case_id!r} holds half a character"
        raise DesignError(Problem(what, "ticket", "Export the register again.")) from half
    raise DesignError(Problem(f"the case id {case_id!r} is not text", "ticket", "Read ids as text, never as numbers."))
