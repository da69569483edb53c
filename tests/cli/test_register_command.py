"""register check and register bands, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

from command import SAMPLES, run

BAD = SAMPLES.parent / "tests" / "bad_input"
EXPORTS = SAMPLES.parent / "tests" / "register" / "exports"
REGISTER = str(SAMPLES / "register_2010-01-31.csv")


def test_a_good_register_is_told_and_ends_well() -> None:
    done = run("register", "check", str(BAD / "r07_homoglyph.csv"))
    assert done.status == 0
    assert done.data == (
        "r07_homoglyph.csv\n"
        "Read as text, utf-8, a comma between the fields, headings on row 1: 3 rows, 4 columns.\n"
        "The first case ids: A1, \u04101, B2\n\n"
        "column   filled  different  holds\n"
        "-------  ------  ---------  -----------------------------------\n"
        "case_id       3          3  all different, such as A1, \u04101\n"
        "team          3          1  North (3)\n"
        "opened        3          1  dates from 2025-03-04 to 2025-03-04\n"
        "status        3          1  open (3)\n\n"
        "To look at:\n"
        "- r07_homoglyph.csv: The case ids mix letters of several alphabets that can look alike: Latin in 2 (first on "
        "row 2); Cyrillic in 1 (first on row 3). All are kept.\n"
    )
    assert done.messages == "Nothing is wrong with it that stops a draw.\n"


def test_what_is_wrong_comes_last_on_stderr_and_ends_with_1() -> None:
    done = run("register", "check", str(BAD / "r27_total_row.csv"))
    assert done.status == 1
    assert done.data.startswith("r27_total_row.csv\nRead as text")
    assert done.messages == (
        'r27_total_row.csv, row 5 (case Total), column A "case_id": "Total" with empty cells beside it does not look '
        "like a case. Take the total row out of the register.\n"
    )
    done = run("register", "check", str(BAD / "r31_empty.csv"))
    assert (done.status, done.data) == (1, "")


def test_what_is_suspicious_is_listed_and_does_not_stop() -> None:
    done = run("register", "check", REGISTER, "--column", "case_id=Child reference", "--strata", "Area, Outcome")
    assert done.status == 0
    assert "To look at:\n- register_2010-01-31.csv: File reference differs in nearly every row" in done.data
    assert "Outcome is empty in 46 of 776 rows" in done.data
    assert done.messages == "Nothing is wrong with it that stops a draw.\n"


def test_it_is_json_for_a_program() -> None:
    done = run("register", "check", str(BAD / "r27_total_row.csv"), "--json")
    assert (done.status, done.messages) == (1, "")
    assert json.loads(done.data)["rows"] == 4
    done = run("register", "check", str(EXPORTS / "cin_census.xml"), "--preset", "cin-census", "--json")
    assert (done.status, json.loads(done.data)["problems"]) == (0, [])


def test_every_option_of_reading_is_used(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("A title\nRef;Name\n01;Zo\xeb\n02;Ann\n".encode("cp1252"))
    done = run("register", "check", str(path), "--header-row", "2", "--encoding", "cp1252", "--column", "case_id=Ref")
    assert done.status == 0
    assert "Read as text, cp1252, a semicolon between the fields, headings on row 2: 2 rows, 2 columns." in done.data
    done = run("register", "check", str(BAD / "x07_second_sheet.xlsx"), "--sheet", "Cases")
    assert (done.status, "sheet Cases" in done.data) == (0, True)
    done = run("register", "check", str(BAD / "q01_affinity.sqlite"), "--table", "cases")
    assert (done.status, "case_id" in done.messages) == (1, True)
    done = run("register", "check", str(path), "--column", "case_id")
    assert done.status == 2
    assert "--column case_id names no heading. Write --column case_id=HEADING." in done.messages


def test_bands_are_printed_as_a_plan_declares_them(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("ref,days\n" + "".join(f"{n},{n}\n" for n in range(1, 101)), encoding="utf-8")
    done = run("register", "bands", str(path), "--column", "case_id=ref", "--of", "days", "--into", "4")
    assert done.status == 0
    assert done.data == (
        "strata:\n  - name: days\n    column: days\n"
        "    bands: {under 26: 0, 26 to 50: 26, 51 to 75: 51, 76 and over: 76}\n"
    )
    other = run(
        "register", "bands", str(path), "--column", "case_id=ref", "--of", "days", "--into", "4", "--by",
        "dalenius-hodges",
    )  # fmt: skip
    assert (other.status, other.data.count(":")) == (0, 8)
