"""A framework: the questions of an audit, what each answer earns, and how the score becomes a band."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from audit_toolkit import terms
from audit_toolkit.errors import FrameworkError, Problem, did_you_mean
from audit_toolkit.files import json_bytes
from audit_toolkit.scoring.event_count import EventCount


@dataclass(frozen=True, slots=True)
class Criterion:
    """One scored question.

    `na_allowed` is False where every case has an answer; `na_reasons` are the reasons that excuse one
    (none listed: any reason). `start`, `end` and `limit` name the two facts and the row of the timescales
    of a timeliness criterion, and are empty otherwise; `event_count` how a repeated one is counted from events.
    """

    id: str
    ask: str
    response: str
    weight: Fraction = Fraction(1)
    theme: str = ""
    look_for: str = ""
    na_allowed: bool = True
    na_reasons: tuple[str, ...] = ()
    look_back: str = ""
    evidences: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    limit: str = ""
    event_count: EventCount | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One unscored yes/no question, asked because a limit needs its answer.

    `longest_gap_over` is so many times the limit of the criterion it stands after: where the auditor left it blank,
    the events of the case answer whether a gap was longer. 0 where only the auditor can.
    """

    id: str
    ask: str
    look_for: str = ""
    after: str = ""
    longest_gap_over: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule that keeps the band from being better than `no_better_than`.

    It fires where the answer to `criterion` is one of `answers` and, for every (id, answers) of `also`,
    that answer is one of those too.
    """

    criterion: str
    answers: tuple[str, ...]
    no_better_than: str
    why: str
    also: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def conditions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Give every (id, answers) that must hold together."""
        return ((self.criterion, self.answers), *self.also)


