"""The scoring models: how the shares that answers earn become one exact fraction a case, and what each answer adds.

    flat             100 * sum(weight * share) / sum(weight)
    flat-unweighted  the same with every weight above 0 taken as 1
    domains          each domain as in flat, and then 100 * sum(domain weight * domain score) / sum(domain weight)
    all-or-nothing   100 where every answer earns all it can, else 0

Sums run over the answers that count: N/A and pending never do; a blank does not, or counts as the worst answer.
Source: the four models of XCCDF 1.2 (NISTIR 7275 r4, section 7.3), with shares in place of pass and fail.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from audit_toolkit import terms
from audit_toolkit.scoring.framework import ALL_OR_NOTHING, DOMAINS, FLAT_UNWEIGHTED, WORST, Framework
from audit_toolkit.scoring.responses import counted

# What an answer does to the score.
EARNS: Final = 0
LEFT_OUT: Final = 1
LACKING: Final = 2
# Up to here whole numbers divide correctly rounded as floats, and int64 holds them with room to spare.
EXACT_FLOAT: Final = 2**53

Whole: TypeAlias = npt.NDArray[Any]  # int64, or Python ints where those would overflow
Mask: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[Any]  # whole numbers of any size


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """The exact sums of each case: score = 100 * earned / whole, completeness = answered / applicable.

    `whole` is 0 where no answer counts; `rated` says where anything was answered at all.
    """

    earned: Whole
    whole: Whole
    answered: Whole
    applicable: Whole
    rated: Mask

    def exact(self) -> list[Fraction | None]:
        """Give each case's score in percent, exactly; None where no answer counts."""
        pairs = zip(self.earned.tolist(), self.whole.tolist(), strict=True)
        return [Fraction(100 * earned, whole) if whole else None for earned, whole in pairs]


class Model:
    """A framework's scoring model, ready for answers written as places in `texts`."""

    def __init__(self, framework: Framework, texts: Sequence[str]) -> None:
        earned = framework.shares
        table = [_earned(text, earned) for text in texts]
        lowest = [earned.get(framework.worst(each.response), Fraction(0)) for each in framework.criteria]
        highest = [framework.most(each.response) for each in framework.criteria]
        self.unit = math.lcm(*(share.denominator for share in (*(each for each, _ in table), *lowest, *highest)))
        self.parts = _Parts(framework, self.unit)
        self.highest: Whole = np.array([int(share * self.unit) for share in highest], dtype=self.parts.kind)
        self.shares: Whole = np.array([int(share * self.unit) for share, _ in table], dtype=self.parts.kind)
        self.effects = np.array([effect for _, effect in table], dtype=np.int8)
        self.said = np.array([text not in (terms.MISSING, terms.MISSING_DATE) for text in texts], dtype=bool)
        self.lowest: Whole | None = None
        if framework.missing_policy == WORST:
            self.lowest = np.array([int(share * self.unit) for share in lowest], dtype=self.parts.kind)

    def totals(self, codes: Codes) -> Totals:
        """Add up each case; `codes[case, criterion]` is the place of its answer in the texts."""
        shares, counts, effects = self._counted(codes)
        earned, whole = self.parts.score(shares, counts, self.unit, self.highest)
        answered, applicable = self.parts.completeness(effects == EARNS, effects != LEFT_OUT)
        rated = np.asarray(self.said[codes].any(axis=1), dtype=bool)
        return Totals(earned, whole, answered, applicable, rated)

    def itemised(self, codes: Codes) -> tuple[Floats, Floats]:
        """Give, case x criterion, the share each answer earns and the share of the case's score it stands for.

        Both are 0-1 and NaN where an answer does not count. 100 times their product summed over a case is its
        score. Under all-or-nothing no answer stands for a part of the score: the second is NaN throughout.
        """
        shares, counts, _ = self._counted(codes)
        # Whole numbers are divided as they are: as floats they may be too large to hold.
        earned = np.where(counts, shares / self.unit, np.nan).astype(float)
        return earned, self.parts.effective(counts)

    def _counted(self, codes: Codes) -> tuple[Whole, Mask, npt.NDArray[np.int8]]:
        """Give what each answer earns, whether it counts, and what it does."""
        shares, effects = self.shares[codes], self.effects[codes]
        counts = np.asarray(effects == EARNS, dtype=bool)
        if self.lowest is not None:
            lacking = effects == LACKING
            shares, counts = np.where(lacking, self.lowest, shares), counts | lacking
        return shares, counts, effects


def _earned(text: str, shares: Mapping[str, Fraction]) -> tuple[Fraction, int]:
    """Give the share of its weight an answer earns, and what it does to the score."""
    if text in (terms.NA_RATING, terms.PENDING):
        return Fraction(0), LEFT_OUT
    if text in (terms.MISSING, terms.MISSING_DATE):
        return Fraction(0), LACKING
    share = shares.get(text)
    return (counted(text) or Fraction(0)) if share is None else share, EARNS


