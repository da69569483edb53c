"""An auditor falls ill: what is rated stays, the rest goes round fairly, and neither draw nor conflict is touched."""

from __future__ import annotations

import dataclasses
import datetime
import random
from collections import Counter
from fractions import Fraction

import pandas as pd
import pytest

from audit_toolkit.errors import DesignError
from audit_toolkit.register import build_frame
from audit_toolkit.sampling import (
    Auditor,
    LoggedSample,
    Reassigned,
    Sample,
    assign_auditors,
    away_auditors,
    draw_sample,
    read_auditors,
    reassign,
)

REGISTER = pd.DataFrame(
    [(f"C{n:03}", "NS"[n % 2], f"T{n % 6}", f"W{n % 7}", "" if n % 11 else "adoption") for n in range(300)],
    columns=["case_id", "area", "team", "worker", "restricted"],
    dtype=object,
)
PEOPLE = pd.DataFrame(
    {
        "auditor": ["Ann", "Bob", "Cem", "Dee", "Eva", "Fay"],
        "team": ["T0", "T1", "T2", "T3", "T4", ""],
        "hours": ["10", "10", "10", "10", "10", "5"],
        "cannot_audit": ["", "W1", "", "W2; C005", "", ""],
        "cleared_for": ["adoption", "adoption", "", "adoption", "", "adoption"],
    }
)
RULES = {"conflicts": ["team", "worker"], "restricted": "restricted"}


def drawn(seed: str = "7") -> Sample:
    sample = draw_sample(build_frame(REGISTER, strata="area"), size=48, seed=seed, reserves=2)
    return assign_auditors(sample, PEOPLE, double_rated="25%", **RULES)


def given_on(sample: Sample, leaving: str = "Ann", people: object = PEOPLE, **options: object) -> Reassigned:
    settings = {"rated": set(), "seed": sample.receipt.seed, "details": sample.details, **RULES, **options}
    return reassign(sample.cases, people, leaving=leaving, **settings)


def of(sample: Sample, name: str) -> list[str]:
    mine = (sample.cases["auditor"] == name) | (sample.cases["second_auditor"] == name)
    return [str(case) for case in sample.cases[mine]["case_id"]]


def readings(cases: pd.DataFrame) -> Counter[str]:
    return Counter(name for column in ("auditor", "second_auditor") for name in cases[column] if name)


def check_conflicts(sample: Sample, cases: pd.DataFrame, people: pd.DataFrame = PEOPLE) -> None:
    by_name = {each.name: each for each in read_auditors(people)}
    said = sample.details.set_index("case_id")
    for row in cases.to_dict("records"):
        assert not row["auditor"] or row["auditor"] != row["second_auditor"]
        case = said.loc[row["case_id"]]
        for name in {row["auditor"], row["second_auditor"]} - {""}:
            who = by_name[name]
            assert not {row["case_id"], case["team"], case["worker"]} & {*who.cannot_audit, who.team}
            assert case["restricted"] in ("", *who.cleared_for)


@pytest.mark.parametrize("seed", ["7", "8", "9"])
def test_everything_unrated_goes_to_the_others_and_nothing_else_moves(seed: str) -> None:
    sample = drawn(seed)
    mine = sample.cases[(sample.cases["auditor"] == "Ann") | (sample.cases["second_auditor"] == "Ann")][
        "case_id"
    ].tolist()
    rated = {(case, "Ann") for case in mine[::3]} | {(case, "Bob") for case in mine}
    before = sample.cases.copy(deep=True)
    # Who has rated a case may not rate it again, so Bob takes none of these.
    done = given_on(sample, rated=rated)
    pd.testing.assert_frame_equal(sample.cases, before)
    assert list(done.kept) == mine[::3]
    moved = {change.case_id for change in done.changes}
    assert moved == set(mine) - set(mine[::3])
    assert all(change.giver == "Ann" and change.taker not in ("Ann", "Bob", "") for change in done.changes)
    same = [name for name in before.columns if name not in ("auditor", "second_auditor")]
    pd.testing.assert_frame_equal(done.cases[same], before[same])
    for old, new in zip(before.to_dict("records"), done.cases.to_dict("records"), strict=True):
        roles = {change.role: change.taker for change in done.changes if change.case_id == old["case_id"]}
        assert new["auditor"] == roles.get("first", old["auditor"])
        assert new["second_auditor"] == roles.get("second", old["second_auditor"])
        assert (old["auditor"] == "Ann" and old["case_id"] in moved) == ("first" in roles)
    check_conflicts(sample, done.cases)


