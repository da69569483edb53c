"""Tickets: what anyone can compute with sha256sum, and nobody can choose."""

from __future__ import annotations

import json
import random
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from scipy.stats import binom

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import ticket, tickets
from audit_toolkit.sampling.tickets import smallest_tickets

# The room exports a function of the same name as its file.
module = sys.modules["audit_toolkit.sampling.tickets"]
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


@pytest.mark.parametrize("case", range(40))
def test_the_smallest_tickets_are_those_of_a_full_sort(case: int) -> None:
    chance = random.Random(case)
    size = chance.choice([1, 2, 7, 60, 3000])
    ids = [f"{chance.randrange(10**9)}-{number}" for number in range(size)]
    groups = [chance.choice("abc" if case % 2 else "aaaaaaaab") for _ in ids]
    counts = {group: chance.choice([0, 1, 2, 9, 40, size]) for group in "abc"}
    numbers = tickets("seed", ids)
    assert smallest_tickets("seed", ids, groups, counts) == {
        group: sorted((numbers[place], place) for place in range(size) if groups[place] == group)[: counts[group]]
        for group in "abc"
    }


def test_a_line_drawn_too_low_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ids, groups = [str(number) for number in range(900)], ["a", "b", "c"] * 300
    counts = {"a": 5, "b": 7, "c": 0}
    wanted = smallest_tickets("seed", ids, groups, counts)
    for low in ("", "0", "001", "02"):
        monkeypatch.setattr(module, "_line", lambda *_, low=low: low)
        assert smallest_tickets("seed", ids, groups, counts) == wanted


@pytest.mark.parametrize("count", [1, 2, 20, 300, 5000])
@pytest.mark.parametrize("size", [400, 20_000, 10**7])
def test_a_line_is_too_low_less_than_once_in_a_thousand_million(count: int, size: int) -> None:
    line = module._line(count, size)
    if line == module.ABOVE_ALL:
        assert count + 21 + (441 + 42 * count) ** 0.5 >= size
        return
    below = int(line, 16) / 16**13
    assert binom.cdf(count - 1, size, below) < 1e-9
    assert below * size < count + 60 + 7 * count**0.5, "few more are kept than are wanted"


def test_docs_publish_the_vectors_as_they_are() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "verify.md").read_text(encoding="utf-8")
    for vector in VECTORS:
        line = f"printf '%s,%s' {shlex.quote(vector['seed'])} {shlex.quote(vector['case_id'])} | sha256sum\n"
        assert line in page
        assert f"{vector['ticket']}  -\n" in page
