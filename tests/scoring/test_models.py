"""The scoring models: cases worked by hand, the definitions in plain fractions, and what must always hold."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from by_definition import by_domain, completeness, counting, pooled, scored, share
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from made_framework import ANSWERS, answered, frameworks

from audit_toolkit.errors import RatingError
from audit_toolkit.scoring import Criterion, Domain, Framework, items_text, score_answers, score_cases
from audit_toolkit.scoring.models import Model
from audit_toolkit.scoring.rules import encode, itemise, total

Make = Callable[[str], Framework]
F = Fraction

# Domain "seen" weighs 2, "records" 1. Weights within: A1 1, A2 1/2, B1 3, B2 1.
TEXT = """\
framework: by_hand
version: "1"
title: Worked by hand
ratings: [Outstanding, Good, Adequate, Inadequate]
earns: {{Outstanding: 1, Good: 3/4, Adequate: 1/2, Inadequate: 1/4, "Yes": 1, Partly: 1/2, "No": 0}}
bands: {{Outstanding: 87.5, Inadequate: 0, Good: 62.5, Adequate: 37.5}}
score: {{method: {method}, scale: {scale}, missing: {missing}, not_applicable: {na}}}
{domains}criteria:
  - {{id: A1, ask: q, response: yes_partly_no{seen}}}
  - {{id: A2, ask: q, response: graded{half}{seen}}}
  - {{id: B1, ask: q, response: graded{three}{records}}}
  - {{id: B2, ask: q, response: repeated{records}}}
