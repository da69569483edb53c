"""How wide the exact stratified interval is, beside the union-intersection bound and Korn and Graubard's interval.

Ten designs of audit size, the same samples for all three; then a register of 20,000 for the seconds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from audit_toolkit.improvement import estimate_share, exact_stratified_interval, hypergeometric_interval
from benchmarks.processes import versions

Counts = list[int]
# Cases by stratum, cases drawn by stratum.
DESIGNS: dict[str, tuple[Counts, Counts]] = {
    "proportional": ([300, 200, 120, 60, 20], [26, 17, 10, 5, 2]),
    "equal_sizes": ([300, 200, 120, 60, 20], [12] * 5),
    "small": ([300, 200, 120, 60, 20], [17, 11, 7, 3, 2]),
    "large": ([300, 200, 120, 60, 20], [64, 43, 26, 13, 4]),
    "minimum_of_5": ([300, 200, 120, 60, 20], [23, 16, 10, 6, 5]),
    "equal_strata": ([100] * 5, [12] * 5),
    "one_large_stratum": ([1000, 50, 50, 50, 50], [40, 5, 5, 5, 5]),
    "two_strata": ([300, 200], [36, 24]),
    "three_strata": ([400, 200, 100], [34, 17, 9]),
    "twelve_strata": ([90, 80, 70, 60, 60, 50, 50, 40, 40, 30, 20, 20], [8, 7, 6, 5, 5, 4, 4, 4, 4, 3, 2, 2]),
}
REGISTER = [8000, 5000, 4000, 2000, 1000]
DRAWN = {60: [24, 15, 12, 6, 3], 100: [40, 25, 20, 10, 5], 150: [60, 38, 30, 15, 7]}
SHARES = (0.5, 0.8, 0.95)
# How good the first stratum is and how good the last, those between evenly between.
SETTINGS = (*((f"at_{share:g}", share, share) for share in SHARES), ("strata_differ", 0.1, 0.95))
CONFIDENCE = 0.95


def measure(*, quick: bool) -> dict[str, object]:
    """Measure mean widths over the designs at each share, then the seconds at 20,000 cases."""
    samples = 8 if quick else 60
    figures: dict[str, object] = {"designs": len(DESIGNS), "samples_a_design": samples}
    longest = 0.0
    for name, first, last in SETTINGS:
        rng = np.random.default_rng(2010)
        widths = []
        for sizes, drawn in DESIGNS.values():
            for good in samples_of(rng, sizes, drawn, np.linspace(first, last, len(sizes)), samples):
                started = time.process_time()
                exact = exact_width(good, drawn, sizes)
                longest = max(longest, time.process_time() - started)
                widths.append((exact, union_width(good, drawn, sizes), korn_graubard_width(good, drawn, sizes)))
        exact, union, korn = np.mean(widths, axis=0).tolist()
        figures[f"width_exact_{name}"] = round(exact, 4)
        figures[f"width_union_intersection_{name}"] = round(union, 4)
        figures[f"width_korn_graubard_{name}"] = round(korn, 4)
        figures[f"narrower_than_union_intersection_percent_{name}"] = round(100 * (1 - exact / union), 1)
    figures["longest_processor_seconds_on_the_designs"] = round(longest, 3)
    return {**figures, **register_figures(3 if quick else 20), **versions("audit_toolkit", "numpy", "scipy")}


def samples_of(
    rng: np.random.Generator, sizes: Counts, drawn: Counts, shares: np.ndarray, samples: int
) -> Iterator[Counts]:
    """Draw good cases by stratum, without replacement."""
    held = np.rint(np.array(sizes) * shares).astype(int)
    for _ in range(samples):
        yield rng.hypergeometric(held, np.array(sizes) - held, drawn).tolist()


def exact_width(good: Counts, drawn: Counts, sizes: Counts) -> float:
    """Give the width of the toolkit's exact interval."""
    found = exact_stratified_interval(good, drawn, sizes, confidence=CONFIDENCE)
    return found.ci.high - found.ci.low


def union_width(good: Counts, drawn: Counts, sizes: Counts) -> float:
    """Give the width of the sum of each stratum's exact limits, each at the H-th root of the confidence."""
    each = CONFIDENCE ** (1 / len(sizes))
    limits = [hypergeometric_interval(*counts, each) for counts in zip(good, drawn, sizes, strict=True)]
    return sum(high - low for low, high in limits) / sum(sizes)


def korn_graubard_width(good: Counts, drawn: Counts, sizes: Counts) -> float:
    """Give the width of the interval `estimate_share` gives by default."""
    strata = pd.Series(np.repeat([f"{h:02d}" for h in range(len(sizes))], drawn))
    answers = pd.Series(np.concatenate([np.arange(n) < x for x, n in zip(good, drawn, strict=True)]).astype(float))
    found = estimate_share(answers, strata, {f"{h:02d}": size for h, size in enumerate(sizes)}, confidence=CONFIDENCE)
    return found.ci.high - found.ci.low


def register_figures(samples: int) -> dict[str, object]:
    """Time both limits at 20,000 cases in five strata: the median and the longest, in seconds of the processor."""
    figures: dict[str, object] = {}
    for n, drawn in DRAWN.items():
        rng = np.random.default_rng(n)
        seconds, widths = [], []
        for share in SHARES:
            for good in samples_of(rng, REGISTER, drawn, np.full(len(REGISTER), share), samples):
                started = time.process_time()
                width = exact_width(good, drawn, REGISTER)
                seconds.append(time.process_time() - started)
                if share == 0.5:
                    widths.append((width, korn_graubard_width(good, drawn, REGISTER)))
        exact, korn = np.mean(widths, axis=0).tolist()
        figures[f"register_20000_n_{n}_median_processor_seconds"] = round(float(np.median(seconds)), 3)
        figures[f"register_20000_n_{n}_longest_processor_seconds"] = round(max(seconds), 3)
        figures[f"register_20000_n_{n}_width_exact_at_0.5"] = round(exact, 4)
        figures[f"register_20000_n_{n}_width_korn_graubard_at_0.5"] = round(korn, 4)
    return figures
