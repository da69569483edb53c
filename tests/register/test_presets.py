"""Known exports become a register by name: the looked-after return, inspection lists, the census."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit.register.presets import PRESETS

HERE = Path(__file__).resolve().parent
SSDA903 = HERE.parents[1] / "samples" / "looked_after" / "ssda903"
ANNEX_A = HERE / "exports" / "annex_a.xlsx"
CIN = HERE / "exports" / "cin_census.xml"
LIST_3 = ("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Date of Referral", "Referral Source")
LIST_3 = (*LIST_3, "Referral NFA?", "Number of Referrals in Last 12 Months", "Allocated Team", "Allocated Worker")
LIST_4 = (*LIST_3[:5], "Does the Child have a Disability", "Continuous Assessment Start Date")
LIST_4 = (*LIST_4, "Child Seen During Continuous Assessment", "Continuous Assessment Date of Authorisation")
LIST_4 = (*LIST_4, "Allocated Team", "Allocated Worker")


def refusal(source: Path, preset: str) -> list[str]:
    with pytest.raises(at.AuditError) as refused:
        at.read_register(source, preset=preset)
    return str(refused.value).splitlines()


def workbook(path: Path, sheets: dict[str, list[tuple[object, ...]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def referral(child: str, date: object, **cells: object) -> tuple[object, ...]:
    made = dict.fromkeys(LIST_3, "x") | {"Child Unique ID": child, "Date of Referral": date} | cells
    return tuple(made[heading] for heading in LIST_3)


def assessment(child: str, date: object) -> tuple[object, ...]:
    made = dict.fromkeys(LIST_4, "x") | {"Child Unique ID": child, "Continuous Assessment Start Date": date}
    return tuple(made[heading] for heading in LIST_4)


@pytest.mark.parametrize("source", [SSDA903, str(SSDA903), SSDA903 / "header.csv"])
def test_ssda903_is_the_header_joined_to_the_open_episodes(source) -> None:
    register = at.read_register(source, preset="ssda903")
    by_plan = at.plan_review(SSDA903.parent)
    assert len(register) == 2675
    assert (register.cases["DECOM"] != "").sum() == 1408
    frame = at.build_frame(
        register, strata=by_plan.plan.strata, eligible=[{"column": "DECOM", "blank": False, "why": "no open episode"}]
    )
    assert frame.digest == by_plan.frame.digest


def test_an_unknown_preset_a_frame_and_a_database_are_refused() -> None:
    assert refusal(SSDA903, "ssda930") == ['read_register: there is no preset "ssda930". Did you mean "ssda903"?']
    for source in (pd.DataFrame({"case_id": ["1"]}), "postgresql://reader@host/cases"):
        with pytest.raises(at.RegisterError) as refused:
            at.read_register(source, preset="ssda903")
        assert str(refused.value) == (
            "read_register: the preset ssda903 reads files. Give the file or folder of the export, or leave preset out."
        )


@pytest.mark.parametrize(("number", "children"), [(3, 6), (4, 5), (6, 5), (7, 7), (8, 5), (9, 6)])
def test_every_list_is_read_from_the_workbook_as_councils_send_it(number: int, children: int) -> None:
    register = at.read_register(ANNEX_A, preset=f"annex-a-{number}")
    assert len(register) == children
    assert all(re.fullmatch(r"[0-9]{5,8}", case) for case in register.cases["case_id"])
    assert {"team", "worker", "ethnicity", "birth_date"} <= set(register.cases.columns)
    assert not any(re.match(r"[a-z]\) ", cell) for cells in register.cases.to_numpy() for cell in cells)
    assert "Ethnicity: the letter before" in " ".join(register.notes)


def test_a_team_that_a_lookup_did_not_find_is_kept_and_told() -> None:
    register = at.read_register(ANNEX_A, preset="annex-a-6")
    assert set(register.cases["team"]) == {"#N/A"}
    told = "Allocated Team: 5 cells hold an error of the spreadsheet, such as #N/A, and no answer."
    assert told in register.notes


def test_children_are_sampled_and_not_rows(tmp_path: Path) -> None:
    day = datetime.datetime
    rows = [LIST_3, referral("007", day(2020, 1, 5)), referral("8", day(2020, 3, 1)), referral("007", day(2020, 2, 5))]
    register = at.read_register(workbook(tmp_path / "a.xlsx", {"List 3": rows}), preset="annex-a-3")
    assert list(register.cases["case_id"]) == ["8", "007"]
    assert list(register.cases["referral_date"]) == ["2020-03-01", "2020-02-05"]
    assert register.rows == (3, 4)
    told = "1 children stand on several rows; the one with the latest Date of Referral is taken, 1 are not."
    assert told in register.notes


def test_latest_rows_that_differ_are_named_and_equal_ones_are_one(tmp_path: Path) -> None:
    rows = [LIST_3, *[referral("1", "2020-01-05", Gender=each) for each in ("a) Male", "b) Female")]]
    rows += [referral("2", "2020-01-05"), referral("2", "2020-01-05"), referral("3", "5 Jan"), referral("4", "")]
    assert refusal(workbook(tmp_path / "a.xlsx", {"List 3": rows}), "annex-a-3") == [
        'a.xlsx, sheet List 3, row 2 (case 1), column F "Date of Referral": 2 rows of 2020-01-05 differ '
        "(rows 2 and 3), and the latest one is wanted. Keep one of them.",
        'a.xlsx, sheet List 3, row 6, column F "Date of Referral": 5 Jan is not a date. '
        "Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
    ]


def test_list_4_has_the_referral_it_came_from(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "a.xlsx",
        {
            "Annex A list_3 - referrals": [
                LIST_3,
                referral("1", "01/01/2020"),
                referral("1", "01/02/2020"),
                referral("1", "01/06/2020"),
                referral("2", "01/06/2020"),
                referral("9", "01/01/2020"),
            ],
            "4": [LIST_4, *[assessment(child, "03/02/2020") for child in "123"]],
        },
    )
    register = at.read_register(book, preset="annex-a-4")
    assert list(register.cases["referral_date"]) == ["2020-02-01", "", ""]
    assert register.notes[-1] == (
        "referral_date comes from Annex A list_3 - referrals: 1 of 3 children have a referral not after the assessment "
        "began, and 1 only a later one."
    )


def test_ids_keep_every_character(tmp_path: Path) -> None:
    rows = [LIST_3, *[referral(child, "2020-01-05") for child in ("a) 1", "1", "k)7")]]
    register = at.read_register(workbook(tmp_path / "a.xlsx", {"List 3": rows}), preset="annex-a-3")
    assert list(register.cases["case_id"]) == ["a) 1", "1", "k)7"]


def test_an_id_spelt_otherwise_on_list_3_is_named(tmp_path: Path) -> None:
    sheets = {
        "List 3": [LIST_3, referral("C1 ", "01/01/2020")],
        "List 4": [LIST_4, assessment("C1", "03/02/2020")],
    }
    assert refusal(workbook(tmp_path / "a.xlsx", sheets), "annex-a-4") == [
        'a.xlsx, sheet List 3, row 2, column A "Child Unique ID": the case id "C1 " may be the case "C1" of the '
        "register. Write the id alike in both files."
    ]


def test_a_title_above_the_headings_and_a_sheet_of_another_name_can_be_said(tmp_path: Path) -> None:
    rows = [("Annex A",), (None,), LIST_3, referral("1", "2020-01-05")]
    book = workbook(tmp_path / "a.xlsx", {"Referrals": rows})
    register = at.read_register(book, preset="annex-a-3", sheet="Referrals", header_row=3)
    assert (list(register.cases["case_id"]), register.rows) == (["1"], (4,))


@pytest.mark.parametrize(
    ("preset", "source", "options", "unused"),
    [
        ("annex-a-3", ANNEX_A, {"encoding": "utf-8", "table": "cases"}, "a table or an encoding"),
        ("cin-census", CIN, {"sheet": "List 3", "header_row": 2}, "a sheet or a heading row"),
        ("ssda903", SSDA903, {"delimiter": ";"}, "a delimiter"),
    ],
)
def test_what_a_preset_has_no_use_for_is_refused(
    preset: str, source: Path, options: dict[str, object], unused: str
) -> None:
    with pytest.raises(at.RegisterError) as refused:
        at.read_register(source, preset=preset, **options)
    assert str(refused.value) == f"read_register: the preset {preset} has no use for {unused}. Leave it out."


def test_a_list_that_is_not_there_or_there_twice_is_said(tmp_path: Path) -> None:
    rows = [LIST_3, referral("1", "2020-01-05")]
    book = workbook(tmp_path / "a.xlsx", {"List 3": rows, "List_3": rows, "List 31": rows})
    assert refusal(book, "annex-a-3") == ["a.xlsx: two sheets could be list 3: List 3, List_3. Rename all but one."]
    said = refusal(book, "annex-a-7")
    assert said == ['a.xlsx: there is no sheet for list 7. Did you mean one of "List 3", "List 31"?'] or (
        said[0].startswith("a.xlsx: there is no sheet for list 7.")
    )


def test_a_missing_heading_is_said_with_the_nearest(tmp_path: Path) -> None:
    renamed = tuple("Date of Referal" if each == "Date of Referral" else each for each in LIST_3)
    book = workbook(tmp_path / "a.xlsx", {"List 3": [renamed, referral("1", "2020-01-05")]})
    assert refusal(book, "annex-a-3") == [
        'a.xlsx, sheet List 3, row 1: there is no column "Date of Referral". Did you mean "Date of Referal"?'
    ]


def test_the_census_gives_one_row_a_child_with_its_latest_episode_and_events() -> None:
    register = at.read_register(CIN, preset="cin-census")
    root = ElementTree.parse(CIN).getroot()
    assert len(register) == len(root.findall("Children/Child")) == 60
    for child, row in zip(root.findall("Children/Child"), register.cases.to_dict("records"), strict=True):
        episodes = child.findall("CINdetails")
        latest = max(episodes, key=lambda each: each.findtext("CINreferralDate", ""))
        assert row["case_id"] == child.findtext("ChildIdentifiers/LAchildID")
        assert row["referral_date"] == latest.findtext("CINreferralDate")
        assert row["assessment_start_date"] == latest.findtext("Assessments/AssessmentActualStartDate", "")
        assert row["conference_date"] == latest.findtext("Section47/DateOfInitialCPC", "")
        assert row["sex"] == child.findtext("ChildIdentifiers/Sex")
        assert (
            row["disabilities"].split("; ")
            == [each.text for each in child.findall("ChildCharacteristics/Disabilities/Disability")]
            or row["disabilities"] == ""
        )
    assert any(len(child.findall("CINdetails")) > 1 for child in root.iter("Child"))
    assert "17 children have several episodes of need; the one referred last is taken." in register.notes


def test_the_made_up_census_comes_out_again(tmp_path: Path) -> None:
    made = tmp_path / "again.xml"
    subprocess.run([sys.executable, str(CIN.with_name("make_cin_census.py")), str(made)], check=True)
    assert made.read_bytes() == CIN.read_bytes()


CHILD = (
    "<Child><ChildIdentifiers><LAchildID>{id}</LAchildID></ChildIdentifiers>"
    "<CINdetails><CINreferralDate>{date}</CINreferralDate></CINdetails></Child>"
)


def census(path: Path, *children: tuple[str, str], start: str = "<Message>") -> Path:
    inside = "".join(CHILD.format(id=case, date=date) for case, date in children)
    path.write_text(f"{start}<Children>{inside}</Children></Message>", encoding="utf-8")
    return path


def test_latest_episodes_that_differ_are_named(tmp_path: Path) -> None:
    path = census(tmp_path / "c.xml", ("1", "2010-01-01"))
    text = path.read_text(encoding="utf-8")
    again = (
        "<CINdetails><CINreferralDate>2010-01-01</CINreferralDate><PrimaryNeedCode>N4</PrimaryNeedCode></CINdetails>"
    )
    path.write_text(text.replace("</Child>", f"{again}</Child>"), encoding="utf-8")
    assert refusal(path, "cin-census") == [
        'c.xml, row 1, column "CINreferralDate": 2 elements CINdetails of 2010-01-01 differ, and the latest one is '
        "wanted. Keep one of them."
    ]


def test_a_census_with_a_namespace_is_read(tmp_path: Path) -> None:
    path = census(tmp_path / "c.xml", ("0001", "2020-01-05"), start='<Message xmlns="http://example.org/cin">')
    assert list(at.read_register(path, preset="cin-census").cases["referral_date"]) == ["2020-01-05"]


@pytest.mark.parametrize(
    ("children", "said"),
    [
        ([("1", "5 Jan")], ['c.xml, row 1, column "CINreferralDate": 5 Jan is not a date. Write dates as 2010-01-31 or '
                            "31/01/2010, days and months in two digits."]),
        ([("1", ""), ("1", "")], ['c.xml, row 1 (case 1), column "case_id": the case id "1" stands 2 times '
                                  "(rows 1 and 2). Keep one row a case."]),
        ([("", "")], ['c.xml, row 1, column "case_id": the case id is empty. '
                      "Give the case its id, or take the row out."]),
        ([], ["c.xml: this is not a children in need census: there is no Child in Message, Children. "
              "Export the census return as XML."]),
    ],
)  # fmt: skip
def test_a_faulty_census_is_refused(tmp_path: Path, children: list[tuple[str, str]], said: list[str]) -> None:
    assert refusal(census(tmp_path / "c.xml", *children), "cin-census") == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "c.xml: the file is empty. Export it again."),
        ("case_id,team\n1,a\n", "c.xml, line 1, column 1: this is not XML. Export it again."),
        ("<Message><Children></Message>", "c.xml, line 1, column 22: this is not XML. Export it again."),
        (
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Message>&b;</Message>',
            "c.xml: the file declares a document type or entities, which no return does. Export it again.",
        ),
    ],
)
def test_what_is_no_xml_or_dangerous_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "c.xml"
    path.write_text(content, encoding="utf-8")
    assert refusal(path, "cin-census") == [said]


def test_every_preset_is_on_the_page_about_registers() -> None:
    page = (HERE.parents[1] / "docs" / "registers.md").read_text(encoding="utf-8")
    assert [name for name in PRESETS if f"`{name}`" not in page] == []