""".replace("Inadequate: 0, Good: 62.5, Adequate: 37.5", "Good: 62.5, Adequate: 37.5, Inadequate: 0")
CAPS = 'limits:\n  - {if: A1, is: [Partly, Yes, "No"], no_better_than: Good, why: w}\n'
CAPS += '  - {if: A1, is: ["No"], no_better_than: Adequate, why: w}\n'


def framework(make: Make, method: str, scale: str, missing: str = "incomplete", na: str = "leave-out") -> Framework:
    """Give the framework worked by hand, under one model, scale and policy."""
    domains = method == "domains"
    weighs = method != "flat-unweighted"
    text = TEXT.format(
        method=method,
        scale=scale,
        missing=missing,
        na=na,
        domains="domains: [{id: seen, title: s, weight: 2}, {id: records, title: r}]\n" if domains else "",
        seen=", domain: seen" if domains else "",
        records=", domain: records" if domains else "",
        half=", weight: 1/2" if weighs else "",
        three=", weight: 3" if weighs else "",
    )
    # Between all and nothing there is no score: these bands are reached by limits alone.
    return make(text + (CAPS if method == "all-or-nothing" else ""))


# Shares: Partly 1/2, Good 3/4, Inadequate 1/4, 3/5; on the range scale 1/2, 2/3, 0, 3/5.
MIXED = ["Partly", "Good", "Inadequate", "3 of 5"]
BEST = ["Yes", "Outstanding", "Outstanding", "4 of 4"]
# The best answer to all that applies.
BEST_THERE = ["Yes", "N/A", "Outstanding", "N/A"]
# Nothing of the domain "seen" applies: it leaves, and "records" is the whole.
NOT_SEEN = ["N/A", "N/A", "Good", "1 of 2"]
# A2 is blank, B1 does not apply.
BLANK = ["Yes", "", "N/A", "1 of 2"]
HAND = [
    # (1 * 1/2 + 1/2 * 3/4 + 3 * 1/4 + 1 * 3/5) / (1 + 1/2 + 3 + 1) = 89/40 / 11/2
    (MIXED, "flat", "share-of-max", "incomplete", F(89, 220)),
    # (1/2 + 1/2 * 2/3 + 0 + 3/5) / 11/2 = 43/30 / 11/2
    (MIXED, "flat", "range", "incomplete", F(43, 165)),
    # (1/2 + 3/4 + 1/4 + 3/5) / 4
    (MIXED, "flat-unweighted", "share-of-max", "incomplete", F(21, 40)),
    # (1/2 + 2/3 + 0 + 3/5) / 4
    (MIXED, "flat-unweighted", "range", "incomplete", F(53, 120)),
    # seen (1/2 + 3/8) / 3/2 = 7/12, records (3/4 + 3/5) / 4 = 27/80: (2 * 7/12 + 27/80) / 3
    (MIXED, "domains", "share-of-max", "incomplete", F(361, 720)),
    # seen (1/2 + 1/3) / 3/2 = 5/9, records (0 + 3/5) / 4 = 3/20: (2 * 5/9 + 3/20) / 3
    (MIXED, "domains", "range", "incomplete", F(227, 540)),
    (MIXED, "all-or-nothing", "share-of-max", "incomplete", F(0)),
    (MIXED, "all-or-nothing", "range", "incomplete", F(0)),
    *((row, method, scale, "incomplete", F(1)) for row in (BEST, BEST_THERE) for method in
      ("flat", "flat-unweighted", "domains", "all-or-nothing") for scale in ("share-of-max", "range")),
    # (3 * 3/4 + 1/2) / 4; range (3 * 2/3 + 1/2) / 4
    (NOT_SEEN, "flat", "share-of-max", "incomplete", F(11, 16)),
    (NOT_SEEN, "flat", "range", "incomplete", F(5, 8)),
    # (3/4 + 1/2) / 2; range (2/3 + 1/2) / 2
    (NOT_SEEN, "flat-unweighted", "share-of-max", "incomplete", F(5, 8)),
    (NOT_SEEN, "flat-unweighted", "range", "incomplete", F(7, 12)),
    (NOT_SEEN, "domains", "share-of-max", "incomplete", F(11, 16)),
    (NOT_SEEN, "domains", "range", "incomplete", F(5, 8)),
    (NOT_SEEN, "all-or-nothing", "share-of-max", "incomplete", F(0)),
    *((BLANK, method, scale, "incomplete", None) for method in
      ("flat", "flat-unweighted", "domains", "all-or-nothing") for scale in ("share-of-max", "range")),
    # the blank counts as Inadequate, 1/4: (1 + 1/2 * 1/4 + 1/2) / (1 + 1/2 + 1) = 13/8 / 5/2
    (BLANK, "flat", "share-of-max", "worst", F(13, 20)),
    # on the range scale as 0: 3/2 / 5/2
    (BLANK, "flat", "range", "worst", F(3, 5)),
    (BLANK, "flat-unweighted", "share-of-max", "worst", F(7, 12)),
    (BLANK, "flat-unweighted", "range", "worst", F(1, 2)),
    # seen (1 + 1/8) / 3/2 = 3/4, records 1/2: (2 * 3/4 + 1/2) / 3
    (BLANK, "domains", "share-of-max", "worst", F(2, 3)),
    # seen 1 / 3/2 = 2/3: (2 * 2/3 + 1/2) / 3
    (BLANK, "domains", "range", "worst", F(11, 18)),
    (BLANK, "all-or-nothing", "range", "worst", F(0)),
    # left out: (1 + 1/2) / 2 with equal weights; seen 1, records 1/2: (2 * 1 + 1/2) / 3
    (BLANK, "flat", "share-of-max", "leave-out", F(3, 4)),
    (BLANK, "flat", "range", "leave-out", F(3, 4)),
    (BLANK, "flat-unweighted", "share-of-max", "leave-out", F(3, 4)),
    (BLANK, "domains", "share-of-max", "leave-out", F(5, 6)),
    (BLANK, "domains", "range", "leave-out", F(5, 6)),
    (BLANK, "all-or-nothing", "share-of-max", "leave-out", F(0)),
    # a blank is no worse answer where it is left out, and the worst where it counts
    (["Yes", "", "Outstanding", "N/A"], "all-or-nothing", "share-of-max", "leave-out", F(1)),
    (["Yes", "", "Outstanding", "N/A"], "all-or-nothing", "share-of-max", "worst", F(0)),
]  # fmt: skip


def one(framework: Framework, row: list[str]) -> pd.DataFrame:
    """Give one case's answers to the criteria."""
    return pd.DataFrame([row], columns=list(framework.criterion_ids), index=["A"], dtype=object)


