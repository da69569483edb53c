"""How many cases each stratum of a plan's frame gives, by the method the plan names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from audit_toolkit.errors import Problem, did_you_mean
from audit_toolkit.register import Frame
from audit_toolkit.sampling.allocation import ExactShare, allocate, exact_shares
from audit_toolkit.sampling.multivariate import allocate_multivariate
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.sampling.stratum_values import Number
from audit_toolkit.terms import PLAN_FILE

MULTIVARIATE = "multivariate"


class AllocationArguments(TypedDict):
    """What `allocate` and `exact_shares` take from a plan beside the population."""

    method: str
    minimum: int
    maximum: int | None
    spread: Mapping[str, Number] | None
    cost: Mapping[str, Number] | None
    power: Number | None
    take_all: tuple[str, ...]


def allocation_arguments(plan: Plan) -> AllocationArguments:
    """Give what a plan says of its allocation as keywords, so that every step shares out alike."""
    given = plan.inputs
    return {
        "method": plan.allocation,
        "minimum": plan.minimum,
        "maximum": plan.maximum,
        "spread": given.spread,
        "cost": given.cost,
        "power": given.power,
        "take_all": given.take_all,
    }


def planned_allocation(plan: Plan, frame: Frame) -> tuple[dict[str, int], tuple[ExactShare, ...], Sequence[str]]:
    """Give the cases of each stratum, the exact shares beside them, and what must be told of them.

    Raises
    ------
    DesignError if the size or the targets cannot be met, naming the strata or the measures.
    """
    if plan.allocation == MULTIVARIATE:
        found = allocate_multivariate(
            frame.population,
            {name: (target.half_width, target.spread) for name, target in plan.inputs.targets.items()},
            minimum=plan.minimum,
            maximum=plan.maximum,
            cost=plan.inputs.cost,
            take_all=plan.inputs.take_all,
        )
        decides = ", ".join(found.binding)
        told = [f"{decides} {'decides' if len(found.binding) == 1 else 'decide'} the size: {found.size} cases."]
        return dict(found.counts), tuple(found.shares()), [*(told if decides else []), *found.notes]
    arguments = allocation_arguments(plan)
    counts = allocate(frame.population, plan.size or 0, **arguments)
    return counts, tuple(exact_shares(frame.population, counts, **arguments)), []


def label_problems(plan: Plan, frame: Frame) -> list[Problem]:
    """Name every label of the plan that is no stratum of the frame, with the nearest that is."""
    given = plan.inputs
    named: dict[str, list[str]] = {
        "spread": list(given.spread or ()),
        "cost": list(given.cost or ()),
        "take_all": list(given.take_all),
        **{f"the spread of {name}": list(target.spread) for name, target in given.targets.items()},
    }
    known = list(frame.population)
    listed = ", ".join(known)
    collapsed = [label for pair in plan.collapse.items() for label in pair]
    problems = [
        Problem(f'collapse names "{label}", which is not a stratum', PLAN_FILE, f"Use the labels as drawn: {listed}.")
        for label in dict.fromkeys(collapsed)
        if label not in frame.population
    ]
    return problems + [
        Problem(f'{key} names "{label}", which is not a stratum', PLAN_FILE, did_you_mean(label, known))
        for key, labels in named.items()
        for label in dict.fromkeys(labels)
        if label not in frame.population
    ]
