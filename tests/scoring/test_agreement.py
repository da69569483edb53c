"""Agreement against published tables, two other programs, hand sums and identities."""

from __future__ import annotations

import json
import math
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pytest

from audit_toolkit.errors import RatingError
from audit_toolkit.scoring.agreements import Agreement, agreement

REFERENCE = Path(__file__).parents[1] / "reference"
GRADES = ["Outstanding", "Good", "Adequate", "Inadequate"]


def reference(file: str) -> list[dict]:
    return json.loads((REFERENCE / file).read_text(encoding="utf-8"))["cases"]


def from_table(table: list[list[int]]) -> pd.DataFrame:
    """Turn a square table of counts into one row a case."""
    rows = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return pd.DataFrame(rows, columns=["first", "second"])


def random_ratings(seed: int, cases: int, raters: int, missing: float) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    truth = generator.integers(1, 6, (cases, 1))
    ratings = np.clip(truth + generator.integers(-1, 2, (cases, raters)), 1, 5).astype(float)
    ratings[generator.random((cases, raters)) < missing] = np.nan
    return pd.DataFrame(ratings)


@pytest.mark.parametrize("case", [0, 1])
def test_alpha_is_krippendorffs_worked_example(case: int) -> None:
    example = reference("agreement.json")[case]
    ratings = pd.DataFrame(np.array(example["inputs"], dtype=float).T)
    found = agreement(ratings, scale=example["function"].split()[-1])
    assert found.alpha.value == pytest.approx(example["expected"]["alpha"], abs=1e-9)
    assert round(found.alpha.value, 3) == example["expected"]["published_3dp"]
    assert (found.n_cases, found.n_raters, found.n_ratings) == (11, 4, 41)
    assert found.alpha.ci.low < found.alpha.value < found.alpha.ci.high < 1


def test_published_table_of_abstractors() -> None:
    example = reference("agreement.json")[2]
    expected = example["expected"]
    found = agreement(from_table(example["inputs"]), scale="nominal")
    values = [found.raw.value, found.kappa.value, found.gwet.value, found.alpha.value]
    names = ["pct", "cohen_kappa", "gwet_ac1", "krippendorff"]
    assert values == pytest.approx([expected[name] for name in names], abs=1e-6)
    # Published errors are linearised; the jackknife of 100 cases lies within 2 % of them.
    errors = [found.raw.standard_error, found.kappa.standard_error, found.gwet.standard_error]
    assert errors == pytest.approx([expected[name] for name in ("pct_se", "cohen_se", "gwet_se")], rel=0.02)


def test_kappa_plain_and_quadratic_as_r_gives_them() -> None:
    example = reference("cohen_kappa.json")[0]
    ratings, expected = from_table(example["inputs"]["matrix"]), example["expected"]
    plain, weighted = agreement(ratings, scale="nominal").kappa, agreement(ratings, scale="ordinal").kappa
    assert plain.value == pytest.approx(expected["kappa"], abs=1e-8)
    assert weighted.value == pytest.approx(expected["kappa_quadratic"], abs=1e-8)
    # Asymptotic against jackknife errors, 100 cases.
    assert plain.standard_error == pytest.approx(expected["ase"], rel=0.05)
    assert weighted.standard_error == pytest.approx(expected["ase_quadratic"], rel=0.05)


