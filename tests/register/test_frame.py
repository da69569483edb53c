"""The frame: the same whatever file, format or order its register came in."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import RegisterError
from audit_toolkit.files import csv_bytes
from audit_toolkit.register import Frame, build_frame, frame_digest, read_register

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
    assert set(framed(CASES).rule) == {"eligible", "exclude", "strata", "stays_clear_of_earlier_rounds"}


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
