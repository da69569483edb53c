"""Rater error: what double ratings say of wrong answers, and how much of a change wrong answers could make or hide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from audit_toolkit.errors import ChangeError, Place, Problem, raise_if
from audit_toolkit.improvement.changes.change import compare_shares
from audit_toolkit.improvement.changes.finding import UNDEFINED, Change
from audit_toolkit.improvement.estimates.intervals import NOWHERE, Interval, beta_interval, json_number
from audit_toolkit.improvement.estimates.variance import Collapse

# Raters who err in half of the cases might as well toss a coin: nothing is told apart any more.
COIN: Final = 0.5
ASSUMED: Final = (
    "The corrected change is an estimate under assumptions: auditors err alike, in both directions and both rounds, "
    "and each by themselves. It is never the headline."
)
HIDDEN: Final = "Double ratings show what two auditors judge differently. A mistake that both make stays hidden."
FEW: Final = 30


@dataclass(frozen=True, slots=True)
class RaterError:
    """What two blind ratings of the same cases say of error in a share; earlier round first in each pair.

    `twice` counts the cases rated twice, `differ` those judged differently. `error` is how often one rating is wrong
    were auditors to err alike. `corrected` is the change and its interval under that; `corrected_shares` the rounds'.
    `explained` is the most of a change in the direction seen that error alone could make, were auditors too strict in
    one round and too kind in the other, at the disagreement seen; `explained_most` at the upper limits of it.
    """

    twice: tuple[int, int]
    differ: tuple[int, int]
    error: float
    error_ci: Interval
    change: Change
    corrected: float
    corrected_ci: Interval
    corrected_shares: tuple[float, float]
    explained: float
    explained_most: float
    confidence: float
    notes: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """Say in three sentences what was judged differently, what error hides, and what it could make."""
        said = [
            f"Of {self.twice[0]} and {self.twice[1]} cases rated twice, {self.differ[0]} and {self.differ[1]} were "
            "judged differently."
        ]
        if math.isnan(self.corrected):
            return [*said, "What error hides or makes of the change cannot be said."]
        level, points = f"{100 * self.confidence:g} % interval", self.corrected_ci
        seen, most = 100 * self.change.change, [f"{100 * each:.0f}" for each in (self.explained, self.explained_most)]
        return [
            *said,
            f"If auditors err alike in both rounds ({100 * self.error:.0f} % of ratings, {level} "
            f"{100 * self.error_ci.low:.0f} to {100 * self.error_ci.high:.0f}), error makes none of a change and hides "
            f"part of it: corrected for it {seen:+.0f} points would be {100 * self.corrected:+.0f} ({level} "
            f"{100 * points.low:+.0f} to {100 * points.high:+.0f}).",
            f"Had they been too strict in one round and too kind in the other, error alone could make "
            f"up to {most[0]} points; at the upper limit of disagreement {most[1]}.",
        ]

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "twice_earlier": self.twice[0],
            "twice_later": self.twice[1],
            "differ_earlier": self.differ[0],
            "differ_later": self.differ[1],
            "error": json_number(self.error),
            "error_low": json_number(self.error_ci.low),
            "error_high": json_number(self.error_ci.high),
            "change": json_number(self.change.change),
            "corrected": json_number(self.corrected),
            "corrected_low": json_number(self.corrected_ci.low),
            "corrected_high": json_number(self.corrected_ci.high),
            "corrected_earlier": json_number(self.corrected_shares[0]),
            "corrected_later": json_number(self.corrected_shares[1]),
            "explained": json_number(self.explained),
            "explained_most": json_number(self.explained_most),
            "confidence": self.confidence,
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row; undefined figures are nan."""
        row = {key: UNDEFINED if value is None else value for key, value in self.to_dict().items()}
        return pd.DataFrame([{**row, "notes": " ".join(self.notes)}])

    def __str__(self) -> str:
        return "\n".join([*self.sentences(), *(f"- {note}" for note in self.notes)])


def rater_error(
    pairs: Any,
    earlier: Any,
    later: Any,
    *,
    confidence: float = 0.95,
    collapse: Collapse | None = None,
    auditors: Any = None,
) -> RaterError:
    """Say how much of a change in a share wrong ratings could make or hide, from cases that two auditors rated.

    Parameters
    ----------
    pairs : (earlier, later), each a DataFrame with a row for each case rated twice, blind, and two columns of 0, 1 or
        no answer. earlier, later, collapse, auditors : as `compare_shares`. confidence : float in (0, 1).

    Returns
    -------
    RaterError. Shares (0-1). Sensitivity and specificity cannot be told apart from two like raters: the corrected
    change takes them as equal, and what error could make is bounded over all of them above a half. The corrected
    interval is that of the change and that of the error together, each at half the risk (Bonferroni), so it is wide.

    Raises
    ------
    ChangeError where the pairs are not two tables of two columns or hold anything but 0, 1 and no answer. What
    `compare_shares` raises.

    Source: Rogan & Gladen (1978), American Journal of Epidemiology 107:71-76; Hui & Walter (1980), Biometrics
    36:167-171, for what two raters identify; Lang & Reiczigel (2014), Preventive Veterinary Medicine 113:13-22.
    Checked against: brute force over sensitivity and specificity, and simulated coverage, in
    tests/improvement/test_rater_error.py.
    """
    twice, differ = _counts(pairs)
    change = compare_shares(earlier, later, confidence=confidence, collapse=collapse, auditors=auditors)
    careful = 1 - (1 - confidence) / 2
    wide = compare_shares(earlier, later, confidence=careful, collapse=collapse, auditors=auditors).ci
    notes = [ASSUMED, HIDDEN]
    if min(twice) < FEW:
        notes.append("So few double ratings cannot carry a claim about error: read the intervals.")
    n, wrong = sum(twice), sum(differ)
    shown, between = rating_error(wrong, n, confidence), rating_error(wrong, n, careful)
    if math.isnan(change.change) or n == 0 or shown[0] >= COIN:
        note = "No correction: there are no double ratings, nothing to compare, or half of the ratings differ or more."
        shares, corrected, ci = [UNDEFINED, UNDEFINED], UNDEFINED, NOWHERE
        notes.append(note)
    else:
        shares = [_true_share(each, shown[0], notes) for each in (change.earlier, change.later)]
        corrected, ci = _stretched(change.change, wide, shown[0], between[1])
    return RaterError(
        twice=twice,
        differ=differ,
        error=shown[0],
        error_ci=shown[1],
        change=change,
        corrected=corrected,
        corrected_ci=ci,
        corrected_shares=(shares[0], shares[1]),
        explained=_explained(change, twice, differ, UNDEFINED),
        explained_most=_explained(change, twice, differ, careful),
        confidence=confidence,
        notes=tuple(notes),
    )


