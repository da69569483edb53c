"""Degrees of freedom of a change whose variance rests on few cases of a large stratum, or on cases audited twice."""

from __future__ import annotations

import numpy as np

from audit_toolkit.improvement.changes.overlap import Pair
from audit_toolkit.improvement.estimates.design import FloatArray, IntArray, Sample


def satterthwaite(pair: Pair, influence1: FloatArray, influence2: FloatArray, most: int) -> int:
    """Give 2 V^2 / var(V), rounded down, from 1 to `most`: V = sum over strata of V1_h + V2_h - 2 C12_h.

    `influence` (n of each round): each case's weighted part in the estimate. var(V) is that of normal values, V1, V2
    and C12 of a stratum varying together. One stratum without shared cases is Welch's test, wholly shared the paired t.
    Source: Satterthwaite (1946), Biometrics Bulletin 2:110-114; variances and covariances of sample moments of normal
    values: Anderson (2003), Multivariate Statistical Analysis, ch. 3 and 7.
    """
    one, n1 = _spread(pair.earlier, influence1)
    other, n2 = _spread(pair.later, influence2)
    between, shared = _shared(pair, influence1, influence2)
    return int(paired_satterthwaite(one, other, between, n1, n2, shared, most))


def paired_satterthwaite(
    one: FloatArray,
    other: FloatArray,
    between: FloatArray,
    n1: FloatArray,
    n2: FloatArray,
    shared: IntArray,
    most: int,
) -> FloatArray:
    """Give the degrees of freedom (...) from each stratum's V1, V2, C12 (... x H), answers and shared cases (H)."""
    free1, free2 = np.maximum(n1 - 1, 1), np.maximum(n2 - 1, 1)
    paired = np.maximum(shared - 1, 1)
    ratio = np.where(shared > 1, shared, 1) ** 2 / np.maximum(n1 * n2, 1)
    varying = 2 * one**2 / free1 + 2 * other**2 / free2
    varying += 4 * np.where(shared > 1, ratio * one * other + between**2, 0.0) / paired
    varying += 4 * between**2 / ratio * (shared > 1) * paired / (free1 * free2)
    varying -= 8 * between * (one / free1 + other / free2)
    variance, uncertain = (one + other - 2 * between).sum(axis=-1), varying.sum(axis=-1)
    known = (variance > 0) & (uncertain > 0)
    found = np.floor(2 * variance**2 / np.where(known, uncertain, 1.0) + 1e-9)
    result: FloatArray = np.where(known, np.maximum(np.minimum(found, most), min(most, 1)), most)
    return result


def _spread(sample: Sample, influence: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give each stratum's part of the variance, and its answers."""
    kept = sample.answered
    code, parts = sample.code[kept], influence[kept]
    n = sample.answers.astype(float)
    mean = np.bincount(code, weights=parts, minlength=len(n)) / np.maximum(n, 1)
    squares = np.bincount(code, weights=(parts - mean[code]) ** 2, minlength=len(n))
    return np.asarray(n / np.maximum(n - 1, 1) * squares), n


def _shared(pair: Pair, influence1: FloatArray, influence2: FloatArray) -> tuple[FloatArray, IntArray]:
    """Give each stratum's part of the covariance, and its cases answered in both rounds."""
    both = pair.earlier.answered[pair.first] & pair.later.answered[pair.second]
    code = pair.earlier.code[pair.first][both]
    strata = len(pair.earlier.labels)
    shared = np.bincount(code, minlength=strata)
    size = np.maximum(shared, 1)
    parts = []
    for influence, at in ((influence1, pair.first), (influence2, pair.second)):
        values = influence[at][both]
        parts.append(values - (np.bincount(code, weights=values, minlength=strata) / size)[code])
    products = np.bincount(code, weights=parts[0] * parts[1], minlength=strata)
    return np.asarray(shared / np.maximum(shared - 1, 1) * products * (shared > 1)), shared
