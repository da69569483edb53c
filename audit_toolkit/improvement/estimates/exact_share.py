"""How good is this register, with an interval that holds at least as often as it says whatever the strata hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from audit_toolkit.improvement.estimates.design import check_confidence
from audit_toolkit.improvement.estimates.exact_tails import fewest_good
from audit_toolkit.improvement.estimates.intervals import Interval
from audit_toolkit.improvement.estimates.stratum_counts import StratumCounts, read_counts

# A note tells of counts taken in steps where this much of a limit may be owed to them.
WORTH_TELLING = 0.001


@dataclass(frozen=True, slots=True)
class ExactShare:
    """A share of the register with its exact interval: `ci` as shares, `low_count` to `high_count` as cases.

    `good` of `n` cases drawn were good, in `strata` strata of `population` cases.
    """

    value: float
    ci: Interval
    low_count: int
    high_count: int
    good: int
    n: int
    population: int
    strata: int
    confidence: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them."""
        return {
            "value": self.value,
            "ci_low": self.ci.low,
            "ci_high": self.ci.high,
            "low_count": self.low_count,
            "high_count": self.high_count,
            "good": self.good,
            "n": self.n,
            "population": self.population,
            "strata": self.strata,
            "confidence": self.confidence,
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row."""
        return pd.DataFrame([{**self.to_dict(), "notes": " ".join(self.notes)}])

    def __str__(self) -> str:
        lines = [
            f"Share {100 * self.value:.1f} %, exact {100 * self.confidence:g} % interval {100 * self.ci.low:.1f} % "
            f"to {100 * self.ci.high:.1f} %",
            f"{self.low_count} to {self.high_count} of {self.population} cases; "
            f"n = {self.n} drawn in {_strata(self.strata)}, {self.good} good",
        ]
        return "\n".join([*lines, *(f"- {note}" for note in self.notes)])


@dataclass(frozen=True, slots=True)
class AtMost:
    """The most cases of a kind there may be: `most` of `population`, `found` of `n` cases drawn being such."""

    most: int
    found: int
    n: int
    population: int
    strata: int
    confidence: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them."""
        return {
            "most": self.most,
            "found": self.found,
            "n": self.n,
            "population": self.population,
            "strata": self.strata,
            "confidence": self.confidence,
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row."""
        return pd.DataFrame([{**self.to_dict(), "notes": " ".join(self.notes)}])

    def __str__(self) -> str:
        drawn = f"{self.found} found among {self.n} cases drawn from {self.population} in {_strata(self.strata)}"
        text = f"{drawn}: with {100 * self.confidence:g} % confidence there are at most {self.most}."
        return "\n".join([text, *(f"- {note}" for note in self.notes)])


def exact_stratified_interval(good: Any, n: Any, population: Any, *, confidence: float = 0.95) -> ExactShare:
    """Estimate a share from a stratified sample, with an interval that never holds less often than it says.

    Parameters
    ----------
    good, n, population : mappings stratum -> count, or sequences with one count a stratum: good cases among those
        drawn, cases drawn (without replacement, each stratum on its own), cases there are. The last must be counted:
        a population weighted for response is an estimate, and the guarantee is not for it.
    confidence : float in (0, 1). Each limit errs in at most (1 - confidence) / 2 of samples, whatever a stratum holds.

    Returns
    -------
    ExactShare. `value` and `ci` are shares (0-1). Swapping good and bad mirrors the interval; more confidence never
    narrows it; one stratum gives `hypergeometric_interval`; a complete count gives a point.

    Raises
    ------
    DesignError if a count is not whole, a stratum has more good than drawn or more drawn than there are, or has cases
    and none drawn. ChangeError if the confidence is not between 0 and 1.

    Source: the inversion of the test by the stratified estimate, at its worst over what the strata may hold, as Wendell
    & Schmee (1996), Journal of the American Statistical Association 91:825-830; its bound and the proof stand in
    exact_tails.py. Checked against: every vector and sample of small designs, in tests/improvement/test_exact_share.py.
    """
    check_confidence(confidence)
    counts = read_counts(good, n, population)
    tail = (1 - confidence) / 2
    size = int(counts.population.sum())
    low = fewest_good(counts.good, counts.n, counts.population, tail)
    few_bad = fewest_good(counts.bad, counts.n, counts.population, tail)
    high = size - few_bad.count
    return ExactShare(
        value=counts.value,
        ci=Interval(low.count / size, high / size),
        low_count=low.count,
        high_count=high,
        good=int(counts.good.sum()),
        n=int(counts.n.sum()),
        population=size,
        strata=len(counts.labels),
        confidence=confidence,
        notes=_notes(counts, max(low.step, few_bad.step)),
    )


def most_there_may_be(found: Any, n: Any, population: Any, *, confidence: float = 0.95) -> AtMost:
    """Say how many cases of a kind there may be at most, for a count that must be zero.

    Parameters as `exact_stratified_interval`, `found` the cases of that kind among those drawn. The bound is one-sided:
    the true number passes it in at most 1 - confidence of samples, whatever each stratum holds. Nothing found among 10
    of 30 cases: at most 6.

    Source: Wright (1991), Exact Confidence Bounds when Sampling from Small Finite Universes, for one stratum; for
    several as `exact_stratified_interval`. Checked against: counting out, in tests/improvement/test_exact_share.py.
    """
    check_confidence(confidence)
    counts = read_counts(found, n, population, counted="found")
    size = int(counts.population.sum())
    others = fewest_good(counts.bad, counts.n, counts.population, 1 - confidence)
    return AtMost(
        most=size - others.count,
        found=int(counts.good.sum()),
        n=int(counts.n.sum()),
        population=size,
        strata=len(counts.labels),
        confidence=confidence,
        notes=_notes(counts, others.step),
    )


def _notes(counts: StratumCounts, step: int) -> tuple[str, ...]:
    if (counts.n == counts.population).all():
        return ("Complete count: every case of the register was drawn, nothing is left to chance.",)
    open_ = int(np.count_nonzero(counts.n < counts.population))
    slack = open_ * (step - 1) / counts.population.sum()
    if slack < WORTH_TELLING:
        return ()
    return (f"Counts were taken in steps of {step} cases: a limit may lie up to {100 * slack:.1f} points too far out.",)


def _strata(count: int) -> str:
    return "1 stratum" if count == 1 else f"{count} strata"
