"""Reading a framework's words in other languages, so that no label can be taken for another."""

from __future__ import annotations

import re
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import did_you_mean
from audit_toolkit.scoring.criterion import Criterion, Item, Language
from audit_toolkit.scoring.fields import Fields, Path
from audit_toolkit.scoring.framework import Framework
from audit_toolkit.scoring.responses import EARNING, counted

LANGUAGE_KEYS: Final = ("title", "labels", "questions")
QUESTION_KEYS: Final = ("ask", "look_for", "not_applicable")
# States that the tool works out and that no label may be taken for.
SILENT: Final = (terms.PENDING, terms.MISSING_DATE)
# The primary part and region of a language tag. Source: RFC 5646, section 2.1.
CODE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)


def read_languages(fields: Fields, framework: Framework) -> tuple[Language, ...]:
    """Read the words of every language; what they stand for must exist in the framework read so far."""
    languages = tuple(_language(fields, code, framework) for code in fields.mapping(("languages",)))
    _check_labels(fields, languages, framework)
    return languages


def _language(fields: Fields, code: str, framework: Framework) -> Language:
    """Read the words of one language."""
    path: Path = ("languages", code)
    fields.mapping(path)
    fields.only(path, LANGUAGE_KEYS)
    if CODE.fullmatch(code) is None:
        fields.fault(path, f"{code} is not the code of a language", "Write two letters, such as cy for Welsh.")
    known = {each.id: each for each in framework.questions if each.id}
    ids = []
    for each in fields.mapping((*path, "questions")):
        here = (*path, "questions", each)
        fields.mapping(here)
        fields.only(here, QUESTION_KEYS)
        if each in known:
            ids.append(each)
            _check_item(fields, here, known[each])
        elif framework.criteria:
            fields.fault(here, f"{each} is not a criterion or item of this framework", did_you_mean(each, known))
    words = {key: _words(fields, path, key, ids) for key in ("ask", "look_for")}
    return Language(
        code=code,
        title=fields.text((*path, "title")),
        labels=_labels(fields, path, framework),
        asks=words["ask"],
        look_fors=words["look_for"],
        na_reasons=_reasons(fields, path, [each for each in framework.criteria if each.id in ids]),
    )


def _check_item(fields: Fields, here: Path, question: Criterion | Item) -> None:
    """Note reasons for N/A at a question that is not scored and needs none."""
    if isinstance(question, Item) and fields.get((*here, "not_applicable")) is not None:
        what = f"{question.id} is not scored, so N/A needs no reasons"
        fields.fault((*here, "not_applicable"), what, "Take not_applicable out.")


def _words(fields: Fields, path: Path, key: str, ids: list[str]) -> dict[str, str]:
    """Read one text of each question that has it in this language."""
    return {each: text for each in ids if (text := fields.text((*path, "questions", each, key)))}


def _reasons(fields: Fields, path: Path, criteria: list[Criterion]) -> dict[str, tuple[str, ...]]:
    """Read the reasons for N/A in this language: as many as the criterion has, in its order."""
    found = {}
    for criterion in criteria:
        here = (*path, "questions", criterion.id, "not_applicable")
        reasons = fields.texts(here)
        if reasons and len(reasons) != len(criterion.na_reasons):
            count = len(criterion.na_reasons)
            what = f"{criterion.id} has {count} {'reason' if count == 1 else 'reasons'} for N/A and {len(reasons)} here"
            fields.fault(here, what, "Translate each reason, in the order of the criterion.")
        if reasons:
            found[criterion.id] = reasons
    return found


def _labels(fields: Fields, path: Path, framework: Framework) -> dict[str, str]:
    """Read what each of our labels is called."""
    known = (*framework.ratings, *EARNING, terms.NA_RATING)
    labels = {}
    for ours in fields.mapping((*path, "labels")):
        if ours not in known:
            here = (*path, "labels", ours)
            fields.fault(here, f"{ours} under labels is not an answer of this framework", did_you_mean(ours, known))
        elif theirs := fields.text((*path, "labels", ours), required=True):
            labels[ours] = theirs
    return labels


def _check_labels(fields: Fields, languages: tuple[Language, ...], framework: Framework) -> None:
    """Note every label that could be read as two answers, in whichever languages these stand."""
    means = {label: label for label in (*framework.ratings, *EARNING, terms.NA_RATING)}
    means |= framework.codes
    for language in languages:
        for ours, theirs in language.labels.items():
            if theirs != theirs.strip() or theirs.isdigit() or counted(theirs) is not None:
                what = f'"{theirs}" cannot be a label: numbers, counts and spaces around the text are kept for the tool'
                fields.fault(("languages", language.code, "labels", ours), what, "Choose a plain word.")
            elif theirs in SILENT:
                what = f"{theirs} is what the tool says of a step, so it cannot stand for {ours}"
                fields.fault(("languages", language.code, "labels", ours), what, "Choose another word.")
            elif means.setdefault(theirs, ours) != ours:
                what = f"{theirs} stands for {ours} here and for {means[theirs]} elsewhere"
                fields.fault(("languages", language.code, "labels", ours), what, "Give each answer a word of its own.")
