"""How likely two scored rounds were to show a true change: the power curve of their own cases, strata and grades."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from audit_toolkit.errors import ChangeError, Problem, did_you_mean, raise_if
from audit_toolkit.improvement.estimates.grades import grade_distribution
from audit_toolkit.improvement.estimates.response import Outcomes
from audit_toolkit.improvement.planning.power_curve import PowerCurve, power_curve
from audit_toolkit.improvement.rounds.comparable import no_verdict, refusals
from audit_toolkit.improvement.rounds.measuring import answer_counts
from audit_toolkit.improvement.rounds.other_auditors import rated_otherwise
from audit_toolkit.improvement.rounds.round import Round


def round_power(earlier: Round, later: Round, framework: str | None = None, *, power: float = 0.8) -> PowerCurve:
    """Say how likely two scored rounds were to show each true change, from where the earlier one stood.

    Parameters
    ----------
    earlier, later : rounds drawn at random, scored. framework : its name, default the primary one of the later round.
    power : how often the smallest true change is shown.

    Returns
    -------
    PowerCurve, on the answered cases of both rounds. Auditors are taken to be the same, which a note says where they
    are not, and no case to be in both.

    Raises
    ------
    ChangeError of rounds that may not be compared or were not drawn at random, a framework that is not in both, or a
    power that means nothing.

    Checked against: the detectable changes of `compare_rounds` in tests/improvement/test_round_power.py.
    """
    raise_if(refusals(earlier, later), ChangeError)
    name = framework if framework is not None else next(iter(later.frameworks))
    both = [each for each in later.frameworks if each in earlier.frameworks]
    if name not in both:
        raise ChangeError(Problem(f'"{name}" is not a framework of both rounds', later.name, did_you_mean(name, both)))
    chosen = later.frameworks[name]
    sides = [each.measure("grades", name) for each in (earlier, later)]
    codes = sorted(map(float, chosen.codes), reverse=True)
    held = later.response.eligible_population
    spread = _like_for_like(sides[0], held, codes)
    then, now = (answer_counts(each.values, each.strata) for each in sides)
    curve = power_curve(
        then,
        now,
        held,
        grades=list(spread.values()),
        good=len(chosen.good_or_better),
        power=power,
        collapse=dict(later.plan.collapse) or None,
    )
    return dataclasses.replace(curve, notes=(*curve.notes, *_not_the_draw(earlier, later)))


def _like_for_like(side: Outcomes, held: Mapping[Any, float], codes: list[float]) -> dict[Any, float]:
    """Give the shares of the grades before, each stratum weighing what it does later, as a comparison has them."""
    kept = side.strata.isin([label for label, cases in held.items() if cases > 0])
    strata = side.strata[kept]
    population = {label: max(held[label], count) for label, count in strata.value_counts().items()}
    return grade_distribution(side.values[kept], strata, population, ratings=codes)


def _not_the_draw(earlier: Round, later: Round) -> list[str]:
    """Say what stands in the way of a verdict, or widens it, which the draw alone does not know."""
    reasons = no_verdict(earlier, later)
    if reasons:
        return [f"{each} The figures here are those of the draw alone." for each in reasons]
    if not rated_otherwise(earlier, later):
        return []
    same = set(earlier.auditors) == set(later.auditors)
    who = "The same auditors rated the two rounds in other shares" if same else "Other auditors rated the two rounds"
    return [
        f"{who}: the comparison counts each auditor as a cluster and is wider. The figures here are those of the draw "
        "alone: they show too often, and the smallest changes are too small."
    ]
