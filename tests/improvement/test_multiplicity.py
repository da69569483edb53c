"""Holm's and Benjamini and Hochberg's adjustments against R."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import benjamini_hochberg, holm

CASES = json.loads((Path(__file__).parents[1] / "reference" / "p_adjust.json").read_text())["cases"]


@pytest.mark.parametrize("case", list(CASES))
def test_as_r(case) -> None:
    np.testing.assert_allclose(holm(CASES[case]["inputs"]["p"]), CASES[case]["expected"]["holm"], rtol=0, atol=1e-12)
    explored = benjamini_hochberg(CASES[case]["inputs"]["p"])
    np.testing.assert_allclose(explored, CASES[case]["expected"]["BH"], rtol=0, atol=1e-12)


def test_order_and_index_are_kept_and_untested_measures_do_not_count() -> None:
    p = pd.Series([0.04, np.nan, 0.01, 0.02], index=["d", "c", "b", "a"], name="p")
    pd.testing.assert_series_equal(holm(p), pd.Series([0.04, np.nan, 0.03, 0.04], index=p.index, name="p"))
    assert p["d"] == 0.04
    found = benjamini_hochberg(p)
    pd.testing.assert_series_equal(found, pd.Series([0.04, np.nan, 0.03, 0.03], index=p.index, name="p"))


def test_nothing_to_adjust() -> None:
    assert len(holm([])) == len(benjamini_hochberg([])) == 0
    assert holm([0.2]).tolist() == [0.2]


def test_refusal() -> None:
    with pytest.raises(ChangeError) as refused:
        holm([0.2, 1.5, -1])
    assert str(refused.value) == (
        "p = 1.5 is not between 0 and 1. Give p values.\np = -1 is not between 0 and 1. Give p values."
    )
