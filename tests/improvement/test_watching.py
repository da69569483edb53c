"""Watching a round folder come in."""

from __future__ import annotations

import dataclasses
import json

import pytest

import audit_toolkit as at
from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import estimate_share, watch_figure, watch_round


def test_the_primary_framework_is_watched(later: at.Round) -> None:
    found = watch_round(later)
    assert (found.measure.framework, found.measure.kind) == ("assessment_quality", "good_or_better")
    assert (found.watched.back, found.watched.in_order) == (60, 60)
    fixed = estimate_share(later.values("good_or_better"), later.strata, later.population)
    assert found.watched.ci.low < fixed.ci.low < fixed.ci.high < found.watched.ci.high
    assert len(found.to_frame()) == 60
    assert "Every case is back." in str(found)
    assert found.plot().axes[0].get_title(loc="left").endswith("every case is back")
    early = dataclasses.replace(found, watched=dataclasses.replace(found.watched, back=59))
    assert "so far: between" in str(early)
    assert "This is no verdict." in str(early)
    assert early.plot().axes[0].get_title(loc="left").endswith("no verdict before the end")
    assert json.loads(json.dumps(found.to_dict()))["round"] == later.name


def test_a_round_half_back(later: at.Round) -> None:
    """The answers of five auditors out of twelve are taken away: the limits are wider, and hold the whole ones."""
    out = set(sorted(later.auditors)[7:])
    table = later.ratings.table
    part = dataclasses.replace(later.ratings, table=table[~table["auditor"].isin(out)])
    gone = later.cases.index[~later.cases.index.isin(list(part.cases))]
    scores = {name: _without(each, set(gone)) for name, each in later.scores.items()}
    half = watch_round(dataclasses.replace(later, ratings=part, scores=scores))
    whole = watch_round(later)
    assert half.watched.back == 60 - len(gone)
    assert half.watched.waiting > 0
    assert half.watched.ci.low <= whole.watched.ci.low
    assert half.watched.ci.high >= whole.watched.ci.high
    assert len(half.plot().legends) == 1


def _without(scores: at.Scores, gone: set[str]) -> at.Scores:
    table = scores.table.copy()
    table.loc[table["case_id"].isin(gone), "band"] = ""
    return dataclasses.replace(scores, table=table)


def test_a_criterion_can_be_watched(later: at.Round) -> None:
    criterion = later.frameworks["record_keeping"].criteria[0].id
    found = watch_round(later, framework="record_keeping", criterion=criterion)
    assert found.measure.criterion == criterion
    assert watch_figure(found).axes[0].get_ylim() == (0, 100)


def test_what_is_refused(later: at.Round) -> None:
    with pytest.raises(ChangeError) as refused:
        watch_round(later, framework="assessment_qualty")
    assert str(refused.value) == (
        'February 2010 review: the round has no framework "assessment_qualty". Did you mean "assessment_quality"?'
    )
    with pytest.raises(ChangeError) as refused:
        watch_round(later, criterion="AQ1")
    assert str(refused.value).startswith('February 2010 review: the round has no criterion "AQ1". ')
    chosen = dataclasses.replace(later, plan=dataclasses.replace(later.plan, purpose="dip"))
    with pytest.raises(ChangeError) as refused:
        watch_round(chosen)
    assert str(refused.value) == (
        "February 2010 review: the round was not drawn at random to stand for its register (purpose: dip). "
        "It gives findings and counts: there is no interval to watch."
    )
