"""Extending a sample: the larger draw contains the smaller, replacements count, weights follow, nobody is moved."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from logged import DAY, check_rules, ids, units

from audit_toolkit.errors import DesignError
from audit_toolkit.register import build_frame, read_register
from audit_toolkit.sampling import (
    LoggedSample,
    PlannedReview,
    check_sample,
    draw_sample,
    extend_sample,
    read_logged_sample,
    replace_case,
    sealed_review,
    verify_round,
    with_details,
)
from audit_toolkit.sampling.extend import addition
from audit_toolkit.terms import MISSING_FILE, OPENED, RESERVE, SAMPLED


@pytest.fixture
def folder(make_round: Callable[..., Path]) -> Path:
    return make_round()


@pytest.fixture
def sample(folder: Path) -> LoggedSample:
    return read_logged_sample(folder)


@pytest.fixture
def review(folder: Path, sample: LoggedSample) -> PlannedReview:
    return sealed_review(sample.receipt, folder)


def written(folder: Path, sample: LoggedSample) -> None:
    for path, data in sample.files(folder).items():
        path.write_bytes(data)


def opened(sample: LoggedSample, label: str) -> int:
    cases = sample.cases
    return int(((cases["stratum"] == label) & cases["draw_status"].isin(OPENED)).sum())


@pytest.mark.parametrize("size", [13, 20, 33, 59])
def test_the_extended_sample_is_what_a_larger_draw_gives(
    size: int, folder: Path, sample: LoggedSample, review: PlannedReview
) -> None:
    done = extend_sample(sample, date=DAY, size=size, review=review)
    larger = draw_sample(review.frame, size=size, seed=sample.receipt.seed, reserves=1)
    assert set(ids(done.sample, SAMPLED)) == set(larger.cases.loc[larger.cases["draw_status"] == SAMPLED, "case_id"])
    drawn = ["case_id", "stratum", "draw_status", "draw_order", "ticket", "inclusion_probability", "design_weight"]
    assert done.sample.cases[drawn].to_csv() == larger.cases[drawn].to_csv()
    assert set(ids(sample, SAMPLED)) < set(ids(done.sample, SAMPLED))
    check_rules(sample, done.sample)
    written(folder, done.sample)
    assert verify_round(folder) == []


def test_every_step_of_size_keeps_what_was_there(sample: LoggedSample, review: PlannedReview) -> None:
    start, day = sample, DAY
    for size in range(13, 40, 3):
        day += datetime.timedelta(days=1)
        after = extend_sample(sample, date=day, size=size, review=review).sample
        kept = sample.cases.set_index("case_id")[["auditor", "second_auditor", "ticket", "draw_order"]]
        now = after.cases.set_index("case_id").loc[kept.index, list(kept.columns)]
        sampled = sample.cases["draw_status"].to_numpy() == SAMPLED
        assert now[sampled].equals(kept[sampled])
        assert len(ids(after, SAMPLED)) == size
        check_rules(start, after)
        sample = after


def test_tickets_that_replacements_opened_count(folder: Path, sample: LoggedSample, review: PlannedReview) -> None:
    case = ids(sample, SAMPLED)[0]
    gone = replace_case(sample, case, reason=MISSING_FILE, date=DAY).sample
    done = extend_sample(gone, date=DAY, size=24, review=review)
    assert sum(opened(done.sample, label) for label in review.frame.population) == 24
    assert len(ids(done.sample, SAMPLED)) == 23
    assert str(done).splitlines()[0] == (
        f"{len(done.new.cases)} cases are opened in 2 strata, and {done.reserves} reserves are added: 24 tickets are "
        "opened now, 23 of them to rate."
    )
    larger = extend_sample(sample, date=DAY, size=24, review=review)
    assert set(ids(done.sample, *OPENED)) == set(ids(larger.sample, *OPENED))
    check_rules(sample, done.sample)
    written(folder, done.sample)
    assert verify_round(folder) == []


def test_a_stratum_opened_beyond_its_share_keeps_its_cases(sample: LoggedSample, review: PlannedReview) -> None:
    more = extend_sample(sample, date=DAY, reserves=6, review=review).sample
    label = "Süd"
    for _ in range(5):
        case = more.cases.loc[
            (more.cases["stratum"] == label) & (more.cases["draw_status"] == SAMPLED), "case_id"
        ].iloc[0]
        more = replace_case(more, case, reason=MISSING_FILE, date=DAY).sample
    before = opened(more, label)
    done = extend_sample(more, date=DAY, size=18, review=review)
    assert opened(done.sample, label) == before
    total = sum(opened(done.sample, each) for each in review.frame.population)
    assert total > 18
    assert done.notes[-1] == (
        f"{total} tickets are opened and not 18: replacements had opened more in a stratum than its share, and no case "
        "is dropped."
    )


def test_as_many_reserves_are_left_as_the_plan_has(sample: LoggedSample, review: PlannedReview) -> None:
    done = extend_sample(sample, date=DAY, size=20, review=review)
    left = done.sample.cases[done.sample.cases["draw_status"] == RESERVE]["stratum"].value_counts()
    assert dict(left) == {"North": 1, "Süd": 1}
    done = extend_sample(sample, date=DAY, size=20, reserves=3, review=review)
    left = done.sample.cases[done.sample.cases["draw_status"] == RESERVE]["stratum"].value_counts()
    assert dict(left) == {"North": 3, "Süd": 3}


def test_reserves_alone_open_no_case(folder: Path, sample: LoggedSample, review: PlannedReview) -> None:
    done = extend_sample(sample, date=DAY, reserves=4, note="two files are missing", review=review)
    assert (len(done.new.cases), done.reserves) == (0, 6)
    assert str(done) == "No case is opened; 6 reserves are added."
    assert ids(done.sample, *OPENED) == ids(sample, *OPENED)
    assert done.to_dict() == {
        "opened": [],
        "reserves_added": 6,
        "entries": 6,
        "seal": done.sample.seal,
        "notes": [],
    }
    written(folder, done.sample)
    assert verify_round(folder) == []
    case = ids(done.sample, SAMPLED)[0]
    assert replace_case(done.sample, case, reason=MISSING_FILE, date=DAY).opened != ""


def test_reserves_end_where_the_stratum_does(sample: LoggedSample, review: PlannedReview) -> None:
    done = extend_sample(sample, date=DAY, reserves=1000, review=review)
    assert len(done.sample.cases) == sum(review.frame.population.values())


def test_new_cases_are_shared_out_fairly_with_those_held(sample: LoggedSample, review: PlannedReview) -> None:
    done = extend_sample(sample, date=DAY, size=35, review=review)
    now = done.sample.cases[done.sample.cases["draw_status"] == SAMPLED]
    counts = now["auditor"].value_counts()
    # Ann, Bob and Cem give 10 hours, Dee 5: 35 cases are 10, 10, 10 and 5.
    assert {name: int(counts[name]) for name in ("Ann", "Bob", "Cem", "Dee")} == {
        "Ann": 10,
        "Bob": 10,
        "Cem": 10,
        "Dee": 5,
    }
    assert int((now["second_auditor"] != "").sum()) == round(0.25 * 35)
    teams = with_details(done.sample, review.frame).details.set_index("case_id")["team"]
    own = {"Ann": "T0", "Bob": "T1", "Cem": "T2", "Dee": "T3"}
    for column in ("auditor", "second_auditor"):
        assert [
            case for case, name in zip(now["case_id"], now[column], strict=True) if own.get(name) == teams[case]
        ] == []
    assert not (now["auditor"] == now["second_auditor"]).any()


def test_the_log_says_why_and_whether_scores_were_known(sample: LoggedSample, review: PlannedReview) -> None:
    done = extend_sample(sample, date=DAY, size=14, note="asked for by the board", review=review)
    opened_rows = [entry for entry in done.sample.entries if entry.action == "extend"]
    assert [(entry.reason, entry.note) for entry in opened_rows] == [("size 14", "asked for by the board")] * 2
    done = extend_sample(sample, date=DAY, size=14, scored=True, review=review)
    assert done.sample.entries[-1].reason == "size 14, after scores were there"


def refused(sample: LoggedSample, review: PlannedReview, **asked: int) -> str:
    with pytest.raises(DesignError) as found:
        extend_sample(sample, date=DAY, review=review, **asked)
    return str(found.value)


def test_what_is_refused_is_said_whole(sample: LoggedSample, review: PlannedReview) -> None:
    assert refused(sample, review) == (
        "--size: neither a size nor reserves are asked for. Give --size, --reserves or both."
    )
    for size in (-1, 0, 11, 12):
        assert refused(sample, review, size=size) == (
            f"--size: {size} cases are asked for, and 12 tickets are opened already. Ask for 13 or more: no case is "
            "ever dropped."
        )
    held = sum(review.frame.population.values())
    assert refused(sample, review, size=held + 1).startswith(
        f"allocation: {held + 1} cases are asked for and the strata"
    )
    assert refused(sample, review, reserves=1) == (
        "--reserves: every stratum has 1 reserve left, or no further case. Ask for more, or leave it."
    )
    assert refused(sample, review, reserves=-1) == "--reserves: reserves is -1. Give a whole number, 0 or more."


def test_another_register_is_refused(sample: LoggedSample, review: PlannedReview) -> None:
    other = build_frame(read_register(units(30)), strata=["area"])
    for act in (
        lambda: extend_sample(sample, date=DAY, size=20, review=dataclasses.replace(review, frame=other)),
        lambda: with_details(sample, other),
    ):
        with pytest.raises(DesignError) as found:
            act()
        assert str(found.value) == (
            f"{other.files[0].name}: the eligible cases or their strata are not those the sample was drawn from. Use "
            "the register of the draw: give another copy of it with --register."
        )


def test_an_allocation_that_finds_its_own_size_is_not_asked_for_one(
    sample: LoggedSample, review: PlannedReview
) -> None:
    plan = dataclasses.replace(review.plan, size=None, allocation="multivariate")
    review = dataclasses.replace(review, plan=plan)
    with pytest.raises(DesignError) as found:
        extend_sample(sample, date=DAY, size=20, review=review)
    assert str(found.value) == (
        "plan.yaml, allocation: the plan's multivariate allocation finds its own size, so none can be asked for. Add "
        "reserves, and open them with replace."
    )
    assert extend_sample(sample, date=DAY, reserves=2, review=review).reserves == 2


def test_an_added_case_that_the_register_does_not_give_is_found(
    folder: Path, sample: LoggedSample, review: PlannedReview
) -> None:
    """A forger who leaves out a case, with a true ticket and a whole chain, is found by the register alone."""
    label = "North"
    again = draw_sample(review.frame, allocation=sample.receipt.allocation, seed=sample.receipt.seed, reserves=3).cases
    last = again[again["stratum"] == label].iloc[-1].to_dict()
    listed = int((sample.cases["stratum"] == label).sum())
    forged = sample.after([addition(last | {"draw_order": listed + 1}, ("area",), "")], DAY)
    written(folder, forged)
    assert check_sample(folder, sample.receipt) == []
    (found,) = verify_round(folder)
    true = again[again["stratum"] == label].iloc[-2]["case_id"]
    assert str(found) == (
        f"log.csv, row 2 (case {last['case_id']}): the register gives case {true} as ticket {listed + 1} of North. Put "
        "the log back as it was written; what happened since is added with replace, extend or reassign."
    )


def test_a_plan_without_auditors_is_extended_too(make_round: Callable[..., Path]) -> None:
    text = (make_round() / "plan.yaml").read_text(encoding="utf-8")
    plain = "\n".join(line for line in text.splitlines() if not line.startswith(("auditors", "double_rated"))) + "\n"
    folder = make_round(plain)
    sample = read_logged_sample(folder)
    review = sealed_review(sample.receipt, folder)
    done = extend_sample(sample, date=DAY, size=20, review=review)
    assert set(done.sample.cases["auditor"]) == {""}
    written(folder, done.sample)
    assert verify_round(folder) == []


def test_a_folder_serves_as_well_as_a_sample(folder: Path, sample: LoggedSample, review: PlannedReview) -> None:
    done = extend_sample(folder, date=DAY, size=20)
    assert done.sample.entries == extend_sample(sample, date=DAY, size=20, review=review).sample.entries
    case = ids(sample, SAMPLED)[0]
    assert replace_case(folder, case, reason=MISSING_FILE, date=DAY).auditors != ()
