"""How few exceptions there can be, from a sample that holds none or hardly any: exact, in whole numbers.

A thing that must never happen is not a percentage to be tested. The exceptions of the whole register are listed; and
where only a sample can be read, it is said how many there may be at most.
"""

from __future__ import annotations

import math
from fractions import Fraction

from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.sampling.size import SampleSize, level_problems, population_problems
from audit_toolkit.sampling.stratum_values import is_whole


def size_for_exceptions(most: int, population: int, *, found: int = 0, confidence: float = 0.95) -> SampleSize:
    """Say how many cases to read so that finding hardly any exception proves that there are hardly any.

    Parameters
    ----------
    most : the most exceptions there may be in the whole population. population : N, every case of it.
    found : how many exceptions the sample may hold; 0 is usual. confidence : in (0, 1), one-sided.

    Returns
    -------
    SampleSize: the fewest cases n of which `found` exceptions or fewer rule out more than `most`, exactly. Cases are
    drawn from all of the population alike: one stratum, without replacement.

    Raises
    ------
    DesignError if a number means nothing: `found` above `most`, or `most` not below the population.

    Source: the hypergeometric distribution; Wright (1991), Exact Confidence Bounds when Sampling from Small Finite
    Universes. Checked against: every sample counted out, and R 4.2.2 phyper, in tests/sampling/test_exception_count.py.
    """
    problems = [*_count_problems("most", most), *_count_problems("found", found), *level_problems(confidence)]
    problems += population_problems(population)
    if not problems and most >= population:
        what = f"at most {most:,} exceptions among {population:,} cases says nothing"
        problems.append(Problem(what, "most", f"Ask for fewer than {population:,}."))
    if not problems and found > most:
        what = f"{found:,} exceptions found cannot show that there are at most {most:,}"
        problems.append(Problem(what, "found", f"Allow at most {most:,} to be found."))
    raise_if(problems, DesignError)
    n = _fewest(most, found, population, confidence)
    total = f"At most {most:,} exception{'' if most == 1 else 's'}" if most else "No exception"
    allowed = f"{found:,} or fewer found" if found else "none found"
    note = "Exceptions: draw from all cases alike, without strata, and read every case drawn."
    return SampleSize(
        n=n,
        unrounded=float(n),
        population=population,
        question=f"{total} among {population:,}, {allowed} ({100 * confidence:g} % confidence)",
        formula="hypergeometric, exact",
        notes=(note,),
    )


def _fewest(most: int, found: int, population: int, confidence: float) -> int:
    """Find the fewest cases by doubling, then halving: reading more always rules out more."""
    low, high = found, min(2 * found + 1, population)
    while high < population and not _ruled_out(most + 1, found, high, population, confidence):
        low, high = high, min(2 * high, population)
    while high - low > 1:
        middle = (low + high) // 2
        if _ruled_out(most + 1, found, middle, population, confidence):
            high = middle
        else:
            low = middle
    return high


def most_exceptions(found: int, n: int, population: int, *, confidence: float = 0.95) -> int:
    """Say how many exceptions there can be at most in the whole population, from what a sample of it holds.

    Parameters
    ----------
    found : the exceptions among the `n` cases drawn without replacement from `population`. confidence : one-sided.

    Returns
    -------
    int, the largest count that the sample does not rule out: 0 found in 10 of 30 leaves room for at most 6.

    Raises
    ------
    DesignError if a number means nothing.

    Source: as `size_for_exceptions`. Checked against: tests/sampling/test_exception_count.py.
    """
    problems = [*_count_problems("found", found), *_count_problems("n", n), *population_problems(population)]
    problems += level_problems(confidence)
    if not problems and not found <= n <= population:
        what = f"{found:,} exceptions in {n:,} of {population:,} cases cannot be"
        problems.append(Problem(what, "n", "Give the exceptions found, the cases drawn and all cases, in that order."))
    raise_if(problems, DesignError)
    low, high = found, population - (n - found)
    while low < high:
        middle = (low + high) // 2
        if _ruled_out(middle + 1, found, n, population, confidence):
            high = middle
        else:
            low = middle + 1
    return low


def _ruled_out(exceptions: int, found: int, n: int, population: int, confidence: float) -> bool:
    """Say whether `found` or fewer would be drawn too seldom if so many were exceptions; in whole numbers."""
    # The cases drawn and the exceptions change places without changing the chance; the fewer make smaller numbers.
    few, many = sorted((n, exceptions))
    rest = population - many
    least = max(0, few - rest)
    bad, good = math.comb(many, least), math.comb(rest, few - least)
    ways = 0
    for drawn in range(least, min(found, few) + 1):
        ways += bad * good
        bad = bad * (many - drawn) // (drawn + 1)
        good = good * (few - drawn) // (rest - few + drawn + 1)
    return ways <= (1 - Fraction(str(confidence))) * math.comb(population, few)


def _count_problems(name: str, value: int) -> list[Problem]:
    if is_whole(value) and value >= 0:
        return []
    return [Problem(f"{name} is {value!r}", "size", "Give a whole number, 0 or more.")]
