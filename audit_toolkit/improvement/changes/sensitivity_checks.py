"""The tests that stand beside a change, each with the other question it answers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from audit_toolkit.improvement.changes.mantel_haenszel import mantel_haenszel
from audit_toolkit.improvement.changes.permutation_test import permutation_test, reader_of
from audit_toolkit.improvement.changes.sensitivity import Sensitivity
from audit_toolkit.improvement.changes.van_elteren import van_elteren
from audit_toolkit.improvement.estimates.intervals import p_words
from audit_toolkit.improvement.estimates.quantities import GRADES


@dataclass(frozen=True, slots=True)
class SensitivityChecks:
    """Other tests of the same two rounds, by name. None of them decides the word for the change."""

    quantity: str
    checks: tuple[Sensitivity, ...]

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {"quantity": self.quantity, "checks": [each.to_dict() for each in self.checks]}

    def to_frame(self) -> Any:
        """Give one row a test; undefined figures are nan."""
        return pd.concat([each.to_frame() for each in self.checks], ignore_index=True)

    def __str__(self) -> str:
        lines = ["Beside the verdict, never in its place; each answers another question:"]
        for each in self.checks:
            lines.append(f"{each.name} (one-sided {p_words(each.p_value)}): {each.sentence}")
        return "\n".join(lines)


def sensitivity_checks(
    earlier: Any,
    later: Any,
    *,
    kind: str = GRADES,
    ratings: Sequence[Hashable] | None = None,
    higher_is_better: bool = True,
) -> SensitivityChecks:
    """Give the tests others would have made of these two rounds, and say which question each of them answers.

    Parameters
    ----------
    earlier, later : (answers, strata, population) or a scored round. kind : "grades" for van Elteren's test and the
        stratified permutation test, "share" for Mantel and Haenszel's and the permutation test of answers 0 and 1.
    ratings : labels of grades, best first. higher_is_better : False where less is better.

    Returns
    -------
    SensitivityChecks. There is no word for the change in it: that comes from `compare_grades` or `compare_shares`.

    Raises
    ------
    DesignError, ChangeError as `compare_grades`; ChangeError where `kind` is another.

    Source and checks: see `van_elteren`, `mantel_haenszel`, `permutation_test`.
    """
    reader_of(kind, ratings, higher_is_better)
    if kind == GRADES:
        first = van_elteren(earlier, later, ratings=ratings, higher_is_better=higher_is_better)
    else:
        first = mantel_haenszel(earlier, later, higher_is_better=higher_is_better)
    dealt = permutation_test(earlier, later, kind=kind, ratings=ratings, higher_is_better=higher_is_better)
    return SensitivityChecks(kind, (first, dealt.as_sensitivity()))
