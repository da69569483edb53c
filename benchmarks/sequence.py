"""How often the interval for watching a round is ever wrong, looked at after every case, and what it costs in cases."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit_toolkit.improvement import expected_half_width
from audit_toolkit.improvement.estimates.betting import (
    WEIGHTS,
    Path,
    bet_sizes,
    fixed_path,
    highest_mean,
    log_wealth,
    lower_counts,
)
from benchmarks.processes import versions

FloatArray = NDArray[np.float64]
ALPHA, SEED, AT_ONCE = 0.025, 20100215, 4000
FIVE = (300, 200, 120, 60, 20)


@dataclass(frozen=True, slots=True)
class Design:
    """Strata of a made-up register: their cases, how many are drawn, and how many of them are good."""

    name: str
    held: tuple[int, ...]
    drawn: tuple[int, ...]
    good: tuple[int, ...]

    @property
    def path(self) -> Path:
        """The one order in which cases are looked at."""
        return fixed_path(np.array(self.held), np.array(self.drawn))


def _design(name: str, held: tuple[int, ...], drawn: tuple[int, ...], shares: tuple[float, ...]) -> Design:
    return Design(name, held, drawn, tuple(round(n * share) for n, share in zip(held, shares, strict=True)))


PROPORTIONAL = (26, 17, 10, 5, 2)
DESIGNS = (
    _design("one_stratum_5", (700,), (60,), (0.05,)),
    _design("one_stratum_50", (700,), (60,), (0.5,)),
    _design("one_stratum_90", (700,), (60,), (0.9,)),
    _design("five_strata_5", FIVE, PROPORTIONAL, (0.05,) * 5),
    _design("five_strata_50", FIVE, PROPORTIONAL, (0.5,) * 5),
    _design("five_strata_90", FIVE, PROPORTIONAL, (0.9,) * 5),
    _design("five_strata_mixed", FIVE, PROPORTIONAL, (0.2, 0.4, 0.6, 0.8, 0.95)),
    _design("five_strata_equal_mixed", FIVE, (12,) * 5, (0.2, 0.4, 0.6, 0.8, 0.95)),
    _design("twenty_strata_of_three_50", (200,) * 20, (3,) * 20, (0.5,) * 20),
    _design("whole_register_50", (20, 20, 20), (20, 20, 20), (0.5,) * 3),
)


def answers(design: Design, paths: int, chance: np.random.Generator) -> FloatArray:
    """Draw the answers along the path, good as 1, without replacement in each stratum; (paths, n)."""
    path = design.path
    found = np.empty((paths, path.length))
    for h, (held, drawn, good) in enumerate(zip(design.held, design.drawn, design.good, strict=True)):
        left = np.full(paths, good)
        columns = np.flatnonzero(path.code == h)
        for place in range(drawn):
            one = chance.random(paths) * (held - place) < left
            found[:, columns[place]] = one
            left = left - one
    return found


def ever_wrong(path: Path, ones: FloatArray, zeros: FloatArray, total: int, alpha: float) -> NDArray[np.bool_]:
    """Say of each path whether the lower limit is ever above the true total; ones, zeros (paths, n)."""
    mean = highest_mean(path, ones, zeros, total)
    wealth = log_wealth(path, ones, mean, bet_sizes(path, alpha))
    return np.asarray((wealth >= math.log(1 / alpha)).any(axis=-1))


def false_alarms(design: Design, paths: int) -> tuple[float, float, float]:
    """Give how often the lower, the upper and either limit was ever wrong, looked at after every case."""
    path, good, held = design.path, sum(design.good), sum(design.held)
    chance = np.random.default_rng([SEED, DESIGNS.index(design)])
    low, high, either, done = 0, 0, 0, 0
    while done < paths:
        ones = answers(design, min(AT_ONCE, paths - done), chance)
        below = ever_wrong(path, ones, 1 - ones, good, ALPHA)
        above = ever_wrong(path, 1 - ones, ones, held - good, ALPHA)
        low, high, either = low + below.sum(), high + above.sum(), either + (below | above).sum()
        done += len(ones)
    return low / paths, high / paths, either / paths


def easy_first(paths: int) -> tuple[float, float]:
    """Let good cases come back first, and look once: each stratum's own prefix multiplied, and the one fixed order."""
    design = next(each for each in DESIGNS if each.name == "twenty_strata_of_three_50")
    path, total = design.path, sum(design.good)
    ones = answers(design, paths, np.random.default_rng([SEED, 99]))
    unbroken, left = np.ones_like(ones), np.empty_like(ones)
    for h, good in enumerate(design.good):
        columns = np.flatnonzero(path.code == h)
        unbroken[:, columns] = np.cumprod(ones[:, columns], axis=1)
        left[:, columns] = good - np.cumsum(ones[:, columns], axis=1) + ones[:, columns]
    stakes, bets = path.stakes[path.code], bet_sizes(path, ALPHA)
    shares = left / path.left
    made = np.array(
        [np.sum(unbroken * np.log((1 + bet * stakes) / (1 + bet * stakes * shares)), axis=1) for bet in bets]
    )
    naive = np.log(WEIGHTS @ np.exp(made)) >= math.log(1 / ALPHA)
    nothing = np.zeros_like(ones)
    ours = ever_wrong(path, ones, nothing, total, ALPHA) | ever_wrong(
        path, nothing, ones, sum(design.held) - total, ALPHA
    )
    return float(naive.mean()), float(ours.mean())


