"""Where casework stands in one round: estimates for its register, and counts where it cannot carry them."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.improvement import CERTAINTY, GRADE, LIMIT, SHARE, Levels, detectable_share, round_levels


@pytest.fixture(scope="module")
def levels(later: at.Round) -> Levels:
    return round_levels(later)


def by_purpose(round_: at.Round, purpose: str) -> at.Round:
    return dataclasses.replace(round_, plan=dataclasses.replace(round_.plan, purpose=purpose))


def test_every_framework_has_its_share_grades_limits_and_criteria(levels: Levels, later: at.Round) -> None:
    assert [row.framework for row in levels.of(SHARE)] == list(later.frameworks)
    for name, framework in later.frameworks.items():
        assert [row.label for row in levels.of(GRADE, name)] == list(framework.ratings)
        assert [row.id for row in levels.of("criterion", name)] == list(framework.criterion_ids)
        assert [row.id for row in levels.of(LIMIT, name)] == [limit.criterion for limit in framework.limits]
    assert len(levels.to_frame()) == len(levels.rows)
    assert not any(isinstance(value, float) and math.isnan(value) for value in levels.to_dict()["levels"][0].values())
    assert levels.to_frame()[["none_good", "all_good"]].isna().all(axis=None)
    assert "could not be read" not in levels.summary()


def test_a_share_is_the_weighted_share_of_its_register(levels: Levels, later: at.Round) -> None:
    """Worked out from sample.csv's weights and scores.csv's bands alone."""
    for share in levels.of(SHARE):
        bands = later.scores[share.framework].table.set_index(terms.CASE_ID)["band"]
        weights = later.cases[terms.DESIGN_WEIGHT].astype(float)
        scored = bands[bands != ""].index.intersection(weights.index)
        good = bands[scored].isin(["Outstanding", "Good"])
        expected = weights[scored][good].sum() / weights[scored].sum()
        assert share.share == pytest.approx(expected, abs=1e-12)
        assert (share.n, share.count) == (len(scored), int(good.sum()))
        assert 0 < share.ci.low < share.share < share.ci.high < 1
        grades = levels.of(GRADE, share.framework)
        assert sum(each.share for each in grades) == pytest.approx(1, abs=1e-12)
        assert grades[0].share + grades[1].share == pytest.approx(share.share, abs=1e-12)
        assert sum(each.count for each in grades) == share.n


def test_the_claim_is_about_the_register(levels: Levels, later: at.Round) -> None:
    values = pd.Series(later.bands("assessment_quality") >= 3, dtype=float)
    found = at.estimate_share(values, later.strata, later.population)
    without = at.estimate_share(values, later.strata, later.population, fpc=False)
    assert levels.of(SHARE)[0].ci == found.ci != without.ci


def test_limits_are_counted_case_by_case(later: at.Round) -> None:
    name = "assessment_quality"
    table = later.scores[name].table.copy()
    first, second = (f"{limit.criterion}: {limit.why}" for limit in later.frameworks[name].limits[:2])
    table["limits_fired"] = ["", first, f"{first}; {second}", second, second, *[""] * (len(table) - 5)]
    scores = {**later.scores, name: dataclasses.replace(later.scores[name], table=table)}
    counted = round_levels(dataclasses.replace(later, scores=scores)).of(LIMIT, name)
    assert [each.count for each in counted[:2]] == [2, 3]
    assert {each.count for each in counted[2:]} == {0}
    assert all(math.isnan(each.share) for each in counted)


@pytest.mark.parametrize("purpose", ["dip", "thematic", "multi-agency"])
def test_another_purpose_gives_counts_and_no_interval(later: at.Round, purpose: str) -> None:
    found = round_levels(by_purpose(later, purpose))
    frame = found.to_frame()
    assert frame[["share", "ci_low", "ci_high"]].isna().all(axis=None)
    assert frame["count"].sum() > 0
    assert "%" not in str(found)
    good = int((later.bands("assessment_quality") >= 3).sum())
    assert f"Quality of assessment, Good or better: {good} of 60; 60 cases scored" in found.summary()
    assert "not drawn at random to stand for the register" in found.summary()


def test_the_summary_says_that_one_round_shows_no_change(levels: Levels) -> None:
    lines = levels.summary().splitlines()
    assert lines[0] == "February 2010 review: where casework stands"
    share, grades = levels.of(SHARE)[0], levels.of(GRADE, "assessment_quality")
    span = f"{100 * share.ci.low:.0f} to {100 * share.ci.high:.0f}"
    figures = f"{100 * share.share:.0f} % (95 % interval {span})"
    assert lines[2] == f"Quality of assessment, Good or better: {figures}; 60 cases scored"
    assert lines[3] == "    " + ", ".join(f"{each.label} {100 * each.share:.0f} %" for each in grades)
    assert lines[-1] == (
        "One round shows where casework stands. It cannot show whether that has changed: that takes a second round."
    )
    assert str(levels).count("\n") < 12


def test_a_framework_nobody_was_scored_on_is_undefined(later: at.Round) -> None:
    name = "record_keeping"
    table = later.scores[name].table.assign(band="", limits_fired="")
    scores = {**later.scores, name: dataclasses.replace(later.scores[name], table=table)}
    found = round_levels(dataclasses.replace(later, scores=scores))
    (share,) = found.of(SHARE, name)
    assert (share.n, share.count) == (0, 0)
    assert math.isnan(share.share)
    assert math.isnan(share.detectable)
    assert found.to_dict()["levels"][found.rows.index(share)]["share"] is None


def ended(round_: at.Round, **status: str) -> at.Round:
    """Give the round with the first closed case of some areas recorded as ended so."""
    cases = round_.cases.copy()
    for area, end in status.items():
        first = cases.index[(cases["stratum"] == f"{area} / closed") & (cases["draw_status"] == terms.SAMPLED)][0]
        cases.loc[first, "draw_status"] = end
    return dataclasses.replace(round_, cases=cases)


def test_unread_cases_get_bounds_and_one_line(later: at.Round) -> None:
    found = round_levels(ended(later, North=terms.MISSING_FILE, South=terms.NOT_RETURNED, East=terms.INELIGIBLE))
    share = found.of(SHARE)[0]
    assert share.n == 57
    assert share.bounds is not None
    assert (share.bounds.unread, share.bounds.opened) == (2, 60)
    assert share.bounds.low < share.share < share.bounds.high
    frame = found.to_frame()
    row = frame[frame["kind"] == SHARE].iloc[0]
    assert (row["none_good"], row["all_good"]) == (share.bounds.low, share.bounds.high)
    line = (
        f"    2 of 60 opened cases could not be read: had all been good or better the share would be "
        f"{100 * share.bounds.high:.0f} %, had none {100 * share.bounds.low:.0f} %."
    )
    assert line in found.summary().splitlines()
    assert found.notes[:2] == (
        "2 of 60 opened cases could not be read (1 missing file, 1 not returned); the rated cases of their strata "
        "carry their weight.",
        "1 of 60 opened cases were not eligible: the figures speak of the eligible cases alone, estimated to be 684 of "
        "696 on the frame.",
    )


def test_a_stratum_that_nobody_could_read_leaves_the_level_and_is_named(later: at.Round) -> None:
    cases = later.cases.copy()
    cases.loc[cases["stratum"] == "East / looked after", "draw_status"] = terms.RESTRICTED
    declared = dataclasses.replace(later.plan, collapse={"East / looked after": "East / child protection"})
    found = round_levels(dataclasses.replace(later, cases=cases, plan=declared))
    assert not math.isnan(found.of(SHARE)[0].ci.low)
    assert (
        'No case of "East / looked after" could be rated: the figures speak of the other strata, 97.6 % of the frame.'
        in found.notes
    )


def test_certainty_cases_are_counted_apart_and_never_weighed(later: at.Round) -> None:
    cases = later.cases.index[:5]
    certain = later.cases.loc[cases].assign(draw_status=terms.CERTAINTY)
    apart = dataclasses.replace(later, cases=later.cases.drop(index=cases), certainty=certain)
    found = round_levels(apart)
    alone = round_levels(dataclasses.replace(later, cases=later.cases.drop(index=cases)))
    assert [repr(row) for row in found.rows if row.kind != CERTAINTY] == [repr(row) for row in alone.rows]
    rows = found.of(CERTAINTY, "assessment_quality")
    bands = later.bands("assessment_quality")[cases]
    assert [row.count for row in rows] == [int((bands == code).sum()) for code in (4, 3, 2, 1)]
    assert {row.n for row in rows} == {5}
    assert all(math.isnan(row.share) and math.isnan(row.ci.low) for row in rows)
    assert "Apart from the sample, 5 cases scored that were read because they had to be: " in found.summary()


def test_cases_chosen_by_hand_have_counts_and_no_weights(later: at.Round) -> None:
    chosen = later.cases.assign(draw_status=terms.CHOSEN, inclusion_probability=math.nan, design_weight=math.nan)
    nothing = dataclasses.replace(later.receipt, population={}, allocation={}, seed="")
    by_hand = dataclasses.replace(
        by_purpose(later, "thematic"), cases=later.cases.iloc[:0], chosen=chosen, receipt=nothing
    )
    found = round_levels(by_hand)
    assert (found.of(SHARE)[0].n, found.of(SHARE)[0].count) == (60, int((later.bands("assessment_quality") >= 3).sum()))
    assert found.to_frame()[["share", "ci_low", "ci_high", "none_good", "all_good"]].isna().all(axis=None)
    assert "%" not in found.summary()
    assert str(by_hand) == "February 2010 review: 60 cases chosen by hand, 12 auditors, 3 frameworks"
    for verb in (at.compare_shares, at.compare_grades):
        with pytest.raises(at.ChangeError) as refused:
            verb(later, by_hand)
        assert str(refused.value) == (
            "February 2010 review: the round was not drawn at random to stand for its register (purpose: thematic). "
            "It gives findings and counts, never an interval or a verdict: see round_levels."
        )


def test_what_two_such_rounds_would_show_is_of_the_eligible_cases(later: at.Round) -> None:
    cases = later.cases.copy()
    large = cases.index[cases["stratum"].isin(["North / closed", "South / closed", "East / closed"])]
    gone = [case for position, case in enumerate(large) if position % 4]
    cases.loc[gone, "draw_status"] = terms.INELIGIBLE
    round_ = dataclasses.replace(later, cases=cases)
    share = round_levels(round_).of(SHARE)[0]
    counts = cases.loc[cases["draw_status"] == terms.SAMPLED, "stratum"].value_counts().to_dict()
    held = {
        label: later.population[label] * counts.get(label, 0) / len(cases[cases["stratum"] == label])
        for label in later.population
    }
    assert share.detectable == detectable_share(share.share, counts, counts, held).true_change
    assert share.detectable != detectable_share(share.share, counts, counts, later.population).true_change
