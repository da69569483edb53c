"""Pseudonyms: a receipt that names no case, opened by its key alone."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import DesignError, FileError
from audit_toolkit.sampling import (
    Receipt,
    check_round,
    draw_sample,
    plan_review,
    pseudonymise,
    read_key,
    read_receipt,
    read_sample,
    revealed,
    ticket,
    verify_receipt,
    verify_round,
)
from audit_toolkit.sampling.pseudonyms import pseudonym

MakeRound = Callable[..., Path]
KEY = hashlib.sha256(b"a key for tests").hexdigest()
ORIGINAL = "Find the original, or draw again from a new commitment."
FIND_KEY = "Find the key that was written with the receipt; no other can take its place."


@pytest.fixture
def folder(make_round: MakeRound) -> Path:
    """Give a drawn round whose receipt was written with pseudonyms, its key beside it."""
    folder = make_round()
    receipt, _ = read_receipt(folder / "receipt.json")
    (folder / "receipt.json").write_bytes(pseudonymise(receipt, KEY).to_bytes())
    (folder / "pseudonyms.key").write_text(f"{KEY}\n")
    return folder


def plain(folder: Path) -> Receipt:
    """Give the receipt as it was before its ids were replaced."""
    hidden, _ = read_receipt(folder / "receipt.json")
    return revealed(hidden, KEY, [f"C{number:03}" for number in range(60)])


def said(folder: Path, **options: object) -> list[str]:
    return [str(problem) for problem in verify_round(folder, **options)]


def forge(folder: Path, **changes: object) -> None:
    receipt, _ = read_receipt(folder / "receipt.json")
    (folder / "receipt.json").write_bytes(dataclasses.replace(receipt, **changes).to_bytes())


@pytest.mark.parametrize(
    ("key", "text", "wanted"),
    [
        # RFC 4231, sections 4.2 and 4.3: test cases 1 and 2
        ("0b" * 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            "4a656665",
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ],
)
def test_a_pseudonym_is_an_hmac(key: str, text: str, wanted: str) -> None:
    assert pseudonym(key, text) == wanted


@pytest.mark.parametrize("case", ["0001234", "é", "案 1", '"1,2"', " 7"])
def test_openssl_gives_the_same_pseudonym(case: str) -> None:
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY}"]
    done = subprocess.run(command, input=case.encode(), capture_output=True, check=True)
    assert done.stdout.decode().split()[-1] == pseudonym(KEY, case)


def test_no_id_and_no_ticket_is_left_in_the_receipt(folder: Path) -> None:
    text = (folder / "receipt.json").read_text(encoding="utf-8")
    cases = read_sample(folder / "sample.csv")
    assert not re.search(r"C0\d\d", text)
    assert not any(number in text for number in cases["ticket"])
    receipt, problems = read_receipt(folder / "receipt.json")
    assert problems == []
    assert receipt.pseudonyms == "HMAC-SHA256"
    assert dict(receipt.stay_clear_of) == {"earlier": [pseudonym(KEY, "C001")]}
    for (case, label, order, number, *_), row in zip(receipt.cases, cases.itertuples(), strict=True):
        assert (case, label, order) == (pseudonym(KEY, row.case_id), row.stratum, row.draw_order)
        assert number == pseudonym(KEY, ticket(receipt.seed, row.case_id))


def test_the_tickets_of_short_ids_would_have_told_them() -> None:
    """Why tickets are hidden too: all ids of six digits are tried in a second, and the same goes for seven."""
    seed, wanted = "41352 60113", ticket("41352 60113", "0412345")
    start = hashlib.sha256(f"{seed},".encode())
    tried = (f"{number:07}" for number in range(400_000, 500_000))
    assert next(each for each in tried if _digest(start, each) == wanted) == "0412345"


def _digest(start: hashlib._Hash, case: str) -> str:
    each = start.copy()
    each.update(case.encode())
    return each.hexdigest()


def test_the_key_opens_what_it_closed(make_round: MakeRound) -> None:
    folder = make_round()
    receipt, _ = read_receipt(folder / "receipt.json")
    hidden = pseudonymise(receipt, KEY)
    assert hidden.seal != receipt.seal
    assert revealed(hidden, KEY, [f"C{number:03}" for number in range(60)]) == receipt
    some = revealed(hidden, KEY, [receipt.cases[0][0]])
    assert some.cases[0] == receipt.cases[0]
    assert some.cases[1:] == hidden.cases[1:]
    assert pseudonymise(receipt, KEY).to_bytes() == hidden.to_bytes()
    with pytest.raises(DesignError) as refused:
        pseudonymise(hidden, KEY)
    assert str(refused.value) == "receipt.json: the receipt has pseudonyms already. Draw again."


def test_a_rule_that_names_cases_is_refused(make_round: MakeRound) -> None:
    rule = "exclude:\n  - {column: case_id, is: [C005], why: the case of a colleague}\n"
    plan = (make_round() / "plan.yaml").read_text(encoding="utf-8")
    folder = make_round(plan + rule)
    receipt, _ = read_receipt(folder / "receipt.json")
    with pytest.raises(DesignError) as refused:
        pseudonymise(receipt, KEY)
    assert str(refused.value) == (
        "plan.yaml: a rule of the plan names cases by their case_id, and the receipt carries the plan. Take the rule "
        "out: name such cases by another column, or in a must_audit or stay_clear_of list."
    )


def test_families_are_no_rule_that_names_cases(folder: Path) -> None:
    receipt = plain(folder)
    rule = {**receipt.frame_rule, "unit": {"column": "family", "one_child": False}}
    families = dataclasses.replace(receipt, unit="family", frame_rule=rule)
    assert pseudonymise(families, KEY).pseudonyms == "HMAC-SHA256"
    named = dataclasses.replace(families, frame_rule={**rule, "exclude": [{"column": "family", "is": ["F1"]}]})
    with pytest.raises(DesignError, match="names cases by their family"):
        pseudonymise(named, KEY)


def test_a_key_without_pseudonyms_is_refused(make_round: MakeRound, tmp_path: Path) -> None:
    (tmp_path / "some.key").write_text(KEY, encoding="utf-8")
    found = check_round(make_round(), key=tmp_path / "some.key").problems
    assert [str(each) for each in found] == [
        "receipt.json: the receipt has no pseudonyms, so there is no key to use. Leave --key out."
    ]


def test_a_round_with_its_key_is_checked_in_full(folder: Path, tmp_path: Path) -> None:
    check = check_round(folder)
    assert check.holds
    assert not any("pseudonyms" in each for each in check.unchecked)
    (folder / "pseudonyms.key").rename(tmp_path / "kept.key")
    assert said(folder, key=tmp_path / "kept.key") == []


def test_without_its_key_a_round_is_checked_as_far_as_may_be_and_says_so(folder: Path) -> None:
    (folder / "pseudonyms.key").unlink()
    check = check_round(folder)
    assert check.problems == ()
    assert (
        "which cases stand behind the pseudonyms of the receipt: there is no pseudonyms.key (--key)" in check.unchecked
    )
    sample = folder / "sample.csv"
    text = sample.read_text(encoding="utf-8")
    case = plain(folder).cases[0][0]
    sample.write_text(text.replace(f"\n{case},", "\nC999,", 1), encoding="utf-8")
    assert said(folder) == [
        f'sample.csv, row 2 (case C999), column A "case_id": the cell is "C999" and drawing again gives "{case}". '
        f"{ORIGINAL}"
    ]


def test_what_the_key_alone_tells_is_found_with_it_and_not_without(folder: Path) -> None:
    receipt, _ = read_receipt(folder / "receipt.json")
    rows = list(receipt.cases)
    rows[0], rows[1] = (rows[1][0], *rows[0][1:]), (rows[0][0], *rows[1][1:])
    forge(folder, cases=tuple(rows))
    names = [case for case, *_ in plain(folder).cases]
    assert said(folder) == [
        f"receipt.json: drawing again gives case {names[1]} at position 1, and the receipt has {names[0]}. {ORIGINAL}"
    ]
    (folder / "pseudonyms.key").unlink()
    assert said(folder) == []
    hidden = receipt.cases[0]
    forge(folder, cases=((hidden[0], "Süd", *hidden[2:]), *receipt.cases[1:]))
    assert (
        f"receipt.json, case {names[1]}: drawing again gives North and not Süd for the case at position 1. {ORIGINAL}"
        in said(folder)
    )
    forge(folder, cases=receipt.cases[:-1])
    assert any("drawing again gives 14 cases, and the receipt has 13" in each for each in said(folder))
    forge(folder, allocation={"North": 6, "Süd": 6})
    assert any("the plan gives another allocation than the receipt has" in each for each in said(folder))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("00" * 32, "no case of the receipt is found with this key: it belongs to another draw, or the register does"),
        ("00" * 31, "this is not a key: it has not 64 hex digits"),
        ("", "this is not a key: it has not 64 hex digits"),
    ],
)
def test_a_wrong_key_is_refused(folder: Path, text: str, what: str) -> None:
    (folder / "pseudonyms.key").write_text(f"{text}\n")
    assert said(folder) == [f"pseudonyms.key: {what}. {FIND_KEY}"]


def test_a_key_that_is_named_and_not_there_is_refused(folder: Path, tmp_path: Path) -> None:
    (found,) = said(folder, key=tmp_path / "none.key")
    assert found.endswith("none.key: there is no such file. Check the name and the folder.")
    with pytest.raises(FileError):
        read_key(tmp_path / "none.key")


def test_a_receipt_alone_is_checked_against_every_form_of_the_register(folder: Path, tmp_path: Path) -> None:
    path, register = folder / "receipt.json", folder.parent / "register.csv"
    frame = plan_review(folder).frame
    (tmp_path / "kept.key").write_text(KEY)
    for source in (register, frame, frame.units, pd.read_csv(register, dtype=str, keep_default_na=False)):
        assert verify_receipt(path, source) == []
        assert verify_receipt(json.loads(path.read_bytes()), source, key=tmp_path / "kept.key") == []
    assert verify_receipt(json.loads(path.read_bytes()), frame) == []
    (tmp_path / "kept.key").write_text("00" * 32)
    for source in (register, frame, frame.units):
        assert [problem.what for problem in verify_receipt(path, source, key=tmp_path / "kept.key")] == [
            "no case of the receipt is found with this key: it belongs to another draw, or the register does"
        ]


def test_a_chosen_case_without_a_ticket_has_none_under_pseudonyms() -> None:
    units = pd.DataFrame({"case_id": list("abcdef"), "stratum": list("xxxyyy")}, dtype=object)
    receipt = draw_sample(units, size=4, seed="s").receipt
    case = ("a", "x", 1, "", "chosen", "", "")
    hidden = pseudonymise(dataclasses.replace(receipt, cases=(case,)), KEY)
    assert hidden.cases == ((hmac.new(bytes.fromhex(KEY), b"a", "sha256").hexdigest(), "x", 1, "", "chosen", "", ""),)
    assert revealed(hidden, KEY, ["a"]).cases == (case,)
