"""The public names with their types, for editors and type checkers; __init__.py loads them when they are used."""

from audit_toolkit.errors import (
    AuditError as AuditError,
)
from audit_toolkit.errors import (
    ChangeError as ChangeError,
)
from audit_toolkit.errors import (
    DesignError as DesignError,
)
from audit_toolkit.errors import (
    FileError as FileError,
)
from audit_toolkit.errors import (
    FrameworkError as FrameworkError,
)
from audit_toolkit.errors import (
    Place as Place,
)
from audit_toolkit.errors import (
    Problem as Problem,
)
from audit_toolkit.errors import (
    RatingError as RatingError,
)
from audit_toolkit.errors import (
    RegisterError as RegisterError,
)
from audit_toolkit.improvement import (
    AfterModeration as AfterModeration,
)
from audit_toolkit.improvement import (
    AtMost as AtMost,
)
from audit_toolkit.improvement import (
    Beside as Beside,
)
from audit_toolkit.improvement import (
    Change as Change,
)
from audit_toolkit.improvement import (
    Chart as Chart,
)
from audit_toolkit.improvement import (
    Comparison as Comparison,
)
from audit_toolkit.improvement import (
    Estimate as Estimate,
)
from audit_toolkit.improvement import (
    ExactShare as ExactShare,
)
from audit_toolkit.improvement import (
    GradeEstimates as GradeEstimates,
)
from audit_toolkit.improvement import (
    Levels as Levels,
)
from audit_toolkit.improvement import (
    LooseSample as LooseSample,
)
from audit_toolkit.improvement import (
    PermutationTest as PermutationTest,
)
from audit_toolkit.improvement import (
    PowerCurve as PowerCurve,
)
from audit_toolkit.improvement import (
    RaterError as RaterError,
)
from audit_toolkit.improvement import (
    Round as Round,
)
from audit_toolkit.improvement import (
    RoundsTrend as RoundsTrend,
)
from audit_toolkit.improvement import (
    SampleChange as SampleChange,
)
from audit_toolkit.improvement import (
    SampleEstimates as SampleEstimates,
)
from audit_toolkit.improvement import (
    Sensitivity as Sensitivity,
)
from audit_toolkit.improvement import (
    SensitivityChecks as SensitivityChecks,
)
from audit_toolkit.improvement import (
    Spread as Spread,
)
from audit_toolkit.improvement import (
    Trend as Trend,
)
from audit_toolkit.improvement import (
    Watched as Watched,
)
from audit_toolkit.improvement import (
    WatchedRound as WatchedRound,
)
from audit_toolkit.improvement import (
    after_moderation as after_moderation,
)
from audit_toolkit.improvement import (
    beside_verdict as beside_verdict,
)
from audit_toolkit.improvement import (
    change_bounds as change_bounds,
)
from audit_toolkit.improvement import (
    chart_figure as chart_figure,
)
from audit_toolkit.improvement import (
    cochran_armitage as cochran_armitage,
)
from audit_toolkit.improvement import (
    compare_grades as compare_grades,
)
from audit_toolkit.improvement import (
    compare_loose as compare_loose,
)
from audit_toolkit.improvement import (
    compare_means as compare_means,
)
from audit_toolkit.improvement import (
    compare_rounds as compare_rounds,
)
from audit_toolkit.improvement import (
    compare_shares as compare_shares,
)
from audit_toolkit.improvement import (
    compare_trend as compare_trend,
)
from audit_toolkit.improvement import (
    estimate_domain as estimate_domain,
)
from audit_toolkit.improvement import (
    estimate_grades as estimate_grades,
)
from audit_toolkit.improvement import (
    estimate_loose as estimate_loose,
)
from audit_toolkit.improvement import (
    estimate_mean as estimate_mean,
)
from audit_toolkit.improvement import (
    estimate_ratio as estimate_ratio,
)
from audit_toolkit.improvement import (
    estimate_share as estimate_share,
)
from audit_toolkit.improvement import (
    estimate_total as estimate_total,
)
from audit_toolkit.improvement import (
    exact_stratified_interval as exact_stratified_interval,
)
from audit_toolkit.improvement import (
    load_improvement_plan as load_improvement_plan,
)
from audit_toolkit.improvement import (
    mantel_haenszel as mantel_haenszel,
)
from audit_toolkit.improvement import (
    most_there_may_be as most_there_may_be,
)
from audit_toolkit.improvement import (
    p_chart as p_chart,
)
from audit_toolkit.improvement import (
    paired_shares as paired_shares,
)
from audit_toolkit.improvement import (
    permutation_test as permutation_test,
)
from audit_toolkit.improvement import (
    power_curve as power_curve,
)
from audit_toolkit.improvement import (
    rater_error as rater_error,
)
from audit_toolkit.improvement import (
    read_loose_sample as read_loose_sample,
)
from audit_toolkit.improvement import (
    read_round as read_round,
)
from audit_toolkit.improvement import (
    response_bounds as response_bounds,
)
from audit_toolkit.improvement import (
    round_levels as round_levels,
)
from audit_toolkit.improvement import (
    round_power as round_power,
)
from audit_toolkit.improvement import (
    round_rater_error as round_rater_error,
)
from audit_toolkit.improvement import (
    round_spread as round_spread,
)
from audit_toolkit.improvement import (
    sensitivity_checks as sensitivity_checks,
)
from audit_toolkit.improvement import (
    size_table as size_table,
)
from audit_toolkit.improvement import (
    size_to_detect as size_to_detect,
)
from audit_toolkit.improvement import (
    size_to_hold as size_to_hold,
)
from audit_toolkit.improvement import (
    size_to_know as size_to_know,
)
from audit_toolkit.improvement import (
    spread_between as spread_between,
)
from audit_toolkit.improvement import (
    trend_of_rounds as trend_of_rounds,
)
from audit_toolkit.improvement import (
    van_elteren as van_elteren,
)
from audit_toolkit.improvement import (
    watch_round as watch_round,
)
from audit_toolkit.improvement import (
    watch_share as watch_share,
)
from audit_toolkit.improvement import (
    weigh_response as weigh_response,
)
from audit_toolkit.improvement import (
    xmr_chart as xmr_chart,
)
from audit_toolkit.register import (
    Bands as Bands,
)
from audit_toolkit.register import (
    Frame as Frame,
)
from audit_toolkit.register import (
    Register as Register,
)
from audit_toolkit.register import (
    RegisterCheck as RegisterCheck,
)
from audit_toolkit.register import (
    SmallStrata as SmallStrata,
)
from audit_toolkit.register import (
    Unit as Unit,
)
from audit_toolkit.register import (
    build_frame as build_frame,
)
from audit_toolkit.register import (
    check_register as check_register,
)
from audit_toolkit.register import (
    read_register as read_register,
)
from audit_toolkit.register import (
    suggest_bands as suggest_bands,
)
from audit_toolkit.reporting import write_report as write_report
from audit_toolkit.reporting import write_sample_statement as write_sample_statement
from audit_toolkit.sampling import (
    Extended as Extended,
)
from audit_toolkit.sampling import (
    LoggedSample as LoggedSample,
)
from audit_toolkit.sampling import (
    MultivariateAllocation as MultivariateAllocation,
)
from audit_toolkit.sampling import (
    Plan as Plan,
)
from audit_toolkit.sampling import (
    PlannedReview as PlannedReview,
)
from audit_toolkit.sampling import (
    Reassigned as Reassigned,
)
from audit_toolkit.sampling import (
    Reaudited as Reaudited,
)
from audit_toolkit.sampling import (
    Receipt as Receipt,
)
from audit_toolkit.sampling import (
    Replaced as Replaced,
)
from audit_toolkit.sampling import (
    Sample as Sample,
)
from audit_toolkit.sampling import (
    allocate as allocate,
)
from audit_toolkit.sampling import (
    allocate_multivariate as allocate_multivariate,
)
from audit_toolkit.sampling import (
    assign_auditors as assign_auditors,
)
from audit_toolkit.sampling import (
    check_sample as check_sample,
)
from audit_toolkit.sampling import (
    draw_round as draw_round,
)
from audit_toolkit.sampling import (
    draw_sample as draw_sample,
)
from audit_toolkit.sampling import (
    extend_sample as extend_sample,
)
from audit_toolkit.sampling import (
    find_case as find_case,
)
from audit_toolkit.sampling import (
    most_exceptions as most_exceptions,
)
from audit_toolkit.sampling import (
    plan_review as plan_review,
)
from audit_toolkit.sampling import (
    read_logged_sample as read_logged_sample,
)
from audit_toolkit.sampling import (
    read_plan as read_plan,
)
from audit_toolkit.sampling import (
    read_receipt as read_receipt,
)
from audit_toolkit.sampling import (
    read_sample as read_sample,
)
from audit_toolkit.sampling import (
    reassign as reassign,
)
from audit_toolkit.sampling import (
    replace_case as replace_case,
)
from audit_toolkit.sampling import (
    size_for_change as size_for_change,
)
from audit_toolkit.sampling import (
    size_for_exceptions as size_for_exceptions,
)
from audit_toolkit.sampling import (
    size_for_margin as size_for_margin,
)
from audit_toolkit.sampling import (
    ticket as ticket,
)
from audit_toolkit.sampling import (
    verify_receipt as verify_receipt,
)
from audit_toolkit.sampling import (
    verify_round as verify_round,
)
from audit_toolkit.scoring import (
    Agreement as Agreement,
)
from audit_toolkit.scoring import (
    BulkScores as BulkScores,
)
from audit_toolkit.scoring import (
    Collected as Collected,
)
from audit_toolkit.scoring import (
    Drift as Drift,
)
from audit_toolkit.scoring import (
    Framework as Framework,
)
from audit_toolkit.scoring import (
    Moderation as Moderation,
)
from audit_toolkit.scoring import (
    Overrides as Overrides,
)
from audit_toolkit.scoring import (
    RatedRound as RatedRound,
)
from audit_toolkit.scoring import (
    Ratings as Ratings,
)
from audit_toolkit.scoring import (
    RegisterTimeliness as RegisterTimeliness,
)
from audit_toolkit.scoring import (
    RoundAgreement as RoundAgreement,
)
from audit_toolkit.scoring import (
    Scores as Scores,
)
from audit_toolkit.scoring import (
    add_working_days as add_working_days,
)
from audit_toolkit.scoring import (
    agreement as agreement,
)
from audit_toolkit.scoring import (
    auditor_drift as auditor_drift,
)
from audit_toolkit.scoring import (
    collect_ratings as collect_ratings,
)
from audit_toolkit.scoring import (
    load_framework as load_framework,
)
from audit_toolkit.scoring import (
    loose_agreement as loose_agreement,
)
from audit_toolkit.scoring import (
    moderated_scores as moderated_scores,
)
from audit_toolkit.scoring import (
    override_band as override_band,
)
from audit_toolkit.scoring import (
    panel_pack as panel_pack,
)
from audit_toolkit.scoring import (
    read_events as read_events,
)
from audit_toolkit.scoring import (
    read_facts as read_facts,
)
from audit_toolkit.scoring import (
    read_moderation as read_moderation,
)
from audit_toolkit.scoring import (
    read_overrides as read_overrides,
)
from audit_toolkit.scoring import (
    read_rated_round as read_rated_round,
)
from audit_toolkit.scoring import (
    read_ratings as read_ratings,
)
from audit_toolkit.scoring import (
    readings_of as readings_of,
)
from audit_toolkit.scoring import (
    register_timeliness as register_timeliness,
)
from audit_toolkit.scoring import (
    round_agreement as round_agreement,
)
from audit_toolkit.scoring import (
    score_cases as score_cases,
)
from audit_toolkit.scoring import (
    score_parquet as score_parquet,
)
from audit_toolkit.scoring import (
    settle as settle,
)
from audit_toolkit.scoring import (
    write_workbooks as write_workbooks,
)

__version__: str
