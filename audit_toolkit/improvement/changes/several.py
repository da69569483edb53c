"""Several rounds made comparable: the strata with answers in all of them, and the cases audited in more than one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audit_toolkit.errors import ChangeError, Problem
from audit_toolkit.improvement.changes.overlap import Pair, covariance, match_cases, read_side, restrict
from audit_toolkit.improvement.estimates.design import Convert, Findings, FloatArray, Sample, quoted
from audit_toolkit.improvement.estimates.variance import Collapse, check_collapse


@dataclass(frozen=True, slots=True)
class Several:
    """k rounds on the strata that have answers in all of them, `labels` alike; `whole` are the rounds as they came.

    `pairs` holds every two rounds, (i, j) with i < j, and the cases they share. `coverage` is the share of the last
    register that these strata hold.
    """

    rounds: tuple[Sample, ...]
    whole: tuple[Sample, ...]
    pairs: dict[tuple[int, int], Pair]
    coverage: float
    notes: tuple[str, ...]

    @property
    def weights(self) -> FloatArray:
        """N_h of the last round (H), the weights of every round: like for like."""
        return self.rounds[-1].population

    @property
    def shared(self) -> int:
        """Count the cases audited in more than one round, once for every two rounds."""
        return sum(len(pair.first) for pair in self.pairs.values())

    @property
    def paired_degrees(self) -> int:
        """Count the degrees of freedom that cases audited more than once cost: in each stratum, repeats less one.

        Of two rounds it is `paired_degrees` of the pair.
        """
        cost = 0
        for h in range(len(self.rounds[0].labels)):
            held = [each.index[(each.code == h) & each.answered].tolist() for each in self.rounds if each.named]
            repeats = sum(map(len, held)) - len(set().union(*held))
            cost += max(repeats - 1, 0)
        return cost

    def against_last(self, place: int) -> Pair:
        """Give a round beside the last one."""
        return self.pairs[place, len(self.rounds) - 1]

    def covariances(self, variances: Sequence[float], influences: Sequence[FloatArray]) -> FloatArray:
        """Give the covariances of the rounds' estimates (k x k): 0 where two rounds share no case."""
        held = np.diag(np.asarray(variances, dtype=float))
        for (i, j), pair in self.pairs.items():
            held[i, j] = held[j, i] = covariance(pair, influences[i], influences[j])
        return held


def read_rounds(rounds: Sequence[Any], convert: Convert, collapse: Collapse | None) -> Several:
    """Check several rounds and keep the strata with answers in all of them.

    Raises DesignError or ChangeError with every problem of every round; ChangeError where they share no stratum.
    """
    findings = Findings()
    read = [read_side(each, convert, findings, f"round {place}") for place, each in enumerate(rounds, 1)]
    findings.tell()
    whole = tuple(sample for sample in read if sample is not None)
    check_collapse(collapse, [label for sample in whole for label in (*sample.labels, *sample.unsampled)])
    if not set.intersection(*(set(sample.labels) for sample in whole)):
        mend = "Stratify all rounds by the same columns."
        raise ChangeError(Problem("the rounds share no stratum", f"{len(whole)} rounds", mend))
    return _several(whole)


def _several(whole: tuple[Sample, ...]) -> Several:
    last = whole[-1]
    answered = [
        {label for label, count in zip(each.labels, each.answers.tolist(), strict=True) if count} for each in whole
    ]
    labels = tuple(label for label in last.labels if all(label in each for each in answered))
    kept = tuple(restrict(each, labels) for each in whole)
    held = kept[-1].population if last.register is None else [last.register[label] for label in labels]
    coverage = float(np.sum(held) / last.total)
    notes = []
    every = {label for each in whole for label in (*each.labels, *each.unsampled)}
    left_out = sorted(every - set(labels), key=str)
    if labels and left_out:
        notes.append(
            f"Compared are the strata with answers in all rounds, without {quoted(left_out)}: "
            f"they hold {100 * coverage:.1f} % of the last register."
        )
    pairs = {}
    for i in range(len(kept)):
        for j in range(i + 1, len(kept)):
            first, second, _ = match_cases(kept[i], kept[j])
            pairs[i, j] = Pair(kept[i], kept[j], whole[i], whole[j], first, second, coverage, ())
    several = Several(kept, whole, pairs, coverage, tuple(notes))
    return Several(kept, whole, pairs, coverage, (*notes, *_sharing(several)))


def _sharing(several: Several) -> list[str]:
    if not all(each.named for each in several.rounds):
        return ["The values carry no case ids, so cases audited in several rounds could not be looked for."]
    again: set[Any] = set()
    for pair in several.pairs.values():
        again |= set(pair.later.index[pair.second].tolist())
    if not again:
        return []
    return [
        f"{len(again)} cases were audited in more than one round and are taken as such: for them the trend measures "
        "whether actions on those files were done, not practice."
    ]
