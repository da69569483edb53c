"""The arithmetic of a score: exact whole numbers over a common denominator, then bands and limits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import Problem, RatingError, raise_if
from audit_toolkit.scoring.criterion import Criterion, Item, Limit
from audit_toolkit.scoring.framework import INCOMPLETE, WORST, Framework
from audit_toolkit.scoring.models import Floats, Mask, Model, Totals
from audit_toolkit.scoring.responses import can_answer, response_of, without_longest


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Answers as numbers: `codes[case, question]` is a place in `texts`; criteria stand before items."""

    framework: Framework
    codes: npt.NDArray[np.integer[Any]]
    texts: tuple[str, ...]

    def holds(self, question_id: str, answers: tuple[str, ...]) -> Mask:
        """Say of each case whether its answer to a question is one of these."""
        column = [each.id for each in self.framework.questions].index(question_id)
        wanted = np.array([without_longest(text) in answers for text in self.texts], dtype=bool)
        return wanted[self.codes[:, column]] if self.texts else np.zeros(len(self.codes), dtype=bool)


def encode(answers: pd.DataFrame, framework: Framework) -> Encoded:
    """Number the answers; items without a column are blank, and an answer a question cannot get is refused."""
    absent = [each for each in framework.criterion_ids if each not in answers.columns]
    raise_if((Problem(f"{each} of {framework.name} is not a column of the answers") for each in absent), RatingError)
    ids = [each.id for each in framework.questions]
    values = np.full((len(answers), len(ids)), terms.MISSING, dtype=object)
    present = [position for position, each in enumerate(ids) if each in answers.columns]
    values[:, present] = answers[[ids[position] for position in present]].to_numpy(dtype=object)
    codes, texts = pd.factorize(values.ravel(), use_na_sentinel=False)
    encoded = Encoded(framework, codes.reshape(values.shape), tuple(texts))
    raise_if(_refused(encoded, answers), RatingError)
    return encoded


def _refused(encoded: Encoded, answers: pd.DataFrame) -> list[Problem]:
    """List every answer its question cannot get; questions of one kind are judged together."""
    judged: dict[tuple[str, bool], Mask] = {}
    problems = []
    for column, question in enumerate(encoded.framework.questions):
        kind = (response_of(question), isinstance(question, Item) or question.na_allowed)
        if kind not in judged:
            fine = [_possible(encoded.framework, question, text) for text in encoded.texts]
            judged[kind] = np.array(fine, dtype=bool)
        for row in np.flatnonzero(~judged[kind][encoded.codes[:, column]]):
            text = encoded.texts[encoded.codes[row, column]]
            problems.append(Problem(f"{text} is not an answer to {question.id}", f"case {answers.index[row]}"))
    return problems


def _possible(framework: Framework, question: Criterion | Item, text: object) -> bool:
    """Say whether a question may have this text for an answer, missing ones included."""
    if not isinstance(text, str):
        return False
    computed = response_of(question) in (terms.TIMELINESS, terms.REPEATED)
    unjudged = computed and text in (terms.MISSING_DATE, terms.PENDING)
    return text == terms.MISSING or unjudged or can_answer(framework, question, text)


def total(encoded: Encoded) -> Totals:
    """Add up what each case earned and of what, and the weights of what was answered and of what applied."""
    count = len(encoded.framework.criteria)
    return Model(encoded.framework, encoded.texts).totals(encoded.codes[:, :count])


def itemise(encoded: Encoded) -> tuple[Floats, Floats]:
    """Give what each answer earns and what it stands for in its case's score, case x criterion."""
    count = len(encoded.framework.criteria)
    return Model(encoded.framework, encoded.texts).itemised(encoded.codes[:, :count])


def statuses(totals: Totals, framework: Framework) -> npt.NDArray[Any]:
    """Say of each case whether its score stands: complete, incomplete, not applicable or not rated."""
    needed = framework.complete_at if framework.missing_policy == INCOMPLETE else Fraction(0)
    complete = totals.answered * needed.denominator >= totals.applicable * needed.numerator
    found = np.where(complete.astype(bool), terms.COMPLETE, terms.INCOMPLETE).astype(object)
    found[(totals.whole == 0).astype(bool)] = terms.INCOMPLETE
    found[(totals.applicable == 0).astype(bool)] = terms.NOT_APPLICABLE
    found[~totals.rated] = terms.NOT_RATED
    return found


def bands(totals: Totals, framework: Framework) -> npt.NDArray[np.intp]:
    """Give the place of each case's band in the framework's, from the exact score: 62.5 is at 62.5, never below."""
    reached = [
        (100 * totals.earned * lowest.denominator >= lowest.numerator * totals.whole).astype(bool)
        for _, lowest in framework.bands
    ]
    return np.asarray(np.argmax(np.array(reached), axis=0), dtype=np.intp)


def fires(limit: Limit, encoded: Encoded) -> Mask:
    """Say of each case whether a limit's conditions all hold.

    Where a blank counts as the worst answer to a criterion, it fires what that answer fires.
    """
    hits = []
    for question, answers in limit.conditions():
        blanks = (terms.MISSING, terms.MISSING_DATE) if _worst(question, encoded.framework) in answers else ()
        hits.append(encoded.holds(question, (*answers, *blanks)))
    return np.asarray(np.logical_and.reduce(hits), dtype=bool)


def _worst(question: str, framework: Framework) -> str:
    """Give the answer that a blank to a criterion counts as; "" where it counts as none, as items' blanks do."""
    if framework.missing_policy != WORST or question in framework.item_ids:
        return terms.MISSING
    return framework.worst(framework.criterion(question).response)


def unjudged(limit: Limit, encoded: Encoded) -> Mask:
    """Say of each case whether a limit could not be judged because an unscored item is blank."""
    framework = encoded.framework
    open_ = np.ones(len(encoded.codes), dtype=bool)
    lacking = np.zeros(len(encoded.codes), dtype=bool)
    after = {item.id: item.after for item in framework.items}
    for question, answers in limit.conditions():
        blank = np.zeros(len(encoded.codes), dtype=bool)
        if question in after:
            blank = encoded.holds(question, (terms.MISSING,))
            if after[question]:
                blank &= ~encoded.holds(
                    after[question], (terms.NA_RATING, terms.MISSING, terms.PENDING, terms.MISSING_DATE)
                )
        lacking |= blank
        open_ &= blank | encoded.holds(question, answers)
    return open_ & lacking


def cap(
    totals: Totals, encoded: Encoded, standing: Mask
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[Any]]:
    """Give each case's band before and after the limits, and the limits that fired, in file order.

    Limits fire in every case rated; they cap the band only where the score is `standing`.
    """
    framework = encoded.framework
    before = bands(totals, framework)
    after = before.copy()
    labels = [label for label, _ in framework.bands]
    # Limits fire together in few combinations, each a text that is made once.
    said, fired = [""], np.zeros(len(before), dtype=np.intp)
    for limit in framework.limits:
        hit = fires(limit, encoded) & totals.rated
        capped = hit & standing
        after[capped] = np.maximum(after[capped], labels.index(limit.no_better_than))
        so_far, which = np.unique(fired[hit], return_inverse=True)
        fired[hit] = len(said) + which
        said += ["; ".join(filter(None, (said[each], f"{limit.criterion}: {limit.why}"))) for each in so_far]
    return before, after, np.array(said, dtype=object)[fired]
