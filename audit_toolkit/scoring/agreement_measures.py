"""The agreement measures themselves: each a function of a sum over cases, so that a case is left out by subtraction."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NOMINAL: Final = "nominal"
ORDINAL: Final = "ordinal"
INTERVAL: Final = "interval"
RATIO: Final = "ratio"
SCALES: Final = (NOMINAL, ORDINAL, INTERVAL, RATIO)

RAW: Final = "raw"
KAPPA: Final = "kappa"
GWET: Final = "gwet"
ALPHA: Final = "alpha"

# What is left of a difference that is exactly zero, after rounding.
ALIKE: Final = 1e-12

Floats = NDArray[np.float64]
Part = Callable[[Floats], Floats]
Statistic = Callable[[Floats], float]
Together = NDArray[np.intp] | None  # the case of each row, where cases have several


@dataclass(frozen=True, slots=True)
class Interval:
    """The lower and upper limit of a confidence interval; nan where there is none."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AgreementMeasure:
    """One measure of agreement: 1 is perfect, and for all but raw agreement 0 is what chance gives.

    `standard_error` is the jackknife's over cases; `n_cases` the cases the measure was computed from.
    """

    key: str
    name: str
    value: float
    standard_error: float
    ci: Interval
    n_cases: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the measure as plain values; undefined is None."""
        numbers = {
            "value": self.value,
            "standard_error": self.standard_error,
            "ci_low": self.ci.low,
            "ci_high": self.ci.high,
        }
        return {
            "measure": self.key,
            "name": self.name,
            **{key: None if math.isnan(number) else number for key, number in numbers.items()},
            "n_cases": self.n_cases,
        }

    def __str__(self) -> str:
        if math.isnan(self.value):
            return f"{self.name}: undefined"
        if math.isnan(self.ci.low):
            return f"{self.name}: {self.value:.2f} (no interval)"
        return f"{self.name}: {self.value:.2f} ({self.ci.low:.2f} to {self.ci.high:.2f})"


def agreement_weights(values: Floats, scale: str) -> Floats:
    """Give how far each pair of grades counts as agreement: 1 for the same, quadratic in distance unless nominal.

    Source: Cohen (1968), Psychological Bulletin 70:213-220; Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.
    """
    if scale == NOMINAL or len(values) < 2:
        return np.eye(len(values))
    distance = (values[:, None] - values[None, :]) / (values.max() - values.min())
    return np.asarray(1 - distance**2)


def measure_raw(counts: Floats, confidence: float, together: Together = None) -> AgreementMeasure:
    """Measure the share of pairs of ratings of one case that are the same, averaged over cases."""
    paired, together = _kept(counts, together, counts.sum(axis=1) >= 2)

    def part(row: Floats) -> Floats:
        return np.array([_pair_agreement(row, np.eye(len(row))), 1.0])

    return _measure(RAW, "Raw agreement", paired, part, _mean, confidence, together)


def measure_gwet(
    counts: Floats, values: Floats, scale: str, confidence: float, together: Together = None
) -> AgreementMeasure:
    """Measure Gwet's AC1 (nominal) or AC2 (quadratic weights).

    A case rated once has no agreement to give but still tells how often each grade is used.
    Source: Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., chapters 4-5; Gwet (2008), British Journal of
    Mathematical and Statistical Psychology 61:29-48. Checked against irrCAC in tests/scoring/test_agreement.py.
    """
    weights = agreement_weights(values, scale)
    grades = len(values)

    def part(row: Floats) -> Floats:
        pairs = row.sum() >= 2
        agreed = _pair_agreement(row, weights) if pairs else 0.0
        return np.concatenate([[agreed, float(pairs), 1.0], row / row.sum()])

    def statistic(total: Floats) -> float:
        agreed, paired, rated = total[:3]
        if paired < 1 or grades < 2:
            return math.nan
        used = total[3:] / rated
        chance = weights.sum() / (grades * (grades - 1)) * float(np.sum(used * (1 - used)))
        return float((agreed / paired - chance) / (1 - chance))

    ratings = counts.sum(axis=1)
    rated, together = _kept(counts, together, (ratings >= 1) & bool((ratings >= 2).any()))
    name = "Gwet AC1" if scale == NOMINAL else "Gwet AC2"
    return _measure(GWET, name, rated, part, statistic, confidence, together)


def measure_alpha(
    counts: Floats, values: Floats, scale: str, confidence: float, together: Together = None
) -> AgreementMeasure:
    """Measure Krippendorff's alpha with the distance of the scale.

    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability. Checked against its worked example and
    the krippendorff package in tests/scoring/test_agreement.py.
    """
    paired, together = _kept(counts, together, counts.sum(axis=1) >= 2)

    def part(row: Floats) -> Floats:
        return np.asarray((np.outer(row, row) - np.diag(row)) / (row.sum() - 1))

    def statistic(coincidences: Floats) -> float:
        # The margins count ratings, so they are whole numbers whatever the divisions above left behind.
        margin = np.rint(coincidences.sum(axis=1))
        if np.count_nonzero(margin) < 2:
            return math.nan
        distance = _distance(values, margin, scale)
        expected = float(margin @ distance @ margin) / (float(margin.sum()) - 1)
        return 1 - float(np.vdot(coincidences, distance)) / expected

    return _measure(ALPHA, f"Krippendorff alpha ({scale})", paired, part, statistic, confidence, together)


def measure_kappa(
    pairs: Floats, values: Floats, scale: str, confidence: float, together: Together = None
) -> AgreementMeasure:
    """Measure Cohen's kappa of two raters, quadratic weights unless nominal; `pairs` holds two grade numbers a case.

    Source: Cohen (1960), Educational and Psychological Measurement 20:37-46; Cohen (1968). Checked against R vcd.
    """
    disagreement = 1 - agreement_weights(values, scale)
    grades = len(values)

    def part(row: Floats) -> Floats:
        table = np.zeros((grades, grades))
        table[int(row[0]), int(row[1])] = 1
        return table

    def statistic(table: Floats) -> float:
        expected = float(table.sum(axis=1) @ disagreement @ table.sum(axis=0) / table.sum())
        return 1 - float(np.vdot(disagreement, table)) / expected if expected > 0 else math.nan

    name = "Kappa" if scale == NOMINAL else "Weighted kappa"
    return _measure(KAPPA, name, pairs, part, statistic, confidence, together)


def undefined_measure(key: str, name: str, n_cases: int, note: str) -> AgreementMeasure:
    """Give a measure that cannot be computed, with the reason."""
    return AgreementMeasure(key, name, math.nan, math.nan, Interval(math.nan, math.nan), n_cases, (note,))


def _pair_agreement(row: Floats, weights: Floats) -> float:
    """Give the agreement of one case's ratings over all ordered pairs of them."""
    ratings = row.sum()
    return float(row @ (weights @ row - 1) / (ratings * (ratings - 1)))


