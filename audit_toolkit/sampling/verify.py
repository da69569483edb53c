"""Checking a draw: the seal, the plan, the register and every ticket, each difference named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import AuditError, DesignError, Place, Problem
from audit_toolkit.files import digest_of, file_digest, read_text
from audit_toolkit.register import Frame, Register, RegisterFile, build_frame, read_register
from audit_toolkit.sampling.compare_sample import sample_problems
from audit_toolkit.sampling.draw import Sample, draw_sample
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_file import parse_plan
from audit_toolkit.sampling.receipt import Receipt, read_receipt
from audit_toolkit.sampling.review import PlannedReview, commitment_bytes, planned, read_planned_register
from audit_toolkit.terms import CASE_ID, COMMITMENT_FILE, PLAN_FILE, RECEIPT_FILE, SAMPLE_FILE, STRATUM

if TYPE_CHECKING:
    import pandas as pd

FIND_ORIGINAL = "Find the original, or draw again from a new commitment."
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def verify_round(folder: str | Path, register: str | Path | None = None) -> list[Problem]:
    """Check that a round's sample is the one its plan, seed and register give.

    Parameters
    ----------
    folder : the round folder. register : another copy of the register, which may be in another format;
        default the file the plan names.

    Returns
    -------
    list of Problem, empty when everything holds: the receipt's seal, plan.yaml, sample.csv, the register's
    files, the frame, the allocation and every ticket. A copy of the register under another name is known by
    its eligible cases and their strata, one under the same name by every byte.

    Checked against: tests/sampling/test_verify.py (one character changed at many places of every file).
    """
    folder = Path(folder)
    try:
        receipt, problems = read_receipt(folder / RECEIPT_FILE)
    except AuditError as refused:
        return list(refused.problems)
    replay = _replay(receipt, folder, register)
    return [
        *problems,
        *_problems_of(lambda: _plan_problems(folder / PLAN_FILE, receipt)),
        *_problems_of(lambda: _commitment_problems(folder / COMMITMENT_FILE, receipt)),
        *replay.problems,
        *_problems_of(lambda: sample_problems(folder / SAMPLE_FILE, receipt, replay.sample, replay.plan)),
    ]


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
    except AuditError as refused:
        return list(refused.problems)
    folder = Path(receipt).parent if isinstance(receipt, (str, Path)) else Path()
    return problems + _problems_of(lambda: _register_problems(read, folder, register))


def _register_problems(
    receipt: Receipt, folder: Path, register: str | Path | pd.DataFrame | Register | Frame
) -> list[Problem]:
    if isinstance(register, Frame):
        frame, problems = register, _frame_problems(receipt, register)
    elif isinstance(register, (str, Path, Register)) or _fits_plan(receipt, register):
        review = _review(receipt, folder, register)
        frame, problems = review.frame, _review_problems(receipt, review, own_file=False)
    else:
        frame = build_frame(read_register(register), strata=[STRATUM])
        problems = _frame_problems(receipt, frame)
    return problems + _problems_of(lambda: _draw_problems(receipt, _drawn_again(receipt, frame)))


@dataclass(frozen=True, slots=True)
class _Replay:
    """The sample drawn again, where plan and register allow, and what differed from the receipt."""

    problems: tuple[Problem, ...]
    plan: Plan | None = None
    sample: Sample | None = None


def _replay(receipt: Receipt, folder: Path, register: str | Path | None) -> _Replay:
    try:
        review = _review(receipt, folder, register)
        problems = _review_problems(receipt, review, own_file=register is None)
    except AuditError as refused:
        return _Replay(refused.problems)
    try:
        again = _drawn_again(receipt, review.frame)
    except AuditError as refused:
        return _Replay((*problems, *refused.problems), review.plan)
    return _Replay((*problems, *_draw_problems(receipt, again)), review.plan, again)


def _problems_of(check: Callable[[], list[Problem]]) -> list[Problem]:
    """Give what a check finds; where it cannot go on, what stopped it."""
    try:
        return check()
    except AuditError as refused:
        return list(refused.problems)


def _plan(receipt: Receipt, folder: Path) -> Plan:
    return parse_plan(receipt.plan_text, PLAN_FILE, folder, sha256=receipt.plan_sha256)


def _fits_plan(receipt: Receipt, register: pd.DataFrame) -> bool:
    """Say whether a DataFrame is the register of the receipt's plan, rather than its eligible units."""
    if not receipt.plan_text:
        return False
    plan = _plan(receipt, Path())
    wanted = [CASE_ID, *[column.column for column in plan.strata]]
    return {plan.columns.get(name, name) for name in wanted} <= {str(name) for name in register.columns}


def _review(receipt: Receipt, folder: Path, source: str | Path | pd.DataFrame | Register | None) -> PlannedReview:
    if not receipt.plan_text:
        what = "the receipt holds no plan, so the frame cannot be made again from a file"
        mend = "Give the eligible units as a DataFrame with case_id and stratum."
        raise DesignError(Problem(what, RECEIPT_FILE, mend))
    plan = _plan(receipt, folder)
    register = source if isinstance(source, Register) else read_planned_register(plan, source)
    earlier = {name: tuple(cases) for name, cases in receipt.stay_clear_of.items()}
    return planned(plan, register, earlier)


