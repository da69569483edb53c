"""Re-auditing on purpose: cases by the tickets of an earlier round, and a simple random sample all the same."""

from __future__ import annotations

import functools
import hashlib
import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from audit_toolkit.errors import DesignError
from audit_toolkit.sampling import Reaudited, draw_sample, reaudit_counts, ticket

EARLIER, NOW = "spring 2009", "winter 2010"
UNITS = pd.DataFrame(
    {
        "case_id": [f"C{number:03}" for number in range(120)],
        "stratum": [("N", "S")[number % 3 == 0] for number in range(120)],
    },
    dtype=object,
)
ALLOCATION = {"N": 9, "S": 6}


def by_hand(label: str, size: int, again: int, units: pd.DataFrame = UNITS) -> list[str]:
    """Take the first `again` by the earlier seed, the rest by the new one: the whole of the rule, in three lines."""
    cases = units.loc[units["stratum"] == label, "case_id"].tolist()
    first = sorted(cases, key=lambda case: ticket(EARLIER, case))[:again]
    return first + sorted(set(cases) - set(first), key=lambda case: ticket(NOW, case))[: size - again]


def test_the_first_cases_come_by_the_earlier_tickets_and_the_rest_by_the_new() -> None:
    taken = {"N": 3, "S": 6}
    sample = draw_sample(
        UNITS, allocation=ALLOCATION, seed=NOW, reserves=2, reaudit=Reaudited(EARLIER, taken, "spring")
    )
    for label, size in ALLOCATION.items():
        rows = sample.cases[sample.cases["stratum"] == label]
        assert rows["case_id"].tolist() == by_hand(label, size + 2, taken[label])
        assert rows["draw_order"].tolist() == list(range(1, size + 3))
        assert rows["draw_status"].tolist() == ["sampled"] * size + ["reserve"] * 2
        seeds = [EARLIER] * taken[label] + [NOW] * (size + 2 - taken[label])
        assert rows["ticket"].tolist() == [ticket(*each) for each in zip(seeds, rows["case_id"], strict=True)]
    assert sample.sampled()["design_weight"].sum() == pytest.approx(120, rel=1e-12)
    assert sample.receipt.reaudit == {"round": "spring", "seed": EARLIER, "counts": taken}
    assert sample.notes[-1] == "9 of 15 cases are taken on purpose by the tickets of spring."


def test_an_earlier_sample_of_the_same_frame_comes_back_whole() -> None:
    earlier = draw_sample(UNITS, allocation=ALLOCATION, seed=EARLIER)
    cases = tuple(earlier.sampled()["case_id"])
    sample = draw_sample(
        UNITS, allocation=ALLOCATION, seed=NOW, reaudit=Reaudited(EARLIER, {"N": 4, "S": 2}, "spring", cases)
    )
    again = set(sample.sampled()["case_id"]) & set(cases)
    assert len(again) >= 6
    by_chance = len(again) - 6
    more = f", and {by_chance} more came again by chance" if by_chance else ""
    assert sample.notes[-1] == (
        f"6 of 15 cases are taken on purpose by the tickets of spring: 6 of them were in its sample{more}."
    )
    whole = draw_sample(UNITS, allocation=ALLOCATION, seed=NOW, reaudit=Reaudited(EARLIER, ALLOCATION))
    assert sorted(whole.cases["case_id"]) == sorted(cases)


def test_nobody_taken_on_purpose_is_the_plain_draw() -> None:
    plain = draw_sample(UNITS, allocation=ALLOCATION, seed=NOW, reserves=1)
    none = draw_sample(UNITS, allocation=ALLOCATION, seed=NOW, reserves=1, reaudit=Reaudited(EARLIER, {"N": 0}))
    pd.testing.assert_frame_equal(plain.cases, none.cases)


