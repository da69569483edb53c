"""Estimates of a sample drawn elsewhere: all of it, and each of its subgroups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.estimates.estimate import estimate_mean, estimate_share, estimate_total
from audit_toolkit.improvement.estimates.estimated import STUDENT, Estimate
from audit_toolkit.improvement.estimates.grades import GradeEstimates, estimate_grades
from audit_toolkit.improvement.estimates.intervals import KORN_GRAUBARD
from audit_toolkit.improvement.estimates.quantities import GRADES, MEAN, SHARE, TOTAL
from audit_toolkit.improvement.estimates.variance import Collapse
from audit_toolkit.improvement.rounds.loose_population import ALL_CASES
from audit_toolkit.improvement.rounds.loose_sample import EMPTY, LooseSample

REGISTER: Final = "The figures speak of the cases the sample stands for: with finite population correction."
PROCESS: Final = "The figures speak of the way of working, not of this list: without finite population correction."
EXPLORED: Final = (
    "Subgroups are exploration: each interval stands by itself, none is adjusted for being one of several."
)
BY_CHANCE: Final = "The strata were not drawn by them, so how many of a subgroup were drawn is chance."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SampleEstimates:
    """What a sample drawn elsewhere says of the cases it stands for.

    `overall` is of all cases; `domains` maps each subgroup of the sample's domain to its own estimate.
    """

    sample: LooseSample
    overall: Estimate | GradeEstimates
    domains: Mapping[str, Estimate | GradeEstimates]
    fpc: bool
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give every figure as JSON can hold it; None where undefined."""
        return {
            "sample": self.sample.to_dict(),
            "fpc": self.fpc,
            "estimate": self.overall.to_dict(),
            "domain": None if self.sample.domain is None else str(self.sample.domain.name),
            "domains": [{"level": level, "estimate": each.to_dict()} for level, each in self.domains.items()],
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row an estimate (of grades one a grade); `domain` is "all cases" or the subgroup."""
        frames = [
            each.to_frame().assign(domain=level) for level, each in ((ALL_CASES, self.overall), *self.domains.items())
        ]
        frame = pd.concat(frames, ignore_index=True)
        return frame[["domain", *(name for name in frame.columns if name != "domain")]]

    def __str__(self) -> str:
        return "\n".join([str(self.sample).split("\n", maxsplit=1)[0], *str(self.overall).split("\n")][:12])

    def __repr__(self) -> str:
        return str(self)


def estimate_loose(
    sample: LooseSample,
    *,
    confidence: float = 0.95,
    method: str | None = None,
    fpc: bool = True,
    collapse: Collapse | None = None,
) -> SampleEstimates:
    """Estimate what a sample drawn elsewhere says of the cases it stands for, and of each of its subgroups.

    Parameters
    ----------
    sample : as `read_loose_sample` gives it. confidence, fpc, collapse : as `estimate_share`.
    method : the interval of a share or of each grade, as `estimate_share`; None for its default. A mean's or total's
        is always t.

    Returns
    -------
    SampleEstimates, by the verb of the sample's kind: shares, means, totals or grades.

    Raises
    ------
    DesignError, ChangeError as `estimate_share`; ChangeError where a method is named for a mean or total.

    Source: as the verbs. Checked against: the verbs themselves in tests/improvement/test_loose_estimate.py.
    """
    if method is not None and sample.kind in (MEAN, TOTAL) and method != STUDENT:
        what = f'"{method}" is an interval for a share, and a {sample.kind} has the t interval'
        raise ChangeError(Problem(what, "method", "Leave it out."))
    asked: dict[str, Any] = {"confidence": confidence, "fpc": fpc, "collapse": collapse}
    if sample.kind in (SHARE, GRADES):
        asked["method"] = method or KORN_GRAUBARD
    overall = one_estimate(sample, **asked)
    domains = {}
    if sample.domain is not None:
        domains = {
            level or EMPTY: one_estimate(sample, domain=(sample.domain == level), **asked) for level in sample.levels
        }
    notes = [*collapse_notes(sample, collapse), REGISTER if fpc else PROCESS]
    if domains:
        notes.append(EXPLORED if _made_of_strata(sample) else f"{EXPLORED} {BY_CHANCE}")
    return SampleEstimates(sample, overall, domains, fpc, tuple(notes))


def _made_of_strata(sample: LooseSample) -> bool:
    """Whether every subgroup is one stratum or several whole ones, so that its size was set by the draw."""
    return sample.domain is not None and bool((sample.domain.groupby(sample.strata).nunique() == 1).all())


def collapse_notes(sample: LooseSample, collapse: Collapse | None) -> list[str]:
    """Say which strata a neighbour was named for without need: only a stratum of one case is taken with another."""
    cases = sample.strata.value_counts()
    named = [label for label in (collapse or {}) if cases.get(label, 0) > 1]
    return [f'"{label}" has {cases[label]} cases in {sample.name} and was not collapsed.' for label in named]


def one_estimate(sample: LooseSample, **asked: Any) -> Estimate | GradeEstimates:
    """Estimate by the verb of the sample's kind."""
    if sample.kind == GRADES:
        return estimate_grades(*labelled(sample), ratings=sample.ratings or None, **asked)
    if sample.kind == SHARE:
        return estimate_share(*sample.parts, **asked)
    return (estimate_mean if sample.kind == MEAN else estimate_total)(*sample.parts, **asked)


def labelled(sample: LooseSample) -> tuple[pd.Series, pd.Series, Mapping[str, float]]:
    """Give the parts of a sample with its grades as they are called."""
    if not sample.ratings:
        return sample.parts
    worst_first = list(reversed(sample.ratings))
    names = [None if code != code else worst_first[int(code)] for code in sample.values.tolist()]
    return pd.Series(names, index=sample.values.index, dtype=object), sample.strata, sample.population
