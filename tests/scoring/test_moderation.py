"""What comes before the panel: each reason found, the random share replayed, and a round without a rule refused."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from moderated_samples import RULE, copy_round

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import ModerationRule
from audit_toolkit.scoring import DIFFERS, RANDOM, REST, WORST, RatedRound, read_rated_round, to_settle

SAMPLE = Path(__file__).parents[2] / "samples" / "february-2010"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> RatedRound:
    return read_rated_round(copy_round(tmp_path_factory.mktemp("moderated"), "february-2010", RULE))


def by_rule(read: RatedRound, rule: ModerationRule) -> RatedRound:
    return dataclasses.replace(read, plan=dataclasses.replace(read.plan, moderation=rule))


def test_every_double_rating_that_differs_is_there_and_no_other(read) -> None:
    first = {(row.case_id, row.criterion_id): row.rating for row in read.ratings.table.itertuples()}
    expected = {
        (row.case_id, row.criterion_id)
        for row in read.ratings.second.itertuples()
        if row.rating and first.get((row.case_id, row.criterion_id), "") not in ("", row.rating)
    }
    panel = to_settle(by_rule(read, ModerationRule(True, False, Fraction(0))))
    assert {each.key for each in panel.answers} == expected
    assert len(expected) == 165
    assert panel.whole == ()


def test_every_case_of_the_worst_grade_is_read_whole(read) -> None:
    panel = to_settle(by_rule(read, ModerationRule(False, True, Fraction(0))))
    for name, framework in read.frameworks.items():
        table = read.scores(framework).table
        worst = set(table.loc[table["band"] == "Inadequate", "case_id"])
        assert {each.case_id for each in panel.whole if each.framework == name} == worst
        asked = {each.id for each in framework.questions if getattr(each, "response", "") != "timeliness"}
        for case in worst:
            own = [each for each in panel.answers if each.case_id == case and each.framework == name]
            assert {each.criterion_id for each in own} == asked
            assert {each.why for each in own} == {(WORST,)}


def test_the_rest_are_chosen_by_tickets_anyone_can_work_out(read) -> None:
    cells = to_settle(read).cells["record_keeping"]
    rest = [case for case, cell in cells.items() if cell in (REST, RANDOM)]
    seed = "41352 60113 26004 11893 moderation"
    by_hand = sorted(rest, key=lambda case: hashlib.sha256(f"{seed},{case}".encode()).hexdigest())
    assert {case for case, cell in cells.items() if cell == RANDOM} == set(by_hand[: math.ceil(len(rest) / 10)])
    assert list(cells.values()).count(WORST) == 15
    assert list(cells.values()).count(DIFFERS) == 8


def test_a_case_with_two_reasons_says_both(read) -> None:
    panel = to_settle(read)
    both = {each.why for each in panel.answers if len(each.why) > 1}
    assert (DIFFERS, WORST) in both
    assert len(panel.keys()) == len(panel.answers) == 680


def test_a_plan_without_a_rule_is_refused() -> None:
    with pytest.raises(DesignError) as refused:
        to_settle(read_rated_round(SAMPLE))
    assert str(refused.value) == (
        "plan.yaml: the plan declares no rule of moderation. Add moderation: {differing: true, worst_grade: true, "
        "rest: 10%} to the plan of the next round: the rule is decided before the draw."
    )


def test_it_prints_and_turns_into_json(read) -> None:
    panel = to_settle(read)
    assert str(panel).splitlines() == [
        "February 2010 review: to settle are double ratings that differ, every case of the worst grade, a random 10 % "
        "of the rest",
        "165 answers of 12 cases on which two auditors differ",
        "assessment_quality: 4 cases of the worst grade and 5 of the 44 others to read whole",
        "record_keeping: 15 cases of the worst grade and 4 of the 37 others to read whole",
        "managerial_oversight: 6 cases of the worst grade and 4 of the 39 others to read whole",
    ]
    assert json.loads(json.dumps(panel.to_dict()))["differing"] == 165
