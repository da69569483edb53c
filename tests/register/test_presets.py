"""A known export becomes a register by name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import audit_toolkit as at

SSDA903 = Path(__file__).resolve().parents[2] / "samples" / "looked_after" / "ssda903"


@pytest.mark.parametrize("source", [SSDA903, str(SSDA903), SSDA903 / "header.csv"])
def test_ssda903_is_the_header_joined_to_the_open_episodes(source) -> None:
    register = at.read_register(source, preset="ssda903")
    by_plan = at.plan_review(SSDA903.parent)
    assert len(register) == 2675
    assert (register.cases["DECOM"] != "").sum() == 1408
    frame = at.build_frame(
        register, strata=by_plan.plan.strata, eligible=[{"column": "DECOM", "blank": False, "why": "no open episode"}]
    )
    assert frame.digest == by_plan.frame.digest


def test_an_unknown_preset_and_a_frame_are_refused() -> None:
    with pytest.raises(at.RegisterError) as refused:
        at.read_register(SSDA903, preset="ssda930")
    assert str(refused.value) == 'read_register: there is no preset "ssda930". Did you mean "ssda903"?'
    with pytest.raises(at.RegisterError) as refused:
        at.read_register(pd.DataFrame({"case_id": ["1"]}), preset="ssda903")
    assert str(refused.value) == (
        "read_register: the preset ssda903 reads files. Give the folder of its files, or leave preset out."
    )
