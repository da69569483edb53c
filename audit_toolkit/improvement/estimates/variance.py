"""Variance of a stratified share, mean or total, linearised over every case drawn."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audit_toolkit.errors import DesignError, Problem, did_you_mean
from audit_toolkit.improvement.estimates.design import ROUNDING, BoolArray, FloatArray, IntArray, quoted

# Stratum -> the neighbour to collapse it with for the variance, declared before.
Collapse = Mapping[Any, Any]

# Squares about a mean that are below this share of the squares themselves are rounding, not spread.
NO_SPREAD = 1e-24


@dataclass(frozen=True, slots=True)
class Groups:
    """Which strata are taken together for the variance: `of` (H) gives each stratum's group, 0..count-1.

    `thin` names strata whose variance cannot be estimated; `notes` says which were collapsed, and why some were not.
    """

    of: IntArray
    count: int
    thin: tuple[Hashable, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moments:
    """An estimate with what its interval needs.

    `variance` is nan where not estimable. `n` answers in `strata` strata with an answer, out of `groups` groups of the
    variance; `cap` is n0, the size of the simple random sample that would estimate as well were all strata alike (inf
    for a complete count). `influence` (n cases) is each case's weighted part in the estimate.
    """

    value: float
    variance: float
    n: int
    strata: int
    df: int
    cap: float
    influence: FloatArray

    @property
    def standard_error(self) -> float:
        """Square root of the variance."""
        return float(self.variance**0.5)


def check_collapse(collapse: Collapse | None, known: Sequence[Hashable]) -> None:
    """Refuse a collapse that names a stratum nobody knows, or collapses one with itself."""
    problems = []
    for label, neighbour in (collapse or {}).items():
        for each in dict.fromkeys((label, neighbour)):
            if each not in known:
                mend = did_you_mean(str(each), (str(one) for one in known))
                problems.append(Problem(f'"{each}" is not a stratum', "collapse", mend))
        if label == neighbour:
            problems.append(Problem(f'"{label}" is collapsed with itself', "collapse", "Name a neighbour."))
    if problems:
        raise DesignError(problems)


def complete_strata(cases: IntArray, population: FloatArray) -> BoolArray:
    """Say which strata were drawn completely (census strata)."""
    return np.asarray(cases >= population * (1 - ROUNDING))


def variance_groups(
    labels: Sequence[Hashable], cases: IntArray, population: FloatArray | None, collapse: Collapse | None
) -> Groups:
    """Put each stratum with one case into the group of the neighbour declared for it.

    `population` None means the claim is about the way of working: then a stratum counted completely is thin as well.
    """
    strata = len(labels)
    group = np.arange(strata, dtype=np.int64)
    complete = np.zeros(strata, dtype=bool) if population is None else complete_strata(cases, population)
    single = (cases == 1) & ~complete
    if not single.any() or strata == 1:
        return Groups(group, strata, tuple(labels) if single.any() else (), ())
    place = {label: h for h, label in enumerate(labels)}
    notes = []
    for h in np.flatnonzero(single).tolist():
        neighbour = (collapse or {}).get(labels[h])
        if neighbour in place:
            group[group == group[h]] = group[place[neighbour]]
            notes.append(f'"{labels[h]}" (one case) was taken with "{neighbour}" for the variance only.')
    _, group = np.unique(group, return_inverse=True)
    group = group.reshape(-1).astype(np.int64)
    alone = np.bincount(group, weights=cases)[group] == 1
    thin = tuple(labels[h] for h in np.flatnonzero(single & alone).tolist())
    return Groups(group, int(group.max()) + 1, thin, tuple(notes))


def thin_note(thin: Sequence[Hashable]) -> str:
    """Say why a variance cannot be estimated."""
    noun = "stratum" if len(thin) == 1 else "strata"
    return (
        f"Variance not estimable: one case stands for {noun} {quoted(thin)}. "
        "Draw two, or declare under collapse the neighbour to take it with."
    )


def squares(parts: FloatArray, group: IntArray, sizes: FloatArray) -> FloatArray:
    """Sum the squares about the mean of each group; exactly 0 where a group's cases are all alike."""
    mean = np.bincount(group, weights=parts, minlength=len(sizes)) / sizes
    spread: FloatArray = np.bincount(group, weights=(parts - mean[group]) ** 2, minlength=len(sizes)).astype(float)
    total = np.bincount(group, weights=parts**2, minlength=len(sizes))
    spread[spread <= NO_SPREAD * total] = 0.0
    return spread


