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
    for line in loose.messages.splitlines():
        assert line in long.messages.splitlines()


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