@pytest.mark.parametrize(("row", "method", "scale", "missing", "score"), HAND)
def test_cases_worked_by_hand(
    make_framework: Make, row: list[str], method: str, scale: str, missing: str, score: Fraction | None
) -> None:
    made = framework(make_framework, method, scale, missing)
    result = score_answers(one(made, row), made).iloc[0]
    if score is None:
        assert np.isnan(result["score"])
        assert result["status"] == "incomplete"
    else:
        assert total(encode(one(made, row), made)).exact() == [100 * score]
        assert (result["score"], result["status"]) == (float(100 * score), "complete")


@pytest.mark.parametrize("method", ["flat", "flat-unweighted", "domains", "all-or-nothing"])
def test_not_applicable_is_refused_where_it_is_not_allowed(make_framework: Make, method: str) -> None:
    made = framework(make_framework, method, "share-of-max", na="not-allowed")
    with pytest.raises(RatingError, match=r"^case A: N/A is not an answer to B1\.$"):
        score_answers(one(made, ["Yes", "Good", "N/A", "1 of 2"]), made)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_every_model_is_its_definition(data: st.DataObject) -> None:
    made = data.draw(frameworks())
    table = data.draw(answered(made))
    result = score_answers(table, made)
    for case, row in table.iterrows():
        score, status = scored(made, row.to_dict())
        there, complete = result.loc[case], completeness(made, row.to_dict())
        assert there["status"] == status
        assert np.isnan(there["score"]) if score is None else there["score"] == float(score)
        assert np.isnan(there["answered_weight"]) if complete is None else there["answered_weight"] == float(complete)
        if score is not None:
            assert there["band_before_limits"] == next(label for label, lowest in made.bands if score >= lowest)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_what_each_answer_stands_for_sums_to_one_and_what_it_adds_to_the_score(data: st.DataObject) -> None:
    made = data.draw(frameworks())
    table = data.draw(answered(made))
    encoded = encode(table, made)
    shares, weights = itemise(encoded)
    for at, exact in enumerate(total(encoded).exact()):
        row = table.iloc[at].to_dict()
        counts = {criterion.id for criterion, _ in counting(made, row)}
        for column, criterion in enumerate(made.criteria):
            assert np.isnan(shares[at, column]) == (criterion.id not in counts)
            if row[criterion.id] not in ("", "N/A", "pending", "missing date"):
                assert shares[at, column] == float(share(made, criterion, row[criterion.id]))
        if made.method == "all-or-nothing" or exact is None:
            assert np.isnan(weights[at]).all()
            continue
        assert [np.isnan(each) for each in weights[at]] == [each not in counts for each in made.criterion_ids]
        assert np.nansum(weights[at]) == pytest.approx(1, abs=1e-12)
        assert np.nansum(100 * shares[at] * weights[at]) == pytest.approx(float(exact), abs=1e-9)


def test_weights_past_int64_are_exact() -> None:
    """The object path: what is just too large for machine words is still a whole number."""
    large = Fraction(10**12 - 1, 10**11 + 3)
    criteria = tuple(dataclasses.replace(each, weight=large + F(n, 9)) for n, each in enumerate(_graded(3).criteria))
    made = dataclasses.replace(_graded(3), criteria=criteria)
    table = one(made, ["Good", "Inadequate", "Outstanding"])
    assert Model(made, ["Good"]).parts.kind is object
    assert Model(_graded(3), ["Good"]).parts.kind is np.int64
    expected = 100 * (large * F(3, 4) + (large + F(1, 9)) * F(1, 4) + large + F(2, 9)) / (3 * large + F(3, 9))
    assert total(encode(table, made)).exact() == [expected]


def test_a_count_of_many_primes_is_itemised() -> None:
    """A common denominator no float can hold does not stop the sums or the shares."""
    primes = [each for each in range(2, 1000) if all(each % other for other in range(2, int(each**0.5) + 1))]
    made = dataclasses.replace(
        _graded(len(primes)),
        criteria=tuple(dataclasses.replace(each, response="repeated") for each in _graded(len(primes)).criteria),
    )
    encoded = encode(one(made, [f"1 of {each}" for each in primes]), made)
    shares, weights = itemise(encoded)
    assert shares[0].tolist() == [1 / each for each in primes]
    assert weights[0].sum() == pytest.approx(1)
    assert total(encoded).exact() == [100 * sum(F(1, each) for each in primes) / len(primes)]


