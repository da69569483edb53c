"""Changes of shares and means against Newcombe, R survey, identities and the edge cases."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from audit_toolkit.errors import ChangeError, DesignError
from audit_toolkit.improvement import compare_grades, compare_means, compare_shares

REFERENCE = Path(__file__).parents[1] / "reference"
NEWCOMBE = json.loads((REFERENCE / "newcombe.json").read_text())["cases"]
MADE_UP = json.loads((REFERENCE / "improvement_survey.json").read_text())
EXPECTED = MADE_UP["expected"]
Z = 1.959963984540054


def frame(which: str) -> pd.DataFrame:
    return pd.DataFrame(MADE_UP[which]).set_index("case_id")


def both(column: str, *, answered: bool = False):
    rounds = []
    for which, population in (("earlier", MADE_UP["N"]), ("later", MADE_UP["N_later"])):
        cases = frame(which)
        values = cases[column].where(cases["answered"] == 1) if answered else cases[column]
        rounds.append((values, cases["stratum"], population))
    return rounds


def alike(tag: str, values, strata="s", size: float = 500):
    """One round, its strata by letter, each with `size` cases."""
    strata = list(strata) if len(strata) == len(values) else [strata] * len(values)
    ids = [f"{tag}{i}" for i in range(len(values))]
    return pd.Series(values, index=ids, dtype=float), pd.Series(strata, index=ids), dict.fromkeys(strata, size)


@pytest.mark.parametrize("case", [each for each in NEWCOMBE if each["id"].startswith("newcombe10")])
def test_one_stratum_lies_near_newcombe_10(case) -> None:
    """Another interval, so not the same figures: limits within two and a half points of his method's published ones."""
    x1, n1, x2, n2 = (case["inputs"][key] for key in ("x1", "n1", "x2", "n2"))
    change = compare_shares(alike("e", [1] * x2 + [0] * (n2 - x2)), alike("l", [1] * x1 + [0] * (n1 - x1)))
    limits = [case["expected"][key] for key in ("lower", "upper")]
    assert change.change == pytest.approx(case["expected"]["diff"], abs=1e-8)
    if min(n1, n2) > 20:
        assert [change.ci.low, change.ci.high] == pytest.approx(limits, abs=0.025)
    assert change.ci.low < change.change < change.ci.high or change.change in (-1, 1)


@pytest.mark.parametrize("case", [each for each in NEWCOMBE if each["id"].startswith("newcombe10")])
def test_mover_in_one_stratum_is_newcombes_method_10(case) -> None:
    x1, n1, x2, n2 = (case["inputs"][key] for key in ("x1", "n1", "x2", "n2"))
    earlier, later = alike("e", [1] * x2 + [0] * (n2 - x2)), alike("l", [1] * x1 + [0] * (n1 - x1))
    change = compare_shares(earlier, later, method="mover")
    limits = [case["expected"][key] for key in ("lower", "upper")]
    assert [change.ci.low, change.ci.high] == pytest.approx(limits, abs=1e-8)
    assert change.method == "MOVER on Wilson limits"


def test_another_method_is_refused() -> None:
    with pytest.raises(ChangeError) as refused:
        compare_shares(alike("e", [1, 0]), alike("l", [1, 0]), method="wald")
    assert str(refused.value).startswith('method: "wald" is not a method for a change in a share.')


def like_for_like_by_hand() -> dict[str, float]:
    """The earlier share with a stratum weighing what it weighs later: N_h times the share answered later."""
    then, now = frame("earlier"), frame("later")
    value = variance = total = 0.0
    for stratum, size in MADE_UP["N_later"].items():
        weight = size * (now.loc[now["stratum"] == stratum, "answered"] == 1).mean()
        answers = then.loc[(then["stratum"] == stratum) & (then["answered"] == 1), "outcome"].astype(float)
        value += weight * answers.mean()
        variance += weight**2 * answers.var(ddof=1) / len(answers)
        total += weight
    return {"value": value / total, "standard_error": math.sqrt(variance) / total}


