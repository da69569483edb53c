"""Watching a share come in: an interval after every case that holds however often one looks."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from audit_toolkit.errors import DesignError, Place, Problem, raise_if
from audit_toolkit.improvement.estimates.betting import IntArray, Path, fixed_path, lower_counts
from audit_toolkit.improvement.estimates.design import Sample, as_outcomes, check_confidence, read_sample, whole
from audit_toolkit.improvement.estimates.intervals import Interval, json_number

COLUMNS = ("look", "case_id", "stratum", "state", "low", "high")
READ, NO_ANSWER, OUT = "read", "no answer", "not back"
UNSOUND = (
    "No share is left between the limits. With a random order this happens in fewer than {rate:g} % of rounds: check "
    "that the order is that of the tickets and the counts are those of the register."
)


@dataclass(frozen=True, slots=True)
class Look:
    """The interval once the first `look` cases of the order have been opened; `low` and `high` are shares (0-1).

    `state` says whether the case opened last was read, has no answer, or is not back; the last two count at their
    worst.
    """

    look: int
    case_id: Hashable | None
    stratum: Hashable
    state: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Watched:
    """What a round shows so far. `ci` is where the share lies, whenever one looks; its limits are shares (0-1).

    `opened` cases are in the sample, `back` of them are settled, `in_order` of these with nothing out before them in
    the one order of looking; the others wait behind a gap. `looks` has one entry a case of the order, as far as the
    last case back. `cases` is how many the register has.
    """

    ci: Interval
    confidence: float
    opened: int
    back: int
    in_order: int
    unanswered: int
    cases: int
    looks: tuple[Look, ...]
    notes: tuple[str, ...] = ()

    @property
    def waiting(self) -> int:
        """How many returned cases wait behind a gap."""
        return self.back - self.in_order

    @property
    def complete(self) -> bool:
        """Whether the share is known exactly: every case of the register was read."""
        return self.ci.low == self.ci.high

    def sentence(self, good: str = "good") -> str:
        """Say how many cases are back and where the share lies, whenever one looks."""
        counts = f"{self.back} of {self.opened} cases are back, {self.in_order} of them in ticket order."
        if math.isnan(self.ci.low):
            return f"{counts} Share {good} so far: no interval."
        if self.complete:
            return f"{counts} Share {good}: {100 * self.ci.low:.0f} %, a complete count."
        # Rounded outwards, so that what is printed holds as often as it says.
        low, high = math.floor(100 * self.ci.low + 1e-9), math.ceil(100 * self.ci.high - 1e-9)
        sure, so_far = f"{100 * self.confidence:g} %", " so far" if self.back < self.opened else ""
        return f"{counts} Share {good}{so_far}: between {low} % and {high} %, whenever you look ({sure})."

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "low": json_number(self.ci.low),
            "high": json_number(self.ci.high),
            "confidence": self.confidence,
            "opened": self.opened,
            "back": self.back,
            "in_order": self.in_order,
            "waiting": self.waiting,
            "unanswered": self.unanswered,
            "cases": self.cases,
            "looks": [
                {
                    "look": each.look,
                    "case_id": None if each.case_id is None else str(each.case_id),
                    "stratum": str(each.stratum),
                    "state": each.state,
                    "low": json_number(each.low),
                    "high": json_number(each.high),
                }
                for each in self.looks
            ],
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row a look, in the order of looking."""
        rows = [[getattr(each, name) for name in COLUMNS] for each in self.looks]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def __str__(self) -> str:
        return "\n".join([self.sentence(), *self.notes][:12])


def watch_share(
    outcomes: Any,
    strata: Any,
    population: Any,
    order: Any,
    *,
    confidence: float = 0.95,
    planned: Mapping[Any, int] | None = None,
    settled: Any = None,
) -> Watched:
    """Say where a share lies while cases are still coming back, so that one may look after every case.

    Parameters
    ----------
    outcomes : Series of 1, 0 or no answer, indexed by case_id, one row an opened case, back or not. strata : Series of
        labels on the same index. population : mapping stratum -> N_h, whole numbers of cases.
    order : Series on the same index, 1, 2, ... within each stratum, by ticket: a random order fixed before anything
        was read.
    confidence : float in (0, 1), of both limits together and of all looks together.
    planned : mapping stratum -> n_h as drawn, default the cases given; it fixes the order in which strata take turns,
        and must not be changed once cases are back.
    settled : Series of bool on the same index: nothing more is awaited of the case. Default: those with an answer.

    Returns
    -------
    Watched. A case without an answer, not back or never to be read, counts at its worst for each limit. So do cases
    that are not applicable or ineligible: the limits then also hold for the share of the applicable cases.

    Raises
    ------
    DesignError of strata, population or order that do not fit together; ChangeError of an outcome that is not 0 or 1.

    Source: Waudby-Smith & Ramdas (2024), Journal of the Royal Statistical Society B 86:1-27, betting without
    replacement; Ville's inequality; docs/watching.md has the proof for strata. Checked against: complete enumeration
    and `python -m benchmarks sequence`.
    """
    check_confidence(confidence)
    sample = read_sample(outcomes, strata, population, as_outcomes)
    places = _places(sample, order)
    sizes = _planned(sample, planned)
    path = fixed_path(_whole_counts(sample), sizes, _reach(sample, places, sizes))
    over = _settled(sample, settled)
    return _watch(sample, path, places, over, confidence)


