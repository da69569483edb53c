"""facts.csv: one row a case and fact, dates read, every fault named by its row."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import RatingError
from audit_toolkit.scoring import read_facts


def test_dates_are_read_and_other_facts_kept(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(
        "case_id,fact,value\n001,referral_date,03/02/2010\n001,allocation_date,N/A\nNA,referral_date,\n001,team,North\n",
        encoding="utf-8",
    )
    facts = read_facts(path)
    assert facts.to_dict("list") == {
        "case_id": ["001", "001", "NA", "001"],
        "fact": ["referral_date", "allocation_date", "referral_date", "team"],
        "value": ["2010-02-03", "N/A", "", "North"],
    }
    assert {str(each) for each in facts.dtypes} == {"object"}


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(
        "case_id,fact,value\nA1,referral_date,13/14/2010\nA1,referral_date,2010-01-04\n,referral_date,\nA2,,2010-01-04\n",
        encoding="utf-8",
    )
    with pytest.raises(RatingError) as refused:
        read_facts(path)
    assert str(refused.value).splitlines() == [
        'facts.csv, row 2 (case A1), column C "value": 13/14/2010 is not a date.'
        " Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
        'facts.csv, row 3 (case A1), column B "fact": referral_date stands a second time; first on row 2.'
        " Keep one row.",
        'facts.csv, row 4, column A "case_id": the case id is empty. Write the case_id as in the register.',
        'facts.csv, row 5 (case A2), column B "fact": the fact is empty. Write its name, such as referral_date.',
    ]


def test_wrong_headings_are_refused() -> None:
    frame = pd.DataFrame({"case_id": ["A1"], "fact": ["referral_date"], "valu": ["2010-01-04"]})
    with pytest.raises(RatingError) as refused:
        read_facts(frame)
    assert str(refused.value).splitlines() == [
        'facts, row 1: value is missing. Add a column headed "value".',
        'facts, row 1, column C "valu": valu is not a column of facts. Did you mean "value"?',
    ]
