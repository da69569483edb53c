"""Auditors: fair shares, never a case of their own team, a share rated twice, the same for whoever runs it."""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import AuditError, DesignError
from audit_toolkit.register import build_frame
from audit_toolkit.sampling import Auditor, Sample, assign_auditors, draw_sample, read_auditors, sample_bytes
from audit_toolkit.sampling.crossing import read_earlier_raters

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
    assert [each[:5] for each in assigned.receipt.cases] == [each[:5] for each in sample.receipt.cases]
    sealed = {each[0]: each[5:] for each in assigned.receipt.cases}
    names = assigned.cases[["auditor", "second_auditor"]].itertuples(index=False, name=None)
    assert list(sealed.values()) == list(names)


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
    sample = drawn(8)
    north = [case for case, team in zip(sample.details["case_id"], teams(sample), strict=True) if team == "N1"]
    rated = [case for case in sample.sampled()["case_id"] if case in north]
    assert refusal([Auditor("Ann", "N1", Fraction(1))]).splitlines() == [
        f"case {case}: no auditor may rate it: Ann is of its team N1. Add an auditor who may rate it." for case in rated
    ]
    assert refusal([Auditor("Ann", "", Fraction(1))]) == (
        "auditors: 2 of 8 cases are to be rated twice (double_rated 20%), and only 0 have a second auditor who may. "
        "Lower double_rated, or add auditors who may rate more of them."
    )
    assert refusal([]) == "auditors: there are no auditors. Name at least one auditor."
    for share in (1.5, -0.1, float("nan"), float("inf")):
        assert refusal(PEOPLE, double_rated=share) == (
            f"auditors: double_rated is {share}. Give a share from 0 to 1, or as 20%."
        )
    twice = [Auditor("Ann", "", Fraction(1)), Auditor("Ann", "", Fraction(2))]
    assert refusal(twice) == ('auditors: the auditor "Ann" stands twice, has no name or no hours. Mend the list.')


def test_hours_that_do_not_fit_the_conflicts_are_refused_with_the_auditors_and_the_cases() -> None:
    rated = drawn(8).sampled()["case_id"].tolist()
    team = dict(zip(drawn(8).details["case_id"], teams(drawn(8)), strict=True))
    n1 = [case for case in rated if team[case] == "N1"]
    uneven = [*[Auditor(f"N{n}", "N1", Fraction(100)) for n in range(3)], Auditor("Eva", "", Fraction(1))]
    assert refusal(uneven, double_rated=0) == (
        "auditors: 3 cases (C080, C220 and C268) can go only to Eva, whose fair share by hours is at most 1. "
        "Give them more hours, or add auditors who may rate these cases."
    )
    assert n1 == ["C080", "C220", "C268"]
    kept = tuple(case for case in rated if case not in n1)
    idle = [Auditor("Ann", "", Fraction(9), kept), Auditor("Bob", "", Fraction(1)), Auditor("Cem", "", Fraction(1))]
    assert refusal(idle, double_rated=0) == (
        f"auditors: 5 cases ({', '.join(kept[:4])} and {kept[4]}) can go only to Bob and Cem, whose fair shares by "
        "hours come to at most 2. Give them more hours, or add auditors who may rate these cases."
    )
    idle = [Auditor("Ann", "", Fraction(12), kept), *idle[1:], Auditor("Dee", "", Fraction(6))]
    assert refusal(idle, double_rated=0) == (
        "auditors: only 3 cases can go to Ann, whose fair share by hours is at least 4. "
        "Give them fewer hours, or take the conflict away."
    )