def test_share_change_with_answers_missing_is_like_for_like() -> None:
    earlier, later = like_for_like_by_hand(), EXPECTED["round_shares"]["later_answered"]
    change = compare_shares(*both("outcome", answered=True))
    assert [change.earlier, change.later] == pytest.approx([earlier["value"], later["value"]], rel=1e-8)
    assert change.standard_error == pytest.approx(
        math.hypot(earlier["standard_error"], later["standard_error"]), rel=1e-8
    )
    assert change.ci.low < change.change < change.ci.high


@pytest.mark.parametrize("verb", [compare_shares, compare_means])
def test_a_shift_of_not_applicable_between_strata_is_no_change(verb) -> None:
    """A good stratum and a poor one, each as before: only where the question applies has moved."""

    def side(tag: str, applies: tuple[int, int]):
        cells: list[float | None] = []
        for share, count in zip((0.9, 0.3), applies, strict=True):
            good = round(share * count)
            cells += [*[1.0] * good, *[0.0] * (count - good), *[None] * (20 - count)]
        index = [f"{tag}{number}" for number in range(40)]
        strata = pd.Series(["A"] * 20 + ["B"] * 20, index=index)
        return pd.Series(cells, index=index, dtype=float), strata, {"A": 90, "B": 90}

    change = verb(side("e", (20, 10)), side("l", (10, 20)))
    assert change.change == pytest.approx(0.0, abs=1e-12)
    assert change.verdict == "cannot_tell"


def test_share_change_stands_on_r_variances() -> None:
    """The later weights, no finite population correction: p and V of each round by R."""
    earlier, later = EXPECTED["round_shares"]["earlier"], EXPECTED["round_shares"]["later"]
    change = compare_shares(*both("outcome"))
    assert [change.earlier, change.later] == pytest.approx([earlier["value"], later["value"]], rel=1e-8)
    assert change.standard_error == pytest.approx(
        math.hypot(earlier["standard_error"], later["standard_error"]), rel=1e-8
    )
    # With hundreds of cases a score interval and one of standard errors differ little; with sixty by a point or two.
    assert change.ci.high - change.ci.low == pytest.approx(2 * Z * change.standard_error, rel=0.15)


def test_mean_change_as_r_survey() -> None:
    change = compare_means(*both("score"))
    expected = EXPECTED["change_mean"]
    for key in ("earlier", "later", "change", "standard_error"):
        assert getattr(change, key) == pytest.approx(expected[key], rel=1e-8)
    # R counts all cases; Satterthwaite's degrees of freedom are fewer, and the interval a little wider for it.
    assert 0.7 * expected["df"] < change.df <= expected["df"]
    reach = scipy.stats.t.ppf(0.975, change.df) * change.standard_error
    assert [change.ci.low, change.ci.high] == pytest.approx([change.change - reach, change.change + reach], rel=1e-8)
    assert change.ci.low < expected["ci"][0] < expected["ci"][1] < change.ci.high


def test_one_stratum_is_welchs_test() -> None:
    rng = np.random.default_rng(9)
    first, second = rng.normal(size=9), 2 * rng.normal(size=14)
    expected = scipy.stats.ttest_ind(second, first, equal_var=False)
    change = compare_means((first, ["a"] * 9, {"a": 90}), (second, ["a"] * 14, {"a": 90}))
    assert change.change / change.standard_error == pytest.approx(expected.statistic)
    assert change.df == int(expected.df)


def test_overall_change_has_each_rounds_own_weights() -> None:
    change = compare_shares(*both("outcome"))
    own = []
    for which, population in (("earlier", MADE_UP["N"]), ("later", MADE_UP["N_later"])):
        share = frame(which).groupby("stratum")["outcome"].mean()
        own.append((share * pd.Series(population)).sum() / sum(population.values()))
    assert change.overall_change == pytest.approx(own[1] - own[0], rel=1e-12)
    assert change.overall_change != pytest.approx(change.change, abs=1e-4)


