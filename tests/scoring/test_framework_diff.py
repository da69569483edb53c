"""What changed between two frameworks, in words, and what may still be compared."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import HERE

from audit_toolkit.scoring import Framework, compare_frameworks

Make = Callable[[str], Framework]
BASE = (HERE / "base.yaml").read_text(encoding="utf-8").split("# What each version held")[0]
TEXT = (HERE / "domains.yaml").read_text(encoding="utf-8")


def next_version(text: str) -> str:
    return text.replace('version: "1.0.0"', 'version: "1.1.0"', 1)


def test_the_same_but_for_the_version(make_framework: Make) -> None:
    found = compare_frameworks(make_framework(TEXT), make_framework("# a comment\n" + next_version(TEXT)))
    assert found.same
    assert found.scores_comparable
    assert found.comparable == ("A1", "A2", "B1")
    assert str(found) == "two_domains 1.0.0 and two_domains 1.1.0 hold the same."


def test_every_kind_of_change_is_told(make_framework: Make) -> None:
    changed = (
        next_version(TEXT)
        .replace("Good: 50", "Good: 60")
        .replace("Was the child heard?", "Was the child listened to?")
        .replace("domain: seen}", "domain: seen, weight: 2}", 1)
        .replace("  - {id: B1, ask: Is the file in order?, response: graded, domain: records}\n", "")
        + "  - {id: B2, ask: Is the file complete?, response: graded, domain: records}\n"
    )
    found = compare_frameworks(make_framework(TEXT), make_framework(changed))
    assert str(found).splitlines() == [
        "Between two_domains 1.0.0 and two_domains 1.1.0:",
        "  bands: Good; 50; Not good; 0 -> Good; 60; Not good; 0",
        "  B2 is new",
        "  B1 is gone",
        "  A1 weight: 1 -> 2",
        "  A2 ask: Was the child heard? -> Was the child listened to?",
        "Answers still mean the same for A1.",
        "Scores and bands do not: compare them only where both rounds are scored by one version.",
    ]
    assert found.to_dict()["comparable"] == ["A1"]
    assert found.to_dict()["scores_comparable"] is False


@pytest.mark.parametrize(
    ("old", "new", "scores"),
    [
        ("title: The front door", "title: The front door of ours", True),
        ("Was the child seen?\n", "Was the child seen?\n    theme: visits\n", True),
        ("Was the child seen?\n", "Was the child seen?\n    evidences: [S1]\n", True),
        ("weight: 2", "weight: 3", False),
        ("Good: 3/4", "Good: 4/5", False),
        ("complete_at: 90%", "complete_at: 80%", False),
        ("no_better_than: Adequate", "no_better_than: Good", False),
        ("Was a gap over twice", "Was a gap over three times", False),
        ("{method: flat,", "{method: flat, scale: range,", False),
        ("good: Good", "good: Adequate", False),
    ],
)
def test_whether_scores_still_mean_the_same(make_framework: Make, old: str, new: str, scores: bool) -> None:
    assert old in BASE
    found = compare_frameworks(make_framework(BASE), make_framework(BASE.replace(old, new, 1)))
    assert not found.same
    assert found.scores_comparable == scores


def test_another_order_of_the_questions_is_told(make_framework: Make) -> None:
    first = "  - {id: A1, ask: Was the child seen?, response: yes_no, domain: seen}\n"
    found = compare_frameworks(make_framework(TEXT), make_framework(TEXT.replace(first, "") + first))
    assert not found.same
    assert found.scores_comparable
    assert "  order of the questions: A1, A2, B1 -> A2, B1, A1" in str(found)


def test_grades_by_other_names_leave_the_other_questions_comparable(make_framework: Make) -> None:
    found = compare_frameworks(make_framework(BASE), make_framework(BASE.replace("Adequate", "Fair")))
    assert found.comparable == ("FD02", "FD03", "FD04")
    assert not found.scores_comparable