@pytest.mark.parametrize("case", range(7))
def test_gwet_with_missing_ratings_as_irrcac_gives_it(case: int) -> None:
    example = reference("gwet_irrcac.json")[case]
    ratings = pd.DataFrame(np.array(example["ratings"], dtype=float))
    for scale, key in (("nominal", "ac1"), ("ordinal", "ac2")):
        found = agreement(ratings, scale=scale, categories=[4, 3, 2, 1])
        assert found.gwet.value == pytest.approx(example[key]["value"], abs=1e-10)
        if scale == "nominal":
            assert found.raw.value == pytest.approx(example[key]["observed"], abs=1e-10)
        # Linearised against jackknife errors, from 12 cases up.
        assert found.gwet.standard_error == pytest.approx(example[key]["standard_error"], rel=0.15)


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize(("cases", "raters", "missing"), [(40, 2, 0.0), (30, 3, 0.3), (80, 6, 0.7), (60, 15, 0.85)])
def test_alpha_agrees_with_the_krippendorff_package(scale: str, cases: int, raters: int, missing: float) -> None:
    for seed in range(5):
        ratings = random_ratings(seed, cases, raters, missing)
        expected = krippendorff.alpha(reliability_data=ratings.to_numpy().T, level_of_measurement=scale)
        assert agreement(ratings, scale=scale).alpha.value == pytest.approx(expected, abs=1e-12)


def test_the_kappa_paradox_is_told() -> None:
    found = agreement(from_table([[118, 5], [2, 0]]), scale="nominal")
    assert [round(each.value, 2) for each in found.measures] == [0.94, -0.02, 0.94, -0.02]
    assert found.notes[0] == (
        "Raw agreement is high, and these are low: Kappa, Krippendorff alpha (nominal). Where nearly all ratings are "
        "one grade, two raters agree often by chance (the kappa paradox): read Gwet's measure beside them."
    )


def test_jackknife_is_the_leaving_out_of_each_case_in_turn() -> None:
    ratings = random_ratings(3, 12, 3, 0.2)
    found = agreement(ratings, scale="interval", categories=[5, 4, 3, 2, 1])
    for key in ("raw", "gwet", "alpha"):
        paired = ratings[ratings.notna().sum(axis=1) >= (1 if key == "gwet" else 2)]
        left_out = [
            agreement(paired.drop(index=case), scale="interval", categories=[5, 4, 3, 2, 1]).measure(key).value
            for case in paired.index
        ]
        n = len(paired)
        error = math.sqrt((n - 1) / n * sum((each - np.mean(left_out)) ** 2 for each in left_out))
        assert found.measure(key).standard_error == pytest.approx(error, rel=1e-9)
        assert found.measure(key).n_cases == n


def test_raw_agreement_of_two_raters_has_wilsons_interval() -> None:
    found = agreement(from_table([[13, 4], [3, 10]]), scale="nominal")
    p, t = 23 / 30, 2.045229642132703
    assert found.raw.standard_error == pytest.approx(math.sqrt(p * (1 - p) / 29))
    # The limits are where the distance to p is t standard errors of the limit itself, with 29 cases' worth.
    for limit in (found.raw.ci.low, found.raw.ci.high):
        assert abs(limit - p) == pytest.approx(t * math.sqrt(limit * (1 - limit) / 29), rel=1e-9)


