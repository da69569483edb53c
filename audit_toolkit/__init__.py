"""Case audits: a sample nobody can dispute, scores two people can agree on, a verdict as right as it says.

    import audit_toolkit as at

    register -> at.read_register, at.build_frame            WHO could be drawn
    sampling -> at.allocate, at.draw_sample, at.verify_round WHICH cases, rated by whom
    scoring  -> at.read_ratings, at.score_cases             HOW GOOD each case is
    improvement -> at.compare_rounds, at.compare_shares     HAS it got better
    reporting -> at.write_report                            SAY so

Names are loaded when they are first used, so that `import audit_toolkit` and `audit-toolkit --help` answer at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from audit_toolkit.errors import (
    AuditError,
    ChangeError,
    DesignError,
    FileError,
    FrameworkError,
    Place,
    Problem,
    RatingError,
    RegisterError,
)
from audit_toolkit.terms import VERSION

if TYPE_CHECKING:
    from audit_toolkit.improvement import (
        Change,
        Comparison,
        Estimate,
        Levels,
        Round,
        change_bounds,
        compare_grades,
        compare_means,
        compare_rounds,
        compare_shares,
        estimate_domain,
        estimate_mean,
        estimate_share,
        estimate_total,
        load_improvement_plan,
        read_round,
        response_bounds,
        round_levels,
        size_table,
        size_to_detect,
        size_to_hold,
        size_to_know,
        weigh_response,
    )
    from audit_toolkit.register import (
        Bands,
        Frame,
        Register,
        RegisterCheck,
        SmallStrata,
        Unit,
        build_frame,
        check_register,
        read_register,
        suggest_bands,
    )
    from audit_toolkit.reporting import write_report, write_sample_statement
    from audit_toolkit.sampling import (
        Extended,
        LoggedSample,
        MultivariateAllocation,
        Plan,
        PlannedReview,
        Reassigned,
        Reaudited,
        Receipt,
        Replaced,
        Sample,
        allocate,
        allocate_multivariate,
        assign_auditors,
        check_sample,
        draw_round,
        draw_sample,
        extend_sample,
        find_case,
        most_exceptions,
        plan_review,
        read_logged_sample,
        read_plan,
        read_receipt,
        read_sample,
        reassign,
        replace_case,
        size_for_change,
        size_for_exceptions,
        size_for_margin,
        ticket,
        verify_receipt,
        verify_round,
    )
    from audit_toolkit.scoring import (
        Agreement,
        BulkScores,
        Collected,
        Framework,
        Ratings,
        RegisterTimeliness,
        Scores,
        add_working_days,
        agreement,
        collect_ratings,
        load_framework,
        read_events,
        read_facts,
        read_ratings,
        register_timeliness,
        score_cases,
        score_parquet,
        write_workbooks,
    )

__version__ = VERSION

# The public names of each room.
_ROOMS = {
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
        "Agreement BulkScores Collected Framework Ratings RegisterTimeliness Scores add_working_days agreement "
        "collect_ratings load_framework read_events read_facts read_ratings register_timeliness score_cases "
        "score_parquet write_workbooks"
    ),
    "improvement": (
        "Change Comparison Estimate Levels Round change_bounds compare_grades compare_means compare_rounds "
        "compare_shares estimate_domain estimate_mean estimate_share estimate_total load_improvement_plan "
        "read_round response_bounds round_levels size_table size_to_detect size_to_hold weigh_response "
        "size_to_know"
    ),
    "reporting": "write_report write_sample_statement",
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names.split()}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(f"audit_toolkit.{_HOME[name]}"), name)
    raise AttributeError(f"module 'audit_toolkit' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "Agreement",
    "AuditError",
    "Bands",
    "BulkScores",
    "Change",
    "ChangeError",
    "Collected",
    "Comparison",
    "DesignError",
    "Estimate",
    "Extended",
    "FileError",
    "Frame",
    "Framework",
    "FrameworkError",
    "Levels",
    "LoggedSample",
    "MultivariateAllocation",
    "Place",
    "Plan",
    "PlannedReview",
    "Problem",
    "RatingError",
    "Ratings",
    "Reassigned",
    "Reaudited",
    "Receipt",
    "Register",
    "RegisterCheck",
    "RegisterError",
    "RegisterTimeliness",
    "Replaced",
    "Round",
    "Sample",
    "Scores",
    "SmallStrata",
    "Unit",
    "__version__",
    "add_working_days",
    "agreement",
    "allocate",
    "allocate_multivariate",
    "assign_auditors",
    "build_frame",
    "change_bounds",
    "check_register",
    "check_sample",
    "collect_ratings",
    "compare_grades",
    "compare_means",
    "compare_rounds",
    "compare_shares",
    "draw_round",
    "draw_sample",
    "estimate_domain",
    "estimate_mean",
    "estimate_share",
    "estimate_total",
    "extend_sample",
    "find_case",
    "load_framework",
    "load_improvement_plan",
    "most_exceptions",
    "plan_review",
    "read_events",
    "read_facts",
    "read_logged_sample",
    "read_plan",
    "read_ratings",
    "read_receipt",
    "read_register",
    "read_round",
    "read_sample",
    "reassign",
    "register_timeliness",
    "replace_case",
    "response_bounds",
    "round_levels",
    "score_cases",
    "score_parquet",
    "size_for_change",
    "size_for_exceptions",
    "size_for_margin",
    "size_table",
    "size_to_detect",
    "size_to_hold",
    "size_to_know",
    "suggest_bands",
    "ticket",
    "verify_receipt",
    "verify_round",
    "weigh_response",
    "write_report",
    "write_sample_statement",
    "write_workbooks",
]
