"""Estimates of a sample drawn elsewhere are those of the verbs, for every kind and every subgroup."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import (
    estimate_grades,
    estimate_loose,
    estimate_mean,
    estimate_share,
    estimate_total,
    read_loose_sample,
)

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "elsewhere"
RATINGS = ("Outstanding", "Good", "Adequate", "Inadequate")
READ = {"strata": ["Team"], "population": str(FOLDER / "cases-autumn.csv"), "case": "Case"}


def autumn(**asked):
    return read_loose_sample(FOLDER / "autumn.csv", **READ, **asked)


def test_a_share_and_its_subgroups_are_what_the_verb_gives() -> None:
    sample = autumn(value="Grade", ratings=RATINGS, good_at="Good", domain="Lives")
    for fpc in (True, False):
        found = estimate_loose(sample, confidence=0.9, method="wilson", fpc=fpc)
        asked = {"confidence": 0.9, "method": "wilson", "fpc": fpc}
        assert found.overall == estimate_share(*sample.parts, **asked)
        assert list(found.domains) == ["at home", "placed"]
        for level, each in found.domains.items():
            assert each == estimate_share(*sample.parts, domain=sample.domain == level, **asked)
    assert found.notes[0].startswith("The figures speak of the way of working")
    assert found.notes[1].startswith("Subgroups are exploration")


@pytest.mark.parametrize(("kind", "verb"), [("mean", estimate_mean), ("total", estimate_total)])
def test_a_mean_and_a_total_are_what_the_verb_gives(kind, verb) -> None:
    sample = autumn(value="Visits", kind=kind, domain="Lives")
    found = estimate_loose(sample)
    assert found.overall == verb(*sample.parts)
    assert found.domains["placed"] == verb(*sample.parts, domain=sample.domain == "placed")
    assert found.notes[0] == "The figures speak of the cases the sample stands for: with finite population correction."
    with pytest.raises(ChangeError) as refused:
        estimate_loose(sample, method="wilson")
    assert str(refused.value) == (
        f'method: "wilson" is an interval for a share, and a {kind} has the t interval. Leave it out.'
    )


def test_grades_are_what_the_verb_gives_by_label_and_by_number() -> None:
    sample = autumn(value="Grade", kind="grades", ratings=RATINGS)
    labels = sample.values.map({3.0: "Outstanding", 2.0: "Good", 1.0: "Adequate", 0.0: "Inadequate"})
    found = estimate_loose(sample)
    assert found.overall == estimate_grades(labels, sample.strata, sample.population, ratings=RATINGS)
    numbers = autumn(value="Visits", kind="grades")
    assert estimate_loose(numbers).overall == estimate_grades(*numbers.parts)


def test_totals_of_the_subgroups_come_to_the_total() -> None:
    found = estimate_loose(autumn(value="Visits", kind="total", domain="Lives"))
    assert sum(each.value for each in found.domains.values()) == pytest.approx(found.overall.value, rel=1e-12)


def test_an_empty_subgroup_is_a_subgroup_and_a_lonely_stratum_is_told(tmp_path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("team,good,by\nA,1,x\nA,0,\nA,1,x\nB,1,\n", encoding="utf-8")
    counts = tmp_path / "n.csv"
    counts.write_text("team,n\nA,30\nB,9\n", encoding="utf-8")
    sample = read_loose_sample(path, value="good", strata=["team"], population=str(counts), domain="by")
    found = estimate_loose(sample)
    assert list(found.domains) == ["(empty)", "x"]
    assert math.isnan(found.overall.standard_error)
    assert found.overall.notes[0].startswith('Variance not estimable: one case stands for stratum "B".')
    assert estimate_loose(sample, collapse={"B": "A"}).overall.standard_error > 0


def test_what_it_tells() -> None:
    found = estimate_loose(autumn(value="Grade", ratings=RATINGS, good_at="Good", domain="Lives"))
    told = found.to_dict()
    json.dumps(told, allow_nan=False)
    assert list(told) == ["sample", "fpc", "estimate", "domain", "domains", "notes"]
    assert (told["domain"], [each["level"] for each in told["domains"]]) == ("Lives", ["at home", "placed"])
    assert found.to_frame()["domain"].tolist() == ["all cases", "at home", "placed"]
    assert str(found).splitlines()[:2] == [
        "autumn.csv: 45 cases in 4 strata, standing for 419",
        "Share 50.6 %, 95 % interval 34.3 % to 66.8 % (korn-graubard)",
    ]
    grades = estimate_loose(autumn(value="Grade", kind="grades", ratings=RATINGS))
    assert grades.to_frame()["grade"].tolist() == list(RATINGS)
    assert grades.to_dict()["domain"] is None