def _graded(count: int) -> Framework:
    criteria = tuple(dataclasses.replace(_ONE.criteria[0], id=f"C{each}") for each in range(count))
    return dataclasses.replace(_ONE, criteria=criteria)


_ONE = Framework(
    "f",
    "1",
    "t",
    ("Outstanding", "Good", "Adequate", "Inadequate"),
    {"Outstanding": F(1), "Good": F(3, 4), "Adequate": F(1, 2), "Inadequate": F(1, 4), "Yes": F(1), "No": F(0)},
    (("Outstanding", F("87.5")), ("Good", F("62.5")), ("Adequate", F("37.5")), ("Inadequate", F(0))),
    (Criterion("C0", "q", "graded"),),
    good="Good",
)


FOUR = ["Outstanding", "Good", "Adequate", "Inadequate"]
# 1 + 3/4 + 1/2 + 1/4 is 5/8 of four; the best and the worst, 5 to 3, is 5/8 of the range; five of eight are 5/8.
EDGES = [
    ("flat", "share-of-max", [F(1, 3)] * 4, FOUR, []),
    ("flat", "share-of-max", [F(1, 7)] * 4, FOUR, []),
    ("flat", "range", [F(5, 7), F(3, 7)], ["Outstanding", "Inadequate"], []),
    ("flat", "range", [F(5, 21), F(1, 7)], ["Outstanding", "Inadequate"], []),
    ("flat-unweighted", "share-of-max", [F(1)] * 4, FOUR, []),
    ("flat-unweighted", "range", [F(1)] * 8, ["Outstanding"] * 5 + ["Inadequate"] * 3, []),
    # Each domain is at 5/8, the one of thirds, the other of sevenths; and at 1 and 1/4 with weights 1/7 and 1/7.
    ("domains", "share-of-max", [F(1, 3), F(1, 7), F(1, 7), F(1, 3)], FOUR, [F(1, 3), F(2, 7)]),
    ("domains", "share-of-max", [F(1, 3)] * 4, FOUR, [F(1, 7), F(1, 7)]),
    ("domains", "range", [F(1, 7), F(1, 3), F(1, 3), F(1, 7)], ["Outstanding", "Inadequate"] * 2, [F(5, 21), F(1, 7)]),
]


@pytest.mark.parametrize(("method", "scale", "weights", "row", "domains"), EDGES)
def test_62_5_is_good_always(
    method: str, scale: str, weights: list[Fraction], row: list[str], domains: list[Fraction]
) -> None:
    """Under domains the first and last criterion stand in one domain, those between them in the other."""
    places = ["D0", "D1", "D1", "D0"]
    criteria = tuple(
        dataclasses.replace(each, weight=weight, domain=places[at] if domains else "")
        for at, (each, weight) in enumerate(zip(_graded(len(weights)).criteria, weights, strict=True))
    )
    if scale == "range" and domains:
        # One domain all Outstanding, one all Inadequate, 5 to 3.
        row = [{"D0": "Outstanding", "D1": "Inadequate"}[each] for each in places]
    listed = tuple(Domain(f"D{at}", "t", each) for at, each in enumerate(domains))
    made = dataclasses.replace(_ONE, criteria=criteria, method=method, scale=scale, domains=listed)
    assert total(encode(one(made, row), made)).exact() == [F("62.5")]
    result = score_answers(one(made, row), made).iloc[0]
    assert (result["score"], result["band"]) == (62.5, "Good")


