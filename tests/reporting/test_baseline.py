"""The page of one round compared with none: where casework stands, and that it shows nothing more."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from page_reader import Page

from audit_toolkit import terms
from audit_toolkit.improvement import GRADE, SHARE, Comparison, Interval, Levels, Round, compare_rounds, round_levels
from audit_toolkit.reporting import ReportTable, report_html, report_tables, write_report
from audit_toolkit.reporting.disclosure import kept_back_counts

ASSESSMENT = "assessment_quality"


@pytest.fixture(scope="module")
def levels(comparison: Comparison) -> Levels:
    return round_levels(comparison.later)


def named(tables: list[ReportTable]) -> Mapping[str, ReportTable]:
    return {table.name: table for table in tables}


def planned(round_: Round, **plan: object) -> Round:
    return dataclasses.replace(round_, plan=dataclasses.replace(round_.plan, **plan))


def scored(round_: Round, bands: list[str]) -> Round:
    """Give the round with these grades on the first framework, the rest without one."""
    table = round_.scores[ASSESSMENT].table.copy()
    table["band"] = [*bands, *[""] * (len(table) - len(bands))]
    scores = {**round_.scores, ASSESSMENT: dataclasses.replace(round_.scores[ASSESSMENT], table=table)}
    return dataclasses.replace(round_, scores=scores)


def test_the_page_says_where_casework_stands_and_gives_no_verdict(levels: Levels) -> None:
    page = report_html(levels)
    text = Page(page).text
    assert "<title>February 2010 review: where casework stands</title>" in page
    assert "Made up. " in text
    share, grades = levels.of(SHARE)[0], levels.of(GRADE, ASSESSMENT)
    listed = ", ".join(f"{each.label} {100 * each.share:.0f} %" for each in grades)
    assert (
        f"Quality of assessment {100 * share.share:.0f} % good or better 95 % interval {100 * share.ci.low:.0f} to "
        f"{100 * share.ci.high:.0f} %; 60 cases scored. {listed}. "
        f"Two such rounds would notice a true rise of {100 * share.detectable:.0f} points 8 times in 10."
    ) in text
    assert "It cannot show whether casework has got better: that takes a second." in text
    assert not re.search(r"\b(improved|worsened|no worse|no change|verdict)\b", text.lower())
    assert "script" not in page
    assert report_html(levels) == page


def test_the_page_holds_no_case_id_and_every_table_is_beside_it(levels: Levels, tmp_path: Path) -> None:
    written = write_report(levels.round, tmp_path / "report.html")
    assert [path.stem for path in written[1:]] == [
        *(
            "shares",
            "grades_found",
            "limits",
            "criteria",
            "strata",
            "exclusions",
            "dispositions",
            "answers",
            "agreement",
        )
    ]
    whole = "\n".join(path.read_text(encoding="utf-8-sig") for path in written)
    tokens = set(re.findall(r"\w+", whole))
    assert tokens.isdisjoint(levels.round.cases.index)
    on_page = Page(written[0].read_text(encoding="utf-8")).tables
    for table in report_tables(levels):
        assert [[text for text, _ in row] for row in table.cells()] in [each[1:] for each in on_page]


def test_a_round_drawn_for_another_purpose_gives_counts(levels: Levels) -> None:
    found = round_levels(planned(levels.round, purpose="dip"))
    text = Page(report_html(found)).text
    told = text[: text.index("How the sample was drawn")]
    for share in levels.of(SHARE):
        counts = [each.count for each in levels.of(GRADE, share.framework)]
        hidden = kept_back_counts(counts)
        shown = ["too few" if index in hidden else str(count) for index, count in enumerate(counts)]
        listed = ", ".join(
            f"{label} {count}"
            for label, count in zip(levels.round.frameworks[share.framework].ratings, shown, strict=True)
        )
        assert f"{share.title} {share.count} of {share.n} good or better {listed}." in text
        rows = named(report_tables(found))["grades_found"].rows
        assert [str(row["found"]) for row in rows if row["framework"] == share.title] == shown
    assert "%" not in told
    tables = named(report_tables(found))
    assert list(tables["shares"].to_frame()) == ["framework", "counts", "n", "count"]


@pytest.mark.slow
def test_a_framework_with_five_scored_cases_shows_nothing(comparison: Comparison) -> None:
    few = scored(comparison.later, ["Good"] * 5)
    text = Page(report_html(round_levels(few))).text
    assert "Quality of assessment too few Too few cases to show figures." in text
    tables = named(report_tables(round_levels(few)))
    shares = tables["shares"].to_frame().set_index("framework")
    assert shares.loc["Quality of assessment", ["n", "share"]].tolist() == ["too few", ""]
    six = report_tables(round_levels(scored(comparison.later, ["Good"] * 6)))
    assert named(six)["shares"].to_frame()["n"][0] == "6"
    beside = named(report_tables(compare_rounds(comparison.earlier, few)))["grades_found"].to_frame()
    assert set(beside["found_later"][:4]) == set(beside["n_later"][:4]) == {"too few"}
    assert "too few" not in set(beside["found_earlier"])


def test_small_counts_of_limits_are_not_told(comparison: Comparison) -> None:
    name = "assessment_quality"
    later = comparison.later
    table = later.scores[name].table.copy()
    first, second, third = (f"{limit.criterion}: {limit.why}" for limit in later.frameworks[name].limits[:3])
    fired = [f"{first}; {second}"] * 5 + [f"{second}; {third}"] + [third] * 6
    table["limits_fired"] = [*fired, *[""] * (len(table) - len(fired))]
    scores = {**later.scores, name: dataclasses.replace(later.scores[name], table=table)}
    (limits,) = [
        each for each in report_tables(round_levels(dataclasses.replace(later, scores=scores))) if each.name == "limits"
    ]
    assert [row["fired"] for row in limits.rows[:4]] == ["under 6", 6, 7, 0]


@pytest.mark.slow
def test_both_rounds_stand_side_by_side_in_a_comparison(comparison: Comparison) -> None:
    tables = named(report_tables(comparison))
    assert list(tables["grades_found"].to_frame()) == [
        *("framework", "grade", "n_earlier", "found_earlier", "n_later", "found_later")
    ]
    assert list(tables["limits"].to_frame()) == ["framework", "limit", "allows", "fired_earlier", "fired_later"]
    shares = [float(value) for value in tables["grades_found"].to_frame()["found_later"][:4]]
    alone = named(report_tables(round_levels(comparison.later)))["grades_found"].to_frame()
    assert [repr(value) for value in shares] == list(alone["found"][:4])
    text = Page(report_html(comparison)).text
    assert text.index("The figures behind it") < text.index("Grades found") < text.index("Limits that fired")
    assert text.index("Limits that fired") < text.index("Change by criterion")


def test_a_limit_only_one_round_has_is_a_gap_in_the_other(comparison: Comparison) -> None:
    later = comparison.later
    framework = later.frameworks[ASSESSMENT]
    fewer = dataclasses.replace(framework, limits=framework.limits[1:])
    changed = dataclasses.replace(later, frameworks={**later.frameworks, ASSESSMENT: fewer})
    limits = named(report_tables(dataclasses.replace(comparison, later=changed)))["limits"].to_frame()
    gone = f"{framework.limits[0].criterion}: {framework.limits[0].why}"
    (row,) = limits[limits["limit"] == gone].to_dict("records")
    assert row["fired_later"] == ""
    assert row["fired_earlier"] != ""


def test_a_change_without_an_interval_says_why(comparison: Comparison) -> None:
    rows = list(comparison.rows)
    for index, row in enumerate(rows):
        if row.measure.id == "assessment_quality: good or better":
            nowhere = Interval(math.nan, math.nan)
            notes = ("Too few answers: no degree of freedom is left.",)
            change = dataclasses.replace(row.change, ci=nowhere, detectable_true=math.nan, notes=notes)
            rows[index] = dataclasses.replace(row, change=change)
    text = Page(report_html(dataclasses.replace(comparison, rows=tuple(rows)))).text
    assert "No interval for this share: too few answers: no degree of freedom is left." in text
    assert "could not have shown even the largest rise" not in text
    assert "With these cases, a true rise of 26 points would have been noticed 8 times in 10." in text


def test_the_purposes_are_all_known(levels: Levels) -> None:
    assert [
        purpose for purpose in terms.PURPOSES if round_levels(planned(levels.round, purpose=purpose)).estimated
    ] == [terms.IMPROVEMENT]
