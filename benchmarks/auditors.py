"""False alarms where other auditors rate the later round: their severity ignored, and counted as clusters.

Rounds without any change, 60 cases each from five strata, rated by auditors who differ in severity. A false alarm is a
word in one direction, 2.5 % promised; the two directions are alike here and their mean is given, with its Monte Carlo
error. Of loads equal or 1 to 4, auditors dealt at random or block by block through the strata, and shares .3 to .9 the
worst is given. Severities: of shares Beta with the intraclass correlation on the answers themselves, else normal.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt
import scipy.special

from audit_toolkit.improvement.changes.clusters import Side, cluster_form
from audit_toolkit.improvement.changes.grade_statistic import grade_statistic
from audit_toolkit.improvement.estimates.intervals import mover_interval
from audit_toolkit.improvement.estimates.variance import variance_groups

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SIZES = np.array([300.0, 200.0, 120.0, 60.0, 20.0])
DRAWN = np.array([26, 17, 10, 5, 2])
STRATUM = np.repeat(np.arange(5), DRAWN)
WEIGHT = (SIZES / SIZES.sum() / DRAWN)[STRATUM]
NUMBERS, CORRELATIONS = (4, 6, 8, 10, 12), (0.0, 0.05, 0.1, 0.13, 0.2)
LEVELS = {"share": (0.3, 0.5, 0.7, 0.9), "mean": (0.0,), "grades": (0.0,)}
CUTS = np.array([-0.8, 0.1, 1.0])
EVEN, UNEVEN = "even", "uneven"


def deal(rng: np.random.Generator, auditors: int, loads: str, nested: bool, turned: bool = False) -> Ints:
    """Give each case its auditor: at random, or block by block through the strata."""
    share = np.linspace(1, 4, auditors) if loads == UNEVEN else np.ones(auditors)
    share = share[::-1] if turned else share
    places = (np.arange(len(STRATUM)) + 0.5) / len(STRATUM)
    who = np.searchsorted(np.cumsum(share) / share.sum(), places).astype(np.int64)
    return who if nested else rng.permutation(who)


def severities(rng: np.random.Generator, kind: str, level: float, icc: float, auditors: int, times: int) -> Floats:
    """Give each auditor's own share, or shift, in each replicate."""
    if kind != "share":
        return rng.normal(size=(times, auditors)) * math.sqrt(icc)
    if icc == 0:
        return np.full((times, auditors), level)
    more = (1 - icc) / icc
    return rng.beta(level * more, (1 - level) * more, (times, auditors))


def rate(rng: np.random.Generator, kind: str, severity: Floats, who: Ints, icc: float) -> Floats:
    """Give the answers of a round, replicates x cases."""
    size = (len(severity), len(who))
    if kind == "share":
        return (rng.random(size) < severity[:, who]).astype(float)
    seen = severity[:, who] + rng.normal(size=size) * math.sqrt(1 - icc)
    return np.searchsorted(CUTS, seen).astype(float) if kind == "grades" else seen


