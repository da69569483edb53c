"""A framework made from another: what stands, what goes, where a fault is told, and how the digest follows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from planted import BASES, HERE

from audit_toolkit.errors import FrameworkError
from audit_toolkit.scoring import Framework, load_framework


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of the frameworks beside the planted faults, the parent unsealed so that it may be changed."""
    for name in BASES:
        text = (HERE / name).read_text(encoding="utf-8").split("# What each version held")[0]
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def write(folder: Path, name: str, body: str) -> Framework:
    """Write a framework and read it."""
    (folder / name).write_text(body, encoding="utf-8")
    return load_framework(folder / name)


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file of the folder."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def head(name: str, parent: str) -> str:
    return f'framework: {name}\nversion: "1.0.0"\ntitle: {name}\nextends: {parent}\n'


def test_a_child_says_only_what_differs(folder: Path) -> None:
    parent, child = load_framework(folder / "base.yaml"), load_framework(folder / "child.yaml")
    assert child.criterion_ids == ("FD01", "FD02", "FD03", "FD04", "FD05")
    assert child.criterion("FD01").weight == 3
    assert child.criterion("FD01").ask == parent.criterion("FD01").ask
    assert child.criteria[1:4] == parent.criteria[1:4]
    assert (child.bands, child.earns, child.languages) == (parent.bands, parent.earns, parent.languages)
    assert child.items == ()
    assert [each.why for each in child.limits] == ["The child was not seen"]
    assert child.notes == ('Without FD03_gap the limit "No reason and a gap" is out too.',)
    assert child.extends == "base.yaml 1.0.0"


def test_three_generations(folder: Path) -> None:
    third = write(
        folder,
        "third.yaml",
        head("third", "child.yaml")
        + "without: [FD05, FD04]\nscore: {complete_at: 50%}\nearns: {Partly: 1/4}\n"
        + "criteria:\n  - {id: FD01, look_for: The decision record}\n  - {id: FD09, ask: Ours?, response: yes_no}\n",
    )
    assert third.criterion_ids == ("FD01", "FD02", "FD03", "FD09")
    assert (third.criterion("FD01").weight, third.criterion("FD01").look_for) == (3, "The decision record")
    assert (third.complete_at, third.method, third.earns["Partly"]) == (Fraction(1, 2), "flat", Fraction(1, 4))
    assert third.earns["Good"] == Fraction(3, 4)


def test_the_digest_follows_the_parent(folder: Path) -> None:
    before = load_framework(folder / "child.yaml").digest
    change(folder, "base.yaml", "Was the child seen?", "Was the child seen alone?")
    assert load_framework(folder / "child.yaml").digest != before
    change(folder, "base.yaml", "Was the child seen alone?", "Was the child seen?  # a comment")
    assert load_framework(folder / "child.yaml").digest == before


def test_an_empty_key_takes_the_parents_out(folder: Path) -> None:
    child = write(
        folder,
        "own.yaml",
        head("own", "base.yaml")
        + "criteria:\n  - {id: FD04, response: yes_no, from: , to: , limit: }\n  - {id: FD01, not_applicable: }\n",
    )
    assert (child.criterion("FD04").response, child.criterion("FD04").limit) == ("yes_no", "")
    assert child.criterion("FD01").na_allowed


def test_words_in_a_language_are_joined_question_by_question(folder: Path) -> None:
    child = write(
        folder,
        "own.yaml",
        head("own", "base.yaml")
        + "languages:\n  cy:\n    labels: {Partly: Yn rhannol}\n"
        + "    questions:\n      FD01: {ask: A gofnodwyd y rheswm?}\n",
    )
    (welsh,) = child.languages
    assert welsh.labels["Good"] == "Da"
    assert welsh.labels["Partly"] == "Yn rhannol"
    assert welsh.asks == {"FD02": "A welwyd y plentyn?", "FD01": "A gofnodwyd y rheswm?"}


