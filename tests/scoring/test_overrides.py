"""Overrides: a reason, both grades kept, history never lost, and every refusal whole."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pandas as pd
import pytest
from moderated_samples import RULE, copy_round

from audit_toolkit.errors import AuditError
from audit_toolkit.files import csv_bytes
from audit_toolkit.scoring import (
    RANDOM,
    Overrides,
    RatedRound,
    moderated_scores,
    override_band,
    read_overrides,
    read_rated_round,
    to_settle,
)

DAY = datetime.date(2010, 3, 9)
NAME = "record_keeping"
# A case of the February round whose grade on record keeping is Good by rule.
GIVEN = {"framework": NAME, "reason": "The plan is in the paper file", "by": "panel chair", "date": DAY}


@pytest.fixture
def read(tmp_path: Path) -> RatedRound:
    return read_rated_round(copy_round(tmp_path, "february-2010", framework=NAME))


@pytest.fixture
def case(read: RatedRound) -> str:
    table = read.scores(read.frameworks[NAME]).table
    return str(table.loc[table["band"] == "Good", "case_id"].iloc[0])


def keep(read: RatedRound, made: Overrides) -> None:
    (read.folder / "overrides.csv").write_bytes(csv_bytes(made.table))


def refused(read: RatedRound, case: str, **changes) -> list[str]:
    with pytest.raises(AuditError) as found:
        override_band(read, case, **{**GIVEN, "to": "Adequate", **changes})
    return str(found.value).splitlines()


def test_an_override_keeps_both_grades_and_stands_beside_the_first(read, case) -> None:
    made = override_band(read, case, to="Adequate", **GIVEN)
    assert str(made) == (
        f"Case {case}, record_keeping: Good by rule, Adequate by override of panel chair. Both are kept."
    )
    keep(read, made)
    again = read_overrides(read.folder)
    assert again.table.to_dict(orient="records") == [
        {
            "case_id": case,
            "framework": NAME,
            "band_by_rule": "Good",
            "band": "Adequate",
            "reason": "The plan is in the paper file",
            "by": "panel chair",
            "date": "2010-03-09",
        }
    ]
    table = moderated_scores(read, overrides=again.standing()).set_index("case_id")
    row = table.loc[case]
    assert (row["first_band"], row["moderated_band"], row["overridden_band"]) == ("Good", "", "Adequate")
    assert (row["override_reason"], row["override_by"]) == ("The plan is in the paper file", "panel chair")
    assert (table.drop(index=case)["overridden_band"] == "").all()


def test_a_second_override_needs_to_be_told_and_keeps_the_first_as_history(read, case) -> None:
    keep(read, override_band(read, case, to="Adequate", **GIVEN))
    assert refused(read, case, to="Outstanding") == [
        f"case {case}, record_keeping: an override stands already: Adequate, by panel chair, because The plan is in "
        "the paper file. Use --force to put this one in its place; the earlier row is kept as history."
    ]
    made = override_band(read, case, **{**GIVEN, "reason": "Seen again"}, to="Outstanding", again=True)
    assert list(made.table["band"]) == ["Adequate", "Outstanding"]
    assert made.standing()[case, NAME]["band"] == "Outstanding"
    assert json.loads(json.dumps(made.to_dict()))["standing"] == 1


def test_everything_wrong_with_an_override_is_told_at_once(read, case) -> None:
    assert set(refused(read, f"{case}0", to="Goood", reason="  ", by="")) == {
        f'"{case}0" is not a scored case of this round. Write the id exactly as in sample.csv.',
        '"Goood" is not a grade of record_keeping. Did you mean "Good"?',
        'an override needs a reason. Say why in words: --reason "The plan was made and not filed".',
        'an override needs the role of who decided. Say it: --by "panel chair".',
    }


def test_the_grade_the_rule_gives_needs_no_override(read, case) -> None:
    assert refused(read, case, to="Good") == [
        f"case {case}, record_keeping: Good is the grade by rule already. Leave it."
    ]


def test_an_unknown_framework_is_refused(read, case) -> None:
    assert refused(read, case, framework="record_kepping") == [
        '"record_kepping" is not a framework of this round. Did you mean "record_keeping"?'
    ]


def test_a_file_changed_by_hand_so_that_a_reason_is_gone_is_refused(read, case) -> None:
    made = override_band(read, case, to="Adequate", **GIVEN)
    keep(read, Overrides(made.table.assign(reason=pd.Series([""], dtype=object))))
    with pytest.raises(AuditError) as found:
        read_overrides(read.folder)
    assert str(found.value) == (
        'overrides.csv, row 2, column E "reason": reason is empty. An override needs it: put it back.'
    )


def test_the_rule_gives_the_settled_grade_where_answers_were_settled(tmp_path: Path) -> None:
    """Settling one answer of a case moves its grade by rule: the override is held against that one."""
    folder = copy_round(tmp_path, "february-2010", RULE, framework=NAME)
    read = read_rated_round(folder)
    framework = read.frameworks[NAME]
    scores = read.scores(framework).table.set_index("case_id")
    table = read.ratings.table
    twice = set(read.ratings.second["case_id"])
    drawn = [case for case, why in to_settle(read).cells[NAME].items() if why == RANDOM and case not in twice]
    good = [case for case in drawn if scores.loc[case, "band"] == "Good"]
    rows = table[table["case_id"].isin(good) & table["rating"].isin(["Outstanding", "Good"])]
    case = str(rows["case_id"].value_counts().index[0])
    own = rows[rows["case_id"] == case]
    settled = pd.DataFrame(
        [
            (case, row.criterion_id, row.rating, "", "Inadequate", "Not on file", "random share")
            for row in own.itertuples()
        ],
        columns=["case_id", "criterion_id", "first_rating", "second_rating", "settled", "reason", "why"],
        dtype=object,
    )
    (folder / "settled.csv").write_bytes(csv_bytes(settled))
    now = moderated_scores(read).set_index("case_id").loc[case]
    assert (now["first_band"], now["ratings_settled"]) == ("Good", str(len(own)))
    assert now["moderated_band"] in ("Adequate", "Inadequate")
    made = override_band(read, case, to="Good", **GIVEN)
    assert made.table.iloc[0]["band_by_rule"] == now["moderated_band"]
