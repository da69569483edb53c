"""Sentences of the report. The words of a verdict come from one place: improvement's headline."""

from __future__ import annotations

import math
from dataclasses import dataclass

from audit_toolkit import terms
from audit_toolkit.improvement import Comparison, MeasuredChange, Round, headline, share_figures
from audit_toolkit.register import rule_window

WORDS = {
    terms.IMPROVED: "improved",
    terms.WORSENED: "worsened",
    terms.NO_WORSE: "no worse",
    terms.CANNOT_TELL: "no change shown",
    "": "",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one framework: its word, the figures, and what could have been shown."""

    title: str
    word: str
    verdict: str
    figures: str
    grades: str
    power: str


def answers(comparison: Comparison) -> list[Answer]:
    """Give the answer for each framework, the primary one first."""
    found = []
    for row in comparison.grades():
        share = comparison.share(row.measure.framework)
        figures = f"{share.measure.counts}: {share_figures(share.change)}."
        word = WORDS[row.verdict] if not comparison.reasons else "no verdict"
        found.append(Answer(row.measure.label, word, row.verdict, figures, _without_word(headline(row)), power(share)))
    return found


def _without_word(sentence: str) -> str:
    """Leave out the word a sentence opens with, where it stands above in large letters."""
    rest = sentence.split(": ", 1)[-1]
    return rest[0].upper() + rest[1:]


def opening(comparison: Comparison) -> str:
    """Say in one sentence what improved, what worsened and what cannot be told."""
    if comparison.reasons:
        return "No verdict can be given on these two rounds; the estimates are shown without one."
    words = comparison.words()
    parts = [
        f"{_listed(words[word])} {text}"
        for word, text in (
            (terms.IMPROVED, "improved"),
            (terms.WORSENED, "worsened"),
            (terms.NO_WORSE, "got no worse than the margin allows"),
        )
        if words[word]
    ]
    if words[terms.CANNOT_TELL]:
        parts.append(f"for {_listed(words[terms.CANNOT_TELL])} no change was shown, which is not the same as none")
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + "."


def _listed(names: list[str]) -> str:
    names = [name[0].lower() + name[1:] for name in names]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def power(share: MeasuredChange) -> str:
    """Say what the rounds could have shown."""
    true, observed = share.change.detectable_true, share.change.detectable_observed
    if math.isnan(true):
        return "These rounds could not have shown even the largest rise in this share."
    text = f"A true rise of {100 * true:.0f} points would have been shown 8 times in 10"
    if math.isnan(observed):
        return text + "."
    return f"{text}; an observed rise of {100 * observed:.0f} points would have counted."


def drawn(round_: Round) -> str:
    """Say how a round's sample was drawn."""
    rule = rule_window(round_.plan.eligible)
    window = f" ({rule.words()})" if rule is not None else ""
    strata = " and ".join(column.name for column in round_.plan.strata)
    return (
        f"{len(round_.cases)} of {round_.eligible:,} eligible cases{window}, from a register of "
        f"{round_.receipt.register_size:,}"
        + (f" taken on {round_.plan.snapshot.isoformat()}" if round_.plan.snapshot else "")
        + f"; strata by {strata}, {round_.plan.allocation} allocation, "
        f"at least {round_.plan.minimum} a stratum. The seed was {round_.receipt.seed_source}."
    )