def test_only_the_mix_changed_is_no_change_like_for_like() -> None:
    earlier = (*alike("e", [1, 1, 1, 0] * 5 + [0, 0, 0, 1] * 5, "a" * 20 + "b" * 20)[:2], {"a": 300, "b": 100})
    later = (*alike("l", [1, 1, 1, 0] * 5 + [0, 0, 0, 1] * 5, "a" * 20 + "b" * 20)[:2], {"a": 100, "b": 300})
    change = compare_shares(earlier, later)
    assert change.change == pytest.approx(0, abs=1e-15)
    assert change.overall_change == pytest.approx(-0.25)


@pytest.mark.parametrize("verb", [compare_shares, compare_means, compare_grades])
def test_all_alike_in_both_rounds_cannot_tell(verb) -> None:
    change = verb(alike("e", [1] * 10), alike("l", [1] * 10), margin=0.1)
    assert (change.change, change.verdict) == (0, "cannot_tell")


@pytest.mark.parametrize("verb", [compare_shares, compare_means, compare_grades])
def test_all_bad_then_all_good_has_improved(verb) -> None:
    strata = "aaaaabbbbb"
    change = verb(alike("e", [0] * 10, strata), alike("l", [1] * 10, strata))
    assert change.verdict == "improved"
    back = verb(alike("e", [1] * 10, strata), alike("l", [0] * 10, strata))
    assert back.verdict == "worsened"
    assert back.p_two_sided == pytest.approx(change.p_two_sided)
    if verb is not compare_shares:
        assert change.p_value == pytest.approx(1 / 252**2)
        assert math.isnan(change.ci.low)


def test_means_without_spread_weigh_strata_by_their_step() -> None:
    """Stratum a rises by 3 and b falls by 1, five cases each: of the 252 x 252 deals only the first is as far up."""
    earlier, later = alike("e", [1] * 5 + [4] * 5, "aaaaabbbbb"), alike("l", [4] * 5 + [3] * 5, "aaaaabbbbb")
    change = compare_means(earlier, later)
    assert change.change == pytest.approx(1.0)
    sums = {}
    for up in range(6):
        for down in range(6):
            ways = math.comb(5, up) ** 2 * math.comb(5, down) ** 2
            at = 3 * (2 * up - 5) + (2 * down - 5)
            sums[at] = sums.get(at, 0) + ways
    expected = sum(ways for at, ways in sums.items() if at >= 3 * 5 - 5) / 252**2
    assert change.p_value == pytest.approx(expected, rel=1e-12)


def test_fewer_is_better() -> None:
    rounds = both("outcome")
    more, fewer = compare_shares(*rounds), compare_shares(*rounds, higher_is_better=False)
    assert fewer.change == more.change
    assert fewer.ci == more.ci
    assert (fewer.p_two_sided, fewer.change) == (more.p_two_sided, more.change)
    # A step between neighbouring changes is taken off either way, so the two sides add to a little more than 1.
    assert 1 <= fewer.p_value + more.p_value < 1.1
    assert compare_shares(alike("e", [1] * 20), alike("l", [0] * 20), higher_is_better=False).verdict == "improved"
    assert compare_means(alike("e", [1] * 20), alike("l", [0] * 20), higher_is_better=False).verdict == "improved"


def test_no_worse_needs_a_margin_declared() -> None:
    rounds = alike("e", [1, 0] * 60), alike("l", [1, 0] * 60)
    assert compare_shares(*rounds).verdict == "cannot_tell"
    assert compare_shares(*rounds, margin=0.2).verdict == "no_worse"
    assert compare_shares(*rounds, margin=0.05).verdict == "cannot_tell"


@pytest.mark.parametrize("verb", [compare_shares, compare_means, compare_grades])
def test_stratum_missing_from_a_round_is_left_out_and_said(verb) -> None:
    earlier = alike("e", [1, 0, 1, 0] * 3, "aaaabbbbcccc", 100)
    later = alike("l", [1, 0, 1, 1, 0, 1], "aaabbb", 100)
    later = (*later[:2], {"a": 100, "b": 100, "d": 50})
    change = verb(earlier, later)
    assert change.coverage == pytest.approx(0.8)
    assert change.notes == (
        'Compared are the strata with answers in both rounds, without "c", "d": '
        "they hold 80.0 % of the later register.",
    )
    kept = tuple(part[:8] for part in earlier[:2])
    alone = verb((*kept, {"a": 100, "b": 100}), (*later[:2], {"a": 100, "b": 100}))
    assert (change.change, change.ci) == (alone.change, alone.ci)
    assert (change.n_earlier, change.population_earlier, change.population_later) == (8, 300, 250)


