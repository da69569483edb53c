"""Earlier rounds to stay clear of: their folders, their receipts, or a list of cases already audited."""

from __future__ import annotations

import calendar
import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit_toolkit.errors import AuditError, DesignError, Problem, raise_if
from audit_toolkit.files import DATE_MEND, Table, parse_date, read_table
from audit_toolkit.register import Register, id_problems, suggest_ids
from audit_toolkit.sampling.compare_sample import check_sample
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_file import parse_plan, read_plan
from audit_toolkit.sampling.pseudonyms import read_key, revealed
from audit_toolkit.sampling.reaudit import opened_cases
from audit_toolkit.sampling.receipt import Receipt, read_receipt
from audit_toolkit.sampling.sample_file import read_sample
from audit_toolkit.terms import CASE_ID, DRAW_STATUS, KEY_FILE, LOG_FILE, PLAN_FILE, RECEIPT_FILE, RESERVE, SAMPLE_FILE

AUDITED_ON = "audited_on"
NO_DATE = "List its cases with the days they were audited: a CSV with case_id and audited_on."


@dataclass(frozen=True, slots=True)
class EarlierCases:
    """The cases to stay clear of, by the name of the round that audited them, and what must be told of them."""

    by_round: dict[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Since:
    """The day after which an audit counts as recent, or None where every audit does."""

    day: datetime.date | None
    months: int | None

    def recent(self, audited: datetime.date | None) -> bool:
        return self.day is None or audited is None or audited > self.day


def read_earlier(plan: Plan, register: Register) -> EarlierCases:
    """Read the cases a plan stays clear of.

    Parameters
    ----------
    plan : each entry of its stay_clear_of is a round folder, a receipt.json, or a CSV or .xlsx list with case_id
        and, where stay_clear_months is given, audited_on. register : the register of the round.

    Returns
    -------
    EarlierCases. Of a round the cases it opened count, its reserves do not; with stay_clear_months only cases
    audited in so many months before the register's snapshot.

    Raises
    ------
    FileError or DesignError naming everything wrong with them at once.
    """
    since, problems = _since(plan)
    names = _names(plan.stay_clear_of)
    found: dict[str, tuple[str, ...]] = {}
    notes: list[str] = []
    for path in dict.fromkeys(plan.stay_clear_of):
        name = names[path]
        try:
            if path.suffix in (".csv", ".tsv", ".txt", ".xlsx", ".xlsm"):
                cases, told = _of_list(path, since, plan, register)
            else:
                cases, told = _of_round(path, name, since, plan, register)
        except AuditError as refused:
            problems += refused.problems
            continue
        found[name] = (*found.get(name, ()), *cases)
        notes += told
    raise_if(problems, DesignError)
    return EarlierCases(found, (*notes, *_strangers(found, plan, register)))


def months_before(day: datetime.date, months: int) -> datetime.date:
    """Give the same day of the month so many months before, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _since(plan: Plan) -> tuple[_Since, list[Problem]]:
    months, snapshot = plan.stay_clear_months, plan.snapshot
    if months is None:
        return _Since(None, None), []
    if not plan.stay_clear_of:
        what = "stay_clear_months is given, and no earlier round to stay clear of"
        return _Since(None, None), [Problem(what, PLAN_FILE, "Add stay_clear_of, or leave stay_clear_months out.")]
    if snapshot is None:
        mend = "Add snapshot: under register, the day the register was taken."
        return _Since(None, None), [Problem("stay_clear_months counts back from the register's day", PLAN_FILE, mend)]
    return _Since(months_before(snapshot, months), months), []


def _names(paths: Sequence[Path]) -> dict[Path, str]:
    """Give each entry the name its cases are counted under, with the folder above it where two are alike."""
    stems = {path: path.resolve().parent if path.name == RECEIPT_FILE else path.resolve() for path in paths}
    counts = Counter(stem.name for stem in set(stems.values()))
    plain = {path: stem.name if counts[stem.name] == 1 else "/".join(stem.parts[-2:]) for path, stem in stems.items()}
    return {
        path: f"a round listed in {name}" if path.suffix and path.name != RECEIPT_FILE else name
        for path, name in plain.items()
    }


def _of_round(
    path: Path, name: str, since: _Since, plan: Plan, register: Register
) -> tuple[tuple[str, ...], list[str]]:
    """Give the cases a round opened, from its folder or its receipt alone."""
    alone = path.suffix == ".json"
    receipt = _receipt(path, plan, register) if alone else _receipt_of(path)
    _check_units(name, receipt, plan)
    if not _is_recent(path, name, receipt, since):
        day = since.day.isoformat() if since.day is not None else ""
        return (), [
            f"{name} was audited on or before {day}, {since.months} months before the register: its cases "
            "may be drawn again."
        ]
    if receipt is not None and alone:
        told = "a receipt knows the cases of the draw; those that replace or extend opened since, the folder knows."
        return opened_cases(receipt), [f"{name}: {told}"] if path.with_name(LOG_FILE).exists() else []
    if receipt is not None:
        raise_if(check_sample(path, receipt), DesignError)
    cases = read_sample(path / SAMPLE_FILE)
    return tuple(str(case) for case in cases[cases[DRAW_STATUS] != RESERVE][CASE_ID]), []


def _receipt_of(folder: Path) -> Receipt | None:
    """Give the receipt of a round folder, for its plan and its units: the cases are in sample.csv."""
    path = folder / RECEIPT_FILE
    if not path.exists():
        return None
    receipt, problems = read_receipt(path)
    raise_if(problems, DesignError)
    return receipt


def _receipt(path: Path, plan: Plan, register: Register) -> Receipt:
    """Give a receipt that stands alone; where it holds pseudonyms, with the key beside it."""
    receipt, problems = read_receipt(path)
    key = path.with_name(KEY_FILE)
    if receipt.pseudonyms and not key.exists():
        mend = f"Put its {KEY_FILE} beside it, or give the round's folder, whose sample.csv has the ids."
        problems.append(Problem("the receipt holds pseudonyms and no ids", path.name, mend))
    raise_if(problems, DesignError)
    return revealed(receipt, read_key(key), _known(plan, register)) if receipt.pseudonyms else receipt


def _check_units(name: str, receipt: Receipt | None, plan: Plan) -> None:
    unit = plan.unit.column if plan.unit is not None else CASE_ID
    if receipt is not None and receipt.unit not in (CASE_ID, unit):
        what = f"{name} drew by {receipt.unit}, and this round draws by {unit}"
        mend = f"Write unit: {receipt.unit}, or list the cases that were audited: a CSV with case_id."
        raise DesignError(Problem(what, PLAN_FILE, mend))


def _is_recent(path: Path, name: str, receipt: Receipt | None, since: _Since) -> bool:
    if since.day is None:
        return True
    plan = parse_plan(receipt.plan_text, PLAN_FILE, path) if receipt is not None and receipt.plan_text else None
    if plan is None and path.suffix != ".json":
        plan = read_plan(path)
    day = None if plan is None else plan.review_date or plan.snapshot
    if day is None:
        raise DesignError(Problem(f"it cannot be told when {name} was audited", PLAN_FILE, NO_DATE))
    return since.recent(day)


def _of_list(path: Path, since: _Since, plan: Plan, register: Register) -> tuple[tuple[str, ...], list[str]]:
    """Give the cases of a list; a sample.csv is a list too, without its reserves."""
    table = read_table(path, required=[CASE_ID, *([AUDITED_ON] if since.day is not None else [])])
    statuses = table.cells[DRAW_STATUS].tolist() if DRAW_STATUS in table.columns else [""] * len(table.rows)
    ids = [str(each) for each in table.cells[CASE_ID]]
    problems = listed_id_problems(table, plan, register)
    days: list[datetime.date | None] = [None] * len(ids)
    if AUDITED_ON in table.columns:
        days, wrong = _days(table, ids, needed=since.day is not None)
        problems += wrong
    raise_if(problems, DesignError)
    kept = [
        case for case, status, day in zip(ids, statuses, days, strict=True) if status != RESERVE and since.recent(day)
    ]
    opened = sum(status != RESERVE for status in statuses)
    notes = []
    if len(kept) < opened and since.day is not None:
        notes.append(
            f"{table.name}: {opened - len(kept)} of {opened} rows are of audits on or before {since.day.isoformat()}, "
            f"{since.months} months before the register."
        )
    return tuple(dict.fromkeys(kept)), notes


def _days(table: Table, ids: Sequence[str], *, needed: bool) -> tuple[list[datetime.date | None], list[Problem]]:
    days: list[datetime.date | None] = []
    problems = []
    for position, text in enumerate(table.cells[AUDITED_ON]):
        try:
            days.append(parse_date(str(text)) if text else None)
        except ValueError:
            days.append(None)
            where = table.place(position, AUDITED_ON, ids[position])
            problems.append(Problem(f"{text} is not a date", where, DATE_MEND))
        if not text and needed:
            what = "the day of the audit is empty, and stay_clear_months needs it"
            where = table.place(position, AUDITED_ON, ids[position])
            problems.append(Problem(what, where, "Fill it in, or take the row out."))
    return days, problems


def listed_id_problems(table: Table, plan: Plan, register: Register, *, once: bool = False) -> list[Problem]:
    """Name every id of a list that is empty, broken, a changed number, or nearly one of the register's.

    `once` : name ids that stand in the list twice as well.
    """
    ids = [str(each) for each in table.cells[CASE_ID]]
    # A list of audits may name a case once for every audit.
    first = {each: position for position, each in reversed(list(enumerate(ids))) if each}
    kept = [position for position, each in enumerate(ids) if once or not each or first[each] == position]
    numbers = {position: number for number, position in enumerate(kept)}
    problems = id_problems(
        [ids[position] for position in kept],
        lambda number, column: table.place(kept[number], column or CASE_ID, ids[kept[number]] or None),
        formats={
            numbers[position]: each
            for position, each in table.number_formats.get(CASE_ID, {}).items()
            if position in numbers
        },
        line_breaks=[numbers[each] for each in table.line_breaks.get(CASE_ID, ()) if each in numbers],
        fold_case=plan.fold_case,
    )
    for listed, meant in suggest_ids(ids, _known(plan, register)).items():
        what = f'the case id "{listed}" may be "{meant}" of the register'
        problems.append(Problem(what, table.place(first[listed], CASE_ID, listed), "Write the id alike in both files."))
    return problems


def _known(plan: Plan, register: Register) -> list[str]:
    """Give the ids a list may name: those of the cases, and of the units where a unit is several."""
    names: list[str] = register.cases[CASE_ID].tolist()
    if plan.unit is not None and plan.unit.column in register.cases.columns:
        names = [*names, *dict.fromkeys(register.cases[plan.unit.column])]
    return list(dict.fromkeys(names))


def _strangers(found: dict[str, tuple[str, ...]], plan: Plan, register: Register) -> list[str]:
    """Say where not one case of an earlier round is in the register: its ids may be written in another way."""
    known = set(_known(plan, register))
    return [
        f"None of the {len(set(cases))} cases audited in {name} is in the register: look at how its ids are written."
        for name, cases in found.items()
        if cases and known.isdisjoint(cases)
    ]
