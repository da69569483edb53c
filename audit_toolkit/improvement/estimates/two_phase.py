"""The true share of each grade, from a panel that re-read some cases for certain and a random share of the rest.

    first grades of every case  ->  worst grade and differing: all settled  ->  counted as settled
                                ->  the rest: a random share re-read        ->  speaks for all of the rest

Putting settled grades in and leaving the rest as first rated moves grades one way only: whatever the panel would have
found among the rest is missing. The random share estimates it (two-phase sampling, with the first grade as what is
known of every case).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from audit_toolkit import terms
from audit_toolkit.improvement.estimates.intervals import NOWHERE, Interval
from audit_toolkit.scoring import DIFFERS, RANDOM, REST, WORST, Framework, Moderation, RatedRound, scores_after

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Fewer cases of the rest than this give an interval that says next to nothing.
FEW_CHOSEN: Final = 10


@dataclass(frozen=True, slots=True)
class GradeShare:
    """One grade: its share by first ratings, with the settled ratings put in, and as the two phases estimate it."""

    grade: str
    first: float
    put_in: float
    estimate: float
    ci: Interval

    def __str__(self) -> str:
        told = (
            f"{self.grade}: {_percent(self.first)} by first ratings, {_percent(self.put_in)} with settled ones put in"
        )
        if math.isnan(self.estimate):
            return told
        return f"{told}, {_percent(self.estimate)} estimated ({_percent(self.ci.low)} to {_percent(self.ci.high)})"


@dataclass(frozen=True, slots=True)
class AfterModeration:
    """What moderation says of a framework's grades in the register: a share for each grade, best first."""

    framework: str
    title: str
    grades: tuple[GradeShare, ...]
    n_cases: int
    n_rest: int
    n_chosen: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the shares as plain values; undefined is None."""
        rows = [
            {
                "grade": each.grade,
                "first": _plain(each.first),
                "put_in": _plain(each.put_in),
                "estimate": _plain(each.estimate),
                "ci_low": _plain(each.ci.low),
                "ci_high": _plain(each.ci.high),
            }
            for each in self.grades
        ]
        return {
            terms.FRAMEWORK: self.framework,
            "grades": rows,
            "n_cases": self.n_cases,
            "n_rest": self.n_rest,
            "n_chosen": self.n_chosen,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        cases = "1 case" if self.n_cases == 1 else f"{self.n_cases} cases"
        head = f"{self.title}: {cases}; of the rest, {self.n_rest}, tickets choose {self.n_chosen}"
        return "\n".join([head, *(f"    {each}" for each in self.grades), *(f"    {note}" for note in self.notes)])


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.0f} %"


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


def two_phase_share(
    first: Flags,
    after: Flags,
    rest: Flags,
    chosen: Flags,
    weights: Floats,
    *,
    fraction: float,
    confidence: float = 0.95,
) -> tuple[float, Interval]:
    """Estimate the true share of a grade where only some cases were re-read.

    Parameters
    ----------
    first, after : whether each case has the grade, by its first rating and by the panel; `after` is only looked at
        where a case is not of the rest or is chosen. rest : cases re-read only if chosen at random. chosen : those of
        them that were. weights : how many cases of the register each stands for. fraction : the share of the register
        that was sampled, 0 to 1. confidence : float in (0, 1), default 0.95.

    Returns
    -------
    The share (0-1) and its interval. Among the rest the share is that of first grades, plus those the panel moved
    into the grade, less those it moved out (difference estimator); below 0 it is given as 0. Limits join, by the
    squares of their distances (MOVER), Clopper-Pearson limits of what was moved in and out and of the share itself, at
    the cases each is worth. Without a chosen case of the rest: nan.

    Source: Cochran (1977), Sampling Techniques, section 12.2; Breidt & Fuller (1993), Sankhya B 55:297-309; Zou &
    Donner (2008), Statistics in Medicine 27:1693-1702. Checked against: tests/improvement/test_two_phase.py.
    """
    total = float(weights.sum())
    held = float(weights[rest].sum()) / total if total else math.nan
    if total == 0 or (rest.any() and not chosen.any()):
        return math.nan, NOWHERE
    certain = float(weights[~rest & after].sum()) / total
    moved_in, moved_out = _Moved(math.nan, NOWHERE), _Moved(math.nan, NOWHERE)
    share, below, above = certain, 0.0, 0.0
    if rest.any():
        sampled = weights[chosen]
        worth = _worth(sampled, float(chosen.sum()) / float(rest.sum()))
        moved_in = _moved(sampled, (after & ~first)[chosen], worth, confidence)
        moved_out = _moved(sampled, (first & ~after)[chosen], worth, confidence)
        known = float(weights[rest & first].sum()) / float(weights[rest].sum())
        share = max(certain + held * (known + moved_in.share - moved_out.share), 0.0)
        below = held * math.hypot(moved_in.share - moved_in.ci.low, moved_out.ci.high - moved_out.share)
        above = held * math.hypot(moved_in.ci.high - moved_in.share, moved_out.share - moved_out.ci.low)
    share = min(share, 1.0)
    itself = _limits(share, _worth(weights, fraction), confidence)
    low = share - math.hypot(share - itself.low, below)
    high = share + math.hypot(itself.high - share, above)
    return share, Interval(max(low, 0.0), min(high, 1.0))


@dataclass(frozen=True, slots=True)
class _Moved:
    share: float
    ci: Interval


def _moved(weights: Floats, moved: Flags, worth: float, confidence: float) -> _Moved:
    share = float(weights[moved].sum() / weights.sum())
    return _Moved(share, _limits(share, worth, confidence))


def _worth(weights: Floats, fraction: float) -> float:
    """Give how many cases of equal weight a sample is worth (Kish), with the finite population correction."""
    if fraction >= 1:
        return math.inf
    return float(weights.sum() ** 2 / np.sum(weights**2)) / (1 - fraction)


def _limits(share: float, n: float, confidence: float) -> Interval:
    """Give Clopper-Pearson limits at a number of cases that need not be whole; no width where all were read."""
    if math.isinf(n):
        return Interval(share, share)
    tail = (1 - confidence) / 2
    hits = min(max(share, 0.0), 1.0) * n
    low = 0.0 if hits <= 0 else float(special.betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits >= n else float(special.betaincinv(hits + 1, n - hits, 1 - tail))
    return Interval(low, high)


def after_moderation(read: RatedRound, moderation: Moderation) -> list[AfterModeration]:
    """Say what moderation makes of each framework's grades in the register.

    Parameters
    ----------
    read : the round. moderation : what was settled.

    Returns
    -------
    One AfterModeration a framework. The estimate is given once everything of the framework that the rule asks for is
    settled, and only of a round drawn for improvement; before, and for others, the counts stand alone.

    Source: `two_phase_share`. Checked against: tests/improvement/test_two_phase.py.
    """
    after = scores_after(read, moderation)
    return [_framework(read, moderation, each, _bands(after[name].table)) for name, each in read.frameworks.items()]


def _framework(
    read: RatedRound, moderation: Moderation, framework: Framework, after: Mapping[str, str]
) -> AfterModeration:
    cells = moderation.panel.cells[framework.name]
    first = _bands(read.scores(framework).table)
    weights = read.weights(list(first))
    cases = [case for case in first if case in weights]
    weight = np.array([weights[case] for case in cases], dtype=float)
    rest = np.array([cells[case] in (REST, RANDOM) for case in cases], dtype=bool)
    chosen = np.array([cells[case] == RANDOM for case in cases], dtype=bool)
    asked = {each.id for each in framework.questions}
    open_answers = sum(question in asked for _, question in moderation.outstanding)
    estimated = read.plan.purpose == terms.IMPROVEMENT and not open_answers
    rows = []
    for grade in framework.ratings:
        before = np.array([first[case] == grade for case in cases], dtype=bool)
        now = np.array([after.get(case, "") == grade for case in cases], dtype=bool)
        share, ci = (
            two_phase_share(before, now, rest, chosen, weight, fraction=read.fraction)
            if estimated and cases
            else (math.nan, NOWHERE)
        )
        rows.append(GradeShare(grade, _share(weight, before), _share(weight, now), share, ci))
    notes = _notes(framework, cells, open_answers, int(rest.sum()), int(chosen.sum()))
    return AfterModeration(
        framework.name, framework.title, tuple(rows), len(cases), int(rest.sum()), int(chosen.sum()), notes
    )


def _bands(table: Any) -> dict[str, str]:
    rows = zip(table[terms.CASE_ID], table["band"], strict=True)
    return {str(case): str(band) for case, band in rows if band}


def _share(weight: Floats, hit: Flags) -> float:
    return float(weight[hit].sum() / weight.sum()) if len(weight) else math.nan


def _notes(
    framework: Framework, cells: Mapping[str, str], open_answers: int, rest: int, chosen: int
) -> tuple[str, ...]:
    notes: list[str] = []
    if open_answers:
        many = "1 answer is" if open_answers == 1 else f"{open_answers} answers are"
        notes.append(f"{many} still to be settled: the true shares are estimated when that is done.")
    elif rest and not chosen:
        notes.append(
            "None of the rest was re-read, so the true shares cannot be estimated: with settled ratings put in, "
            f"{framework.ratings[-1]} can only become rarer."
        )
    elif rest and chosen < FEW_CHOSEN:
        notes.append(f"{chosen} of the rest {'speaks' if chosen == 1 else 'speak'} for {rest}: read the intervals.")
    held: Sequence[str] = list(cells.values())
    if WORST in held or DIFFERS in held:
        notes.append(
            f"Settled for certain: {held.count(WORST)} of the worst grade, {held.count(DIFFERS)} that differed."
        )
    return tuple(notes)
