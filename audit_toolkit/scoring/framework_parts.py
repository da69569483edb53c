"""Reading the criteria, unscored items and limits of a framework."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import did_you_mean
from audit_toolkit.scoring.event_count import EVENT_COUNT_KEYS, read_event_count, read_longest_gap_over
from audit_toolkit.scoring.fields import Fields, Path, shown
from audit_toolkit.scoring.framework import Criterion, Framework, Item, Limit
from audit_toolkit.scoring.responses import can_answer, labels_of, response_of

TIMELINESS_KEYS: Final = ("from", "to", "limit")
CRITERION_KEYS: Final = (
    *("id", "theme", "ask", "response", "look_for", "not_applicable", "look_back", "evidences", "weight"),
    *TIMELINESS_KEYS,
    *EVENT_COUNT_KEYS,
)
ITEM_KEYS: Final = ("id", "ask", "look_for", "after", "longest_gap_over")
LIMIT_KEYS: Final = ("if", "is", "also", "no_better_than", "why")


def read_criteria(fields: Fields, limit_names: Sequence[str]) -> tuple[Criterion, ...]:
    """Read the scored questions; `limit_names` are the rows of the timescales they may name."""
    count = len(fields.sequence(("criteria",), required=True))
    criteria = tuple(_criterion(fields, ("criteria", position), limit_names) for position in range(count))
    if count and all(each.weight == 0 for each in criteria):
        fields.fault(("criteria",), "every weight is 0", "Give at least one criterion a weight above 0.")
    return criteria


def _criterion(fields: Fields, path: Path, limit_names: Sequence[str]) -> Criterion:
    """Read one scored question."""
    fields.mapping(path)
    fields.only(path, CRITERION_KEYS)
    response = fields.choice((*path, "response"), terms.RESPONSES)
    start, end, limit = _timeliness(fields, path, response, limit_names)
    allowed, reasons = _not_applicable(fields, path)
    return Criterion(
        id=fields.identifier((*path, "id")),
        ask=fields.text((*path, "ask"), required=True),
        response=response,
        weight=_weight(fields, (*path, "weight")),
        theme=fields.text((*path, "theme")),
        look_for=fields.text((*path, "look_for")),
        na_allowed=allowed,
        na_reasons=reasons,
        look_back=fields.text((*path, "look_back")),
        evidences=fields.texts((*path, "evidences")),
        start=start,
        end=end,
        limit=limit,
        event_count=read_event_count(fields, path, response, limit_names),
    )


def _weight(fields: Fields, path: Path) -> Fraction:
    """Read a weight: 1 unless stated, never negative."""
    weight = fields.number(path, default=Fraction(1)) or Fraction(0)
    if weight < 0:
        fields.fault(path, f"weight {shown(fields.get(path))} is negative", "Write 0 or more.")
    return weight


def _not_applicable(fields: Fields, path: Path) -> tuple[bool, tuple[str, ...]]:
    """Read whether N/A may be answered, and for which reasons."""
    path = (*path, "not_applicable")
    value = fields.get(path)
    if value is None or isinstance(value, list):
        return True, fields.texts(path, required=value is not None)
    if value != "never":
        fields.fault(path, f"not_applicable {shown(value)} is not known", "Write never, or a list of reasons in [ ].")
    return False, ()


def _timeliness(fields: Fields, path: Path, response: str, limit_names: Sequence[str]) -> tuple[str, str, str]:
    """Read the two facts and the limit of a timeliness criterion, which no other kind may have."""
    if response != terms.TIMELINESS:
        for key in TIMELINESS_KEYS if response != terms.REPEATED else ():
            if response and fields.get((*path, key)) is not None:
                what = f"{key} belongs to timeliness criteria, and to repeated ones counted from events"
                fields.fault((*path, key), what, f"Take {key} out.")
        return "", "", ""
    start, end, limit = (fields.text((*path, key), required=True) for key in TIMELINESS_KEYS)
    if limit and limit not in limit_names:
        fields.fault((*path, "limit"), f"the limit {limit} is not in the timescales", did_you_mean(limit, limit_names))
    if start and start == end:
        fields.fault((*path, "to"), f"from and to are both {start}", "Name the fact that ends the step.")
    return start, end, limit


def read_items(fields: Fields) -> tuple[Item, ...]:
    """Read the unscored questions, and check that no id stands twice anywhere."""
    items = tuple(_item(fields, ("items", position)) for position in range(len(fields.sequence(("items",)))))
    seen: set[str] = set()
    for section in ("criteria", "items"):
        for position in range(len(fields.sequence((section,)))):
            path = (section, position, "id")
            value = fields.get(path)
            if isinstance(value, str) and value in seen:
                fields.fault(path, f"the id {value} stands twice", "Give every criterion and item its own id.")
            if isinstance(value, str):
                seen.add(value)
    return items


def _item(fields: Fields, path: Path) -> Item:
    """Read one unscored question; `after` must be a criterion."""
    fields.mapping(path)
    fields.only(path, ITEM_KEYS)
    after = fields.text((*path, "after"))
    ids = [fields.get(("criteria", position, "id")) for position in range(len(fields.sequence(("criteria",))))]
    if after and after not in ids:
        mend = did_you_mean(after, dict.fromkeys(each for each in ids if isinstance(each, str)))
        fields.fault((*path, "after"), f"{after} is not a criterion of this framework", mend)
    return Item(
        id=fields.identifier((*path, "id")),
        ask=fields.text((*path, "ask"), required=True),
        look_for=fields.text((*path, "look_for")),
        after=after,
        longest_gap_over=read_longest_gap_over(fields, path, after),
    )


def read_limits(fields: Fields, framework: Framework) -> tuple[Limit, ...]:
    """Read the rules that cap the band; what they name must exist in the framework read so far."""
    count = len(fields.sequence(("limits",)))
    return tuple(_limit(fields, ("limits", position), framework) for position in range(count))


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
    cap = fields.text((*path, "no_better_than"), required=True)
    labels = [label for label, _ in framework.bands]
    if cap and labels and cap not in labels:
        fields.fault((*path, "no_better_than"), f"{cap} is not a band of this framework", did_you_mean(cap, labels))
    return Limit(criterion, answers, cap, fields.text((*path, "why"), required=True), more)


def _condition(fields: Fields, where: Path, path: Path, question_id: str, framework: Framework) -> tuple[str, ...]:
    """Read the answers one condition of a limit asks for, all of which its question must be able to get."""
    answers = fields.texts(path, required=True)
    questions = {each.id: each for each in framework.questions if each.id}
    question = questions.get(question_id)
    if question is None:
        if question_id:
            what = f"{question_id} is not a criterion or item of this framework"
            fields.fault(where, what, did_you_mean(question_id, list(questions)))
        return answers
    for position, answer in enumerate(answers):
        if response_of(question) and not can_answer(framework, question, answer):
            mend = did_you_mean(answer, labels_of(framework, response_of(question)) or ("k of m, such as 3 of 5",))
            fields.fault((*path, position), f"{answer} cannot be an answer to {question_id}", mend)
    return answers
