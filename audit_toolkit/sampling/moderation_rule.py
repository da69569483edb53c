"""Which ratings a panel settles, declared before the draw: the rule, and the random share of the rest by tickets."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from audit_toolkit.sampling.reader import PlanReader
from audit_toolkit.sampling.tickets import ticket

MODERATION_KEYS: Final = ("differing", "worst_grade", "rest")
# What stands after the round's seed in the seed of the random share, so that it is a draw of its own.
MODERATION_WORD: Final = "moderation"


@dataclass(frozen=True, slots=True)
class ModerationRule:
    """What a panel settles: double ratings that differ, every case of the worst grade, a random share of the rest.

    `rest` is a share (0-1) of the cases that are neither.
    """

    differing: bool = True
    worst_grade: bool = True
    rest: Fraction = Fraction(0)

    def to_dict(self) -> dict[str, object]:
        """Give the rule as plain values."""
        return {"differing": self.differing, "worst_grade": self.worst_grade, "rest": str(self.rest)}

    def __str__(self) -> str:
        parts = ["double ratings that differ"] if self.differing else []
        parts += ["every case of the worst grade"] if self.worst_grade else []
        parts += [f"a random {100 * float(self.rest):g} % of the rest"] if self.rest else []
        return ", ".join(parts)


def plan_moderation(top: PlanReader) -> ModerationRule | None:
    """Read the rule of moderation; None where the plan declares none."""
    if top.values.get("moderation") is None:
        return None
    inside = top.within("moderation", MODERATION_KEYS)
    rule = ModerationRule(
        differing="differing" not in inside.values or inside.yes("differing"),
        worst_grade="worst_grade" not in inside.values or inside.yes("worst_grade"),
        rest=inside.share("rest", Fraction(0)) or Fraction(0),
    )
    if not inside.problems and inside.values.get("rest") is None:
        mend = "Add rest: 10%, or rest: 0% to leave the others as they are."
        inside.refuse("rest", "the random share of the rest is missing from moderation", mend)
    elif not inside.problems and not (rule.differing or rule.worst_grade or rule.rest):
        mend = "Write moderation: {differing: true, worst_grade: true, rest: 10%}, or leave moderation out."
        inside.refuse("rest", "moderation settles nothing", mend)
    top.problems += inside.problems
    return rule


def moderation_seed(seed: str) -> str:
    """Give the seed of the random share: the round's seed, a space and the word moderation."""
    return f"{seed} {MODERATION_WORD}"


def chosen_share(seed: str, cases: Iterable[str], share: Fraction) -> tuple[str, ...]:
    """Choose a random share of some cases, as many as the share comes to, rounded up, in the order of their tickets.

    Parameters
    ----------
    seed : the seed of the round. cases : ids. share : 0 to 1.

    Returns
    -------
    tuple of the ids with the smallest tickets under `moderation_seed(seed)`. One that joins or leaves `cases` changes
    at most one other. Anyone can work a ticket out: printf '%s moderation,%s' "$seed" "$case_id" | sha256sum.

    Checked against: tests/sampling/test_moderation_rule.py.
    """
    under = moderation_seed(seed)
    ordered = sorted((ticket(under, case), case) for case in cases)
    return tuple(case for _, case in ordered[: math.ceil(share * len(ordered))])
