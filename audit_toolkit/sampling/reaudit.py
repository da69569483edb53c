"""Re-auditing on purpose: part of a sample taken by the tickets of an earlier round.

In stratum h the k_h cases with the smallest tickets under the earlier round's seed come first, and the rest of
the n_h under the new seed, from the cases that are left. A case's ticket under a seed stays with it for good, so
most of those k_h are cases that the earlier round drew; and because every case of today's frame has one, also
those that joined since, the whole is a simple random sample of today's frame.

Source: permanent random numbers, Ohlsson (1995), in Cox et al. (eds.), Business Survey Methods, chapter 9.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.sampling.drawn_rows import SampleRow
from audit_toolkit.sampling.receipt import Receipt, read_receipt
from audit_toolkit.terms import RECEIPT_FILE, RESERVE


@dataclass(frozen=True, slots=True)
class Reaudited:
    """Cases taken on purpose by the seed of an earlier round: how many of each stratum.

    `cases` are those the earlier round opened, where they are known: a note counts how many come again.
    """

    seed: str
    counts: Mapping[str, int]
    round: str = ""
    cases: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give what a receipt says of it: the earlier round, its seed and the cases of each stratum."""
        return {"round": self.round, "seed": self.seed, "counts": dict(self.counts)}


@dataclass(frozen=True, slots=True)
class EarlierDraw:
    """What re-auditing needs of an earlier round: its name, its seed and the cases it opened."""

    round: str
    seed: str
    cases: tuple[str, ...] = ()


def read_earlier_draw(folder: Path, unit: str) -> EarlierDraw:
    """Read the receipt of the round that is re-audited.

    Raises
    ------
    FileError if there is no receipt. DesignError if its seal is broken, or it drew other units.
    """
    receipt, problems = read_receipt(folder / RECEIPT_FILE)
    name = folder.resolve().name
    if receipt.unit != unit:
        what = f"{name} drew by {receipt.unit}, and this round draws by {unit}: their tickets have nothing in common"
        problems.append(Problem(what, "plan.yaml", "Draw the same units, or leave reaudit out."))
    if not receipt.seed:
        what = f"the cases of {name} were chosen by hand, so it has no tickets to take cases by"
        problems.append(Problem(what, "plan.yaml", "Name a round that was drawn, or leave reaudit out."))
    raise_if(problems, DesignError)
    return EarlierDraw(name, receipt.seed, opened_cases(receipt))


def opened_cases(receipt: Receipt) -> tuple[str, ...]:
    """Give the ids a receipt lists as drawn, without the reserves; none where they are pseudonyms."""
    if receipt.pseudonyms:
        return ()
    return tuple(case for case, _, _, _, status, _, _ in receipt.cases if status != RESERVE)


def sealed_reaudit(receipt: Receipt) -> Reaudited | None:
    """Give what a receipt says was taken on purpose from an earlier round, or None.

    Raises
    ------
    DesignError if that part of the receipt is damaged.
    """
    value = receipt.reaudit
    if not value:
        return None
    name, seed, counts = value.get("round"), value.get("seed"), value.get("counts")
    if isinstance(name, str) and isinstance(seed, str) and isinstance(counts, Mapping):
        whole = {str(label): count for label, count in counts.items() if type(count) is int and count >= 0}
        if len(whole) == len(counts):
            return Reaudited(seed, whole, name)
    raise DesignError(Problem("what was re-audited on purpose is damaged", RECEIPT_FILE, "Find the original receipt."))


def reaudit_counts(allocation: Mapping[str, int], share: Fraction) -> dict[str, int]:
    """Share the cases to re-audit out over the strata, in proportion to the cases of each.

    Parameters
    ----------
    allocation : mapping stratum -> n_h. share : of all cases, those to be taken by the earlier round's tickets.

    Returns
    -------
    dict stratum -> k_h in label order. Their sum is the nearest whole number to share x n, a half rounded up; no
    k_h is above n_h. Each further case goes to the highest n_h / (2 k_h + 1), ties to the first label.

    Source: Webster's method, Balinski & Young (1982), Fair Representation, appendix A.
    Checked against: tests/sampling/test_reaudit.py.
    """
    counts = dict.fromkeys(sorted(allocation), 0)
    queue = [(-Fraction(cases), label) for label, cases in sorted(allocation.items()) if cases > 0]
    heapq.heapify(queue)
    left = int(share * sum(allocation.values()) + Fraction(1, 2))
    while left > 0 and queue:
        _, label = heapq.heappop(queue)
        counts[label] += 1
        left -= 1
        # A full stratum stands below one half, every other above it: none is ever overfilled.
        heapq.heappush(queue, (-Fraction(allocation[label], 2 * counts[label] + 1), label))
    return counts


def reaudit_problems(reaudit: Reaudited, allocation: Mapping[str, int], seed: str) -> list[Problem]:
    """Say what is wrong with the cases to take by an earlier seed."""
    problems = [
        Problem(
            f"{reaudit.counts[label]} cases of stratum {label} are to be re-audited, of {allocation.get(label, 0)}",
            "draw",
            f"Ask for 0 to {allocation.get(label, 0)}.",
        )
        for label in sorted(reaudit.counts)
        if not 0 <= reaudit.counts[label] <= allocation.get(label, 0)
    ]
    if reaudit.seed == seed:
        what = f'the seed "{seed}" is that of the round re-audited'
        problems.append(Problem(what, "draw", "Take a new seed: that round's tickets come in by reaudit."))
    return problems


def reaudit_notes(reaudit: Reaudited, drawn: Sequence[SampleRow]) -> list[str]:
    """Say how many cases were taken on purpose, and how many of the sample were in the earlier one."""
    taken = sum(reaudit.counts.values())
    name = reaudit.round or "an earlier round"
    first = f"{taken} of {len(drawn)} cases are taken on purpose by the tickets of {name}"
    if not reaudit.cases:
        return [f"{first}."]
    earlier = frozenset(reaudit.cases)
    again = [row for row in drawn if row.case in earlier]
    meant = sum(row.on_purpose for row in again)
    by_chance = len(again) - meant
    more = f", and {by_chance} more came again by chance" if by_chance else ""
    return [f"{first}: {meant} of them were in its sample{more}."]
