"""A trend of grades by their order alone: how often a later case is graded higher, over all rounds together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audit_toolkit.improvement.changes.finding import UNTESTED, Finding, t_finding
from audit_toolkit.improvement.changes.line import Line, weighted_degrees
from audit_toolkit.improvement.changes.several import Several
from audit_toolkit.improvement.estimates.design import FloatArray, Sample
from audit_toolkit.improvement.estimates.grades import count_grades
from audit_toolkit.improvement.estimates.variance import Collapse, Groups, thin_note, variance_groups

# Squares about a mean below this share of the squares themselves are rounding.
NO_SPREAD = 1e-12


@dataclass(frozen=True, slots=True)
class GradeTrend:
    """The rounds' relative effects (k), their covariances, the finding about their line, and what to say."""

    values: FloatArray
    covariances: FloatArray
    finding: Finding
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """Relative effects of k rounds, for one set of rounds or an array of replicates.

    `values` (... x k): how often a case of the round is graded higher than a case of all rounds together, ties split,
    over strata weighing `shares` (... x H). `placements` (... x k x H x K): a grade's place among each round's cases.
    """

    values: FloatArray
    shares: FloatArray
    placements: FloatArray


def effects_of(counts: FloatArray, weights: FloatArray, drawn: FloatArray) -> Effects:
    """Give the relative effects from counts of answers, ... x k x H x K, grades worst first.

    p_i = sum W_h (1/k) sum_j P(case of j < case of i) + P(equal)/2 within stratum h; each round counts alike in the
    reference. W_h as in `grade_statistic`: N_h (`weights`, H) times the share answered of the last round's `drawn`.
    Source: Brunner, Konietschke, Pauly & Puri (2017), JRSS B 79:1463-1485, unweighted relative effects.
    """
    n = counts.sum(axis=-1)
    applying = weights * n[..., -1, :] / drawn
    shares = applying / applying.sum(axis=-1, keepdims=True)
    placements = (np.cumsum(counts, axis=-1) - counts / 2) / n[..., None]
    reference = placements.mean(axis=-3, keepdims=True)
    within = (counts * reference).sum(axis=-1) / n
    values: FloatArray = (shares[..., None, :] * within).sum(axis=-1)
    return Effects(values, shares, placements)


def case_parts(effects: Effects, weights: FloatArray) -> FloatArray:
    """Give what a case at each grade adds to the contrast `weights` (k) of the effects, ... x k x H x K.

    A case of round r at grade x has (1/k) sum_j (c_r - c_j) F_j(x), F_j its placement among round j: with two rounds
    and weights (-1, 1) these are the placements of `grade_statistic`.
    """
    rounds = len(weights)
    together = np.einsum("j,...jhg->...hg", weights, effects.placements)[..., None, :, :]
    average = effects.placements.sum(axis=-3, keepdims=True)
    parts: FloatArray = (weights[:, None, None] * average - together) / rounds
    return parts


def contrast_variance(
    counts: FloatArray, effects: Effects, weights: FloatArray, drawn: FloatArray, groups: list[Groups]
) -> tuple[FloatArray, FloatArray]:
    """Give the variance of the contrast, and the one it would have were all rounds alike.

    The first is the larger of the strata's own (over the `drawn` cases, H, of the last round) and their pool, 0 where
    no grade varies; as `grade_statistic`.
    """
    parts = case_parts(effects, weights)
    own, pool = np.zeros(counts.shape[:-3]), np.zeros(counts.shape[:-3])
    # Deviations are from the contrast's own level, so that in the last round a case without an answer stands at 0.
    n, last = counts.sum(axis=-1), len(groups) - 1
    for r, group in enumerate(groups):
        here, z = counts[..., r, :, :], parts[..., r, :, :]
        first, second = (here * z).sum(axis=-1), (here * z * z).sum(axis=-1)
        size = n[..., r, :]
        centre = ((effects.shares * first / size).sum(axis=-1))[..., None]
        lead = effects.shares / size
        moved = (first - size * centre) * lead
        square = (second - 2 * centre * first + size * centre**2) * lead**2
        own = own + _spread(
            moved, square, np.broadcast_to(drawn, size.shape) if r == last else size, group, divide=True
        )
        free = np.maximum((_joined(size, group) - 1).sum(axis=-1), 1)
        pooled = _spread(first, second, size, group, divide=False) / free
        pool = pool + pooled * (effects.shares**2 / size).sum(axis=-1)
    found = np.maximum(own, pool)
    chance = _chance(counts, effects, weights)
    return np.where(found > 0, np.maximum(found, chance), 0.0), chance


def _joined(parts: FloatArray, groups: Groups) -> FloatArray:
    member = (groups.of[:, None] == np.arange(groups.count)).astype(float)
    joined: FloatArray = parts @ member
    return joined


