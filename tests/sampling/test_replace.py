"""Replacing a case: what is recorded, what is opened, who rates it, what it weighs, and what is refused."""

from __future__ import annotations

import dataclasses
import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from logged import DAY, drawn, frame_of, ids, units

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import Auditor, LoggedSample, Raters, find_case, replace_case
from audit_toolkit.sampling.conflicts import read_conflicts
from audit_toolkit.sampling.dispositions import FRAME_DATE
from audit_toolkit.terms import DISPOSITIONS, INELIGIBLE, MISSING_FILE, NOT_RETURNED, RESERVE, RESTRICTED, SAMPLED

FRAME = frame_of()
PEOPLE = ("Ann", "Bob", "Cem", "Dee")


@pytest.fixture
def sample() -> LoggedSample:
    return drawn(FRAME)


def first_case(sample: LoggedSample, *, double: bool) -> str:
    """Give the first sampled case of the largest stratum that is, or is not, rated twice."""
    cases = sample.cases[sample.cases["stratum"] == "North / closed"]
    cases = cases[(cases["draw_status"] == SAMPLED) & ((cases["second_auditor"] != "") == double)]
    return str(cases["case_id"].iloc[0])


def next_of(sample: LoggedSample, case: str) -> str:
    label = sample.cases.set_index("case_id").loc[case, "stratum"]
    left = sample.cases[(sample.cases["stratum"] == label) & (sample.cases["draw_status"] == RESERVE)]
    return str(left["case_id"].iloc[0])


def row(sample: LoggedSample, case: str) -> pd.Series:
    return sample.cases.set_index("case_id").loc[case]


def raters(*people: Auditor, conflicts: tuple[str, ...] = ("team",)) -> Raters:
    return Raters(people, read_conflicts(units(), conflicts))


def person(name: str, team: str = "", hours: int = 10, cannot: tuple[str, ...] = ()) -> Auditor:
    return Auditor(name, team, Fraction(hours), cannot)


def test_the_next_ticket_takes_the_place_and_goes_to_the_same_auditors(sample: LoggedSample) -> None:
    case = first_case(sample, double=True)
    opened = next_of(sample, case)
    done = replace_case(sample, case, reason=MISSING_FILE, date=DAY, note="not in the store, asked 12 February")
    before, gone, new = row(sample, case), row(done.sample, case), row(done.sample, opened)
    assert (done.opened, done.auditors) == (opened, (before["auditor"], before["second_auditor"]))
    assert (gone["draw_status"], gone["auditor"]) == (MISSING_FILE, before["auditor"])
    assert (new["draw_status"], new["auditor"], new["second_auditor"]) == (SAMPLED, *done.auditors)
    label, order = new["stratum"], new["draw_order"]
    of = int((sample.cases["stratum"] == label).sum())
    assert str(done) == (
        f"{case} is recorded as missing file; {opened} ({label}, ticket {order} of {of}) takes its place and goes to "
        f"{done.auditors[0]} and, unseen, to {done.auditors[1]}. A missing file stays in the account: it counts as not "
        "read, and the report gives best- and worst-case bounds."
    )
    recorded, replaced = done.sample.entries
    assert (recorded.action, recorded.case_id, recorded.status, recorded.reason) == (
        "record",
        case,
        *[MISSING_FILE] * 2,
    )
    assert (recorded.note, recorded.date) == ("not in the store, asked 12 February", "2010-02-12")
    assert (replaced.action, replaced.case_id, replaced.replaces, replaced.status) == ("replace", opened, case, SAMPLED)