def _whole_weights(framework: Framework, unit: int) -> tuple[type, list[int]]:
    """Give the weights as whole numbers, and the kind of number that holds every sum exactly."""
    if framework.method == FLAT_UNWEIGHTED:
        weights = [int(each.weight > 0) for each in framework.criteria]
    else:
        scale = math.lcm(*(each.weight.denominator for each in framework.criteria))
        weights = [int(each.weight * scale) for each in framework.criteria]
    fine = math.lcm(*(lowest.denominator for _, lowest in framework.bands), framework.complete_at.denominator)
    largest = sum(weights)
    if framework.method == DOMAINS:
        per_domain = (
            sum(weight for weight, each in zip(weights, framework.criteria, strict=True) if each.domain == domain.id)
            for domain in framework.domains
        )
        largest = sum(_domain_weights(framework)) * math.prod(max(1, each) for each in per_domain)
    return (np.int64 if 100 * largest * unit * fine < EXACT_FLOAT else object), weights


def _domain_weights(framework: Framework) -> list[int]:
    """Give the domains' weights as whole numbers."""
    scale = math.lcm(*(each.weight.denominator for each in framework.domains))
    return [int(each.weight * scale) for each in framework.domains]


class _Parts:
    """The weights of a framework under its model, and the sums they give."""

    def __init__(self, framework: Framework, unit: int) -> None:
        self.method = framework.method
        self.kind, weights = _whole_weights(framework, unit)
        kind = self.kind
        self.weights: Whole = np.array(weights, dtype=kind)
        self.belongs: Whole = np.ones((len(weights), 1), dtype=kind)
        self.domain_weights: Whole = np.ones(1, dtype=kind)
        if self.method == DOMAINS:
            ids = [each.id for each in framework.domains]
            inside = [[int(each.domain == domain) for domain in ids] for each in framework.criteria]
            self.belongs = np.array(inside, dtype=kind)
            self.domain_weights = np.array(_domain_weights(framework), dtype=kind)

    def score(self, shares: Whole, counts: Mask, unit: int, highest: Whole) -> tuple[Whole, Whole]:
        """Give what each case earned and of what, so that the score is 100 times the one by the other."""
        if self.method == ALL_OR_NOTHING:
            heavy = counts & (self.weights > 0)
            full = ~(heavy & (shares < highest)).any(axis=1)
            whole = heavy.any(axis=1)
            return (full & whole).astype(self.kind), whole.astype(self.kind)
        earned, whole = self._joined(shares * counts, counts.astype(self.kind))
        return earned, whole * unit

    def completeness(self, answered: Mask, applicable: Mask) -> tuple[Whole, Whole]:
        """Give the weight that was answered and the weight that applied."""
        whole: Whole = applicable.astype(self.kind)
        if self.method != DOMAINS:
            return (answered * self.weights).sum(axis=1), (whole * self.weights).sum(axis=1)
        return self._joined(answered.astype(self.kind), whole)

    def _joined(self, parts: Whole, wholes: Whole) -> tuple[Whole, Whole]:
        """Sum within each domain, and join the domains' fractions over one common denominator."""
        weighed = self.belongs * self.weights[:, None]
        part, whole = parts @ weighed, wholes @ weighed
        if len(self.domain_weights) == 1:
            return part[:, 0] * self.domain_weights[0], whole[:, 0] * self.domain_weights[0]
        there = whole != 0
        filled = np.where(there, whole, 1)
        product = filled.prod(axis=1)
        others = product[:, None] // filled
        weights = self.domain_weights * there
        return (weights * part * others).sum(axis=1), product * weights.sum(axis=1)

    def effective(self, counts: Mask) -> Floats:
        """Give the share of its case's score that each answer stands for; they sum to 1 over a case."""
        if self.method == ALL_OR_NOTHING:
            return np.full(counts.shape, np.nan)
        weighed = counts * _shares_of(self.weights)
        belongs = self.belongs.astype(float)
        whole = weighed @ belongs
        outer = np.where(whole > 0, _shares_of(self.domain_weights), 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            domain = np.where(whole > 0, outer / outer.sum(axis=1, keepdims=True) / whole, 0.0)
            scored = outer.sum(axis=1, keepdims=True) > 0
            effective = weighed * (np.where(scored, domain, np.nan) @ belongs.T)
        return np.where(counts, effective, np.nan)


def _shares_of(weights: Whole) -> Floats:
    """Give whole weights as shares of their sum, which a float holds however large they are."""
    return np.asarray(weights / max(1, sum(weights.tolist())), dtype=float)
