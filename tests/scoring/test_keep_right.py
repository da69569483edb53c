"""What is right is kept: cell by cell, the rest held back and named, and any order of collections ends the same."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from made_round import Round, opened, rows_of, write

from audit_toolkit.files import csv_bytes
from audit_toolkit.scoring import NotCollectedError, collect_ratings

HELD = ["file", "sheet", "row", "column", "case_id", "what", "mend"]


def cases_of(made: Round, name: str) -> list[str]:
    rows = rows_of(opened((made.folder / "workbooks" / f"{name}.xlsx").read_bytes()), "Ratings")
    return [row["case_id"] for row in rows]


def test_a_cell_that_is_wrong_is_held_back_and_the_rest_is_kept(made: Round) -> None:
    made.all_back()
    whole = collect_ratings(made.folder).ratings_table()

    def spoil(book: Any) -> None:
        write(book, "Ratings", 2, "rating", "Goood")
        write(book, "Ratings", 4, "case_id", "1234567")

    made.back("ben", spoil)
    made.text("empty.csv", "")
    kept = collect_ratings(made.folder, keep_right=True)
    one, other = cases_of(made, "ben")[0], cases_of(made, "ben")[2]
    assert kept.held_back_table().to_dict("split")["data"] == [
        [
            *("ben.xlsx", "Ratings", "2", "F rating", one, "Goood is not a rating (G1)"),
            "Use Outstanding, Good, Adequate or Inadequate.",
        ],
        [
            *("ben.xlsx", "Ratings", "4", "A case_id", "1234567", f'the row was sent with case_id "{other}"'),
            "Put the row back as it was sent, or ask its auditor to answer in the workbook that was sent.",
        ],
        ["empty.csv", "", "", "", "", "the file is empty", "Export it again."],
    ]
    assert list(kept.held_back_table().columns) == HELD
    assert kept.summary().splitlines()[-2:] == ["held back: ben.xlsx, 2 problems", "held back: empty.csv, 1 problem"]
    table = kept.ratings_table()
    merged = whole.merge(table, how="left", on=["case_id", "criterion_id", "auditor"], suffixes=("", "_kept"))
    gone = merged[merged["rating_kept"].isna()]
    assert list(zip(gone["case_id"], gone["criterion_id"], gone["auditor"], strict=True)) == [
        (one, "G1", "ben"),
        (other, "Y1", "ben"),
    ]
    assert len(table) == len(whole) - 2


def test_nothing_that_is_right_is_refused_all_the_same(made: Round) -> None:
    made.text("empty.csv", "")
    with pytest.raises(NotCollectedError, match=r"^empty\.csv: the file is empty\. Export it again\.$"):
        collect_ratings(made.folder, keep_right=True)


def test_an_earlier_rating_stands_where_a_later_one_differs(made: Round) -> None:
    made.all_back()
    before = collect_ratings(made.folder)
    made.keep(before)
    made.back("Ann_Smith", lambda book: write(book, "Ratings", 2, "rating", "Adequate"))
    later = collect_ratings(made.folder, keep_right=True)
    assert later.ratings_table().equals(before.ratings_table())
    assert [problem.what for problem in later.held_back] == [
        "G1 was Good when Ann Smith sent it first, and is Adequate now"
    ]


def test_a_rating_collected_before_stands_against_another_auditor(made: Round) -> None:
    made.all_back()
    before = collect_ratings(made.folder)
    made.keep(before)
    shutil.rmtree(made.folder / "returned")
    (made.folder / "returned").mkdir()
    case = made.cases("Ann-Smith")[0]
    made.text("other.csv", f"case_id,criterion_id,rating,auditor\n{case},G1,Adequate,Temp\n")
    later = collect_ratings(made.folder, keep_right=True)
    assert later.ratings_table().equals(before.ratings_table())
    assert len(later.held_back) == 1
    assert "a second auditor nobody assigned" in later.held_back[0].what


def test_what_was_collected_before_and_is_wrong_itself_is_never_written_over(made: Round) -> None:
    made.all_back()
    made.keep(collect_ratings(made.folder))
    path = made.folder / "ratings.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",Good,", ",Goood,", 1), encoding="utf-8")
    (made.folder / "returned" / "Ann_Smith.xlsx").unlink()
    (made.folder / "returned" / "Ann_Smith_2.xlsx").unlink()
    (made.folder / "returned" / "ben.xlsx").unlink()
    made.text("none.csv", "")
    with pytest.raises(NotCollectedError, match="Goood is not a rating"):
        collect_ratings(made.folder, keep_right=True)


def test_a_row_sent_twice_alike_is_taken_once_and_two_that_differ_not_at_all(made: Round) -> None:
    made.all_back()
    case, other = made.cases("Ann-Smith")
    (made.folder / "returned" / "Ann_Smith_2.xlsx").unlink()
    lines = [f"{case},G1,Good,Ann-Smith", f"{case},G1,4,Ann-Smith", f"{other},G1,Good,Ann-Smith"]
    lines += [f"{other},G1,Good,Ann-Smith", f"{case},Y1,Yes,Ann-Smith"]
    made.text("twice.csv", "case_id,criterion_id,rating,auditor\n" + "\n".join(lines) + "\n")
    table = collect_ratings(made.folder, keep_right=True).ratings_table()
    found = table[(table["auditor"] == "Ann-Smith") & (table["rating"] != "")]
    assert sorted(zip(found["case_id"], found["criterion_id"], found["rating"], strict=True)) == sorted(
        [(case, "Y1", "Yes"), (other, "G1", "Good")]
    )


@pytest.mark.slow
def test_any_order_of_collections_of_any_files_ends_in_the_same_files(made: Round) -> None:
    made.all_back()
    files = {path.name: path.read_bytes() for path in (made.folder / "returned").iterdir()}
    made.back("ben", lambda book: write(book, "Ratings", 2, "rating", "Goood"))
    damaged = (made.folder / "returned" / "ben.xlsx").read_bytes()
    whole = _collected(made, [[*files.items()]])
    rng = random.Random(20)
    for _ in range(10):
        names = [*files, *rng.sample(sorted(files), 2)]
        rng.shuffle(names)
        cut = sorted(rng.sample(range(len(names) + 1), 2))
        steps = [names[: cut[0]], names[cut[0] : cut[1]], names[cut[1] :]]
        batches = [[(name, files[name]) for name in dict.fromkeys(step)] for step in steps]
        batches.insert(rng.randint(0, 3), [("ben.xlsx", damaged)])
        assert _collected(made, batches) == whole


def _collected(made: Round, batches: list[list[tuple[str, bytes]]]) -> tuple[bytes, bytes]:
    """Collect some batches of files one after the other, each alone in returned/; give what stands in the end."""
    for name in ("ratings.csv", "facts.csv"):
        (made.folder / name).unlink(missing_ok=True)
    for batch in [each for each in batches if each]:
        shutil.rmtree(made.folder / "returned")
        (made.folder / "returned").mkdir()
        for name, content in batch:
            (made.folder / "returned" / name).write_bytes(content)
        made.keep(collect_ratings(made.folder, keep_right=True))
    return _bytes(made.folder / "ratings.csv"), _bytes(made.folder / "facts.csv")


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def test_the_rows_of_ratings_stand_in_the_order_of_the_sample(made: Round) -> None:
    made.all_back()
    table = collect_ratings(made.folder).ratings_table()
    order = list(made.sample.cases["case_id"])
    first = table[:30]
    assert list(dict.fromkeys(first["case_id"])) == order
    assert list(first["criterion_id"]) == ["G1", "G2", "Y1", "R1", "R1_gap"] * 6
    assert set(table[30:]["auditor"]) == {"ben"}
    assert csv_bytes(table).startswith(b"case_id,criterion_id,rating,auditor,comment\n")