def _plan_problems(path: Path, receipt: Receipt) -> list[Problem]:
    if not receipt.plan_sha256:
        return [Problem("the receipt holds no plan", RECEIPT_FILE, FIND_ORIGINAL)]
    if file_digest(path) == receipt.plan_sha256:
        if read_text(path) == receipt.plan_text:
            return []
        return [Problem("the receipt's copy of the plan is not plan.yaml", RECEIPT_FILE, FIND_ORIGINAL)]
    now, then = read_text(path).splitlines(), receipt.plan_text.splitlines()
    for number, (new, old) in enumerate(zip(now, then, strict=False), 1):
        if new != old:
            what = f'the line is "{new.strip()}" and was "{old.strip()}" when the sample was drawn'
            return [Problem(what, Place(path.name, line=number), FIND_ORIGINAL)]
    what = "the spacing, line ends or byte-order mark of the plan changed after the sample was drawn"
    if len(now) != len(then):
        what = f"the plan has {len(now)} lines and had {len(then)} when the sample was drawn"
    return [Problem(what, path.name, FIND_ORIGINAL)]


def _commitment_problems(path: Path, receipt: Receipt) -> list[Problem]:
    if not receipt.commitment or not path.exists() or file_digest(path) == receipt.commitment:
        return []
    return [Problem("the commitment is not the one the sample was drawn under", path.name, FIND_ORIGINAL)]


def _review_problems(receipt: Receipt, review: PlannedReview, *, own_file: bool) -> list[Problem]:
    """Compare what the receipt says of plan, register and frame with what they come to now."""
    plan, frame = review.plan, review.frame
    text = receipt.plan_text.encode("utf-8", errors="replace")
    commitment = commitment_bytes(review, version=receipt.version)
    differences = {
        "the receipt's copy of the plan has another digest than the receipt says": receipt.plan_sha256
        not in (digest_of(text), digest_of(BYTE_ORDER_MARK + text)),
        "the plan gives another allocation than the receipt has": dict(review.allocation) != dict(receipt.allocation),
        "the plan gives other reserves than the receipt has": plan.reserves != receipt.reserves,
        "the seed is not the one in the plan": plan.seed not in (None, receipt.seed),
        "the plan gives another rule for the frame than the receipt has": dict(frame.rule) != dict(receipt.frame_rule),
        "the commitment is not the one that plan, frame and allocation give": receipt.commitment
        not in ("", digest_of(commitment)),
    }
    found = [Problem(what, RECEIPT_FILE, FIND_ORIGINAL) for what, wrong in differences.items() if wrong]
    problems = _file_problems(receipt, frame.files, own_file) + _frame_problems(receipt, frame) + found
    if not problems and (frame.register_size, frame.exclusions) != (receipt.register_size, receipt.exclusions):
        what = "the cases left out are counted differently in the receipt"
        problems.append(Problem(what, RECEIPT_FILE, FIND_ORIGINAL))
    return problems


def _file_problems(receipt: Receipt, files: tuple[RegisterFile, ...], own_file: bool) -> list[Problem]:
    """Compare files of the same name byte by byte; a copy under another name is known by its frame."""
    digests = {str(each["name"]): each["sha256"] for each in receipt.files}
    problems = [
        Problem("the register is not the file that was drawn from: its digest differs", each.name, FIND_ORIGINAL)
        for each in files
        if each.name in digests and each.sha256 and digests[each.name] != each.sha256
    ]
    unknown = [each.name for each in files if each.name not in digests] if own_file else []
    return problems + [Problem("the receipt does not know this file", name, FIND_ORIGINAL) for name in unknown]


def _frame_problems(receipt: Receipt, frame: Frame) -> list[Problem]:
    where = frame.files[0].name
    problems = [
        Problem(f"stratum {label} has {now} eligible cases and had {then}", where, FIND_ORIGINAL)
        for label in sorted({*frame.population, *receipt.population})
        for now, then in [(frame.population.get(label, 0), receipt.population.get(label, 0))]
        if now != then
    ]
    if problems or frame.digest == receipt.frame_digest:
        return problems
    return [Problem("the eligible cases or their strata differ from those drawn from", where, FIND_ORIGINAL)]


def _drawn_again(receipt: Receipt, frame: Frame) -> Sample:
    return draw_sample(frame, allocation=receipt.allocation, seed=receipt.seed, reserves=receipt.reserves)


def _draw_problems(receipt: Receipt, again: Sample) -> list[Problem]:
    for position, (new, old) in enumerate(zip(again.receipt.cases, receipt.cases, strict=False), 1):
        # The auditors are not drawn: sample.csv is compared with them.
        if new[0] != old[0]:
            what = f"drawing again gives case {new[0]} at position {position}, and the receipt has {old[0]}"
            return [Problem(what, RECEIPT_FILE, FIND_ORIGINAL)]
        if new[:5] != old[:5]:
            listed = [f"{now} and not {then}" for now, then in zip(new[:5], old[:5], strict=True) if now != then]
            what = f"drawing again gives {', '.join(listed)} for the case at position {position}"
            return [Problem(what, Place(RECEIPT_FILE, case=new[0]), FIND_ORIGINAL)]
    if len(again.receipt.cases) != len(receipt.cases):
        what = f"drawing again gives {len(again.receipt.cases)} cases, and the receipt has {len(receipt.cases)}"
        return [Problem(what, RECEIPT_FILE, FIND_ORIGINAL)]
    return []
