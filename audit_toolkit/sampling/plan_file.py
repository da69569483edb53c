"""Reading plan.yaml: every key of a plan, and everything wrong with it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from audit_toolkit.errors import DesignError, did_you_mean, raise_if
from audit_toolkit.files import address_holds_password, digest_of, file_digest, parse_yaml, read_text
from audit_toolkit.register import Rule, StratumColumn, parse_rules, parse_strata
from audit_toolkit.sampling.moderation_rule import plan_moderation
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_design import (
    METHOD_KEYS,
    plan_allocation_inputs,
    plan_chosen,
    plan_clock,
    plan_number,
    plan_reaudit,
    plan_small_strata,
    plan_unit,
)
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
    "stay_clear_months",
    "reaudit",
    "must_audit",
    "cases",
    "unit",
    "strata",
    "small_strata",
    "size",
    "allocation",
    "spread",
    "cost",
    "power",
    "targets",
    "take_all",
    "minimum",
    "maximum",
    "reserves",
    "seed",
    "auditors",
    "hours_a_case",
    "conflicts",
    "restricted",
    "double_rated",
    "moderation",
    "cut_off",
    "carry",
    "language",
    "frameworks",
    "primary",
    "timescales",
    "margin",
    "domains",
    "collapse",
    "compare_with",
    "improvement_plan",
    "clock",
    "made_up",
)
REGISTER_KEYS = (
    "file",
    "sheet",
    "header_row",
    "table",
    "preset",
    "encoding",
    "delimiter",
    "snapshot",
    "columns",
    "join",
    "ids_differ_by_case",
)
PLAN_METHODS = tuple(METHOD_KEYS)
PROPORTIONAL, MULTIVARIATE = "proportional", "multivariate"


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
    clock, clock_start = plan_clock(top)
    frameworks = top.texts("frameworks")
    minimum, maximum = top.whole("minimum", lowest=1, default=2), _maximum(top)
    purpose = top.choice("purpose", PURPOSES, IMPROVEMENT)
    allocation = top.choice("allocation", PLAN_METHODS, PROPORTIONAL)
    chosen = plan_chosen(top, folder, purpose)
    strata = _strata(top, chosen)
    plan = Plan(
        folder=folder,
        text=text,
        sha256=digest_of(text.encode("utf-8")),
        round=top.text("round", needed=True),
        purpose=purpose,
        review_date=top.date("review_date"),
        **_source(register, folder),
        eligible=_rules(top, "eligible"),
        exclude=_rules(top, "exclude"),
        stay_clear_of=tuple(folder / each for each in top.texts("stay_clear_of")),
        strata=strata,
        size=_size(top, allocation, chosen),
        allocation=allocation,
        inputs=plan_allocation_inputs(top, allocation),
        minimum=minimum,
        maximum=maximum,
        reserves=top.whole("reserves", lowest=0, default=0),
        seed=_seed(top),
        auditors=_path(top, "auditors", folder),
        double_rated=top.share("double_rated", Fraction(0)) or Fraction(0),
        carry=top.texts("carry"),
        language=top.text("language"),
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
    return replace(plan, chosen=chosen, **_shape(top, folder))


def _source(register: PlanReader, folder: Path) -> dict[str, Any]:
    """Take what says where the case records are and how they are read."""
    return {
        "register_file": folder / register.text("file", needed=bool(register.values)),
        "register_url": _url(register),
        "register_sheet": register.text("sheet") or None,
        "register_table": register.text("table") or None,
        "header_row": register.whole("header_row", lowest=1, default=1),
        "preset": register.text("preset") or None,
        "register_encoding": register.text("encoding") or None,
        "register_delimiter": register.text("delimiter") or None,
        "snapshot": register.date("snapshot"),
        "columns": register.mapping("columns"),
        "joins": plan_joins(register, folder),
        "fold_case": not register.yes("ids_differ_by_case"),
    }


def _shape(top: PlanReader, folder: Path) -> dict[str, Any]:
    """Take the keys that a plain plan does without: units, earlier rounds, lists, and who may read what."""
    return {
        "stay_clear_months": top.optional_whole("stay_clear_months", lowest=1),
        "reaudit": plan_reaudit(top, folder),
        "must_audit": _path(top, "must_audit", folder),
        "unit": plan_unit(top),
        "small_strata": plan_small_strata(top),
        "hours_a_case": _hours(top),
        "conflicts": top.texts("conflicts") or ("team",),
        "restricted": top.text("restricted") or None,
        "timescales": _path(top, "timescales", folder),
        "moderation": plan_moderation(top),
        "cut_off": top.date("cut_off"),
    }


def _strata(top: PlanReader, chosen: Path | None) -> tuple[StratumColumn, ...]:
    """Take the columns strata are made from, which a list of cases chosen by hand can do without."""
    if chosen is not None and top.values.get("strata") is None:
        return ()
    strata, problems = parse_strata(top.values.get("strata"), top.place("strata"))
    top.problems += problems
    return strata


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


def _size(top: PlanReader, allocation: str, chosen: Path | None) -> int | None:
    """Take the size, which targets or a list of cases give where the plan has them."""
    given = top.values.get("size") is not None
    reason = "the list of cases gives it" if chosen else "the targets give it" if allocation == MULTIVARIATE else ""
    if given and reason:
        top.refuse("size", f"size is given, and {reason}", "Leave size out.")
    if not given and not reason:
        top.refuse("size", "size is missing", "Add size: 60, or as many cases as can be read.")
    return top.optional_whole("size", lowest=1)


def _hours(top: PlanReader) -> Fraction | None:
    value = top.values.get("hours_a_case")
    return None if value is None else plan_number(top, "hours_a_case", value)


def _url(register: PlanReader) -> str | None:
    """Take the address of a database, which must not tell a password: plans and receipts are shown to others."""
    text = register.text("file")
    if "://" not in text:
        return None
    if address_holds_password(text):
        mend = "Leave it out: put it in the environment or the password file that the database's own tools read."
        register.refuse("file", "the address of the database holds a password", mend)
    if not register.text("table"):
        register.refuse("table", "a database needs the name of a table", "Add table: cases.")
    return text


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


def _rules(top: PlanReader, key: str) -> tuple[Rule, ...]:
    rules, problems = parse_rules(top.values.get(key), top.place(key), key)
    top.problems += problems
    return rules
