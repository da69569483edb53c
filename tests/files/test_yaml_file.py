"""YAML: exact plain values, the line of everything, and plain words for what is wrong."""

from __future__ import annotations

import datetime
import time
from decimal import Decimal
from pathlib import Path

import pytest

from audit_toolkit.errors import FileError
from audit_toolkit.files import parse_yaml, read_yaml, unknown_keys

BAD = Path(__file__).parents[1] / "bad_input"


def refusal(text: str) -> str:
    with pytest.raises(FileError) as refused:
        parse_yaml(text, "x.yaml")
    return str(refused.value)


def bomb_refusal(name: str) -> str:
    started = time.perf_counter()
    with pytest.raises(FileError) as refused:
        read_yaml(BAD / name)
    assert time.perf_counter() - started < 20
    return str(refused.value)


def test_values_are_plain_and_exact() -> None:
    text = """
        text: [No, Yes, on, 1:30, "1", '', !!str 5]
        whole: [1, -2, +3, 0x1F, 010, 1_000]
        exact: [87.5, 1.10, -0.5, 1e2]
        other: [true, False, null, ~, 2010-02-03, 2010-02-03T04:05:06]
    """
    data = parse_yaml(text, "x.yaml").data
    assert data["text"] == ["No", "Yes", "on", "1:30", "1", "", "5"]
    assert data["whole"] == [1, -2, 3, 31, 10, 1000]
    assert data["exact"] == [Decimal("87.5"), Decimal("1.10"), Decimal("-0.5"), Decimal(100)]
    assert data["other"] == [
        *[True, False, None, None],
        *[datetime.date(2010, 2, 3), datetime.datetime(2010, 2, 3, 4, 5, 6)],
    ]
    kinds = {type(value) for values in data.values() for value in values}
    assert kinds == {str, int, Decimal, bool, type(None), datetime.date, datetime.datetime}
    assert (type(data), type(data["text"])) == (dict, list)


def test_everything_has_its_place_and_literal() -> None:
    document = parse_yaml("name: x\ncriteria:\n  - id: 1.10\n    ask: y\n  - {id: B}\n", "f.yaml")
    assert str(document.place("criteria", 0, "ask")) == "f.yaml, line 4, column 5"
    assert str(document.place("criteria", 1)) == "f.yaml, line 5, column 5"
    assert str(document.place("criteria", 1, "id")) == "f.yaml, line 5, column 6"
    assert str(document.place("criteria", 1, "weight")) == "f.yaml, line 5, column 5"
    assert str(document.place("nothing")) == "f.yaml, line 1, column 1"
    assert document.literal("criteria", 0, "id") == "1.10"
    assert document.literal("criteria") is None


def test_an_alias_within_reason_is_written_out() -> None:
    assert parse_yaml("a: &x [1, 2]\nb: *x\n", "x.yaml").data == {"a": [1, 2], "b": [1, 2]}


def test_alias_bombs_are_refused_at_once() -> None:
    assert bomb_refusal("y01_alias_bomb.yaml") == (
        "y01_alias_bomb.yaml, line 5, column 8: the file holds more than 10,000 values, counted where * repeats them."
    )
    many = "a: &a x\nb: [" + ", ".join(["*a"] * 51) + "]\n"
    assert refusal(many).endswith("the file refers back to itself (*) more than 50 times. Write values out.")
    assert refusal("a: &x [1, *x]\n") == "x.yaml, line 1, column 11: *x refers to itself. Write the value out."
    assert refusal("a: &x 1\nb: &x 2\n") == (
        "x.yaml, line 2, column 4: the anchor &x stands twice. Give each its own name."
    )


def test_too_many_and_too_deep_are_refused() -> None:
    assert "holds more than 10,000 values" in refusal("".join(f"k{n}: v\n" for n in range(5001)))
    assert refusal("a: " + "[" * 500) == "x.yaml, line 1, column 43: the file is nested more than 40 levels deep."


def test_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: " + "x" * 1_110_000)
    with pytest.raises(
        FileError, match=r"^x.yaml: the file holds 1.1 MiB; at most 1.0 MiB is read. Send a smaller file.$"
    ):
        read_yaml(tmp_path / "x.yaml")


