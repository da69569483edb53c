"""The plan of a round: what was decided before drawing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from audit_toolkit.register import Join, Rule, SmallStrata, StratumColumn, Unit
from audit_toolkit.sampling.moderation_rule import ModerationRule
from audit_toolkit.sampling.plan_design import AllocationInputs, Reaudit


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided before drawing. Paths are resolved from the plan's own folder.

    `text` is the file as read, without a byte-order mark; `sha256` the digest of its bytes.
    """

    folder: Path
    text: str
    sha256: str
    round: str
    purpose: str
    review_date: datetime.date | None
    register_file: Path
    register_url: str | None
    register_sheet: str | None
    register_table: str | None
    header_row: int
    preset: str | None
    register_encoding: str | None
    register_delimiter: str | None
    snapshot: datetime.date | None
    columns: Mapping[str, str]
    joins: tuple[Join, ...]
    fold_case: bool
    eligible: tuple[Rule, ...]
    exclude: tuple[Rule, ...]
    stay_clear_of: tuple[Path, ...]
    strata: tuple[StratumColumn, ...]
    size: int | None
    allocation: str
    inputs: AllocationInputs
    minimum: int
    maximum: int | None
    reserves: int
    seed: str | None
    auditors: Path | None
    double_rated: Fraction
    carry: tuple[str, ...]
    language: str
    frameworks: tuple[str, ...]
    primary: str | None
    margin: Fraction | None
    domains: tuple[str, ...]
    collapse: Mapping[str, str]
    compare_with: Path | None
    improvement_plan: str | None
    clock: str | None
    clock_start: datetime.date | None
    made_up: str
    stay_clear_months: int | None = None
    reaudit: Reaudit | None = None
    must_audit: Path | None = None
    chosen: Path | None = None
    unit: Unit | None = None
    small_strata: SmallStrata | None = None
    hours_a_case: Fraction | None = None
    conflicts: tuple[str, ...] = ("team",)
    restricted: str | None = None
    timescales: Path | None = None
    moderation: ModerationRule | None = None
    cut_off: datetime.date | None = None

    def decides(self) -> Plan:
        """Give the plan without what only a report needs, which may be filled in after the draw."""
        return replace(
            self,
            text="",
            sha256="",
            carry=(),
            language="",
            hours_a_case=None,
            domains=(),
            compare_with=None,
            improvement_plan=None,
            clock=None,
            clock_start=None,
            made_up="",
        )

    def __str__(self) -> str:
        names = ", ".join(column.name for column in self.strata)
        many = "as many as it takes" if self.size is None else str(self.size)
        return f"Plan of {self.round} ({self.purpose}): {many} cases by {names}, {self.allocation} allocation"
