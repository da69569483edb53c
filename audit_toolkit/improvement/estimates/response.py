"""Who answered: each opened case ends as rated, ineligible or unread, and what that does to weights and bounds.

    opened m_h  =  rated r_h  +  ineligible i_h  +  unread (missing file, restricted, not returned)

An ineligible case stays in the sample without an answer: it stands for the others on the register that should not be
there either. An unread case leaves the sample, and the rated ones of its stratum carry its weight.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pandas as pd

from audit_toolkit.errors import DesignError, Place, Problem, did_you_mean, raise_if
from audit_toolkit.improvement.estimates.design import IntArray, Sample, as_numbers, quoted, read_sample, whole
from audit_toolkit.terms import INELIGIBLE, MISSING_FILE, NOT_RETURNED, RESTRICTED

RATED: Final = "rated"
UNREAD: Final = (MISSING_FILE, RESTRICTED, NOT_RETURNED)
ENDS: Final = (RATED, INELIGIBLE, *UNREAD)


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """One measure of a round: `values` by case, missing where there is no answer, with `strata` and `population`.

    `register` has the eligible cases of every stratum as drawn from, where `population` is weighted for response.
    """

    values: pd.Series
    strata: pd.Series
    population: Mapping[Any, float]
    register: Mapping[Any, float] | None = None


@dataclass(frozen=True, slots=True)
class StratumResponse:
    """How the opened cases of a stratum ended: `population` is N_h, `opened` m_h, `rated` r_h."""

    stratum: Hashable
    population: float
    opened: int
    ineligible: int
    rated: int

    @property
    def eligible(self) -> int:
        """Opened cases that are eligible (e_h); one that could not be read is taken to be."""
        return self.opened - self.ineligible

    @property
    def unread(self) -> int:
        """Eligible cases that nobody could read or send back."""
        return self.eligible - self.rated

    @property
    def lost(self) -> bool:
        """Whether there are eligible cases and none was rated: nothing can be said of the stratum."""
        return self.eligible > 0 and self.rated == 0

    @property
    def eligible_population(self) -> int | float:
        """Estimated eligible cases of the register: N_h e_h / m_h."""
        return _number(Fraction(self.population) * self.eligible / self.opened)

    @property
    def weighted_population(self) -> int | float:
        """N_h (e_h / m_h) (r_h + i_h) / r_h: over the r_h + i_h cases kept, a rated one weighs N_h e_h / (m_h r_h)."""
        if self.unread == 0 or self.rated == 0:
            return _number(Fraction(self.population))
        share = Fraction(self.eligible * (self.rated + self.ineligible), self.opened * self.rated)
        return _number(Fraction(self.population) * share)


@dataclass(frozen=True, slots=True)
class Response:
    """How every opened case of a round ended, stratum by stratum; `counts` by end, in the order of the walk."""

    strata: tuple[StratumResponse, ...]
    counts: Mapping[str, int]

    @property
    def opened(self) -> int:
        """All opened cases."""
        return sum(self.counts.values())

    @property
    def rated(self) -> int:
        """Cases with a rating."""
        return self.counts[RATED]

    @property
    def ineligible(self) -> int:
        """Cases that should not have been on the frame."""
        return self.counts[INELIGIBLE]

    @property
    def unread(self) -> int:
        """Cases that could not be read, also where a reserve took their place."""
        return sum(self.counts[end] for end in UNREAD)

    @property
    def lost(self) -> tuple[Hashable, ...]:
        """Strata with eligible cases of which none was rated."""
        return tuple(each.stratum for each in self.strata if each.lost)

    @property
    def covered(self) -> float:
        """Share of the register in strata that are not lost."""
        total = sum(each.population for each in self.strata)
        return sum(each.population for each in self.strata if not each.lost) / total if total else float("nan")

    @property
    def eligible_population(self) -> dict[Hashable, int | float]:
        """Estimated eligible cases of each stratum of the register."""
        return {each.stratum: each.eligible_population for each in self.strata}

    def sentences(self) -> list[str]:
        """Say how the opened cases ended that were not rated; nothing where all were."""
        found = []
        if self.unread:
            listed = ", ".join(f"{self.counts[end]} {end}" for end in UNREAD if self.counts[end])
            found.append(
                f"{self.unread} of {self.opened} opened cases could not be read ({listed}); "
                "the rated cases of their strata carry their weight."
            )
        if self.ineligible:
            found.append(
                f"{self.ineligible} of {self.opened} opened cases were not eligible: "
                "the figures speak of the eligible cases alone, estimated to be "
                f"{sum(each.eligible_population for each in self.strata):,.0f} of "
                f"{whole(sum(each.population for each in self.strata)):,} on the frame."
            )
        if self.lost:
            found.append(
                f"No case of {quoted(self.lost)} could be rated: the figures speak of the other strata, "
                f"{100 * self.covered:.1f} % of the frame."
            )
        return found


def _number(exact: Fraction) -> int | float:
    return int(exact) if exact.denominator == 1 else float(exact)


def read_response(strata: Any, population: Any, status: Any) -> Response:
    """Count how the opened cases of each stratum ended.

    Parameters
    ----------
    strata : Series of labels, indexed by case_id, one row an opened case. population : mapping stratum -> N_h (cases).
    status : Series on the same index: rated, ineligible, missing file, restricted or not returned.

    Returns
    -------
    Response.

    Raises
    ------
    DesignError naming each case whose status is none of these, or that strata, population and status do not share.
    """
    ends = _ends(status)
    sample = read_sample(pd.Series(np.nan, index=ends.index), strata, population, as_numbers, complete=False)
    return _response(sample, ends)


def _ends(status: Any) -> pd.Series:
    series = status if isinstance(status, pd.Series) else pd.Series(status)
    problems = [
        Problem(f'"{end}" is not how an opened case ends', Place("", case=str(case)), did_you_mean(str(end), ENDS))
        for case, end in series.items()
        if end not in ENDS
    ]
    raise_if(problems, DesignError)
    return series


def _response(sample: Sample, ends: pd.Series) -> Response:
    by_end = {end: _count(sample, ends, end) for end in ENDS}
    counts = zip(sample.labels, sample.population, sample.cases, by_end[INELIGIBLE], by_end[RATED], strict=True)
    strata = tuple(
        StratumResponse(label, whole(float(held)), int(opened), int(ineligible), int(rated))
        for label, held, opened, ineligible, rated in counts
    )
    return Response(strata, {end: int(counts.sum()) for end, counts in by_end.items()})


def _count(sample: Sample, ends: pd.Series, end: str) -> IntArray:
    chosen = (ends == end).to_numpy()
    return np.bincount(sample.code[chosen], minlength=len(sample.labels)).astype(np.int64)


def weigh_response(values: Any, strata: Any, population: Any, status: Any) -> Outcomes:
    """Weigh the rated cases so that they stand for the eligible cases nobody could read, and for nothing else.

    Parameters
    ----------
    values : Series of numbers or no answer, indexed by case_id, one row an opened case; strata, population and status
        as `read_response`.

    Returns
    -------
    Outcomes with what every verb of estimation and comparison takes: values, strata and population. An ineligible
    case is kept without an answer, an unread one left out, and a rated one weighs N_h e_h / (m_h r_h). Where every
    case was rated nothing is changed. Strata in which no eligible case was rated are left out.

    Raises
    ------
    DesignError as `read_response`.

    Source: Lohr (2010), Sampling: Design and Analysis, section 8.5 (weighting classes); Cochran (1977), section 5A.14
    (the eligible as a domain). Checked against: R survey 4.1 in tests/improvement/test_response.py.
    """
    response = read_response(strata, population, status)
    sample = read_sample(values, strata, population, as_numbers, complete=False)
    series = pd.Series(sample.values, index=sample.index)
    if response.rated == response.opened:
        return Outcomes(series, strata, population)
    ends = _ends(status).reindex(sample.index)
    labels = pd.Series([sample.labels[code] for code in sample.code], index=sample.index, dtype=object)
    answered = series.where(ends == RATED)
    if not response.rated:
        return Outcomes(answered, labels, population)
    kept = ends.isin([RATED, INELIGIBLE]) & ~labels.isin(list(response.lost))
    weighted = {label: count for label, count in population.items() if label not in response.lost}
    weighted |= {each.stratum: each.weighted_population for each in response.strata if not each.lost}
    return Outcomes(answered[kept], labels[kept], weighted, dict(population.items()))
