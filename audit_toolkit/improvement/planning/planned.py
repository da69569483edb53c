"""What a planned round could show, before any case is drawn, and where its plan cannot answer its own question."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit import terms
from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.improvement.estimates.intervals import json_number
from audit_toolkit.improvement.planning.detectable import Detectable
from audit_toolkit.improvement.planning.odds import even_grades
from audit_toolkit.improvement.planning.power_curve import PowerCurve, power_curve
from audit_toolkit.improvement.planning.showing import Showing, could_show
from audit_toolkit.sampling import Plan, PlannedReview, read_sample, size_for_no_worse
from audit_toolkit.scoring import Framework, plan_frameworks

# The share a plan is judged at: the one with the widest interval, for lack of an earlier round.
PLANNING_SHARE = 0.5
# A change that two rounds of any practical size should be able to show: a quarter of all cases.
LARGE_CHANGE = 0.25
# How often a plan should reach what it asks.
POWER = 0.8
# What a Showing tells; nothing of it is known of cases chosen by hand.
FIGURES = (
    *("share_true", "share_observed", "grades_true", "grades_observed", "grades_as_share"),
    *("from_share", "margin", "no_worse", "power", "confidence"),
)


@dataclass(frozen=True, slots=True)
class Losses:
    """What became of the cases an earlier round opened: how many, and how many of those were never rated, by reason."""

    name: str
    opened: int
    lost: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlannedPower:
    """The interval and the changes a planned round could show, at a share of one half; a sample is needed for either.

    `title` names the primary framework, whose grades decide and whose share `good` or better stands beside them.
    """

    showing: Showing | None
    title: str
    good: str
    grades: tuple[float, ...]
    improvement: bool
    reserves: int = 0
    losses: tuple[Losses, ...] = ()

    @property
    def width(self) -> float:
        """The expected width of the 95 % interval for a share (0-1); nan without a sample."""
        return math.nan if self.showing is None else 2 * self.showing.half_width

    @property
    def detectable(self) -> Detectable | None:
        """The smallest changes of the share that could be shown; None without a sample."""
        return None if self.showing is None else self.showing.share

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; those of the share first, under the names a comparison uses."""
        told: dict[str, object] = dict.fromkeys(FIGURES) if self.showing is None else self.showing.to_dict()
        return {
            "measure": self.title,
            "good": self.good,
            "expected_width": json_number(self.width),
            "detectable_true": told["share_true"],
            "detectable_observed": told["share_observed"],
            **{key: told[key] for key in ("grades_true", "grades_observed", "grades_as_share")},
            **{key: told[key] for key in ("from_share", "margin", "no_worse", "power", "confidence")},
        }

    def sentences(self) -> list[str]:
        """Say what the plan could show."""
        if self.showing is None:
            return ["The cases are chosen by hand: this round gives findings of them, never an estimate or a verdict."]
        if not self.improvement:
            return ["The purpose is not improvement: this round gives findings, never an interval or a verdict."]
        half = 100 * self.showing.half_width
        found = [f"{self._share()}, near 50 %, would be known to within {half:.0f} points either way (95 % interval)."]
        if math.isnan(half):
            found = ["How well a share would be known cannot be told: one case stands for a stratum."]
        return [*found, *self._changes(self.showing)]

    def warnings(self) -> list[str]:
        """Say where the plan cannot answer its own question, and how to mend it."""
        if self.showing is None:
            return []
        return [*(self._too_few(self.showing) if self.improvement else []), *self._no_reserves()]

    def _share(self) -> str:
        return f"The share {self.good} or better of {self.title}"

    def _changes(self, showing: Showing) -> list[str]:
        """Say which changes would be shown: of the grades, which decide, and of their share."""
        grades, share, found = showing.grades, showing.share, []
        if not math.isnan(grades.true_change):
            rise = 50 + 100 * showing.grades_as_share
            found.append(
                f"The verdict comes from the grades. With 80 % power two such rounds would show a true change to the "
                f"later case graded higher in {_pairs(grades.true_change)} of 100 pairs (50 would be neither), as when "
                f"{self.good} or better goes from 50 % to {rise:.0f} %; "
                f"{_pairs(grades.observed_change)} of 100 pairs observed would count."
            )
        if not math.isnan(share.true_change):
            found.append(
                f"Of the share they would show a true rise from 50 % of {100 * share.true_change:.0f} points; "
                f"an observed rise of {100 * share.observed_change:.0f} points would count."
            )
        if not math.isnan(showing.no_worse):
            found.append(
                f"Were nothing to change, {100 * showing.no_worse:.0f} of 100 such pairs of rounds would be "
                f"called no worse, or better, by the margin of {100 * showing.margin:g} points."
            )
        return found

    def _too_few(self, showing: Showing) -> list[str]:
        found = []
        if math.isnan(showing.grades.true_change):
            mend = "Draw two or more from every stratum." if showing.thin else "Draw more cases."
            return [f"WARNING: two rounds like this could not show any change for the better. {mend}"]
        if showing.grades_as_share > LARGE_CHANGE:
            found.append("WARNING: only a very large change could be shown. Draw more cases, or fewer strata.")
        if showing.no_worse < POWER:
            needed = size_for_no_worse(showing.margin, self.grades, power=POWER).n
            found.append(
                f"WARNING: {showing.n:,} cases are few for a margin of {100 * showing.margin:g} points: of rounds that "
                f"did not change, many cannot be told. About {needed:,} a round would do (80 % power, by formula)."
            )
        return found

    def _no_reserves(self) -> list[str]:
        found = []
        for each in self.losses if self.reserves == 0 else ():
            reasons = ", ".join(f"{count} {reason}" for reason, count in each.lost)
            lost = sum(count for _, count in each.lost)
            found.append(
                f"WARNING: there are no reserves, and {lost} of the {each.opened} cases opened in {each.name} could "
                f"not be rated ({reasons}). Set reserves: 2, two a stratum."
            )
        return found