def test_a_question_taken_out_takes_its_items_limits_and_words_with_it(folder: Path) -> None:
    child = write(folder, "own.yaml", head("own", "base.yaml") + "without: [FD02, FD03]\n")
    assert child.criterion_ids == ("FD01", "FD04")
    assert (child.items, child.limits) == ((), ())
    assert child.languages[0].asks == {}
    assert child.notes == (
        'Without FD02 the limit "The child was not seen" is out too.',
        'Without FD03_gap the limit "No reason and a gap" is out too.',
    )


def test_a_limit_of_a_name_is_replaced_or_taken_out(folder: Path) -> None:
    change(folder, "base.yaml", "{if: FD02,", "{id: seen, if: FD02,")
    lower = write(folder, "own.yaml", head("own", "base.yaml") + "limits:\n  - {id: seen, no_better_than: Adequate}\n")
    assert [each.no_better_than for each in lower.limits] == ["Adequate", "Adequate"]
    out = write(folder, "out.yaml", head("out", "base.yaml") + "without: [seen]\n")
    assert [each.why for each in out.limits] == ["No reason and a gap"]
    assert out.criterion_ids == ("FD01", "FD02", "FD03", "FD04")


def test_new_grades_take_what_the_old_ones_earned_with_them(folder: Path) -> None:
    child = write(
        folder,
        "own.yaml",
        head("own", "domains.yaml")
        + "ratings: [Fine, Poor]\nearns: {Fine: 1, Poor: 1/4}\nbands: {Fine: 60, Poor: 0}\n",
    )
    assert child.ratings == ("Fine", "Poor")
    assert set(child.earns) == {"Fine", "Poor", "Yes", "No"}


def test_a_fault_of_the_parent_is_told_at_its_place_in_the_parent(folder: Path) -> None:
    change(folder, "base.yaml", "    weight: 2", "    wieght: 2")
    change(folder, "child.yaml", "{id: FD01, weight: 3}", "{id: FD01, weight: many}")
    with pytest.raises(FrameworkError) as refused:
        load_framework(folder / "child.yaml")
    assert str(refused.value).splitlines() == [
        'base.yaml, line 16, column 5: unknown key "wieght". Did you mean "weight"?',
        "child.yaml, line 7, column 16: weight must be a number, and many is not. "
        "Write a number such as 2, 87.5 or 3/4.",
    ]


def test_a_fault_two_generations_up_is_told_there(folder: Path) -> None:
    (folder / "third.yaml").write_text(head("third", "child.yaml"), encoding="utf-8")
    change(folder, "base.yaml", "  - id: FD02", "  - id: FD02\n    id: FD2")
    change(folder, "base.yaml", "response: repeated", "response: repeted")
    with pytest.raises(FrameworkError) as refused:
        load_framework(folder / "third.yaml")
    assert str(refused.value).splitlines() == [
        'base.yaml, line 19, column 5: the key "id" stands twice, first in line 18. Keep one of them.',
        'base.yaml, line 26, column 5: response repeted is not known. Did you mean "repeated"?',
    ]


def test_a_lost_grandparent_is_one_fault(folder: Path) -> None:
    (folder / "third.yaml").write_text(head("third", "child.yaml"), encoding="utf-8")
    (folder / "base.yaml").unlink()
    with pytest.raises(FrameworkError) as refused:
        load_framework(folder / "third.yaml")
    assert str(refused.value) == (
        "child.yaml, line 4, column 1: there is no file base.yaml to extend. "
        "Name the file as it is called from this one's folder."
    )


@pytest.mark.parametrize("written", ["[[a]]", "[{a: b}]", "[1]", "[2010-01-01]"])
def test_what_is_no_id_under_without_is_told(folder: Path, written: str) -> None:
    (folder / "own.yaml").write_text(head("own", "base.yaml") + f"without: {written}\n", encoding="utf-8")
    with pytest.raises(FrameworkError, match=r"^own\.yaml, line 5, column 11: .* is not in base\.yaml"):
        load_framework(folder / "own.yaml")
