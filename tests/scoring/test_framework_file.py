"""Every fault of a framework file is found at once, with its line and remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit_toolkit.errors import AuditError, FrameworkError
from audit_toolkit.scoring import Framework, load_framework, shipped_frameworks

HERE = Path(__file__).parent
BAD = HERE.parent / "bad_input"

Make = Callable[[str], Framework]


def test_a_path_and_a_name_load_and_a_framework_passes_through(tmp_path: Path, every_kind_text: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(every_kind_text, encoding="utf-8")
    loaded = load_framework(path)
    assert load_framework(str(path)).digest == loaded.digest
    assert load_framework(loaded) is loaded


def test_the_shipped_ones_load_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [load_framework(name).name for name in shipped_frameworks()] == list(shipped_frameworks())


def test_an_unknown_name_lists_the_shipped_ones() -> None:
    with pytest.raises(FrameworkError) as refused:
        load_framework("assesment_quality")
    assert str(refused.value) == (
        'assesment_quality is not a framework. Did you mean "assessment_quality"? These ship with the toolkit: '
        "assessment_quality, record_keeping, managerial_oversight; name a file of your own by its path, "
        "ending in .yaml."
    )


def test_every_fault_is_found_at_once() -> None:
    with pytest.raises(FrameworkError) as refused:
        load_framework(HERE / "faulty_framework.yaml")
    assert refused.value.describe(shown=None) + "\n" == (HERE / "faulty_framework.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            "Inadequate: 0}\nscore",
            "Inadequate: 5}\nscore",
            "own.yaml, line 6, column 56: the last band, Inadequate, does not begin at 0. End the bands at 0.",
        ),
        (
            "Outstanding: 87.5, Good: 62.5,",
            "Good: 87.5, Outstanding: 62.5,",
            "own.yaml, line 6, column 1: the bands are not in the order of the ratings. Write both best first.",
        ),
        (
            "to: initial_assessment_authorised_date",
            "to: referral_date",
            "own.yaml, line 17, column 5: from and to are both referral_date. Name the fact that ends the step.",
        ),
        (
            "after: R1}",
            "after: R01}",
            'own.yaml, line 20, column 59: R01 is not a criterion of this framework. Did you mean "R1"?',
        ),
        (
            'is: ["No"]',
            'is: ["Nope"]',
            'own.yaml, line 22, column 19: Nope cannot be an answer to Y1. Did you mean "No"?',
        ),
        (
            "{if: G1, is: [Inadequate]",
            '{if: R1, is: ["6 of 5"]',
            "own.yaml, line 24, column 19: 6 of 5 cannot be an answer to R1. Use one of: k of m, such as 3 of 5, N/A.",
        ),
        (
            "id: G1, ask: Is it good?, response: graded, not_applicable: never}",
            "id: G1, ask: Is it good?, response: graded, not_applicable: []}",
            "own.yaml, line 9, column 50: not_applicable is empty. List at least one.",
        ),
        (
            "Adequate: 1/2,",
            "Adequate: 4/5,",
            "own.yaml, line 5, column 36: Adequate earns 4/5, more than Good, the better answer. Write at most 3/4.",
        ),
        (
            '"No": 0',
            '"No": 1',
            "own.yaml, line 5, column 91: No earns 1, more than Partly, the better answer. Write at most 1/2.",
        ),
        (
            "met: 1, not met: 0",
            "met: 1/3, not met: 1/2",
            "own.yaml, line 5, column 110: not met earns 1/2, more than met, the better answer. Write at most 1/3.",
        ),
        ("title: Every kind of question\n", "", "own.yaml, line 1, column 1: title is missing. Add title:."),
    ],
)
def test_single_faults(make_framework: Make, every_kind_text: str, old: str, new: str, text: str) -> None:
    assert old in every_kind_text
    with pytest.raises(FrameworkError) as refused:
        make_framework(every_kind_text.replace(old, new, 1))
    assert str(refused.value) == text


def test_weights_that_are_all_zero_are_refused(make_framework: Make) -> None:
    text = (
        'framework: f\nversion: "1"\ntitle: t\nratings: [Yes, No]\nearns: {Yes: 1, No: 0}\nbands: {Yes: 50, No: 0}\n'
        "criteria:\n  - {id: A, ask: q, response: graded, weight: 0}\n"
    )
    with pytest.raises(FrameworkError) as refused:
        make_framework(text)
    assert str(refused.value) == (
        "own.yaml, line 7, column 1: every weight is 0. Give at least one criterion a weight above 0."
    )
    assert make_framework(text.replace("weight: 0", "weight: 3/4")).criteria[0].weight * 4 == 3


def test_numbers_too_large_or_fine_to_be_meant_are_refused(make_framework: Make, every_kind_text: str) -> None:
    for number in ("1e999999", "1e-999999", "1/0", "true", ".nan", ".inf", '"two"'):
        with pytest.raises(AuditError) as refused:
            make_framework(every_kind_text.replace("weight: 2", f"weight: {number}"))
        assert "line 11" in str(refused.value)


@pytest.mark.parametrize(
    ("file", "texts"),
    [
        ("y01_alias_bomb", ["values"]),
        ("y03_duplicate_keys", ['the key "C1" stands twice, first in line 3']),
        ("y05_number_ids", ["id must be text, and 1.10 is not", "id must be text, and 2020-01-01 is not"]),
        ("y07_path_id", ['unknown key "id"']),
        ("y09_redos", ['unknown key "id_pattern"', 'unknown key "probe"']),
        ("y11_unknown_keys", ['unknown key "wieght". Did you mean "weight"?']),
    ],
)
def test_the_bad_input_corpus_is_refused(file: str, texts: list[str]) -> None:
    with pytest.raises(AuditError) as refused:
        load_framework(BAD / f"{file}.yaml")
    for text in texts:
        assert text in refused.value.describe(shown=None)
