"""Small numbers: kept back below six, with what would give them away."""

from __future__ import annotations

import dataclasses

import pytest
from page_reader import Page

from audit_toolkit.improvement import ALL_CASES, Comparison, MeasuredChange
from audit_toolkit.reporting import kept_back, report_html, report_tables
from audit_toolkit.reporting.account import exclusions_table, strata_table
from audit_toolkit.reporting.disclosure import kept_back_counts, kept_back_reasons
from audit_toolkit.reporting.sides import sides_of


def rows_of(comparison: Comparison, **sizes: tuple[int, int]) -> list[MeasuredChange]:
    """Give rows of one measure's subgroups with these numbers of answers."""
    row = comparison.domains()[0]
    return [
        dataclasses.replace(
            row, domain=f"area: {name}", change=dataclasses.replace(row.change, n_earlier=size[0], n_later=size[1])
        )
        for name, size in sizes.items()
    ]


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"A": (6, 6), "B": (20, 20)}, set()),
        ({"A": (5, 20), "B": (9, 9), "C": (7, 30)}, {0, 2}),
        ({"A": (20, 0), "B": (9, 9), "C": (8, 8)}, {0, 2}),
        ({"A": (2, 2), "B": (3, 3), "C": (9, 9), "D": (30, 30)}, {0, 1, 2}),
        ({"A": (4, 4), "B": (3, 3), "C": (9, 9), "D": (30, 30)}, {0, 1}),
        ({"A": (5, 5)}, {0}),
    ],
)
def test_a_second_subgroup_is_kept_back_where_the_total_gives_the_first_away(
    comparison: Comparison, sizes: dict[str, tuple[int, int]], hidden: set[int]
) -> None:
    assert kept_back(rows_of(comparison, **sizes)) == hidden


def test_rows_about_all_cases_give_nothing_away_of_each_other(comparison: Comparison) -> None:
    rows = [dataclasses.replace(row, domain=ALL_CASES) for row in rows_of(comparison, A=(3, 3), B=(9, 9))]
    assert kept_back(rows) == {0}


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([6, 10, 0], set()),
        ([3, 10, 20], {0, 1}),
        ([1, 2, 20, 9], {0, 1, 3}),
        ([4, 5, 20], {0, 1}),
        ([0, 0, 5], {2}),
    ],
)
def test_counts_of_children_are_kept_back_and_none_is_shown_as_0(counts: list[int], hidden: set[int]) -> None:
    assert kept_back_counts(counts) == hidden


def test_kept_back_figures_stand_nowhere_on_the_page_or_in_the_csv(comparison: Comparison) -> None:
    secret = 0.123456789
    rows = list(comparison.rows)
    chosen = [index for index, row in enumerate(rows) if row.measure.id in ("AQ02",) or row.domain == "area: East"]
    for index in chosen:
        change = dataclasses.replace(rows[index].change, n_later=5, later=secret, change=secret)
        rows[index] = dataclasses.replace(rows[index], change=change)
    small = dataclasses.replace(comparison, rows=tuple(rows))
    for table in report_tables(small):
        assert "0.123456789" not in table.to_frame().to_csv()
    table = next(table for table in report_tables(small) if table.name == "criteria").to_frame()
    (row,) = table[table["criterion_id"] == "AQ02"].to_dict("records")
    assert {row[key] for key in ("n_earlier", "n_later", "verdict")} == {"too few"}
    assert {row[key] for key in ("earlier", "later", "change", "ci_low", "ci_high", "p_adjusted")} == {""}


@pytest.mark.slow
def test_a_framework_answered_by_too_few_shows_no_figures_anywhere(comparison: Comparison) -> None:
    rows = list(comparison.rows)
    for index, row in enumerate(rows):
        if row.measure.framework == "record_keeping":
            rows[index] = dataclasses.replace(row, change=dataclasses.replace(row.change, n_later=4, later=0.9876))
    small = dataclasses.replace(comparison, rows=tuple(rows))
    page = report_html(small)
    assert "Record keeping too few Too few cases to show figures." in Page(page).text
    assert "99 %" not in page
    tables = {table.name: table.to_frame() for table in report_tables(small)}
    assert tables["shares"].set_index("framework").loc["Record keeping", "later"] == ""
    assert tables["grades"].set_index("framework").loc["Record keeping", "n_later"] == "too few"


def test_small_strata_and_small_reasons_are_kept_back(comparison: Comparison) -> None:
    later = comparison.later
    labels = list(later.population)
    population = {**later.population, labels[0]: 3}
    exclusions = (("restricted file", 2), ("no initial assessment", 46), ("referred outside the window", 34))
    receipt = dataclasses.replace(later.receipt, population=population, exclusions=exclusions)
    small = dataclasses.replace(comparison, later=dataclasses.replace(later, receipt=receipt))
    sides = sides_of(small)
    strata = strata_table(sides).to_frame().set_index("stratum")
    assert (strata["population_later"] == "too few").sum() == 2
    assert strata.loc[labels[0], ["population_later", "drawn_later"]].tolist() == ["too few", "too few"]
    assert strata.loc["all", "population_later"] == str(sum(population.values()))
    assert (strata["population_earlier"] != "too few").all()
    reasons = exclusions_table(sides).to_frame()
    mine = reasons[reasons["round"] == later.name].set_index("reason")["cases"]
    assert mine["restricted file"] == mine["referred outside the window"] == "too few"
    assert mine["no initial assessment"] == "46"
    assert strata_table(sides).notes[0].startswith("Counts of 1 to 5 children are kept back")


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([0, 0, 0, 0], set()),
        ([6, 0, 9, 0], set()),
        ([5, 0, 0, 0], {0, 1, 2, 3}),
        ([0, 2, 0, 1], {0, 1, 2, 3}),
        ([12, 0, 3, 0], {0, 1, 2, 3}),
        ([12, 4, 3, 0], {1, 2, 3}),
        ([12, 9, 7, 4], {2, 3}),
    ],
)
def test_reasons_are_kept_back_so_that_the_total_does_not_say_which(counts: list[int], hidden: set[int]) -> None:
    assert kept_back_reasons(counts) == hidden