def _spread(first: FloatArray, second: FloatArray, sizes: FloatArray, groups: Groups, *, divide: bool) -> FloatArray:
    """Sum squares about the mean of each group, times n / (n - 1) where they stand for a variance of a sum."""
    total, square, size = (_joined(each, groups) for each in (first, second, sizes))
    spread = square - total**2 / size
    spread = np.where(spread <= NO_SPREAD * np.abs(square), 0.0, spread)
    factor = size / np.maximum(size - 1, 1) if divide else 1.0
    result: FloatArray = (factor * spread).sum(axis=-1)
    return result


def _chance(counts: FloatArray, effects: Effects, weights: FloatArray) -> FloatArray:
    """Give the variance of the contrast over all ways to deal each stratum's grades out to its rounds.

    Source: the permutation variance of mid-ranks, Lehmann (1975), Nonparametrics, ch. 1.
    """
    together = counts.sum(axis=-3)
    total = together.sum(axis=-1)
    ties = (together**3 - together).sum(axis=-1)
    spread = ((total + 1) / 12 - ties / (12 * total * np.maximum(total - 1, 1))) / total
    each = (weights[:, None] ** 2 / counts.sum(axis=-1)).sum(axis=-2)
    result: FloatArray = np.maximum((effects.shares**2 * spread * each).sum(axis=-1), 0.0)
    return result


def grade_trend(several: Several, line: Line, collapse: Collapse | None, confidence: float) -> GradeTrend:
    """Find the trend of grades in rounds that were read and checked."""
    levels = np.unique(np.concatenate([each.values for each in several.whole]))
    levels = levels[~np.isnan(levels)]
    counts = np.stack([count_grades(each, levels) for each in several.rounds]).astype(float)
    drawn = several.rounds[-1].cases.astype(float)
    groups = [variance_groups(each.labels, each.cases, None, collapse) for each in several.rounds]
    effects = effects_of(counts, several.weights, drawn)
    notes = [f"Round {place}: {note}" for place, each in enumerate(groups, 1) for note in each.notes]
    notes += [f"Round {place}: {thin_note(each.thin)}" for place, each in enumerate(groups, 1) if each.thin]
    covariances = _covariances(several, levels, effects, groups)
    finding = UNTESTED
    if not any(each.thin for each in groups):
        finding = _finding(several, line, levels, counts, effects, drawn, groups, confidence)
    return GradeTrend(effects.values, covariances, finding, tuple(notes))


def _finding(
    several: Several,
    line: Line,
    levels: FloatArray,
    counts: FloatArray,
    effects: Effects,
    drawn: FloatArray,
    groups: list[Groups],
    confidence: float,
) -> Finding:
    variance, chance = (float(each) for each in contrast_variance(counts, effects, line.weights, drawn, groups))
    notes: tuple[str, ...] = ()
    if variance == 0:
        if chance == 0:
            alike = "The answers are all alike in all rounds: nothing can be told from them."
            return Finding(UNTESTED.ci, 0.0, 0, UNTESTED.rise, UNTESTED.fall, "none", (alike,))
        variance = chance
        notes = ("The grades show no spread within strata: the variance is the one they had were all rounds alike.",)
    parts = case_parts(effects, line.weights)
    influences = [_influence(sample, levels, parts[r], effects.shares) for r, sample in enumerate(several.rounds)]
    held = several.covariances([0.0] * len(influences), influences)
    shared = -float(held.sum()) / 2
    free = [int(each.sum()) - group.count for each, group in zip(counts, groups, strict=True)]
    parts = np.array([float((each**2).sum()) for each in influences])
    df = weighted_degrees(parts, free, sum(free) - several.paired_degrees)
    found = t_finding(float(line.weights @ effects.values), variance, shared, df, confidence)
    return Finding(found.ci, found.standard_error, found.df, found.rise, found.fall, "t", (*found.notes, *notes))


def _influence(sample: Sample, levels: FloatArray, parts: FloatArray, shares: FloatArray) -> FloatArray:
    """Give each case's weighted part in the contrast; 0 where it has no answer."""
    grade = np.searchsorted(levels, np.where(sample.answered, sample.values, levels[0]))
    here = parts[sample.code, grade]
    weight = (shares / sample.answers)[sample.code]
    centre = float((weight * here)[sample.answered].sum())
    placed = weight * (here - centre)
    return np.where(sample.answered, placed, 0.0)


def _covariances(several: Several, levels: FloatArray, effects: Effects, groups: list[Groups]) -> FloatArray:
    """Give the covariances of the effects themselves: every case of every round has a part in each of them."""
    rounds = len(several.rounds)
    each = np.eye(rounds)
    parts = [case_parts(effects, weights) for weights in each]
    held = np.zeros((rounds, rounds))
    for r, sample in enumerate(several.rounds):
        if groups[r].thin:
            return np.full((rounds, rounds), np.nan)
        flows = np.stack([_influence(sample, levels, one[r], effects.shares) for one in parts])
        for h in range(len(sample.labels)):
            here = flows[:, (sample.code == h) & sample.answered]
            size = here.shape[1]
            centred = here - here.mean(axis=1, keepdims=True)
            held += size / max(size - 1, 1) * centred @ centred.T
    return held
