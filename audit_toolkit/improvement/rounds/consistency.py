"""How consistent the work and its ratings are: spread between areas in one round, and rater error between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import ChangeError, Problem, did_you_mean
from audit_toolkit.improvement.changes.rater_error import RaterError, rater_error
from audit_toolkit.improvement.changes.spread import Spread, spread_between
from audit_toolkit.improvement.estimates.response import RATED
from audit_toolkit.improvement.rounds.measures import GRADES, SHARE, Measure
from audit_toolkit.improvement.rounds.other_auditors import counted_auditors
from audit_toolkit.improvement.rounds.round import Round

if TYPE_CHECKING:
    import pandas as pd


def round_spread(round_: Round, column: str, *, framework: str | None = None, confidence: float = 0.95) -> Spread:
    """Estimate how far the areas or teams of a round lie apart in the share good or better, beyond chance.

    Parameters
    ----------
    round_ : a scored round. column : a stratum column, such as area. framework : its
        name, default the primary one. confidence : float in (0, 1).

    Returns
    -------
    Spread, exploration: no verdict. `sentence(column, ...)` says it.

    Raises
    ------
    ChangeError of a round that was not drawn at random for comparison, or without that column or framework.

    Source: `spread_between`. Checked against: tests/improvement/test_consistency.py.
    """
    known = [str(each) for each in round_.findings.columns if each not in terms.DRAW_COLUMNS]
    if column not in known:
        raise ChangeError(Problem(f'the round has no column "{column}"', round_.name, did_you_mean(column, known)))
    found = round_.measure(SHARE, framework)
    domain = round_.column(column).reindex(found.values.index)
    return spread_between(found.values, found.strata, found.population, domain, confidence=confidence)


def round_rater_error(
    earlier: Round, later: Round, *, framework: str | None = None, confidence: float = 0.95
) -> RaterError:
    """Say how much of the change in the share good or better wrong ratings could make or hide, from double ratings.

    Parameters
    ----------
    earlier, later : scored rounds. framework : its name, default the later round's primary one. confidence : in (0, 1).

    Returns
    -------
    RaterError, of first ratings; a second stands beside a verdict and never in its place.

    Raises
    ------
    ChangeError as `Round.measure`.

    Source: `rater_error`. Checked against: tests/improvement/test_consistency.py.
    """
    name = framework if framework is not None else next(iter(later.frameworks))
    sides = [each.measure(SHARE, name) for each in (earlier, later)]
    pairs = [good_twice(each, name) for each in (earlier, later)]
    who = counted_auditors(earlier, later, Measure(name, GRADES, name, name, name))
    collapse = dict(later.plan.collapse) or None
    return rater_error(pairs, sides[0], sides[1], confidence=confidence, collapse=collapse, auditors=who)


def good_twice(round_: Round, framework: str) -> pd.DataFrame:
    """Give, for each rated case of the sample that two auditors graded, whether each called it good or better."""
    grades = round_.double_bands(framework)
    status = round_.status
    grades = grades.loc[[case for case in grades.index if status.get(case) == RATED]]
    good = round_.frameworks[framework].good_or_better
    return grades.isin(good).astype(float).where(grades != "")
