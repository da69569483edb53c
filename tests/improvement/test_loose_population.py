"""How many cases each stratum stands for: the four ways to say it, and what is refused of each."""

from __future__ import annotations

import pandas as pd
import pytest

from audit_toolkit.files import table_from_frame
from audit_toolkit.improvement.rounds.loose_population import PopulationAsked, read_counts, stratum_labels

ROWS = {"team": ["N", "N", "S"], "kind": ["x", "x", "y"], "held": ["40", "40", "12.0"], "weight": ["20", "20.0", "12"]}
FILE = "team,kind,cases\nN,x,40\nS,y,12\n"


def counts(asked: PopulationAsked, columns=("team",), **changed: list[str]):
    table = table_from_frame(pd.DataFrame({**ROWS, **changed}), "file.csv")
    return read_counts(table, stratum_labels(table, columns), columns, asked)


def told(asked: PopulationAsked, columns=("team",), **changed: list[str]) -> list[str]:
    return [str(each) for each in counts(asked, columns, **changed)[1]]


def test_a_column_a_file_a_number_and_weights_say_the_same(tmp_path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(FILE)
    (tmp_path / "more.csv").write_text("team,cases,open\nN,40,3\nS,12,4\n")
    expected = {"N": 40, "S": 12}
    column, problems = counts(PopulationAsked("held"))
    assert (dict(column.population), column.source, problems) == (expected, 'column "held"', [])
    weights, problems = counts(PopulationAsked(weight="weight"))
    assert (dict(weights.population), weights.source, problems) == (
        expected,
        'sums of the weights in column "weight"',
        [],
    )
    file, problems = counts(PopulationAsked(str(path)), ("team", "kind"))
    assert (dict(file.population), file.source, problems) == (
        {"N / x": 40, "S / y": 12},
        'cases.csv, column "cases"',
        [],
    )
    named, problems = counts(PopulationAsked(str(tmp_path / "more.csv"), count="cases"))
    assert (dict(named.population), problems) == (expected, [])
    number, problems = counts(PopulationAsked("52"), ())
    assert (dict(number.population), number.source, problems) == ({"all cases": 52}, "52, as given", [])


def test_weights_of_a_sample_of_part_cases_need_not_come_to_a_whole_number() -> None:
    found, problems = counts(PopulationAsked(weight="weight"), weight=["4.17", "4.17", "2"])
    assert problems == []
    assert found.population == {"N": 8.34, "S": 2}


@pytest.mark.parametrize(
    ("asked", "columns", "lines"),
    [
        (
            PopulationAsked(),
            ("team",),
            [
                "file.csv: nothing says how many cases each stratum has. Name a column of counts, a file of counts, "
                "or the number of cases (--population); or a column of weights (--weight)."
            ],
        ),
        (
            PopulationAsked("50"),
            ("team",),
            [
                "file.csv: one population, 50, is given for 2 strata. "
                "Name a column or a file that has the count of each."
            ],
        ),
        (
            PopulationAsked("helt"),
            ("team",),
            [
                'file.csv, row 1: there is no column "helt" for the population. Did you mean "held"? '
                "Or give a file (.csv, .xlsx) or a whole number."
            ],
        ),
        (
            PopulationAsked("cases.csv"),
            (),
            [
                "cases.csv: without strata a file of counts cannot be matched. "
                "Give the number itself, or name the columns of the strata."
            ],
        ),
    ],
)
def test_what_is_not_said_is_refused(asked, columns, lines) -> None:
    assert told(asked, columns) == lines


def test_counts_that_differ_or_are_none_are_told_by_row() -> None:
    mend = "Give every row the number of its stratum."
    assert told(PopulationAsked("held"), held=["40", "41", "12.5"]) == [
        'file.csv, row 3, column C "held": stratum "N" has 40 in row 2 and 41 here. '
        "Within a stratum it must be one and the same.",
        f'file.csv, row 4, column C "held": 12.5 is not a whole number of cases. {mend}',
    ]
    assert told(PopulationAsked(weight="weight"), weight=["", "-3", "0"]) == [
        f'file.csv, row 2, column D "weight": the cell is empty, and a design weight must stand here. {mend}',
        f'file.csv, row 3, column D "weight": -3 is not a design weight. {mend}',
        f'file.csv, row 4, column D "weight": 0 is not a design weight. {mend}',
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("team,cases\nN,40\n", ['file.csv, row 4: stratum "S" is not in cases.csv. Use one of: N.']),
        (
            "team,cases\nN,forty\nS,\n",
            [
                'cases.csv, row 2, column B "cases": "forty" is not a whole number of cases. Give how many there are.',
                'cases.csv, row 3, column B "cases": "" is not a whole number of cases. Give how many there are.',
            ],
        ),
        (
            "team,cases\nN,40\nN,12\n",
            ['cases.csv, row 3: stratum "N" stands again, first in row 2. Give every stratum once.'],
        ),
        (
            "team,cases,open\nN,40,3\n",
            [
                "cases.csv: which column has the number of cases is not said: cases, open could hold it. "
                "Name it: --population-count."
            ],
        ),
        (
            "team\nN\nS\n",
            [
                "cases.csv: which column has the number of cases is not said: there is no column beside the strata. "
                "Add a column with the number of cases."
            ],
        ),
    ],
)
def test_a_file_of_counts_that_does_not_fit_is_told(tmp_path, text, lines) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(text)
    assert told(PopulationAsked(str(path))) == lines


def test_a_file_of_counts_without_the_strata_is_told_with_the_rest(tmp_path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("teams,cases\nN,40\n")
    assert told(PopulationAsked(str(path))) == ['cases.csv, row 1: there is no column "team". Did you mean "teams"?']
