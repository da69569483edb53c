"""JSON: strict in, one way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import json_bytes, read_json

BAD = Path(__file__).parents[1] / "bad_input"


def test_json_is_written_one_way_and_reads_back(tmp_path: Path) -> None:
    value = {"b": [1, "Zoë", None, True], "a": {"y": 0.5, "x": ""}}
    data = json_bytes(value)
    assert data == json_bytes({"a": {"x": "", "y": 0.5}, "b": [1, "Zoë", None, True]})
    assert data.decode() == (
        '{\n  "a": {\n    "x": "",\n    "y": 0.5\n  },\n  "b": [\n    1,\n    "Zoë",\n    null,\n    true\n  ]\n}\n'
    )
    (tmp_path / "x.json").write_bytes(data)
    assert read_json(tmp_path / "x.json") == value


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, "\ud800"])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(FileError, match=r"^the value cannot be written as JSON"):
        json_bytes({"a": value})


def test_a_file_of_no_bytes_is_damaged() -> None:
    with pytest.raises(FileError) as refused:
        read_json(BAD / "m05_zero_length.json")
    assert str(refused.value) == (
        "m05_zero_length.json: the file is damaged: it is empty. Take it from a copy, or make it again."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n "b" 2}', "x.json, line 2, column 6: this is not JSON (Expecting ':' delimiter). "),
        ('{"a": 1, "a": 2}', 'x.json: the key "a" stands twice. '),
        ('{"a": NaN}', "x.json: NaN is not a number JSON may hold. "),
        ("[" * 100_000, "x.json: it is nested too deeply."),
    ],
)
def test_json_is_read_strictly(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(FileError) as refused:
        read_json(tmp_path / "x.json")
    assert str(refused.value) in (message, f"{message}Take it from a copy.")
