"""events.csv: one row an event, dates read, every fault named by its row."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import RatingError
from audit_toolkit.scoring import read_events


def test_events_are_read_with_the_day_they_were_written_up_where_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "case_id,event,date,entered_date\n001,visit,03/02/2010,2010-02-05\nNA,visit,2010-02-03,\n001,visit,03/02/2010,\n",
        encoding="utf-8",
    )
    events = read_events(path)
    assert events.to_dict("list") == {
        "case_id": ["001", "NA", "001"],
        "event": ["visit", "visit", "visit"],
        "date": ["2010-02-03"] * 3,
        "entered_date": ["2010-02-05", "", ""],
    }
    assert {str(each) for each in events.dtypes} == {"object"}
    bare = pd.DataFrame({"case_id": ["1"], "event": ["visit"], "date": ["2010-02-03"]})
    assert read_events(bare)["entered_date"].tolist() == [""]


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "case_id,event,date,entered_date\nA1,visit,13/14/2010,\nA1,visit,,2010-01-04\n,visit,2010-01-04,\n"
        "A2,,2010-01-04,soon\nA3,visit,2010-01-04,2010-01-03\n",
        encoding="utf-8",
    )
    with pytest.raises(RatingError) as refused:
        read_events(path)
    assert str(refused.value).splitlines() == [
        'events.csv, row 2 (case A1), column C "date": 13/14/2010 is not a date.'
        " Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
        'events.csv, row 3 (case A1), column C "date": the date is empty.'
        " Write the day it happened, or take the row out.",
        'events.csv, row 4, column A "case_id": the case id is empty. Write the case_id as in the register.',
        'events.csv, row 5, column B "event": the event is empty. Write what happened, such as visit.',
        'events.csv, row 5 (case A2), column D "entered_date": soon is not a date.'
        " Write dates as 2010-01-31 or 31/01/2010, days and months in two digits.",
        'events.csv, row 6 (case A3), column D "entered_date":'
        " it was written up on 2010-01-03, before it happened on 2010-01-04. Correct one of the dates.",
    ]


def test_wrong_headings_are_refused() -> None:
    frame = pd.DataFrame({"case_id": ["A1"], "event": ["visit"], "entered": [""]})
    with pytest.raises(RatingError) as refused:
        read_events(frame)
    assert str(refused.value).splitlines() == [
        'events, row 1: date is missing. Add a column headed "date".',
        'events, row 1, column C "entered": entered is not a column of events. Did you mean "entered_date"?',
    ]
