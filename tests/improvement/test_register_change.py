"""The difference of two registers: R survey's totals, complete counts, limits of shares, and what is refused."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import estimate_mean, estimate_share, estimate_total, register_change

REFERENCE = Path(__file__).parents[1] / "reference"
DESIGNS = list(json.loads((REFERENCE / "elsewhere_survey.json").read_text())["designs"].values())


def total_of(design):
    cases = pd.DataFrame(design["cases"])
    score = cases["score"].where(cases["answered"] == 1)
    return estimate_total(score, cases["stratum"], design["N"], fpc=design["fpc"], collapse=design["collapse"])


@pytest.mark.parametrize("pair", list(itertools.pairwise(range(0, 40, 4))))
def test_two_independent_totals_as_r_survey(pair) -> None:
    from scipy.stats import t

    first, second = (DESIGNS[each] for each in pair)
    found = register_change(total_of(first), total_of(second))
    one, other = (each["answered"]["total"] for each in (first, second))
    error = math.hypot(one["standard_error"], other["standard_error"])
    change = other["value"] - one["value"]
    reach = t.ppf(0.975, one["df"] + other["df"]) * error
    assert [found.change, found.standard_error] == pytest.approx([change, error], rel=1e-8)
    assert [found.ci.low, found.ci.high] == pytest.approx([change - reach, change + reach], rel=1e-8)


def test_complete_counts_differ_exactly_and_one_of_them_brings_no_variance() -> None:
    whole, again = (estimate_mean(each, ["a"] * 3, {"a": 3}) for each in ([1, 2, 3], [2, 3, 7]))
    found = register_change(whole, again)
    assert (found.change, found.ci.low, found.ci.high, found.standard_error, found.method) == (
        2,
        2,
        2,
        0,
        "complete count",
    )
    assert found.notes == ("Complete counts: the registers differ by exactly so much.",)
    sampled = estimate_mean([2, 3, 7], ["a"] * 3, {"a": 30})
    half = register_change(whole, sampled)
    assert half.df == sampled.df
    assert half.ci.high - half.change == pytest.approx(sampled.ci.high - sampled.value, rel=1e-12)


def test_shares_take_each_limit_and_stay_proper_at_the_ends() -> None:
    none, every = (estimate_share([each] * 10, ["a"] * 10, {"a": 100}) for each in (0, 1))
    found = register_change(none, every)
    assert (found.change, found.ci.high) == (1, 1)
    assert found.ci.low == pytest.approx(1 - math.hypot(1 - every.ci.low, none.ci.high), rel=1e-12)
    assert register_change(none, none).ci.high == pytest.approx(none.ci.high, rel=1e-12)
    assert str(found).startswith("The registers differ by +100 points (95 % interval +")


def test_what_has_no_interval_gives_none() -> None:
    thin = estimate_mean([1, 2, 3], list("aab"), {"a": 9, "b": 9})
    sound = estimate_mean([1, 2, 3, 5], list("aabb"), {"a": 9, "b": 9})
    found = register_change(thin, sound)
    assert math.isnan(found.ci.low)
    assert found.notes == ("One of the two has no interval, so their difference has none.",)
    told = found.to_dict()
    assert told["ci_low"] is None
    json.dumps(told, allow_nan=False)
    assert found.to_frame()["method"].tolist() == ["none"]
    assert "no interval can be given" in str(found)


def test_refusals() -> None:
    mean = estimate_mean([1, 2], ["a", "a"], {"a": 9})
    total = estimate_total([1, 2], ["a", "a"], {"a": 9})
    with pytest.raises(ChangeError) as refused:
        register_change(mean, total)
    assert str(refused.value) == "a mean and a total cannot be compared. Estimate the same of both."
    with pytest.raises(ChangeError) as refused:
        register_change(mean, estimate_mean([1, 2], ["a", "a"], {"a": 9}, confidence=0.9))
    assert str(refused.value) == ("one estimate has confidence 0.95, the other 0.9. Estimate both at one confidence.")
