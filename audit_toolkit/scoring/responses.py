"""What a cell may say for each kind of question, and what an answer earns."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from audit_toolkit import terms
from audit_toolkit.errors import Problem
from audit_toolkit.scoring.criterion import Criterion, Item
from audit_toolkit.scoring.framework import Framework

# The fixed answers that earn something, as `earns` of a framework names them; grades stand beside them.
EARNING: Final = (terms.YES, terms.PARTLY, terms.NO, terms.MET, terms.NOT_MET)
# Numbers of visits or entries: more than this is a slip of the keyboard.
LARGEST_COUNT: Final = 999

# The longest gap may stand after the count and changes no score.
_COUNTED = re.compile(r"((0|[1-9]\d*) of ([1-9]\d*))(, longest (1 day|(0|[2-9]|[1-9]\d{1,3}) days))?", re.ASCII)
_DATE_LIKE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}-[A-Z][a-z]{2}(-\d{2,4})?", re.ASCII)
_NUMBER_LIKE = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_NA_LIKE: Final = ("n/a", "na", "n.a.", "n.a", "n\\a", "#n/a", "not applicable")
_FIXED: Final = {
    terms.YES_PARTLY_NO: (terms.YES, terms.PARTLY, terms.NO),
    terms.YES_NO: (terms.YES, terms.NO),
    terms.TIMELINESS: (terms.MET, terms.NOT_MET, terms.PENDING),
}


def counted(text: str) -> Fraction | None:
    """Read "3 of 5", or "3 of 5, longest 42 days", as the share 3/5.

    None where the text is not k of m with 0 <= k <= m and m at least 1, in exactly one of these forms.
    """
    found = _COUNTED.fullmatch(text)
    if found is None:
        return None
    met, due = int(found[2]), int(found[3])
    return Fraction(met, due) if met <= due <= LARGEST_COUNT else None


def count_text(met: int, due: int, longest: int | None = None) -> str:
    """Write a count as `counted` reads it, with the longest gap in days where it is known."""
    if longest is None:
        return f"{met} of {due}"
    return f"{met} of {due}, longest {longest} day{'' if longest == 1 else 's'}"


def without_longest(text: str) -> str:
    """Give a count without its longest gap, and any other answer as it is."""
    found = _COUNTED.fullmatch(text)
    return found[1] if found is not None else text


def labels_of(framework: Framework, response: str) -> tuple[str, ...]:
    """Give the answers a kind of question may be given, best first; none listed for `repeated`."""
    return framework.ratings if response == terms.GRADED else _FIXED.get(response, ())


def can_answer(framework: Framework, question: Criterion | Item, text: str) -> bool:
    """Say whether this exact text, codes aside, is an answer to the question."""
    if text == terms.NA_RATING:
        return isinstance(question, Item) or question.na_allowed
    response = response_of(question)
    return text in labels_of(framework, response) or (response == terms.REPEATED and counted(text) is not None)


def is_na(text: str) -> bool:
    """Say whether a text is another way of writing N/A."""
    return text.strip().casefold() in _NA_LIKE


def response_of(question: Criterion | Item) -> str:
    """Give the kind of answer a question asks for; an unscored item asks for Yes or No."""
    return terms.YES_NO if isinstance(question, Item) else question.response


def read_rating(text: str, framework: Framework, question: Criterion | Item) -> str | Problem:
    """Read one cell: the label it stands for, or what is wrong with it and how to mend it."""
    if text == terms.MISSING:
        return text
    label = _label(text, framework, question)
    return label if can_answer(framework, question, label) else _refusal(text, framework, question)


def _label(text: str, framework: Framework, question: Criterion | Item) -> str:
    """Give our label for one of another language, the grade a code stands for, and any other text as it is."""
    text = framework.translated.get(text, text)
    return framework.codes.get(text, text) if response_of(question) == terms.GRADED else text


def _refusal(text: str, framework: Framework, question: Criterion | Item) -> Problem:
    """Say why a text is not a rating of this question and what may be written instead."""
    use = f"Use {_allowed(framework, question, as_codes=_NUMBER_LIKE.fullmatch(text.strip()) is not None)}."
    if text == terms.NA_RATING:
        return Problem("N/A is not allowed: every case has an answer", mend=use)
    if text.strip() == "":
        return Problem("the cell holds only spaces", mend=f"Clear the cell if there is no rating. {use}")
    if _DATE_LIKE.fullmatch(text):
        return Problem(
            f"{text} is a date, not a rating: Excel turns entries such as 3/5 into dates",
            mend=f"Format the cell as Text and type the rating again. {use}",
        )
    shown = f'"{text}"' if text != text.strip() else text
    meant = _meant(text, framework, question)
    return Problem(f"{shown} is not a rating", mend=f'Did you mean "{meant}"? {use}' if meant else use)


def _meant(text: str, framework: Framework, question: Criterion | Item) -> str | None:
    """Give the answer that differs from the text by spaces or capitals alone, if there is one."""
    plain = text.strip().casefold()
    if is_na(text):
        plain = terms.NA_RATING.casefold()
    known = (*labels_of(framework, response_of(question)), terms.NA_RATING, *framework.codes, *framework.translated)
    found = [each for each in known if each.casefold() == plain]
    return found[0] if found and can_answer(framework, question, _label(found[0], framework, question)) else None


def _allowed(framework: Framework, question: Criterion | Item, *, as_codes: bool) -> str:
    """Give the answers a question may be given, as a person would list them."""
    response = response_of(question)
    if response == terms.REPEATED:
        known = ["a count such as 3 of 5 (the first not above the second)"]
    elif response == terms.GRADED and as_codes:
        known = list(framework.codes)
    else:
        known = list(labels_of(framework, response))
    if isinstance(question, Item) or question.na_allowed:
        known.append(terms.NA_RATING)
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} or {known[-1]}"
