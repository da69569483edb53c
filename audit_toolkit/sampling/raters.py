"""Who may take over a single case: the same auditors where they may, else the one with the fewest cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from audit_toolkit.errors import DesignError, Place, Problem, did_you_mean
from audit_toolkit.sampling.applied_log import TO_RATE
from audit_toolkit.sampling.auditors import Auditor, read_auditors
from audit_toolkit.sampling.conflicts import Conflicts, read_conflicts
from audit_toolkit.sampling.plan import Plan
from audit_toolkit.terms import AUDITOR, DRAW_STATUS, SECOND_AUDITOR

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Raters:
    """The auditors of a round, and what keeps each of them from a case."""

    people: tuple[Auditor, ...]
    conflicts: Conflicts

    def take_over(
        self, case_id: str, wanted: str, cases: pd.DataFrame, *, barred: Collection[str] = (), late: bool = False
    ) -> tuple[str, str]:
        """Give the auditor who takes a case, and why it is not the one wanted ("" where it is).

        Parameters
        ----------
        case_id : the new case. wanted : the auditor it is meant for, "" where there is none in particular.
        cases : the sample as it stands, for how many cases each has. barred : who may not have it besides.
        late : the one wanted did not return the case before: another takes this one, where another may.

        Raises
        ------
        DesignError if nobody may rate it, with everybody's reason.
        """
        reasons = {person.name: self.conflicts.reason(person, case_id) for person in self.people}
        free = [person for person in self.people if not reasons[person.name] and person.name not in barred]
        others = [person for person in free if person.name != wanted]
        if not late and len(others) < len(free):
            return wanted, ""
        if not free:
            listed = "; ".join(f"{name} {why or 'rates it already'}" for name, why in reasons.items())
            mend = "Add an auditor who may, or clear one."
            raise DesignError(Problem(f"nobody may rate it: {listed}", Place(case=case_id), mend))
        loads = self._loads(cases)
        chosen = min(
            others or free, key=lambda person: (Fraction(loads.get(person.name, 0)) / person.hours, person.name)
        )
        why = reasons.get(wanted, "is not among the auditors" if wanted else "")
        return chosen.name, f"{wanted} {why}" if wanted and why else ""

    def check(self, name: str, case_id: str) -> None:
        """Refuse an auditor chosen by hand who is unknown or may not rate a case."""
        person = next((each for each in self.people if each.name == name), None)
        if person is None:
            names = [each.name for each in self.people]
            raise DesignError(Problem(f'"{name}" is not among the auditors', "auditors", did_you_mean(name, names)))
        why = self.conflicts.reason(person, case_id)
        if why:
            raise DesignError(Problem(f"{name} {why}", Place(case=case_id), "Choose another auditor."))

    def _loads(self, cases: pd.DataFrame) -> dict[str, int]:
        waiting = cases[cases[DRAW_STATUS].isin(TO_RATE)]
        loads: dict[str, int] = {}
        for column in (AUDITOR, SECOND_AUDITOR):
            for name in waiting[column]:
                loads[str(name)] = loads.get(str(name), 0) + 1
        return loads


def read_raters(plan: Plan, details: pd.DataFrame, *, away: Collection[str] = ()) -> Raters | None:
    """Read who may rate by a plan; None where it names no auditors.

    `details` : the register's rows by case. `away` : auditors in the list who are given nothing new.
    """
    if plan.auditors is None:
        return None
    listed = sorted(read_auditors(plan.auditors), key=lambda person: person.name)
    people = tuple(person for person in listed if person.name not in away)
    return Raters(people, read_conflicts(details, plan.conflicts, plan.restricted))
