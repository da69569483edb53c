"""What two rounds show: a test's finding, and the change it is reported as."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import pandas as pd
import scipy.special

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.changes.overlap import Pair
from audit_toolkit.improvement.changes.verdict import sentence, verdict
from audit_toolkit.improvement.estimates.design import check_confidence, whole
from audit_toolkit.improvement.estimates.intervals import NOWHERE, Interval, json_number, p_words, t_quantile
from audit_toolkit.improvement.estimates.quantities import GRADES, MEAN
from audit_toolkit.improvement.estimates.variance import Groups, complete_strata, thin_note
from audit_toolkit.terms import CANNOT_TELL, IMPROVED, WORSENED

UNDEFINED = float("nan")
# A variance left of pairing that is below this share of the unpaired one is rounding.
NO_VARIANCE = 1e-9
PERMUTATION = "exact stratified permutation"


@dataclass(frozen=True, slots=True)
class Change:
    """What changed between two rounds, later minus earlier, with its interval and the word for it.

    `earlier` and `later` are like for like: both with the later round's N_h. Of grades they are 0.5, the point of no
    change, and theta, how often a later case is graded higher, ties split. `p_value` is one-sided, for improvement.
    `overall_change` has each round's own weights. `n_*` count answers, `shared` the cases audited in both rounds,
    `coverage` the share of the later register in the strata compared. `detectable_*` are nan until `with_detectable`.
    `judged` is False where no test could be made, or where no word may be given whatever it finds.
    """

    quantity: str
    earlier: float
    later: float
    change: float
    ci: Interval
    standard_error: float
    df: int
    p_value: float
    p_two_sided: float
    verdict: str
    overall_change: float
    n_earlier: int
    n_later: int
    population_earlier: int | float
    population_later: int | float
    shared: int
    coverage: float
    confidence: float
    margin: float | None
    higher_is_better: bool
    method: str
    notes: tuple[str, ...] = ()
    detectable_true: float = UNDEFINED
    detectable_observed: float = UNDEFINED
    judged: bool = True

    @property
    def theta(self) -> float:
        """How often a later case is graded higher than an earlier one, ties split; nan unless grades."""
        return self.later if self.quantity == GRADES else UNDEFINED

    def with_detectable(self, true_change: float, observed_change: float, notes: Sequence[str] = ()) -> Change:
        """Give the same change with the smallest changes, true and observed, that these rounds would have shown."""
        told = (*self.notes, *notes)
        return replace(self, detectable_true=true_change, detectable_observed=observed_change, notes=told)

    def without_verdict(self, *, by_chance: bool) -> Change:
        """Give the same change without its word and, of cases not chosen `by_chance`, without interval or p."""
        if by_chance:
            return replace(self, verdict=CANNOT_TELL)
        return replace(
            self,
            verdict=CANNOT_TELL,
            ci=NOWHERE,
            standard_error=UNDEFINED,
            p_value=UNDEFINED,
            p_two_sided=UNDEFINED,
            detectable_true=UNDEFINED,
            detectable_observed=UNDEFINED,
        )

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "quantity": self.quantity,
            "n_earlier": self.n_earlier,
            "population_earlier": self.population_earlier,
            "n_later": self.n_later,
            "population_later": self.population_later,
            "earlier": json_number(self.earlier),
            "later": json_number(self.later),
            "change": json_number(self.change),
            "ci_low": json_number(self.ci.low),
            "ci_high": json_number(self.ci.high),
            "confidence": self.confidence,
            "standard_error": json_number(self.standard_error),
            "df": self.df,
            "p_value": json_number(self.p_value),
            "p_two_sided": json_number(self.p_two_sided),
            "verdict": self.verdict,
            "margin": self.margin,
            "higher_is_better": self.higher_is_better,
            "overall_change": json_number(self.overall_change),
            "detectable_true": json_number(self.detectable_true),
            "detectable_observed": json_number(self.detectable_observed),
            "shared": self.shared,
            "coverage": json_number(self.coverage),
            "method": self.method,
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row; undefined figures are nan."""
        row = {key: UNDEFINED if value is None else value for key, value in self.to_dict().items()}
        return pd.DataFrame([{**row, "notes": " ".join(self.notes)}])

    def __str__(self) -> str:
        counts = (
            f"n = {self.n_earlier} earlier (N = {self.population_earlier:g}), "
            f"{self.n_later} later (N = {self.population_later:g}); one-sided {p_words(self.p_value)} ({self.method})"
        )
        return "\n".join([sentence(self), counts, *(f"- {note}" for note in self.notes[:9])])


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test found about later minus earlier: limits (nan where p alone decided), p for a rise and for a fall.

    `withheld` takes the word back, whatever was found: the notes say why.
    """

    ci: Interval
    standard_error: float
    df: int
    rise: float
    fall: float
    method: str
    notes: tuple[str, ...] = ()
    withheld: bool = False

    @property
    def judged(self) -> bool:
        """Whether something was tested that could have earned a word."""
        told = not math.isnan(self.rise) and not (math.isnan(self.ci.low) and self.rise == self.fall == 1.0)
        return told and not self.withheld


UNTESTED = Finding(NOWHERE, UNDEFINED, 0, UNDEFINED, UNDEFINED, "none")


def check_options(confidence: float, margin: float | None, limit: float = math.inf) -> None:
    """Refuse a confidence or margin that means nothing."""
    check_confidence(confidence)
    if margin is not None and not (isinstance(margin, Real) and 0 <= margin < limit):
        mend = "Give how much worse still counts as no worse: 0.10 for ten points."
        raise ChangeError(Problem(f"margin {margin} cannot be used", "", mend))


def t_finding(change: float, apart: float, shared: float, df: int, confidence: float) -> Finding:
    """Test a change whose variance is `apart` less twice the covariance `shared`, with a t interval."""
    notes: tuple[str, ...] = ()
    variance = apart - 2 * shared
    if variance <= NO_VARIANCE * apart:
        variance = apart
        notes = ("The pairing of re-audited cases gave no positive variance and was left out.",)
    error = math.sqrt(variance)
    if df <= 0:
        return replace(UNTESTED, standard_error=error, notes=("Too few answers: no degree of freedom is left.",))
    reach = t_quantile(confidence, df) * error
    rise = float(scipy.special.stdtr(df, -change / error))
    fall = float(scipy.special.stdtr(df, change / error))
    return Finding(Interval(change - reach, change + reach), error, df, rise, fall, "t", notes)


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked: `margin` None where none was declared."""

    confidence: float
    margin: float | None
    higher_is_better: bool


