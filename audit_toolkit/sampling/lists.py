"""The lists of cases a plan names beside its register: cases audited before, to be audited, or chosen by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from audit_toolkit.errors import AuditError, DesignError, Problem, raise_if
from audit_toolkit.files import Table, read_table
from audit_toolkit.register import Register, Unit, list_problems
from audit_toolkit.sampling.earlier import EarlierCases, listed_id_problems, read_earlier
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.reaudit import EarlierDraw, read_earlier_draw, sealed_reaudit
from audit_toolkit.sampling.receipt import Receipt
from audit_toolkit.sampling.sealed_limits import limits_file
from audit_toolkit.terms import CASE_ID, CERTAINTY, CHOSEN, PLAN_FILE

REASON = "reason"
# How a file among a receipt's was used, where it is not one of the register's.
MUST_AUDIT_LIST, CHOSEN_LIST = "must_audit", "cases"


@dataclass(frozen=True, slots=True)
class CaseLists:
    """What a draw takes from beside its register.

    `stay_clear_of` gives the cases to stay clear of by earlier round, `must_audit` those to be read whatever is
    drawn and `chosen` those chosen by hand, None where the plan has no such list; `reaudit` the round to take
    cases from on purpose; `files` the lists' own files as a receipt names them, and the plan's own time limits.
    """

    stay_clear_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    must_audit: tuple[str, ...] | None = None
    chosen: tuple[str, ...] | None = None
    reaudit: EarlierDraw | None = None
    files: tuple[Mapping[str, object], ...] = ()
    notes: tuple[str, ...] = ()


def read_case_lists(plan: Plan, register: Register) -> CaseLists:
    """Read every list a plan names, and hold it against the register.

    Raises
    ------
    FileError, DesignError or RegisterError naming everything wrong with all of them at once.
    """
    problems = _contradictions(plan)
    raise_if(problems, DesignError)
    earlier = EarlierCases({})
    reaudit: EarlierDraw | None = None
    tables: dict[str, Table] = {}
    try:
        earlier = read_earlier(plan, register)
    except AuditError as refused:
        problems += refused.problems
    try:
        if plan.reaudit is not None:
            reaudit = read_earlier_draw(plan.reaudit.folder, unit_name(plan.unit))
    except AuditError as refused:
        problems += refused.problems
    for use, path in ((MUST_AUDIT_LIST, plan.must_audit), (CHOSEN_LIST, plan.chosen)):
        try:
            if path is not None:
                tables[use] = _read_list(path, use, plan, register)
        except AuditError as refused:
            problems += refused.problems
    raise_if(problems, DesignError)
    ids = {use: tuple(str(each) for each in table.cells[CASE_ID]) for use, table in tables.items()}
    return CaseLists(
        earlier.by_round,
        ids.get(MUST_AUDIT_LIST),
        ids.get(CHOSEN_LIST),
        reaudit,
        (
            *(
                {"name": table.name, "sha256": table.digest, "rows": len(table.rows), "use": use}
                for use, table in tables.items()
            ),
            *limits_file(plan),
        ),
        (*earlier.notes, *[note for table in tables.values() for note in table.notes]),
    )


def sealed_case_lists(receipt: Receipt) -> CaseLists:
    """Give the lists as a receipt seals them, so that a draw can be replayed without their files."""
    uses = [each.get("use") for each in receipt.files]
    reaudit = sealed_reaudit(receipt)
    return CaseLists(
        {name: tuple(cases) for name, cases in receipt.stay_clear_of.items()},
        _with_status(receipt, CERTAINTY) if MUST_AUDIT_LIST in uses else None,
        _with_status(receipt, CHOSEN) if CHOSEN_LIST in uses else None,
        None if reaudit is None else EarlierDraw(reaudit.round, reaudit.seed),
        tuple(each for each in receipt.files if "use" in each),
    )


def is_chosen(receipt: Receipt) -> bool:
    """Say whether a receipt is of a round chosen by hand, which has no draw to be replayed."""
    return any(each.get("use") == CHOSEN_LIST for each in receipt.files)


def unit_name(unit: Unit | None) -> str:
    """Give the column that units are named by: the case id, or that of a family."""
    return CASE_ID if unit is None else unit.column


def _with_status(receipt: Receipt, status: str) -> tuple[str, ...]:
    return tuple(case for case, _, _, _, each, _, _ in receipt.cases if each == status)


def _contradictions(plan: Plan) -> list[Problem]:
    """Refuse keys that have no meaning together: none is read and ignored."""
    problems = []
    if plan.reaudit is not None:
        folder = plan.reaudit.folder.resolve()
        clear = {path.resolve().parent if path.suffix == ".json" else path.resolve() for path in plan.stay_clear_of}
        if folder in clear:
            what = f"the plan stays clear of {folder.name} and re-audits it as well"
            problems.append(Problem(what, PLAN_FILE, "Take it out of stay_clear_of, or leave reaudit out."))
    if plan.chosen is None:
        return problems
    given = {
        "stay_clear_of": bool(plan.stay_clear_of),
        "stay_clear_months": plan.stay_clear_months is not None,
        "reaudit": plan.reaudit is not None,
        "must_audit": plan.must_audit is not None,
        "small_strata": plan.small_strata is not None,
        "reserves": plan.reserves > 0,
        "maximum": plan.maximum is not None,
        "take_all": bool(plan.inputs.take_all),
        "spread": plan.inputs.spread is not None,
    }
    return problems + [
        Problem(f"{key} is for a random draw, and cases names a list chosen by hand", PLAN_FILE, "Leave it out.")
        for key, there in given.items()
        if there
    ]


def _read_list(path: Path, use: str, plan: Plan, register: Register) -> Table:
    """Read a list of units, each once and each in the register; a must-audit list says why of each."""
    table = read_table(path, required=[CASE_ID, *([REASON] if use == MUST_AUDIT_LIST else [])])
    ids = [str(each) for each in table.cells[CASE_ID]]
    problems = listed_id_problems(table, plan, register, once=True)
    doubtful = {problem.where.row for problem in problems if not isinstance(problem.where, str)}
    sound = [position for position, row in enumerate(table.rows) if row not in doubtful]
    places = [table.place(position, CASE_ID, ids[position]) for position in sound]
    problems += list_problems(register, plan.unit, [ids[position] for position in sound], places)
    if use == MUST_AUDIT_LIST:
        problems += [
            Problem("the reason is empty", table.place(position, REASON, ids[position]), "Say why it must be audited.")
            for position, reason in enumerate(table.cells[REASON])
            if not str(reason).strip()
        ]
    raise_if(problems, DesignError)
    return table
