"""How likely two scored rounds were to show a true change: the power curve of their own cases, strata and grades."""

from __future__ import annotations

import dataclasses

from audit_toolkit.errors import ChangeError, Problem, did_you_mean
from audit_toolkit.improvement.changes.crews import FEWEST_OTHER_AUDITORS
from audit_toolkit.improvement.estimates.grades import grade_distribution
from audit_toolkit.improvement.planning.power_curve import PowerCurve, power_curve
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
    ChangeError of a round not drawn at random, a framework that is not in both, or a power that means nothing.

    Checked against: the detectable changes of `compare_rounds` in tests/improvement/test_round_power.py.
    """
    name = framework if framework is not None else next(iter(later.frameworks))
    both = [each for each in later.frameworks if each in earlier.frameworks]
    if name not in both:
        raise ChangeError(Problem(f'"{name}" is not a framework of both rounds', later.name, did_you_mean(name, both)))
    chosen = later.frameworks[name]
    sides = [each.measure("grades", name) for each in (earlier, later)]
    codes = sorted(map(float, chosen.codes), reverse=True)
    spread = grade_distribution(sides[0].values, sides[0].strata, sides[0].population, ratings=codes)
    then, now = (answer_counts(each.values, each.strata) for each in sides)
    curve = power_curve(
        then,
        now,
        later.response.eligible_population,
        grades=list(spread.values()),
        good=len(chosen.good_or_better),
        power=power,
        collapse=dict(later.plan.collapse) or None,
    )
    return dataclasses.replace(curve, notes=(*curve.notes, *_of_auditors(earlier, later)))


def _of_auditors(earlier: Round, later: Round) -> list[str]:
    """Say what other auditors do to the power, which the draw alone does not know."""
    if not rated_otherwise(earlier, later):
        return []
    same = set(earlier.auditors) == set(later.auditors)
    who = "The same auditors rated the two rounds in other shares" if same else "Other auditors rated the two rounds"
    if not same and min(len(earlier.auditors), len(later.auditors)) < FEWEST_OTHER_AUDITORS:
        return [
            f"{who}, fewer than {FEWEST_OTHER_AUDITORS} of them in one: no verdict will be reached, however large the "
            "change. The figures are those of the draw alone."
        ]
    return [
        f"{who}: the comparison counts each auditor as a cluster and is wider. The figures are those of the draw "
        "alone, and too high."
    ]
