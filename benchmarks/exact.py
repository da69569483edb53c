"""The exact permutation test of two rounds of 100 cases, beside 10,000 draws by numpy.random.Generator.permuted.

Four grades; one stratum, five strata of equal samples, and five in proportion, all weighted by a register of 300, 200,
120, 60 and 20. Both are timed in one process and in turn, by the processor's clock. The exact test is then compared
with arithmetic in Python's integers alone, the numbers of deals counted by dictionaries.
"""

from __future__ import annotations

import itertools
import math
import statistics
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import partial

import numpy as np
import scipy.stats

from audit_toolkit.improvement.changes.permutation import permutation_p
from benchmarks.processes import versions

DRAWS = 10_000
SIZES = [300, 200, 120, 60, 20]
DESIGNS = {
    "one_stratum": ([1], [100]),
    "five_equal": (SIZES, [20] * 5),
    "five_proportional": (SIZES, [43, 28, 17, 9, 3]),
}
EARLIER, LATER = [0.25, 0.25, 0.25, 0.25], [0.2, 0.2, 0.3, 0.3]

Counts = list[list[int]]


def measure(*, quick: bool) -> dict[str, object]:
    """Measure each design in turn; the quick run leaves out the whole-number check of the last, which takes longest."""
    times = 5 if quick else 21
    figures: dict[str, object] = {"cases_a_round": 100, "draws": DRAWS, "runs": times}
    for name, (weights, cases) in DESIGNS.items():
        rng = np.random.default_rng(41352)
        first, second = (np.stack([rng.multinomial(n, shares) for n in cases]) for shares in (EARLIER, LATER))
        ours, theirs = [], []
        for _ in range(times):
            ours.append(_seconds(partial(permutation_p, first, second, weights)))
            theirs.append(_seconds(partial(_drawn, first, second, weights, rng)))
        figures[f"{name}_exact_seconds"] = round(statistics.median(ours), 4)
        figures[f"{name}_permuted_seconds"] = round(statistics.median(theirs), 4)
        ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
        figures[f"{name}_ratio_exact_to_permuted"] = round(ratio, 3)
        found = permutation_p(first, second, weights)
        figures[f"{name}_p"], figures[f"{name}_p_drawn"] = found.rise, _drawn(first, second, weights, rng)
        figures[f"{name}_rounding_of_weights"] = found.rounding
        if not (quick and name == "five_proportional"):
            rise, fall = _whole(first.tolist(), second.tolist(), weights)
            figures[f"{name}_largest_difference"] = max(abs(found.rise - rise), abs(found.fall - fall))
    return {**figures, **versions("audit_toolkit", "numpy")}


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _drawn(first: np.ndarray, second: np.ndarray, weights: list[int], rng: np.random.Generator) -> float:
    """Give p for a rise as an analyst would: midranks permuted within each stratum, and their weighted sums counted."""
    sums, observed = np.zeros(DRAWS), 0.0
    for one, other, weight in zip(first, second, weights, strict=True):
        n1, n2 = int(one.sum()), int(other.sum())
        ranks = scipy.stats.rankdata(np.concatenate([np.repeat(np.arange(len(one)), each) for each in (one, other)]))
        scale = weight / (n1 * n2)
        observed += scale * ranks[n1:].sum()
        sums += scale * rng.permuted(np.tile(ranks, (DRAWS, 1)), axis=1)[:, n1:].sum(axis=1)
    return float((sums >= observed - 1e-9).mean())


def _whole(first: Counts, second: Counts, weights: list[int]) -> tuple[float, float]:
    """Give both p by whole numbers: two halves of the strata counted, one sorted, the other looked up in it."""
    units = [Fraction(w, sum(a) * sum(b)) for a, b, w in zip(first, second, weights, strict=True)]
    common = math.lcm(*(unit.denominator for unit in units))
    strata, observed = [], 0
    for one, other, unit in zip(first, second, units, strict=True):
        scale = int(unit * common)
        counts: Counter[int] = Counter()
        for dealt, ways in _deals([a + b for a, b in zip(one, other, strict=True)], sum(other)):
            left = [a + b - k for a, b, k in zip(one, other, dealt, strict=True)]
            counts[scale * _won(left, dealt)] += ways
        observed += scale * _won(one, other)
        strata.append(counts)
    looked_up, ordered = _half(strata[0::4]), sorted(_half([each for h, each in enumerate(strata) if h % 4]).items())
    keys, upto = [key for key, _ in ordered], [0, *itertools.accumulate(count for _, count in ordered)]
    rise = sum(count * (upto[-1] - upto[bisect_left(keys, observed - key)]) for key, count in looked_up.items())
    fall = sum(count * upto[bisect_left(keys, observed - key + 1)] for key, count in looked_up.items())
    every = upto[-1] * sum(looked_up.values())
    return rise / every, fall / every


def _deals(tied: list[int], chosen: int) -> list[tuple[list[int], int]]:
    found = []
    for some in itertools.product(*(range(min(n, chosen) + 1) for n in tied[:-1])):
        rest = chosen - sum(some)
        if 0 <= rest <= tied[-1]:
            dealt = [*some, rest]
            found.append((dealt, math.prod(math.comb(n, k) for n, k in zip(tied, dealt, strict=True))))
    return found


def _won(earlier: list[int], later: list[int]) -> int:
    return sum(a * b * ((j > i) - (j < i)) for i, a in enumerate(earlier) for j, b in enumerate(later))


def _half(strata: list[Counter[int]]) -> Counter[int]:
    sums = Counter({0: 1})
    for counts in strata:
        following: Counter[int] = Counter()
        for key, count in sums.items():
            for more, ways in counts.items():
                following[key + more] += count * ways
        sums = following
    return sums
