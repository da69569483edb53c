"""The rule of moderation in a plan, and the random share that anyone can replay."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import ModerationRule, Plan, chosen_share, moderation_seed
from audit_toolkit.sampling.plan_file import parse_plan

PLAN = "round: Trial\nregister: {file: register.csv}\nstrata: [area]\nsize: 10\n"


def plan(*lines: str) -> Plan:
    return parse_plan(PLAN + "\n".join(lines), "plan.yaml", Path())


def refusals(*lines: str) -> list[str]:
    with pytest.raises(DesignError) as refused:
        plan(*lines)
    return [str(each) for each in refused.value.problems]


def test_a_plan_declares_rule_and_cut_off_and_both_decide() -> None:
    read = plan("moderation: {differing: true, worst_grade: true, rest: 10%}", "cut_off: 2010-03-05")
    assert read.moderation == ModerationRule(True, True, Fraction(1, 10))
    assert str(read.cut_off) == "2010-03-05"
    assert plan().moderation is None
    assert read.decides() != plan().decides()
    assert plan("cut_off: 2010-03-05").decides() != plan("cut_off: 2010-03-06").decides()
    assert (
        str(read.moderation) == "double ratings that differ, every case of the worst grade, a random 10 % of the rest"
    )


def test_keys_left_out_are_true_and_the_share_is_not() -> None:
    assert plan("moderation: {rest: 20%}").moderation == ModerationRule(True, True, Fraction(1, 5))
    assert plan("moderation: {worst_grade: false, rest: 0%}").moderation == ModerationRule(True, False, Fraction(0))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "moderation: {worst_grad: true, rest: 10%}",
            'plan.yaml, line 5, column 14: "moderation.worst_grad" is not a key of a plan. Did you mean "worst_grade"?',
        ),
        (
            "moderation: {differing: maybe, rest: 10%}",
            "plan.yaml, line 5, column 14: differing: maybe is neither true nor false. "
            "Write differing: true or differing: false.",
        ),
        (
            "moderation: {rest: half}",
            "plan.yaml, line 5, column 14: rest: half is not a share. "
            "Write rest: 20%, or another share from 0% to 100%.",
        ),
        (
            "moderation: {differing: true}",
            "plan.yaml, line 5, column 1: the random share of the rest is missing from moderation. "
            "Add rest: 10%, or rest: 0% to leave the others as they are.",
        ),
        (
            "moderation: {differing: false, worst_grade: false, rest: 0%}",
            "plan.yaml, line 5, column 52: moderation settles nothing. "
            "Write moderation: {differing: true, worst_grade: true, rest: 10%}, or leave moderation out.",
        ),
        (
            "moderation: all",
            "plan.yaml, line 5, column 1: moderation is not a mapping. "
            "Write moderation: {differing: ..., worst_grade: ..., rest: ...}.",
        ),
        (
            "cut_off: March",
            "plan.yaml, line 5, column 1: cut_off: March is not a date. "
            "Write it as 2010-01-31, without quotation marks.",
        ),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_whole(line: str, message: str) -> None:
    assert refusals(line) == [message]


def test_the_share_is_the_smallest_tickets_of_a_seed_of_its_own() -> None:
    cases = [f"{number:04}" for number in range(41)]
    by_hand = sorted(cases, key=lambda case: hashlib.sha256(f"41352 60113 moderation,{case}".encode()).hexdigest())
    assert moderation_seed("41352 60113") == "41352 60113 moderation"
    assert chosen_share("41352 60113", cases, Fraction(1, 10)) == tuple(by_hand[:5])
    assert chosen_share("41352 60113", cases[::-1], Fraction(1, 10)) == tuple(by_hand[:5])
    assert set(chosen_share("41352 60113", cases, Fraction(1, 5))) > set(by_hand[:5])
    assert chosen_share("41352 60113", cases, Fraction(0)) == ()
    assert chosen_share("41352 60113", [], Fraction(1)) == ()


def test_a_case_that_joins_changes_at_most_one_other() -> None:
    cases = [f"{number:04}" for number in range(40)]
    before = set(chosen_share("a", cases, Fraction(1, 10)))
    for more in range(200):
        now = set(chosen_share("a", [*cases, f"new {more}"], Fraction(1, 10)))
        assert len(before - now) <= 1


def test_every_case_is_chosen_as_often_as_the_share_says() -> None:
    """2,000 seeds, 5 of 41: each case's count within 4.5 standard errors, and the sample's own tickets do not tell."""
    cases = [f"{number:04}" for number in range(41)]
    counts = dict.fromkeys(cases, 0)
    for seed in range(2000):
        for case in chosen_share(str(seed), cases, Fraction(1, 10)):
            counts[case] += 1
    expected = 2000 * 5 / 41
    error = np.sqrt(expected * (1 - 5 / 41))
    assert max(abs(count - expected) for count in counts.values()) < 4.5 * error