def _counts(pairs: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """Count the cases rated twice and those judged differently, in each round."""
    mend = "Give (earlier, later), each a DataFrame with one column a rating."
    if not (isinstance(pairs, Sequence) and len(pairs) == 2 and all(isinstance(each, pd.DataFrame) for each in pairs)):
        raise ChangeError(Problem("not the double ratings of two rounds", "pairs", mend))
    problems: list[Problem] = []
    counts = []
    for table, where in zip(pairs, ("pairs, earlier round", "pairs, later round"), strict=True):
        if table.shape[1] != 2:
            problems.append(Problem(f"{table.shape[1]} columns, and two ratings a case are needed", where, mend))
            continue
        both = table[table.notna().all(axis=1)]
        for case, row in zip(both.index, both.itertuples(index=False), strict=True):
            problems += [
                Problem(f"{value} is not 0 or 1", Place(where, case=str(case)), "Use 1 where it is met, 0 where not.")
                for value in row
                if value not in (0, 1)
            ]
        counts.append((len(both), int((both.iloc[:, 0] != both.iloc[:, 1]).sum())))
    raise_if(problems, ChangeError)
    return (counts[0][0], counts[1][0]), (counts[0][1], counts[1][1])


def rating_error(differ: int, twice: int, confidence: float) -> tuple[float, Interval]:
    """Give how often one rating is wrong, where two like raters with equal errors differ in 2 e (1 - e) of cases.

    The limits are those of Clopper and Pearson for how often two ratings differ; at most a half.
    """
    if not twice:
        return UNDEFINED, Interval(0.0, COIN)
    limits = beta_interval(differ / twice, twice, confidence)
    return _wrong(differ / twice), Interval(_wrong(limits.low), _wrong(limits.high))


def _wrong(differing: float) -> float:
    return (1 - math.sqrt(max(1 - 2 * differing, 0.0))) / 2


def _true_share(share: float, error: float, notes: list[str]) -> float:
    """Correct a share for error, Rogan and Gladen's way: (p + specificity - 1) / (sensitivity + specificity - 1)."""
    found = (share - error) / (1 - 2 * error)
    if 0 <= found <= 1:
        return found
    notes.append("A corrected share came out below 0 or above 1 and was taken as that: the error is not what it seems.")
    return min(max(found, 0.0), 1.0)


def _stretched(change: float, limits: Interval, error: float, errors: Interval) -> tuple[float, Interval]:
    """Divide a change by 1 - 2 e, its limits by whichever e takes them further; a change of shares is within one."""

    def divide(value: float, by: float) -> float:
        return max(-1.0, min(1.0, value / (1 - 2 * by))) if by < COIN else math.copysign(1.0, value)

    low = min(divide(limits.low, each) for each in (errors.low, errors.high))
    high = max(divide(limits.high, each) for each in (errors.low, errors.high))
    return divide(change, error), Interval(low, high)


def share_bounds(share: float, differing: float) -> Interval:
    """Give between which true shares one seen may stand for, two like raters differing that often.

    All error in one direction: with no false positives, false negatives are D / 2p of what is true, so that the true
    share is p / (1 - D / 2p); no more than half of either are taken as wrong.
    """

    def highest(seen: float) -> float:
        missed = min(differing / (2 * seen), COIN) if seen > 0 else 0.0
        return min(seen / (1 - missed), 1.0)

    return Interval(1 - highest(1 - share), highest(share))


def _explained(change: Change, twice: tuple[int, int], differ: tuple[int, int], confidence: float) -> float:
    """Give the most that error alone could add to a change in the direction seen, at the disagreement or its limit."""
    if math.isnan(change.change) or not min(twice):
        return UNDEFINED
    often = [x / n for x, n in zip(differ, twice, strict=True)]
    if not math.isnan(confidence):
        often = [beta_interval(each, n, confidence).high for each, n in zip(often, twice, strict=True)]
    then, now = share_bounds(change.earlier, often[0]), share_bounds(change.later, often[1])
    rise = (change.later - now.low) + (then.high - change.earlier)
    fall = (now.high - change.later) + (change.earlier - then.low)
    return rise if change.change >= 0 else fall
