"""HAS it got better: estimates, change between rounds, and a verdict."""

from __future__ import annotations

from audit_toolkit.improvement.changes.change import compare_means, compare_shares
from audit_toolkit.improvement.changes.chart import CHART_KINDS, Chart, P
from audit_toolkit.improvement.changes.charts import p_chart, rule_sources, xmr_chart
from audit_toolkit.improvement.changes.finding import Change
from audit_toolkit.improvement.changes.grades import compare_grades
from audit_toolkit.improvement.changes.mantel_haenszel import mantel_haenszel
from audit_toolkit.improvement.changes.multiplicity import benjamini_hochberg, holm
from audit_toolkit.improvement.changes.paired import paired_shares
from audit_toolkit.improvement.changes.permutation_test import PermutationTest, permutation_test
from audit_toolkit.improvement.changes.pooled_trend import PooledTrend, cochran_armitage
from audit_toolkit.improvement.changes.rater_error import RaterError, rater_error
from audit_toolkit.improvement.changes.register_change import RegisterChange, register_change
from audit_toolkit.improvement.changes.run_rules import Signal
from audit_toolkit.improvement.changes.sensitivity import Sensitivity
from audit_toolkit.improvement.changes.sensitivity_checks import SensitivityChecks, sensitivity_checks
from audit_toolkit.improvement.changes.spread import Part, Spread, spread_between
from audit_toolkit.improvement.changes.trend import compare_trend
from audit_toolkit.improvement.changes.trend_result import Trend
from audit_toolkit.improvement.changes.van_elteren import van_elteren
from audit_toolkit.improvement.changes.verdict import LABELS, adjusted_verdict, joint_sentence, label, sentence
from audit_toolkit.improvement.estimates.bounds import Bounds, ChangeBounds, change_bounds, response_bounds
from audit_toolkit.improvement.estimates.estimate import estimate_domain, estimate_mean, estimate_share, estimate_total
from audit_toolkit.improvement.estimates.estimated import Estimate
from audit_toolkit.improvement.estimates.exact_share import (
    AtMost,
    ExactShare,
    exact_stratified_interval,
    most_there_may_be,
)
from audit_toolkit.improvement.estimates.grades import GradeEstimates, estimate_grades, grade_distribution
from audit_toolkit.improvement.estimates.intervals import Interval, hypergeometric_interval, mover_interval, wilson
from audit_toolkit.improvement.estimates.ratio import estimate_ratio
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
from audit_toolkit.improvement.planning.planned import PlannedPower, planned_curve, planned_grades, planned_power
from audit_toolkit.improvement.planning.power_curve import PowerCurve, PowerPoint, power_curve
from audit_toolkit.improvement.planning.power_plot import power_figure
from audit_toolkit.improvement.planning.showing import Showing, could_show, size_table
from audit_toolkit.improvement.planning.size_plot import size_figure, table_figure
from audit_toolkit.improvement.planning.sizes import SizePoint, Sizes
from audit_toolkit.improvement.planning.sizing import MEASURES, size_to_detect, size_to_hold, size_to_know
from audit_toolkit.improvement.planning.widths import expected_half_width
from audit_toolkit.improvement.rounds.auditor_mix import other_hands
from audit_toolkit.improvement.rounds.beside import Beside, beside_verdict
from audit_toolkit.improvement.rounds.comparable import LARGE_OVERLAP, left_out
from audit_toolkit.improvement.rounds.comparison import Comparison, compare_rounds
from audit_toolkit.improvement.rounds.consistency import round_rater_error, round_spread
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
from audit_toolkit.improvement.rounds.loose_answers import KINDS
from audit_toolkit.improvement.rounds.loose_change import SampleChange, compare_loose
from audit_toolkit.improvement.rounds.loose_estimate import SampleEstimates, estimate_loose
from audit_toolkit.improvement.rounds.loose_sample import LooseSample, read_loose_sample
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
from audit_toolkit.improvement.rounds.round_power import round_power
from audit_toolkit.improvement.rounds.trend_plot import chart_figure, trend_figure
from audit_toolkit.improvement.rounds.trend_rounds import MeasuredTrend, RoundsTrend, trend_of_rounds
from audit_toolkit.improvement.rounds.watching import WatchedRound, watch_figure, watch_round

