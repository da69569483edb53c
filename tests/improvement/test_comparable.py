"""Rounds that may not be compared are refused or left without a verdict, each reason named."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.improvement import compare_rounds
from audit_toolkit.improvement.rounds.comparable import cautions, no_verdict, refusals
from audit_toolkit.reporting import report_html

WHERE = "Retrospective review, June to August 2009 and February 2010 review"
RULE_MEND = "Draw both rounds by the same rule. To see estimates without a verdict, compare with --anyway."
FRAMEWORK_MEND = (
    "Score both rounds by the same version, or declare in the later one which questions still mean the same "
    "(compare_with). To see estimates of what is common without a verdict, use --anyway."
)


def with_rule(round_, **changes):
    rule = {**round_.receipt.frame_rule, **changes}
    return dataclasses.replace(round_, receipt=dataclasses.replace(round_.receipt, frame_rule=rule))


def rated_by(round_, names):
    table = round_.ratings.table.copy()
    table["auditor"] = [names.get(name, name) for name in table["auditor"]]
    return dataclasses.replace(round_, ratings=dataclasses.replace(round_.ratings, table=table))


def with_receipt(round_, **changes):
    return dataclasses.replace(round_, receipt=dataclasses.replace(round_.receipt, **changes))


def with_framework(round_, name, **changes):
    framework = dataclasses.replace(round_.frameworks[name], **changes)
    return dataclasses.replace(round_, frameworks={**round_.frameworks, name: framework})


def test_the_samples_may_be_compared(earlier, later) -> None:
    assert refusals(earlier, later) == []
    assert no_verdict(earlier, later) == []


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("eligible", "the rules of who is eligible (or the length of their windows) differ"),
        ("exclude", "the rules of who is excluded differ"),
        ("strata", "the strata are made in another way"),
        ("stays_clear_of_earlier_rounds", "one of them stays clear of earlier rounds and the other does not"),
    ],
)
def test_another_frame_rule_is_refused(earlier, later, key, what) -> None:
    found = refusals(earlier, with_rule(later, **{key: "another"}))
    assert [str(each) for each in found] == [f"{WHERE}: {what}. {RULE_MEND}"]


def test_a_window_of_another_length_is_another_rule(earlier, later) -> None:
    rules = [dict(each) for each in later.receipt.frame_rule["eligible"]]
    assert rules[0]["window_days"] == 76
    rules[0]["window_days"] = 75
    assert len(refusals(earlier, with_rule(later, eligible=rules))) == 1


def test_a_register_taken_sooner_after_the_window_is_refused(earlier, later) -> None:
    sooner = dataclasses.replace(later, plan=dataclasses.replace(later.plan, snapshot=datetime.date(2010, 1, 20)))
    assert [str(each) for each in refusals(earlier, sooner)] == [
        f"{WHERE}: the window had been closed 16 days at the earlier snapshot and 5 at the later. "
        "Take both registers the same time after the window closes. To go on without a verdict, use --anyway."
    ]


def test_another_wording_of_a_criterion_is_named(earlier, later) -> None:
    first, *rest = later.frameworks["record_keeping"].criteria
    changed = with_framework(
        later, "record_keeping", criteria=(dataclasses.replace(first, ask="Something else?"), *rest)
    )
    assert [str(each) for each in refusals(earlier, changed)] == [
        f"{WHERE}: record_keeping asks or scores RK01 in another way. {FRAMEWORK_MEND}"
    ]


@pytest.mark.slow
def test_of_a_changed_framework_the_questions_declared_to_mean_the_same_are_compared(earlier, later) -> None:
    first = later.frameworks["record_keeping"].criteria[0]
    weighted = (dataclasses.replace(first, ask="Another question?"), *later.frameworks["record_keeping"].criteria[1:])
    ids = later.frameworks["record_keeping"].criterion_ids
    then = earlier.frameworks["record_keeping"].version
    changed = with_framework(later, "record_keeping", criteria=weighted, version="2.0.0", compare_with={then: ids[1:]})
    assert refusals(earlier, changed) == []
    found = compare_rounds(earlier, changed)
    rows = [row.measure for row in found.rows if row.measure.framework == "record_keeping"]
    assert [row.id for row in rows] == list(ids[1:])
    assert [row.measure.framework for row in found.grades()] == ["assessment_quality", "managerial_oversight"]
    title = later.frameworks["record_keeping"].title
    assert (
        f"{title}: version 2.0.0 is compared with version {then} on {', '.join(ids[1:])} alone. "
        "Its grades are not compared: RK01 changed what they are made of."
    ) in found.notes
    believed = with_framework(later, "record_keeping", criteria=weighted, version="2.0.0", compare_with={then: ids})
    again = compare_rounds(earlier, believed)
    assert [row.measure.id for row in again.rows] == [row.measure.id for row in found.rows]
    assert report_html(found)


@pytest.mark.slow
def test_a_framework_scored_by_other_bands_keeps_its_questions(earlier, later) -> None:
    framework = later.frameworks["assessment_quality"]
    earns = {**framework.earns, "Partly": framework.earns["No"]}
    changed = with_framework(
        later,
        "assessment_quality",
        earns=earns,
        version="2.0.0",
        compare_with={framework.version: framework.criterion_ids},
    )
    found = compare_rounds(earlier, changed)
    assert [row.measure.framework for row in found.grades()] == ["record_keeping", "managerial_oversight"]
    assert {row.measure.id for row in found.criteria()} >= set(framework.criterion_ids)
    assert any("on its questions. Its grades are not compared: earns changed" in note for note in found.notes)


def test_a_new_title_alone_is_no_other_criterion(earlier, later) -> None:
    assert refusals(earlier, with_framework(later, "record_keeping", title="Records", version="1.0.1")) == []


def test_a_framework_of_one_round_only_is_named(earlier, later) -> None:
    fewer = dataclasses.replace(
        later, frameworks={name: each for name, each in later.frameworks.items() if name != "record_keeping"}
    )
    assert [str(each) for each in refusals(earlier, fewer)] == [
        f"{WHERE}: only one of them was scored by record_keeping. {FRAMEWORK_MEND}"
    ]


@pytest.mark.slow
def test_a_framework_that_is_new_later_takes_no_verdict_from_the_others(earlier, later) -> None:
    kept = {name: each for name, each in earlier.frameworks.items() if name != "record_keeping"}
    fewer = dataclasses.replace(earlier, frameworks=kept, scores={name: earlier.scores[name] for name in kept})
    assert refusals(fewer, later) == []
    comparison = compare_rounds(fewer, later)
    assert {row.measure.framework for row in comparison.rows} == set(kept)
    assert comparison.reasons == ()
    assert "Record keeping is new in the later round: there is nothing to compare it with yet." in comparison.notes
    page = report_html(comparison)
    assert "Record keeping is new in the later round" in page


def test_a_new_primary_framework_has_nothing_to_be_compared_with(earlier, later) -> None:
    kept = {name: each for name, each in earlier.frameworks.items() if name != "assessment_quality"}
    fewer = dataclasses.replace(earlier, frameworks=kept, scores={name: earlier.scores[name] for name in kept})
    assert [str(each) for each in refusals(fewer, later)] == [
        f"{WHERE}: only one of them was scored by assessment_quality. {FRAMEWORK_MEND}"
    ]


def test_enough_other_auditors_leave_a_verdict_and_are_told(earlier, later) -> None:
    one = rated_by(later, {"Auditor 01": "Auditor 13"})
    assert no_verdict(earlier, one) == []
    assert (
        "Other auditors rated the two rounds (12 and 12, 11 of them in both): the variance counts each auditor as a "
        "cluster, which is wider."
    ) in cautions(earlier, one)


def test_fewer_than_eight_other_auditors_leave_no_verdict(earlier, later) -> None:
    few = rated_by(later, {f"Auditor {number:02}": f"Auditor {number % 3 + 20}" for number in range(1, 13)})
    assert no_verdict(earlier, few) == [
        "Other auditors rated the two rounds (12 only in the earlier, 3 only in the later, 0 in both); with fewer than "
        "8 a round their severity cannot be told from the work, so no verdict is reached."
    ]
    assert not [note for note in cautions(earlier, few) if "Other auditors" in note]


@pytest.mark.parametrize("purpose", ["dip", "thematic", "multi-agency"])
def test_a_purposive_round_never_reaches_a_verdict(earlier, later, purpose) -> None:
    looked_at = dataclasses.replace(later, plan=dataclasses.replace(later.plan, purpose=purpose))
    assert no_verdict(earlier, looked_at) == [
        f"February 2010 review was not drawn at random for comparison (purpose: {purpose})."
    ]
    comparison = at.compare_rounds(earlier, looked_at)
    assert {row.verdict for row in comparison.rows} <= {terms.CANNOT_TELL, ""}


def test_findings_without_chance_carry_no_interval_and_no_p(earlier, later) -> None:
    looked_at = dataclasses.replace(later, plan=dataclasses.replace(later.plan, purpose="dip"))
    frame = at.compare_rounds(earlier, looked_at).to_frame()
    assert frame[["ci_low", "ci_high", "p_value", "p_adjusted", "detectable_true"]].isna().all().all()
    assert frame[["earlier", "later", "change"]].isna().all().all()
    assert frame["notes"].str.contains("of 60 earlier, ").sum() > 10


def test_ratings_without_an_auditor_leave_no_verdict(earlier, later) -> None:
    unnamed = [rated_by(each, {"Auditor 12": ""}) for each in (earlier, later)]
    assert no_verdict(*unnamed) == [
        "Some ratings do not say who made them, so it cannot be known that the same auditors rated both."
    ]


def test_other_earnings_are_another_way_of_scoring(earlier, later) -> None:
    framework = later.frameworks["record_keeping"]
    harder = with_framework(later, "record_keeping", earns={**framework.earns, "Good": framework.earns["Adequate"]})
    assert "record_keeping asks or scores earns in another way" in str(refusals(earlier, harder)[0])


def test_a_round_smaller_than_its_plan_is_noted(earlier, later) -> None:
    fewer = dataclasses.replace(later, cases=later.cases.iloc[:50])
    assert "February 2010 review: the plan asked for 60 cases and 50 were drawn." in cautions(earlier, fewer)


@pytest.mark.slow
def test_the_same_round_twice_has_no_verdict(later) -> None:
    comparison = at.compare_rounds(later, later)
    assert comparison.reasons == ("Both rounds drew the same cases of the same register.",)
    assert comparison.summary().splitlines()[2:4] == ["No verdict, estimates only:", *comparison.reasons]
    assert "No change shown" not in comparison.summary()
    assert "Record keeping: The later case is graded higher in 50 of 100 pairs" in comparison.summary()
    assert "Criteria that" not in comparison.summary()
    assert any("60 cases were audited in both rounds" in note for note in cautions(later, later))


@pytest.mark.slow
def test_a_refused_pair_is_told_whole_and_goes_on_only_when_told_to(earlier, later) -> None:
    changed = with_rule(with_rule(later, strata="x"), exclude="y")
    with pytest.raises(at.ChangeError) as refused:
        at.compare_rounds(earlier, changed)
    assert len(refused.value.problems) == 2
    comparison = at.compare_rounds(earlier, changed, anyway=True)
    assert len(comparison.reasons) == 2
    assert {row.verdict for row in comparison.rows} <= {terms.CANNOT_TELL, ""}
    assert comparison.grades()[0].change.change == pytest.approx(
        at.compare_rounds(earlier, later).grades()[0].change.change
    )


def test_rounds_the_wrong_way_round_are_refused(earlier, later) -> None:
    with pytest.raises(at.ChangeError) as refused:
        at.compare_rounds(later, earlier)
    assert str(refused.value) == (
        "February 2010 review and Retrospective review, June to August 2009: the round given as the earlier has the "
        "later register (2010-01-31, the other 2009-08-31). Swap them."
    )


def test_a_round_that_stays_clear_of_nobody_is_like_one_that_does_not(earlier, later) -> None:
    clear = with_rule(later, stays_clear_of_earlier_rounds=True)
    same = with_receipt(clear, population_all=later.population)
    assert refusals(earlier, same) == []
    more = {**later.population, "North / closed": later.population["North / closed"] + 9}
    fewer = with_receipt(clear, population_all=more)
    assert [each.what for each in refusals(earlier, fewer)] == [
        "one of them stays clear of earlier rounds and the other does not"
    ]
    assert "February 2010 review speaks of the 696 eligible cases not audited in earlier rounds, of 705." in cautions(
        with_receipt(earlier, population_all=earlier.population), fewer
    )


def test_rounds_of_different_units_are_refused(earlier, later) -> None:
    families = with_receipt(later, unit="family_reference")
    assert [str(each) for each in refusals(earlier, families)] == [
        f"{WHERE}: their units differ: a case in the earlier and all cases under each family_reference in the later. "
        f"{RULE_MEND}"
    ]
    one = dataclasses.replace(families, plan=dataclasses.replace(families.plan, unit=at.Unit("family_reference", True)))
    assert "one case under each family_reference" in refusals(families, one)[0].what


def test_another_rule_for_small_strata_is_refused(earlier, later) -> None:
    joined = dataclasses.replace(later, plan=dataclasses.replace(later.plan, small_strata=at.SmallStrata(5, "Other")))
    assert [str(each) for each in refusals(earlier, joined)] == [
        f"{WHERE}: small strata are joined by another rule. {RULE_MEND}"
    ]


def test_small_strata_that_were_others_in_the_other_round_are_refused(earlier, later) -> None:
    """One label for other cases: an area that grew past the threshold would pass for a change in casework."""
    rule = at.SmallStrata(24, "Other")
    rounds = [
        dataclasses.replace(
            each,
            plan=dataclasses.replace(each.plan, small_strata=rule),
            receipt=dataclasses.replace(
                each.receipt,
                frame_rule={**each.receipt.frame_rule, "small_strata": rule.rule(dict.fromkeys(joined, "Other"))},
            ),
        )
        for each, joined in ((earlier, ["A", "B"]), (later, ["A", "C"]))
    ]
    assert [problem.what for problem in refusals(*rounds)] == [
        "small strata were joined in both, but B, C in one of them only"
    ]


def test_cases_audited_again_on_purpose_are_said_to_be(earlier, later) -> None:
    shared = later.cases.copy()
    shared.index = [*earlier.cases.index[:20], *later.cases.index[20:]]
    again = dataclasses.replace(later, cases=shared)
    note = (
        "20 cases were audited in both rounds. For them the change shows whether actions on those files were done, not "
        "whether practice changed. They are 33 % of the later round: the verdict leans on them."
    )
    assert cautions(earlier, again)[0] == note
    purposely = with_receipt(again, reaudit={"round": "retrospective-2009", "seed": "1", "counts": {"North": 20}})
    assert cautions(earlier, purposely)[0] == note.replace("both rounds", "both rounds on purpose", 1)


def test_a_plan_without_a_size_has_nothing_to_be_short_of(earlier, later) -> None:
    open_ended = dataclasses.replace(later, plan=dataclasses.replace(later.plan, size=None))
    assert cautions(earlier, open_ended) == []


def test_auditors_of_certainty_cases_alone_are_not_auditors_of_the_round(earlier, later) -> None:
    """Two rows of the sample become cases that had to be read, rated by somebody who rated nothing else."""
    cases = later.cases.index[:2]
    table = later.ratings.table.copy()
    table.loc[table["case_id"].isin(cases), "auditor"] = "Auditor 13"
    ratings = dataclasses.replace(later.ratings, table=table)
    certain = later.cases.loc[cases].assign(draw_status=terms.CERTAINTY)
    apart = dataclasses.replace(later, cases=later.cases.drop(index=cases), certainty=certain, ratings=ratings)
    assert "Auditor 13" not in apart.auditors
    assert no_verdict(earlier, apart) == []