@dataclass(frozen=True, slots=True)
class Framework:
    """The questions of an audit, what each answer earns, and how a score becomes a band.

    Numbers are exact fractions: `earns` maps an answer to a share of its criterion's weight (0-1), `bands`
    gives the lowest percentage of each band, best first, `complete_at` the share (0-1) of the applicable
    weight that must be answered. `ratings` are the grades, best first; `codes` maps "4".."1" to them;
    `good` is the lowest grade that counts as good or better.
    """

    name: str
    version: str
    title: str
    ratings: tuple[str, ...]
    earns: Mapping[str, Fraction]
    bands: tuple[tuple[str, Fraction], ...]
    criteria: tuple[Criterion, ...]
    items: tuple[Item, ...] = ()
    limits: tuple[Limit, ...] = ()
    good: str = ""
    method: str = "flat"
    not_applicable_policy: str = "leave-out"
    missing_policy: str = "incomplete"
    complete_at: Fraction = Fraction(1)
    about: str = ""
    source: str = ""

    @property
    def codes(self) -> dict[str, str]:
        """The numbers that may be written for the grades: the best of four is 4."""
        count = len(self.ratings)
        return {str(count - position): label for position, label in enumerate(self.ratings)}

    @property
    def criterion_ids(self) -> tuple[str, ...]:
        """The ids of the scored questions, in the order they are asked."""
        return tuple(each.id for each in self.criteria)

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of the unscored yes/no questions."""
        return tuple(each.id for each in self.items)

    @property
    def questions(self) -> tuple[Criterion | Item, ...]:
        """The criteria and, after them, the unscored items."""
        return (*self.criteria, *self.items)

    @property
    def good_or_better(self) -> tuple[str, ...]:
        """The grades that count as good or better, best first."""
        return self.ratings[: self.ratings.index(self.good) + 1]

    @property
    def computed(self) -> tuple[Criterion, ...]:
        """The criteria computed from dates."""
        return tuple(each for each in self.criteria if each.response == terms.TIMELINESS)

    @property
    def from_events(self) -> tuple[tuple[Criterion, EventCount], ...]:
        """The criteria that dated events can answer, each with how they are counted."""
        return tuple((each, each.event_count) for each in self.criteria if each.event_count is not None)

    @property
    def time_limits(self) -> frozenset[str]:
        """The names of the time limits that its criteria are judged by."""
        counted = [limit for _, rule in self.from_events for _, limit in rule.limits]
        return frozenset([*(each.limit for each in self.computed), *counted])

    @property
    def digest(self) -> str:
        """SHA-256 of the content (64 hex digits): comments and layout do not change it, any word does."""
        return hashlib.sha256(json_bytes(self.to_dict())).hexdigest()

    def criterion(self, criterion_id: str) -> Criterion:
        """Give the criterion with this id; FrameworkError names the nearest where there is none."""
        for each in self.criteria:
            if each.id == criterion_id:
                return each
        mend = did_you_mean(criterion_id, self.criterion_ids)
        raise FrameworkError(Problem(f"{criterion_id} is not a criterion of {self.name}", mend=mend))

    def to_dict(self) -> dict[str, object]:
        """Give the whole content as plain values; fractions are text such as "3/4"."""
        return {
            "framework": self.name,
            "version": self.version,
            "title": self.title,
            "about": self.about,
            "source": self.source,
            "ratings": list(self.ratings),
            "good": self.good,
            "earns": {label: str(share) for label, share in self.earns.items()},
            "bands": [[label, str(lowest)] for label, lowest in self.bands],
            "score": {
                "method": self.method,
                "not_applicable": self.not_applicable_policy,
                "missing": self.missing_policy,
                "complete_at": str(self.complete_at),
            },
            "criteria": [_criterion_dict(each) for each in self.criteria],
            "items": [_item_dict(each) for each in self.items],
            "limits": [_limit_dict(each) for each in self.limits],
        }

    def to_frame(self) -> pd.DataFrame:
        """Give one row a criterion, in the order asked."""
        rows = [_criterion_dict(each) for each in self.criteria]
        frame = pd.DataFrame(rows).astype(object)
        frame["na_reasons"] = pd.Series(["; ".join(each.na_reasons) for each in self.criteria], dtype=object)
        frame["evidences"] = pd.Series(["; ".join(each.evidences) for each in self.criteria], dtype=object)
        frame["weight"] = pd.Series([float(each.weight) for each in self.criteria], dtype=float)
        return frame

    def __str__(self) -> str:
        bands = ", ".join(f"{label} from {float(lowest):g} %" for label, lowest in self.bands)
        return "\n".join(
            [
                f"{self.title} ({self.name} {self.version})",
                f"{len(self.criteria)} criteria, {len(self.items)} unscored items, {len(self.limits)} limits",
                f"Bands: {bands}",
                f"Complete when {float(self.complete_at):.0%} of the applicable weight is answered; N/A is left out",
                f"Digest {self.digest[:16]}",
            ]
        )


def _criterion_dict(criterion: Criterion) -> dict[str, object]:
    """Give a criterion as plain values."""
    return {
        "id": criterion.id,
        "ask": criterion.ask,
        "response": criterion.response,
        "weight": str(criterion.weight),
        "theme": criterion.theme,
        "look_for": criterion.look_for,
        "na_allowed": criterion.na_allowed,
        "na_reasons": list(criterion.na_reasons),
        "look_back": criterion.look_back,
        "evidences": list(criterion.evidences),
        "from": criterion.start,
        "to": criterion.end,
        "limit": criterion.limit,
        # Only where it is stated, so that a framework without it keeps its digest.
        **({} if criterion.event_count is None else {"event_count": criterion.event_count.to_dict()}),
    }


def _item_dict(item: Item) -> dict[str, object]:
    """Give an unscored item as plain values."""
    found: dict[str, object] = {"id": item.id, "ask": item.ask, "look_for": item.look_for, "after": item.after}
    return {**found, "longest_gap_over": item.longest_gap_over} if item.longest_gap_over else found


def _limit_dict(limit: Limit) -> dict[str, object]:
    """Give a limit as plain values."""
    return {
        "if": limit.criterion,
        "is": list(limit.answers),
        "also": {each: list(answers) for each, answers in limit.also},
        "no_better_than": limit.no_better_than,
        "why": limit.why,
    }
