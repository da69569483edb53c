"""How often a trend, or a rule of a control chart, is found where nothing changed."""

from __future__ import annotations

import numpy as np
import scipy.special

from audit_toolkit.improvement.changes.charts import xmr_limits
from audit_toolkit.improvement.changes.line import line_interval, line_of
from audit_toolkit.improvement.changes.run_rules import RULES, hits
from audit_toolkit.improvement.changes.trend_grades import contrast_variance, effects_of
from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.intervals import normal_quantile
from audit_toolkit.improvement.estimates.variance import variance_groups

SEED = 20100215
ROUNDS = (3, 4, 5, 6, 7, 8)
CASES = (30, 45, 60)
SHARES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 1.0)
# N_h of the designs, and each stratum's part of the shares: alike, or from .1 to .95.
POPULATION = np.array([300.0, 200.0, 120.0, 60.0, 20.0])
MIXED = np.array([0.1, 0.4, 0.6, 0.8, 0.95])
GRADES = np.array([0.2, 0.3, 0.35, 0.15])
POINTS = (12, 24, 36)


def measure(*, quick: bool) -> dict[str, object]:
    """Simulate rounds and charts in which nothing changed; rates are per cent, for the larger of the two sides."""
    tries = 4_000 if quick else 40_000
    chance = np.random.default_rng(SEED)
    figures: dict[str, object] = {"seed": SEED, "replicates": tries, "nominal_percent": 2.5}
    plain = {(k, n, p): _plain(chance, tries, k, n, p) for k in ROUNDS for n in CASES for p in SHARES}
    worst = max(plain, key=lambda cell: plain[cell])
    figures["share_one_stratum_worst_percent"] = plain[worst]
    figures["share_one_stratum_worst_at"] = f"{worst[0]} rounds of {worst[1]} cases, p = {worst[2]:g}"
    figures["share_one_stratum_cells"] = len(plain)
    figures["share_unequal_worst_percent"] = max(_unequal(chance, tries, k, p) for k in ROUNDS for p in SHARES)
    for name, shares in (("alike", None), ("mixed", MIXED)):
        cells = [_strata(chance, tries, k, n, p, shares) for k in ROUNDS for n in CASES for p in _asked(shares)]
        figures[f"share_five_strata_{name}_worst_percent"] = max(cells)
    figures["grades_five_strata_worst_percent"] = max(_grades(chance, tries, k, n) for k in ROUNDS for n in CASES)
    figures["share_power_15_points_4_rounds_of_60_percent"] = _power(chance, tries)
    for points in POINTS:
        figures |= _charts(chance, tries, points)
    return figures


def _asked(shares: FloatArray | None) -> tuple[float, ...]:
    return SHARES if shares is None else (0.0,)


def _worse(low: FloatArray, high: FloatArray) -> float:
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        return float("inf")
    return round(100 * max(float((low > 0).mean()), float((high < 0).mean())), 2)


def _plain(chance: np.random.Generator, tries: int, k: int, n: int, p: float) -> float:
    shares = chance.binomial(n, p, (tries, k)) / n
    line = line_of(k, None)
    return _worse(*line_interval(shares, np.full(k, float(n)), line.weights, normal_quantile(0.95)))


def _unequal(chance: np.random.Generator, tries: int, k: int, p: float) -> float:
    """The first round twice as large as the last."""
    sizes = np.linspace(60, 30, k).round()
    shares = chance.binomial(sizes.astype(int), p, (tries, k)) / sizes
    return _worse(*line_interval(shares, sizes, line_of(k, None).weights, normal_quantile(0.95)))


def _allocation(n: int) -> FloatArray:
    """Two a stratum, the rest in proportion."""
    rest = (n - 2 * len(POPULATION)) * POPULATION / POPULATION.sum()
    cases: FloatArray = 2 + np.floor(rest)
    cases[0] += n - cases.sum()
    return cases


def _strata(chance: np.random.Generator, tries: int, k: int, n: int, p: float, mixed: FloatArray | None) -> float:
    cases = _allocation(n)
    weight = POPULATION / POPULATION.sum()
    p_h = np.full(len(cases), p) if mixed is None else mixed
    found = chance.binomial(cases.astype(int), p_h, (tries, k, len(cases))) / cases
    shares = (found * weight).sum(axis=-1)
    variance = (weight**2 * found * (1 - found) / (cases - 1)).sum(axis=-1)
    cap = 1 / (weight**2 / cases).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(variance > 0, np.minimum(shares * (1 - shares) / variance, cap), cap)
    return _worse(*line_interval(shares, size, line_of(k, None).weights, normal_quantile(0.95)))


def _grades(chance: np.random.Generator, tries: int, k: int, n: int) -> float:
    cases = _allocation(n)
    groups = variance_groups(tuple("abcde"), cases.astype(np.int64), None, None)
    drawn = [chance.multinomial(int(size), GRADES, (tries, k)) for size in cases]
    counts = np.stack(drawn, axis=-2).astype(float)
    effects = effects_of(counts, POPULATION, cases)
    line = line_of(k, None)
    variance, _ = contrast_variance(counts, effects, line.weights, cases, [groups] * k)
    change = effects.values @ line.weights
    reach = float(scipy.special.stdtrit(k * (n - len(cases)), 0.975)) * np.sqrt(variance)
    return _worse(change - reach, change + reach)


def _power(chance: np.random.Generator, tries: int) -> float:
    """A steady rise from 60 to 75 %."""
    shares = chance.binomial(60, np.linspace(0.6, 0.75, 4), (tries, 4)) / 60
    low, _ = line_interval(shares, np.full(4, 60.0), line_of(4, None).weights, normal_quantile(0.95))
    return round(100 * float((low > 0).mean()), 1)


def _charts(chance: np.random.Generator, tries: int, points: int) -> dict[str, object]:
    """XmR charts of normal points and p charts of 200 cases at 80 %, limits from the same points."""
    figures: dict[str, object] = {}
    values = chance.normal(size=(tries, points))
    centre, sigma, _ = xmr_limits(values)
    for kind, charted in (("xmr", (values, centre[:, None], sigma[:, None])), ("p", _p_chart(chance, tries, points))):
        found = {rule.name: hits(rule, *charted).any(axis=-1) for rule in RULES}
        for name, each in found.items():
            figures[f"{kind}_{points}_points_{name.replace(' ', '_')}_percent"] = round(100 * float(each.mean()), 1)
        together = np.logical_or.reduce(list(found.values()))
        figures[f"{kind}_{points}_points_any_rule_percent"] = round(100 * float(together.mean()), 1)
    return figures


def _p_chart(chance: np.random.Generator, tries: int, points: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    values = chance.binomial(200, 0.8, (tries, points)) / 200
    centre = values.mean(axis=-1, keepdims=True)
    return values, centre, np.sqrt(centre * (1 - centre) / 200)
