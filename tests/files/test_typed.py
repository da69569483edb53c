"""Columns with types: each value its exact text, and nothing kept in memory that need not be."""

from __future__ import annotations

import datetime
import math
import uuid
from decimal import Decimal

import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import typed as module
from audit_toolkit.files.typed import TypedColumn, check_amount, take_rows, typed_text

SUMMER = datetime.datetime(2025, 6, 30, 23, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0E-8"), "0.00000000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), ""),
        (SUMMER, "2025-07-01T00:30:00+01:00"),
        (
            datetime.datetime(2025, 1, 31, tzinfo=datetime.timezone(datetime.timedelta(hours=-5))),
            "2025-01-31T05:00:00+00:00",
        ),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (True, "TRUE"),
        (math.nan, ""),
        (None, ""),
        (" x ", " x "),
    ],
)
def test_a_value_is_its_exact_text(value: object, text: str) -> None:
    assert typed_text(value) == text


def test_equal_values_keep_texts_that_differ() -> None:
    column = TypedColumn("a")
    column.take([1, True, 1.0, Decimal("1.1"), Decimal("1.10"), "1", 1, True, Decimal("1.1"), Decimal("1.10")])
    assert column.cells == ["1", "TRUE", "1", "1.1", "1.10", "1", "1", "TRUE", "1.1", "1.10"]
    assert column.unreadable is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([1], "a list is not text, a number or a date"),
        ({"a": 1}, "a dict is not text, a number or a date"),
        (b"x", "bytes are not text, a number or a date"),
        (memoryview(b"x"), "bytes are not text, a number or a date"),
    ],
)
def test_the_first_value_that_is_no_cell_is_remembered(value: object, reason: str) -> None:
    column = TypedColumn("a")
    column.take(["1", value, value])
    assert (column.cells, column.unreadable) == (["1", "", ""], (1, reason))


def test_texts_that_never_come_again_are_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED_TEXTS", 3)
    column = TypedColumn("a")
    column.take(["a", "b", "c", "d", "a\0"])
    assert (column.seen, column.holds_nul) == ({}, True)
    column.take(["a"])
    assert column.cells == ["a", "b", "c", "d", "a\0", "a"]
    assert column.characters == 7


def test_what_is_too_much_is_refused_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [TypedColumn("a"), TypedColumn("b")]
    monkeypatch.setattr(module, "TABLE_ROWS", 3)
    take_rows(columns, [("1", "2")] * 3, "x.db, table t")
    with pytest.raises(FileError, match=r"^x.db, table t: it holds more than 3 rows, which is as many as are read\. "):
        take_rows(columns, [("1", "2")], "x.db, table t")
    with pytest.raises(FileError, match=r"^x: it holds 4 rows; at most 3 are read\. "):
        check_amount("x", 4, 1, 0)
