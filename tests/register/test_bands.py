"""Bands: as published, as R has them, exact, ties together, and read back from the plan as they were given."""

from __future__ import annotations

import datetime
import itertools
import json
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from audit_toolkit.errors import RegisterError
from audit_toolkit.files import parse_yaml, table_from_frame
from audit_toolkit.register import Bands, build_frame, parse_strata, read_register, suggest_bands

REFERENCE = json.loads((Path(__file__).resolve().parent.parent / "reference" / "bands.json").read_text())
# Cochran (1977), Sampling Techniques, 3rd edition, section 5A.7: 13,435 United States banks by the percentage of
# their loans that is industrial, in classes of 5 points; his five strata end at 5, 15, 25 and 45 per cent.
BANKS = [3464, 2516, 2157, 1581, 1142, 746, 512, 376, 265, 207, 126, 107, 82, 50, 39, 25, 16, 19, 2, 3]


def refusal(values: object, count: object = 3, **options: object) -> str:
    with pytest.raises(RegisterError) as refused:
        suggest_bands(values, count, **options)
    return str(refused.value)


def strata_of(found: Bands) -> list[dict[str, object]]:
    """Read the strata of a plan that holds nothing but the bands."""
    entries: list[dict[str, object]] = parse_yaml(found.to_yaml(), "plan.yaml").data["strata"]
    return entries


def banded(values: list[object], count: int, **options: object) -> Bands:
    return suggest_bands(pd.Series(values, name="age", dtype=object), count, **options)


def test_a_skewed_column_says_why_it_has_fewer_bands() -> None:
    found = suggest_bands(pd.Series([*range(1, 200), 100000]), 5, method="dalenius-hodges")
    assert found.notes == (
        "2 of 5 bands: a few values lie so far out that most cases fall into one class of equal width; "
        "quantiles split them.",
    )


def test_the_published_example_of_dalenius_and_hodges() -> None:
    assert sum(BANKS) == 13435
    loans = [Decimal("2.5") + 5 * position for position, banks in enumerate(BANKS) for _ in range(banks)]
    found = banded(loans, 5, method="dalenius-hodges", classes=20)
    assert list(found.bands.values()) == [0, Decimal("7.5"), Decimal("17.5"), Decimal("27.5"), Decimal("47.5")]
    assert list(found.counts.values()) == [3464, 4673, 2723, 1899, 676]


@pytest.mark.parametrize(
    "case", REFERENCE["cases"], ids=lambda case: f"{case['data']}-{case['bands']}-{case['classes']}"
)
def test_r_has_the_same_bands(case: dict[str, object]) -> None:
    values = [Decimal(str(value)) for value in REFERENCE["data"][case["data"]]]
    found = banded(values, case["bands"], method="dalenius-hodges", classes=case["classes"])
    assert [float(low) for low in found.bands.values()][1:] == case["lowest"]
    assert list(found.counts.values()) == case["cases"]


def test_quantiles_come_as_near_equal_parts_as_ties_allow() -> None:
    rng = random.Random("quantile")
    for _ in range(300):
        values = [rng.randint(0, rng.choice([5, 40, 4000])) for _ in range(rng.randint(2, 60))]
        count = rng.randint(2, 6)
        found = banded(values, count)
        lows = list(found.bands.values())
        assert sum(found.counts.values()) == len(values)
        assert min(found.counts.values()) > 0
        # Every boundary is that of the possible ones nearest to an equal part, and every part has its nearest.
        edges = {low: sum(value < low for value in values) for low in sorted(set(values))[1:]}
        nearest = set()
        for part in range(1, count):
            goal = Fraction(len(values) * part, count)
            if edges:
                nearest.add(min(edges, key=lambda low, goal=goal: (abs(edges[low] - goal), low)))
        assert lows[1:] == sorted(nearest)


