"""One register in five formats and in any order: the same frame digest, and sample.csv the same byte for byte."""

from __future__ import annotations

import json
import random
import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from postgres import Server

from audit_toolkit.files import csv_bytes
from audit_toolkit.register import Frame, build_frame, read_register
from audit_toolkit.sampling import draw_sample, sample_bytes

REFERENCE = Path(__file__).resolve().parent.parent / "reference" / "tickets.json"
VECTORS = [each["case_id"] for each in json.loads(REFERENCE.read_text("utf-8"))["vectors"]]
# Of two that a register refuses side by side (A1 and a1, é in one letter and in two) the last is taken.
HARD_IDS = [
    *{unicodedata.normalize("NFC", each).casefold(): each for each in VECTORS}.values(),
    *("12.1", "-7", "=1+1", "\t=2", "x\u2028y"),
]
COLUMNS = ("case_id", "area", "opened", "note")
Rows = list[tuple[str, str, str, str]]


def rows_of(count: int) -> Rows:
    """Make a register of the published test vectors and of ids with leading zeros."""
    ids = [*HARD_IDS, *(f"{number:08}" for number in range(count - len(HARD_IDS)))]
    areas = ("North", "Süd", "NA", "Ost & West")
    return [
        (case, areas[place % 4], f"2010-01-{place % 28 + 1:02}", "" if place % 3 else f'a "{place}",\nb')
        for place, case in enumerate(ids)
    ]


def as_csv(rows: Rows, path: Path) -> Path:
    path.write_bytes(csv_bytes(pd.DataFrame(rows, columns=COLUMNS, dtype=object)))
    return path


def as_semicolons(rows: Rows, path: Path) -> Path:
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    text = frame.to_csv(index=False, sep=";", lineterminator="\r\n")
    path.write_bytes(text.encode("utf-16"))
    return path


def as_xlsx(rows: Rows, path: Path) -> Path:
    with xlsxwriter.Workbook(path.with_suffix(".xlsx")) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([COLUMNS, *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return path.with_suffix(".xlsx")


def as_parquet(rows: Rows, path: Path) -> Path:
    columns = {name: list(values) for name, values in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
    table = pa.table({**columns, "area": pa.array(columns["area"]).dictionary_encode()})
    pq.write_table(table, path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def as_sqlite(rows: Rows, path: Path) -> Path:
    path = path.with_suffix(".sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE cases(case_id TEXT, area VARCHAR(20), opened DATE, note)")
        connection.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", rows)
        connection.commit()
    return path


WRITERS = (as_csv, as_semicolons, as_xlsx, as_parquet, as_sqlite)


def frame_of(source: object, table: str | None = None) -> Frame:
    register = read_register(source, dates=["opened"], table=table)
    return build_frame(register, strata=["area"], eligible=[{"column": "opened", "to": "2010-01-20"}])


def sample_of(frame: Frame) -> bytes:
    return sample_bytes(draw_sample(frame, size=60, seed="41352 60113 26004 11893", reserves=2).cases)


@pytest.fixture(scope="module")
def known() -> tuple[str, bytes]:
    frame = frame_of(pd.DataFrame(rows_of(900), columns=COLUMNS, dtype=object))
    return frame.digest, sample_of(frame)


@pytest.mark.parametrize("shuffled", [None, 1, 2])
@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_the_sample_does_not_depend_on_the_format_or_the_order(
    write: Callable[[Rows, Path], Path], shuffled: int | None, tmp_path: Path, known: tuple[str, bytes]
) -> None:
    rows = rows_of(900)
    if shuffled is not None:
        random.Random(shuffled).shuffle(rows)
    frame = frame_of(write(rows, tmp_path / "register.csv"))
    assert (frame.digest, sample_of(frame)) == known
    assert len(set(HARD_IDS) & set(frame.units["case_id"])) >= 20


def test_one_changed_id_is_another_frame_and_may_be_another_sample(known: tuple[str, bytes]) -> None:
    rows = [(case.replace("\\\\", "\\"), *rest) for case, *rest in rows_of(900)]
    frame = frame_of(pd.DataFrame(rows, columns=COLUMNS, dtype=object))
    assert frame.digest != known[0]


@pytest.mark.database
def test_a_database_of_ten_thousand_cases_gives_the_frame_and_the_sample_of_the_csv(
    server: Server, tmp_path: Path
) -> None:
    rows = rows_of(10_000)
    server.run("CREATE TABLE ten_thousand(case_id text PRIMARY KEY, area varchar(20), opened date, note text)")
    with server.connect() as connection, connection.cursor().copy("COPY ten_thousand FROM STDIN") as copy:
        for row in random.Random(3).sample(rows, len(rows)):
            copy.write_row(row)
    there = frame_of(server.reader, table="ten_thousand")
    here = frame_of(as_csv(rows, tmp_path / "register.csv"))
    assert len(there) == len(here) > 7_000
    assert there.digest == here.digest
    assert sample_of(there) == sample_of(here)
    register = read_register(server.reader, table="ten_thousand")
    assert sorted(register.cases["case_id"]) == sorted(case for case, *_ in rows)