@pytest.mark.slow
@settings(deadline=None, max_examples=80)
@given(st.data())
def test_a_score_on_the_edge_of_a_band_is_in_it_and_a_hair_below_is_not(data: st.DataObject) -> None:
    """The edge is put at the exact score of a made case, thirds, sevenths and all, and then just above it."""
    made = data.draw(frameworks(policies=("leave-out", "worst")))
    table = data.draw(answered(made))
    score, status = scored(made, table.iloc[0].to_dict())
    assume(status == "complete" and score is not None and 0 < score < 100)
    assert score is not None
    for edge, band in ((score, "Good"), (score + F(1, 10**12), "Inadequate")):
        bands = (("Outstanding", F(100)), ("Good", edge), ("Inadequate", F(0)))
        moved = dataclasses.replace(made, bands=bands, limits=())
        assert score_answers(table, moved)["band"].iloc[0] == band


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_na_never_moves_a_score_the_wrong_way(data: st.DataObject) -> None:
    """Taking an answer out moves the score up if it earned less than its pool, down if more, and not if the same.

    The pool of an answer is the case; under domains it is its domain, or the case where it is alone in its domain.
    Under all-or-nothing a score never falls by it. An answer without weight moves nothing.
    """
    made = data.draw(frameworks())
    row = data.draw(answered(made)).iloc[0].to_dict()
    earned = counting(made, row)
    before = pooled(made, earned)
    for criterion, mine in earned:
        without = {**row, criterion.id: "N/A"}
        after = total(encode(one(made, list(without.values())), made)).exact()[0]
        if after is None or before is None:
            continue
        if made.method == "all-or-nothing":
            assert after >= 100 * before
            continue
        pool, heavy = before, criterion.weight > 0
        if made.method == "domains":
            weights = {each.id: each.weight for each in made.domains}
            heavy = heavy and weights[criterion.domain] > 0
            inside = by_domain(earned, criterion.domain)
            others = [(each, value) for each, value in earned if each is not criterion]
            if by_domain(others, criterion.domain) is not None and inside is not None:
                pool = inside
        moved = (after > 100 * before) - (after < 100 * before)
        assert moved == ((mine < pool) - (mine > pool) if heavy else 0)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_better_answer_never_lowers_score_or_band(data: st.DataObject) -> None:
    made = data.draw(frameworks())
    table = data.draw(answered(made))
    criterion = data.draw(st.sampled_from(made.criteria))
    labels = [label for label, _ in made.bands]
    ladder = ANSWERS[criterion.response]
    ladder = ladder if criterion.response != "repeated" else ("5 of 5", "12 of 13", "5 of 7", "1 of 3", "0 of 3")
    results = [score_answers(table.assign(**{criterion.id: each}), made) for each in ladder]
    for better, worse in itertools.pairwise(results):
        stands = better["status"] == "complete"
        assert (stands == (worse["status"] == "complete")).all()
        assert (better.loc[stands, "score"] >= worse.loc[stands, "score"]).all()
        for best, worst in zip(better.loc[stands, "band"], worse.loc[stands, "band"], strict=True):
            assert labels.index(best) <= labels.index(worst)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_blank_that_counts_as_the_worst_answer_never_does_better_than_an_answer(data: st.DataObject) -> None:
    made = data.draw(frameworks(policies=("worst",)))
    table = data.draw(answered(made, silent=False))
    criterion = data.draw(st.sampled_from(made.criteria))
    labels = [label for label, _ in made.bands]
    blank = score_answers(table.assign(**{criterion.id: ""}), made)
    for each in ANSWERS[criterion.response]:
        given_ = score_answers(table.assign(**{criterion.id: each}), made)
        stands = blank["status"] == "complete"
        assert (blank.loc[stands, "score"] <= given_.loc[stands, "score"]).all()
        # What fires on one count of all, such as 12 of 13, cannot be known of a blank.
        if criterion.response != "repeated":
            for lacking, said in zip(blank.loc[stands, "band"], given_.loc[stands, "band"], strict=True):
                assert labels.index(lacking) >= labels.index(said)


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(st.data())
def test_limits_only_lower_and_order_changes_nothing(data: st.DataObject) -> None:
    made = data.draw(frameworks())
    table = data.draw(answered(made))
    result = score_answers(table, made)
    labels = [label for label, _ in made.bands]
    for before, band in zip(result["band_before_limits"], result["band"], strict=True):
        assert (before == "") == (band == "")
        assert not band or labels.index(band) >= labels.index(before)
    turned = dataclasses.replace(made, criteria=tuple(data.draw(st.permutations(made.criteria))))
    other = score_answers(table.loc[data.draw(st.permutations(list(table.index)))], turned)
    pd.testing.assert_frame_equal(other.loc[table.index], result)


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(st.data())
def test_completeness_depends_on_whether_and_never_on_what(data: st.DataObject) -> None:
    made = data.draw(frameworks())
    table = data.draw(answered(made))
    other = table.copy()
    for criterion in made.criteria:
        answers = ANSWERS[criterion.response]
        other[criterion.id] = [
            data.draw(st.sampled_from(answers)) if each in answers else each for each in table[criterion.id]
        ]
    one_, two = score_answers(table, made), score_answers(other, made)
    pd.testing.assert_series_equal(one_["answered_weight"], two["answered_weight"])
    pd.testing.assert_series_equal(one_["status"], two["status"])