def test_the_list_of_auditors_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "auditors.csv"
    path.write_text("auditor,team,hours\nAnn,N1,10\nBob,,1/2\n", encoding="utf-8")
    people = (Auditor("Ann", "N1", Fraction(10)), Auditor("Bob", "", Fraction(1, 2)))
    assert read_auditors(path) == read_auditors(str(path)) == read_auditors(people) == people
    path.write_text("auditor,cannot_audit,cleared_for\nAnn,N2; C004 ;; N2,\nBob,,adoption;court\n", encoding="utf-8")
    assert read_auditors(path) == (
        Auditor("Ann", "", Fraction(1), ("N2", "C004")),
        Auditor("Bob", "", Fraction(1), (), ("adoption", "court")),
    )
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
        read_auditors(pd.DataFrame({"auditor": ["Ann"], "Cannot audit": ["N1"], "clearedfor": [""]}))
    assert str(refused.value).splitlines() == [
        'auditors, row 1: there is no column "cannot_audit". Did you mean "Cannot audit"?',
        'auditors, row 1: there is no column "cleared_for". Did you mean "clearedfor"?',
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
    nearly = PEOPLE.assign(team=["N1", "n2 ", "S1", "S2", "Quality"])
    assert assign_auditors(drawn(), nearly).notes == (
        'No drawn case is of the team "n2 " of the auditors. Did you mean "N2"?',
    )


def crossed(earlier: pd.DataFrame, later: pd.DataFrame, people: int) -> list[float]:
    """Give by stratum and auditor how far both rounds together are from equal shares."""
    both = pd.concat([each[each["draw_status"] == "sampled"] for each in (earlier, later)])
    counts = both.groupby(["stratum", "auditor"]).size()
    exact = both.groupby("stratum").size() / people
    names = sorted(set(both["auditor"]))
    return [counts.get((label, name), 0) - exact[label] for label in exact.index for name in names]


@pytest.mark.slow
def test_over_both_rounds_every_stratum_is_shared_out_to_the_nearest_case(tmp_path: Path) -> None:
    people = PEOPLE.assign(team="", hours="1")
    for seed in ("7", "8", "9"):
        earlier = assign_auditors(drawn(34, "then " + seed), people)
        folder = tmp_path / seed
        folder.mkdir()
        (folder / "sample.csv").write_bytes(sample_bytes(earlier.cases))
        alone = assign_auditors(drawn(36, seed), people)
        later = assign_auditors(drawn(36, seed), people, earlier=folder)
        for source in (folder / "sample.csv", str(folder), earlier.cases):
            pd.testing.assert_frame_equal(assign_auditors(drawn(36, seed), people, earlier=source).cases, later.cases)
        # 34 + 36 cases in two strata among five: 35 each and 7 an auditor, so the sums can be met exactly.
        assert set(crossed(earlier.cases, later.cases, 5)) == {0.0}
        assert set(crossed(earlier.cases, alone.cases, 5)) != {0.0}
        assert (
            later.notes[-1:]
            == alone.notes[-1:]
            == ("No auditor has a team, so nobody is kept from the cases of their own.",)
        )


def earlier_of(*rows: tuple[str, str, int], status: str = "sampled") -> pd.DataFrame:
    """Give an earlier round: so many cases of a stratum by an auditor."""
    each = [(stratum, name) for stratum, name, count in rows for _ in range(count)]
    found = pd.DataFrame(each, columns=["stratum", "auditor"])
    return found.assign(case_id=[f"E{number}" for number in range(len(found))], draw_status=status)


def test_the_share_of_then_is_that_of_todays_hours_where_they_account_for_it_else_of_the_totals() -> None:
    people = [Auditor("Ann", "", Fraction(1)), Auditor("Bob", "", Fraction(1)), Auditor("New", "", Fraction(1))]
    north, south = ("", "North"), ("", "South")
    same = read_earlier_raters(earlier_of(("North", "Ann", 3), ("North", "Bob", 1), ("South", "Bob", 3)))
    assert same is not None
    assert same.surplus(people) == {
        (north, 0): 1,
        (north, 1): -1,
        (south, 0): Fraction(-3, 2),
        (south, 1): Fraction(3, 2),
    }
    other = read_earlier_raters(earlier_of(("North", "Ann", 6), ("South", "Ann", 3), ("South", "Bob", 3)))
    assert other is not None
    # Nine of twelve are no half: the hours were others, and Ann's share of then is three quarters.
    assert other.surplus(people) == {
        (north, 0): Fraction(3, 2),
        (north, 1): Fraction(-3, 2),
        (south, 0): Fraction(-3, 2),
        (south, 1): Fraction(3, 2),
    }
    assert read_earlier_raters(None) is None
    assert read_earlier_raters(earlier_of(("North", "Ann", 3), status="missing file")) is None
    apart = read_earlier_raters(earlier_of(("North", "Ann", 3), status="certainty"))
    assert apart is not None
    assert apart.surplus(people) == {(("certainty", "North"), 0): 0}


def test_a_re_audited_case_goes_to_another_auditor_and_it_is_said_where_it_cannot() -> None:
    people = PEOPLE.assign(team="", hours="1")
    earlier = assign_auditors(drawn(40), people)
    again = assign_auditors(drawn(40), people, earlier=earlier.cases)
    both = earlier.sampled().merge(again.sampled(), on="case_id", suffixes=("_then", "_now"))
    assert len(both) == 40
    then = [{one, other} for one, other in zip(both["auditor_then"], both["second_auditor_then"], strict=True)]
    assert not any(name in names for name, names in zip(both["auditor_now"], then, strict=True))
    assert not any(name and name in names for name, names in zip(both["second_auditor_now"], then, strict=True))
    alone = [Auditor("Ann", "", Fraction(1))]
    first = assign_auditors(drawn(8), alone, double_rated=0)
    ids = first.sampled()["case_id"].tolist()
    assert assign_auditors(drawn(8), alone, double_rated=0, earlier=first.cases).notes[1:] == (
        "8 re-audited cases go to an auditor who rated it before; fair shares left nobody else: "
        f"{', '.join(ids[:5])} and 3 others.",
    )


def test_it_is_said_where_the_auditors_or_the_strata_are_others() -> None:
    def notes(names: str, then: str, label: str = "North") -> tuple[str, ...]:
        before = pd.DataFrame({"case_id": list(then), "stratum": label, "auditor": list(then)})
        people = [Auditor(name, "", Fraction(1)) for name in names]
        return assign_auditors(drawn(8), people, double_rated=0, earlier=before).notes[1:]

    assert notes("ab", "ab") == ()
    assert notes("ab", "cd") == ("None of the auditors rated in the earlier round: a change may be the auditors'.",)
    assert notes("abc", "abd") == ("The auditors are not those of the earlier round: c is new, d rated only then.",)
    assert notes("abcd", "ab") == ("The auditors are not those of the earlier round: c and d are new.",)
    assert notes("ab", "ab", "Elsewhere") == (
        "The earlier round has none of these strata: the auditors are not crossed over both.",
    )
    with pytest.raises(DesignError) as refused:
        assign_auditors(drawn(8), PEOPLE, earlier=pd.DataFrame({"case_id": ["a"], "Auditor": ["b"]}))
    assert str(refused.value).splitlines() == [
        'earlier: the earlier round has no column "stratum". Use one of: case_id, Auditor.',
        'earlier: the earlier round has no column "auditor". Did you mean "Auditor"?',
    ]
    empty = pd.DataFrame({"case_id": ["a"], "stratum": ["North"], "auditor": [""]})
    pd.testing.assert_frame_equal(
        assign_auditors(drawn(8), PEOPLE, earlier=empty).cases, assign_auditors(drawn(8), PEOPLE).cases
    )


@pytest.mark.parametrize(("size", "people", "share"), [(60, 12, Fraction(1, 5)), (90, 6, Fraction(1, 2)), (45, 5, 1)])
def test_double_ratings_are_balanced_over_pairs_strata_and_auditors(size: int, people: int, share: Fraction) -> None:
    names = [Auditor(f"P{number:02}", "", Fraction(1)) for number in range(people)]
    for seed in ("7", "8"):
        rated = assign_auditors(drawn(size, seed, "team"), names, double_rated=share).sampled()
        doubled = rated[rated["second_auditor"] != ""]
        met = Counter(frozenset(pair) for pair in zip(doubled["auditor"], doubled["second_auditor"], strict=True))
        counts = [met[frozenset((one.name, other.name))] for one, other in itertools.combinations(names, 2)]
        assert max(counts) - min(counts) <= 1
        for label, rows in rated.groupby("stratum"):
            exact = Fraction(len(doubled) * len(rows), len(rated))
            assert abs((doubled["stratum"] == label).sum() - exact) < 1
        for column in ("auditor", "second_auditor"):
            each = [Counter(doubled[column])[person.name] for person in names]
            assert max(each) - min(each) <= 1


def test_cases_from_a_list_are_shared_out_too_and_the_strata_stay_even() -> None:
    people = PEOPLE.assign(team="", hours="1")
    sample = drawn(40)
    cases = sample.cases.copy()
    reserves = cases["draw_status"] == "reserve"
    cases.loc[reserves, "draw_status"] = "certainty"
    rated = assign_auditors(dataclasses.replace(sample, cases=cases), people).cases
    assert (rated["auditor"] != "").all()
    assert set(Counter(rated["auditor"]).values()) == {8, 9}
    drawn_rows = rated[rated["draw_status"] == "sampled"]
    for _, rows in drawn_rows.groupby("area"):
        assert set(Counter(rows["auditor"]).values()) == {4}


def test_what_is_assigned_already_stays_and_counts_towards_the_shares() -> None:
    people = PEOPLE.assign(team="", hours="1")
    larger, smaller = drawn(60), assign_auditors(drawn(40), people)
    held = smaller.sampled().set_index("case_id")
    cases = larger.cases.copy()
    for column in ("auditor", "second_auditor"):
        cases[column] = [held[column].get(case, "") for case in cases["case_id"]]
    cases.loc[cases["auditor"] == "Eva", "auditor"] = "Old"
    cases.loc[cases["second_auditor"] == "Eva", "second_auditor"] = "Old"
    after = assign_auditors(dataclasses.replace(larger, cases=cases), people).sampled()
    joined = after[after["case_id"].isin(held.index)]
    for column in ("auditor", "second_auditor"):
        assert joined[column].tolist() == held[column].replace("Eva", "Old").tolist()
    new = after[~after["case_id"].isin(held.index)]
    # Eva has none yet and 20 are new: with 8 each held by four others, all come to 11 but for Eva's 12.
    counts = Counter(after["auditor"])
    assert sum(counts[name] for name in PEOPLE["auditor"]) == 52
    assert max(counts[name] for name in PEOPLE["auditor"]) - min(counts[name] for name in PEOPLE["auditor"]) <= 1
    assert (new["auditor"] != "").all()
    assert (after["second_auditor"] != "").sum() == 12
    assert set(new["second_auditor"]) - {""} <= set(PEOPLE["auditor"])
    every = assign_auditors(dataclasses.replace(larger, cases=cases), people, double_rated=1).sampled()
    assert (every[~every["case_id"].isin(held.index)]["second_auditor"] != "").all()
    assert (every["second_auditor"] != "").sum() == 8 + 20
    away = assign_auditors(dataclasses.replace(larger, cases=cases), people, away=["Ann", "Bob"]).sampled()
    assert not {"Ann", "Bob"} & set(away[~away["case_id"].isin(held.index)]["auditor"])


@pytest.mark.slow
def test_four_hundred_cases_and_twenty_auditors_take_seconds() -> None:
    register = pd.DataFrame(
        [(f"C{n:05}", f"S{n % 30:02}", f"T{n % 8}") for n in range(4000)], columns=["case_id", "area", "team"]
    )
    sample = draw_sample(build_frame(register.astype(object), strata="area"), size=400, seed="7")
    people = [Auditor(f"P{number:02}", f"T{number % 8}", Fraction(1)) for number in range(20)]
    start = time.perf_counter()
    rated = assign_auditors(sample, people).sampled()
    # About 2 seconds on one core; the bound allows for a busy machine.
    assert time.perf_counter() - start < 30
    assert set(Counter(rated["auditor"]).values()) == {20}
