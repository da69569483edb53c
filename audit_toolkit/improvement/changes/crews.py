"""Who rated each case of two rounds, and a test's finding once their severity is counted in."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import scipy.special

from audit_toolkit.errors import ChangeError, Place, Problem, raise_if
from audit_toolkit.improvement.changes.clusters import ClusterForm, Side, cluster_form
from audit_toolkit.improvement.changes.finding import PERMUTATION, Finding
from audit_toolkit.improvement.changes.overlap import Pair, covariance
from audit_toolkit.improvement.estimates.design import FloatArray, Sample
from audit_toolkit.improvement.estimates.intervals import NOWHERE, Interval, effective_n, mover_interval, mover_p
from audit_toolkit.improvement.estimates.variance import Moments

# STATISTICS, "Rounds that may be compared": below this many, other auditors cannot be told from other work.
FEWEST_OTHER_AUDITORS: Final = 8
CLUSTERED: Final = "auditors as clusters"


@dataclass(frozen=True, slots=True)
class Crews:
    """Who rated the answered cases of both rounds: the form their variance takes, and how many rated in each round."""

    form: ClusterForm
    earlier: int
    later: int
    both: int

    @property
    def same(self) -> bool:
        """Whether the same people rated both rounds."""
        return self.earlier == self.later == self.both

    @property
    def alone(self) -> bool:
        """Whether too few people rated the rounds for any variance between them."""
        return not self.form.df > 0

    @property
    def too_few(self) -> bool:
        """Whether other auditors rated the rounds and one of them had fewer than eight: no verdict is reached."""
        return not self.same and min(self.earlier, self.later) < FEWEST_OTHER_AUDITORS

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what was counted and, where no verdict can be reached, why."""
        if self.same:
            return (
                f"The same {self.both} auditors rated both rounds: the variance counts each auditor as a cluster, so "
                "that unequal shares of the work are allowed for.",
            )
        both = f", {self.both} of them in both" if self.both else ""
        who = f"{self.earlier} and {self.later}{both}"
        if self.too_few:
            return (too_few_words(who),)
        return (
            f"Other auditors rated the two rounds ({who}): the variance counts each auditor as a cluster, which is "
            "wider.",
        )


def too_few_words(who: str) -> str:
    """Say why few other auditors leave no verdict; `who` counts them."""
    return (
        f"Other auditors rated the two rounds ({who}); with fewer than {FEWEST_OTHER_AUDITORS} a round their "
        "severity cannot be told from the work, so no verdict is reached."
    )


def read_crews(auditors: Any, pair: Pair) -> Crews | None:
    """Check who rated the answered cases of two rounds; None where there are none to compare.

    Raises ChangeError naming every case without an auditor.
    """
    if not (isinstance(auditors, Sequence) and len(auditors) == 2 and not isinstance(auditors, str)):
        mend = "Give two Series of names by case_id: (earlier, later)."
        raise ChangeError(Problem("not the auditors of two rounds", "auditors", mend))
    problems: list[Problem] = []
    sides = zip(auditors, (pair.earlier, pair.later), ("earlier round", "later round"), strict=True)
    names = [_names(given, sample, where, problems) for given, sample, where in sides]
    raise_if(problems, ChangeError)
    if not pair.earlier.labels:
        return None
    place = {name: at for at, name in enumerate(dict.fromkeys([*names[0], *names[1]]))}
    applying = pair.weights * pair.later.answers / pair.later.cases
    shares = applying / applying.sum()
    parts = [
        _side(sample, shares, [place[name] for name in each])
        for sample, each in zip((pair.earlier, pair.later), names, strict=True)
    ]
    then, now = (
        _people(given, each) for given, each in zip(auditors, (pair.whole_earlier, pair.whole_later), strict=True)
    )
    form = cluster_form(parts[0], parts[1], len(place))
    return Crews(form, len(then), len(now), len(then & now))


def _names(given: Any, sample: Sample, where: str, problems: list[Problem]) -> list[Hashable]:
    """Give the auditor of each answered case, in its order."""
    series = given if isinstance(given, pd.Series) else pd.Series(given)
    if not series.index.is_unique:
        problems.append(Problem("a case has two auditors", f"auditors, {where}", "Give one name a case."))
        return []
    cases = sample.index[sample.answered]
    found = series.reindex(cases)
    for case, name, empty in zip(cases, found, found.isna(), strict=True):
        if empty or str(name) == "":
            place = Place(f"auditors, {where}", case=str(case))
            problems.append(Problem("nobody is named as the auditor", place, "Name who rated it."))
    names: list[Hashable] = found.tolist()
    return names


def _people(given: Any, sample: Sample) -> set[Hashable]:
    """Give everybody who rated a case of a round, whether this measure has an answer there or not."""
    found = pd.Series(given).reindex(sample.index).dropna()
    return set(found.tolist()) - {""}


def _side(sample: Sample, shares: FloatArray, who: list[int]) -> Side:
    stratum = sample.code[sample.answered]
    return Side((shares / sample.answers)[stratum], stratum, np.array(who, dtype=np.int64))


