"""What auditors are asked: each question once, with what counts, what may be answered, and what must be explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_toolkit import terms
from audit_toolkit.scoring.criterion import Criterion
from audit_toolkit.scoring.framework import Framework

YES_OR_NO = (terms.YES, terms.NO)
ANSWERS: Mapping[str, tuple[str, ...]] = {
    terms.YES_PARTLY_NO: (terms.YES, terms.PARTLY, terms.NO),
    terms.YES_NO: YES_OR_NO,
}
OPEN_QUESTION = {terms.REPEATED: "How many of how many, as in 3 of 5."}
# Stands after the words of an item, so that nobody thinks it is part of the score.
NOT_SCORED = " (not scored)"


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a workbook for each case: what is asked, where to look and what may be answered.

    `na_reasons` are the reasons a framework lists for N/A. `to_explain` are the answers that a limit rests on and
    that need their evidence in the comment.
    """

    id: str
    framework: str
    ask: str
    look_for: str
    choices: tuple[str, ...]
    na_reasons: tuple[str, ...] = ()
    to_explain: tuple[str, ...] = ()


def questions(frameworks: Sequence[Framework]) -> list[Question]:
    """Give what auditors are asked, in order: each item after its criterion, computed criteria left to the dates."""
    found = []
    for framework in frameworks:
        explain = answers_to_explain(framework)
        after: dict[str, list[Question]] = {}
        for item in framework.items:
            words = f"{item.ask}{NOT_SCORED}"
            asked = Question(item.id, framework.title, words, item.look_for, YES_OR_NO, (), explain.get(item.id, ()))
            after.setdefault(item.after, []).append(asked)
        for criterion in framework.criteria:
            if criterion.response != terms.TIMELINESS:
                found.append(_question(framework, criterion, explain.get(criterion.id, ())))
            found += after.pop(criterion.id, [])
        found += [question for rest in after.values() for question in rest]
    return found


def _question(framework: Framework, criterion: Criterion, to_explain: tuple[str, ...]) -> Question:
    allowed = ANSWERS.get(criterion.response, framework.ratings if criterion.response == terms.GRADED else ())
    choices = (*allowed, terms.NA_RATING) if criterion.na_allowed and allowed else allowed
    hint = _look_for(criterion.look_for, criterion.na_allowed, criterion.na_reasons, criterion.response)
    return Question(criterion.id, framework.title, criterion.ask, hint, choices, criterion.na_reasons, to_explain)


def answers_to_explain(framework: Framework) -> dict[str, tuple[str, ...]]:
    """Give, for each question that a limit rests on, the answers that can hold a case's grade back."""
    found: dict[str, tuple[str, ...]] = {}
    for limit in framework.limits:
        for question, answers in limit.conditions():
            found[question] = tuple(dict.fromkeys((*found.get(question, ()), *answers)))
    return found


def _look_for(look_for: str, na_allowed: bool, na_reasons: Sequence[str], response: str) -> str:
    parts = [OPEN_QUESTION[response]] if response in OPEN_QUESTION else []
    parts += [look_for.rstrip(".") + "."] if look_for else []
    if not na_allowed:
        parts.append("N/A may not be used.")
    elif na_reasons:
        parts.append(f"N/A only for: {'; '.join(na_reasons)}.")
    return " ".join(parts)


def facts_needed(frameworks: Sequence[Framework]) -> dict[str, list[str]]:
    """Give the facts that computed criteria can be worked out from, each with the ids of those criteria."""
    needed = facts_asked(frameworks)
    for framework in frameworks:
        for criterion, rule in framework.from_events:
            for fact in rule.facts:
                needed.setdefault(fact, []).append(criterion.id)
    return needed


def facts_asked(frameworks: Sequence[Framework]) -> dict[str, list[str]]:
    """Give the facts that auditors are asked for: those of timeliness, which has no other source.

    What a table of events is read with comes from the register: where there is no such table, nobody needs it.
    """
    asked: dict[str, list[str]] = {}
    for framework in frameworks:
        for criterion in framework.computed:
            for fact in (criterion.start, criterion.end):
                asked.setdefault(fact, []).append(criterion.id)
    return asked
