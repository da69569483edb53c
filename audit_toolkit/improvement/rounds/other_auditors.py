"""Two rounds rated by other people, or by the same in other shares: who counts as a cluster, and what comes of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from audit_toolkit import terms
from audit_toolkit.improvement.changes.finding import UNDEFINED, Change
from audit_toolkit.improvement.estimates.quantities import GRADES
from audit_toolkit.improvement.rounds.auditor_mix import OTHER_HANDS, other_hands
from audit_toolkit.improvement.rounds.measures import CRITERION, Measure
from audit_toolkit.improvement.rounds.round import Round

if TYPE_CHECKING:
    import pandas as pd

# Who answers what nobody was asked to rate: a case whose every criterion is worked out from dates.
NOBODY: Final = "worked out from dates"


def counted_auditors(earlier: Round, later: Round, measure: Measure) -> tuple[pd.Series, pd.Series] | None:
    """Give the auditor of each case of both rounds where their severity has to be counted; None where it cancels.

    It cancels where the same people rated both rounds in like shares, and it is no part of a criterion that is worked
    out from dates. Ratings that do not say who made them leave nothing to count: the verdict is withheld elsewhere.
    """
    if _by_dates(later, measure) or not rated_otherwise(earlier, later):
        return None
    sides = [each.rated_by.reindex(each.findings.index).fillna(NOBODY) for each in (earlier, later)]
    return sides[0], sides[1]


def rated_otherwise(earlier: Round, later: Round) -> bool:
    """Whether the rounds are known to have been rated by other people, or by the same in other shares."""
    then, now = set(earlier.auditors), set(later.auditors)
    if not then or not now or "" in then | now:
        return False
    return then != now or (len(now) > 1 and other_hands(earlier, later) > OTHER_HANDS)


def _by_dates(round_: Round, measure: Measure) -> bool:
    if measure.kind != CRITERION:
        return False
    response = round_.frameworks[measure.framework].criterion(measure.criterion).response
    return response in (terms.TIMELINESS, terms.REPEATED)


def widened(change: Change, drawn: Change) -> Change:
    """Give a change with the detectable figures of the draw, made larger as its interval is wider for the auditors."""
    ratio = (change.ci.high - change.ci.low) / (drawn.ci.high - drawn.ci.low)
    told = [each for each in drawn.notes if each not in change.notes]
    if math.isnan(ratio) or math.isnan(drawn.detectable_true + drawn.detectable_observed):
        return change.with_detectable(UNDEFINED, UNDEFINED, told)
    note = (
        f"The detectable changes are those of the draw, times {ratio:.2f}, by how much the auditors widen the interval."
    )
    figures = (drawn.detectable_true * ratio, drawn.detectable_observed * ratio)
    most = 0.5 if change.quantity == GRADES else 1 - change.earlier
    true, observed = (each if each < most else UNDEFINED for each in figures)
    return change.with_detectable(true, observed, [*told, note])
