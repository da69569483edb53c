"""Whether the same auditors carried the same share of both rounds: without that, their severity moves the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from audit_toolkit.improvement.estimates.response import RATED
from audit_toolkit.improvement.rounds.round import Round

# From this share of the cases in other hands on, a reader should know. Two rounds of 60 cases in which one auditor of
# twelve gives all of theirs to another differ by a twelfth.
OTHER_HANDS: Final = 1 / 12


def auditor_shares(round_: Round, population: Mapping[str, float]) -> dict[str, float]:
    """Give the share of the register each auditor speaks for: cases weighted by stratum to `population`.

    An auditor's severity moves an estimate in this proportion, so that equal counts in other strata are no equal share.
    """
    who = round_.rated_by.to_dict()
    status, strata = round_.status, round_.strata
    cases = [case for case in strata.index if status[case] == RATED and case in who and strata[case] in population]
    counts: dict[str, int] = {}
    for case in cases:
        counts[strata[case]] = counts.get(strata[case], 0) + 1
    total = sum(population[label] for label in counts)
    shares: dict[str, float] = {}
    for case in cases:
        share = population[strata[case]] / counts[strata[case]] / total
        shares[str(who[case])] = shares.get(str(who[case]), 0.0) + share
    return shares


def other_hands(earlier: Round, later: Round) -> float:
    """Give the share of the register that other hands rated in the later round: half the sum of the differences."""
    population: Mapping[str, float] = dict(later.population)
    then, now = auditor_shares(earlier, population), auditor_shares(later, population)
    return sum(abs(then.get(name, 0.0) - now.get(name, 0.0)) for name in {*then, *now}) / 2


def mix_caution(earlier: Round, later: Round) -> str:
    """Warn where the same auditors rated both rounds in other shares; nothing where they did not."""
    if set(earlier.auditors) != set(later.auditors) or len(later.auditors) < 2:
        return ""
    moved = other_hands(earlier, later)
    if moved <= OTHER_HANDS:
        return ""
    return (
        f"The same auditors rated both rounds, in other shares: {100 * moved:.0f} % of the register, weighted by "
        "stratum, was in other hands. A severe or kind auditor with more of one round moves the change, so the "
        "variance counts each auditor as a cluster."
    )
