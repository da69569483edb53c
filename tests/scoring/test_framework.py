"""A framework as Python sees it: exact numbers, a digest of the content alone, and ways to show it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from audit_toolkit.errors import FrameworkError
from audit_toolkit.scoring import Framework


def test_numbers_are_exact_and_codes_follow_the_grades(every_kind: Framework) -> None:
    assert every_kind.earns["Good"] == Fraction(3, 4)
    assert every_kind.bands == (
        ("Outstanding", Fraction(175, 2)),
        ("Good", Fraction(125, 2)),
        ("Adequate", Fraction(75, 2)),
        ("Inadequate", Fraction(0)),
    )
    assert every_kind.complete_at == Fraction(3, 4)
    assert every_kind.codes == {"4": "Outstanding", "3": "Good", "2": "Adequate", "1": "Inadequate"}
    assert (every_kind.good, every_kind.good_or_better) == ("Good", ("Outstanding", "Good"))
    assert every_kind.criterion("Y1").weight == 2
    assert not every_kind.criterion("G1").na_allowed
    assert every_kind.criterion("G2").na_reasons == ("too early",)
    assert [each.id for each in every_kind.computed] == ["T1"]


def test_the_digest_ignores_layout_and_comments(
    make_framework: Callable[[str], Framework], every_kind_text: str, every_kind: Framework
) -> None:
    commented = "# a comment\n" + every_kind_text.replace("title: Every", "\ntitle:   Every").replace("87.5", "175/2")
    assert make_framework(commented).digest == every_kind.digest
    assert len(every_kind.digest) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Is it good?", "Was it good?"),
        ("87.5", "87.6"),
        ("weight: 2", "weight: 3"),
        ('version: "1.0.0"', 'version: "1.0.1"'),
        ("not_applicable: never", "not_applicable: [never mind]"),
        ("no_better_than: Good", "no_better_than: Adequate"),
        ("complete_at: 75%", "complete_at: 76%"),
    ],
)
def test_the_digest_changes_with_any_content(
    make_framework: Callable[[str], Framework], every_kind_text: str, every_kind: Framework, old: str, new: str
) -> None:
    assert make_framework(every_kind_text.replace(old, new, 1)).digest != every_kind.digest


def test_an_unknown_criterion_names_the_nearest(every_kind: Framework) -> None:
    with pytest.raises(FrameworkError) as refused:
        every_kind.criterion("Y01")
    assert str(refused.value) == 'Y01 is not a criterion of every_kind. Did you mean "Y1"?'


def test_it_prints_and_turns_into_a_frame(every_kind: Framework) -> None:
    assert str(every_kind).splitlines()[:2] == [
        "Every kind of question (every_kind 1.0.0)",
        "5 criteria, 1 unscored item, 3 limits",
    ]
    frame = every_kind.to_frame()
    assert frame["id"].tolist() == ["G1", "G2", "Y1", "R1", "T1"]
    assert frame["weight"].tolist() == [1.0, 1.0, 2.0, 1.0, 1.0]
    assert frame.loc[1, "na_reasons"] == "too early"
