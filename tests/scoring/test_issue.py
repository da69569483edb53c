"""The workbooks auditors are sent: what they ask, what they guard, and what LibreOffice leaves of them."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from made_round import AUDITORS, IDS, WORKER, books, fill, made_sample, opened, rows_of

from audit_toolkit import terms
from audit_toolkit.errors import FileError
from audit_toolkit.sampling import Sample
from audit_toolkit.scoring import (
    Framework,
    NotCollectedError,
    collect_returned,
    known_facts,
    load_framework,
    write_workbooks,
)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return made_sample()


def test_one_workbook_an_auditor_and_two_alike_names_keep_apart(sample: Sample, every_kind: Framework) -> None:
    files = books(sample, every_kind)
    assert list(files) == ["Ann_Smith.xlsx", "Ann_Smith_2.xlsx", "ben.xlsx"]
    for name, auditor in zip(files, AUDITORS, strict=True):
        book = opened(files[name])
        assert book["Guidance"]["A1"].value == f"Small round: workbook of {auditor}"
        assert {row["auditor"] for row in rows_of(book, "Ratings")} == {auditor}
        assert book.custom_doc_props["auditor"].value == auditor


def test_names_of_any_script_give_a_file_name(sample: Sample, every_kind: Framework) -> None:
    cases = sample.cases.copy()
    cases[terms.AUDITOR] = ["李", "王", "../../etc/passwd", "CON", "Ann", "ann"]
    renamed = Sample(cases, sample.receipt, sample.details)
    assert list(books(renamed, every_kind)) == [
        *("etc_passwd.xlsx", "Ann.xlsx", "CON_.xlsx", "ann_2.xlsx", "ben.xlsx", "auditor.xlsx", "auditor_2.xlsx")
    ]


def test_every_cell_of_the_data_is_text_and_nothing_becomes_a_formula(sample: Sample, every_kind: Framework) -> None:
    files = books(sample, every_kind)
    seen = set()
    for data in files.values():
        book = opened(data)
        for sheet in ("Cases", "Ratings", "Dates", "Actions", "About"):
            for row in book[sheet].iter_rows():
                assert {cell.data_type for cell in row if cell.value is not None} == {"s"}
                assert {cell.number_format for cell in row} == {"@"}
        seen |= {row["case_id"] for row in rows_of(book, "Cases")}
        assert {row["worker"] for row in rows_of(book, "Cases")} == {WORKER}
    assert seen == set(IDS)


def test_the_only_formula_counts_the_answers_and_holds_no_data(sample: Sample, every_kind: Framework) -> None:
    book = opened(books(sample, every_kind)["ben.xlsx"])
    formulas = [
        cell.value for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value).startswith('="')
    ]
    assert formulas == ['="Answered so far: "&SUMPRODUCT(--(LEN(Ratings!$F$2:$F$16)>0))&" of 15"']
    assert len(rows_of(book, "Ratings")) == 15
    assert book["Ratings"]["F1"].value == "rating"


def test_questions_stand_in_order_and_computed_ones_are_asked_as_dates(sample: Sample, every_kind: Framework) -> None:
    rows = rows_of(opened(books(sample, every_kind)["Ann_Smith.xlsx"]), "Ratings")
    assert [row["criterion_id"] for row in rows] == ["G1", "G2", "Y1", "R1", "R1_gap"] * 2
    by_id = {row["criterion_id"]: row for row in rows}
    assert by_id["G1"]["look_for"] == "N/A may not be used."
    assert by_id["G2"]["look_for"] == "N/A only for: too early."
    assert by_id["R1"]["look_for"].startswith("How many of how many, as in 3 of 5.")
    assert by_id["R1_gap"]["question"] == "Was a gap over twice the interval? (not scored)"


def test_each_question_offers_its_own_answers(sample: Sample, every_kind: Framework) -> None:
    book = opened(books(sample, every_kind)["Ann_Smith.xlsx"])
    offered: dict[tuple[str, str], tuple[str, bool]] = {}
    for rule in book["Ratings"].data_validations.dataValidation:
        for area in rule.sqref.ranges:
            for row in range(area.min_row, area.max_row + 1):
                question, column = book["Ratings"].cell(row, 3).value, book["Ratings"].cell(1, area.min_col).value
                offered[question, column] = (rule.formula1, bool(rule.showErrorMessage))
    assert offered == {
        ("G1", "rating"): ('"Outstanding,Good,Adequate,Inadequate"', True),
        ("G2", "rating"): ('"Outstanding,Good,Adequate,Inadequate,N/A"', True),
        ("G2", "na_reason"): ('"too early"', False),
        ("Y1", "rating"): ('"Yes,Partly,No,N/A"', True),
        ("R1_gap", "rating"): ('"Yes,No"', True),
    }
    alerts = {str(rule.sqref): rule.formula1 for rule in book["Cases"].data_validations.dataValidation}
    assert alerts == {"C2:C3": '"Yes,No"', "D2:D3": '"Yes,No"'}


def test_only_what_is_to_be_filled_in_is_open(sample: Sample, every_kind: Framework) -> None:
    book = opened(books(sample, every_kind)["ben.xlsx"])
    open_columns = {}
    for sheet in book:
        assert sheet.protection.sheet
        heading = [cell.value for cell in sheet[1]]
        open_columns[sheet.title] = {
            heading[cell.column - 1] for row in sheet.iter_rows(min_row=2) for cell in row if not cell.protection.locked
        }
    assert open_columns == {
        "Guidance": set(),
        "Cases": {"immediate_danger", "confidentiality_breach", "what_and_who_was_told"},
        "Ratings": {"rating", "na_reason", "comment"},
        "Dates": {"value"},
        "Actions": {"case_id", "action", "action_owner", "action_due", "action_done"},
        "About": set(),
        "Lists": set(),
    }


def test_a_workbook_is_pleasant_to_work_in(sample: Sample, every_kind: Framework) -> None:
    book = opened(books(sample, every_kind)["ben.xlsx"])
    ratings = book["Ratings"]
    assert ratings.freeze_panes == "B2"
    assert ratings.print_title_rows == "$1:$1"
    assert ratings.sheet_properties.pageSetUpPr.fitToPage
    assert ratings.page_setup.fitToHeight == 0
    hidden = [cell.value for cell in ratings[1] if _hidden(ratings, cell.column_letter)]
    assert hidden == ["auditor", "row_key"]
    assert all(cell.alignment.wrap_text for cell in ratings["D"][1:])
    fills = {}
    for row in ratings.iter_rows(min_row=2):
        fills.setdefault(row[0].value, set()).add(row[0].fill.fgColor.rgb)
    assert [len(each) for each in fills.values()] == [1, 1, 1]
    assert [each.pop() for each in fills.values()] == ["00000000", "FFF3F5F9", "00000000"]
    assert [(str(area.sqref), rule.formula[0]) for area in ratings.conditional_formatting for rule in area.rules] == [
        ("F2:F16", "LEN(TRIM(F2))=0"),
        ("G2:G16", 'AND(LEN(TRIM($G2))=0,OR($F2="N/A"))'),
        ("H2 H7 H12", 'AND(LEN(TRIM($H2))=0,OR($F2="Inadequate"))'),
        ("H3 H8 H13", 'AND(LEN(TRIM($H3))=0,OR($F3="Inadequate",$F3="Adequate"))'),
        ("H4 H9 H14", 'AND(LEN(TRIM($H4))=0,OR($F4="No"))'),
        ("H6 H11 H16", 'AND(LEN(TRIM($H6))=0,OR($F6="Yes"))'),
    ]


def _hidden(sheet: Any, letter: str) -> bool:
    """Say whether a column is hidden: a run of them is kept as one, under its first letter."""
    number = openpyxl.utils.column_index_from_string(letter)
    return any(each.hidden and each.min <= number <= each.max for each in sheet.column_dimensions.values())


def test_dates_of_the_register_are_filled_in_for_first_auditors_only(sample: Sample, every_kind: Framework) -> None:
    book = opened(books(sample, every_kind)["ben.xlsx"])
    own = set(sample.cases.loc[sample.cases[terms.AUDITOR] == "ben", terms.CASE_ID])
    rows = rows_of(book, "Dates")
    assert {row["case_id"] for row in rows} == own
    assert len(rows_of(book, "Cases")) == 3
    known = {(case, fact): value for case, fact, value in known_facts(sample, [every_kind]).itertuples(index=False)}
    assert {(row["case_id"], row["fact"]): row["value"] for row in rows if row["value"]} == {
        key: value for key, value in known.items() if key[0] in own
    }
    assert {row["needed_for"] for row in rows} == {"T1"}


def test_the_same_draw_gives_the_same_bytes(sample: Sample, every_kind: Framework) -> None:
    assert books(sample, every_kind) == books(sample, every_kind)


def test_a_framework_without_dates_has_no_sheet_for_them(sample: Sample, three_graded: Framework) -> None:
    assert opened(books(sample, three_graded)["ben.xlsx"]).sheetnames == [
        *("Guidance", "Cases", "Ratings", "Actions", "About", "Lists")
    ]


def test_workbooks_are_written_and_never_over_filled_ones(sample: Sample, tmp_path: Path) -> None:
    written = write_workbooks(sample, ["record_keeping"], tmp_path)
    assert [path.name for path in written] == ["Ann_Smith.xlsx", "Ann_Smith_2.xlsx", "ben.xlsx"]
    assert write_workbooks(sample, [load_framework("record_keeping")], tmp_path) == written
    written[1].write_bytes(b"filled in")
    with pytest.raises(FileError, match=r"^Ann_Smith_2\.xlsx: exists already\. Use --force to write over it\.$"):
        write_workbooks(sample, ["record_keeping"], tmp_path)
    assert written[1].read_bytes() == b"filled in"


def through_libreoffice(path: Path, folder: Path, kind: str = "xlsx") -> Path:
    """Open a workbook in LibreOffice and save it, as an auditor without Excel does."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program is not None, "LibreOffice is not installed"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / f"{path.stem}.{kind}"