def _pairs(size: float) -> str:
    return f"{50 + 100 * size:.0f}"


def planned_power(review: PlannedReview) -> PlannedPower:
    """Work out what a planned round could show at a share of one half, by the tests that will be used.

    Parameters
    ----------
    review : what `plan_review` gave.

    Returns
    -------
    PlannedPower: for the grades of the primary framework, spread evenly, and for its share good or better.

    Source: docs/statistics-for-statisticians.md. Checked against: tests/improvement/test_planned.py.
    """
    plan = review.plan
    primary = _primary(plan)
    count, good = planned_grades(plan)
    grades = even_grades(PLANNING_SHARE, count, good)
    showing = None
    if review.allocation:
        showing = could_show(
            review.frame.population,
            dict(review.allocation),
            from_share=PLANNING_SHARE,
            grades=grades,
            good=good,
            margin=None if plan.margin is None else float(plan.margin),
            collapse=dict(plan.collapse) or None,
        )
    return PlannedPower(
        showing=showing,
        title="the primary framework" if primary is None else primary.title,
        good="Good" if primary is None else primary.good,
        grades=tuple(grades),
        improvement=plan.purpose == terms.IMPROVEMENT,
        reserves=plan.reserves,
        losses=tuple(_losses(plan)),
    )


def planned_curve(review: PlannedReview, *, from_share: float = PLANNING_SHARE, power: float = POWER) -> PowerCurve:
    """Say how likely two rounds drawn by a plan are to show each true change from a share good or better.

    Parameters
    ----------
    review : what `plan_review` gave. from_share : the share good or better before, in every stratum, its grades spread
        evenly. power : how often the smallest true change is to be shown.

    Returns
    -------
    PowerCurve. Raises DesignError of a plan whose cases are chosen by hand, ChangeError if a number means nothing.
    """
    if not review.allocation:
        what = "the cases are chosen by hand, and of those a round can show nothing but themselves"
        raise DesignError(Problem(what, terms.PLAN_FILE, "Plan a random sample, or read as many as you like."))
    count, good = planned_grades(review.plan)
    cases = dict(review.allocation)
    return power_curve(
        cases,
        cases,
        review.frame.population,
        grades=even_grades(from_share, count, good),
        good=good,
        power=power,
        collapse=dict(review.plan.collapse) or None,
    )


def planned_grades(plan: Plan) -> tuple[int, int]:
    """Give how many grades the primary framework has, and how many of them are good or better; four and two without."""
    primary = _primary(plan)
    return (4, 2) if primary is None else (len(primary.ratings), len(primary.good_or_better))


def _primary(plan: Plan) -> Framework | None:
    return next(iter(plan_frameworks(plan).values()), None)


def _losses(plan: Plan) -> list[Losses]:
    """Look what became of the cases of the rounds a plan names, where their samples are there."""
    again = None if plan.reaudit is None else plan.reaudit.folder
    folders: Sequence[Path | None] = (plan.compare_with, again, *plan.stay_clear_of)
    found = []
    for folder in dict.fromkeys(each for each in folders if each is not None):
        file = folder / terms.SAMPLE_FILE
        if not file.is_file():
            continue
        counts = Counter(str(status) for status in read_sample(file)[terms.DRAW_STATUS])
        lost = tuple((status, counts[status]) for status in terms.DISPOSITIONS if counts[status])
        if lost:
            found.append(Losses(folder.resolve().name, sum(counts[each] for each in terms.OPENED), lost))
    return found
