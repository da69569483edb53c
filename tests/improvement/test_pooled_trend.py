"""The textbook trend test, against R's prop.trend.test."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import cochran_armitage

CASE = json.loads((Path(__file__).parents[1] / "reference" / "trend.json").read_text(encoding="utf-8"))["cases"][0]


def test_it_is_r_prop_trend_test() -> None:
    found = cochran_armitage(CASE["inputs"]["x"], CASE["inputs"]["n"])
    assert found.chi_square == pytest.approx(CASE["expected"]["chisq"], rel=CASE["tolerance"])
    assert found.p_value == pytest.approx(CASE["expected"]["p"], rel=CASE["tolerance"])
    assert "no verdict" in str(found)
    assert len(found.to_frame()) == 1


def test_all_alike_is_undefined_and_impossible_counts_are_refused() -> None:
    assert math.isnan(cochran_armitage([5, 5, 5], [5, 5, 5]).p_value)
    assert cochran_armitage([5, 5], [5, 5]).to_dict()["p_value"] is None
    with pytest.raises(ChangeError) as refused:
        cochran_armitage([3, 1], [2, 0])
    assert str(refused.value) == (
        "round 1: 3 of 2 cannot be. Give how many met it, of how many.\n"
        "round 2: 1 of 0 cannot be. Give how many met it, of how many."
    )
    with pytest.raises(ChangeError) as apart:
        cochran_armitage([3], [2, 4])
    assert str(apart.value) == "1 met, 2 of and 1 scores do not go together. Give one of each for two rounds or more."