def _watch(sample: Sample, path: Path, places: IntArray, over: Any, confidence: float) -> Watched:
    at = {(int(h), int(i)): row for row, (h, i) in enumerate(zip(sample.code, places, strict=True))}
    rows = np.array([at.get((int(h), int(i)), -1) for h, i in zip(path.code, path.place, strict=True)])
    values = np.where(rows >= 0, sample.values[rows], np.nan)
    ended = (rows >= 0) & over[rows]
    ones, zeros = (values == 1).astype(float), (values == 0).astype(float)
    alpha, total = (1 - confidence) / 2, int(path.population.sum())
    low = np.maximum.accumulate(lower_counts(path, ones, zeros, alpha)) / total
    high = (total - np.maximum.accumulate(lower_counts(path, zeros, ones, alpha))) / total
    empty = low > high
    low, high = np.where(empty, np.nan, low), np.where(empty, np.nan, high)
    last = int(np.flatnonzero(ended).max(initial=-1)) + 1
    gap = int(np.argmin(ended)) if not ended.all() else len(ended)
    looks = tuple(
        Look(
            k + 1,
            sample.index[rows[k]] if rows[k] >= 0 else None,
            sample.labels[path.code[k]],
            OUT if not ended[k] else NO_ANSWER if math.isnan(values[k]) else READ,
            float(low[k]),
            float(high[k]),
        )
        for k in range(last)
    )
    unanswered = int((over & ~sample.answered).sum())
    back = int(over.sum())
    return Watched(
        ci=Interval(looks[-1].low, looks[-1].high) if looks else Interval(0.0, 1.0),
        confidence=confidence,
        opened=len(sample.values),
        back=back,
        in_order=gap,
        unanswered=unanswered,
        cases=total,
        looks=looks,
        notes=_notes(back - gap, unanswered, bool(looks) and math.isnan(looks[-1].low), confidence),
    )


def _notes(waiting: int, unanswered: int, empty: bool, confidence: float) -> tuple[str, ...]:
    notes = []
    if empty:
        notes.append(UNSOUND.format(rate=round(100 * (1 - confidence), 6)))
    if waiting:
        waits = "1 case waits" if waiting == 1 else f"{waiting} cases wait"
        notes.append(
            f"{waits} behind one that is not back. Until it is, the missing one counts as not good for the lower limit "
            "and as good for the upper: those that come back first may be the easy ones."
        )
    if unanswered:
        have = "1 case is settled without an answer and counts" if unanswered == 1 else ""
        have = have or f"{unanswered} cases are settled without an answer and count"
        notes.append(f"{have} at the worst for each limit.")
    return tuple(notes)


def _places(sample: Sample, order: Any) -> IntArray:
    """Read the place of each case within its stratum, or refuse the order."""
    mend = "Give draw_order: 1, 2, ... within each stratum, by ticket."
    if not isinstance(order, pd.Series) or not sample.index.isin(order.index).all() or order.index.has_duplicates:
        raise DesignError(Problem("the order does not give each case one place", "order", mend))
    problems, places = [], np.zeros(len(sample.values), dtype=np.int64)
    taken: dict[tuple[int, int], str] = {}
    for row, (case, place) in enumerate(order.reindex(sample.index).items()):
        number = pd.to_numeric(place, errors="coerce")
        h = int(sample.code[row])
        if not number >= 1 or number != int(number) or number > sample.population[h]:
            what = f"{place} is no place among the {sample.population[h]:g} cases of its stratum"
            problems.append(Problem(what, Place("order", case=str(case)), mend))
            continue
        places[row] = int(number)
        other = taken.setdefault((h, int(number)), str(case))
        if other != str(case):
            what = f"the case has the place of {other}, {int(number)}"
            problems.append(Problem(what, Place("order", case=str(case)), mend))
    raise_if(problems, DesignError)
    return places


def _whole_counts(sample: Sample) -> IntArray:
    counts = [whole(count) for count in sample.population.tolist()]
    problems = [
        Problem(f'stratum "{label}" has {count:g} cases, not a whole number', "", "Give the register's own counts.")
        for label, count in zip(sample.labels, counts, strict=True)
        if not isinstance(count, int)
    ]
    raise_if(problems, DesignError)
    return np.array(counts, dtype=np.int64)


def _planned(sample: Sample, planned: Mapping[Any, int] | None) -> IntArray:
    if planned is None:
        return sample.cases
    wrong = [
        Problem(f'stratum "{label}" was planned with {planned.get(label, 0)} cases', "planned", "Give n_h as drawn.")
        for label, held in zip(sample.labels, sample.population.tolist(), strict=True)
        if not 1 <= planned.get(label, 0) <= held
    ]
    raise_if(wrong, DesignError)
    return np.array([planned[label] for label in sample.labels], dtype=np.int64)


def _reach(sample: Sample, places: IntArray, sizes: IntArray) -> float:
    """Say how far beyond the planned sizes the order must go to take in every opened case."""
    return max(1.0, float(np.max((places - 0.5) / sizes[sample.code])))


def _settled(sample: Sample, settled: Any) -> Any:
    if settled is None:
        return sample.answered
    if not isinstance(settled, pd.Series) or not sample.index.isin(settled.index).all():
        mend = "Give a Series of True and False on the index of the outcomes."
        raise DesignError(Problem("settled does not name each case", "settled", mend))
    return settled.reindex(sample.index).to_numpy(dtype=bool) | sample.answered
