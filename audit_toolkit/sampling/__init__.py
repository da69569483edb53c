"""WHICH cases, rated by whom: allocation, tickets, the draw, its receipt and its verification."""

from __future__ import annotations

from audit_toolkit.sampling.allocation import ExactShare, allocate, exact_shares
from audit_toolkit.sampling.assign import assign_auditors
from audit_toolkit.sampling.auditors import Auditor, read_auditors
from audit_toolkit.sampling.draw import Sample, draw_sample
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_file import parse_plan, plan_path, read_plan
from audit_toolkit.sampling.receipt import SEED_AFTER, SEED_GIVEN, SEED_RANDOM, Receipt, make_receipt, read_receipt
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
from audit_toolkit.sampling.tickets import ticket, tickets
from audit_toolkit.sampling.verify import verify_receipt, verify_round

__all__ = [
    "SEED_AFTER",
    "SEED_GIVEN",
    "SEED_RANDOM",
    "Auditor",
    "ExactShare",
    "Plan",
    "PlannedReview",
    "Receipt",
    "Sample",
    "allocate",
    "assign_auditors",
    "commitment_bytes",
    "draw_round",
    "draw_sample",
    "exact_shares",
    "make_receipt",
    "parse_plan",
    "plan_path",
    "plan_review",
    "read_auditors",
    "read_plan",
    "read_receipt",
    "read_sample",
    "sample_bytes",
    "sample_sha256",
    "stratum_columns",
    "ticket",
    "tickets",
    "verify_receipt",
    "verify_round",
]
