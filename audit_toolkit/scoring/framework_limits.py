"""Reading the limits and alerts of a framework, and finding those that can never do anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import did_you_mean
from audit_toolkit.scoring.criterion import Criterion, Item, Limit
from audit_toolkit.scoring.fields import Fields, Path
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.responses import can_answer, is_na, labels_of, response_of

LIMIT_KEYS: Final = ("id", "if", "is", "also", "no_better_than", "why")
COUNTS: Final = ("k of m, such as 3 of 5",)


def read_limits(fields: Fields, framework: Framework) -> tuple[Limit, ...]:
    """Read the rules that cap the band; what they name must exist in the framework read so far."""
    count = len(fields.sequence(("limits",)))
    limits = tuple(_limit(fields, ("limits", position), framework) for position in range(count))
    _check_doubled(fields, limits)
    _check_covered(fields, limits, [label for label, _ in framework.bands])
    return limits


def _limit(fields: Fields, path: Path, framework: Framework) -> Limit:
    """Read one rule that caps the band."""
    fields.mapping(path)
    fields.only(path, LIMIT_KEYS)
    criterion = fields.text((*path, "if"), required=True)
    also = fields.mapping((*path, "also"))
    answers = _condition(fields, (*path, "if"), (*path, "is"), criterion, framework)
    more = tuple(
        (each, _condition(fields, (*path, "also", each), (*path, "also", each), each, framework)) for each in also
    )
    name = fields.identifier((*path, "id")) if fields.get((*path, "id")) is not None else ""
    limit = Limit(criterion, answers, _cap(fields, path, framework), "", more, name)
    _check_possible(fields, path, limit)
    return Limit(criterion, answers, limit.no_better_than, fields.text((*path, "why"), required=True), more, name)


def _cap(fields: Fields, path: Path, framework: Framework) -> str:
    """Read the best band a limit leaves, which must be one that takes something away."""
    path = (*path, "no_better_than")
    cap = fields.text(path, required=True)
    labels = [label for label, _ in framework.bands]
    if cap and labels and cap not in labels:
        fields.fault(path, f"{cap} is not a band of this framework", did_you_mean(cap, labels))
    elif cap and cap in framework.ratings[:1]:
        fields.fault(path, f"{cap} is the best band, so the limit never changes one", "Name a lower band.")
    return cap


def _check_possible(fields: Fields, path: Path, limit: Limit) -> None:
    """Note a limit that asks one question for two answers at once."""
    for each, answers in limit.also:
        if each == limit.criterion and answers and limit.answers and not set(answers) & set(limit.answers):
            what = f"the limit can never fire: {each} cannot be {' or '.join(limit.answers)} and {' or '.join(answers)}"
            fields.fault((*path, "also", each), what, "Make two limits of it.")


def _check_doubled(fields: Fields, limits: Sequence[Limit]) -> None:
    """Note two limits of one name, and two that fire on the same answers."""
    seen: dict[object, int] = {}
    for position, limit in enumerate(limits):
        names: tuple[object, ...] = (limit.id,) if limit.id else ()
        if names and limit.id in seen:
            fields.fault(
                ("limits", position, "id"), f"the limit {limit.id} stands twice", "Give every limit its own id."
            )
        conditions = tuple(sorted((each, tuple(sorted(answers))) for each, answers in limit.conditions()))
        if limit.criterion and limit.answers and conditions in seen:
            what = f"limit {seen[conditions] + 1} fires on the same answers, so the stricter of the two decides alone"
            fields.fault(("limits", position), what, "Keep the stricter one.")
        for key in (*names, conditions):
            seen.setdefault(key, position)


def _check_covered(fields: Fields, limits: Sequence[Limit], labels: Sequence[str]) -> None:
    """Note a limit that fires only where another fires that leaves no better a band."""
    for position, limit in enumerate(limits):
        for other, wider in enumerate(limits):
            known = limit.no_better_than in labels and wider.no_better_than in labels
            if known and _covers(wider, limit) and not _covers(limit, wider):
                if labels.index(wider.no_better_than) < labels.index(limit.no_better_than):
                    continue
                what = f"the limit never changes a band: limit {other + 1} fires wherever it does, and holds as low"
                fields.fault(("limits", position), what, "Take it out, or name a lower band.")
                break


def _covers(wider: Limit, limit: Limit) -> bool:
    """Say whether one limit fires wherever another does."""
    asked = dict(limit.conditions())
    met = (set(asked.get(each, ())) and set(asked[each]) <= set(answers) for each, answers in wider.conditions())
    return bool(wider.answers) and all(met)


def check_alerts(fields: Fields, framework: Framework) -> None:
    """Note every answer that raises an alert and cannot be given."""
    for position, criterion in enumerate(framework.criteria):
        if criterion.alert and criterion.response:
            _check_answers(fields, ("criteria", position, "alert"), criterion.alert, criterion.id, framework)


def _condition(fields: Fields, where: Path, path: Path, question_id: str, framework: Framework) -> tuple[str, ...]:
    """Read the answers one condition of a limit asks for, all of which its question must be able to get."""
    answers = fields.texts(path, required=True)
    ids = [each.id for each in framework.questions if each.id]
    if not framework.criteria:
        return answers
    if question_id and question_id not in ids:
        what = f"{question_id} is not a criterion or item of this framework"
        fields.fault(where, what, did_you_mean(question_id, dict.fromkeys(ids)))
    elif question_id:
        _check_answers(fields, path, answers, question_id, framework)
    return answers


def _check_answers(fields: Fields, path: Path, answers: Sequence[str], question_id: str, framework: Framework) -> None:
    """Note every answer that the question cannot get, with the nearest it can."""
    question = next(each for each in framework.questions if each.id == question_id)
    for position, answer in enumerate(answers):
        if response_of(question) and not can_answer(framework, question, answer):
            said = answer if answer == answer.strip() else f'"{answer}"'
            fields.fault(
                (*path, position), f"{said} cannot be an answer to {question_id}", _meant(answer, question, framework)
            )


def _meant(answer: str, question: Criterion | Item, framework: Framework) -> str:
    """Give the answer that may have been meant, N/A in other words among them, or all of them."""
    known = labels_of(framework, response_of(question)) or COUNTS
    if not can_answer(framework, question, terms.NA_RATING):
        return did_you_mean(answer, known)
    return f'Did you mean "{terms.NA_RATING}"?' if is_na(answer) else did_you_mean(answer, (*known, terms.NA_RATING))
