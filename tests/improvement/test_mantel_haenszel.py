"""Mantel and Haenszel's test against R, and the question it answers in place of the headline's."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.improvement import compare_shares, mantel_haenszel
from audit_toolkit.improvement.changes.mantel_haenszel import common_odds

ADMISSIONS = json.loads((Path(__file__).parents[1] / "reference" / "cmh.json").read_text())["cases"][0]


def round_of(tag: str, good, n, population=None):
    """One round from its good cases and cases by stratum."""
    strata = [f"s{h}" for h, size in enumerate(n) for _ in range(size)]
    values = [float(i < k) for k, size in zip(good, n, strict=True) for i in range(size)]
    ids = [f"{tag}{i}" for i in range(len(values))]
    counts = population or {f"s{h}": 5000 for h in range(len(n))}
    return pd.Series(values, index=ids), pd.Series(strata, index=ids), counts


def admissions():
    table = np.array(ADMISSIONS["inputs"]["array"], dtype=int).reshape(6, 2, 2)
    men, women = table[:, 0, :], table[:, 1, :]
    return women[:, 0], women.sum(axis=1), men[:, 0], men.sum(axis=1)


def test_as_r_mantelhaen_test() -> None:
    expected, tolerance = ADMISSIONS["expected"], ADMISSIONS["tolerance"]
    good1, n1, good2, n2 = admissions()
    found = common_odds(*(each.astype(float) for each in (good1, n1, good2, n2)), 0.95)
    assert found.z**2 == pytest.approx(expected["stat_nocc"], rel=tolerance)
    assert (abs(found.excess) - 0.5) ** 2 / found.variance == pytest.approx(expected["stat_cc"], rel=tolerance)
    assert found.odds_ratio == pytest.approx(expected["common_or"], rel=tolerance)
    assert [found.ci.low, found.ci.high] == pytest.approx(expected["or_ci"], rel=tolerance)
    told = mantel_haenszel(round_of("w", good1, n1), round_of("m", good2, n2))
    assert told.p_two_sided == pytest.approx(expected["p_nocc"], rel=tolerance)
    assert told.p_value == pytest.approx(1 - expected["p_nocc"] / 2, rel=tolerance)
    assert str(told) == (
        "Mantel-Haenszel: one-sided p = 0.8915. Beside the verdict, never in its place.\n"
        "Did the odds of a good case move alike in every stratum, each stratum counting by its cases: "
        "the later odds are 0.90 times the earlier (95 % interval 0.77 to 1.06)."
    )


def test_fewer_is_better_turns_the_side() -> None:
    rounds = round_of("e", [3, 4], [10, 10]), round_of("l", [7, 6], [10, 10])
    more, fewer = mantel_haenszel(*rounds), mantel_haenszel(*rounds, higher_is_better=False)
    assert more.p_value + fewer.p_value == pytest.approx(1)
    assert (more.statistic, more.p_two_sided) == (fewer.statistic, fewer.p_two_sided)
    assert more.statistic > 0


def test_it_answers_another_question() -> None:
    """A small stratum sampled heavily rises, a large one falls: by the register nothing moved."""
    population = {"s0": 900, "s1": 300}
    earlier = round_of("e", [20, 20], [40, 60], population)
    later = round_of("l", [16, 38], [40, 60], population)
    assert compare_shares(earlier, later).change == pytest.approx(0)
    assert mantel_haenszel(earlier, later).p_value < 0.05


@pytest.mark.parametrize(
    ("good1", "good2", "end"),
    [
        ([0, 5], [0, 5], "cannot be told, the answers do not vary within a stratum."),
        ([0, 0], [2, 3], "the odds ratio has no interval, one side of it being empty."),
    ],
)
def test_undefined_is_said(good1, good2, end) -> None:
    found = mantel_haenszel(round_of("e", good1, [5, 5]), round_of("l", good2, [5, 5]))
    assert found.sentence.endswith(end)
    json.dumps(found.to_dict(), allow_nan=False)
    assert len(found.to_frame()) == 1
    if good1 == good2:
        assert math.isnan(found.p_value)
        assert found.notes == ("Not defined: within every stratum the answers of both rounds are all alike.",)
        assert str(found).startswith("Mantel-Haenszel: one-sided p undefined.")
    else:
        assert found.p_value < 0.05


def test_re_audited_cases_are_said_to_be_taken_as_different() -> None:
    ids = [f"c{i}" for i in range(8)]
    strata = pd.Series(["s"] * 8, index=ids)
    earlier, later = (pd.Series(each, index=ids) for each in ([1.0, 0] * 4, [1.0, 1, 0, 1] * 2))
    found = mantel_haenszel((earlier, strata, {"s": 20}), (later, strata, {"s": 20}))
    assert found.notes == ("8 cases audited in both rounds are taken as different cases.",)
