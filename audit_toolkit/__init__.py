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
        round_levels,
    )
    from audit_toolkit.register import Frame, Register, build_frame, read_register
    from audit_toolkit.reporting import write_report
    from audit_toolkit.sampling import (
        Plan,
        PlannedReview,
        Receipt,
        Sample,
        allocate,
        assign_auditors,
        draw_round,
        draw_sample,
        plan_review,
        read_plan,
        read_receipt,
        read_sample,
        ticket,
        verify_receipt,
        verify_round,
    )
    from audit_toolkit.scoring import (
        Agreement,
        Collected,
        Framework,
        Ratings,
        Scores,
        add_working_days,
        agreement,
        collect_ratings,
        load_framework,
        read_facts,
        read_ratings,
        score_cases,
        write_workbooks,
    )

__version__ = VERSION

_ROOMS = {
    "register": ("Frame", "Register", "build_frame", "read_register"),
    "sampling": (
        "Plan",
        "PlannedReview",
        "Receipt",
        "Sample",
        "allocate",
        "assign_auditors",
        "draw_round",
        "draw_sample",
        "plan_review",
        "read_plan",
        "read_receipt",
        "read_sample",
        "ticket",
        "verify_receipt",
        "verify_round",
    ),
    "scoring": (
        "Agreement",
        "Collected",
        "Framework",
        "Ratings",
        "Scores",
        "add_working_days",
        "agreement",
        "collect_ratings",
        "load_framework",
        "read_facts",
        "read_ratings",
        "score_cases",
        "write_workbooks",
    ),
    "improvement": (
        "Change",
        "Comparison",
        "Estimate",
        "Levels",
        "Round",
        "compare_grades",
        "compare_means",
        "compare_rounds",
        "compare_shares",
        "estimate_domain",
        "estimate_mean",
        "estimate_share",
        "estimate_total",
        "load_improvement_plan",
        "read_round",
        "round_levels",
    ),
    "reporting": ("write_report",),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(f"audit_toolkit.{_HOME[name]}"), name)
    raise AttributeError(f"module 'audit_toolkit' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "Agreement",
    "AuditError",
    "Change",
    "ChangeError",
    "Collected",
    "Comparison",
    "DesignError",
    "Estimate",
    "FileError",
    "Frame",
    "Framework",
    "FrameworkError",
    "Levels",
    "Place",
    "Plan",
    "PlannedReview",
    "Problem",
    "RatingError",
    "Ratings",
    "Receipt",
    "Register",
    "RegisterError",
    "Round",
    "Sample",
    "Scores",
    "__version__",
    "add_working_days",
    "agreement",
    "allocate",
    "assign_auditors",
    "build_frame",
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
    "load_framework",
    "load_improvement_plan",
    "plan_review",
    "read_facts",
    "read_plan",
    "read_ratings",
    "read_receipt",
    "read_register",
    "read_round",
    "read_sample",
    "round_levels",
    "score_cases",
    "ticket",
    "verify_receipt",
    "verify_round",
    "write_report",
    "write_workbooks",
]
