"""How many cases a round needs: the smallest number with which the real tests and intervals do what is asked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from audit_toolkit.errors import ChangeError, DesignError, Problem, did_you_mean
from audit_toolkit.improvement.estimates.design import FloatArray
from audit_toolkit.improvement.estimates.variance import Collapse
from audit_toolkit.improvement.planning.chances import Chances, grade_chance, share_chance
from audit_toolkit.improvement.planning.odds import even_grades, raised, smoothed
from audit_toolkit.improvement.planning.simulated import check_power
from audit_toolkit.improvement.planning.size_search import Search
from audit_toolkit.improvement.planning.sizes import BOTH_ROUNDS, LATER_ROUND, POWER, WIDTH, SizePoint, Sizes
from audit_toolkit.improvement.planning.strata_plan import StrataPlan
from audit_toolkit.improvement.planning.widths import expected_half_width
from audit_toolkit.sampling import (
    AllocationInputs,
    SampleSize,
    percent,
    points,
    size_for_change,
    size_for_grades,
    size_for_margin,
    size_for_no_worse,
)

SHARE: Final = "share"
GRADES: Final = "grades"
MEASURES = (SHARE, GRADES)
# A round of more cases than this is read by nobody; the search ends there, or at the last eligible case.
MOST = 5000
# The sizes that a curve shows, where the strata allow them.
CURVE = (20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000, 3000, 5000)


def size_to_detect(
    population: Mapping[str, int] | int,
    change: float,
    *,
    from_share: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
    measure: str = SHARE,
    grades: Sequence[float] | None = None,
    good: int = 2,
    earlier: Mapping[str, int] | None = None,
    method: str = "proportional",
    minimum: int = 2,
    maximum: int | None = None,
    inputs: AllocationInputs | None = None,
    collapse: Collapse | None = None,
    most: int = MOST,
) -> Sizes:
    """Say how many cases a round needs to show a change for the better, by the test that will be made.

    Parameters
    ----------
    population : mapping stratum -> N_h, or one number where there are no strata. change : how much the share good or
        better rises, above 0 (0.15 is 15 points), in every stratum. from_share : that share before.
    power : how often the change should be shown. confidence : of the test's interval. measure : "share" for the test of
        `compare_shares`, "grades" for that of `compare_grades`, whose grades all get better by the same odds.
    grades : the share of cases at each grade before, best first, of which the first `good` count as good or better;
        default four grades, `from_share` spread evenly over the good ones and the rest over the others.
    earlier : mapping stratum -> cases of an earlier round that is there already; default both rounds are the same size.
    method, minimum, maximum, inputs : how a size is shared out over strata, as in a plan. collapse : as
        `compare_shares`. most : the most cases to try.

    Returns
    -------
    Sizes. `n` is the fewest cases with the power, which the next larger numbers keep; None where there is none.
    Rounds are simulated 4,000 times at each size, always the same cases, and one stratum's share is counted out:
    `detectable_share` and `detectable_grades` say the same of a round of `n`.

    Raises
    ------
    ChangeError if a share, the change, power or measure means nothing; DesignError if the strata cannot be shared out.

    Source: docs/statistics-for-statisticians.md. Checked against: `detectable_share`, `detectable_grades` and the
    real tests on rounds drawn anew, in tests/improvement/test_sizing.py.
    """
    check_power(power)
    if measure not in MEASURES:
        raise ChangeError(Problem(f'"{measure}" is not a measure', "measure", did_you_mean(measure, MEASURES)))
    start = _grades(grades, good, from_share)
    before = float(start[-good:].sum()) if grades is not None else float(from_share)
    _check_change(before, change)
    after = min(before + change, 1.0)
    plan = StrataPlan.of(population, method, minimum, maximum, inputs, collapse)
    if measure == SHARE:
        of = share_chance(before, after)
        guess = size_for_change(
            after - before, from_share=before, power=power, confidence=confidence, population=plan.total
        )
    else:
        later = raised(start, good, after)
        of = grade_chance(start, later)
        shares = start[::-1].tolist(), later[::-1].tolist()
        guess = size_for_grades(*shares, power=power, confidence=confidence, population=plan.total)
    chances = Chances(plan, confidence, of, measure == SHARE, earlier)
    rise = f"{percent(before)} to {percent(after)} good or better"
    question = f"{rise}, shown by the {measure} ({100 * power:g} % power)"
    outcome = f"a true rise from {rise} is shown by the {measure} in {100 * power:g} of 100 pairs of rounds"
    return _to_reach((question, outcome), power, chances, guess, before, most)


def size_to_hold(
    population: Mapping[str, int] | int,
    margin: float,
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    from_share: float = 0.5,
    grades: Sequence[float] | None = None,
    good: int = 2,
    earlier: Mapping[str, int] | None = None,
    method: str = "proportional",
    minimum: int = 2,
    maximum: int | None = None,
    inputs: AllocationInputs | None = None,
    collapse: Collapse | None = None,
    most: int = MOST,
) -> Sizes:
    """Say how many cases a round needs so that grades which did not change are shown to be no worse.

    Parameters
    ----------
    margin : how much worse still counts as no worse, in theta, as a plan's `margin`: 0.1 is a later case graded higher
        in 40 of 100 pairs. The rest as `size_to_detect`.

    Returns
    -------
    Sizes. `n` is the fewest cases with which "no worse" or better is said of unchanged grades with the power.

    Raises
    ------
    ChangeError if the margin or another number means nothing; DesignError if the strata cannot be shared out.

    Source: docs/statistics-for-statisticians.md. Checked against: tests/improvement/test_sizing.py.
    """
    check_power(power)
    if not 0 < margin < 0.5:
        raise ChangeError(Problem(f"the margin {margin} is not between 0 and 0.5", "margin", "Use 0.1 for 10 points."))
    start = _grades(grades, good, from_share)
    plan = StrataPlan.of(population, method, minimum, maximum, inputs, collapse)
    guess = size_for_no_worse(margin, start[::-1].tolist(), power=power, confidence=confidence, population=plan.total)
    chances = Chances(plan, confidence, grade_chance(start, start, margin=margin), False, earlier)
    question = f"Unchanged grades shown no worse by {points(margin)} ({100 * power:g} % power)"
    outcome = f"grades that did not change are called no worse, by a margin of {points(margin)}, in {100 * power:g} "
    outcome += "of 100 pairs of rounds"
    return _to_reach((question, outcome), power, chances, guess, float(start[-good:].sum()), most)


def size_to_know(
    population: Mapping[str, int] | int,
    margin: float,
    *,
    share: float = 0.5,
    confidence: float = 0.95,
    method: str = "proportional",
    minimum: int = 2,
    maximum: int | None = None,
    inputs: AllocationInputs | None = None,
    collapse: Collapse | None = None,
    most: int = MOST,
) -> Sizes:
    """Say how many cases it takes to know a share of the register to within a margin, by the interval it will get.

    Parameters
    ----------
    margin : half the width of the interval, in shares (0.05 is five points), on average over the samples that may be
        drawn. share : the share expected, alike in all strata; one half needs most. The rest as `size_to_detect`.

    Returns
    -------
    Sizes. `n` is the fewest cases at which `expected_half_width` is no more than the margin, and stays so.

    Raises
    ------
    ChangeError if the margin or share means nothing; DesignError if the strata cannot be shared out.

    Source: docs/statistics-for-statisticians.md. Checked against: `estimate_share` on samples drawn at
    the size found, in tests/improvement/test_sizing.py.
    """
    if not 0 < margin < 1:
        raise ChangeError(Problem(f"the margin {margin} is not between 0 and 1", "margin", "Use 0.05 for 5 points."))
    plan = StrataPlan.of(population, method, minimum, maximum, inputs, collapse)
    guess = size_for_margin(margin, share=share, population=plan.total, confidence=confidence)
    widths: dict[int, float] = {}

    def width(n: int) -> float:
        if n not in widths:
            widths[n] = _half_width(plan, n, share, confidence)
        return widths[n]

    search = Search(lambda n: width(n) <= margin, *_range(plan, most))
    n = search.smallest(guess.n)
    at = search.highest if n is None else n
    return Sizes(
        question=f"A share near {percent(share)} known to within {points(margin)} either way",
        outcome=f"a share near {percent(share)} is known to within {points(margin)} either way, on average",
        n=n,
        aim=WIDTH,
        wanted=margin,
        reached=width(at),
        population=plan.total,
        allocation=plan.allocation(at),
        curve=tuple(SizePoint(each, math.nan, math.nan, width(each)) for each in _shown(search, n)),
        first_guess=guess,
        notes=(f"{100 * confidence:g} % interval, its width averaged over the samples that may be drawn.",),
    )


def _to_reach(
    words: tuple[str, str], power: float, chances: Chances, guess: SampleSize, share: float, most: int
) -> Sizes:
    """Find the smallest size with the power, and the curve around it."""
    plan, confidence = chances.plan, chances.confidence
    search = Search(lambda n: chances.at(n)[0] >= power, *_range(plan, most))
    n = search.smallest(guess.n)
    at = search.highest if n is None else n
    curve = [
        SizePoint(each, *chances.at(each), _half_width(plan, each, share, confidence)) for each in _shown(search, n)
    ]
    notes = list(chances.notes)
    if chances.earlier is not None:
        cases = sum(chances.earlier.values())
        notes.append(f"The earlier round has {cases:,} cases; the formula takes two rounds of the same size.")
    return Sizes(
        question=words[0],
        outcome=words[1],
        n=n,
        aim=POWER,
        wanted=power,
        reached=chances.at(at)[0],
        population=plan.total,
        allocation=plan.allocation(at),
        curve=tuple(curve),
        first_guess=guess,
        rounds=BOTH_ROUNDS if chances.earlier is None else LATER_ROUND,
        notes=tuple(notes),
    )


def _grades(grades: Sequence[float] | None, good: int, from_share: float) -> FloatArray:
    """Give the shares of the grades before, worst first."""
    shares = even_grades(from_share, 4, good) if grades is None else list(grades)
    # Refused here where they are no shares of grades.
    smoothed(shares, 1)
    even_grades(0.5, len(shares), good)
    return np.array(shares, dtype=float)[::-1]


def _check_change(before: float, change: float) -> None:
    if not 0 < change <= 1 - before + 1e-9:
        what = f"a rise of {points(change)} from {percent(before)} cannot be"
        mend = f"Use more than 0 and at most {points(1 - before)}."
        raise ChangeError(Problem(what, "change", mend))


def _half_width(plan: StrataPlan, n: int, share: float, confidence: float) -> float:
    return expected_half_width(
        plan.population, plan.allocation(n), share=share, confidence=confidence, collapse=plan.collapse
    )


def _range(plan: StrataPlan, most: int) -> tuple[int, int]:
    lowest, highest = plan.lowest, min(plan.highest, most)
    if highest < lowest:
        what = f"at most {most} cases are to be tried and the strata need {lowest}"
        raise DesignError(Problem(what, "most", f"Try {lowest} or more."))
    return lowest, highest


def _shown(search: Search, n: int | None) -> list[int]:
    """Give the sizes of a curve, from the fewest cases to twice what is needed."""
    end = search.highest if n is None else min(search.highest, max(2 * n, 40))
    sizes = {each for each in CURVE if search.lowest <= each <= end} | {end}
    return sorted(sizes if n is None else sizes | {n})
