"""The timeliness of a whole register: the same, case by case, as of a sample, and for a census the same figure."""

from __future__ import annotations

import datetime
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import audit_toolkit as at
from audit_toolkit.errors import AuditError, FrameworkError, RatingError
from audit_toolkit.scoring import Framework, load_timescales, register_timeliness, score_cases, timeliness_state
from audit_toolkit.scoring.judged_dates import STATES, judge_dates

SNAPSHOT = datetime.date(2010, 1, 31)
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
STEP = {"limit": "initial_assessment", "start": "referral_date", "end": "authorised_date"}


def register(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["case_id", "area", "referral_date", "authorised_date"], dtype=object)


# A referral of 18 January 2010 runs out on the 27th (7 working days), one of the 21st on 1 February.
MADE = register(
    ("01", "North", "2010-01-18", "27/01/2010"),
    ("02", "North", "2010-01-18", "2010-01-28"),
    ("03", "South", "2010-01-18", ""),
    ("04", "South", "2010-01-21", "2010-01-22"),
    ("05", "South", "2010-01-21", ""),
    ("06", "South", "", "2010-01-22"),
    ("07", "", "N/A", ""),
    ("08", "South", "2010-01-18", "2010-01-17"),
    ("09", "South", "13/14/2010", ""),
    ("10", "South", "2005-01-18", ""),
    ("11", "South", "2010-01-18", "soon"),
    ("12", "South", "2010-01-18", "N/A"),
    ("13", "South", "N/A", "2010-01-18"),
)


def test_every_state_is_counted_and_what_contradicts_itself_is_told() -> None:
    found = register_timeliness(MADE, **STEP, by="area", as_of=SNAPSHOT)
    assert found.states("initial_assessment").tolist() == [
        *("met", "not met", "not met", "pending", "pending", "missing date", "N/A"),
        *["not counted"] * 6,
    ]
    columns = ["group", "cases", "met", "not_met", "pending", "missing_date", "not_applicable", "not_counted"]
    assert found.counts[columns].to_numpy().tolist() == [
        ["all cases", 13, 1, 2, 2, 1, 1, 6],
        ["", 1, 0, 0, 0, 0, 1, 0],
        ["North", 2, 1, 1, 0, 0, 0, 0],
        ["South", 10, 0, 1, 2, 1, 0, 6],
    ]
    assert found.counts["share_met"].tolist() == pytest.approx([1 / 3, np.nan, 1 / 2, 0], nan_ok=True)
    assert found.notes == (
        "initial_assessment: 1 case not counted, because referral_date is not a date (09).",
        "initial_assessment: 1 case not counted, because authorised_date is not a date (11).",
        "initial_assessment: 1 case not counted, because authorised_date is before referral_date (08).",
        "initial_assessment: 1 case not counted, because authorised_date is N/A although referral_date is a date (12).",
        "initial_assessment: 1 case not counted, because authorised_date is a date although referral_date is N/A (13).",
        "initial_assessment: 1 case not counted, because no row of the limit initial_assessment held on"
        " referral_date (10).",
        "initial_assessment: referral_date is empty in 1 case: the step was not begun, or its date was not recorded."
        " The register does not say which; they are in no share.",
    )
    assert str(found).splitlines()[:2] == [
        "DataFrame: 13 cases, complete count on 2010-01-31",
        "initial_assessment: 33.3 % met, of 3 whose limit has passed",
    ]
    assert found.to_dict()["counts"][1]["share_met"] is None  # nothing has passed where the area is empty


def test_without_a_day_of_reading_what_is_done_is_judged_and_the_reader_is_warned() -> None:
    found = register_timeliness(MADE[:5], **STEP)
    assert found.states("initial_assessment").tolist() == ["met", "not met", "pending", "met", "pending"]
    assert found.notes == (
        "No day of reading was given: steps not yet done count as pending, however late they are, and the share met"
        " is too high.",
    )


def test_the_worst_overdue_stand_first_and_those_not_done_run_to_the_day_of_reading() -> None:
    late = register_timeliness(MADE, **STEP, as_of=SNAPSHOT).overdue()
    assert late.to_dict("records") == [
        {
            "question": "initial_assessment",
            "case_id": "03",
            "start": "2010-01-18",
            "due": "2010-01-27",
            "end": "",
            "days_late": 4,
        },
        {
            "question": "initial_assessment",
            "case_id": "02",
            "start": "2010-01-18",
            "due": "2010-01-27",
            "end": "2010-01-28",
            "days_late": 1,
        },
    ]
    assert register_timeliness(MADE[:1], **STEP, as_of=SNAPSHOT).overdue().empty


