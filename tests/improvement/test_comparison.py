"""Two rounds on every measure: which families, which words, which columns."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit import terms
from audit_toolkit.improvement import (
    ALL_CASES,
    CHANGE_COLUMNS,
    CRITERION,
    GRADES,
    SHARE,
    benjamini_hochberg,
    holm,
    measures_of,
)
from audit_toolkit.improvement.rounds.measured import BESIDE, CRITERIA, EXPLORED, FRAMEWORKS, PRIMARY


def test_every_measure_stands_once_and_the_primary_framework_first(comparison) -> None:
    ids = [(row.measure.id, row.domain) for row in comparison.rows]
    assert len(ids) == len(set(ids))
    assert ids[0] == ("assessment_quality: grades", ALL_CASES)
    kinds = [row.measure.kind for row in comparison.rows if row.domain == ALL_CASES]
    assert (kinds.count(GRADES), kinds.count(SHARE), kinds.count(CRITERION)) == (3, 3, 43)
    # Three areas and four outcomes for each of three shares.
    assert len(comparison.domains()) == 7 * 3


def test_the_table_has_the_fixed_columns(comparison) -> None:
    frame = comparison.to_frame()
    assert tuple(frame.columns) == CHANGE_COLUMNS
    assert np.allclose(frame["later"] - frame["earlier"], frame["change"], equal_nan=True)
    json.dumps(comparison.to_dict(), allow_nan=False)
    assert comparison.to_table().map(lambda cell: isinstance(cell, str)).all().all()


def test_grades_and_shares_agree_with_the_verbs_on_plain_values(comparison, earlier, later) -> None:
    sides = [(each.bands("record_keeping"), each.strata, each.population) for each in (earlier, later)]
    alone = at.compare_grades(*sides)
    row = next(row for row in comparison.grades() if row.measure.framework == "record_keeping")
    assert (row.change.change, row.change.ci, row.change.p_value) == (alone.change, alone.ci, alone.p_value)
    good = [((values >= 3).astype(float).where(values.notna()), *rest) for values, *rest in sides]
    share = at.compare_shares(*good)
    assert comparison.share("record_keeping").change.ci == share.ci


def test_families_are_adjusted_apart(comparison) -> None:
    rows = comparison.rows
    primary = [row for row in rows if row.family == PRIMARY]
    assert [row.measure.id for row in primary] == ["assessment_quality: grades"]
    assert primary[0].p_adjusted == primary[0].change.p_two_sided
    others = [row for row in rows if row.family == FRAMEWORKS]
    assert [row.p_adjusted for row in others] == pytest.approx(list(holm([row.change.p_two_sided for row in others])))
    for name in ("assessment_quality", "record_keeping", "managerial_oversight"):
        family = [row for row in rows if row.family == CRITERIA and row.measure.framework == name]
        wanted = holm([row.change.p_two_sided for row in family])
        assert np.allclose([row.p_adjusted for row in family], wanted, equal_nan=True)
    explored = [row for row in rows if row.family == EXPLORED]
    wanted = benjamini_hochberg([row.change.p_two_sided for row in explored])
    assert np.allclose([row.p_adjusted for row in explored], wanted, equal_nan=True)


def test_a_word_needs_its_adjusted_p(comparison) -> None:
    for row in comparison.rows:
        if row.family in (BESIDE, EXPLORED):
            assert row.verdict == ""
            assert row.family == EXPLORED or math.isnan(row.p_adjusted)
        elif row.verdict in (terms.IMPROVED, terms.WORSENED):
            assert row.p_adjusted < 0.05
            assert (row.change.change > 0) == (row.verdict == terms.IMPROVED)
        else:
            assert not row.p_adjusted < 0.05
    # Some alone would be called improved; beside fifteen others they are not.
    assert [row for row in comparison.criteria() if (row.change.verdict, row.verdict) == ("improved", "cannot_tell")]


def test_both_detectable_figures_stand_beside_every_framework(comparison) -> None:
    for row in comparison.rows:
        if row.domain == ALL_CASES and row.measure.kind in (GRADES, SHARE):
            assert 0.05 < row.change.detectable_observed < row.change.detectable_true < 0.4


def test_a_domain_is_the_same_cases_alone(comparison, earlier, later) -> None:
    sides = []
    for each in (earlier, later):
        bands = each.bands("assessment_quality")
        inside = each.cases["area"] == "North"
        sides.append(((bands >= 3).astype(float).where(inside & bands.notna()), each.strata, each.population))
    alone = at.compare_shares(*sides)
    row = comparison.share("assessment_quality", "area: North")
    assert (row.change.change, row.change.ci) == (alone.change, alone.ci)
    assert row.change.n_later == 24


def test_a_criterion_nobody_could_answer_is_nothing_to_compare(comparison) -> None:
    never = next(row for row in comparison.criteria() if row.measure.id == "MO12")
    assert (never.change.n_earlier, never.change.n_later) == (0, 0)
    assert math.isnan(never.change.change)
    assert never.verdict == terms.CANNOT_TELL


@pytest.mark.slow
def test_the_margin_is_the_primary_measures_own(later) -> None:
    grades = at.compare_rounds(later, later).grades()
    assert grades[0].change.margin == 0.1
    assert [row.change.margin for row in grades[1:]] == [None, None]


def test_the_summary_says_each_word_and_the_plot_draws(comparison) -> None:
    text = comparison.summary()
    assert text.startswith("February 2010 review, compared with Retrospective review, June to August 2009\n")
    assert "Quality of assessment: Improved: " in text
    assert "Record keeping: No change shown: " in text
    assert "no change" not in text.replace("No change shown", "")
    assert len(str(comparison).splitlines()) <= 12
    figure = comparison.plot()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["Quality of assessment", "Record keeping", "Managerial oversight"]


@pytest.mark.slow
def test_everything_alike_in_both_rounds_is_no_crash(later) -> None:
    alike = {
        name: dataclasses.replace(scores, table=scores.table.assign(band="Good"))
        for name, scores in later.scores.items()
    }
    one = dataclasses.replace(later, scores=alike)
    grades = at.compare_rounds(one, one).grades()
    assert [row.change.change for row in grades] == [0, 0, 0]
    assert {row.verdict for row in grades} == {terms.CANNOT_TELL}


def test_values_are_missing_where_there_is_no_band(later) -> None:
    scores = later.scores["managerial_oversight"].table.set_index("case_id")
    blank = scores.index[scores["status"] == terms.INCOMPLETE]
    assert later.bands("managerial_oversight")[blank].isna().all()
    assert pd.notna(later.bands("assessment_quality")).all()


@pytest.mark.slow
def test_a_picture_without_a_verdict_says_so(later) -> None:
    figure = at.compare_rounds(later, later).plot()
    said = [text.get_text() for text in figure.axes[0].texts]
    assert len(said) == 3
    assert all(text.endswith(": no verdict") for text in said)
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_a_round_is_taken_as_its_primary_measure(earlier, later, comparison) -> None:
    assert at.compare_grades(earlier, later).ci == comparison.grades()[0].change.ci
    assert at.compare_shares(earlier, later).ci == comparison.share("assessment_quality").change.ci
    records = [each.measure("grades", "record_keeping") for each in (earlier, later)]
    assert at.compare_grades(*records).ci == comparison.grades()[1].change.ci
    with pytest.raises(at.ChangeError, match='the round has no "record_keepin"'):
        later.measure("grades", "record_keepin")


@pytest.mark.slow
def test_a_domain_has_its_own_population(comparison) -> None:
    samples = Path(__file__).resolve().parents[2] / "samples"
    frames = [at.plan_review(samples / name).frame for name in ("retrospective-2009", "february-2010")]
    east = comparison.share("assessment_quality", "area: East").change
    assert [east.population_earlier, east.population_later] == [(each.units["area"] == "East").sum() for each in frames]


def test_the_least_change_that_counts_is_the_adjusted_one(comparison) -> None:
    """Two secondary frameworks share 5 %: each must pass at 2.5 %."""
    primary, *others = comparison.grades()
    assert all(row.change.detectable_observed > primary.change.detectable_observed for row in others)


@pytest.mark.slow
def test_a_primary_framework_of_ones_own_stands_alone(earlier, later) -> None:
    """The plan names a file; the framework gives itself another name."""
    renamed = []
    for each in (earlier, later):
        plan = dataclasses.replace(each.plan, primary="mine.yaml", frameworks=("mine.yaml", *each.plan.frameworks[1:]))
        renamed.append(dataclasses.replace(each, plan=plan))
    first = at.compare_rounds(*renamed).grades()[0]
    assert (first.family, first.change.margin) == (PRIMARY, 0.1)


@pytest.mark.parametrize(
    ("criterion", "answers", "wanted"),
    [
        ("AQ03", ["Outstanding", "Good", "Adequate", "Inadequate"], [1, 1, 0, 0]),
        ("AQ02", ["Yes", "Partly", "No", "N/A"], [1, 0, 0, None]),
        ("AQ01", ["met", "not met", "pending", "missing date"], [1, 0, None, None]),
        ("RK02", ["3 of 3", "2 of 3", "0 of 3", ""], [1, 0, 0, None]),
    ],
)
def test_what_counts_of_each_kind_of_answer(later, criterion, answers, wanted) -> None:
    name = "record_keeping" if criterion.startswith("RK") else "assessment_quality"
    scores = later.scores[name]
    cases = later.cases.index[: len(answers)]
    changed = scores.answers.copy()
    changed.loc[cases, criterion] = answers
    one = dataclasses.replace(later, scores={**later.scores, name: dataclasses.replace(scores, answers=changed)})
    measure = next(each for each in measures_of(one) if each.id == criterion)
    found = measure.values(one).reindex(cases)
    assert [None if math.isnan(value) else value for value in found] == wanted


@pytest.mark.slow
def test_a_declared_collapse_reaches_every_measure(earlier, later) -> None:
    """One case left in a stratum of both rounds: nothing to estimate from, but with the neighbour declared before."""
    thinned = []
    for each in (earlier, later):
        inside = each.cases.index[each.cases["stratum"] == "East / looked after"]
        cases = each.cases.drop(index=inside[1:])
        thinned.append(dataclasses.replace(each, cases=cases))
    alone = at.compare_rounds(*thinned)
    assert math.isnan(alone.grades()[0].change.ci.low)
    assert "one case stands for stratum" in alone.summary()
    collapse = {"East / looked after": "East / child protection"}
    declared = [dataclasses.replace(each, plan=dataclasses.replace(each.plan, collapse=collapse)) for each in thinned]
    together = at.compare_rounds(*declared)
    for row in together.rows:
        if row.measure.kind in (GRADES, SHARE) and row.domain in (ALL_CASES, "area: East"):
            assert not math.isnan(row.change.ci.low), row.measure.id
        if row.measure.kind in (GRADES, SHARE) and row.domain == ALL_CASES:
            assert not math.isnan(row.change.detectable_true)