def share_by_crews(
    pair: Pair, first: Moments, second: Moments, finding: Finding, auditors: Any, confidence: float
) -> Finding:
    """Test a share with auditors as clusters: MOVER on effective sizes divided by V / V_design, t in place of z.

    The interval is never narrower than the design's own. Source: see `clusters`; Zou & Donner (2008) for MOVER.
    """
    crews = read_crews(auditors, pair)
    if crews is None or crews.alone or math.isnan(finding.ci.low):
        return _as_drawn(finding, crews)
    shared = covariance(pair, first.influence, second.influence)
    apart = first.variance + second.variance
    net = apart - 2 * shared
    product = first.variance * second.variance
    r = max(-1.0, min(1.0, shared / math.sqrt(product))) if product > 0 and net > 0 else 0.0
    drawn = net if net > 0 else apart
    clustered = float(crews.form.variance(*answers_of(pair)))
    wider = max(clustered / drawn, 1.0) if drawn > 0 else 1.0
    sizes = [effective_n(each.value, each.variance, each.cap) / wider for each in (first, second)]
    t = _t(confidence, crews.form.df)
    low, high = mover_interval(first.value, sizes[0], second.value, sizes[1], t, r)
    at = mover_p(first.value, sizes[0], second.value, sizes[1], t, r)
    rise = float(scipy.special.stdtr(crews.form.df, scipy.special.ndtri(at)))
    error = math.sqrt(max(clustered, drawn))
    return _wider(finding, Finding(Interval(low, high), error, 0, rise, 1 - rise, ""), crews)


def t_by_crews(
    pair: Pair, values: tuple[FloatArray, FloatArray], change: float, finding: Finding, auditors: Any, confidence: float
) -> Finding:
    """Test a mean or theta with auditors as clusters, by t; `values` of the answered cases, both the same way up."""
    crews = read_crews(auditors, pair)
    if crews is None or crews.alone or math.isnan(finding.ci.low):
        return _as_drawn(finding, crews)
    error = math.sqrt(max(float(crews.form.variance(*values)), finding.standard_error**2))
    df = crews.form.df
    reach = _t(confidence, df) * error
    rise = float(scipy.special.stdtr(df, -change / error))
    return _wider(finding, Finding(Interval(change - reach, change + reach), error, 0, rise, 1 - rise, ""), crews)


def answers_of(pair: Pair) -> tuple[FloatArray, FloatArray]:
    """Give the values of the answered cases of both rounds."""
    return pair.earlier.values[pair.earlier.answered], pair.later.values[pair.later.answered]


def placements_of(pair: Pair) -> tuple[FloatArray, FloatArray]:
    """Give each answered case's part in theta, larger better: how often it stands above the other round's stratum.

    Of an earlier case it is less one: minus how often a later one stands above it.
    """
    (first, code1), (second, code2) = (
        (each.values[each.answered], each.code[each.answered]) for each in (pair.earlier, pair.later)
    )
    above = np.where(code1[:, None] == code2, (np.sign(second - first[:, None]) + 1) / 2, 0.0)
    return -above.sum(axis=1) / pair.later.answers[code1], above.sum(axis=0) / pair.earlier.answers[code2]


def _t(confidence: float, df: float) -> float:
    return float(-scipy.special.stdtrit(df, (1 - confidence) / 2))


def _wider(drawn: Finding, clustered: Finding, crews: Crews) -> Finding:
    """Give the limits and p that both findings allow: never surer than the draw alone."""
    return Finding(
        Interval(min(drawn.ci.low, clustered.ci.low), max(drawn.ci.high, clustered.ci.high)),
        max(drawn.standard_error, clustered.standard_error),
        max(int(crews.form.df), 1),
        max(drawn.rise, clustered.rise),
        max(drawn.fall, clustered.fall),
        f"{drawn.method}, {CLUSTERED}",
        (*drawn.notes, *crews.notes),
        crews.too_few,
    )


def _as_drawn(finding: Finding, crews: Crews | None) -> Finding:
    """Give the draw's own finding where no variance of auditors can stand beside it, and its word only where it may.

    One auditor of both rounds is the same eye on all. Where answers are all alike within strata that several auditors
    rated, they show no severity; then p is at least that of dealing the auditors themselves out to the rounds. Nothing
    that can be told is p = 1, which keeps its place among the measures that are adjusted together.
    """
    if crews is None or (crews.same and crews.alone):
        return finding
    notes = (*finding.notes, *crews.notes)
    if crews.too_few or crews.alone:
        return replace(finding, ci=NOWHERE, rise=1.0, fall=1.0, notes=notes, withheld=True)
    if finding.method == PERMUTATION and crews.form.within:
        least = 1 / math.comb(crews.earlier + crews.later, crews.later)
        return replace(finding, rise=max(finding.rise, least), fall=max(finding.fall, least), notes=notes)
    more = "No variance that counts auditors can be estimated here, so no verdict is reached."
    return replace(finding, notes=(*notes, more), withheld=True)
