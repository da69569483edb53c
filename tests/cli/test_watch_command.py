"""audit-toolkit watch: what it says, what it writes, what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command import run


@pytest.mark.usefixtures("top")
def test_it_says_where_the_share_lies_and_that_a_verdict_waits() -> None:
    done = run("watch", "february-2010")
    assert done.status == 0
    lines = done.data.splitlines()
    assert lines[0] == "February 2010 review: Quality of assessment"
    assert lines[1].startswith("60 of 60 cases are back, 60 of them in ticket order. Share good or better: between")
    assert lines[1].endswith("whenever you look (95 %).")
    assert lines[2].startswith("Every case is back.")


@pytest.mark.usefixtures("top")
def test_it_writes_a_table_a_picture_and_json(tmp_path: Path) -> None:
    table, picture = tmp_path / "looks.csv", tmp_path / "looks.png"
    asked = ["watch", "february-2010", "--framework", "record_keeping"]
    done = run(*asked, "-o", str(table), "--plot", str(picture), "--json")
    assert done.status == 0
    assert json.loads(done.data)["framework"] == "record_keeping"
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 61
    assert picture.read_bytes().startswith(b"\x89PNG")
    table.write_text("mine", encoding="utf-8")
    assert run(*asked, "-o", str(table)).status == 1
    assert table.read_text(encoding="utf-8") == "mine"
    assert run(*asked, "-o", "-").data.startswith("look,case_id,stratum,state,low,high")


def test_what_the_round_does_not_have_is_refused(refused: Callable[..., list[str]]) -> None:
    lines = refused("watch", "february-2010", "--framework", "record_keping")
    assert lines == ['February 2010 review: the round has no framework "record_keping". Did you mean "record_keeping"?']