def half_width(held: tuple[int, ...], drawn: tuple[int, ...], share: float, repeats: int) -> float:
    """Give half the width that watching ends with, on average, all looks together."""
    design = _design("", held, drawn, (share,) * len(held))
    path, total = design.path, sum(held)
    widths = []
    for ones in answers(design, repeats, np.random.default_rng([SEED, sum(drawn)])):
        low = lower_counts(path, ones, 1 - ones, ALPHA).max()
        high = total - lower_counts(path, 1 - ones, ones, ALPHA).max()
        widths.append((high - low) / (2 * total))
    return float(np.mean(widths))


def in_proportion(held: tuple[int, ...], size: int) -> tuple[int, ...]:
    """Share cases out over strata, at least two each."""
    return tuple(max(2, round(size * each / sum(held))) for each in held)


def cases_for(held: tuple[int, ...], share: float, wanted: float, repeats: int) -> tuple[int, int]:
    """Give how many cases know a share to `wanted` either way: read once at the end, and watched."""

    def fixed(size: int) -> float:
        population, drawn = dict(enumerate(held)), dict(enumerate(in_proportion(held, size)))
        return expected_half_width(population, drawn, share=share)

    def watched(size: int) -> float:
        return half_width(held, in_proportion(held, size), share, repeats)

    found = []
    for width in (fixed, watched):
        low, high = 10, 400
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if width(middle) <= wanted else (middle, high)
        found.append(sum(in_proportion(held, high)))
    return found[0], found[1]


def measure(*, quick: bool) -> dict[str, object]:
    """Measure false alarms over every look, easy cases first, and the cost."""
    paths, repeats = (4_000, 12) if quick else (100_000, 100)
    figures: dict[str, object] = {"paths": paths, "nominal_percent_each_limit": 100 * ALPHA}
    worst = 0.0
    for design in DESIGNS:
        found = false_alarms(design, paths)
        worst = max(worst, *found[:2])
        for name, rate in zip(("low", "high", "either"), found, strict=True):
            figures[f"{design.name}_ever_wrong_{name}_percent"] = round(100 * rate, 3)
    figures["worst_limit_percent"] = round(100 * worst, 3)
    naive, ours = easy_first(min(paths, 20_000))
    figures["easy_first_each_stratum_its_own_prefix_percent"] = round(100 * naive, 3)
    figures["easy_first_one_fixed_order_percent"] = round(100 * ours, 3)
    for label, held in (("one_stratum", (700,)), ("five_strata", FIVE)):
        for size in (60, 100, 150):
            for share in (0.5, 0.8, 0.95):
                drawn = in_proportion(held, size)
                fixed = expected_half_width(dict(enumerate(held)), dict(enumerate(drawn)), share=share)
                name = f"{label}_{sum(drawn)}_cases_share_{round(100 * share)}_half_width_points"
                figures[f"{name}_fixed"] = round(100 * fixed, 1)
                figures[f"{name}_watched"] = round(100 * half_width(held, drawn, share, repeats), 1)
    for label, held in (("one_stratum", (700,)), ("five_strata", FIVE)):
        for share in (0.5, 0.8):
            fixed_size, watched_size = cases_for(held, share, 0.1, max(repeats // 2, 10))
            figures[f"{label}_share_{round(100 * share)}_cases_for_10_points_fixed"] = fixed_size
            figures[f"{label}_share_{round(100 * share)}_cases_for_10_points_watched"] = watched_size
    return {**figures, **versions("audit_toolkit", "numpy")}