@pytest.mark.parametrize("verb", [compare_shares, compare_means, compare_grades])
def test_thin_stratum_cannot_tell_unless_collapsed(verb) -> None:
    earlier = alike("e", [0, 0, 1, 0, 0, 1, 0], "aaabbbc", 100)
    later = alike("l", [1, 1, 0, 1, 1, 0, 1], "aaabbbc", 100)
    change = verb(earlier, later, margin=0.4)
    assert (change.verdict, math.isnan(change.ci.low), math.isnan(change.p_value)) == ("cannot_tell", True, True)
    assert change.notes[0] == (
        'Both rounds: Variance not estimable: one case stands for stratum "c". '
        "Draw two, or declare under collapse the neighbour to take it with."
    )
    collapsed = verb(earlier, later, collapse={"c": "b"})
    assert collapsed.ci.low < collapsed.change < collapsed.ci.high
    assert collapsed.notes == ('Both rounds: "c" (one case) was taken with "b" for the variance only.',)


@pytest.mark.parametrize("verb", [compare_shares, compare_means, compare_grades])
def test_stratum_of_one_case_in_all_is_thin_for_the_process(verb) -> None:
    earlier = (*alike("e", [0, 0, 1, 0], "aaac")[:2], {"a": 9, "c": 1})
    later = (*alike("l", [1, 1, 0, 1], "aaac")[:2], {"a": 9, "c": 1})
    change = verb(earlier, later)
    assert (change.verdict, math.isnan(change.p_value)) == ("cannot_tell", True)
    assert not math.isnan(verb(earlier, later, collapse={"c": "a"}).p_value)


@pytest.mark.parametrize("verb", [compare_shares, compare_means, compare_grades])
def test_a_stratum_that_is_thin_in_one_round_is_said_to_be_of_that_one(verb) -> None:
    earlier = alike("e", [0, 0, 1, 0, 0, 1, 0], "aaabbbc", 100)
    later = alike("l", [1, 1, 0, 1, 1, 0, 1, 0], "aaabbbcc", 100)
    assert verb(earlier, later).notes[0].startswith("Earlier round: Variance not estimable: one case stands for")
    assert verb(later, earlier).notes[0].startswith("Later round: Variance not estimable: one case stands for")


@pytest.mark.parametrize("verb", [compare_shares, compare_means, compare_grades])
def test_criterion_not_applicable_in_a_round(verb) -> None:
    change = verb(alike("e", [np.nan] * 4), alike("l", [1, 0, 1, 1]))
    assert (change.verdict, math.isnan(change.change), change.n_earlier) == ("cannot_tell", True, 0)
    assert change.notes == ("n = 0 in a round, not applicable: there is nothing to compare.",)
    assert str(change).startswith("Cannot tell: there is nothing to compare.")


def test_complete_counts_say_the_exact_change() -> None:
    change = compare_shares(alike("e", [1, 0, 0, 0], size=4), alike("l", [1, 1, 0, 0], size=4))
    assert change.notes == ("Complete counts: the register itself changed by exactly +25.00 points.",)
    assert change.ci.low < change.change < change.ci.high


def test_order_and_labels_do_not_matter() -> None:
    rounds = both("score")
    change = compare_means(*rounds)
    shuffled = [(values.sample(frac=1, random_state=3), strata, population) for values, strata, population in rounds]
    assert compare_means(*shuffled).ci.low == pytest.approx(change.ci.low, rel=1e-12)
    scaled = compare_means(*((10 * values + 5, strata, population) for values, strata, population in rounds))
    assert [scaled.ci.low, scaled.p_value] == pytest.approx([10 * change.ci.low, change.p_value], rel=1e-9)


