"""What is drawn and rated: a case, or, declared, a family of cases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of several cases: the register's column that names it, such as the family.

    With `one_child` one case of each unit drawn is read, the one with the smallest ticket; otherwise all are.
    """

    column: str
    one_child: bool = False