def test_weights_follow_the_tickets_opened_and_other_strata_stay(sample: LoggedSample) -> None:
    case = first_case(sample, double=False)
    label = row(sample, case)["stratum"]
    after = replace_case(sample, case, reason=INELIGIBLE, date=DAY, note="an adult").sample
    inside = after.cases["stratum"] == label
    opened = inside & (after.cases["draw_status"] != RESERVE)
    drawn_before, population = sample.receipt.allocation[label], sample.receipt.population[label]
    assert int(opened.sum()) == drawn_before + 1
    assert set(after.cases.loc[opened, "design_weight"]) == {population / (drawn_before + 1)}
    assert set(after.cases.loc[opened, "inclusion_probability"]) == {(drawn_before + 1) / population}
    pd.testing.assert_frame_equal(after.cases[~inside], sample.cases[~inside])


def test_without_a_reserve_the_weights_stay_as_they_are(sample: LoggedSample) -> None:
    case = first_case(sample, double=False)
    done = replace_case(sample, case, reason=RESTRICTED, date=DAY, reserve=False)
    assert done.opened == ""
    weights = ["inclusion_probability", "design_weight"]
    pd.testing.assert_frame_equal(done.sample.cases[weights], sample.cases[weights])
    assert str(done) == (
        f"{case} is recorded as restricted. A restricted file stays in the account: it counts as not read, and the "
        "report gives best- and worst-case bounds."
    )


@pytest.mark.parametrize("reason", DISPOSITIONS)
def test_every_disposition_is_recorded_under_its_own_word(sample: LoggedSample, reason: str) -> None:
    case = first_case(sample, double=False)
    done = replace_case(sample, case, reason=reason, date=DAY, note="as told")
    assert row(done.sample, case)["draw_status"] == reason
    assert done.to_dict()["reason"] == reason


def test_reserves_are_used_in_the_order_of_their_tickets(sample: LoggedSample) -> None:
    label = "North / closed"
    waiting = list(
        sample.cases.loc[(sample.cases["stratum"] == label) & (sample.cases["draw_status"] == RESERVE), "case_id"]
    )
    opened = []
    for _ in waiting:
        case = first_case(sample, double=False)
        done = replace_case(sample, case, reason=MISSING_FILE, date=DAY)
        opened.append(done.opened)
        sample = done.sample
    assert opened == waiting


def test_a_case_opened_in_place_of_another_may_be_replaced_too(sample: LoggedSample) -> None:
    case = first_case(sample, double=False)
    once = replace_case(sample, case, reason=MISSING_FILE, date=DAY)
    twice = replace_case(once.sample, once.opened, reason=MISSING_FILE, date=DAY)
    assert len({case, once.opened, twice.opened}) == 3
    assert twice.auditors == once.auditors


def test_an_auditor_with_a_conflict_does_not_get_the_new_case(sample: LoggedSample) -> None:
    case = first_case(sample, double=False)
    opened, had = next_of(sample, case), row(sample, case)["auditor"]
    team = units().set_index("case_id").loc[opened, "team"]
    people = raters(*[person(name, team=team if name == had else "") for name in PEOPLE])
    done = replace_case(sample, case, reason=MISSING_FILE, date=DAY, raters=people)
    (taker,) = done.auditors
    assert taker != had
    assert done.notes == (f"{had} is of its team {team}, so another auditor has the new case.",)
    # The one with the fewest cases to rate, first and second together.
    cases = sample.cases[sample.cases["draw_status"] == SAMPLED]
    counts = {name: int((cases[["auditor", "second_auditor"]] == name).to_numpy().sum()) for name in PEOPLE}
    assert (counts[taker], taker) == min((count, name) for name, count in counts.items() if name != had)


def test_hours_count_in_who_has_the_fewest(sample: LoggedSample) -> None:
    case = first_case(sample, double=False)
    had = row(sample, case)["auditor"]
    other = next(name for name in PEOPLE[::-1] if name != had)
    people = [person(name, hours=100 if name == other else 1) for name in PEOPLE if name != had]
    done = replace_case(sample, case, reason=MISSING_FILE, date=DAY, raters=raters(*people))
    assert done.auditors == (other,)
    assert done.notes == (f"{had} is not among the auditors, so another auditor has the new case.",)


