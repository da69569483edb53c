"""How many cases to draw, by formula: to know a share to within a margin, or to show a change.

The formulas know no strata and take a normal curve for the truth: they are a first guess. What the strata of a plan and
the tests that will really be made need is worked out in `improvement` (`size_to_know`, `size_to_detect`).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from audit_toolkit.errors import DesignError, Problem, raise_if
from audit_toolkit.sampling.stratum_values import is_whole

Share = float | Fraction


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many cases a question needs, by a formula.

    `n` is a whole number of cases, `unrounded` the formula's own value; for a change it is the cases of each of two
    rounds. `population` is None where the formula takes no account of it.
    """

    n: int
    unrounded: float
    population: int | None
    question: str
    formula: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them."""
        return {
            "n": self.n,
            "unrounded": self.unrounded,
            "population": self.population,
            "question": self.question,
            "formula": self.formula,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        of = "" if self.population is None else f" of {self.population:,}"
        return "\n".join([f"{self.question}: {self.n:,}{of} ({self.formula})", *(f"- {note}" for note in self.notes)])


def size_for_margin(
    margin: Share, *, share: Share = 0.5, population: int | None = None, confidence: float = 0.95
) -> SampleSize:
    """Say how many cases it takes to know a share to within a margin, by the usual formula.

    Parameters
    ----------
    margin : half the width of the interval, in shares (0.05 is five points). share : the share expected; 0.5 needs
        most. population : N, the eligible cases; None for one too large to matter. confidence : in (0, 1).

    Returns
    -------
    SampleSize. n0 = z^2 p (1 - p) / margin^2, n = n0 / (1 + (n0 - 1) / N), rounded up.

    Raises
    ------
    DesignError if the margin, share, confidence or population means nothing.

    Source: Cochran (1977), Sampling Techniques, 3rd ed., eq. 4.1 and 4.2.
    Checked against: R 4.2.2 in tests/sampling/test_size_formulas.py.
    """
    problems = [*share_problems("margin", margin), *share_problems("share", share), *level_problems(confidence)]
    raise_if([*problems, *population_problems(population)], DesignError)
    first = _normal(confidence) ** 2 * float(share) * (1 - float(share)) / float(margin) ** 2
    needed = first if population is None else first / (1 + (first - 1) / population)
    return SampleSize(
        n=_rounded_up(needed),
        unrounded=needed,
        population=population,
        question=f"A share near {percent(share)} known to within {points(margin)} either way",
        formula="Cochran 1977",
        notes=(f"{100 * confidence:g} % interval; strata, and the exact interval, are left out of account.",),
    )


def size_for_change(
    change: Share,
    *,
    from_share: Share,
    power: float = 0.8,
    confidence: float = 0.95,
    population: int | None = None,
    continuity: bool = False,
) -> SampleSize:
    """Say how many cases each of two rounds needs to show that a share has changed, by the usual formula.

    Parameters
    ----------
    change : the true change, later minus earlier, in shares: 0.15, or -0.15. from_share : the share before.
    power : how often the change should be shown (0.8: in 80 of 100 pairs of rounds). confidence : in (0, 1).
    population : the eligible cases of a round, which the answer cannot pass; it changes nothing else, because a change
        is a claim about the way of working. continuity : correct for counts being whole, as Fisher's test needs.

    Returns
    -------
    SampleSize, the cases of each round.

    Raises
    ------
    DesignError if a number means nothing, or the share would pass 0 or 1.

    Source: Fleiss (1981), Statistical Methods for Rates and Proportions, 2nd ed., eq. 3.14; Casagrande, Pike & Smith
    (1978), Biometrics 34:483-486, for the correction. Checked against: R 4.2.2 power.prop.test and Hmisc bsamsize in
    tests/sampling/test_size_formulas.py.
    """
    problems = [*share_problems("from_share", from_share, ends=True), *share_problems("power", power)]
    problems += [*level_problems(confidence), *population_problems(population)]
    later = float(from_share) + float(change)
    if not problems and (change == 0 or not -1e-12 <= later <= 1 + 1e-12):
        what = f"a change of {points(change)} from {percent(from_share)} cannot be"
        problems.append(Problem(what, "change", "Use a change above or below 0 that stays between 0 % and 100 %."))
    raise_if(problems, DesignError)
    before, after = float(from_share), min(max(later, 0.0), 1.0)
    middle = (before + after) / 2
    spread = before * (1 - before) + after * (1 - after)
    reach = _normal(confidence) * math.sqrt(2 * middle * (1 - middle)) + _quantile(power) * math.sqrt(spread)
    size = abs(after - before)
    needed = (reach / size) ** 2
    if continuity:
        needed = needed / 4 * (1 + math.sqrt(1 + 4 / (needed * size))) ** 2
    return SampleSize(
        n=_rounded_up(needed),
        unrounded=needed,
        population=population,
        question=f"{percent(before)} to {percent(after)}, shown ({100 * power:g} % power)",
        formula="Casagrande, Pike & Smith 1978" if continuity else "Fleiss 1981",
        notes=_change_notes(needed, population),
    )


def size_for_grades(
    earlier: Sequence[float],
    later: Sequence[float],
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    population: int | None = None,
) -> SampleSize:
    """Say how many cases each of two rounds needs to show that grades have changed, by the usual formula.

    Parameters
    ----------
    earlier, later : the share of cases at each grade in each round, both best first, each adding to 1.
    power, confidence, population : as `size_for_change`.

    Returns
    -------
    SampleSize, the cases of each round: (z_a + z_b)^2 (1 - sum p^3) / (6 (theta - 1/2)^2), p the mean share of a grade
    and theta how often a later case is graded higher than an earlier one, ties split.

    Raises
    ------
    DesignError if the shares or a number mean nothing, or theta is 1/2.

    Source: Noether (1987), Journal of the American Statistical Association 82:645-647, with the variance of tied grades
    (Lehmann 1975, Nonparametrics, ch. 1). Checked against: R Hmisc posamsize (Whitehead 1993, Statistics in Medicine
    12:2257-2271) for small shifts in tests/sampling/test_size_formulas.py.
    """
    problems = [*share_problems("power", power), *level_problems(confidence), *population_problems(population)]
    problems += [*_grades_problems("earlier", earlier), *_grades_problems("later", later)]
    if not problems and len(earlier) != len(later):
        problems.append(Problem("the two rounds have different numbers of grades", "later", "Give the same grades."))
    raise_if(problems, DesignError)
    theta = _theta(earlier, later)
    if abs(theta - 0.5) < 1e-12:
        raise DesignError(Problem("the grades of the two rounds do not differ", "later", "Give grades that changed."))
    mean = [(one + other) / 2 for one, other in zip(earlier, later, strict=True)]
    needed = _noether(theta - 0.5, mean, power, confidence)
    return SampleSize(
        n=_rounded_up(needed),
        unrounded=needed,
        population=population,
        question=f"Later grades higher in {100 * theta:.0f} of 100 pairs, shown ({100 * power:g} % power)",
        formula="Noether 1987",
        notes=_change_notes(needed, population),
    )


def size_for_no_worse(
    margin: Share,
    grades: Sequence[float],
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    population: int | None = None,
) -> SampleSize:
    """Say how many cases each of two rounds needs to show that grades that did not change are no worse.

    Parameters
    ----------
    margin : how much worse still counts as no worse, in theta: 0.1 is a later case graded higher in 40 of 100 pairs.
    grades : the share of cases at each grade in both rounds, adding to 1. The rest as `size_for_grades`.

    Returns
    -------
    SampleSize, the cases of each round: `size_for_grades` with the margin in place of theta - 1/2.

    Raises
    ------
    DesignError if a number means nothing.

    Source: as `size_for_grades`; a margin in place of a difference, Julious (2004), Statistics in Medicine
    23:1921-1986. Checked against: simulation in tests/improvement/test_sizing.py.
    """
    problems = [*share_problems("margin", margin), *share_problems("power", power), *level_problems(confidence)]
    raise_if([*problems, *population_problems(population), *_grades_problems("grades", grades)], DesignError)
    needed = _noether(float(margin), grades, power, confidence)
    return SampleSize(
        n=_rounded_up(needed),
        unrounded=needed,
        population=population,
        question=f"Unchanged grades shown no worse by {points(margin)} ({100 * power:g} % power)",
        formula="Noether 1987",
        notes=_change_notes(needed, population),
    )


def _noether(size: float, grades: Sequence[float], power: float, confidence: float) -> float:
    ties = 1 - sum(share**3 for share in grades)
    return (_normal(confidence) + _quantile(power)) ** 2 * ties / (6 * size**2)


def _theta(earlier: Sequence[float], later: Sequence[float]) -> float:
    """Give how often a later case is graded higher than an earlier one, ties split; grades best first."""
    worse = [sum(earlier[place + 1 :]) + earlier[place] / 2 for place in range(len(earlier))]
    return sum(share * below for share, below in zip(later, worse, strict=True))


def _change_notes(needed: float, population: int | None) -> tuple[str, ...]:
    notes = ["In each of two rounds; strata, and the test that will be made, are left out of account."]
    if population is not None and _rounded_up(needed) > population:
        notes.append(f"There are only {population:,} cases: not even reading all of them would do.")
    return tuple(notes)


def _rounded_up(needed: float) -> int:
    """Round up, but for what is only rounding: 96.00000000001 is 96."""
    return max(1, math.ceil(needed - 1e-9 * needed))


def _quantile(level: float) -> float:
    return statistics.NormalDist().inv_cdf(level)


def _normal(confidence: float) -> float:
    return _quantile((1 + confidence) / 2)


def percent(share: Share) -> str:
    """Say a share as a percentage: 12.5 %."""
    return f"{float(100 * share):.4g} %"


def points(size: Share) -> str:
    """Say a difference of shares in points: 5 points."""
    number = f"{float(100 * size):.4g}"
    return f"{number} point{'' if number in ('1', '-1') else 's'}"


def share_problems(name: str, value: Share, *, ends: bool = False) -> list[Problem]:
    """Name what is wrong with a share: it must lie between 0 and 1, the ends themselves only where `ends`."""
    inside = not isinstance(value, bool | str) and (0 <= value <= 1 if ends else 0 < value < 1)
    if inside:
        return []
    return [Problem(f"{name} {value} is not between 0 and 1", "size", f"Use 0.5 for 50 %: {name} is a share.")]


def level_problems(confidence: float) -> list[Problem]:
    """Name what is wrong with a level of confidence."""
    return share_problems("confidence", confidence)


def population_problems(population: int | None) -> list[Problem]:
    """Name what is wrong with a number of eligible cases."""
    if population is None or (is_whole(population) and population >= 1):
        return []
    return [Problem(f"the population is {population!r}", "size", "Give a whole number of cases, 1 or more.")]


def _grades_problems(name: str, shares: Sequence[float]) -> list[Problem]:
    if len(shares) >= 2 and all(each >= 0 for each in shares) and abs(sum(shares) - 1) <= 1e-6:
        return []
    listed = ", ".join(f"{each:g}" for each in shares)
    mend = "Give the share of cases at each grade, best first, adding to 1."
    return [Problem(f"{listed} are not the shares of two grades or more", name, mend)]
