"""How much reading a plan asks of each auditor, beside the hours they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from audit_toolkit.sampling.auditors import Auditor, read_auditors
from audit_toolkit.sampling.plan import Plan


@dataclass(frozen=True, slots=True)
class Load:
    """One auditor's part: the cases they read, on average over what assignment may give, and the hours that takes.

    `hours_needed` is None where the plan does not say how long a case takes, `hours_given` where the list of auditors
    has no hours of its own.
    """

    auditor: str
    team: str
    readings: Fraction
    hours_needed: Fraction | None
    hours_given: Fraction | None

    @property
    def short(self) -> bool:
        """Whether the reading takes longer than the hours given."""
        return self.hours_needed is not None and self.hours_given is not None and self.hours_needed > self.hours_given

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them."""
        return {
            "auditor": self.auditor,
            "team": self.team,
            "readings": float(self.readings),
            "hours_needed": None if self.hours_needed is None else float(self.hours_needed),
            "hours_given": None if self.hours_given is None else float(self.hours_given),
        }


def workload(plan: Plan, cases: int) -> tuple[Load, ...]:
    """Say how many cases each auditor reads, and the hours that takes where the plan gives hours a case.

    Parameters
    ----------
    plan : a round's plan. cases : the cases drawn; the share rated twice comes on top.

    Returns
    -------
    Load for each auditor of the plan's list; none where it has none. Readings follow the hours given.
    """
    if plan.auditors is None:
        return ()
    people = read_auditors(plan.auditors)
    told = _hours_told(people)
    total = sum((person.hours for person in people), Fraction(0))
    readings = cases * (1 + plan.double_rated)
    return tuple(
        Load(
            auditor=person.name,
            team=person.team,
            readings=readings * person.hours / total,
            hours_needed=None if plan.hours_a_case is None else plan.hours_a_case * readings * person.hours / total,
            hours_given=person.hours if told else None,
        )
        for person in people
    )


def hours_short(loads: Sequence[Load]) -> list[str]:
    """Warn, in words, where auditors have fewer hours than their reading takes; nothing where they have enough."""
    short = [each for each in loads if each.short]
    if not short:
        return []
    missing = sum(float((each.hours_needed or 0) - (each.hours_given or 0)) for each in short)
    who = f"{len(short)} of {len(loads)} auditors have" if len(short) > 1 else f"{short[0].auditor} has"
    mend = "Draw fewer cases, find auditors, or rate fewer cases twice."
    return [f"WARNING: {who} fewer hours than the reading takes, {missing:.1f} hours short in all. {mend}"]


def _hours_told(people: Sequence[Auditor]) -> bool:
    """Say whether hours were given: a list without them reads as one hour each, which nobody means."""
    return any(person.hours != 1 for person in people)
