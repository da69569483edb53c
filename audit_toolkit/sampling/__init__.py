"""WHICH cases, rated by whom: allocation, tickets, the draw, its receipt and its verification."""

from __future__ import annotations

from audit_toolkit.sampling.allocation import ExactShare, allocate, exact_shares
from audit_toolkit.sampling.applied_log import apply_log
from audit_toolkit.sampling.assign import assign_auditors
from audit_toolkit.sampling.auditors import Auditor, read_auditors
from audit_toolkit.sampling.compare_sample import check_sample
from audit_toolkit.sampling.dispositions import unread_apart
from audit_toolkit.sampling.draw import Sample, draw_sample
from audit_toolkit.sampling.drawn_again import only_cases, sealed_review, with_details
from audit_toolkit.sampling.exception_count import most_exceptions, size_for_exceptions
from audit_toolkit.sampling.extend import Extended, extend_sample
from audit_toolkit.sampling.log import EXTENDED, LogEntry, log_bytes, read_log
from audit_toolkit.sampling.logged_sample import LoggedSample, read_logged_sample
from audit_toolkit.sampling.moderation_rule import ModerationRule, chosen_share, moderation_seed
from audit_toolkit.sampling.multivariate import MultivariateAllocation, allocate_multivariate
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_design import AllocationInputs
from audit_toolkit.sampling.plan_file import parse_plan, plan_path, read_plan
from audit_toolkit.sampling.planned_register import read_planned_register
from audit_toolkit.sampling.pseudonyms import pseudonymise, read_key, revealed
from audit_toolkit.sampling.raters import Raters, read_raters
from audit_toolkit.sampling.reader import read_share
from audit_toolkit.sampling.reassign import reassign
from audit_toolkit.sampling.reassigned import MovedReading, Reassigned, away_auditors
from audit_toolkit.sampling.reaudit import Reaudited, reaudit_counts
from audit_toolkit.sampling.receipt import SEED_AFTER, SEED_GIVEN, SEED_RANDOM, Receipt, make_receipt, read_receipt
from audit_toolkit.sampling.replace import Replaced, find_case, replace_case
from audit_toolkit.sampling.review import (
    PlannedReview,
    commitment_bytes,
    draw_round,
    plan_review,
)
from audit_toolkit.sampling.sample_file import (
    read_sample,
    sample_bytes,
    sample_sha256,
    stratum_columns,
)
from audit_toolkit.sampling.sealed_limits import limits_problems
from audit_toolkit.sampling.size import (
    SampleSize,
    percent,
    points,
    size_for_change,
    size_for_grades,
    size_for_margin,
    size_for_no_worse,
)
from audit_toolkit.sampling.speaks_for import speaks_for
from audit_toolkit.sampling.tickets import ticket, tickets
from audit_toolkit.sampling.verify import (
    RoundCheck,
    assignment_notes,
    check_round,
    standalone_path,
    verify_receipt,
    verify_round,
)
from audit_toolkit.sampling.workload import Load, hours_short, workload

__all__ = [
    "EXTENDED",
    "SEED_AFTER",
    "SEED_GIVEN",
    "SEED_RANDOM",
    "AllocationInputs",
    "Auditor",
    "ExactShare",
    "Extended",
    "Load",
    "LogEntry",
    "LoggedSample",
    "ModerationRule",
    "MovedReading",
    "MultivariateAllocation",
    "Plan",
    "PlannedReview",
    "Raters",
    "Reassigned",
    "Reaudited",
    "Receipt",
    "Replaced",
    "RoundCheck",
    "Sample",
    "SampleSize",
    "allocate",
    "allocate_multivariate",
    "apply_log",
    "assign_auditors",
    "assignment_notes",
    "away_auditors",
    "check_round",
    "check_sample",
    "chosen_share",
    "commitment_bytes",
    "draw_round",
    "draw_sample",
    "exact_shares",
    "extend_sample",
    "find_case",
    "hours_short",
    "limits_problems",
    "log_bytes",
    "make_receipt",
    "moderation_seed",
    "most_exceptions",
    "only_cases",
    "parse_plan",
    "percent",
    "plan_path",
    "plan_review",
    "points",
    "pseudonymise",
    "read_auditors",
    "read_key",
    "read_log",
    "read_logged_sample",
    "read_plan",
    "read_planned_register",
    "read_raters",
    "read_receipt",
    "read_sample",
    "read_share",
    "reassign",
    "reaudit_counts",
    "replace_case",
    "revealed",
    "sample_bytes",
    "sample_sha256",
    "sealed_review",
    "size_for_change",
    "size_for_exceptions",
    "size_for_grades",
    "size_for_margin",
    "size_for_no_worse",
    "speaks_for",
    "standalone_path",
    "stratum_columns",
    "ticket",
    "tickets",
    "unread_apart",
    "verify_receipt",
    "verify_round",
    "with_details",
    "workload",
]