def _mean(total: Floats) -> float:
    return float(total[0] / total[1]) if total[1] > 0 else math.nan


def _distance(values: Floats, margin: Floats, scale: str) -> Floats:
    """Give Krippendorff's squared distance between each pair of grades."""
    if scale == NOMINAL:
        return np.asarray(1 - np.eye(len(values)))
    # The ordinal distance is that of mid-ranks: the ratings between two grades and half of those in each.
    points = np.cumsum(margin) - margin / 2 if scale == ORDINAL else values
    difference = points[:, None] - points[None, :]
    if scale == RATIO:
        total = points[:, None] + points[None, :]
        difference = np.divide(difference, total, out=np.zeros_like(total), where=total != 0)
    return np.asarray(difference**2)


def _kept(rows: Floats, together: Together, wanted: NDArray[np.bool_]) -> tuple[Floats, Together]:
    """Keep some rows, and what says which of them belong together."""
    return rows[wanted], None if together is None else together[wanted]


def _measure(
    key: str, name: str, rows: Floats, part: Part, statistic: Statistic, confidence: float, together: Together
) -> AgreementMeasure:
    """Compute a measure, and its interval by leaving out each case in turn; rows of one case are left out together."""
    if len(rows) == 0:
        return undefined_measure(key, name, 0, f"{name} is undefined: no case was rated twice.")
    parts, repeats = _parts(rows, part, together)
    n = int(repeats.sum())
    total = sum((times * each for each, times in zip(parts, repeats, strict=True)), start=np.zeros(1))
    value = statistic(total)
    if math.isnan(value):
        return undefined_measure(key, name, n, f"{name} is undefined: only one grade was used.")
    left_out = np.full(len(parts), math.nan)
    if n > 1:
        left_out = np.array([statistic(total - each) for each in parts])
    error = _jackknife_error(left_out, repeats)
    if key == RAW:
        ci, why = _share_interval(value, error, n, confidence), "the cases show no spread"
    else:
        ci, why = _corrected_interval(value, left_out, repeats, confidence)
    notes = (f"{name}: no interval, because {why}.",) if math.isnan(ci.low) else ()
    return AgreementMeasure(key, name, value, error, ci, n, notes)