def test_doubled_keys_are_refused_with_both_lines() -> None:
    assert bomb_refusal("y03_duplicate_keys.yaml") == (
        'y03_duplicate_keys.yaml, line 5, column 3: the key "C1" stands twice, first in line 3. Keep one of them.'
    )
    assert refusal("a: 1\nb: {c: 1, c: 2}\na: 2\n").splitlines() == [
        'x.yaml, line 2, column 11: the key "c" stands twice, first in line 2. Keep one of them.',
        'x.yaml, line 3, column 1: the key "a" stands twice, first in line 1. Keep one of them.',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n\tb: 2\n", "line 2, column 1: a tab stands where only spaces may. Use spaces to indent."),
        (
            "a: b: c\n",
            "line 1, column 5: a colon stands where none may: in a text, or in a line that is set in too far. "
            "Put text that holds a colon in quotes, or line the key up with those before it.",
        ),
        (
            'a: "b\nc: "d"\n',
            "line 1, column 4: a quotation mark opened here is closed only in line 2. Close it in its own line.",
        ),
        (
            "a: 'b' c\n",
            "line 1, column 8: text stands where the line should end. "
            "Put the whole value in quotation marks, and close each that is opened.",
        ),
        ("a: @x\n", "line 1, column 4: this character cannot begin a value. Put the value in quotation marks."),
        ("a: 1\nb: 'x\n", "line 2, column 4: a quotation mark opened here is never closed. Close it."),
        (
            "a: [1, 2\nb: 3\n",
            "line 1, column 4: a bracket opened here is not closed, or a comma is missing in it. Close it with ] or }.",
        ),
        (
            "a:\n  - x\n b: 1\n",
            "line 3, column 2: this line is not indented like the lines it belongs with. Line it up with them.",
        ),
        ("a: b\nc\n", "line 2, column 1: a key without a colon. Write it as key: value."),
        ("a: *b\n", "line 1, column 4: a * begins a reference to nothing. Put the value in quotation marks."),
        ("a: 1\n---\nb: 2\n", "line 2, column 1: a second document begins here (---). Keep one document a file."),
        ("%YAML 1.1\n---\na: No\n", "line 2, column 1: only YAML 1.2 is read. Take out the %YAML line."),
        ("- a\n", "line 1, column 1: the file must hold keys and their values. Begin with a key and a colon."),
        ("1: a\n", 'line 1, column 1: the key 1 is not text. Put it in quotation marks: "1".'),
        ("? [a]\n: 1\n", "line 1, column 3: a key must be text. Write it as key: value."),
        ("<<: {a: 1}\n", "line 1, column 1: merging with << is not read. Write the values out."),
        ("a: .nan\n", "line 1, column 4: .nan is not a number that can be used."),
        ("a: 1e999999999\n", "line 1, column 4: a number as long or as large as 1e999999999 is not read."),
        (f"a: 1e{'9' * 5000}\n", f"line 1, column 4: a number as long or as large as 1e{'9' * 38} is not read."),
        (f"a: {'9' * 31}\n", "line 1, column 4: a number of 31 digits is not read."),
        (
            "a: 2010-02-30\n",
            "line 1, column 4: 2010-02-30 is not a date: write 2010-01-31, or put it in quotation marks.",
        ),
        ("a: !!python/name:os.system x\n", "line 1, column 4: the tag !!python/name:os.system is not read."),
        ("a: !x [1]\n", "line 1, column 4: the tag !x is not read. Take it out."),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(text: str, message: str) -> None:
    assert refusal(text) == f"x.yaml, {message}"


def test_an_empty_file_is_refused() -> None:
    assert refusal("") == "x.yaml: the file is empty."
    assert refusal("# only a comment\n") == "x.yaml: the file is empty."
    assert "the file must hold keys and their values" in refusal("---\n")


def test_what_is_not_text_is_refused(tmp_path: Path) -> None:
    assert refusal("a: \x01\n") == (
        "x.yaml, line 1, column 4: the file holds a control character or is not text. Save it as plain UTF-8 text."
    )
    (tmp_path / "x.yaml").write_bytes(b"a: 1\nb: Zo\xeb\n")
    with pytest.raises(FileError, match=r"^x.yaml, line 2: this line is not UTF-8 text. Save the file as UTF-8.$"):
        read_yaml(tmp_path / "x.yaml")


def test_unknown_keys_are_named_with_the_nearest_right_one() -> None:
    document = read_yaml(BAD / "y11_unknown_keys.yaml")
    problems = unknown_keys(document, ("criteria", 0), ("id", "weight"))
    assert [str(problem) for problem in problems] == [
        'y11_unknown_keys.yaml, line 3, column 14: unknown key "wieght". Did you mean "weight"?'
    ]
    assert unknown_keys(document, ("criteria", 1), ("id", "weight")) == []
    assert unknown_keys(document, ("criteria", 9, "x"), ()) == []
    assert len(unknown_keys(document, (), ("id",))) == 1
