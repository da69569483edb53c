"""One row of a comparison: a measure, its change, and the word it earns once adjusted for the rows beside it."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from audit_toolkit.improvement.changes.finding import Change
from audit_toolkit.improvement.changes.verdict import sentence
from audit_toolkit.improvement.estimates.bounds import ChangeBounds
from audit_toolkit.improvement.rounds.measures import Measure, good_word

# A change table, as DESIGN fixes it.
CHANGE_COLUMNS = (
    "measure",
    "domain",
    "n_earlier",
    "population_earlier",
    "n_later",
    "population_later",
    "earlier",
    "later",
    "change",
    "ci_low",
    "ci_high",
    "p_value",
    "p_adjusted",
    "verdict",
    "detectable_true",
    "detectable_observed",
    "notes",
)
PRIMARY, FRAMEWORKS, CRITERIA, BESIDE, EXPLORED = (
    "primary",
    "frameworks",
    "criteria",
    "beside the grades",
    "exploration",
)


@dataclass(frozen=True, slots=True)
class MeasuredChange:
    """One row of a comparison: a measure, the cases it speaks of, its change, and the word it earns.

    `family` says how the word was reached: the primary measure alone; a framework's grades or a criterion,
    adjusted within its family; or none, where the row stands beside the grades or is exploration. `bounds` say what
    unread cases could make of a share's change; `counts` how many cases count, earlier and later, where a round was
    not drawn at random and there is no more than that.
    """

    measure: Measure
    domain: str
    change: Change
    family: str
    p_adjusted: float
    verdict: str
    notes: tuple[str, ...] = ()
    bounds: ChangeBounds | None = None
    counts: tuple[int, int] | None = None

    def row(self) -> tuple[object, ...]:
        """Give the row of the change table."""
        change = self.change
        return (
            self.measure.id,
            self.domain,
            change.n_earlier,
            change.population_earlier,
            change.n_later,
            change.population_later,
            change.earlier,
            change.later,
            change.change,
            change.ci.low,
            change.ci.high,
            change.p_value,
            self.p_adjusted,
            self.verdict,
            change.detectable_true,
            change.detectable_observed,
            " ".join((*self.notes, *change.notes, *unread_sentences(self))),
        )


def unread_sentences(row: MeasuredChange) -> list[str]:
    """Say what the unread cases of each round could have made of a share and of its change; nothing where none is."""
    if row.bounds is None:
        return []
    good = good_word(row.measure.counts)
    sides = (("Earlier round", row.bounds.earlier), ("Later round", row.bounds.later))
    told = [f"{side}: {text}" for side, text in ((side, each.sentence(good)) for side, each in sides) if text]
    return [*told, *(each for each in [row.bounds.sentence()] if each)]


def count_figures(row: MeasuredChange) -> str:
    """Say how many cases count of those with an answer, earlier and later, without any claim."""
    if row.counts is None:
        return ""
    return f"{row.counts[0]} of {row.change.n_earlier}, then {row.counts[1]} of {row.change.n_later}"


def headline(row: MeasuredChange) -> str:
    """Say a row's verdict and figures in a sentence, the adjusted word and not the unadjusted one."""
    return sentence(dataclasses.replace(row.change, verdict=row.verdict))


def share_figures(change: Change) -> str:
    """Say a share before and after, with the interval of the change, and no word."""
    if math.isnan(change.change):
        return "nothing to compare"
    size = f"{100 * change.earlier:.0f} % to {100 * change.later:.0f} %, {100 * change.change:+.0f} points"
    if math.isnan(change.ci.low):
        return size
    return f"{size} (95 % interval {100 * change.ci.low:+.0f} to {100 * change.ci.high:+.0f})"


def why_no_interval(row: MeasuredChange) -> str:
    """Say why a change has no interval, or nothing where it has one."""
    if math.isnan(row.change.change) or not math.isnan(row.change.ci.low):
        return ""
    reasons = [note for note in row.change.notes if any(part in note for part in REASONS)]
    return " ".join(reasons) or "No interval can be given."


# What the notes say where no interval can be given.
REASONS = ("not estimable", "Too few answers", "exact permutation", "all alike")
