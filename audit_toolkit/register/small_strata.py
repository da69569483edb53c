"""Small strata joined into one, by a rule declared before the draw and never silently."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_toolkit.errors import Problem, RegisterError, raise_if

WHERE = "small_strata"


@dataclass(frozen=True, slots=True)
class SmallStrata:
    """Strata with fewer than `below` units become one stratum, labelled `become`."""

    below: int
    become: str

    def rule(self, renamed: Mapping[str, str] | None = None) -> dict[str, object]:
        """Give the rule as plain values with the strata it joined, so that two rounds' strata can be compared.

        `renamed` : what each stratum became. A stratum that was small in one round only makes the joined one
        another thing in the other.
        """
        joined = sorted(old for old, new in (renamed or {}).items() if old and new == self.become)
        return {"below": self.below, "become": self.become, "joined": joined}


def join_small(labels: Sequence[str], rule: SmallStrata) -> tuple[list[str], tuple[str, ...]]:
    """Join the strata with too few units into one, and say which they were.

    Parameters
    ----------
    labels : the stratum of each unit. rule : how few are too few, and what their stratum is called.

    Returns
    -------
    The stratum of each unit in the same order, and notes naming every stratum joined with its units.

    Raises
    ------
    RegisterError if the new label is empty, cannot be printed on a line, or is that of a stratum there is.

    Checked against: tests/register/test_small_strata.py.
    """
    counts = Counter(labels)
    raise_if(_problems(rule, counts), RegisterError)
    small = {label: counts[label] for label in sorted(counts) if counts[label] < rule.below}
    if not small:
        return list(labels), (f"No stratum has fewer than {rule.below} units: none is joined.",)
    listed = ", ".join(f"{label} ({count})" for label, count in small.items())
    units = sum(small.values())
    become = "becomes" if len(small) == 1 else "become"
    strata = "stratum" if len(small) == 1 else "strata"
    notes = [f"{len(small)} {strata} with fewer than {rule.below} units {become} {rule.become} ({units}): {listed}."]
    if units < rule.below:
        held = "1 unit" if units == 1 else f"{units} units"
        notes.append(f"{rule.become} still has fewer than {rule.below}: {held}.")
    return [rule.become if label in small else label for label in labels], tuple(notes)


def _problems(rule: SmallStrata, counts: Counter[str]) -> list[Problem]:
    problems = []
    if isinstance(rule.below, bool) or not isinstance(rule.below, int) or rule.below < 2:
        problems.append(Problem(f"below is {rule.below!r}", WHERE, "Give a whole number of at least 2."))
    if not rule.become.strip() or re.search(r"[\r\n\t]", rule.become):
        what = f'the label "{rule.become}" is empty or holds a line break or a tab'
        problems.append(Problem(what, WHERE, "Give it a plain name."))
    elif rule.become in counts:
        what = f'"{rule.become}" is a stratum already, with {counts[rule.become]} units'
        problems.append(Problem(what, WHERE, "Choose a name under become that no stratum has."))
    return problems
