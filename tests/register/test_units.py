"""Units of several cases: families drawn whole, named by a column of the register."""

from __future__ import annotations

import pandas as pd
import pytest

from audit_toolkit.errors import RegisterError
from audit_toolkit.register import Frame, Unit, build_frame, frame_digest

FAMILY = Unit("family")
CASES = pd.DataFrame(
    [
        ("c1", "F2", "North", "T1", "Ann", "2010-01-05"),
        ("c5", "F1", "North", "T2", "Bob", "2010-01-06"),
        ("c3", "F2", "North", "T2", "Ann", "2010-01-07"),
        ("c2", "F3", "South", "", "Cem", "2010-01-08"),
        ("c4", "F2", "North", "T1", "", "2009-12-01"),
        ("c6", "F4", "South", "T1", "Dee", "2009-12-02"),
    ],
    columns=["case_id", "family", "area", "team", "worker", "received"],
    dtype=object,
)
JANUARY = [{"column": "received", "from": "2010-01-01", "why": "before the window"}]


def framed(cases: pd.DataFrame = CASES, **options: object) -> Frame:
    given = {"strata": ["area"], "eligible": JANUARY, "unit": FAMILY, **options}
    return build_frame(cases, **given)


def refused(cases: pd.DataFrame, **options: object) -> list[str]:
    with pytest.raises(RegisterError) as error:
        framed(cases, **options)
    return str(error.value).splitlines()


def test_a_family_is_one_unit_with_its_eligible_children() -> None:
    frame = framed()
    rows = frame.units[["case_id", "children", "area", "stratum", "team", "worker", "received"]]
    assert rows.to_numpy().tolist() == [
        ["F1", "c5", "North", "North", "T2", "Bob", "2010-01-06"],
        ["F2", "c1; c3", "North", "North", "T1; T2", "Ann", "2010-01-05; 2010-01-07"],
        ["F3", "c2", "South", "South", "", "Cem", "2010-01-08"],
    ]
    assert dict(frame.population) == {"North": 2, "South": 1}
    assert frame.digest == frame_digest([("F1", "North"), ("F2", "North"), ("F3", "South")])
    assert frame.rule["unit"] == {"column": "family", "one_child": False}
    assert frame.children is not None
    assert frame.children["case_id"].tolist() == ["c1", "c5", "c3", "c2"]


def test_the_register_counts_cases_and_the_frame_counts_units() -> None:
    frame = framed()
    assert (frame.register_size, len(frame), frame.case_count) == (6, 3, 4)
    assert frame.exclusions == (("before the window", 2),)
    assert frame.size_words() == "3 eligible units (family), which hold 4 cases"
    assert str(frame).splitlines()[0] == "Frame of 3 units holding 4 cases in 2 strata, of 6 registered"


def test_the_order_of_rows_changes_nothing() -> None:
    first = framed()
    for seed in range(5):
        again = framed(CASES.sample(frac=1, random_state=seed))
        pd.testing.assert_frame_equal(again.units, first.units)
        assert again.digest == first.digest


def test_the_case_itself_and_a_plain_name_can_be_the_unit() -> None:
    assert framed(unit="family").digest == framed().digest
    plain = framed(unit=None)
    assert framed(unit="case_id").digest == plain.digest
    assert plain.unit is None
    assert plain.case_count == len(plain) == 4
    assert plain.size_words() == "4 eligible cases"
    assert "children" not in plain.units.columns


def test_siblings_spread_over_strata_are_named_with_their_rows() -> None:
    apart = CASES.assign(area=["North", "North", "South", "South", "East", "South"])
    assert refused(apart) == [
        'DataFrame, row 2 (case c1), column B "family": the cases of family F2 are of several strata: '
        'row 2 "North", row 4 "South". Stratify by a column that the cases of one family share.'
    ]
    # The label decides, and not the cell; and a sibling who is not eligible does not count.
    joined = {"column": "area", "groups": {"all": ["North", "South"]}}
    assert dict(framed(apart, strata=[joined | {"name": "zone"}]).population) == {"all": 3}


