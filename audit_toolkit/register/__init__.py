"""WHO could be drawn: a register as received, and the frame of eligible units made from it."""

from __future__ import annotations

from audit_toolkit.register.eligibility import Rule, parse_rules, rule_window
from audit_toolkit.register.frame import Frame, build_frame, frame_digest
from audit_toolkit.register.ids import id_problems, suggest_id
from audit_toolkit.register.joins import Join
from audit_toolkit.register.register import Register, RegisterFile, read_register
from audit_toolkit.register.small_strata import SmallStrata
from audit_toolkit.register.strata import StratumColumn, parse_strata
from audit_toolkit.register.units import Unit

__all__ = [
    "Frame",
    "Join",
    "Register",
    "RegisterFile",
    "Rule",
    "SmallStrata",
    "StratumColumn",
    "Unit",
    "build_frame",
    "frame_digest",
    "id_problems",
    "parse_rules",
    "parse_strata",
    "read_register",
    "rule_window",
    "suggest_id",
]
