"""Collecting again: what comes later is added, what changed is refused, and nothing is lost."""

from __future__ import annotations

import pandas as pd
import pytest
from made_round import Round, opened, rows_of, write

from audit_toolkit.scoring import collect_ratings


def test_what_comes_later_is_added_and_nothing_is_lost(made: Round) -> None:
    made.back("Ann_Smith")
    made.back("Ann_Smith_2")
    made.keep(collect_ratings(made.folder))
    late = made.back("ben")
    elsewhere = made.folder / "late.xlsx"
    late.rename(elsewhere)
    added = collect_ratings(made.folder, elsewhere, elsewhere)
    assert len(added.ratings_table()) == 35
    assert added.notes == ("20 ratings collected before did not come again and stay as they were.",)
    made.keep(added)
    again = collect_ratings(made.folder)
    assert again.notes == ("15 ratings collected before did not come again and stay as they were.",)
    order = ["case_id", "criterion_id", "auditor"]
    tables = [each.ratings_table().sort_values(order, ignore_index=True) for each in (added, again)]
    assert tables[0].equals(tables[1])
    assert again.facts.equals(added.facts)
    assert len(collect_ratings(made.folder, afresh=True).ratings_table()) == 20


@pytest.mark.slow
def test_comments_without_a_rating_and_cleared_ratings_are_kept(made: Round) -> None:
    made.all_back()
    made.back(
        "ben", lambda book: (write(book, "Ratings", 2, "rating", None), write(book, "Ratings", 2, "comment", "?"))
    )
    made.keep(collect_ratings(made.folder))
    (made.folder / "returned" / "ben.xlsx").unlink()
    kept = collect_ratings(made.folder)
    assert len(kept.ratings_table()) == 35
    assert "?" in set(kept.ratings_table()["comment"])
    made.back("ben")
    made.keep(collect_ratings(made.folder))
    made.back("ben", lambda book: write(book, "Ratings", 3, "rating", None))
    cleared = collect_ratings(made.folder)
    assert (cleared.ratings_table()["rating"] != "").sum() == 35
    assert "1 rating collected before did not come again and stays as it was." in cleared.notes


def test_a_rating_that_changed_since_is_refused_until_it_is_meant(made: Round) -> None:
    made.all_back()
    made.keep(collect_ratings(made.folder))
    table = pd.read_csv(made.folder / "ratings.csv", dtype=str, keep_default_na=False)
    made.back("Ann_Smith", lambda book: write(book, "Ratings", 2, "rating", "Adequate"))
    case = rows_of(opened((made.folder / "workbooks" / "Ann_Smith.xlsx").read_bytes()), "Ratings")[0]["case_id"]
    row = table.index[(table["case_id"] == case) & (table["criterion_id"] == "G1") & (table["auditor"] == "Ann Smith")]
    assert made.refused() == [
        f'ratings.csv, row {row[0] + 2} (case {case}), column C "rating": G1 was Good when Ann Smith sent it first, and'
        " is Adequate now. Take the file out that is wrong, or collect with --force to take what is in the files now."
    ]
    assert "Adequate" in set(collect_ratings(made.folder, afresh=True).ratings_table()["rating"])
