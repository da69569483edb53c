"""What auditors are asked: each question once, with what counts, what may be answered, and what must be explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_toolkit import terms
from audit_toolkit.scoring.criterion import Criterion, Item, Language
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

    `na_reasons` are the reasons a framework lists for N/A, and `na` what N/A is called. `to_explain` are the answers
    that a limit rests on and that need their evidence in the comment.
    """

    id: str
    framework: str
    ask: str
    look_for: str
    choices: tuple[str, ...]
    na_reasons: tuple[str, ...] = ()
    to_explain: tuple[str, ...] = ()
    na: str = terms.NA_RATING


def questions(frameworks: Sequence[Framework], language: str = "") -> list[Question]:
    """Give what auditors are asked, in order: each item after its criterion, computed criteria left to the dates.

    `language` is the code of one that every framework has words in; what has none in it stays as it is.
    """
    found = []
    for framework in frameworks:
        words = framework.language(language) if language else Language("")
        explain = answers_to_explain(framework)
        after: dict[str, list[Question]] = {}
        for item in framework.items:
            after.setdefault(item.after, []).append(_item(framework, item, explain.get(item.id, ()), words))
        for criterion in framework.criteria:
            if criterion.response != terms.TIMELINESS:
                found.append(_question(framework, criterion, explain.get(criterion.id, ()), words))
            found += after.pop(criterion.id, [])
        found += [question for rest in after.values() for question in rest]
    return found


def _item(framework: Framework, item: Item, to_explain: tuple[str, ...], words: Language) -> Question:
    return Question(
        id=item.id,
        framework=words.title or framework.title,
        ask=f"{words.asks.get(item.id, item.ask)}{NOT_SCORED}",
        look_for=words.look_fors.get(item.id, item.look_for),
        choices=_called(YES_OR_NO, words),
        to_explain=_called(to_explain, words),
    )


def _question(framework: Framework, criterion: Criterion, to_explain: tuple[str, ...], words: Language) -> Question:
    allowed = ANSWERS.get(criterion.response, framework.ratings if criterion.response == terms.GRADED else ())
    choices = (*allowed, terms.NA_RATING) if criterion.na_allowed and allowed else allowed
    look_for = words.look_fors.get(criterion.id, criterion.look_for)
    reasons = words.na_reasons.get(criterion.id, criterion.na_reasons)
    return Question(
        id=criterion.id,
        framework=words.title or framework.title,
        ask=words.asks.get(criterion.id, criterion.ask),
        look_for=_look_for(look_for, criterion.na_allowed, reasons, criterion.response),
        choices=_called(choices, words),
        na_reasons=reasons,
        to_explain=_called(to_explain, words),
        na=_called((terms.NA_RATING,), words)[0],
    )


def _called(answers: Sequence[str], words: Language) -> tuple[str, ...]:
    """Give answers as a language calls them."""
    return tuple(words.labels.get(each, each) for each in answers)


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