def drawn_variance(values: Floats) -> Floats:
    """Give the variance of the draw alone."""
    found = np.zeros(len(values))
    for h, n in enumerate(DRAWN.tolist()):
        part = (values * WEIGHT)[:, h == STRATUM]
        found += n / (n - 1) * ((part - part.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return found


def alarms(kind: str, earlier: Floats, later: Floats, who: tuple[Ints, Ints], auditors: int) -> tuple[Floats, Floats]:
    """Say in which replicates a rise (1) or a fall (-1) is called: auditors ignored, and counted."""
    sides = [Side(WEIGHT, STRATUM.astype(np.int64), each) for each in who]
    form = cluster_form(sides[0], sides[1], auditors)
    df, t = 2 * len(STRATUM) - 2 * len(DRAWN), -float(scipy.special.stdtrit(form.df, 0.025))
    if kind == "share":
        return _share_alarms(earlier, later, form.variance(earlier, later), t)
    change, drawn = later @ WEIGHT - earlier @ WEIGHT, drawn_variance(earlier) + drawn_variance(later)
    if kind == "grades":
        change, drawn, earlier, later = _placed(earlier, later)
    error = np.sqrt(drawn)
    wide = np.sqrt(np.maximum(drawn, form.variance(earlier, later)))
    plain = -float(scipy.special.stdtrit(df, 0.025))
    return np.sign(change) * (abs(change) > plain * error), np.sign(change) * (abs(change) > t * wide)


def _share_alarms(earlier: Floats, later: Floats, clustered: Floats, t: float) -> tuple[Floats, Floats]:
    shares = [np.clip(each @ WEIGHT, 0, 1) for each in (earlier, later)]
    parts = [drawn_variance(each) for each in (earlier, later)]
    cap = 1 / (WEIGHT**2).sum()
    tiny = 1e-12
    sizes = [
        np.where(v > tiny, np.minimum(p * (1 - p) / np.maximum(v, tiny), cap), cap)
        for p, v in zip(shares, parts, strict=True)
    ]
    drawn = parts[0] + parts[1]
    wider = np.where(drawn > tiny, np.maximum(clustered / np.maximum(drawn, tiny), 1), 1)
    low0, high0 = mover_interval(shares[0], sizes[0], shares[1], sizes[1], 1.959964)
    low, high = mover_interval(shares[0], sizes[0] / wider, shares[1], sizes[1] / wider, t)
    low, high = np.minimum(low, low0), np.maximum(high, high0)
    return (low0 > 0).astype(float) - (high0 < 0), (low > 0).astype(float) - (high < 0)


def _placed(earlier: Floats, later: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Give theta - 0.5, its variance by the draw, and each case's placement."""
    counts = [
        np.stack([[(each[:, h == STRATUM] == k).sum(axis=1) for k in range(4)] for h in range(5)]).transpose(2, 0, 1)
        for each in (earlier, later)
    ]
    groups = variance_groups(range(5), DRAWN, None, None)
    found = grade_statistic(counts[0] * 1.0, counts[1] * 1.0, DRAWN * 1.0, SIZES, groups, groups)
    at = np.arange(len(earlier))[:, None]
    first = -found.placements1[at, STRATUM, earlier.astype(int)]
    second = found.placements2[at, STRATUM, later.astype(int)]
    return found.theta - 0.5, found.variance, first, second


def others(
    rng: np.random.Generator, kind: str, level: float, icc: float, crew: tuple[int, str, bool], times: int
) -> Floats:
    """Give the share of false alarms a side, ignored and counted, with other auditors in the later round."""
    auditors, loads, nested = crew
    found = np.zeros(2)
    deals = 5
    for _ in range(deals):
        who = [deal(rng, auditors, loads, nested) for _ in range(2)]
        answers = [rate(rng, kind, severities(rng, kind, level, icc, auditors, times), each, icc) for each in who]
        called = alarms(kind, answers[0], answers[1], (who[0], who[1] + auditors), 2 * auditors)
        found += [(each != 0).mean() / 2 for each in called]
    return found / deals


def same(rng: np.random.Generator, icc: float, auditors: int, turned: bool, times: int) -> Floats:
    """Give the same for a mean where the same auditors rated both rounds, `turned` in other shares of the work."""
    found = np.zeros(2)
    deals = 5
    for _ in range(deals):
        loads = UNEVEN if turned else EVEN
        who = [deal(rng, auditors, loads, False), deal(rng, auditors, loads, False, turned)]
        severity = severities(rng, "mean", 0.0, icc, auditors, times)
        answers = [rate(rng, "mean", severity, each, icc) for each in who]
        called = alarms("mean", answers[0], answers[1], (who[0], who[1]), auditors)
        found += [(each != 0).mean() / 2 for each in called]
    return found / deals


def power(rng: np.random.Generator, auditors: int, icc: float, times: int) -> Floats:
    """Give how often a rise from 50 to 75 % is shown with other auditors, ignored and counted."""
    who = [deal(rng, auditors, EVEN, False) for _ in range(2)]
    levels = (0.5, 0.75)
    answers = [
        rate(rng, "share", severities(rng, "share", level, icc, auditors, times), each, icc)
        for level, each in zip(levels, who, strict=True)
    ]
    called = alarms("share", answers[0], answers[1], (who[0], who[1] + auditors), 2 * auditors)
    return np.array([(each > 0).mean() for each in called])


def measure(*, quick: bool) -> dict[str, object]:
    """Give the worst false alarms, in per cent, by what is compared, how many auditors and how they correlate."""
    rng = np.random.default_rng(2010)
    times = 400 if quick else 4000
    error = math.sqrt(0.025 * 0.975 / (2 * 5 * times))
    figures: dict[str, object] = {"Monte Carlo error of a cell at 2.5 %": round(100 * error, 2)}
    for kind, auditors, icc in itertools.product(LEVELS, NUMBERS, CORRELATIONS):
        cells = [
            others(rng, kind, level, icc, (auditors, loads, nested), times)
            for level, loads, nested in itertools.product(LEVELS[kind], (EVEN, UNEVEN), (False, True))
        ]
        worst = 100 * np.max(cells, axis=0)
        figures[f"{kind}, {auditors} other auditors, correlation {icc:g}: ignored"] = round(float(worst[0]), 2)
        figures[f"{kind}, {auditors} other auditors, correlation {icc:g}: as clusters"] = round(float(worst[1]), 2)
    for auditors, icc, turned in itertools.product((4, 8, 12), (0.0, 0.1, 0.2), (False, True)):
        found = 100 * same(rng, icc, auditors, turned, times)
        name = f"mean, the same {auditors} in {'other' if turned else 'equal'} shares, correlation {icc:g}"
        figures[f"{name}: ignored"] = round(float(found[0]), 2)
        figures[f"{name}: as clusters"] = round(float(found[1]), 2)
    for auditors, icc in itertools.product((8, 12), (0.0, 0.1)):
        shown = 100 * power(rng, auditors, icc, 5 * times)
        name = f"power, 50 to 75 %, {auditors} other auditors, correlation {icc:g}"
        figures[f"{name}: ignored"] = round(float(shown[0]), 1)
        figures[f"{name}: as clusters"] = round(float(shown[1]), 1)
    return figures
