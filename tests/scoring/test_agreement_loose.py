"""Agreement in loose tables: many raters, missing ratings, wide and long form, against the krippendorff package."""

from __future__ import annotations

import json
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_toolkit.errors import AuditError
from audit_toolkit.scoring import loose_agreement

GRADES = ["Outstanding", "Good", "Adequate", "Inadequate"]
tables = st.integers(2, 7).flatmap(
    lambda raters: st.lists(
        st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=raters, max_size=raters), min_size=3, max_size=25
    )
)


@settings(max_examples=60, deadline=None)
@given(rows=tables, scale=st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_alpha_is_that_of_the_package_for_any_table(rows, scale) -> None:
    data = np.array(rows, dtype=float)
    paired = data[(~np.isnan(data)).sum(axis=1) >= 2]
    cells = [[f"{number:02}", *["" if each is None else str(each) for each in row]] for number, row in enumerate(rows)]
    table = pd.DataFrame(cells, columns=["case_id", *[f"R{n}" for n in range(data.shape[1])]], dtype=object)
    found = loose_agreement(table, scale=scale).overall
    if len(np.unique(paired[~np.isnan(paired)])) < 2:
        assert np.isnan(found.alpha.value)
        return
    expected = krippendorff.alpha(reliability_data=data.T, level_of_measurement=scale)
    assert found.alpha.value == pytest.approx(expected, abs=1e-9)


def test_wide_and_long_say_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    wide = pd.DataFrame(rng.choice(np.array([*GRADES, ""]), (20, 4)), columns=["Ann", "Ben", "Cem", "Dee"])
    wide.insert(0, "case_id", [f"{number:03}" for number in range(20)])
    long = wide.melt("case_id", var_name="auditor", value_name="rating")
    wide.to_csv(tmp_path / "wide.csv", index=False)
    long.to_csv(tmp_path / "long.csv", index=False)
    one = loose_agreement(tmp_path / "wide.csv", grades=GRADES)
    other = loose_agreement(tmp_path / "long.csv", grades=GRADES)
    assert one.to_dict() == other.to_dict()
    assert one.overall.scale == "ordinal"
    assert loose_agreement(wide.astype(object)).overall.scale == "nominal"


def test_criteria_are_told_apart_and_together_by_case() -> None:
    rng = np.random.default_rng(2)
    rows = [
        (f"{case}", f"C{criterion}", name, str(rng.integers(1, 5)))
        for case in range(12)
        for criterion in range(3)
        for name in ("Ann", "Ben")
    ]
    found = loose_agreement(pd.DataFrame(rows, columns=["case_id", "criterion_id", "auditor", "rating"], dtype=object))
    assert [name for name, _ in found.criteria] == ["C0", "C1", "C2"]
    assert found.overall.n_cases == 12
    assert found.overall.raw.value == pytest.approx(np.mean([each.raw.value for _, each in found.criteria]))
    assert list(found.to_frame()["criterion_id"].unique()) == ["", "C0", "C1", "C2"]
    assert json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            pd.DataFrame({"case": ["1"], "A": ["Good"], "B": ["Good"]}),
            "ratings, row 1: case_id is missing. "
            "Give case_id and a column for each rater, or case_id, auditor and rating.",
        ),
        (
            pd.DataFrame({"case_id": ["1"], "auditor": ["Ann"]}),
            'ratings, row 1: auditor is there and rating is missing. Add a column "rating".',
        ),
        (
            pd.DataFrame({"case_id": ["1", "1"], "A": ["Good", "Good"], "B": ["Good", ""]}),
            'ratings, row 3, column A "case_id": 1 has two rows. Keep one.',
        ),
        (
            pd.DataFrame({"case_id": ["1", "1", "2"], "auditor": ["Ann", "Ann", ""], "rating": ["1", "2", "3"]}),
            'ratings, row 3, column A "case_id": Ann of 1 is rated twice by one auditor. Keep one.\n'
            'ratings, row 4, column B "auditor": auditor is empty. Fill it in.',
        ),
        (
            pd.DataFrame({"case_id": ["1"], "A": ["Goood"], "B": ["Good"]}),
            'ratings, case 1, column "A": Goood is not among the categories. '
            "Use Outstanding, Good, Adequate, Inadequate, or leave the cell blank.",
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_told(table, message) -> None:
    with pytest.raises(AuditError) as refused:
        loose_agreement(table, grades=GRADES)
    assert str(refused.value) == message
