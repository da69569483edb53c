"""A round from its plan: what would be drawn, and the draw itself."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.files import json_bytes
from audit_toolkit.register import Frame, Register, build_frame, chosen_frame
from audit_toolkit.sampling.allocation import ExactShare
from audit_toolkit.sampling.assign import assign_auditors
from audit_toolkit.sampling.chosen import BY_HAND, NO_DRAW, take_chosen
from audit_toolkit.sampling.draw import Sample, draw_sample
from audit_toolkit.sampling.lists import CaseLists, read_case_lists, unit_name
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.plan_file import read_plan
from audit_toolkit.sampling.planned_allocation import label_problems, planned_allocation
from audit_toolkit.sampling.planned_register import read_planned_register
from audit_toolkit.sampling.reaudit import Reaudited, reaudit_counts
from audit_toolkit.sampling.receipt import SEED_GIVEN, SEED_IN_PLAN
from audit_toolkit.sampling.sample_file import sample_sha256
from audit_toolkit.sampling.speaks_for import speaks_for
from audit_toolkit.terms import COMMITMENT_FILE, PLAN_FILE, SAMPLE_FILE, STRATUM, VERSION

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class PlannedReview:
    """What a plan comes to before any case is drawn: the frame, the cases each stratum gives, the exact shares.

    `lists` are the cases it takes from beside the register; `reaudit` how many of each stratum come by the
    tickets of an earlier round. A plan of cases chosen by hand has no allocation.
    """

    plan: Plan
    frame: Frame
    allocation: Mapping[str, int]
    shares: tuple[ExactShare, ...]
    lists: CaseLists = field(default_factory=CaseLists)
    reaudit: Reaudited | None = None
    notes: tuple[str, ...] = ()

    @property
    def stay_clear_of(self) -> Mapping[str, tuple[str, ...]]:
        """The cases the round stays clear of, by the name of the earlier round."""
        return self.lists.stay_clear_of

    @property
    def speaks_for(self) -> str:
        """Whom an estimate of this round will speak for, as part of a sentence."""
        if self.plan.chosen is not None:
            return f"the {len(self.frame)} cases chosen by hand, and no others"
        certain = self.frame.certain
        return speaks_for(
            len(self.frame),
            eligible=sum(self.frame.population_all.values()) or len(self.frame),
            earlier=[name for name, cases in self.stay_clear_of.items() if cases],
            apart=0 if certain is None else int((certain[STRATUM] != "").sum()),
            unit=unit_name(self.frame.unit),
        )

    @property
    def to_read(self) -> int:
        """The cases auditors will read: those drawn, those that must be audited, or those chosen by hand."""
        if self.plan.chosen is not None:
            return len(self.frame)
        return sum(self.allocation.values()) + (0 if self.frame.certain is None else len(self.frame.certain))

    def commitment(self, *, version: str = VERSION) -> dict[str, object]:
        """Give what is fixed before the seed: plan, frame and allocation, by digest and in full."""
        lists = {str(each["use"]): each["sha256"] for each in self.lists.files}
        return {
            "round": self.plan.round,
            "plan_sha256": self.plan.sha256,
            "frame_digest": self.frame.digest,
            "eligible": len(self.frame),
            "population": dict(self.frame.population),
            "allocation": dict(self.allocation),
            **({} if self.reaudit is None else {"reaudit": self.reaudit.to_dict()}),
            **({"lists": lists} if lists else {}),
            "seed": self._seed_words(),
            "version": version,
        }

    def _seed_words(self) -> str:
        if self.plan.chosen is not None:
            return self.plan.seed or NO_DRAW
        return self.plan.seed or "to be given at the draw"

    def to_frame(self) -> pd.DataFrame:
        """Give one row a stratum: eligible cases, exact share and cases."""
        import pandas as pd

        rows = [(each.stratum, each.population, each.share, each.cases) for each in self.shares]
        return pd.DataFrame(rows, columns=["stratum", "eligible", "exact_share", "cases"])

    def __str__(self) -> str:
        left_out = "; ".join(f"{reason}: {count:,}" for reason, count in self.frame.exclusions if count) or "none"
        size = f"{sum(self.allocation.values())} of {self.frame.size_words()}"
        if self.plan.chosen is not None:
            size = f"{len(self.frame)} cases chosen by hand"
        first = f"{self.plan.round}: {size}, {self.frame.register_size:,} in the register"
        lines = [first, f"left out: {left_out}"]
        if self.frame.population_all or self.frame.certain is not None:
            lines.append(f"estimates speak for {self.speaks_for}")
        if self.frame.certain is not None:
            lines.append(f"beside the sample, because they must be audited: {len(self.frame.certain)}")
        return "\n".join([*lines, f"frame digest {self.frame.digest}"])

    def __repr__(self) -> str:
        return str(self)


def commitment_bytes(review: PlannedReview, *, version: str = VERSION) -> bytes:
    """Give the bytes of commitment.json."""
    return json_bytes(review.commitment(version=version))


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
    return planned(plan, read, read_case_lists(plan, read))


def planned(plan: Plan, register: Register, lists: CaseLists) -> PlannedReview:
    """Work out what a plan comes to on a register and lists that were read."""
    if lists.chosen is not None:
        frame = chosen_frame(
            register,
            lists.chosen,
            strata=plan.strata,
            eligible=plan.eligible,
            exclude=plan.exclude,
            unit=plan.unit,
            fold_case=plan.fold_case,
        )
        return PlannedReview(plan, frame, {}, (), lists, None, (*frame.notes, *lists.notes, BY_HAND))
    frame = build_frame(
        register,
        strata=plan.strata,
        eligible=plan.eligible,
        exclude=plan.exclude,
        stay_clear_of=lists.stay_clear_of,
        must_audit=lists.must_audit,
        small_strata=plan.small_strata,
        unit=plan.unit,
        fold_case=plan.fold_case,
    )
    problems = label_problems(plan, frame)
    if problems:
        raise DesignError(problems)
    counts, shares, told = planned_allocation(plan, frame)
    reaudit = _planned_reaudit(plan, lists, counts)
    notes = [*frame.notes, *lists.notes, *_emptied_notes(frame), *told, *_thin_notes(counts, frame.population, plan)]
    return PlannedReview(plan, frame, counts, shares, lists, reaudit, tuple(notes))


def _planned_reaudit(plan: Plan, lists: CaseLists, counts: Mapping[str, int]) -> Reaudited | None:
    if plan.reaudit is None or lists.reaudit is None:
        return None
    earlier = lists.reaudit
    return Reaudited(earlier.seed, reaudit_counts(counts, plan.reaudit.share), earlier.round, earlier.cases)


def _emptied_notes(frame: Frame) -> list[str]:
    """Say which strata the earlier rounds left nothing of: no estimate speaks for them."""
    gone = {label: count for label, count in frame.population_all.items() if label not in frame.population}
    listed = ", ".join(f"{label} ({count})" for label, count in gone.items())
    return [f"Nothing is left to draw of {listed}: every eligible case was audited before."] if gone else []


def _thin_notes(counts: Mapping[str, int], population: Mapping[str, int], plan: Plan) -> list[str]:
    thin = [label for label, cases in counts.items() if cases == 1 and label not in plan.collapse]
    if not thin:
        return []
    listed = ", ".join(thin[:3]) + (f" and {len(thin) - 3} other strata" if len(thin) > 3 else "")
    larger = any(population[label] > 1 for label in thin)
    mend = "Set minimum: 2, or declare collapse." if larger else "Join them to others, or declare collapse."
    return [f"Only one case is drawn from {listed}: no spread can be measured there. {mend}"]


def draw_round(
    review: PlannedReview,
    *,
    seed: str | None = None,
    seed_source: str = SEED_GIVEN,
    commitment: bytes | None = None,
    frameworks: Mapping[str, Sequence[str]] | None = None,
) -> Sample:
    """Draw the sample of a planned review, assign the auditors and fill in the receipt.

    Parameters
    ----------
    review : what `plan_review` gave. seed : the seed, where the plan has none; a list chosen by hand needs none.
    seed_source : how the seed came about, as the receipt says it. commitment : the bytes of commitment.json,
        where `plan` wrote one before the draw. frameworks : version and digest of each framework, by name.

    Raises
    ------
    DesignError if there is no seed or two, or the commitment was made for another plan or register.
    """
    plan = review.plan
    _check_seeds(plan, seed)
    if commitment is not None and commitment != commitment_bytes(review):
        what = "the plan or the register changed after plan was run"
        raise DesignError(Problem(what, COMMITMENT_FILE, "Run plan again with --force, before a seed is chosen."))
    sample = assigned(review, _drawn(review, seed if seed is not None else plan.seed or ""))
    source = SEED_IN_PLAN if seed is None else seed_source
    receipt = dataclasses.replace(
        sample.receipt,
        seed_source=NO_DRAW if plan.chosen is not None else source,
        commitment=hashlib.sha256(commitment).hexdigest() if commitment is not None else "",
        plan_sha256=plan.sha256,
        plan_text=plan.text,
        sample_sha256=sample_sha256(sample.cases),
        stay_clear_of=dict(review.stay_clear_of),
        files=(*sample.receipt.files, *review.lists.files),
        purpose=plan.purpose,
        frameworks={name: list(each) for name, each in (frameworks or {}).items()},
    )
    notes = tuple(dict.fromkeys((*review.notes, *sample.notes)))
    return dataclasses.replace(sample, receipt=receipt, notes=notes)


def _check_seeds(plan: Plan, seed: str | None) -> None:
    if plan.chosen is not None:
        if seed is not None:
            what = "the cases are chosen by hand, and a seed was given"
            raise DesignError(Problem(what, PLAN_FILE, "Leave --seed out: nothing is drawn."))
    elif (seed is None) == (plan.seed is None):
        what = "there is no seed" if seed is None else "the plan has a seed already"
        mend = "Give one with --seed, or write it in the plan." if seed is None else "Leave --seed out."
        raise DesignError(Problem(what, PLAN_FILE, mend))


def _drawn(review: PlannedReview, seed: str) -> Sample:
    if review.plan.chosen is not None:
        return take_chosen(review.frame, seed=seed)
    return draw_sample(
        review.frame, allocation=review.allocation, seed=seed, reserves=review.plan.reserves, reaudit=review.reaudit
    )


def assigned(review: PlannedReview, sample: Sample) -> Sample:
    """Share the cases out, crossed with the round this one will be compared with, where it was drawn."""
    plan = review.plan
    if plan.auditors is None:
        return sample
    earlier = plan.compare_with
    if earlier is None and plan.reaudit is not None:
        earlier = plan.reaudit.folder
    return assign_auditors(
        sample,
        plan.auditors,
        double_rated=plan.double_rated,
        conflicts=plan.conflicts,
        restricted=plan.restricted,
        earlier=earlier if earlier is not None and (earlier / SAMPLE_FILE).exists() else None,
        known=review.frame.cases,
    )
