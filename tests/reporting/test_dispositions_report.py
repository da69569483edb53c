"""What a report says of cases that were not rated, had to be read, or were chosen by hand."""

from __future__ import annotations

import dataclasses
import math

import pytest
from page_reader import Page

from audit_toolkit import terms
from audit_toolkit.improvement import Comparison, Round, compare_rounds, round_levels
from audit_toolkit.reporting import ReportTable, report_html, report_tables

# Every test compares whole rounds whose cases ended otherwise.
pytestmark = pytest.mark.slow

PURPOSES = tuple(purpose for purpose in terms.PURPOSES if purpose != terms.IMPROVEMENT)
NUMBERS = (
    "share",
    "earlier",
    "later",
    "change",
    "ci",
    "theta",
    "theta_ci",
    "p_two_sided",
    "p_adjusted",
    "detectable_true",
)


def named(tables: list[ReportTable]) -> dict[str, ReportTable]:
    return {table.name: table for table in tables}


def ended(round_: Round, *ends: str) -> Round:
    """Give the round with its first cases recorded as ended so, in strata of five cases and more."""
    cases = round_.cases.copy()
    large = cases.index[cases.groupby("stratum")["stratum"].transform("size") >= 5]
    cases.loc[large[: len(ends)], "draw_status"] = list(ends)
    return dataclasses.replace(round_, cases=cases)


def by_hand(round_: Round, purpose: str) -> Round:
    """Give the round as if its cases had been chosen by hand."""
    chosen = round_.cases.assign(draw_status=terms.CHOSEN, inclusion_probability=math.nan, design_weight=math.nan)
    receipt = dataclasses.replace(round_.receipt, population={}, allocation={}, seed="", purpose=purpose)
    plan = dataclasses.replace(round_.plan, purpose=purpose)
    return dataclasses.replace(round_, cases=round_.cases.iloc[:0], chosen=chosen, receipt=receipt, plan=plan)


def drawn_for(round_: Round, purpose: str) -> Round:
    return dataclasses.replace(round_, plan=dataclasses.replace(round_.plan, purpose=purpose))


def test_every_opened_case_is_accounted_for_and_small_reasons_are_not_told(comparison: Comparison) -> None:
    later = ended(comparison.later, *[terms.MISSING_FILE] * 2, terms.INELIGIBLE, terms.RESTRICTED)
    found = compare_rounds(comparison.earlier, later)
    table = named(report_tables(found))["dispositions"]
    assert [list(row.values()) for row in table.rows] == [
        [comparison.earlier.name, 60, 0, 0, 0, 0, 60],
        ["February 2010 review", 60, *["too few"] * 4, 56],
    ]
    text = Page(report_html(found)).text
    assert "How the opened cases ended" in text
    assert "Later round: Fewer than 6 of 60 opened cases could not be read: had all been good or better" in text
    assert "3 of 60 opened" not in text
    assert "3 of 60 opened cases could not be read" in found.summary()


def test_large_reasons_are_told_in_figures(comparison: Comparison) -> None:
    found = round_levels(ended(comparison.later, *[terms.MISSING_FILE] * 7, *[terms.INELIGIBLE] * 6))
    row = named(report_tables(found))["dispositions"].rows[0]
    assert list(row.values())[1:] == [60, 6, 7, 0, 0, 47]
    assert "7 of 60 opened cases could not be read" in Page(report_html(found)).text
    mixed = round_levels(ended(comparison.later, *[terms.MISSING_FILE] * 7, terms.INELIGIBLE))
    assert "6 or more of 60 opened cases could not be read" in Page(report_html(mixed)).text


def test_without_unread_cases_there_is_no_word_of_bounds(comparison: Comparison, page: str) -> None:
    assert "could not be read:" not in page
    one = ended(comparison.later, terms.INELIGIBLE)
    assert "could not be read:" not in Page(report_html(round_levels(one))).text


def test_bounds_that_include_no_change_are_said_and_leave_the_verdict(comparison: Comparison) -> None:
    later = ended(comparison.later, *[terms.NOT_RETURNED] * 20)
    found = compare_rounds(comparison.earlier, later)
    share = found.share("record_keeping")
    assert share.bounds is not None
    assert share.bounds.low < share.change.change < share.bounds.high
    assert share.bounds.includes_none
    assert "rests on unread cases being like those read" in Page(report_html(found)).text
    assert found.grades()[0].verdict == terms.IMPROVED
    frame = found.to_frame().set_index(["measure", "domain"])
    told = frame.loc[("record_keeping: good or better", "all cases"), "notes"]
    assert "Later round: 20 of 60 opened cases could not be read" in told


