"""A round from its plan: what would be drawn, and the draw itself."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.files import json_bytes, sheet_names
from audit_toolkit.register import Frame, Register, build_frame, read_register
from audit_toolkit.sampling.allocation import ExactShare, allocate, exact_shares
from audit_toolkit.sampling.assign import assign_auditors
from audit_toolkit.sampling.draw import Sample, draw_sample
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_file import read_plan
from audit_toolkit.sampling.receipt import SEED_GIVEN, SEED_IN_PLAN
from audit_toolkit.sampling.sample_file import read_sample, sample_sha256
from audit_toolkit.terms import CASE_ID, COMMITMENT_FILE, DRAW_STATUS, RESERVE, SAMPLE_FILE, VERSION

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class PlannedReview:
    """What a plan comes to before any case is drawn: the frame, the cases each stratum gives, the exact shares."""

    plan: Plan
    frame: Frame
    allocation: Mapping[str, int]
    shares: tuple[ExactShare, ...]
    stay_clear_of: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()

    def commitment(self, *, version: str = VERSION) -> dict[str, object]:
        """Give what is fixed before the seed: plan, frame and allocation, by digest and in full."""
        return {
            "round": self.plan.round,
            "plan_sha256": self.plan.sha256,
            "frame_digest": self.frame.digest,
            "eligible": len(self.frame),
            "population": dict(self.frame.population),
            "allocation": dict(self.allocation),
            "seed": self.plan.seed or "to be given at the draw",
            "version": version,
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row a stratum: eligible cases, exact share and cases."""
        import pandas as pd

        rows = [(each.stratum, each.population, each.share, each.cases) for each in self.shares]
        return pd.DataFrame(rows, columns=["stratum", "eligible", "exact_share", "cases"])

    def __str__(self) -> str:
        left_out = "; ".join(f"{reason}: {count:,}" for reason, count in self.frame.exclusions if count) or "none"
        return "\n".join(
            [
                f"{self.plan.round}: {sum(self.allocation.values())} of {len(self.frame):,} eligible cases, "
                f"{self.frame.register_size:,} in the register",
                f"left out: {left_out}",
                f"frame digest {self.frame.digest}",
            ]
        )

    def __repr__(self) -> str:
        return str(self)


def commitment_bytes(review: PlannedReview, *, version: str = VERSION) -> bytes:
    """Give the bytes of commitment.json."""
    return json_bytes(review.commitment(version=version))


def read_planned_register(plan: Plan, source: str | Path | pd.DataFrame | None = None) -> Register:
    """Read the register a plan names, or another copy of it, as the plan says."""
    rules = (*plan.eligible, *plan.exclude)
    wanted = [*[rule.column for rule in rules], *[column.column for column in plan.strata], *plan.carry]
    sheet: str | None = None
    encoding: str | None = None
    if source is None or isinstance(source, (str, Path)):
        source = Path(source) if source is not None else plan.register_file
        names = sheet_names(source)
        # Another copy may call its sheet something else; then its first sheet is read.
        sheet = plan.register_sheet if plan.register_sheet in names or source == plan.register_file else None
        encoding = None if names else plan.register_encoding
    return read_register(
        source,
        columns=plan.columns,
        sheet=sheet,
        encoding=encoding,
        joins=plan.joins,
        dates=[rule.column for rule in rules if rule.dated],
        required=wanted,
        fold_case=plan.fold_case,
    )


def plan_review(path: str | Path, *, register: str | Path | Register | None = None) -> PlannedReview:
    """Work out what a plan comes to, without drawing anything.

    Parameters
    ----------
    path : the round folder or its plan.yaml. register : another copy of the register; default the plan's own.

    Returns
    -------
    PlannedReview with the frame, the allocation and each stratum's exact share.

    Raises
    ------
    FileError, DesignError or RegisterError, each naming every problem at once.
    """
    plan = read_plan(path)
    read = register if isinstance(register, Register) else read_planned_register(plan, register)
    return planned(plan, read, _earlier(plan.stay_clear_of))


