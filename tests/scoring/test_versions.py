"""Versions of a framework: what each is sealed to hold, and what of an earlier one may still be compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from planted import HERE

from audit_toolkit.errors import FrameworkError
from audit_toolkit.files import parse_yaml
from audit_toolkit.scoring import (
    Framework,
    changed_since,
    framework_from,
    framework_start,
    history_line,
    load_framework,
    sealed_text,
)
from audit_toolkit.scoring.versions import criterion_digest

Make = Callable[[str], Framework]
UNSEALED = (HERE / "base.yaml").read_text(encoding="utf-8").split("# What each version held")[0]


def next_version(first: Framework, text: str, compare: str) -> str:
    """Give the text of version 1.1.0 with the first sealed in its history."""
    history = "history:\n" + history_line(first)
    return text.replace('version: "1.0.0"', 'version: "1.1.0"', 1) + f'compare_with: {{"1.0.0": {compare}}}\n' + history


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("Was the child seen?", "Was the child seen alone?", True),
        ("      - unborn child", "      - unborn child\n      - a safe reason", True),
        ("    response: yes_partly_no", "    response: yes_no", True),
        ("    ask: Was the child seen?", "    ask: Was the child seen?\n    look_for: A visit record.", True),
        ("    ask: Was the child seen?", "    ask: Was the child seen?\n    look_back: six months", True),
        ("    ask: Was the child seen?", "    ask: Was the child seen?\n    weight: 2", False),
        ("    ask: Was the child seen?", "    ask: Was the child seen?\n    theme: visits", False),
        ("    ask: Was the child seen?", "    ask: Was the child seen?\n    evidences: [S1]", False),
        ("Outstanding: 87.5", "Outstanding: 90", False),
    ],
)
def test_a_criterion_is_the_same_while_its_answers_mean_the_same(
    make_framework: Make, old: str, new: str, changes: bool
) -> None:
    text = UNSEALED
    for label in ("plentyn heb ei eni",) if "safe reason" in new else ():
        text = text.replace(label, f"{label}, rheswm diogel")
    was, now = make_framework(UNSEALED), make_framework(text.replace(old, new, 1))
    digests = [criterion_digest(each.criterion("FD02"), each) for each in (was, now)]
    assert (digests[0] != digests[1]) == changes
    assert was.digest != now.digest


def test_the_grades_are_part_of_graded_criteria_alone(make_framework: Make) -> None:
    was = make_framework(UNSEALED)
    now = make_framework(UNSEALED.replace("Adequate", "Requires improvement"))
    assert criterion_digest(was.criterion("FD01"), was) != criterion_digest(now.criterion("FD01"), now)
    assert criterion_digest(was.criterion("FD02"), was) == criterion_digest(now.criterion("FD02"), now)


def test_the_dates_and_the_limit_are_part_of_a_timeliness_criterion(make_framework: Make) -> None:
    was = make_framework(UNSEALED)
    now = make_framework(UNSEALED.replace("limit: referral_decision", "limit: initial_assessment"))
    assert criterion_digest(was.criterion("FD04"), was) != criterion_digest(now.criterion("FD04"), now)


def test_what_may_be_compared_is_listed_or_all_that_stayed(make_framework: Make) -> None:
    first = make_framework(UNSEALED)
    text = UNSEALED.replace("Was the child seen?", "Was the child seen alone?")
    every = make_framework(next_version(first, text, "all"))
    assert every.compare_with == {"1.0.0": ("FD01", "FD03", "FD04")}
    some = make_framework(next_version(first, text, "[FD03]"))
    assert some.compare_with == {"1.0.0": ("FD03",)}
    assert every.digest == some.digest
    with pytest.raises(FrameworkError) as refused:
        make_framework(next_version(first, text, "[FD03, FD02]"))
    assert str(refused.value).endswith(
        "FD02 changed since version 1.0.0, so its answers cannot be compared. "
        "Give a question whose meaning changed a new id, or take it out here."
    )


def test_content_may_change_with_the_version_and_not_without(make_framework: Make) -> None:
    first = make_framework(UNSEALED)
    sealed = UNSEALED + "history:\n" + history_line(first)
    assert make_framework(sealed).history[0].digest == first.digest == make_framework(sealed).digest
    assert make_framework(sealed.replace("weight: 2", "weight: 3").replace('"1.0.0"', '"1.1.0"', 1)).version == "1.1.0"
    with pytest.raises(FrameworkError, match=r"the content changed while the version stayed 1\.0\.0\. Raise"):
        make_framework(sealed.replace("weight: 2", "weight: 3"))
    with pytest.raises(FrameworkError, match=r"the content changed \(FD04\) while the version stayed 1\.0\.0\. Raise"):
        make_framework(sealed.replace("made in time", "made soon"))


def test_another_copy_of_one_version_is_told(make_framework: Make) -> None:
    first = make_framework(UNSEALED)
    assert changed_since(first, first) == []
    other = make_framework(UNSEALED.replace("weight: 2", "weight: 3"))
    assert [str(each) for each in changed_since(other, first)] == [
        "front_door holds something else than before, and its version is still 1.0.0. "
        "Raise the version: framework diff says what changed."
    ]
    assert changed_since(make_framework(UNSEALED.replace('"1.0.0"', '"1.1.0"', 1)), first) == []


def test_a_version_below_one_that_is_sealed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "front.yaml"
    text = framework_start("front").replace('version: "1.0.0"', 'version: "1.10.0"')
    path.write_text(sealed_text(text, "front.yaml", framework_from(parse_yaml(text, "front.yaml"))), encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace('version: "1.10.0" ', 'version: "1.9.0" ', 1))
    with pytest.raises(FrameworkError) as refused:
        load_framework(path)
    assert str(refused.value) == (
        "front.yaml, line 7, column 1: the version 1.9.0 is below 1.10.0, which is sealed already. "
        "Write a version above 1.10.0."
    )
