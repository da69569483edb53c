"""Watching a share come in: what is counted, what waits, what is refused."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import ChangeError, DesignError
from audit_toolkit.improvement import Watched, estimate_share, watch_share

NAN = math.nan


def made(held: dict[str, int], drawn: dict[str, int], share: float, seed: int = 1) -> tuple[pd.Series, ...]:
    chance = np.random.default_rng(seed)
    index = [f"{label}{place}" for label in held for place in range(1, drawn[label] + 1)]
    strata = pd.Series([each[0] for each in index], index=index)
    order = pd.Series([int(each[1:]) for each in index], index=index)
    return pd.Series((chance.random(len(index)) < share).astype(float), index=index), strata, order


HELD, DRAWN = {"A": 200, "B": 100}, {"A": 20, "B": 10}


def watched(**changes: object) -> Watched:
    values, strata, order = made(HELD, DRAWN, 0.7)
    return watch_share(values, strata, HELD, order, **changes)  # type: ignore[arg-type]


def test_limits_only_close_in_and_hold_the_estimate() -> None:
    values, strata, order = made(HELD, DRAWN, 0.7)
    found = watch_share(values, strata, HELD, order)
    fixed = estimate_share(values, strata, HELD)
    assert found.ci.low < fixed.ci.low < fixed.value < fixed.ci.high < found.ci.high
    frame = found.to_frame()
    assert list(frame.columns) == ["look", "case_id", "stratum", "state", "low", "high"]
    assert frame["low"].is_monotonic_increasing
    assert frame["high"].is_monotonic_decreasing
    assert (found.opened, found.back, found.in_order, found.waiting, found.cases) == (30, 30, 30, 0, 300)
    assert found.notes == ()
    assert str(found).startswith("30 of 30 cases are back, 30 of them in ticket order. Share good: between ")
    assert json.loads(json.dumps(found.to_dict()))["looks"][0]["look"] == 1


def test_the_order_of_rows_and_labels_changes_nothing() -> None:
    values, strata, order = made(HELD, DRAWN, 0.7)
    shuffled = values.sample(frac=1, random_state=3)
    assert watch_share(shuffled, strata, HELD, order).to_dict() == watched().to_dict()


def test_good_and_not_good_mirror_each_other() -> None:
    values, strata, order = made(HELD, DRAWN, 0.7)
    one, other = watch_share(values, strata, HELD, order), watch_share(1 - values, strata, HELD, order)
    assert one.ci.low == pytest.approx(1 - other.ci.high, abs=1e-12)


def test_every_case_of_the_register_read_is_the_point() -> None:
    held = {"A": 9, "B": 4}
    values, strata, order = made(held, held, 0.6)
    found = watch_share(values, strata, held, order)
    assert found.complete
    assert found.ci.low == found.ci.high == values.mean()
    assert "a complete count" in str(found)


def test_nothing_back_rules_nothing_out() -> None:
    values, strata, order = made(HELD, DRAWN, 0.7)
    found = watch_share(values * NAN, strata, HELD, order)
    assert (found.ci.low, found.ci.high, found.back, found.looks) == (0, 1, 0, ())


def test_cases_behind_a_gap_wait_and_the_gap_counts_at_its_worst() -> None:
    values, strata, order = made(HELD, DRAWN, 0.7)
    gap = values.copy()
    gap["A2"] = NAN
    found = watch_share(gap, strata, HELD, order)
    assert (found.back, found.in_order, found.waiting) == (29, 2, 27)
    assert found.notes == (
        "27 cases wait behind one that is not back. Until it is, the missing one counts as not good for the lower "
        "limit and as good for the upper: those that come back first may be the easy ones.",
    )
    for filled in (0.0, 1.0):
        full = watch_share(gap.fillna(filled), strata, HELD, order)
        assert found.ci.low <= full.ci.low
        assert full.ci.high <= found.ci.high
    over = watch_share(gap, strata, HELD, order, settled=gap.index.to_series() == "A2")
    assert (over.back, over.in_order, over.ci) == (30, 30, found.ci)
    assert over.notes == ("1 case is settled without an answer and counts at the worst for each limit.",)
    assert [each.case_id for each in over.looks if each.state == "no answer"] == ["A2"]


def test_a_case_whose_row_is_missing_is_a_gap() -> None:
    values, strata, order = made(HELD, DRAWN, 0.7)
    gone = watch_share(values.drop("A2"), strata.drop("A2"), HELD, order, planned=DRAWN)
    gap = values.copy()
    gap["A2"] = NAN
    assert gone.ci == watch_share(gap, strata, HELD, order, planned=DRAWN).ci


def test_reserves_lengthen_the_order_and_change_nothing_before() -> None:
    values, strata, order = made(HELD, {"A": 22, "B": 10}, 0.7)
    longer = watch_share(values, strata, HELD, order, planned=DRAWN)
    short = values.drop(["A21", "A22"])
    before = watch_share(short, strata.drop(["A21", "A22"]), HELD, order, planned=DRAWN)
    assert longer.looks[:30] == before.looks
    assert len(longer.looks) > 30


def test_limits_that_contradict_are_told() -> None:
    """All good first, then none: no random order does that but once in a great many rounds."""
    index = [f"A{place}" for place in range(1, 201)]
    values = pd.Series([1.0] * 100 + [0.0] * 100, index=index)
    order = pd.Series(range(1, 201), index=index)
    found = watch_share(values, pd.Series("A", index=index), {"A": 2000}, order)
    assert math.isnan(found.ci.low)
    assert found.to_dict()["low"] is None
    assert found.notes == (
        "No share is left between the limits. With a random order this happens in fewer than 5 % of rounds: check "
        "that the order is that of the tickets and the counts are those of the register.",
    )
    assert found.sentence() == "200 of 200 cases are back, 200 of them in ticket order. Share good so far: no interval."


def test_an_order_that_is_none_is_refused_whole() -> None:
    values, strata, order = made(HELD, DRAWN, 0.7)
    order = order.astype(object)
    order["A1"], order["A3"], order["B1"] = 2, 0, 101
    with pytest.raises(DesignError) as refused:
        watch_share(values, strata, HELD, order)
    mend = "Give draw_order: 1, 2, ... within each stratum, by ticket."
    assert str(refused.value).splitlines() == [
        f"order, case A2: the case has the place of A1, 2. {mend}",
        f"order, case A3: 0 is no place among the 200 cases of its stratum. {mend}",
        f"order, case B1: 101 is no place among the 100 cases of its stratum. {mend}",
    ]


def test_what_else_is_refused() -> None:
    values, strata, order = made(HELD, DRAWN, 0.7)
    cases = {
        "order: the order does not give each case one place. Give draw_order: 1, 2, ... within each stratum, by "
        "ticket.": lambda: watch_share(values, strata, HELD, order.drop("A1")),
        'planned: stratum "B" was planned with 0 cases. Give n_h as drawn.': lambda: watched(planned={"A": 20}),
        'stratum "B" has 99.5 cases, not a whole number. Give the register\'s own counts.': lambda: watch_share(
            values, strata, {"A": 200, "B": 99.5}, order
        ),
        "settled: settled does not name each case. Give a Series of True and False on the index of the "
        "outcomes.": lambda: watched(settled=[True]),
    }
    for text, action in cases.items():
        with pytest.raises(DesignError) as refused:
            action()
        assert str(refused.value) == text
    with pytest.raises(ChangeError):
        watched(confidence=1)