@pytest.mark.parametrize("seed", ["7", "8", "9"])
def test_after_it_everybody_reads_their_share_by_hours(seed: str) -> None:
    free = PEOPLE.assign(team="", cannot_audit="", cleared_for="adoption")
    sample = assign_auditors(drawn(seed), free)
    cases = sample.cases.assign(auditor="", second_auditor="")
    sample = assign_auditors(dataclasses.replace(sample, cases=cases), free, double_rated="25%")
    done = given_on(sample, people=free)
    counts, others = readings(done.cases), read_auditors(free)[1:]
    whole, hours = sum(counts.values()), sum(each.hours for each in others)
    assert whole == 60
    for each in others:
        assert abs(counts[each.name] - whole * each.hours / hours) < 2
    fair = [counts[each.name] / float(each.hours) for each in others]
    assert max(fair) - min(fair) <= 0.2


def test_who_joins_takes_most_until_all_are_even() -> None:
    gus = {"auditor": "Gus", "team": "", "hours": "10", "cannot_audit": "", "cleared_for": "adoption"}
    joined = pd.concat([PEOPLE, pd.DataFrame([gus])])
    sample = drawn()
    done = given_on(sample, people=joined)
    takers = Counter(change.taker for change in done.changes)
    assert takers == {"Gus": readings(sample.cases)["Ann"]}
    check_conflicts(sample, done.cases, joined)


def test_the_same_comes_out_whatever_order_the_list_is_in_and_another_seed_gives_another() -> None:
    sample = drawn()
    first = given_on(sample)
    again = given_on(sample, people=PEOPLE.iloc[::-1], rated=[])
    pd.testing.assert_frame_equal(first.cases, again.cases)
    assert first.changes == again.changes
    seeds = {tuple(given_on(sample, seed=str(number)).changes) for number in range(5)}
    assert len(seeds) > 1
    # In the list or out of it, the leaving auditor is given nothing.
    without = given_on(sample, people=PEOPLE.iloc[1:])
    assert without.changes == first.changes


def test_it_says_what_it_did() -> None:
    sample = drawn()
    done = given_on(sample, known=REGISTER)
    frame = done.to_frame()
    assert list(frame.columns) == ["case_id", "role", "from", "to"]
    assert done.to_dict()["changes"] == frame.to_dict(orient="records")
    assert set(frame["from"]) == {"Ann"}
    lines = str(done).splitlines()
    takers = sorted(set(frame["to"]))
    assert lines[0] == f"{len(frame)} cases of Ann go to {len(takers)} auditors; none was rated before."
    assert [line.split(":")[0].strip() for line in lines[1:]] == takers
    seconds = frame[frame["role"] == "second"]["case_id"].tolist()
    assert len(seconds) > 0
    assert all(f"{case} (as second auditor)" in str(done) for case in seconds)
    case = done.changes[0].case_id
    part = given_on(sample, rated={(case, "Ann")}, in_part={(case, "Ann")})
    assert part.notes == (f"{case} is rated in part and stays with Ann: have the rest filled in from the notes.",)
    assert str(part).splitlines()[0].endswith("; 1 rated already stays.")
    moved = done.moved()
    assert moved["case_id"].tolist() == [each for each in sample.cases["case_id"] if each in set(frame["case_id"])]
    names = readings(moved)
    assert names == Counter(frame["to"])


def test_the_log_takes_it_and_gives_the_same_sample() -> None:
    sample = drawn()
    done = given_on(sample)
    logged = LoggedSample(sample.cases, sample.receipt).after(done.events(reason="off sick"), datetime.date(2010, 2, 1))
    pd.testing.assert_frame_equal(logged.cases, done.cases)
    assert {entry.action for entry in logged.entries} == {"reassign"}
    assert away_auditors(sample.receipt, logged.entries) == {"Ann"}
    assert away_auditors(sample.receipt, logged.entries, back=["Ann"]) == frozenset()
    assert away_auditors(sample.receipt, ()) == frozenset()
    with pytest.raises(DesignError) as refused:
        away_auditors(sample.receipt, logged.entries, back=["An"])
    assert str(refused.value) == (
        '--back: "An" gave no cases on before, so there is nothing to come back from. Did you mean "Ann"?'
    )
    bob = given_on(dataclasses.replace(sample, cases=logged.cases), "Bob", away=["Ann"])
    assert "Ann" not in {change.taker for change in bob.changes}
    after = logged.after(bob.events(reason="left"), datetime.date(2010, 2, 2))
    assert away_auditors(sample.receipt, after.entries) == {"Ann", "Bob"}
    cem = given_on(dataclasses.replace(sample, cases=after.cases), "Cem", away=["Bob"])
    assert "Ann" in {change.taker for change in cem.changes}
    last = after.after(cem.events(reason="left"), datetime.date(2010, 2, 3))
    assert away_auditors(sample.receipt, last.entries) == {"Bob", "Cem"}


