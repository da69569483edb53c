"""Changes between two samples drawn elsewhere are those of the verbs, and what stands beside them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import (
    compare_grades,
    compare_loose,
    compare_means,
    compare_shares,
    detectable_share,
    estimate_share,
    estimate_total,
    read_loose_sample,
    register_change,
)

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "elsewhere"
RATINGS = ("Outstanding", "Good", "Adequate", "Inadequate")
SHARE = {"value": "Grade", "ratings": RATINGS, "good_at": "Good"}
EXPLORED = "Exploration: one of many subgroups, its interval not adjusted, no verdict."


def pair(**asked):
    return [
        read_loose_sample(
            FOLDER / f"{name}.csv",
            strata=["Team"],
            population=str(FOLDER / f"cases-{name}.csv"),
            **{"case": "Case", **asked},
        )
        for name in ("autumn", "spring")
    ]


def test_a_share_is_what_the_verb_gives_with_what_it_could_have_shown() -> None:
    earlier, later = pair(**SHARE)
    found = compare_loose(earlier, later, confidence=0.9, margin=0.1)
    plain = compare_shares(earlier.parts, later.parts, confidence=0.9, margin=0.1)
    assert found.change is not None
    assert (found.change.change, found.change.ci, found.change.verdict) == (plain.change, plain.ci, plain.verdict)
    n = [each.strata[each.values.notna()].value_counts().to_dict() for each in (earlier, later)]
    shown = detectable_share(plain.earlier, n[0], n[1], later.population, confidence=0.9)
    assert found.change.detectable_true == shown.true_change
    assert found.change.detectable_observed == shown.observed_change
    ends = [estimate_share(*each.parts, confidence=0.9) for each in (earlier, later)]
    assert found.registers == register_change(*ends)
    assert compare_loose(earlier, later, fpc=False).registers is None


def test_lower_may_be_better() -> None:
    earlier, later = pair(**SHARE)
    up, down = (compare_loose(earlier, later, higher_is_better=each).change for each in (True, False))
    assert up is not None
    assert down is not None
    assert up.p_value + down.p_value == pytest.approx(1)
    numbers = pair(value="Visits", kind="grades")
    assert compare_loose(*numbers, higher_is_better=False).change.detectable_true > 0


def test_means_and_grades_are_what_the_verbs_give() -> None:
    earlier, later = pair(value="Visits", kind="mean")
    found = compare_loose(earlier, later)
    assert found.change == compare_means(earlier.parts, later.parts)
    grades = pair(value="Grade", kind="grades", ratings=RATINGS)
    names = {3.0: "Outstanding", 2.0: "Good", 1.0: "Adequate", 0.0: "Inadequate"}
    sides = [(each.values.map(names), each.strata, each.population) for each in grades]
    shown = compare_loose(*grades)
    plain = compare_grades(*sides, ratings=RATINGS)
    assert shown.change is not None
    assert (shown.change.theta, shown.change.ci, shown.change.verdict) == (plain.theta, plain.ci, "improved")
    assert isinstance(shown.registers, tuple)
    assert [each.median for each in shown.registers] == ["Good", "Good"]
    assert compare_loose(*grades, fpc=False).registers is None


@pytest.mark.parametrize("fpc", [True, False])
def test_a_total_is_the_registers_and_has_no_verdict(fpc) -> None:
    earlier, later = pair(value="Visits", kind="total", domain="Lives")
    found = compare_loose(earlier, later, fpc=fpc)
    assert found.change is None
    assert found.registers == register_change(*(estimate_total(*each.parts, fpc=fpc) for each in (earlier, later)))
    parts = sum(each.change for each in found.domains.values())
    assert parts == pytest.approx(found.registers.change, rel=1e-9)
    assert found.notes[0].startswith("A total grows with the number of cases")
    assert str(found).splitlines()[1].startswith("The registers differ by -234.7")
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_frame()["domain"].tolist() == ["all cases", "at home", "placed"]


def test_a_subgroup_is_every_case_drawn_and_has_no_verdict() -> None:
    earlier, later = pair(**SHARE, domain="Lives")
    found = compare_loose(earlier, later, margin=0.5)
    placed = found.domains["placed"]
    plain = compare_shares(
        *((each.values.where(each.domain == "placed"), each.strata, each.population) for each in (earlier, later))
    )
    assert (placed.change, placed.ci) == (plain.change, plain.ci)
    assert plain.verdict == "improved"
    assert placed.verdict == "cannot_tell"
    assert placed.notes == (EXPLORED,)
    assert EXPLORED in found.notes


def test_cases_in_both_are_pairs_where_ids_are_named(tmp_path) -> None:
    text = "id,good\n" + "".join(f"{i},{int(i % 3 > 0)}\n" for i in range(30))
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    samples = [
        read_loose_sample(tmp_path / f"{name}.csv", value="good", population=90, case="id") for name in ("one", "two")
    ]
    found = compare_loose(*samples)
    assert found.change is not None
    assert found.change.shared == 30
    bare = [read_loose_sample(tmp_path / f"{name}.csv", value="good", population=90) for name in ("one", "two")]
    change = compare_loose(*bare).change
    assert change is not None
    assert change.notes[0] == "The values carry no case ids, so cases audited in both rounds could not be looked for."
    totals = [
        read_loose_sample(tmp_path / f"{name}.csv", value="good", kind="total", population=90, case="id")
        for name in ("one", "two")
    ]
    assert compare_loose(*totals).notes[1].startswith("30 cases are in both samples.")


def test_what_it_tells() -> None:
    found = compare_loose(*pair(**SHARE))
    told = found.to_dict()
    json.dumps(told, allow_nan=False)
    assert list(told) == ["earlier", "later", "change", "registers", "domain", "domains", "notes"]
    assert str(found).splitlines()[0] == "autumn.csv to spring.csv"
    assert found.notes[-1].startswith("Who audited is not in these files.")
    grades = compare_loose(*pair(value="Grade", kind="grades", ratings=RATINGS)).to_dict()
    assert list(grades["registers"]) == ["earlier", "later"]


def test_samples_without_answers_cannot_be_compared_and_do_not_crash(tmp_path) -> None:
    (tmp_path / "none.csv").write_text("good\nN/A\n\n", encoding="utf-8")
    (tmp_path / "some.csv").write_text("good\n1\n0\n", encoding="utf-8")
    none, some = (read_loose_sample(tmp_path / f"{n}.csv", value="good", population=9) for n in ("none", "some"))
    change = compare_loose(none, some).change
    assert change is not None
    assert math.isnan(change.change)
    assert change.verdict == "cannot_tell"


def test_refusals() -> None:
    earlier = pair(value="Visits", kind="mean")[0]
    other = pair(value="Grade", kind="grades", ratings=RATINGS, domain="Lives")[1]
    with pytest.raises(ChangeError) as refused:
        compare_loose(earlier, other)
    assert str(refused.value) == (
        "the samples differ in their kind: mean earlier, grades later. Read both by one rule.\n"
        "the samples differ in their ratings: none earlier, Outstanding, Good, Adequate, Inadequate later. "
        "Read both by one rule.\n"
        "the samples differ in their subgroups: none earlier, Lives later. Read both by one rule."
    )
    totals = pair(value="Visits", kind="total")
    for asked in ({"margin": 1.0}, {"higher_is_better": False}):
        with pytest.raises(ChangeError) as refused:
            compare_loose(*totals, **asked)
        assert str(refused.value) == (
            "a total has no verdict, and so no margin and no better direction. Leave them out, or compare means."
        )