def _parts(rows: Floats, part: Part, together: Together) -> tuple[list[Floats], NDArray[np.intp]]:
    """Give what each case adds to the sum, and how many cases add the same; like cases are worked out once."""
    if together is None:
        patterns, repeats = np.unique(rows, axis=0, return_counts=True)
        return [part(pattern) for pattern in patterns], repeats
    found: dict[int, Floats] = {}
    for row, case in zip(rows, together.tolist(), strict=True):
        found[case] = found[case] + part(row) if case in found else part(row)
    return list(found.values()), np.ones(len(found), dtype=np.intp)


def _jackknife_error(left_out: Floats, repeats: NDArray[np.intp]) -> float:
    """Give the standard error from the values with each case left out; nan where one of them is undefined.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, equation 11.5.
    """
    n = int(repeats.sum())
    mean = float(np.sum(repeats * left_out)) / n
    return math.sqrt((n - 1) / n * float(np.sum(repeats * (left_out - mean) ** 2)))


def _share_interval(value: float, error: float, n: int, confidence: float) -> Interval:
    """Give Wilson's interval with the cases the standard error is worth; Clopper-Pearson's where all cases are alike.

    Source: Wilson (1927), Journal of the American Statistical Association 22:209-212, with t for z.
    """
    if value < ALIKE or value > 1 - ALIKE:
        bound = ((1 - confidence) / 2) ** (1 / n)
        return Interval(bound, 1.0) if value > 0.5 else Interval(0.0, 1 - bound)
    if math.isnan(error) or error < ALIKE:
        return Interval(math.nan, math.nan)
    effective = value * (1 - value) / error**2
    t = _quantile(n - 1, confidence)
    middle = (value + t**2 / (2 * effective)) / (1 + t**2 / effective)
    half = t / (1 + t**2 / effective) * math.sqrt(value * (1 - value) / effective + (t / (2 * effective)) ** 2)
    return Interval(middle - half, middle + half)


def _corrected_interval(
    value: float, left_out: Floats, repeats: NDArray[np.intp], confidence: float
) -> tuple[Interval, str]:
    """Give the jackknife's t interval of log(1 - measure), the disagreement as a share of what chance gives.

    On the plain scale 95 % intervals covered 81-95 % of the time in simulation (12 to 60 cases), here 92-99 %.
    The lower limit stops at -1. Without an interval, the reason.
    """
    none = Interval(math.nan, math.nan)
    if not (left_out < 1 - ALIKE).all():
        alike = value > 1 - ALIKE
        return none, "all cases agree alike" if alike else "it stands or falls with one case"
    n = int(repeats.sum())
    middle, error = math.log(1 - value), _jackknife_error(np.log(1 - left_out), repeats)
    if error < ALIKE:
        return none, "all cases agree alike"
    half = _quantile(n - 1, confidence) * error
    # A half above 700 overflows; the limit is far below -1 by then.
    low = 1 - math.exp(min(middle + half, 700))
    return Interval(max(low, min(value, -1.0)), 1 - math.exp(middle - half)), ""


def _quantile(freedom: int, confidence: float) -> float:
    """Give Student's t for a two-sided interval; scipy is slow to import and wanted here alone."""
    from scipy import special

    return float(special.stdtrit(freedom, (1 + confidence) / 2))