@pytest.mark.libreoffice
def test_libreoffice_keeps_everything(sample: Sample, every_kind: Framework, tmp_path: Path) -> None:
    issued = books(sample, every_kind)["ben.xlsx"]
    sent, saved = tmp_path / "ben.xlsx", tmp_path / "saved"
    saved.mkdir()
    fill(issued, sent)
    before, path = opened(sent.read_bytes()), through_libreoffice(sent, saved)
    after = opened(path.read_bytes())
    assert after.sheetnames == before.sheetnames
    assert [sheet.sheet_state for sheet in after] == [sheet.sheet_state for sheet in before]
    for name in ("Cases", "Ratings", "Dates", "Actions", "About", "Lists"):
        assert [row for row in rows_of(after, name) if any(row.values())] == [
            row for row in rows_of(before, name) if any(row.values())
        ]
        assert after[name].protection.sheet
        locked = [[cell.protection.locked for cell in row] for row in before[name].iter_rows()]
        assert [[cell.protection.locked for cell in row] for row in after[name].iter_rows()] == locked
        if name != "Lists":
            assert {cell.number_format for row in after[name].iter_rows() for cell in row} == {"@"}
        assert _offered(after[name]) == _offered(before[name])
        assert _coloured(after[name]) == _coloured(before[name])
        assert _hidden_headings(after[name]) == _hidden_headings(before[name])
    assert after["Ratings"].protection.sort
    assert {each.name: each.value for each in after.custom_doc_props} == {
        each.name: each.value for each in before.custom_doc_props
    }
    assert after["Guidance"]["A4"].value.startswith('="Answered so far: "&SUMPRODUCT(')
    calculated = str(openpyxl.load_workbook(path, data_only=True)["Guidance"]["A4"].value)
    assert calculated == "Answered so far: 15 of 15"
    cases, known = sample.sampled(), known_facts(sample, [every_kind])
    one, other = (collect_returned([each], [every_kind], cases, known) for each in (sent, path))
    assert other.ratings_table().equals(one.ratings_table())
    assert other.facts.equals(one.facts)
    assert len(other.ratings.second) == 5
    assert other.notes == one.notes
    ods = through_libreoffice(sent, saved, "ods")
    with pytest.raises(
        NotCollectedError, match=r"^ben\.ods: workbooks of the kind \.ods are not read\. Open it, save it"
    ):
        collect_returned([ods], [every_kind], cases, known)
    xls = through_libreoffice(sent, saved, "xls")
    (saved / "renamed.xlsx").write_bytes(xls.read_bytes())
    with pytest.raises(
        NotCollectedError, match=r"^ben\.xls: workbooks of the kind \.xls are not read\. Open it, save it"
    ):
        collect_returned([xls], [every_kind], cases, known)
    with pytest.raises(
        NotCollectedError, match=r"^renamed\.xlsx: this is an old Excel workbook \(\.xls\) under another"
    ):
        collect_returned([saved / "renamed.xlsx"], [every_kind], cases, known)


def _offered(sheet: Any) -> dict[str, tuple[str, bool]]:
    """Give the answers each cell offers, and whether it refuses others."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            for row, column in itertools.product(
                range(area.min_row, area.max_row + 1), range(area.min_col, area.max_col + 1)
            ):
                answers = (rule.formula1.replace("'", ""), bool(rule.showErrorMessage))
                found[f"{openpyxl.utils.get_column_letter(column)}{row}"] = answers
    return found


def _coloured(sheet: Any) -> list[str]:
    """Give the cells that a colour waits in, with how many rules each area has."""
    found = []
    for area in sheet.conditional_formatting:
        found += [f"{each.coord} {len(area.rules)}" for each in area.sqref.ranges]
    return sorted(found)


def _hidden_headings(sheet: Any) -> list[str]:
    return [str(cell.value) for cell in sheet[1] if _hidden(sheet, cell.column_letter)]