def test_a_grade_called_yes_is_measured_among_the_grades(make_framework: Make) -> None:
    """Yes and No may be the grades: Partly keeps its place between them on the range scale."""
    made = make_framework(
        'framework: f\nversion: "1"\ntitle: t\nratings: ["Yes", "No"]\nearns: {"Yes": 1, Partly: 1/2, "No": 1/4}\n'
        'bands: {"Yes": 50, "No": 0}\nscore: {scale: range}\ncriteria:\n  - {id: A, ask: q, response: yes_partly_no}\n'
    )
    assert made.shares == {"Yes": F(1), "Partly": F(1, 3), "No": F(0)}


def test_under_all_or_nothing_the_best_there_is_is_all(make_framework: Make) -> None:
    """Where the best answer earns 9/10, it is all that can be earned: the score is 100, not never reached."""
    made = make_framework(
        'framework: f\nversion: "1"\ntitle: t\nratings: [Good, Poor]\nearns: {Good: 9/10, Poor: 0}\n'
        "bands: {Good: 9, Poor: 0}\nscore: {method: all-or-nothing}\ncriteria:\n  - {id: A, ask: q, response: graded}\n"
    )
    assert [score_answers(one(made, [each]), made)["score"].iloc[0] for each in ("Good", "Poor")] == [100, 0]


def test_the_contributions_are_written_as_text(make_framework: Make) -> None:
    """Two cases of the framework worked by hand: 1/2, 3/4, 1/4 and 3/5 of weights 1, 1/2, 3 and 1; then a blank."""
    made = framework(make_framework, "flat", "share-of-max")
    answers = {"A": MIXED, "B": BLANK}
    rows = [
        [case, each, rating, "Auditor 1", "reason"]
        for case, row in answers.items()
        for each, rating in zip(made.criterion_ids, row, strict=True)
    ]
    columns = ["case_id", "criterion_id", "rating", "auditor", "comment"]
    text = items_text([score_cases(pd.DataFrame(rows, columns=columns, dtype=object), made)])
    assert text.iloc[:, 2:5].to_numpy().tolist() == [
        ["A1", "Partly", "0.5"],
        ["A2", "Good", "0.75"],
        ["B1", "Inadequate", "0.25"],
        ["B2", "3 of 5", "0.6"],
        ["A1", "Yes", "1"],
        ["A2", "", ""],
        ["B1", "N/A", ""],
        ["B2", "1 of 2", "0.5"],
    ]
    assert text["effective_weight"].iloc[:4].astype(float).tolist() == pytest.approx([2 / 11, 1 / 11, 6 / 11, 2 / 11])
    added = [100 / 11, 75 / 11, 150 / 11, 120 / 11]
    assert text["contribution"].iloc[:4].astype(float).tolist() == pytest.approx(added)
    assert text["effective_weight"].iloc[4:].tolist() == ["0.5", "", "", "0.5"]
    assert text["contribution"].iloc[4:].tolist() == ["", "", "", ""]
    assert sum(map(float, text["contribution"].iloc[:4])) == pytest.approx(float(100 * F(89, 220)))