CELLS = st.one_of(
    st.dates(datetime.date(2006, 1, 1), datetime.date(2014, 12, 31)).map(datetime.date.isoformat),
    st.dates(datetime.date(2009, 12, 1), datetime.date(2010, 4, 30)).map(lambda day: f"{day:%d/%m/%Y}"),
    st.sampled_from(["", "N/A", "31/02/2010", "2010-01-18"]),
)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12),
    st.sampled_from(["initial_assessment", "core_assessment", "looked_after_first_review", "pathway_plan_review"]),
    st.one_of(st.none(), st.dates(datetime.date(2009, 1, 1), datetime.date(2014, 12, 31))),
)
def test_many_steps_are_judged_as_each_one_is(
    pairs: list[tuple[str, str]], limit: str, as_of: datetime.date | None
) -> None:
    starts, ends = (pd.Series([pair[side] for pair in pairs], name=f"side {side}", dtype=object) for side in (0, 1))
    judged = judge_dates(starts, ends, limit, as_of, load_timescales())
    for place, (start, end) in enumerate(pairs):
        try:
            expected = timeliness_state(start, end, limit, as_of)
        except RatingError:
            expected = "not counted"
        assert STATES[judged.states[place]] == expected, (start, end, limit, as_of)


def test_a_register_of_200_000_cases_is_counted_in_a_moment() -> None:
    rng = np.random.default_rng(1)
    start = np.datetime64("2009-04-01") + rng.integers(0, 600, 200_000)
    end = (start + rng.integers(0, 30, 200_000)).astype(str).astype(object)
    end[rng.random(200_000) < 0.1] = ""
    cells = [pd.Series(each, dtype=object) for each in (start.astype(str), end)]
    before = time.process_time()
    judged = judge_dates(*cells, "initial_assessment", datetime.date(2010, 12, 31), load_timescales())
    # Judged one by one they take some 20 seconds; here it is half a second on a slow machine.
    assert time.process_time() - before < 5
    assert len(judged.states) == 200_000


def test_a_census_sample_gives_the_figure_of_the_register(
    make_framework: Callable[[str], Framework],
) -> None:
    """Every eligible case drawn, with the dates the register knows: the same states, and no sampling error."""
    cases = at.register_timeliness(SAMPLES / "february-2010", framework="assessment_quality")
    read = at.read_register(
        SAMPLES / "register_2010-01-31.csv", columns={"case_id": "Child reference", "referral_date": "Referral date"}
    ).cases.set_index("case_id")
    framework = make_framework(
        'framework: dates\nversion: "1"\ntitle: Dates\nratings: [Good, Poor]\n'
        "earns: {Good: 1, Poor: 0, met: 1, not met: 0}\nbands: {Good: 50, Poor: 0}\ncriteria:\n"
        "  - {id: AQ01, ask: In time?, response: timeliness, from: referral_date, to: authorised_date,"
        " limit: initial_assessment}\n"
    )
    rows = []
    for case in cases.cases:
        rows.append((case, "referral_date", read.loc[case, "referral_date"]))
        rows.append((case, "authorised_date", read.loc[case, "Initial assessment authorised"]))
    facts = pd.DataFrame(rows, columns=["case_id", "fact", "value"])
    blank = pd.DataFrame([(case, "AQ01", "") for case in cases.cases], columns=["case_id", "criterion_id", "rating"])
    sample = pd.DataFrame({"case_id": cases.cases, "draw_status": "sampled", "auditor": "a", "second_auditor": ""})
    scores = score_cases(blank.assign(auditor="a"), framework, facts=facts, as_of=SNAPSHOT, sample=sample)
    states = scores.answers["AQ01"]
    assert states.to_dict() == cases.states("AQ01").to_dict()
    outcomes = states[states.isin(["met", "not met"])].eq("met").astype(float)
    estimate = at.estimate_share(outcomes, pd.Series("all", index=outcomes.index), {"all": len(outcomes)})
    whole = cases.counts.set_index(["question", "group"]).loc[("AQ01", "all cases"), "share_met"]
    assert estimate.value == pytest.approx(whole, abs=1e-12)
    assert estimate.standard_error == 0