def make_change(
    pair: Pair,
    quantity: str,
    levels: tuple[float, float],
    overall: float,
    finding: Finding,
    notes: Sequence[str],
    options: Options,
) -> Change:
    """Put a finding into words: the change of `levels` (earlier, later), its p in the direction asked, its verdict."""
    better, worse = (finding.rise, finding.fall) if options.higher_is_better else (finding.fall, finding.rise)
    told = [*pair.notes, *notes, *finding.notes, *_register_notes(pair, quantity, overall)]
    return Change(
        quantity=quantity,
        earlier=levels[0],
        later=levels[1],
        change=levels[1] - levels[0],
        ci=finding.ci,
        standard_error=finding.standard_error,
        df=finding.df,
        p_value=better,
        p_two_sided=min(1.0, 2 * min(better, worse)) if not math.isnan(better) else UNDEFINED,
        verdict=_word(finding, better, worse, options),
        overall_change=overall,
        n_earlier=int(pair.earlier.answers.sum()),
        n_later=int(pair.later.answers.sum()),
        population_earlier=whole(pair.whole_earlier.total),
        population_later=whole(pair.whole_later.total),
        shared=len(pair.first),
        coverage=pair.coverage,
        confidence=options.confidence,
        margin=options.margin,
        higher_is_better=options.higher_is_better,
        method=finding.method,
        notes=tuple(told),
        judged=finding.judged,
    )


def _word(finding: Finding, better: float, worse: float, options: Options) -> str:
    if finding.withheld:
        return CANNOT_TELL
    if finding.method == PERMUTATION:
        tail = (1 - options.confidence) / 2
        return IMPROVED if better < tail else WORSENED if worse < tail else CANNOT_TELL
    low, high = finding.ci.low, finding.ci.high
    return verdict(low, high, options.margin) if options.higher_is_better else verdict(-high, -low, options.margin)


def group_notes(earlier: Groups, later: Groups) -> list[str]:
    """Say which strata were collapsed or are thin, and in which round: once where it is of both."""
    then, now = ([*each.notes, *([thin_note(each.thin)] if each.thin else [])] for each in (earlier, later))
    both = [note for note in then if note in now]
    return [
        *(f"Both rounds: {note}" for note in both),
        *(f"Earlier round: {note}" for note in then if note not in both),
        *(f"Later round: {note}" for note in now if note not in both),
    ]


def silent_note(silent: int) -> str:
    """Say how many cases drawn do not count."""
    return f"{silent} cases drawn have no answer (not applicable or missing) and do not count."


def _register_notes(pair: Pair, quantity: str, overall: float) -> list[str]:
    if not pair.earlier.labels:
        return ["n = 0 in a round, not applicable: there is nothing to compare."]
    rounds = (pair.whole_earlier, pair.whole_later)
    complete = all(not each.unsampled and complete_strata(each.cases, each.population).all() for each in rounds)
    silent = sum(len(each.code) - int(each.answers.sum()) for each in rounds)
    notes = []
    if silent:
        notes.append(silent_note(silent))
    if complete:
        size = f"{overall:+.6g}" if quantity == MEAN else f"{100 * overall:+.2f} points"
        notes.append(f"Complete counts: the register itself changed by exactly {size}.")
    return notes
