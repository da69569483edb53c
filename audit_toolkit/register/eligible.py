"""Every eligible case of a register, for what is counted and not drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from audit_toolkit.register.candidates import apply_rules, candidates, frame_rules, refuse_none
from audit_toolkit.register.eligibility import Rule
from audit_toolkit.register.register import Register
from audit_toolkit.register.small_strata import SmallStrata, join_small
from audit_toolkit.register.strata import StratumColumn

if TYPE_CHECKING:
    import pandas as pd


def eligible_cases(
    register: Register,
    *,
    strata: Sequence[StratumColumn] = (),
    eligible: Sequence[Rule] = (),
    exclude: Sequence[Rule] = (),
    small_strata: SmallStrata | None = None,
    fold_case: bool = True,
) -> pd.DataFrame:
    """Give every case that the rules let in, with its strata: a case each, also where families would be drawn.

    Cases audited before, or to be audited whatever is drawn, are among them: a count leaves nobody out.

    Returns
    -------
    DataFrame. case_id, the stratum columns and stratum, then the register's other columns; sorted by case_id.

    Raises
    ------
    RegisterError naming every unknown column, bad date and doubtful stratum cell at once.
    """
    rules = frame_rules(register, strata, eligible, exclude, None, strata_needed=False)
    positions, counts = apply_rules(register, rules)
    refuse_none(register, positions, counts)
    found = candidates(register, positions, rules, fold_case=fold_case)
    labels = list(found.strata)
    if small_strata is not None and strata:
        labels = list(join_small(labels, small_strata)[0])
    return found.units(labels)
