"""Checking a draw: the seal, the plan, the register and every ticket, each difference named."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import AuditError, Place, Problem
from audit_toolkit.files import file_digest, read_bytes, read_table
from audit_toolkit.register import Frame, Register, RegisterFile, read_register
from audit_toolkit.sampling.draw import draw_sample
from audit_toolkit.sampling.plan import parse_plan
from audit_toolkit.sampling.receipt import Receipt, read_receipt
from audit_toolkit.sampling.review import planned, read_planned_register
from audit_toolkit.terms import CASE_ID, DRAW_STATUS, PLAN_FILE, RECEIPT_FILE, SAMPLE_FILE, STRATUM

if TYPE_CHECKING:
    import pandas as pd

FIND_ORIGINAL = "Find the original, or draw again from a new commitment."


def verify_round(folder: str | Path, register: str | Path | None = None) -> list[Problem]:
    """Check that a round's sample is the one its plan, seed and register give.

    Parameters
    ----------
    folder : the round folder. register : another copy of the register, which may be in another format;
        default the file the plan names.

    Returns
    -------
    list of Problem, empty when everything holds: the receipt's seal, plan.yaml, sample.csv, the register's
    files, the frame, the allocation and every ticket.
    """
    folder = Path(folder)
    try:
        receipt, problems = read_receipt(folder / RECEIPT_FILE)
        problems += _file_problems(folder, receipt)
        problems += _redraw_problems(receipt, folder, register)
    except AuditError as refused:
        return list(refused.problems)
    return problems


def verify_receipt(
    receipt: str | Path | Mapping[str, object] | Receipt, register: str | Path | pd.DataFrame | Register | Frame
) -> list[Problem]:
    """Check a receipt against a register, without the round folder it came from.

    Parameters
    ----------
    receipt : path of a receipt.json, its content, or a Receipt.
    register : the register it was drawn from, or its Frame, or a DataFrame with case_id and stratum.

    Returns
    -------
    list of Problem, empty when the same cases come out again.
    """
    try:
        read, problems = read_receipt(receipt)
        if isinstance(register, (str, Path)):
            return problems + _redraw_problems(read, Path(), register)
        if isinstance(register, Register):
            frame = planned(parse_plan(read.plan_text, PLAN_FILE, Path()), register, _earlier(read)).frame
        elif isinstance(register, Frame):
            frame = register
        else:
            frame = _plain_frame(register)
        return problems + _frame_problems(read, frame) + _draw_problems(read, frame)
    except AuditError as refused:
        return list(refused.problems)


def _plain_frame(units: pd.DataFrame) -> Frame:
    from audit_toolkit.register import build_frame

    return build_frame(read_register(units), strata=[STRATUM])


def _earlier(receipt: Receipt) -> dict[str, tuple[str, ...]]:
    return {name: tuple(cases) for name, cases in receipt.stay_clear_of.items()}


def _file_problems(folder: Path, receipt: Receipt) -> list[Problem]:
    problems = []
    plan = read_bytes(folder / PLAN_FILE)
    if hashlib.sha256(plan.decode("utf-8-sig", errors="replace").encode("utf-8")).hexdigest() != receipt.plan_sha256:
        problems.append(Problem(_plan_difference(plan, receipt), PLAN_FILE, FIND_ORIGINAL))
    if file_digest(folder / SAMPLE_FILE) != receipt.sample_sha256:
        problems += _sample_problems(folder, receipt)
    return problems


def _plan_difference(plan: bytes, receipt: Receipt) -> str:
    now = plan.decode("utf-8-sig", errors="replace").splitlines()
    then = receipt.plan_text.splitlines()
    for number, (new, old) in enumerate(zip(now, then, strict=False), 1):
        if new != old:
            return f'line {number} is "{new.strip()}" and was "{old.strip()}" when the sample was drawn'
    return f"the plan has {len(now)} lines and had {len(then)} when the sample was drawn"


def _sample_problems(folder: Path, receipt: Receipt) -> list[Problem]:
    table = read_table(folder / SAMPLE_FILE, required=[CASE_ID, STRATUM, DRAW_STATUS])
    found = list(zip(table.cells[CASE_ID], table.cells[STRATUM], table.cells[DRAW_STATUS], strict=True))
    drawn = [(case, label, status) for case, label, _, _, status in receipt.cases]
    for position, (row, wanted) in enumerate(zip(found, drawn, strict=False)):
        if row != wanted:
            what = f"the row is {', '.join(row)} and the receipt has {', '.join(wanted)}"
            return [Problem(what, table.place(position), FIND_ORIGINAL)]
    if len(found) != len(drawn):
        return [Problem(f"it has {len(found)} cases and the receipt {len(drawn)}", SAMPLE_FILE, FIND_ORIGINAL)]
    what = "the cases are those of the receipt, but another character of the file was changed"
    return [Problem(what, SAMPLE_FILE, FIND_ORIGINAL)]


def _redraw_problems(receipt: Receipt, folder: Path, source: str | Path | None) -> list[Problem]:
    if not receipt.plan_text:
        what = "the receipt holds no plan, so the frame cannot be made again from a file"
        return [Problem(what, RECEIPT_FILE, "Give the eligible units as a DataFrame with case_id and stratum.")]
    plan = parse_plan(receipt.plan_text, PLAN_FILE, folder)
    register = read_planned_register(plan, source)
    problems = _register_problems(receipt, register.files)
    review = planned(plan, register, _earlier(receipt))
    problems += _frame_problems(receipt, review.frame)
    if dict(review.allocation) != dict(receipt.allocation):
        problems.append(Problem("the plan gives another allocation than the receipt has", RECEIPT_FILE, FIND_ORIGINAL))
    if plan.seed is not None and plan.seed != receipt.seed:
        problems.append(Problem("the seed is not the one in the plan", RECEIPT_FILE, FIND_ORIGINAL))
    return problems + _draw_problems(receipt, review.frame)


def _register_problems(receipt: Receipt, files: tuple[RegisterFile, ...]) -> list[Problem]:
    """Compare files of the same name byte by byte; a copy under another name is known by its frame."""
    digests = {str(each["name"]): each["sha256"] for each in receipt.files}
    return [
        Problem("the register is not the file that was drawn from: its digest differs", each.name, FIND_ORIGINAL)
        for each in files
        if each.name in digests and digests[each.name] != each.sha256
    ]


def _frame_problems(receipt: Receipt, frame: Frame) -> list[Problem]:
    if frame.digest == receipt.frame_digest:
        return []
    where = frame.files[0].name
    problems = [
        Problem(f"stratum {label} has {now} eligible cases and had {then}", where, FIND_ORIGINAL)
        for label in sorted({*frame.population, *receipt.population})
        for now, then in [(frame.population.get(label, 0), receipt.population.get(label, 0))]
        if now != then
    ]
    return problems or [
        Problem("the eligible cases or their strata differ from those drawn from", where, FIND_ORIGINAL)
    ]


def _draw_problems(receipt: Receipt, frame: Frame) -> list[Problem]:
    if set(receipt.allocation) != set(frame.population):
        return []
    again = draw_sample(frame, allocation=receipt.allocation, seed=receipt.seed, reserves=receipt.reserves)
    for position, (new, old) in enumerate(zip(again.receipt.cases, receipt.cases, strict=False), 1):
        if new != old:
            what = f"drawing again gives case {new[0]} at position {position}, and the receipt has {old[0]}"
            return [Problem(what, Place(RECEIPT_FILE), FIND_ORIGINAL)]
    if len(again.receipt.cases) != len(receipt.cases):
        what = f"drawing again gives {len(again.receipt.cases)} cases, and the receipt has {len(receipt.cases)}"
        return [Problem(what, Place(RECEIPT_FILE), FIND_ORIGINAL)]
    return []
