"""How far teams or areas lie apart beyond what chance gives: a measure of how consistent the work is."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import scipy.special

from audit_toolkit.errors import DesignError, Place, Problem, raise_if
from audit_toolkit.improvement.estimates.design import FloatArray, Sample, as_numbers, check_confidence, read_sample
from audit_toolkit.improvement.estimates.intervals import NOWHERE, Interval, json_number
from audit_toolkit.improvement.estimates.quantities import MEAN, SHARE

EXPLORED: Final = "Exploration: no verdict, and no claim about any one of them."
# What of chance a funnel plot shows beside the 95 % asked for. Source: Spiegelhalter (2005), Statistics in Medicine 24.
FAR: Final = 0.998
UNDEFINED: Final = float("nan")
COLUMNS: Final = ("domain", "n", "value", "expected_low", "expected_high", "far_low", "far_high", "outside")


@dataclass(frozen=True, slots=True)
class Part:
    """One team or area: its answers, its value, and the `expected` and `far` limits of chance were all alike."""

    label: Hashable
    n: int
    value: float
    expected: Interval
    far: Interval

    @property
    def outside(self) -> bool:
        """Whether the value lies where chance alone would seldom put it (0.2 % of times)."""
        return self.value < self.far.low or self.value > self.far.high


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the parts of a register lie apart: `value` and `ci` are a standard deviation between them.

    `overall` is what they vary about. Of shares all are 0-1; of means in the unit of the values.
    """

    quantity: str
    value: float
    ci: Interval
    overall: float
    parts: tuple[Part, ...]
    confidence: float
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Give one row a team or area, as a funnel plot draws them."""
        rows = [
            (p.label, p.n, p.value, p.expected.low, p.expected.high, p.far.low, p.far.high, p.outside)
            for p in self.parts
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        rows = [
            {
                key: json_number(each) if isinstance(each, float) else each
                for key, each in zip(COLUMNS, row, strict=True)
            }
            for row in self.to_frame().itertuples(index=False)
        ]
        return {
            "quantity": self.quantity,
            "spread": json_number(self.value),
            "ci_low": json_number(self.ci.low),
            "ci_high": json_number(self.ci.high),
            "confidence": self.confidence,
            "overall": json_number(self.overall),
            "parts": rows,
            "notes": list(self.notes),
        }

    def sentence(self, between: str = "them", what: str = "the value") -> str:
        """Say the spread in words; `between` names the parts (teams), `what` the figure (the share good or better)."""
        if math.isnan(self.value):
            return f"Between {between} no spread can be estimated."
        scale, unit = (100.0, " points") if self.quantity == SHARE else (1.0, "")
        figures = [f"{scale * each:.{0 if unit else 2}f}" for each in (self.value, self.ci.low, self.ci.high)]
        said = (
            f"Between {between} {what} lies about {figures[0]}{unit} to either side (standard deviation), "
            f"{100 * self.confidence:g} % interval {figures[1]} to {figures[2]}"
        )
        if self.ci.low > 0:
            return f"{said}: they differ by more than chance would have it."
        return f"{said}: chance alone may have made differences this size."

    def __str__(self) -> str:
        return "\n".join([self.sentence(), *(f"- {note}" for note in self.notes)])


def spread_between(values: Any, strata: Any, population: Any, domain: Any, *, confidence: float = 0.95) -> Spread:
    """Estimate how far teams or areas lie apart in a share or mean, beyond what the draw of cases gives by chance.

    Parameters
    ----------
    values : Series of numbers or no answer, indexed by case_id; all 0 or 1 is a share. strata, population : as
        `estimate_share`. domain : Series on the same index, the team or area of each case. confidence : in (0, 1).

    Returns
    -------
    Spread. A standard deviation between the parts with its interval, and each part with the limits of chance.
    Exploration: no verdict. No finite population correction: it is about the way of working.

    Raises
    ------
    DesignError, ChangeError as `estimate_share`; DesignError where a case has no domain.

    Source: Viechtbauer (2007), Statistics in Medicine 26:37-52 (Q profile), Paule & Mandel (1982) for the value; a
    share's variance in a part is that of a beta-binomial. Checked against: an identity and simulated coverage in
    tests/improvement/test_spread.py.
    """
    check_confidence(confidence)
    sample = read_sample(values, strata, population, as_numbers, complete=False)
    labels = _domain(domain, sample)
    known = sample.answered
    quantity = SHARE if known.any() and bool(np.isin(sample.values[known], (0.0, 1.0)).all()) else MEAN
    names = sorted(set(labels[known].tolist()), key=str)
    weight = (sample.population / sample.cases)[sample.code][known]
    member = labels[known] == np.array(names, dtype=object)[:, None]
    own = member * weight
    held = own.sum(axis=1)
    means = own @ sample.values[known] / held
    sizes = held**2 / (own**2).sum(axis=1)
    counts = member.sum(axis=1)
    if len(names) < 2:
        note = "There is one or none of them with an answer: no spread between them."
        parts = tuple(
            Part(*each, NOWHERE, NOWHERE) for each in zip(names, counts.tolist(), means.tolist(), strict=True)
        )
        return Spread(quantity, UNDEFINED, NOWHERE, UNDEFINED, parts, confidence, (note, EXPLORED))
    within, df = _within(quantity, sample.values[known], member, means, sizes)
    return _spread(quantity, means, sizes, counts, names, within, df, confidence)


def _domain(domain: Any, sample: Sample) -> Any:
    series = domain if isinstance(domain, pd.Series) else pd.Series(domain, index=sample.index)
    if series.index.has_duplicates or len(sample.index.symmetric_difference(series.index)):
        raise DesignError(Problem("the domain names other cases than the values", "domain", "Use the same index."))
    series = series.reindex(sample.index)
    raise_if(
        (
            Problem("the case is in no team or area", Place("domain", case=str(case)), "Give the case its own.")
            for case, empty, label in zip(series.index, series.isna(), series, strict=True)
            if empty or label == ""
        ),
        DesignError,
    )
    return series.to_numpy(dtype=object)


def _within(
    quantity: str, values: FloatArray, member: Any, means: FloatArray, sizes: FloatArray
) -> tuple[float, float]:
    """Give the variance of one answer within a part, and its degrees of freedom: a share's is known from its level."""
    if quantity == SHARE:
        level = float((sizes * means).sum() / sizes.sum())
        return level * (1 - level), math.inf
    df = len(values) - len(means)
    apart = (values - means @ member) ** 2
    return (float(apart.sum() / df), float(df)) if df > 0 else (UNDEFINED, 0.0)


