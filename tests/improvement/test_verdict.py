"""The four words and their sentences."""

from __future__ import annotations

import ast
import itertools
import math
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import audit_toolkit as at
from audit_toolkit.improvement import LABELS, Interval, compare_grades, compare_means, joint_sentence, label, sentence
from audit_toolkit.improvement.changes.verdict import OPENINGS, sentence_without_word, verdict

QUANTITIES = ("share", "mean", "grades")

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
    judged: bool = True


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
        (
            Made("share", 0.5, 0.7, 0.2, Interval(NAN, NAN), "cannot_tell", judged=False),
            "Cannot tell: 50.0 % to 70.0 %, +20.0 points (no interval can be given).",
        ),
        (
            Made("share", 0.5, 0.7, 0.2, Interval(0.02, 0.36), "cannot_tell", judged=False),
            "Cannot tell: 50.0 % to 70.0 %, +20.0 points (95 % interval +2.0 to +36.0).",
        ),
        (Made("share", NAN, NAN, NAN, Interval(NAN, NAN), "cannot_tell"), "Cannot tell: there is nothing to compare."),
    ],
)
def test_sentences(change, text) -> None:
    assert sentence(change) == text
    assert not text.lower().startswith("no change:")


WORDS = ("improved", "worsened", "no_worse", "cannot_tell")
INTERVALS = {
    "improved": Interval(0.0212, 0.3579),
    "worsened": Interval(-0.3579, -0.0212),
    "no_worse": Interval(-0.05, 0.05),
    "cannot_tell": Interval(-0.2, 0.3),
}
CLAIMS = re.compile(r"\bno change\b(?! shown)|\bunchanged\b|\bdid not change\b|\bstayed the same\b", re.IGNORECASE)


def every_change():
    """Give a change of every quantity with every word, with its interval and without, and with nothing to compare."""
    for quantity, word, level in itertools.product(QUANTITIES, WORDS, (0.9, 0.95, 0.98333)):
        ci = INTERVALS[word]
        middle = (ci.low + ci.high) / 2
        yield Made(quantity, 0.5, 0.5 + middle, middle, ci, word, level)
        yield Made(quantity, 0.5, 0.5 + middle, middle, Interval(NAN, NAN), word, level)
        yield Made(quantity, 0.5, 0.5, 0.0, Interval(-0.1, 0.1), word, level)
        yield Made(quantity, 0.5, 0.5 + middle, middle, ci, "cannot_tell", level)
        yield Made(quantity, 0.5, 0.5 + middle, middle, Interval(NAN, NAN), "cannot_tell", level, judged=False)
    for quantity in QUANTITIES:
        yield Made(quantity, NAN, NAN, NAN, Interval(NAN, NAN), "cannot_tell")


def test_every_sentence_that_can_be_made_is_read() -> None:
    """Each begins with its word's own opening, claims nothing else, and gives its interval or says that none is."""
    seen = set()
    for change in every_change():
        for said in (sentence(change), sentence_without_word(change)):
            assert not CLAIMS.search(said), said
            assert said.endswith(".")
            assert not said[0].islower()
            seen.add(said)
        if math.isnan(change.change):
            continue
        opening, figures = sentence(change).split(": ", 1)
        assert opening == (OPENINGS[change.verdict] if change.judged else "Cannot tell")
        assert figures[0].upper() + figures[1:] == sentence_without_word(change)
        assert ("no interval can be given" in figures) == math.isnan(change.ci.low)
        assert ("%" in figures) == (change.quantity == "share" or not math.isnan(change.ci.low))
    assert len(seen) > 100


def test_every_sentence_about_many_things_is_read() -> None:
    for chosen in itertools.product((False, True), repeat=4):
        names = {word: f"the {word.upper()} ones" for word, there in zip(WORDS, chosen, strict=True) if there}
        said = joint_sentence(names)
        assert not CLAIMS.search(said), said
        for word in WORDS:
            assert (f"the {word.upper()} ones" in said.replace("The", "the")) == (word in names)
        assert ("cannot tell" in said) == ("cannot_tell" in names)
        assert (said == "There is nothing to compare.") == (not names)


def test_a_word_is_written_in_one_place_alone() -> None:
    """No text of the package but verdict.py's own, nor a page's template, speaks of no change in any other way."""
    package = Path(at.__file__).parent
    for path in [*package.rglob("*.py"), *package.rglob("*.html")]:
        source = path.read_text(encoding="utf-8")
        for text in texts(source) if path.suffix == ".py" else [source]:
            assert not re.search(r"\bno change\b(?! shown)", text, re.IGNORECASE), f"{path}: {text}"
    assert LABELS.keys() - {""} == OPENINGS.keys() == set(WORDS)


def texts(source: str):
    """Give every text of a program but its docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def side(values: list[float], strata: str, tag: str) -> tuple[pd.Series, pd.Series, dict[str, int]]:
    index = [f"{tag}{at}" for at in range(len(values))]
    return pd.Series(values, index=index), pd.Series(list(strata), index=index), dict.fromkeys(strata, 50)


@pytest.mark.parametrize("verb", [compare_means, compare_grades])
@pytest.mark.parametrize(
    ("earlier", "later", "auditors", "opening"),
    [
        (([1, 2, 3, 1], "aaaa"), ([2, 1, 3, 1], "aaaa"), None, "No change shown"),
        (([1, 2, 3, 1], "aaab"), ([2, 1, 3, 1], "aaab"), None, "Cannot tell"),
        (([2, 2, 2, 2], "aaaa"), ([2, 2, 2, 2], "aaaa"), None, "Cannot tell"),
        (([1, 1], "aa"), ([2, 2], "aa"), None, "No change shown"),
        (([1, 2, 1, 2, 1, 2], "aaaaaa"), ([8, 9, 8, 9, 8, 9], "aaaaaa"), ("xyxyxy", "uvuvuv"), "Cannot tell"),
        (([1, 2, 1, 2, 1, 2], "aaaaaa"), ([8, 9, 8, 9, 8, 9], "aaaaaa"), None, "Improved"),
    ],
)
def test_no_change_shown_is_said_of_what_was_judged(verb, earlier, later, auditors, opening) -> None:
    sides = side(*earlier, "e"), side(*later, "l")
    who = None
    if auditors is not None:
        who = tuple(pd.Series(list(each), index=given[0].index) for each, given in zip(auditors, sides, strict=True))
    change = verb(*sides, auditors=who)
    assert sentence(change).startswith(f"{opening}: ")
    assert label(change.verdict, change) == opening.lower()
    assert label("", change) == ""
