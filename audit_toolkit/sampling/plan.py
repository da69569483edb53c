"""The plan of a round: what was decided before drawing, read from plan.yaml."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from audit_toolkit.errors import DesignError, did_you_mean, raise_if
from audit_toolkit.files import digest_of, file_digest, parse_yaml, read_text
from audit_toolkit.register import Join, Rule, StratumColumn, parse_rules, parse_strata
from audit_toolkit.sampling.allocation import METHODS
from audit_toolkit.sampling.plan_joins import plan_joins
from audit_toolkit.sampling.reader import PlanReader
from audit_toolkit.sampling.tickets import check_seed
from audit_toolkit.terms import IMPROVEMENT, PLAN_FILE, PURPOSES

PLAN_KEYS = (
    "round",
    "purpose",
    "review_date",
    "register",
    "eligible",
    "exclude",
    "stay_clear_of",
    "strata",
    "size",
    "allocation",
    "minimum",
    "maximum",
    "reserves",
    "seed",
    "auditors",
    "double_rated",
    "carry",
    "frameworks",
    "primary",
    "margin",
    "domains",
    "collapse",
    "compare_with",
    "improvement_plan",
    "clock",
    "made_up",
)
REGISTER_KEYS = ("file", "sheet", "encoding", "snapshot", "columns", "join", "ids_differ_by_case")
# Neyman and optimal allocation need a spread for each stratum, which a plan cannot state yet.
PLAN_METHODS = tuple(method for method in METHODS if method in ("proportional", "equal"))


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
    register_sheet: str | None
    register_encoding: str | None
    snapshot: datetime.date | None
    columns: Mapping[str, str]
    joins: tuple[Join, ...]
    fold_case: bool
    eligible: tuple[Rule, ...]
    exclude: tuple[Rule, ...]
    stay_clear_of: tuple[Path, ...]
    strata: tuple[StratumColumn, ...]
    size: int
    allocation: str
    minimum: int
    maximum: int | None
    reserves: int
    seed: str | None
    auditors: Path | None
    double_rated: Fraction
    carry: tuple[str, ...]
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

    def decides(self) -> Plan:
        """Give the plan without what only a report needs, which may be filled in after the draw."""
        return replace(
            self,
            text="",
            sha256="",
            carry=(),
            domains=(),
            compare_with=None,
            improvement_plan=None,
            clock=None,
            clock_start=None,
            made_up="",
        )

    def __str__(self) -> str:
        names = ", ".join(column.name for column in self.strata)
        return f"Plan of {self.round} ({self.purpose}): {self.size} cases by {names}, {self.allocation} allocation"


def plan_path(path: str | Path) -> Path:
    """Give the plan.yaml of a round folder, or the file itself."""
    path = Path(path)
    return path if path.suffix in (".yaml", ".yml") else path / PLAN_FILE


def read_plan(path: str | Path) -> Plan:
    """Read a round's plan and name everything wrong with it at once.

    Parameters
    ----------
    path : the round folder, or its plan.yaml.

    Raises
    ------
    FileError if the file is missing or not YAML. DesignError naming each unknown, missing or unfit key with
    its line and the nearest right one.
    """
    file = plan_path(path)
    return parse_plan(read_text(file), file.name, file.parent, sha256=file_digest(file))


def parse_plan(text: str, name: str, folder: Path, *, sha256: str | None = None) -> Plan:
    """Read a plan from its text, as `read_plan` does from a file; `sha256` is that of the file it came from."""
    document = parse_yaml(text, name)
    top, register = PlanReader(document), PlanReader(document, ("register",))
    top.only(PLAN_KEYS)
    if not register.values:
        top.refuse("register", "register is missing", "Add register: {file: register.csv}.")
    register.only(REGISTER_KEYS)
    plan = _plan(top, register, folder, text)
    raise_if([*top.problems, *register.problems], DesignError)
    return replace(plan, sha256=sha256) if sha256 is not None else plan


def _plan(top: PlanReader, register: PlanReader, folder: Path, text: str) -> Plan:
    strata, wrong_strata = parse_strata(top.values.get("strata"), top.place("strata"))
    top.problems += wrong_strata
    clock, clock_start = _clock(top)
    frameworks = top.texts("frameworks")
    minimum, maximum = top.whole("minimum", lowest=1, default=2), _maximum(top)
    return Plan(
        folder=folder,
        text=text,
        sha256=digest_of(text.encode("utf-8")),
        round=top.text("round", needed=True),
        purpose=top.choice("purpose", PURPOSES, IMPROVEMENT),
        review_date=top.date("review_date"),
        register_file=folder / register.text("file", needed=bool(register.values)),
        register_sheet=register.text("sheet") or None,
        register_encoding=register.text("encoding") or None,
        snapshot=register.date("snapshot"),
        columns=register.mapping("columns"),
        joins=plan_joins(register, folder),
        fold_case=not register.yes("ids_differ_by_case"),
        eligible=_rules(top, "eligible"),
        exclude=_rules(top, "exclude"),
        stay_clear_of=tuple(folder / each for each in top.texts("stay_clear_of")),
        strata=strata,
        size=_size(top),
        allocation=top.choice("allocation", PLAN_METHODS, "proportional"),
        minimum=minimum,
        maximum=maximum,
        reserves=top.whole("reserves", lowest=0, default=0),
        seed=_seed(top),
        auditors=_path(top, "auditors", folder),
        double_rated=top.share("double_rated", Fraction(0)) or Fraction(0),
        carry=top.texts("carry"),
        frameworks=frameworks,
        primary=_primary(top, frameworks),
        margin=top.share("margin", None),
        domains=_domains(top, strata) or tuple(column.name for column in strata),
        collapse=top.mapping("collapse"),
        compare_with=_path(top, "compare_with", folder),
        improvement_plan=top.text("improvement_plan") or None,
        clock=clock,
        clock_start=clock_start,
        made_up=top.text("made_up"),
    )


def _path(top: PlanReader, key: str, folder: Path) -> Path | None:
    text = top.text(key)
    return folder / text if text else None


def _maximum(top: PlanReader) -> int | None:
    maximum = top.optional_whole("maximum", lowest=1)
    minimum = top.values.get("minimum")
    if maximum is not None and isinstance(minimum, int) and maximum < minimum:
        what = f"maximum: {maximum} is below minimum: {minimum}"
        top.refuse("maximum", what, "Raise the one or lower the other.")
    return maximum


def _domains(top: PlanReader, strata: Sequence[StratumColumn]) -> tuple[str, ...]:
    """Take the columns to report by: stratum columns, which are all that sample.csv carries."""
    names = [column.name for column in strata]
    domains = top.texts("domains")
    for name in domains:
        if name not in names:
            top.refuse("domains", f'domains: "{name}" is not one of the strata', did_you_mean(name, names))
    return domains


def _size(top: PlanReader) -> int:
    if top.values.get("size") is None:
        top.refuse("size", "size is missing", "Add size: 60, or as many cases as can be read.")
    return top.whole("size", lowest=1, default=1)


def _seed(top: PlanReader) -> str | None:
    seed = top.text("seed")
    if not isinstance(top.values.get("seed"), str):
        return None
    try:
        return check_seed(seed)
    except DesignError as refused:
        problem = refused.problems[0]
        top.refuse("seed", problem.what, problem.mend)
        return None


def _primary(top: PlanReader, frameworks: Sequence[str]) -> str | None:
    primary = top.text("primary")
    if primary and primary not in frameworks:
        top.refuse("primary", f'primary: "{primary}" is not one of the frameworks', did_you_mean(primary, frameworks))
    return primary or (frameworks[0] if frameworks else None)


def _clock(top: PlanReader) -> tuple[str | None, datetime.date | None]:
    value = top.values.get("clock")
    if value is None or isinstance(value, str):
        return value or None, None
    if isinstance(value, Mapping) and len(value) == 1:
        name, start = next(iter(value.items()))
        if isinstance(start, datetime.date):
            return str(name), start
    mend = "Write clock: inspection_end, or clock: {report_publication: 2009-11-24}."
    top.refuse("clock", "clock names no event", mend)
    return None, None


def _rules(top: PlanReader, key: str) -> tuple[Rule, ...]:
    rules, problems = parse_rules(top.values.get(key), top.place(key), key)
    top.problems += problems
    return rules
