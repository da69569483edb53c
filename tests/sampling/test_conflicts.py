"""What keeps an auditor from a case, and every refusal and note that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd
import pytest

from audit_toolkit.errors import DesignError
from audit_toolkit.register import build_frame
from audit_toolkit.sampling import Auditor, Sample, assign_auditors, draw_sample
from audit_toolkit.sampling.conflicts import conflict_notes, named, read_conflicts

DETAILS = pd.DataFrame(
    [
        ("0012", "North 1", "Worker 3", "Ann", "adoption"),
        ("0013", "North 1", "Ben", "Manager 2", ""),
        ("0014", "South 2", "Worker 3", "Manager 1", " "),
        ("0015", "North 1; South 2", "Worker 4; Ann", "Manager 1", "adoption; court"),
    ],
    columns=["case_id", "team", "worker", "manager", "restricted"],
    dtype=object,
)


def person(name: str, team: str = "", cannot: Sequence[str] = (), cleared: Sequence[str] = ()) -> Auditor:
    return Auditor(name, team, Fraction(1), tuple(cannot), tuple(cleared))


ANN = person("Ann", "North 1")
CASES = [str(case) for case in DETAILS["case_id"]]


@pytest.mark.parametrize(
    ("who", "columns", "reasons"),
    [
        (person("Eve"), ["team"], ["", "", "", ""]),
        (ANN, ["team"], ["is its manager", "is of its team North 1", "", "is its worker"]),
        (person("Ben"), ["team"], ["", "is its worker", "", ""]),
        (person("Eve", "South 2"), ["team"], ["", "", "is of its team South 2", "is of its team South 2"]),
        (person("Eve", cannot=["0013", "0014"]), ["team"], ["", "may not audit it", "may not audit it", ""]),
        (person("Eve", cannot=["Worker 4"]), ["team", "worker"], ["", "", "", "may not audit its worker Worker 4"]),
        (
            person("Eve", cannot=["Manager 1"]),
            ["manager"],
            ["", "", "may not audit its manager Manager 1", "may not audit its manager Manager 1"],
        ),
        (person("Eve", "north 1"), ["team"], ["", "", "", ""]),
    ],
)
def test_what_keeps_an_auditor_from_a_case(who: Auditor, columns: list[str], reasons: list[str]) -> None:
    conflicts = read_conflicts(DETAILS, columns)
    assert [conflicts.reason(who, case) for case in CASES] == reasons
    assert conflicts.allowed([who], CASES).ravel().tolist() == [not reason for reason in reasons]


def test_a_worker_or_manager_barred_by_name_is_barred_whatever_columns_the_plan_names() -> None:
    """The register says who works and who manages: an entry that names one of them means them."""
    eve = person("Eve", cannot=["Worker 3"])
    conflicts = read_conflicts(DETAILS, ["team"])
    assert [conflicts.reason(eve, case) for case in CASES] == [
        *("may not audit its worker Worker 3", "", "may not audit its worker Worker 3", "")
    ]


@pytest.mark.parametrize(
    ("cleared", "reasons"),
    [
        ([], ["is not cleared", "", "", "is not cleared"]),
        (["adoption"], ["", "", "", "is not cleared"]),
        (["court"], ["is not cleared", "", "", "is not cleared"]),
        (["adoption", "court"], ["", "", "", ""]),
    ],
)
def test_a_restricted_file_is_for_those_who_are_cleared_for_all_of_it(cleared: list[str], reasons: list[str]) -> None:
    conflicts = read_conflicts(DETAILS, ["team"], "restricted")
    assert [conflicts.reason(person("Eve", cleared=cleared), case) for case in CASES] == reasons


def test_a_case_that_nobody_may_rate_is_named_with_everybodys_reason() -> None:
    conflicts = read_conflicts(DETAILS, ["team", "worker"], "restricted")
    people = [
        ANN,
        person("Bea", "North 1"),
        person("Ben", cannot=["Worker 3"], cleared=["court"]),
        person("Cem", "North 1"),
    ]
    found = conflicts.problems(people, CASES, conflicts.allowed(people, CASES))
    assert [str(each) for each in found] == [
        'case 0012: no auditor is cleared for "adoption". Write it under cleared_for of an auditor who may read it.',
        "case 0013: no auditor may rate it: Ann, Bea and Cem are of its team North 1, Ben is its worker. "
        "Add an auditor who may rate it.",
        'case 0015: no auditor is cleared for "adoption" and "court". '
        "Write it under cleared_for of an auditor who may read it.",
    ]
    people = [person("Ann", "North 1", cleared=["adoption"]), person("Ben")]
    found = conflicts.problems(people, CASES[:1], conflicts.allowed(people, CASES[:1]))
    assert str(found[0]) == (
        'case 0012: no auditor is cleared for "adoption" and free of conflict: Ann is its manager, Ben is not cleared. '
        "Clear an auditor who may rate it, or add one."
    )


def test_a_column_the_register_has_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(DesignError) as refused:
        read_conflicts(DETAILS, ["team", "workers"], "restriced")
    assert str(refused.value).splitlines() == [
        'plan.yaml, conflicts: the register has no column "workers". Did you mean "worker"?',
        'plan.yaml, restricted: the register has no column "restriced". Did you mean "restricted"?',
    ]
    with pytest.raises(DesignError):
        read_conflicts(DETAILS.drop(columns="team"), ["team", "worker"])
    assert read_conflicts(DETAILS.drop(columns="team")).reason(ANN, "0013") == ""


def notes(*people: Auditor, restricted: str | None = None) -> list[str]:
    return conflict_notes(people, DETAILS, ["team", "worker"], restricted, among="case that could be drawn")


def test_an_entry_that_matches_nothing_is_told_with_the_nearest() -> None:
    assert notes(person("Eve", "South 2", ["North 1", "Worker 4", "Manager 1", "0013"])) == []
    assert notes(person("Eve", "South 2", ["Nroth 1", "013", "zzz"]), person("Fay", "", ["Nroth 1", "a, b"])) == [
        'Eve and Fay cannot audit "Nroth 1", and no case that could be drawn has it as team, worker, manager or id. '
        'Did you mean "North 1"?',
        'Eve cannot audit "013", and no case that could be drawn has it as team, worker, manager or id. '
        'Did you mean "0013"?',
        'Eve cannot audit "zzz", and no case that could be drawn has it as team, worker, manager or id.',
        'Fay cannot audit "a, b", and no case that could be drawn has it as team, worker, manager or id. '
        "Several values are separated by semicolons.",
    ]
    cleared = person("Eve", "South 2", (), ["adoption", "Court", "secret"])
    assert notes(cleared, restricted="restricted") == [
        'Eve is cleared for "Court", and no case that could be drawn has it as restricted. Did you mean "court"?',
        'Eve is cleared for "secret", and no case that could be drawn has it as restricted.',
    ]
    assert notes(cleared) == [
        "The auditors have cleared_for, and the plan names no restricted column: it keeps nobody apart."
    ]


def test_names_are_said_as_a_person_says_them() -> None:
    assert named(["a"]) == "a"
    assert named(["a", "b"]) == "a and b"
    assert named(list("abcdef")) == "a, b, c, d, e and f"
    assert named(list("abcdefgh")) == "a, b, c, d, e and 3 others"


REGISTER = pd.DataFrame(
    [
        (
            f"C{n:03}",
            "North" if n % 2 else "South",
            f"T{n % 4}",
            f"W{n % 7}",
            f"M{n % 3}",
            "adoption" if n % 9 == 0 else "",
        )
        for n in range(200)
    ],
    columns=["case_id", "area", "team", "worker", "manager", "restricted"],
    dtype=object,
)


def drawn(seed: str) -> Sample:
    return draw_sample(build_frame(REGISTER, strata="area"), size=40, seed=seed, reserves=1)


@pytest.mark.parametrize("seed", ["7", "8", "9"])
def test_first_and_second_ratings_alike_keep_every_conflict(seed: str) -> None:
    people = [
        person("W1", "T0", ["M0"], ["adoption"]),
        person("Bob", "T1", ["W3", "W4"], ["adoption"]),
        person("Cem", "T2", ["C001", "C002"]),
        person("Dee", "", ["T3", "M1"], ["adoption"]),
        person("Eve"),
    ]
    columns = ["team", "worker", "manager"]
    sample = assign_auditors(drawn(seed), people, double_rated="40%", conflicts=columns, restricted="restricted")
    by_name = {each.name: each for each in people}
    said = sample.details.set_index("case_id")
    rated = sample.sampled()
    checked = 0
    for column in ("auditor", "second_auditor"):
        for case, name in zip(rated["case_id"], rated[column], strict=True):
            if not name:
                continue
            row, who = said.loc[case], by_name[name]
            values = {case, row["team"], row["worker"], row["manager"]}
            assert not values & {*who.cannot_audit, who.team, who.name}
            assert row["restricted"] in ("", *who.cleared_for)
            checked += 1
    assert checked == 40 + 16
    assert (rated["auditor"] != rated["second_auditor"]).all()


def test_every_case_that_nobody_may_rate_is_named_at_once() -> None:
    people = [person("Ann", "T0"), person("Bob")]
    with pytest.raises(DesignError) as refused:
        assign_auditors(drawn("7"), people, restricted="restricted")
    sample = drawn("7")
    cells = sample.details.set_index("case_id")["restricted"]
    restricted = [case for case in sample.sampled()["case_id"] if cells[case]]
    assert len(restricted) > 2
    assert [str(each.where) for each in refused.value.problems] == [f"case {case}" for case in restricted]