@pytest.mark.parametrize("verb", [compare_shares, compare_means, compare_grades])
def test_p_and_interval_agree(verb) -> None:
    rng = np.random.default_rng(12)
    words = set()
    for i in range(60):
        rounds = [
            alike(tag, rng.random(24) < share, "aaaaaaaabbbbbbbbcccccccc") for tag, share in (("e", 0.5), ("l", 0.8))
        ]
        change = verb(*rounds, higher_is_better=bool(i % 2))
        assert (change.p_two_sided < 0.05) == (change.verdict in ("improved", "worsened"))
        other = verb(*rounds, higher_is_better=not i % 2)
        assert change.p_two_sided == pytest.approx(min(1, 2 * min(change.p_value, other.p_value)))
        words.add(change.verdict)
    assert words == {"improved", "worsened", "cannot_tell"}


def test_a_scored_round_is_read_as_three_parts() -> None:
    class Scored:
        def __init__(self, values, strata, population) -> None:
            self.values, self.strata, self.population = values, strata, population

    rounds = both("outcome")
    assert compare_shares(*(Scored(*each) for each in rounds)).ci == compare_shares(*rounds).ci


def test_what_it_tells() -> None:
    change = compare_shares(alike("e", [1, 0] * 10), alike("l", [1, 1, 1, 0] * 5), margin=0.1).with_detectable(
        0.39, 0.3, ["Told."]
    )
    told = change.to_dict()
    json.dumps(told, allow_nan=False)
    assert (told["detectable_true"], told["detectable_observed"], told["margin"]) == (0.39, 0.3, 0.1)
    assert list(change.to_frame().columns) == list(told)
    assert str(change) == (
        "No worse than the margin allows; improvement not shown: "
        "50.0 % to 75.0 %, +25.0 points (95 % interval -6.9 to +53.3).\n"
        "n = 20 earlier (N = 500), 20 later (N = 500); one-sided p = 0.0587 (score test, counted out)\n- Told."
    )
    assert math.isnan(change.theta)


@pytest.mark.parametrize(
    ("call", "family", "text"),
    [
        (
            lambda: compare_shares(alike("e", [1, 0]), alike("l", [1, 0], "t")),
            ChangeError,
            'the rounds share no stratum: "s" earlier, "t" later. Stratify both rounds by the same columns.',
        ),
        (
            lambda: compare_shares(alike("e", [1, 2]), alike("l", [3, 0])),
            ChangeError,
            "earlier round, case e1: 2 is not 0 or 1. Use 1 where it is met, 0 where not, empty for no answer.\n"
            "later round, case l0: 3 is not 0 or 1. Use 1 where it is met, 0 where not, empty for no answer.",
        ),
        (
            lambda: compare_means(alike("e", [1, 2], size=1), alike("l", [3, 0], size=1)),
            DesignError,
            'earlier round: stratum "s" has 2 cases drawn, more than the 1 in the population. '
            "Check the count, or whether a case stands in two strata.\n"
            'later round: stratum "s" has 2 cases drawn, more than the 1 in the population. '
            "Check the count, or whether a case stands in two strata.",
        ),
        (
            lambda: compare_shares([1, 0], alike("l", [1, 0])),
            ChangeError,
            "earlier round: not a round. Give (values, strata, population) or a scored round.",
        ),
        (
            lambda: compare_shares(alike("e", [1, 0]), alike("l", [1, 0]), margin=10),
            ChangeError,
            "margin 10 cannot be used. Give how much worse still counts as no worse: 0.10 for ten points.",
        ),
        (
            lambda: compare_shares(alike("e", [1, 0]), alike("l", [1, 0]), collapse={"x": "s"}),
            DesignError,
            'collapse: "x" is not a stratum. Use one of: s, s.',
        ),
    ],
)
def test_refusals(call, family, text) -> None:
    with pytest.raises(family) as refused:
        call()
    assert str(refused.value) == text