@pytest.mark.parametrize("method", ["quantile", "dalenius-hodges"])
def test_the_plan_reads_the_bands_back_and_each_case_falls_where_it_was_counted(method: str) -> None:
    rng = random.Random(f"back {method}")
    for number in range(40):
        ages = [f"{rng.randint(-3 if number % 5 == 0 else 0, 900) / 4:.2f}" for _ in range(40)]
        found = banded(ages, 4, method=method)
        columns, problems = parse_strata(strata_of(found), "plan.yaml")
        assert not problems
        assert columns == (found.stratum_column(),)
        assert Counter(columns[0].label(age) for age in ages) == found.counts


def test_whole_numbers_and_others_are_named_as_people_say_them() -> None:
    assert banded([0, 1, 4, 5, 9, 10, 17, 17], 4).to_yaml() == (
        "strata:\n  - name: age\n    column: age\n    bands: {under 4: 0, 4 to 8: 4, 9 to 16: 9, 17 and over: 17}\n"
    )
    assert list(banded([1, 2, 3], 3).bands) == ["under 2", "2", "3 and over"]
    assert banded(["0.5", "2.25", "7"], 3).to_yaml() == (
        "strata:\n  - name: age\n    column: age\n    bands: {under 2.25: 0, 2.25 to under 7: 2.25, 7 and over: 7}\n"
    )
    assert (
        banded([-4, -2, 0, 3], 2).to_yaml()
        == "strata:\n  - name: age\n    column: age\n    bands: {under 0: -4, 0 and over: 0}\n"
    )
    odd = suggest_bands(pd.DataFrame({"Age: years": ["1", "30"]}), 2, column="Age: years")
    assert odd.to_yaml().splitlines()[1:3] == ['  - name: "Age: years"', '    column: "Age: years"']


@pytest.mark.parametrize(
    "name", ["Age: years", "yes", "no 5", "#", "- a", "naïve", "a'b", 'a"b', "null", "12", "5 to 9", "a\\b"]
)
def test_any_heading_is_read_back_as_it_is(name: str) -> None:
    found = suggest_bands(pd.DataFrame({name: ["1", "30"]}), 2, column=name)
    entries = strata_of(found)
    assert entries[0]["column"] == entries[0]["name"] == name


def test_equal_numbers_are_one_value_however_they_are_written() -> None:
    for order in itertools.permutations(["5", "5.0", "05", "+5.00"]):
        found = banded(["1", *order, "9"], 3)
        assert list(found.bands) == ["under 5", "5 to 8", "9 and over"]
        assert list(found.counts.values()) == [1, 4, 1]
    long = "0.1234567890123456789012345678"
    assert banded(["0", long], 2).bands == {f"under {long}": 0, f"{long} and over": Decimal(long)}


def test_ties_are_never_split_and_fewer_bands_are_said() -> None:
    found = banded([0] * 90 + [1, 2, 3], 4)
    assert found.counts == {"under 1": 90, "1 and over": 3}
    assert found.notes == ("2 of 4 bands: equal values are never split, and 0 is the value of 90 of 93 cases.",)
    alike = banded([7, 7, 7], 2, method="dalenius-hodges")
    assert alike.counts == {"0 and over": 3}
    assert str(alike) == (
        "1 band of age, 3 cases\n0 and over: 3\n"
        "1 of 2 bands: equal values are never split, and 7 is the value of 3 of 3 cases."
    )


def test_a_first_band_below_nothing_starts_at_nothing() -> None:
    assert banded([3, 4, 8, 9], 2).bands == {"under 8": 0, "8 and over": 8}
    assert banded([3, 4, 8, 9], 2).notes == ()
    assert banded([-3, 4, 8, 9], 2).notes == (
        "The first band starts at -3: a smaller number in another round would find no band.",
    )


def test_dates_of_birth_are_banded_by_age() -> None:
    born = pd.Series(["2009-01-01", "01/02/2005", "31/01/2005", "2000-05-05", "1993-01-31"], name="born")
    found = suggest_bands(born, 3, age_on=datetime.date(2010, 1, 31))
    # Ages 1, 4 (five tomorrow), 5, 9 and 17.
    assert found.counts == {"under 5": 2, "5 to 8": 1, "9 and over": 2}
    assert found.to_yaml().endswith("    age_on: 2010-01-31\n")
    columns, problems = parse_strata(strata_of(found), "plan.yaml")
    assert not problems
    assert Counter(columns[0].label(cell) for cell in born) == found.counts


