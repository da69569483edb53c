"""Sentences of the report. A verdict's word is improvement's; here it is only put into a sentence."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from audit_toolkit.improvement import Comparison, MeasuredChange, Round, joint_sentence, why_no_interval
from audit_toolkit.register import rule_window
from audit_toolkit.reporting.disclosure import kept_back
from audit_toolkit.reporting.table import INTERVAL, POINTS, SHARE, SHARES, show
from audit_toolkit.reporting.tables import by_chance, shown_count, word

TOO_FEW = "Too few cases to show figures."


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one framework: its word, the figures, and what could have been shown."""

    title: str
    word: str
    verdict: str
    sentences: tuple[str, ...]
    power: str


def answers(comparison: Comparison) -> list[Answer]:
    """Give the answer for each framework, the primary one first."""
    found = []
    for row in comparison.grades():
        share = comparison.share(row.measure.framework)
        hidden = bool(kept_back([row, share]))
        verdict = "" if comparison.reasons or hidden else row.verdict
        told = (TOO_FEW,) if hidden else _sentences(row, share, comparison)
        power = "" if comparison.reasons or hidden else share_power(share)
        found.append(Answer(row.measure.label, word(row, comparison, hidden=hidden), verdict, told, power))
    return found


def _sentences(row: MeasuredChange, share: MeasuredChange, comparison: Comparison) -> tuple[str, ...]:
    if share.counts is not None:
        return (_counted(share),)
    shares = f"{share.measure.counts}: {share_figures(share, by_chance(comparison))}."
    if comparison.reasons or math.isnan(row.change.change):
        return (shares,)
    return (shares, pairs(row))


def _counted(share: MeasuredChange) -> str:
    """Say how many cases count in each round, as far as it may be told."""
    n = (share.change.n_earlier, share.change.n_later)
    then, now = (shown_count(count, of) for count, of in zip(share.counts or (0, 0), n, strict=True))
    return f"{share.measure.counts}: {then} of {n[0]} earlier, {now} of {n[1]} later."


def share_figures(share: MeasuredChange, with_interval: bool) -> str:
    """Give a share before and after and its change in points."""
    change = share.change
    if math.isnan(change.change):
        return "nothing to compare"
    text = f"{show(change.earlier, SHARE)} to {show(change.later, SHARE)}, {show(change.change, POINTS)} points"
    if not with_interval or math.isnan(change.ci.low):
        return text
    return f"{text} (95 % interval {show((change.ci.low, change.ci.high), INTERVAL)})"


def pairs(row: MeasuredChange) -> str:
    """Say how often a later case was graded higher, in pairs that anyone can picture."""
    text = "Of 100 pairs of one case of each round, the later case is graded higher in "
    text += f"{100 * row.change.later:.0f}, ties split"
    if not math.isnan(row.change.ci.low):
        span = show((row.change.ci.low + 0.5, row.change.ci.high + 0.5), SHARES).removesuffix(" %")
        text += f" (95 % interval {span})"
    return f"{text}; 50 would be neither."


def opening(comparison: Comparison) -> str:
    """Say in one sentence what improved, what worsened and what cannot be told."""
    if not by_chance(comparison):
        return "Findings only: a round that was not drawn at random for comparison can give no verdict."
    if comparison.reasons:
        return "No verdict can be given on these two rounds; the estimates are shown without one."
    return joint_sentence({word: listed(names) for word, names in comparison.words().items() if names})


def listed(names: Sequence[str]) -> str:
    """Give names as a sentence lists them."""
    names = [inside(name) for name in names]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def inside(text: str) -> str:
    """Give a title as it stands inside a sentence: a small first letter, unless it begins with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def share_power(share: MeasuredChange) -> str:
    """Say what the rounds could have shown in a share, or why its change has no interval."""
    why = why_no_interval(share)
    if why:
        return f"No interval for this share: {inside(why)}"
    true = share.change.detectable_true
    if math.isnan(true):
        return "These rounds could not have shown even the largest rise in this share."
    return f"With these cases, a true rise of {100 * true:.0f} points would have been noticed 8 times in 10."


def day(date: datetime.date) -> str:
    """Give a date as a page shows it: 15 February 2010."""
    return f"{date.day} {date:%B} {date.year}"


def drawn(round_: Round) -> str:
    """Say how a round's sample was drawn."""
    rule = rule_window(round_.plan.eligible)
    window = f" ({rule.words()})" if rule is not None else ""
    strata = " and ".join(column.name for column in round_.plan.strata) or "nothing: one stratum"
    taken = f" taken on {day(round_.plan.snapshot)}" if round_.plan.snapshot else ""
    register = f"from a register of {round_.receipt.register_size:,}{taken}"
    if not round_.chosen.empty:
        return f"{len(round_.chosen)} cases chosen by hand{window}, {register}. Nothing was left to chance."
    size, opened = sum(round_.receipt.allocation.values()), len(round_.cases)
    more = f" ({opened} opened in the end)" if opened != size else ""
    plan = round_.plan
    return (
        f"{size} of {round_.eligible:,} eligible cases{window}{more}, {register}; strata by {strata}, "
        f"{plan.allocation} allocation, at least {plan.minimum} a stratum. The seed was {round_.receipt.seed_source}."
    )
