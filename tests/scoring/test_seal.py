"""Sealing a version: one entry at the end of the file, nothing else touched, and what holds then is what was sealed."""

from __future__ import annotations

import pytest
from planted import HERE

from audit_toolkit.errors import FrameworkError
from audit_toolkit.files import parse_yaml
from audit_toolkit.scoring import Framework, framework_from, history_line, sealed_text

TEXT = (HERE / "domains.yaml").read_text(encoding="utf-8")


def read(text: str) -> Framework:
    return framework_from(parse_yaml(text, "own.yaml"))


def seal(text: str) -> str:
    return sealed_text(text, "own.yaml", read(text))


def test_the_entry_is_added_at_the_end_and_nothing_else_is_touched() -> None:
    after = seal(TEXT)
    assert after.startswith(TEXT)
    digest = read(TEXT).digest
    criteria = ", ".join(f'{name}: "{each}"' for name, each in read(after).history[0].criteria.items())
    assert after[len(TEXT) :].splitlines() == [
        "",
        "# What each version held: entries are added by `audit-toolkit framework seal`.",
        "history:",
        '  - version: "1.0.0"',
        f'    digest: "{digest}"',
        f"    criteria: {{{criteria}}}",
    ]
    assert read(after).digest == digest
    assert seal(after) == after


def test_a_second_version_is_added_under_the_first() -> None:
    second = seal(TEXT).replace('version: "1.0.0"', 'version: "1.1.0"', 1).replace("weight: 2", "weight: 3")
    after = seal(second)
    assert after.startswith(second)
    assert [each.version for each in read(after).history] == ["1.0.0", "1.1.0"]
    assert read(after).history[1].digest == read(second).digest


def test_a_file_without_a_last_line_end_and_one_of_windows_are_sealed() -> None:
    for text in (TEXT.rstrip("\n"), TEXT.replace("\n", "\r\n")):
        assert read(seal(text)).history[0].digest == read(TEXT).digest


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("history: []\n" + TEXT, "history is not the last part of the file, or is not written one entry a line"),
        (TEXT + "history: []\n", "history is not the last part of the file, or is not written one entry a line"),
        (TEXT + "...\n", "an entry cannot be added at the end of the file"),
    ],
)
def test_where_it_cannot_be_added_the_entry_is_given(text: str, what: str) -> None:
    with pytest.raises(FrameworkError) as refused:
        seal(text)
    told = str(refused.value)
    assert f": {what}. Add this entry under history: - {{version: " in told
    entry = told.split("Add this entry under history: ")[1]
    by_hand = TEXT + "history:\n  " + entry + "\n"
    assert read(by_hand).history[0].digest == read(TEXT).digest
    assert history_line(read(TEXT)) == "\n".join(seal(TEXT).splitlines()[-3:]) + "\n"


def test_a_long_entry_is_broken_between_criteria() -> None:
    base = (HERE / "base.yaml").read_text(encoding="utf-8").split("# What each version held")[0]
    assert max(map(len, history_line(read(base)).splitlines())) <= 110
    assert read(seal(base)).history[0].criteria.keys() == set(read(base).criterion_ids)
