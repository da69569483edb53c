"""The sentences of a sample statement: how cases were chosen, by what seed, who read them, and what it cannot say."""

from __future__ import annotations

import datetime
import re
from collections import Counter
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
    import markupsafe
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
    SEED_AFTER: "The plan, the list of those eligible and the number of each stratum were committed before this draw. "
    "That no other seed was tried on a copy of them is shown only if it was chosen in front of witnesses and the seal "
    "stands in the minutes.",
    SEED_GIVEN: "It was given at the draw, without a commitment before it: nothing here shows that no other was tried.",
    SEED_RANDOM: "It is 128 random bits that the program made at the draw. Nothing here shows how often it was run.",
}
IN_PLAN = "It stood in the plan before the draw. Nothing here shows when it was chosen, or that no other was tried."

# A date as files hold it, standing alone or inside a name such as register_2010-01-31.csv.
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
UNBROKEN = '<span class="date">{}</span>'
ALONE = re.compile(r"(?<![\w./-])\d{4}-\d{2}-\d{2}(?![\w/-]|\.\w)")


def units(receipt: Receipt) -> str:
    """Give the word for what was drawn, in the plural, as `plan` and the report say it."""
    return "cases" if receipt.unit == terms.CASE_ID else f"units ({receipt.unit})"


def whole_dates(text: str) -> markupsafe.Markup:
    """Give a text with its dates in words, like every date of the page, and no date broken across lines."""
    import markupsafe

    parts, last = [], 0
    for found in ISO_DATE.finditer(text):
        alone = ALONE.match(text, found.start())
        date = _in_words(found.group()) if alone else found.group()
        parts += [markupsafe.escape(text[last : found.start()]), markupsafe.Markup(UNBROKEN).format(date)]
        last = found.end()
    return markupsafe.Markup("").join([*parts, markupsafe.escape(text[last:])])


def _in_words(date: str) -> str:
    from audit_toolkit.reporting.prose import day

    try:
        return day(datetime.date.fromisoformat(date))
    except ValueError:
        return date


def chosen_sentences(plan: Plan, receipt: Receipt) -> list[str]:
    """Say how many cases were drawn, how they were shared out, and which were taken on purpose."""
    if plan.chosen is not None:
        by_hand = sum(status == terms.CHOSEN for *_, status, _, _ in receipt.cases)
        return [f"{by_hand} cases were chosen by hand, for a purpose ({plan.purpose}). Nothing was left to chance."]
    names = " and ".join(column.name for column in plan.strata)
    size = sum(receipt.allocation.values())
    share = ALLOCATIONS[plan.allocation].replace("cases", "cases" if plan.unit is None else "units")
    found = [
        f"{size} {units(receipt)} were drawn. The eligible ones were first sorted into {len(receipt.population)} "
        f"strata by {names}; each stratum gives a number fixed before the draw, {share}, and "
        f"at least {plan.minimum} (all, where it has no more)."
    ]
    if plan.unit is not None and plan.unit.one_child:
        found.append("Of each unit one child is read, the one with the smallest ticket.")
    elif plan.unit is not None:
        found.append("Of each unit all its eligible cases are read, as one.")
    joined = receipt.frame_rule.get("small_strata")
    if isinstance(joined, Mapping) and joined.get("joined"):
        listed = ", ".join(map(str, joined["joined"]))
        found.append(f"Strata with fewer than {joined['below']} were joined into {joined['become']}: {listed}.")
    again = sum(again_counts(receipt).values())
    if again:
        found.append(
            f"{again} of the {size} {'comes' if again == 1 else 'come'} on purpose by the tickets of "
            f"{receipt.reaudit.get('round')}, so that what it read is read again."
        )
    return found


def again_counts(receipt: Receipt) -> dict[str, int]:
    """Give how many of each stratum come by the tickets of an earlier round; empty where none do."""
    counts = receipt.reaudit.get("counts")
    found = {str(label): int(str(each)) for label, each in counts.items()} if isinstance(counts, Mapping) else {}
    return found if any(found.values()) else {}


