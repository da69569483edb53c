"""Case audits: a sample nobody can dispute, scores two people can agree on, a verdict as right as it says.

    import audit_toolkit as at

    register -> at.read_register, at.build_frame            WHO could be drawn
    sampling -> at.allocate, at.draw_sample, at.verify_round WHICH cases, rated by whom
    scoring  -> at.read_ratings, at.score_cases             HOW GOOD each case is
    improvement -> at.compare_rounds, at.compare_shares     HAS it got better
    reporting -> at.write_report                            SAY so

Names are loaded when they are first used, so that `import audit_toolkit` and `audit-toolkit --help` answer at once;
__init__.pyi has them with their types.
"""

from __future__ import annotations

import importlib

from audit_toolkit.terms import VERSION

__version__ = VERSION

# The public names of each room, and of the errors.
_ROOMS = {
    "errors": ("AuditError ChangeError DesignError FileError FrameworkError Place Problem RatingError RegisterError"),
    "register": (
        "Bands Frame Register RegisterCheck SmallStrata Unit build_frame check_register read_register suggest_bands"
    ),
    "sampling": (
        "Extended LoggedSample MultivariateAllocation Plan PlannedReview Reassigned Reaudited Receipt "
        "Replaced Sample allocate allocate_multivariate assign_auditors check_sample draw_round draw_sample "
        "extend_sample find_case most_exceptions plan_review read_logged_sample read_plan read_receipt "
        "read_sample reassign replace_case size_for_change size_for_exceptions size_for_margin ticket "
        "verify_receipt verify_round"
    ),
    "scoring": (
        "Agreement BulkScores Collected Drift Framework Moderation Overrides RatedRound "
        "Ratings RegisterTimeliness RoundAgreement Scores add_working_days agreement auditor_drift "
        "collect_ratings load_framework loose_agreement moderated_scores override_band panel_pack read_events "
        "read_facts read_moderation read_overrides read_rated_round read_ratings readings_of "
        "register_timeliness round_agreement score_cases score_parquet settle write_workbooks"
    ),
    "improvement": (
        "AfterModeration AtMost Beside Change Chart Comparison Estimate ExactShare GradeEstimates Levels "
        "LooseSample PermutationTest PowerCurve RaterError Round RoundsTrend SampleChange SampleEstimates "
        "Sensitivity SensitivityChecks Spread Trend Watched WatchedRound after_moderation beside_verdict "
        "change_bounds chart_figure cochran_armitage compare_grades compare_loose compare_means compare_rounds "
        "compare_shares compare_trend estimate_domain estimate_grades estimate_loose estimate_mean estimate_ratio "
        "estimate_share estimate_total exact_stratified_interval load_improvement_plan mantel_haenszel "
        "most_there_may_be p_chart paired_shares permutation_test power_curve rater_error read_loose_sample "
        "read_round response_bounds round_levels round_power round_rater_error round_spread sensitivity_checks "
        "size_table size_to_detect size_to_hold size_to_know spread_between trend_of_rounds van_elteren "
        "watch_round watch_share weigh_response xmr_chart"
    ),
    "reporting": "write_report write_sample_statement",
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names.split()}
__all__ = sorted(["__version__", *_HOME])


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(f"audit_toolkit.{_HOME[name]}"), name)
    raise AttributeError(f"module 'audit_toolkit' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