def test_the_figures_say_whom_they_speak_for(comparison: Comparison) -> None:
    later = comparison.later
    assert "The figures speak of the 696 eligible cases." in Page(report_html(round_levels(later))).text
    more = {**later.population, "North / closed": later.population["North / closed"] + 14}
    receipt = dataclasses.replace(later.receipt, population_all=more, stay_clear_of={"retrospective-2009": ["x"]})
    clear = Page(report_html(round_levels(dataclasses.replace(later, receipt=receipt)))).text
    assert "speak of the 696 eligible cases not audited in retrospective-2009, of 710 eligible." in clear
    few = {**later.population, "North / closed": later.population["North / closed"] + 2}
    receipt = dataclasses.replace(receipt, population_all=few)
    told = Page(report_html(round_levels(dataclasses.replace(later, receipt=receipt)))).text
    assert "speak of the eligible cases not audited in retrospective-2009: under 6 were left out." in told
    assert "of 698" not in told
    receipt = dataclasses.replace(
        later.receipt,
        unit="family_reference",
        reaudit={"round": "retrospective-2009", "seed": "1", "counts": {"North / closed": 18}},
    )
    units = Page(report_html(round_levels(dataclasses.replace(later, receipt=receipt)))).text
    assert "The unit is not a case but what shares one family_reference" in units
    assert (
        "18 of the 60 cases were drawn on purpose from retrospective-2009, to be audited again. For them a change "
        "measures whether actions on those files were done, not practice." in units
    )


def test_certainty_cases_stand_in_a_table_of_their_own(comparison: Comparison) -> None:
    later = comparison.later
    spare = later.cases.groupby("stratum").cumcount() >= 4
    certain = later.cases[spare][:12].assign(draw_status=terms.CERTAINTY)
    apart = dataclasses.replace(later, cases=later.cases.drop(index=certain.index), certainty=certain)
    found = compare_rounds(comparison.earlier, apart)
    table = named(report_tables(found))["certainty"]
    assert {row["n_later"] for row in table.rows} <= {12, 11, "too few"}
    assert not any("found_earlier" in row for row in table.rows)
    text = Page(report_html(found)).text
    assert "Cases read because they had to be" in text
    assert "Beside the sample, 12 cases were read because they had to be." in text
    assert "speak of the 696 eligible cases not on the must-audit list, of 708 eligible." in text
    outside = dataclasses.replace(apart, certainty=certain.assign(stratum=""))
    assert "speak of the 696 eligible cases." in Page(report_html(round_levels(outside))).text
    few = dataclasses.replace(apart, certainty=certain.iloc[:3])
    hidden = named(report_tables(round_levels(few)))["certainty"]
    assert {(row["n"], row["found"]) for row in hidden.rows} == {("too few", "too few")}
    assert "Beside the sample, under 6 cases" in Page(report_html(round_levels(few))).text
    assert "certainty" not in named(report_tables(comparison))


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("make", [by_hand, drawn_for])
def test_no_output_of_a_purposive_round_holds_an_estimate(comparison: Comparison, make, purpose: str) -> None:
    round_ = make(comparison.later, purpose)
    levels, found = round_levels(round_), compare_rounds(comparison.earlier, round_)
    for told in (levels, found):
        assert "%" not in told.summary()
        for table in report_tables(told):
            # How far the auditors of the other round agreed is that round's own.
            own = [row for row in table.rows if table.name != "agreement" or row["round"] == round_.name]
            held = [key for row in own for key in NUMBERS if row.get(key) not in (None, "")]
            assert held == [], table.name
            if table.name != "agreement":
                headings = " ".join(column.heading for column in table.columns)
                assert "interval" not in headings
    frame = found.to_frame()
    figures = ["earlier", "later", "change", "ci_low", "ci_high", "p_value", "p_adjusted", "detectable_true"]
    assert frame[figures].isna().all(axis=None)
    assert set(frame["verdict"]) <= {terms.CANNOT_TELL, ""}
    assert levels.to_frame()[["share", "ci_low", "ci_high", "none_good", "all_good"]].isna().all(axis=None)
    axes = found.plot().axes[0]
    assert [list(axes.lines), list(axes.collections)] == [[], []]
    assert "No verdict, counts only:" in found.summary()
    share = found.share("record_keeping")
    assert share.counts is not None
    assert f"Record keeping, Good or better: {share.counts[0]} of 60, then {share.counts[1]} of 60" in found.summary()
    page = Page(report_html(found))
    assert "svg" not in page.tags
    told = page.text[: page.text.index("How far two auditors agreed")]
    assert "%" not in told.replace("printf '%s,%s'", "")
    assert "95 %" not in told
    assert "The figures speak of the cases audited, and of no other." in told
    alone = Page(report_html(levels)).text
    assert "%" not in alone[: alone.index("How far two auditors agreed")].replace("printf '%s,%s'", "")


def test_a_hand_chosen_round_says_so(comparison: Comparison) -> None:
    text = Page(report_html(round_levels(by_hand(comparison.later, "thematic")))).text
    assert "60 cases chosen by hand" in text
    assert "Nothing was left to chance." in text
    assert not {"Seed", "seed", "%s,%s"} & set(text.split())
    assert "sha256sum" not in text
