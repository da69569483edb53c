"""The receipt: sealed, read strictly, and refused where it can prove nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audit_toolkit.errors import AuditError, DesignError, FileError
from audit_toolkit.sampling import Receipt, read_receipt, verify_receipt

BAD_INPUT = Path(__file__).resolve().parent.parent / "bad_input"
CHANGED = (
    "receipt.json: the receipt was changed after it was sealed. Find the original receipt; this one can prove nothing."
)


@pytest.fixture
def path(make_round: Callable[..., Path]) -> Path:
    return make_round() / "receipt.json"


def refusal(source: object, error: type[AuditError] = DesignError) -> str:
    with pytest.raises(error) as refused:
        read_receipt(source)
    return str(refused.value)


def test_a_receipt_reads_back_as_it_was(path: Path) -> None:
    receipt, problems = read_receipt(path)
    assert problems == []
    assert receipt.to_bytes() == path.read_bytes()
    assert read_receipt(receipt) == (receipt, [])
    assert read_receipt(json.loads(path.read_bytes())) == (receipt, [])


def test_the_seal_is_a_digest_anyone_can_compute(path: Path) -> None:
    content = json.loads(path.read_bytes())
    seal = content.pop("seal")
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    assert seal == hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_the_receipt_says_what_was_drawn_from_what(path: Path) -> None:
    receipt, _ = read_receipt(path)
    assert receipt.exclusions == (("outside the window", 1), ("audited in earlier", 1))
    assert receipt.register_size == sum(receipt.population.values()) + 2 == 61
    assert sum(receipt.allocation.values()) == 12
    assert [each["name"] for each in receipt.files] == ["register.csv"]
    assert dict(receipt.stay_clear_of) == {"earlier": ["C001"]}
    assert str(receipt).splitlines()[:2] == [
        "Receipt of 12 cases from 59 eligible of 61",
        'seed "1 2 3 4" (written in the plan)',
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [('"1 2 3 4"', '"1 2 3 5"'), ("C0", "C1"), ('"reserves": 1', '"reserves": 2'), ("Small round", "Small Round")],
)
def test_an_edit_breaks_the_seal(path: Path, before: str, after: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    _, problems = read_receipt(path)
    assert [str(problem) for problem in problems] == [CHANGED]


def test_spacing_and_additions_show_although_the_seal_holds(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  ", " ", 1), encoding="utf-8")
    assert [str(problem) for problem in read_receipt(path)[1]] == [
        "receipt.json: the receipt was changed after it was written: its content holds, its spacing or line ends do "
        "not. Find the original receipt; this one can prove nothing."
    ]
    content = {**json.loads(text), "note": "added"}
    content.pop("seal")
    sealed = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    content["seal"] = hashlib.sha256(sealed.encode("utf-8")).hexdigest()
    assert [str(problem) for problem in read_receipt(content)[1]] == [
        "receipt: the receipt holds parts that draw did not write. "
        "Find the original receipt; this one can prove nothing."
    ]


def test_a_damaged_receipt_is_refused_and_its_seal_named(path: Path) -> None:
    content = json.loads(path.read_bytes())
    del content["cases"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert refusal(path).splitlines() == [
        CHANGED,
        "receipt.json: the receipt is damaged: a part is missing or has another form. Find the original receipt.",
    ]
    for row in (["C001", "North", True, "t", "sampled", "", ""], ["C001", "North", 1, "t", "sampled"], "C001"):
        content["cases"] = [row]
        assert "the receipt is damaged" in refusal(content)


def test_another_format_is_never_read_as_well_as_may_be(path: Path) -> None:
    newer = "Install the version of audit_toolkit that wrote it."
    assert refusal(BAD_INPUT / "m03_future_version.json") == (
        "m03_future_version.json: the receipt has format 99, newer than this version 0.1.0, which reads format 2. "
        + newer
    )
    content = json.loads(path.read_bytes())
    assert refusal({**content, "format": 3}).startswith("receipt: the receipt has format 3, newer than this version")
    assert refusal({**content, "format": 1}) == (
        "receipt: the receipt has format 1, the first of version 0.1.0, and format 2 is read. Move it aside and draw "
        "again with its seed: the same cases come out, with a receipt of today's format."
    )
    other = "this is not a receipt of a draw. Give the receipt.json that draw wrote."
    assert refusal(BAD_INPUT / "m01_edited_sample.json") == f"m01_edited_sample.json: {other}"
    assert refusal({"format": 0}) == refusal({}) == f"receipt: {other}"


def test_an_empty_file_is_damaged() -> None:
    said = "m05_zero_length.json: the file is damaged: it is empty. Take it from a copy, or make it again."
    assert refusal(BAD_INPUT / "m05_zero_length.json", FileError) == said
    assert [str(each) for each in verify_receipt(BAD_INPUT / "m05_zero_length.json", "register.csv")] == [said]


def test_it_seals_who_rates_what_and_by_which_frameworks(path: Path) -> None:
    receipt, _ = read_receipt(path)
    assert {name for *_, status, name, _ in receipt.cases if status == "sampled"} == {"Ann", "Bob", "Cem", "Dee"}
    assert sum(second != "" for *_, second in receipt.cases) == 3
    assert (receipt.purpose, receipt.unit, receipt.pseudonyms) == ("improvement", "case_id", "")
    for part in ("population_all", "purpose", "unit", "frameworks", "reaudit", "pseudonyms"):
        content = json.loads(path.read_bytes())
        content[part] = "x" if isinstance(content[part], str) else {"x": ["1", "2"]}
        assert CHANGED.partition(": ")[2] in (
            refusal(content) if part in ("population_all", "pseudonyms") else str(read_receipt(content)[1][0])
        )
        del content[part]
        assert "a part is missing" in refusal(content)


def test_a_receipt_is_plain_values(path: Path) -> None:
    receipt, _ = read_receipt(path)
    assert isinstance(receipt, Receipt)
    assert json.loads(json.dumps(receipt.to_dict())) == receipt.to_dict()
