"""What stands beside a verdict and never in its place: other tests, spread between areas, error of ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit.improvement.changes.rater_error import RaterError
from audit_toolkit.improvement.changes.sensitivity_checks import SensitivityChecks, sensitivity_checks
from audit_toolkit.improvement.changes.spread import Spread
from audit_toolkit.improvement.estimates.quantities import GRADES as GRADES_CHANGED
from audit_toolkit.improvement.estimates.quantities import SHARE as SHARE_CHANGED
from audit_toolkit.improvement.rounds.consistency import round_rater_error, round_spread
from audit_toolkit.improvement.rounds.measures import GRADES, SHARE

if TYPE_CHECKING:
    from audit_toolkit.improvement.rounds.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the verdict on the framework `title`.

    `checks` are other tests of its grades and of its share good or better, each with the other question it answers;
    `spread` how far the parts of each reported column lie apart in the later round; `error` what wrong ratings could
    make or hide of the change. Exploration, all of it.
    """

    title: str
    checks: tuple[SensitivityChecks, ...]
    spread: tuple[tuple[str, Spread], ...]
    error: RaterError

    def sentences(self) -> list[str]:
        """Say each in words."""
        told = [
            f"{each.name[:1].upper()}{each.name[1:]}, {checks.quantity}: {each.sentence}"
            for checks in self.checks
            for each in checks.checks
        ]
        told += [
            f"Later round: {each.sentence(f'the groups of {column}', 'the share good or better')}"
            for column, each in self.spread
        ]
        return [*told, *self.error.sentences()]

    def to_dict(self) -> dict[str, object]:
        """Give the figures as JSON can hold them; None where undefined."""
        return {
            "framework": self.title,
            "checks": [each.to_dict() for each in self.checks],
            "spread": {column: each.to_dict() for column, each in self.spread},
            "rater_error": self.error.to_dict(),
        }

    def __str__(self) -> str:
        return "\n".join([f"Beside the verdict on {self.title}, never in its place:", *self.sentences()][:12])


def beside_verdict(comparison: Comparison) -> Beside:
    """Give what stands beside the verdict on the first framework compared: what others would have asked of it.

    Parameters
    ----------
    comparison : of two rounds drawn at random, as `compare_rounds` gives it.

    Returns
    -------
    Beside.

    Raises
    ------
    ChangeError of rounds that were not drawn at random, or that share no framework's grades.

    Source and checks: see `sensitivity_checks`, `spread_between`, `rater_error`; joined in
    tests/improvement/test_beside.py.
    """
    earlier, later = comparison.earlier, comparison.later
    graded = comparison.grades()
    name = graded[0].measure.framework if graded else next(iter(later.frameworks))
    checks = tuple(
        sensitivity_checks(earlier.measure(kind, name), later.measure(kind, name), kind=quantity)
        for kind, quantity in ((GRADES, GRADES_CHANGED), (SHARE, SHARE_CHANGED))
    )
    spread = tuple(
        (column, round_spread(later, column, framework=name))
        for column in later.plan.domains
        if column in later.findings.columns
    )
    error = round_rater_error(earlier, later, framework=name)
    return Beside(later.frameworks[name].title, checks, spread, error)
