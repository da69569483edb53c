"""Going back to a draw by its receipt: its plan, its frame and its cases, as every check and later step does it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.register import Frame, Register
from audit_toolkit.sampling.applied_log import APART
from audit_toolkit.sampling.chosen import take_chosen
from audit_toolkit.sampling.draw import Sample, draw_sample
from audit_toolkit.sampling.lists import is_chosen, read_case_lists, sealed_case_lists
from audit_toolkit.sampling.logged_sample import LoggedSample
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_file import parse_plan
from audit_toolkit.sampling.planned_register import read_planned_register
from audit_toolkit.sampling.pseudonyms import read_key, revealed
from audit_toolkit.sampling.reaudit import sealed_reaudit
from audit_toolkit.sampling.receipt import Receipt
from audit_toolkit.sampling.review import PlannedReview, planned
from audit_toolkit.terms import CASE_ID, DRAW_ORDER, DRAW_STATUS, KEY_FILE, PLAN_FILE, RECEIPT_FILE, STRATUM

if TYPE_CHECKING:
    import pandas as pd


def sealed_plan(receipt: Receipt, folder: Path) -> Plan:
    """Give the plan a receipt seals, as if it stood in a folder; DesignError if it seals none."""
    if not receipt.plan_text:
        what = "the receipt holds no plan, so the frame cannot be made again from a file"
        mend = "Give the eligible units as a DataFrame with case_id and stratum."
        raise DesignError(Problem(what, RECEIPT_FILE, mend))
    return parse_plan(receipt.plan_text, PLAN_FILE, folder, sha256=receipt.plan_sha256)


def sealed_review(
    receipt: Receipt, folder: Path, source: str | Path | pd.DataFrame | Register | None = None
) -> PlannedReview:
    """Work out again what the plan of a receipt comes to, from its register or another copy of it.

    Where a receipt holds pseudonyms, its lists are opened with the key beside it, or read again as the plan says.

    Raises
    ------
    DesignError if the receipt holds no plan. FileError or RegisterError if the register cannot be read.
    """
    plan = sealed_plan(receipt, folder)
    register = source if isinstance(source, Register) else read_planned_register(plan, source)
    return review_of(with_ids(receipt, folder, register), plan, register)


def review_of(receipt: Receipt, plan: Plan, register: Register) -> PlannedReview:
    """Work out a plan with the lists a receipt seals; where it hides their ids, with the plan's own files."""
    lists = read_case_lists(plan, register) if receipt.pseudonyms else sealed_case_lists(receipt)
    return planned(plan, register, lists)


def with_ids(receipt: Receipt, folder: Path, register: Register, key: str | Path | None = None) -> Receipt:
    """Give a receipt with the ids behind its pseudonyms; as it is where it has none, or where there is no key.

    Parameters
    ----------
    receipt : the receipt. folder : its folder, where the key is looked for. register : where the ids are.
    key : another file to read the key from.

    Raises
    ------
    FileError if `key` is not there. DesignError if it is no key, or that of another draw.
    """
    if key is not None and not receipt.pseudonyms:
        what = "the receipt has no pseudonyms, so there is no key to use"
        raise DesignError(Problem(what, RECEIPT_FILE, "Leave --key out."))
    if not receipt.pseudonyms or (key is None and not (folder / KEY_FILE).exists()):
        return receipt
    names = [CASE_ID, receipt.unit]
    ids = [str(each) for name in names if name in register.cases.columns for each in register.cases[name]]
    return revealed(receipt, read_key(key if key is not None else folder / KEY_FILE), ids)


def drawn_again(receipt: Receipt, frame: Frame, *, reserves: int | None = None) -> Sample:
    """Draw again from a frame what a receipt says, without auditors.

    `reserves` : spare cases a stratum, where more are wanted than the receipt has; the others stay as they are.
    """
    if is_chosen(receipt):
        return take_chosen(frame, seed=receipt.seed)
    return draw_sample(
        frame,
        allocation=receipt.allocation,
        seed=receipt.seed,
        reserves=receipt.reserves if reserves is None else max(reserves, receipt.reserves),
        reaudit=sealed_reaudit(receipt),
    )


def check_frame(receipt: Receipt, frame: Frame) -> None:
    """Refuse a frame that is not the one a receipt was drawn from."""
    if frame.digest != receipt.frame_digest:
        what = "the eligible cases or their strata are not those the sample was drawn from"
        mend = "Use the register of the draw: give another copy of it with --register."
        raise DesignError(Problem(what, frame.files[0].name, mend))


def with_details(sample: LoggedSample, frame: Frame) -> Sample:
    """Give today's sample with what the register says of each case.

    Raises
    ------
    DesignError if the frame is not the one the sample was drawn from.
    """
    check_frame(sample.receipt, frame)
    cases, allocation = sample.cases, sample.receipt.allocation
    last = cases[~cases[DRAW_STATUS].isin(APART)].groupby(STRATUM, sort=True)[DRAW_ORDER].max()
    spare = max((int(order) - allocation[str(label)] for label, order in last.items()), default=0)
    again = drawn_again(sample.receipt, frame, reserves=spare)
    places = {str(case): place for place, case in enumerate(again.cases[CASE_ID])}
    details = again.details.iloc[[places[case] for case in cases[CASE_ID]]].reset_index(drop=True)
    return Sample(cases, sample.receipt, details)


def only_cases(sample: Sample, cases: Collection[str]) -> Sample:
    """Give a sample of these cases alone, each with its details: what new workbooks are written for."""
    chosen = [str(case) in cases for case in sample.cases[CASE_ID]]
    return dataclasses.replace(
        sample,
        cases=sample.cases[chosen].reset_index(drop=True),
        details=sample.details[chosen].reset_index(drop=True),
        notes=(),
    )
