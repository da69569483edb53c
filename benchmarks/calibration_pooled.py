"""What people do with two plain counts, as tables over every pair of counts, held to scipy and statsmodels.

Each test looks at x1 good of n1 and x2 good of n2 and at nothing else, so it can be worked out once for every pair: 1
where it finds better, -1 worse, at a two-sided 5 % and the direction of the shares.
"""

from __future__ import annotations

import functools
import warnings

import numpy as np
import numpy.typing as npt
import scipy.special
import scipy.stats
import statsmodels.stats.proportion as sm

from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.intervals import log_choose, mover_interval, normal_quantile
from benchmarks.calibration_toolkit import CONFIDENCE

Table = npt.NDArray[np.int8]
ALPHA = 1 - CONFIDENCE
CHI_SQUARE, YATES, FISHER = "chi-square", "chi-square, Yates", "Fisher"
SCORE, AGRESTI, NEWCOMBE = "statsmodels score", "statsmodels Agresti-Caffo", "statsmodels Newcombe"
POOLED = (CHI_SQUARE, YATES, FISHER, SCORE, AGRESTI, NEWCOMBE)


@functools.cache
def tables(n1: int, n2: int) -> dict[str, Table]:
    """Give every test's table, (n1 + 1) x (n2 + 1)."""
    x1, x2 = np.meshgrid(np.arange(n1 + 1.0), np.arange(n2 + 1.0), indexing="ij")
    change = x2 / n2 - x1 / n1
    p = p_values(x1, x2, n1, n2)
    found = {name: np.where(each < ALPHA, np.sign(change), 0).astype(np.int8) for name, each in p.items()}
    low, high = mover_interval(x1 / n1, np.array(float(n1)), x2 / n2, np.array(float(n2)), normal_quantile(CONFIDENCE))
    found[NEWCOMBE] = ((low > 0).astype(np.int8) - (high < 0)).astype(np.int8)
    return found


def p_values(x1: FloatArray, x2: FloatArray, n1: int, n2: int) -> dict[str, FloatArray]:
    """Give two-sided p: 1 where both rounds are all good or all bad."""
    n, good = n1 + n2, x1 + x2
    spread = good * (n - good)
    some = spread > 0
    apart = abs(x2 * n1 - x1 * n2)
    scale = n / (np.where(some, spread, 1) * n1 * n2)
    # Yates takes at most half a case from each cell, as scipy does.
    less = np.maximum(apart - np.minimum(n / 2, apart), 0)
    corrected = less**2 * scale
    chi = apart**2 * scale
    score = chi * (n - 1) / n
    a1, a2 = (x1 + 1) / (n1 + 2), (x2 + 1) / (n2 + 2)
    caffo = (a2 - a1) ** 2 / (a1 * (1 - a1) / (n1 + 2) + a2 * (1 - a2) / (n2 + 2))
    tails = {CHI_SQUARE: chi, YATES: corrected, SCORE: score}
    found = {name: np.where(some, scipy.special.chdtrc(1, each), 1.0) for name, each in tails.items()}
    return {**found, AGRESTI: scipy.special.chdtrc(1, caffo), FISHER: _fisher(n1, n2)[x1.astype(int), x2.astype(int)]}


@functools.cache
def _fisher(n1: int, n2: int) -> FloatArray:
    """Give Fisher's two-sided p: all tables with these margins that are no likelier than the one found."""
    p = np.ones((n1 + 1, n2 + 1))
    for good in range(n1 + n2 + 1):
        x2 = np.arange(max(0, good - n1), min(n2, good) + 1)
        chance = np.exp(log_choose(n1, good - x2.astype(float)) + log_choose(n2, x2.astype(float)))
        chance = chance / chance.sum()
        as_rare = chance[None, :] <= chance[:, None] * (1 + 1e-7)
        p[good - x2, x2] = np.minimum((as_rare * chance).sum(axis=1), 1)
    return p


def check_tables(n1: int, n2: int, rng: np.random.Generator, times: int) -> None:
    """Hold random pairs of counts to scipy's and statsmodels' own functions; RuntimeError at the first difference."""
    found = tables(n1, n2)
    for x1, x2 in zip(rng.integers(0, n1 + 1, times).tolist(), rng.integers(0, n2 + 1, times).tolist(), strict=True):
        if 0 < x1 + x2 < n1 + n2:
            for name, theirs in library_words(x1, x2, n1, n2).items():
                if found[name][x1, x2] != theirs:
                    raise RuntimeError(f"{name}: {x1} of {n1} and {x2} of {n2} gives {theirs} in the library, not ours")


def library_words(x1: int, x2: int, n1: int, n2: int) -> dict[str, int]:
    """Give what the libraries themselves find: 1 better, -1 worse, 0 neither."""
    cells = [[x1, n1 - x1], [x2, n2 - x2]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        both = {"count1": x2, "nobs1": n2, "count2": x1, "nobs2": n1, "compare": "diff"}
        p = {
            CHI_SQUARE: scipy.stats.chi2_contingency(cells, correction=False).pvalue,
            YATES: scipy.stats.chi2_contingency(cells).pvalue,
            FISHER: scipy.stats.fisher_exact(cells).pvalue,
            SCORE: sm.test_proportions_2indep(**both, method="score").pvalue,
            AGRESTI: sm.test_proportions_2indep(**both, method="agresti-caffo").pvalue,
        }
        z = sm.proportions_ztest([x1, x2], [n1, n2])[1]
        low, high = sm.confint_proportions_2indep(**both, method="newcomb", alpha=ALPHA)
    if abs(z - p[CHI_SQUARE]) > 1e-9:
        raise RuntimeError("statsmodels proportions_ztest is not the uncorrected chi-square")
    side = int(np.sign(x2 / n2 - x1 / n1))
    return {**{name: side if each < ALPHA else 0 for name, each in p.items()}, NEWCOMBE: int(low > 0) - int(high < 0)}