def test_first_and_second_auditor_are_never_the_same(sample: LoggedSample) -> None:
    case = first_case(sample, double=True)
    first = row(sample, case)["auditor"]
    opened = next_of(sample, case)
    people = [person(name, cannot=(opened,) if name == first else ()) for name in PEOPLE]
    done = replace_case(sample, case, reason=MISSING_FILE, date=DAY, raters=raters(*people))
    assert len(set(done.auditors)) == 2
    assert first not in done.auditors
    two = [person(first), person(row(sample, case)["second_auditor"], cannot=(opened,))]
    with pytest.raises(DesignError, match="nobody may rate it") as found:
        replace_case(sample, case, reason=MISSING_FILE, date=DAY, raters=raters(*two))
    assert str(found.value) == (
        f"case {opened}: nobody may rate it: {first} rates it already; {two[1].name} may not audit it. "
        "Add an auditor who may, or clear one."
    )


def test_who_did_not_return_a_case_is_not_sent_the_next_one(sample: LoggedSample) -> None:
    case = first_case(sample, double=False)
    had = row(sample, case)["auditor"]
    people = raters(*map(person, PEOPLE))
    assert replace_case(sample, case, reason=MISSING_FILE, date=DAY, raters=people).auditors == (had,)
    assert replace_case(sample, case, reason=NOT_RETURNED, date=DAY, raters=people).auditors != (had,)
    alone = raters(person(had))
    assert replace_case(sample, case, reason=NOT_RETURNED, date=DAY, raters=alone).auditors == (had,)


def test_an_auditor_may_be_named(sample: LoggedSample) -> None:
    case = first_case(sample, double=False)
    opened = next_of(sample, case)
    people = raters(*[person(name, cannot=(opened,) if name == "Bob" else ()) for name in PEOPLE])
    assert replace_case(sample, case, reason=MISSING_FILE, date=DAY, raters=people, auditor="Dee").auditors == ("Dee",)
    for name, said in {
        "De": '"De" is not among the auditors. Did you mean "Dee"?',
        "Bob": f"case {opened}: Bob may not audit it. Choose another auditor.",
    }.items():
        with pytest.raises(DesignError) as found:
            replace_case(sample, case, reason=MISSING_FILE, date=DAY, raters=people, auditor=name)
        assert str(found.value).removeprefix("auditors: ") == said


def refused(sample: LoggedSample, case: str, reason: str = MISSING_FILE, **more: Any) -> str:
    with pytest.raises(DesignError) as found:
        replace_case(sample, case, reason=reason, date=DAY, **more)
    return str(found.value)


def test_what_is_refused_is_said_whole(sample: LoggedSample) -> None:
    case, waiting = first_case(sample, double=False), ids(sample, RESERVE)[0]
    typed = f"{case}x"
    assert refused(sample, typed) == f'sample.csv: "{typed}" is not a case of this sample. Did you mean "{case}"?'
    assert refused(sample, "999", "gone") == (
        '"gone" is no reason why a case is not rated. Use one of: ineligible, missing file, restricted, not returned.\n'
        'sample.csv: "999" is not a case of this sample. Give the id exactly as sample.csv has it.'
    )
    assert refused(sample, case, "Missing  file") == (
        '"Missing  file" is no reason why a case is not rated. Did you mean "missing file"?'
    )
    assert refused(sample, waiting) == (
        f"sample.csv, case {waiting}: the case is a reserve that was not opened. Reserves are opened by replace, in "
        "the order of their tickets; there is nothing to record before."
    )
    assert refused(sample, case, INELIGIBLE, note=" ") == (
        f"case {case}: a case is made ineligible without a word why. Say with --note what it was on the frame date. "
        f"{FRAME_DATE}"
    )
    assert refused(sample, case, rated={case}) == (
        f"sample.csv, case {case}: the case has ratings, so it was read. Leave it in the sample. A case that was rated "
        "can only be ineligible."
    )
    rated_before = replace_case(sample, case, reason=INELIGIBLE, date=DAY, note="an adult", rated={case}).sample
    assert row(rated_before, case)["draw_status"] == INELIGIBLE
    done = replace_case(sample, case, reason=MISSING_FILE, date=DAY).sample
    assert refused(done, case, RESTRICTED) == (
        f"sample.csv, case {case}: the case is recorded as missing file already. Where that was a mistake, or the file "
        "turned up, run replace with --found."
    )