def test_a_larger_sample_contains_the_smaller_while_no_stratum_gives_fewer_on_purpose() -> None:
    before: set[str] = set()
    for size in range(1, 40):
        for again in sorted({size // 3, math.ceil(size / 3)}):
            drawn = draw_sample(
                UNITS, allocation={"N": size, "S": 1}, seed=NOW, reaudit=Reaudited(EARLIER, {"N": again})
            ).sampled()
            now = set(drawn.loc[drawn["stratum"] == "N", "case_id"])
            assert len(now) == size
            if again == size // 3:
                assert before <= now
                before = now


def test_more_on_purpose_swaps_and_never_loses_more_cases_than_it_takes() -> None:
    for again in range(9):
        first, second = (set(by_hand("N", 9, again + more)) for more in (0, 1))
        assert len(first - second) == len(second - first) <= 1


@pytest.mark.parametrize(
    ("allocation", "share", "counts"),
    [
        ({"a": 10, "b": 10, "c": 10}, "0.3", {"a": 3, "b": 3, "c": 3}),
        ({"a": 5, "b": 3, "c": 2}, "0.5", {"a": 3, "b": 1, "c": 1}),
        ({"a": 2, "b": 2, "c": 2}, "0.2", {"a": 1, "b": 0, "c": 0}),
        ({"a": 7, "b": 1}, "1", {"a": 7, "b": 1}),
        ({"a": 7, "b": 1}, "0", {"a": 0, "b": 0}),
        ({"a": 3}, "0.5", {"a": 2}),
    ],
)
def test_a_share_is_shared_out_in_whole_cases(allocation: dict[str, int], share: str, counts: dict[str, int]) -> None:
    assert reaudit_counts(allocation, Fraction(share)) == counts


def test_the_counts_are_the_nearest_there_are() -> None:
    """Webster's method minimises the sum of (k - q)^2 / q over all ways to share out: tried against every one."""
    rng = np.random.default_rng(5)
    for _ in range(300):
        allocation = {f"s{number}": int(rng.integers(1, 6)) for number in range(int(rng.integers(1, 5)))}
        share = Fraction(int(rng.integers(0, 21)), 20)
        counts = reaudit_counts(allocation, share)
        total = math.floor(share * sum(allocation.values()) + Fraction(1, 2))
        assert sum(counts.values()) == total
        assert all(0 <= counts[label] <= allocation[label] for label in allocation)
        ways = itertools.product(*[range(cases + 1) for cases in allocation.values()])
        sizes = list(allocation.values())

        def loss(ks: tuple[int, ...], sizes: list[int] = sizes) -> Fraction:
            return sum((Fraction(k * k, size) for k, size in zip(ks, sizes, strict=True)), Fraction(0))

        assert loss(tuple(counts.values())) == min(loss(ks) for ks in ways if sum(ks) == total)
        turned = dict(reversed(list(allocation.items())))
        assert reaudit_counts(turned, share) == counts


@pytest.mark.parametrize(
    ("reaudit", "said"),
    [
        (
            Reaudited(EARLIER, {"N": 10, "S": -1, "E": 1}),
            "draw: -1 cases of stratum S are to be re-audited, of 6. Ask for 0 to 6.\n"
            "draw: 1 cases of stratum E are to be re-audited, of 0. Ask for 0 to 0.\n"
            "draw: 10 cases of stratum N are to be re-audited, of 9. Ask for 0 to 9.",
        ),
        (
            Reaudited(NOW, {"N": 1}),
            'draw: the seed "winter 2010" is that of the round re-audited. '
            "Take a new seed: that round's tickets come in by reaudit.",
        ),
        (Reaudited("a,b", {"N": 1}), 'seed: the seed "a,b" is empty, has a comma or a control character. Use digits '),
    ],
)
def test_what_cannot_be_re_audited_is_refused(reaudit: Reaudited, said: str) -> None:
    with pytest.raises(DesignError) as refused:
        draw_sample(UNITS, allocation=ALLOCATION, seed=NOW, reaudit=reaudit)
    assert "\n".join(sorted(str(refused.value).splitlines()))[: len(said)] == said


# Frequencies: one stratum with cases that stayed, left and joined, over 20,000 pairs of seeds.
STAYED, LEFT, JOINED = 8, 4, 4
BEFORE = [f"stayed {number}" for number in range(STAYED)] + [f"left {number}" for number in range(LEFT)]
TODAY = [f"stayed {number}" for number in range(STAYED)] + [f"joined {number}" for number in range(JOINED)]
DRAWN_BEFORE, DRAWN_TODAY, ON_PURPOSE = 5, 6, 3
PAIRS = 20_000


def ranks(seeds: list[str], cases: list[str]) -> np.ndarray:
    """Give the rank of each case's ticket under each seed, from 0; the first 64 bits of a ticket order it."""
    heads = [[hashlib.sha256(f"{seed},{case}".encode()).digest()[:8] for case in cases] for seed in seeds]
    return np.array(heads, dtype="S8").argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")


@functools.cache
def simulated() -> tuple[np.ndarray, np.ndarray]:
    """Draw both rounds for every pair of seeds: True where a case is drawn."""
    old = [f"old {number}" for number in range(PAIRS)]
    new = [f"new {number}" for number in range(PAIRS)]
    before = ranks(old, BEFORE) < DRAWN_BEFORE
    first = ranks(old, TODAY) < ON_PURPOSE
    rest = np.where(first, len(TODAY), ranks(new, TODAY)).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    return before, first | (rest < DRAWN_TODAY - ON_PURPOSE)


def overlap_expected() -> Fraction:
    """Integrate exactly over the earlier ticket t of a case that stayed: those before it are binomial, and apart."""

    def below(count: int, cases: int) -> list[int]:
        return [math.comb(count, number) if number <= count else 0 for number in range(cases + 1)]

    others = STAYED - 1
    total = others + LEFT + JOINED
    by_chance = Fraction(DRAWN_TODAY - ON_PURPOSE, len(TODAY) - ON_PURPOSE)
    both = Fraction(0)
    for a, d, b in itertools.product(range(others + 1), range(LEFT + 1), range(JOINED + 1)):
        if a + d < DRAWN_BEFORE:
            ways = below(others, a)[a] * below(LEFT, d)[d] * below(JOINED, b)[b]
            before = a + d + b
            # The integral of t^before (1 - t)^(total - before) is a beta function.
            chance = ways * Fraction(math.factorial(before) * math.factorial(total - before), math.factorial(total + 1))
            both += chance * (1 if a + b < ON_PURPOSE else by_chance)
    return STAYED * both


def test_every_case_is_drawn_as_often_whether_it_stayed_or_joined() -> None:
    before, today = simulated()
    assert (today.sum(axis=1) == DRAWN_TODAY).all()
    for drawn, size in ((before, DRAWN_BEFORE), (today, DRAWN_TODAY)):
        share = size / drawn.shape[1]
        z = (drawn.mean(axis=0) - share) / math.sqrt(share * (1 - share) / PAIRS)
        assert np.abs(z).max() < stats.norm.isf(0.001 / 2 / drawn.shape[1])
    # Pairs of cases too, as in a simple random sample: one that stayed with one that joined, and two of a kind.
    together = DRAWN_TODAY * (DRAWN_TODAY - 1) / (len(TODAY) * (len(TODAY) - 1))
    pairs = list(itertools.combinations(range(len(TODAY)), 2))
    rates = np.array([(today[:, one] & today[:, other]).mean() for one, other in pairs])
    z = (rates - together) / math.sqrt(together * (1 - together) / PAIRS)
    assert np.abs(z).max() < stats.norm.isf(0.001 / 2 / len(pairs))


def test_as_many_cases_come_again_as_computed() -> None:
    before, today = simulated()
    again = (before[:, :STAYED] & today[:, :STAYED]).sum(axis=1)
    expected = float(overlap_expected())
    assert expected == pytest.approx(2.4311, abs=5e-5)
    assert abs(again.mean() - expected) < stats.norm.isf(0.0005) * again.std() / math.sqrt(PAIRS)
    # Without a purpose it would be the product of the sampling fractions.
    assert expected > STAYED * DRAWN_BEFORE / len(BEFORE) * DRAWN_TODAY / len(TODAY) + 0.75


def test_the_marks_are_the_cases_that_draw_sample_gives() -> None:
    _, today = simulated()
    units = pd.DataFrame({"case_id": TODAY, "stratum": "s"}, dtype=object)
    for number in range(0, PAIRS, 200):
        reaudit = Reaudited(f"old {number}", {"s": ON_PURPOSE})
        sample = draw_sample(units, allocation={"s": DRAWN_TODAY}, seed=f"new {number}", reaudit=reaudit)
        assert set(sample.cases["case_id"]) == set(np.array(TODAY)[today[number]])
