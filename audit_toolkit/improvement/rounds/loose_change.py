"""What changed between two samples drawn elsewhere: the way of working, and beside it the two registers."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from audit_toolkit.errors import ChangeError, Problem, raise_if
from audit_toolkit.improvement.changes.change import compare_means, compare_shares
from audit_toolkit.improvement.changes.finding import Change, silent_note
from audit_toolkit.improvement.changes.grades import compare_grades
from audit_toolkit.improvement.changes.register_change import RegisterChange, register_change
from audit_toolkit.improvement.estimates.design import quoted
from audit_toolkit.improvement.estimates.estimated import Estimate
from audit_toolkit.improvement.estimates.grades import GradeEstimates, grade_distribution
from audit_toolkit.improvement.estimates.quantities import GRADES, SHARE, TOTAL
from audit_toolkit.improvement.estimates.variance import Collapse
from audit_toolkit.improvement.planning.detectable import Detectable, detectable_grades, detectable_share
from audit_toolkit.improvement.rounds.loose_estimate import collapse_notes, labelled, one_estimate
from audit_toolkit.improvement.rounds.loose_population import ALL_CASES
from audit_toolkit.improvement.rounds.loose_sample import EMPTY, LooseSample
from audit_toolkit.improvement.rounds.measuring import EXPLORATION, answer_counts
from audit_toolkit.register import spellings_alike

AUDITORS: Final = (
    "Who audited is not in these files. With other auditors, or other rules of grading, a change may be theirs "
    "and not the work's."
)
TOTALS: Final = (
    "A total grows with the number of cases: this is how far the two registers differ, and no verdict on the work. "
    "The samples are taken as drawn independently."
)
OF_THE_REGISTERS: Final = (
    "The registers as they were, each with its own weights and with finite population correction: what became of the "
    "mix of cases is in it, so it has no verdict."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SampleChange:
    """What two samples drawn elsewhere show, later minus earlier.

    `change` is like for like and about the way of working; None of totals. `registers` sets the two registers as they
    were side by side: their difference, or of grades the distribution of each (earlier, later); None where it was not
    asked. `domains` maps each subgroup to its change, without a verdict.
    """

    earlier: LooseSample
    later: LooseSample
    change: Change | None
    registers: RegisterChange | tuple[GradeEstimates, GradeEstimates] | None
    domains: Mapping[str, Change | RegisterChange]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give every figure as JSON can hold it; None where undefined."""
        beside: Any = None
        if isinstance(self.registers, RegisterChange):
            beside = self.registers.to_dict()
        elif self.registers is not None:
            beside = {"earlier": self.registers[0].to_dict(), "later": self.registers[1].to_dict()}
        return {
            "earlier": self.earlier.to_dict(),
            "later": self.later.to_dict(),
            "change": None if self.change is None else self.change.to_dict(),
            "registers": beside,
            "domain": None if self.later.domain is None else str(self.later.domain.name),
            "domains": [{"level": level, "change": each.to_dict()} for level, each in self.domains.items()],
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row a change; `domain` is "all cases" or the subgroup."""
        whole = self.change if self.change is not None else self.registers
        rows = [(ALL_CASES, whole), *self.domains.items()]
        frames = [
            each.to_frame().assign(domain=level) for level, each in rows if isinstance(each, Change | RegisterChange)
        ]
        frame = pd.concat(frames, ignore_index=True)
        return frame[["domain", *(name for name in frame.columns if name != "domain")]]

    def __str__(self) -> str:
        told = self.change if self.change is not None else self.registers
        return "\n".join([f"{self.earlier.name} to {self.later.name}", *str(told).split("\n")][:12])

    def __repr__(self) -> str:
        return str(self)


def compare_loose(
    earlier: LooseSample,
    later: LooseSample,
    *,
    confidence: float = 0.95,
    margin: float | None = None,
    higher_is_better: bool = True,
    fpc: bool = True,
    collapse: Collapse | None = None,
) -> SampleChange:
    """Say what changed between two samples drawn elsewhere, and how sure that is.

    Parameters
    ----------
    earlier, later : two samples of one kind, read by one rule, as `read_loose_sample` gives them.
    confidence, margin, higher_is_better, collapse : as `compare_shares`.
    fpc : whether the two registers as they were are told beside the change, with finite population correction. The
        change itself is about the way of working and never has it. A total is of the registers alone: False leaves
        the correction out of it.

    Returns
    -------
    SampleChange. Shares, means and grades have a verdict, all cases together; subgroups and totals have none.

    Raises
    ------
    DesignError, ChangeError as the verbs; ChangeError where the two were not read alike, or a total is given a margin
    or a direction.

    Source: as the verbs. Checked against: the verbs themselves in tests/improvement/test_loose_change.py.
    """
    _check_alike(earlier, later)
    samples, options = (earlier, later), {"confidence": confidence, "collapse": collapse}
    if later.kind == TOTAL:
        _check_total(margin, higher_is_better)
        asked = {**options, "fpc": fpc}
        domains = {level or EMPTY: _registers(samples, level, asked) for level in _levels(samples)}
        remarks = (TOTALS, *_independent(samples), *_remarks(samples, collapse))
        return SampleChange(*samples, None, _registers(samples, None, asked), domains, remarks)
    if later.ratings and not higher_is_better:
        what = "--ratings run best first, so that none of them is better for being lower"
        raise ChangeError(Problem(what, "", "Leave out --lower-is-better, or turn the ratings round."))
    told = {**options, "margin": margin, "higher_is_better": higher_is_better}
    change = _with_detectable(_compare(samples, None, **told), samples, confidence, collapse)
    beside = None
    if fpc and later.kind == GRADES:
        first, second = (one_estimate(each, fpc=True, **options) for each in samples)
        beside = (first, second) if isinstance(first, GradeEstimates) and isinstance(second, GradeEstimates) else None
    registers = beside if later.kind == GRADES or not fpc else _registers(samples, None, {**options, "fpc": True})
    explored = {level or EMPTY: _explored(samples, level, told) for level in _levels(samples)}
    notes = [*((OF_THE_REGISTERS,) if registers else ()), *((EXPLORATION,) if explored else ())]
    notes += [*_remarks(samples, collapse), AUDITORS]
    return SampleChange(earlier, later, change, registers, explored, tuple(notes))


def _check_alike(earlier: LooseSample, later: LooseSample) -> None:
    problems = []
    for noun, one, other in (
        ("kind", earlier.kind, later.kind),
        ("ratings", ", ".join(earlier.ratings), ", ".join(later.ratings)),
        ("subgroups", _domain_name(earlier), _domain_name(later)),
    ):
        if one != other:
            what = f"the samples differ in their {noun}: {one or 'none'} earlier, {other or 'none'} later"
            problems.append(Problem(what, "", "Read both by one rule."))
    problems += _spelt_apart("stratum", earlier.strata.tolist(), later.strata.tolist())
    problems += _spelt_apart("subgroup", earlier.levels, later.levels)
    raise_if(problems, ChangeError)


def _spelt_apart(noun: str, earlier: Sequence[str], later: Sequence[str]) -> list[Problem]:
    """Name labels of the two samples that a person would read as one: apart, they would not be compared."""
    return [
        Problem(f"{quoted(group)} look the same, and each would be a {noun} of its own", "", "Write them alike.")
        for group in spellings_alike([*earlier, *later])
    ]


def _remarks(samples: tuple[LooseSample, LooseSample], collapse: Collapse | None) -> list[str]:
    return [*(note for each in samples for note in collapse_notes(each, collapse)), *_zeros_lost(*samples)]


def _zeros_lost(earlier: LooseSample, later: LooseSample) -> list[str]:
    """Say where ids of the two samples would be the same but for zeros before them: a spreadsheet drops those."""
    ids = [set(map(str, each.values.index)) for each in (earlier, later)]
    if any(isinstance(each.values.index, pd.RangeIndex) for each in (earlier, later)):
        return []
    bare = {each.lstrip("0"): each for each in sorted(ids[0] - ids[1])}
    alike = [(bare[each.lstrip("0")], each) for each in sorted(ids[1] - ids[0]) if each.lstrip("0") in bare]
    if not alike:
        return []
    first, second = alike[0]
    which = (
        f"{first} earlier and {second} later differ"
        if len(alike) == 1
        else (f"{len(alike)} case ids differ, {first} earlier and {second} later the first of them,")
    )
    twice = "the samples are not independent" if later.kind == TOTAL else "cases audited twice are compared as pairs"
    return [
        f"{which} only in zeros before them. They are taken for different cases; if a spreadsheet dropped the zeros, "
        f"write them in again: {twice}."
    ]


def _domain_name(sample: LooseSample) -> str:
    return "" if sample.domain is None else str(sample.domain.name)


def _check_total(margin: float | None, higher_is_better: bool) -> None:
    if margin is not None or not higher_is_better:
        what = "a total has no verdict, and so no margin and no better direction"
        raise ChangeError(Problem(what, "", "Leave them out, or compare means."))


def _levels(samples: tuple[LooseSample, LooseSample]) -> list[str]:
    return sorted({*samples[0].levels, *samples[1].levels})


def _of_level(sample: LooseSample, level: str | None) -> LooseSample:
    """Take the answers of a subgroup alone; every case drawn stays."""
    if level is None or sample.domain is None:
        return sample
    return dataclasses.replace(sample, values=sample.values.where(sample.domain == level))


def _compare(samples: tuple[LooseSample, LooseSample], level: str | None, **options: Any) -> Change:
    first, second = (_of_level(each, level) for each in samples)
    if first.kind == GRADES:
        return compare_grades(labelled(first), labelled(second), ratings=first.ratings or None, **options)
    verb = compare_shares if first.kind == SHARE else compare_means
    return verb(first.parts, second.parts, **options)


def _explored(samples: tuple[LooseSample, LooseSample], level: str, options: dict[str, Any]) -> Change:
    """Give a subgroup's change without a word, its cases outside not taken for ones without an answer."""
    change = _compare(samples, level, **{**options, "margin": None})
    silent = sum(len(each.values) for each in samples) - change.n_earlier - change.n_later
    kept = tuple(note for note in change.notes if note != silent_note(silent))
    return dataclasses.replace(change.without_verdict(by_chance=True), notes=(*kept, EXPLORATION))


def _registers(samples: tuple[LooseSample, LooseSample], level: str | None, options: dict[str, Any]) -> RegisterChange:
    first, second = (
        one_estimate(each, domain=None if level is None or each.domain is None else each.domain == level, **options)
        for each in samples
    )
    if not (isinstance(first, Estimate) and isinstance(second, Estimate)):
        raise ChangeError(Problem("grades of two registers have no one difference", "", "Compare them by their order."))
    return register_change(first, second)


def _independent(samples: tuple[LooseSample, LooseSample]) -> list[str]:
    indexes = [each.values.index for each in samples]
    if any(isinstance(each, pd.RangeIndex) for each in indexes):
        return []
    both = len(indexes[0].intersection(indexes[1]))
    if not both:
        return []
    return [
        f"{both} cases are in both samples. If they were drawn again on purpose the samples are not independent, "
        "and the interval is as a rule too wide."
    ]


def _with_detectable(
    change: Change, samples: tuple[LooseSample, LooseSample], confidence: float, collapse: Collapse | None
) -> Change:
    """Add what these samples could have shown, of shares and grades."""
    counts = [answer_counts(each.values, each.strata) for each in samples]
    if math.isnan(change.change) or not set(counts[0]) & set(counts[1]):
        return change
    held: Mapping[Any, float] = samples[1].population
    options: dict[str, Any] = {"confidence": confidence, "collapse": collapse}
    found: Detectable
    if change.quantity == GRADES:
        start = grade_distribution(*labelled(samples[0]), ratings=samples[0].ratings or None)
        shares = list(start.values())
        if len(shares) == 1:
            note = "The earlier answers are all alike, so what such samples would show cannot be simulated from them."
            return dataclasses.replace(change, notes=(*change.notes, note))
        worst_last = shares if change.higher_is_better else shares[::-1]
        found = detectable_grades(worst_last, counts[0], counts[1], held, **options)
    elif change.quantity == SHARE:
        better = change.higher_is_better
        found = detectable_share(change.earlier, counts[0], counts[1], held, higher_is_better=better, **options)
    else:
        return change
    return change.with_detectable(found.true_change, found.observed_change, found.notes)
