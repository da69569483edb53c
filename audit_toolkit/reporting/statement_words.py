"""The sentences of a sample statement: how cases were chosen, by what seed, who read them, and what it cannot say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.sampling import (
    EXTENDED,
    SEED_AFTER,
    SEED_GIVEN,
    SEED_RANDOM,
    LogEntry,
    Plan,
    Receipt,
    speaks_for,
)

if TYPE_CHECKING:
    import pandas as pd

ALLOCATIONS: Mapping[str, str] = {
    "proportional": "in proportion to its eligible cases",
    "equal": "as many as every other",
    "neyman": "in proportion to its eligible cases and how much they differ",
    "optimal": "in proportion to its eligible cases, how much they differ and what reading one costs",
    "bankier": "so that each is known about equally well, the large ones somewhat better",
    "multivariate": "the fewest with which every measure is known as well as its target asks",
}
SEEDS: Mapping[str, str] = {
    SEED_AFTER: "It was given after the plan, the list of eligible cases and the number of each stratum were "
    "committed. That no other seed was tried on a copy of them, only witnesses of the choice can say.",
    SEED_GIVEN: "It was given at the draw, without a commitment before it: nothing here shows that no other was tried.",
    SEED_RANDOM: "It is 128 random bits that the program made at the draw. Nothing here shows how often it was run.",
}
IN_PLAN = "It stood in the plan before the draw. Nothing here shows when it was chosen, or that no other was tried."


def chosen_sentences(plan: Plan, receipt: Receipt) -> list[str]:
    """Say how many cases were drawn, how they were shared out, and which were taken on purpose."""
    if plan.chosen is not None:
        by_hand = sum(status == terms.CHOSEN for *_, status, _, _ in receipt.cases)
        return [f"{by_hand} cases were chosen by hand, for a purpose ({plan.purpose}). Nothing was left to chance."]
    names = " and ".join(column.name for column in plan.strata)
    size = sum(receipt.allocation.values())
    units = "cases" if plan.unit is None else f"units, each everything under one {plan.unit.column},"
    found = [
        f"{size} {units} were drawn. The eligible ones were first sorted into {len(receipt.population)} strata by "
        f"{names}; each stratum gives a number fixed before the draw, {ALLOCATIONS[plan.allocation]}, and at least "
        f"{plan.minimum} (all, where it has no more)."
    ]
    if plan.unit is not None and plan.unit.one_child:
        found.append("Of each one child is read, the one with the smallest ticket.")
    joined = receipt.frame_rule.get("small_strata")
    if isinstance(joined, Mapping) and joined.get("joined"):
        listed = ", ".join(map(str, joined["joined"]))
        found.append(f"Strata with fewer than {joined['below']} were joined into {joined['become']}: {listed}.")
    counts = receipt.reaudit.get("counts")
    again = sum(int(str(each)) for each in counts.values()) if isinstance(counts, dict) else 0
    if again:
        found.append(
            f"{again} of them come first, on purpose, by the tickets of {receipt.reaudit.get('round')}, whose seed is "
            f'"{receipt.reaudit.get("seed")}": of a stratum the smallest of those, then the smallest by the new seed.'
        )
    return found


def since_sentences(entries: Sequence[LogEntry]) -> list[str]:
    """Say what the log added to the draw: cases opened in place of others, and cases added."""
    added = sum(entry.action == EXTENDED and entry.status == terms.SAMPLED for entry in entries)
    opened = sum(bool(entry.replaces) and entry.status == terms.SAMPLED for entry in entries)
    found = []
    if added:
        found.append(f"{added} were added after the draw, the next tickets of their strata.")
    if opened:
        found.append(f"{opened} were opened in place of others that could not be read, the next tickets likewise.")
    return found


def seed_sentences(receipt: Receipt) -> list[str]:
    """Say how the seed came about, and no more than can be shown."""
    return [SEEDS.get(receipt.seed_source, IN_PLAN)] if receipt.seed else []


def whom_sentence(plan: Plan, receipt: Receipt, *, certainty: int = 0, apart: int = 0) -> str:
    """Say whom estimates from the sample speak for; `apart` are the `certainty` cases that were eligible."""
    if plan.purpose != terms.IMPROVEMENT:
        return "The findings speak of the cases read, and of no other: no percentage of them holds for the register."
    eligible, everyone = sum(receipt.population.values()), sum(receipt.population_all.values())
    names = tuple(receipt.stay_clear_of)
    told = speaks_for(eligible, eligible=everyone or eligible, earlier=names, apart=apart, unit=receipt.unit)
    beside = " Cases read because they had to be are counted apart and are in no estimate." if certainty else ""
    return f"Estimates speak for {told}.{beside}"


def assigned_sentences(plan: Plan, cases: pd.DataFrame) -> list[str]:
    """Say how the cases were given to auditors, without their names."""
    first = {name for name in cases[terms.AUDITOR] if name}
    twice = int((cases[terms.SECOND_AUDITOR] != "").sum())
    if not first:
        return ["No auditors had been assigned when this page was made."]
    noun = "auditor" if len(first) == 1 else "auditors"
    seed = "" if plan.chosen is not None else ", by the seed"
    was = "was" if len(first) == 1 else "were"
    found = [f"{len(first)} {noun} {was} given cases by the program, in fair shares of every stratum{seed}."]
    if plan.auditors is not None and plan.conflicts:
        found.append(f"Nobody was given a case of their own {_either(plan.conflicts)}, as far as the lists say.")
    if plan.restricted:
        found.append("Restricted files went only to auditors cleared for them.")
    if twice:
        found.append(f"{twice} of the cases were given to a second auditor, who does not see the first rating.")
    return found


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def cannot_say(plan: Plan, receipt: Receipt, *, unread: bool) -> list[str]:
    """Say what the page and the sample cannot show."""
    found = ["Whether the register was whole: a case that is not in it could not be drawn, and is not counted here."]
    found.append("Anything about those left out above, or about any one child, worker or team.")
    if plan.purpose != terms.IMPROVEMENT:
        found.append("How common anything is, or whether it has changed: the round was not made to measure that.")
    if receipt.pseudonyms:
        found.append("Which cases they are: the receipt holds pseudonyms, and the key to them is kept apart.")
    if unread:
        found.append("What stood in the files that could not be read. The report says the most they could change.")
    if receipt.seed:
        found.append("That no other sample was drawn before this one and put away, unless the seal was noted that day.")
    found.append("Whether the ratings are right. How far two auditors agreed is in the report.")
    return found