def profile(means: FloatArray, sizes: FloatArray, within: float, share: bool) -> Callable[[float], float]:
    """Give Q as a function of the variance between parts: squares about the weighted mean, each in its own variance.

    A share varies within a part by what is left of `within`, p (1 - p), when the parts lie apart.
    """

    def q(between: float) -> float:
        inside = within - between if share else within
        precision = 1 / (inside / sizes + between)
        middle = (precision * means).sum() / precision.sum()
        return float((precision * (means - middle) ** 2).sum())

    return q


def _crossing(q: Callable[[float], float], target: float, most: float) -> float:
    """Give the variance at which Q falls to a value; 0 where it starts below, `most` where it never does."""
    if q(0.0) <= target:
        return 0.0
    low, high = 0.0, most
    if q(high) > target:
        return most
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if q(middle) > target else (low, middle)
    return (low + high) / 2


def _quantile(chance: float, degrees: int, df: float) -> float:
    """Give the quantile of Q: chi-square, or degrees times F where the variance within is estimated."""
    if math.isinf(df):
        return float(scipy.special.chdtri(degrees, 1 - chance))
    return float(degrees * scipy.special.fdtri(degrees, df, chance))


def _spread(
    quantity: str,
    means: FloatArray,
    sizes: FloatArray,
    counts: Any,
    names: list[Hashable],
    within: float,
    df: float,
    confidence: float,
) -> Spread:
    level = float((sizes * means).sum() / sizes.sum())
    share = quantity == SHARE
    notes: list[str] = []
    value, ci = UNDEFINED, NOWHERE
    if within > 0:
        value, ci = _between(means, sizes, within, df, confidence, share)
    else:
        notes.append("The answers are all alike within them: no spread can be told from chance.")
    parts = tuple(
        Part(
            name,
            int(n),
            float(mean),
            _limits(level, within, size, confidence, share),
            _limits(level, within, size, FAR, share),
        )
        for name, n, mean, size in zip(names, counts, means, sizes, strict=True)
    )
    return Spread(quantity, value, ci, level, parts, confidence, (*notes, EXPLORED))


def _between(
    means: FloatArray, sizes: FloatArray, within: float, df: float, confidence: float, share: bool
) -> tuple[float, Interval]:
    """Give the standard deviation between parts with its limits.

    Parts more alike than chance has them would leave an upper limit of 0: there they count as far apart as chance has
    them. A share's own level is uncertain, and near 0 or 1 leaves little room: for the upper limit it is taken nearer
    to a half by its standard error. Both only widen.
    """
    degrees, tail = len(means) - 1, (1 - confidence) / 2
    q, most = profile(means, sizes, within, share), _most(means, within, share)
    between = _crossing(q, degrees, most)
    low = _crossing(q, _quantile(1 - tail, degrees, df), most)
    if share:
        level = float((sizes * means).sum() / sizes.sum())
        error = math.sqrt(within / sizes.sum() + between / len(means))
        nearer = level + math.copysign(min(abs(level - 0.5), error), 0.5 - level)
        q, most = profile(means, sizes, nearer * (1 - nearer), share), _most(means, nearer * (1 - nearer), share)
    level = most if share else within

    def chance(at: float) -> float:
        inside = level - at if share else level
        return degrees * float(np.mean(level / sizes / (inside / sizes + at)))

    high = _crossing(lambda at: max(q(at), chance(at)), _quantile(tail, degrees, df), most)
    return math.sqrt(between), Interval(math.sqrt(low), math.sqrt(high))


def _most(means: FloatArray, within: float, share: bool) -> float:
    """Give the most that the variance between parts can be: of a share, all of p (1 - p)."""
    return within * (1 - 1e-9) if share else 1e6 * (within + float(np.var(means)))


def _limits(level: float, within: float, size: float, confidence: float, share: bool) -> Interval:
    """Give between which values chance would put a part of this size were all parts alike."""
    reach = float(-scipy.special.ndtri((1 - confidence) / 2)) * math.sqrt(within / size) if within >= 0 else UNDEFINED
    low, high = level - reach, level + reach
    return Interval(max(low, 0.0), min(high, 1.0)) if share else Interval(low, high)