def ticket_sentences(receipt: Receipt) -> list[str]:
    """Say what a ticket is, and which tickets of a stratum are its sample."""
    what = "case" if receipt.unit == terms.CASE_ID else "unit"
    name = "id" if receipt.unit == terms.CASE_ID else receipt.unit
    again, size = sum(again_counts(receipt).values()), sum(receipt.allocation.values())
    nobody = "Nobody can choose a ticket, and anyone can work one out."
    if not again:
        return [
            f"A {what}'s ticket is the SHA-256 of the seed, a comma and its {name}. The sample of a stratum is its "
            f"smallest tickets, in order; the next ones are reserves and are used in that order only. {nobody}"
        ]
    return [
        f"A {what}'s ticket is the SHA-256 of a seed, a comma and its {name}. There are two seeds. First, {again} of "
        f"the {size} are the smallest tickets of their strata by the earlier seed, that of "
        f"{receipt.reaudit.get('round')}. Then, among all others, {size - again} are the smallest by the new seed, in "
        f"order; the next ones by the new seed are reserves and are used in that order only. {nobody}"
    ]


def since_sentences(entries: Sequence[LogEntry], receipt: Receipt) -> list[str]:
    """Say what the log added to the draw, and why: those added, and those opened in place of others."""
    noted = {entry.case_id for entry in entries if entry.note}
    added = [entry for entry in entries if entry.action == EXTENDED and entry.status == terms.SAMPLED]
    opened = [entry for entry in entries if entry.replaces and entry.status == terms.SAMPLED]
    found = []
    if added:
        notes = sum(entry.case_id in noted for entry in added)
        found.append(f"{_were(added, receipt)} added after the draw, the next tickets of their strata.")
        found.append(f"{_reasons(added)} Notes: {notes}.")
    if opened:
        notes = sum(entry.case_id in noted or entry.replaces in noted for entry in opened)
        place = "another" if len(opened) == 1 else "others"
        found.append(f"{_were(opened, receipt)} opened after the draw in place of {place}, the next tickets likewise.")
        found.append(f"{_reasons(opened)} Notes: {notes}.")
    return [" ".join(found)] if found else []


def _were(entries: Sequence[LogEntry], receipt: Receipt) -> str:
    if len(entries) > 1:
        return f"{len(entries)} {units(receipt)} were"
    return "1 case was" if receipt.unit == terms.CASE_ID else f"1 unit ({receipt.unit}) was"


def _reasons(entries: Sequence[LogEntry]) -> str:
    counts = Counter(entry.reason or "none given" for entry in entries)
    told = ", ".join(f"{reason} ({count})" for reason, count in counts.items())
    return f"{'Reason' if len(counts) == 1 else 'Reasons'} in the log: {told}."


def seed_sentences(receipt: Receipt) -> list[str]:
    """Say how the seed came about, and no more than can be shown."""
    return [SEEDS.get(receipt.seed_source, IN_PLAN)] if receipt.seed else []


def whom_sentence(plan: Plan, receipt: Receipt, *, certainty: int = 0, apart: int = 0) -> str:
    """Say whom estimates from the sample speak for; `apart` are the `certainty` cases that were eligible."""
    if plan.purpose != terms.IMPROVEMENT:
        return "The findings speak of the cases read, and of no other: no percentage of them holds for the register."
    eligible, everyone = sum(receipt.population.values()), sum(receipt.population_all.values())
    names = tuple(name for name, cases in receipt.stay_clear_of.items() if cases)
    told = speaks_for(eligible, eligible=everyone or eligible, earlier=names, apart=apart, unit=receipt.unit)
    beside = " Those read because they had to be are counted apart and are in no estimate." if certainty else ""
    return f"Estimates speak for {told}.{beside}"


def assigned_sentences(plan: Plan, cases: pd.DataFrame, what: str) -> list[str]:
    """Say how the cases, or what was drawn in their place, were given to auditors, without their names."""
    first = {name for name in cases[terms.AUDITOR] if name}
    twice = int((cases[terms.SECOND_AUDITOR] != "").sum())
    if not first:
        return ["No auditors had been assigned when this page was made."]
    noun = "auditor" if len(first) == 1 else "auditors"
    seed = "" if plan.chosen is not None else ", by the seed"
    was = "was" if len(first) == 1 else "were"
    found = [f"{len(first)} {noun} {was} given {what} by the program, in fair shares of every stratum{seed}."]
    if plan.auditors is not None and plan.conflicts:
        own = f"{'a case' if what == 'cases' else 'one'} of their own {_either(plan.conflicts)}"
        found.append(f"Nobody was given {own}, as far as the lists say.")
    if plan.restricted:
        found.append("Restricted files went only to auditors cleared for them.")
    if twice:
        were = "was" if twice == 1 else "were"
        found.append(f"{twice} of the {what} {were} given to a second auditor, who does not see the first rating.")
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
        found.append(
            "That no other sample was drawn before this one and put away, unless the seed was chosen in front of "
            "witnesses and the seal noted that day."
        )
    found.append("Whether the ratings are right. How far two auditors agreed is in the report.")
    return found
