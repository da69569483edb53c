"""The four words and their sentences."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from audit_toolkit.improvement import Interval, sentence
from audit_toolkit.improvement.changes.verdict import verdict

NAN = float("nan")


@pytest.mark.parametrize(
    ("low", "high", "margin", "word"),
    [
        (-0.3, -0.1, None, "worsened"),
        (-0.08, -0.01, 0.1, "worsened"),
        (0.01, 0.2, 0.1, "improved"),
        (-0.05, 0.2, 0.1, "no_worse"),
        (-0.05, 0.2, None, "cannot_tell"),
        (-0.1, 0.2, 0.1, "cannot_tell"),
        (0.0, 0.2, None, "cannot_tell"),
        (-0.2, 0.0, None, "cannot_tell"),
        (0.0, 0.2, 0.0, "cannot_tell"),
        (NAN, NAN, 0.1, "cannot_tell"),
    ],
)
def test_first_word_that_holds(low, high, margin, word) -> None:
    assert verdict(low, high, margin) == word


@dataclass
class Made:
    quantity: str
    earlier: float
    later: float
    change: float
    ci: Interval
    verdict: str
    confidence: float = 0.95


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            Made("share", 0.5, 0.7, 0.2, Interval(0.0212, 0.3579), "improved"),
            "Improved: 50.0 % to 70.0 %, +20.0 points (95 % interval +2.1 to +35.8).",
        ),
        (
            Made("share", 0.5, 0.45, -0.05, Interval(-0.2, 0.1), "cannot_tell", 0.9),
            "No change shown: 50.0 % to 45.0 %, -5.0 points (90 % interval -20.0 to +10.0).",
        ),
        (
            Made("share", 0.5, 0.5, 0.0, Interval(-0.05, 0.05), "no_worse"),
            "No worse than the margin allows; improvement not shown: 50.0 % to 50.0 %, +0.0 points "
            "(95 % interval -5.0 to +5.0).",
        ),
        (
            Made("mean", 2.5, 2.0, -0.5, Interval(-0.9, -0.1), "worsened"),
            "Worsened: 2.50 to 2.00, -0.5 (95 % interval -0.9 to -0.1).",
        ),
        (
            Made("grades", 0.5, 0.64, 0.14, Interval(0.02, 0.26), "improved"),
            "Improved: the later case is graded higher in 64 of 100 pairs, ties split (50 would be neither), "
            "+14.0 points (95 % interval +2.0 to +26.0).",
        ),
        (
            Made("share", 0.5, 0.7, 0.2, Interval(NAN, NAN), "cannot_tell"),
            "No change shown: 50.0 % to 70.0 %, +20.0 points (no interval can be given).",
        ),
        (Made("share", NAN, NAN, NAN, Interval(NAN, NAN), "cannot_tell"), "Cannot tell: there is nothing to compare."),
    ],
)
def test_sentences(change, text) -> None:
    assert sentence(change) == text
    assert not text.lower().startswith("no change:")
