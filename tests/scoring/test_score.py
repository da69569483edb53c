"""Scores worked by hand: exact on the edges, limits last, what is unanswered never hidden."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_toolkit.errors import RatingError
from audit_toolkit.scoring import Framework, score_answers

Make = Callable[[str], Framework]
COLUMNS = ["G1", "G2", "Y1", "R1", "T1", "R1_gap"]


def frame(*rows: list[str]) -> pd.DataFrame:
    """Give answers, a row a case: G1, G2, Y1 (weight 2), R1, T1, R1_gap."""
    return pd.DataFrame(rows, columns=COLUMNS, index=[f"A{n}" for n in range(len(rows))], dtype=object)


# Each by hand: (3/4 + 1/2 + 2*1/2 + 3/5 + 1) / 6 = 77/120; and so on as the comments say.
HAND = [
    (["Good", "Adequate", "Partly", "3 of 5", "met", ""], Fraction(77, 120), "Good", "Good", ["G2"], "complete"),
    # (1 + 1 + 2 + 1 + 1) / 6
    (
        ["Outstanding", "Outstanding", "Yes", "5 of 5", "met", ""],
        Fraction(1),
        "Outstanding",
        "Outstanding",
        [],
        "complete",
    ),
    # (1 + 1 + 0 + 1 + 1) / 6 = 2/3, held at Inadequate by Y1
    (
        ["Outstanding", "Outstanding", "No", "5 of 5", "met", ""],
        Fraction(2, 3),
        "Good",
        "Inadequate",
        ["Y1"],
        "complete",
    ),
    # N/A and pending leave the denominator: (3/4 + 2*1/2) / 3 = 7/12
    (["Good", "N/A", "Partly", "N/A", "pending", ""], Fraction(7, 12), "Adequate", "Adequate", [], "complete"),
    # missing date counts as unanswered: 5 of 6 = 83 % answered, above 75 %: (1/4 + 1 + 2 + 1/3) / 5 = 43/60
    (
        ["Inadequate", "Outstanding", "Yes", "1 of 3", "missing date", "No"],
        Fraction(43, 60),
        "Good",
        "Good",
        [],
        "complete",
    ),
    # the same with the gap: no better than Adequate
    (
        ["Inadequate", "Outstanding", "Yes", "1 of 3", "missing date", "Yes"],
        Fraction(43, 60),
        "Good",
        "Adequate",
        ["G1"],
        "complete",
    ),
    # 4 of 6 answered is below 75 %
    (["Good", "Good", "Yes", "", "", ""], None, "", "", [], "incomplete"),
    # 3 of 4 applicable is exactly 75 %: (3/4 + 2*1) / 3 = 11/12
    (["Good", "N/A", "Yes", "", "pending", ""], Fraction(11, 12), "Outstanding", "Outstanding", [], "complete"),
    (["", "N/A", "N/A", "N/A", "pending", ""], None, "", "", [], "incomplete"),
    # limits are told where no score stands to be capped, too
    (["", "Adequate", "No", "", "", ""], None, "", "", ["Y1", "G2"], "incomplete"),
    (["", "", "", "", "", ""], None, "", "", [], "not rated"),
    (["", "", "", "", "missing date", ""], None, "", "", [], "not rated"),
    # both limits fire, the lower holds
    (
        ["Good", "Inadequate", "No", "5 of 5", "met", ""],
        Fraction(1, 2),
        "Adequate",
        "Inadequate",
        ["Y1", "G2"],
        "complete",
    ),
    # a limit never raises a band
    (
        ["Inadequate", "Adequate", "Partly", "0 of 2", "not met", "Yes"],
        Fraction(7, 24),
        "Inadequate",
        "Inadequate",
        ["G2", "G1"],
        "complete",
    ),
]


@pytest.mark.parametrize(("answers", "score", "before", "band", "fired", "status"), HAND)
def test_cases_worked_by_hand(
    every_kind: Framework,
    answers: list[str],
    score: Fraction | None,
    before: str,
    band: str,
    fired: list[str],
    status: str,
) -> None:
    row = score_answers(frame(answers), every_kind).iloc[0]
    assert np.isnan(row["score"]) if score is None else row["score"] == float(100 * score)
    assert (row["band_before_limits"], row["band"], row["status"]) == (before, band, status)
    assert [each.split(":")[0] for each in row["limits_fired"].split("; ") if each] == fired


def test_limits_are_told_in_words_and_file_order(every_kind: Framework) -> None:
    row = score_answers(frame(["Good", "Inadequate", "No", "5 of 5", "met", ""]), every_kind).iloc[0]
    assert row["limits_fired"] == "Y1: The child was not seen; G2: The second thing is not good"


def test_the_answered_weight_is_a_share_of_what_applies(every_kind: Framework) -> None:
    result = score_answers(
        frame(["Good", "N/A", "Yes", "", "pending", ""], ["", "N/A", "N/A", "N/A", "pending", ""]), every_kind
    )
    assert result["answered_weight"].tolist() == [0.75, 0.0]


def test_not_applicable_throughout(make_framework: Make, every_kind_text: str) -> None:
    framework = make_framework(every_kind_text.replace(", not_applicable: never", ""))
    row = score_answers(frame(["N/A", "N/A", "N/A", "N/A", "pending", ""]), framework).iloc[0]
    assert (row["status"], row["band"]) == ("not applicable", "")
    assert np.isnan(row["score"])
    assert np.isnan(row["answered_weight"])


@pytest.mark.parametrize(
    ("answers", "percent", "band"),
    [
        (["Outstanding"] * 1 + ["Good"] * 1 + ["Adequate"] * 1 + ["Inadequate"] * 1, 62.5, "Good"),
        (["Outstanding"] * 2 + ["Good"] * 2, 87.5, "Outstanding"),
        (["Adequate"] * 2 + ["Inadequate"] * 2, 37.5, "Adequate"),
        (["Good", "Good", "Adequate", "Adequate"], 62.5, "Good"),
        (["Outstanding", "Inadequate", "Inadequate", "Inadequate"], 43.75, "Adequate"),
        (["Inadequate"] * 4, 25.0, "Inadequate"),
    ],
)
def test_a_case_on_the_edge_of_a_band_is_in_it(
    make_framework: Make, answers: list[str], percent: float, band: str
) -> None:
    criteria = "".join(
        f"  - {{id: C{n}, ask: q, response: graded, weight: 1/{w}}}\n" for n, w in enumerate((3, 3, 3, 3))
    )
    framework = make_framework(
        'framework: f\nversion: "1"\ntitle: t\nratings: [Outstanding, Good, Adequate, Inadequate]\n'
        "earns: {Outstanding: 1, Good: 3/4, Adequate: 1/2, Inadequate: 1/4}\n"
        "bands: {Outstanding: 87.5, Good: 62.5, Adequate: 37.5, Inadequate: 0}\ncriteria:\n" + criteria
    )
    table = pd.DataFrame([answers], columns=["C0", "C1", "C2", "C3"], index=["A"], dtype=object)
    row = score_answers(table, framework).iloc[0]
    assert (row["score"], row["band"]) == (percent, band)


def test_numbers_past_the_machine_word_stay_exact(make_framework: Make, every_kind_text: str) -> None:
    """Counts of large primes make a common denominator no 64-bit number holds; the sums stay whole numbers."""
    criteria = "".join(f"  - {{id: R{n}, ask: q, response: repeated}}\n" for n in range(8))
    text = every_kind_text.split("criteria:")[0] + "criteria:\n" + criteria
    primes = (997, 991, 983, 977, 971, 967, 953, 947)
    framework = make_framework(text)
    rows = [[f"{p - 1 - (p == 997) * n} of {p}" for p in primes] for n in (0, 1)]
    table = pd.DataFrame(rows, columns=[f"R{n}" for n in range(8)], index=["A", "B"], dtype=object)
    result = score_answers(table, framework)
    for row, score in zip(rows, result["score"], strict=True):
        expected = 100 * sum(Fraction(*map(int, each.split(" of "))) for each in row) / 8
        assert score == float(expected)


ANSWERS = {
    "G1": ["Outstanding", "Good", "Adequate", "Inadequate", ""],
    "G2": ["Outstanding", "Good", "Adequate", "Inadequate", "", "N/A"],
    "Y1": ["Yes", "Partly", "No", "", "N/A"],
    "R1": ["0 of 3", "1 of 3", "2 of 7", "5 of 5", "", "N/A"],
    "T1": ["met", "not met", "pending", "missing date", "N/A", ""],
    "R1_gap": ["Yes", "No", "", "N/A"],
}
CASES = st.lists(st.tuples(*(st.sampled_from(ANSWERS[each]) for each in COLUMNS)), min_size=1, max_size=12)


def by_definition(framework: Framework, row: dict[str, str]) -> tuple[Fraction | None, str]:
    """Score one case the slow way, in fractions: an independent reading of the rule."""
    earned = answered = applicable = Fraction(0)
    said = False
    for criterion in framework.criteria:
        text = row[criterion.id]
        said |= text not in ("", "missing date")
        if text in ("N/A", "pending"):
            continue
        applicable += criterion.weight
        if text not in ("", "missing date"):
            share = Fraction(*map(int, text.split(" of "))) if " of " in text else framework.earns[text]
            answered += criterion.weight
            earned += criterion.weight * share
    if not said:
        return None, "not rated"
    if applicable == 0:
        return None, "not applicable"
    if answered < framework.complete_at * applicable:
        return None, "incomplete"
    return 100 * earned / answered, "complete"


@settings(deadline=None, max_examples=150)
@given(CASES)
def test_the_vectorised_score_is_the_definition(every_kind: Framework, rows: list[tuple[str, ...]]) -> None:
    table = frame(*map(list, rows))
    result = score_answers(table, every_kind)
    for case, row in table.iterrows():
        score, status = by_definition(every_kind, row.to_dict())
        assert result.loc[case, "status"] == status
        assert np.isnan(result.loc[case, "score"]) if score is None else result.loc[case, "score"] == float(score)
        if score is not None:
            lowest = dict(every_kind.bands)
            before = next(label for label, least in every_kind.bands if score >= least)
            assert result.loc[case, "band_before_limits"] == before
            assert lowest[result.loc[case, "band"]] <= lowest[before]


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(CASES, st.sampled_from(["G2", "Y1", "R1"]))
def test_na_never_moves_a_score_the_wrong_way(every_kind: Framework, rows: list[tuple[str, ...]], column: str) -> None:
    """Taking out an answer below the score never lowers it; taking out one above never raises it."""
    table = frame(*map(list, rows))
    without = table.assign(**{column: "N/A"})
    for case, row in table.iterrows():
        before, _ = by_definition(every_kind, row.to_dict())
        after = score_answers(without.loc[[case]], every_kind)["score"].iloc[0]
        if before is None or row[column] in ("", "N/A") or np.isnan(after):
            continue
        text = row[column]
        share = Fraction(*map(int, text.split(" of "))) if " of " in text else every_kind.earns[text]
        assert after >= float(before) if 100 * share <= before else after <= float(before)


@settings(deadline=None, max_examples=60)
@given(CASES, st.integers(0, 5), st.integers(0, 5))
@pytest.mark.slow
def test_a_better_answer_never_lowers_score_or_band(
    every_kind: Framework, rows: list[tuple[str, ...]], one: int, other: int
) -> None:
    ladder = {"G1": ANSWERS["G1"][:4], "G2": ANSWERS["G2"][:4], "Y1": ANSWERS["Y1"][:3]}
    labels = [label for label, _ in every_kind.bands]
    for column, answers in ladder.items():
        better, worse = sorted((one % len(answers), other % len(answers)))
        high = score_answers(frame(*map(list, rows)).assign(**{column: answers[better]}), every_kind)
        low = score_answers(frame(*map(list, rows)).assign(**{column: answers[worse]}), every_kind)
        stands = high["status"] == "complete"
        assert (high.loc[stands, "score"] >= low.loc[stands, "score"]).all()
        for best, worst in zip(high.loc[stands, "band"], low.loc[stands, "band"], strict=True):
            assert labels.index(best) <= labels.index(worst)


def test_row_order_and_company_change_nothing(every_kind: Framework) -> None:
    table = frame(*(answers for answers, *_ in HAND))
    whole = score_answers(table, every_kind)
    pd.testing.assert_frame_equal(score_answers(table.iloc[::-1], every_kind).iloc[::-1], whole)
    for case in table.index:
        pd.testing.assert_frame_equal(score_answers(table.loc[[case]], every_kind), whole.loc[[case]])


def test_answers_that_cannot_be_are_refused(every_kind: Framework) -> None:
    table = frame(["N/A", "Yes", "yes", "6 of 5", "missing date", "missing date"])
    with pytest.raises(RatingError) as refused:
        score_answers(table, every_kind)
    assert str(refused.value).splitlines() == [
        "case A0: N/A is not an answer to G1.",
        "case A0: Yes is not an answer to G2.",
        "case A0: yes is not an answer to Y1.",
        "case A0: 6 of 5 is not an answer to R1.",
        "case A0: missing date is not an answer to R1_gap.",
    ]
    with pytest.raises(RatingError) as absent:
        score_answers(table.drop(columns=["G1"]), every_kind)
    assert str(absent.value) == "G1 of every_kind is not a column of the answers."
    with pytest.raises(RatingError, match=r"^case A0: nan is not an answer to G1\.$"):
        score_answers(frame(["", "", "", "", "", ""]).assign(G1=np.nan), every_kind)