def test_no_reserve_left_is_refused_with_both_ways_out() -> None:
    sample = drawn(FRAME, reserves=0)
    case = first_case(sample, double=False)
    assert refused(sample, case) == (
        f"sample.csv, case {case}: no reserve of North / closed is left. Draw more with extend --reserves, or record "
        "the case alone with --no-reserve."
    )


def test_a_file_that_turned_up_is_rated_again_and_its_replacement_stays(sample: LoggedSample) -> None:
    case = first_case(sample, double=True)
    gone = replace_case(sample, case, reason=MISSING_FILE, date=DAY)
    other = replace_case(gone.sample, first_case(gone.sample, double=False), reason=MISSING_FILE, date=DAY)
    gone = dataclasses.replace(gone, sample=other.sample)
    back = find_case(gone.sample, case, date=DAY + datetime.timedelta(3), note="it was with the solicitor")
    assert row(back.sample, case)["draw_status"] == SAMPLED
    assert row(back.sample, gone.opened)["draw_status"] == SAMPLED
    assert row(back.sample, case)["auditor"] == row(sample, case)["auditor"]
    assert back.sample.entries[-1].reason == "was recorded as missing file"
    assert str(back) == f"{case} is to be rated again. {gone.opened}, opened in its place, stays in the sample."
    pd.testing.assert_series_equal(back.sample.cases["design_weight"], gone.sample.cases["design_weight"])
    again = replace_case(back.sample, case, reason=RESTRICTED, date=DAY + datetime.timedelta(4), reserve=False)
    assert row(again.sample, case)["draw_status"] == RESTRICTED


def test_nothing_is_taken_back_that_was_not_recorded(sample: LoggedSample) -> None:
    case = first_case(sample, double=False)
    with pytest.raises(DesignError) as found:
        find_case(sample, case, date=DAY)
    assert str(found.value) == (
        f"sample.csv, case {case}: the case is not recorded as missing or anything else, so there is nothing to take "
        "back. Leave --found out to record something of it."
    )
    with pytest.raises(DesignError, match="is not a case of this sample"):
        find_case(sample, "X", date=DAY)


def test_a_folder_serves_as_well_as_a_sample(sample: LoggedSample, tmp_path: Path) -> None:
    for path, data in sample.files(tmp_path).items():
        path.write_bytes(data)
    (tmp_path / "receipt.json").write_bytes(sample.receipt.to_bytes())
    case = first_case(sample, double=False)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = replace_case(tmp_path, case, reason=MISSING_FILE, date=DAY)
    assert done.sample.entries == replace_case(sample, case, reason=MISSING_FILE, date=DAY).sample.entries
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    for path, data in done.sample.files(tmp_path).items():
        path.write_bytes(data)
    assert find_case(tmp_path, case, date=DAY).reason == ""
    (tmp_path / "log.csv").unlink()
    with pytest.raises(DesignError, match=r"sample\.csv"):
        replace_case(tmp_path, case, reason=MISSING_FILE, date=DAY)


def test_the_result_is_plain(sample: LoggedSample) -> None:
    case = first_case(sample, double=False)
    done = replace_case(sample, case, reason=MISSING_FILE, date=DAY)
    assert done.to_dict() == {
        "case_id": case,
        "reason": MISSING_FILE,
        "opened": done.opened,
        "auditors": list(done.auditors),
        "entries": 2,
        "seal": done.sample.entries[-1].seal,
        "notes": [],
    }
    assert dataclasses.is_dataclass(done)
    assert str(done.sample) == "Sample of 13 tickets opened, 12 of them to rate; 7 reserves left; 2 entries in the log"
