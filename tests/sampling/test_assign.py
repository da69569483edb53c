"""Auditors: fair shares, never a case of their own team, a share rated twice, the same for whoever runs it."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import AuditError, DesignError
from audit_toolkit.register import build_frame
from audit_toolkit.sampling import Auditor, Sample, assign_auditors, draw_sample, read_auditors

TEAMS = ("N1", "N2", "S1", "S2")
REGISTER = pd.DataFrame(
    [(f"C{n:03}", "North" if n % 4 < 2 else "South", TEAMS[n % 4]) for n in range(400)],
    columns=["case_id", "area", "team"],
    dtype=object,
)
PEOPLE = pd.DataFrame(
    {"auditor": ["Ann", "Bob", "Cem", "Dee", "Eva"], "team": [*TEAMS, ""], "hours": ["10", "10", "10", "7.5", "5"]}
)


def drawn(size: int = 40, seed: str = "7", strata: object = "area") -> Sample:
    return draw_sample(build_frame(REGISTER, strata=strata), size=size, seed=seed, reserves=2)


def teams(sample: Sample) -> list[str]:
    return [str(each) for each in sample.details["team"]]


def check(sample: Sample, people: pd.DataFrame, share: Fraction) -> None:
    rated = sample.sampled()
    own = dict(zip(people["auditor"], people["team"], strict=True))
    team_of = dict(zip(sample.details["case_id"], teams(sample), strict=True))
    hours = {name: Fraction(str(each)) for name, each in zip(people["auditor"], people["hours"], strict=True)}
    count = round(share * len(rated))
    doubled = rated[rated["second_auditor"] != ""]
    assert len(doubled) == count
    assert set(rated["auditor"]) <= set(own)
    assert (doubled["auditor"] != doubled["second_auditor"]).all()
    for column, total in (("auditor", len(rated)), ("second_auditor", count)):
        for case, name in zip(rated["case_id"], rated[column], strict=True):
            assert not name or not own[name] or own[name] != team_of[case]
        counts = Counter(rated[column])
        for name, given in hours.items():
            exact = total * given / sum(hours.values())
            assert math.floor(exact) <= counts.get(name, 0) <= math.ceil(exact)
    reserves = sample.cases[sample.cases["draw_status"] == "reserve"]
    assert set(reserves["auditor"]) | set(reserves["second_auditor"]) == {""}


@pytest.mark.parametrize("seed", ["7", "8", "nine"])
@pytest.mark.parametrize(("size", "share"), [(40, Fraction(1, 5)), (23, Fraction(1, 4)), (60, Fraction(1, 10))])
def test_shares_are_fair_and_nobody_rates_their_own_team(seed: str, size: int, share: Fraction) -> None:
    check(assign_auditors(drawn(size, seed), PEOPLE, double_rated=share), PEOPLE, share)


def test_each_stratum_is_shared_out_as_evenly_as_can_be() -> None:
    people = PEOPLE.assign(team="", hours="1")
    rated = assign_auditors(drawn(40), people).sampled()
    for _, rows in rated.groupby("area"):
        assert len(rows) == 20
        assert set(Counter(rows["auditor"]).values()) == {4}
        assert (rows["second_auditor"] != "").sum() == 4


def test_evenness_is_never_given_up_for_a_lucky_hash() -> None:
    people = [Auditor(name, "", Fraction(1)) for name in "abc"]
    rated = assign_auditors(drawn(300), people, double_rated=0).sampled()
    for _, rows in rated.groupby("area"):
        assert set(Counter(rows["auditor"]).values()) == {50}


def test_two_auditors_meet_on_no_more_double_ratings_than_they_must() -> None:
    people = PEOPLE.assign(team="", hours="1")
    rated = assign_auditors(drawn(60), people, double_rated=Fraction(1, 6)).sampled()
    doubled = rated[rated["second_auditor"] != ""]
    pairs = Counter(frozenset(pair) for pair in zip(doubled["auditor"], doubled["second_auditor"], strict=True))
    assert set(pairs) == {frozenset(pair) for pair in itertools.combinations(people["auditor"], 2)}
    assert set(pairs.values()) == {1}


def test_the_same_whatever_order_register_and_auditors_are_in() -> None:
    first = assign_auditors(drawn(), PEOPLE)
    shuffled = build_frame(REGISTER.sample(frac=1, random_state=2), strata="area")
    again = assign_auditors(draw_sample(shuffled, size=40, seed="7", reserves=2), PEOPLE.iloc[::-1])
    pd.testing.assert_frame_equal(first.cases, again.cases)
    assert first.receipt.sample_sha256 == again.receipt.sample_sha256 != ""
    other = assign_auditors(drawn(seed="8"), PEOPLE)
    assert other.cases["auditor"].tolist() != first.cases["auditor"].tolist()


def test_assignment_changes_no_draw_and_no_argument() -> None:
    sample = drawn()
    before = sample.cases.copy(deep=True)
    assigned = assign_auditors(sample, PEOPLE)
    pd.testing.assert_frame_equal(sample.cases, before)
    columns = [name for name in before.columns if name not in ("auditor", "second_auditor")]
    pd.testing.assert_frame_equal(assigned.cases[columns], before[columns])
    assert assigned.receipt.cases == sample.receipt.cases


def test_teams_are_the_registers_own_also_where_strata_group_them() -> None:
    grouped = [{"column": "team", "groups": {"North": ["N1", "N2"], "South": ["S1", "S2"]}}]
    sample = assign_auditors(drawn(strata=grouped), PEOPLE)
    check(sample, PEOPLE, Fraction(1, 5))
    assert set(teams(sample)) == set(TEAMS)


def test_nobody_rates_twice_where_nothing_is_rated_twice() -> None:
    assert set(assign_auditors(drawn(), PEOPLE, double_rated=0).cases["second_auditor"]) == {""}
    everything = assign_auditors(drawn(), PEOPLE.assign(team=""), double_rated=1)
    check(everything, PEOPLE.assign(team=""), Fraction(1))


def refusal(people: object, **options: object) -> str:
    with pytest.raises(AuditError) as refused:
        assign_auditors(drawn(8), people, **options)
    return str(refused.value)


def test_what_cannot_be_shared_out_is_refused_with_the_reason() -> None:
    alone = [Auditor("Ann", "N1", Fraction(1))]
    case = next(case for case, team in zip(drawn(8).details["case_id"], teams(drawn(8)), strict=True) if team == "N1")
    assert f"auditors: no auditor may rate case {case}, of team N1. Add an auditor from another team." in refusal(alone)
    assert refusal([Auditor("Ann", "", Fraction(1))]) == (
        "auditors: 2 cases cannot each be given a second auditor. Lower double_rated, or add auditors from other teams."
    )
    uneven = [*[Auditor(f"N{n}", "N1", Fraction(100)) for n in range(3)], Auditor("Eva", "", Fraction(1))]
    assert refusal(uneven, double_rated=0) == (
        "auditors: the cases cannot be shared out by the auditors' hours and teams. "
        "Add auditors from other teams, or even out the hours."
    )
    assert refusal([]) == "auditors: there are no auditors. Name at least one auditor, and a share from 0 to 1."
    for share in (1.5, -0.1, float("nan"), float("inf")):
        assert refusal(PEOPLE, double_rated=share) == (
            f"auditors: double_rated is {share}. Name at least one auditor, and a share from 0 to 1."
        )
    twice = [Auditor("Ann", "", Fraction(1)), Auditor("Ann", "", Fraction(2))]
    assert refusal(twice) == ('auditors: the auditor "Ann" stands twice, has no name or no hours. Mend the list.')


def test_the_list_of_auditors_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "auditors.csv"
    path.write_text("auditor,team,hours\nAnn,N1,10\nBob,,1/2\n", encoding="utf-8")
    people = (Auditor("Ann", "N1", Fraction(10)), Auditor("Bob", "", Fraction(1, 2)))
    assert read_auditors(path) == read_auditors(str(path)) == read_auditors(people) == people
    path.write_text("auditor,team,hours\nAnn,N1,0\nAnn,,many\n,,1\n", encoding="utf-8")
    with pytest.raises(DesignError) as refused:
        read_auditors(path)
    assert str(refused.value).splitlines() == [
        'auditors.csv, row 2, column C "hours": "0" is not a number of hours above 0. '
        "Give the hours, or take the auditor out.",
        'auditors.csv, row 3, column A "auditor": the auditor "Ann" stands twice. '
        "Give each auditor one row and a name.",
        'auditors.csv, row 3, column C "hours": "many" is not a number of hours above 0. '
        "Give the hours, or take the auditor out.",
        'auditors.csv, row 4, column A "auditor": the auditor has no name. Give each auditor one row and a name.',
    ]
    with pytest.raises(DesignError) as refused:
        read_auditors(pd.DataFrame({"Auditor": ["Ann"], "Team": ["N1"], "Hours": [1]}))
    assert str(refused.value).splitlines() == [
        'auditors, row 1: there is no column "auditor". Did you mean "Auditor"?',
        'auditors, row 1: there is no column "team". Did you mean "Team"?',
        'auditors, row 1: there is no column "hours". Did you mean "Hours"?',
    ]


def test_it_is_said_where_the_own_team_rule_could_not_be_kept() -> None:
    assert assign_auditors(drawn(), PEOPLE).notes == ()
    nobody = PEOPLE[["auditor"]]
    assert assign_auditors(drawn(), nobody).notes == (
        "No auditor has a team, so nobody is kept from the cases of their own.",
    )
    frame = build_frame(REGISTER.drop(columns="team"), strata="area")
    assert assign_auditors(draw_sample(frame, size=20, seed="7"), PEOPLE).notes == (
        'The register has no column "team", so nobody is kept from the cases of their own team.',
    )
    spelt = PEOPLE.assign(team=["n1", "n2", "s1", "s2", ""])
    assert assign_auditors(drawn(), spelt).notes == (
        "No drawn case is of a team of the auditors (n1, n2, s1, s2): look at how they are spelt.",
    )