def test_a_round_is_counted_as_its_plan_says() -> None:
    found = register_timeliness(SAMPLES / "february-2010", by="area")
    assert [each.id for each in found.questions] == ["AQ01", "AQ13", "MO01", "MO03", "MO13"]
    assert (found.name, found.as_of) == ("February 2010 review", SNAPSHOT)
    receipt, _ = at.read_receipt(SAMPLES / "february-2010" / "receipt.json")
    assert len(found.cases) == sum(receipt.population.values())
    by_plan = register_timeliness(SAMPLES / "february-2010" / "plan.yaml", by="area")
    assert by_plan.counts.equals(found.counts)
    table = found.counts[found.counts["question"] == "AQ01"].set_index("group")
    assert set(table.index) == {"all cases", "East", "North", "South"}
    assert table["met"].sum() == 2 * table.loc["all cases", "met"]
    strata = register_timeliness(SAMPLES / "february-2010", framework="managerial_oversight", by="stratum").counts
    groups = strata[(strata["question"] == "MO01") & (strata["group"] != "all cases")].set_index("group")["cases"]
    assert groups.to_dict() == dict(receipt.population)


def test_cases_left_out_of_a_draw_are_counted_all_the_same(tmp_path: Path) -> None:
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, tmp_path)
    folder = tmp_path / "round"
    folder.mkdir()
    plan = (SAMPLES / "february-2010" / "plan.yaml").read_text(encoding="utf-8")
    (tmp_path / "audited.csv").write_text("case_id,audited_on\n0142787,2009-12-01\n", encoding="utf-8")
    (folder / "plan.yaml").write_text(plan + "stay_clear_of: [../audited.csv]\n", encoding="utf-8")
    drawn = at.plan_review(folder).frame
    assert len(register_timeliness(folder).cases) == len(drawn) + 1


def test_the_limits_of_a_plan_judge_its_register(tmp_path: Path) -> None:
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, tmp_path)
    folder = tmp_path / "round"
    folder.mkdir()
    plan = (SAMPLES / "february-2010" / "plan.yaml").read_text(encoding="utf-8")
    (folder / "plan.yaml").write_text(plan + "timescales: ours.yaml\n", encoding="utf-8")
    rows = "{start: 2006-04-01, days: 5, unit: working days, source: Ours}"
    text = f'timescales: ours\nversion: "1"\nlimits:\n  allocation:\n    rows:\n      - {rows}\n'
    (folder / "ours.yaml").write_text(text, encoding="utf-8")
    ours = register_timeliness(folder).counts.set_index("question")["met"]
    shipped = register_timeliness(SAMPLES / "february-2010").counts.set_index("question")["met"]
    assert ours["MO01"] > shipped["MO01"]
    assert ours["AQ01"] == shipped["AQ01"]
    text = text.replace("limits:", "weekend_start: after\nlimits:")
    (folder / "ours.yaml").write_text(text, encoding="utf-8")
    assert register_timeliness(folder).counts.set_index("question").loc["AQ01", "met"] > shipped["AQ01"]
    with pytest.raises(RatingError) as refused:
        register_timeliness(folder, timescales=load_timescales())
    assert str(refused.value) == (
        "round: the round has a plan, which names its time limits. Leave timescales out, or write it in the plan."
    )


def test_questions_the_register_has_no_dates_for_are_named() -> None:
    frame = MADE.rename(columns={"authorised_date": "initial_assessment_authorised_date"})
    found = register_timeliness(frame, framework="assessment_quality", as_of=SNAPSHOT)
    assert [each.id for each in found.questions] == ["AQ01"]
    assert found.notes[0] == (
        "AQ13 is not counted: the register has no core_assessment_start_date and no core_assessment_authorised_date."
    )


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            {},
            "no framework with a timeliness criterion is given. Name a framework, or a limit with the two columns of"
            " its step.",
        ),
        (
            {"limit": "initial_assessment", "start": "referral_date"},
            "a limit, the column that begins the step and the one that ends it belong together."
            " Give all three, or a framework.",
        ),
        (
            {**STEP, "framework": "assessment_quality"},
            "a framework and a limit of its own are both given. Give one of them.",
        ),
        (
            {**STEP, "limit": "initial_asessment"},
            'the limit initial_asessment is not in the timescales. Did you mean "initial_assessment"?',
        ),
        (
            {**STEP, "end": "referral_date"},
            "the step begins and ends with referral_date. Name the column that ends it.",
        ),
        (
            {**STEP, "end": "authorized_date", "by": "areas"},
            'DataFrame: there is no column "areas". Did you mean "area"?\n'
            'DataFrame: there is no column "authorized_date". Did you mean "authorised_date"?',
        ),
        (
            {"framework": "managerial_oversight"},
            "the register has the dates of none of the questions. Name its columns so, under columns in the plan or"
            " with --column: referral_decision_date, allocation_date, referral_date, strategy_discussion_date,"
            " conference_date.",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(asked: dict[str, str], text: str) -> None:
    with pytest.raises(AuditError) as refused:
        register_timeliness(MADE, **asked, as_of=SNAPSHOT)
    assert str(refused.value) == text
    assert isinstance(refused.value, RatingError | FrameworkError)
