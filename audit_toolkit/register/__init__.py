"""WHO could be drawn: a register as received, and the frame of eligible units made from it."""

from __future__ import annotations

from audit_toolkit.register.apart import MUST_AUDIT, list_problems
from audit_toolkit.register.bands import Bands, suggest_bands
from audit_toolkit.register.check import RegisterCheck, check_register
from audit_toolkit.register.chosen import chosen_frame
from audit_toolkit.register.eligibility import Rule, parse_rules, rule_window
from audit_toolkit.register.eligible import eligible_cases
from audit_toolkit.register.frame import Frame, build_frame, frame_digest
from audit_toolkit.register.ids import id_problems, suggest_id, suggest_ids, sum_notes, total_row_problems, total_rows
from audit_toolkit.register.joins import Join
from audit_toolkit.register.profile import spellings_alike
from audit_toolkit.register.register import Register, RegisterFile, read_register
from audit_toolkit.register.small_strata import SmallStrata, join_small
from audit_toolkit.register.strata import StratumColumn, parse_strata
from audit_toolkit.register.typed_ids import typed_id_problems
from audit_toolkit.register.units import BETWEEN, CHILD, CHILDREN, Unit

__all__ = [
    "BETWEEN",
    "CHILD",
    "CHILDREN",
    "MUST_AUDIT",
    "Bands",
    "Frame",
    "Join",
    "Register",
    "RegisterCheck",
    "RegisterFile",
    "Rule",
    "SmallStrata",
    "StratumColumn",
    "Unit",
    "build_frame",
    "check_register",
    "chosen_frame",
    "eligible_cases",
    "frame_digest",
    "id_problems",
    "join_small",
    "list_problems",
    "parse_rules",
    "parse_strata",
    "read_register",
    "rule_window",
    "spellings_alike",
    "suggest_bands",
    "suggest_id",
    "suggest_ids",
    "sum_notes",
    "total_row_problems",
    "total_rows",
    "typed_id_problems",
]
