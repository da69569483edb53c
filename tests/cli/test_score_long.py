"""score of a Parquet file of ratings, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from command import SAMPLES, run

from audit_toolkit.files import csv_bytes, read_table

ROUND = SAMPLES / "february-2010"
FRAMEWORKS = ["--framework", "record_keeping", "--framework", "assessment_quality"]


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """The first ratings of a sample round, as a CSV and as a Parquet file."""
    cells, sample = (read_table(ROUND / name).cells for name in ("ratings.csv", "sample.csv"))
    first = dict(zip(sample["case_id"], sample["auditor"], strict=True))
    own = cells[cells["case_id"].map(first) == cells["auditor"]].reset_index(drop=True)
    (tmp_path / "ratings.csv").write_bytes(csv_bytes(own))
    own.to_parquet(tmp_path / "ratings.parquet")
    return tmp_path / "ratings.parquet"


def test_parquet_in_gives_the_scores_of_csv_in(ratings: Path, tmp_path: Path) -> None:
    long = run("score", str(ratings), *FRAMEWORKS)
    loose = run("score", str(tmp_path / "ratings.csv"), *FRAMEWORKS)
    assert (long.status, loose.status) == (0, 0)
    assert long.data == loose.data
    assert len(long.data.splitlines()) > 100
    aside = "managerial_oversight, which was not asked for"
    assert [line for line in loose.messages.splitlines() if aside not in line] == [
        line for line in long.messages.splitlines() if aside not in line
    ]
    assert "record_keeping, which was not asked for" not in long.messages


def test_frameworks_of_ones_own_are_scored_from_one_file(tmp_path: Path) -> None:
    text = (SAMPLES.parent / "tests/scoring/lint/base.yaml").read_text(encoding="utf-8").split("\nhistory:")[0] + "\n"
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(text.replace("front_door", "back_door").replace("FD", "BD"), encoding="utf-8")
    rows = [
        (case, f"{door}{question}", rating)
        for case in ("A1", "A2")
        for door in ("FD", "BD")
        for question, rating in (("01", "Good"), ("02", "Nac ydy"), ("03", "3 of 5"), ("03_gap", "No"))
    ]
    table = pd.DataFrame(rows, columns=["case_id", "criterion_id", "rating"], dtype=object)
    wide = table.pivot(index="case_id", columns="criterion_id", values="rating").reset_index()
    named = ["--framework", str(tmp_path / "one.yaml"), "--framework", str(tmp_path / "two.yaml")]
    for each in (table, wide):
        each.to_csv(tmp_path / "r.csv", index=False)
        each.to_parquet(tmp_path / "r.parquet")
        long, loose = (run("score", str(tmp_path / name), *named) for name in ("r.parquet", "r.csv"))
        assert (long.status, long.data, long.messages) == (0, loose.data, loose.messages)
        assert long.data.count("The child was not seen") == 4
    table.assign(criterion_id=table["criterion_id"].replace("BD01", "BD1")).to_parquet(tmp_path / "r.parquet")
    refused = run("score", str(tmp_path / "r.parquet"), *named)
    assert refused.status == 1
    assert refused.messages.splitlines() == [
        f'r.parquet, row {row} (case {case}), column "criterion_id": BD1 is not a criterion of front_door or '
        'back_door. Did you mean "BD01"?'
        for row, case in ((6, "A1"), (14, "A2"))
    ]


def test_scores_are_written_as_csv_or_parquet(ratings: Path, tmp_path: Path) -> None:
    data = run("score", str(ratings), *FRAMEWORKS).data
    for source in (ratings, tmp_path / "ratings.csv"):
        for name in ("scores.csv", "scores.parquet"):
            done = run("score", str(source), *FRAMEWORKS, "-o", str(tmp_path / name), "--force")
            assert (done.status, done.data) == (0, "")
            assert done.messages.splitlines()[-1].endswith(f"{name}.")
        assert (tmp_path / "scores.csv").read_text(encoding="utf-8") == data
        table = pd.read_parquet(tmp_path / "scores.parquet")
        assert read_table(tmp_path / "scores.parquet").cells.equals(read_table(tmp_path / "scores.csv").cells)
        assert table["score"].dtype == float
    found = json.loads(run("score", str(ratings), *FRAMEWORKS, "--json").data)
    assert found["scores"] == read_table(tmp_path / "scores.csv").cells.to_dict("records")


def test_nothing_is_written_where_the_file_is_wrong(ratings: Path, tmp_path: Path) -> None:
    cells = pd.read_parquet(ratings).astype(object)
    cells.loc[0, "rating"] = "Goood"
    cells.to_parquet(ratings)
    done = run("score", str(ratings), *FRAMEWORKS, "-o", str(tmp_path / "s.parquet"))
    assert (done.status, done.data) == (1, "")
    assert not (tmp_path / "s.parquet").exists()


def test_a_file_with_facts_is_read_as_a_table(ratings: Path, tmp_path: Path) -> None:
    facts = ["--facts", str(ROUND / "facts.csv")]
    long = run("score", str(ratings), *FRAMEWORKS, *facts)
    loose = run("score", str(tmp_path / "ratings.csv"), *FRAMEWORKS, *facts)
    assert (long.status, long.data) == (0, loose.data)
    assert long.data != run("score", str(ratings), *FRAMEWORKS).data
