"""HAS it got better: estimates, change between rounds, and a verdict."""

from __future__ import annotations

from audit_toolkit.improvement.change import compare_means, compare_shares
from audit_toolkit.improvement.comparison import Comparison, compare_rounds
from audit_toolkit.improvement.detectable import Detectable, detectable_grades, detectable_share
from audit_toolkit.improvement.estimate import (
    Estimate,
    estimate_domain,
    estimate_mean,
    estimate_share,
    estimate_total,
)
from audit_toolkit.improvement.finding import Change
from audit_toolkit.improvement.grades import compare_grades, grade_distribution
from audit_toolkit.improvement.intervals import Interval, hypergeometric_interval, mover_interval, wilson
from audit_toolkit.improvement.levels import (
    GRADE,
    LIMIT,
    Level,
    Levels,
    grades_found,
    limits_fired,
    round_levels,
)
from audit_toolkit.improvement.measured import CHANGE_COLUMNS, MeasuredChange, headline, share_figures, why_no_interval
from audit_toolkit.improvement.measures import ALL_CASES, CRITERION, GRADES, SHARE, Measure, measures_of
from audit_toolkit.improvement.multiplicity import holm
from audit_toolkit.improvement.planned import PlannedPower, planned_power
from audit_toolkit.improvement.plot import change_figure
from audit_toolkit.improvement.recommendations import ImprovementPlan, Recommendation, due_date, load_improvement_plan
from audit_toolkit.improvement.rounds import Round, read_round
from audit_toolkit.improvement.verdict import adjusted_verdict, sentence

__all__ = [
    "ALL_CASES",
    "CHANGE_COLUMNS",
    "CRITERION",
    "GRADE",
    "GRADES",
    "LIMIT",
    "SHARE",
    "Change",
    "Comparison",
    "Detectable",
    "Estimate",
    "ImprovementPlan",
    "Interval",
    "Level",
    "Levels",
    "Measure",
    "MeasuredChange",
    "PlannedPower",
    "Recommendation",
    "Round",
    "adjusted_verdict",
    "change_figure",
    "compare_grades",
    "compare_means",
    "compare_rounds",
    "compare_shares",
    "detectable_grades",
    "detectable_share",
    "due_date",
    "estimate_domain",
    "estimate_mean",
    "estimate_share",
    "estimate_total",
    "grade_distribution",
    "grades_found",
    "headline",
    "holm",
    "hypergeometric_interval",
    "limits_fired",
    "load_improvement_plan",
    "measures_of",
    "mover_interval",
    "planned_power",
    "read_round",
    "round_levels",
    "sentence",
    "share_figures",
    "why_no_interval",
    "wilson",
]
