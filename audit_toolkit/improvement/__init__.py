"""HAS it got better: estimates, change between rounds, and a verdict."""

from __future__ import annotations

from audit_toolkit.improvement.changes.change import compare_means, compare_shares
from audit_toolkit.improvement.changes.finding import Change
from audit_toolkit.improvement.changes.grades import compare_grades, grade_distribution
from audit_toolkit.improvement.changes.multiplicity import holm
from audit_toolkit.improvement.changes.verdict import adjusted_verdict, sentence
from audit_toolkit.improvement.estimates.bounds import Bounds, ChangeBounds, change_bounds, response_bounds
from audit_toolkit.improvement.estimates.estimate import (
    Estimate,
    estimate_domain,
    estimate_mean,
    estimate_share,
    estimate_total,
)
from audit_toolkit.improvement.estimates.intervals import Interval, hypergeometric_interval, mover_interval, wilson
from audit_toolkit.improvement.estimates.response import (
    RATED,
    UNREAD,
    Outcomes,
    Response,
    StratumResponse,
    read_response,
    weigh_response,
)
from audit_toolkit.improvement.estimates.sequence import Look, Watched, watch_share
from audit_toolkit.improvement.estimates.two_phase import AfterModeration, GradeShare, after_moderation, two_phase_share
from audit_toolkit.improvement.picture import Picture
from audit_toolkit.improvement.planning.detectable import Detectable, detectable_grades, detectable_share
from audit_toolkit.improvement.planning.odds import even_grades
from audit_toolkit.improvement.planning.planned import PlannedPower, planned_grades, planned_power
from audit_toolkit.improvement.planning.showing import Showing, could_show, size_table
from audit_toolkit.improvement.planning.size_plot import size_figure, table_figure
from audit_toolkit.improvement.planning.sizes import SizePoint, Sizes
from audit_toolkit.improvement.planning.sizing import MEASURES, size_to_detect, size_to_hold, size_to_know
from audit_toolkit.improvement.planning.widths import expected_half_width
from audit_toolkit.improvement.rounds.auditor_mix import other_hands
from audit_toolkit.improvement.rounds.comparable import LARGE_OVERLAP, left_out
from audit_toolkit.improvement.rounds.comparison import Comparison, compare_rounds
from audit_toolkit.improvement.rounds.levels import (
    CERTAINTY,
    GRADE,
    HAD_TO_BE,
    LIMIT,
    Level,
    Levels,
    certainty_found,
    grades_found,
    limits_fired,
    round_levels,
    unread_sentence,
)
from audit_toolkit.improvement.rounds.measured import (
    CHANGE_COLUMNS,
    MeasuredChange,
    count_figures,
    headline,
    share_figures,
    unread_sentences,
    why_no_interval,
)
from audit_toolkit.improvement.rounds.measures import (
    ALL_CASES,
    CRITERION,
    GRADES,
    SHARE,
    Measure,
    good_word,
    measures_of,
)
from audit_toolkit.improvement.rounds.moderated_rounds import by_moderation, rests_on
from audit_toolkit.improvement.rounds.plot import change_figure
from audit_toolkit.improvement.rounds.recommendations import (
    ImprovementPlan,
    Recommendation,
    due_date,
    load_improvement_plan,
)
from audit_toolkit.improvement.rounds.round import Round
from audit_toolkit.improvement.rounds.round_folder import read_round
from audit_toolkit.improvement.rounds.watching import WatchedRound, watch_figure, watch_round

__all__ = [
    "ALL_CASES",
    "CERTAINTY",
    "CHANGE_COLUMNS",
    "CRITERION",
    "GRADE",
    "GRADES",
    "HAD_TO_BE",
    "LARGE_OVERLAP",
    "LIMIT",
    "MEASURES",
    "RATED",
    "SHARE",
    "UNREAD",
    "AfterModeration",
    "Bounds",
    "Change",
    "ChangeBounds",
    "Comparison",
    "Detectable",
    "Estimate",
    "GradeShare",
    "ImprovementPlan",
    "Interval",
    "Level",
    "Levels",
    "Look",
    "Measure",
    "MeasuredChange",
    "Outcomes",
    "Picture",
    "PlannedPower",
    "Recommendation",
    "Response",
    "Round",
    "Showing",
    "SizePoint",
    "Sizes",
    "StratumResponse",
    "Watched",
    "WatchedRound",
    "adjusted_verdict",
    "after_moderation",
    "by_moderation",
    "certainty_found",
    "change_bounds",
    "change_figure",
    "compare_grades",
    "compare_means",
    "compare_rounds",
    "compare_shares",
    "could_show",
    "count_figures",
    "detectable_grades",
    "detectable_share",
    "due_date",
    "estimate_domain",
    "estimate_mean",
    "estimate_share",
    "estimate_total",
    "even_grades",
    "expected_half_width",
    "good_word",
    "grade_distribution",
    "grades_found",
    "headline",
    "holm",
    "hypergeometric_interval",
    "left_out",
    "limits_fired",
    "load_improvement_plan",
    "measures_of",
    "mover_interval",
    "other_hands",
    "planned_grades",
    "planned_power",
    "read_response",
    "read_round",
    "response_bounds",
    "rests_on",
    "round_levels",
    "sentence",
    "share_figures",
    "size_figure",
    "size_table",
    "size_to_detect",
    "size_to_hold",
    "size_to_know",
    "table_figure",
    "two_phase_share",
    "unread_sentence",
    "unread_sentences",
    "watch_figure",
    "watch_round",
    "watch_share",
    "weigh_response",
    "why_no_interval",
    "wilson",
]