def spread_of(
    influence: FloatArray, code: IntArray, cases: IntArray, groups: Groups, population: FloatArray | None
) -> float:
    """Estimate the variance of a sum of independent parts, group by group.

    sum over groups (1 - f) n / (n - 1) sum (z - mean z)^2 with z = w u, which for a plain stratum is
    N_h^2 (1 - f_h) s2_u,h / n_h. `population` None leaves the finite population correction out.
    Source: Cochran (1977), Sampling Techniques, section 5A.12 (collapsed strata); Lumley (2010), ch. 2.
    """
    if groups.thin:
        return float("nan")
    sizes: FloatArray = np.bincount(groups.of, weights=cases, minlength=groups.count).astype(float)
    spread = squares(influence, groups.of[code], sizes)
    factor = sizes / np.maximum(sizes - 1, 1)
    if population is not None:
        held = np.bincount(groups.of, weights=population, minlength=groups.count)
        factor = factor * np.maximum(1 - sizes / held, 0)
    return float((factor * spread).sum())


def ratio_moments(
    values: FloatArray,
    counted: BoolArray,
    code: IntArray,
    cases: IntArray,
    weights: FloatArray,
    groups: Groups,
    *,
    fpc: bool,
) -> Moments:
    """Estimate the mean of the counted cases: p = sum w a y / sum w a, linearised with u = a (y - p) / sum w a.

    `values` (n) where `counted` (n); `cases` and `weights` (H) are n_h and N_h. With every case counted this is the
    stratified mean. Source: Cochran (1977), sections 6.11 and 5A.14; checked against R survey (svymean, svyratio).
    """
    weight = (weights / cases)[code]
    answers = np.bincount(code[counted], minlength=len(cases))
    n, strata = int(answers.sum()), int((answers > 0).sum())
    if n == 0:
        return Moments(float("nan"), float("nan"), 0, 0, 0, float("nan"), np.zeros(len(code)))
    known = np.where(counted, values, 0.0)
    size = float(weight[counted].sum())
    value = float((weight * known).sum() / size)
    first = known[counted][0]
    if (known[counted] == first).all():
        value = float(first)
    influence = np.where(counted, weight * (known - value), 0.0) / size
    free = np.maximum(1 - cases / weights, 0)[code] if fpc else np.ones(len(code))
    loss = float((free * weight**2)[counted].sum())
    held = len(set(groups.of[answers > 0].tolist()))
    return Moments(
        value=value,
        variance=spread_of(influence, code, cases, groups, weights if fpc else None),
        n=n,
        strata=strata,
        df=n - held,
        cap=size**2 / loss if loss > 0 else float("inf"),
        influence=influence,
    )


def total_moments(
    values: FloatArray,
    counted: BoolArray,
    code: IntArray,
    cases: IntArray,
    weights: FloatArray,
    groups: Groups,
    *,
    fpc: bool,
) -> Moments:
    """Estimate the total of the counted cases: sum w a y. Source: Cochran (1977), section 5.9."""
    mean = ratio_moments(values, counted, code, cases, weights, groups, fpc=fpc)
    if mean.n == 0:
        return mean
    influence = np.where(counted, (weights / cases)[code] * np.where(counted, values, 0.0), 0.0)
    variance = spread_of(influence, code, cases, groups, weights if fpc else None)
    return Moments(float(influence.sum()), variance, mean.n, mean.strata, mean.df, mean.cap, influence)
