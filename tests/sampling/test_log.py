"""The log: any sequence of valid events replays to the same bytes, and no byte of it changes unseen."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from logged import DAY, anything, check_rules, drawn, frame_of, ids, last_day

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import (
    LoggedSample,
    apply_log,
    check_sample,
    find_case,
    log_bytes,
    read_log,
    read_logged_sample,
    read_sample,
    replace_case,
    sample_bytes,
    sample_sha256,
    ticket,
)
from audit_toolkit.sampling.applied_log import undo_log
from audit_toolkit.sampling.log import ADDED, EXTENDED, FOUND, REASSIGNED, RECORDED, REPLACED, LogEntry, append
from audit_toolkit.terms import CERTAINTY, DISPOSITIONS, MISSING_FILE, RESERVE, SAMPLED

FRAME = frame_of()
MEND = "Put the log back as it was written; what happened since is added with replace, extend or reassign."


@cache
def happened(seed: int, events: int = 12) -> tuple[LoggedSample, LoggedSample]:
    """Give a drawn sample, and the same after some valid events in an order left to chance."""
    chance = random.Random(seed)
    start = sample = drawn(FRAME, seed=f"seed {seed}")
    for _ in range(events):
        day = last_day(sample) + datetime.timedelta(days=chance.randrange(3))
        sample = anything(sample, FRAME, chance, day)
    return start, sample


@pytest.fixture(scope="module")
def sample() -> LoggedSample:
    return happened(1, 14)[1]


@pytest.fixture
def folder(sample: LoggedSample, tmp_path: Path) -> Path:
    written(sample, tmp_path)
    return tmp_path


def written(sample: LoggedSample, folder: Path) -> None:
    for path, data in sample.files(folder).items():
        path.write_bytes(data)
    (folder / "receipt.json").write_bytes(sample.receipt.to_bytes())


def said(folder: Path, sample: LoggedSample) -> list[str]:
    return [str(problem) for problem in check_sample(folder, sample.receipt)]


@pytest.mark.parametrize("seed", range(24))
def test_any_valid_events_keep_prefixes_weights_and_cases_and_replay_to_the_same_bytes(
    seed: int, tmp_path: Path
) -> None:
    start, after = happened(seed)
    check_rules(start, after)
    written(after, tmp_path)
    assert said(tmp_path, after) == []
    entries, problems = read_log(tmp_path / "log.csv", after.receipt)
    assert (entries, problems) == (after.entries, [])
    assert log_bytes(entries) == (tmp_path / "log.csv").read_bytes()
    assert sample_bytes(apply_log(start.cases, entries, after.receipt)) == sample_bytes(after.cases)
    again = read_logged_sample(tmp_path)
    assert sample_sha256(undo_log(again.cases, again.entries, again.receipt)) == start.receipt.sample_sha256
    # One by one gives what all at once gives.
    cases = start.cases
    for entry in entries:
        cases = apply_log(cases, [entry], after.receipt)
    assert sample_bytes(cases) == sample_bytes(after.cases)


def test_every_kind_of_event_happened_in_these_tests() -> None:
    kinds = {entry.action for seed in range(24) for entry in happened(seed)[1].entries}
    assert kinds == {RECORDED, REPLACED, FOUND, ADDED, EXTENDED, REASSIGNED}


def test_a_changed_byte_of_the_log_is_always_seen(folder: Path, sample: LoggedSample) -> None:
    chance = random.Random(20100212)
    path = folder / "log.csv"
    whole = path.read_bytes()
    places = sorted({0, len(whole) - 1, *chance.sample(range(len(whole)), 330)})
    unseen = []
    for place in places:
        old = whole[place]
        new = chance.choice([byte for byte in (*range(9, 14), *range(32, 127), 0, 0xC3) if byte != old])
        path.write_bytes(whole[:place] + bytes([new]) + whole[place + 1 :])
        if not said(folder, sample):
            unseen.append((place, chr(old), chr(new)))
    path.write_bytes(whole)
    assert len(places) > 300
    assert unseen == []
    assert said(folder, sample) == []


def test_a_byte_put_in_or_taken_out_is_always_seen(folder: Path, sample: LoggedSample) -> None:
    chance = random.Random(4)
    path = folder / "log.csv"
    whole = path.read_bytes()
    for _ in range(80):
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + whole[place + 1 :])
        assert said(folder, sample), place
        path.write_bytes(whole[:place] + bytes([chance.choice(b'a,\n" 0')]) + whole[place:])
        assert said(folder, sample), place


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"\n", b"\r\n"), (b"\n", b"\n\n"), (b",", b',""'), (b"entry", b"\xef\xbb\xbfentry"), (b"1,2010", b'"1",2010')],
)
def test_spacing_and_line_ends_are_part_of_the_log(old: bytes, new: bytes, folder: Path, sample: LoggedSample) -> None:
    path = folder / "log.csv"
    whole = path.read_bytes()
    assert whole.count(old) > 0
    changed = (
        whole.replace(b",,", new + b",", 1) if old == b"," else whole.replace(old, new, 1 if b"\r" not in new else -1)
    )
    path.write_bytes(changed)
    assert said(folder, sample) == [
        f"log.csv: the log was changed after it was written: its rows hold, its spacing or line ends do not. {MEND}"
    ]


def test_a_forged_log_that_skips_a_number_is_named(folder: Path, sample: LoggedSample) -> None:
    first, second, *_ = sample.entries
    skipped = dataclasses.replace(second, entry=3, seal="")
    skipped = dataclasses.replace(skipped, seal=skipped.sealed(first.seal))
    (folder / "log.csv").write_bytes(log_bytes([first, skipped]))
    assert said(folder, sample) == [f"log.csv, row 3 (case {second.case_id}): entry 3 comes after entry 1. {MEND}"]


@pytest.mark.parametrize("row", range(1, 8))
def test_a_row_changed_taken_out_put_in_or_moved_is_named(row: int, folder: Path, sample: LoggedSample) -> None:
    path = folder / "log.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(lines) > 9

    def problem(changed: list[str]) -> str:
        path.write_text("".join(changed), encoding="utf-8")
        return said(folder, sample)[0]

    def at(number: int, changed: list[str]) -> str:
        case = changed[number - 1].split(",")[3]
        what = "the row does not fit its seal: it, or the row before it, was changed, taken out, put in or moved"
        if number == 2:
            what = "the first row does not fit its seal: it was changed, or it belongs to another draw"
        return f"log.csv, row {number} (case {case}): {what}. {MEND}"

    changed = [*lines[:row], lines[row].replace(",2010-", ",2009-", 1), *lines[row + 1 :]]
    assert problem(changed) == at(row + 1, changed)
    gone = [*lines[:row], *lines[row + 1 :]]
    assert problem(gone) == at(row + 1, gone)
    twice = [*lines[: row + 1], lines[row], *lines[row + 1 :]]
    assert problem(twice) == at(row + 2, twice)
    swapped = [*lines[:row], lines[row + 1], lines[row], *lines[row + 2 :]]
    assert problem(swapped) == at(row + 1, swapped)


def test_a_seal_anyone_can_work_out(sample: LoggedSample) -> None:
    before = sample.receipt.seal
    for entry in sample.entries:
        cells = json.dumps(list(entry.cells()), ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256((before + cells).encode("utf-8")).hexdigest() == entry.seal
        before = entry.seal
    assert sample.seal == before


def test_rows_cut_off_at_the_end_show_in_the_sample(folder: Path, sample: LoggedSample) -> None:
    for kept in range(1, len(sample.entries)):
        (folder / "log.csv").write_bytes(log_bytes(sample.entries[:kept]))
        assert said(folder, sample), kept


def test_a_log_that_is_gone_shows_in_the_sample(folder: Path, sample: LoggedSample) -> None:
    (folder / "log.csv").unlink()
    (found,) = said(folder, sample)
    assert found.startswith("sample.csv")


def test_a_log_of_another_draw_is_not_taken(folder: Path, sample: LoggedSample) -> None:
    other = dataclasses.replace(sample.receipt, seed="another")
    entries, problems = read_log(folder / "log.csv", other)
    assert len(entries) == len(sample.entries)
    assert [str(each) for each in problems] == [
        f"log.csv, row 2 (case {entries[0].case_id}): the first row does not fit its seal: it was changed, or it "
        f"belongs to another draw. {MEND}"
    ]


def test_a_changed_cell_of_the_sample_is_named(folder: Path, sample: LoggedSample) -> None:
    cases = sample.cases.copy()
    row = cases.index[cases["draw_status"].isin(DISPOSITIONS)][0]
    case, status = cases.loc[row, "case_id"], cases.loc[row, "draw_status"]
    cases.loc[row, "draw_status"] = SAMPLED
    (folder / "sample.csv").write_bytes(sample_bytes(cases))
    assert said(folder, sample) == [
        f'sample.csv, row {row + 2} (case {case}), column E "draw_status": the cell is "sampled" and the draw with its '
        f'log gives "{status}". Find the original, or draw again from a new commitment.'
    ]


QUICK, REST = ("case_id", "ticket"), ("area", "stratum", "draw_order", "design_weight", "auditor")


@pytest.mark.parametrize("column", [*QUICK, *(pytest.param(each, marks=pytest.mark.slow) for each in REST)])
def test_any_cell_of_the_sample_is_held_to_receipt_and_log(column: str, folder: Path, sample: LoggedSample) -> None:
    for row in (0, len(sample.cases) // 2, len(sample.cases) - 1):
        cases = sample.cases.copy()
        cases[column] = cases[column].astype(object)
        cases.loc[row, column] = 77 if column in ("draw_order", "design_weight") else "other"
        (folder / "sample.csv").write_bytes(sample_bytes(cases))
        assert said(folder, sample), (column, row)


def test_a_forged_chain_that_breaks_the_order_of_tickets_is_named(tmp_path: Path) -> None:
    """The seals are no secret: who writes the whole log anew is held to the rules, and to the seal in the minutes."""
    sample = drawn(FRAME)
    case = ids(sample, SAMPLED)[0]
    row = sample.cases.set_index("case_id").loc[case]
    label = row["stratum"]
    waiting = sample.cases[(sample.cases["stratum"] == label) & (sample.cases["draw_status"] == RESERVE)]
    first, second = waiting["case_id"]
    events = [
        LogEntry(RECORDED, case, MISSING_FILE, label, int(row["draw_order"]), row["auditor"], "", reason=MISSING_FILE),
        LogEntry(REPLACED, second, SAMPLED, label, int(waiting["draw_order"].iloc[1]), "Ann", replaces=case),
    ]
    entries = append((), events, receipt=sample.receipt, date=DAY)
    written(sample, tmp_path)
    (tmp_path / "log.csv").write_bytes(log_bytes(entries))
    assert said(tmp_path, sample) == [
        f"log.csv, row 3 (case {second}): case {first} comes before it: reserves are opened in the order of their "
        f"tickets. {MEND}"
    ]


def refused(sample: LoggedSample, **event: Any) -> str:
    with pytest.raises(DesignError) as found:
        sample.after([LogEntry(**event)], DAY)
    return str(found.value)


def test_every_rule_of_an_event_is_said() -> None:
    sample = drawn(FRAME)
    cases = sample.cases.set_index("case_id")
    label = cases["stratum"].iloc[0]
    first, waiting = cases.index[0], cases.index[cases["draw_status"] == RESERVE][0]
    order = int(cases.loc[waiting, "draw_order"])
    here = {"case_id": first, "stratum": label, "draw_order": 1}
    next_one = {"case_id": waiting, "stratum": label, "draw_order": order}
    new = {"action": ADDED, "case_id": "X", "status": RESERVE, "stratum": label, "ticket": "f" * 64, "levels": "[]"}
    said_of = {
        "the case is not in the sample": {"action": RECORDED, **here, "case_id": "X", "status": MISSING_FILE},
        f"the case is ticket 1 of {label}, and the log says otherwise": {
            "action": RECORDED,
            "status": MISSING_FILE,
            **here,
            "draw_order": 2,
        },
        "the entry carries a ticket, and only a new row does": {
            "action": RECORDED,
            "status": MISSING_FILE,
            "ticket": "f",
            **here,
        },
        "Ann would give both the first and the second rating": {
            "action": REASSIGNED,
            "status": SAMPLED,
            "auditor": "Ann",
            "second_auditor": "Ann",
            **here,
        },
        "the entry names a case it replaces, and it opens none": {
            "action": RECORDED,
            "status": MISSING_FILE,
            "replaces": waiting,
            **here,
        },
        "the case is reserve, which this entry cannot change": {
            "action": RECORDED,
            "status": MISSING_FILE,
            "reason": MISSING_FILE,
            **next_one,
        },
        '"holiday" is no reason why a case is not rated': {
            "action": RECORDED,
            "status": "holiday",
            "reason": "holiday",
            **here,
        },
        "the case would become sampled, and this entry makes it missing file": {
            "action": RECORDED,
            "status": SAMPLED,
            "reason": MISSING_FILE,
            **here,
        },
        "the case is sampled, which this entry cannot change": {"action": FOUND, "status": SAMPLED, **here},
        "the case is sampled, and only a reserve is opened": {"action": REPLACED, "status": SAMPLED, **here},
        f'"{first}" is no case of its stratum that could not be rated': {
            "action": REPLACED,
            "status": SAMPLED,
            "replaces": first,
            **next_one,
        },
        "the entry names a case it replaces, and an extension replaces none": {
            "action": EXTENDED,
            "status": SAMPLED,
            "replaces": first,
            **next_one,
        },
        "the case stands in the sample already": {**new, "case_id": first, "draw_order": order + 2},
        f"it is not the next of the {sample.receipt.population[label]} cases of {label}": {
            **new,
            "draw_order": order + 7,
        },
        "a case is added as a reserve, without auditors": {**new, "draw_order": order + 2, "auditor": "Ann"},
        "its ticket is not the next after those of its stratum": {**new, "draw_order": order + 2},
    }
    for what, event in said_of.items():
        assert refused(sample, **event) == f"log.csv, row 2 (case {event['case_id']}): {what}. {MEND}"


def test_an_added_case_with_too_small_a_ticket_is_refused() -> None:
    """Its ticket is true, but it would have been drawn before: so it is no case of this frame."""
    sample = drawn(FRAME)
    last = sample.cases[sample.cases["stratum"] == "North / closed"].iloc[-1]
    events = [
        LogEntry(
            *(ADDED, case, RESERVE, last["stratum"], int(last["draw_order"]) + 1),
            levels='["x", "y"]',
            ticket=ticket(sample.receipt.seed, case),
        )
        for case in (f"X{number}" for number in range(200))
    ]
    early = next(event for event in events if event.ticket < last["ticket"])
    later = next(event for event in events if event.ticket > last["ticket"])
    assert later.case_id in ids(sample.after([later], DAY), RESERVE)
    with pytest.raises(DesignError, match="its ticket is not the next after those of its stratum"):
        sample.after([early], DAY)
    with pytest.raises(DesignError, match="its stratum columns are not a JSON list of texts"):
        sample.after([dataclasses.replace(later, levels='["x",1]')], DAY)


def test_what_a_log_cannot_hold_is_refused() -> None:
    sample = drawn(FRAME)
    case = ids(sample, SAMPLED)[0]
    done = replace_case(sample, case, reason=MISSING_FILE, date=DAY).sample
    with pytest.raises(DesignError) as found:
        replace_case(done, ids(done, SAMPLED)[0], reason=MISSING_FILE, date=DAY - datetime.timedelta(1), note="a\nb")
    other = ids(done, SAMPLED)[0]
    assert str(found.value).splitlines() == [
        "log.csv: the date 2010-02-11 is before 2010-02-12, the date of the last entry. A log is written in the order "
        "things happen: give a later date.",
        f"log.csv, case {other}: the note holds a line break or control character. Use words.",
    ]


def test_an_auditors_note_may_hold_anything_that_is_one_line(tmp_path: Path) -> None:
    sample = drawn(FRAME)
    note = '=HYPERLINK("x"), "quoted"; ungewöhnlich, 中文, \u00a0, \U0001f600'
    done = replace_case(sample, ids(sample, SAMPLED)[0], reason=MISSING_FILE, date=DAY, note=note).sample
    written(done, tmp_path)
    assert read_logged_sample(tmp_path).entries[0].note == note


def test_must_audit_cases_keep_status_and_weight(tmp_path: Path) -> None:
    start = drawn(FRAME)
    extra = {
        **dict.fromkeys(start.cases.columns, ""),
        "case_id": "M1",
        "stratum": "",
        "draw_status": CERTAINTY,
        "draw_order": 1,
        "ticket": "0" * 64,
        "inclusion_probability": 1.0,
        "design_weight": 1.0,
        "auditor": "Ann",
    }
    cases = pd.concat([start.cases, pd.DataFrame([extra])], ignore_index=True).astype(start.cases.dtypes)
    rows = (*start.receipt.cases, ("M1", "", 1, "0" * 64, CERTAINTY, "Ann", ""))
    receipt = dataclasses.replace(start.receipt, cases=rows, sample_sha256=sample_sha256(cases))
    sample = LoggedSample(cases, receipt)
    written(sample, tmp_path)
    assert said(tmp_path, sample) == []
    done = replace_case(sample, "M1", reason=MISSING_FILE, date=DAY)
    assert done.opened == ""
    assert str(done) == (
        "M1 is recorded as missing file. It was not drawn by its ticket, so no other case takes its place; the log "
        "tells what became of it."
    )
    row = done.sample.cases.set_index("case_id").loc["M1"]
    assert (row["draw_status"], row["design_weight"]) == (CERTAINTY, 1.0)
    with pytest.raises(DesignError, match="recorded as missing file already"):
        replace_case(done.sample, "M1", reason=MISSING_FILE, date=DAY)
    written(done.sample, tmp_path)
    assert said(tmp_path, done.sample) == []
    back = find_case(done.sample, "M1", date=DAY).sample
    assert back.entries[-1].status == CERTAINTY
    assert replace_case(back, "M1", reason=MISSING_FILE, date=DAY).reason == MISSING_FILE
    other = replace_case(done.sample, ids(sample, SAMPLED)[0], reason=MISSING_FILE, date=DAY).sample
    assert other.cases["case_id"].iloc[-1] == "M1"
    written(other, tmp_path)
    assert said(tmp_path, other) == []


def test_the_draw_is_rebuilt_under_pseudonyms(tmp_path: Path) -> None:
    start = drawn(FRAME)
    hidden = [(f"h{place}", *each[1:3], "hidden", *each[4:]) for place, each in enumerate(start.receipt.cases)]
    receipt = dataclasses.replace(start.receipt, cases=tuple(hidden), pseudonyms="HMAC-SHA256")
    sample = LoggedSample(start.cases, receipt)
    done = replace_case(sample, ids(sample, SAMPLED)[0], reason=MISSING_FILE, date=DAY).sample
    written(done, tmp_path)
    assert said(tmp_path, done) == []
    (tmp_path / "sample.csv").write_bytes(sample_bytes(done.cases).replace(b"C0", b"D0", 1))
    assert said(tmp_path, done) != []


def test_a_mistyped_status_is_not_passed_over(folder: Path, sample: LoggedSample) -> None:
    cases = sample.cases.copy()
    cases.loc[0, "draw_status"] = "missing_file"
    (folder / "sample.csv").write_bytes(sample_bytes(cases))
    with pytest.raises(DesignError) as found:
        read_sample(folder / "sample.csv")
    case = cases.loc[0, "case_id"]
    assert str(found.value) == (
        f'sample.csv, row 2 (case {case}), column E "draw_status": "missing_file" is no draw_status. '
        'Did you mean "missing file"?'
    )
