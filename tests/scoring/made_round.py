"""A round small enough to fill by hand: six cases with ids that spreadsheets spoil, three auditors."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from audit_toolkit import terms
from audit_toolkit.errors import AuditError
from audit_toolkit.files import csv_bytes
from audit_toolkit.sampling import Sample, draw_sample, sample_bytes
from audit_toolkit.scoring import Collected, Framework, collect_ratings, known_facts, workbook_files

IDS = ("0001234", "=1+1", "-3", "1E5", "NA", "12.10")
AUDITORS = ("Ann Smith", "Ann-Smith", "ben")
WORKER = '=HYPERLINK("http://example.org")'
PLAN = """\
round: Small round
register: {file: register.csv}
strata: [area]
size: 6
frameworks: [own.yaml]
"""


def made_sample() -> Sample:
    """Draw all six cases and give each an auditor; the first of Ann Smith's is read by ben too."""
    frame = pd.DataFrame(
        {
            terms.CASE_ID: IDS,
            terms.STRATUM: "East",
            "area": "East",
            "worker": WORKER,
            "referral_date": ["2010-01-04", "", "2010-01-05", "2010-01-06", "2010-01-07", "2010-01-08"],
            "initial_assessment_authorised_date": ["2010-01-12", "", "", "2010-01-20", "2010-01-18", "2010-01-13"],
        },
        dtype=object,
    )
    sample = draw_sample(frame, size=6, seed="small round")
    cases = sample.cases.copy()
    cases[terms.AUDITOR] = pd.Series([AUDITORS[row // 2] for row in range(6)], dtype=object)
    cases[terms.SECOND_AUDITOR] = pd.Series(["ben", *[""] * 5], dtype=object)
    details = frame.set_index(terms.CASE_ID, drop=False).loc[list(cases[terms.CASE_ID])].reset_index(drop=True)
    return dataclasses.replace(sample, cases=cases, details=details)


def books(sample: Sample, framework: Framework) -> dict[str, bytes]:
    return workbook_files(sample, [framework], carry=["worker"], title="Small round", note="Made up.")


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data))


def rows_of(book: Any, sheet: str) -> list[dict[str, Any]]:
    """Give a sheet's rows by heading, empty cells as empty text."""
    heading, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(heading, ["" if cell is None else cell for cell in row], strict=True)) for row in rows]


def write(book: Any, sheet: str, row: int, column: str, value: object) -> None:
    """Type a value into a cell: row counted as the spreadsheet shows it, column by its heading."""
    headings = [cell.value for cell in book[sheet][1]]
    book[sheet].cell(row, headings.index(column) + 1).value = value


ANSWERS: Mapping[str, str] = {"G1": "Good", "G2": "N/A", "Y1": "Yes", "R1": "3 of 5", "R1_gap": "No"}


def fill(data: bytes, path: Path, *, reason: str = "too early") -> Any:
    """Fill a workbook as a careful auditor does, and save it."""
    book = opened(data)
    for number, row in enumerate(rows_of(book, "Ratings"), 2):
        write(book, "Ratings", number, "rating", ANSWERS[row["criterion_id"]])
        if row["criterion_id"] == "G2" and reason:
            write(book, "Ratings", number, "na_reason", reason)
    book.save(path)
    return book


def made_folder(folder: Path, framework: Framework, framework_text: str) -> Sample:
    """Write a round folder as a draw leaves it."""
    sample = made_sample()
    (folder / "workbooks").mkdir(parents=True)
    (folder / "returned").mkdir()
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "own.yaml").write_text(framework_text, encoding="utf-8")
    (folder / "sample.csv").write_bytes(sample_bytes(sample.cases))
    (folder / "workbooks" / "dates.csv").write_bytes(csv_bytes(known_facts(sample, [framework])))
    for name, data in books(sample, framework).items():
        (folder / "workbooks" / name).write_bytes(data)
    return sample


Change = Callable[[Any], None]


class Round:
    """A round folder whose workbooks come back, each changed as a test needs it."""

    def __init__(self, folder: Path, framework: Framework, text: str) -> None:
        self.folder, self.framework = folder, framework
        self.sample: Sample = made_folder(folder, framework, text)

    def back(self, name: str, change: Change = lambda _: None, reason: str = "too early") -> Path:
        """Send a filled workbook back."""
        path = self.folder / "returned" / f"{name}.xlsx"
        book = fill((self.folder / "workbooks" / f"{name}.xlsx").read_bytes(), path, reason=reason)
        change(book)
        book.save(path)
        return path

    def all_back(self) -> None:
        for name in ("Ann_Smith", "Ann_Smith_2", "ben"):
            self.back(name)

    def text(self, name: str, text: str) -> Path:
        path = self.folder / "returned" / name
        path.write_text(text, encoding="utf-8")
        return path

    def keep(self, collected: Collected) -> None:
        """Write what was collected, as the command does."""
        (self.folder / "ratings.csv").write_bytes(csv_bytes(collected.ratings_table()))
        (self.folder / "facts.csv").write_bytes(csv_bytes(collected.facts))

    def cases(self, auditor: str) -> list[str]:
        cases = self.sample.cases
        return [str(case) for case in cases.loc[cases["auditor"] == auditor, "case_id"]]

    def refused(self, *sources: Path) -> list[str]:
        with pytest.raises(AuditError) as refused:
            collect_ratings(self.folder, *sources)
        return refused.value.describe(None).splitlines()
