"""Panel packs written, filled and read back: every problem named, nothing lost, first ratings untouched."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from moderated_samples import RULE, SAMPLES, Cells, cells_of, copy_round, fill_pack, keep_first

from audit_toolkit.errors import AuditError
from audit_toolkit.files import csv_bytes
from audit_toolkit.scoring import (
    Moderation,
    moderated_scores,
    panel_pack,
    read_moderation,
    read_rated_round,
    settle,
)
from audit_toolkit.scoring.settled import put_in

# What the rule asks for in that round: answers in all, and those on which two auditors differ.
ASKED, DIFFERING = 342, 65


@pytest.fixture(scope="module")
def february(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the February round with a rule of moderation and one framework: 15 of the worst grade, 8 that differ."""
    top = tmp_path_factory.mktemp("moderated")
    return copy_round(top, "february-2010", RULE, framework="record_keeping")


@pytest.fixture(scope="module")
def issued(february: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pack of the round once."""
    path = tmp_path_factory.mktemp("pack") / "pack.xlsx"
    path.write_bytes(panel_pack(read_rated_round(february)))
    return path


@pytest.fixture
def folder(february: Path, tmp_path: Path) -> Path:
    shutil.copytree(february, tmp_path / "round")
    return tmp_path / "round"


@pytest.fixture
def pack(issued: Path, tmp_path: Path) -> Callable[..., Path]:
    """Fill the pack as a test needs it."""
    return lambda settled=keep_first, *, name="back.xlsx", read=True: fill_pack(
        issued, tmp_path / name, settled, read=read
    )


def keep(folder: Path, state: Moderation) -> None:
    (folder / "settled.csv").write_bytes(csv_bytes(state.rows))


def refused(folder: Path, *packs: Path) -> list[str]:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(AuditError) as found:
        settle(folder, *packs)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return found.value.describe(None).splitlines()


def second_at(case: str, criterion: str, reason: str = "The record was on file") -> Callable[[Cells], None]:
    """Settle one answer as the second auditor rated it, the others as the first did."""

    def settled(cells: Cells) -> None:
        keep_first(cells)
        if (cells["case_id"].value, cells["criterion_id"].value) == (case, criterion):
            cells["settled"].value = cells["second_rating"].value
            cells["reason"].value = reason

    return settled


def test_auditors_are_not_named_beside_ratings(issued: Path) -> None:
    book = openpyxl.load_workbook(issued)
    assert book.sheetnames[:4] == ["Guidance", "Read whole", "To settle", "Severity"]
    for name in ("Guidance", "Read whole", "To settle"):
        cells = [str(cell) for row in book[name].iter_rows(values_only=True) for cell in row if cell]
        assert not [cell for cell in cells if "Auditor 0" in cell or "Auditor 1" in cell]
    assert book["Severity"]["A1"].value == "For the moderation panel, never for a board."
    assert all(cell.data_type == "s" for cell in book["To settle"]["A"])


def test_a_pack_is_the_same_bytes_for_the_same_round(february: Path, issued: Path) -> None:
    assert panel_pack(read_rated_round(february)) == issued.read_bytes()


def test_a_pack_settled_whole_is_read_back_whole(folder: Path, pack) -> None:
    state = settle(folder, pack())
    assert state.whole
    assert (state.asked, len(state.table), len(state.changed())) == (ASKED, ASKED, 0)
    assert list(state.table.columns) == [
        *("case_id", "criterion_id", "first_rating", "second_rating", "settled", "reason", "why"),
    ]
    assert set(state.table["why"]) == {"differs", "worst grade", "random share", "differs; worst grade"}
    keep(folder, state)
    assert read_moderation(read_rated_round(folder)).whole


@pytest.mark.slow
def test_differences_can_be_settled_before_any_case_is_read_whole_and_a_second_pack_adds(folder: Path, pack) -> None:
    first = settle(folder, pack(name="one.xlsx", read=False))
    assert (len(first.table), len(first.outstanding)) == (DIFFERING, ASKED - DIFFERING)
    keep(folder, first)
    # Only the cases read whole this time; their differences were settled before and come again alike.
    second = settle(folder, pack(name="two.xlsx"))
    assert second.whole
    merged = second.rows.merge(first.rows, how="inner")
    assert len(merged) == DIFFERING


def test_settled_ratings_change_moderated_scores_and_nothing_else(folder: Path, pack) -> None:
    read = read_rated_round(folder)
    before = read.ratings.table.copy()
    row = next(
        each
        for each in read_moderation(read).panel.answers
        if each.differs and each.first_rating == "Yes" and each.second_rating == "Partly"
    )
    state = settle(folder, pack(second_at(*row.key)))
    assert state.directions(list(read.frameworks.values())) == {"up": 0, "down": 1, "to or from N/A or a blank": 0}
    table = moderated_scores(read, state).set_index(["case_id", "framework"])
    now = table.loc[(row.case_id, row.framework)]
    assert float(now["moderated_score"]) < float(now["first_score"])
    others = table[(table["ratings_settled"] != "0") & (table.index != (row.case_id, row.framework))]
    assert (others["moderated_score"] == others["first_score"]).all()
    assert (table.loc[table["ratings_settled"] == "0", "moderated_band"] == "").all()
    assert before.equals(read.ratings.table)
    changed = put_in(read.ratings, state.table).table
    assert int((changed["rating"] != before["rating"]).sum()) == 1


def test_a_code_is_read_as_its_label_and_needs_no_reason_where_it_is_the_first(folder: Path, pack) -> None:
    def as_codes(cells: Cells) -> None:
        keep_first(cells)
        codes = {"Outstanding": "4", "Good": "3", "Adequate": "2", "Inadequate": "1"}
        if cells["settled"].value in codes:
            cells["settled"].value = codes[cells["settled"].value]

    state = settle(folder, pack(as_codes))
    assert len(state.changed()) == 0
    assert "4" not in set(state.table["settled"])


def test_everything_wrong_with_a_pack_is_told_at_once(folder: Path, pack) -> None:
    """One fault of each kind, in one pack; what is right beside them is not taken either."""
    panel = read_moderation(read_rated_round(folder)).panel
    kinds = {"differs": iter([each for each in panel.answers if each.why == ("differs",)])}
    graded = next(each for each in kinds["differs"] if each.criterion_id == "RK05")
    reasonless = next(each for each in kinds["differs"] if {each.first_rating, each.second_rating} == {"Yes", "Partly"})
    stale = next(each for each in kinds["differs"] if each.first_rating == "Yes")
    zeros = next(each for each in kinds["differs"] if each.case_id.startswith("0"))

    def spoil(cells: Cells) -> None:
        keep_first(cells)
        key = (cells["case_id"].value, cells["criterion_id"].value)
        if key == graded.key:
            cells["settled"].value = "Goood"
        elif key == reasonless.key:
            cells["settled"].value = reasonless.second_rating
        elif key == stale.key:
            cells["first_rating"].value = "No"
        elif key == zeros.key:
            cells["case_id"].value = zeros.case_id.lstrip("0")

    rows = {each.key: 2 + place for place, each in enumerate(panel.answers)}
    bare = zeros.case_id.lstrip("0")
    where = "back.xlsx, sheet To settle, row"
    new = "Write a new pack with moderate, and settle it there."
    assert set(refused(folder, pack(spoil))) == {
        f'{where} {rows[graded.key]} (case {graded.case_id}), column K "settled": Goood is not a rating '
        f"({graded.criterion_id}). Use Yes, Partly or No.",
        f'{where} {rows[reasonless.key]} (case {reasonless.case_id}), column L "reason": {reasonless.second_rating} '
        f"differs from the first rating, {reasonless.first_rating}, and no reason is given. Write why.",
        f'{where} {rows[stale.key]} (case {stale.case_id}), column F "first_rating": No is not the rating '
        f"collected, which is Yes. {new}",
        f'{where} {rows[zeros.key]} (case {bare}), column A "case_id": {bare} is not a case of this sample. '
        f'Did you mean "{zeros.case_id}"? Write the id exactly as in the sample, in a cell formatted as Text.',
        f"{where} {rows[zeros.key]} (case {bare}): {zeros.criterion_id} of case {bare} is not for the panel to "
        f"settle. Leave its cell blank, and the ids as they were. {new}",
    }


def test_an_answer_of_a_case_not_said_to_be_read_whole_is_refused_once_a_case(folder: Path, pack) -> None:
    def settle_worst(cells: Cells) -> None:
        if cells["why"].value == "worst grade":
            cells["settled"].value = cells["first_rating"].value

    told = refused(folder, pack(settle_worst, read=False))
    assert len(told) == 15
    assert all(
        line.endswith("Choose Yes on the sheet Read whole when it has been, or clear the cell.") for line in told
    )


def test_a_difference_left_open_in_a_case_read_whole_is_refused(folder: Path, pack) -> None:
    told = refused(folder, pack(lambda _: None))
    assert told
    assert all(
        line.endswith('column K "settled": two auditors differ and nothing is settled. Choose the rating that stands.')
        for line in told
    )


def test_rows_taken_out_of_a_case_read_whole_are_missed(folder: Path, pack) -> None:
    path = pack()
    book = openpyxl.load_workbook(path)
    row = next(n for n, cells in enumerate(cells_of(book["To settle"]), 2) if cells["why"].value == "worst grade")
    case, criterion = book["To settle"].cell(row, 1).value, book["To settle"].cell(row, 3).value
    book["To settle"].delete_rows(row)
    book.save(path)
    assert refused(folder, path) == [
        f"back.xlsx, sheet To settle, case {case}: the case is said to be read whole, and {criterion} is gone. "
        "Put the rows back from the pack as it was written."
    ]


@pytest.mark.slow
def test_what_is_said_on_read_whole_must_be_yes_of_a_case_that_is_there(folder: Path, pack) -> None:
    path = pack()
    book = openpyxl.load_workbook(path)
    sheet = book["Read whole"]
    case = sheet["A3"].value
    sheet["F2"].value, sheet["A3"].value = "partly", "12"
    where = str(sheet["A2"].value)
    book.save(path)
    told = refused(folder, path)
    assert told[0] == (
        f'back.xlsx, sheet Read whole, row 2 (case {where}), column F "panel_read": partly is not an answer. '
        "Choose Yes when the case has been read whole, or leave the cell blank."
    )
    assert told[1] == (
        'back.xlsx, sheet Read whole, row 3 (case 12), column A "case_id": 12 is not a case to read whole on '
        f"{sheet['B3'].value}. Leave the ids as they were. Write a new pack with moderate, and settle it there."
    )
    assert case not in told[1]


def test_a_workbook_that_is_no_pack_is_refused(folder: Path) -> None:
    other = SAMPLES / "february-2010" / "workbooks" / "Auditor_01.xlsx"
    assert refused(folder, other) == [
        'Auditor_01.xlsx: there is no sheet "To settle". Use one of: Guidance, Cases, Ratings, Dates, Actions, About, '
        "Lists. Give a workbook that moderate wrote, its sheets named as they were."
    ]


def test_a_heading_that_is_gone_is_named(folder: Path, pack) -> None:
    path = pack()
    book = openpyxl.load_workbook(path)
    book["To settle"]["L1"].value = "why not"
    book.save(path)
    assert refused(folder, path) == [
        'back.xlsx, sheet To settle, row 1: reason is missing. Head its column "reason" again.'
    ]


@pytest.mark.slow
def test_what_was_settled_before_may_not_change_in_silence(folder: Path, pack) -> None:
    keep(folder, settle(folder, pack(name="one.xlsx")))
    read = read_rated_round(folder)
    row = next(each for each in read_moderation(read).panel.answers if each.differs)
    back = pack(second_at(*row.key), name="two.xlsx")
    place = 2 + list(read_moderation(read).panel.keys()).index(row.key)
    assert refused(folder, back) == [
        f"settled.csv, row {place} (case {row.case_id}): {row.criterion_id} was settled as {row.first_rating}, and is "
        f"{row.second_rating} now. Settle with --force to take what is in the packs now."
    ]
    state = settle(folder, back, afresh=True)
    assert len(state.changed()) == 1
    assert state.whole


def test_a_rating_that_changed_after_it_was_settled_counts_as_not_settled_and_is_kept(folder: Path, pack) -> None:
    state = settle(folder, pack())
    keep(folder, state)
    read = read_rated_round(folder)
    yes = state.table[state.table["first_rating"] == "Yes"].iloc[0]
    case, criterion = yes["case_id"], yes["criterion_id"]
    table = read.ratings.table.copy()
    here = (table["case_id"] == case) & (table["criterion_id"] == criterion)
    table.loc[here, "rating"] = "No"
    changed = dataclasses.replace(read, ratings=dataclasses.replace(read.ratings, table=table))
    now = read_moderation(changed)
    assert now.stale == ((case, criterion),)
    assert (case, criterion) in now.outstanding
    assert len(now.rows) == ASKED
    assert "1 rests on ratings that have changed since: settle it again." in str(now)


def test_a_settled_file_changed_by_hand_is_checked(folder: Path, pack) -> None:
    keep(folder, settle(folder, pack()))
    file = folder / "settled.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    cells[4] = "Splendid"
    file.write_text("\n".join([lines[0], ",".join(cells), *lines[2:], ""]), encoding="utf-8")
    with pytest.raises(AuditError) as found:
        read_moderation(read_rated_round(folder))
    assert str(found.value).startswith(
        f'settled.csv, row 2 (case {cells[0]}), column E "settled": Splendid is not a rating'
    )


@pytest.mark.slow
def test_a_new_pack_shows_what_is_settled_already(folder: Path, pack, tmp_path: Path) -> None:
    read = read_rated_round(folder)
    row = next(each for each in read_moderation(read).panel.answers if each.why == ("differs",))
    keep(folder, settle(folder, pack(second_at(*row.key, reason="Found on paper"), read=False)))
    again = tmp_path / "again.xlsx"
    again.write_bytes(panel_pack(read_rated_round(folder)))
    rows = list(cells_of(openpyxl.load_workbook(again)["To settle"]))
    shown = {
        (cells["case_id"].value, cells["criterion_id"].value): (cells["settled"].value, cells["reason"].value)
        for cells in rows
        if cells["settled"].value
    }
    assert len(shown) == DIFFERING
    assert shown[row.key] == (row.second_rating, "Found on paper")
    assert settle(folder, again).rows.equals(settle(folder).rows)


@pytest.mark.libreoffice
def test_libreoffice_keeps_a_pack_as_it_is(folder: Path, pack, tmp_path: Path) -> None:
    path = pack()
    out = tmp_path / "saved"
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, timeout=180, capture_output=True)
    assert settle(folder, out / "back.xlsx").rows.equals(settle(folder, path).rows)
    rules = openpyxl.load_workbook(out / "back.xlsx")["To settle"].data_validations.dataValidation
    assert any("Good" in (rule.formula1 or "") or "Lists" in (rule.formula1 or "") for rule in rules)