def test_a_register_a_table_a_frame_and_a_series_say_the_same() -> None:
    cases = pd.DataFrame({"case_id": [f"00{number}" for number in range(6)], "age": ["1", "2", "5", "9", "12", "15"]})
    register = read_register(cases)
    frame = build_frame(cases, strata="age")
    wanted = suggest_bands(cases["age"], 3)
    assert suggest_bands(register, 3, column="age") == wanted
    assert suggest_bands(table_from_frame(cases), 3, column="age") == wanted
    assert suggest_bands(frame.cases, 3, column="age") == wanted
    assert suggest_bands(cases["age"].astype(int), 3) == wanted
    strata = build_frame(cases, strata=[wanted.stratum_column()])
    assert strata.population == wanted.counts


def test_every_cell_that_is_no_number_is_named_by_its_row(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text("case_id,age\n001,5\n002,\n003,five\n004,1e3\n005,7\n", encoding="utf-8")
    assert refusal(read_register(file), column="age") == (
        'register.csv, row 3 (case 002), column B "age": the cell is empty. '
        "Correct it, or exclude such cases by a rule. A number is written 12 or 12.5.\n"
        'register.csv, row 4 (case 003), column B "age": "five" is not a number. '
        "Correct it, or exclude such cases by a rule. A number is written 12 or 12.5.\n"
        'register.csv, row 5 (case 004), column B "age": "1e3" is not a number. '
        "Correct it, or exclude such cases by a rule. A number is written 12 or 12.5."
    )
    assert refusal(pd.Series([1.5, None], name="weeks")) == (
        'Series, row 3, column A "weeks": the cell is empty. '
        "Correct it, or exclude such cases by a rule. A number is written 12 or 12.5."
    )
    assert refusal(pd.Series(["2005-13-01"], name="born"), age_on=datetime.date(2010, 1, 31)) == (
        'Series, row 2, column A "born": "2005-13-01" is not a date. '
        "Correct it, or exclude such cases by a rule. A date is written 2005-01-31 or 31/01/2005."
    )


@pytest.mark.parametrize(
    ("values", "count", "options", "said"),
    [
        (pd.Series([1, 2]), 1, {}, "bands: count is 1. Give a whole number of at least 2."),
        (pd.Series([1, 2]), 2.5, {}, "bands: count is 2.5. Give a whole number of at least 2."),
        (
            pd.Series([1, 2]),
            2,
            {"method": "quantiles", "classes": 1},
            "bands: classes is 1. Give a whole number of at least 2.\n"
            'bands: there are no bands by "quantiles". Did you mean "quantile"?',
        ),
        (
            [1, 2],
            2,
            {},
            "bands: the values are a list. Give a Series of numbers, or a register or DataFrame and column=.",
        ),
        (pd.DataFrame({"age": ["1"]}), 2, {}, "DataFrame: no column is named. Use one of: age."),
        (
            pd.DataFrame({"age": ["1"]}),
            2,
            {"column": "agee"},
            'DataFrame: there is no column "agee". Did you mean "age"?',
        ),
    ],
)
def test_an_argument_that_does_not_fit_is_refused(
    values: object, count: object, options: dict[str, object], said: str
) -> None:
    assert refusal(values, count, **options) == said


def test_what_is_found_is_said() -> None:
    found = banded([0, 3, 5, 9, 14, 16], 3)
    assert str(found) == "3 bands of age, 6 cases\nunder 5: 2\n5 to 13: 2\n14 and over: 2"
    assert found.to_frame().to_dict("list") == {
        "band": ["under 5", "5 to 13", "14 and over"],
        "lowest": [0, 5, 14],
        "cases": [2, 2, 2],
    }
    assert found.to_dict() == {
        "column": "age",
        "method": "quantile",
        "asked": 3,
        "age_on": None,
        "bands": {"under 5": "0", "5 to 13": "5", "14 and over": "14"},
        "counts": {"under 5": 2, "5 to 13": 2, "14 and over": 2},
        "notes": [],
    }