def test_interval_of_kappa_is_the_jackknife_of_log_disagreement() -> None:
    ratings = from_table([[13, 4], [3, 10]])
    found = agreement(ratings, scale="nominal").kappa
    logs = [math.log(1 - agreement(ratings.drop(index=case), scale="nominal").kappa.value) for case in ratings.index]
    error = math.sqrt(29 / 30 * sum((each - np.mean(logs)) ** 2 for each in logs))
    middle, t = math.log(1 - found.value), 2.045229642132703
    assert found.ci.low == pytest.approx(1 - math.exp(middle + t * error), rel=1e-9)
    assert found.ci.high == pytest.approx(1 - math.exp(middle - t * error), rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("cases", [20, 60])
def test_intervals_cover_about_as_often_as_they_say(cases: int) -> None:
    """Against the value of 60,000 cases; 400 rounds at 95 %, so Monte Carlo error is 1.1 points."""
    generator = np.random.default_rng(cases)

    def round_of(cases: int) -> pd.DataFrame:
        truth = generator.integers(0, 4, (cases, 1))
        other = generator.integers(0, 4, (cases, 2))
        return pd.DataFrame(np.where(generator.random((cases, 2)) < 0.7, truth, other))

    true = agreement(round_of(60_000), categories=[3, 2, 1, 0])
    hits = np.zeros(4)
    for _ in range(400):
        found = agreement(round_of(cases), categories=[3, 2, 1, 0])
        pairs = zip(found.measures, true.measures, strict=True)
        hits += [mine.ci.low <= theirs.value <= mine.ci.high for mine, theirs in pairs]
    assert (hits / 400 > 0.915).all(), hits / 400
    assert (hits / 400 < 0.995).all(), hits / 400


def test_labels_and_codes_say_the_same() -> None:
    codes = random_ratings(11, 50, 2, 0.1).clip(1, 4)
    labels = codes.apply(lambda column: column.map(dict(zip([4, 3, 2, 1], GRADES, strict=True))))
    by_code, by_label = agreement(codes, categories=[4, 3, 2, 1]), agreement(labels, categories=GRADES)
    pd.testing.assert_frame_equal(by_code.to_frame(), by_label.to_frame())
    pd.testing.assert_frame_equal(agreement(labels.iloc[::-1], categories=GRADES).to_frame(), by_label.to_frame())
    turned = agreement(labels, categories=GRADES[::-1])
    assert [each.value for each in turned.measures] == pytest.approx([each.value for each in by_label.measures])


def test_every_kind_of_blank_is_a_missing_rating() -> None:
    blanks: list[object] = [None, float("nan"), "", pd.NA]
    ratings = pd.DataFrame({"first": ["Good"] * 6, "second": [*blanks, "Good", "Adequate"]}, dtype=object)
    found = agreement(ratings, categories=GRADES)
    assert (found.n_cases, found.n_ratings) == (2, 8)
    assert found.raw.value == 0.5
    assert found.notes[:2] == (
        "2 cases carry no claim about drift: read the interval.",
        "Rated once: 4. They tell how grades are used (Gwet) and nothing of agreement.",
    )


def test_all_alike_has_no_zero_width_interval() -> None:
    found = agreement(pd.DataFrame({"first": ["Good"] * 12, "second": ["Good"] * 12}), categories=GRADES)
    assert (found.raw.value, found.raw.ci.low, found.raw.ci.high) == (1, pytest.approx(0.025 ** (1 / 12)), 1)
    assert found.gwet.value == 1
    assert math.isnan(found.gwet.ci.low)
    assert math.isnan(found.kappa.value)
    assert math.isnan(found.alpha.value)
    assert found.notes == (
        "12 cases carry no claim about drift: read the interval.",
        "Weighted kappa is undefined: only one grade was used.",
        "Gwet AC2: no interval, because all cases agree alike.",
        "Krippendorff alpha (ordinal) is undefined: only one grade was used.",
    )


def test_one_disagreement_leaves_kappa_without_an_interval() -> None:
    found = agreement(from_table([[11, 1], [0, 0]]), scale="nominal", categories=[0, 1])
    assert found.kappa.value == 0
    assert math.isnan(found.kappa.standard_error)
    assert "Kappa: no interval, because it stands or falls with one case." in found.notes


def test_kappa_of_three_raters_is_undefined_and_says_so() -> None:
    found = agreement(random_ratings(5, 40, 3, 0.0))
    assert math.isnan(found.kappa.value)
    assert "Weighted kappa is undefined: it is for two raters and there are 3." in found.notes


@pytest.mark.parametrize("cells", [[], [("Good", None)], [(None, None)]])
def test_nothing_rated_twice_is_undefined(cells: list[tuple]) -> None:
    found = agreement(pd.DataFrame(cells, columns=["first", "second"], dtype=object), categories=GRADES)
    assert all(math.isnan(each.value) for each in found.measures)
    assert "Raw agreement is undefined: no case was rated twice." in found.notes
    assert "Gwet AC2 is undefined: no case was rated twice." in found.notes


def test_result_prints_in_a_dozen_lines_and_turns_into_json() -> None:
    found = agreement(from_table([[13, 4], [3, 10]]), scale="nominal")
    assert isinstance(found, Agreement)
    assert str(found).splitlines()[:3] == [
        "Agreement of 2 raters on 30 cases (nominal scale), with 95% intervals",
        "Raw agreement: 0.77 (0.58 to 0.89)",
        "Kappa: 0.53 (0.03 to 0.77)",
    ]
    three = agreement(pd.DataFrame({1: [1, 2], 2: [1, None], 3: [None, None]}))
    assert len(str(three).splitlines()) <= 12
    content = json.loads(json.dumps(three.to_dict(), allow_nan=False))
    assert content["measures"][1]["value"] is None
    assert list(three.to_frame()["measure"]) == ["raw", "kappa", "gwet", "alpha"]


def test_neither_table_nor_categories_are_changed() -> None:
    ratings, categories = from_table([[2, 1], [0, 3]]), [1, 0]
    before = ratings.copy()
    agreement(ratings, categories=categories)
    pd.testing.assert_frame_equal(ratings, before)
    assert categories == [1, 0]


PAIR = {"first": ["Good", "Goood"], "second": ["Good", "N/A"]}


@pytest.mark.parametrize(
    ("ratings", "arguments", "message"),
    [
        (
            pd.DataFrame(PAIR, index=["001", "002"]),
            {"categories": GRADES},
            'ratings, case 002, column "first": Goood is not among the categories. '
            "Use Outstanding, Good, Adequate, Inadequate, or leave the cell blank.\n"
            'ratings, case 002, column "second": N/A is not among the categories. '
            "Use Outstanding, Good, Adequate, Inadequate, or leave the cell blank.",
        ),
        (
            pd.DataFrame({"a": [4], "b": ["Good"]}, index=["NA"]),
            {},
            'ratings, case NA, column "b": "Good" is not a number and no order of grades is given. '
            "Give categories=, every grade best first, so that the ordinal scale has an order.",
        ),
        (
            pd.DataFrame({"a": [4.0], "b": [-1.0]}),
            {"scale": "ratio"},
            'ratings, case 0, column "b": -1.0 is below 0. Use the interval scale.',
        ),
        (
            pd.DataFrame({"a": ["x"], "b": [" "]}),
            {"scale": "nominal"},
            'ratings, case 0, column "b": The rating is nothing but spaces. Leave the cell blank, or rate.',
        ),
        (
            pd.DataFrame({"a": [1, 2]}, index=["7", "7"]),
            {"scale": "ordnal", "confidence": 95},
            "confidence: 95 is not between 0 and 1. Give 0.95 for 95%.\n"
            "ratings: Agreement needs two raters and there are 1. Give one column for each rater, two or more.\n"
            "ratings: Case 7 stands more than once. Keep one row for each case.\n"
            'scale: "ordnal" is not a scale. Did you mean "ordinal"?',
        ),
        (
            [1, 2],
            {},
            "ratings: A list is not a DataFrame. Give one with a row for each case and a column for each rater.",
        ),
        (
            pd.DataFrame({"a": [1], "b": [1]}),
            {"categories": ["Good", "Good"], "scale": "ratio"},
            "categories: Good stands more than once. Give each grade once.\n"
            "categories: Good has no place on the ratio scale. Give numbers of 0 or more, or use another scale.",
        ),
        (
            pd.DataFrame({"a": [1], "b": [1]}),
            {"categories": [1]},
            "categories: Fewer than two grades are given. Give every grade, best first.",
        ),
    ],
)
def test_refusals_name_every_place(ratings: pd.DataFrame, arguments: dict, message: str) -> None:
    with pytest.raises(RatingError) as refused:
        agreement(ratings, **arguments)
    assert str(refused.value) == message


def test_an_unknown_measure_is_refused_with_the_nearest() -> None:
    found = agreement(from_table([[2, 1], [0, 3]]), scale="nominal")
    with pytest.raises(RatingError, match=r'^key: "kapa" is not a measure of agreement\. Did you mean "kappa"\?$'):
        found.measure("kapa")
