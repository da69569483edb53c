"""What a panel settles: double ratings that differ, every case of the worst grade, a random share of all the rest.

    cases with a grade on a framework
      worst grade                       read whole by the panel
      two auditors differ               the answers that differ
      the rest  --smallest tickets-->   a share of them read whole, so that the panel's eye falls on kind grades too

Re-reading only the worst grade can only move grades up: of a true 15 % it made 12 % out of 18.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from audit_toolkit import terms
from audit_toolkit.errors import DesignError, Problem
from audit_toolkit.sampling import ModerationRule, chosen_share
from audit_toolkit.scoring.criterion import Criterion, Item
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.rated_round import RatedRound

if TYPE_CHECKING:
    import pandas as pd

# Why something is settled, as settled.csv says it; a case can have several reasons.
DIFFERS: Final = "differs"
WORST: Final = "worst grade"
RANDOM: Final = "random share"
REST: Final = "rest"
WHY_JOIN: Final = "; "
EVERY: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class ToSettle:
    """One answer before the panel: what the two auditors said, and why it is there."""

    case_id: str
    framework: str
    criterion_id: str
    first_rating: str
    first_comment: str
    second_rating: str
    second_comment: str
    why: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The case and the criterion."""
        return (self.case_id, self.criterion_id)

    @property
    def differs(self) -> bool:
        """Whether two auditors answered otherwise: such an answer must be settled one by one."""
        return DIFFERS in self.why


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case the panel reads whole on a framework, with the grades of both auditors ("" where there is none)."""

    case_id: str
    framework: str
    why: str
    first_grade: str
    second_grade: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Panel:
    """Everything a panel has to settle in a round, by its rule.

    `cells` says of each framework and graded case how it came before the panel: worst grade, differs, random share, or
    rest where it did not.
    """

    name: str
    rule: ModerationRule
    answers: tuple[ToSettle, ...]
    whole: tuple[WholeCase, ...]
    cells: Mapping[str, Mapping[str, str]]

    def keys(self) -> dict[tuple[str, str], ToSettle]:
        """Give the answers by case and criterion."""
        return {each.key: each for each in self.answers}

    def to_dict(self) -> dict[str, Any]:
        """Give what is to settle as plain values."""
        return {
            "round": self.name,
            "rule": self.rule.to_dict(),
            "differing": sum(each.differs for each in self.answers),
            "read_whole": [
                {"case_id": each.case_id, "framework": each.framework, "why": each.why} for each in self.whole
            ],
        }

    def __str__(self) -> str:
        differing = [each for each in self.answers if each.differs]
        lines = [f"{self.name}: to settle are {self.rule}"]
        if self.rule.differing:
            cases = len({each.case_id for each in differing})
            many = f"{_counted(len(differing), 'answer')} of {_counted(cases, 'case')}"
            lines.append(f"{many} on which two auditors differ")
        for framework, cells in self.cells.items():
            held = list(cells.values())
            rest = _counted(held.count(RANDOM) + held.count(REST), "other")
            worst = _counted(held.count(WORST), "case")
            lines.append(
                f"{framework}: {worst} of the worst grade and {held.count(RANDOM)} of the {rest} to read whole"
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def _counted(count: int, one: str) -> str:
    return f"{count} {one if count == 1 else one + 's'}"


def declared_rule(read: RatedRound) -> ModerationRule:
    """Give the rule the plan declares, or refuse."""
    if read.plan.moderation is None:
        mend = (
            "Add moderation: {differing: true, worst_grade: true, rest: 10%} to the plan of the next round: the rule "
        )
        mend += "is decided before the draw."
        raise DesignError(Problem("the plan declares no rule of moderation", terms.PLAN_FILE, mend))
    return read.plan.moderation


def to_settle(read: RatedRound) -> Panel:
    """Say what a panel has to settle in a round whose ratings were collected.

    Parameters
    ----------
    read : the round. Its plan declares the rule.

    Returns
    -------
    Panel, cases in the order of their moderation tickets, so that kind and severe grades come mixed.

    Raises
    ------
    DesignError if the plan declares no rule.

    Checked against: tests/scoring/test_moderation.py.
    """
    rule = declared_rule(read)
    first, second = _answers(read.ratings.table), _answers(read.ratings.second)
    order = {case: place for place, case in enumerate(chosen_share(read.seed, read.ratings.cases, EVERY))}
    answers: list[ToSettle] = []
    whole: list[WholeCase] = []
    cells: dict[str, Mapping[str, str]] = {}
    for name, framework in read.frameworks.items():
        asked = [each.id for each in _asked(framework)]
        differing = _differing(first, second, asked) if rule.differing else {}
        grades, others = _grades(read, framework)
        cells[name] = found = _cells(read.seed, rule, framework, grades, differing)
        for case in sorted(order, key=lambda each: order[each]):
            read_whole = found.get(case) in (WORST, RANDOM)
            reason = (found[case],) if read_whole else ()
            if read_whole:
                whole.append(WholeCase(case, name, found[case], grades[case], others.get(case, "")))
            hand_rated = [each.id for each in framework.computed if (case, each.id) in first]
            for criterion in [*asked, *hand_rated] if read_whole else differing.get(case, []):
                apart = (DIFFERS,) if criterion in differing.get(case, []) else ()
                pair = (first.get((case, criterion), ("", "")), second.get((case, criterion), ("", "")))
                answers.append(ToSettle(case, name, criterion, *pair[0], *pair[1], (*apart, *reason)))
    return Panel(read.plan.round, rule, tuple(answers), tuple(whole), cells)


def _asked(framework: Framework) -> list[Criterion | Item]:
    """Give the questions auditors answer, in the order of the framework; computed ones are left to the dates."""
    return [each for each in framework.questions if isinstance(each, Item) or each.response != terms.TIMELINESS]


def _answers(table: pd.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """Give rating and comment by case and criterion."""
    names = [terms.CASE_ID, terms.CRITERION_ID, terms.RATING, terms.COMMENT]
    rows = table[names].itertuples(index=False, name=None)
    return {(case, criterion): (rating, comment) for case, criterion, rating, comment in rows}


def _differing(
    first: Mapping[tuple[str, str], tuple[str, str]],
    second: Mapping[tuple[str, str], tuple[str, str]],
    asked: list[str],
) -> dict[str, list[str]]:
    """Give by case the questions both auditors answered, and otherwise."""
    found: dict[str, list[str]] = {}
    for (case, criterion), (rating, _) in second.items():
        other = first.get((case, criterion), ("", ""))[0]
        if criterion in asked and rating and other and rating != other:
            found.setdefault(case, []).append(criterion)
    return {case: sorted(each, key=asked.index) for case, each in found.items()}


def _grades(read: RatedRound, framework: Framework) -> tuple[dict[str, str], dict[str, str]]:
    """Give the grades of first and of second ratings, of the cases that have one."""
    found = []
    for scores in (read.scores(framework), read.second_scores(framework)):
        rows = zip(scores.table[terms.CASE_ID], scores.table["band"], strict=True)
        found.append({case: band for case, band in rows if band})
    return found[0], found[1]


def _cells(
    seed: str, rule: ModerationRule, framework: Framework, grades: Mapping[str, str], differing: Mapping[str, object]
) -> dict[str, str]:
    """Say of each graded case how it comes before the panel; the rest are chosen from by tickets."""
    worst = framework.ratings[-1]
    found = {case: DIFFERS if case in differing else REST for case in grades}
    if rule.worst_grade:
        found |= {case: WORST for case, grade in grades.items() if grade == worst}
    rest = [case for case, cell in found.items() if cell == REST]
    return {**found, **dict.fromkeys(chosen_share(seed, rest, rule.rest), RANDOM)}
