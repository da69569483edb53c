"""The frame: the same whatever file, format or order its register came in."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import RegisterError
from audit_toolkit.files import csv_bytes
from audit_toolkit.register import Frame, SmallStrata, build_frame, chosen_frame, frame_digest, read_register

CASES = pd.DataFrame(
    {
        "case_id": ["0012", "NA", "é", "1E5", "=1+1", "a b"],
        "area": ["North", "NA", "South", "North", "NA", "South"],
        "received": ["2010-01-31"] * 6,
    },
    dtype=object,
)


def framed(source: pd.DataFrame | Path) -> Frame:
    return build_frame(source, strata=["area"], eligible=[{"column": "received", "from": "2010-01-01"}])


def test_the_digest_is_what_the_design_says() -> None:
    text = "0012\tNorth\n1E5\tNorth\n=1+1\tNA\nNA\tNA\na b\tSouth\né\tSouth\n"
    assert framed(CASES).digest == hashlib.sha256(text.encode("utf-8")).hexdigest()
    assert frame_digest([("b", "y"), ("a", "x")]) == hashlib.sha256(b"a\tx\nb\ty\n").hexdigest()


def test_order_and_format_change_nothing_of_the_frame(tmp_path: Path) -> None:
    shuffled = CASES.sample(frac=1, random_state=3)
    (tmp_path / "register.csv").write_bytes(csv_bytes(shuffled))
    (tmp_path / "bom.csv").write_bytes(csv_bytes(CASES, byte_order_mark=True).replace(b"\n", b"\r\n"))
    dated = shuffled.assign(received=pd.Timestamp("2010-01-31"))
    with pd.ExcelWriter(tmp_path / "register.xlsx", engine="openpyxl") as book:
        dated.to_excel(book, index=False)
        for row in book.sheets["Sheet1"].iter_rows(min_row=2, max_col=1):
            row[0].data_type = "s"
    first = framed(CASES)
    for source in (shuffled, tmp_path / "register.csv", tmp_path / "bom.csv", tmp_path / "register.xlsx"):
        again = framed(source)
        assert again.digest == first.digest
        assert again.units["case_id"].tolist() == first.units["case_id"].tolist()
        assert dict(again.population) == {"NA": 2, "North": 2, "South": 2}
        assert again.rule == first.rule


def test_a_changed_stratum_or_id_changes_the_digest() -> None:
    first = framed(CASES).digest
    assert framed(CASES.assign(area=CASES["area"].replace("South", "Sth"))).digest != first
    assert framed(CASES.assign(case_id=CASES["case_id"].replace("0012", "0013"))).digest != first
    assert framed(CASES.assign(received="2010-02-01")).digest == first


def test_unknown_columns_and_bad_dates_and_wrong_rules_are_named_together() -> None:
    cases = CASES.assign(received=["13/14/2010", *["2010-01-31"] * 5])
    with pytest.raises(RegisterError) as refused:
        build_frame(
            cases,
            strata=["aera", {"column": "area", "grups": {}}],
            eligible=[{"column": "recieved", "blank": False}, {"column": "received", "from": "2010-01-01"}],
            exclude=[{"column": "state", "is": 5}],
        )
    assert str(refused.value).splitlines() == [
        'DataFrame: "grups" is not part of a stratum column. Did you mean "groups"?',
        'DataFrame: is: 5 is not text. Put each value of is in quotation marks, as in is: ["1"].',
        'DataFrame: there is no column "aera". Did you mean "area"?',
        'DataFrame: there is no column "recieved". Did you mean "received"?',
        'DataFrame, row 2 (case 0012), column C "received": 13/14/2010 is not a date. '
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
    ]


def test_the_rule_of_the_frame_keeps_its_shape_and_not_its_dates() -> None:
    def rule(first: str, last: str) -> object:
        window = {"column": "received", "from": first, "to": last}
        return build_frame(CASES, strata=["area"], eligible=[window]).rule

    january = rule("2010-01-01", "2010-01-31")
    assert january == rule("2010-01-05", "2010-02-04")
    assert january != rule("2010-01-05", "2010-02-05")
    assert list(framed(CASES).rule) == [
        *("eligible", "exclude", "strata", "unit", "small_strata"),
        *("stays_clear_of_earlier_rounds", "must_audit_apart"),
    ]


def test_a_frame_gives_its_own_copies_and_prints_what_it_is() -> None:
    frame = framed(CASES)
    copy = frame.to_frame()
    copy["area"] = "changed"
    assert "changed" not in set(frame.units["area"])
    assert str(frame) == (
        "Frame of 6 units in 3 strata, of 6 registered\n"
        "left out: not: received from 2010-01-01: 0\n"
        f"frame digest {frame.digest}"
    )


def test_the_register_is_not_changed() -> None:
    before = CASES.copy(deep=True)
    framed(CASES)
    read_register(CASES)
    pd.testing.assert_frame_equal(CASES, before)


AREAS = pd.DataFrame(
    {"case_id": [f"C{number}" for number in range(10)], "area": list("NNNNSSSSWE"), "state": ["open"] * 9 + ["closed"]},
    dtype=object,
)
OPEN = [{"column": "state", "is": ["open"], "why": "closed"}]


def test_what_must_be_audited_leaves_the_frame_and_need_not_be_eligible() -> None:
    frame = build_frame(AREAS, strata=["area"], eligible=OPEN, must_audit=["C9", "C1"])
    assert dict(frame.population) == {"N": 3, "S": 4, "W": 1}
    assert frame.exclusions == (("closed", 1), ("on the must-audit list", 1))
    assert frame.certain is not None
    assert frame.certain_cases is not None
    assert frame.certain[["case_id", "area", "stratum"]].to_numpy().tolist() == [["C1", "N", "N"], ["C9", "", ""]]
    assert frame.certain_cases[["case_id", "area"]].to_numpy().tolist() == [["C1", "N"], ["C9", "E"]]
    assert dict(frame.population_all) == {}
    assert frame.rule["must_audit_apart"] is True
    assert build_frame(AREAS, strata=["area"]).certain is None
    with pytest.raises(RegisterError) as refused:
        build_frame(AREAS, strata=["area"], must_audit=["C1", "c1 "])
    assert str(refused.value) == 'DataFrame: there is no case_id "c1 " in DataFrame. Did you mean "C1"?'


def test_staying_clear_keeps_both_populations() -> None:
    clear = {"spring": ["C0", "C8", "not here"], "summer": ["C0", "C4"]}
    frame = build_frame(AREAS, strata=["area"], eligible=OPEN, must_audit=["C1"], stay_clear_of=clear)
    assert dict(frame.population) == {"N": 2, "S": 3}
    assert dict(frame.population_all) == {"N": 3, "S": 4, "W": 1}
    assert frame.exclusions == (
        ("closed", 1),
        ("on the must-audit list", 1),
        ("audited in spring", 2),
        ("audited in summer", 1),
    )
    assert frame.register_size == len(frame) + sum(count for _, count in frame.exclusions)
    assert frame.rule["stays_clear_of_earlier_rounds"] is True


def test_a_case_a_must_audit_list_and_a_round_both_name_is_counted_once() -> None:
    frame = build_frame(AREAS, strata=["area"], must_audit=["C1"], stay_clear_of={"spring": ["C1"]})
    assert frame.exclusions == (("on the must-audit list", 1), ("audited in spring", 0))
    assert frame.case_count == 9


def test_nothing_left_is_refused_with_the_counts() -> None:
    with pytest.raises(RegisterError) as refused:
        build_frame(AREAS, strata=["area"], eligible=OPEN, stay_clear_of={"spring": AREAS["case_id"].tolist()})
    assert str(refused.value) == (
        "DataFrame: no case is eligible (closed: 1; audited in spring: 9). Look at the rules of the plan."
    )


def test_small_strata_are_joined_in_both_populations() -> None:
    rule = SmallStrata(below=3, become="Other")
    frame = build_frame(AREAS, strata=["area"], small_strata=rule, stay_clear_of={"spring": ["C8"]}, must_audit=["C9"])
    # W is left with nobody and E with one who must be audited: both would have been joined.
    assert dict(frame.population) == {"N": 4, "S": 4}
    assert dict(frame.population_all) == {"N": 4, "Other": 1, "S": 4}
    frame = build_frame(AREAS, strata=["area"], small_strata=rule, must_audit=["C0"])
    assert dict(frame.population) == {"N": 3, "Other": 2, "S": 4}
    assert frame.units.loc[frame.units["stratum"] == "Other", "area"].tolist() == ["W", "E"]
    assert frame.notes[-2:] == (
        "2 strata with fewer than 3 units become Other (2): E (1), W (1).",
        "Other still has fewer than 3: 2 units.",
    )
    assert frame.rule["small_strata"] == {"below": 3, "become": "Other", "joined": ["E", "W"]}
    assert frame.digest != build_frame(AREAS, strata=["area"], must_audit=["C0"]).digest
    joined = build_frame(AREAS, strata=["area"], small_strata=rule, must_audit=["C8"])
    assert joined.certain is not None
    assert joined.certain["stratum"].tolist() == ["Other"]


def test_cases_chosen_by_hand_are_taken_in_the_order_of_the_list() -> None:
    register = read_register(AREAS)
    frame = chosen_frame(register, ["C5", "C0"], eligible=OPEN)
    assert frame.units["case_id"].tolist() == ["C5", "C0"]
    assert frame.units["stratum"].tolist() == ["", ""]
    assert (dict(frame.population), dict(frame.population_all)) == ({}, {})
    assert frame.exclusions == (("closed", 1), ("not chosen", 7))
    assert chosen_frame(register, ["C5"], strata=["area"]).units["stratum"].tolist() == ["S"]
    assert frame.rule["chosen_by_hand"] is True
    with pytest.raises(RegisterError) as refused:
        chosen_frame(register, ["C9", "C0"], eligible=OPEN)
    assert str(refused.value) == (
        "DataFrame: C9 was chosen, and a rule of the plan leaves it out. "
        "Take it out of the list, or take the rule out of the plan."
    )