def planned(plan: Plan, register: Register, earlier: Mapping[str, tuple[str, ...]]) -> PlannedReview:
    """Work out what a plan comes to on a register that was read."""
    frame = build_frame(
        register, strata=plan.strata, eligible=plan.eligible, exclude=plan.exclude, stay_clear_of=earlier
    )
    _check_labels(plan, frame)
    counts = allocate(frame.population, plan.size or 0, method=plan.allocation, minimum=plan.minimum, maximum=plan.maximum)
    shares = tuple(exact_shares(frame.population, counts, plan.allocation))
    notes = [*frame.notes, *_thin_notes(counts, frame.population, plan)]
    return PlannedReview(plan, frame, counts, shares, earlier, tuple(notes))


def _check_labels(plan: Plan, frame: Frame) -> None:
    unknown = [label for pair in plan.collapse.items() for label in pair if label not in frame.population]
    if unknown:
        known = ", ".join(frame.population)
        what = f'collapse names "{unknown[0]}", which is not a stratum'
        raise DesignError(Problem(what, "plan.yaml", f"Use the labels as drawn: {known}."))


def _thin_notes(counts: Mapping[str, int], population: Mapping[str, int], plan: Plan) -> list[str]:
    thin = [label for label, cases in counts.items() if cases == 1 and label not in plan.collapse]
    if not thin:
        return []
    listed = ", ".join(thin[:3]) + (f" and {len(thin) - 3} other strata" if len(thin) > 3 else "")
    larger = any(population[label] > 1 for label in thin)
    mend = "Set minimum: 2, or declare collapse." if larger else "Join them to others, or declare collapse."
    return [f"Only one case is drawn from {listed}: no spread can be measured there. {mend}"]


def _earlier(folders: Sequence[Path]) -> dict[str, tuple[str, ...]]:
    """Give each earlier round's cases under its folder's name, with the folder above it where two are alike."""
    counts = Counter(folder.resolve().name for folder in folders)
    found: dict[str, tuple[str, ...]] = {}
    for folder in dict.fromkeys(folders):
        parts = folder.resolve().parts
        name = parts[-1] if counts[parts[-1]] == 1 else "/".join(parts[-2:])
        found[name] = (*found.get(name, ()), *_earlier_cases(folder))
    return found


def _earlier_cases(folder: Path) -> tuple[str, ...]:
    cases = read_sample(folder / SAMPLE_FILE)
    return tuple(str(case) for case in cases[cases[DRAW_STATUS] != RESERVE][CASE_ID])


def draw_round(
    review: PlannedReview, *, seed: str | None = None, seed_source: str = SEED_GIVEN, commitment: bytes | None = None
) -> Sample:
    """Draw the sample of a planned review, assign the auditors and fill in the receipt.

    Parameters
    ----------
    review : what `plan_review` gave. seed : the seed, where the plan has none.
    seed_source : how the seed came about, as the receipt says it. commitment : the bytes of commitment.json,
        where `plan` wrote one before the draw.

    Raises
    ------
    DesignError if there is no seed or two, or the commitment was made for another plan or register.
    """
    plan = review.plan
    if (seed is None) == (plan.seed is None):
        what = "there is no seed" if seed is None else "the plan has a seed already"
        mend = "Give one with --seed, or write it in the plan." if seed is None else "Leave --seed out."
        raise DesignError(Problem(what, "plan.yaml", mend))
    if commitment is not None and commitment != commitment_bytes(review):
        what = "the plan or the register changed after plan was run"
        raise DesignError(Problem(what, COMMITMENT_FILE, "Run plan again with --force, before a seed is chosen."))
    chosen = seed if seed is not None else plan.seed or ""
    sample = draw_sample(review.frame, allocation=review.allocation, seed=chosen, reserves=plan.reserves)
    if plan.auditors is not None:
        sample = assign_auditors(sample, plan.auditors, double_rated=plan.double_rated)
    receipt = dataclasses.replace(
        sample.receipt,
        seed_source=SEED_IN_PLAN if seed is None else seed_source,
        commitment=hashlib.sha256(commitment).hexdigest() if commitment is not None else "",
        plan_sha256=plan.sha256,
        plan_text=plan.text,
        sample_sha256=sample_sha256(sample.cases),
        stay_clear_of=dict(review.stay_clear_of),
    )
    notes = tuple(dict.fromkeys((*review.notes, *sample.notes)))
    return dataclasses.replace(sample, receipt=receipt, notes=notes)
