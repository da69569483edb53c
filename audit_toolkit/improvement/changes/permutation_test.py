"""The stratified permutation test of two rounds of any answers, under its own name. Never the headline."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from audit_toolkit.errors import ChangeError, Problem, did_you_mean
from audit_toolkit.improvement.changes.grades import grade_reader
from audit_toolkit.improvement.changes.overlap import Pair, pair_rounds
from audit_toolkit.improvement.changes.permutation import lead, permutation_p
from audit_toolkit.improvement.changes.sensitivity import Sensitivity
from audit_toolkit.improvement.estimates.design import Convert, as_outcomes
from audit_toolkit.improvement.estimates.grades import count_grades
from audit_toolkit.improvement.estimates.intervals import json_number, p_words
from audit_toolkit.improvement.estimates.quantities import GRADES, SHARE

NAME = "stratified permutation"
UNDEFINED = float("nan")
QUESTION = "Had each stratum's cases been dealt to the two rounds by chance, whatever their grades"


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """How often dealing the cases out by chance, stratum by stratum, gives a change as large as the one seen.

    `statistic` is sum W_h (theta_h - 1/2), W_h as in `compare_grades`; of 0 and 1 it is half the change of the share.
    `p_value` is for improvement, `p_other_way` for getting worse, both one-sided and exact; `p_two_sided` is twice the
    smaller, at most 1. All are nan where there is nothing to deal. `rounding` is the largest share by which a stratum's
    weight was rounded, 0 as a rule.
    """

    quantity: str
    statistic: float
    p_value: float
    p_other_way: float
    p_two_sided: float
    n_earlier: int
    n_later: int
    strata: int
    rounding: float
    higher_is_better: bool
    notes: tuple[str, ...] = ()

    def as_sensitivity(self) -> Sensitivity:
        """Give it as one of the tests beside the headline, with the question it answers."""
        sentence = f"{QUESTION}: cannot be told."
        if not math.isnan(self.p_value):
            better, worse = p_words(self.p_value), p_words(self.p_other_way)
            sentence = f"{QUESTION}: so good a later round would come up with {better}, so bad a one with {worse}."
        return Sensitivity(NAME, self.statistic, self.p_two_sided, self.p_value, sentence, self.notes)

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "quantity": self.quantity,
            "statistic": json_number(self.statistic),
            "p_value": json_number(self.p_value),
            "p_other_way": json_number(self.p_other_way),
            "p_two_sided": json_number(self.p_two_sided),
            "n_earlier": self.n_earlier,
            "n_later": self.n_later,
            "strata": self.strata,
            "rounding": self.rounding,
            "higher_is_better": self.higher_is_better,
            "notes": list(self.notes),
        }

    def to_frame(self) -> Any:
        """Give one row; undefined figures are nan."""
        row = {key: math.nan if value is None else value for key, value in self.to_dict().items()}
        return pd.DataFrame([{**row, "notes": " ".join(self.notes)}])

    def __str__(self) -> str:
        counts = f"n = {self.n_earlier} earlier, {self.n_later} later, in {self.strata} strata."
        return "\n".join([f"{self.as_sensitivity().sentence}", counts, *(f"- {note}" for note in self.notes[:9])])


def permutation_test(
    earlier: Any,
    later: Any,
    *,
    kind: str = GRADES,
    ratings: Sequence[Hashable] | None = None,
    higher_is_better: bool = True,
) -> PermutationTest:
    """Ask how often chance alone, dealing each stratum's cases to the rounds, gives a change as large as the one seen.

    Parameters
    ----------
    earlier, later : (answers, strata, population) or a scored round, as `compare_grades`. kind : "grades", or "share"
        for answers 0 and 1. ratings : labels of grades, best first. higher_is_better : False where less is better.

    Returns
    -------
    PermutationTest. Every deal is counted, with no Monte Carlo and no approximation; ties are ties. It answers another
    question than `compare_grades`: whether the two rounds' answers are alike altogether, not whether one is higher on
    balance; where only their spread differs, or strata move in opposite directions, it may find so more often.

    Raises
    ------
    DesignError, ChangeError as `compare_grades`; ChangeError where `kind` is another.

    Source: Lehmann (1975), Nonparametrics, chapters 1 and 3. Checked against: every deal of small rounds one by one,
    whole-number arithmetic and scipy in tests/improvement/test_permutation.py.
    """
    pair = pair_rounds(earlier, later, reader_of(kind, ratings, higher_is_better), None)
    statistic, rise, fall, rounding, notes = UNDEFINED, UNDEFINED, UNDEFINED, 0.0, [*notes_beside(pair)]
    if pair.earlier.labels:
        levels = np.unique(np.concatenate([each.values[each.answered] for each in (pair.earlier, pair.later)]))
        counts1, counts2 = count_grades(pair.earlier, levels), count_grades(pair.later, levels)
        found = permutation_p(counts1, counts2, pair.exact_weights)
        statistic = lead(counts1, counts2, pair.exact_weights)
        rise, fall, rounding = found.rise, found.fall, found.rounding
        notes.extend(found.notes)
    better, worse = (rise, fall) if higher_is_better else (fall, rise)
    return PermutationTest(
        quantity=kind,
        statistic=statistic,
        p_value=better,
        p_other_way=worse,
        p_two_sided=min(1.0, 2 * min(better, worse)) if not math.isnan(better) else UNDEFINED,
        n_earlier=int(pair.earlier.answers.sum()),
        n_later=int(pair.later.answers.sum()),
        strata=len(pair.earlier.labels),
        rounding=rounding,
        higher_is_better=higher_is_better,
        notes=tuple(notes),
    )


def reader_of(kind: str, ratings: Sequence[Hashable] | None, higher_is_better: bool) -> Convert:
    """Give the reader of answers of this kind, or refuse it."""
    kinds = (GRADES, SHARE)
    if kind not in kinds:
        raise ChangeError(Problem(f'"{kind}" is not a kind of answer', "kind", did_you_mean(kind, kinds)))
    if kind == GRADES:
        return grade_reader(ratings, higher_is_better)
    if ratings is not None:
        raise ChangeError(Problem("a share has no ratings", "ratings", "Leave ratings out, or give kind grades."))
    return as_outcomes


def notes_beside(pair: Pair) -> list[str]:
    """Give the notes of a pair of rounds for a test that takes a case audited in both as two."""
    notes = [note for note in pair.notes if "are taken as pairs" not in note]
    if not pair.earlier.labels:
        notes.append("n = 0 in a round, not applicable: there is nothing to compare.")
    if len(pair.first):
        notes.append(f"{len(pair.first)} cases audited in both rounds are taken as different cases.")
    return notes