def test_cases_that_are_not_to_be_rated_stay_as_they_are() -> None:
    sample = drawn()
    cases = sample.cases.copy()
    mine = cases.index[cases["auditor"] == "Ann"]
    cases.loc[mine[0], "draw_status"] = "missing file"
    cases.loc[mine[1], "draw_status"] = "certainty"
    done = given_on(dataclasses.replace(sample, cases=cases))
    assert done.cases.loc[mine[0], "auditor"] == "Ann"
    assert done.cases.loc[mine[1], "auditor"] != "Ann"


def refusal(sample: Sample, **options: object) -> list[str]:
    with pytest.raises(DesignError) as refused:
        given_on(sample, **options)
    return str(refused.value).splitlines()


def test_what_cannot_be_given_on_is_refused_with_the_reason() -> None:
    sample = drawn()
    assert refusal(sample, leaving="Anne") == ['sample.csv: "Anne" has no case to rate. Did you mean "Ann"?']
    assert refusal(sample, leaving="Zoe", people=[*read_auditors(PEOPLE), Auditor("Zoe", "", Fraction(1))]) == [
        'sample.csv: "Zoe" has no case to rate. There is nothing to give on.'
    ]
    mine = sample.cases[(sample.cases["auditor"] == "Ann") | (sample.cases["second_auditor"] == "Ann")][
        "case_id"
    ].tolist()
    everything = {(case, "Ann") for case in mine}
    assert refusal(sample, rated=everything) == [
        f"sample.csv: Ann has rated all {len(mine)} cases given out to them. There is nothing to give on."
    ]
    lost = sample.details[~sample.details["case_id"].isin(mine[:2])]
    assert refusal(sample, details=lost) == [
        f"case {case}: the case is not in the register. "
        "Use the register of the draw: only it says who may rate the case."
        for case in mine[:2]
    ]
    alone = PEOPLE[PEOPLE["auditor"] == "Ann"]
    assert refusal(sample, people=alone)[0] == (
        f"case {mine[0]}: nobody may take it over: there is no other auditor. "
        "Add an auditor who may rate it, or clear one."
    )


def test_every_case_that_nobody_may_take_over_is_named_with_everybodys_reason() -> None:
    sample = drawn()
    cases = sample.cases.copy()
    said = sample.details.set_index("case_id")
    mine = [case for case in cases[cases["auditor"] == "Ann"]["case_id"] if not said.loc[case, "restricted"]]
    mine = [mine[0], next(case for case in mine if said.loc[case, "team"] != said.loc[mine[0], "team"])]
    team, worker = said.loc[mine[0], "team"], said.loc[mine[1], "worker"]
    few = [
        Auditor("Ann", "T0", Fraction(1)),
        Auditor("Bob", team, Fraction(1), (worker,)),
        Auditor("Cem", "", Fraction(1), (mine[0],)),
    ]
    cases["second_auditor"] = ""
    cases.loc[cases["case_id"] == mine[1], "second_auditor"] = "Cem"
    cases.loc[(cases["auditor"] == "Ann") & ~cases["case_id"].isin(mine), "auditor"] = "Cem"
    lines = refusal(dataclasses.replace(sample, cases=cases), people=few, restricted=None)
    assert lines == [
        f"case {mine[0]}: nobody may take it over: Bob is of its team {team}, Cem may not audit it. "
        "Add an auditor who may rate it, or clear one.",
        f"case {mine[1]}: nobody may take it over: Bob may not audit its worker {worker}, Cem rates it already. "
        "Add an auditor who may rate it, or clear one.",
    ]


@pytest.mark.parametrize("seed", range(6))
def test_any_run_of_illnesses_keeps_conflicts_blindness_and_what_is_rated(seed: int) -> None:
    rng = random.Random(seed)
    sample = drawn(str(seed))
    logged, away = LoggedSample(sample.cases, sample.receipt), set()
    rated: set[tuple[str, str]] = set()
    for leaving in rng.sample(["Ann", "Bob", "Cem"], 2):
        for row in logged.cases.to_dict("records"):
            rated |= {
                (row["case_id"], row[each])
                for each in ("auditor", "second_auditor")
                if row[each] and rng.random() < 0.3
            }
        here = dataclasses.replace(sample, cases=logged.cases)
        done = given_on(here, leaving, rated=rated, away=away)
        logged = logged.after(done.events(reason="off sick"), datetime.date(2010, 2, 1))
        away.add(leaving)
        check_conflicts(sample, logged.cases)
        rows = {row["case_id"]: (row["auditor"], row["second_auditor"]) for row in logged.cases.to_dict("records")}
        assert all(name in rows[case] for case, name in rated)
        assert all(leaving not in names or (case, leaving) in rated for case, names in rows.items())
    assert readings(logged.cases).total() == readings(sample.cases).total()


def test_a_case_recorded_as_not_to_be_rated_is_given_to_nobody() -> None:
    sample = drawn()
    first, *rest = of(sample, "Ann")
    moved = {change.case_id for change in given_on(sample, unread=[first]).changes}
    assert moved == set(rest)
