"""Watching a round come in: where a share lies so far, and a picture of how that narrowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_toolkit import terms
from audit_toolkit.errors import ChangeError, Problem, did_you_mean
from audit_toolkit.improvement.estimates.response import RATED
from audit_toolkit.improvement.estimates.sequence import OUT, Watched, watch_share
from audit_toolkit.improvement.rounds.measures import CRITERION, SHARE, Measure, good_word, measures_of
from audit_toolkit.improvement.rounds.round import Round

if TYPE_CHECKING:
    import pandas as pd

    from audit_toolkit.improvement.picture import Picture

WAITS = (
    "This is no verdict. Whether the round improved is said once every case is back: run compare then. "
    "You may look as often as you like, and may stop early only to know this share less closely."
)
DONE = (
    "Every case is back. This interval holds whenever you look and is wider for it: run compare now, for the verdict "
    "and a closer one."
)
COLOUR, GAP = "#0072B2", "#D55E00"


@dataclass(frozen=True, slots=True, eq=False)
class WatchedRound:
    """One measure of a round so far: `watched` has the interval after every case, `measure` what is watched."""

    name: str
    measure: Measure
    watched: Watched

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader must be told, the last of it that a verdict waits, or no longer."""
        return (*self.watched.notes, DONE if self.finished else WAITS)

    @property
    def finished(self) -> bool:
        """Whether every case is back."""
        return self.watched.back == self.watched.opened

    def to_dict(self) -> dict[str, object]:
        """Give the measure and the figures as JSON can hold them."""
        named = {"round": self.name, "framework": self.measure.framework, "measure": self.measure.id}
        return {**named, **self.watched.to_dict(), "notes": list(self.notes)}

    def to_frame(self) -> pd.DataFrame:
        """Give one row a look, in the order of looking."""
        return self.watched.to_frame()

    def plot(self) -> Picture:
        """Draw how the limits came in."""
        return watch_figure(self)

    def __str__(self) -> str:
        title = f"{self.name}: {self.measure.label}"
        return "\n".join([title, self.watched.sentence(good_word(self.measure.counts)), *self.notes])

    def __repr__(self) -> str:
        return str(self)


def watch_round(
    round_: Round, *, framework: str | None = None, criterion: str | None = None, confidence: float = 0.95
) -> WatchedRound:
    """Say where the share good or better lies while a round is still coming back.

    Parameters
    ----------
    round_ : a round as `read_round` gives it, whole or not. framework : its name, default the primary one.
    criterion : the id of a question in place of the framework's grades. confidence : of all looks together.

    Returns
    -------
    WatchedRound. First ratings count; a case that is ineligible, unread or not applicable counts at its worst.

    Raises
    ------
    ChangeError of a round that was not drawn at random, or of a framework or criterion it does not have.
    """
    if not round_.estimated:
        what = f"the round was not drawn at random to stand for its register (purpose: {round_.plan.purpose})"
        raise ChangeError(Problem(what, round_.name, "It gives findings and counts: there is no interval to watch."))
    measure = _measure(round_, framework, criterion)
    said = round_.cases[terms.DRAW_STATUS]
    watched = watch_share(
        measure.values(round_),
        round_.strata,
        round_.population,
        round_.cases[terms.DRAW_ORDER],
        confidence=confidence,
        planned=round_.receipt.allocation,
        settled=(round_.status == RATED) | said.isin(terms.DISPOSITIONS),
    )
    return WatchedRound(round_.name, measure, watched)


def _measure(round_: Round, framework: str | None, criterion: str | None) -> Measure:
    known = list(round_.frameworks)
    if framework is not None and framework not in known:
        raise ChangeError(
            Problem(f'the round has no framework "{framework}"', round_.name, did_you_mean(framework, known))
        )
    measures = [each for each in measures_of(round_) if framework in (None, each.framework)]
    if criterion is None:
        return next(each for each in measures if each.kind == SHARE)
    asked = {each.criterion: each for each in reversed(measures) if each.kind == CRITERION}
    if criterion not in asked:
        raise ChangeError(
            Problem(f'the round has no criterion "{criterion}"', round_.name, did_you_mean(criterion, list(asked)))
        )
    return asked[criterion]


def watch_figure(found: WatchedRound) -> Picture:
    """Draw the limits after every case, with a mark under each case that is not back."""
    from audit_toolkit.improvement.picture import Picture

    figure = Picture(figsize=(8.6, 4.2), layout="constrained")
    axes = figure.add_subplot()
    looks = found.watched.looks
    places = [0, *(each.look for each in looks)]
    low = [0.0, *(100 * each.low for each in looks)]
    high = [100.0, *(100 * each.high for each in looks)]
    axes.fill_between(places, low, high, step="post", color=COLOUR, alpha=0.22, linewidth=0)
    for limit in (low, high):
        axes.step(places, limit, where="post", color=COLOUR, linewidth=1.8)
    out = [each.look for each in looks if each.state == OUT]
    if out:
        axes.plot(out, [0] * len(out), "x", color=GAP, label="not back: counts at its worst", clip_on=False)
        figure.legend(loc="outside upper right", frameon=False)
    axes.set_xlim(0, max(found.watched.opened, *places))
    axes.set_ylim(0, 100)
    axes.set_xlabel("cases, in the one order of looking (by ticket)")
    axes.set_ylabel(f"share {good_word(found.measure.counts)}, %")
    ending = "every case is back" if found.finished else "no verdict before the end"
    axes.set_title(f"{found.name}: {found.measure.label}\n{ending}", loc="left", fontsize=10.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure
