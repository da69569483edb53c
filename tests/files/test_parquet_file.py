"""Parquet: its footer is asked before it is read, and every cell is the text it would be in any other file."""

from __future__ import annotations

import datetime
import decimal
import sys
import time
import tracemalloc
import uuid
import zoneinfo
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import Table, file_digest, parquet_file, parse_date, read_table, sheet_names, table_names
from audit_toolkit.files import typed as limits_of

BAD = Path(__file__).parents[1] / "bad_input"
SMALLER = "Give a smaller one: only the rows and columns of the register."


def made(tmp_path: Path, name: str = "x.parquet", **columns: object) -> Path:
    path = tmp_path / name
    pq.write_table(pa.table(columns), path)
    return path


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(FileError) as refused:
        read_table(path, **options)
    return str(refused.value)


def cells(table: Table) -> dict[str, list[str]]:
    return table.cells.to_dict("list")


def test_text_is_exact_however_it_is_stored(tmp_path: Path) -> None:
    ids = ["0001234", "NA", " 12.10 ", "1E5", "Zoë", "e\u0301", "案例一", "👧🏽", 'say "hi"', "C:\\x", "a\nb", None, ""]
    kinds = [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]
    path = made(tmp_path, **{f"c.{index}": pa.array(ids, kind) for index, kind in enumerate(kinds)})
    table = read_table(path)
    expected = [each or "" for each in ids]
    assert cells(table) == {"c.0": expected, "c.1": expected, "c.2": expected}
    assert all(type(cell) is str for column in table.columns for cell in table.cells[column])
    assert table.cells.dtypes.eq(object).all()
    assert (table.types, table.kind, table.digest) == ({}, "Parquet", file_digest(path))
    assert table.rows == tuple(range(2, 15))
    assert table.line_breaks == dict.fromkeys(table.columns, (10,))
    assert table.notes == ("Rows are counted from 2: row 2 is the first row of the file.",)
    assert str(table.place(0, "c.1")) == 'x.parquet, row 2, column "c.1"'
    assert (sheet_names(path), table_names(path)) == ((), ())


def test_typed_values_are_the_text_of_any_other_file(tmp_path: Path) -> None:
    moment = datetime.datetime(2025, 6, 30, 23, 30, tzinfo=datetime.UTC)
    path = made(
        tmp_path,
        whole=pa.array([7, None], pa.int64()),
        huge=pa.array([2**64 - 1, 0], pa.uint64()),
        real=pa.array([4.0, 12.1]),
        nothing=pa.array([None, None]),
        exact=pa.array([decimal.Decimal("1.10"), decimal.Decimal("0")], pa.decimal128(12, 8)),
        truth=pa.array([True, None]),
        day=pa.array([datetime.date(2010, 1, 31), None]),
        local=pa.array([datetime.datetime(2010, 1, 31), datetime.datetime(2010, 1, 31, 9, 5)], pa.timestamp("ms")),
        zoned=pa.array([moment, None], pa.timestamp("ns", "UTC")),
        clock=pa.array([datetime.time(9, 5), None], pa.time32("ms")),
        coded=pa.array([3, 3]).dictionary_encode(),
    )
    table = read_table(path)
    assert cells(table) == {
        "whole": ["7", ""],
        "huge": ["18446744073709551615", "0"],
        "real": ["4", "12.1"],
        "nothing": ["", ""],
        "exact": ["1.10000000", "0.00000000"],
        "truth": ["TRUE", ""],
        "day": ["2010-01-31", ""],
        "local": ["2010-01-31", "2010-01-31T09:05:00"],
        "zoned": ["2025-07-01T00:30:00+01:00", ""],
        "clock": ["09:05:00", ""],
        "coded": ["3", "3"],
    }
    assert table.types == {
        "whole": "int64",
        "huge": "uint64",
        "real": "float64",
        "nothing": "null",
        "exact": "decimal128(12, 8)",
        "truth": "bool",
        "day": "date32[day]",
        "local": "timestamp[ms]",
        "zoned": "timestamp[ns, tz=UTC]",
        "clock": "time32[ms]",
        "coded": "int64",
    }
    assert parse_date(table.cells["zoned"][0]) == moment.astimezone(zoneinfo.ZoneInfo("Europe/London")).date()


def test_a_uuid_is_text(tmp_path: Path) -> None:
    value = uuid.UUID("12345678-1234-5678-1234-567812345678")
    path = made(tmp_path, case_id=pa.array([value.bytes], pa.uuid()))
    table = read_table(path)
    assert (cells(table), table.types) == ({"case_id": [str(value)]}, {})


def test_many_batches_make_one_table(tmp_path: Path) -> None:
    ids = [f"{number:07}" for number in range(120_000)]
    teams = [f"Team {number % 7}" for number in range(120_000)]
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"case_id": ids, "team": teams}), path, row_group_size=30_000)
    table = read_table(path)
    assert cells(table) == {"case_id": ids, "team": teams}


def test_columns_that_are_no_cells_are_refused_together(tmp_path: Path) -> None:
    path = made(tmp_path, case_id=["1"], siblings=[["2", "3"]], photo=[b"\xff"], child=[{"name": "x"}])
    mend = "Leave the column out, or write it as text."
    assert refusal(path).splitlines() == [
        'x.parquet, column "siblings": the column is of the type list<element: string>, which is not text, a number '
        f"or a date. {mend}",
        f'x.parquet, column "photo": the column is of the type binary, which is not text, a number or a date. {mend}',
        'x.parquet, column "child": the column is of the type struct<name: string>, which is not text, a number or a '
        f"date. {mend}",
    ]


def test_headings_and_cells_are_checked_as_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    doubled = pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"]), pa.array(["3"])], ["a", "a", "A "])
    pq.write_table(doubled, path)
    assert refusal(path, required=["case_id"]).splitlines() == [
        'x.parquet, column "a": the heading stands twice. Give each column its own heading.',
        'x.parquet, column "A ": the heading looks the same as "a". Give each column its own heading.',
        'x.parquet: there is no column "case_id". The headings are: a, a, A .',
    ]
    assert refusal(made(tmp_path, case_id=["1", "a\0b"])) == (
        'x.parquet, row 3, column "case_id": the cell holds a NUL character, where other programs would cut it short. '
        "Take it out."
    )
    assert refusal(made(tmp_path, case_id=pa.array([], pa.string()))) == (
        "x.parquet: there are no rows. Look that this is the right one."
    )
    assert refusal(made(tmp_path, case_id=["1", "case_id"])) == (
        "x.parquet, row 3: the headings stand in this row once more. Take the row out."
    )


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    plain = pa.array([b"ok", b"\xff"])
    unchecked = pa.StringArray.from_buffers(2, plain.buffers()[1], plain.buffers()[2])
    assert refusal(made(tmp_path, case_id=unchecked)) == (
        'x.parquet, column "case_id": the column holds bytes that are no text (UTF-8). Export it again.'
    )


# Bombs


def test_a_bomb_is_refused_from_its_footer() -> None:
    start = time.monotonic()
    assert refusal(BAD / "p03_rle_bomb.parquet") == (
        f"p03_rle_bomb.parquet: it holds 20,000,000 rows; at most 5,000,000 are read. {SMALLER}"
    )
    assert time.monotonic() - start < 2


def test_other_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = made(tmp_path, "wide.parquet", **{f"c{number}": ["1"] for number in range(60)})
    monkeypatch.setattr(limits_of, "TABLE_COLUMNS", 50)
    assert refusal(wide) == f"wide.parquet: it holds 60 columns; at most 50 are read. {SMALLER}"
    monkeypatch.setattr(limits_of, "TABLE_COLUMNS", 100)
    monkeypatch.setattr(limits_of, "TABLE_CELLS", 59)
    assert refusal(wide) == f"wide.parquet: it holds 60 cells; at most 59 are read. {SMALLER}"
    long = made(tmp_path, "long.parquet", a=["x" * 4_000_000])
    monkeypatch.setattr(limits_of, "TABLE_BYTES", 2_000_000)
    assert refusal(long) == f"long.parquet: it holds 4 MiB; at most 2 MiB are read. {SMALLER}"


def test_a_long_text_repeated_by_a_small_file_is_held_once(tmp_path: Path) -> None:
    # Written out this would be 1 GB. Nothing in the file says that the column is to be read as a dictionary.
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), ["x" * 1_000_000])
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"case_id": text}), path, store_schema=False)
    assert path.stat().st_size < 2_000_000
    tracemalloc.start()
    found = read_table(path).cells["case_id"].tolist()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 1_000
    assert len(set(map(id, found))) == 1
    assert peak < 20_000_000


def test_a_footer_that_lies_does_not_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path, case_id=[f"{number:05}" for number in range(50)])
    whole = path.read_bytes()
    # In the footer 50 is written as 0x64 after the mark of a whole number; the first is that of the whole file.
    start = whole.index(b"\x16\x64", len(whole) - int.from_bytes(whole[-8:-4], "little"))
    path.write_bytes(whole[: start + 1] + b"\x66" + whole[start + 2 :])
    assert refusal(path) == ("x.parquet: the Parquet file is damaged (50 rows instead of 51). Export it again.")
    monkeypatch.setattr(parquet_file, "_check_footer", lambda *_: None)
    monkeypatch.setattr(limits_of, "TABLE_ROWS", 49)
    assert refusal(path) == f"x.parquet: it holds more than 49 rows, which is as many as are read. {SMALLER}"


# What is no Parquet file


def test_what_is_no_parquet_file_is_said(tmp_path: Path) -> None:
    whole = made(tmp_path, "good.parquet", case_id=["1", "2"]).read_bytes()
    path = tmp_path / "x.parquet"
    for data, said in [
        (b"", "the file is empty. Export it again."),
        (b"case_id,team\n1,x\n", "not a Parquet file: the content looks like CSV. Rename it to .csv."),
        (b"PK\x03\x04zip", "not a Parquet file. Export it again."),
        (whole[:-20], "the Parquet file is damaged: its end is missing. Send it again."),
        (b"PARE" + whole[4:-4] + b"PARE", "the Parquet file is encrypted. Export it without encryption."),
    ]:
        path.write_bytes(data)
        assert refusal(path) == f"x.parquet: {said}"
    path.write_bytes(whole[:8] + whole[60:])
    assert refusal(path).startswith("x.parquet: the Parquet file is damaged (")
    path.write_bytes(b"PAR1" + b"\x00" * 40 + b"PAR1")
    assert refusal(path).startswith("x.parquet: the Parquet file is damaged (")


def test_every_damaged_file_is_refused_or_read_but_nothing_else_happens(tmp_path: Path) -> None:
    whole = made(tmp_path, case_id=[f"{number:05}" for number in range(50)], n=list(range(50))).read_bytes()
    path = tmp_path / "y.parquet"
    refusals = []
    for position in range(4, len(whole) - 4, 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        try:
            read_table(path)
        except FileError as error:
            refusals.append(str(error))
    assert len(refusals) > 20
    assert all(each.startswith("y.parquet") and each.count("\n") == 0 for each in refusals)


def test_a_parquet_file_under_another_name_is_recognised(tmp_path: Path) -> None:
    made(tmp_path, "x.csv", case_id=["1"])
    assert refusal(tmp_path / "x.csv") == "x.csv: the content is a Parquet file, not text. Rename it to .parquet."


def test_options_of_other_kinds_are_refused(tmp_path: Path) -> None:
    path = made(tmp_path, case_id=["1"])
    for options, said in [
        ({"sheet": "Cases"}, "a Parquet file has no sheets. Leave out --sheet."),
        ({"table": "cases"}, "a Parquet file has no tables to choose from. Leave out --table."),
        ({"header_row": 2}, "a Parquet file has no heading row to choose. Leave out --header-row."),
        ({"encoding": "utf-8"}, "an encoding or delimiter is for text files only. Leave it out."),
    ]:
        assert refusal(path, **options) == f"x.parquet: {said}"


def test_without_pyarrow_the_remedy_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert refusal(BAD / "p01_float_ids.parquet") == (
        "p01_float_ids.parquet: reading Parquet needs pyarrow, which is not installed. "
        'pip install "audit_toolkit[parquet]"'
    )
