"""Tickets: what anyone can compute with sha256sum, and nobody can choose."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import ticket, tickets

REFERENCE = json.loads(
    (Path(__file__).resolve().parent.parent / "reference" / "tickets.json").read_text(encoding="utf-8")
)
VECTORS = REFERENCE["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{number}" for number in range(len(VECTORS))])
def test_published_vectors(vector: dict[str, str]) -> None:
    assert ticket(vector["seed"], vector["case_id"]) == vector["ticket"]


def test_there_are_twenty_vectors_of_every_kind() -> None:
    cases = [each["case_id"] for each in VECTORS]
    assert len(VECTORS) == len({each["ticket"] for each in VECTORS}) == 20
    for character in ("é", "\u0301", "案", "👧", '"', "'", "\\"):
        assert any(character in case for case in cases)
    assert any(case.startswith(" ") for case in cases)
    assert any(case.endswith(" ") for case in cases)


def test_sha256sum_gives_the_same_today() -> None:
    for vector in VECTORS:
        command = ["sh", "-c", 'printf \'%s,%s\' "$1" "$2" | sha256sum', "-", vector["seed"], vector["case_id"]]
        found = subprocess.run(command, capture_output=True, check=True).stdout.decode().split()[0]
        assert found == vector["ticket"]


def test_many_tickets_are_each_one_ticket() -> None:
    cases = ["1", "2", "é", " 1"]
    assert tickets("seed", cases) == [ticket("seed", case) for case in cases]
    assert len(set(tickets("seed", cases))) == 4


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        (41352, 'seed: the seed 41352 is not text. Put it in quotation marks: "41352 60113".'),
        (None, 'seed: the seed None is not text. Put it in quotation marks: "41352 60113".'),
        ("", 'seed: the seed "" is empty, has a comma or a control character. Use digits and words, such as the '),
        ("  ", 'seed: the seed "  " is empty, has a comma or a control character. Use digits and words, such as '),
        ("1,2", 'seed: the seed "1,2" is empty, has a comma or a control character. Use digits and words, such '),
        ("1\n2", 'seed: the seed "1\\n2" is empty, has a comma or a control character. Use digits and words, such'),
        ("\ud800", 'seed: the seed "\\ud800" is empty, has a comma or a control character. Use digits and words, '),
    ],
)
def test_a_seed_that_cannot_be_typed_again_is_refused(seed: object, said: str) -> None:
    with pytest.raises(DesignError) as refused:
        ticket(seed, "1")
    assert str(refused.value)[: len(said)] == said


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (1234, "ticket: the case id 1234 is not text. Read ids as text, never as numbers."),
        ("", "ticket: the case id '' is not text. Read ids as text, never as numbers."),
        ("a\udc00", "ticket: the case id 'a\\udc00' holds half a character. Export the register again."),
    ],
)
def test_an_id_that_is_not_text_is_refused(case: object, said: str) -> None:
    with pytest.raises(DesignError) as refused:
        ticket("seed", case)
    assert str(refused.value) == said
    with pytest.raises(DesignError):
        tickets("seed", ["1", case])