def test_a_large_family_is_named_in_part() -> None:
    many = pd.DataFrame(
        {
            "case_id": list("abcdefg"),
            "family": ["F"] * 7,
            "area": ["N", "S"] * 3 + ["N"],
            "received": ["2010-01-05"] * 7,
        },
        dtype=object,
    )
    assert refused(many)[0].count("row ") == 6
    assert ', row 6 "N" and 2 more. Stratify' in refused(many)[0]


def test_units_without_a_name_or_with_a_doubtful_one_are_named_by_row() -> None:
    odd = CASES.assign(family=["F2", "", "f2 ", "  ", "", "F4"])
    assert refused(odd) == [
        'DataFrame, row 3 (case c5), column B "family": the family is empty, and units are made from it. '
        "Fill it in, or exclude such cases by a rule.",
        'DataFrame, row 4 (case c3), column B "family": family holds "F2", "f2 ", which may be the same '
        "(rows 2 and 4). Keep one spelling.",
        'DataFrame, row 5 (case c2), column B "family": the family holds only spaces, and units are made from it. '
        "Fill it in, or exclude such cases by a rule.",
    ]
    assert len(framed(CASES.assign(family=["F2", "F1", "f2", "F3", "", ""]), fold_case=False)) == 4
    broken = CASES.assign(family=["F2", "F1\nF9", "F2", "F3\tx", "F2", "F4"])
    assert [line.split(": ")[1] for line in refused(broken)] == [
        "the family holds a line break or a tab, and units are made from it. Fill it in, or exclude such cases by a "
        "rule.",
    ] * 2


def test_a_column_that_is_not_there_or_in_the_way_is_named() -> None:
    assert refused(CASES, unit=Unit("familly")) == ['DataFrame: there is no column "familly". Did you mean "family"?']
    assert refused(CASES.assign(children="2", child="x")) == [
        'DataFrame: the register has a column "children", a name that units need. Rename it under columns.',
        'DataFrame: the register has a column "child", a name that units need. Rename it under columns.',
    ]


def test_a_family_is_stayed_clear_of_by_its_own_name_or_a_child_s() -> None:
    # A child who is not eligible today was audited all the same.
    for audited in ("F2", "c3", "c4"):
        frame = framed(stay_clear_of={"last year": [audited]})
        assert frame.units["case_id"].tolist() == ["F1", "F3"]
        assert frame.exclusions == (("before the window", 2), ("audited in last year", 2))
        assert dict(frame.population_all) == {"North": 2, "South": 1}
        assert frame.case_count == 2
    assert len(framed(stay_clear_of={"last year": ["c9", ""]})) == 3


def test_families_that_must_be_audited_are_listed_by_family() -> None:
    frame = framed(must_audit=["F4", "F2"])
    assert frame.units["case_id"].tolist() == ["F1", "F3"]
    assert frame.exclusions == (("before the window", 2), ("on the must-audit list", 2))
    assert frame.certain is not None
    assert frame.certain[["case_id", "children", "area", "stratum"]].to_numpy().tolist() == [
        ["F2", "c1; c3", "North", "North"],
        ["F4", "c6", "", ""],
    ]
    assert refused(CASES, must_audit=["c3", "F44"]) == [
        'DataFrame: there is no family "c3" in DataFrame. It is a case of family F2, and units are drawn whole: '
        "list that.",
        'DataFrame: there is no family "F44" in DataFrame. Did you mean "F4"?',
    ]


def test_a_family_that_is_not_eligible_is_listed_with_all_its_children() -> None:
    more = pd.DataFrame(
        [("c8", "F5", "North", "", "", "2009-01-01"), ("c7", "F5", "South", "", "", "2009-01-01")],
        columns=CASES.columns,
        dtype=object,
    )
    frame = framed(pd.concat([CASES, more]), must_audit=["F5"])
    assert frame.certain is not None
    assert frame.certain[["case_id", "children", "stratum"]].to_numpy().tolist() == [["F5", "c7; c8", ""]]
    assert frame.children is not None
    assert {"c7", "c8"} <= set(frame.children["case_id"])
