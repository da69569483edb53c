"""Van Elteren's test: whether grades moved the same way in every stratum. Never the headline."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import scipy.special

from audit_toolkit.improvement.changes.grade_statistic import chance_variance
from audit_toolkit.improvement.changes.grades import grade_reader
from audit_toolkit.improvement.changes.overlap import pair_rounds
from audit_toolkit.improvement.changes.permutation_test import notes_beside
from audit_toolkit.improvement.changes.sensitivity import Sensitivity
from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.grades import count_grades

NAME = "van Elteren"
UNDEFINED = float("nan")
QUESTION = "Did grades move the same way in every stratum, each stratum counting by its cases"


def van_elteren(
    earlier: Any, later: Any, *, ratings: Sequence[Hashable] | None = None, higher_is_better: bool = True
) -> Sensitivity:
    """Ask whether grades moved the same way in every stratum, beside the headline change.

    Parameters
    ----------
    earlier, later, ratings, higher_is_better : as `compare_grades`.

    Returns
    -------
    Sensitivity. `statistic` is z, positive where later grades are higher. Strata count by their cases in both rounds,
    not by the register: where strata move in opposite directions, or the allocation follows another rule than the
    register, it answers another question than `compare_grades`.

    Raises
    ------
    DesignError, ChangeError as `compare_grades`.

    Source: van Elteren (1960), Bulletin of the International Statistical Institute 37:351-361; ties by Lehmann (1975),
    Nonparametrics, ch. 3. Checked against: scipy's Mann-Whitney and every deal of small strata in
    tests/improvement/test_van_elteren.py.
    """
    pair = pair_rounds(earlier, later, grade_reader(ratings, higher_is_better), None)
    notes, z = notes_beside(pair), UNDEFINED
    if pair.earlier.labels:
        levels = np.unique(np.concatenate([each.values[each.answered] for each in (pair.earlier, pair.later)]))
        counts = [count_grades(each, levels).astype(float) for each in (pair.earlier, pair.later)]
        z = float(van_elteren_z(counts[0], counts[1]))
        if math.isnan(z):
            notes.append("Not defined: within every stratum the grades of both rounds are all alike.")
    rise, fall = (float(scipy.special.ndtr(each)) for each in (-z, z))
    return Sensitivity(
        name=NAME,
        statistic=z,
        p_two_sided=min(1.0, 2 * min(rise, fall)) if not math.isnan(z) else UNDEFINED,
        p_value=rise if higher_is_better else fall,
        sentence=_sentence(z),
        notes=tuple(notes),
    )


def van_elteren_z(earlier: FloatArray, later: FloatArray) -> FloatArray:
    """Give z from counts of answers, ... x H x K, grades worst first; nan where no stratum has two grades.

    Each stratum's rank sum weighs 1 / (n1_h + n2_h + 1), best where all strata move alike.
    """
    n1, n2 = earlier.sum(axis=-1), later.sum(axis=-1)
    below = np.cumsum(earlier, axis=-1) - earlier / 2
    excess = (later * below).sum(axis=-1) - n1 * n2 / 2
    weight = 1 / (n1 + n2 + 1)
    variance = ((weight * n1 * n2) ** 2 * chance_variance(earlier, later)).sum(axis=-1)
    some = variance > 0
    z: FloatArray = (weight * excess).sum(axis=-1) / np.sqrt(np.where(some, variance, 1.0))
    return np.where(some, z, UNDEFINED)


def _sentence(z: float) -> str:
    if math.isnan(z):
        return f"{QUESTION}: cannot be told, the grades do not vary within a stratum."
    way = "higher" if z > 0 else "lower" if z < 0 else "neither higher nor lower"
    return f"{QUESTION}: the later grades lie {way} (z = {z:.2f})."
