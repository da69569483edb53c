"""Checking a draw: the seal, the plan, the register and every ticket, each difference named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import AuditError, Problem
from audit_toolkit.register import Frame, Register, build_frame, read_register
from audit_toolkit.sampling.compare_receipt import (
    commitment_problems,
    draw_problems,
    frame_problems,
    framework_problems,
    plan_problems,
    review_problems,
    seal_problems,
)
from audit_toolkit.sampling.compare_sample import sample_problems
from audit_toolkit.sampling.draw import Sample
from audit_toolkit.sampling.drawn_again import drawn_again, review_of, sealed_plan, with_ids
from audit_toolkit.sampling.lists import is_chosen
from audit_toolkit.sampling.planned_register import read_planned_register
from audit_toolkit.sampling.pseudonyms import read_key, revealed
from audit_toolkit.sampling.receipt import Receipt, read_receipt
from audit_toolkit.sampling.review import PlannedReview, assigned
from audit_toolkit.sampling.sealed_limits import limits_problems
from audit_toolkit.terms import (
    CASE_ID,
    COMMITMENT_FILE,
    KEY_FILE,
    LOG_FILE,
    PLAN_FILE,
    RECEIPT_FILE,
    SAMPLE_FILE,
    STRATUM,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class RoundCheck:
    """What checking a round came to.

    `problems` names each difference and is empty when everything holds; `unchecked` says in words what could not
    be checked, and why. `receipt`, `review` and `sample` are the receipt as it was read, its plan worked out again
    and the sample drawn again, as far as they could be had.
    """

    problems: tuple[Problem, ...]
    unchecked: tuple[str, ...] = ()
    receipt: Receipt | None = None
    review: PlannedReview | None = None
    sample: Sample | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.problems


def verify_round(
    folder: str | Path,
    register: str | Path | None = None,
    *,
    frameworks: Mapping[str, Sequence[str]] | None = None,
    seal: str | None = None,
    key: str | Path | None = None,
) -> list[Problem]:
    """Check that a round's sample is the one its plan, seed and register give.

    Parameters
    ----------
    folder : the round folder. register : another copy of the register, which may be in another format;
        default the file the plan names. frameworks : version and digest of each framework as it is now, by name.
    seal : a seal as the minutes have it, of the receipt or of the log, or its first 16 digits. key : the file
        with the key of the receipt's pseudonyms, where it is not beside the receipt.

    Returns
    -------
    list of Problem, empty when everything holds: the receipt's seal, plan.yaml, sample.csv with its log, the
    register's files, the frame, the allocation and every ticket. A copy of the register under another name is
    known by its eligible cases and their strata, one under the same name by every byte. What could not be checked,
    `check_round` says.

    Checked against: tests/sampling/test_verify.py (1,000 changes of one byte, each found).
    """
    return list(check_round(folder, register, frameworks=frameworks, seal=seal, key=key).problems)


def check_round(
    folder: str | Path,
    register: str | Path | None = None,
    *,
    frameworks: Mapping[str, Sequence[str]] | None = None,
    seal: str | None = None,
    key: str | Path | None = None,
) -> RoundCheck:
    """Check a round as `verify_round` does, and say as well what could not be checked.

    Parameters, and what is checked: see `verify_round`.
    """
    folder = Path(folder)
    try:
        receipt, problems = read_receipt(folder / RECEIPT_FILE)
    except AuditError as refused:
        return RoundCheck(refused.problems)
    replay = _replay(receipt, folder, register, key)
    found = [
        *problems,
        *(seal_problems(receipt, seal, folder / LOG_FILE) if seal is not None else []),
        *_problems_of(lambda: plan_problems(folder / PLAN_FILE, receipt)),
        *_problems_of(lambda: commitment_problems(folder / COMMITMENT_FILE, receipt)),
        *(framework_problems(receipt, frameworks) if frameworks is not None else []),
        *(_problems_of(partial(limits_problems, receipt, replay.review.plan)) if replay.review is not None else []),
        *replay.problems,
        *_problems_of(lambda: sample_problems(folder / SAMPLE_FILE, receipt, replay.sample, replay.further)),
    ]
    unchecked = _unchecked(receipt, replay, told_seal=seal is not None, told_frameworks=frameworks is not None)
    return RoundCheck(tuple(found), unchecked, receipt, replay.review, replay.sample)


def verify_receipt(
    receipt: str | Path | Mapping[str, object] | Receipt,
    register: str | Path | pd.DataFrame | Register | Frame,
    *,
    key: str | Path | None = None,
) -> list[Problem]:
    """Check a receipt against a register, without the round folder it came from.

    Parameters
    ----------
    receipt : path of a receipt.json, its content, or a Receipt.
    register : the register it was drawn from, or its Frame, or a DataFrame with case_id and stratum.
    key : the file with the key of the receipt's pseudonyms, where it is not beside the receipt.

    Returns
    -------
    list of Problem, empty when the same cases come out again. Of a receipt with pseudonyms and no key, the ids
    and tickets are not compared.
    """
    try:
        read, problems = read_receipt(receipt)
    except AuditError as refused:
        return list(refused.problems)
    folder = Path(receipt).parent if isinstance(receipt, (str, Path)) else Path()
    return problems + _problems_of(lambda: _register_problems(read, folder, register, key))


def assignment_notes(check: RoundCheck) -> list[str]:
    """Say whether sharing the cases out again gives the auditors that the receipt seals.

    A difference is no proof of a change: auditors.csv is not sealed, and serves one round after another.
    """
    if check.receipt is None or check.review is None or check.sample is None or check.review.plan.auditors is None:
        return []
    sealed = [names for _, _, _, _, _, *names in check.receipt.cases]
    try:
        again = [names for _, _, _, _, _, *names in assigned(check.review, check.sample).receipt.cases]
    except AuditError as refused:
        return [f"The cases cannot be shared out again to compare the auditors: {refused.problems[0].what}."]
    other = sum(one != two for one, two in zip(sealed, again, strict=False))
    if not other:
        return []
    return [
        f"Sharing the cases out again gives other auditors for {other} of them. The draw does not depend on it. Either "
        "auditors.csv or the earlier round changed since, or the auditors were changed before the receipt was sealed."
    ]


def standalone_path() -> Path:
    """Give the path of the check that needs nothing but Python: one file, for those who do not have this toolkit."""
    return Path(__file__).with_name("standalone.py")


def _register_problems(
    receipt: Receipt, folder: Path, register: str | Path | pd.DataFrame | Register | Frame, key: str | Path | None
) -> list[Problem]:
    if isinstance(register, Frame):
        frame, opened = register, _opened_by_frame(receipt, register, folder, key)
        problems = frame_problems(receipt, register)
    elif isinstance(register, (str, Path, Register)) or _fits_plan(receipt, register):
        plan = sealed_plan(receipt, folder)
        read = register if isinstance(register, Register) else read_planned_register(plan, register)
        opened = with_ids(receipt, folder, read, key)
        review = review_of(opened, plan, read)
        frame, problems = review.frame, review_problems(receipt, review, own_file=False)
    else:
        frame = build_frame(read_register(register), strata=[STRATUM])
        opened, problems = _opened_by_frame(receipt, frame, folder, key), frame_problems(receipt, frame)
    return problems + _problems_of(lambda: draw_problems(opened, drawn_again(opened, frame)))


def _opened_by_frame(receipt: Receipt, frame: Frame, folder: Path, key: str | Path | None) -> Receipt:
    """Give a receipt with the ids behind its pseudonyms, as far as a frame tells them."""
    path = folder / KEY_FILE if key is None else Path(key)
    if not receipt.pseudonyms or (key is None and not path.exists()):
        return receipt
    units = [frame.units] if frame.certain is None else [frame.units, frame.certain]
    return revealed(receipt, read_key(path), [str(each) for table in units for each in table[CASE_ID]])


@dataclass(frozen=True, slots=True)
class _Replay:
    """The sample drawn again, where plan and register allow, and what differed from the receipt."""

    problems: tuple[Problem, ...]
    review: PlannedReview | None = None
    sample: Sample | None = None
    further: Callable[[int], Sample] | None = None
    opened: bool = True


def _replay(receipt: Receipt, folder: Path, source: str | Path | None, key: str | Path | None) -> _Replay:
    try:
        plan = sealed_plan(receipt, folder)
        register = read_planned_register(plan, source)
        opened = with_ids(receipt, folder, register, key)
        review = review_of(opened, plan, register)
        problems = review_problems(receipt, review, own_file=source is None)
    except AuditError as refused:
        return _Replay(refused.problems)
    try:
        again = drawn_again(opened, review.frame)
    except AuditError as refused:
        return _Replay((*problems, *refused.problems), review)
    # The rows that an extension added are drawn again too, once it is known how many.
    further = partial(_further, opened, review.frame)
    found = (*problems, *draw_problems(opened, again))
    return _Replay(found, review, again, further, not opened.pseudonyms)


def _further(receipt: Receipt, frame: Frame, reserves: int) -> Sample:
    return drawn_again(receipt, frame, reserves=reserves)


def _unchecked(receipt: Receipt, replay: _Replay, *, told_seal: bool, told_frameworks: bool) -> tuple[str, ...]:
    """Say in words what was not checked."""
    found = []
    if not told_seal:
        found.append("that this is the receipt of the day of the draw: give the seal in its minutes (--seal)")
    if receipt.pseudonyms and not replay.opened:
        found.append(f"which cases stand behind the pseudonyms of the receipt: there is no {KEY_FILE} (--key)")
    if receipt.frameworks and not told_frameworks:
        found.append("that the frameworks are those the workbooks were written for")
    if is_chosen(receipt):
        found.append("why these cases: they were chosen by hand, without a draw")
    if replay.review is not None:
        lists = (replay.review.plan.must_audit, replay.review.plan.chosen)
        gone = [path.name for path in lists if path is not None and not path.exists()]
        found += [f"{name}: it is not there any more; the receipt has its cases" for name in gone]
    return tuple(found)


def _problems_of(check: Callable[[], list[Problem]]) -> list[Problem]:
    """Give what a check finds; where it cannot go on, what stopped it."""
    try:
        return check()
    except AuditError as refused:
        return list(refused.problems)


def _fits_plan(receipt: Receipt, register: pd.DataFrame) -> bool:
    """Say whether a DataFrame is the register of the receipt's plan, rather than its eligible units."""
    if not receipt.plan_text:
        return False
    plan = sealed_plan(receipt, Path())
    wanted = [CASE_ID, *[column.column for column in plan.strata]]
    return {plan.columns.get(name, name) for name in wanted} <= {str(name) for name in register.columns}
