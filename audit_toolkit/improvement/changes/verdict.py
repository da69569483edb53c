"""The four words, and the sentence that goes with them. Nowhere else are they decided."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Protocol

from audit_toolkit.improvement.estimates.intervals import Interval
from audit_toolkit.improvement.estimates.quantities import GRADES, MEAN, SHARE
from audit_toolkit.terms import CANNOT_TELL, IMPROVED, NO_WORSE, WORSENED

# Verdict -> how a sentence begins. "No change" is never said: an audit can only fail to show one.
OPENINGS: Final = {
    IMPROVED: "Improved",
    WORSENED: "Worsened",
    NO_WORSE: "No worse than the margin allows; improvement not shown",
    CANNOT_TELL: "No change shown",
}
# How it begins, and is written in a table, where nothing was judged: no test could be made, or no word may be given.
UNTOLD: Final = "Cannot tell"
# Verdict -> how a table or a picture writes it; "" where no word is earned.
LABELS: Final = {
    IMPROVED: "improved",
    WORSENED: "worsened",
    NO_WORSE: "no worse",
    CANNOT_TELL: "no change shown",
    "": "",
}
# Verdict -> what is said of the things that earned it, before and after their names.
_TOGETHER: Final = {
    IMPROVED: ("", " improved"),
    WORSENED: ("", " worsened"),
    NO_WORSE: ("", " got no worse than the margin allows"),
    CANNOT_TELL: ("no change shown for ", ": these cases cannot tell"),
}


class Changed(Protocol):
    """What a sentence needs of a change between two rounds."""

    @property
    def quantity(self) -> str: ...
    @property
    def earlier(self) -> float: ...
    @property
    def later(self) -> float: ...
    @property
    def change(self) -> float: ...
    @property
    def ci(self) -> Interval: ...
    @property
    def judged(self) -> bool: ...
    @property
    def confidence(self) -> float: ...
    @property
    def verdict(self) -> str: ...


def verdict(low: float, high: float, margin: float | None = None) -> str:
    """Give the word for a change, from its interval: worsened, improved, no_worse or cannot_tell.

    `low` and `high` are the limits of later minus earlier where more is better; `margin` (0 or more, same unit) is how
    much worse still counts as no worse, declared before the round. The first word that holds is given; limits that
    are undefined give cannot_tell.
    """
    if high < 0:
        return WORSENED
    if low > 0:
        return IMPROVED
    if margin is not None and low > -margin:
        return NO_WORSE
    return CANNOT_TELL


def sentence(change: Changed) -> str:
    """Say a change in one sentence that a board can read.

    Shares and their changes are per cent and points; grades are how often, of 100 pairs of one case of each round, the
    later one is graded higher, ties split (50: neither). "No change shown" is said of what was judged and stood.
    """
    if math.isnan(change.change):
        return f"{UNTOLD}: there is nothing to compare."
    opening = OPENINGS[change.verdict] if change.judged or change.verdict != CANNOT_TELL else UNTOLD
    return f"{opening}: {_figures(change)}."


def label(word: str, change: Changed) -> str:
    """Write the word a change has earned as a table or a picture does; "" where none is."""
    return LABELS[word] if change.judged or word != CANNOT_TELL else UNTOLD.lower()


def joint_sentence(names: Mapping[str, str]) -> str:
    """Say in one sentence which things earned which word: `names` has their names, listed, by verdict."""
    parts = [f"{before}{names[word]}{after}" for word, (before, after) in _TOGETHER.items() if names.get(word)]
    told = "; ".join(parts) or "there is nothing to compare"
    return f"{told[:1].upper()}{told[1:]}."


def sentence_without_word(change: Changed) -> str:
    """Say the figures of a change alone, where no verdict may be given."""
    if math.isnan(change.change):
        return "There is nothing to compare."
    figures = _figures(change)
    return f"{figures[0].upper()}{figures[1:]}."


def _figures(change: Changed) -> str:
    level = f"{100 * change.confidence:g} % interval"
    unit, scale = ("", 1.0) if change.quantity == MEAN else (" points", 100.0)
    size = f"{scale * change.change:+.1f}{unit}"
    if math.isnan(change.ci.low) or math.isnan(change.ci.high):
        span = "no interval can be given"
    else:
        span = f"{level} {scale * change.ci.low:+.1f} to {scale * change.ci.high:+.1f}"
    if change.quantity == GRADES:
        pairs = f"{100 * change.later:.0f} of 100 pairs"
        return f"the later case is graded higher in {pairs}, ties split (50 would be neither), {size} ({span})"
    if change.quantity == SHARE:
        return f"{100 * change.earlier:.1f} % to {100 * change.later:.1f} %, {size} ({span})"
    return f"{change.earlier:.2f} to {change.later:.2f}, {size} ({span})"


def adjusted_verdict(change: Changed, p_adjusted: float) -> str:
    """Give the word a change keeps once its p is adjusted for the measures beside it.

    `p_adjusted` is two-sided. A word for better or worse stands only where the adjusted p does; undefined p never.
    """
    if change.verdict in (IMPROVED, WORSENED) and not p_adjusted < 1 - change.confidence:
        return CANNOT_TELL
    return change.verdict
