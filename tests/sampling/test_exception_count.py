"""How few exceptions: every sample counted out, R's phyper, and what is refused."""

from __future__ import annotations

import itertools
import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

import audit_toolkit as at
from audit_toolkit.errors import DesignError

R = json.loads((Path(__file__).resolve().parents[1] / "reference" / "sample_sizes.json").read_text())


def test_none_in_ten_of_thirty_leaves_room_for_six() -> None:
    assert at.most_exceptions(0, 10, 30) == 6
    assert at.size_for_exceptions(6, 30).n == 10
    assert at.size_for_exceptions(5, 30).n == 11


def test_as_r_phyper_has_it() -> None:
    assert len(R["exceptions"]) == 36
    for case in R["exceptions"]:
        found = at.size_for_exceptions(case["most"], case["population"], found=case["found"])
        assert found.n == case["n"], case


def seen_in_every_sample(exceptions: int, n: int, population: int, found: int) -> Fraction:
    """Count out how many of all samples hold `found` exceptions or fewer; the first cases are the exceptions."""
    samples = list(itertools.combinations(range(population), n))
    return Fraction(sum(sum(case < exceptions for case in each) <= found for each in samples), len(samples))


def test_every_sample_of_a_small_population_counted_out() -> None:
    population, level = 9, Fraction(1, 20)
    for n in range(population + 1):
        for found in range(n + 1):
            room = range(found, population - (n - found) + 1)
            left = [each for each in room if seen_in_every_sample(each, n, population, found) > level]
            assert at.most_exceptions(found, n, population) == max(left, default=found), (n, found)


def test_size_and_bound_undo_each_other() -> None:
    for population, found, confidence in ((40, 0, 0.95), (40, 2, 0.9), (133, 1, 0.99)):
        for most in range(found, population):
            n = at.size_for_exceptions(most, population, found=found, confidence=confidence).n
            assert at.most_exceptions(found, n, population, confidence=confidence) <= most
            if n > found + 1:
                assert at.most_exceptions(found, n - 1, population, confidence=confidence) > most


def test_the_claim_is_wrong_in_at_most_five_of_a_hundred_samples() -> None:
    for most, population, found in ((6, 30, 0), (5, 696, 0), (20, 696, 2)):
        n = at.size_for_exceptions(most, population, found=found).n
        wrong = scipy.stats.hypergeom(population, np.arange(most + 1, population), n).cdf(found)
        assert wrong.max() <= 0.05


def test_a_tie_with_the_level_is_exact() -> None:
    """19 of 20 cases read and no exception: had there been one it is missed in exactly 1 of 20 samples."""
    assert at.most_exceptions(0, 19, 20) == 0
    assert at.size_for_exceptions(0, 20).n == 19
    assert at.size_for_exceptions(0, 1000).n == 950
    assert at.most_exceptions(0, 9, 10, confidence=0.9) == 0


def test_a_whole_country_is_no_trouble() -> None:
    n = at.size_for_exceptions(5000, 1_000_000, found=20).n
    assert math.isclose(scipy.stats.hypergeom(1_000_000, 5001, n).cdf(20), 0.05, rel_tol=0.01)


def test_what_it_says() -> None:
    assert str(at.size_for_exceptions(0, 696, found=0)) == (
        "No exception among 696, none found (95 % confidence): 662 of 696 (hypergeometric, exact)\n"
        "- Exceptions: draw from all cases alike, without strata, and read every case drawn."
    )
    assert at.size_for_exceptions(1, 50).question == "At most 1 exception among 50, none found (95 % confidence)"
    assert at.size_for_exceptions(5, 50, found=2).question.startswith("At most 5 exceptions among 50, 2 or fewer found")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: at.size_for_exceptions(30, 30),
            "most: at most 30 exceptions among 30 cases says nothing. Ask for fewer than 30.",
        ),
        (
            lambda: at.size_for_exceptions(2, 30, found=3),
            "found: 3 exceptions found cannot show that there are at most 2. Allow at most 2 to be found.",
        ),
        (
            lambda: at.size_for_exceptions(-1, 30.5),
            "size: most is -1. Give a whole number, 0 or more.\n"
            "size: the population is 30.5. Give a whole number of cases, 1 or more.",
        ),
        (
            lambda: at.most_exceptions(3, 2, 30),
            "n: 3 exceptions in 2 of 30 cases cannot be. "
            "Give the exceptions found, the cases drawn and all cases, in that order.",
        ),
    ],
)
def test_refusals(call, text) -> None:
    with pytest.raises(DesignError) as refused:
        call()
    assert str(refused.value) == text
