"""The same people with other shares of the work: counted by what they speak for, and told without a name."""

from __future__ import annotations

import dataclasses

import pytest

import audit_toolkit as at
from audit_toolkit.improvement import other_hands
from audit_toolkit.improvement.rounds.auditor_mix import auditor_shares
from audit_toolkit.improvement.rounds.comparable import cautions


def rated_by(round_: at.Round, give) -> at.Round:
    """Let other auditors have rated some cases: `give` says who, by case, stratum and auditor."""
    table = round_.ratings.table.copy()
    strata = round_.strata
    rows = zip(table["case_id"], table["auditor"], strict=True)
    table["auditor"] = [give(case, str(strata.get(case, "")), who) for case, who in rows]
    return dataclasses.replace(round_, ratings=dataclasses.replace(round_.ratings, table=table))


def test_shares_are_weighted_to_the_register_and_sum_to_one(later) -> None:
    shares = auditor_shares(later, dict(later.population))
    assert sum(shares.values()) == pytest.approx(1)
    table = later.ratings.table.drop_duplicates("case_id").set_index("case_id")["auditor"]
    sizes = later.strata.value_counts()
    by_hand = sum(
        later.population[stratum] / sizes[stratum] / later.eligible
        for case, stratum in later.strata.items()
        if table[case] == "Auditor 03"
    )
    assert shares["Auditor 03"] == pytest.approx(by_hand)


def test_the_same_people_in_like_shares_are_no_caution(earlier, later) -> None:
    assert other_hands(later, later) == 0
    assert other_hands(earlier, later) < 1 / 12
    assert not [note for note in cautions(earlier, later) if "same auditors" in note]


def test_the_same_people_in_other_shares_are_told_without_names(earlier, later) -> None:
    """Four auditors keep one case each and one auditor has the rest: nobody is new, nobody is gone."""
    seen: set[str] = set()

    def give(case: str, _: str, who: str) -> str:
        if who in {"Auditor 02", "Auditor 03", "Auditor 04", "Auditor 05"}:
            if who in seen and case not in seen:
                return "Auditor 01"
            seen.update((who, case))
        return who

    moved = rated_by(later, give)
    assert set(moved.auditors) == set(earlier.auditors)
    share = other_hands(earlier, moved)
    assert share > 0.2
    note = next(note for note in cautions(earlier, moved) if "same auditors" in note)
    assert note == (
        f"The same auditors rated both rounds, in other shares: {100 * share:.0f} % of the register, weighted by "
        "stratum, was in other hands. A severe or kind auditor with more of one round moves the change, so the "
        "variance counts each auditor as a cluster."
    )
    assert "Auditor" not in note.replace("auditors", "")


def test_equal_counts_in_strata_that_weigh_more_are_no_equal_share(later) -> None:
    """Two auditors change places between light and heavy strata, each with as many cases as before."""
    weight = {label: later.population[label] / count for label, count in later.strata.value_counts().items()}
    ordered = sorted(later.strata.index, key=lambda case: weight[later.strata[case]])
    half = len(ordered) // 2
    plain = {case: "Ann" if place % 2 else "Ben" for place, case in enumerate(ordered)}
    sorted_out = {case: "Ann" if place < half else "Ben" for place, case in enumerate(ordered)}
    one = rated_by(later, lambda case, _, who: plain.get(case, who))
    two = rated_by(later, lambda case, _, who: sorted_out.get(case, who))
    assert one.auditors == two.auditors
    assert other_hands(one, two) > other_hands(one, one)


def test_other_people_are_told_as_other_people(earlier, later) -> None:
    new = rated_by(later, lambda _, __, who: "Auditor 13" if who == "Auditor 01" else who)
    assert not [note for note in cautions(earlier, new) if "same auditors" in note]