__all__ = [
    "ALL_CASES",
    "CERTAINTY",
    "CHANGE_COLUMNS",
    "CHART_KINDS",
    "CRITERION",
    "GRADE",
    "GRADES",
    "HAD_TO_BE",
    "KINDS",
    "LABELS",
    "LARGE_OVERLAP",
    "LIMIT",
    "MEASURES",
    "RATED",
    "SHARE",
    "UNREAD",
    "AfterModeration",
    "AtMost",
    "Beside",
    "Bounds",
    "Change",
    "ChangeBounds",
    "Chart",
    "Comparison",
    "Detectable",
    "Estimate",
    "ExactShare",
    "GradeEstimates",
    "GradeShare",
    "ImprovementPlan",
    "Interval",
    "Level",
    "Levels",
    "Look",
    "LooseSample",
    "Measure",
    "MeasuredChange",
    "MeasuredTrend",
    "Outcomes",
    "P",
    "Part",
    "PermutationTest",
    "Picture",
    "PlannedPower",
    "PooledTrend",
    "PowerCurve",
    "PowerPoint",
    "RaterError",
    "Recommendation",
    "RegisterChange",
    "Response",
    "Round",
    "RoundsTrend",
    "SampleChange",
    "SampleEstimates",
    "Sensitivity",
    "SensitivityChecks",
    "Showing",
    "Signal",
    "SizePoint",
    "Sizes",
    "Spread",
    "StratumResponse",
    "Trend",
    "Watched",
    "WatchedRound",
    "adjusted_verdict",
    "after_moderation",
    "benjamini_hochberg",
    "beside_verdict",
    "by_moderation",
    "certainty_found",
    "change_bounds",
    "change_figure",
    "chart_figure",
    "cochran_armitage",
    "compare_grades",
    "compare_loose",
    "compare_means",
    "compare_rounds",
    "compare_shares",
    "compare_trend",
    "could_show",
    "count_figures",
    "detectable_grades",
    "detectable_share",
    "due_date",
    "estimate_domain",
    "estimate_grades",
    "estimate_loose",
    "estimate_mean",
    "estimate_ratio",
    "estimate_share",
    "estimate_total",
    "even_grades",
    "exact_stratified_interval",
    "expected_half_width",
    "good_word",
    "grade_distribution",
    "grades_found",
    "headline",
    "holm",
    "hypergeometric_interval",
    "joint_sentence",
    "label",
    "left_out",
    "limits_fired",
    "load_improvement_plan",
    "mantel_haenszel",
    "measures_of",
    "most_there_may_be",
    "mover_interval",
    "other_hands",
    "p_chart",
    "paired_shares",
    "permutation_test",
    "planned_curve",
    "planned_grades",
    "planned_power",
    "power_curve",
    "power_figure",
    "rater_error",
    "read_loose_sample",
    "read_response",
    "read_round",
    "register_change",
    "response_bounds",
    "rests_on",
    "round_levels",
    "round_power",
    "round_rater_error",
    "round_spread",
    "rule_sources",
    "sensitivity_checks",
    "sentence",
    "share_figures",
    "size_figure",
    "size_table",
    "size_to_detect",
    "size_to_hold",
    "size_to_know",
    "spread_between",
    "table_figure",
    "trend_figure",
    "trend_of_rounds",
    "two_phase_share",
    "unread_sentence",
    "unread_sentences",
    "van_elteren",
    "watch_figure",
    "watch_round",
    "watch_share",
    "weigh_response",
    "why_no_interval",
    "wilson",
    "xmr_chart",
]
