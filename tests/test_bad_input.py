"""Every file of bad_input, one by one: accepted, warned of or refused as EXPECTED.csv says, and in its words."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import AuditError
from audit_toolkit.files import parse_yaml
from audit_toolkit.register import Frame, build_frame, read_register
from audit_toolkit.sampling import read_receipt
from audit_toolkit.scoring import Framework, framework_from, load_framework, read_ratings

BAD = Path(__file__).resolve().parent / "bad_input"
ROWS = list(csv.DictReader((BAD / "EXPECTED.csv").open(encoding="utf-8")))
EXPECTED = {row["file"]: row for row in ROWS}
NOT_FILES = ("EXPECTED.csv", "README.md")

# What a refusal or a warning must say, in parts. No part: EXPECTED.csv asks only that the file is read exactly.
SAYS: dict[str, tuple[str, ...]] = {
    "r05_dup_case_space.csv": ('"AB123", "ab123 ", " AB123"', "rows 2, 3 and 4"),
    "r07_homoglyph.csv": ("letters of several alphabets", "Cyrillic in 1 (first on row 3)"),
    "r15_cp1252.csv": ("Read as cp1252 (Windows)",),
    "r17_nul.csv": ('row 3, column A "case_id"', 'row 4, column B "team"', "NUL"),
    "r19_quote_pair_swallow.csv": ("row 3", "line break"),
    "r23_extra_field_one_row.csv": ("row 4: 5 fields, 4 expected",),
    "r25_dup_columns.csv": ('"team": the heading stands twice',),
    "r27_total_row.csv": ("row 5", "does not look like a case"),
    "r29_blank_rows.csv": ("4 blank rows skipped (rows 3, 5, 7, 8)",),
    "r31_empty.csv": ("the file is empty",),
    "r33_stratum_variants.csv": ("look the same", '"NORTH" (1)'),
    "r40_formula_ids.csv": ("9 case ids begin like a formula",),
    "x01_number_format_zeros.xlsx": ('"0000000"', "not text"),
    "x05_merged.xlsx": ("merged cells", "B2:B4, B5:B7"),
    "x07_second_sheet.xlsx": ('case_id is not on sheet "Read me"; it is on "Cases"', "--sheet Cases"),
    "x09_zip_bomb.xlsx": ("would unpack to",),
    "x11_billion_laughs.xlsx": ("document type definition",),
    "x14_csv_renamed.xlsx": ("not an Excel workbook: the content looks like CSV",),
    "p01_float_ids.parquet": ("of the type float64, not text", "row 4"),
    "p03_rle_bomb.parquet": ("20,000,000 rows",),
    "q01_affinity.sqlite": ("of the type INTEGER, not text", "row 3", "the case id is empty"),
    "s01_text_scores.xlsx": ('"3 "', "good", "RI", "Use 4, 3, 2, 1 or N/A", "Requires improvement"),
    "s03_dup_case.xlsx": ("row 3", "row 2", "a second auditor nobody assigned"),
    "s05_na_blank_zero.xlsx": ("n/a is not a rating", "0 is not a rating", "holds only spaces"),
    "s07_criterion_renamed.xlsx": ("C2 of bad_input is missing", "C02 is not a criterion", "C9 is not a criterion"),
    "s09_id_format_changed.xlsx": ('Did you mean "0001234"?', 'Did you mean "1e5"?'),
    "y01_alias_bomb.yaml": ("values",),
    "y03_duplicate_keys.yaml": ('the key "C1" stands twice, first in line 3',),
    "y05_number_ids.yaml": ("id must be text, and 1.10 is not",),
    "y07_path_id.yaml": ('unknown key "id"',),
    "y09_redos.yaml": ('unknown key "id_pattern"',),
    "y11_unknown_keys.yaml": ('unknown key "wieght". Did you mean "weight"?',),
    "m01_edited_sample.json": ("receipt",),
    "m03_future_version.json": ("newer than this version",),
    "m05_zero_length.json": ("damaged: it is empty",),
}

THREE_GRADED = """\
framework: bad_input
version: "1.0.0"
title: Three graded criteria
ratings: [Outstanding, Good, Requires improvement, Inadequate]
earns: {Outstanding: 1, Good: 3/4, Requires improvement: 1/2, Inadequate: 1/4}
bands: {Outstanding: 87.5, Good: 62.5, Requires improvement: 37.5, Inadequate: 0}
criteria:
  - {id: C1, ask: First?, response: graded}
  - {id: C2, ask: Second?, response: graded}
  - {id: C3, ask: Third?, response: graded}
"""


def frame_of(path: Path) -> Frame:
    """Read a register as a plan would, and make strata of its second column."""
    register = read_register(path, table="cases" if path.suffix == ".sqlite" else None)
    return build_frame(register, strata=[str(register.cases.columns[1])])


def ratings_of(path: Path) -> object:
    sample = pd.DataFrame({"case_id": ["0001234", "1e5"]}) if path.name.startswith("s09") else None
    return read_ratings(path, three_graded(), sample)


def three_graded() -> Framework:
    return framework_from(parse_yaml(THREE_GRADED, "own.yaml"))


READERS: dict[str, Callable[[Path], object]] = {
    ".json": read_receipt,
    ".yaml": load_framework,
    **dict.fromkeys((".csv", ".parquet", ".sqlite", ".xlsx"), frame_of),
}


def read(name: str) -> object:
    reader = ratings_of if EXPECTED[name]["kind"] == "scores-xlsx" else READERS[Path(name).suffix]
    return reader(BAD / name)


def test_every_file_has_its_row_and_every_row_its_file() -> None:
    assert len(ROWS) == len(EXPECTED) == 47
    assert set(EXPECTED) == {path.name for path in BAD.iterdir()} - set(NOT_FILES)
    assert {row["expect"] for row in ROWS} == {"accept", "accept_or_reject", "warn", "reject"}
    must_speak = {name for name, row in EXPECTED.items() if row["expect"] in ("warn", "reject")}
    assert must_speak <= set(SAYS) <= set(EXPECTED)


@pytest.mark.parametrize("name", [name for name, row in EXPECTED.items() if row["expect"] == "reject"])
def test_what_must_be_refused_is_refused_and_says_why(name: str) -> None:
    with pytest.raises(AuditError) as refused:
        read(name)
    said = refused.value.describe(shown=None)
    assert [part for part in SAYS[name] if part not in said] == []
    assert name in said


@pytest.mark.parametrize("name", [name for name, row in EXPECTED.items() if row["expect"] != "reject"])
def test_what_must_be_read_is_read_exactly_and_warns_where_it_must(name: str) -> None:
    frame = read(name)
    assert isinstance(frame, Frame)
    row = EXPECTED[name]
    assert sorted(frame.cases["case_id"]) == sorted(json.loads(row["exact_ids_json"] or "null") or ["A1", "A2"])
    assert len(frame) == int(row["n_cases"])
    notes = "\n".join(frame.notes)
    assert [part for part in SAYS.get(name, ()) if part not in notes] == []
    assert bool(notes) or row["expect"] != "warn"
