"""Cases chosen by hand: a list that speaks for itself and for nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from audit_toolkit.errors import Place, Problem, RegisterError
from audit_toolkit.register.apart import on_list
from audit_toolkit.register.candidates import apply_rules, candidates, children_of, frame_rules, refuse_none
from audit_toolkit.register.frame import Frame, frame_digest
from audit_toolkit.register.register import Register, register_notes
from audit_toolkit.register.units import Unit
from audit_toolkit.terms import CASE_ID, STRATUM


def chosen_frame(
    register: Register,
    chosen: Sequence[str],
    *,
    strata: object = None,
    eligible: object = None,
    exclude: object = None,
    unit: Unit | str | None = None,
    fold_case: bool = True,
) -> Frame:
    """Give the units of a list chosen by hand, in the list's order: a frame that nothing is drawn from.

    Its population is empty, because nothing was drawn at random that could speak for more than the list.

    Raises
    ------
    RegisterError as `build_frame`; also for an id that is not in the register, or that the rules leave out.
    """
    rules = frame_rules(register, strata, eligible, exclude, unit, strata_needed=False)
    positions, counts = apply_rules(register, rules)
    refuse_none(register, positions, counts)
    found = candidates(register, positions, rules, fold_case=fold_case)
    listed = on_list(found, register, rules, chosen)
    taken = found.only(listed)
    place = Place(register.name, register.sheet)
    missing = sorted(set(chosen) - set(taken.ids))
    if missing:
        mend = "Take it out of the list, or take the rule out of the plan."
        what = "was chosen, and a rule of the plan leaves it out"
        raise RegisterError([Problem(f"{each} {what}", place, mend) for each in missing])
    counts["not chosen"] = found.held(range(len(found.strata))) - found.held(listed)
    order = {name: number for number, name in enumerate(chosen)}
    taken = taken.only(sorted(range(len(listed)), key=lambda each: order[taken.ids[each]]))
    units = taken.units(taken.strata)
    return Frame(
        units=units,
        cases=taken.cases.reset_index(drop=True),
        strata=rules.strata,
        population={},
        register_size=len(register),
        exclusions=tuple(counts.items()),
        digest=frame_digest(zip(units[CASE_ID], units[STRATUM], strict=True)),
        files=register.files,
        rule={**rules.shape(), "chosen_by_hand": True},
        notes=register_notes(register),
        unit=rules.unit,
        children=children_of(register, [taken]),
    )
