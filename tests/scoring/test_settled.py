"""What of settled.csv holds: answers the rule asks for, on the ratings as they stand, and nothing put in by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from moderated_samples import RULE, copy_round

from audit_toolkit import terms
from audit_toolkit.scoring import moderated_scores, read_moderation, read_rated_round, to_settle


def test_answers_that_the_rule_does_not_ask_for_move_no_grade(tmp_path: Path) -> None:
    folder = copy_round(tmp_path, "february-2010", RULE, framework="record_keeping")
    read = read_rated_round(folder)
    asked = to_settle(read).keys()
    table = read.ratings.table
    kind = table[(table["criterion_id"] == "RK01") & table["rating"].isin(["Partly", "No"])]
    twice = set(read.ratings.second["case_id"])
    spare = [row for row in kind.to_dict("records") if (row["case_id"], "RK01") not in asked][:1]
    assert spare
    assert spare[0]["case_id"] not in twice
    case, first = spare[0]["case_id"], spare[0]["rating"]
    by_hand = pd.DataFrame([[case, "RK01", first, "", "Yes", "kinder", ""]], columns=list(terms.SETTLED_COLUMNS))
    by_hand.to_csv(folder / "settled.csv", index=False)
    found = read_moderation(read)
    assert found is not None
    assert (found.unasked, found.stale, len(found.table), len(found.rows)) == (((case, "RK01"),), (), 0, 1)
    assert str(found) == (
        "Settled: 0 of 342 answers, 0 otherwise than first rated\n"
        "1 settled answer is not asked for by the rule, and left aside."
    )
    assert set(moderated_scores(read, found)["moderated_score"]) == {""}
